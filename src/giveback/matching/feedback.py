"""What giving and dismissing teach: a direction per interest, along which articles rise or sink.

Adding accepted articles to the interest (Rocchio 1971) gained nothing when measured: what they share is
mostly what every article of the collection shares. Fisher's linear discriminant (1936) divides that out
by the covariance of the collection, so that few examples tell what sets them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.fusion import Articles

GAIN = 0.5
"""Weight of the first accepted article; n of them for one interest weigh sqrt(n) as much."""
LOSS = 0.2
"""Weight of the first dismissed article: there are many reasons to dismiss."""
SHRINK = 1.0
"""Shrinkage of the covariance, in units of its mean variance (Ledoit and Wolf 2004 derive such a target)."""


class Judged(NamedTuple):
    """Articles that were given or dismissed.

    Attributes:
        vectors: (j, d) unit rows.
        accepted: (j,), True for given, False for dismissed.
        interest: (j,), the row of the interest that each serves best.
    """

    vectors: NDArray[np.float32]
    accepted: NDArray[np.bool_]
    interest: NDArray[np.int64]


def precision(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Invert the collection's covariance, shrunk towards a sphere; part of the snapshot.

    Args:
        vectors: (n, d), of the snapshot's articles.

    Returns:
        (d, d), symmetric and positive definite; the identity for fewer than two articles.
    """
    import numpy as np

    width = vectors.shape[1]
    if len(vectors) < 2:  # noqa: PLR2004 -- one article has no covariance
        return np.eye(width, dtype=np.float32)
    centred = vectors - vectors.mean(axis=0)
    covariance = (centred.T @ centred / (len(vectors) - 1)).astype(np.float64)
    variance = max(float(np.trace(covariance)) / width, 1e-12)
    inverse: NDArray[np.float32] = np.linalg.inv(covariance + SHRINK * variance * np.eye(width)).astype(np.float32)
    return inverse


def learn(
    interests: int, judged: Judged, mean: NDArray[np.float32], precision: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Find the direction in which each interest was refined.

    Args:
        interests: how many the person has.
        judged: what was given or dismissed.
        mean: (d,), mean of the snapshot's vectors.
        precision: (d, d), of `precision`.

    Returns:
        (interests, d); zero rows for interests without a judged article.
    """
    import numpy as np

    from giveback.matching.embedding import unit

    directions = unit(((judged.vectors - mean) @ precision).astype(np.float32))
    moved = np.zeros((interests, judged.vectors.shape[1]), dtype=np.float32)
    for liked, weight in ((True, GAIN), (False, -LOSS)):
        for row in range(interests):
            here = (judged.interest == row) & (judged.accepted == liked)
            if count := int(here.sum()):
                moved[row] += weight / count**0.5 * directions[here].sum(axis=0)
    return moved


def score(moved: NDArray[np.float32], articles: Articles, mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Score articles along the learned directions; to be added to the parts of `fusion.Scores`.

    Args:
        moved: (m, d), of `learn`.
        articles: n articles.
        mean: (d,), mean of the snapshot's vectors.

    Returns:
        (m, n), above 0 for articles like those given, below 0 for articles like those dismissed.
    """
    from giveback.matching.fusion import evidence

    learned: NDArray[np.float32] = moved @ (articles.vectors - mean).T * evidence(articles.pieces)
    return learned
