"""The triggers that write into the journal what a change replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

TEMPORARY = "TEMP TRIGGER"


def start(connection: sqlite3.Connection) -> None:
    """Make the triggers of all kept tables, for this connection alone.

    Whoever opens a store reads its whole schema first. Kept in the store, the triggers would be half of that, read by
    every question, which changes nothing (4 ms of 80).

    Args:
        connection: a fresh one; they end with it.
    """
    from giveback.store.kept import KEPT

    for table in KEPT:
        for statement in journal_triggers(connection, table, TEMPORARY):
            connection.execute(statement)


def journal_triggers(connection: sqlite3.Connection, table: str, form: str = "TRIGGER") -> list[str]:
    """Triggers that write into the journal what each change of a table replaces.

    They write only while a unit of work is open. An update keeps the columns that it changes
    and no others, so that taking it back leaves alone what a fetch wrote into the same row since.
    The triggers know the columns that the table has now.

    Args:
        connection: the store.
        table: one that is kept.
        form: `TEMPORARY`; steps of before made them in the store.
    """
    columns = {str(row[1]): str(row[2]) for row in connection.execute(f"PRAGMA table_info({table})")}
    whole = "json_object(" + ", ".join(f"'{name}', {_exactly(name, kind)}" for name, kind in columns.items()) + ")"
    same = ", ".join(f"""iif(old."{name}" IS new."{name}", '$.{name}', '$."-"')""" for name in columns)
    old, new = (", ".join(f'{row}."{name}"' for name in columns) for row in ("old", "new"))
    forms = (
        ("insert", "new.id", "NULL", ""),
        ("update", "old.id", f"json_remove({whole}, {same})", f" AND ({old}) IS NOT ({new})"),
        ("delete", "old.id", whole, ""),
    )
    return [
        f"CREATE {form} {table}_{operation}_journal AFTER {operation.upper()} ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM journal_open){condition} BEGIN "
        'INSERT INTO journal_entry (journal_id, "table", row_id, operation, before) '
        f"SELECT journal_id, '{table}', {row}, '{operation}', {value} FROM journal_open; END"
        for operation, row, value, condition in forms
    ]


def _exactly(name: str, kind: str) -> str:
    """The old value of a column for json_object, which alone would keep 15 digits of a float."""
    if kind != "FLOAT":
        return f'old."{name}"'
    return f"""iif(old."{name}" IS NULL, NULL, json(printf('%!.17g', old."{name}")))"""
