"""The other way round: who would like an article."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.candidates import Shelf, candidate, doubts_of, held_back, parts_of_day, welcoming
from giveback.giving.named import names, naming_state, row_of_name
from giveback.giving.suggestions import known_stories, suggestion
from giveback.giving.written import row_of_phrase
from giveback.matching.fusion import GOOD_ENOUGH, good_enough
from giveback.matching.scripts import is_unspaced
from giveback.matching.turns import tells_anew
from giveback.store.questions import articles, contacts, interests
from giveback.store.questions import suggestions as questions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import date

    from giveback.giving.choices import Choice
    from giveback.giving.suggestions import Suggestion
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.interests import InterestState
    from giveback.store.questions.suggestions import RankedRow


class Reader(NamedTuple):
    """A contact who would like the article.

    Attributes:
        contact: who.
        suggestion: the article for them, with its reason.
        held_back: the kind of sensitive matter for which `suggest` would leave it out for them, or "".
    """

    contact: ContactRow
    suggestion: Suggestion
    held_back: str


class Readers(NamedTuple):
    """Who would like an article: the first of them, and how many there are."""

    items: list[Reader]
    total: int


def readers(
    connection: sqlite3.Connection,
    article_id: int,
    today: date,
    choice: Choice,
    on_step: Callable[[], None] = lambda: None,
) -> Readers:
    """Find the contacts who would like an article, best first.

    Everybody is looked at, also those for whom it is not among the articles that are kept; left out are archived
    contacts, and those who were given it, dismissed it, or know its story from another article.

    Args:
        connection: the store.
        article_id: the article, which must exist.
        today: the local day.
        choice: how many contacts, and what counts.
        on_step: called for each contact that was looked at.

    Raises:
        NotFoundError: it is not ranked yet.
    """
    shelf = Shelf(connection)
    best = _best_of_each(connection, article_id, today, choice, on_step)
    rows = contacts.some(connection, best)
    found: list[Reader] = []
    total = 0
    for contact_id, (_, row) in sorted(best.items(), key=lambda each: (-each[1][0], each[0])):
        contact = rows[contact_id]
        if contact.archived_at is None and _is_new_to(connection, contact_id, article_id, shelf):
            total += 1
            if len(found) < choice.limit:
                found.append(_reader(connection, contact, row, today, choice))
    return Readers(found, total)


def _best_of_each(
    connection: sqlite3.Connection, article_id: int, today: date, choice: Choice, on_step: Callable[[], None]
) -> dict[int, tuple[float, RankedRow]]:
    """Contact to what the article counts for them today, with the row of the interest that it serves best."""
    best: dict[int, tuple[float, RankedRow]] = {}
    for contact, row, weight in _rows(connection, article_id, choice, on_step):
        worth = weight * parts_of_day(row, today, 0.0).score
        if worth > 0 and (contact not in best or worth > best[contact][0]):
            best[contact] = worth, row
    return best


def _rows(
    connection: sqlite3.Connection, article_id: int, choice: Choice, on_step: Callable[[], None]
) -> Iterator[tuple[int, RankedRow, float]]:
    """Contact, row and weight of every interest that the article serves well enough."""
    from giveback.ranking.aside import rank_article

    weights = interests.weights(connection)
    shown = questions.times_shown(connection, article_id)
    tact, _ = questions.about(connection, 0, article_id)
    for kept in rank_article(connection, article_id, on_step):
        weak = kept.interest_id < 0
        if good_enough(kept.plain, first=False, weak=weak) and (not weak or "title" in choice.weak):
            row = questions.RankedRow(
                kept.article_id, kept.interest_id, kept.score, kept.lexical, kept.semantic, kept.feedback,
                kept.penalty, kept.plain, kept.avoided_id, kept.day, tact,
                shown.get(kept.contact_id, 0),
            )  # fmt: skip
            yield kept.contact_id, row, weights.get(kept.interest_id, 1.0)
    article = questions.naming_row(connection, article_id)
    over = questions.over_for(connection, article_id)
    for contact, source, phrase in contacts.named_in(connection, article.title):
        if source in choice.weak and names(article.title, phrase) and contact not in over:
            row = row_of_name(article._replace(times_shown=shown.get(contact, 0)), source)
            yield contact, row, interests.WEAK
    for contact, number, phrase in _holding(connection, article_id):
        if contact not in over:
            row = row_of_phrase(article._replace(times_shown=shown.get(contact, 0)), number, phrase)
            yield contact, row, weights.get(number, 1.0)


def _holding(connection: sqlite3.Connection, article_id: int) -> list[tuple[int, int, str]]:
    """Contact, number and phrase of interests in scripts without spaces that the article holds."""
    article = articles.one(connection, article_id)
    text = f"{article.title}\n{article.summary}" if article else ""
    if not is_unspaced(text):
        return []
    return [each for each in interests.held_by(connection, text) if is_unspaced(each[2])]


def _is_new_to(connection: sqlite3.Connection, contact_id: int, article_id: int, shelf: Shelf) -> bool:
    return tells_anew(shelf.story(article_id), known_stories(connection, contact_id, shelf))


def _reader(connection: sqlite3.Connection, contact: ContactRow, row: RankedRow, today: date, choice: Choice) -> Reader:
    by_id = {state.id: state for state in interests.states(connection, contact.id, GOOD_ENOUGH)}
    served: InterestState = by_id.get(row.interest_id) or naming_state(contact, row.interest_id)
    own = welcoming(choice, contact.tact_allow)
    item = suggestion(candidate(row, {**by_id, served.id: served}, today, own), Shelf(connection), today, own)
    held = held_back([row], doubts_of([row], own._replace(sensitive=False)))
    return Reader(contact, item, held.get(row.article_id, ""))
