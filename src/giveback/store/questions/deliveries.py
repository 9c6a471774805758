"""What has become of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3

OPEN = ("draft", "failed", "refused", "sending")
"""States that ask for something to be done."""


class DeliveryRow(NamedTuple):
    """A message to one recipient.

    Attributes:
        id: its number.
        uuid: its stable name.
        purpose: what for: gift, bulletin, introduction.
        key: what tells it from others of that purpose.
        contact_id: to whom.
        contact: their name.
        contact_uuid: their stable name.
        recipient: the address, "" when there was none.
        subject: its subject.
        message_id: with angle brackets.
        state: draft, sending (begun, and its end is not known), sent, failed (it may be tried again), refused,
            bounced, or dropped.
        error: what the server or the network said last, or "".
        attempts: how often it was tried.
        began_at: when the last attempt began, UTC text, or None.
        sent_at: when the server took it, UTC text, or None.
        created_at: when it was written, UTC text.
        kept: whether its text is still here.
    """

    id: int
    uuid: str
    purpose: str
    key: str
    contact_id: int
    contact: str
    contact_uuid: str
    recipient: str
    subject: str
    message_id: str
    state: str
    error: str
    attempts: int
    began_at: str | None
    sent_at: str | None
    created_at: str
    kept: bool


_SELECT = "SELECT " + ", ".join(f'"{name}"' for name in DeliveryRow._fields) + " FROM delivery_row"


def _row(values: tuple[object, ...]) -> DeliveryRow:
    row = DeliveryRow(*values)  # type: ignore[arg-type]  # the columns of _SELECT
    return row._replace(kept=bool(row.kept))


def one(connection: sqlite3.Connection, number: int) -> DeliveryRow | None:
    """A message by its number."""
    found = connection.execute(f"{_SELECT} WHERE id = ?", (number,)).fetchone()
    return _row(found) if found else None


def keyed(connection: sqlite3.Connection, purpose: str, key: str) -> DeliveryRow | None:
    """A message by what it is for."""
    found = connection.execute(f'{_SELECT} WHERE purpose = ? AND "key" = ?', (purpose, key)).fetchone()
    return _row(found) if found else None


def of_purpose(connection: sqlite3.Connection, purpose: str, prefix: str = "") -> list[DeliveryRow]:
    """All messages of a purpose whose keys begin so, oldest first."""
    found = connection.execute(
        f'{_SELECT} WHERE purpose = ?1 AND substr("key", 1, length(?2)) = ?2 ORDER BY id', (purpose, prefix)
    )
    return [_row(each) for each in found]


def listed(connection: sqlite3.Connection, *, done: bool = False) -> list[DeliveryRow]:
    """Messages that ask for something to be done, newest first; with `done` all of them."""
    where = "" if done else f" WHERE state IN ({', '.join('?' * len(OPEN))})"
    return [_row(each) for each in connection.execute(f"{_SELECT}{where} ORDER BY id DESC", () if done else OPEN)]


def waiting(connection: sqlite3.Connection) -> int:
    """How many messages ask for something to be done."""
    where = ", ".join("?" * len(OPEN))
    return int(connection.execute(f"SELECT count(*) FROM delivery_row WHERE state IN ({where})", OPEN).fetchone()[0])


def text_of(connection: sqlite3.Connection, number: int) -> tuple[bytes, str] | None:
    """A message as it goes over the line, and the record of what is logged once it is sent; None when it is gone."""
    found = connection.execute("SELECT message, record FROM delivery WHERE id = ?", (number,)).fetchone()
    return (str(found[0]).encode(), str(found[1])) if found and found[0] is not None else None
