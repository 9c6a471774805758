"""Schema of events: where people meet, and who of the contacts is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("event", "event_guest")
"""Tables of this step whose changes `undo` takes back."""

_STATEMENTS = (
    """CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        "key" TEXT NOT NULL,
        on_day DATE NOT NULL,
        place TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        UNIQUE ("key", on_day)
    )""",
    """CREATE TABLE event_guest (
        id INTEGER PRIMARY KEY,
        event_id INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        UNIQUE (event_id, contact_id)
    )""",
    "CREATE INDEX event_guest_contact ON event_guest (contact_id)",
)


def keep_events(connection: sqlite3.Connection) -> None:
    """Make the tables and their journal's triggers."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
