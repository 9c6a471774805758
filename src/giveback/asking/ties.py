"""How a tie is: when it was used last, what went each way. Weak and dormant ties are worth most to who searches.

Weak ties reach people and news that close friends, who know each other, do not have (Mark Granovetter, "The
Strength of Weak Ties", American Journal of Sociology 78, 1973, pages 1360-1380). Dormant ties, close once and
silent for years, bring what is new as weak ones do, and keep the trust of strong ones (Daniel Levin, Jorge Walter
and Keith Murnighan, "Dormant Ties: The Value of Reconnecting", Organization Science 22, 2011, pages 923-939).
So neither is sorted below a tie that was used yesterday.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from giveback.dates import say_day

WARM_DAYS = 60
WEAK_DAYS = 365
"""Silent for longer than this a tie is dormant."""

Warmth = Literal["warm", "weak", "dormant", "new"]
WORTH: dict[Warmth, int] = {"dormant": 3, "weak": 3, "warm": 2, "new": 0}
"""What settles the order between paths of one kind; never shown."""


class Tie(NamedTuple):
    """The tie to one contact.

    Attributes:
        warmth: "warm" (within 60 days), "weak" (within a year), "dormant", or "new" when nothing was exchanged.
        last_on: the last exchange in any direction.
        given: how often something was given to them.
        received: how often something was received from them.
    """

    warmth: Warmth
    last_on: date | None
    given: int
    received: int


def tie(last_on: str | None, given: int, received: int, today: date) -> Tie:
    """The tie to a contact.

    Args:
        last_on: the last exchange, ISO text; None for none.
        given: how often something was given.
        received: how often something was received.
        today: the local day.
    """
    if last_on is None:
        return Tie("new", None, given, received)
    last = date.fromisoformat(last_on)
    silent = (today - last).days
    warmth: Warmth = "warm" if silent <= WARM_DAYS else "weak" if silent <= WEAK_DAYS else "dormant"
    return Tie(warmth, last, given, received)


def say_tie(known: Tie, today: date) -> str:
    """A tie in a few words: "dormant, last 3 Mar 2024; given 2, received 1"."""
    if known.last_on is None:
        return "new: nothing exchanged yet"
    counts = ", ".join(
        f"{word} {count}" for word, count in (("given", known.given), ("received", known.received)) if count
    )
    return f"{known.warmth}, last {say_day(known.last_on, today)}" + (
        f"; {counts}" if counts else "; nothing given yet"
    )
