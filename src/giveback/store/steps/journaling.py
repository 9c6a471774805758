"""The journal's triggers leave the store: who changes something makes them for itself (`store.journaling`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def journal_on_demand(connection: sqlite3.Connection) -> None:
    """Drop them."""
    sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%\\_journal' ESCAPE '\\'"
    for (name,) in connection.execute(sql).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
