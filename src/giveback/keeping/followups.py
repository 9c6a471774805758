"""Who is due: the store's rows through the rules."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.keeping.coming import deal_with, near
from giveback.keeping.occasions import DAYS_AHEAD
from giveback.keeping.rules import (
    Dated,
    Facts,
    FollowUp,
    Reason,
    follow_up,
    plain_priority,
    reasons,
)
from giveback.store.questions import followups as questions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from sqlmodel import Session

    from giveback.keeping.occasions import Occasion
    from giveback.store.questions.followups import Anchor, FollowUpRow

FAR_DAYS = 366


class Due(NamedTuple):
    """Everybody who is due.

    Attributes:
        lines: the first of them, most pressing first.
        total: how many there are.
    """

    lines: list[FollowUp]
    total: int


def due(
    connection: sqlite3.Connection,
    today: date,
    *,
    within_days: int = 0,
    limit: int = 0,
    only: Iterable[int] | None = None,
) -> Due:
    """Who is due by today, or within some days.

    Most contacts can only be due by their cadence or for thanks; for them integers are compared and
    nothing else is made, so that ten thousand contacts fit into a shell prompt.

    Args:
        connection: the store.
        today: the local day.
        within_days: how far to look ahead.
        limit: at most so many lines; 0 for all.
        only: numbers of the contacts to look at; None for all.
    """
    from heapq import nsmallest

    rows = questions.open_ones(connection)
    dated, holidays = _by_contact(rows), _holidays(connection, rows)
    occasions = near(connection, today, within_days)
    when = _When(today, within_days, holidays)
    wanted = None if only is None else set(only)
    keyed = [
        (-pressing, row[1], row[0], row)
        for row in questions.anchors(connection)
        if (wanted is None or row[0] in wanted)
        and (pressing := _pressing(row, dated.get(row[0], ()), occasions.get(row[0], ()), when)) is not None
    ]
    first = nsmallest(limit, keyed) if limit else sorted(keyed)
    lines = [
        follow_up(facts_of(row, occasions.get(number, ())), dated.get(number, ()), today, within_days, holidays)
        for _, _, number, row in first
    ]
    return Due([line for line in lines if line], len(keyed))


def everybody(
    connection: sqlite3.Connection, today: date, within_days: int, only: Iterable[int] | None = None
) -> dict[int, list[Reason]]:
    """Every reason to be in touch with everybody who is due by then, for calendars: by contact, strongest first."""
    rows = questions.open_ones(connection)
    dated, holidays = _by_contact(rows), _holidays(connection, rows)
    occasions = near(connection, today, within_days)
    wanted = None if only is None else set(only)
    found = {
        row[0]: reasons(facts_of(row, occasions.get(row[0], ())), dated.get(row[0], ()), today, within_days, holidays)
        for row in questions.anchors(connection)
        if wanted is None or row[0] in wanted
    }
    return {number: why for number, why in found.items() if why}


def _holidays(connection: sqlite3.Connection, rows: Iterable[FollowUpRow]) -> frozenset[date]:
    """Days that are no business days; only asks count in those."""
    return questions.holidays(connection) if any(row.kind == "waiting" for row in rows) else frozenset()


class _When(NamedTuple):
    """The clock of one look at everybody."""

    today: date
    within_days: int
    holidays: frozenset[date]


def _pressing(row: Anchor, dated: Sequence[Dated], occasions: Sequence[Occasion], when: _When) -> float | None:
    """The priority of one contact, None when it is not due."""
    today, within_days, holidays = when
    _, _, added, cadence, last, thanks, snoozed = row
    if dated or occasions:
        line = follow_up(facts_of(row, occasions), dated, today, within_days, holidays)
        return line.priority if line else None
    if snoozed is not None and today.isoformat() < snoozed:
        return None
    return plain_priority(
        _ordinal(last or added), cadence, _ordinal(thanks) if thanks else None, today.toordinal(), within_days
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def facts_of(row: Anchor, occasions: Iterable[Occasion] = ()) -> Facts:
    """The rules' view of a row of `questions.anchors`."""
    number, _, added, cadence, last, thanks, snoozed = row
    return Facts(number, date.fromisoformat(added), cadence, _day(last), _day(thanks), _day(snoozed), tuple(occasions))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _by_contact(rows: list[FollowUpRow]) -> dict[int, list[Dated]]:
    found: dict[int, list[Dated]] = {}
    for row in rows:
        found.setdefault(row.contact_id, []).append(dated_of(row))
    return found


def dated_of(row: FollowUpRow) -> Dated:
    """The rules' view of a stored follow-up."""
    return Dated(
        row.id,
        row.contact_id,
        "stay-in-touch" if row.stays else row.kind,  # type: ignore[arg-type]  # the table's CHECK holds it to the four kinds
        _day(row.due_on),
        date.fromisoformat(row.since_on),
        row.text,
        row.nudges,
        bool(row.answered) if row.kind == "waiting" else bool(row.stays and row.touched),
        _day(row.nudged_on),
        bool(row.turned),
        bool(row.consent),
    )


def reasons_for(
    connection: sqlite3.Connection, contact_id: int, today: date, within_days: int = DAYS_AHEAD
) -> list[Reason]:
    """Every reason to be in touch with one contact, strongest first, also what is due soon."""
    facts = _facts(connection, contact_id, today, within_days)
    if facts is None:
        return []
    dated, holidays = _open_of(connection, contact_id)
    return reasons(facts, dated, today, within_days, holidays)


def _open_of(connection: sqlite3.Connection, contact_id: int) -> tuple[list[Dated], frozenset[date]]:
    """What is open with one contact, and the days that are no business days."""
    rows = questions.open_ones(connection, contact_id)
    return [dated_of(row) for row in rows], _holidays(connection, rows)


def _facts(connection: sqlite3.Connection, contact_id: int, today: date, within_days: int) -> Facts | None:
    row = next(questions.anchors(connection, contact_id), None)
    return facts_of(row, near(connection, today, within_days).get(contact_id, ())) if row else None


def next_reason(connection: sqlite3.Connection, contact_id: int, today: date, part: str = "") -> Reason | None:
    """What `done` ticks off: the strongest reason, or the one whose text holds `part`.

    Without `part` only what is due now counts; with it also what lies ahead, for who keeps a promise
    early. Reasons of somebody who is snoozed count too.
    """
    from giveback.text import fold

    facts = _facts(connection, contact_id, today, FAR_DAYS)
    if facts is None:
        return None
    dated, holidays = _open_of(connection, contact_id)
    found = reasons(facts._replace(snoozed_until=None), dated, today, FAR_DAYS, holidays)
    if part:
        # An occasion can be ticked off by its words even where something was exchanged since.
        found += [Reason("occasion", one.day, one.text, occasion=one) for one in facts.occasions]
        return next((reason for reason in found if fold(part) in _words_of(reason)), None)
    return next((reason for reason in found if reason.due <= today), None)


def _words_of(reason: Reason) -> str:
    from giveback.text import fold

    kind = f"{reason.kind} {reason.occasion.kind}" if reason.occasion else reason.kind
    return fold(f"{kind} {reason.text}")


def what_was_done(reason: Reason) -> str:
    """A reason as the history tells it when it is dealt with."""
    if reason.occasion is not None:
        return {"job": f"congratulated: {reason.text}", "post": f"reacted: {reason.text}"}.get(
            reason.occasion.kind, f"wished well: {reason.text}"
        )
    words = {
        "thank-you": "said thank you",
        "waiting": f"followed up: {reason.text}",
        "outcome": f"told how it turned out: {reason.text}",
        "stay-in-touch": f"stayed in touch: {reason.text}",
        "cadence": "was in touch",
    }
    return words.get(reason.kind, reason.text)


def close(session: Session, reason: Reason, today: date) -> None:
    """Close the stored follow-up or the occasion behind a reason, where there is one.

    An ask stays open: what is logged with the person moves it to its next step, and in the end to none.
    """
    if reason.occasion is not None:
        deal_with(session, reason.occasion, today)
    if reason.dated_id is None or reason.kind == "waiting":
        return
    from giveback.store.tables import FollowUp as Stored

    row = session.get(Stored, reason.dated_id)
    if row is not None:
        row.done_on = today
        session.add(row)
