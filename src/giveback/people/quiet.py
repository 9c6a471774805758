"""Interests that no article has served for long."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.store.questions.interests import InterestState


def last_served(state: InterestState) -> date | None:
    """The day of the newest article that serves an interest, given or not; None for none."""
    days = [date.fromordinal(state.served)] if state.served else []
    days += [date.fromisoformat(state.given)] if state.given else []
    return max(days, default=None)


def quiet(states: Sequence[InterestState], today: date, days: int) -> list[InterestState]:
    """The interests that went without an article for so long, or since they were added.

    Args:
        states: of one contact; what they avoid and what is only known of them does not count.
        today: the local day.
        days: how long.
    """
    return [
        state
        for state in states
        if not state.avoid
        and state.id > 0
        and (today - max(last_served(state) or date.min, date.fromisoformat(state.since))).days >= days
    ]


def advice(connection: sqlite3.Connection, state: InterestState, today: date) -> str:
    """What to do for an interest that went without articles for long, in one line."""
    from giveback.dates import say_span
    from giveback.store.questions.interests import broader

    served = last_served(state)
    how_long = f"for {say_span((today - served).days)}" if served else "yet"
    wider = broader(connection, state.phrase)
    phrase = f"a broader phrase, such as {wider!r}" if wider else "another phrase"
    return f"no article for {state.phrase!r} {how_long}: add feeds (giveback feed starters), or {phrase}"
