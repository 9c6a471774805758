"""The morning: who is due, and the best thing to give each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.choices import Choice
from giveback.giving.suggestions import Suggestion, suggest
from giveback.keeping.followups import due
from giveback.store.questions import contacts as questions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import date

    from giveback.keeping.rules import FollowUp
    from giveback.store.questions.contacts import ContactRow

NEXT = Choice(limit=1, reasons=False)
"""One article, and no words for it."""


class Line(NamedTuple):
    """One person who is due.

    Attributes:
        contact: who.
        follow_up: why, how late, and how many reasons more.
        gift: the best article to give, or None.
    """

    contact: ContactRow
    follow_up: FollowUp
    gift: Suggestion | None


class Morning(NamedTuple):
    """Who is due: the first lines, and how many there are altogether."""

    lines: list[Line]
    total: int


def morning(
    connection: sqlite3.Connection,
    today: date,
    *,
    within_days: int = 0,
    limit: int = 0,
    choice: Choice = NEXT,
    only: Iterable[int] | None = None,
) -> Morning:
    """Everybody who is due, most pressing first, each with the best thing to give.

    Args:
        connection: the store.
        today: the local day.
        within_days: how far to look ahead.
        limit: at most so many lines; 0 for all.
        choice: what may be given: kinds that are welcome, weak interests; one article each.
        only: numbers of the contacts to look at; None for all.
    """
    found = due(connection, today, within_days=within_days, limit=limit, only=only)
    rows = questions.some(connection, (line.contact_id for line in found.lines))
    lines = []
    for line in found.lines:
        best = suggest(connection, line.contact_id, today, choice).items
        lines.append(Line(rows[line.contact_id], line, best[0] if best else None))
    return Morning(lines, found.total)
