"""Vectors and tact for what has none yet: new and changed articles, new interests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.matching.tact import model_name
from giveback.store.connect import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from giveback.matching.embedding import Embedder
    from giveback.matching.static import StaticEmbedder
    from giveback.matching.tact import TactModel

BATCH = 1_000
SLOW_BATCH = 100
"""With a transformer, whose hundred takes about a second: what is killed loses no more."""
HEAD = 4_000
"""Characters of an article's text that are read: what it is about is said early."""
_KEEP_TACT = "INSERT OR REPLACE INTO article_tact SELECT id, ?2, ?3 FROM article WHERE id = ?1 AND title = ?4"


def embed_articles(
    connection: sqlite3.Connection,
    embedder: Embedder,
    judge: TactModel,
    on_step: Callable[[int], None],
    after: int = 0,
) -> int:
    """Embed and judge articles without a vector of this model, a batch in each transaction.

    Args:
        connection: writable, outside a transaction.
        embedder: makes the vectors.
        judge: the tact model; it knows the vectors of the default embedder, whatever the others are.
        on_step: called with how many articles were just done.
        after: only articles with higher numbers.

    Returns:
        The highest number that was done, `after` when there was none.
    """
    static = static_of(embedder)
    size = BATCH if static is embedder else SLOW_BATCH
    newest, begin = after, after
    while True:
        rows = _batch(connection, embedder.name, size, begin)
        if rows:
            _embed(connection, (embedder, static), judge, rows)
            on_step(len(rows))
            begin = rows[-1][0]
            newest = max(newest, begin)
        elif begin > after:  # once more from the start: some may have changed meanwhile
            begin = after
        else:
            return newest


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


def _batch(connection: sqlite3.Connection, model: str, size: int, after: int = 0) -> list[tuple[int, str, str, str]]:
    sql = (
        f"SELECT a.id, a.title, a.summary, substr(a.text, 1, {HEAD}) FROM article a WHERE a.id > ? AND NOT EXISTS"
        f" (SELECT 1 FROM article_vector v WHERE v.article_id = a.id AND v.model = ?) ORDER BY a.id LIMIT {size}"
    )
    return connection.execute(sql, (after, model)).fetchall()


def _embed(
    connection: sqlite3.Connection,
    embedders: tuple[Embedder, StaticEmbedder],
    judge: TactModel,
    rows: list[tuple[int, str, str, str]],
) -> None:
    from giveback.matching.embedding import article_text, to_blobs
    from giveback.matching.static import article_parts

    parts = [article_parts(title, summary, text) for _, title, summary, text in rows]
    embedder, static = embedders
    vectors, pieces, heads = static.encode_articles(parts)
    if embedder is not static:
        vectors, pieces = embedder.encode_counted([article_text(*row[1:]) for row in rows])
    found, name = judge.kinds(heads, [head for head, _ in parts]), model_name()
    with transaction(connection):
        # An article may have changed or gone while its vector was made; then it waits for the next time.
        connection.executemany(
            "INSERT OR REPLACE INTO article_vector SELECT id, ?2, ?3, ?4 FROM article WHERE id = ?1 AND title = ?5",
            [
                (row[0], embedder.name, count, blob, row[1])
                for row, count, blob in zip(rows, pieces.tolist(), to_blobs(vectors), strict=True)
            ],
        )
        connection.executemany(
            _KEEP_TACT, [(row[0], name, kinds, row[1]) for row, kinds in zip(rows, found, strict=True)]
        )


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
            connection.executemany(
                _KEEP_TACT, [(row[0], name, kinds, row[1]) for row, kinds in zip(rows, found, strict=True)]
            )
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
