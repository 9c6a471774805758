"""Whom I neglect, whom I have not thanked, whom I am about to overwhelm: pure rules, and no score."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

TWICE = 2
"""Somebody is neglected when their cadence has run out twice over."""
SHORT_DAYS = 14
"""Days within which several gifts and asks without an answer are too many."""
SEVERAL = 3


class Standing(NamedTuple):
    """What the rules need to know about one contact.

    Attributes:
        contact_id: the contact.
        name: as it is shown.
        name_key: as it sorts.
        added_on: the day the contact was added.
        cadence_days: how often to be in touch; None for no cadence.
        last_on: the last exchange in any direction; None for none.
        thanks_since: the earliest help that nothing given or shared has followed; None when all is thanked.
        outgoing: days of gifts and asks, later than anything that came back, in any order.
    """

    contact_id: int
    name: str
    name_key: str
    added_on: date
    cadence_days: int | None = None
    last_on: date | None = None
    thanks_since: date | None = None
    outgoing: Sequence[date] = ()


class Noticed(NamedTuple):
    """Somebody to think of.

    Attributes:
        standing: who.
        since: since when: the last exchange, the help, or the first of what had no answer.
        unanswered: how many gifts and asks had no answer; 0 where that is not the point.
    """

    standing: Standing
    since: date
    unanswered: int = 0


class Balance(NamedTuple):
    """What to keep in balance.

    Attributes:
        neglected: longest past their cadence first.
        unthanked: who helped longest ago first.
        overwhelmed: who got most without an answer first.
    """

    neglected: list[Noticed]
    unthanked: list[Noticed]
    overwhelmed: list[Noticed]


def balance(standings: Iterable[Standing], today: date) -> Balance:
    """Look for neglect, missing thanks and too much of a good thing.

    Args:
        standings: contacts, each once.
        today: the local day.
    """
    everybody = list(standings)
    neglected = [found for one in everybody if (found := neglect(one, today))]
    unthanked = [Noticed(one, one.thanks_since) for one in everybody if one.thanks_since and one.thanks_since < today]
    overwhelmed = [found for one in everybody if (found := overwhelm(one, today))]
    return Balance(
        sorted(neglected, key=lambda each: (-_times(each, today), each.standing.name_key)),
        sorted(unthanked, key=lambda each: (each.since, each.standing.name_key)),
        sorted(overwhelmed, key=lambda each: (-each.unanswered, each.since, each.standing.name_key)),
    )


def neglect(one: Standing, today: date) -> Noticed | None:
    """Whether somebody is neglected: twice their cadence without a word in either direction."""
    since = one.last_on or one.added_on
    if one.cadence_days is None or (today - since).days < TWICE * one.cadence_days:
        return None
    return Noticed(one, since)


def overwhelm(one: Standing, today: date) -> Noticed | None:
    """Whether somebody is about to be overwhelmed: several gifts and asks in a short time, and nothing came back."""
    lately = [day for day in one.outgoing if today - timedelta(SHORT_DAYS) < day <= today]
    return Noticed(one, min(lately), len(lately)) if len(lately) >= SEVERAL else None


def _times(each: Noticed, today: date) -> float:
    return (today - each.since).days / (each.standing.cadence_days or 1)


def standings(connection: sqlite3.Connection, today: date) -> list[Standing]:
    """What the rules need to know of everybody who is not archived."""
    from giveback.store.questions.balance import standing_rows, unanswered

    outgoing = unanswered(connection, (today - timedelta(SHORT_DAYS)).isoformat())
    return [
        Standing(
            row.id,
            row.name,
            row.name_key,
            date.fromisoformat(row.added_on),
            row.cadence_days,
            _day(row.last_on),
            _day(row.thanks_since),
            [date.fromisoformat(day) for day in outgoing.get(row.id, ())],
        )
        for row in standing_rows(connection)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
