"""What to give a contact: the kept ranking, seen from today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.fusion import confidence, freshness
from giveback.matching.reasons import explain
from giveback.matching.turns import Story, take
from giveback.store.questions import suggestions as questions
from giveback.text import fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from giveback.matching.reasons import Reason
    from giveback.store.questions.suggestions import RankedRow

SHOWN_OFTEN = 5
"""From so many days of being shown on, an article that was never given sinks."""
SINKS = 0.5
FITS = 0.4
"""A score by the interest's own words at which an article is what the person cares about."""
CERTAIN = 0.9
"""A probability of sensitive matter that no interest overrules; allowing the kind does."""


class Suggestion(NamedTuple):
    """An article for a contact.

    Attributes:
        row: the article and the parts of its score for the interest it is for.
        fresh: the share of its score that its age left it.
        score: what it counts today.
        reason: why.
    """

    row: RankedRow
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
    """

    limit: int = 5
    since: str = ""
    sensitive: bool = False
    allow: frozenset[str] = frozenset()
    without: Collection[int] = ()


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
    rows = [
        row
        for row in questions.ranked(connection, contact_id)
        if row.dated_at >= choice.since and row.article_id not in choice.without
    ]
    allow = choice.allow | _allowed_by(connection, contact_id)
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
    return Suggestions(_short_list(connection, open_rows, today, choice.limit), counted)


def _is_wanted(row: RankedRow) -> bool:
    """Whether an article fits the person's own interest so well that a mere suspicion is overruled."""
    return row.plain >= FITS and (row.tact or 0.0) < CERTAIN


def _allowed_by(connection: sqlite3.Connection, contact_id: int) -> frozenset[str]:
    row = connection.execute("SELECT tact_allow FROM contact WHERE id = ?", (contact_id,)).fetchone()
    return kinds(row[0]) if row else frozenset()


def _short_list(connection: sqlite3.Connection, rows: Sequence[RankedRow], today: date, limit: int) -> list[Suggestion]:
    known = {(row.article_id, row.interest_id): row for row in rows}
    today_scores: dict[int, dict[int, float]] = {}
    for row in rows:
        today_scores.setdefault(row.interest_id, {})[row.article_id] = row.score * _of_day(row, today)
    weights = _weights(rows)
    stories = {row.article_id: Story(row.source, words(row.title), row.vector or b"") for row in rows}
    taken = take(today_scores, weights, stories, limit)
    texts = _texts(connection, (article for article, _ in taken))
    return [
        _suggestion(known[article, interest], today_scores[interest][article], texts, today)
        for article, interest in taken
    ]


def _weights(rows: Sequence[RankedRow]) -> dict[int, float]:
    """How much each interest counts: as the user said, and as sure as it is that it is served at all."""
    surest: dict[int, float] = {}
    for row in rows:
        surest[row.interest_id] = max(surest.get(row.interest_id, 0.0), row.plain)
    return {row.interest_id: row.weight * confidence(surest[row.interest_id]) for row in rows}


def _of_day(row: RankedRow, today: date) -> float:
    """The share of its score that age leaves an article, and having been shown again and again."""
    return freshness(_age(row, today)) * (SINKS if row.times_shown >= SHOWN_OFTEN else 1.0)


def _age(row: RankedRow, today: date) -> int:
    return (today - date.fromisoformat(row.dated_at[:10])).days


def _texts(connection: sqlite3.Connection, articles: Iterable[int]) -> dict[int, str]:
    sql = "SELECT title || char(10) || summary || char(10) || substr(text, 1, 20000) FROM article WHERE id = ?"
    return {number: str(connection.execute(sql, (number,)).fetchone()[0]) for number in articles}


def _suggestion(row: RankedRow, score: float, texts: Mapping[int, str], today: date) -> Suggestion:
    age = _age(row, today)
    reason = explain(row.interest, texts[row.article_id], row.avoided or "", age)
    if row.times_shown >= SHOWN_OFTEN:
        reason = reason._replace(lowered=(*reason.lowered, f"shown {row.times_shown} times"))
    return Suggestion(row, freshness(age), score, reason)


def interest_served(connection: sqlite3.Connection, contact_id: int, article_id: int) -> str:
    """The contact's interest that an article was last shown for, else serves best; "" when it serves none."""
    row = connection.execute(
        "SELECT i.phrase FROM ranking r JOIN interest i ON i.id = r.interest_id"
        " LEFT JOIN shown s ON s.contact_id = r.contact_id AND s.article_id = r.article_id"
        " WHERE r.contact_id = ? AND r.article_id = ?"
        " ORDER BY s.interest_id IS r.interest_id DESC, r.score DESC LIMIT 1",
        (contact_id, article_id),
    ).fetchone()
    return str(row[0]) if row else ""
