"""Introductions, double opt-in: each is asked first, both consents are kept, and only then both are written to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.asking import asks
from giveback.asking.acquaintances import listed
from giveback.asking.asks import AskForm
from giveback.asking.grounds import introducer
from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.keeping.exchanges import Gift, follow_up, log
from giveback.store.questions import asks as questions
from giveback.store.questions.asks import IntroductionRow
from giveback.store.questions.targets import introduced
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel import Session

    from giveback.giving.composing.notes import Note
    from giveback.store.questions.asks import AskRow
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.tables import Introduction

OUTCOME_DAYS = 14
"""So long after an introduction it is asked what came of it."""


class Pair(NamedTuple):
    """The two who are to be introduced to each other."""

    first: ContactRow
    second: ContactRow


def check(connection: sqlite3.Connection, pair: Pair, *, again: bool = False) -> None:
    """Refuse what would be no introduction.

    Args:
        connection: the store.
        pair: the two.
        again: propose it although one of them said no before.

    Raises:
        UsageError: both are one person.
        AmbiguousError: they know each other, one introduced the other to the user, or it is under way or made.
    """
    first, second = pair
    if first.id == second.id:
        raise UsageError(f"{first.name} cannot be introduced to herself or himself", "name two contacts")
    _refuse_repeated(connection, pair, again=again)
    for one, other in (pair, (second, first)):
        if introducer(one.met_at) in (fold(other.name), fold(other.nickname) or None):
            raise AmbiguousError(
                f"a loop: {other.name} introduced {one.name} to you",
                f'they know each other; thank {other.name}: giveback give "{other.name}" WHAT',
            )
    if {(first.id, second.id), (second.id, first.id)} & set(introduced(connection)):
        raise AmbiguousError(
            f"{first.name} and {second.name} were introduced before", f'giveback history "{first.name}" shows when'
        )
    known = next((each for each in listed(connection, first.id) if each.contact_id == second.id), None)
    if known is not None:
        how = f" ({known.how})" if known.how else ""
        raise AmbiguousError(
            f"{first.name} and {second.name} know each other already{how}",
            f'giveback knows "{first.name}" lists whom {first.name} knows; --remove takes one back',
        )


def _refuse_repeated(connection: sqlite3.Connection, pair: Pair, *, again: bool) -> None:
    same = between(questions.introductions_of(connection, pair.first.id), pair.second.id)
    if same is None or (same.state == "declined" and again):
        return
    raise AmbiguousError(*_repeated(same))


def _repeated(same: IntroductionRow) -> tuple[str, str]:
    """What is said of an introduction that is there already, and what to do."""
    names = f"{same.first} and {same.second}"
    if same.state == "made":
        hint = f'ask how it went: giveback introduce "{same.first}" "{same.second}" --outcome TEXT'
        return f"{names} were introduced on {same.made_on}", hint
    if same.state == "declined":
        return f"{names}: {say_consents(same)}", "--again asks once more"
    left = waits_for(same) or [same.first]
    return (
        f"{names} were asked on {same.proposed_on}: {say_consents(same)}",
        f'giveback introduce yes "{left[0]}", or no',
    )


def between(rows: Sequence[IntroductionRow], other_id: int) -> IntroductionRow | None:
    """The latest introduction that somebody has part in, too."""
    return next((row for row in reversed(rows) if other_id in (row.first_id, row.second_id)), None)


def waits_for(row: IntroductionRow) -> list[str]:
    """Whose consent is still to come."""
    return [name for name, said in ((row.first, row.first_consent), (row.second, row.second_consent)) if not said]


def say_consents(row: IntroductionRow) -> str:
    """Both consents in words: "Ana Ruiz yes, Ben Okri not yet"."""
    words = {"": "not yet", "yes": "yes", "no": "no"}
    return f"{row.first} {words[row.first_consent]}, {row.second} {words[row.second_consent]}"


class Proposal(NamedTuple):
    """What is asked of both: why, how, and the words for the first and the second."""

    because: str
    channel: str
    notes: tuple[Note, Note]


def propose(session: Session, pair: Pair, proposal: Proposal, today: date, country: str = "") -> IntroductionRow:
    """Ask both whether they want to be introduced: an ask each, which waits and is followed up as any.

    Args:
        session: an open unit of work.
        pair: the two.
        proposal: why, how, and the words to each.
        today: the local day.
        country: whose holidays are no business days.

    Raises:
        UsageError: it is not said why.
    """
    from giveback.store.tables import Introduction

    because = clean_line(proposal.because, 300)
    if not because:
        raise UsageError("it is not said why they should meet", 'add --because "both build training simulators"')
    row = Introduction(first_id=pair.first.id, second_id=pair.second.id, because=because, proposed_on=today)
    session.add(row)
    session.flush()
    for one, other, note in zip(pair, reversed(pair), proposal.notes, strict=True):
        asks.ask(session, _form(one, other, proposal, row, note), on=today, today=today, country=country)
    return IntroductionRow(
        row.id or 0, row.uuid, pair.first.id, pair.first.name, pair.second.id, pair.second.name, because, "proposed",
        "", "", today.isoformat(), None, "",
    )  # fmt: skip


def _form(one: ContactRow, other: ContactRow, proposal: Proposal, row: Introduction, note: Note) -> AskForm:
    text = f"an introduction to {other.name}"
    return AskForm(one.id, text, proposal.channel, introduction_id=row.id, note=note.body)


def pending(connection: sqlite3.Connection, contact: ContactRow, other_id: int | None) -> IntroductionRow:
    """The introduction that somebody has not answered yet.

    Args:
        connection: the store.
        contact: who answers.
        other_id: the other one, where several are open.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: there are several.
    """
    open_ones = [
        row
        for row in questions.introductions_of(connection, contact.id)
        if row.state == "proposed"
        and not _consent(row, contact.id)
        and (other_id is None or other_id in (row.first_id, row.second_id))
    ]
    if not open_ones:
        raise NotFoundError(
            f"{contact.name} has no introduction to answer", "`giveback introduce` lists those that were proposed"
        )
    if len(open_ones) > 1:
        lines = tuple(f"{row.first} and {row.second}: {row.because}" for row in open_ones)
        raise AmbiguousError(f"{contact.name} was asked about {len(open_ones)} introductions", "add --with NAME", lines)
    return open_ones[0]


def _consent(row: IntroductionRow, contact_id: int) -> str:
    return row.first_consent if contact_id == row.first_id else row.second_consent


def other_consent(row: IntroductionRow, contact_id: int) -> str:
    """What the other one of the two has said."""
    return row.second_consent if contact_id == row.first_id else row.first_consent


class Answer(NamedTuple):
    """What one of the two said.

    Attributes:
        contact_id: who.
        said: yes or no.
    """

    contact_id: int
    said: Literal["yes", "no"]


def asked(connection: sqlite3.Connection, row: IntroductionRow) -> list[AskRow]:
    """The asks by which both were asked for their consent."""
    both = (row.first_id, row.second_id)
    rows = (each for number in both for each in questions.of_contact(connection, number))
    return [each for each in rows if each.introduction_id == row.id]


def consent(
    session: Session, row: IntroductionRow, answer: Answer, rows: Sequence[AskRow], today: date
) -> IntroductionRow:
    """Keep what one of them said.

    Args:
        session: an open unit of work.
        row: the introduction.
        answer: who said what.
        rows: the asks for both consents, as `asked` gives them.
        today: the local day.

    Returns:
        The introduction as it is now: declined after a no; after both consents ready to be made.
    """
    from giveback.store.tables import Introduction

    kept = session.get_one(Introduction, row.id)
    if answer.contact_id == row.first_id:
        kept.first_consent = answer.said
    else:
        kept.second_consent = answer.said
    if answer.said == "no":
        kept.state = "declined"
    session.add(kept)
    for each in rows:
        if each.contact_id == answer.contact_id and not each.answer:
            asks.answer(session, each, answer.said, "", today)
        elif answer.said == "no" and not each.closed_on:
            asks.close(session, each.id, today)  # after a no the other one need not be reminded
    session.flush()
    return row._replace(first_consent=kept.first_consent, second_consent=kept.second_consent, state=kept.state)


def make(session: Session, row: IntroductionRow, note: Note, channel: str, today: date) -> list[str]:
    """Log the introduction as a gift to both, and let it be asked later what came of it.

    Args:
        session: an open unit of work.
        row: the introduction, with both consents.
        note: the words to both.
        channel: how, or "".
        today: the local day.

    Returns:
        The UUIDs of both exchanges.
    """
    from giveback.store.tables import Introduction

    kept = session.get_one(Introduction, row.id)
    kept.state, kept.made_on = "made", today
    session.add(kept)
    uuids = []
    both = ((row.first_id, row.first), (row.second_id, row.second))
    for one, other in (both, both[::-1]):
        exchange = log(
            session, one[0], f"introduced to {other[1]}", on=today, today=today, direction="given", channel=channel,
            gift=Gift(f"an introduction to {other[1]}", note=note.body, kind="introduction", introduced_id=other[0]),
        )  # fmt: skip
        follow_up(
            session, one[0], f"ask how it went with {other[1]}", kind="reminder", since=today,
            due=today + timedelta(OUTCOME_DAYS), exchange_id=exchange.id,
        )  # fmt: skip
        uuids.append(exchange.uuid)
    session.flush()
    return uuids


def tell_outcome(session: Session, row: IntroductionRow, text: str, today: date) -> None:
    """Keep what came of an introduction, and ask no more.

    Raises:
        UsageError: the text is empty.
        NotFoundError: it was not made yet.
    """
    from sqlmodel import select

    from giveback.store.tables import FollowUp, Introduction

    said = clean_line(text, 300)
    if not said:
        raise UsageError("the outcome is empty", "say what came of it in a few words")
    if row.state != "made":
        raise NotFoundError(f"{row.first} and {row.second} were not introduced yet", say_consents(row))
    kept = session.get_one(Introduction, row.id)
    kept.outcome = said
    session.add(kept)
    for number, other in ((row.first_id, row.second), (row.second_id, row.first)):
        words = f"ask how it went with {other}"
        wanted = select(FollowUp).where(
            FollowUp.contact_id == number, FollowUp.text == words, FollowUp.kind == "reminder"
        )
        for waiting in session.exec(wanted).all():
            waiting.done_on = waiting.done_on or today
            session.add(waiting)
    session.flush()
