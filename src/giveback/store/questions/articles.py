"""Articles and feeds."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from giveback.errors import UsageError


class ArticleRow(NamedTuple):
    """An article as lists show it; times are UTC text."""

    id: int
    url: str
    title: str
    author: str
    source: str
    published_at: str | None
    first_seen_at: str
    saved_at: str | None
    summary: str
    feed: str | None
    topic: str | None
    tact: float | None
    tact_kind: str | None
    tact_words: str | None


class FeedRow(NamedTuple):
    """A feed and how it is doing; times are UTC text."""

    id: int
    url: str
    title: str
    site: str
    topic: str
    checked_at: str | None
    failing_since: str | None
    failures: int
    error: str
    articles: int


_COLUMNS = ", ".join(f"a.{name}" for name in ArticleRow._fields)


def search(connection: sqlite3.Connection, query: str, limit: int = 20) -> list[ArticleRow]:
    """Articles that hold the words, best match first (BM25 with the title counting most).

    Args:
        connection: the store.
        query: words, "a phrase" in quotes, OR, NOT, prefix*; what FTS5 cannot read is taken as words.
        limit: at most so many rows.

    Raises:
        UsageError: the query holds no word.
    """
    try:
        return _matching(connection, query, limit)
    except sqlite3.OperationalError:
        from giveback.text import words

        found = [word for word in words(query) if word not in ("and", "or", "not", "near")]
        if not found:
            raise UsageError(f"{query!r} holds no word to search for", "give a word, or a phrase in quotes") from None
        return _matching(connection, " ".join(f'"{word}"' for word in found), limit)


def _matching(connection: sqlite3.Connection, match: str, limit: int) -> list[ArticleRow]:
    sql = (
        f"SELECT {_COLUMNS} FROM (SELECT rowid FROM article_fts WHERE article_fts MATCH ?"
        " AND rank MATCH 'bm25(4.0, 2.0, 1.0)' ORDER BY rank LIMIT ?) f JOIN article_row a ON a.id = f.rowid"
    )
    return [ArticleRow(*row) for row in connection.execute(sql, (match, limit))]


def latest(connection: sqlite3.Connection, limit: int = 20, since: str = "") -> list[ArticleRow]:
    """The articles seen last, newest first; only those first seen at or after `since` (UTC text)."""
    sql = (
        f"SELECT {_COLUMNS} FROM article_row a WHERE a.first_seen_at >= ?"
        " ORDER BY a.first_seen_at DESC, a.id DESC LIMIT ?"
    )
    return [ArticleRow(*row) for row in connection.execute(sql, (since, limit))]


def one(connection: sqlite3.Connection, article_id: int) -> ArticleRow | None:
    """The article of that number."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM article_row a WHERE a.id = ?", (article_id,)).fetchone()
    return ArticleRow(*row) if row else None


def by_url(connection: sqlite3.Connection, url: str) -> ArticleRow | None:
    """The article with that canonical address."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM article_row a WHERE a.url = ?", (url,)).fetchone()
    return ArticleRow(*row) if row else None


def titled(connection: sqlite3.Connection, part: str, limit: int = 10) -> list[ArticleRow]:
    """Articles with this text in the title, ignoring case, newest first."""
    sql = f"SELECT {_COLUMNS} FROM article_row a WHERE instr(lower(a.title), lower(?)) ORDER BY a.id DESC LIMIT ?"
    return [ArticleRow(*row) for row in connection.execute(sql, (part, limit))]


def text(connection: sqlite3.Connection, article_id: int) -> str:
    """The main text of an article, "" when only title and summary are known."""
    row = connection.execute("SELECT text FROM article WHERE id = ?", (article_id,)).fetchone()
    return str(row[0]) if row else ""


def opening(connection: sqlite3.Connection, article_id: int, limit: int) -> str:
    """The first `limit` characters of an article's main text."""
    row = connection.execute("SELECT substr(text, 1, ?2) FROM article WHERE id = ?1", (article_id, limit)).fetchone()
    return str(row[0]) if row else ""


def feeds(connection: sqlite3.Connection) -> list[FeedRow]:
    """The feeds that are fetched, by topic and title."""
    sql = (
        "SELECT f.id, f.url, f.title, f.site, f.topic, f.checked_at, f.failing_since, f.failures, f.error,"
        " (SELECT count(*) FROM feed_entry e WHERE e.feed_id = f.id)"
        " FROM feed f WHERE f.removed_at IS NULL ORDER BY f.topic, f.title, f.url"
    )
    return [FeedRow(*row) for row in connection.execute(sql)]


def counts(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """How many contacts (not archived), articles and feeds (not removed) there are."""
    sql = (
        "SELECT (SELECT count(*) FROM contact WHERE archived_at IS NULL), (SELECT count(*) FROM article),"
        " (SELECT count(*) FROM feed WHERE removed_at IS NULL)"
    )
    row = connection.execute(sql).fetchone()
    return int(row[0]), int(row[1]), int(row[2])
