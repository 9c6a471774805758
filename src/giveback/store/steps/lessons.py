"""What feedback taught: the telling terms of judged articles, and how reliable each interest is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_STATEMENTS = (
    # Terms and weights as JSON, relative to the snapshot's frequencies; emptied when that is taken anew.
    """
CREATE TABLE article_telling (
    article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    terms TEXT NOT NULL
)
""",
    """
CREATE TRIGGER article_update_telling AFTER UPDATE OF title, summary, text ON article
    WHEN old.title <> new.title OR old.summary <> new.summary OR old.text <> new.text BEGIN
    DELETE FROM article_telling WHERE article_id = new.id; END
""",
    # 1, and absent, where nothing was judged.
    """
CREATE TABLE interest_reliability (
    interest_id INTEGER PRIMARY KEY REFERENCES interest (id) ON DELETE CASCADE,
    reliability REAL NOT NULL
)
""",
    "INSERT OR IGNORE INTO ranking_stale SELECT DISTINCT contact_id FROM article_over",
)


def keep_lessons(connection: sqlite3.Connection) -> None:
    """Add the two tables, and have everybody ranked again for whom an article was judged."""
    for statement in _STATEMENTS:
        connection.execute(statement)
