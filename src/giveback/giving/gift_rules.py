"""What speaks against a gift: the rules of `giving.rules`, asked with what the store knows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from giveback.giving.rules.judging import Concern, Past, Person, Thing, judge
from giveback.store.questions import gifts as questions

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.rules.book import Book
    from giveback.keeping.exchanges import Gift
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.gifts import GivenRow, LimitRow

__all__ = ["Concern", "concerns"]


def concerns(
    connection: sqlite3.Connection, contact: ContactRow, gift: Gift, today: date, folder: str = ""
) -> list[Concern]:
    """What speaks against giving this to that contact on that day; nothing when it is fine.

    Args:
        connection: the store.
        contact: to whom.
        gift: what.
        today: the local day it is given.
        folder: the configuration folder, where the user's own rules are.

    Raises:
        UsageError: the user's rules cannot be read.
    """
    from giveback.giving.rules.book import load

    book = load(folder)
    person = person_of(contact.name, questions.limits(connection, contact.id), book)
    past = [past_of(row) for row in questions.given(connection, contact.id)]
    return judge(thing_of(connection, gift), person, past, book, today)


def thing_of(connection: sqlite3.Connection, gift: Gift) -> Thing:
    """The rules' view of a gift; of an asset also what is said of it."""
    from giveback.store.questions.assets import one

    asset = one(connection, gift.asset_id) if gift.asset_id is not None else None
    details = f"{asset.text}\n{asset.topics}".strip() if asset else ""
    kind = gift.kind or ("article" if gift.article_id is not None else "")
    return Thing(gift.title, kind, gift.cost_cents, gift.url, details, gift.article_id, gift.asset_id)


def person_of(name: str, limit: LimitRow, book: Book) -> Person:
    """The rules' view of a contact; a policy that the rules no longer have counts as none."""
    allergies = tuple(part.strip() for part in limit.allergies.split(",") if part.strip())
    policy = book.policies.get(limit.policy)
    return Person(name, limit.cap_cents, limit.year_cap_cents, limit.no_food, allergies, policy)


def past_of(row: GivenRow) -> Past:
    """The rules' view of something that was given."""
    day = date.fromisoformat(row.on_day)
    return Past(day, row.title, row.kind, row.cost_cents, row.article_id, row.asset_id)
