"""Schema of giving: what I have to offer, circles, limits of what may be given to whom, and facts of an exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = ("asset", "circle", "circle_member", "gift_limit", "brainstorm_question")
"""Tables of this step whose changes `undo` takes back."""

_STATEMENTS = (
    """CREATE TABLE asset (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL
            CHECK (kind IN ('research', 'home-made', 'skill', 'time', 'connection', 'bulletin', 'other')),
        title TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        topics TEXT NOT NULL DEFAULT '',
        minutes INTEGER CHECK (minutes >= 0),
        cost_cents INTEGER CHECK (cost_cents >= 0),
        source_url TEXT NOT NULL DEFAULT '',
        company TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        retired_at TEXT
    )""",
    """CREATE TABLE circle (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        "key" TEXT NOT NULL UNIQUE,
        gift TEXT NOT NULL DEFAULT '',
        asset_id INTEGER REFERENCES asset (id) ON DELETE SET NULL,
        created_at TEXT NOT NULL
    )""",
    """CREATE TABLE circle_member (
        id INTEGER PRIMARY KEY,
        circle_id INTEGER NOT NULL REFERENCES circle (id) ON DELETE CASCADE,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        since_on DATE NOT NULL,
        UNIQUE (circle_id, contact_id)
    )""",
    "CREATE INDEX circle_member_contact ON circle_member (contact_id)",
    # What somebody may be given: amounts in hundredths of the currency, words of allergies as they were said.
    """CREATE TABLE gift_limit (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL UNIQUE REFERENCES contact (id) ON DELETE CASCADE,
        cap_cents INTEGER CHECK (cap_cents >= 0),
        year_cap_cents INTEGER CHECK (year_cap_cents >= 0),
        no_food BOOLEAN NOT NULL DEFAULT 0 CHECK (no_food IN (0, 1)),
        allergies TEXT NOT NULL DEFAULT '',
        policy TEXT NOT NULL DEFAULT ''
    )""",
    # Which of the coach's questions were put, so that a brainstorm is gone on with where it stopped.
    """CREATE TABLE brainstorm_question (
        id INTEGER PRIMARY KEY,
        question TEXT NOT NULL UNIQUE,
        answers INTEGER NOT NULL,
        asked_at TEXT NOT NULL
    )""",
    """ALTER TABLE exchange ADD COLUMN kind TEXT NOT NULL DEFAULT ''
        CHECK (kind IN ('', 'article', 'research', 'home-made', 'skill', 'time', 'connection', 'introduction',
            'bulletin', 'bought', 'other'))""",
    "ALTER TABLE exchange ADD COLUMN minutes INTEGER CHECK (minutes >= 0)",
    "ALTER TABLE exchange ADD COLUMN cost_cents INTEGER CHECK (cost_cents >= 0)",
    "ALTER TABLE exchange ADD COLUMN outcome TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE exchange ADD COLUMN asset_id INTEGER REFERENCES asset (id) ON DELETE SET NULL",
    # To whom somebody was introduced.
    "ALTER TABLE exchange ADD COLUMN introduced_id INTEGER REFERENCES contact (id) ON DELETE SET NULL",
    "CREATE INDEX exchange_asset ON exchange (asset_id) WHERE asset_id IS NOT NULL",
    "CREATE INDEX exchange_introduced ON exchange (introduced_id) WHERE introduced_id IS NOT NULL",
    "UPDATE exchange SET kind = 'article' WHERE article_id IS NOT NULL",
    # What stood beside the articles of the list last shown for a contact; those are in `shown`.
    """CREATE TABLE offer_shown (
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        asset_id INTEGER REFERENCES asset (id) ON DELETE CASCADE,
        introduced_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (contact_id, position)
    ) WITHOUT ROWID""",
)


def keep_giving(connection: sqlite3.Connection) -> None:
    """Make the tables; the journal's triggers on `exchange` know its columns and are made again."""
    from giveback.store.journaling import journal_triggers

    for operation in ("insert", "update", "delete"):
        connection.execute(f"DROP TRIGGER exchange_{operation}_journal")
    for statement in _STATEMENTS:
        connection.execute(statement)
    for table in (*JOURNALED, "exchange"):
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
