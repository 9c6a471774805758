"""Events and who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class EventRow(NamedTuple):
    """An event; `on_day` is an ISO day, `guests` counts the contacts who are there."""

    id: int
    uuid: str
    name: str
    key: str
    on_day: str
    place: str
    guests: int


_EVENT = (
    'SELECT e.id, e.uuid, e.name, e."key", e.on_day, e.place,'
    " (SELECT count(*) FROM event_guest g WHERE g.event_id = e.id) FROM event e"
)


def events(connection: sqlite3.Connection, since: str = "") -> list[EventRow]:
    """Events from a day on, the next first."""
    sql = f'{_EVENT} WHERE e.on_day >= ? ORDER BY e.on_day, e."key"'
    return [EventRow(*row) for row in connection.execute(sql, (since,))]


def keyed(connection: sqlite3.Connection, key: str, today: str) -> EventRow | None:
    """The event of that folded name: the next one from today on, else the latest."""
    sql = f'{_EVENT} WHERE e."key" = ?1 ORDER BY e.on_day < ?2, abs(julianday(e.on_day) - julianday(?2)) LIMIT 1'
    row = connection.execute(sql, (key, today)).fetchone()
    return EventRow(*row) if row else None


def guests(connection: sqlite3.Connection, event_id: int) -> list[int]:
    """The contacts who are at an event and are not archived, by name."""
    sql = (
        "SELECT c.id FROM event_guest g JOIN contact c ON c.id = g.contact_id"
        " WHERE g.event_id = ? AND c.archived_at IS NULL ORDER BY c.name_key, c.id"
    )
    return [int(row[0]) for row in connection.execute(sql, (event_id,))]


def logged_since(connection: sqlite3.Connection, contact_id: int, day: str) -> bool:
    """Whether an exchange with a contact is logged from a day on."""
    sql = "SELECT EXISTS (SELECT 1 FROM exchange WHERE contact_id = ? AND on_day >= ?)"
    return bool(connection.execute(sql, (contact_id, day)).fetchone()[0])
