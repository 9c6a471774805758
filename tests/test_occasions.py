"""Birthdays, days of having met, new jobs and posts: each once, near its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.keeping import coming, followups, occasions
from giveback.keeping.occasions import Occasion, anniversary, birthday, feeds_of, first_sentence, is_near, next_birthday
from giveback.store import connect
from giveback.store.changes import change, undo
from giveback.store.tables import Article, Contact, ContactDetail, ContactPoint, Exchange, Feed
from giveback.store.tables import Occasion as Stored
from giveback.text import fold

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = Now(NOON, MONDAY)
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def ago(days: int) -> date:
    return MONDAY - timedelta(days)


# Rules


@pytest.mark.parametrize(
    ("today", "day"),
    [("2027-02-27", "2027-02-28"), ("2028-02-28", "2028-02-29"), ("2028-03-01", "2029-02-28")],
)
def test_leap_day_birthdays(today: str, day: str) -> None:
    for said in ("1996-02-29", "--02-29"):
        assert next_birthday(said, date.fromisoformat(today)) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "soon", "--13-01", "1980-02-30", "1980"])
def test_what_is_no_birthday_is_no_occasion(text: str) -> None:
    assert birthday(1, text, MONDAY) is None


@given(DAYS, DAYS)
def test_the_next_birthday_is_within_a_year(born: date, today: date) -> None:
    coming_one = next_birthday(born.isoformat(), today)
    assert coming_one is not None
    assert 0 <= (coming_one - today).days <= 366


@given(DAYS, DAYS, st.integers(7, 359))
def test_the_window_of_the_index_holds_every_birthday_that_is_near(born: date, today: date, within: int) -> None:
    first, last = occasions.month_days(today, within)
    said = f"{born:%m-%d}"
    held = first <= said <= last if first <= last else said >= first or said <= last
    near = birthday(1, born.isoformat(), today)
    assert near is not None
    assert held or not is_near(near, today, within)


def test_an_anniversary_counts_the_years() -> None:
    assert anniversary(1, date(2026, 11, 25), "SPE", MONDAY) is None, "not met yet, or met this week"
    assert anniversary(1, date(2025, 11, 25), "SPE Houston", MONDAY) == Occasion(
        1, "met", "2026", date(2026, 11, 25), "met 1 year ago at SPE Houston"
    )
    later = anniversary(1, date(2020, 1, 2), "", MONDAY)
    assert later is not None
    assert (later.day, later.text) == (date(2027, 1, 2), "met 7 years ago")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("We moved to Lisbon last spring. It was hard.", "We moved to Lisbon last spring."),
        ("Hi! Dr. Smith and I looked at casing failures in 2.5 wells. More below.",
         "Hi! Dr. Smith and I looked at casing failures in 2.5 wells."),
        ("no end at all", "no end at all"),
        ("“Never again,” she said of the old rig. Then…", "“Never again,” she said of the old rig."),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_sentence_says_something(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


@given(st.text())
def test_a_sentence_is_short_and_from_the_text(text: str) -> None:
    sentence = first_sentence(text)
    assert len(sentence) <= occasions.SENTENCE_LIMIT
    assert " ".join(text.split()).startswith(sentence.removesuffix("…"))


def test_a_feed_belongs_to_whose_blog_it_lies_on() -> None:
    blogs = [(1, "https://ana.example/blog/"), (2, "http://www.bo.example"), (3, "medium.com/@cleo"), (4, "https://[")]
    feeds = [
        (10, "https://ana.example/blog/feed.xml", ""),
        (11, "https://feeds.example/bo", "https://bo.example/"),
        (12, "https://medium.com/feed/@cleo", "https://medium.com/@cleo?source=rss"),
        (13, "https://ana.example/other/feed.xml", "https://ana.example/"),
        (14, "https://bo.example.com/feed", ""),
        (15, "https://[::1/feed", ""),
    ]
    assert feeds_of(blogs, feeds) == {10: 1, 11: 2, 12: 3}


# The store


def add_person(session: Any, name: str = "Ana Ruiz", *, met_on: date | None = None, **fields: Any) -> int:
    person = Contact(name=name, name_key=fold(name), added_on=ago(900), **fields)
    session.add(person)
    session.flush()
    assert person.id is not None
    if met_on:
        session.add(ContactDetail(contact_id=person.id, met_on=met_on))
        session.flush()
    return person.id


def add_blog(session: Any, contact: int, *posts: tuple[str, int, str]) -> None:
    session.add(ContactPoint(contact_id=contact, kind="blog", value="https://ana.example", key="https://ana.example"))
    feed = Feed(url="https://ana.example/feed", title="Ana writes", site="https://ana.example/")
    session.add(feed)
    session.flush()
    for title, days, summary in posts:
        at = NOON - timedelta(days)
        session.add(
            Article(
                url=f"https://ana.example/{fold(title)}", feed_id=feed.id, title=title, published_at=at,
                first_seen_at=at, summary=summary,
            )
        )  # fmt: skip
    session.flush()


def near(store: str, today: date = MONDAY, within: int = 0) -> list[tuple[int, str, str]]:
    connection = connect.read(store)
    assert connection is not None
    found = coming.near(connection, today, within)
    connection.close()
    return [(number, one.kind, one.text) for number, several in found.items() for one in several]


def due(store: str, today: date = MONDAY) -> list[tuple[str, str, int]]:
    connection = connect.read(store)
    assert connection is not None
    found = followups.due(connection, today)
    connection.close()
    return [(line.reason.kind, line.reason.text, line.others) for line in found.lines]


def test_everything_near_is_found_in_the_order_of_its_day(store: str) -> None:
    with change(store, NOW, "people") as session:
        ana = add_person(session, birthday="1980-11-25", met_on=date(2024, 11, 27), met_at="SPE Houston")
        bo = add_person(session, "Bo", birthday="--06-01", met_on=date(2026, 11, 24))
        add_person(session, "Cleo", birthday="--11-24", archived_at=NOON)
        session.add(Stored(contact_id=bo, kind="job", key="x", on_day=ago(5), text="Chief engineer at Equinor"))
        session.add(Stored(contact_id=bo, kind="job", key="y", on_day=ago(31), text="Engineer at Shell"))
        add_blog(session, ana, ("Old", 15, ""), ("Tides", 2, "The tide tables are wrong again. See below."))
    assert near(store) == [
        (bo, "job", "new job: Chief engineer at Equinor"),
        (ana, "post", "wrote: Tides"),
        (ana, "birthday", "birthday"),
        (ana, "met", "met 2 years ago at SPE Houston"),
    ]
    assert near(store, within=300)[1] == (bo, "birthday", "birthday")
    assert near(store, date(2028, 11, 20)) == [
        (bo, "met", "met 2 years ago"), (ana, "birthday", "birthday"), (ana, "met", "met 4 years ago at SPE Houston"),
    ]  # fmt: skip


def test_a_window_reaches_over_the_end_of_the_year(store: str) -> None:
    with change(store, NOW, "people") as session:
        ana = add_person(session, birthday="1980-01-02")
        bo = add_person(session, "Bo", birthday="--12-31")
        add_person(session, "Cleo", birthday="--06-15")
    assert near(store, date(2026, 12, 30)) == [(bo, "birthday", "birthday"), (ana, "birthday", "birthday")]


def test_leap_day_in_a_common_year(store: str) -> None:
    with change(store, NOW, "people") as session:
        add_person(session, birthday="1996-02-29")
    assert [len(near(store, day)) for day in (date(2027, 2, 20), date(2027, 2, 21), date(2027, 2, 28))] == [0, 1, 1]
    assert [len(near(store, day)) for day in (date(2027, 3, 1), date(2028, 2, 29), date(2028, 3, 1))] == [0, 1, 0]


def test_an_exchange_since_is_enough(store: str) -> None:
    with change(store, NOW, "people") as session:
        ana = add_person(session)
        add_blog(session, ana, ("Tides", 3, ""))
        session.add(Exchange(contact_id=ana, direction="shared", on_day=ago(3), text="the same day: before it"))
    assert due(store) == [("occasion", "wrote: Tides", 0)]
    with change(store, NOW, "wrote") as session:
        session.add(Exchange(contact_id=ana, direction="shared", on_day=ago(2), text="about it"))
    assert due(store) == []
    assert near(store) == [(ana, "post", "wrote: Tides")], "the list still has it"


def test_what_is_done_does_not_come_back_until_next_year(store: str) -> None:
    with change(store, NOW, "people") as session:
        add_person(session, birthday="1980-11-25")
    assert due(store) == [("occasion", "birthday", 0)]
    connection = connect.read(store)
    assert connection is not None
    reason = followups.next_reason(connection, 1, MONDAY, "birthday")
    connection.close()
    assert reason is not None
    with change(store, NOW, "done") as session:
        followups.close(session, reason, MONDAY)
    assert due(store) == []
    assert near(store) == []
    assert near(store, date(2027, 11, 20)) == [(1, "birthday", "birthday")]
    undo(store, NOW)
    assert due(store) == [("occasion", "birthday", 0)]


def test_posts_of_a_removed_feed_are_no_news(store: str) -> None:
    with change(store, NOW, "people") as session:
        add_blog(session, add_person(session), ("Tides", 3, ""))
        session.connection().exec_driver_sql("UPDATE feed SET removed_at = '2026-11-23T00:00:00Z'")
    assert near(store) == []
