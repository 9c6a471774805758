"""Events: where people meet, who of the contacts will be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import parse_day
from giveback.errors import NotFoundError, UsageError
from giveback.store.questions import events as questions
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import date

    from sqlmodel import Session

    from giveback.store.questions.events import EventRow
    from giveback.store.tables import Event

NAME_LIMIT = 200


class Said(NamedTuple):
    """An event as a user says it: its name, and its day if that was said."""

    name: str
    on: date | None


def said_event(text: str, on: str, today: date) -> Said:
    """Take a day off the end of what was said: "SPE Houston, Dec 3" is SPE Houston on 3 December.

    Args:
        text: the name, perhaps with a day behind its last comma.
        on: the day, when it was said by itself; then the whole text is the name.
        today: the local day.

    Raises:
        UsageError: the name is empty, or `on` is no day.
    """
    name = clean_line(text, NAME_LIMIT)
    if on:
        return Said(_named(name), parse_day(on, today))
    head, _, tail = name.rpartition(",")
    day = _day(tail, today) if head or name.startswith(",") else None
    return Said(_named(name if day is None else head.strip()), day)


def _day(said: str, today: date) -> date | None:
    try:
        return parse_day(said, today)
    except UsageError:
        return None


def _named(name: str) -> str:
    if not fold(name):
        raise UsageError("the name of the event is empty", 'giveback event "SPE Houston, Dec 3"')
    return name


def known(connection: sqlite3.Connection | None, said: Said, today: date) -> EventRow | None:
    """The event that is meant, or None when it is a new one."""
    if connection is None:
        return None
    row = questions.keyed(connection, fold(said.name), today.isoformat())
    # "Dec 3", typed on the day after, means the one of yesterday and not of next year.
    another = row is not None and said.on is not None and row.on_day[5:] != said.on.isoformat()[5:]
    return None if another else row


def checked_day(said: Said, today: date) -> date:
    """The day of a new event.

    Raises:
        NotFoundError: no day was said, so an event that is there was meant.
        UsageError: it has passed.
    """
    if said.on is None:
        raise NotFoundError(
            f"there is no event {said.name!r}",
            f'`giveback event "{said.name}, 3 Dec"` adds it; `giveback event` lists them',
        )
    if said.on < today:
        raise UsageError(
            f"{said.name} was on {said.on.isoformat()}", f'log whom you met: giveback met NAME --at "{said.name}"'
        )
    return said.on


def add(session: Session, name: str, on: date, place: str = "") -> Event:
    """Add an event.

    Args:
        session: an open unit of work.
        name: its name.
        on: its day.
        place: where it is, or "".
    """
    from giveback.store.tables import Event

    event = Event(name=name, key=fold(name), on_day=on, place=clean_line(place))
    session.add(event)
    session.flush()
    return event


def attend(session: Session, event_id: int, contact_ids: Iterable[int]) -> int:
    """Note that contacts are at an event.

    Returns:
        How many were not noted before.
    """
    from sqlmodel import select

    from giveback.store.tables import EventGuest

    there = set(session.exec(select(EventGuest.contact_id).where(EventGuest.event_id == event_id)).all())
    new = [number for number in dict.fromkeys(contact_ids) if number not in there]
    session.add_all(EventGuest(event_id=event_id, contact_id=number) for number in new)
    session.flush()
    return len(new)


def remove(session: Session, event_id: int) -> None:
    """Take an event away, with the list of who is there."""
    from giveback.store.tables import Event

    session.delete(session.get_one(Event, event_id))
    session.flush()
