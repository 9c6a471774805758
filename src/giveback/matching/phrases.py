"""How near two short phrases are, such as the topic of an asset and an interest: by their words, and by meaning."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.embedding import Embedder

NEAR = 0.3
"""Closeness in meaning from which two phrases are on one subject; of a few words, less is chance."""
HEAD = 0.6
"""What the last word in common counts: "fly fishing" and "bass fishing" are both fishing."""
AS_CLOSE = 0.85
"""What certain closeness in meaning counts against the same words."""
KINDRED = 0.4
"""What a topic counts whose words articles on an interest use."""
_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "my",
        "of",
        "on",
        "or",
        "our",
        "the",
        "their",
        "to",
        "with",
        "your",
    ]
)
SHORTEST_TERM = 4
"""Letters that a kindred term has at least: what begins with three letters may be anything."""


class Nearness(NamedTuple):
    """How near two phrases are.

    Attributes:
        score: from 0, for nothing in common, to 1.
        words: the words in common, as the first phrase has them; none for closeness in meaning.
    """

    score: float
    words: tuple[str, ...] = ()


FAR = Nearness(0.0)


@lru_cache(maxsize=20_000)
def stems(phrase: str) -> tuple[str, ...]:
    """The telling words of a phrase, folded, without the ending of a regular plural or of "fishing"."""
    return tuple(_stem(word) for word in words(phrase) if word not in _EMPTY)


def _stem(word: str) -> str:
    if len(word) < SHORTEST_TERM or word.endswith("ss"):
        return word
    if word.endswith("ing"):
        return word[:-3] if len(word) - 3 >= SHORTEST_TERM else word
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def by_words(first: str, second: str) -> Nearness:
    """How near two phrases are by their words.

    All words of the shorter one in the longer one count fully; the last word of both, on which the others depend in
    English, counts `HEAD`; a word that is the last of one and not of the other says nothing: a double bass is no
    bass fishing.
    """
    one, other = stems(first), stems(second)
    common = [stem for stem in one if stem in other]
    if not common:
        return FAR
    whole = set(one) <= set(other) or set(other) <= set(one)
    if whole or one[-1] == other[-1]:
        said = [word for word in words(first) if _stem(word) in common]
        return Nearness(1.0 if whole else HEAD, tuple(dict.fromkeys(said)))
    return FAR


def crosses(first: str, second: str) -> bool:
    """Whether a word is the last of one phrase and not of the other, so that it may mean something else there."""
    one, other = stems(first), stems(second)
    common = set(one) & set(other)
    return any((stem == one[-1]) != (stem == other[-1]) for stem in common)


def closeness(first: Sequence[str], second: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    """How close phrases are in meaning.

    Args:
        first: n phrases.
        second: m phrases.
        embedder: makes the vectors.

    Returns:
        (n, m), cosines; 0 for a phrase that says nothing to the embedder.
    """
    products: NDArray[np.float32] = embedder.encode(list(first)) @ embedder.encode(list(second)).T
    return products


def together(first: str, second: str, cosine: float, kindred: Sequence[str] = ()) -> Nearness:
    """How near two phrases are, by whatever says most.

    Args:
        first: a phrase.
        second: another one.
        cosine: their closeness in meaning. A word in common raises it also where it means something else, so it does
            not count where one could.
        kindred: terms, as the index writes them, that articles on the second phrase use.
    """
    said = by_words(first, second)
    if said.score >= 1:
        return said
    meant = AS_CLOSE * cosine if cosine >= NEAR and (said.words or not crosses(first, second)) else 0.0
    if not said.words and kindred and _all_kindred(first, kindred):
        meant = max(meant, KINDRED)
    return said if said.score >= meant else Nearness(min(meant, 1.0), said.words)


def _all_kindred(phrase: str, kindred: Sequence[str]) -> bool:
    """Whether every word of a phrase is one that articles use; the index writes stems, which begin words."""
    said = stems(phrase)
    long = [term for term in kindred if len(term) >= SHORTEST_TERM]
    return bool(said) and all(any(word.startswith(term) for term in long) for word in said)
