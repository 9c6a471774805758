"""Exchanges with a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class ExchangeRow(NamedTuple):
    """Something given, received or shared.

    Attributes:
        on_day: ISO text.
        kind: of what was given: article, research, home-made, skill, time, connection, introduction, bulletin,
            bought, other, or "" where it was not said.
        minutes: what it took, or None.
        cost_cents: what it cost, in hundredths of the currency, or None.
        outcome: what came of it, or "".
        asset_id: the asset that was given, or None.
        introduced_id: the contact to whom they were introduced, or None.
        incoming: of mail, whether they wrote it; None of everything else.
    """

    id: int
    uuid: str
    contact_id: int
    direction: str
    channel: str
    on_day: str
    text: str
    note: str
    interest: str
    article_id: int | None
    gift_title: str
    gift_url: str
    kind: str = ""
    minutes: int | None = None
    cost_cents: int | None = None
    outcome: str = ""
    asset_id: int | None = None
    introduced_id: int | None = None
    incoming: int | None = None


_COLUMNS = ", ".join(ExchangeRow._fields)


def history(connection: sqlite3.Connection, contact_id: int, limit: int = -1) -> list[ExchangeRow]:
    """A contact's exchanges, latest first; at most `limit` unless it is -1."""
    sql = f"SELECT {_COLUMNS} FROM exchange_way WHERE contact_id = ? ORDER BY on_day DESC, id DESC LIMIT ?"
    return [ExchangeRow(*row) for row in connection.execute(sql, (contact_id, limit))]


def notes(connection: sqlite3.Connection, contact_id: int, limit: int = 20) -> list[str]:
    """The notes that went out to a contact, latest first."""
    sql = (
        "SELECT note FROM exchange WHERE contact_id = ? AND direction <> 'received' AND note <> ''"
        " ORDER BY id DESC LIMIT ?"
    )
    return [str(row[0]) for row in connection.execute(sql, (contact_id, limit))]
