"""Occasions near their day: the store's rows through the rules of `occasions`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from giveback.keeping.occasions import (
    DAYS_AHEAD,
    JOB_DAYS,
    POST_DAYS,
    Occasion,
    anniversary,
    birthday,
    feeds_of,
    first_sentence,
    is_near,
    month_days,
)
from giveback.store.questions import occasions as questions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from sqlmodel import Session

_MOST_DAYS = 360
"""A window as long as a year has no first and last day of the year."""


def near(
    connection: sqlite3.Connection, today: date, within_days: int = 0, *, details: bool = False
) -> dict[int, list[Occasion]]:
    """Every occasion near its day that was not dealt with, by contact, in the order of their days.

    Args:
        connection: the store.
        today: the local day.
        within_days: how far to look ahead; `DAYS_AHEAD` at least.
        details: with the first sentences of posts, which take reading their texts.
    """
    ahead = max(within_days, DAYS_AHEAD)
    done = questions.dealt_with(connection)
    found: dict[int, list[Occasion]] = {}
    for one in sorted(_all(connection, today, ahead, details=details), key=lambda one: (one.day, one.text)):
        if is_near(one, today, ahead) and (one.contact_id, one.kind, one.key) not in done:
            found.setdefault(one.contact_id, []).append(one)
    return found


def _all(connection: sqlite3.Connection, today: date, ahead: int, *, details: bool) -> Iterator[Occasion]:
    first, last = month_days(today, ahead) if ahead < _MOST_DAYS else ("01-01", "12-31")
    for number, said in questions.birthdays(connection, first, last):
        if one := birthday(number, said, today):
            yield one
    for number, met_on, met_at in questions.meetings(connection, first, last):
        if one := anniversary(number, date.fromisoformat(met_on), met_at, today):
            yield one
    since = (today - timedelta(JOB_DAYS)).isoformat()
    for number, key, day, text in questions.jobs(connection, since, today.isoformat()):
        yield Occasion(number, "job", key, date.fromisoformat(day), f"new job: {text}")
    yield from _posts(connection, today, details=details)


def _posts(connection: sqlite3.Connection, today: date, *, details: bool) -> Iterator[Occasion]:
    blogs = questions.blogs(connection)
    owners = feeds_of(blogs, questions.feed_addresses(connection)) if blogs else {}
    since = (today - timedelta(POST_DAYS)).isoformat()
    for row in questions.posts(connection, owners, since, with_text=details):
        day = min(date.fromisoformat(row.at[:10]), today)
        text = f"wrote: {row.title}"
        yield Occasion(owners[row.feed_id], "post", row.url, day, text, first_sentence(row.summary), row.url)


def deal_with(session: Session, occasion: Occasion, today: date) -> None:
    """Note that an occasion was dealt with, so that it does not come back.

    Args:
        session: an open unit of work.
        occasion: the occasion.
        today: the local day.
    """
    from sqlmodel import select

    from giveback.store.tables import Occasion as Stored

    same = select(Stored).where(
        Stored.contact_id == occasion.contact_id, Stored.kind == occasion.kind, Stored.key == occasion.key
    )
    row = session.exec(same).first() or Stored(
        contact_id=occasion.contact_id,
        kind=occasion.kind,
        key=occasion.key,
        on_day=occasion.day,
        text=occasion.text,
    )
    row.done_on = today
    session.add(row)
    session.flush()
