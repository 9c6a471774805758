"""What giving and dismissing teach about a person's interests.

Three things, each for the interest that a judged article serves best:

*A direction.* Adding accepted articles to the interest (Rocchio 1971) gains little: what they share is mostly
what every article of the collection shares. Fisher's linear discriminant (1936) divides that out by the
covariance of the collection, so that few examples tell what sets them apart. Both together do best.

*Examples.* What is much like an article that was given, in meaning and in words, rises in proportion to what it
scores for the interest anyway; what is like a dismissed one sinks. One likeness alone misleads: neighbours in
meaning share a mood, neighbours in words share a name.

*Reliability.* An interest whose articles are dismissed comes later in the turns (`fusion.take_in_turn`).

Whatever depends on the collection comes from its snapshot, and each article is scored by itself: new articles
get the scores that they would get among all the others. With nothing judged nothing changes.
"""

from __future__ import annotations

from math import log1p
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.fusion import Articles
    from giveback.matching.lexical import Index, Statistics

GAIN = 0.5
"""Weight of the first accepted article; n of them for one interest weigh sqrt(n) as much."""
LOSS = 0.25
"""Weight of the first dismissed article: there are many reasons to dismiss."""
STEP = 0.6
"""How far accepted articles draw the interest's own vector (Rocchio 1971)."""
DRAWN = 0.45
"""What the score of the drawn vector counts, less that of the interest as it was."""
SHRINK = 1.0
"""Shrinkage of the covariance, in units of its mean variance (Ledoit and Wolf 2004 derive such a target)."""
WORDS = 2.0
"""What words in common count in likeness, against the cosine."""
ALIKE = 0.7
"""Likeness at which an article begins to count as like a judged one."""
LIFT = 7.0
"""Share of its own score that an article gains for each unit of likeness above that."""
SINK = 1 / 3
"""What likeness to a dismissed article counts, against likeness to a given one."""
NEAR = 0.12
"""Own score from which likeness counts; what serves the interest less is never kept, whatever it is like."""
TELLING = 12
"""Terms by which an article is compared: those that tell most."""
REMEMBERED = 30
"""Examples compared with for one interest: the newest ones, so that ranking stays quick."""
HOPE = 0.7
"""Share of articles that are welcome, before any is judged."""
DOUBT = 3.0
"""Judged articles, each surely for the interest, that weigh as much as that assumption."""
SURE = 0.5
"""Closeness from which a judged article surely speaks of the interest it is closest to."""


class Judged(NamedTuple):
    """Articles that one person was given, or dismissed, oldest first.

    Attributes:
        articles: j of them.
        accepted: (j,), True for given, False for dismissed.
        telling: for each its telling terms with their weights; see `telling`.
    """

    articles: Articles
    accepted: NDArray[np.bool_]
    telling: Sequence[Mapping[str, float]]


class Lesson(NamedTuple):
    """What is known of one interest because articles were judged.

    Attributes:
        direction: (d,), along which its articles rise.
        examples: (k, d), judged articles less the collection's mean, of length 1.
        liked: (k,), which of them were given.
        telling: their telling terms.
        reliability: how far its turn counts: 1 as without feedback, below 1 when much was dismissed.
        strength: how far all this is believed, 0 to 1.
    """

    direction: NDArray[np.float32]
    examples: NDArray[np.float32]
    liked: NDArray[np.bool_]
    telling: tuple[Mapping[str, float], ...]
    reliability: float
    strength: float


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
    covariance = np.cov(vectors, rowvar=False)
    variance = max(float(np.trace(covariance)) / width, 1e-12)
    inverse: NDArray[np.float32] = np.linalg.inv(covariance + SHRINK * variance * np.eye(width)).astype(np.float32)
    return inverse


def telling(counts: Mapping[str, float], snapshot: Statistics) -> dict[str, float]:
    """The terms that tell an article from others.

    Args:
        counts: term to how often the article says it, each place weighted as `lexical.FIELDS` has it.
        snapshot: frequencies of the collection.

    Returns:
        At most `TELLING` terms with weights that add up to 1; squared inverse frequencies, because likeness
        is a matter of both articles.
    """
    from giveback.matching.lexical import rarity

    weights = {term: rarity(term, snapshot) ** 2 * log1p(count) for term, count in counts.items() if count > 0}
    kept = sorted(weights, key=lambda term: (-weights[term], term))[:TELLING]
    total = sum(weights[term] for term in kept)
    return {term: weights[term] / total for term in kept} if total > 0 else {}


def learn(
    interests: NDArray[np.float32],
    judged: Judged,
    mean: NDArray[np.float32],
    precision: NDArray[np.float32],
    strength: float = 1.0,
) -> list[Lesson | None]:
    """Learn from what was given and dismissed.

    Args:
        interests: (m, d), unit rows, one for each interest of the person.
        judged: what was given or dismissed.
        mean: (d,), mean of the snapshot's vectors.
        precision: (d, d), of `precision`.
        strength: how far it is to be believed, 0 to 1.

    Returns:
        m lessons; None for an interest that no judged article is close to.
    """
    import numpy as np

    lessons: list[Lesson | None] = [None] * len(interests)
    if not len(judged.accepted) or not len(interests):
        return lessons
    closeness = _closeness(interests, judged.articles)
    serves, best = closeness.argmax(axis=0), closeness.max(axis=0)
    for row in range(len(interests)):
        here = np.flatnonzero((serves == row) & (best > 0))
        if len(here):
            lessons[row] = _lesson(interests[row], judged, (here, best), (mean, precision), strength)
    return lessons


def _closeness(interests: NDArray[np.float32], articles: Articles) -> NDArray[np.float32]:
    from giveback.matching.fusion import evidence

    closeness: NDArray[np.float32] = interests @ articles.vectors.T * evidence(articles.pieces)
    return closeness


def _lesson(
    interest: NDArray[np.float32],
    judged: Judged,
    serving: tuple[NDArray[np.int64], NDArray[np.float32]],
    shape: tuple[NDArray[np.float32], NDArray[np.float32]],
    strength: float,
) -> Lesson:
    from giveback.matching.embedding import unit

    (mean, inverse), (here, best) = shape, serving
    liked, centred = judged.accepted[here], judged.articles.vectors[here] - mean
    direction = _direction(unit((centred @ inverse).astype("float32")), liked)
    if liked.any():
        direction += DRAWN * (_drawn(interest, judged.articles.vectors[here][liked], mean) - interest)
    newest = slice(max(0, len(here) - REMEMBERED), None)
    rate = reliability(best[here], liked)
    return Lesson(
        strength * direction,
        unit(centred[newest]),
        liked[newest],
        tuple(judged.telling[place] for place in here[newest]),
        1 + strength * (rate - 1),
        strength,
    )


def _direction(directions: NDArray[np.float32], liked: NDArray[np.bool_]) -> NDArray[np.float32]:
    moved: NDArray[np.float32] = directions[:0].sum(axis=0)
    for which, weight in ((liked, GAIN), (~liked, -LOSS)):
        if count := int(which.sum()):
            moved = moved + weight / count**0.5 * directions[which].sum(axis=0)
    return moved


def _drawn(
    interest: NDArray[np.float32], accepted: NDArray[np.float32], mean: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The interest moved towards accepted articles, half of the collection's mean taken off as in `fusion.expand`."""
    from giveback.matching.embedding import unit

    heart = unit((accepted.mean(axis=0) - 0.5 * mean)[None])
    drawn: NDArray[np.float32] = unit(interest[None] + STEP * heart)[0]
    return drawn


def reliability(closeness: NDArray[np.float32], accepted: NDArray[np.bool_]) -> float:
    """How far an interest's turn counts, by the share of its judged articles that were welcome.

    A mean of a beta distribution, in units of its prior mean; an article that is far from the interest
    says little about it.

    Args:
        closeness: (j,), of the judged articles to the interest.
        accepted: (j,), which of them were given.

    Returns:
        1 with nothing judged; above 1 (at most 1 / `HOPE`) when all were given, below when they were dismissed.
    """
    import numpy as np

    counts = np.clip(closeness / SURE, 0, 1) ** 2
    welcome = float(counts[accepted].sum())
    return (welcome + HOPE * DOUBT) / (float(counts.sum()) + DOUBT) / HOPE


def score(
    lessons: Sequence[Lesson], own: NDArray[np.float32], articles: Articles, index: Index, mean: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Score articles by what feedback taught; to be added to their own scores.

    Args:
        lessons: m lessons.
        own: (m, n), what the articles score for these interests without feedback.
        articles: n articles.
        index: the same n articles by their words, with the postings of every telling term.
        mean: (d,), mean of the snapshot's vectors.

    Returns:
        (m, n), above 0 for articles like those given, below 0 for articles like those dismissed.
    """
    import numpy as np

    from giveback.matching.fusion import evidence

    centred = articles.vectors - mean
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", centred, centred)), 1e-9)
    learned: NDArray[np.float32] = np.stack([lesson.direction for lesson in lessons]) @ centred.T
    learned *= evidence(articles.pieces)
    for row, lesson in enumerate(lessons):
        near = np.flatnonzero(own[row] >= NEAR)
        if len(near) and len(lesson.examples):
            alike = np.maximum(_likeness(lesson, (centred, lengths), near, index) - ALIKE, 0)
            learned[row, near] += lesson.strength * LIFT * own[row, near] * _tendency(alike, lesson.liked)
    return learned


def _likeness(
    lesson: Lesson, centred: tuple[NDArray[np.float32], NDArray[np.float32]], near: NDArray[np.int64], index: Index
) -> NDArray[np.float32]:
    """(k, n) likeness of articles to the examples: cosine of what sets them apart, and shared telling terms."""
    vectors, lengths = centred
    likeness: NDArray[np.float32] = lesson.examples @ vectors[near].T / lengths[near]
    for place, terms in enumerate(lesson.telling):
        likeness[place] += WORDS * index.overlap(list(terms.items()))[near]
    return likeness


def _tendency(alike: NDArray[np.float32], liked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(n,) likeness to the most alike that was given, less a part of that to the most alike that was dismissed."""
    import numpy as np

    nothing = np.zeros((1, alike.shape[1]), dtype=np.float32)
    up = np.concatenate([nothing, alike[liked]]).max(axis=0)
    down = np.concatenate([nothing, alike[~liked]]).max(axis=0)
    tendency: NDArray[np.float32] = up - SINK * down
    return tendency
