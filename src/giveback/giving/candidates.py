"""What may be suggested to a contact today, and what each article would count."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.choices import kinds
from giveback.giving.named import NUMBERS, named
from giveback.giving.written import written
from giveback.matching.fusion import GOOD_ENOUGH, confidence, freshness, good_enough
from giveback.matching.suspicion import Suspicion, suspicion
from giveback.matching.turns import Story
from giveback.store.questions import articles, contacts
from giveback.store.questions import suggestions as questions
from giveback.store.questions.interests import states
from giveback.text import fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from giveback.giving.choices import Choice
    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.interests import InterestState
    from giveback.store.questions.suggestions import RankedRow

SHOWN_OFTEN = 5
"""From so many days of being shown on, an article that was never given sinks."""
SINKS = 0.5
SUSPICION = 0.2
"""What an article that may pass loses for certain suspicion; for half of it, half."""
READ = 20_000
"""Characters of an article that are searched for the words of a reason."""
SPOKEN = 4_000
"""Characters of an article among which its nearest passage is looked for, as its vector rests on no more."""
FITS = 0.4
"""A score by the interest's own words at which an article is what the person cares about."""
NAMES = frozenset(NUMBERS.values())
CERTAIN = 0.9
"""A probability of sensitive matter that no interest overrules; allowing the kind does."""


class Parts(NamedTuple):
    """What a score is made of; `score` is their sum.

    Attributes:
        words: from words in common.
        meaning: from closeness in meaning.
        feedback: from what was given and dismissed.
        avoided: what an avoided interest took off; 0 or below, as all that follow.
        age: what the days took off.
        shown: what having been shown again and again took off.
        suspicion: what the chance of being sensitive took off.
    """

    words: float
    meaning: float
    feedback: float
    avoided: float
    age: float = 0.0
    shown: float = 0.0
    suspicion: float = 0.0

    @property
    def score(self) -> float:
        """What the article counts today."""
        return sum(self)

    def rounded(self, digits: int) -> Parts:
        """The parts rounded so that they still add up to the rounded score; the largest takes up the difference."""
        parts = [round(part, digits) for part in self]
        largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
        parts[largest] = round(parts[largest] + round(self.score, digits) - sum(parts), digits)
        return Parts(*parts)


class Candidate(NamedTuple):
    """An article for one interest.

    Attributes:
        row: as it is ranked.
        interest: what it would serve.
        parts: its score today.
        avoided: the avoided phrase that lowered it, or "".
        suspected: the kind of sensitive matter for which it is lowered, though it may pass, or "".
    """

    row: RankedRow
    interest: InterestState
    parts: Parts
    avoided: str
    suspected: str = ""


class Candidates(NamedTuple):
    """What may be suggested to one contact.

    Attributes:
        rows: by article and interest; see `candidate`.
        scores: interest to article to score today.
        weights: interest to how much it counts.
        sure: article to how sure it is today that it serves anything, by the interest's own words.
        held: kind of sensitive matter to how many articles were left out for it.
        poor: how many articles were near, but not good enough.
        states: the person's interests.
        choice: how they were asked for, with the kinds that are welcome to this contact.
    """

    rows: dict[tuple[int, int], RankedRow]
    scores: dict[int, dict[int, float]]
    weights: dict[int, float]
    sure: dict[int, float]
    held: dict[str, int]
    poor: int
    states: list[InterestState]
    choice: Choice

    def candidate(self, article: int, interest: int, today: date) -> Candidate:
        """One of them, with all that is to be said of it."""
        return candidate(self.rows[article, interest], {state.id: state for state in self.states}, today, self.choice)


def gather(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice) -> Candidates:
    """Collect what may be suggested to a contact.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: how old, how sensitive, and what is left out.
    """
    known = states(connection, contact_id, GOOD_ENOUGH)
    interests = [state for state in known if state.id > 0 or state.source in choice.weak]
    rows = questions.ranked(connection, contact_id)
    interests, held = written(connection, contact_id, interests, {(row.article_id, row.interest_id) for row in rows})
    rows += held
    weak = named(connection, contact_id, choice.weak, {fold(state.phrase) for state in interests})
    states_now = [*interests, *(state for state, _ in weak)]
    rows += [row for _, some in weak for row in some]
    return sift(rows, states_now, contacts.tact_allow(connection, contact_id), today, choice)


def sift(
    rows: Iterable[RankedRow], interests: Sequence[InterestState], allowed: str, today: date, choice: Choice
) -> Candidates:
    """Leave out what is too old, not good enough or sensitive, and say what the rest counts today.

    Args:
        rows: articles for interests of one contact.
        interests: these interests.
        allowed: kinds of sensitive matter that are welcome to the contact, joined by commas.
        today: the local day.
        choice: how old, how sensitive, and what is left out.
    """
    by_id = {state.id: state for state in interests}
    oldest = date.fromisoformat(choice.since).toordinal() if choice.since else 0
    near = [
        row for row in rows if row.day >= oldest and row.article_id not in choice.without and row.interest_id in by_id
    ]
    good = _good(near)
    choice = welcoming(choice, allowed)
    doubts = doubts_of(good, choice)
    held = held_back(good, doubts)
    counted: dict[str, int] = {}
    for kind in held.values():
        counted[kind] = counted.get(kind, 0) + 1
    rest = [row for row in good if row.article_id not in held]
    found = {(row.article_id, row.interest_id): row for row in rest}
    poor = len({row.article_id for row in near} - {row.article_id for row in good})
    scores, sure = _scores(rest, today, doubts)
    return Candidates(found, scores, _weights(rest, by_id), sure, counted, poor, list(interests), choice)


def _good(rows: Sequence[RankedRow]) -> list[RankedRow]:
    """Those that are good enough; less is asked of the best one for each interest."""
    best: dict[int, float] = {}
    for row in rows:
        best[row.interest_id] = max(best.get(row.interest_id, 0.0), row.plain)
    return [
        row
        for row in rows
        if row.interest_id in NAMES  # it stands in the title, which is enough
        or good_enough(row.plain, first=row.plain == best[row.interest_id], weak=row.interest_id < 0)
    ]


def candidate(row: RankedRow, interests: Mapping[int, InterestState], today: date, choice: Choice) -> Candidate:
    """A ranked row on a day.

    Args:
        row: an article for one of the interests.
        interests: of the contact, by number.
        today: the local day.
        choice: whether the chance of being sensitive counts, and of which kinds.
    """
    avoided = interests.get(row.avoided_id or 0)
    doubt = doubts_of([row], choice).get(row.article_id, Suspicion(0.0, ""))
    parts = parts_of_day(row, today, doubt.probability)
    return Candidate(row, interests[row.interest_id], parts, avoided.phrase if avoided else "", doubt.kind)


def welcoming(choice: Choice, allowed: str) -> Choice:
    """The choice for one contact: kinds of sensitive matter that are welcome to them are, too.

    Args:
        choice: as it is for everybody.
        allowed: kinds that are welcome to this contact, joined by commas.
    """
    return choice._replace(allow=choice.allow | kinds(allowed))


def doubts_of(rows: Iterable[RankedRow], choice: Choice) -> dict[int, Suspicion]:
    """What stands against articles: each article's once, nothing where sensitive ones are wanted.

    Args:
        rows: of one contact.
        choice: whether sensitive ones are wanted, the threshold, and which kinds are welcome.
    """
    if choice.sensitive:
        return {}
    found = {row.article_id: row.tact for row in rows}
    return {article: suspicion(tact, choice.allow, choice.threshold) for article, tact in found.items()}


def held_back(rows: Sequence[RankedRow], doubts: Mapping[int, Suspicion]) -> dict[int, str]:
    """Articles that are left out as sensitive, with their kinds.

    Args:
        rows: of one contact.
        doubts: as `doubts_of` finds them.
    """
    fits = {row.article_id for row in rows if row.plain >= FITS}
    return {
        article: doubt.kind
        for article, doubt in doubts.items()
        if doubt.kind and (article not in fits or doubt.probability >= CERTAIN)
    }


def parts_of_day(row: RankedRow, today: date, doubt: float) -> Parts:
    """What the score of an article is made of on a day.

    Args:
        row: as it is ranked.
        today: the local day.
        doubt: the chance that it is sensitive, which lowers it; 0 where that does not count.
    """
    kept = row.lexical + row.semantic + row.feedback + row.penalty
    fresh, seen, safe = _shares(row, today.toordinal(), doubt)
    aged, shown = kept * fresh, kept * fresh * seen
    return Parts(
        row.lexical,
        row.semantic,
        row.feedback,
        row.penalty,
        aged - kept,
        shown - aged,
        shown * safe - shown,
    )


def _shares(row: RankedRow, today: int, doubt: float) -> tuple[float, float, float]:
    """What age, having been shown, and the chance of being sensitive each leave of a score."""
    return (
        freshness(today - row.day),
        SINKS if row.times_shown >= SHOWN_OFTEN else 1.0,
        1 - SUSPICION * doubt,
    )


def _scores(
    rows: Iterable[RankedRow], today: date, doubts: Mapping[int, Suspicion]
) -> tuple[dict[int, dict[int, float]], dict[int, float]]:
    """Interest to article to what it counts today, and article to how sure it is by the interest's own words.

    The former is the same as `parts_of_day` sums to, and quicker for many.
    """
    ordinal = today.toordinal()
    scores: dict[int, dict[int, float]] = {}
    sure: dict[int, float] = {}
    for row in rows:
        fresh, seen, safe = _shares(row, ordinal, doubts[row.article_id].probability if doubts else 0.0)
        left = fresh * seen * safe
        score = (row.lexical + row.semantic + row.feedback + row.penalty) * left
        scores.setdefault(row.interest_id, {})[row.article_id] = score
        sure[row.article_id] = max(sure.get(row.article_id, 0.0), (row.plain + row.penalty) * left)
    return scores, sure


def _weights(rows: Iterable[RankedRow], interests: dict[int, InterestState]) -> dict[int, float]:
    """How much each interest counts: as the user said, as what was judged says, as sure as it is that it is served."""
    surest: dict[int, float] = {}
    for row in rows:
        surest[row.interest_id] = max(surest.get(row.interest_id, 0.0), row.plain)
    return {
        number: interests[number].weight * interests[number].reliability * confidence(plain)
        for number, plain in surest.items()
    }


class Shelf:
    """Articles by number, each read once and only when it is asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the store."""
        self._connection = connection
        self._articles: dict[int, ArticleRow] = {}
        self._stories: dict[int, Story] = {}

    def article(self, number: int) -> ArticleRow:
        """The article, which must exist."""
        if number not in self._articles:
            row = articles.one(self._connection, number)
            assert row is not None
            self._articles[number] = row
        return self._articles[number]

    def story(self, number: int) -> Story:
        """What tells whether two articles are one story."""
        if number not in self._stories:
            row = self.article(number)
            self._stories[number] = Story(row.source, words(row.title), questions.vector(self._connection, number))
        return self._stories[number]

    def text(self, number: int) -> str:
        """What is searched for words."""
        row = self.article(number)
        return "\n".join((row.title, row.summary, articles.opening(self._connection, number, READ)))

    def read(self, number: int) -> str:
        """What the article's vector rests on."""
        row = self.article(number)
        return "\n".join((row.title, row.summary, articles.opening(self._connection, number, SPOKEN)))
