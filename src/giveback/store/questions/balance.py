"""What went out and what came back, of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class StandingRow(NamedTuple):
    """A contact who is not archived, with last days; ISO text."""

    id: int
    name: str
    name_key: str
    added_on: str
    cadence_days: int | None
    last_on: str | None
    thanks_since: str | None


def standing_rows(connection: sqlite3.Connection) -> list[StandingRow]:
    """Everybody who is not archived."""
    columns = ", ".join(StandingRow._fields)
    return [
        StandingRow(*row) for row in connection.execute(f"SELECT {columns} FROM contact_row WHERE archived_at IS NULL")
    ]


def unanswered(connection: sqlite3.Connection, since: str) -> dict[int, list[str]]:
    """Days of gifts and asks since a day, of each contact from whom nothing came back after them.

    Something received answers, and so do a letter of theirs and being together, but not an ask or a letter of mine.

    Args:
        connection: the store.
        since: an ISO day.
    """
    asks = "SELECT exchange_id FROM follow_up WHERE kind = 'waiting' AND exchange_id IS NOT NULL"
    sql = (
        "SELECT e.contact_id, e.on_day FROM exchange e"
        f" WHERE e.on_day > ?1 AND (e.direction = 'given' OR (e.direction = 'shared' AND e.id IN ({asks})))"
        " AND NOT EXISTS (SELECT 1 FROM exchange_way b WHERE b.contact_id = e.contact_id"
        "  AND (b.on_day, b.id) > (e.on_day, e.id)"
        f"  AND (b.from_them OR (b.direction = 'shared' AND b.incoming IS NULL AND b.id NOT IN ({asks}))))"
        " ORDER BY e.contact_id, e.on_day"
    )
    found: dict[int, list[str]] = {}
    for number, day in connection.execute(sql, (since,)):
        found.setdefault(int(number), []).append(str(day))
    return found
