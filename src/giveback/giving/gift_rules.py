"""What speaks against a gift: rules that warn or refuse, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.keeping.exchanges import Gift
    from giveback.store.questions.contacts import ContactRow


class Concern(NamedTuple):
    """Something that speaks against a gift.

    Attributes:
        level: "warn" can be overridden, "refuse" cannot.
        reason: why, in a few words.
        better: what would be better, or "".
    """

    level: Literal["warn", "refuse"]
    reason: str
    better: str = ""


def concerns(connection: sqlite3.Connection, contact: ContactRow, gift: Gift, today: date) -> list[Concern]:
    """What speaks against giving this to that contact on that day; nothing when it is fine.

    Args:
        connection: the store.
        contact: to whom.
        gift: what.
        today: the local day.
    """
    del connection, contact, gift, today
    return []
