"""Which articles an issue is made of: relevant, fresh, tactful, from various sources, each story once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.fusion import GOOD_ENOUGH, SAME_SOURCE, good_enough

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

POOL = 300
"""Articles among which stories are told apart; the others are too far down to come into an issue."""


NEAR = 0.6 * GOOD_ENOUGH
"""A score from which an article that is not good enough is worth counting."""
MEMBER = GOOD_ENOUGH
"""What being of the topic for certain adds to a score: as much as makes any other article good enough."""


class Candidate(NamedTuple):
    """An article that may come into an issue.

    Attributes:
        id: its number.
        words: of its title, folded.
        source: where it appeared, or "".
        day: proleptic ordinal of its day.
        score: for the topic.
        plain: its score by the topic's own words.
        sensitive: the kind of sensitive matter for which it is held back, or "".
        doubt: the probability that it is sensitive.
        member: it is of the topic for certain: by its feed, a tag, or words that were said to mean the topic.
        known: share of the readers who have it already, 0 to 1.
    """

    id: int
    words: tuple[str, ...]
    source: str
    day: int
    score: float
    plain: float
    sensitive: str = ""
    doubt: float = 0.0
    member: bool = False
    known: float = 0.0


class Story(NamedTuple):
    """An item: its article, other tellings of it, and what it counts."""

    article: int
    others: tuple[int, ...]
    worth: float


class Picked(NamedTuple):
    """What was chosen, and what was not.

    Attributes:
        stories: the best first.
        held: kind of sensitive matter to how many articles were held back for it.
        poor: how many articles were near the topic, but not near enough.
        known: how many were left out because the readers have them, or another telling of them.
    """

    stories: list[Story]
    held: dict[str, int]
    poor: int
    known: int


class Rules(NamedTuple):
    """How an issue is chosen.

    Attributes:
        limit: items at most.
        today: proleptic ordinal of the day.
        window: days in which an article loses half of its worth.
    """

    limit: int
    today: int
    window: int


def pick(
    candidates: Sequence[Candidate],
    vectors: NDArray[np.float32],
    told: Sequence[tuple[Collection[str], NDArray[np.float32]]],
    rules: Rules,
) -> Picked:
    """Choose the items of an issue.

    Args:
        candidates: articles of the time in question, in any order.
        vectors: (n, d), theirs; unit rows or zero rows.
        told: title words and (d,) vectors of what earlier issues carried.
        rules: how many, and what freshness counts.
    """
    best = max((each.plain for each in candidates), default=0.0)
    good = [
        place
        for place, each in enumerate(candidates)
        if each.member or good_enough(each.plain, first=each.plain == best)
    ]
    held: dict[str, int] = {}
    for place in good:
        kind = candidates[place].sensitive
        if kind:
            held[kind] = held.get(kind, 0) + 1
    safe = [place for place in good if not candidates[place].sensitive]
    worth = {place: _worth(candidates[place], rules) for place in safe}
    pool = sorted((place for place in safe if worth[place] > 0), key=lambda each: (-worth[each], candidates[each].id))
    pool = pool[:POOL]
    groups = _stories(candidates, vectors, pool, told)
    fresh = [group for group in groups if group[0] is not None]
    known = sum(len(group) - 1 for group in groups if group[0] is None) + len(safe) - len(worth_above(worth))
    stories = [
        Story(
            candidates[group[0]].id,
            tuple(_elsewhere(candidates, [place for place in group if place is not None])),
            worth[group[0]],
        )
        for group in fresh
        if group[0] is not None
    ]
    near = [each for each in candidates if each.member or each.plain >= NEAR]
    return Picked(_varied(stories, candidates, rules.limit), held, max(0, len(near) - len(good)), known)


def worth_above(worth: dict[int, float]) -> list[int]:
    """Those that are worth anything: what every reader has is worth nothing."""
    return [place for place, value in worth.items() if value > 0]


def _worth(candidate: Candidate, rules: Rules) -> float:
    """Relevance, halved after the window, less for doubts and for readers who have it already."""
    age = max(0, rules.today - candidate.day)
    fresh = float(2.0 ** (-age / max(rules.window, 1)))
    score = max(candidate.score, 0.0) + (MEMBER if candidate.member else 0.0)
    return score * fresh * (1 - candidate.doubt) * (1 - candidate.known)


def _stories(
    candidates: Sequence[Candidate],
    vectors: NDArray[np.float32],
    pool: Sequence[int],
    told: Sequence[tuple[Collection[str], NDArray[np.float32]]],
) -> list[list[int | None]]:
    """Places of the pool by story, in order; a story that was told before begins with None."""
    import numpy as np

    from giveback.matching.duplicates import near_duplicates

    if not pool:
        return []
    titles = [words for words, _ in told] + [candidates[place].words for place in pool]
    rows = np.stack([*(vector for _, vector in told), *(vectors[place] for place in pool)])
    groups: dict[int, list[int | None]] = {}
    for place, head in enumerate(near_duplicates(titles, rows).tolist()):
        if place < len(told):
            groups.setdefault(head, [None])
        else:
            groups.setdefault(head, []).append(pool[place - len(told)])
    return [group for group in groups.values() if len(group) > 1 or group[0] is not None]


def _elsewhere(candidates: Sequence[Candidate], group: Sequence[int]) -> list[int]:
    """Other tellings of a story, one of each other source."""
    seen = {candidates[group[0]].source}
    found = []
    for place in group[1:]:
        if candidates[place].source not in seen:
            seen.add(candidates[place].source)
            found.append(candidates[place].id)
    return found


def _varied(stories: Sequence[Story], candidates: Sequence[Candidate], limit: int) -> list[Story]:
    """Take the best in turn; what comes from a source that was taken counts less each time."""
    source = {each.id: each.source for each in candidates}
    left, taken = list(stories), list[Story]()
    times: dict[str, int] = {}
    while left and len(taken) < limit:
        best = max(
            left, key=lambda each: (each.worth * SAME_SOURCE ** times.get(source[each.article], 0), -each.article)
        )
        left.remove(best)
        taken.append(best)
        if source[best.article]:
            times[source[best.article]] = times.get(source[best.article], 0) + 1
    return sorted(taken, key=lambda each: (-each.worth, each.article))
