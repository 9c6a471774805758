"""What a note to a contact rests on: the past with them, their blogs, the notes before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class PastRow(NamedTuple):
    """A contact's past in one row; days are ISO text, None for never.

    Attributes:
        exchanges: how many.
        given: how many of them were given.
        last_on: the last day, in any direction.
        thanks_since: since when something waits to be thanked for.
        met_at: where you met, or "".
        added_on: when the contact was added.
        cadence_days: how often to be in touch.
    """

    exchanges: int
    given: int
    last_on: str | None
    thanks_since: str | None
    met_at: str
    added_on: str
    cadence_days: int | None


class LastRow(NamedTuple):
    """An exchange, as far as occasions follow from it; `on_day` is ISO text."""

    direction: str
    channel: str
    on_day: str
    text: str


def past(connection: sqlite3.Connection, contact_id: int) -> PastRow:
    """The past with a contact, who must exist."""
    sql = f"SELECT {', '.join(PastRow._fields)} FROM contact_row WHERE id = ?"
    return PastRow(*connection.execute(sql, (contact_id,)).fetchone())


def last_exchange(connection: sqlite3.Connection, contact_id: int, direction: str = "") -> LastRow | None:
    """The last exchange with a contact, or the last in one direction."""
    sql = (
        f"SELECT {', '.join(LastRow._fields)} FROM exchange WHERE contact_id = ?1 AND (?2 = '' OR direction = ?2)"
        " ORDER BY on_day DESC, id DESC LIMIT 1"
    )
    row = connection.execute(sql, (contact_id, direction)).fetchone()
    return LastRow(*row) if row else None


def blogs(connection: sqlite3.Connection, contact_id: int) -> list[str]:
    """Addresses of a contact's blogs."""
    sql = "SELECT value FROM contact_point WHERE contact_id = ? AND kind = 'blog' ORDER BY id"
    return [str(row[0]) for row in connection.execute(sql, (contact_id,))]


def feed_address(connection: sqlite3.Connection, article_id: int) -> tuple[str, str]:
    """Address and site of the feed that brought an article, each "" when there is none."""
    sql = "SELECT f.url, f.site FROM article a JOIN feed f ON f.id = a.feed_id WHERE a.id = ?"
    row = connection.execute(sql, (article_id,)).fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")
