"""Interests that no article has served for long."""

from __future__ import annotations

from datetime import date
from itertools import groupby
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


def remark(state: InterestState) -> str:
    """What hinders an interest from being served as it is phrased, in one line; "" for nothing."""
    from giveback.text import words

    said = words(state.phrase)
    if not said:
        return f"{state.phrase!r} holds no word to look for: say it in words"
    if len(said) == 1 and len(said[0]) == 1 and said[0].isascii():
        return f"{state.phrase!r} is read as one letter, which may mean anything: add a word to it"
    return ""


def broader(phrase: str) -> list[str]:
    """Parts of a phrase that say the same more broadly, the best first.

    What stands before "on", "that", "with" … is what the phrase is about, and of "bass fishing" it is the last word. A
    verb in front goes: "growing vegetables" is about vegetables.

    Args:
        phrase: an interest, in English.

    Returns:
        At most two, folded, never the whole phrase.
    """
    from giveback.matching.reasons import is_empty_word
    from giveback.text import words

    said = [(" ".join(words(part)), part[:1].isupper()) for part in phrase.split()]
    said = [each for each in said if each[0]]
    runs = [list(run) for empty, run in groupby(said, lambda each: is_empty_word(each[0])) if not empty]
    run = next((run for run in runs if len(run) > 1 or not _is_doing(run[0][0])), runs[0] if runs else [])
    run = run[1:] if len(run) > 1 and _is_doing(run[0][0]) else run
    while len(run) > 1 and _is_done(run[-1][0]):
        run = run[:-1]
    pair = [run[-2:]] if len(run) > 1 and not run[-2][1] else []
    parts = [" ".join(word for word, _ in part) for part in (*pair, run[-1:])]
    whole = " ".join(word for word, _ in said)
    return [part for part in parts if part != whole and any(map(str.isalpha, part))]


def _is_doing(word: str) -> bool:
    return word.endswith("ing") and len(word) > 5  # noqa: PLR2004 -- "king", "ring"


def _is_done(word: str) -> bool:
    return word.endswith("ed") or word in {"made", "cut", "built", "grown", "written", "done"}


def advice(connection: sqlite3.Connection, state: InterestState, today: date) -> str:
    """What to do for an interest that went without articles for long, in one line."""
    from giveback.dates import say_span
    from giveback.store.questions.interests import stands

    served = last_served(state)
    how_long = f"for {say_span((today - served).days)}" if served else "yet"
    wider = next((part for part in broader(state.phrase) if stands(connection, part)), "")
    phrase = f"a broader phrase, such as {wider!r}" if wider else "another phrase"
    what = "no new article" if served else "no article"
    return f"{what} for {state.phrase!r} {how_long}: add feeds (giveback feed starters), or {phrase}"
