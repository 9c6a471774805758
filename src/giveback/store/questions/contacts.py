"""Contacts, what they care about, and the names they answer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


class ContactRow(NamedTuple):
    """A contact as lists show it; days are ISO text, "" stands for what is not known."""

    id: int
    uuid: str
    name: str
    nickname: str
    company: str
    title: str
    town: str
    cadence_days: int | None
    met_at: str
    birthday: str
    notes: str
    tact_allow: str
    added_on: str
    snoozed_until: str | None
    archived_at: str | None
    exchanges: int
    given: int
    received: int
    last_on: str | None


class PointRow(NamedTuple):
    """A contact point: kind, value as typed, label."""

    kind: str
    value: str
    label: str


class InterestRow(NamedTuple):
    """An interest phrase of one contact."""

    id: int
    phrase: str
    avoid: bool
    weight: float
    source: str


class NameRow(NamedTuple):
    """What names are resolved by; the keys are folded."""

    id: int
    name: str
    name_key: str
    nickname: str
    nickname_key: str
    company: str
    archived: bool


_COLUMNS = ", ".join(ContactRow._fields)


def listed(
    connection: sqlite3.Connection, query_key: str = "", *, archived: bool = False, limit: int = -1
) -> list[ContactRow]:
    """Contacts by name.

    Args:
        connection: the store.
        query_key: folded text that must occur in name, nickname, company, title, town, an
            interest or a contact point; "" for everybody.
        archived: the archived ones instead of the others.
        limit: at most so many rows; -1 for all.
    """
    where = "archived_at IS NOT NULL" if archived else "archived_at IS NULL"
    values: list[object] = []
    if query_key:
        where += (
            " AND (instr(name_key, ?1) OR instr(nickname_key, ?1) OR instr(fold(company), ?1)"
            " OR instr(fold(title), ?1) OR instr(fold(town), ?1)"
            " OR id IN (SELECT contact_id FROM interest WHERE instr(key, ?1))"
            " OR id IN (SELECT contact_id FROM contact_point WHERE instr(key, ?1)))"
        )
        values.append(query_key)
        connection.create_function("fold", 1, fold, deterministic=True)
    sql = f"SELECT {_COLUMNS} FROM contact_row WHERE {where} ORDER BY name_key, id LIMIT {int(limit)}"
    return [ContactRow(*row) for row in connection.execute(sql, values)]


def one(connection: sqlite3.Connection, contact_id: int) -> ContactRow:
    """The contact of that number, which must exist."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM contact_row WHERE id = ?", (contact_id,)).fetchone()
    return ContactRow(*row)


def some(connection: sqlite3.Connection, contact_ids: Iterable[int]) -> dict[int, ContactRow]:
    """Several contacts by number."""
    wanted = ",".join(str(int(number)) for number in contact_ids)
    sql = f"SELECT {_COLUMNS} FROM contact_row WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0]: ContactRow(*row) for row in connection.execute(sql, (f"[{wanted}]",))}


def named_in(connection: sqlite3.Connection, title: str) -> list[tuple[int, str, str]]:
    """Contacts whose company or town occurs in a title: number, "company" or "town", and the name."""
    sql = (
        "SELECT id, 'company', company FROM contact WHERE company <> '' AND instr(?1, company)"
        " UNION ALL SELECT id, 'town', town FROM contact WHERE town <> '' AND instr(?1, town) ORDER BY 1"
    )
    return [(int(number), source, name) for number, source, name in connection.execute(sql, (title,))]


def points(connection: sqlite3.Connection, contact_id: int) -> list[PointRow]:
    """A contact's e-mail addresses, phones and so on, in the order they were added."""
    sql = "SELECT kind, value, label FROM contact_point WHERE contact_id = ? ORDER BY id"
    return [PointRow(*row) for row in connection.execute(sql, (contact_id,))]


def interests(connection: sqlite3.Connection, contact_id: int) -> list[InterestRow]:
    """A contact's interests, the avoided ones last."""
    sql = "SELECT id, phrase, avoid, weight, source FROM interest WHERE contact_id = ? ORDER BY avoid, id"
    return [
        InterestRow(i, phrase, bool(avoid), weight, source)
        for i, phrase, avoid, weight, source in connection.execute(sql, (contact_id,))
    ]


def tact_allow(connection: sqlite3.Connection, contact_id: int) -> str:
    """Kinds of sensitive articles that are welcome to a contact, joined by ", "."""
    row = connection.execute("SELECT tact_allow FROM contact WHERE id = ?", (contact_id,)).fetchone()
    return str(row[0]) if row else ""


_NAMES = (
    "SELECT c.id, c.name, c.name_key, c.nickname, c.nickname_key, c.company, c.archived_at IS NOT NULL FROM contact c "
)


def _names(connection: sqlite3.Connection, tail: str, *values: object) -> list[NameRow]:
    return [NameRow(*row) for row in connection.execute(_NAMES + tail, values)]


def name_of(connection: sqlite3.Connection, number: int) -> NameRow | None:
    """The contact of that number."""
    return next(iter(_names(connection, "WHERE c.id = ?", number)), None)


def names_exactly(connection: sqlite3.Connection, key: str) -> list[NameRow]:
    """Contacts whose full name, nickname, contact point or name before a merge is this folded text."""
    tail = (
        "WHERE c.id IN (SELECT id FROM contact WHERE name_key = ?1 UNION SELECT id FROM contact WHERE nickname_key = ?1"
        " UNION SELECT contact_id FROM contact_point WHERE key = ?1"
        " UNION SELECT contact_id FROM merged_contact WHERE name_key = ?1) ORDER BY c.name_key, c.id"
    )
    return _names(connection, tail, key)


def names_by_initials(connection: sqlite3.Connection, initials: str) -> list[NameRow]:
    """Contacts with these folded initials."""
    return _names(connection, "WHERE c.initials = ? ORDER BY c.name_key, c.id", initials)


def names_holding(connection: sqlite3.Connection, key: str, limit: int = -1) -> list[NameRow]:
    """Contacts with this folded text anywhere in name or nickname, or at the start of an address."""
    # The inner question reads an index of the names alone, several times smaller than the table.
    tail = (
        "WHERE c.id IN (SELECT id FROM contact WHERE instr(name_key, ?1) OR instr(nickname_key, ?1)"
        " UNION SELECT contact_id FROM contact_point"
        " WHERE kind = 'email' AND key >= ?1 AND key < ?1 || char(1114111))"
        " ORDER BY c.name_key, c.id LIMIT ?2"
    )
    return _names(connection, tail, key, limit)


def all_names(connection: sqlite3.Connection) -> list[NameRow]:
    """Every contact's names, for near misses."""
    return _names(connection, "ORDER BY c.name_key, c.id")


class MergedRow(NamedTuple):
    """Somebody who became part of a contact: uuid and name before, the day, and what it was (JSON by table)."""

    uuid: str
    name: str
    merged_on: str
    was: str


def merged(connection: sqlite3.Connection, contact_id: int) -> list[MergedRow]:
    """Who became part of a contact, the latest last."""
    sql = "SELECT uuid, name, merged_on, was FROM merged_contact WHERE contact_id = ? ORDER BY id"
    return [MergedRow(*row) for row in connection.execute(sql, (contact_id,))]
