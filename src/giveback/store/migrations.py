"""Ordered steps from any older schema to the present one.

`PRAGMA user_version` says which steps a store has seen (https://www.sqlite.org/pragma.html#pragma_user_version).
Each step is one transaction that ends with a foreign-key check; a backup is made before the first.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from giveback.errors import StoreError
from giveback.store.connect import APPLICATION_ID, VERSION
from giveback.store.schema import DERIVED, JOURNALED, TABLES, TRIGGERS, VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring a store up to date; a new file gets the whole schema.

    Two processes may arrive here at once: the second waits for the lock and finds nothing to do.

    Args:
        connection: a writable connection in autocommit mode.
        path: its file, for the backup and for messages.

    Raises:
        StoreError: a step would leave dangling references; the store is as it was.
    """
    before = _version(connection)
    if 0 < before < VERSION:
        back_up(connection, f"{path}.v{before}.backup")
    for step, function in enumerate(STEPS, start=1):
        _run(connection, step, function, path)


def _run(connection: sqlite3.Connection, step: int, function: Callable[[sqlite3.Connection], None], path: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < step:
            function(connection)
            dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
            if dangling:
                raise StoreError(f"{path} has {len(dangling)} dangling references", "run `giveback doctor`")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {step}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def back_up(connection: sqlite3.Connection, target: str) -> None:
    """Copy the whole store into a fresh file, consistent even while others write.

    Args:
        connection: any connection to the store, outside a transaction.
        target: the file to write; an older copy of that name is replaced when the new one is whole.
    """
    import os

    partial = f"{target}.partial"
    if os.path.exists(partial):
        os.remove(partial)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection.execute("VACUUM INTO ?", (partial,))
    os.replace(partial, target)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """Split a script at the semicolons that end statements (triggers hold some of their own)."""
    found, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            found.append(current.strip())
            current = ""
    return [statement for statement in found if statement != ";"]


def journal_triggers(connection: sqlite3.Connection, table: str) -> list[str]:
    """Triggers that write into the journal what each change of a table replaces.

    They write only while a unit of work is open, and hold every column that the table has now:
    a step that alters a journaled table drops and makes them again.

    Args:
        connection: the store, with the table in its new shape.
        table: one of `JOURNALED`.
    """
    columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
    before = "json_object(" + ", ".join(f"'{name}', old.\"{name}\"" for name in columns) + ")"
    entry = 'INSERT INTO journal_entry (journal_id, "table", row_id, operation, before) SELECT journal_id'
    forms = (("insert", "new.id", "NULL"), ("update", "old.id", before), ("delete", "old.id", before))
    return [
        f"CREATE TRIGGER {table}_{operation}_journal AFTER {operation.upper()} ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM journal_open) BEGIN "
        f"{entry}, '{table}', {row}, '{operation}', {value} FROM journal_open; END"
        for operation, row, value in forms
    ]


def _first(connection: sqlite3.Connection) -> None:
    for script in (TABLES, DERIVED, TRIGGERS, VIEWS):
        for statement in _statements(script):
            connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first,)
