"""Which articles stay among the best for an interest: by score, and by how long they will last."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

FLOOR = 0.12
"""Nothing is kept that scores less by the interest's own words: it would be no gift, only the least bad."""
SAMPLE = 4_000
"""Articles that tell how good one must be to be worth a closer look."""
SLACK = 1e-4
"""How far a score of single precision may be off; candidates are compared exactly."""


class Standing(NamedTuple):
    """What is kept for an interest now: arrays of one length, by article."""

    ids: NDArray[np.int64]
    score: NDArray[np.float64]
    lasting: NDArray[np.float64]

    def joined(self, other: Standing) -> Standing:
        """These, and behind them others."""
        import numpy as np

        return Standing(
            np.concatenate([self.ids, other.ids]),
            np.concatenate([self.score, other.score]),
            np.concatenate([self.lasting, other.lasting]),
        )


class Offers(NamedTuple):
    """Articles offered for one interest, (n,) each.

    Attributes:
        score: with everything that was added and taken off.
        own: without what feedback and avoided interests add and take off.
        fresh: share of the score that is left when the newest of them is new, so at most 1.
        newest: its day, divided by the half-life: the logarithm of `fresh` counts from there.
    """

    score: NDArray[np.float32]
    own: NDArray[np.float32]
    fresh: NDArray[np.float32]
    newest: float


def contenders(
    offers: Offers, standing: Standing, count: int, is_open: Callable[[NDArray[np.int64]], NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """Find the articles that may come to stand among the best; a few too many.

    Args:
        offers: all that are offered.
        standing: what is kept now.
        count: how many are kept by score; half as many more by how long they will last.
        is_open: tells of some places whether an article may be kept at all; asked of few.

    Returns:
        Places among the offers, ascending; some may not be open.
    """
    import numpy as np

    lasting = np.maximum(offers.score, FLOOR) * offers.fresh
    columns = (
        (offers.score, standing.score, count),
        (lasting, np.exp2(standing.lasting - offers.newest), max(1, count // 2)),
    )
    bars = [_highest(there, few) for _, there, few in columns]
    if -np.inf in bars and len(lasting) > 2 * count:
        # However many better ones there are: the best of a sample set a bar.
        places = _sample(offers.own, [(values, 2 * few) for values, _, few in columns])
        places = places[is_open(places)]
        bars = [_highest(np.concatenate([there, values[places]]), few) for values, there, few in columns]
    bars = [bar - SLACK * abs(bar) if bar > -np.inf else bar for bar in bars]
    return np.flatnonzero(((offers.score >= bars[0]) | (lasting >= bars[1])) & (offers.own >= FLOOR))


def _sample(own: NDArray[np.float32], columns: list[tuple[NDArray[np.float32], int]]) -> NDArray[np.int64]:
    """Of every so manieth article that is good enough, those with the highest values in any column."""
    import numpy as np

    places = np.arange(0, len(own), max(1, len(own) // SAMPLE))
    places = places[own[places] >= FLOOR]
    found = [
        places[np.argpartition(values[places], -few)[-few:]] if len(places) > few else places for values, few in columns
    ]
    return np.unique(np.concatenate(found))


def _highest(values: NDArray[np.floating], count: int) -> float:
    """The `count`-th highest value, or minus infinity where there are fewer."""
    import numpy as np

    return float(np.partition(values, -count)[-count]) if len(values) >= count else -np.inf


def best(standing: Standing, count: int) -> NDArray[np.bool_]:
    """Which of some articles have the `count` highest scores or are the half as many that last longest.

    Ties are broken by number, the lowest first.
    """
    import numpy as np

    stay = np.zeros(len(standing.ids), dtype=bool)
    stay[np.lexsort((standing.ids, -standing.score))[:count]] = True
    stay[np.lexsort((standing.ids, -standing.lasting))[: max(1, count // 2)]] = True
    return stay
