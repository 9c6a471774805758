"""What follow-ups are computed from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


class FollowUpRow(NamedTuple):
    """An open follow-up that a person made; days are ISO text.

    `nudged_on`, `turned` and `consent` (to an introduction) are of asks; `stays` marks a reminder to stay in touch
    after help, `touched` that something went out to the person since it fell due.
    """

    id: int
    uuid: str
    contact_id: int
    kind: str
    text: str
    since_on: str
    due_on: str | None
    nudges: int
    answered: bool
    nudged_on: str | None
    turned: bool
    consent: bool
    stays: bool
    touched: bool


Anchor = tuple[int, str, str, "int | None", "str | None", "str | None", "str | None"]
"""See `anchors`."""


def anchors(connection: sqlite3.Connection, contact_id: int | None = None) -> Iterator[Anchor]:
    """One light row for each contact that is not archived, or for one of them.

    Yields:
        id, folded name, added_on, cadence_days, last_on, thanks_since, snoozed_until;
        days are ISO text.
    """
    sql = (
        "SELECT c.id, c.name_key, c.added_on, c.cadence_days, t.last_on,"
        " t.thanks_since, c.snoozed_until"
        " FROM contact c LEFT JOIN contact_tally t ON t.contact_id = c.id WHERE c.archived_at IS NULL"
    )
    if contact_id is None:
        yield from connection.execute(sql)
    else:
        yield from connection.execute(f"{sql} AND c.id = ?", (contact_id,))


_COLUMNS = ", ".join(FollowUpRow._fields)


def open_ones(connection: sqlite3.Connection, contact_id: int | None = None) -> list[FollowUpRow]:
    """Promises, reminders, waiting and outcomes that are not done, of one contact or of all."""
    sql = f"SELECT {_COLUMNS} FROM due_follow_up"
    values: tuple[object, ...] = ()
    if contact_id is not None:
        sql, values = sql + " WHERE contact_id = ?", (contact_id,)
    return [FollowUpRow(*row) for row in connection.execute(sql + " ORDER BY id", values)]


def holidays(connection: sqlite3.Connection) -> frozenset[date]:
    """The days that are no business days, as they were kept when somebody was asked."""
    return frozenset(date.fromisoformat(row[0]) for row in connection.execute("SELECT day FROM holiday"))
