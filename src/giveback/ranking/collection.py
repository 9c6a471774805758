"""The articles as arrays, and the snapshot of the collection that scores are relative to.

Frequencies and means move with every article. Were they read anew each time, new articles could
not be compared with those ranked last week; so they are kept, and taken again when the collection
has grown by a quarter. Then everybody is ranked anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.store.schema import SOUND_SNAPSHOT

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.lexical import Statistics

CHUNK = 10_000
FEW = 50
"""Articles that a collection needs before its mean counts for half."""
GROWTH = 1.25
"""The snapshot is taken again when there are so many times more articles, or so many times fewer."""


class Shelf(NamedTuple):
    """Articles as arrays of one length, by ascending number.

    Attributes:
        ids: numbers of the articles.
        pieces: lengths, as the number of word pieces that each vector rests on.
        days: proleptic ordinals of the day published, or first seen.
        codes: (n, 256) int8, the vectors as they are kept.
    """

    ids: NDArray[np.int64]
    pieces: NDArray[np.int64]
    days: NDArray[np.int64]
    codes: NDArray[np.int8]

    def part(self, start: int, stop: int) -> Shelf:
        """The articles of a range."""
        kept = slice(start, stop)
        return Shelf(self.ids[kept], self.pieces[kept], self.days[kept], self.codes[kept])


class Snapshot(NamedTuple):
    """What was true of the collection when the snapshot was taken.

    Attributes:
        model: name of the embedder.
        articles: how many there were.
        mean_pieces: their mean length.
        last_article_id: the highest number among them.
        mean: (256,), mean of their vectors.
        precision: (256, 256), inverse of their covariance, which feedback needs.
    """

    model: str
    articles: int
    mean_pieces: float
    last_article_id: int
    mean: NDArray[np.float32]
    precision: NDArray[np.float32]


def load_shelf(connection: sqlite3.Connection, model: str, only: Iterable[int] | None = None) -> Shelf:
    """Read articles that have a vector of the model; of `only` these numbers, or all."""
    import numpy as np

    from giveback.matching.embedding import width

    where = "WHERE v.model = ?1"
    if only is not None:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM temp.wanted")
        connection.executemany("INSERT INTO temp.wanted VALUES (?)", ((number,) for number in only))
        where += " AND v.article_id IN (SELECT id FROM temp.wanted)"
    rows = connection.execute(
        "SELECT v.article_id, v.pieces,"
        " julianday(date(coalesce(a.published_at, a.first_seen_at))) - 1721424.5, v.vector"
        f" FROM article_vector v JOIN article a ON a.id = v.article_id {where} ORDER BY v.article_id",
        (model,),
    ).fetchall()
    size = width(model)
    blobs = b"".join(row[3] if len(row[3]) == size else bytes(size) for row in rows)
    return Shelf(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64),
        np.frombuffer(blobs, dtype=np.int8).reshape(len(rows), size),
    )


def read_snapshot(connection: sqlite3.Connection) -> Snapshot | None:
    """The snapshot in force, or None when none was taken yet, or it is damaged."""
    import numpy as np

    row = connection.execute(
        "SELECT model, articles, mean_pieces, last_article_id, mean_vector, precision FROM collection"
        f" WHERE {SOUND_SNAPSHOT}"
    ).fetchone()
    if row is None:
        return None
    model, articles, mean_pieces, last, mean, precise = row
    means = np.frombuffer(mean, dtype=np.float32)
    matrix = np.frombuffer(precise, dtype=np.float32).reshape(len(means), len(means))
    return Snapshot(model, articles, mean_pieces, last, means, matrix)


def is_outgrown(snapshot: Snapshot | None, model: str, articles: int) -> bool:
    """Whether the snapshot no longer speaks for the collection."""
    if snapshot is None or snapshot.model != model:
        return articles > 0
    return not snapshot.articles / GROWTH <= articles <= max(snapshot.articles * GROWTH, 1)


def take_snapshot(connection: sqlite3.Connection, shelf: Shelf, model: str) -> Snapshot:
    """Take the snapshot anew; every contact has to be ranked again after it."""
    import numpy as np

    from giveback.matching import feedback
    from giveback.matching.embedding import unit

    total = len(shelf.ids)
    mean = np.zeros(shelf.codes.shape[1], dtype=np.float32)
    for start in range(0, total, CHUNK):
        mean += unit(shelf.codes[start : start + CHUNK].astype(np.float32)).sum(axis=0)
    # A few articles have no middle yet: taken whole, it would set each of them against the others.
    mean /= total + FEW
    # The shape of the collection shows in a sample; ten thousand articles settle 256 dimensions.
    sample = shelf.codes[:: max(1, total // CHUNK)]
    precision = feedback.precision(unit(sample.astype(np.float32)))
    last = int(shelf.ids[-1]) if total else 0
    mean_pieces = float(shelf.pieces.mean()) if total else 0.0
    connection.execute("DELETE FROM collection")
    connection.execute(
        "INSERT INTO collection VALUES (1, ?, ?, ?, ?, ?, ?)",
        (model, total, mean_pieces, last, mean.tobytes(), precision.tobytes()),
    )
    connection.execute("DELETE FROM collection_term")
    connection.execute("INSERT INTO collection_term SELECT term, doc FROM article_term")
    connection.execute("UPDATE interest_vector SET expanded = NULL, kindred = NULL")
    connection.execute("DELETE FROM article_telling")
    connection.execute("INSERT OR IGNORE INTO ranking_stale SELECT DISTINCT contact_id FROM any_interest")
    return Snapshot(model, total, mean_pieces, last, mean, precision)


def statistics(connection: sqlite3.Connection, snapshot: Snapshot, terms: Iterable[str]) -> Statistics:
    """The snapshot's frequencies of some terms."""
    from giveback.matching.lexical import Statistics

    frequency = {}
    for term in set(terms):
        row = connection.execute("SELECT articles FROM collection_term WHERE term = ?", (term,)).fetchone()
        frequency[term] = int(row[0]) if row else 0
    return Statistics(snapshot.articles, snapshot.mean_pieces, frequency)
