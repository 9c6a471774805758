"""Before an event: of everybody who will be there, what to bring up, what to give, and whom to introduce to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.asking.offering import best
from giveback.giving.offers.introductions import meetings
from giveback.keeping.followups import reasons_for
from giveback.store.questions import contacts as ask_contacts
from giveback.store.questions import events as questions
from giveback.store.questions import offers as offers_questions
from giveback.store.questions.exchanges import history

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.giving.choices import Choice
    from giveback.giving.offers.introductions import Meeting
    from giveback.giving.offers.values import Offer
    from giveback.giving.rules.book import Book
    from giveback.keeping.rules import Reason
    from giveback.matching.embedding import Embedder
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.exchanges import ExchangeRow

AHEAD_DAYS = 14
"""Reasons to be in touch that fall due so soon after an event can be dealt with there."""


class Guest(NamedTuple):
    """Somebody who will be there.

    Attributes:
        contact: who.
        interests: what they care about, to bring up.
        last: the last exchange, or None.
        reasons: what is open between you: promises, thanks, asks.
        gift: the best thing to give that needs no other person, or None.
        introductions: others who will be there, and why to introduce them.
    """

    contact: ContactRow
    interests: list[str]
    last: ExchangeRow | None
    reasons: list[Reason]
    gift: Offer | None
    introductions: list[Meeting]


class Tools(NamedTuple):
    """What offers are ranked with: how articles are chosen, the rules of gifts, and closeness in meaning."""

    choice: Choice
    book: Book
    embedder: Embedder | None


def prepare(connection: sqlite3.Connection, event_id: int, on: date, today: date, tools: Tools) -> list[Guest]:
    """What to know of each guest of an event.

    Args:
        connection: the store.
        event_id: the event.
        on: its day.
        today: the local day.
        tools: what offers are ranked with.
    """
    numbers = questions.guests(connection, event_id)
    rows = ask_contacts.some(connection, numbers)
    pairs = _pairs(connection, numbers, tools.embedder)
    ahead = max(0, (on - today).days) + AHEAD_DAYS
    found = []
    for number in numbers:
        reasons = reasons_for(connection, number, today, ahead)
        found.append(
            Guest(
                rows[number],
                [row.phrase for row in ask_contacts.interests(connection, number) if not row.avoid],
                next(iter(history(connection, number, 1)), None),
                [reason for reason in reasons if reason.kind != "cadence"],
                _gift(connection, number, today, tools),
                pairs.get(number, []),
            )
        )
    return found


def _gift(connection: sqlite3.Connection, contact_id: int, today: date, tools: Tools) -> Offer | None:
    """The best thing to give that needs no third person."""
    items = best(connection, contact_id, today, tools.choice, tools.book).items
    return items[0].offer if items else None


def _pairs(connection: sqlite3.Connection, numbers: list[int], embedder: Embedder | None) -> dict[int, list[Meeting]]:
    """Guests who should meet, each pair once, with the one who comes first."""
    people = {number: row for number, row in offers_questions.people(connection).items() if number in numbers}
    wishes = [wish for wish in offers_questions.wishes(connection) if wish.contact_id in people]
    found: dict[int, list[Meeting]] = {}
    told: set[frozenset[int]] = set()
    for number, person in people.items():
        known = offers_questions.introduced(connection, number)
        for meeting in meetings(person, people, wishes, known, embedder):
            pair = frozenset((number, meeting.other.id))
            if pair not in told:
                told.add(pair)
                found.setdefault(number, []).append(meeting)
    return found
