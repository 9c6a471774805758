"""What was shown: a memory of the store's own, not a change that anyone would undo.

It is written by the light door because `suggest` must answer in a shell prompt; the journal
does not see it, and losing it costs nothing.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


def remember(path: str, lists: Mapping[int, Sequence[tuple[int, int | None]]], today: date) -> None:
    """Note which articles stood at positions 1, 2, … of the lists shown for contacts.

    A list shown twice on one day counts once. A store that cannot be written now is left as
    it is: showing matters more than remembering.

    Args:
        path: the store.
        lists: contact to (article, interest it was for); None for what is no interest of theirs.
        today: the local day.
    """
    try:
        # mode=rw: a store that is not there is not made either.
        name = f"file:{quote(os.path.abspath(path))}?mode=rw"
        connection = sqlite3.connect(name, uri=True, timeout=0.2, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            for contact_id, items in lists.items():
                _remember(connection, contact_id, items, today.isoformat())
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error:
        return


def _remember(
    connection: sqlite3.Connection, contact_id: int, items: Sequence[tuple[int, int | None]], day: str
) -> None:
    connection.execute("UPDATE shown SET position = NULL WHERE contact_id = ?", (contact_id,))
    connection.executemany(
        "INSERT INTO shown (contact_id, article_id, interest_id, position, times, first_on, last_on)"
        " VALUES (?1, ?2, ?5, ?3, 1, ?4, ?4) ON CONFLICT DO UPDATE SET"
        " position = excluded.position, interest_id = excluded.interest_id, last_on = excluded.last_on,"
        " times = times + (last_on < excluded.last_on)",
        [(contact_id, article, place, day, interest) for place, (article, interest) in enumerate(items, start=1)],
    )
