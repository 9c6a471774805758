"""What a contact may be given, and what they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class LimitRow(NamedTuple):
    """Limits of gifts to a contact.

    Attributes:
        cap_cents: the most for an occasion, in hundredths of the currency, or None.
        year_cap_cents: the most in a year, or None.
        no_food: nothing to eat or drink.
        allergies: words as they were said, joined by ", ".
        policy: the name of an employer's policy, or "".
    """

    cap_cents: int | None = None
    year_cap_cents: int | None = None
    no_food: bool = False
    allergies: str = ""
    policy: str = ""


def limits(connection: sqlite3.Connection, contact_id: int) -> LimitRow:
    """The limits of gifts to a contact; all empty when there are none."""
    sql = "SELECT cap_cents, year_cap_cents, no_food, allergies, policy FROM gift_limit WHERE contact_id = ?"
    row = connection.execute(sql, (contact_id,)).fetchone()
    return LimitRow(row[0], row[1], bool(row[2]), row[3], row[4]) if row else LimitRow()


class GivenRow(NamedTuple):
    """Something that a contact was given; `on_day` is ISO text, amounts are in hundredths."""

    on_day: str
    kind: str
    title: str
    cost_cents: int | None
    article_id: int | None
    asset_id: int | None


def given(connection: sqlite3.Connection, contact_id: int, since: str = "") -> list[GivenRow]:
    """What a contact was given since an ISO day, latest first."""
    sql = (
        "SELECT on_day, kind, coalesce(nullif(gift_title, ''), text), cost_cents, article_id, asset_id FROM exchange"
        " WHERE contact_id = ? AND direction = 'given' AND on_day >= ? ORDER BY on_day DESC, id DESC"
    )
    return [GivenRow(*row) for row in connection.execute(sql, (contact_id, since))]
