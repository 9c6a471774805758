"""Vectors and tact for what has none yet: new and changed articles, new interests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.tact import model_name
from giveback.store.connect import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from giveback.matching.embedding import Embedder
    from giveback.matching.static import StaticEmbedder
    from giveback.matching.tact import TactModel

BATCH = 1_000
SLOW_BATCH = 100
"""With a transformer, whose hundred takes about a second: what is killed loses no more."""
HEAD = 4_000
"""Characters of an article's text that are read: what it is about is said early."""
_UNCHANGED = "FROM article WHERE id = ? AND title = ? AND summary = ?"
_KEEP_VECTOR = f"INSERT OR REPLACE INTO article_vector SELECT id, ?, ?, ? {_UNCHANGED}"
_KEEP_TACT = f"INSERT OR REPLACE INTO article_tact SELECT id, ?, ? {_UNCHANGED}"


class Made(NamedTuple):
    """What was made of articles, and is not kept yet.

    Attributes:
        articles: number, title and summary of each, by number.
        model: what made the vectors.
        vectors: word pieces and vector of each.
        judge: what judged them.
        kinds: probabilities of kinds of each.
    """

    articles: list[tuple[int, str, str]]
    model: str
    vectors: list[tuple[int, bytes]]
    judge: str
    kinds: list[str]

    @property
    def last(self) -> int:
        """The highest number."""
        return self.articles[-1][0]


def embed_articles(
    connection: sqlite3.Connection, embedder: Embedder, judge: TactModel, on_step: Callable[[int], None]
) -> None:
    """Embed and judge articles without a vector of this model, a batch in each transaction.

    Args:
        connection: writable, outside a transaction.
        embedder: makes the vectors.
        judge: the tact model; it knows the vectors of the default embedder, whatever the others are.
        on_step: called with how many articles were just done.
    """
    begin = 0
    while True:
        made = make(connection, embedder, judge, begin)
        if made is not None:
            with transaction(connection):
                keep(connection, made)
            on_step(len(made.articles))
            begin = made.last
        elif begin > 0:  # once more from the start: some may have changed meanwhile
            begin = 0
        else:
            return


def make(connection: sqlite3.Connection, embedder: Embedder, judge: TactModel, after: int) -> Made | None:
    """Embed and judge the next articles that have no vector of this model.

    Args:
        connection: readable.
        embedder: makes the vectors.
        judge: as for `embed_articles`.
        after: only articles with higher numbers.

    Returns:
        What `keep` takes, None when there are no such articles.
    """
    from giveback.matching.embedding import article_text, to_blobs
    from giveback.matching.static import article_parts

    static = static_of(embedder)
    rows = _batch(connection, embedder.name, BATCH if static is embedder else SLOW_BATCH, after)
    if not rows:
        return None
    parts = [article_parts(title, summary, text) for _, title, summary, text in rows]
    vectors, pieces, heads = static.encode_articles(parts)
    if embedder is not static:
        vectors, pieces = embedder.encode_counted([article_text(*row[1:]) for row in rows])
    return Made(
        [row[:3] for row in rows],
        embedder.name,
        list(zip(pieces.tolist(), to_blobs(vectors), strict=True)),
        model_name(),
        judge.kinds(heads, [head for head, _ in parts]),
    )


def keep(connection: sqlite3.Connection, made: Made) -> None:
    """Keep vectors and kinds, in a transaction; those of an article that changed or went meanwhile are dropped."""
    connection.executemany(
        _KEEP_VECTOR,
        [(made.model, *vector, *row) for vector, row in zip(made.vectors, made.articles, strict=True)],
    )
    _keep_kinds(connection, made.judge, made.kinds, made.articles)


def _keep_kinds(
    connection: sqlite3.Connection, judge: str, kinds: Sequence[str], articles: Sequence[tuple[int, str, str]]
) -> None:
    connection.executemany(_KEEP_TACT, [(judge, found, *row) for found, row in zip(kinds, articles, strict=True)])


def static_of(embedder: Embedder) -> StaticEmbedder:
    """The embedder whose vectors the tact model knows: this one, or the default."""
    from giveback.matching.embedding import load_default
    from giveback.matching.static import StaticEmbedder

    return embedder if isinstance(embedder, StaticEmbedder) else load_default()


def waiting_articles(connection: sqlite3.Connection, model: str) -> int:
    """How many articles have no vector of this model."""
    sql = (
        "SELECT count(*) FROM article a WHERE NOT EXISTS"
        " (SELECT 1 FROM article_vector v WHERE v.article_id = a.id AND v.model = ?)"
    )
    return int(connection.execute(sql, (model,)).fetchone()[0])


def _batch(connection: sqlite3.Connection, model: str, size: int, after: int) -> list[tuple[int, str, str, str]]:
    sql = (
        f"SELECT a.id, a.title, a.summary, substr(a.text, 1, {HEAD}) FROM article a WHERE a.id > ? AND NOT EXISTS"
        f" (SELECT 1 FROM article_vector v WHERE v.article_id = a.id AND v.model = ?) ORDER BY a.id LIMIT {size}"
    )
    return connection.execute(sql, (after, model)).fetchall()


def judge_articles(connection: sqlite3.Connection, load: Callable[[], tuple[StaticEmbedder, TactModel]]) -> int:
    """Judge articles anew that another tact model judged, a batch in each transaction.

    Args:
        connection: writable, outside a transaction.
        load: gives embedder and model; called only when there are such articles.

    Returns:
        How many there were.
    """
    from giveback.matching.static import article_parts

    done, name = 0, model_name()
    while rows := _judged_otherwise(connection, name):
        embedder, judge = load()
        heads = [article_parts(title, summary, text)[0] for _, title, summary, text in rows]
        found = judge.kinds(embedder.encode(heads), heads)
        with transaction(connection):
            _keep_kinds(connection, name, found, [row[:3] for row in rows])
        done += len(rows)
    return done


def _judged_otherwise(connection: sqlite3.Connection, name: str) -> list[tuple[int, str, str, str]]:
    some = " UNION ALL ".join(
        f"SELECT article_id FROM (SELECT article_id FROM article_tact WHERE model {side} ?1 LIMIT {BATCH})"
        for side in "<>"
    )
    sql = f"SELECT a.id, a.title, a.summary, substr(a.text, 1, {HEAD}) FROM article a WHERE a.id IN ({some})"
    return connection.execute(sql, (name,)).fetchall()


def embed_interests(connection: sqlite3.Connection, embedder: Embedder) -> None:
    """Embed interests without a sound vector of this model, in one transaction."""
    from giveback.matching.embedding import to_blobs

    rows = connection.execute(
        "SELECT i.id, i.phrase FROM any_interest i WHERE NOT EXISTS"
        " (SELECT 1 FROM interest_vector v WHERE v.interest_id = i.id AND v.model = ?"
        f" AND length(v.vector) = {embedder.dimensions})",
        (embedder.name,),
    ).fetchall()
    if not rows:
        return
    vectors = embedder.encode([phrase for _, phrase in rows])
    with transaction(connection):
        connection.executemany(
            "INSERT OR REPLACE INTO interest_vector (interest_id, model, vector)"
            " SELECT id, ?2, ?3 FROM any_interest WHERE id = ?1",
            [(row[0], embedder.name, blob) for row, blob in zip(rows, to_blobs(vectors), strict=True)],
        )
