"""The index by which an article that came before is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.dates import from_utc_text, utc_text
from giveback.reading.identity import APART, Said, address_number, is_same, keys

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

_BEGINNING = 400  # characters of a text that `identity` may look at
_CHUNK = 500
_QUEUE = (
    "SELECT n.article_id, a.url, a.title, substr(iif(a.text <> '', a.text, a.summary), 1, ?)"
    " FROM identity_new n JOIN article a ON a.id = n.article_id LIMIT 5000"
)


def complete(connection: sqlite3.Connection) -> None:
    """Make the keys of all articles that wait for them. Call it before `holders` and `twins`.

    Args:
        connection: the store, inside a transaction.
    """
    while waiting := connection.execute(_QUEUE, (_BEGINNING,)).fetchall():
        remember(connection, ((number, keys(url, title, body)) for number, url, title, body in waiting))
        connection.executemany("DELETE FROM identity_new WHERE article_id = ?", [(row[0],) for row in waiting])


def remember(connection: sqlite3.Connection, found: Iterable[tuple[int, Iterable[int]]]) -> None:
    """Note under which keys articles are known.

    Args:
        connection: the store, inside a transaction.
        found: numbers of articles and their keys; a key that is there already stays.
    """
    connection.executemany(
        'INSERT OR IGNORE INTO article_identity ("key", article_id) VALUES (?, ?)',
        [(key, number) for number, many in found for key in many],
    )


def holders(connection: sqlite3.Connection, wanted: Iterable[int]) -> dict[int, list[int]]:
    """The articles that are known under some keys, by key; keys that nobody has are left out."""
    found: dict[int, list[int]] = {}
    for part in _chunks(list(wanted)):
        marks = ", ".join("?" * len(part))
        sql = f'SELECT "key", article_id FROM article_identity WHERE "key" IN ({marks})'
        for key, number in connection.execute(sql, part):
            found.setdefault(key, []).append(number)
    return found


def at_address(connection: sqlite3.Connection, url: str) -> int | None:
    """The article that is known by a canonical address, however that is written; the oldest of several."""
    return min(holders(connection, [address_number(url)]).get(address_number(url), ()), default=None)


def twin(connection: sqlite3.Connection, mine: Said, candidates: Iterable[int]) -> int | None:
    """The oldest of some articles that says the same as a new one.

    Args:
        connection: the store.
        mine: the new one.
        candidates: articles that share a key of the words with it.
    """
    early, late = (
        (utc_text(mine.published - APART), utc_text(mine.published + APART)) if mine.published else (None, None)
    )
    for part in _chunks(sorted(set(candidates))):
        marks = ", ".join("?" * len(part))
        # What `is_same` would refuse at once is not read at all.
        rows = connection.execute(
            "SELECT id, title, substr(iif(text <> '', text, summary), 1, ?), published_at, feed_id FROM article"
            f" WHERE id IN ({marks}) AND feed_id IS NOT ?"
            " AND (published_at BETWEEN ? AND ? OR published_at IS NULL OR ?) ORDER BY id",
            (_BEGINNING, *part, mine.feed_id or 0, early, late, early is None),
        )
        for number, title, body, published, feed in rows:
            if is_same(mine, Said(title, body, from_utc_text(published) if published else None, feed)):
                return int(number)
    return None


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
