"""One article for each person, none for two: the assignment problem, by auction.

Bertsekas, The Auction Algorithm: A Distributed Relaxation Method for the Assignment Problem (1988).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVED = 1.0
"""Worth of being served at all: nobody goes without so that another is served a little better."""
STEP = 0.005
"""The least raise of a bid: the total falls short of the best one by so much for each person, at the most."""


def assign(wishes: Mapping[int, Mapping[int, float]]) -> dict[int, int]:
    """Give each person an article so that nobody who can be served goes without, and the total is the best.

    First come, first served would give an article that two people like to whoever has the lower number, even where
    the other has nothing else. In an auction, people bid for what is worth most to them above its price, by as much as
    their second choice is worth less; whoever is outbid bids again, and gives up when nothing is worth its price.

    Args:
        wishes: person to article to what it is worth, above 0 and at most 1.

    Returns:
        Person to article; absent are those for whom nothing is left. The same for the same wishes.
    """
    prices: dict[int, float] = {}
    owner: dict[int, int] = {}
    waiting = deque(sorted(person for person in wishes if wishes[person]))
    while waiting:
        person = waiting.popleft()
        margins = sorted(((SERVED + worth - prices.get(each, 0.0), -each) for each, worth in wishes[person].items()))
        margin, article = margins[-1][0], -margins[-1][1]
        if margin <= 0:
            continue
        second = max(margins[-2][0] if len(margins) > 1 else 0.0, 0.0)
        prices[article] = prices.get(article, 0.0) + margin - second + STEP
        if article in owner:
            waiting.append(owner[article])
        owner[article] = person
    return {person: article for article, person in owner.items()}
