"""Schema of when feeds rest: the hours and days that they ask to be left alone in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def keep_skips(connection: sqlite3.Connection) -> None:
    """Add the column; the journal's triggers on `feed` know its columns, and are made again."""
    from giveback.store.journaling import journal_triggers

    connection.execute("ALTER TABLE feed ADD COLUMN skips INTEGER NOT NULL DEFAULT 0 CHECK (skips >= 0)")
    for operation in ("insert", "update", "delete"):
        connection.execute(f"DROP TRIGGER feed_{operation}_journal")
    for statement in journal_triggers(connection, "feed"):
        connection.execute(statement)
