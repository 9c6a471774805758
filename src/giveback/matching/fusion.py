"""Words and meaning together, and a person's interests in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.kindred import Kindred
    from giveback.matching.lexical import Index, Phrase

LEXICAL = 0.1
"""Share of the words in common; the rest is closeness in meaning. See docs/matching.md for what was tried."""
FEW_PIECES = 10.0
"""Pieces of words at which closeness counts for 1/sqrt(2): what six words are about is uncertain."""
AVOID = 1.0
"""How much of its closeness to an avoided interest an article loses, once that is above `AVOID_FROM`."""
AVOID_FROM = 0.2
HALF_LIFE = 120.0
"""Days in which an article loses half of its score."""
AGAIN = 0.5
"""What a further article for an interest counts that has just been served well."""
SURE = 0.25
"""A score, by the interest's own words, from which it is certain that an article serves it."""
GOOD_ENOUGH = 0.25
"""A score, by the interest's own words, below which an article is no gift, only the least bad. See docs/matching.md."""
FURTHER = 0.03
"""How much better a further article for an interest must be than the best one: a short list beats a poor end."""
WEAKER = 0.1
"""How much better an article must fit what is only known of a person, such as a job title, not said by them."""
SAME_SOURCE = 0.8
"""What a further article from one source counts."""
NEAREST = 15
"""Articles nearest to an interest's own words that tell what the collection calls it."""
SPEAKERS = 20
"""Articles nearest to where it went then, that tell its kindred terms and where it goes in the end."""
SPEAKS = 0.2
"""A score from which an article may speak for an interest: the nearest of strangers is a stranger."""
PULL = 1.0
"""How far these pull the interest, against its own words."""
BLOCK = 256


class Articles(NamedTuple):
    """The articles being ranked.

    Attributes:
        vectors: (n, d) unit rows, or zero rows.
        pieces: (n,), on how many pieces of words each vector rests (`Embedder.encode_counted`).
    """

    vectors: NDArray[np.float32]
    pieces: NDArray[np.int64]


class Scores(NamedTuple):
    """Scores of a block of interests; the parts add up.

    Attributes:
        interests: which rows of the interests these are.
        semantic: (block, n), their part of the score from closeness in meaning.
        lexical: (block, n), their part from words in common.
    """

    interests: slice
    semantic: NDArray[np.float32]
    lexical: NDArray[np.float32]

    @property
    def total(self) -> NDArray[np.float32]:
        """(block, n), the sum of the parts."""
        total: NDArray[np.float32] = self.semantic + self.lexical
        return total


def evidence(pieces: NDArray[np.int64]) -> NDArray[np.float32]:
    """How far closeness in meaning can be trusted, by the length of the article.

    The mean of few word vectors lands near some interest by chance: without this the first places go to
    titles of one or two words.

    Args:
        pieces: (n,), counts.

    Returns:
        (n,), 0 for none, towards 1 for many.
    """
    import numpy as np

    counts = np.maximum(pieces, 0)
    trust: NDArray[np.float32] = np.sqrt(counts / (counts + FEW_PIECES)).astype(np.float32)
    return trust


def score_batch(
    vectors: NDArray[np.float32],
    phrases: Sequence[Phrase],
    articles: Articles,
    index: Index,
    kindred: Sequence[Kindred] = (),
) -> Iterator[Scores]:
    """Score articles for many interests, block by block so that memory stays small.

    Args:
        vectors: (m, d), one row per interest; see `expand`.
        phrases: m phrases, as the index writes them.
        articles: n articles.
        index: the same n articles, by their words.
        kindred: m interests' kindred terms, or nothing; what they add is closeness in meaning, since they are
            not the person's words.

    Yields:
        Blocks of at most 256 interests, in order.
    """
    import numpy as np

    for start in range(0, len(phrases), BLOCK):
        rows = slice(start, min(start + BLOCK, len(phrases)))
        semantic = np.empty((len(phrases[rows]), len(articles.pieces)), dtype=np.float32)
        scores = Scores(rows, semantic, np.empty_like(semantic))
        score_into(scores, vectors[rows], phrases[rows], (articles, index), kindred[rows])
        yield scores


def score_into(
    scores: Scores,
    vectors: NDArray[np.float32],
    phrases: Sequence[Phrase],
    collection: tuple[Articles, Index],
    kindred: Sequence[Kindred] = (),
) -> None:
    """Score articles for some interests, into arrays that are there, whatever is in them.

    Args:
        scores: (m, n) each.
        vectors: (m, d), as for `score_batch`.
        phrases: m phrases.
        collection: n articles, and the same by their words.
        kindred: m interests' kindred terms, or nothing.
    """
    import numpy as np

    from giveback.matching.kindred import KINDRED

    articles, index = collection
    np.matmul(vectors, articles.vectors.T, out=scores.semantic)
    np.multiply(scores.semantic, (1 - LEXICAL) * evidence(articles.pieces), out=scores.semantic)
    scores.lexical.fill(0)
    for row, phrase in enumerate(phrases):
        index.add(phrase, scores.lexical[row], LEXICAL)
    for row, terms in enumerate(kindred):
        if terms:
            said = index.overlap([(term, KINDRED * weight) for term, weight in terms])
            scores.semantic[row] += np.minimum(said, KINDRED, out=said)


def score_one(
    vector: NDArray[np.float32], phrase: Phrase, articles: Articles, index: Index, kindred: Kindred = ()
) -> Scores:
    """Score articles for one interest; as `score_batch` with one row."""
    return next(score_batch(vector[None, :], [phrase], articles, index, [kindred]))


def expand(
    vector: NDArray[np.float32],
    scores: NDArray[np.float32],
    vectors: NDArray[np.float32],
    mean: NDArray[np.float32],
    count: int = NEAREST,
) -> NDArray[np.float32]:
    """Move an interest towards the articles nearest to it (pseudo-relevance feedback).

    People do not use the journalist's word; the nearest articles of the collection say what that is. Half of
    the collection's mean is taken off them, so that the interest moves to what sets them apart.

    Args:
        vector: (d,), the interest by its own words.
        scores: (n,), what the articles score for it.
        vectors: (n, d), the articles of the snapshot.
        mean: (d,), mean of the snapshot's vectors.
        count: how many of the articles speak for it.

    Returns:
        (d,), of length 1; the vector as it was when there is no article that scores.
    """
    top, lead = speakers(scores, count)
    if not vector.any() or not lead.any():
        return vector
    heart = lead @ vectors[top] / lead.sum() - 0.5 * mean
    return _unit(vector + PULL * _unit(heart))


def speakers(scores: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Which articles may speak for an interest, and how much each of them counts.

    Args:
        scores: (n,), what articles score for it.
        count: how many of them, the best.

    Returns:
        Places, and (at most count,) how far each is ahead of the last; 0 for those too far away to speak for it.
    """
    import numpy as np

    count = min(count, len(scores))
    if not count:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    top = np.argpartition(-scores, count - 1)[:count]
    lead = scores[top] - scores[top].min() + np.float32(1e-3)
    counts: NDArray[np.float32] = np.where(scores[top] >= SPEAKS, lead, np.float32(0))
    return top, counts


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    length = float(np.sqrt(vector @ vector))
    scaled: NDArray[np.float32] = (vector / length if length > 0 else vector).astype(np.float32)
    return scaled


def confidence(plain: float) -> float:
    """How sure it is that an interest is served at all, by its own words.

    `expand` moves an interest towards what it finds, whatever that is; only the score by the interest's own
    words says whether it was anything.

    Args:
        plain: the best such score among the articles that serve it.

    Returns:
        A factor for the weight of the interest, up to 1.
    """
    return min(1.0, max(plain, 0.0) / SURE)


def good_enough(plain: float, *, first: bool = True, weak: bool = False) -> bool:
    """Whether an article may be suggested at all.

    Args:
        plain: its score by the interest's own words.
        first: it is the best one for its interest.
        weak: the interest is only inferred, as from a job title.
    """
    return plain >= GOOD_ENOUGH + (0.0 if first else FURTHER) + (WEAKER if weak else 0.0)


def penalty(avoided: NDArray[np.float32]) -> NDArray[np.float32]:
    """What articles lose for what the person avoids.

    Args:
        avoided: (a, n), scores of the person's avoided interests.

    Returns:
        (n,), 0 or below, by the avoided interest that fits best. It lowers, it does not remove.
    """
    import numpy as np

    if not len(avoided):
        return np.zeros(avoided.shape[1], dtype=np.float32)
    over = np.maximum(avoided.max(axis=0) - AVOID_FROM, 0)
    lost: NDArray[np.float32] = (-AVOID * over).astype(np.float32)
    return lost


def freshness(age: float) -> float:
    """Share of its score that an article keeps.

    Exponential, so that two articles keep their order however late one looks, and rankings can be stored.

    Args:
        age: days since it was first seen or published; below 0 counts as 0.

    Returns:
        1 when new, 1/2 after 120 days.
    """
    return float(0.5 ** (max(age, 0.0) / HALF_LIFE))


def take_in_turn(
    scores: NDArray[np.float32],
    weights: Sequence[float],
    limit: int,
    sources: Sequence[str] = (),
    alike: NDArray[np.int64] | None = None,
) -> list[tuple[int, int]]:
    """Order one person's articles so that the interests are served in turn, each by its best.

    Each interest's scores are taken relative to its best, so that a broad interest does not drown a narrow
    one. An article counts for every interest it serves; the better an interest has been served, the less
    the next article for it counts (explicit diversification: Santos, Macdonald and Ounis 2010).

    Args:
        scores: (m, n), per interest and article; 0 or below means "does not serve".
        weights: m, how much the person cares; 0 or below leaves an interest out.
        limit: how many articles at most.
        sources: n names, to vary them; empty for no variety.
        alike: (n,), the group of near-duplicates of each article; of a group only the first comes.

    Returns:
        (article, interest it is for), best first; only articles that serve an interest.
    """
    import numpy as np

    care = np.maximum(np.asarray(weights, dtype=np.float64), 0)
    if not scores.size or not care.any():
        return []
    share = np.maximum(scores, 0) / np.maximum(scores.max(axis=1, keepdims=True), 1e-9)
    appetite, variety = care / care.max(), np.ones(scores.shape[1])
    taken: list[tuple[int, int]] = []
    while len(taken) < limit:
        parts = appetite[:, None] * share
        gain = parts.sum(axis=0) * variety
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        taken.append((best, int(parts[:, best].argmax())))
        appetite *= 1 - (1 - AGAIN) * share[:, best]
        variety[_same(sources, best)] *= SAME_SOURCE
        variety[best if alike is None else alike == alike[best]] = 0
    return taken


def _same(sources: Sequence[str], best: int) -> list[int]:
    name = sources[best] if sources else ""
    return [place for place, other in enumerate(sources) if other == name] if name else []
