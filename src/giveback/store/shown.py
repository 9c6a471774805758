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

Offered = tuple[int | None, int | None]
"""The number of an asset, or else of the contact to introduce somebody to."""


def remember(
    path: str,
    lists: Mapping[int, Sequence[tuple[int, int | None]]],
    today: date,
    offers: Mapping[int, Mapping[int, Offered]] | None = None,
) -> None:
    """Note which articles stood at positions 1, 2, … of the lists shown for contacts.

    A list shown twice on one day counts once. A store that cannot be written now is left as
    it is: showing matters more than remembering.

    Args:
        path: the store.
        lists: contact to (article, interest it was for); None for what is no interest of theirs.
        today: the local day.
        offers: contact to position to what stood there that was no article; positions of articles are then counted
            around these.
    """
    others = offers or {}
    try:
        # mode=rw: a store that is not there is not made either.
        name = f"file:{quote(os.path.abspath(path))}?mode=rw"
        connection = sqlite3.connect(name, uri=True, timeout=0.2, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            for contact_id, items in lists.items():
                _remember(connection, contact_id, items, today.isoformat(), others.get(contact_id, {}))
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error:
        return


def _remember(
    connection: sqlite3.Connection,
    contact_id: int,
    items: Sequence[tuple[int, int | None]],
    day: str,
    offers: Mapping[int, Offered],
) -> None:
    free = [place for place in range(1, len(items) + len(offers) + 1) if place not in offers]
    connection.execute("UPDATE shown SET position = NULL WHERE contact_id = ?", (contact_id,))
    connection.executemany(
        "INSERT INTO shown (contact_id, article_id, interest_id, position, times, first_on, last_on)"
        " VALUES (?1, ?2, ?5, ?3, 1, ?4, ?4) ON CONFLICT DO UPDATE SET"
        " position = excluded.position, interest_id = excluded.interest_id, last_on = excluded.last_on,"
        " times = times + (last_on < excluded.last_on)",
        [(contact_id, article, place, day, interest) for place, (article, interest) in zip(free, items, strict=True)],
    )
    connection.execute("DELETE FROM offer_shown WHERE contact_id = ?", (contact_id,))
    connection.executemany(
        "INSERT INTO offer_shown (contact_id, position, asset_id, introduced_id) VALUES (?, ?, ?, ?)",
        [(contact_id, place, *offered) for place, offered in offers.items()],
    )
