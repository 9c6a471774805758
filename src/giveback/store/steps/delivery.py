"""What becomes of each message: what the server did with it, and apart from that what the user says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("delivery_mark",)
"""What a user says can be taken back. What a server did cannot, so `delivery` is not journaled."""

_STATEMENTS = (
    """CREATE TABLE delivery (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        purpose TEXT NOT NULL,
        "key" TEXT NOT NULL,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        message TEXT,
        record TEXT NOT NULL DEFAULT '{}',
        state TEXT NOT NULL DEFAULT 'draft'
            CHECK (state IN ('draft', 'sending', 'sent', 'failed', 'refused', 'bounced')),
        error TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        began_at TEXT,
        sent_at TEXT,
        created_at TEXT NOT NULL,
        UNIQUE (purpose, "key")
    )""",
    "CREATE INDEX delivery_contact ON delivery (contact_id)",
    "CREATE INDEX delivery_state ON delivery (state)",
    """CREATE TABLE delivery_mark (
        id INTEGER PRIMARY KEY,
        delivery_id INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
        state TEXT NOT NULL CHECK (state IN ('sent', 'dropped')),
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX delivery_mark_delivery ON delivery_mark (delivery_id)",
    """CREATE VIEW delivery_row AS
    SELECT d.id, d.uuid, d.purpose, d."key", d.contact_id, c.name AS contact, c.uuid AS contact_uuid,
        d.recipient, d.subject, d.message_id,
        coalesce((SELECT m.state FROM delivery_mark m WHERE m.delivery_id = d.id ORDER BY m.id DESC LIMIT 1),
            d.state) AS state,
        d.error, d.attempts, d.began_at, d.sent_at, d.created_at, d.message IS NOT NULL AS kept
    FROM delivery d JOIN contact c ON c.id = d.contact_id""",
)


def keep_deliveries(connection: sqlite3.Connection) -> None:
    """Make the tables and the view."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
