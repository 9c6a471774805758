"""The kindred terms of an interest are kept beside its vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_STATEMENTS = (
    # JSON, pairs of term and weight; NULL until the interest is expanded.
    "ALTER TABLE interest_vector ADD COLUMN kindred TEXT",
    "INSERT OR IGNORE INTO ranking_stale SELECT DISTINCT contact_id FROM any_interest",
)


def keep_kindred(connection: sqlite3.Connection) -> None:
    """Make room for kindred terms, and have everybody ranked again by them."""
    for statement in _STATEMENTS:
        connection.execute(statement)
