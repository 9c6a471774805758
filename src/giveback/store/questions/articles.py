"""Articles and feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class ArticleRow(NamedTuple):
    """An article as lists show it; times are UTC text, `tact` as `matching.suspicion` reads it."""

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
    tact: str | None
    language: str
    read_at: str | None


class TopicRow(NamedTuple):
    """A topic and the phrases that it means, separated by ", "."""

    id: int
    name: str
    key: str
    words: str


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


_SORTED = 5_000
"""So many of those seen last are put in order by the days they were published: a first fetch may bring 100,000."""


class Topic(NamedTuple):
    """What makes an article one of a topic; one of these will do.

    Attributes:
        match: an expression for MATCH, or "".
        feeds: numbers of feeds.
        tag: the key of a tag.
    """

    match: str
    feeds: tuple[int, ...]
    tag: str


class Wanted(NamedTuple):
    """Which articles are asked for; every part narrows it.

    Attributes:
        query: as `fulltext.match_expression` reads it; "" for any text.
        since: UTC text; first seen then or later.
        feeds: numbers of feeds, None for any.
        topic: what a topic means, None for any.
        unread: only those not read yet.
    """

    query: str = ""
    since: str = ""
    feeds: tuple[int, ...] | None = None
    topic: Topic | None = None
    unread: bool = False


def search(connection: sqlite3.Connection, query: str, limit: int = 20) -> list[ArticleRow]:
    """Articles that answer a query, best match first (BM25 with the title counting most).

    Raises:
        UsageError: the query holds no word, or makes no sense.
    """
    return find(connection, Wanted(query), limit)


def latest(connection: sqlite3.Connection, limit: int = 20, since: str = "") -> list[ArticleRow]:
    """The articles seen last, newest first; only those first seen at or after `since` (UTC text)."""
    return find(connection, Wanted(since=since), limit)


def find(connection: sqlite3.Connection, wanted: Wanted, limit: int = 20) -> list[ArticleRow]:
    """Articles that are asked for: best match first when there is a query, else newest first.

    Raises:
        UsageError: the query holds no word, or makes no sense.
    """
    from giveback.store.questions.fulltext import match_expression

    match = match_expression(wanted.query) if wanted.query else ""
    conditions, values = _conditions(wanted)
    narrowed = f" JOIN article a ON a.id = article_fts.rowid WHERE {conditions} AND" if conditions else " WHERE"
    if match:
        inner = (
            f"SELECT article_fts.rowid AS id, rank AS place FROM article_fts{narrowed} article_fts MATCH ?"
            " AND rank MATCH 'bm25(4.0, 2.0, 1.0)' ORDER BY rank LIMIT ?"
        )
        sql = f"SELECT {_COLUMNS} FROM ({inner}) f JOIN article_row a ON a.id = f.id ORDER BY f.place"
        return [ArticleRow(*row) for row in connection.execute(sql, (*values, match, limit))]
    # Of one fetch all are seen at once; a date in the future counts as that of the day it was seen.
    said = "min(coalesce(a.published_at, a.first_seen_at), a.first_seen_at) AS said"
    latest_ones = (
        f"SELECT a.id, a.first_seen_at AS seen, {said} FROM article a WHERE {conditions or 'true'}"
        " ORDER BY a.first_seen_at DESC, a.id DESC LIMIT ?"
    )
    sql = (
        f"SELECT {_COLUMNS} FROM (SELECT * FROM ({latest_ones}) ORDER BY seen DESC, said DESC, id DESC LIMIT ?) f"
        " JOIN article_row a ON a.id = f.id ORDER BY f.seen DESC, f.said DESC, f.id DESC"
    )
    return [ArticleRow(*row) for row in connection.execute(sql, (*values, max(limit, _SORTED), limit))]


def count(connection: sqlite3.Connection, wanted: Wanted) -> int:
    """How many articles are asked for (without regard to `query`)."""
    conditions, values = _conditions(wanted)
    return int(connection.execute(f"SELECT count(*) FROM article a WHERE {conditions or 'true'}", values).fetchone()[0])


def _conditions(wanted: Wanted) -> tuple[str, list[object]]:
    """What an article `a` must fulfil beside the query, as SQL and its values."""
    parts: list[str] = []
    values: list[object] = []
    if wanted.since:
        parts.append("a.first_seen_at >= ?")
        values.append(wanted.since)
    if wanted.feeds is not None:
        parts.append(_of_feeds(wanted.feeds))
    if wanted.topic is not None:
        match, feeds, tag = wanted.topic
        any_of = ['a.id IN (SELECT t.article_id FROM article_tag t WHERE t."key" = ?)', _of_feeds(feeds)]
        values.append(tag)
        if match:
            any_of.append("a.id IN (SELECT rowid FROM article_fts WHERE article_fts MATCH ?)")
            values.append(match)
        parts.append("(" + " OR ".join(any_of) + ")")
    if wanted.unread:
        parts.append("NOT EXISTS (SELECT 1 FROM article_read r WHERE r.article_id = a.id)")
    return " AND ".join(parts), values


def _of_feeds(numbers: tuple[int, ...]) -> str:
    """From one of these feeds, also where an entry of theirs became an article that was there already."""
    listed = ", ".join(map(str, numbers))
    return f"(a.feed_id IN ({listed}) OR a.id IN (SELECT e.article_id FROM feed_entry e WHERE e.feed_id IN ({listed})))"


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


def topics(connection: sqlite3.Connection) -> list[TopicRow]:
    """The topics whose meaning was said, by name."""
    return [TopicRow(*row) for row in connection.execute('SELECT id, name, "key", words FROM topic ORDER BY "key"')]


def counts(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """How many contacts (not archived), articles and feeds (not removed) there are."""
    sql = (
        "SELECT (SELECT count(*) FROM contact WHERE archived_at IS NULL), (SELECT count(*) FROM article),"
        " (SELECT count(*) FROM feed WHERE removed_at IS NULL)"
    )
    row = connection.execute(sql).fetchone()
    return int(row[0]), int(row[1]), int(row[2])
