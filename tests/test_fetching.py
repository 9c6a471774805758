"""Fetching: what a feed says is in the store once, whatever happens on the way."""

from __future__ import annotations

import os
import socket
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from giveback.dates import Now
from giveback.reading import addresses, clients
from giveback.reading.addresses import file_url
from giveback.reading.fetching import Known, Limits, fetch, known_feeds
from giveback.store import tables
from giveback.store.changes import change
from loopback import answer, slowly
from reading_helpers import add_feeds, bring, check_sound, feed, item, page, rows, rss, serving, values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from giveback.reading.fetching import Outcome
    from loopback import Server

BASS = item("Bass in the shallows", "https://creek.example/bass", "1", "Where bass rest at noon.")
TROUT = item("Trout at dawn", "https://creek.example/trout", "2", "Cold water, small flies.")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving() as running:
        yield running


@pytest.fixture
def later(now: Now) -> Now:
    """Three days after `now`."""
    return Now(now.at + timedelta(3), now.today + timedelta(3))


def paths(server: Server) -> list[str]:
    return [path for path, _ in server.requests]


# What is new


def test_a_first_fetch_stores_every_entry(server: Server, store: str, now: Now) -> None:
    server.answers["/feed"] = feed(BASS, TROUT)
    add_feeds(store, now, f"{server.url}/feed")
    done: list[str] = []
    (outcome,) = bring(store, now, done=done)
    assert (outcome.new, outcome.changed, outcome.unchanged, outcome.failure) == (2, 0, False, "")
    assert done == [f"{server.url}/feed"]
    assert rows(store, "SELECT url, title, summary FROM article ORDER BY url") == [
        ("https://creek.example/bass", "Bass in the shallows", "Where bass rest at noon."),
        ("https://creek.example/trout", "Trout at dawn", "Cold water, small flies."),
    ]
    assert set(rows(store, "SELECT source, feed_id, first_seen_at, saved_at FROM article")) == {
        ("The Creek", 1, "2026-11-23T12:00:00Z", None)
    }
    assert rows(store, "SELECT title, checked_at, changed_at, failures, error FROM feed") == [
        ("The Creek", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z", 0, "")
    ]
    # Feeds have the newest first: it gets the highest number, so that lists of what came last begin with it.
    assert values(store, "SELECT title FROM article ORDER BY id DESC") == ["Bass in the shallows", "Trout at dawn"]
    check_sound(store)


def test_what_is_known_is_asked_for_with_its_validators(server: Server, store: str, now: Now, later: Now) -> None:
    date = "Mon, 02 Mar 2026 10:00:00 GMT"
    server.answers["/feed"] = feed(BASS, headers=['ETag: "v1"', f"Last-Modified: {date}"])
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    server.answers["/feed"] = answer("304 Not Modified")
    for _ in range(2):  # a 304 says nothing of validators, and they are kept
        (outcome,) = bring(store, later)
        assert (outcome.unchanged, outcome.new, outcome.failure) == (True, 0, "")
    assert [headers.get("if-none-match") for _, headers in server.requests] == [None, '"v1"', '"v1"']
    assert [headers.get("if-modified-since") for _, headers in server.requests] == [None, date, date]
    assert rows(store, "SELECT checked_at, changed_at FROM feed") == [("2026-11-26T12:00:00Z", "2026-11-23T12:00:00Z")]


def test_the_same_bytes_again_are_not_read_again(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    (outcome,) = bring(store, later)
    assert outcome.unchanged
    assert values(store, "SELECT changed_at FROM feed") == ["2026-11-23T12:00:00Z"]
    server.answers["/feed"] = feed(BASS, title="The Brook")
    (outcome,) = bring(store, later)
    assert (outcome.unchanged, outcome.new, outcome.changed) == (False, 0, 0)
    assert values(store, "SELECT title FROM feed") == ["The Brook"]


def test_a_changed_entry_is_updated_where_it_is(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(BASS, TROUT)
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    before = values(store, "SELECT id FROM article ORDER BY id")
    server.answers["/feed"] = feed(item("Perch instead", "https://creek.example/bass", "1", "A correction."), TROUT)
    (outcome,) = bring(store, later)
    assert (outcome.new, outcome.changed) == (0, 1)
    assert values(store, "SELECT id FROM article ORDER BY id") == before
    assert rows(store, "SELECT title, summary, first_seen_at FROM article WHERE url LIKE '%bass'") == [
        ("Perch instead", "A correction.", "2026-11-23T12:00:00Z")
    ]
    assert values(store, "SELECT rowid FROM article_fts WHERE article_fts MATCH 'shallows'") == []
    assert len(values(store, "SELECT rowid FROM article_fts WHERE article_fts MATCH 'perch'")) == 1
    assert bring(store, later)[0].unchanged
    check_sound(store)


def test_an_entry_with_another_link_takes_its_article_along(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(BASS, TROUT)
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    server.answers["/feed"] = feed(
        item("Bass in the shallows", "https://creek.example/2026/bass", "1"),
        item("Trout at dawn", "https://creek.example/bass", "2"),  # an address that was just left
    )
    bring(store, later)
    assert rows(store, "SELECT url, first_seen_at FROM article ORDER BY title") == [
        ("https://creek.example/2026/bass", "2026-11-23T12:00:00Z"),
        # The older entry was looked at first, while the address was still taken.
        ("https://creek.example/trout", "2026-11-23T12:00:00Z"),
    ]
    check_sound(store)


# Feeds that move, fail, lie


def test_a_permanent_move_is_remembered(server: Server, store: str, now: Now) -> None:
    server.answers["/old"] = answer("301 Moved", b"", "Location: /feed")
    server.answers["/older"] = answer("308 Moved", b"", "Location: /feed")
    server.answers["/passing"] = answer("302 Found", b"", "Location: /feed")
    server.answers["/broken"] = answer("301 Moved", b"", "Location: /page")
    server.answers["/page"] = page(body="<p>Parked</p>")
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, *(f"{server.url}/{name}" for name in ("old", "older", "passing", "broken")))
    outcomes = bring(store, now)
    assert sum(outcome.new for outcome in outcomes) == 1
    urls = {url.removeprefix(server.url) for url in values(store, "SELECT url FROM feed")}
    # Of two that moved to one address one has it; what is no feed any more stays where it was.
    assert urls in ({"/feed", "/older", "/passing", "/broken"}, {"/old", "/feed", "/passing", "/broken"})
    server.requests.clear()
    bring(store, now)
    assert sorted(paths(server)).count("/old") + sorted(paths(server)).count("/older") == 1


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
FAILURES = {
    "/missing": "answered 404 (not found)",
    "/gone": "answered 410 (gone for good)",
    "/bug": "answered 500 (internal server error)",
    "/page": "it is a web page, not a feed",
    "/login": "it is a login page, not a feed",
    "/png": "it is an image, not a feed",
    "/empty": "it is empty",
    "/slow": "took longer than 1.5 s",
    "/cut": "broke off in the middle of its answer",
}


def test_one_bad_feed_never_stops_the_others(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers |= {
        "/gone": answer("410 Gone"),
        "/bug": answer("500 Oops", rss(BASS)),
        "/page": page(body="<p>Welcome</p>"),
        "/login": page(body='<form><input type="password"></form>'),
        "/png": answer("200 OK", PNG, "Content-Type: application/rss+xml"),
        "/empty": answer("200 OK"),
        "/slow": slowly(5, feed(BASS)),
        "/cut": lambda connection: connection.sendall(feed(BASS)[:-20]),
        "/feed": feed(BASS),
    }
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        refusing = f"http://127.0.0.1:{unheard.getsockname()[1]}/feed"
        add_feeds(store, now, *(server.url + path for path in FAILURES), refusing, f"{server.url}/feed")
        add_feeds(store, now, f"{server.url}/unpermitted", private=False)
        outcomes = bring(store, now, timeout=1.5)
    *failed, refused, good, unpermitted = outcomes
    assert [outcome.failure for outcome in failed] == list(FAILURES.values())
    assert refused.failure == "refused the connection"
    assert unpermitted.failure == "points to a private address"
    assert (good.new, good.failure) == (1, "")
    assert set(values(store, "SELECT failing_since FROM feed WHERE error <> ''")) == {"2026-11-23T12:00:00Z"}
    server.answers["/gone"] = feed(TROUT)
    outcomes = bring(store, later, timeout=1.5)
    assert rows(store, "SELECT failures, failing_since FROM feed WHERE url LIKE '%/missing'") == [
        (2, "2026-11-23T12:00:00Z")
    ]
    assert outcomes[0].failing_since == now.at
    assert rows(store, "SELECT failures, failing_since, error FROM feed WHERE url LIKE '%/gone'") == [(0, None, "")]
    check_sound(store)


def test_a_feed_that_turns_into_a_page_keeps_what_it_brought(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(BASS, headers=['ETag: "v1"'])
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    server.answers["/feed"] = page(body="<p>This domain is for sale</p>")
    (outcome,) = bring(store, later)
    assert outcome.failure == "it is a web page, not a feed"
    assert values(store, "SELECT title FROM article") == ["Bass in the shallows"]
    assert rows(store, "SELECT title, etag FROM feed") == [("The Creek", '"v1"')]
    server.answers["/feed"] = feed(BASS, TROUT)
    (outcome,) = bring(store, later)
    assert (outcome.new, outcome.failure) == (1, "")


def test_a_feed_that_has_become_another_is_pointed_out(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, f"{server.url}/feed")
    assert bring(store, now)[0].note == ""
    server.answers["/feed"] = feed(BASS, TROUT, title="The Brook")  # a new name alone is none of our business
    assert bring(store, later)[0].note == ""
    server.answers["/feed"] = feed(item("Win big", "https://casino.example/1"), title="Casino \u202e")
    (outcome,) = bring(store, later)
    assert (outcome.new, outcome.note) == (1, "was 'The Brook' until now, and everything in it is new")
    assert len(values(store, "SELECT id FROM article")) == 3


def test_identifiers_that_all_change_bring_nothing_twice(server: Server, store: str, now: Now, later: Now) -> None:
    server.answers["/feed"] = feed(BASS, TROUT)
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    moved = [
        item("Bass in the shallows", "http://www.creek.example/bass/", "new-1", "Where bass rest at noon."),
        item("Trout at dawn", "https://creek.example/trout?utm_source=feed", "new-2", "Cold water, small flies."),
    ]
    server.answers["/feed"] = feed(*moved)
    (outcome,) = bring(store, later)
    assert (outcome.new, outcome.changed) == (0, 0)
    assert rows(store, "SELECT count(*), count(DISTINCT first_seen_at) FROM article") == [(2, 1)]
    check_sound(store)


def test_many_feeds_are_parsed_by_processes_and_stored_as_ever(server: Server, store: str, now: Now) -> None:
    for number in range(20):
        pages = [item(f"Bass {number}-{n}", f"https://creek.example/{number}/{n}", str(n)) for n in range(3)]
        server.answers[f"/{number}"] = feed(*pages, title=f"Creek {number}") if number % 5 else page(body="<p>x</p>")
    add_feeds(store, now, *(f"{server.url}/{number}" for number in range(20)))
    outcomes = bring(store, now)
    assert [outcome.new for outcome in outcomes] == [3 if number % 5 else 0 for number in range(20)]
    assert {outcome.failure for outcome in outcomes} == {"", "it is a web page, not a feed"}
    assert all(outcome.unchanged or outcome.failure for outcome in bring(store, now))
    assert rows(store, "SELECT count(*), count(DISTINCT id), max(id) FROM article") == [(48, 48, 48)]
    check_sound(store)


def test_a_redirect_into_the_own_network_is_refused(
    server: Server, store: str, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 127.0.0.1 plays the public host: none other is here.
    real = addresses.is_public_address
    for module in (addresses, clients):
        monkeypatch.setattr(module, "is_public_address", lambda ip: ip == "127.0.0.1" or real(ip))
    port = server.server_address[1]
    server.answers["/go"] = answer("301 Moved", b"", f"Location: http://127.0.0.2:{port}/feed")
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, f"{server.url}/go", private=False)
    (outcome,) = bring(store, now)
    assert outcome.failure == "points to a private address"
    assert paths(server) == ["/go"]
    assert values(store, "SELECT url FROM feed") == [f"{server.url}/go"]


@pytest.mark.parametrize(
    "link",
    [r"https://creek.example/\ud800", r"https://creek.example/\u202e\u009bx\u0000y", r"javascript:alert(1)", r"\ud83d"],
)
def test_links_that_no_store_should_hold(server: Server, store: str, now: Now, link: str) -> None:
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "title": "x", "url": "{link}"}}]}}'
    server.answers["/json"] = answer("200 OK", body.encode(), "Content-Type: application/feed+json")
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, f"{server.url}/json", f"{server.url}/feed")
    assert [outcome.new for outcome in bring(store, now)] == [1, 1]
    assert all(url.isprintable() for url in values(store, "SELECT url FROM article"))


# Files


def failures(outcomes: list[Outcome]) -> list[str]:
    return [outcome.failure for outcome in outcomes]


def test_a_feed_in_a_file(tmp_path: Path, store: str, now: Now, later: Now) -> None:
    file = tmp_path / "a feed.xml"
    file.write_bytes(rss(BASS))
    add_feeds(store, now, file_url(str(file)))
    assert bring(store, now)[0].new == 1
    assert bring(store, now)[0].unchanged
    file.write_bytes(rss(TROUT, BASS))
    assert bring(store, later)[0].new == 1
    file.unlink()
    assert failures(bring(store, later)) == ["no such file or directory"]
    os.mkfifo(file)
    assert failures(bring(store, later)) == ["it is not a regular file"]
    file.unlink()
    with file.open("wb") as large:
        large.truncate(3_000_000_000)
    assert failures(bring(store, later)) == ["it is larger than 10 MB"]


def test_a_feed_that_was_removed_meanwhile_is_left_alone(server: Server, store: str, now: Now) -> None:
    def remove(connection: socket.socket) -> None:
        with change(store, now, "feed remove") as session:
            session.get_one(tables.Feed, 1).removed_at = now.at
        connection.sendall(feed(BASS))

    server.answers["/feed"] = remove
    add_feeds(store, now, f"{server.url}/feed")
    assert failures(bring(store, now)) == ["was removed meanwhile"]
    assert values(store, "SELECT count(*) FROM article") == [0]


def test_what_came_in_before_an_interruption_is_kept(tmp_path: Path, store: str, now: Now) -> None:
    files = [tmp_path / f"{number}.xml" for number in range(3)]
    for file in files:
        file.write_bytes(rss(item(file.name, f"https://creek.example/{file.name}")))
    add_feeds(store, now, *(file_url(str(file)) for file in files))
    with closing(sqlite3.connect(store)) as connection:
        feeds = known_feeds(connection)

    def interrupt(known: Known) -> None:
        if known is feeds[1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(store, now, feeds, Limits(1, 1, 1.0), interrupt)
    assert values(store, "SELECT title FROM article ORDER BY id") == ["0.xml", "1.xml"]
    assert sum(outcome.new for outcome in bring(store, now)) == 1


def test_no_feeds_are_no_trouble(store: str, now: Now) -> None:
    add_feeds(store, now)
    assert bring(store, now) == []
