"""Bulletins: series, their issues, what each carried to whom, and addresses that bounced."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("bulletin", "bulletin_issue", "bulletin_item", "bulletin_reader", "bounce")
"""Tables of this step whose changes `undo` takes back."""

_STATEMENTS = (
    """CREATE TABLE bulletin (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        "key" TEXT NOT NULL UNIQUE,
        topic TEXT NOT NULL DEFAULT '',
        contact_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
        asset_id INTEGER REFERENCES asset (id) ON DELETE SET NULL,
        created_at TEXT NOT NULL
    )""",
    """CREATE TABLE bulletin_issue (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        bulletin_id INTEGER NOT NULL REFERENCES bulletin (id) ON DELETE CASCADE,
        title TEXT NOT NULL,
        slug TEXT NOT NULL UNIQUE,
        on_day DATE NOT NULL,
        text TEXT NOT NULL,
        edition INTEGER NOT NULL DEFAULT 1,
        published_at TEXT,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    "CREATE INDEX bulletin_issue_bulletin ON bulletin_issue (bulletin_id)",
    # What was sent stays as it was: a text that changes after that is another edition.
    """CREATE TABLE bulletin_item (
        id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES bulletin_issue (id) ON DELETE CASCADE,
        edition INTEGER NOT NULL,
        position INTEGER NOT NULL,
        section TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL,
        url TEXT NOT NULL DEFAULT '',
        compiled BOOLEAN NOT NULL DEFAULT 0 CHECK (compiled IN (0, 1)),
        article_id INTEGER REFERENCES article (id) ON DELETE SET NULL,
        UNIQUE (issue_id, edition, position)
    )""",
    "CREATE INDEX bulletin_item_article ON bulletin_item (article_id) WHERE article_id IS NOT NULL",
    """CREATE TABLE bulletin_reader (
        id INTEGER PRIMARY KEY,
        bulletin_id INTEGER NOT NULL REFERENCES bulletin (id) ON DELETE CASCADE,
        contact_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
        circle TEXT NOT NULL DEFAULT '',
        excluded BOOLEAN NOT NULL DEFAULT 0 CHECK (excluded IN (0, 1)),
        created_at TEXT NOT NULL,
        UNIQUE (bulletin_id, contact_id, circle),
        CHECK ((contact_id IS NULL) = (circle <> ''))
    )""",
    """CREATE TABLE bulletin_copy (
        id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES bulletin_issue (id) ON DELETE CASCADE,
        edition INTEGER NOT NULL,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        sent_at TEXT NOT NULL,
        UNIQUE (contact_id, issue_id)
    )""",
    "CREATE INDEX bulletin_copy_issue ON bulletin_copy (issue_id, edition)",
    """CREATE TABLE bulletin_file (
        issue_id INTEGER PRIMARY KEY REFERENCES bulletin_issue (id) ON DELETE CASCADE,
        hash TEXT NOT NULL
    )""",
    """CREATE TABLE bounce (
        id INTEGER PRIMARY KEY,
        contact_point_id INTEGER NOT NULL UNIQUE REFERENCES contact_point (id) ON DELETE CASCADE,
        status TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        on_day DATE NOT NULL,
        created_at TEXT NOT NULL
    )""",
    "DROP VIEW article_over",
    """CREATE VIEW article_over AS
    SELECT contact_id, article_id FROM exchange WHERE direction = 'given' AND article_id IS NOT NULL
    UNION ALL
    SELECT contact_id, article_id FROM dismissal
    UNION ALL
    SELECT e.contact_id, a.id FROM exchange e JOIN article a ON a.url = e.gift_url
        WHERE e.direction = 'given' AND e.article_id IS NULL AND e.gift_url <> ''
    UNION ALL
    SELECT c.contact_id, i.article_id FROM bulletin_copy c
        JOIN bulletin_item i ON i.issue_id = c.issue_id AND i.edition = c.edition
        WHERE i.article_id IS NOT NULL""",
    """CREATE TRIGGER bulletin_copy_insert_stale AFTER INSERT ON bulletin_copy BEGIN
        INSERT OR IGNORE INTO ranking_stale VALUES (new.contact_id); END""",
)


def keep_bulletins(connection: sqlite3.Connection) -> None:
    """Make the tables; what a bulletin carried to somebody is over for them."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
