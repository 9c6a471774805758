"""What may be offered to a contact beside articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


def offered_at(connection: sqlite3.Connection, contact_id: int, position: int) -> tuple[int | None, int | None] | None:
    """What stood at a position of the list last shown for a contact, when it was no article.

    Returns:
        The number of an asset, or of the contact to introduce them to; None when there was neither.
    """
    sql = "SELECT asset_id, introduced_id FROM offer_shown WHERE contact_id = ? AND position = ?"
    row = connection.execute(sql, (contact_id, position)).fetchone()
    return (row[0], row[1]) if row else None


class WishRow(NamedTuple):
    """An interest of a contact who is not archived; those that are only known of them have a source of their own."""

    contact_id: int
    phrase: str
    weight: float
    source: str
    kindred: str | None


def wishes(connection: sqlite3.Connection) -> list[WishRow]:
    """What everybody who is not archived likes, with the terms that articles on it use (JSON)."""
    sql = (
        "SELECT i.contact_id, i.phrase, i.weight, i.source, v.kindred FROM any_interest i"
        " JOIN contact c ON c.id = i.contact_id AND c.archived_at IS NULL"
        " LEFT JOIN interest_vector v ON v.interest_id = i.id WHERE NOT i.avoid ORDER BY i.contact_id, i.id < 0, i.id"
    )
    return [WishRow(*row) for row in connection.execute(sql)]


def wishes_of(connection: sqlite3.Connection, contact_id: int) -> list[WishRow]:
    """What one contact likes; see `wishes`."""
    sql = (
        "SELECT i.contact_id, i.phrase, i.weight, i.source, v.kindred FROM any_interest i"
        " LEFT JOIN interest_vector v ON v.interest_id = i.id WHERE NOT i.avoid AND i.contact_id = ?"
        " ORDER BY i.id < 0, i.id"
    )
    return [WishRow(*row) for row in connection.execute(sql, (contact_id,))]


class PersonRow(NamedTuple):
    """Who could be offered something, or be introduced."""

    id: int
    name: str
    name_key: str
    company: str
    title: str


def people(connection: sqlite3.Connection) -> dict[int, PersonRow]:
    """Everybody who is not archived, by number."""
    sql = "SELECT id, name, name_key, company, title FROM contact WHERE archived_at IS NULL"
    return {row[0]: PersonRow(*row) for row in connection.execute(sql)}


def introduced(connection: sqlite3.Connection, contact_id: int) -> set[int]:
    """Whom a contact was introduced to, or is to be, or is known to know, either way."""
    sql = (
        "SELECT introduced_id FROM exchange WHERE contact_id = ?1 AND introduced_id IS NOT NULL"
        " UNION SELECT contact_id FROM exchange WHERE introduced_id = ?1"
        " UNION SELECT second_id FROM introduction WHERE first_id = ?1"
        " UNION SELECT first_id FROM introduction WHERE second_id = ?1"
        " UNION SELECT other_id FROM knows WHERE contact_id = ?1 AND other_id IS NOT NULL"
        " UNION SELECT contact_id FROM knows WHERE other_id = ?1"
    )
    return {int(row[0]) for row in connection.execute(sql, (contact_id,))}


def lately_given(connection: sqlite3.Connection, contact_id: int, limit: int) -> list[str]:
    """The kinds of what a contact was given last, latest first."""
    sql = (
        "SELECT iif(kind = '' AND (article_id IS NOT NULL OR gift_url <> ''), 'article', kind) FROM exchange"
        " WHERE contact_id = ? AND direction = 'given' ORDER BY on_day DESC, id DESC LIMIT ?"
    )
    return [str(row[0]) for row in connection.execute(sql, (contact_id, limit))]


def dismissed_assets(connection: sqlite3.Connection, contact_id: int | None = None) -> set[tuple[int, int]]:
    """What is not to be offered to whom: numbers of contact and asset, of one contact or of all."""
    sql = "SELECT contact_id, asset_id FROM asset_dismissal WHERE ?1 IS NULL OR contact_id = ?1"
    return {(int(person), int(asset)) for person, asset in connection.execute(sql, (contact_id,))}


def last_given_assets(connection: sqlite3.Connection, contact_id: int) -> dict[int, str]:
    """The assets that a contact was given, each with the ISO day it was given last."""
    sql = (
        "SELECT asset_id, max(on_day) FROM exchange WHERE contact_id = ? AND direction = 'given'"
        " AND asset_id IS NOT NULL GROUP BY asset_id"
    )
    return {int(number): str(day) for number, day in connection.execute(sql, (contact_id,))}
