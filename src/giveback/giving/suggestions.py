"""What to give a contact: the kept ranking, seen from today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.fusion import confidence, freshness
from giveback.matching.reasons import Reason, explain
from giveback.matching.turns import Story, take
from giveback.store.questions import articles, contacts
from giveback.store.questions import suggestions as questions
from giveback.text import fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.contacts import InterestRow
    from giveback.store.questions.suggestions import RankedRow

SHOWN_OFTEN = 5
"""From so many days of being shown on, an article that was never given sinks."""
SINKS = 0.5
READ = 20_000
"""Characters of an article that are searched for the words of a reason."""
FITS = 0.4
"""A score by the interest's own words at which an article is what the person cares about."""
CERTAIN = 0.9
"""A probability of sensitive matter that no interest overrules; allowing the kind does."""


class Suggestion(NamedTuple):
    """An article for a contact.

    Attributes:
        row: the parts of its score for the interest it is for.
        article: the article.
        interest: the phrase it is for.
        fresh: the share of its score that its age left it.
        score: what it counts today.
        reason: why.
    """

    row: RankedRow
    article: ArticleRow
    interest: str
    fresh: float
    score: float
    reason: Reason


class Suggestions(NamedTuple):
    """A short list.

    Attributes:
        items: best first.
        held_back: kind of sensitive matter to how many articles were left out for it.
    """

    items: list[Suggestion]
    held_back: dict[str, int]


class Choice(NamedTuple):
    """How a list is asked for.

    Attributes:
        limit: at most so many articles.
        since: only articles dated on or after this ISO day; "" for all.
        sensitive: suggest sensitive articles too.
        allow: kinds of sensitive articles that are welcome.
        without: numbers of articles to leave out.
        reasons: say by which words; who shows only titles need not read the articles for it.
    """

    limit: int = 5
    since: str = ""
    sensitive: bool = False
    allow: frozenset[str] = frozenset()
    without: Collection[int] = ()
    reasons: bool = True


def kinds(said: str) -> frozenset[str]:
    """Kinds of sensitive matter as a setting lists them: "illness, religion"."""
    return frozenset(fold(part) for part in said.replace(";", ",").split(",") if part.strip())


def suggest(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice) -> Suggestions:
    """Suggest articles to a contact; never one that was given or dismissed.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: how many, how old, how sensitive.
    """
    oldest = date.fromisoformat(choice.since).toordinal() if choice.since else 0
    rows = [
        row
        for row in questions.ranked(connection, contact_id)
        if row.day >= oldest and row.article_id not in choice.without
    ]
    allow = choice.allow | kinds(contacts.tact_allow(connection, contact_id))
    wanted = {row.article_id for row in rows if _is_wanted(row)}
    held = {
        row.article_id: row.tact_kind
        for row in rows
        if row.tact_kind and not choice.sensitive and row.tact_kind not in allow and row.article_id not in wanted
    }
    open_rows = [row for row in rows if row.article_id not in held]
    counted: dict[str, int] = {}
    for kind in held.values():
        counted[kind] = counted.get(kind, 0) + 1
    return Suggestions(_short_list(connection, contact_id, open_rows, today, choice), counted)


def _is_wanted(row: RankedRow) -> bool:
    """Whether an article fits the person's own interest so well that a mere suspicion is overruled."""
    return row.plain >= FITS and (row.tact or 0.0) < CERTAIN


def _short_list(
    connection: sqlite3.Connection, contact_id: int, rows: Sequence[RankedRow], today: date, choice: Choice
) -> list[Suggestion]:
    if not rows:
        return []
    interests = {interest.id: interest for interest in contacts.interests(connection, contact_id)}
    known = {(row.article_id, row.interest_id): row for row in rows if row.interest_id in interests}
    scores: dict[int, dict[int, float]] = {}
    for row in known.values():
        scores.setdefault(row.interest_id, {})[row.article_id] = row.score * _of_day(row, today)
    shelf = _Shelf(connection)
    taken = take(scores, _weights(known.values(), interests), shelf.story, choice.limit)
    return [
        Suggestion(
            row := known[article, interest],
            shelf.article(article),
            interests[interest].phrase,
            freshness(today.toordinal() - row.day),
            scores[interest][article],
            _reason(row, shelf, interests, today) if choice.reasons else Reason(interests[interest].phrase, ()),
        )
        for article, interest in taken
    ]


class _Shelf:
    """Articles by number, each read once and only when it is asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._articles: dict[int, ArticleRow] = {}

    def article(self, number: int) -> ArticleRow:
        if number not in self._articles:
            row = articles.one(self._connection, number)
            assert row is not None
            self._articles[number] = row
        return self._articles[number]

    def story(self, number: int) -> Story:
        row = self.article(number)
        return Story(row.source, words(row.title), questions.vector(self._connection, number))

    def text(self, number: int) -> str:
        row = self.article(number)
        return "\n".join((row.title, row.summary, articles.text(self._connection, number)[:READ]))


def _weights(rows: Iterable[RankedRow], interests: Mapping[int, InterestRow]) -> dict[int, float]:
    """How much each interest counts: as the user said, and as sure as it is that it is served at all."""
    surest: dict[int, float] = {}
    for row in rows:
        surest[row.interest_id] = max(surest.get(row.interest_id, 0.0), row.plain)
    return {number: interests[number].weight * confidence(plain) for number, plain in surest.items()}


def _of_day(row: RankedRow, today: date) -> float:
    """The share of its score that age leaves an article, and having been shown again and again."""
    return freshness(today.toordinal() - row.day) * (SINKS if row.times_shown >= SHOWN_OFTEN else 1.0)


def _reason(row: RankedRow, shelf: _Shelf, interests: Mapping[int, InterestRow], today: date) -> Reason:
    age = today.toordinal() - row.day
    avoided = interests.get(row.avoided_id or 0)
    phrase = interests[row.interest_id].phrase
    reason = explain(phrase, shelf.text(row.article_id), avoided.phrase if avoided else "", age)
    if row.times_shown >= SHOWN_OFTEN:
        return reason._replace(lowered=(*reason.lowered, f"shown {row.times_shown} times"))
    return reason
