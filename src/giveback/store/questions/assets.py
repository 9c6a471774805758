"""What I have to offer, and to whom it went last."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class AssetRow(NamedTuple):
    """Something that I can offer.

    Attributes:
        topics: phrases, joined by ", ".
        minutes: what giving it takes, or None.
        cost_cents: what it costs, in hundredths of the currency, or None.
        source_url: where it was published, or "".
        company: what it is about, or "".
        created_at: UTC text.
        retired_at: UTC text, or None while it is offered.
        given: how often it was given.
        last_on: the ISO day it was given last, or None.
        last_to: the name of whoever it was given to last, or "".
    """

    id: int
    uuid: str
    kind: str
    title: str
    text: str
    topics: str
    minutes: int | None
    cost_cents: int | None
    source_url: str
    company: str
    created_at: str
    retired_at: str | None
    given: int
    last_on: str | None
    last_to: str


_SQL = (
    "SELECT a.id, a.uuid, a.kind, a.title, a.text, a.topics, a.minutes, a.cost_cents, a.source_url, a.company,"
    " a.created_at, a.retired_at,"
    " (SELECT count(*) FROM exchange e WHERE e.asset_id = a.id AND e.direction = 'given'),"
    " (SELECT max(e.on_day) FROM exchange e WHERE e.asset_id = a.id AND e.direction = 'given'),"
    " coalesce((SELECT c.name FROM exchange e JOIN contact c ON c.id = e.contact_id"
    "  WHERE e.asset_id = a.id AND e.direction = 'given' ORDER BY e.on_day DESC, e.id DESC LIMIT 1), '')"
    " FROM asset a"
)


def assets(connection: sqlite3.Connection, *, retired: bool = False) -> list[AssetRow]:
    """What I have to offer, in the order it was added; with `retired` also what I no longer do."""
    where = "" if retired else " WHERE a.retired_at IS NULL"
    return [AssetRow(*row) for row in connection.execute(f"{_SQL}{where} ORDER BY a.id")]


def one(connection: sqlite3.Connection, asset_id: int) -> AssetRow | None:
    """The asset of that number."""
    row = connection.execute(f"{_SQL} WHERE a.id = ?", (asset_id,)).fetchone()
    return AssetRow(*row) if row else None
