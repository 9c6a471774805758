"""Articles that come in bulk are indexed once, at the end, instead of one by one by trigger.

Each statement that fires a trigger with a full-text index in it is a savepoint, at which FTS5 writes
what it holds (https://www.sqlite.org/src/file/ext/fts5/fts5_main.c, fts5SavepointMethod): every article
became a segment of its own, which cost four times what indexing them together costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_TABLE = "CREATE TABLE article_bulk (id INTEGER PRIMARY KEY CHECK (id = 1), after INTEGER NOT NULL)"
_OLD = ("article_insert_derived", "article_update_derived", "article_delete_derived")
_CHANGED = "(old.title <> new.title OR old.summary <> new.summary OR old.text <> new.text)"
_ADD = "INSERT INTO article_fts (rowid, title, summary, text) VALUES (new.id, new.title, new.summary, new.text);"
_TAKE = """INSERT INTO article_fts (article_fts, rowid, title, summary, text)
    VALUES ('delete', old.id, old.title, old.summary, old.text);"""
_INDEX = """CREATE TRIGGER article_{what}_index AFTER {what} ON article
    WHEN {when} NOT EXISTS (SELECT 1 FROM article_bulk WHERE after < {row}.id) BEGIN {then} END"""
_TRIGGERS = (
    _INDEX.format(what="insert", when="", row="new", then=_ADD),
    _INDEX.format(what="update", when=f"{_CHANGED} AND", row="old", then=_TAKE + _ADD),
    _INDEX.format(what="delete", when="", row="old", then=_TAKE),
    """CREATE TRIGGER article_insert_derived AFTER INSERT ON article BEGIN
    INSERT OR IGNORE INTO ranking_new VALUES (new.id); END""",
    f"""CREATE TRIGGER article_update_derived AFTER UPDATE OF title, summary, text ON article WHEN {_CHANGED} BEGIN
    DELETE FROM article_vector WHERE article_id = new.id;
    DELETE FROM article_tact WHERE article_id = new.id;
    INSERT OR IGNORE INTO ranking_new VALUES (new.id); END""",
)


def index_in_bulk(connection: sqlite3.Connection) -> None:
    """Let the triggers of the index pass over articles that come in bulk; see `store.indexing`."""
    connection.execute(_TABLE)
    for name in _OLD:
        connection.execute(f"DROP TRIGGER {name}")
    for trigger in _TRIGGERS:
        connection.execute(trigger)
