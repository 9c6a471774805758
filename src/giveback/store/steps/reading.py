"""Schema of reading: by what an article is known, whether it was read, what a topic means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("topic",)
"""Tables of this step whose changes `undo` takes back."""

_TABLES = (
    """CREATE TABLE topic (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        "key" TEXT NOT NULL UNIQUE,
        words TEXT NOT NULL,
        created_at TEXT NOT NULL
    )""",
    """CREATE TABLE article_read (
        article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
        read_at TEXT NOT NULL
    )""",
    """CREATE TABLE article_identity (
        "key" INTEGER NOT NULL,
        article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
        PRIMARY KEY ("key", article_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX article_identity_article ON article_identity (article_id)",
    # A queue, as for the ranking: whatever changes an article, its keys are made when they are needed next.
    """CREATE TABLE identity_new (
        article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE
    )""",
    "INSERT INTO identity_new SELECT id FROM article",
    """CREATE TRIGGER article_insert_identity AFTER INSERT ON article BEGIN
        INSERT OR IGNORE INTO identity_new VALUES (new.id);
    END""",
    # Keys of what an article said or where it was before stay: it is still the same article.
    """CREATE TRIGGER article_update_identity AFTER UPDATE OF url, title, summary, text ON article
        WHEN old.url <> new.url OR old.title <> new.title OR old.summary <> new.summary OR old.text <> new.text BEGIN
        INSERT OR IGNORE INTO identity_new VALUES (new.id);
    END""",
)


def reading(connection: sqlite3.Connection) -> None:
    """Make the tables, and queue the articles that are there."""
    from giveback.store.migrations import journal_triggers

    for statement in _TABLES:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
