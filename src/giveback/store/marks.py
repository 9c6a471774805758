"""Which articles were read: a memory of the store's own, not a change that anyone would undo."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from urllib.parse import quote


def mark_read(path: str, article_id: int, at: str | None) -> None:
    """Note when an article was read first; None: that it was not.

    It is written by the light door, since reading must not wait. A store that cannot be written
    now is left as it is: reading matters more than remembering.

    Args:
        path: the store.
        article_id: a number of an article.
        at: UTC text.
    """
    try:
        name = f"file:{quote(os.path.abspath(path))}?mode=rw"
        with closing(sqlite3.connect(name, uri=True, timeout=0.2, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            if at is None:
                connection.execute("DELETE FROM article_read WHERE article_id = ?", (article_id,))
            else:
                connection.execute("INSERT OR IGNORE INTO article_read VALUES (?, ?)", (article_id, at))
    except sqlite3.Error:
        return
