"""Schema of merging and exporting: who became one contact, who is not the same, which files we wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("merged_contact", "distinct_contact")
"""Tables of this step whose changes `undo` takes back."""

_STATEMENTS = (
    # JSON by table: `was` holds the contact as it was and whatever could not stand beside what the other had,
    # `noted` the rows of tables without a journal as they were, for `undo`.
    """CREATE TABLE merged_contact (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        merged_on DATE NOT NULL,
        was TEXT NOT NULL,
        noted TEXT NOT NULL DEFAULT '{}',
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX merged_contact_contact ON merged_contact (contact_id)",
    "CREATE INDEX merged_contact_name_key ON merged_contact (name_key)",
    """CREATE TABLE distinct_contact (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        other_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        created_at TEXT NOT NULL,
        UNIQUE (contact_id, other_id)
    )""",
    "CREATE INDEX distinct_contact_other ON distinct_contact (other_id)",
    # `digest` is of what the file said when it was written: another one means that somebody changed it.
    """CREATE TABLE exported_file (
        folder TEXT NOT NULL,
        name TEXT NOT NULL,
        uid TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (folder, name)
    ) WITHOUT ROWID""",
)


def merging(connection: sqlite3.Connection) -> None:
    """Make the tables."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
