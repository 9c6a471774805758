"""Schema of importing: what each source said of whom, what else it said, parts of names, tables that were mapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("contact_detail", "contact_source", "contact_property", "import_mapping")
"""Tables of this step whose changes `undo` takes back."""

_STATEMENTS = (
    # A postal address taken apart as vCard's ADR is (RFC 6350, 6.3.1): seven parts between semicolons, escaped.
    "ALTER TABLE contact_point ADD COLUMN parts TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE contact_detail (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL UNIQUE REFERENCES contact (id) ON DELETE CASCADE,
        prefix TEXT NOT NULL DEFAULT '',
        given TEXT NOT NULL DEFAULT '',
        additional TEXT NOT NULL DEFAULT '',
        family TEXT NOT NULL DEFAULT '',
        suffix TEXT NOT NULL DEFAULT '',
        pronouns TEXT NOT NULL DEFAULT '',
        anniversary TEXT NOT NULL DEFAULT '',
        met_on DATE
    )""",
    # What a source said last, field by field (JSON): only what still equals it follows the next import.
    """CREATE TABLE contact_source (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        source TEXT NOT NULL,
        uid TEXT NOT NULL,
        said TEXT NOT NULL,
        imported_at TEXT NOT NULL,
        UNIQUE (contact_id, source, uid)
    )""",
    """CREATE TABLE contact_property (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        source TEXT NOT NULL,
        uid TEXT NOT NULL,
        position INTEGER NOT NULL,
        line TEXT NOT NULL
    )""",
    "CREATE INDEX contact_property_contact ON contact_property (contact_id, source, uid)",
    """CREATE TABLE import_mapping (
        id INTEGER PRIMARY KEY,
        header TEXT NOT NULL UNIQUE,
        columns TEXT NOT NULL,
        created_at TEXT NOT NULL
    )""",
)


def keep_sources(connection: sqlite3.Connection) -> None:
    """Make the tables; the journal's triggers on `contact_point` know its columns and are made again."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for operation in ("insert", "update", "delete"):
        connection.execute(f"DROP TRIGGER contact_point_{operation}_journal")
    for table in ("contact_point", *JOURNALED):
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
