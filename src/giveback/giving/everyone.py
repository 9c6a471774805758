"""One article for everybody who is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.candidates import Shelf, gather
from giveback.giving.suggestions import Suggestions, known_stories, suggestion
from giveback.matching.assignment import assign
from giveback.matching.turns import first_gains, tells_anew

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import date

    from giveback.giving.candidates import Candidate, Candidates
    from giveback.giving.choices import Choice

HAIR = 0.001
"""What doubt takes off the worth of an article, at the most: less than any difference between people."""
DEEP = 30
"""Articles that one person may be given instead of the best, where others want that too."""


class Wish(NamedTuple):
    """What one person may be given: article to the interest it would be for, and to what it is worth."""

    found: Candidates
    interests: dict[int, int]
    worth: dict[int, float]


def suggest_to_everyone(
    connection: sqlite3.Connection,
    contact_ids: Sequence[int],
    today: date,
    choice: Choice,
    on_step: Callable[[], None] = lambda: None,
) -> dict[int, Suggestions]:
    """Suggest one article each to several contacts, no article twice.

    Everybody's first choice is what `suggest` would put first. Where several want the same article, it goes so that as
    many people as possible get something, and the total of the scores is the best, whoever stands first in the list
    (see `matching.assignment`): a person with one good article keeps it from a person with many.

    Args:
        connection: the store.
        contact_ids: for whom.
        today: the local day.
        choice: how old, how sensitive; its limit does not count.
        on_step: called after each contact.

    Returns:
        Contact to a list of one article or none.
    """
    shelf = Shelf(connection)
    wishes = {}
    for contact in contact_ids:
        wishes[contact] = _wish(connection, contact, today, choice, shelf)
        on_step()
    given = assign({contact: wish.worth for contact, wish in wishes.items()})
    return {
        contact: Suggestions(
            [suggestion(_chosen(wish, given[contact], today), shelf, today, choice)] if contact in given else [],
            wish.found.held,
            wish.found.poor,
            wish.found.states,
        )
        for contact, wish in wishes.items()
    }


def _chosen(wish: Wish, article: int, today: date) -> Candidate:
    return wish.found.candidate(article, wish.interests[article], today)


def _wish(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice, shelf: Shelf) -> Wish:
    found = gather(connection, contact_id, today, choice)
    gains = first_gains(found.scores, found.weights)
    most = max(gains.values(), default=1.0)
    # What an article adds says how this person's articles compare; their best score, how persons compare.
    best = max((score for scores in found.scores.values() for score in scores.values()), default=0.0)
    known = known_stories(connection, contact_id, shelf) if gains else []
    worth: dict[int, float] = {}
    surest = max(found.sure.values(), default=0.0) or 1.0
    for article in sorted(gains, key=lambda each: (-gains[each], -found.sure[each], each)):
        if len(worth) == DEEP:
            break
        if gains[article] > 0 and tells_anew(shelf.story(article), known):
            # Of articles that add as much the surer is worth a little more, as `suggest` puts it first.
            doubt = HAIR * (1 - found.sure[article] / surest)
            worth[article] = min(gains[article] / most * max(best, 0.0), 1.0) * (1 - doubt)
    return Wish(found, {article: _serves(found, article) for article in worth}, worth)


def _serves(found: Candidates, article: int) -> int:
    """The interest that an article is for."""
    return max(
        (interest for interest in found.scores if article in found.scores[interest]),
        key=lambda interest: (
            found.weights.get(interest, 0.0) * found.scores[interest][article] / max(found.scores[interest].values()),
            -interest,
        ),
    )
