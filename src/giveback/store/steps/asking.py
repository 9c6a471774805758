"""Schema of asking: targets and what is needed of them, asks, help, acquaintances, introductions, former positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

JOURNALED = (
    *("target", "need", "target_alias", "target_event", "introduction", "ask"),
    *("help", "knows", "former_position"),
)
"""Tables of this step whose changes `undo` takes back."""

_TABLES = (
    """CREATE TABLE target (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('company', 'person')),
        name TEXT NOT NULL,
        "key" TEXT NOT NULL,
        contact_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
        company TEXT NOT NULL DEFAULT '',
        industry TEXT NOT NULL DEFAULT '',
        town TEXT NOT NULL DEFAULT '',
        school TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL DEFAULT 'researching'
            CHECK (state IN ('researching', 'asked', 'talking', 'helped', 'closed')),
        outcome TEXT NOT NULL DEFAULT '',
        added_on DATE NOT NULL,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX target_contact ON target (contact_id) WHERE contact_id IS NOT NULL",
    """CREATE TABLE need (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        target_id INTEGER NOT NULL REFERENCES target (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        met_on DATE,
        met_by_id INTEGER REFERENCES contact (id) ON DELETE SET NULL,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX need_target ON need (target_id)",
    "CREATE INDEX need_met_by ON need (met_by_id) WHERE met_by_id IS NOT NULL",
    # Other names of a target, and names that look like it and are somebody else's.
    """CREATE TABLE target_alias (
        id INTEGER PRIMARY KEY,
        target_id INTEGER NOT NULL REFERENCES target (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        "key" TEXT NOT NULL,
        same BOOLEAN NOT NULL CHECK (same IN (0, 1)),
        created_at TEXT NOT NULL,
        UNIQUE (target_id, "key")
    )""",
    # No names in the text: who is forgotten goes from the timeline too.
    """CREATE TABLE target_event (
        id INTEGER PRIMARY KEY,
        target_id INTEGER NOT NULL REFERENCES target (id) ON DELETE CASCADE,
        contact_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
        on_day DATE NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('added', 'need', 'met', 'asked', 'answered', 'helped', 'state', 'told')),
        text TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX target_event_target ON target_event (target_id, on_day)",
    "CREATE INDEX target_event_contact ON target_event (contact_id) WHERE contact_id IS NOT NULL",
    """CREATE TABLE introduction (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        first_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        second_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        because TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'made', 'declined')),
        first_consent TEXT NOT NULL DEFAULT '' CHECK (first_consent IN ('', 'yes', 'no')),
        second_consent TEXT NOT NULL DEFAULT '' CHECK (second_consent IN ('', 'yes', 'no')),
        proposed_on DATE NOT NULL,
        made_on DATE,
        outcome TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        CHECK (first_id <> second_id)
    )""",
    "CREATE INDEX introduction_first ON introduction (first_id)",
    "CREATE INDEX introduction_second ON introduction (second_id)",
    # What an ask is beside the follow-up of kind "waiting" that holds its words and its day.
    """CREATE TABLE ask (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        follow_up_id INTEGER NOT NULL UNIQUE REFERENCES follow_up (id) ON DELETE CASCADE,
        target_id INTEGER REFERENCES target (id) ON DELETE SET NULL,
        need_id INTEGER REFERENCES need (id) ON DELETE SET NULL,
        introduction_id INTEGER REFERENCES introduction (id) ON DELETE CASCADE,
        by_on DATE,
        answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'yes', 'no')),
        answer_text TEXT NOT NULL DEFAULT '',
        answered_on DATE,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX ask_contact ON ask (contact_id)",
    "CREATE INDEX ask_target ON ask (target_id) WHERE target_id IS NOT NULL",
    "CREATE INDEX ask_need ON ask (need_id) WHERE need_id IS NOT NULL",
    "CREATE INDEX ask_introduction ON ask (introduction_id) WHERE introduction_id IS NOT NULL",
    """CREATE TABLE help (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        exchange_id INTEGER NOT NULL REFERENCES exchange (id) ON DELETE CASCADE,
        target_id INTEGER REFERENCES target (id) ON DELETE SET NULL,
        need_id INTEGER REFERENCES need (id) ON DELETE SET NULL,
        ask_id INTEGER REFERENCES ask (id) ON DELETE SET NULL,
        outcome_id INTEGER REFERENCES follow_up (id) ON DELETE SET NULL,
        stay_id INTEGER REFERENCES follow_up (id) ON DELETE SET NULL,
        created_at TEXT NOT NULL
    )""",
    "CREATE INDEX help_contact ON help (contact_id)",
    "CREATE INDEX help_exchange ON help (exchange_id)",
    "CREATE INDEX help_stay ON help (stay_id)",
    "CREATE INDEX help_outcome ON help (outcome_id)",
    "CREATE INDEX help_ask ON help (ask_id) WHERE ask_id IS NOT NULL",
    "CREATE INDEX help_target ON help (target_id) WHERE target_id IS NOT NULL",
    "CREATE INDEX help_need ON help (need_id) WHERE need_id IS NOT NULL",
    """CREATE TABLE knows (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        other_id INTEGER REFERENCES contact (id) ON DELETE CASCADE,
        name TEXT NOT NULL DEFAULT '',
        "key" TEXT NOT NULL DEFAULT '',
        company TEXT NOT NULL DEFAULT '',
        how TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        CHECK (contact_id IS NOT other_id),
        CHECK ((other_id IS NULL) = (name <> ''))
    )""",
    "CREATE INDEX knows_contact ON knows (contact_id)",
    "CREATE INDEX knows_other ON knows (other_id) WHERE other_id IS NOT NULL",
    """CREATE TABLE former_position (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        company TEXT NOT NULL,
        title TEXT NOT NULL DEFAULT '',
        until_on DATE,
        created_at TEXT NOT NULL,
        UNIQUE (contact_id, company)
    )""",
    # A person who changes companies has worked at the old one. Outside a unit of work, as when a change is
    # taken back, nothing is concluded.
    """CREATE TRIGGER contact_update_position AFTER UPDATE OF company ON contact
        WHEN old.company <> '' AND lower(old.company) <> lower(new.company)
            AND EXISTS (SELECT 1 FROM journal_open) BEGIN
        INSERT OR IGNORE INTO former_position (contact_id, company, title, until_on, created_at)
            VALUES (old.id, old.company, old.title, date(new.updated_at), new.updated_at);
    END""",
    """CREATE TABLE holiday (
        country TEXT NOT NULL,
        day DATE NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (country, day)
    ) WITHOUT ROWID""",
    """CREATE VIEW due_follow_up AS
    SELECT f.*,
        CASE f.kind WHEN 'waiting' THEN (SELECT max(e.on_day) FROM exchange e WHERE e.contact_id = f.contact_id
            AND e.on_day > f.since_on AND e.direction <> 'received') END AS nudged_on,
        CASE f.kind WHEN 'waiting' THEN EXISTS (SELECT 1 FROM ask a JOIN ask b ON b.target_id = a.target_id
            JOIN follow_up g ON g.id = b.follow_up_id
            WHERE a.follow_up_id = f.id AND b.contact_id <> a.contact_id AND g.since_on > f.since_on)
            ELSE 0 END AS turned,
        CASE f.kind WHEN 'reminder' THEN EXISTS (SELECT 1 FROM help h WHERE h.stay_id = f.id) ELSE 0 END AS stays,
        CASE f.kind WHEN 'reminder' THEN EXISTS (SELECT 1 FROM exchange e WHERE e.contact_id = f.contact_id
            AND e.on_day >= f.due_on AND e.direction <> 'received') ELSE 0 END AS touched
    FROM open_follow_up f""",
)


def keep_asks(connection: sqlite3.Connection) -> None:
    """Make the tables, their triggers and the view."""
    from giveback.store.journaling import journal_triggers

    for statement in _TABLES:
        connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)
