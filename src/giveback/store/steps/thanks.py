"""Schema of asks: to ask for something more thanks nobody, and for a consent nobody else can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_INCOMING = "EXISTS (SELECT 1 FROM exchange_message m WHERE m.exchange_id = {row}.id AND m.incoming)"
_ASKS = "EXISTS (SELECT 1 FROM follow_up f WHERE f.kind = 'waiting' AND f.exchange_id = o.id)"

TALLY = f"""
    INSERT OR REPLACE INTO contact_tally
    SELECT {{contact}}, count(*),
        coalesce(sum(direction = 'given'), 0), coalesce(sum(direction = 'received'), 0),
        max(on_day), max(CASE WHEN direction <> 'received' AND NOT {_INCOMING.format(row="exchange")} THEN on_day END),
        (SELECT min(r.on_day) FROM exchange r WHERE r.contact_id = {{contact}} AND r.direction = 'received'
            AND coalesce((r.on_day, r.id) > (SELECT o.on_day, o.id FROM exchange o
                WHERE o.contact_id = {{contact}} AND o.direction <> 'received'
                AND NOT {_INCOMING.format(row="o")} AND NOT {_ASKS}
                ORDER BY o.on_day DESC, o.id DESC LIMIT 1), 1))
    FROM exchange WHERE contact_id = {{contact}};
"""
"""Counts one contact's exchanges again; `{contact}` is its number, or an expression for it."""

_COUNTED = "NOT EXISTS (SELECT 1 FROM tally_bulk)"
_OF = "(SELECT e.contact_id FROM exchange e JOIN contact c ON c.id = e.contact_id WHERE e.id = {row}.exchange_id)"


def _follow_up(what: str, row: str) -> str:
    """An ask is one from when its follow-up is there, which comes after its exchange."""
    contact = _OF.format(row=row)
    return f"""CREATE TRIGGER follow_up_{what}_tally AFTER {what} ON follow_up
    WHEN {row}.kind = 'waiting' AND {_COUNTED} AND {contact} IS NOT NULL
    BEGIN {TALLY.format(contact=contact)} END"""


def _turned(row: str) -> str:
    """What turns out to be an ask later, or no longer: an exchange that comes back finds its follow-up after it."""
    contact = _OF.format(row=row)
    return f"""CREATE TRIGGER follow_up_turned_{row}_tally AFTER UPDATE OF exchange_id, kind ON follow_up
    WHEN {row}.kind = 'waiting' AND {_COUNTED} AND {contact} IS NOT NULL
    BEGIN {TALLY.format(contact=contact)} END"""


def _message(what: str, row: str) -> str:
    contact = _OF.format(row=row)
    return f"""CREATE TRIGGER exchange_message_{what}_tally AFTER {what} ON exchange_message
    WHEN {_COUNTED} AND {contact} IS NOT NULL BEGIN {TALLY.format(contact=contact)} END"""


_STATEMENTS = (
    *(f"DROP TRIGGER exchange_{what}_tally" for what in ("insert", "update", "delete")),
    *(f"DROP TRIGGER exchange_message_{what}_tally" for what in ("insert", "update", "delete")),
    "CREATE INDEX follow_up_asked ON follow_up (exchange_id) WHERE kind = 'waiting'",
    f"""CREATE TRIGGER exchange_insert_tally AFTER INSERT ON exchange WHEN {_COUNTED} BEGIN
    {TALLY.format(contact="new.contact_id")} END""",
    f"""CREATE TRIGGER exchange_update_tally AFTER UPDATE OF contact_id, direction, on_day ON exchange
    WHEN {_COUNTED} BEGIN {TALLY.format(contact="old.contact_id")} {TALLY.format(contact="new.contact_id")} END""",
    f"""CREATE TRIGGER exchange_delete_tally AFTER DELETE ON exchange
    WHEN {_COUNTED} AND EXISTS (SELECT 1 FROM contact WHERE id = old.contact_id)
    BEGIN {TALLY.format(contact="old.contact_id")} END""",
    *(_message(what, row) for what, row in (("insert", "new"), ("update", "new"), ("delete", "old"))),
    *(_follow_up(what, row) for what, row in (("insert", "new"), ("delete", "old"))),
)
_DUE = """CREATE VIEW due_follow_up AS
SELECT f.*,
    CASE f.kind WHEN 'waiting' THEN (SELECT max(e.on_day) FROM exchange_way e WHERE e.contact_id = f.contact_id
        AND e.on_day > f.since_on AND NOT e.from_them) END AS nudged_on,
    CASE f.kind WHEN 'waiting' THEN EXISTS (SELECT 1 FROM ask a JOIN ask b ON b.target_id = a.target_id
        JOIN follow_up g ON g.id = b.follow_up_id
        WHERE a.follow_up_id = f.id AND b.contact_id <> a.contact_id AND g.since_on > f.since_on)
        ELSE 0 END AS turned,
    CASE f.kind WHEN 'waiting' THEN EXISTS (SELECT 1 FROM ask a
        WHERE a.follow_up_id = f.id AND a.introduction_id IS NOT NULL) ELSE 0 END AS consent,
    CASE f.kind WHEN 'reminder' THEN EXISTS (SELECT 1 FROM help h WHERE h.stay_id = f.id) ELSE 0 END AS stays,
    CASE f.kind WHEN 'reminder' THEN EXISTS (SELECT 1 FROM exchange_way e WHERE e.contact_id = f.contact_id
        AND e.on_day >= f.due_on AND NOT e.from_them) ELSE 0 END AS touched
FROM open_follow_up f"""
_ASKED = "SELECT DISTINCT e.contact_id FROM exchange e JOIN follow_up f ON f.exchange_id = e.id AND f.kind = 'waiting'"


def keep_thanks_due(connection: sqlite3.Connection) -> None:
    """Count thanks anew, also for those who were asked before."""
    for statement in (*_STATEMENTS, "DROP VIEW due_follow_up", _DUE):
        connection.execute(statement)
    _count_asked(connection)


def count_turned_asks(connection: sqlite3.Connection) -> None:
    """Count again when a follow-up comes to belong to an exchange, as when the deletion of one is undone."""
    for row in ("old", "new"):
        connection.execute(_turned(row))
    _count_asked(connection)


def _count_asked(connection: sqlite3.Connection) -> None:
    asked = connection.execute(_ASKED).fetchall()
    connection.executemany(TALLY.format(contact="?1"), asked)
