"""What can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class ChangeRow(NamedTuple):
    """A change that has not been taken back; `at` is UTC text, `rows` how many rows it touched."""

    id: int
    at: str
    command: str
    rows: int


def changes(connection: sqlite3.Connection, limit: int = 10) -> list[ChangeRow]:
    """The last changes that can be taken back, the one that `undo` takes first; -1 for all."""
    sql = (
        "SELECT j.id, j.at, j.command, (SELECT count(*) FROM journal_entry e WHERE e.journal_id = j.id)"
        " FROM journal j WHERE j.undone_at IS NULL ORDER BY j.id DESC LIMIT ?"
    )
    return [ChangeRow(*row) for row in connection.execute(sql, (limit,))]
