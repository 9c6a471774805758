"""The coach's questions: what do you have to give? Each answer becomes an asset."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError
from giveback.giving.assets import TITLE_LIMIT, columns, refuse_twin, research_title
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session

    from giveback.giving.rules.book import Secrets
    from giveback.store.tables import Asset

ABOUT = frozenset({"bulletin", "research"})
"""Kinds of assets that are about something."""
STOPS = frozenset({"q", "quit", "stop", "exit"})
"""Answers that stop the questions; they go on where they stopped."""
_SUBJECT = re.compile(r"\b(?:on|about|of)\s+(.+)$", re.IGNORECASE)
_DURATION = re.compile(
    r"\b(?:(half an hour)|(a quarter of an hour)|(?:an?|one) (hour)|(\d{1,3})[ -]?(min(?:ute)?s?|h(?:ours?)?))\b",
    re.IGNORECASE,
)
_MINUTES_OF_HOUR = 60


class Question(NamedTuple):
    """A question of the coach.

    Attributes:
        key: by which the store remembers it.
        text: what is asked.
        example: an answer.
        kind: of the asset that an answer becomes.
    """

    key: str
    text: str
    example: str
    kind: str


@cache
def all_questions() -> tuple[Question, ...]:
    """Every question, in order."""
    text = (resources.files("giveback.giving") / "data" / "brainstorm.toml").read_text("utf-8")
    return tuple(Question(**each) for each in tomllib.loads(text)["question"])


def asked(connection: sqlite3.Connection | None) -> set[str]:
    """The keys of the questions that were put already."""
    if connection is None:
        return set()
    return {str(row[0]) for row in connection.execute("SELECT question FROM brainstorm_question")}


def open_questions(done: Collection[str]) -> list[Question]:
    """The questions that are still to be put."""
    return [question for question in all_questions() if question.key not in done]


def minutes_in(answer: str) -> int | None:
    """Minutes that an answer names: "an hour on Fridays" says 60; None where it names none."""
    found = _DURATION.search(answer)
    if found is None:
        return None
    half, quarter, hour, count, unit = found.groups()
    if quarter:
        return _MINUTES_OF_HOUR // 4
    if half or hour:
        return _MINUTES_OF_HOUR // (2 if half else 1)
    return int(count) * (1 if unit.lower().startswith("min") else _MINUTES_OF_HOUR)


def subjects_in(answer: str) -> str:
    """What an answer is about, as topics: "news on oil prices and LNG" is on "oil prices, LNG"; "" for nothing."""
    found = _SUBJECT.search(answer.partition(":")[0])
    return re.sub(r"\s+and\s+", ", ", found[1].strip(" .")) if found else ""


def answers_in(said: str) -> list[str]:
    """The answers in a line: several are separated by semicolons."""
    parts = (clean_line(part, TITLE_LIMIT) for part in said.split(";"))
    return list({fold(part): part for part in parts if fold(part)}.values())


def keep(session: Session, question: Question, said: str, secrets: Secrets, at: datetime) -> list[Asset]:
    """Note that a question was put, and make assets of its answer.

    Args:
        session: an open unit of work.
        question: which.
        said: the answer; "" passes the question over.
        secrets: what marks an answer as confidential.
        at: now.

    Returns:
        The new assets; what is offered already is not offered twice.

    Raises:
        UsageError: an answer smells confidential; nothing of it is kept.
    """
    from sqlmodel import select

    from giveback.store.tables import BrainstormQuestion

    made = [asset for answer in answers_in(said) if (asset := _asset(session, question, answer, secrets, at))]
    row = session.exec(select(BrainstormQuestion).where(BrainstormQuestion.question == question.key)).first()
    row = row or BrainstormQuestion(question=question.key, answers=0, asked_at=at)
    row.answers += len(made)
    session.add(row)
    session.flush()
    return made


def _asset(session: Session, question: Question, answer: str, secrets: Secrets, at: datetime) -> Asset | None:
    from giveback.giving.assets import AssetForm
    from giveback.store.tables import Asset

    title = research_title(answer) if question.kind == "research" else answer
    subjects = subjects_in(answer) if question.kind in ABOUT else ""
    form = AssetForm(
        title[:1].upper() + title[1:],
        question.kind,
        fits=subjects or None,
        minutes=minutes_in(answer),
        text=answer if title != answer else None,
    )
    values = columns(form, secrets)
    try:
        refuse_twin(session, values["title"])
    except AmbiguousError:
        return None
    asset = Asset(**values, created_at=at)
    session.add(asset)
    session.flush()
    return asset
