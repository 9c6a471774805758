"""Giving everything that refers to one row to another row of the same table, whatever tables there are.

The tables are found by their foreign keys. Where a row cannot stand beside what is there already (both contacts
are in one circle, say), what it knows more is filled in there, what differs is reported, and it goes.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.store.kept import KEPT, NOTED, columns, links, tables
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from giveback.store.kept import Link

Row = dict[str, Any]


class Yielded(NamedTuple):
    """A row that could not stand beside another one.

    Attributes:
        table: where it was.
        row: its columns.
        differs: of the columns that say something else there, what each says: kept, given up.
    """

    table: str
    row: Row
    differs: Mapping[str, tuple[Any, Any]]


class Joiner:
    """Moves references within one store, inside the caller's unit of work."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        there = tables(connection)
        self._columns = {
            table: columns(connection, table)
            for table in (*KEPT, *NOTED)
            if table in there and _key(connection, table) == ["id"]
        }
        self._links = {table: links(connection, table) for table in self._columns}
        self._needed = {
            table: {
                name
                for (name,) in connection.execute('SELECT name FROM pragma_table_info(?) WHERE "notnull"', (table,))
            }
            for table in self._columns
        }
        self._unique = {table: list(_unique(connection, table)) for table in self._columns}

    def move(self, parent: str, gone: int, kept: int) -> list[Yielded]:
        """Let everything that refers to one row refer to another.

        Args:
            parent: their table, one of `KEPT`.
            gone: the number of the row that will go.
            kept: the number of the row that stays.

        Returns:
            The rows that could not stand beside others; they are deleted.
        """
        yielded: list[Yielded] = []
        for table, found in self._links.items():
            for link in (link for link in found if link.parent == parent):
                for number in self._numbers(table, link.column, gone):
                    yielded += self._move(table, number, link, kept)
        return yielded

    def counts(self, parent: str, number: int) -> dict[str, int]:
        """How many rows of each kept table refer to a row; tables with none are left out."""
        found: dict[str, int] = {}
        for table, links_of in self._links.items():
            if table not in KEPT:
                continue
            for link in (link for link in links_of if link.parent == parent):
                found[table] = found.get(table, 0) + len(self._numbers(table, link.column, number))
        return {table: count for table, count in found.items() if count}

    def row(self, table: str, number: int) -> Row:
        """A row by its number."""
        names = self._columns[table]
        listed = ", ".join(f'"{name}"' for name in names)
        found = self._connection.execute(f"SELECT {listed} FROM {table} WHERE id = ?", (number,)).fetchone()
        return dict(zip(names, found, strict=True))

    def fill(self, table: str, number: int, values: Mapping[str, Any]) -> None:
        """Set columns of a row."""
        for name, value in values.items():
            self._connection.execute(f'UPDATE {table} SET "{name}" = ? WHERE id = ?', (value, number))

    def delete(self, table: str, number: int) -> None:
        """Delete a row."""
        self._connection.execute(f"DELETE FROM {table} WHERE id = ?", (number,))

    def _numbers(self, table: str, column: str, value: int) -> list[int]:
        rows = self._connection.execute(f'SELECT id FROM {table} WHERE "{column}" = ? ORDER BY id', (value,))
        return [int(number) for (number,) in rows]

    def _move(self, table: str, number: int, link: Link, kept: int) -> list[Yielded]:
        row = self.row(table, number)
        others = [
            other.column
            for other in self._links[table]
            if other.parent == link.parent and other.column != link.column and row[other.column] == kept
        ]
        if others:  # it joins the two that are one now
            if link.on_delete == "SET NULL":
                self.fill(table, number, {link.column: None})
                return []
            return self._give_up(table, row)
        twin = self._twin(table, {**row, link.column: kept}, number)
        if twin is None:
            return self._moved(table, row, link, kept)
        return self._fold(table, row, twin, link.column)

    def _moved(self, table: str, row: Row, link: Link, kept: int) -> list[Yielded]:
        try:
            self.fill(table, row["id"], {link.column: kept})
        except sqlite3.IntegrityError:  # a CHECK of that table does not allow it
            return self._give_up(table, row)
        return []

    def _give_up(self, table: str, row: Row) -> list[Yielded]:
        """Delete a row for which there is no place; what refers to it stays, without that where it may."""
        deeper: list[Yielded] = []
        for child, found in self._links.items():
            for link in (link for link in found if link.parent == table):
                for number in self._numbers(child, link.column, row["id"]):
                    if link.column in self._needed[child]:
                        deeper += self._give_up(child, self.row(child, number))
                    else:
                        self.fill(child, number, {link.column: None})
        self.delete(table, row["id"])
        return [*deeper, Yielded(table, row, {})]

    def _twin(self, table: str, row: Row, number: int) -> int | None:
        """The row that has the same values already where they must be unique."""
        for names in self._unique[table]:
            if any(row[name] is None for name in names):
                continue
            where = " AND ".join(f'"{name}" = ?' for name in names)
            found = self._connection.execute(
                f"SELECT id FROM {table} WHERE id <> ? AND {where}", (number, *(row[name] for name in names))
            ).fetchone()
            if found:
                return int(found[0])
        return None

    def _fold(self, table: str, row: Row, twin: int, moved: str) -> list[Yielded]:
        """Fill into a row what another one knows more, and let the other one go."""
        there = self.row(table, twin)
        names = [name for name in row if name not in ("id", "uuid", moved)]
        self.fill(table, twin, {name: row[name] for name in names if _empty(there[name]) and not _empty(row[name])})
        deeper = self.move(table, row["id"], twin)
        self.delete(table, row["id"])
        differs = {
            name: (there[name], row[name])
            for name in names
            if not _empty(there[name]) and not _empty(row[name]) and fold(str(there[name])) != fold(str(row[name]))
        }
        return [*deeper, Yielded(table, row, differs)]


def noted(connection: sqlite3.Connection, parent: str, numbers: Sequence[int]) -> dict[str, list[Row]]:
    """Rows of tables without a journal that refer to some rows: what `give_back` needs once they were moved or lost."""
    there = tables(connection)
    found: dict[str, list[Row]] = {}
    for table in (table for table in NOTED if table in there):
        names = columns(connection, table)
        listed = ", ".join(f'"{name}"' for name in names)
        for link in (link for link in links(connection, table) if link.parent == parent):
            for number in numbers:
                rows = connection.execute(f'SELECT {listed} FROM {table} WHERE "{link.column}" = ?', (number,))
                found.setdefault(table, []).extend(dict(zip(names, row, strict=True)) for row in rows)
    return {table: rows for table, rows in found.items() if rows}


def give_back(connection: sqlite3.Connection, rows: Mapping[str, Sequence[Row]]) -> None:
    """Put rows of tables without a journal back as `noted` found them, where what they refer to is there."""
    there = tables(connection)
    for table in (table for table in rows if table in NOTED and table in there):
        names, key = columns(connection, table), _key(connection, table)
        listed = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        sets = (
            ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
            or f'"{key[0]}" = "{key[0]}"'
        )
        target = ", ".join(f'"{name}"' for name in key)
        for row in rows[table]:
            with suppress(sqlite3.IntegrityError):
                connection.execute(
                    f"INSERT INTO {table} ({listed}) VALUES ({marks}) ON CONFLICT ({target}) DO UPDATE SET {sets}",
                    [row.get(name) for name in names],
                )


def _key(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,))
    return [str(name) for (name,) in rows]


def _empty(value: object) -> bool:
    return value is None or value == ""


def _unique(connection: sqlite3.Connection, table: str) -> Iterator[list[str]]:
    """The sets of columns that must be unique; indexes over expressions or parts of a table are left to SQLite."""
    rows = connection.execute('SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial', (table,))
    for (index,) in rows.fetchall():
        names = [row[0] for row in connection.execute("SELECT name FROM pragma_index_info(?) ORDER BY seqno", (index,))]
        if all(names):
            yield names
