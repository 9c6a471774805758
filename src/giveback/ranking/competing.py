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
    """What is kept for some interests: arrays of one length.

    Attributes:
        want: place of the interest among them.
        ids: numbers of articles.
        score: theirs.
        lasting: logarithm of the score, so that it compares on every day.
    """

    want: NDArray[np.int64]
    ids: NDArray[np.int64]
    score: NDArray[np.float64]
    lasting: NDArray[np.float64]

    def joined(self, other: Standing) -> Standing:
        """These, and behind them others."""
        import numpy as np

        return Standing._make(np.concatenate(pair) for pair in zip(self, other, strict=True))

    def part(self, chosen: NDArray[np.bool_]) -> Standing:
        """Some of them."""
        return Standing._make(column[chosen] for column in self)


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


class Bars(NamedTuple):
    """What articles must reach to be worth a closer look, by score or by how much of it is left; -inf for anything."""

    score: float
    lasting: float

    @property
    def open(self) -> bool:
        """Whether anything gets over one of them."""
        return min(self) == float("-inf")


def bars(standing: Standing, counts: NDArray[np.int64], newest: float) -> list[Bars]:
    """The bars that what is kept sets.

    Args:
        standing: what is kept now.
        counts: for each interest how many are kept by score; half as many more by how long they will last.
        newest: as for `Offers`.
    """
    import numpy as np

    score = _highest(standing.want, standing.score, counts)
    lasting = np.exp2(_highest(standing.want, standing.lasting, _half(counts)) - newest)
    return [
        Bars(one, left if left > 0 else -np.inf) for one, left in zip(score.tolist(), lasting.tolist(), strict=True)
    ]


def raised(
    low: Bars, standing: Standing, offers: Offers, count: int, is_open: Callable[[NDArray[np.int64]], NDArray[np.bool_]]
) -> Bars:
    """Bars that the best of a sample set, however many better ones there are.

    Args:
        low: the bars as they are.
        standing: what is kept now, for this interest.
        offers: all that are offered.
        count: how many are kept by score.
        is_open: tells of some places whether an article may be kept at all; asked of few.
    """
    import numpy as np

    if len(offers.own) <= 2 * count:
        return low
    half = max(1, count // 2)
    places = np.arange(0, len(offers.own), max(1, len(offers.own) // SAMPLE))
    places = places[offers.own[places] >= FLOOR]
    score, left = offers.score[places], _left(offers, places)
    best = np.unique(np.concatenate([_places_of(score, 2 * count), _places_of(left, 2 * half)]))
    best = best[is_open(places[best])]
    there = np.exp2(standing.lasting - offers.newest)
    return Bars(
        _highest_of(np.concatenate([standing.score, score[best]]), count),
        _highest_of(np.concatenate([there, left[best]]), half),
    )


def contenders(offers: Offers, over: Bars) -> NDArray[np.int64]:
    """Find the articles that may come to stand among the best; a few too many.

    Args:
        offers: all that are offered.
        over: what they must reach.

    Returns:
        Places among the offers, ascending; some may not be open.
    """
    import numpy as np

    score, lasting = (bar - SLACK * abs(bar) if bar > -np.inf else bar for bar in over)
    low = min(score, lasting)
    if low <= FLOOR:
        places = np.flatnonzero(offers.own >= FLOOR)
        return places[(offers.score[places] >= score) | (_left(offers, places) >= lasting)]
    # What is left of a score is never more than the score: one look at all of them finds the few to look at closely.
    places = (offers.score >= low).nonzero()[0]
    found = offers.score[places]
    places = places[(found * offers.fresh[places] >= lasting) | (found >= score)]
    return places if offers.own is offers.score else places[offers.own[places] >= FLOOR]


def best(standing: Standing, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which articles have the highest scores for their interest or are the half as many that last longest.

    Ties are broken by number, the lowest first.

    Args:
        standing: what might be kept.
        counts: for each interest how many are kept by score.
    """
    return _top(standing, standing.score, counts) | _top(standing, standing.lasting, _half(counts))


def _half(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.maximum(1, counts // 2)


def _left(offers: Offers, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """What is left of scores when the newest article is new."""
    import numpy as np

    left: NDArray[np.float32] = np.maximum(offers.score[places], FLOOR) * offers.fresh[places]
    return left


def _places_of(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Where the highest values are."""
    import numpy as np

    return np.argpartition(values, -count)[-count:] if len(values) > count else np.arange(len(values))


def _highest_of(values: NDArray[np.floating], count: int) -> float:
    """The `count`-th highest value, or minus infinity where there are fewer."""
    import numpy as np

    return float(np.partition(values, -count)[-count]) if len(values) >= count else -np.inf


def _highest(want: NDArray[np.int64], values: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each interest the `count`-th highest of its values, or minus infinity where there are fewer."""
    import numpy as np

    order = np.argsort(want, kind="stable")
    sizes = np.bincount(want, minlength=len(counts))
    starts = np.cumsum(sizes) - sizes
    width = int(max(sizes.max(initial=0), counts.max(initial=0)))
    table = np.full((len(counts), width), -np.inf)
    table[want[order], np.arange(len(order)) - np.repeat(starts, sizes)] = values[order]
    table.sort(axis=1)
    highest: NDArray[np.float64] = table[np.arange(len(counts)), width - counts]
    return highest


def _top(standing: Standing, values: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which values are among the `count` highest of their interest; of equal ones the lowest numbers."""
    import numpy as np

    stay: NDArray[np.bool_] = values >= _highest(standing.want, values, counts)[standing.want]
    many = np.bincount(standing.want[stay], minlength=len(counts)) > counts
    tied = np.flatnonzero(many[standing.want]) if many.any() else ()
    if len(tied):
        want = standing.want[tied]
        order = np.lexsort((standing.ids[tied], -values[tied], want))
        want = want[order]
        rank = np.arange(len(order)) - np.searchsorted(want, want)
        stay[tied[order]] = rank < counts[want]
    return stay
