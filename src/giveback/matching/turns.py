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
    from collections.abc import Callable, Collection, Mapping, Sequence


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
    story: Callable[[int], Story],
    limit: int,
) -> list[tuple[int, int]]:
    """Order articles so that the interests are served in turn, each by its best.

    The rule is that of `fusion.take_in_turn`, and a test holds both to one answer; here two
    articles that tell the same story are found on the way, and the second is left out.

    Args:
        scores: interest to article to score; what is absent, 0 or below does not serve.
        weights: interest to how much the person cares; 0 or below leaves it out.
        story: looks up what must be known of an article; asked only of those that come near the top.
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
    left = {article for interest in caring for article in share[interest]}
    taken: list[tuple[int, int]] = []
    stories: list[Story] = []
    while len(taken) < limit and left:
        gains = _gains(left, caring, appetite, share)
        found = _first(gains, stories, story)
        if gains[found] <= 0:
            break
        left.remove(found)
        this = story(found)
        if any(_same(this, that) for that in stories):
            continue
        served = max(caring, key=lambda interest: (appetite[interest] * share[interest].get(found, 0.0), -interest))
        taken.append((found, served))
        stories.append(this)
        for interest in caring:
            appetite[interest] *= 1 - (1 - AGAIN) * share[interest].get(found, 0.0)
    return taken


def _gains(
    left: Collection[int],
    caring: Sequence[int],
    appetite: Mapping[int, float],
    share: Mapping[int, Mapping[int, float]],
) -> dict[int, float]:
    """What each article that is left would add, its source not yet counted."""
    gains = dict.fromkeys(left, 0.0)
    for interest in caring:
        for article, part in share[interest].items():
            if article in gains:
                gains[article] += appetite[interest] * part
    return gains


def _first(gains: Mapping[int, float], stories: Sequence[Story], story: Callable[[int], Story]) -> int:
    """The article that adds most, its source counted; only those that may be first are looked up."""
    best, most = -1, -1.0
    for article in sorted(gains, key=lambda each: (-gains[each], each)):
        if gains[article] < most:
            break
        source = story(article).source
        gain = gains[article] * SAME_SOURCE ** sum(source == told.source for told in stories if source)
        if gain > most or (gain == most and article < best):
            best, most = article, gain
    return best


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    best = max(scores.values(), default=0.0) or 1.0
    return {article: score / best for article, score in scores.items() if score > 0}


def _same(one: Story, other: Story) -> bool:
    return same_story(frozenset(other.title), frozenset(one.title), closeness(other.codes, one.codes))
