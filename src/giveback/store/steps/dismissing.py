"""Schema of dismissed assets: what is not for somebody is not offered to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_STATEMENTS = (
    """CREATE TABLE asset_dismissal (
        id INTEGER PRIMARY KEY,
        contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        asset_id INTEGER NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
        on_day DATE NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (contact_id, asset_id)
    )""",
    "CREATE INDEX asset_dismissal_asset ON asset_dismissal (asset_id)",
)


def keep_dismissed_assets(connection: sqlite3.Connection) -> None:
    """Make the table and its journal's triggers."""
    from giveback.store.journaling import journal_triggers

    for statement in _STATEMENTS:
        connection.execute(statement)
    for statement in journal_triggers(connection, "asset_dismissal"):
        connection.execute(statement)
