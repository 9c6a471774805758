"""Where the floor of `giveback suggest` should be: how good, and how often silent, the first suggestion would be.

    python benchmarks/floor.py [FOLDER …]       # collections in the benchmark's form; without any, those of dev

For each collection and each floor: whole collections, small ones of 80 articles drawn at random (eight for each phrase,
with a fixed seed), and whole collections without the articles that are relevant, where silence is right. Scores
are those by the interest's own words, which `fusion.good_enough` looks at; interests as written and as paraphrased.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import match
import numpy as np

from giveback.matching import embedding, fusion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FLOORS = (0.2, 0.25, 0.3, 0.35, 0.4)
SMALL = 80
DRAWS = 8


class Top(NamedTuple):
    """The best article of a list: its score, whether it is relevant, and whether any is there."""

    score: float
    relevant: bool
    possible: bool


def main() -> int:
    """Print the table; the process's exit code."""
    print("| collection | floor | P@1 | silent | small: P@1 | small: silent | nothing there: silent |")
    print("| --- |" + " --- |" * 6)
    for name, collection in match.chosen(sys.argv[1:]):
        whole, small, nothing = _tops(collection)
        for floor in FLOORS:
            cells = [*_judged(whole, floor), *_judged(small, floor), _judged(nothing, floor)[1]]
            print(f"| {name} | {floor} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |", flush=True)
    return 0


def _judged(tops: list[Top], floor: float) -> tuple[float, float]:
    """Share of relevant articles among those shown, and of lists that stay empty."""
    shown = [top.relevant for top in tops if top.score >= floor]
    return (float(np.mean(shown)) if shown else float("nan")), 1 - len(shown) / len(tops)


def _tops(collection: dict[str, Any]) -> tuple[list[Top], list[Top], list[Top]]:
    whole, small, nothing = [], [], []
    draw = np.random.default_rng(0)
    for scores, relevant in _scored(collection):
        everything = np.arange(len(scores))
        whole.append(_top(scores, relevant, everything))
        small += [
            _top(scores, relevant, draw.choice(everything, min(SMALL, len(scores)), replace=False))
            for _ in range(DRAWS)
        ]
        nothing.append(_top(scores, relevant, np.setdiff1d(everything, list(relevant))))
    return whole, small, nothing


def _top(scores: NDArray[np.float32], relevant: set[int], among: NDArray[np.int64]) -> Top:
    first = int(among[scores[among].argmax()])
    return Top(float(scores[first]), first in relevant, bool(relevant.intersection(among.tolist())))


def _scored(collection: dict[str, Any]) -> Iterator[tuple[NDArray[np.float32], set[int]]]:
    """The scores of each phrase by its own words, and the articles that are relevant to it."""
    documents = collection["docs"]
    embedder = embedding.load_default()
    texts = [embedding.article_text(d["title"], d["summary"], d.get("text", "")) for d in documents]
    vectors, pieces = embedder.encode_counted(texts)
    terms = match.Terms(documents)
    terms.measure(pieces)
    articles = fusion.Articles(vectors, pieces)
    for interest in collection["interests"]:
        relevant = collection["rel"].get(interest["id"], set())
        for phrase in (interest["phrase"], *interest["also"]):
            words = terms.phrase(phrase)
            scores = fusion.score_one(embedder.encode([phrase])[0], words, articles, terms.index(words.terms))
            yield scores.total[0], relevant


if __name__ == "__main__":
    raise SystemExit(main())
