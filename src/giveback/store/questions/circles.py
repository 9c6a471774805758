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


def members(connection: sqlite3.Connection, circle: CircleRow) -> list[MemberRow]:
    """Members who are not archived, with when they were given the circle's gift last, and how often; by name.

    The gift is told by its asset, or by its name where it was given under that.
    """
    from giveback.text import fold

    connection.create_function("fold", 1, fold, deterministic=True)
    sql = (
        "SELECT m.contact_id, p.name, p.name_key, m.since_on, max(e.on_day), count(e.id)"
        " FROM circle_member m JOIN contact p ON p.id = m.contact_id AND p.archived_at IS NULL"
        " LEFT JOIN exchange e ON e.contact_id = m.contact_id AND e.direction = 'given'"
        "  AND (e.asset_id = ?2 OR (?3 <> '' AND fold(coalesce(nullif(e.gift_title, ''), e.text)) = ?3))"
        " WHERE m.circle_id = ?1 GROUP BY m.contact_id ORDER BY p.name_key, p.id"
    )
    values = (circle.id, circle.asset_id, fold(circle.gift))
    return [MemberRow(*row) for row in connection.execute(sql, values)]


def helper_ids(connection: sqlite3.Connection) -> list[int]:
    """The contacts who gave me something or helped me, and are not archived, by name."""
    sql = (
        "SELECT p.id FROM contact p JOIN contact_tally t ON t.contact_id = p.id"
        " WHERE t.received > 0 AND p.archived_at IS NULL ORDER BY p.name_key, p.id"
    )
    return [int(row[0]) for row in connection.execute(sql)]


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
