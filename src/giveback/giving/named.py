"""Company and town as weak interests: articles whose title names them.

A proper name says nothing to closeness in meaning ("Shell" is near the beach), so that only its words count, as they
are written. Nothing of this is ranked or kept: it is looked up in the search index.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.store.questions.contacts import one
from giveback.store.questions.interests import WEAK, InterestState
from giveback.store.questions.suggestions import NamingRow, RankedRow, naming
from giveback.text import fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from giveback.store.questions.contacts import ContactRow

NAMED = 0.3
"""The score of an article that names the company or town."""
NEWEST = 10
"""So many articles for a name, the newest ones."""
NUMBERS = {"company": -(2**40), "town": -(2**40) - 1}
"""Numbers under which they stand beside the interests of one contact; below those of all job titles."""


def named(
    connection: sqlite3.Connection, contact_id: int, wanted: Collection[str], said: Collection[str]
) -> list[tuple[InterestState, list[RankedRow]]]:
    """Articles that name a contact's company or town.

    Args:
        connection: the store.
        contact_id: the contact.
        wanted: "company", "town" or both.
        said: folded interests that the contact has anyway.
    """
    contact = one(connection, contact_id)
    found = []
    for source, number in NUMBERS.items():
        phrase = getattr(contact, source)
        if source in wanted and words(phrase) and fold(phrase) not in said:
            rows = naming(connection, contact_id, words(phrase), NEWEST)
            named_rows = [row_of_name(row, source) for row in rows if names(row.title, phrase)]
            if named_rows:
                found.append((naming_state(contact, number), named_rows))
    return found


def names(title: str, name: str) -> bool:
    """Whether a title holds a name as it is written: "Shell" is no seashell, and "Reading" no pastime."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def naming_state(contact: ContactRow, number: int) -> InterestState:
    """A contact's company or town as an interest; `number` is one of `NUMBERS`."""
    source = next(source for source, own in NUMBERS.items() if own == number)
    return InterestState(
        number, getattr(contact, source), avoid=False, weight=WEAK, source=source, since=contact.added_on,
        served=None, given=None, wordless=False,
    )  # fmt: skip


def row_of_name(row: NamingRow, source: str) -> RankedRow:
    """An article that names the company or town, as if it were ranked."""
    return by_words_alone(row, NUMBERS[source], NAMED)


def by_words_alone(row: NamingRow, interest: int, score: float) -> RankedRow:
    """An article as if it were ranked, with nothing but words in common.

    Args:
        row: the article.
        interest: number of the interest that it serves.
        score: what these words count.
    """
    return RankedRow(
        article_id=row.article_id,
        interest_id=interest,
        score=score,
        lexical=score,
        semantic=0.0,
        feedback=0.0,
        penalty=0.0,
        plain=score,
        avoided_id=None,
        day=row.day,
        tact=row.tact,
        times_shown=row.times_shown,
    )
