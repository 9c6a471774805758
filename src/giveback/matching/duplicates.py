"""The same story twice: articles that only one of should be suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

CLOSE = 0.95
"""Cosine at which two articles are one whatever their titles."""
NEAR = 0.8
"""Cosine at which they are one if their titles agree."""
TITLES = 0.4
"""Share of words that agreeing titles have in common (Jaccard)."""
FEW = 3
"""Titles with fewer words than this prove nothing."""


def near_duplicates(titles: Sequence[Collection[str]], vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Group articles that tell the same story.

    Meant for the few hundred articles of one list: time and memory grow with the square of their number.

    Args:
        titles: n titles as folded words.
        vectors: (n, d), unit rows or zero rows.

    Returns:
        (n,), for each article the index of the first one of its group, its own if it is alone.
    """
    import numpy as np

    group = np.arange(len(titles))
    closeness = vectors @ vectors.T
    words = [frozenset(title) for title in titles]
    heads: list[int] = []
    for each in range(len(words)):
        found = next((head for head in heads if same_story(words[head], words[each], closeness[head, each])), None)
        if found is None:
            heads.append(each)
        else:
            group[each] = found
    return group


def same_story(one: frozenset[str], other: frozenset[str], closeness: float) -> bool:
    """Whether two articles tell the same story.

    Args:
        one: the folded words of the first title.
        other: those of the second.
        closeness: cosine of their vectors.
    """
    if _numbers(one) != _numbers(other):  # "Briefing 12" and "Briefing 13", "5 tips" and "7 tips"
        return False
    if one == other and len(one) >= FEW:
        return True
    return bool(closeness >= CLOSE or (closeness >= NEAR and _overlap(one, other) >= TITLES))


def _numbers(words: frozenset[str]) -> set[str]:
    return {word for word in words if word.isdigit()}


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    both = len(one | other)
    return len(one & other) / both if both else 0.0
