"""What to give a contact: the kept ranking, seen from today."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.candidates import Candidate, Candidates, Shelf, gather
from giveback.matching.reasons import Reason, explain
from giveback.matching.turns import Rules, take
from giveback.store.questions import suggestions as questions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date

    from giveback.giving.candidates import Parts
    from giveback.giving.choices import Choice
    from giveback.matching.turns import Story
    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.interests import InterestState
    from giveback.store.questions.suggestions import RankedRow

REPEATED = "source repeated"
"""What is said of an article whose source stands in the list before it."""
SUSPECTED = "perhaps sensitive: "
"""What is said before a kind of sensitive matter for which an article is lowered, but let pass."""
REMEMBERED = 100
"""Of so many articles that were given or dismissed last, near-duplicates are not suggested either."""


class Suggestion(NamedTuple):
    """An article for a contact.

    Attributes:
        row: the parts of its score for the interest it is for, as they are kept.
        article: the article.
        interest: the phrase it is for.
        source: where that comes from: "user", "import", "title", "company", "town", "topic".
        parts: what its score is made of today.
        reason: why.
    """

    row: RankedRow
    article: ArticleRow
    interest: str
    source: str
    parts: Parts
    reason: Reason

    @property
    def score(self) -> float:
        """What it counts today."""
        return self.parts.score


class Suggestions(NamedTuple):
    """A short list.

    Attributes:
        items: best first.
        held_back: kind of sensitive matter to how many articles were left out for it.
        poor: how many articles were near, but not good enough.
        interests: the person's interests, and how they are served.
    """

    items: list[Suggestion]
    held_back: dict[str, int]
    poor: int
    interests: list[InterestState]


def suggest(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice) -> Suggestions:
    """Suggest articles to a contact.

    Never one that was given or dismissed, nor another telling of its story; nothing that is not good enough; of
    three or more not all from one source or for one interest, unless nothing else is good.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: how many, how old, how sensitive.
    """
    found = gather(connection, contact_id, today, choice)
    return Suggestions(short_list(connection, contact_id, found, today, choice), found.held, found.poor, found.states)


def short_list(
    connection: sqlite3.Connection, contact_id: int, found: Candidates, today: date, choice: Choice
) -> list[Suggestion]:
    """Choose from the candidates, and say why each was chosen."""
    if not found.scores:
        return []
    shelf = Shelf(connection)
    rules = Rules(choice.limit, known_stories(connection, contact_id, shelf), varied=True, sure=found.sure)
    taken = take(found.scores, found.weights, shelf.story, rules)
    chosen = [found.candidate(article, interest, today) for article, interest in taken]
    sources = [shelf.article(article).source for article, _ in taken]
    return [
        suggestion(each, shelf, today, choice, repeated=bool(source) and source in sources[:place])
        for place, (each, source) in enumerate(zip(chosen, sources, strict=True))
    ]


def known_stories(connection: sqlite3.Connection, contact_id: int, shelf: Shelf) -> list[Story]:
    """Stories that the contact knows, or that were dismissed."""
    return [shelf.story(number) for number in questions.over(connection, contact_id, REMEMBERED)]


def suggestion(
    candidate: Candidate, shelf: Shelf, today: date, choice: Choice, *, repeated: bool = False
) -> Suggestion:
    """A candidate with its reason.

    Args:
        candidate: an article for an interest.
        shelf: looks it up.
        today: the local day.
        choice: whether reasons are wanted, and passages.
        repeated: an article of the same source stands before it.
    """
    row, interest = candidate.row, candidate.interest
    article = shelf.article(row.article_id)
    reason = Reason(interest.phrase, ())
    if choice.reasons:
        lowered = _lowered(candidate, repeated=repeated)
        reason = explain(interest.phrase, shelf.text(row.article_id), candidate.avoided, today.toordinal() - row.day)
        reason = reason._replace(lowered=(*reason.lowered, *lowered))
    if choice.reasons and choice.embedder is not None and not interest.wordless:
        from giveback.matching.reasons import closest_passage

        reason = reason._replace(passage=closest_passage(interest.phrase, shelf.read(row.article_id), choice.embedder))
    return Suggestion(row, article, interest.phrase, interest.source, candidate.parts, reason)


def _lowered(candidate: Candidate, *, repeated: bool) -> Sequence[str]:
    """What took something off beside age and what the person avoids."""
    row, parts = candidate.row, candidate.parts
    found = []
    if parts.shown < 0:
        found.append(f"shown {row.times_shown} times")
    if parts.suspicion < 0 and candidate.suspected:
        found.append(SUSPECTED + candidate.suspected)
    if repeated:
        found.append(REPEATED)
    return found
