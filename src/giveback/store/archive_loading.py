"""Archives into stores: every row checked, whatever version of giveback it is from."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

from giveback.errors import StoreError
from giveback.store import connect
from giveback.store.archive_reading import damaged, rows
from giveback.store.kept import KEPT, NOTED, columns, insertable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping

    from giveback.store.archive_reading import Contents

AT_A_TIME = 1_000
"""Rows after which the caller is told."""


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing is kept in a store."""
    return not any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in KEPT)


def load(
    connection: sqlite3.Connection, contents: Contents, on_rows: Callable[[str, int], None] = lambda *_: None
) -> dict[str, int]:
    """Put the rows of an archive into an empty store, inside the caller's transaction.

    An archive of an older schema is first loaded into a store of that schema beside it, and goes through the same
    steps as that store would.

    Args:
        connection: a store in which nothing is kept.
        contents: the archive.
        on_rows: called with a table and how many rows of it just came.

    Returns:
        How many rows of each table came.

    Raises:
        UsageError: a row cannot be; the message says which.
    """
    there = {table: rows(contents, table) for table in contents.tables}
    if contents.schema == connect.VERSION:
        return _insert_together(connection, contents, there, on_rows)
    import tempfile

    from giveback.store.migrations import store_of

    with (
        tempfile.TemporaryDirectory() as folder,
        closing(store_of(os.path.join(folder, "old.db"), contents.schema)) as old,
    ):
        old.execute("PRAGMA foreign_keys = OFF")
        with connect.transaction(old):
            _insert(old, contents, there, on_rows)
        old.execute("PRAGMA foreign_keys = ON")
        _move_on(old, folder, contents)
        wanted = insertable(old)
        moved = {table: _rows_of(old, table) for table in wanted}
        return _insert_together(connection, contents, moved, lambda *_: None)


def _insert_together(
    connection: sqlite3.Connection,
    contents: Contents,
    there: Mapping[str, Iterator[dict[str, Any]]],
    on_rows: Callable[[str, int], None],
) -> dict[str, int]:
    """Into the store itself: what is counted and indexed by trigger is so once, at the end."""
    from giveback.store.indexing import indexed_together
    from giveback.store.tallies import counted_together

    with indexed_together(connection), counted_together(connection):
        return _insert(connection, contents, there, on_rows)


def _move_on(old: sqlite3.Connection, folder: str, contents: Contents) -> None:
    from giveback.store.migrations import migrate

    try:
        migrate(old, os.path.join(folder, "old.db"))
    except StoreError as error:
        raise damaged(contents.name, "its rows refer to rows that are not there") from error


def _rows_of(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    names = columns(connection, table)
    listed = ", ".join(f'"{name}"' for name in names)
    for row in connection.execute(f"SELECT {listed} FROM {table}"):
        yield dict(zip(names, row, strict=True))


def _insert(
    connection: sqlite3.Connection,
    contents: Contents,
    tables: Mapping[str, Iterator[dict[str, Any]]],
    on_rows: Callable[[str, int], None],
) -> dict[str, int]:
    from giveback.store.archived import checker

    connection.execute("PRAGMA defer_foreign_keys = ON")  # rows may refer to each other in a circle
    counts = {}
    for table in insertable(connection, [*KEPT, *NOTED, *tables]):
        if table not in tables:
            continue
        if table not in (*KEPT, *NOTED):
            raise damaged(contents.name, f"it holds a table {table!r} that giveback does not keep")
        checked = map(checker(connection, table), tables[table])
        counts[table] = _insert_table(connection, table, checked, contents.name, on_rows)
    unknown = sorted(set(tables) - set(counts))
    if unknown:
        raise damaged(contents.name, f"it holds a table {unknown[0]!r} that giveback does not know")
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    if dangling:
        raise damaged(contents.name, f"{dangling[0]} refers to a row of {dangling[2]} that is not there")
    return counts


def _insert_table(
    connection: sqlite3.Connection,
    table: str,
    checked: Iterator[dict[str, Any]],
    name: str,
    on_rows: Callable[[str, int], None],
) -> int:
    import sqlite3

    done = 0
    try:
        for values in checked:
            names = ", ".join(f'"{column}"' for column in values)
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
            done += 1
            if done % AT_A_TIME == 0:
                on_rows(table, AT_A_TIME)
    except (sqlite3.IntegrityError, ValueError, OverflowError) as error:
        raise damaged(name, f"tables/{table}.json, row {done + 1}: {error}") from error
    return done
