"""Schema of merging and exporting: who became one contact, who is not the same, which files we wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("merged_contact", "distinct_contact")
"""Tables of this step whose changes `undo` takes back."""

_STATEMENTS = (
    # `was` holds, as JSON by table, the contact as it was and whatever could not stand beside what the other had.
    """CREATE TABLE merged_contact (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        merged_on DATE NOT NULL,
        was TEXT NOT NULL,
        shown TEXT NOT NULL DEFAULT '[]',
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX merged_contact_contact ON merged_contact (contact_id)",
    "CREATE INDEX merged_contact_name_key ON merged_contact (name_key)",
    # What was shown is in no journal: when a merge is taken back, its record gives that back.
    """CREATE TRIGGER merged_contact_delete_shown AFTER DELETE ON merged_contact WHEN old.shown <> '[]' BEGIN
        INSERT OR IGNORE INTO shown (contact_id, article_id, interest_id, position, times, first_on, last_on)
        SELECT s.value ->> 'contact_id', s.value ->> 'article_id', s.value ->> 'interest_id', s.value ->> 'position',
            s.value ->> 'times', s.value ->> 'first_on', s.value ->> 'last_on'
        FROM json_each(old.shown) s
        WHERE EXISTS (SELECT 1 FROM contact WHERE id = s.value ->> 'contact_id')
            AND EXISTS (SELECT 1 FROM article WHERE id = s.value ->> 'article_id');
    END""",
    """CREATE TABLE distinct_contact (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        other_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        created_at TEXT NOT NULL,
        UNIQUE (contact_id, other_id)
    )""",
    "CREATE INDEX distinct_contact_other ON distinct_contact (other_id)",
    # `digest` is of what giveback wanted the file to say, `written` of what it was given to say.
    """CREATE TABLE exported_file (
        folder TEXT NOT NULL,
        name TEXT NOT NULL,
        uid TEXT NOT NULL,
        digest TEXT NOT NULL,
        written TEXT NOT NULL,
        PRIMARY KEY (folder, name)
    ) WITHOUT ROWID""",
)


def merging(connection: sqlite3.Connection) -> None:
    """Make the tables."""
    from giveback.store.migrations import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
