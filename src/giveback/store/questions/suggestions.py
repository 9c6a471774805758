"""The ranking that was kept when something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class RankedRow(NamedTuple):
    """An article ranked for one interest of one contact, with the parts of its score.

    `score` is lexical + semantic + feedback + penalty (the penalty is 0 or below), all of them
    weighted already; `plain` is the score by the interest's own words alone; `avoided_id` is the
    avoided interest behind the penalty; `day` is the proleptic ordinal of the article's day.
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
    tact: float | None
    tact_kind: str | None
    times_shown: int


_COLUMNS = ", ".join(RankedRow._fields)


def ranked(connection: sqlite3.Connection, contact_id: int) -> list[RankedRow]:
    """What may be suggested to a contact: never what was given or dismissed."""
    sql = (
        f"SELECT {_COLUMNS} FROM suggestion WHERE contact_id = ?1 AND article_id NOT IN ("
        "SELECT article_id FROM exchange WHERE contact_id = ?1 AND direction = 'given' AND article_id IS NOT NULL"
        " UNION ALL SELECT article_id FROM dismissal WHERE contact_id = ?1)"
    )
    return [RankedRow(*row) for row in connection.execute(sql, (contact_id,))]


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


def given_articles(connection: sqlite3.Connection, contact_id: int) -> set[int]:
    """The articles that were given to a contact."""
    sql = "SELECT article_id FROM exchange WHERE contact_id = ? AND direction = 'given' AND article_id IS NOT NULL"
    return {int(row[0]) for row in connection.execute(sql, (contact_id,))}


def interest_served(connection: sqlite3.Connection, contact_id: int, article_id: int) -> str:
    """The contact's interest that an article was last shown for, else serves best; "" when it serves none."""
    row = connection.execute(
        "SELECT i.phrase FROM ranking r JOIN interest i ON i.id = r.interest_id"
        " LEFT JOIN shown s ON s.contact_id = r.contact_id AND s.article_id = r.article_id"
        " WHERE r.contact_id = ? AND r.article_id = ?"
        " ORDER BY s.interest_id IS r.interest_id DESC, r.score DESC LIMIT 1",
        (contact_id, article_id),
    ).fetchone()
    return str(row[0]) if row else ""
