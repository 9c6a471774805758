"""Tact is kept as the probability of each kind, with the model that found it, instead of as a verdict.

So a change of the threshold, or of the kinds that are welcome, needs no new judging; and a new model does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_STATEMENTS = (
    "DROP VIEW suggestion",
    "DROP VIEW article_row",
    # What was held back stays so until it is judged anew, at the next fetch.
    """
CREATE TABLE article_tact_before AS
SELECT article_id, CASE WHEN kind = '' THEN '' ELSE printf('%s %.2f', kind, probability) END AS kinds FROM article_tact
""",
    "DROP TABLE article_tact",
    """
CREATE TABLE article_tact (
    article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    kinds TEXT NOT NULL
)
""",
    "INSERT INTO article_tact SELECT article_id, '', kinds FROM article_tact_before",
    "DROP TABLE article_tact_before",
    "CREATE INDEX article_tact_model ON article_tact (model)",
    """
CREATE VIEW article_row AS
SELECT a.id, a.url, a.title, a.author, coalesce(nullif(a.source, ''), f.title, '') AS source,
    a.published_at, a.first_seen_at, a.saved_at, a.summary, f.title AS feed, f.topic, t.kinds AS tact,
    a.language, r.read_at, a.feed_id
FROM article a LEFT JOIN feed f ON f.id = a.feed_id LEFT JOIN article_tact t ON t.article_id = a.id
LEFT JOIN article_read r ON r.article_id = a.id
""",
    """
CREATE VIEW suggestion AS
SELECT r.contact_id, r.article_id, r.interest_id, r.score, r.lexical, r.semantic, r.feedback, r.penalty, r.plain,
    r.avoided_id, r.day, t.kinds AS tact, coalesce(s.times, 0) AS times_shown
FROM ranking r
LEFT JOIN article_tact t ON t.article_id = r.article_id
LEFT JOIN shown s ON s.contact_id = r.contact_id AND s.article_id = r.article_id
""",
)


def keep_kinds(connection: sqlite3.Connection) -> None:
    """Let `article_tact` keep probabilities of kinds."""
    for statement in _STATEMENTS:
        connection.execute(statement)
