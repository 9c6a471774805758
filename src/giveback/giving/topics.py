"""Suggestions for a topic that is wanted now, which is no interest of the contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.giving.candidates import sift
from giveback.giving.suggestions import Suggestions, short_list
from giveback.giving.written import written
from giveback.matching.fusion import GOOD_ENOUGH
from giveback.store.questions.contacts import tact_allow
from giveback.store.questions.interests import InterestState, states
from giveback.store.questions.suggestions import RankedRow, about
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.giving.choices import Choice
    from giveback.ranking.board import Kept


def suggest_on_topic(
    connection: sqlite3.Connection, contact_id: int, said: str, today: date, choice: Choice
) -> Suggestions:
    """Suggest articles on a topic to a contact, with the same exclusions as for an interest; nothing is stored.

    Args:
        connection: the store.
        contact_id: the contact.
        said: the topic.
        today: the local day.
        choice: how many, how old, how sensitive.

    Raises:
        UsageError: the topic is empty.
        StoreError: the articles' vectors are of another model.
    """
    from giveback.ranking.aside import TOPIC, rank_topic

    topic = clean_line(said)
    if not fold(topic):
        raise UsageError("the topic is empty", 'say what the talk is about: --topic "offshore wind"')
    avoided = [state for state in states(connection, contact_id, GOOD_ENOUGH) if state.avoid]
    wanted = InterestState(
        TOPIC, topic, avoid=False, weight=1.0, source="topic", since=today.isoformat(),
        served=None, given=None, wordless=False,
    )  # fmt: skip
    rows = [ranked_row(connection, row) for row in rank_topic(connection, contact_id, topic, choice.model)]
    rows += written(connection, contact_id, [wanted], {(row.article_id, row.interest_id) for row in rows})[1]
    found = sift(rows, [wanted, *avoided], tact_allow(connection, contact_id), today, choice)
    return Suggestions(short_list(connection, contact_id, found, today, choice), found.held, found.poor, [])


def ranked_row(connection: sqlite3.Connection, kept: Kept) -> RankedRow:
    """A row of a ranking made aside, with what the store knows of the article."""
    tact, times = about(connection, kept.contact_id, kept.article_id)
    return RankedRow(
        article_id=kept.article_id,
        interest_id=kept.interest_id,
        score=kept.score,
        lexical=kept.lexical,
        semantic=kept.semantic,
        feedback=kept.feedback,
        penalty=kept.penalty,
        plain=kept.plain,
        avoided_id=kept.avoided_id,
        day=kept.day,
        tact=tact,
        times_shown=times,
    )
