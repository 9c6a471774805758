"""Erasing a contact so that nothing of them is left in the file: rows, journal, names in command lines, freed pages.

What belongs to a contact is found by its foreign keys, so a table that is added later is covered, and so is a copy
of an older schema.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.store import connect
from giveback.store.kept import KEPT, NOTED, columns, links, tables
from giveback.store.mentions import mentions, naming
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from giveback.store.kept import Link
    from giveback.store.mentions import Mention

Gone = dict[str, set[int]]
"""Rows that go, by table; they are counted by their rowid, which is `id` where a table has one."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIES_WITH = {"ask": ("follow_up", "follow_up_id")}
"""What an erased row says elsewhere: an ask is worded in its follow-up, even where that is of the other of two who
were to be introduced."""


class Known(NamedTuple):
    """By what a person is known in texts.

    Attributes:
        names: full names, those of contacts that were merged into this one included.
        addresses: e-mail addresses, in lower case.
        uids: UUIDs of the contact and of what belongs to it, and UIDs of its cards elsewhere.
    """

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    uids: frozenset[str]


class Erased(NamedTuple):
    """What went.

    Attributes:
        rows: how many of which table.
        journal: how many entries of the journal.
        known: by what the person was known.
        files: paths of files that exports wrote about the person.
        calendars: paths of what was written into folders of tasks, of whomever it is.
        mentions: texts of others that name the person; they stay.
    """

    rows: Mapping[str, int]
    journal: int
    known: Known
    files: Sequence[str]
    calendars: Sequence[str]
    mentions: Sequence[Mention]


def erase(connection: sqlite3.Connection, number: int) -> Erased:
    """Delete a contact with whatever belongs to them, inside of the caller's transaction.

    Args:
        connection: the store or a copy of one, opened for writing.
        number: of the contact.
    """
    gone = _belonging(connection, {"contact": {number}})
    known = _known(connection, number, gone)
    _same_address(connection, gone, known)
    files, calendars = _forget_files(connection, known)
    for table in ("follow_up", "delivery"):
        _delete(connection, table, gone.get(table, ()))
    connection.execute("DELETE FROM contact WHERE id = ?", (number,))
    rows = {table: len(numbers) for table, numbers in gone.items()}
    entries = _erase_journal(connection, gone, known)
    return Erased(
        rows,
        entries,
        known,
        files,
        calendars,
        mentions(connection, (*known.names, *known.addresses)),
    )


def scrub(connection: sqlite3.Connection) -> bool:
    """Rewrite the file without freed pages, and empty its log.

    Returns:
        Whether the log is empty; False when another process was reading just then.
    """
    connection.execute("VACUUM")
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@contextmanager
def copy_for_erasing(path: str) -> Iterator[sqlite3.Connection]:
    """Open a copy of a store for `erase`, of whatever version, without bringing it up to date.

    Raises:
        StoreError: it is no copy of a store, newer than this program, or damaged.
    """
    connect.read_copy(path).close()
    with closing(sqlite3.connect(path, timeout=connect.BUSY_MS / 1000, isolation_level=None)) as connection:
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def numbers_of(connection: sqlite3.Connection, uids: Iterable[str]) -> list[int]:
    """The contacts that have one of some UUIDs."""
    sql = "SELECT id FROM contact WHERE uuid = ?"
    return [number for uid in sorted(uids) for (number,) in connection.execute(sql, (uid,))]


def _links(connection: sqlite3.Connection) -> dict[str, list[Link]]:
    there = tables(connection)
    return {table: found for table in (*KEPT, *NOTED) if table in there and (found := links(connection, table))}


def _belonging(connection: sqlite3.Connection, start: Gone) -> Gone:
    """The rows that go with some rows, as the foreign keys say, and those that nothing else holds."""
    found = _links(connection)
    gone: Gone = {}
    fresh = [(table, number) for table, numbers in start.items() for number in numbers]
    while fresh:
        parent, number = fresh.pop()
        if number in gone.setdefault(parent, set()):
            continue
        gone[parent].add(number)
        for table, links_of in found.items():
            for link in links_of:
                if link.parent == parent and link.on_delete == "CASCADE":
                    fresh += [(table, row) for row in _rows(connection, table, link.column, number)]
        if parent in _DIES_WITH:
            table, column = _DIES_WITH[parent]
            sql = f"SELECT {column} FROM {parent} WHERE id = ? AND {column} IS NOT NULL"
            fresh += [(table, row) for (row,) in connection.execute(sql, (number,))]
    return gone


def _rows(connection: sqlite3.Connection, table: str, column: str, value: int) -> list[int]:
    """The rows that refer to one; those of a table without numbers are numbered in the order of their key."""
    source = table if "id" in columns(connection, table) else f"(SELECT row_number() OVER () AS id, * FROM {table})"
    return [int(row) for (row,) in connection.execute(f'SELECT id FROM {source} WHERE "{column}" = ?', (value,))]


def _delete(connection: sqlite3.Connection, table: str, numbers: Iterable[int]) -> None:
    connection.executemany(f"DELETE FROM {table} WHERE id = ?", [(number,) for number in sorted(numbers)])


def _known(connection: sqlite3.Connection, number: int, gone: Gone) -> Known:
    there = tables(connection)
    names = [row[0] for row in connection.execute("SELECT name FROM contact WHERE id = ?", (number,))]
    uids: set[str] = set()
    if "merged_contact" in there:
        for name, uid in connection.execute("SELECT name, uuid FROM merged_contact WHERE contact_id = ?", (number,)):
            names.append(name)
            uids.add(uid)
    if "contact_source" in there:
        uids |= {uid for (uid,) in connection.execute("SELECT uid FROM contact_source WHERE contact_id = ?", (number,))}
    for table, rows in gone.items():
        if "uuid" in columns(connection, table):
            sql = f"SELECT uuid FROM {table} WHERE id = ?"
            uids |= {uid for row in rows for (uid,) in connection.execute(sql, (row,))}
    sql = "SELECT lower(value) FROM contact_point WHERE contact_id = ? AND kind = 'email'"
    addresses = [row[0] for row in connection.execute(sql, (number,))]
    return Known(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(addresses)), frozenset(uids - {""}))


def _same_address(connection: sqlite3.Connection, gone: Gone, known: Known) -> None:
    """Messages to an address of theirs go, whoever they were noted for."""
    if "delivery" not in tables(connection):
        return
    for address in known.addresses:
        found = connection.execute("SELECT id FROM delivery WHERE lower(recipient) = ?", (address,)).fetchall()
        more = _belonging(connection, {"delivery": {number for (number,) in found}})
        for table, rows in more.items():
            gone.setdefault(table, set()).update(rows)


def _forget_files(connection: sqlite3.Connection, known: Known) -> tuple[list[str], list[str]]:
    """Drop what the store knows of files about the person; give their paths, and those of all tasks that stay known."""
    if "exported_file" not in tables(connection):
        return [], []
    rows = connection.execute("SELECT folder, name, uid FROM exported_file ORDER BY folder, name").fetchall()
    hers = [(folder, name) for folder, name, uid in rows if uid in known.uids or known.uids & set(_UUID.findall(uid))]
    connection.executemany("DELETE FROM exported_file WHERE folder = ? AND name = ?", hers)
    others = [f"{folder}/{name}" for folder, name, _ in rows if name.endswith(".ics") and (folder, name) not in hers]
    return [f"{folder}/{name}" for folder, name in hers], others


def _erase_journal(connection: sqlite3.Connection, gone: Gone, known: Known) -> int:
    """Delete entries of rows that are gone, and of rows that were deleted before and belonged to them.

    An entry of somebody else's row that merely referred to one of these loses that reference.
    """
    found = _links(connection)
    entries = connection.execute('SELECT id, journal_id, "table", row_id, before FROM journal_entry').fetchall()
    said = {entry: json.loads(before) for entry, _, _, _, before in entries if before}
    units: set[int] = set()
    hers: set[int] = set()
    while True:
        fresh = [
            (entry, unit, table, row)
            for entry, unit, table, row, _ in entries
            if entry not in hers and _is_hers(found.get(table, ()), gone, known, (table, row), said.get(entry, {}))
        ]
        if not fresh:
            break
        for entry, unit, table, row in fresh:
            hers.add(entry)
            units.add(unit)
            gone.setdefault(table, set()).add(row)
    others = {each[0]: (each[2], said[each[0]]) for each in entries if each[0] in said and each[0] not in hers}
    _loosen(connection, found, gone, others)
    _delete(connection, "journal_entry", hers)
    connection.execute("DELETE FROM journal WHERE id NOT IN (SELECT journal_id FROM journal_entry)")
    _reword(connection, units, known)
    return len(hers)


def _is_hers(
    found: Iterable[Link], gone: Gone, known: Known, place: tuple[str, int], before: Mapping[str, Any]
) -> bool:
    table, row = place
    if row in gone.get(table, ()):
        return True
    if table == "contact":
        return before.get("uuid") in known.uids
    return any(link.on_delete == "CASCADE" and before.get(link.column) in gone.get(link.parent, ()) for link in found)


def _loosen(
    connection: sqlite3.Connection,
    found: Mapping[str, list[Link]],
    gone: Gone,
    others: Mapping[int, tuple[str, dict[str, Any]]],
) -> None:
    for entry, (table, before) in others.items():
        lost = [link.column for link in found.get(table, ()) if before.get(link.column) in gone.get(link.parent, ())]
        if lost:
            left = json.dumps({**before, **dict.fromkeys(lost)}, ensure_ascii=False)
            connection.execute("UPDATE journal_entry SET before = ? WHERE id = ?", (left, entry))


def _reword(connection: sqlite3.Connection, units: set[int], known: Known) -> None:
    """Command lines of what can still be undone must not name the person."""
    whole = naming((*known.names, *known.addresses))
    parts = naming(word for name in known.names for word in fold(name).split())
    for unit, command in connection.execute("SELECT id, command FROM journal").fetchall():
        line = fold(command)
        if whole.search(line) or (unit in units and parts.search(line)):
            verb = command.split(" ", 1)[0].rstrip(":")
            connection.execute("UPDATE journal SET command = ? WHERE id = ?", (f"{verb} …", unit))
