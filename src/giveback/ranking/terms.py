"""Terms as FTS5 makes them: of phrases, and of articles with where each stands.

The index's own tokenizer serves for both (https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module),
so that a phrase finds what the full-text search finds.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.lexical import Phrase, Postings

TOKENIZE = "porter unicode61 remove_diacritics 2"
_COLUMN = "CASE col WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END"


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


def everywhere(connection: sqlite3.Connection, terms: Iterable[str], ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Where terms stand among articles, looked up in the store's index; right for many articles."""
    return _lookup(connection, "article_posting", terms, ids)


def among(connection: sqlite3.Connection, terms: Iterable[str], ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Where terms stand among a few articles, which are indexed once more in memory.

    The store's index lists a term's places in all articles; for a handful of new ones that
    would be a long way round.
    """
    with _indexed(connection, ids, "text"):
        return _lookup(connection, "temp.few_posting", terms, ids)


def spoken(connection: sqlite3.Connection, ids: NDArray[np.int64]) -> dict[str, Postings]:
    """Every term of a few articles, and where it stands; of a text only its beginning, which says what it is about.

    Args:
        connection: the store.
        ids: numbers of articles, ascending.
    """
    import numpy as np

    from giveback.matching.embedding import LONGEST
    from giveback.matching.lexical import Postings

    with _indexed(connection, ids, f"substr(text, 1, {LONGEST})"):
        rows = connection.execute(f"SELECT term, doc, {_COLUMN}, offset FROM temp.few_posting").fetchall()
    found: dict[str, list[tuple[int, int, int]]] = {}
    for term, *place in sorted(rows):
        found.setdefault(term, []).append((place[0], place[1], place[2]))
    tables = {term: np.array(places, dtype=np.int64) for term, places in found.items()}
    return {
        term: Postings(np.searchsorted(ids, table[:, 0]), table[:, 1], table[:, 2]) for term, table in tables.items()
    }


@contextmanager
def _indexed(connection: sqlite3.Connection, ids: NDArray[np.int64], text: str) -> Iterator[None]:
    """Index a few articles in memory, as temp.few with temp.few_posting."""
    name = f"fts5 (title, summary, text, tokenize = '{TOKENIZE}')"
    connection.execute("DROP TABLE IF EXISTS temp.few_posting")
    connection.execute("DROP TABLE IF EXISTS temp.few")
    connection.execute(f"CREATE VIRTUAL TABLE temp.few USING {name}")
    connection.execute("CREATE VIRTUAL TABLE temp.few_posting USING fts5vocab (temp, few, 'instance')")
    for start in range(0, len(ids), 500):
        part = [int(number) for number in ids[start : start + 500]]
        marks = ", ".join("?" * len(part))
        connection.execute(
            "INSERT INTO temp.few (rowid, title, summary, text)"
            f" SELECT id, title, summary, {text} FROM article WHERE id IN ({marks})",
            part,
        )
    yield
    connection.execute("DROP TABLE temp.few_posting")
    connection.execute("DROP TABLE temp.few")


def _lookup(
    connection: sqlite3.Connection, table: str, terms: Iterable[str], ids: NDArray[np.int64]
) -> dict[str, Postings]:
    import numpy as np

    from giveback.matching.lexical import Postings

    sql = f"SELECT doc, {_COLUMN}, offset FROM {table} WHERE term = ? ORDER BY 1, 2, 3"
    found = {}
    for term in sorted(set(terms)):
        rows = np.array(connection.execute(sql, (term,)).fetchall(), dtype=np.int64).reshape(-1, 3)
        places = np.searchsorted(ids, rows[:, 0])
        places[places == len(ids)] = 0
        there = ids[places] == rows[:, 0] if len(ids) else np.zeros(0, dtype=bool)
        if there.any():
            found[term] = Postings(places[there], rows[there, 1], rows[there, 2])
    return found
