"""Promises that a gift keeps, and those that it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.store.questions.followups import open_ones
from giveback.text import words

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from sqlmodel import Session

    from giveback.keeping.exchanges import Gift
    from giveback.store.questions.followups import FollowUpRow

_FRAME = frozenset(
    {
        *("send", "bring", "give", "lend", "mail", "email", "post", "share", "show", "make", "find", "get", "pass"),
        *("him", "her", "them", "you", "over", "along", "a", "an", "the", "my", "our", "some", "that", "this"),
    }
)
"""Words that a promise begins with before it says what was promised."""


class Promised(NamedTuple):
    """The open promises to a contact.

    Attributes:
        kept: those that a gift keeps.
        left: the others.
    """

    kept: tuple[FollowUpRow, ...]
    left: tuple[FollowUpRow, ...]


def promised(connection: sqlite3.Connection, contact_id: int, gift: Gift, on: date) -> Promised:
    """What had been promised to a contact when something was given.

    Args:
        connection: the store.
        contact_id: to whom.
        gift: what was given.
        on: the day; what was promised later is neither kept by it nor left open.
    """
    day = on.isoformat()
    rows = [row for row in open_ones(connection, contact_id) if row.kind == "promise" and row.since_on <= day]
    kept = tuple(row for row in rows if is_kept(row.text, gift))
    return Promised(kept, tuple(row for row in rows if row not in kept))


def is_kept(promise: str, gift: Gift) -> bool:
    """Whether a gift is the very thing that was promised.

    It is where the promise names its address or its whole title. One word is a title only where it is all that was
    promised: "time" is not named by "make time for coffee". What is neither article nor asset has no title of its own,
    so there it is enough that the user's words for it hold all that was promised.

    Args:
        promise: what was promised, in a few words.
        gift: what was given.
    """
    if gift.url and _bare(gift.url) in map(_bare, promise.split()):
        return True
    said, title = _thing(promise), _thing(gift.title)
    if not said or not title:
        return False
    if said == title:
        return True
    has_title = gift.article_id is not None or gift.asset_id is not None
    return _holds(said, title) or (not has_title and _holds(title, said))


def _bare(address: str) -> str:
    return address.casefold().rstrip("/.,;)")


def _thing(said: str) -> list[str]:
    """The words of a promise or a title, without those that it begins with."""
    found = words(said)
    first = next((place for place, word in enumerate(found) if word not in _FRAME), len(found))
    return found[first:]


def _holds(longer: list[str], part: list[str]) -> bool:
    """Whether two words or more stand in others, in a row."""
    size = len(part)
    return size > 1 and any(longer[place : place + size] == part for place in range(len(longer) - size + 1))


def keep(session: Session, contact_id: int, gift: Gift, on: date) -> Promised:
    """Tick off the promises that a gift keeps, in the unit of work that logs it.

    Args:
        session: an open unit of work.
        contact_id: to whom.
        gift: what is given.
        on: the day.

    Returns:
        What had been promised.
    """
    from giveback.store.changes import connection_of
    from giveback.store.tables import FollowUp

    found = promised(connection_of(session), contact_id, gift, on)
    for each in found.kept:
        row = session.get(FollowUp, each.id)
        assert row is not None
        row.done_on = on
        session.add(row)
    return found
