"""Schema of fetching: when a feed is asked again and by which user name, and which pages were fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import sqlite3

_STATEMENTS = (
    "ALTER TABLE feed ADD COLUMN next_fetch_at TEXT",
    "ALTER TABLE feed ADD COLUMN fetch_interval INTEGER CHECK (fetch_interval > 0)",
    "ALTER TABLE feed ADD COLUMN stated_interval INTEGER CHECK (stated_interval > 0)",
    "ALTER TABLE feed ADD COLUMN retry_after_at TEXT",
    "ALTER TABLE feed ADD COLUMN gone_at TEXT",
    "ALTER TABLE feed ADD COLUMN username TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feed ADD COLUMN full_text BOOLEAN NOT NULL DEFAULT 0 CHECK (full_text IN (0, 1))",
    # How many articles a feed brought of late is counted from the index alone.
    "DROP INDEX article_feed",
    "CREATE INDEX article_feed ON article (feed_id, first_seen_at)",
    """CREATE TABLE page_fetch (
        article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
        fetched_at TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        next_at TEXT,
        error TEXT NOT NULL DEFAULT ''
    )""",
    # A page is fetched again, at once, when the feed says that its entry has changed.
    """CREATE TRIGGER feed_entry_update_page AFTER UPDATE OF hash ON feed_entry WHEN old.hash <> new.hash BEGIN
        UPDATE page_fetch SET next_at = '', failures = 0 WHERE article_id = new.article_id;
    END""",
)


def schedule(connection: sqlite3.Connection) -> None:
    """Add the columns and the table; the journal's triggers on `feed` know its columns and are made again."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for operation in ("insert", "update", "delete"):
        connection.execute(f"DROP TRIGGER feed_{operation}_journal")
    _take_passwords_out(connection)
    for statement in journal_triggers(connection, "feed"):
        connection.execute(statement)


def _take_passwords_out(connection: sqlite3.Connection) -> None:
    """Addresses with a password are kept without; the user name stays, and `feed login` asks for the password anew."""
    for number, url in connection.execute("SELECT id, url FROM feed WHERE url LIKE 'http%@%'").fetchall():
        try:
            parts = urlsplit(url)
            login, _, host = parts.netloc.rpartition("@")
        except ValueError:
            continue
        if login:
            name = unquote(login.partition(":")[0])
            bare = parts._replace(netloc=host)
            if connection.execute("SELECT 1 FROM feed WHERE url = ?", (bare.geturl(),)).fetchone():
                bare = bare._replace(fragment=f"login-{number}")  # two logins of one feed: no server sees this
            connection.execute("UPDATE feed SET url = ?, username = ? WHERE id = ?", (bare.geturl(), name, number))
