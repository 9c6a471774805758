"""Interests in scripts without spaces, such as Chinese: articles that hold them as they are written.

The search index parts words at spaces, so it takes a whole clause of Chinese for one word, and an interest within it is
found neither by words nor by meaning. Nothing of this is ranked or kept: it is looked up when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.giving.named import by_words_alone
from giveback.matching.scripts import is_unspaced
from giveback.store.questions.suggestions import holding

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

    from giveback.store.questions.interests import InterestState
    from giveback.store.questions.suggestions import NamingRow, RankedRow

IN_TITLE = 0.4
"""The score of an article whose title holds the phrase."""
IN_SUMMARY = 0.3
"""The score of one whose summary does."""
NEWEST = 10
"""So many articles for a phrase, the newest ones."""


def written(
    connection: sqlite3.Connection,
    contact_id: int,
    interests: Sequence[InterestState],
    ranked: Collection[tuple[int, int]] = (),
) -> tuple[list[InterestState], list[RankedRow]]:
    """Articles that hold interests in scripts without spaces.

    Args:
        connection: the store.
        contact_id: whose interests these are.
        interests: all of them, as far as they count.
        ranked: article and interest of what the kept ranking has anyway.

    Returns:
        The interests, with the day on which one was served so, and the articles.
    """
    states, found = [], []
    for state in interests:
        rows = []
        if not state.avoid and is_unspaced(state.phrase):
            rows = [
                row_of_phrase(row, state.id, state.phrase)
                for row in holding(connection, contact_id, state.phrase, NEWEST)
            ]
        days = [row.day for row in rows] + ([state.served] if state.served else [])
        states.append(state._replace(served=max(days, default=None)))
        found += [row for row in rows if (row.article_id, row.interest_id) not in ranked]
    return states, found


def row_of_phrase(row: NamingRow, interest: int, phrase: str) -> RankedRow:
    """An article that holds a phrase, as if it were ranked.

    Args:
        row: the article.
        interest: the number of the interest.
        phrase: as it is written; it stands in the title, or else in the summary.
    """
    return by_words_alone(row, interest, IN_TITLE if phrase in row.title else IN_SUMMARY)
