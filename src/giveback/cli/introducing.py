"""Who knows whom, and introductions: knows, introduce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from giveback.cli.aims import put, show_note, ways_of
from giveback.cli.common import DryRun, Here, Json, Name, Via, country, family, here, note, questions, whom, would
from giveback.config import setting
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.asking.introductions import Pair, Proposal
    from giveback.cli.aims import Ways
    from giveback.giving.composing.notes import Note
    from giveback.mailing.mailboxes import Mailbox
    from giveback.store.questions.asks import IntroductionRow
    from giveback.store.questions.contacts import ContactRow

app = family()


@app.command("knows")
def knows(
    name: Name,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Whom they know, a contact or not; nothing lists them.")
    ] = "",
    at_company: Annotated[str, typer.Option("--at", metavar="COMPANY", help="Where that person works.")] = "",
    how: Annotated[str, typer.Option(metavar="TEXT", help='How they know each other: "former colleagues".')] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take it back.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Whom a contact knows: list, add, remove.

    `giveback who` finds paths over them.

    Example: giveback knows ana "Karen Hu" --at BP --how "former colleagues"
    """
    from giveback.asking import acquaintances as use
    from giveback.store.changes import change

    at = here()
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    if not person:
        _list_known(connection, row.id, row.name, json=json)
        return
    other = use.other(connection, row, person)
    connection.close()
    with change(at.store, at.now, f"knows {row.name}: {other.name}", dry_run=dry_run) as session:
        if remove:
            use.remove(session, row, other)
        else:
            use.add(session, row.id, other, company=at_company, how=how)
    if json:
        from giveback.output import records

        records.show(
            {
                "contact": records.person(row),
                "name": other.name,
                "contact_id": other.contact_id,
                "company": at_company or None,
                "how": how or None,
                "removed": remove,
                "dry_run": dry_run,
            }
        )
        return
    is_contact = "a contact" if other.contact_id is not None else ""
    parts = [f"{row.name} knows {other.name}", is_contact, at_company, how]
    would(dry_run, ("removed · " if remove else "") + " · ".join(part for part in parts if part))


def _list_known(connection: sqlite3.Connection, number: int, name: str, *, json: bool) -> None:
    from giveback.asking.acquaintances import listed
    from giveback.output import records
    from giveback.output.table import Column, Table, show

    rows = listed(connection, number)
    if json:
        records.show([{**row._asdict(), "company": row.company or None, "how": row.how or None} for row in rows])
        return
    if not rows:
        note(f'it was not said yet whom {name} knows: giveback knows "{name}" PERSON --at COMPANY')
        return
    columns = (Column("Knows", "name"), Column("Company", grows=True), Column("How", wraps=True))
    show(Table(columns, [(row.name, row.company, row.how) for row in rows]))


@app.command("introduce")
def introduce(
    first: Annotated[
        str, typer.Argument(metavar="NAME", help="The first of them; or yes or no, for an answer; nothing lists them.")
    ] = "",
    second: Annotated[str, typer.Argument(metavar="NAME", help="The second; or who said yes or no.")] = "",
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why: both build training simulators.")] = "",
    other: Annotated[str, typer.Option("--with", metavar="NAME", help="For an answer: the introduction to whom.")] = "",
    outcome: Annotated[str, typer.Option(metavar="TEXT", help="What came of an introduction.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Ask once more after a no.")] = False,
    via: Via = "",
    draft: Annotated[bool, typer.Option("--draft", help="Write e-mail drafts that a mail program opens.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the words on the clipboard.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Introduce two contacts to each other, once both agree.

    First each is asked, in a note of their own that gives no address away. `introduce yes NAME` and
    `introduce no NAME` keep what they say; after both consents the mail to both is composed, and two weeks
    later it is due to ask what came of it (--outcome keeps that).

    Example: giveback introduce ana ben --because "both build training simulators"
    """
    from giveback.cli.sending import MailWays

    at = here()
    ways = ways_of(at, "", MailWays(draft=draft), copy=copy)
    if not first:
        _list(at, json=json)
        return
    if first in ("yes", "no"):
        _answer(at, "yes" if first == "yes" else "no", second, other, ways, json=json, dry_run=dry_run)
        return
    connection = questions(at)
    pair = _pair(connection, first, second)
    assert connection is not None
    if outcome:
        _tell(at, connection, pair, outcome, json=json, dry_run=dry_run)
    else:
        _propose(at, connection, pair, Terms(because, via, again), ways, json=json, dry_run=dry_run)


class Terms(NamedTuple):
    """On what terms an introduction is proposed: why, how, and whether once more after a no."""

    because: str
    via: str
    again: bool


def _list(at: Here, *, json: bool) -> None:
    from giveback.asking.introductions import say_consents
    from giveback.store.questions.asks import introductions

    connection = questions(at)
    rows = introductions(connection) if connection is not None else []
    if json:
        _list_as_json(connection, rows)
        return
    if not rows:
        note("no introductions yet: giveback introduce NAME NAME --because TEXT")
        return
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    columns = (
        Column("Who", "name", wraps=True),
        Column("Because", wraps=True),
        Column("State", wraps=True),
        Column("Since", "day"),
    )
    body = [
        (
            f"{row.first}, {row.second}",
            row.because,
            f"{row.state}: {row.outcome or say_consents(row)}" if row.state != "made" or row.outcome else "made",
            day_of(row.made_on or row.proposed_on, at.now.today),
        )
        for row in rows
    ]
    show(Table(columns, body))


def _list_as_json(connection: sqlite3.Connection | None, rows: list[IntroductionRow]) -> None:
    from giveback.output import asked, records
    from giveback.store.questions.contacts import some

    numbers = {number for row in rows for number in (row.first_id, row.second_id)}
    people = some(connection, numbers) if connection is not None else {}
    records.show([asked.introduction(row, people[row.first_id], people[row.second_id]) for row in rows])


def _pair(connection: sqlite3.Connection | None, first: str, second: str) -> Pair:
    from giveback.asking.introductions import Pair
    from giveback.store.questions.contacts import one

    if not second:
        raise UsageError("an introduction needs two names", "giveback introduce ana ben --because TEXT")
    numbers = whom(connection, first).id, whom(connection, second).id
    assert connection is not None
    return Pair(one(connection, numbers[0]), one(connection, numbers[1]))


def _propose(
    at: Here, connection: sqlite3.Connection, pair: Pair, terms: Terms, ways: Ways, *, json: bool, dry_run: bool
) -> None:
    from giveback.asking import introductions as use
    from giveback.giving.sending import address_of
    from giveback.keeping.exchanges import checked_channel
    from giveback.store.changes import change

    use.check(connection, pair, again=terms.again)
    channel = checked_channel(terms.via) or ("email" if ways.mail.any else "")
    if not terms.because.strip():
        raise UsageError("it is not said why they should meet", 'add --because "both build training simulators"')
    notes = _notes(at, pair, terms.because, channel)
    addresses = [address_of(connection, each) if ways.mail.any else None for each in pair]
    connection.close()
    placed = [
        put(at, each, text, address, ways, dry_run=dry_run)[0]
        for each, text, address in zip(pair, notes, addresses, strict=True)
    ]
    proposal = use.Proposal(terms.because, channel, notes)
    names = f"{pair.first.name}, {pair.second.name}"
    with change(at.store, at.now, f"introduce {names}", dry_run=dry_run) as session:
        row = use.propose(session, pair, proposal, at.now.today, country(at))
    if json:
        _proposal_as_json(pair, row, proposal, placed, dry_run=dry_run)
        return
    for each, text in zip(pair, notes, strict=True):
        show_note(text, f"To {each.name}:")
    parts = [f"asked both: {names}", terms.because, *placed]
    note(("dry run: " if dry_run else "") + " · ".join(part for part in parts if part))
    note(f'when they answer: giveback introduce yes "{pair.first.name}", or no')


def _notes(at: Here, pair: Pair, because: str, channel: str) -> tuple[Note, Note]:
    from giveback.asking.composing import compose, introduction_facts, template_for

    mine, folder = setting(at.places, "me.name"), at.places.templates
    first, second = (
        compose(template_for("consent", channel), introduction_facts(*both, because, mine), folder=folder)
        for both in (pair, (pair.second, pair.first))
    )
    return first, second


def _proposal_as_json(
    pair: Pair, row: IntroductionRow, proposal: Proposal, placed: list[str], *, dry_run: bool
) -> None:
    from giveback.output import records
    from giveback.output.asked import introduction as record

    asked = zip(pair, proposal.notes, placed, strict=True)
    notes = [_note_record([each], text, where) for each, text, where in asked]
    records.show({**record(row, *pair), "notes": notes, "dry_run": dry_run})


def _note_record(to: list[ContactRow], text: Note, placed: str) -> dict[str, object]:
    return {
        "to": [each.name for each in to],
        "subject": text.subject or None,
        "note": text.body,
        "placed": placed or None,
    }


def _answer(
    at: Here, said: Literal["yes", "no"], name: str, other: str, ways: Ways, *, json: bool, dry_run: bool
) -> None:
    """Keep a consent or a no; after the second consent make the introduction."""
    from giveback.asking import introductions as use
    from giveback.giving.sending import address_of
    from giveback.store.changes import change
    from giveback.store.questions.contacts import one

    if not name:
        raise UsageError(f"it is not said who says {said}", f"giveback introduce {said} NAME")
    connection = questions(at)
    number = whom(connection, name).id
    assert connection is not None
    contact = one(connection, number)
    row = use.pending(connection, contact, whom(connection, other).id if other else None)
    pair, rows = use.Pair(one(connection, row.first_id), one(connection, row.second_id)), use.asked(connection, row)
    addresses = [address_of(connection, each) if ways.mail.any else None for each in pair]
    connection.close()
    both = said == "yes" and use.other_consent(row, number) == "yes"
    text, placed = None, ""
    if both:
        text = _to_both(at, pair, row.because)
        placed = "" if dry_run else _put_for_both(at, pair, text, addresses, ways)
    with change(at.store, at.now, f"introduce {said} {contact.name}", dry_run=dry_run) as session:
        now = use.consent(session, row, use.Answer(number, said), rows, at.now.today)
        if text is not None:
            use.make(session, row, text, "email" if ways.mail.any else "", at.now.today)
            now = now._replace(state="made", made_on=at.now.today.isoformat())
    _report(pair, now, text, placed, json=json, dry_run=dry_run)


def _put_for_both(at: Here, pair: Pair, text: Note, addresses: list[Mailbox | None], ways: Ways) -> str:
    """One message with both in its To, since they are to answer each other; nobody else ever sees two addresses."""
    from email.headerregistry import Address

    from giveback.giving.placing import Outgoing, place
    from giveback.giving.placing import Ways as Places
    from giveback.mailing.drafts import write_draft
    from giveback.mailing.message import build
    from giveback.mailing.settings import sender

    placed = place(Outgoing(pair.first, text, at.places.drafts, at.now), Places(copy=ways.copy))
    if not ways.mail.draft:
        return ", ".join(placed)
    both = [Address(each.name, each.local, each.domain) for each in addresses if each is not None]
    if len(both) < len(pair):
        missing = next(one.name for one, each in zip(pair, addresses, strict=True) if each is None)
        raise NotFoundError(f"{missing} has no e-mail address", f'giveback edit "{missing}" --email ADDRESS')
    message = build(sender(at.places), None, text.subject, text.body, at=at.now)
    message["To"] = both
    return ", ".join((f"draft {write_draft(at.places.drafts, message, at.now)}", *placed))


def _to_both(at: Here, pair: Pair, because: str) -> Note:
    from giveback.asking.composing import compose, introduction_facts

    facts = introduction_facts(*pair, because, setting(at.places, "me.name"))
    return compose("introduction", facts, folder=at.places.templates)


def _report(pair: Pair, row: IntroductionRow, text: Note | None, placed: str, *, json: bool, dry_run: bool) -> None:
    from giveback.asking.introductions import say_consents, waits_for

    if json:
        from giveback.output import asked, records

        notes = [_note_record(list(pair), text, placed)] if text is not None else []
        records.show({**asked.introduction(row, *pair), "notes": notes, "dry_run": dry_run})
        return
    if text is not None:
        show_note(text, f"To {pair.first.name} and {pair.second.name}:")
    parts = [f"{row.first}, {row.second}", row.state, "" if row.state == "made" else say_consents(row), placed]
    would(dry_run, "introduction · " + " · ".join(part for part in parts if part))
    if row.state == "proposed":
        note("still to answer: " + ", ".join(waits_for(row)))
    elif row.state == "declined":
        note("nobody is asked again; a line to the other one is kind")
    else:
        note("in two weeks it is due to ask both what came of it")


def _tell(at: Here, connection: sqlite3.Connection, pair: Pair, outcome: str, *, json: bool, dry_run: bool) -> None:
    from giveback.asking import introductions as use
    from giveback.store.changes import change
    from giveback.store.questions.asks import introductions_of

    row = use.between(introductions_of(connection, pair.first.id), pair.second.id)
    connection.close()
    if row is None:
        raise NotFoundError(
            f"{pair.first.name} and {pair.second.name} were not introduced", "`giveback introduce` lists introductions"
        )
    with change(at.store, at.now, f"introduce {row.first}, {row.second}: {outcome}", dry_run=dry_run) as session:
        use.tell_outcome(session, row, outcome, at.now.today)
    if json:
        ordered = pair if row.first_id == pair.first.id else use.Pair(pair.second, pair.first)
        _report(ordered, row._replace(outcome=outcome), None, "", json=True, dry_run=dry_run)
        return
    would(dry_run, f"introduction · {row.first}, {row.second} · {outcome}")
