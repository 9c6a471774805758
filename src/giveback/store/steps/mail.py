"""Schema of mail and occasions: which message an exchange was, which way it went, and what is to be wished well for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("exchange_message", "occasion")
"""Tables of this step whose changes `undo` takes back."""

_INCOMING = "EXISTS (SELECT 1 FROM exchange_message m WHERE m.exchange_id = {row}.id AND m.incoming)"

# Mail is 'shared' both ways: a letter is no gift, so nobody is to be thanked for each. Which way it went is in
# `exchange_message`; what came in neither says my thanks nor was sent by me.
TALLY = f"""
    INSERT OR REPLACE INTO contact_tally
    SELECT {{contact}}, count(*),
        coalesce(sum(direction = 'given'), 0), coalesce(sum(direction = 'received'), 0),
        max(on_day), max(CASE WHEN direction <> 'received' AND NOT {_INCOMING.format(row="exchange")} THEN on_day END),
        (SELECT min(r.on_day) FROM exchange r WHERE r.contact_id = {{contact}} AND r.direction = 'received'
            AND coalesce((r.on_day, r.id) > (SELECT o.on_day, o.id FROM exchange o
                WHERE o.contact_id = {{contact}} AND o.direction <> 'received'
                AND NOT {_INCOMING.format(row="o")}
                ORDER BY o.on_day DESC, o.id DESC LIMIT 1), 1))
    FROM exchange WHERE contact_id = {{contact}};
"""
"""Counts one contact's exchanges again; `{contact}` is its number, or an expression for it."""

_COUNTED = "NOT EXISTS (SELECT 1 FROM tally_bulk)"
_OF_MESSAGE = "(SELECT contact_id FROM exchange WHERE id = {row}.exchange_id)"

_STATEMENTS = (
    # One row a message and exchange: a message to two contacts is an exchange with each. `answers` is the
    # Message-ID that it replies to, so that what I answered is known whichever of the two comes in first.
    """CREATE TABLE exchange_message (
        id INTEGER PRIMARY KEY,
        exchange_id INTEGER NOT NULL REFERENCES exchange (id) ON DELETE CASCADE,
        message_id TEXT NOT NULL,
        incoming BOOLEAN NOT NULL CHECK (incoming IN (0, 1)),
        sent_at TEXT,
        answers TEXT NOT NULL DEFAULT '',
        UNIQUE (exchange_id, message_id)
    )""",
    "CREATE INDEX exchange_message_key ON exchange_message (message_id)",
    "CREATE INDEX exchange_message_answers ON exchange_message (answers) WHERE answers <> ''",
    # Birthdays, days of having met and posts follow from what is known; here is what of them was dealt with, by its
    # "key" (the year, the article's address). A new job is a row from the day on which an import told of it.
    """CREATE TABLE occasion (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('birthday', 'met', 'job', 'post')),
        "key" TEXT NOT NULL,
        on_day DATE NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        done_on DATE,
        created_at TEXT NOT NULL,
        UNIQUE (contact_id, kind, "key")
    )""",
    "CREATE INDEX occasion_open ON occasion (on_day) WHERE done_on IS NULL",
    "CREATE INDEX contact_birthday ON contact (substr(birthday, -5)) WHERE birthday <> ''",
    "CREATE INDEX contact_detail_met ON contact_detail (substr(met_on, 6)) WHERE met_on IS NOT NULL",
    "CREATE INDEX contact_point_blog ON contact_point (contact_id) WHERE kind = 'blog'",
    # Holds a row while exchanges come in by the thousand: their contacts are counted once, at the end.
    "CREATE TABLE tally_bulk (id INTEGER PRIMARY KEY CHECK (id = 1))",
    f"""CREATE TRIGGER exchange_insert_tally AFTER INSERT ON exchange WHEN {_COUNTED} BEGIN
    {TALLY.format(contact="new.contact_id")} END""",
    f"""CREATE TRIGGER exchange_update_tally AFTER UPDATE OF contact_id, direction, on_day ON exchange
    WHEN {_COUNTED} BEGIN {TALLY.format(contact="old.contact_id")} {TALLY.format(contact="new.contact_id")} END""",
    f"""CREATE TRIGGER exchange_delete_tally AFTER DELETE ON exchange
    WHEN {_COUNTED} AND EXISTS (SELECT 1 FROM contact WHERE id = old.contact_id)
    BEGIN {TALLY.format(contact="old.contact_id")} END""",
    *(
        f"""CREATE TRIGGER exchange_message_{what}_tally AFTER {what} ON exchange_message
    WHEN {_COUNTED} AND {_OF_MESSAGE.format(row=row)} IS NOT NULL
    BEGIN {TALLY.format(contact=_OF_MESSAGE.format(row=row))} END"""
        for what, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    ),
    "DROP VIEW open_follow_up",
    f"""CREATE VIEW open_follow_up AS
SELECT f.id, f.uuid, f.contact_id, f.kind, f.text, f.since_on, f.due_on, f.exchange_id,
    (SELECT count(*) FROM exchange e WHERE e.contact_id = f.contact_id AND e.on_day > f.since_on
        AND e.direction <> 'received' AND NOT {_INCOMING.format(row="e")}) AS nudges,
    EXISTS (SELECT 1 FROM exchange e WHERE e.contact_id = f.contact_id AND e.direction = 'received'
        AND (e.on_day > f.since_on OR (e.on_day = f.since_on
            AND (e.created_at > f.created_at OR e.id > f.exchange_id))))
    OR EXISTS (SELECT 1 FROM exchange e JOIN exchange_message m ON m.exchange_id = e.id
        WHERE e.contact_id = f.contact_id AND m.incoming AND e.on_day >= f.since_on
        AND (e.on_day > f.since_on OR m.sent_at > f.created_at)) AS answered
FROM follow_up f WHERE f.done_on IS NULL""",
)


def keep_mail(connection: sqlite3.Connection) -> None:
    """Make the tables, and let tallies and asks know which way a message went."""
    from giveback.store.journaling import journal_triggers

    for operation in ("insert", "update", "delete"):
        connection.execute(f"DROP TRIGGER exchange_{operation}_tally")
    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
