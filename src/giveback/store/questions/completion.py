"""What a key press asks: a few names, numbers and titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# Names with a blank before each word: what begins a word can then be found by `instr`.
_WORDS = "replace(replace(' ' || name_key || ' ' || nickname_key, '-', ' '), '''', ' ')"


def names_beginning(connection: sqlite3.Connection, key: str, limit: int) -> list[tuple[int, str, str, str]]:
    """Contacts that are not archived, with a word of name or nickname for each word that was typed.

    Args:
        connection: the store.
        key: folded text; each of its words must begin one of the contact's. "" for everybody.
        limit: at most so many rows.

    Returns:
        id, name, nickname and company; names that begin with all of the text come first.
    """
    parts = key.replace("-", " ").replace("'", " ").split()
    where = "".join(f" AND instr({_WORDS}, ' ' || ?)" for _ in parts)
    sql = (
        f"SELECT id, name, nickname, company FROM contact WHERE archived_at IS NULL{where}"
        " ORDER BY substr(name_key, 1, length(?)) <> ?, name_key, id LIMIT ?"
    )
    return connection.execute(sql, (*parts, key, key, limit)).fetchall()


def shown_articles(connection: sqlite3.Connection, contact_id: int) -> list[tuple[int, str]]:
    """Position and title in the list last shown for a contact."""
    sql = (
        "SELECT s.position, a.title FROM shown s JOIN article a ON a.id = s.article_id"
        " WHERE s.contact_id = ? AND s.position IS NOT NULL ORDER BY s.position"
    )
    return connection.execute(sql, (contact_id,)).fetchall()


def offers_shown(connection: sqlite3.Connection, contact_id: int) -> list[tuple[int, str]]:
    """Position and name of what stood beside the articles in the list last shown for a contact."""
    sql = (
        "SELECT s.position, coalesce(a.title, 'an introduction to ' || p.name) FROM offer_shown s"
        " LEFT JOIN asset a ON a.id = s.asset_id LEFT JOIN contact p ON p.id = s.introduced_id"
        " WHERE s.contact_id = ? ORDER BY s.position"
    )
    return connection.execute(sql, (contact_id,)).fetchall()


def assets(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Title and kind of what I have to offer."""
    return connection.execute("SELECT title, kind FROM asset WHERE retired_at IS NULL ORDER BY id").fetchall()


def recent_articles(connection: sqlite3.Connection, digits: str, limit: int) -> list[tuple[int, str]]:
    """Number and title of the articles seen last whose number begins with these digits."""
    sql = (
        "SELECT id, title FROM article WHERE CAST(id AS TEXT) GLOB ? || '*'"
        " ORDER BY first_seen_at DESC, id DESC LIMIT ?"
    )
    return connection.execute(sql, (digits, limit)).fetchall()


def feeds(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Number, address and title of the feeds that are fetched."""
    sql = "SELECT id, url, title FROM feed WHERE removed_at IS NULL ORDER BY id"
    return connection.execute(sql).fetchall()


def phrases(connection: sqlite3.Connection, contact_id: int) -> list[tuple[str, bool]]:
    """A contact's interest phrases, and whether they are avoided."""
    sql = "SELECT phrase, avoid FROM interest WHERE contact_id = ? ORDER BY avoid, id"
    return connection.execute(sql, (contact_id,)).fetchall()


def issues(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Number and title of the issues of bulletins, the latest first."""
    return connection.execute("SELECT id, title FROM bulletin_issue ORDER BY id DESC").fetchall()


def bulletins(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Title and topic of bulletins."""
    return connection.execute('SELECT title, topic FROM bulletin ORDER BY "key"').fetchall()


def topics(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Topics and what they mean: those of feeds, and those whose words were said."""
    sql = (
        "SELECT name, max(words) FROM (SELECT name, words FROM topic UNION ALL"
        " SELECT topic, '' FROM feed WHERE topic <> '' AND removed_at IS NULL) GROUP BY name ORDER BY name"
    )
    return connection.execute(sql).fetchall()


def targets(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Name and state of the targets, those that are closed last."""
    return connection.execute("SELECT name, state FROM target ORDER BY state = 'closed', id").fetchall()
