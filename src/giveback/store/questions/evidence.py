"""What may tell what somebody cares about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

MOST = 500
"""Exchanges, and posts, that are looked at: the latest."""
ENOUGH = 200
"""Articles from which on shares tell something."""


class SaidRow(NamedTuple):
    """An exchange: its ISO day, what was said, what was given or received, and whether it was a message by mail."""

    on_day: str
    direction: str
    text: str
    note: str
    gift_title: str
    is_mail: bool


def said(connection: sqlite3.Connection, contact_id: int) -> list[SaidRow]:
    """The latest exchanges with a contact, the latest first."""
    sql = (
        "SELECT e.on_day, e.direction, e.text, e.note, e.gift_title,"
        " EXISTS (SELECT 1 FROM exchange_message m WHERE m.exchange_id = e.id)"
        " FROM exchange e WHERE e.contact_id = ? ORDER BY e.on_day DESC, e.id DESC LIMIT ?"
    )
    rows = connection.execute(sql, (contact_id, MOST))
    return [SaidRow(day, way, text, note, gift, bool(mail)) for day, way, text, note, gift, mail in rows]


def promised(connection: sqlite3.Connection, contact_id: int) -> list[tuple[str, str]]:
    """Promises, reminders and the like: ISO day, text."""
    sql = "SELECT since_on, text FROM follow_up WHERE contact_id = ? ORDER BY id DESC LIMIT ?"
    return connection.execute(sql, (contact_id, MOST)).fetchall()


def posts(connection: sqlite3.Connection, feeds: Iterable[int]) -> list[tuple[str, str, str]]:
    """Articles of some feeds, the latest first: UTC day, title, summary."""
    sql = (
        "SELECT date(coalesce(published_at, first_seen_at)) AS day, title, substr(summary, 1, 1000) FROM article"
        " WHERE feed_id = ? ORDER BY first_seen_at DESC LIMIT ?"
    )
    return [row for feed in feeds for row in connection.execute(sql, (feed, MOST))]


def shares(connection: sqlite3.Connection, words: Sequence[str]) -> dict[str, float]:
    """In which share of the saved articles each word occurs, as the search index stems it.

    Returns:
        {} where there are fewer than `ENOUGH`: a few articles say more of their feeds than of what is rare.
    """
    every = connection.execute("SELECT count(*) FROM article").fetchone()[0]
    if every < ENOUGH:
        return {}
    sql = "SELECT count(*) FROM article_fts WHERE article_fts MATCH ?"
    return {word: connection.execute(sql, (f'"{word}"',)).fetchone()[0] / every for word in words}
