"""Kindred terms: what the articles nearest to an interest say oftener than others do.

Somebody says "motorbikes" and the articles say "rider", "Honda" and "clutch". Those words are in the articles that are
nearest in meaning, and hardly anywhere else; once found, they lead to the articles that a mean of word vectors
blurs. This is a relevance model built from articles that are only presumed relevant (Lavrenko and Croft 2001;
mixed with the interest's own words as in RM3, Abdul-Jaleel et al. 2004), except that the nearest articles are found by
meaning, and that terms count by how much commoner they are there than in the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.lexical import Index, Statistics

KINDRED = 0.3
"""What an article gains that uses the kindred terms as much as any of the collection."""
TERMS = 20
"""Kindred terms of an interest, at the most."""
SHARED = 2
"""Articles that must use a term before it counts: what one alone says is its own affair."""

Kindred = tuple[tuple[str, float], ...]
"""Terms as the index writes them, each with its weight."""


class Usage(NamedTuple):
    """How much some articles use each term: one entry per article and term, by article.

    Attributes:
        terms: the terms that `term` counts.
        rarity: (t,), inverse document frequency of each.
        share: (t,), share of the collection's articles that hold it.
        start: (n + 1,), where the entries of each article begin.
        term: (e,), number of the term.
        strength: (e,), its saturated frequency, 0 to 1.
    """

    terms: tuple[str, ...]
    rarity: NDArray[np.float64]
    share: NDArray[np.float64]
    start: NDArray[np.int64]
    term: NDArray[np.int64]
    strength: NDArray[np.float64]


def usage(terms: Collection[str], index: Index, snapshot: Statistics) -> Usage:
    """List what the articles of an index say.

    Args:
        terms: all terms that stand in them.
        index: the articles.
        snapshot: frequencies of the collection.
    """
    import numpy as np

    from giveback.matching.lexical import rarity

    names = tuple(sorted(terms))
    hits = [index.saturation(name) for name in names]
    numbers = np.repeat(np.arange(len(names)), [len(articles) for articles, _ in hits])
    article = np.concatenate([articles for articles, _ in hits]) if hits else np.zeros(0, dtype=np.int64)
    strength = np.concatenate([values for _, values in hits]) if hits else np.zeros(0)
    order = np.argsort(article, kind="stable")
    start = np.searchsorted(article[order], np.arange(index.size + 1))
    total = max(snapshot.articles, 1)
    share = np.array([min(snapshot.frequency.get(name, 0) / total, 1.0) for name in names])
    rare = np.array([rarity(name, snapshot) for name in names])
    return Usage(names, rare, share, start, numbers[order], strength[order])


def find(said: Usage, places: NDArray[np.int64], lead: NDArray[np.float64]) -> Kindred:
    """Find the terms that some articles share and that set them apart.

    Args:
        said: what articles say.
        places: (k,), which of them speak for the interest.
        lead: (k,), how much each of them counts, 0 or above.

    Returns:
        Up to 20 terms with weights that add up to 1, heaviest first; nothing when the articles share nothing.
    """
    import numpy as np

    total = float(lead.sum())
    if total <= 0:
        return ()
    entries = [np.arange(said.start[place], said.start[place + 1]) for place in places]
    chosen = np.concatenate(entries)
    believed = np.repeat(lead / total, [len(each) for each in entries])
    count = len(said.terms)
    holding = np.bincount(said.term[chosen], believed, count)
    spoken = np.bincount(said.term[chosen], believed * said.strength[chosen], count)
    articles = np.bincount(said.term[chosen], minlength=count)
    strength = np.divide(spoken, holding, out=np.zeros(count), where=holding > 0)
    weight = strength * np.maximum(holding - said.share, 0) * said.rarity
    weight[articles < SHARED] = 0
    top = np.lexsort((np.arange(count), -weight))[:TERMS]
    top = top[weight[top] > 0]
    return tuple((said.terms[term], float(weight[term] / weight[top].sum())) for term in top)


def scaled(kindred: Kindred, index: Index, trust: float = 1.0) -> Kindred:
    """Scale weights so that the article of a collection that uses the terms most scores 1.

    Args:
        kindred: of `find`.
        index: the articles of the snapshot.
        trust: what that article scores instead, in a collection too small to tell what is common in it.
    """
    best = float(index.overlap(kindred).max(initial=0.0))
    return tuple((term, trust * weight / best) for term, weight in kindred) if best > 0 else ()
