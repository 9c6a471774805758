"""Terms as FTS5 makes them: of phrases, and of articles with where each stands.

The index's own tokenizer serves for both (https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module),
so that a phrase finds what the full-text search finds.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.lexical import Phrase, Postings
    from giveback.ranking.collection import Snapshot

    LookUp = Callable[[sqlite3.Connection, Iterable[str], NDArray[np.int64]], dict[str, Postings]]

TOKENIZE = "porter unicode61 remove_diacritics 2"
_COLUMN = "(CASE col WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END)"
_PLACES = f"count(*), group_concat((doc << 34) + ({_COLUMN} << 31) + offset)"
AT_ONCE = 50_000
"""Places that are taken apart together."""
DENSE = 10_000_000
"""Numbers of articles up to which a table of them is made (40 MB); it finds places five times as fast."""
REMEMBERED = 5_000_000
"""Places of terms that are remembered (50 MB); then all are forgotten."""


def phrases(connection: sqlite3.Connection, texts: Sequence[str]) -> list[Phrase]:
    """Tokenise phrases as the index does."""
    from giveback.matching.lexical import Phrase

    connection.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING fts5 (phrase, tokenize = '{TOKENIZE}')")
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_posting USING fts5vocab (temp, asked, 'instance')"
    )
    connection.execute("DELETE FROM temp.asked")
    rows = list(enumerate(texts))
    connection.executemany("INSERT INTO temp.asked (rowid, phrase) VALUES (?, ?)", rows)
    found: list[list[str]] = [[] for _ in texts]
    for number, term in connection.execute("SELECT doc, term FROM temp.asked_posting ORDER BY doc, offset"):
        found[number].append(term)
    return [Phrase(tuple(terms)) for terms in found]


def telling(
    connection: sqlite3.Connection, articles: Iterable[int], snapshot: Snapshot, *, keep: bool = True
) -> dict[int, dict[str, float]]:
    """The terms that tell judged articles from others; found once and kept until the snapshot is taken anew.

    Args:
        connection: the store; in a transaction to keep what is found.
        articles: numbers of articles.
        snapshot: the one in force.
        keep: keep them; for reading it is enough without.

    Returns:
        Number of an article to terms with weights, as `matching.feedback.telling` has them.
    """
    asked = sorted(set(articles))
    found: dict[int, dict[str, float]] = {}
    for number in asked:
        row = connection.execute("SELECT terms FROM article_telling WHERE article_id = ?", (number,)).fetchone()
        if row is not None:
            found[number] = json.loads(row[0])
    fresh = _tell(connection, [number for number in asked if number not in found], snapshot)
    if keep:
        connection.executemany(
            "INSERT OR REPLACE INTO article_telling VALUES (?, ?)",
            [(number, json.dumps(terms)) for number, terms in fresh.items()],
        )
    return found | fresh


def _tell(connection: sqlite3.Connection, articles: Sequence[int], snapshot: Snapshot) -> dict[int, dict[str, float]]:
    from giveback.matching import feedback
    from giveback.matching.lexical import FIELDS
    from giveback.ranking.collection import statistics

    if not articles:
        return {}
    _index(connection, articles)
    counts: dict[int, dict[str, float]] = {number: {} for number in articles}
    for number, column, term in connection.execute(f"SELECT doc, {_COLUMN}, term FROM temp.few_posting"):
        counts[number][term] = counts[number].get(term, 0.0) + FIELDS[column]
    _forget(connection)
    figures = statistics(connection, snapshot, {term for said in counts.values() for term in said})
    return {number: feedback.telling(said, figures) for number, said in counts.items()}


def everywhere(connection: sqlite3.Connection, terms: Iterable[str], ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Where terms stand among articles, looked up in the store's index; right for many articles."""
    return _lookup(connection, "article_posting", terms, ids)


def among(connection: sqlite3.Connection, terms: Iterable[str], ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Where terms stand among a few articles, which are indexed once more in memory.

    The store's index lists a term's places in all articles; for a handful of new ones that
    would be a long way round.
    """
    _index(connection, ids.tolist())
    found = _lookup(connection, "temp.few_posting", terms, ids)
    _forget(connection)
    return found


def spoken(connection: sqlite3.Connection, ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Every term of a few articles, and where it stands; of a text only its beginning, which says what it is about.

    Args:
        connection: the store.
        ids: numbers of articles, ascending.
    """
    from giveback.matching.embedding import LONGEST

    _index(connection, ids.tolist(), f"substr(text, 1, {LONGEST})")
    rows = connection.execute(f"SELECT term, {_PLACES} FROM temp.few_posting GROUP BY term ORDER BY term")
    found = _taken_apart(rows, ids)
    _forget(connection)
    return found


def _index(connection: sqlite3.Connection, articles: Sequence[int], text: str = "text") -> None:
    """Index some articles in a table of the connection's own."""
    _forget(connection)
    # Without the texts, which are in the store, and without their lengths: nobody asks for either.
    connection.execute(
        "CREATE VIRTUAL TABLE temp.few USING fts5"
        f" (title, summary, text, content = '', columnsize = 0, tokenize = '{TOKENIZE}')"
    )
    connection.execute("CREATE VIRTUAL TABLE temp.few_posting USING fts5vocab (temp, few, 'instance')")
    # In one statement, because after each the index is written.
    connection.execute(
        "INSERT INTO temp.few (rowid, title, summary, text)"
        f" SELECT id, title, summary, {text} FROM article WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(articles)),),
    )


def _forget(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE IF EXISTS temp.few_posting")
    connection.execute("DROP TABLE IF EXISTS temp.few")


def remembering(ids: NDArray[np.int64]) -> LookUp:
    """Look up in the store's index as `everywhere` does, each term once.

    Args:
        ids: of all articles that will be asked about; each time for them or for the first of them.

    Returns:
        A function like `everywhere`.
    """
    known: dict[str, Postings] = {}

    def look_up(connection: sqlite3.Connection, terms: Iterable[str], some: NDArray[np.int64]) -> dict[str, Postings]:
        wanted = set(terms)
        if sum(len(posting.article) for posting in known.values()) > REMEMBERED:
            known.clear()
        fresh = wanted.difference(known)
        known.update(dict.fromkeys(fresh, _nowhere()) | everywhere(connection, fresh, ids))
        found = {term: known[term] for term in wanted if len(known[term].article)}
        if len(some) == len(ids):
            return found
        return {term: part for term, posting in found.items() if len((part := _before(posting, len(some))).article)}

    return look_up


def _before(posting: Postings, stop: int) -> Postings:
    import numpy as np

    count = int(np.searchsorted(posting.article, stop))
    return type(posting)(*(column[:count] for column in posting))


def _nowhere() -> Postings:
    import numpy as np

    from giveback.matching.lexical import Postings

    nothing = np.zeros(0, dtype=np.int32)
    return Postings(nothing, nothing, nothing)


def _lookup(
    connection: sqlite3.Connection, table: str, terms: Iterable[str], ids: NDArray[np.int64]
) -> dict[str, Postings]:
    """Read the places of terms, each as one number, all of a term in one string: a quarter of the time of rows."""
    sql = f"SELECT {_PLACES} FROM {table} WHERE term = ?"
    return _taken_apart(((term, *connection.execute(sql, (term,)).fetchone()) for term in sorted(set(terms))), ids)


def _taken_apart(rows: Iterable[tuple[str, int, str]], ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Take the places of terms apart, many terms at a time; see `_postings`."""
    found: dict[str, Postings] = {}
    read: list[tuple[str, int, str]] = []
    total, find = 0, _finder(ids)
    for row in rows:
        if row[1]:
            read.append(row)
            total += row[1]
        if total >= AT_ONCE:
            found |= _postings(read, find)
            read, total = [], 0
    return found | _postings(read, find)


def _finder(ids: NDArray[np.int64]) -> Callable[[NDArray[np.int64]], NDArray[np.int32]]:
    """A function from numbers of articles to their places among these, -1 where they have none."""
    import numpy as np

    def by_halves(numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        place = np.minimum(np.searchsorted(ids, numbers), len(ids) - 1)
        return np.where(ids[place] == numbers, place, -1).astype(np.int32)

    def by_table(numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        return table[np.minimum(numbers, len(table) - 1)]

    last = int(ids[-1]) if len(ids) else 0
    if last > DENSE:
        return by_halves
    table = np.full(last + 2, -1, dtype=np.int32)
    table[ids] = np.arange(len(ids), dtype=np.int32)
    return by_table


def _postings(
    read: Sequence[tuple[str, int, str]], find: Callable[[NDArray[np.int64]], NDArray[np.int32]]
) -> dict[str, Postings]:
    """Take numbers of places apart, as far as they are in some articles.

    Args:
        read: term, number of places, places; in the order of the index, which is that of the numbers.
        find: as `_finder` makes it.
    """
    import numpy as np

    from giveback.matching.lexical import Postings

    if not read:
        return {}
    places = np.fromstring(",".join(listed for _, _, listed in read), dtype=np.int64, sep=",")
    index = find(places >> 34)
    there = index >= 0
    ends = np.concatenate([[0], np.cumsum(there)])[np.cumsum([0, *(count for _, count, _ in read)])]
    places, article = places[there], index[there]
    column, offset = (places >> 31 & 7).astype(np.int8), (places & 0x7FFFFFFF).astype(np.int32)
    parts = (slice(first, last) for first, last in pairwise(ends.tolist()))
    return {
        term: Postings(article[part], column[part], offset[part])
        for (term, _, _), part in zip(read, parts, strict=True)
        if part.stop > part.start
    }
