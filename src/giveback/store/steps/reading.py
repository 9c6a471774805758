"""Schema of reading: by what an article is known, whether it was read, what a topic means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("topic", "article_tag")
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
    """CREATE TABLE article_tag (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
        tag TEXT NOT NULL,
        "key" TEXT NOT NULL,
        UNIQUE (article_id, "key")
    )""",
    'CREATE INDEX article_tag_key ON article_tag ("key")',
    # Entries whose articles were pruned: their feeds may still have them, and they must not come back.
    """CREATE TABLE pruned_entry (
        feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
        guid TEXT NOT NULL,
        PRIMARY KEY (feed_id, guid)
    ) WITHOUT ROWID""",
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
    "DROP VIEW article_row",
    """CREATE VIEW article_row AS
    SELECT a.id, a.url, a.title, a.author, coalesce(nullif(a.source, ''), f.title, '') AS source,
        a.published_at, a.first_seen_at, a.saved_at, a.summary,
        f.title AS feed, f.topic, t.probability AS tact, t.kind AS tact_kind, t.words AS tact_words,
        a.language, r.read_at, a.feed_id
    FROM article a LEFT JOIN feed f ON f.id = a.feed_id LEFT JOIN article_tact t ON t.article_id = a.id
    LEFT JOIN article_read r ON r.article_id = a.id""",
)


def reading(connection: sqlite3.Connection) -> None:
    """Make the tables, and queue the articles that are there."""
    from giveback.store.journaling import journal_triggers

    for statement in _TABLES:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
