"""The ranking that was kept when something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


class RankedRow(NamedTuple):
    """An article ranked for one interest of one contact, with the parts of its score.

    `score` is lexical + semantic + feedback + penalty (the penalty is 0 or below), all of them
    weighted already; `plain` is the score by the interest's own words alone; `avoided_id` is the
    avoided interest behind the penalty; `day` is the proleptic ordinal of the article's day; `tact` is what
    tact found, as `matching.suspicion` reads it.
    """

    article_id: int
    interest_id: int
    score: float
    lexical: float
    semantic: float
    feedback: float
    penalty: float
    plain: float
    avoided_id: int | None
    day: int
    tact: str | None
    times_shown: int


_COLUMNS = ", ".join(RankedRow._fields)


def ranked(connection: sqlite3.Connection, contact_id: int) -> list[RankedRow]:
    """What may be suggested to a contact: never what was given or dismissed."""
    sql = (
        f"SELECT {_COLUMNS} FROM suggestion WHERE contact_id = ?1 AND article_id NOT IN ("
        "SELECT article_id FROM article_over WHERE contact_id = ?1)"
    )
    return [RankedRow(*row) for row in connection.execute(sql, (contact_id,))]


def over(connection: sqlite3.Connection, contact_id: int, limit: int) -> list[int]:
    """Articles that were given to a contact or dismissed for them, the newest `limit` of them."""
    sql = "SELECT DISTINCT article_id FROM article_over WHERE contact_id = ? ORDER BY article_id DESC LIMIT ?"
    return [int(row[0]) for row in connection.execute(sql, (contact_id, limit))]


class NamingRow(NamedTuple):
    """An article whose title holds some words: its number, title and day, what tact says, how often it was shown."""

    article_id: int
    title: str
    day: int
    tact: str | None
    times_shown: int


_DAY = "CAST(julianday(date(coalesce(a.published_at, a.first_seen_at))) - 1721424.5 AS INTEGER)"
"""The proleptic ordinal of an article's day."""


def naming(connection: sqlite3.Connection, contact_id: int, said: Sequence[str], limit: int) -> list[NamingRow]:
    """The newest articles whose title holds words side by side, never what is over for the contact.

    Args:
        connection: the store.
        contact_id: for whom.
        said: the words, folded; at least one.
        limit: at most so many articles.
    """
    sql = (
        f"SELECT a.id, a.title, {_DAY}, t.kinds, coalesce(s.times, 0)"
        " FROM (SELECT rowid FROM article_fts WHERE article_fts MATCH ?2 AND rowid NOT IN"
        "  (SELECT article_id FROM article_over WHERE contact_id = ?1) ORDER BY rowid DESC LIMIT ?3) f"
        " JOIN article a ON a.id = f.rowid LEFT JOIN article_tact t ON t.article_id = a.id"
        " LEFT JOIN shown s ON s.article_id = a.id AND s.contact_id = ?1"
    )
    match = 'title : "' + " ".join(said) + '"'
    return [NamingRow(*row) for row in connection.execute(sql, (contact_id, match, limit))]


def holding(connection: sqlite3.Connection, contact_id: int, phrase: str, limit: int) -> list[NamingRow]:
    """The newest articles whose title or summary holds a phrase, within a word as well; never what is over.

    Args:
        connection: the store.
        contact_id: for whom.
        phrase: as it is written.
        limit: at most so many articles.
    """
    sql = (
        f"SELECT a.id, a.title, {_DAY}, t.kinds, coalesce(s.times, 0)"
        " FROM (SELECT id FROM article WHERE (instr(title, ?2) OR instr(summary, ?2)) AND id NOT IN"
        "  (SELECT article_id FROM article_over WHERE contact_id = ?1) ORDER BY id DESC LIMIT ?3) f"
        " JOIN article a ON a.id = f.id LEFT JOIN article_tact t ON t.article_id = a.id"
        " LEFT JOIN shown s ON s.article_id = a.id AND s.contact_id = ?1"
    )
    return [NamingRow(*row) for row in connection.execute(sql, (contact_id, phrase, limit))]


def naming_row(connection: sqlite3.Connection, article_id: int) -> NamingRow:
    """One article, which must exist, as `naming` gives them; not as shown to anybody."""
    sql = (
        f"SELECT a.id, a.title, {_DAY}, t.kinds, 0 FROM article a"
        " LEFT JOIN article_tact t ON t.article_id = a.id WHERE a.id = ?"
    )
    return NamingRow(*connection.execute(sql, (article_id,)).fetchone())


def over_for(connection: sqlite3.Connection, article_id: int) -> set[int]:
    """The contacts for whom an article is over: they were given it, or it was dismissed."""
    rows = connection.execute("SELECT contact_id FROM article_over WHERE article_id = ?", (article_id,))
    return {int(row[0]) for row in rows}


def times_shown(connection: sqlite3.Connection, article_id: int) -> dict[int, int]:
    """Contact to the days on which an article was shown for them."""
    rows = connection.execute("SELECT contact_id, times FROM shown WHERE article_id = ?", (article_id,))
    return {int(contact): int(times) for contact, times in rows}


def about(connection: sqlite3.Connection, contact_id: int, article_id: int) -> tuple[str | None, int]:
    """What tact found in an article, and how often it was shown for a contact."""
    sql = (
        "SELECT t.kinds, coalesce(s.times, 0) FROM article a"
        " LEFT JOIN article_tact t ON t.article_id = a.id"
        " LEFT JOIN shown s ON s.article_id = a.id AND s.contact_id = ?1 WHERE a.id = ?2"
    )
    found, times = connection.execute(sql, (contact_id, article_id)).fetchone()
    return found, int(times)


def vector(connection: sqlite3.Connection, article_id: int) -> bytes:
    """An article's vector as 256 signed bytes, b"" when it has none."""
    row = connection.execute("SELECT vector FROM article_vector WHERE article_id = ?", (article_id,)).fetchone()
    return bytes(row[0]) if row else b""


def is_stale(connection: sqlite3.Connection, contact_id: int | None = None) -> bool:
    """Whether the ranking (of one contact) waits to be brought up to date, as after a crash."""
    if connection.execute("SELECT 1 FROM ranking_new LIMIT 1").fetchone():
        return True
    if contact_id is None:
        return connection.execute("SELECT 1 FROM ranking_stale LIMIT 1").fetchone() is not None
    row = connection.execute("SELECT 1 FROM ranking_stale WHERE contact_id = ?", (contact_id,)).fetchone()
    return row is not None


def shown_at(connection: sqlite3.Connection, contact_id: int, position: int) -> int | None:
    """The article that stood at a position (1 is the first) of the list last shown for a contact."""
    sql = "SELECT article_id FROM shown WHERE contact_id = ? AND position = ?"
    row = connection.execute(sql, (contact_id, position)).fetchone()
    return int(row[0]) if row else None


def last_shown(connection: sqlite3.Connection, contact_id: int) -> int:
    """How long the list last shown for a contact was; 0 when none was shown."""
    sql = (
        "SELECT max(coalesce((SELECT max(position) FROM shown WHERE contact_id = ?1), 0),"
        " coalesce((SELECT max(position) FROM offer_shown WHERE contact_id = ?1), 0))"
    )
    return int(connection.execute(sql, (contact_id,)).fetchone()[0])


def given_articles(connection: sqlite3.Connection, contact_id: int) -> set[int]:
    """The articles that were given to a contact."""
    sql = (
        "SELECT coalesce(e.article_id, a.id) FROM exchange e"
        " LEFT JOIN article a ON e.article_id IS NULL AND e.gift_url <> '' AND a.url = e.gift_url"
        " WHERE e.contact_id = ? AND e.direction = 'given' AND coalesce(e.article_id, a.id) IS NOT NULL"
    )
    return {int(row[0]) for row in connection.execute(sql, (contact_id,))}


def interest_served(connection: sqlite3.Connection, contact_id: int, article_id: int, good: float) -> str:
    """The contact's interest that an article was last shown for, else serves best; "" when it serves none.

    Args:
        connection: the store.
        contact_id: the contact.
        article_id: the article.
        good: the score by an interest's own words from which the article serves it.
    """
    row = connection.execute(
        "SELECT i.phrase FROM ranking r JOIN interest i ON i.id = r.interest_id"
        " LEFT JOIN shown s ON s.contact_id = r.contact_id AND s.article_id = r.article_id"
        " WHERE r.contact_id = ? AND r.article_id = ? AND r.plain >= ?"
        " ORDER BY s.interest_id IS r.interest_id DESC, r.score DESC LIMIT 1",
        (contact_id, article_id, good),
    ).fetchone()
    if row is None:  # not ranked, but found as it is written
        row = connection.execute(
            "SELECT i.phrase FROM shown s JOIN interest i ON i.id = s.interest_id AND i.contact_id = s.contact_id"
            " WHERE s.contact_id = ? AND s.article_id = ? AND NOT i.avoid",
            (contact_id, article_id),
        ).fetchone()
    return str(row[0]) if row else ""
