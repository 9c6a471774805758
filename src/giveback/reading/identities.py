"""The index by which an article that came before is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.dates import from_utc_text, utc_text
from giveback.reading.identity import APART, Said, address_number, are_alike, is_same, keys

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
    """Make the keys of all articles that wait for them. Call it before `holders`.

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


class Candidates:
    """Articles of other feeds that share a key of the words with some new ones, read together.

    Args:
        connection: the store.
        numbers: which articles.
        feed_id: the feed of the new ones.
    """

    def __init__(self, connection: sqlite3.Connection, numbers: Iterable[int], feed_id: int) -> None:
        self._connection, self._feed_id = connection, feed_id
        self._found: dict[int, tuple[str, str | None, int | None]] = {}
        for part in _chunks(list(numbers)):
            marks = ", ".join("?" * len(part))
            # What `is_same` would refuse at once is not read at all.
            sql = f"SELECT id, title, published_at, feed_id FROM article WHERE id IN ({marks}) AND feed_id IS NOT ?"
            self._found.update((row[0], row[1:]) for row in connection.execute(sql, (*part, feed_id)).fetchall())

    def twin(self, mine: Said, numbers: Iterable[int]) -> int | None:
        """The oldest of some of them that says the same as a new one.

        Args:
            mine: the new one.
            numbers: those that share a key of the words with it.
        """
        shared = sorted(self._found.keys() & numbers)
        if not shared:
            return None
        early, late = (
            (utc_text(mine.published - APART), utc_text(mine.published + APART)) if mine.published else ("", "~")
        )
        for number in shared:
            title, published, feed = self._found[number]
            if (published is None or early <= published <= late) and are_alike(mine.title, title):
                other = Said(title, self._beginning(number), from_utc_text(published) if published else None, feed)
                if is_same(mine, other):
                    return number
        return None

    def _beginning(self, number: int) -> str:
        sql = "SELECT substr(iif(text <> '', text, summary), 1, ?) FROM article WHERE id = ?"
        return str(self._connection.execute(sql, (_BEGINNING, number)).fetchone()[0])


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
