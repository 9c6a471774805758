"""What occasions follow from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


class PostRow(NamedTuple):
    """An article of a contact's own feed; times are UTC text."""

    feed_id: int
    url: str
    title: str
    at: str
    summary: str


def _between(column: str, first: str, last: str) -> str:
    """A window of "MM-DD" that may reach over the end of the year, as the indexes have it."""
    both = f"({column} >= ?1 {'AND' if first <= last else 'OR'} {column} <= ?2)"
    return f"{both} AND c.archived_at IS NULL"


def birthdays(connection: sqlite3.Connection, first: str, last: str) -> list[tuple[int, str]]:
    """Contacts whose birthday, "MM-DD", lies between two; with the birthday as it is kept."""
    where = _between("substr(c.birthday, -5)", first, last)
    return connection.execute(
        f"SELECT c.id, c.birthday FROM contact c WHERE c.birthday <> '' AND {where}", (first, last)
    ).fetchall()


def meetings(connection: sqlite3.Connection, first: str, last: str) -> list[tuple[int, str, str]]:
    """Contacts who were met on such a day of some year: number, day, where."""
    where = _between("substr(d.met_on, 6)", first, last)
    return connection.execute(
        "SELECT c.id, d.met_on, c.met_at FROM contact_detail d JOIN contact c ON c.id = d.contact_id"
        f" WHERE d.met_on IS NOT NULL AND {where}",
        (first, last),
    ).fetchall()


def jobs(connection: sqlite3.Connection, since: str, until: str) -> list[tuple[int, str, str, str]]:
    """New jobs told of on some days that were not dealt with: contact, key, day, text."""
    return connection.execute(
        'SELECT o.contact_id, o."key", o.on_day, o.text FROM occasion o JOIN contact c ON c.id = o.contact_id'
        " WHERE o.done_on IS NULL AND o.kind = 'job' AND o.on_day BETWEEN ? AND ? AND c.archived_at IS NULL",
        (since, until),
    ).fetchall()


def dealt_with(connection: sqlite3.Connection) -> set[tuple[int, str, str]]:
    """Occasions that were: contact, kind, key."""
    return set(connection.execute('SELECT contact_id, kind, "key" FROM occasion WHERE done_on IS NOT NULL'))


def blogs(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Contacts who have a blog, with its address."""
    return connection.execute(
        "SELECT p.contact_id, p.value FROM contact_point p JOIN contact c ON c.id = p.contact_id"
        " WHERE p.kind = 'blog' AND c.archived_at IS NULL"
    ).fetchall()


def feed_addresses(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Feeds that are read: number, address, site."""
    return connection.execute("SELECT id, url, site FROM feed WHERE removed_at IS NULL").fetchall()


def posts(connection: sqlite3.Connection, feeds: Iterable[int], since: str, *, with_text: bool) -> list[PostRow]:
    """Articles that some feeds brought since a time, the latest first.

    Args:
        connection: the store.
        feeds: their numbers.
        since: UTC text.
        with_text: with the summary, or the text where there is none; else with "".
    """
    text = "coalesce(nullif(summary, ''), substr(text, 1, 4000))" if with_text else "''"
    sql = (
        f"SELECT feed_id, url, title, coalesce(published_at, first_seen_at) AS at, {text} FROM article"
        " WHERE feed_id = ?1 AND first_seen_at >= ?2 AND coalesce(published_at, first_seen_at) >= ?2"
    )
    rows = [PostRow(*row) for feed in feeds for row in connection.execute(sql, (feed, since))]
    return sorted(rows, key=lambda row: row.at, reverse=True)
