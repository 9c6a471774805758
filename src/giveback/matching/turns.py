"""A short list for one person, from the few hundred articles kept for them: plain Python, no arrays.

`suggest` answers in a shell prompt, where importing numpy would cost more than everything else;
over so few rows the same rules as in `fusion` and `duplicates` are quick without it.
"""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.duplicates import same_story
from giveback.matching.fusion import AGAIN, SAME_SOURCE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Story(NamedTuple):
    """What the list must know of an article.

    Attributes:
        source: where it appeared, or "".
        title: its title as folded words.
        codes: its vector as 256 signed bytes, or b"".
    """

    source: str
    title: Collection[str]
    codes: bytes


def closeness(one: bytes, other: bytes) -> float:
    """Cosine of two vectors of signed bytes; 0 when one is missing or damaged."""
    if not one or len(one) != len(other):
        return 0.0
    a, b = memoryview(one).cast("b").tolist(), memoryview(other).cast("b").tolist()
    lengths = sum(map(mul, a, a)) * sum(map(mul, b, b))
    return float(sum(map(mul, a, b)) / lengths**0.5) if lengths else 0.0


def take(
    scores: Mapping[int, Mapping[int, float]],
    weights: Mapping[int, float],
    stories: Mapping[int, Story],
    limit: int,
) -> list[tuple[int, int]]:
    """Order articles so that the interests are served in turn, each by its best.

    The rule is that of `fusion.take_in_turn`, and a test holds both to one answer; here two
    articles that tell the same story are found on the way, and the second is left out.

    Args:
        scores: interest to article to score; what is absent, 0 or below does not serve.
        weights: interest to how much the person cares; 0 or below leaves it out.
        stories: article to what must be known of it.
        limit: how many articles at most.

    Returns:
        (article, interest it is for), best first.
    """
    caring = [interest for interest in sorted(scores) if weights.get(interest, 0) > 0 and scores[interest]]
    if not caring:
        return []
    most = max(weights[interest] for interest in caring)
    appetite = {interest: weights[interest] / most for interest in caring}
    share = {interest: _shares(scores[interest]) for interest in caring}
    variety = {article: 1.0 for interest in caring for article in share[interest]}
    taken: list[tuple[int, int]] = []
    while len(taken) < limit and variety:
        gain = dict.fromkeys(variety, 0.0)
        for interest in caring:
            for article, part in share[interest].items():
                if article in gain:
                    gain[article] += appetite[interest] * part
        found = min(variety, key=lambda article: (-gain[article] * variety[article], article))
        if gain[found] * variety[found] <= 0:
            break
        served = max(caring, key=lambda interest: (appetite[interest] * share[interest].get(found, 0.0), -interest))
        del variety[found]
        if _told(found, taken, stories):
            continue
        taken.append((found, served))
        for interest in caring:
            appetite[interest] *= 1 - (1 - AGAIN) * share[interest].get(found, 0.0)
        _lower_source(variety, stories, found)
    return taken


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    best = max(scores.values(), default=0.0) or 1.0
    return {article: score / best for article, score in scores.items() if score > 0}


def _told(article: int, taken: Sequence[tuple[int, int]], stories: Mapping[int, Story]) -> bool:
    """Whether one of the articles taken tells the same story."""
    this = stories[article]
    title = frozenset(this.title)
    for other, _ in taken:
        that = stories[other]
        if same_story(frozenset(that.title), title, closeness(that.codes, this.codes)):
            return True
    return False


def _lower_source(variety: dict[int, float], stories: Mapping[int, Story], taken: int) -> None:
    source = stories[taken].source
    if source:
        for article in variety:
            if stories[article].source == source:
                variety[article] *= SAME_SOURCE
