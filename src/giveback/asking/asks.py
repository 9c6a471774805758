"""Asks: made once, followed by 3B7, answered, and told how they turned out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.asking import targets
from giveback.asking.hat import OFTEN_DAYS, Between, Concern, check
from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.keeping.calendar import keep_holidays
from giveback.keeping.exchanges import Gift, follow_up, log
from giveback.keeping.waiting import Step, Tried, next_step
from giveback.store.questions import asks as questions
from giveback.text import clean_line

if TYPE_CHECKING:
    import sqlite3

    from sqlmodel import Session

    from giveback.store.questions.asks import AskRow
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.tables import Ask, Exchange, FollowUp

State = Literal["waiting", "stopped", "answered", "yes", "no", "helped", "dropped"]
OPEN: tuple[State, ...] = ("waiting", "stopped")


class AskForm(NamedTuple):
    """An ask.

    Attributes:
        contact_id: who is asked.
        text: what for.
        channel: how, or "".
        target_id: for which target.
        need_id: which of its needs it would meet.
        by_on: until when it is wanted.
        introduction_id: the introduction whose consent it asks for.
        note: the words that were sent.
    """

    contact_id: int
    text: str
    channel: str = ""
    target_id: int | None = None
    need_id: int | None = None
    by_on: date | None = None
    introduction_id: int | None = None
    note: str = ""


class Asked(NamedTuple):
    """An ask that was made: its number, its exchange's UUID, and the day of its next step."""

    number: int
    uuid: str
    next_on: date | None


def ask(session: Session, form: AskForm, *, on: date, today: date, country: str = "") -> Asked:
    """Log an ask, let it wait for its answer, and move its target on.

    Args:
        session: an open unit of work.
        form: the ask.
        on: the day it was made.
        today: the local day.
        country: whose holidays are no business days (`keeping.calendar.checked_country`).

    Raises:
        UsageError: the text is empty, or the day by which it is wanted has passed.
    """
    require_sound(form.text, form.by_on, on)
    exchange = log(
        session, form.contact_id, f"asked: {form.text}", on=on, today=today, channel=form.channel,
        gift=Gift("", note=form.note),
    )  # fmt: skip
    row = wait(session, form, exchange, on=on, country=country)
    if form.target_id is not None:
        targets.note(session, form.target_id, on, "asked", clean_line(form.text), contact_id=form.contact_id)
        targets.move_on(session, targets.get(session, form.target_id), "asked", on)
    holidays = keep_holidays(session, country, [on])
    return Asked(row.id or 0, exchange.uuid, next_step(on, Tried(), today, holidays).due)


def require_sound(text: str, by_on: date | None, on: date) -> None:
    """Refuse an ask that says nothing, or is wanted by a day that has passed.

    Raises:
        UsageError: it is one of these.
    """
    if by_on is not None and by_on < on:
        raise UsageError(f"{by_on.isoformat()} has passed", "--by needs a day from today on")
    if not clean_line(text):
        raise UsageError("it is not said what is asked for", 'such as "15 minutes about the subsurface team"')


def wait(session: Session, form: AskForm, exchange: Exchange, *, on: date, country: str = "") -> FollowUp:
    """Let something that was asked wait for its answer; `giveback log --asked` does the same."""
    from giveback.store.tables import Ask

    row = follow_up(
        session, form.contact_id, form.text, kind="waiting", since=on, due=None, exchange_id=exchange.id
    )  # fmt: skip
    assert row.id is not None
    session.add(
        Ask(
            contact_id=form.contact_id, follow_up_id=row.id, target_id=form.target_id, need_id=form.need_id,
            introduction_id=form.introduction_id, by_on=form.by_on,
        )
    )  # fmt: skip
    session.flush()
    keep_holidays(session, country, [on])
    return row


def state_of(row: AskRow) -> State:
    """How far an ask is; whether one that waits has stopped is `step_of`'s."""
    if row.helped is not None:
        return "helped"
    if row.answer:
        return "yes" if row.answer == "yes" else "no"
    if row.heard_on and not (row.closed_on and row.closed_on < row.heard_on):
        return "answered"
    return "dropped" if row.closed_on else "waiting"


def step_of(row: AskRow, today: date, holidays: frozenset[date]) -> Step | None:
    """The next step of an ask by 3B7; None when it needs none, because it was answered or let be.

    Args:
        row: the ask.
        today: the local day.
        holidays: days that are no business days.
    """
    if state_of(row) != "waiting":
        return None
    nudged = date.fromisoformat(row.nudged_on) if row.nudged_on else None
    tried = Tried(row.nudges, nudged, bool(row.turned), alone=row.introduction_id is not None)
    return next_step(date.fromisoformat(row.asked_on), tried, today, holidays)


def shown_state(row: AskRow, today: date, holidays: frozenset[date]) -> State:
    """The state as lists show it: an ask that 3B7 is done with has stopped."""
    step = step_of(row, today, holidays)
    return "stopped" if step is not None and step.kind == "stop" else state_of(row)


def between(connection: sqlite3.Connection, contact: ContactRow, target_id: int | None, today: date) -> Between:
    """What lies between the user and somebody who is to be asked."""
    rows = [row for row in questions.of_contact(connection, contact.id) if row.introduction_id is None]
    since = (today - timedelta(OFTEN_DAYS)).isoformat()
    thanks = questions.unthanked(connection, contact.id)
    waiting = next((row for row in reversed(rows) if state_of(row) == "waiting"), None)
    no = next((row for row in reversed(rows) if row.answer == "no" and row.target_id == target_id), None)
    return Between(
        contact.name,
        contact.given,
        (date.fromisoformat(thanks.on_day), thanks.text) if thanks else None,
        sum(row.asked_on >= since for row in rows),
        (date.fromisoformat(waiting.asked_on), waiting.text) if waiting else None,
        (date.fromisoformat(no.answered_on or no.asked_on), no.text) if no else None,
    )


def concerns(connection: sqlite3.Connection, contact: ContactRow, target_id: int | None, today: date) -> list[Concern]:
    """The hat-in-hand check of an ask."""
    return check(between(connection, contact, target_id, today), today)


def find(connection: sqlite3.Connection | None, said: str) -> AskRow:
    """The ask of a number.

    Raises:
        NotFoundError: there is none.
    """
    text = said.strip().removeprefix("#")
    row = questions.one(connection, int(text)) if connection is not None and text.isdigit() else None
    if row is None:
        raise NotFoundError(f"there is no ask {clean_line(said, 40)!r}", "`giveback asks --all` lists their numbers")
    return row


def answer(session: Session, row: AskRow, said: Literal["yes", "no"], text: str, today: date) -> None:
    """Remember an answer; a no is one as well, and nobody is asked again because it was forgotten.

    Args:
        session: an open unit of work.
        row: the ask.
        said: yes or no.
        text: what was said, or "".
        today: the local day.

    Raises:
        AmbiguousError: it was answered before.
    """
    _refuse_answered(row)
    words = f"said {said}: {row.text}" + (f" ({clean_line(text)})" if text else "")
    log(session, row.contact_id, words, on=today, today=today)
    kept = extension(session, row)
    kept.answer, kept.answer_text, kept.answered_on = said, clean_line(text), today
    session.add(kept)
    close(session, row.id, today)
    if row.target_id is not None:
        what = f"{said}: {row.text}" + (f" ({clean_line(text)})" if text else "")
        targets.note(session, row.target_id, today, "answered", what, contact_id=row.contact_id)
        if said == "yes":
            targets.move_on(session, targets.get(session, row.target_id), "talking", today)


def _refuse_answered(row: AskRow) -> None:
    if row.answer:
        raise AmbiguousError(
            f"{row.contact} answered {row.answer} on {row.answered_on} ({row.text})", "`giveback undo` takes it back"
        )


def extension(session: Session, row: AskRow) -> Ask:
    """The side row of an ask; one of an older version has none yet."""
    from sqlmodel import select

    from giveback.store.tables import Ask

    found = session.exec(select(Ask).where(Ask.follow_up_id == row.id)).first()
    return found or Ask(contact_id=row.contact_id, follow_up_id=row.id)


def close(session: Session, number: int, today: date) -> None:
    """End the waiting of an ask."""
    from giveback.store.tables import FollowUp

    waiting = session.get_one(FollowUp, number)
    waiting.done_on = waiting.done_on or today
    session.add(waiting)
    session.flush()


def told(session: Session, row: AskRow, text: str, today: date) -> None:
    """Remember that a helper was told how it turned out.

    Raises:
        NotFoundError: they did not help with this ask.
        AmbiguousError: they were told before.
    """
    from giveback.store.tables import FollowUp

    if row.outcome_id is None:
        raise NotFoundError(
            f"{row.contact} has not helped with this ask ({row.text})", f'giveback helped "{row.contact}" TEXT'
        )
    if row.outcome_told_on:
        raise AmbiguousError(f"{row.contact} was told on {row.outcome_told_on}", "giveback history shows it")
    waiting = session.get_one(FollowUp, row.outcome_id)
    waiting.done_on = today
    session.add(waiting)
    words = clean_line(text) or row.helped or row.text
    log(session, row.contact_id, f"told how it turned out: {words}", on=today, today=today)
    if row.target_id is not None:
        targets.note(session, row.target_id, today, "told", words, contact_id=row.contact_id)
