"""Circles and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class CircleRow(NamedTuple):
    """A named group; `gift` is "" and `asset_id` None for one without a gift of its own."""

    id: int
    uuid: str
    name: str
    key: str
    gift: str
    asset_id: int | None
    members: int


class MemberRow(NamedTuple):
    """A member; `since_on` and `last_on`, when they were given the circle's gift last, are ISO days."""

    contact_id: int
    name: str
    name_key: str
    since_on: str
    last_on: str | None
    times: int


_CIRCLE = (
    'SELECT c.id, c.uuid, c.name, c."key", c.gift, c.asset_id,'
    " (SELECT count(*) FROM circle_member m JOIN contact p ON p.id = m.contact_id"
    "  WHERE m.circle_id = c.id AND p.archived_at IS NULL) FROM circle c"
)


def circles(connection: sqlite3.Connection) -> list[CircleRow]:
    """Every circle, by name."""
    return [CircleRow(*row) for row in connection.execute(f'{_CIRCLE} ORDER BY c."key"')]


def one(connection: sqlite3.Connection, key: str) -> CircleRow | None:
    """The circle of that folded name."""
    row = connection.execute(f'{_CIRCLE} WHERE c."key" = ?', (key,)).fetchone()
    return CircleRow(*row) if row else None


def member_ids(connection: sqlite3.Connection, circle_id: int) -> list[int]:
    """The contacts in a circle that are not archived, by name."""
    sql = (
        "SELECT m.contact_id FROM circle_member m JOIN contact p ON p.id = m.contact_id"
        " WHERE m.circle_id = ? AND p.archived_at IS NULL ORDER BY p.name_key, p.id"
    )
    return [int(row[0]) for row in connection.execute(sql, (circle_id,))]


def of_contact(connection: sqlite3.Connection, contact_id: int) -> list[str]:
    """The names of the circles that a contact is in."""
    sql = (
        'SELECT c.name FROM circle_member m JOIN circle c ON c.id = m.circle_id WHERE m.contact_id = ? ORDER BY c."key"'
    )
    return [str(row[0]) for row in connection.execute(sql, (contact_id,))]
