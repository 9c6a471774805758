"""Which interest's best article `giveback suggest` should put first: how often the first suggestion is right.

    python benchmarks/first.py [FOLDER …]       # collections in the benchmark's form; without any, those of dev

For the benchmark's contacts, in collections drawn at random (fixed seed) as large as users have: each interest has its
best article above the floor, and these add as much as each other. Compared are the first one in the collection, the
best score, and the best score by the interest's own words.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import match
import numpy as np

from giveback.matching import fusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SIZES = {80: 25, 400: 12, 2_500: 3}
"""Articles to how many collections of so many are drawn."""


class Best(NamedTuple):
    """The best article for one interest: where it stands, its scores, whether it is relevant to the interest."""

    place: int
    score: float
    plain: float
    relevant: bool


def main() -> int:
    """Print the table; the process's exit code."""
    print("| collection | articles | lists | as they come | by score | by own words |")
    print("| --- |" + " --- |" * 5)
    for name, collection in match.chosen(sys.argv[1:]):
        for size in SIZES:
            firsts = np.array([_firsts(bests) for bests in _bests(collection, size)], dtype=float)
            cells = [f"{share:.2f}" for share in firsts.mean(axis=0)]
            print(f"| {name} | {size} | {len(firsts)} | " + " | ".join(cells) + " |", flush=True)
    return 0


def _firsts(bests: Sequence[Best]) -> tuple[bool, bool, bool]:
    """Whether what comes first is relevant, by each of the three ways."""
    return (
        min(bests).relevant,
        max(bests, key=lambda best: best.score).relevant,
        max(bests, key=lambda best: best.plain).relevant,
    )


def _bests(collection: dict[str, Any], size: int) -> Iterator[list[Best]]:
    """What contacts may be given first, in collections of a size; left out are those for whom nothing is good."""
    phrases = {each["id"]: each["phrase"] for each in collection["interests"]}
    draw = np.random.default_rng(0)
    for _ in range(SIZES[size]):
        places = draw.choice(len(collection["docs"]), min(size, len(collection["docs"])), replace=False)
        ranker = match.Ranker([collection["docs"][place] for place in places])
        ranker.prepare(list(phrases.values()))
        for contact in collection["contacts"]:
            found = [_best(ranker, phrases[each], places, collection["rel"][each]) for each in contact["interests"]]
            if bests := [best for best in found if best.score > 0]:
                yield bests


def _best(ranker: match.Ranker, phrase: str, places: NDArray[np.int64], relevant: set[int]) -> Best:
    found = ranker.find(phrase)
    scores = np.where(found.plain >= fusion.GOOD_ENOUGH, found.scores, 0)
    first = int(scores.argmax())
    return Best(first, float(scores[first]), float(found.plain[first]), int(places[first]) in relevant)


if __name__ == "__main__":
    raise SystemExit(main())
