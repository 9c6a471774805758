"""Pruning: old articles go, and all that was computed of them; what was given or saved by hand stays."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3

_CHUNK = 2_000
_OLD = "max(coalesce(a.published_at, ''), a.first_seen_at) < ?"
_KEPT = (
    "a.saved_at IS NOT NULL",
    "EXISTS (SELECT 1 FROM exchange e WHERE e.article_id = a.id)",
    "EXISTS (SELECT 1 FROM dismissal d WHERE d.article_id = a.id)",
)


class Prunable(NamedTuple):
    """What pruning would do.

    Attributes:
        articles: how many go.
        saved: how many of that age stay because they were saved by hand.
        given: because they were given.
        dismissed: because they were dismissed for somebody, and must not come back.
        remain: how many articles there are afterwards.
    """

    articles: int
    saved: int
    given: int
    dismissed: int
    remain: int


def prunable(connection: sqlite3.Connection, before: str) -> Prunable:
    """Count what pruning would do.

    Args:
        connection: the store.
        before: UTC text; articles both seen and published before are old.
    """
    saved, given, dismissed = _KEPT
    sql = (
        f"SELECT count(*), coalesce(sum({saved}), 0), coalesce(sum(NOT {saved} AND {given}), 0),"
        f" coalesce(sum(NOT {saved} AND NOT {given} AND {dismissed}), 0) FROM article a WHERE {_OLD}"
    )
    old, by_hand, given_away, not_wanted = connection.execute(sql, (before,)).fetchone()
    total = connection.execute("SELECT count(*) FROM article").fetchone()[0]
    gone = old - by_hand - given_away - not_wanted
    return Prunable(gone, by_hand, given_away, not_wanted, total - gone)


def prune(connection: sqlite3.Connection, before: str) -> int:
    """Delete old articles with their words, vectors and rankings; the file shrinks.

    Deletions are not journaled: what a feed gave is no work of the user, and keeping it for `undo` would keep
    all that is to go. Entries that their feeds still have are remembered, so that they do not come back.

    Args:
        connection: the store, writable, outside of a transaction.
        before: as for `prunable`.

    Returns:
        How many went.
    """
    from giveback.store.connect import transaction

    stay = " OR ".join(_KEPT)
    sql = f"SELECT a.id FROM article a WHERE {_OLD} AND NOT ({stay})"
    numbers = [row[0] for row in connection.execute(sql, (before,))]
    gone = 0
    for start in range(0, len(numbers), _CHUNK):
        part = numbers[start : start + _CHUNK]
        with transaction(connection):
            # Asked again inside the transaction: somebody may have just given one.
            which = f"a.id IN ({', '.join('?' * len(part))}) AND NOT ({stay})"
            connection.execute(
                "INSERT OR IGNORE INTO pruned_entry SELECT e.feed_id, e.guid FROM feed_entry e"
                f" JOIN article a ON a.id = e.article_id WHERE {which}",
                part,
            )
            gone += connection.execute(f"DELETE FROM article AS a WHERE {which}", part).rowcount
    if gone:
        _shrink(connection)
    return gone


def _shrink(connection: sqlite3.Connection) -> None:
    """Give the space back; where another process is at work it stays in the file and is used again."""
    import sqlite3

    connection.execute("INSERT INTO article_fts (article_fts) VALUES ('optimize')")
    with suppress(sqlite3.OperationalError):
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
