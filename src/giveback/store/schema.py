"""The schema of a new store, as SQL. Later versions alter it in `migrations`."""

TABLES = """
CREATE TABLE contact (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    nickname TEXT NOT NULL DEFAULT '',
    nickname_key TEXT NOT NULL DEFAULT '',
    initials TEXT NOT NULL DEFAULT '',
    company TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    town TEXT NOT NULL DEFAULT '',
    cadence_days INTEGER CHECK (cadence_days > 0),
    met_at TEXT NOT NULL DEFAULT '',
    birthday TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    tact_allow TEXT NOT NULL DEFAULT '',
    added_on DATE NOT NULL,
    snoozed_until DATE,
    archived_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX contact_name_key ON contact (name_key, nickname_key);
CREATE INDEX contact_nickname_key ON contact (nickname_key);
CREATE INDEX contact_initials ON contact (initials);

CREATE TABLE contact_point (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'address', 'url', 'blog', 'handle')),
    value TEXT NOT NULL,
    "key" TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    UNIQUE (contact_id, kind, "key")
);
CREATE INDEX contact_point_key ON contact_point ("key");

CREATE TABLE interest (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    phrase TEXT NOT NULL,
    "key" TEXT NOT NULL,
    avoid BOOLEAN NOT NULL DEFAULT 0 CHECK (avoid IN (0, 1)),
    weight FLOAT NOT NULL DEFAULT 1.0,
    source TEXT NOT NULL DEFAULT 'user',
    created_at TEXT NOT NULL,
    UNIQUE (contact_id, "key")
);

CREATE TABLE feed (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL DEFAULT '',
    site TEXT NOT NULL DEFAULT '',
    topic TEXT NOT NULL DEFAULT '',
    allow_private BOOLEAN NOT NULL DEFAULT 0 CHECK (allow_private IN (0, 1)),
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    checked_at TEXT,
    changed_at TEXT,
    failing_since TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    added_at TEXT NOT NULL,
    removed_at TEXT
);

CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    feed_id INTEGER REFERENCES feed (id) ON DELETE SET NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    published_at TEXT,
    first_seen_at TEXT NOT NULL,
    saved_at TEXT,
    summary TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT ''
);
CREATE INDEX article_first_seen ON article (first_seen_at);
CREATE INDEX article_feed ON article (feed_id);

CREATE TABLE feed_entry (
    id INTEGER PRIMARY KEY,
    feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    guid TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    UNIQUE (feed_id, guid)
);
CREATE INDEX feed_entry_article ON feed_entry (article_id);

CREATE TABLE exchange (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    direction TEXT NOT NULL CHECK (direction IN ('given', 'received', 'shared')),
    channel TEXT NOT NULL DEFAULT ''
        CHECK (channel IN ('', 'email', 'letter', 'call', 'in-person', 'message', 'social')),
    on_day DATE NOT NULL,
    text TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    interest TEXT NOT NULL DEFAULT '',
    article_id INTEGER REFERENCES article (id) ON DELETE SET NULL,
    gift_title TEXT NOT NULL DEFAULT '',
    gift_url TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE INDEX exchange_contact ON exchange (contact_id, on_day, direction);
CREATE INDEX exchange_article ON exchange (article_id) WHERE article_id IS NOT NULL;

CREATE TABLE follow_up (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('promise', 'reminder', 'waiting', 'outcome')),
    text TEXT NOT NULL,
    since_on DATE NOT NULL,
    due_on DATE,
    done_on DATE,
    exchange_id INTEGER REFERENCES exchange (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX follow_up_open ON follow_up (contact_id) WHERE done_on IS NULL;

CREATE TABLE dismissal (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    on_day DATE NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (contact_id, article_id)
);

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    command TEXT NOT NULL,
    undone_at TEXT
);
CREATE TABLE journal_entry (
    id INTEGER PRIMARY KEY,
    journal_id INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    "table" TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    before TEXT
);
CREATE INDEX journal_entry_journal ON journal_entry (journal_id);
CREATE TABLE journal_open (id INTEGER PRIMARY KEY CHECK (id = 1), journal_id INTEGER NOT NULL);
"""

JOURNALED = ("contact", "contact_point", "interest", "feed", "article", "exchange", "follow_up", "dismissal")
"""Tables whose changes `undo` takes back."""

DERIVED = """
CREATE TABLE contact_tally (
    contact_id INTEGER PRIMARY KEY REFERENCES contact (id) ON DELETE CASCADE,
    exchanges INTEGER NOT NULL,
    given INTEGER NOT NULL,
    received INTEGER NOT NULL,
    last_on DATE,
    last_outgoing_on DATE,
    thanks_since DATE
);

CREATE VIRTUAL TABLE article_fts USING fts5 (
    title, summary, text, content = 'article', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE article_term USING fts5vocab (article_fts, 'row');
CREATE VIRTUAL TABLE article_posting USING fts5vocab (article_fts, 'instance');

CREATE TABLE article_vector (
    article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    pieces INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE TABLE article_tact (
    article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    probability FLOAT NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE TABLE interest_vector (
    interest_id INTEGER PRIMARY KEY REFERENCES interest (id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,
    expanded BLOB
);

CREATE TABLE ranking (
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    interest_id INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    score FLOAT NOT NULL,
    lexical FLOAT NOT NULL,
    semantic FLOAT NOT NULL,
    feedback FLOAT NOT NULL,
    penalty FLOAT NOT NULL,
    plain FLOAT NOT NULL,
    avoided_id INTEGER,
    day INTEGER NOT NULL,
    lasting FLOAT NOT NULL,
    PRIMARY KEY (contact_id, interest_id, article_id)
) WITHOUT ROWID;
CREATE INDEX ranking_article ON ranking (article_id);
CREATE TABLE ranking_stale (contact_id INTEGER PRIMARY KEY REFERENCES contact (id) ON DELETE CASCADE);
CREATE TABLE ranking_new (article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE);
CREATE TABLE collection (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    model TEXT NOT NULL,
    articles INTEGER NOT NULL,
    mean_pieces FLOAT NOT NULL,
    last_article_id INTEGER NOT NULL,
    mean_vector BLOB NOT NULL,
    "precision" BLOB NOT NULL
);
CREATE TABLE collection_term (term TEXT PRIMARY KEY, articles INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE shown (
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    interest_id INTEGER,
    position INTEGER,
    times INTEGER NOT NULL,
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    PRIMARY KEY (contact_id, article_id)
) WITHOUT ROWID;
CREATE INDEX shown_article ON shown (article_id);
"""
"""What can be computed again at any time from the tables above, and is not journaled."""

TALLY = """
    INSERT OR REPLACE INTO contact_tally
    SELECT {contact}, count(*),
        coalesce(sum(direction = 'given'), 0), coalesce(sum(direction = 'received'), 0),
        max(on_day), max(CASE WHEN direction <> 'received' THEN on_day END),
        (SELECT min(r.on_day) FROM exchange r WHERE r.contact_id = {contact} AND r.direction = 'received'
            AND coalesce((r.on_day, r.id) > (SELECT o.on_day, o.id FROM exchange o
                WHERE o.contact_id = {contact} AND o.direction <> 'received'
                ORDER BY o.on_day DESC, o.id DESC LIMIT 1), 1))
    FROM exchange WHERE contact_id = {contact};
"""
"""Counts one contact's exchanges again; `{contact}` is its number, or an expression for it."""

TRIGGERS = f"""
CREATE TRIGGER exchange_insert_tally AFTER INSERT ON exchange BEGIN
    {TALLY.format(contact="new.contact_id")} END;
CREATE TRIGGER exchange_update_tally AFTER UPDATE OF contact_id, direction, on_day ON exchange BEGIN
    {TALLY.format(contact="old.contact_id")} {TALLY.format(contact="new.contact_id")} END;
CREATE TRIGGER exchange_delete_tally AFTER DELETE ON exchange
    WHEN EXISTS (SELECT 1 FROM contact WHERE id = old.contact_id)
    BEGIN {TALLY.format(contact="old.contact_id")} END;

CREATE TRIGGER article_insert_derived AFTER INSERT ON article BEGIN
    INSERT INTO article_fts (rowid, title, summary, text) VALUES (new.id, new.title, new.summary, new.text);
    INSERT OR IGNORE INTO ranking_new VALUES (new.id);
END;
CREATE TRIGGER article_update_derived AFTER UPDATE OF title, summary, text ON article
    WHEN old.title <> new.title OR old.summary <> new.summary OR old.text <> new.text BEGIN
    INSERT INTO article_fts (article_fts, rowid, title, summary, text)
        VALUES ('delete', old.id, old.title, old.summary, old.text);
    INSERT INTO article_fts (rowid, title, summary, text) VALUES (new.id, new.title, new.summary, new.text);
    DELETE FROM article_vector WHERE article_id = new.id;
    DELETE FROM article_tact WHERE article_id = new.id;
    INSERT OR IGNORE INTO ranking_new VALUES (new.id);
END;
CREATE TRIGGER article_delete_derived AFTER DELETE ON article BEGIN
    INSERT INTO article_fts (article_fts, rowid, title, summary, text)
        VALUES ('delete', old.id, old.title, old.summary, old.text);
END;

CREATE TRIGGER interest_insert_stale AFTER INSERT ON interest BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (new.contact_id);
END;
CREATE TRIGGER interest_update_stale AFTER UPDATE ON interest BEGIN
    DELETE FROM interest_vector WHERE interest_id = new.id AND old.phrase <> new.phrase;
    INSERT OR IGNORE INTO ranking_stale VALUES (new.contact_id);
END;
CREATE TRIGGER interest_delete_stale AFTER DELETE ON interest
    WHEN EXISTS (SELECT 1 FROM contact WHERE id = old.contact_id) BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (old.contact_id);
    DELETE FROM ranking WHERE contact_id = old.contact_id AND interest_id = old.id;
END;
CREATE TRIGGER dismissal_insert_stale AFTER INSERT ON dismissal BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (new.contact_id);
END;
CREATE TRIGGER dismissal_delete_stale AFTER DELETE ON dismissal
    WHEN EXISTS (SELECT 1 FROM contact WHERE id = old.contact_id) BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (old.contact_id);
END;
CREATE TRIGGER gift_insert_stale AFTER INSERT ON exchange WHEN new.article_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (new.contact_id);
END;
CREATE TRIGGER gift_delete_stale AFTER DELETE ON exchange WHEN old.article_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM contact WHERE id = old.contact_id) BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (old.contact_id);
END;
"""

VIEWS = """
CREATE VIEW contact_row AS
SELECT c.id, c.uuid, c.name, c.name_key, c.nickname, c.nickname_key, c.initials, c.company, c.title, c.town,
    c.cadence_days, c.met_at, c.birthday, c.notes, c.tact_allow, c.added_on, c.snoozed_until, c.archived_at,
    coalesce(t.exchanges, 0) AS exchanges, coalesce(t.given, 0) AS given, coalesce(t.received, 0) AS received,
    t.last_on, t.last_outgoing_on, t.thanks_since
FROM contact c LEFT JOIN contact_tally t ON t.contact_id = c.id;

CREATE VIEW open_follow_up AS
SELECT f.id, f.uuid, f.contact_id, f.kind, f.text, f.since_on, f.due_on, f.exchange_id,
    (SELECT count(*) FROM exchange e WHERE e.contact_id = f.contact_id AND e.on_day > f.since_on
        AND e.direction <> 'received') AS nudges,
    EXISTS (SELECT 1 FROM exchange e WHERE e.contact_id = f.contact_id AND e.direction = 'received'
        AND (e.on_day > f.since_on OR (e.on_day = f.since_on
            AND (e.created_at > f.created_at OR e.id > f.exchange_id)))) AS answered
FROM follow_up f WHERE f.done_on IS NULL;

CREATE VIEW article_row AS
SELECT a.id, a.url, a.title, a.author, coalesce(nullif(a.source, ''), f.title, '') AS source,
    a.published_at, a.first_seen_at, a.saved_at, a.summary,
    f.title AS feed, f.topic, t.probability AS tact, t.kind AS tact_kind, t.words AS tact_words
FROM article a LEFT JOIN feed f ON f.id = a.feed_id LEFT JOIN article_tact t ON t.article_id = a.id;

CREATE VIEW suggestion AS
SELECT r.contact_id, r.article_id, r.interest_id, r.score, r.lexical, r.semantic, r.feedback, r.penalty, r.plain,
    r.avoided_id, r.day, t.probability AS tact, t.kind AS tact_kind, coalesce(s.times, 0) AS times_shown
FROM ranking r
LEFT JOIN article_tact t ON t.article_id = r.article_id
LEFT JOIN shown s ON s.contact_id = r.contact_id AND s.article_id = r.article_id;
"""

SOUND_SNAPSHOT = "length(precision) = length(mean_vector) * length(mean_vector) / 4"
"""Holds of a row of `collection` whose matrices have the sizes that belong together (4 bytes a number)."""
