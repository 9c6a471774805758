"""The full-text index of articles that come many at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


@contextmanager
def indexed_together(connection: sqlite3.Connection) -> Iterator[None]:
    """Index the articles that are added within when the block ends, in a quarter of the time.

    Args:
        connection: writable, in a transaction that ends no sooner than the block: until then
            nobody else can see articles that the search does not find.
    """
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()[0]
    connection.execute("INSERT INTO article_bulk VALUES (1, ?)", (newest,))
    try:
        yield
    finally:
        connection.execute(
            "INSERT INTO article_fts (rowid, title, summary, text)"
            " SELECT id, title, summary, text FROM article WHERE id > ?",
            (newest,),
        )
        connection.execute("DELETE FROM article_bulk")
