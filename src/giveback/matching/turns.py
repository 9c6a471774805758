"""A short list for one person, from the few hundred articles kept for them: plain Python, no arrays.

`suggest` answers in a shell prompt, where importing numpy would cost more than everything else;
over so few rows the same rules as in `fusion` and `duplicates` are quick without it.
"""

from __future__ import annotations

from operator import mul
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.duplicates import same_story
from giveback.matching.fusion import AGAIN, SAME_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_NOTHING: Mapping[int, float] = MappingProxyType({})
FEW = 3
"""Places from which on a list has to be varied."""


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


class Rules(NamedTuple):
    """What a short list holds to, beside the turns.

    Attributes:
        limit: how many articles at most.
        known: stories that the person was given or that were dismissed; they are not told again.
        varied: of three articles or more, not all come from one source or serve one interest while another
            article would be good; the last places are kept for it.
        sure: how sure it is of each article that it serves anything; of two that add as much, as the best ones of two
            interests do, the surer comes first.
    """

    limit: int
    known: Sequence[Story] = ()
    varied: bool = False
    sure: Mapping[int, float] = _NOTHING


def take(
    scores: Mapping[int, Mapping[int, float]],
    weights: Mapping[int, float],
    story: Callable[[int], Story],
    rules: Rules,
) -> list[tuple[int, int]]:
    """Order articles so that the interests are served in turn, each by its best.

    The rule is that of `fusion.take_in_turn`, and a test holds both to one answer; here two
    articles that tell the same story are found on the way, and the second is left out.

    Args:
        scores: interest to article to score; what is absent, 0 or below does not serve.
        weights: interest to how much the person cares; 0 or below leaves it out.
        story: looks up what must be known of an article; asked only of those that come near the top.
        rules: how many, and which not.

    Returns:
        (article, interest it is for), best first.
    """
    caring = [interest for interest in sorted(scores) if weights.get(interest, 0) > 0 and scores[interest]]
    if not caring:
        return []
    shares = {interest: _shares(scores[interest]) for interest in caring}
    table = _Table(caring, weights, shares, story, rules.sure)
    told = list(rules.known)
    while len(table.taken) < rules.limit and table.left:
        room = rules.limit - len(table.taken)
        found = table.next(room if rules.varied and rules.limit >= FEW else None)
        if found is None:
            break
        table.left.remove(found)
        this = story(found)
        if tells_anew(this, told):
            told.append(this)
            table.serve(found)
    return table.taken


class _Table:
    """Who sits at the table: interests with their appetites, and the articles that are left."""

    def __init__(
        self,
        caring: Sequence[int],
        weights: Mapping[int, float],
        share: Mapping[int, Mapping[int, float]],
        story: Callable[[int], Story],
        sure: Mapping[int, float],
    ) -> None:
        most = max(weights[interest] for interest in caring)
        self._appetite = {interest: weights[interest] / most for interest in caring}
        self._caring, self._share, self._story, self._sure = caring, share, story, sure
        self.left = {article for interest in caring for article in share[interest]}
        self.taken: list[tuple[int, int]] = []

    def next(self, room: int | None) -> int | None:
        """The article that adds most; where there is `room` for no more, one that is unlike all before, if any is."""
        gains = _gains(self.left, self._caring, self._appetite, self._share)
        before = [self._story(article) for article, _ in self.taken]
        for unlike in self._lacking(gains, room) if room is not None else []:
            some = {article: gain for article, gain in gains.items() if gain > 0 and unlike(article)}
            if some:
                return _first(some, before, self._story, self._sure)
        found = _first(gains, before, self._story, self._sure)
        return found if gains[found] > 0 else None

    def serve(self, article: int) -> None:
        """Take an article; the interests that it serves are less hungry then."""
        self.taken.append((article, self._served(article)))
        for interest in self._caring:
            self._appetite[interest] *= 1 - (1 - AGAIN) * self._share[interest].get(article, 0.0)

    def _served(self, article: int) -> int:
        return max(
            self._caring,
            key=lambda interest: (self._appetite[interest] * self._share[interest].get(article, 0.0), -interest),
        )

    def _lacking(self, gains: Mapping[int, float], room: int) -> list[Callable[[int], bool]]:
        """Tests for an article that the list lacks, as soon as there is no more room than for such ones."""
        tests = self._unlike() if self.taken else []
        if room > len(tests):
            return []
        good = [article for article, gain in gains.items() if gain > 0]
        tests = [test for test in tests if any(map(test, good))]
        if not tests or room > len(tests):
            return []
        # What passes all tests is best, then what passes one.
        return [lambda article: all(test(article) for test in tests), *tests]

    def _unlike(self) -> list[Callable[[int], bool]]:
        """Tests for an article of another source, and for one that serves another interest, where all share one."""
        sources = {self._story(article).source for article, _ in self.taken}
        interests = {interest for _, interest in self.taken}
        tests: list[Callable[[int], bool]] = []
        if len(sources) == 1 and "" not in sources:
            tests.append(lambda article: self._story(article).source not in sources)
        if len(interests) == 1:
            tests.append(lambda article: self._served(article) not in interests)
        return tests


def tells_anew(one: Story, known: Sequence[Story]) -> bool:
    """Whether an article tells another story than all that are known."""
    return not any(_same(one, other) for other in known)


def first_gains(scores: Mapping[int, Mapping[int, float]], weights: Mapping[int, float]) -> dict[int, float]:
    """What each article would add if it came first, sources not counted.

    Args:
        scores: as for `take`.
        weights: as for `take`.
    """
    caring = [interest for interest in sorted(scores) if weights.get(interest, 0) > 0 and scores[interest]]
    most = max((weights[interest] for interest in caring), default=1.0)
    share = {interest: _shares(scores[interest]) for interest in caring}
    left = {article for interest in caring for article in share[interest]}
    return _gains(left, caring, {interest: weights[interest] / most for interest in caring}, share)


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


def _first(
    gains: Mapping[int, float], stories: Sequence[Story], story: Callable[[int], Story], sure: Mapping[int, float]
) -> int:
    """The article that adds most, its source counted; only those that may be first are looked up."""
    best, most = -1, -1.0
    for article in sorted(gains, key=lambda each: (-gains[each], -sure.get(each, 0.0), each)):
        if gains[article] < most:
            break
        source = story(article).source
        gain = gains[article] * SAME_SOURCE ** sum(source == told.source for told in stories if source)
        if gain > most or (gain == most and (-sure.get(article, 0.0), article) < (-sure.get(best, 0.0), best)):
            best, most = article, gain
    return best


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    best = max(scores.values(), default=0.0) or 1.0
    return {article: score / best for article, score in scores.items() if score > 0}


def _same(one: Story, other: Story) -> bool:
    return same_story(frozenset(other.title), frozenset(one.title), closeness(other.codes, one.codes))
