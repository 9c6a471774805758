"""Interests of every kind in one view, and what is over for a contact.

A contact's job title is a weak interest: it has no row of its own, since nobody said it, but a number (the
contact's, below zero) under which it is embedded and ranked like the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

WEAK = 0.3
"""As `store.questions.interests.WEAK` was when this step was written."""

_STATEMENTS = (
    f"""
CREATE VIEW any_interest AS
SELECT id, contact_id, phrase, avoid, weight, source, created_at FROM interest
UNION ALL
SELECT -id, id, title, 0, {WEAK}, 'title', created_at FROM contact WHERE title <> ''
""",
    """
CREATE VIEW article_over AS
SELECT contact_id, article_id FROM exchange WHERE direction = 'given' AND article_id IS NOT NULL
UNION ALL
SELECT contact_id, article_id FROM dismissal
UNION ALL
SELECT e.contact_id, a.id FROM exchange e JOIN article a ON a.url = e.gift_url
    WHERE e.direction = 'given' AND e.article_id IS NULL AND e.gift_url <> ''
""",
    # The numbers of job titles are in no table, so there is no foreign key; triggers keep it tidy.
    "DROP TABLE interest_vector",
    """
CREATE TABLE interest_vector (
    interest_id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,
    expanded BLOB
)
""",
    """
CREATE TRIGGER interest_delete_vector AFTER DELETE ON interest BEGIN
    DELETE FROM interest_vector WHERE interest_id = old.id; END
""",
    """
CREATE TRIGGER contact_insert_title AFTER INSERT ON contact WHEN new.title <> '' BEGIN
    INSERT OR IGNORE INTO ranking_stale VALUES (new.id); END
""",
    """
CREATE TRIGGER contact_update_title AFTER UPDATE OF title ON contact WHEN old.title <> new.title BEGIN
    DELETE FROM interest_vector WHERE interest_id = -new.id;
    DELETE FROM ranking WHERE contact_id = new.id AND interest_id = -new.id;
    INSERT OR IGNORE INTO ranking_stale VALUES (new.id); END
""",
    """
CREATE TRIGGER contact_delete_title AFTER DELETE ON contact BEGIN
    DELETE FROM interest_vector WHERE interest_id = -old.id; END
""",
    "INSERT OR IGNORE INTO ranking_stale SELECT DISTINCT contact_id FROM any_interest",
)


def widen_interests(connection: sqlite3.Connection) -> None:
    """Let job titles be ranked, and note what of the ranking depends on what."""
    for statement in _STATEMENTS:
        connection.execute(statement)
