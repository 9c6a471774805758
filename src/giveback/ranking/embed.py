"""Vectors and tact for what has none yet: new and changed articles, new interests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.store.connect import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from giveback.matching.embedding import Embedder
    from giveback.matching.static import StaticEmbedder
    from giveback.matching.tact import TactModel

BATCH = 1_000
HEAD = 4_000
"""Characters of an article's text that are read: what it is about is said early."""


def embed_articles(
    connection: sqlite3.Connection, embedder: StaticEmbedder, judge: TactModel, on_step: Callable[[int], None]
) -> None:
    """Embed and judge articles without a vector of this model, a batch in each transaction.

    Args:
        connection: writable, outside a transaction.
        embedder: makes the vectors.
        judge: the tact model, over the same vectors.
        on_step: called with how many articles were just done.
    """
    while rows := _batch(connection, embedder.name):
        _embed(connection, embedder, judge, rows)
        on_step(len(rows))


def waiting_articles(connection: sqlite3.Connection, model: str) -> int:
    """How many articles have no vector of this model."""
    sql = (
        "SELECT count(*) FROM article a WHERE NOT EXISTS"
        " (SELECT 1 FROM article_vector v WHERE v.article_id = a.id AND v.model = ?)"
    )
    return int(connection.execute(sql, (model,)).fetchone()[0])


def _batch(connection: sqlite3.Connection, model: str) -> list[tuple[int, str, str, str]]:
    sql = (
        f"SELECT a.id, a.title, a.summary, substr(a.text, 1, {HEAD}) FROM article a WHERE NOT EXISTS"
        f" (SELECT 1 FROM article_vector v WHERE v.article_id = a.id AND v.model = ?) ORDER BY a.id LIMIT {BATCH}"
    )
    return connection.execute(sql, (model,)).fetchall()


def _embed(
    connection: sqlite3.Connection, embedder: StaticEmbedder, judge: TactModel, rows: list[tuple[int, str, str, str]]
) -> None:
    from giveback.matching.embedding import to_blobs
    from giveback.matching.static import article_parts

    parts = [article_parts(title, summary, text) for _, title, summary, text in rows]
    vectors, pieces, heads = embedder.encode_articles(parts)
    verdicts = judge.judge(heads, [head for head, _ in parts])
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
            "INSERT OR REPLACE INTO article_tact SELECT id, ?2, ?3, ?4 FROM article WHERE id = ?1",
            [
                (row[0], verdict.probability, verdict.kind, ", ".join(verdict.words))
                for row, verdict in zip(rows, verdicts, strict=True)
            ],
        )


def embed_interests(connection: sqlite3.Connection, embedder: Embedder) -> None:
    """Embed interests without a sound vector of this model, in one transaction."""
    from giveback.matching.embedding import BLOB_BYTES, to_blobs

    rows = connection.execute(
        "SELECT i.id, i.phrase FROM any_interest i WHERE NOT EXISTS"
        " (SELECT 1 FROM interest_vector v WHERE v.interest_id = i.id AND v.model = ?"
        f" AND length(v.vector) = {BLOB_BYTES})",
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
