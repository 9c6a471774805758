"""One article for each address, whatever feeds, guids, links and people bring it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.reading.addresses import canonical_url
from giveback.reading.saving import store_page
from giveback.reading.values import Entry, Page
from giveback.store import tables
from giveback.store.changes import change
from reading_helpers import add_feeds, bring, check_sound, feed, item, keep, rows, serving, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import Server

BASS = item("Bass in the shallows", "https://creek.example/bass", "1", "Where bass rest at noon.")
TROUT = item("Trout at dawn", "https://creek.example/trout", "2", "Cold water, small flies.")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def later(now: Now) -> Now:
    """Three days after `now`."""
    return Now(now.at + timedelta(3), now.today + timedelta(3))


def test_an_article_in_two_feeds_is_one(server: Server, store: str, now: Now) -> None:
    server.answers["/a"] = feed(BASS, title="A")
    server.answers["/b"] = feed(
        item("Bass, quoted", "HTTPS://Creek.example:443/bass?utm_source=b#top"), TROUT, title="B"
    )
    add_feeds(store, now, f"{server.url}/a", f"{server.url}/b")
    outcomes = bring(store, now)
    assert sum(outcome.new for outcome in outcomes) == 2
    assert values(store, "SELECT url FROM article ORDER BY url") == [
        "https://creek.example/bass",
        "https://creek.example/trout",
    ]
    assert rows(store, "SELECT count(*), count(DISTINCT article_id) FROM feed_entry") == [(3, 2)]


def test_another_feed_does_not_rewrite_an_article(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/a"] = feed(BASS, title="A")
    add_feeds(store, now, f"{server.url}/a")
    bring(store, now)
    add_feeds(store, now, f"{server.url}/b")
    for title in ("Bass, quoted", "Bass, quoted again"):
        server.answers["/b"] = feed(item(title, "https://creek.example/bass"), title="B")
        *_, outcome = bring(store, later)
        assert (outcome.new, outcome.changed) == (0, 0)
    assert values(store, "SELECT title FROM article") == ["Bass in the shallows"]


def test_an_entry_without_a_link(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(item("No link", guid="n"), item("No link, older", guid="n"))
    add_feeds(store, now, f"{server.url}/feed")
    assert bring(store, now)[0].new == 1
    server.answers["/feed"] = feed(item("No link, changed", guid="n"))
    assert bring(store, later)[0].changed == 1
    ((title, url),) = rows(store, "SELECT title, url FROM article")
    assert title == "No link, changed"
    assert url.startswith("urn:giveback:")


def test_one_guid_for_several_articles(server: Server, store: str, now: Now, later: Now) -> None:
    def same(name: str) -> str:
        return item(name, f"https://creek.example/{name}", "same")

    add_feeds(store, now, f"{server.url}/feed")
    brought = []
    for names in ("a", "ba", "cb", "d"):  # the feed shows the guid to be of no use, and that is remembered
        server.answers["/feed"] = feed(*map(same, names), same(names[0]))
        (outcome,) = bring(store, later)
        brought.append((outcome.new, outcome.changed))
    assert brought == [(1, 0), (1, 0), (1, 0), (1, 0)]
    assert values(store, "SELECT title FROM article ORDER BY id") == ["a", "b", "c", "d"]
    server.answers["/feed"] = feed(item("b, corrected", "https://creek.example/b", "same"))
    assert bring(store, later)[0].changed == 1
    assert values(store, "SELECT title FROM article ORDER BY id") == ["a", "b, corrected", "c", "d"]


def test_many_entries_on_one_page_are_told_apart(server: Server, store: str, now: Now, later: Now) -> None:
    notes = "https://creek.example/notes"
    old = [item("May", f"{notes}#may"), item("April", f"{notes}#april"), item("April", f"{notes}#again")]
    server.answers["/feed"] = feed(*old)
    add_feeds(store, now, f"{server.url}/feed")
    assert bring(store, now)[0].new == 2
    server.answers["/feed"] = feed(item("June", f"{notes}#june"), item("Comment on April", notes), *old)
    assert bring(store, later)[0].new == 1
    assert rows(store, "SELECT url, title FROM article ORDER BY id") == [
        (notes, "April"),
        (f"{notes}#may", "May"),
        (f"{notes}#june", "June"),
    ]


def test_a_page_that_was_saved_by_hand_keeps_its_text(server: Server, store: str, now: Now, later: Now) -> None:
    saved = Page("https://creek.example/bass", "My bass", "", "", "", "Their whole story.", None, "en")
    with change(store, now, "save") as session:
        store_page(session, saved, now)
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, f"{server.url}/feed")
    assert bring(store, later)[0].new == 0
    server.answers["/feed"] = feed(item("Else", "https://creek.example/bass", "1"))
    assert bring(store, later)[0].changed == 0
    assert rows(store, "SELECT title, text, first_seen_at, saved_at, feed_id FROM article") == [
        ("My bass", "Their whole story.", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z", 1)
    ]


LINKS = st.sampled_from(["", *(f"https://creek.example/{page}{tail}" for page in "ab" for tail in ("", "?utm_id=1"))])
ENTRIES = st.builds(
    Entry, st.sampled_from("123456"), LINKS, st.sampled_from(["Bass", "Trout"]), st.text("xy", max_size=1),
    st.just(""), st.just(""), st.none(),
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(ENTRIES, max_size=6), min_size=1, max_size=4))
def test_nothing_is_stored_twice_and_no_first_day_moves(fetches: list[list[Entry]]) -> None:
    with TemporaryDirectory() as folder:
        check_fetches(fetches, f"{folder}/giveback.db")


def check_fetches(fetches: list[list[Entry]], store: str) -> None:
    clock = on_day(0)
    with change(store, clock, "add") as session:
        session.add(tables.Feed(url="https://creek.example/feed", added_at=clock.at))
    first_seen: dict[int, str] = {}
    for day, entries in enumerate(fetches):
        clock = on_day(day)
        for again in (False, True):
            stored = keep(store, 1, entries, clock)
            assert not again or stored == (0, 0)
        seen = dict(rows(store, "SELECT id, first_seen_at FROM article"))
        assert {number: seen[number] for number in first_seen} == first_seen
        first_seen = seen
    guids = {entry.guid for entries in fetches for entry in entries}
    assert {key.partition(" <")[0] for key in values(store, "SELECT guid FROM feed_entry")} == guids
    urls = values(store, "SELECT url FROM article")
    assert len(urls) == len({canonical_url(url) for url in urls})
    check_sound(store)


def on_day(number: int) -> Now:
    at = datetime(2026, 11, 1 + number, tzinfo=UTC)
    return Now(at, at.date())
