"""Targets, what is needed of them, what happened with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class TargetRow(NamedTuple):
    """A company or person that a user wants to reach; days are ISO text, "" stands for what is not known."""

    id: int
    uuid: str
    kind: str
    name: str
    key: str
    contact_id: int | None
    company: str
    industry: str
    town: str
    school: str
    state: str
    outcome: str
    added_on: str


class NeedRow(NamedTuple):
    """Something that is needed of a target, and who met it when."""

    id: int
    uuid: str
    target_id: int
    text: str
    met_on: str | None
    met_by_id: int | None
    met_by: str | None


class AliasRow(NamedTuple):
    """Another name of a target (`same`), or one that looks like it and is not."""

    target_id: int
    name: str
    key: str
    same: bool


class EventRow(NamedTuple):
    """What happened with a target on a day, and through whom."""

    target_id: int
    on_day: str
    kind: str
    text: str
    contact_id: int | None
    contact: str | None


_COLUMNS = ", ".join(TargetRow._fields)


def listed(connection: sqlite3.Connection, *, closed: bool = False) -> list[TargetRow]:
    """Targets in the order in which they were added; the closed ones only when asked for."""
    where = "" if closed else "WHERE state <> 'closed' "
    return [TargetRow(*row) for row in connection.execute(f"SELECT {_COLUMNS} FROM target {where}ORDER BY id")]


def one(connection: sqlite3.Connection, target_id: int) -> TargetRow:
    """The target of that number, which must exist."""
    return TargetRow(*connection.execute(f"SELECT {_COLUMNS} FROM target WHERE id = ?", (target_id,)).fetchone())


def needs(connection: sqlite3.Connection, target_id: int | None = None) -> list[NeedRow]:
    """What is needed of one target, or of all, in the order in which it was said."""
    sql = (
        "SELECT n.id, n.uuid, n.target_id, n.text, n.met_on, n.met_by_id, c.name"
        " FROM need n LEFT JOIN contact c ON c.id = n.met_by_id WHERE ?1 IS NULL OR n.target_id = ?1 ORDER BY n.id"
    )
    return [NeedRow(*row) for row in connection.execute(sql, (target_id,))]


def aliases(connection: sqlite3.Connection, target_id: int | None = None) -> list[AliasRow]:
    """What was said about the names of one target, or of all."""
    sql = 'SELECT target_id, name, "key", same FROM target_alias WHERE ?1 IS NULL OR target_id = ?1 ORDER BY id'
    return [AliasRow(a, b, c, bool(d)) for a, b, c, d in connection.execute(sql, (target_id,))]


def timeline(connection: sqlite3.Connection, target_id: int) -> list[EventRow]:
    """What happened with a target, latest first."""
    sql = (
        "SELECT e.target_id, e.on_day, e.kind, e.text, e.contact_id, c.name FROM target_event e"
        " LEFT JOIN contact c ON c.id = e.contact_id WHERE e.target_id = ? ORDER BY e.on_day DESC, e.id DESC"
    )
    return [EventRow(*row) for row in connection.execute(sql, (target_id,))]


class PersonRow(NamedTuple):
    """A contact as paths see it: folded name, where they work, live and were met, and how the tie is."""

    id: int
    name: str
    name_key: str
    company: str
    title: str
    town: str
    met_at: str
    notes: str
    given: int
    received: int
    last_on: str | None


def people(connection: sqlite3.Connection) -> list[PersonRow]:
    """Every contact that is not archived."""
    sql = (
        "SELECT c.id, c.name, c.name_key, c.company, c.title, c.town, c.met_at, c.notes,"
        " coalesce(t.given, 0), coalesce(t.received, 0), t.last_on"
        " FROM contact c LEFT JOIN contact_tally t ON t.contact_id = c.id WHERE c.archived_at IS NULL"
    )
    return list(map(PersonRow._make, connection.execute(sql)))


def former_positions(connection: sqlite3.Connection, contact_id: int | None = None) -> list[tuple[int, str, str, str]]:
    """Where contacts worked before: number, company, title, the day it ended or ""."""
    sql = (
        "SELECT contact_id, company, title, coalesce(until_on, '') FROM former_position"
        " WHERE ?1 IS NULL OR contact_id = ?1 ORDER BY id"
    )
    return connection.execute(sql, (contact_id,)).fetchall()


class KnowsRow(NamedTuple):
    """Somebody whom a contact knows; `other_id` and `other` are of a contact, `name` of anybody else."""

    id: int
    contact_id: int
    contact: str
    other_id: int | None
    other: str | None
    name: str
    key: str
    company: str
    how: str


def acquaintances(connection: sqlite3.Connection, contact_id: int | None = None) -> list[KnowsRow]:
    """Who knows whom, of one contact (in both directions) or of all."""
    sql = (
        "SELECT k.id, k.contact_id, c.name, k.other_id, o.name, k.name, k.\"key\", coalesce(nullif(k.company, ''),"
        " o.company, ''), k.how FROM knows k JOIN contact c ON c.id = k.contact_id"
        " LEFT JOIN contact o ON o.id = k.other_id"
        " WHERE ?1 IS NULL OR k.contact_id = ?1 OR k.other_id = ?1 ORDER BY k.id"
    )
    return [KnowsRow(*row) for row in connection.execute(sql, (contact_id,))]


def introduced(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """Pairs of contacts that were introduced to each other."""
    sql = (
        "SELECT first_id, second_id FROM introduction WHERE state = 'made'"
        " UNION SELECT contact_id, introduced_id FROM exchange WHERE introduced_id IS NOT NULL"
    )
    return connection.execute(sql).fetchall()


def phrases(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """What every contact cares about: number, phrase, folded phrase; nothing that is avoided."""
    return connection.execute('SELECT contact_id, phrase, "key" FROM interest WHERE NOT avoid').fetchall()


def circles(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Who is in which circle: number of the contact, name of the circle."""
    sql = "SELECT m.contact_id, c.name FROM circle_member m JOIN circle c ON c.id = m.circle_id ORDER BY c.id"
    return connection.execute(sql).fetchall()
