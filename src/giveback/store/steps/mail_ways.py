"""Which way each exchange went, mail included, for all who ask what came from somebody and what went out to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_STATEMENTS = (
    # `incoming` is NULL where the exchange was no mail.
    """CREATE VIEW exchange_way AS
    SELECT x.*, coalesce(x.incoming, x.direction = 'received') AS from_them FROM (
        SELECT e.*, (SELECT m.incoming FROM exchange_message m WHERE m.exchange_id = e.id LIMIT 1) AS incoming
        FROM exchange e) x""",
    "DROP VIEW due_follow_up",
    """CREATE VIEW due_follow_up AS
    SELECT f.*,
        CASE f.kind WHEN 'waiting' THEN (SELECT max(e.on_day) FROM exchange_way e WHERE e.contact_id = f.contact_id
            AND e.on_day > f.since_on AND NOT e.from_them) END AS nudged_on,
        CASE f.kind WHEN 'waiting' THEN EXISTS (SELECT 1 FROM ask a JOIN ask b ON b.target_id = a.target_id
            JOIN follow_up g ON g.id = b.follow_up_id
            WHERE a.follow_up_id = f.id AND b.contact_id <> a.contact_id AND g.since_on > f.since_on)
            ELSE 0 END AS turned,
        CASE f.kind WHEN 'reminder' THEN EXISTS (SELECT 1 FROM help h WHERE h.stay_id = f.id) ELSE 0 END AS stays,
        CASE f.kind WHEN 'reminder' THEN EXISTS (SELECT 1 FROM exchange_way e WHERE e.contact_id = f.contact_id
            AND e.on_day >= f.due_on AND NOT e.from_them) ELSE 0 END AS touched
    FROM open_follow_up f""",
)


def tell_ways(connection: sqlite3.Connection) -> None:
    """Add the view, and let what is due go by it."""
    for statement in _STATEMENTS:
        connection.execute(statement)
