"""The order of offers: what suits best, what takes little, and not always the same kind. Pure over values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.giving.offers.values import Offer, Ranked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IN_A_ROW = 3
"""So many of a kind may follow each other, those given lately among them; one more only where there is no other."""
AGAIN = 0.75
"""What a further offer of a kind counts for each one before it."""
LATELY = 0.85
"""The same, for each that was given lately."""
EFFORT = ((5, 1.0), (15, 0.9), (30, 0.8), (60, 0.65), (120, 0.5))
"""Minutes up to which an offer keeps which share: the five-minute favour comes first."""
MOST_EFFORT = 0.4


def effort(minutes: int) -> float:
    """The share that effort leaves: 1 up to five minutes, less for more, never more for more."""
    return next((share for most, share in EFFORT if minutes <= most), MOST_EFFORT)


def ranked(offers: Iterable[Offer], lately: Sequence[str], limit: int) -> list[Ranked]:
    """Put offers in order.

    Args:
        offers: what could be given; what may not be, must be left out before.
        lately: kinds of what they were given last, latest first.
        limit: at most so many.

    Returns:
        Best first, each with what its place takes off. At no place is there an offer of a kind of which the three
        before it are, those given lately among them, unless all that is left is of that kind.
    """
    left, chosen = list(offers), list[Ranked]()
    while left and len(chosen) < limit:
        before = [*(each.offer.kind for each in reversed(chosen)), *lately]
        tired = _tired(before)
        fresh = [offer for offer in left if offer.kind != tired] or left
        best = min((_placed(offer, chosen, lately) for offer in fresh), key=_order)
        chosen.append(best)
        left.remove(best.offer)
    return chosen


def _order(each: Ranked) -> tuple[float, int, str, str]:
    """The best score first, then the least effort; kind and title make the order total."""
    return -round(each.score, 9), each.offer.minutes, each.offer.kind, each.offer.title


def _tired(before: Sequence[str]) -> str | None:
    """The kind of which nothing should come now: that of all three before."""
    last = before[:IN_A_ROW]
    return last[0] if len(last) == IN_A_ROW and len(set(last)) == 1 else None


def _placed(offer: Offer, chosen: Sequence[Ranked], lately: Sequence[str]) -> Ranked:
    times = sum(each.offer.kind == offer.kind for each in chosen)
    recent = lately[:IN_A_ROW].count(offer.kind)
    return Ranked(offer, effort(offer.minutes), AGAIN**times * LATELY**recent)
