"""Full text for feeds that give a summary only: as much as robots.txt and politeness allow."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.reading import politely
from giveback.reading.failures import PRIVATE
from giveback.reading.fulltext import FullTexts, fetch_full_texts, pending
from giveback.reading.politely import REFUSED, fetch_politely, rules_of
from giveback.reading.values import Fetched, FetchFailure, Request
from giveback.store import connect
from loopback import FEED, answer, slowly
from reading_helpers import Inside, add_feeds, bring, check_sound, feed, item, page, rows, rss, serving, values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Giveback
    from loopback import Server

PARAGRAPH = (
    "Bass rest in the shallows at noon, where reeds throw a little shade, and feed again when the sun stands low. "
    "Whoever wants to see them walks slowly, wears nothing that shines, and keeps the shadow off the water. "
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving() as running:
        yield running


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


def story(words: str) -> bytes:
    body = "".join(f"<p>{words} {PARAGRAPH}</p>" for _ in range(4))
    return page(f"<title>{words}</title>", body=f"<nav>Home About</nav><article><h1>{words}</h1>{body}</article>")


def stories(server: Server, store: str, now: Now, count: int) -> None:
    """A feed of summaries that is wanted in full, fetched; its pages are on the same server."""
    entries = [item(f"Bass {number}", f"{server.url}/{number}", str(number), "A summary.") for number in range(count)]
    server.answers["/feed"] = feed(*entries)
    for number in range(count):
        server.answers[f"/{number}"] = story(f"Bass {number}")
    add_feeds(store, now, f"{server.url}/feed")
    with closing(connect.write(store)) as connection:
        connection.execute("UPDATE feed SET full_text = 1")
    bring(store, now)


def take(store: str, now: Now, *, limit: int = 50, pause: float = 0, seconds: float = 60.0) -> FullTexts:
    with closing(connect.write(store)) as connection:
        wanted = pending(connection, now)
    return fetch_full_texts(store, now, wanted, limit=limit, pause=pause, timeout=5.0, seconds=seconds)


def later(now: Now, **span: float) -> Now:
    return Now(now.at + timedelta(**span), (now.at + timedelta(**span)).date())


def paths(server: Server) -> list[str]:
    return [path for path, _ in server.requests]


# Articles


def test_articles_get_the_text_of_their_pages_once(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 3)
    assert take(store, now) == FullTexts(3, [], 0)
    texts = values(store, "SELECT text FROM article ORDER BY id")
    assert all("wears nothing that shines" in text for text in texts)
    assert not any("Home About" in text for text in texts)
    assert values(store, "SELECT DISTINCT summary FROM article") == ["A summary."]
    assert values(store, "SELECT count(*) FROM article_fts WHERE article_fts MATCH 'reeds'") == [3]
    assert values(store, "SELECT count(*) FROM ranking_new") == [3]
    server.requests.clear()
    assert take(store, later(now, days=1)) == FullTexts(0, [], 0)
    assert server.requests == []
    check_sound(store)


def test_a_changed_entry_has_its_page_fetched_again(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 1)
    take(store, now)
    server.answers["/feed"] = feed(item("Bass, corrected", f"{server.url}/0", "0", "Another summary."))
    server.answers["/0"] = story("Perch")
    bring(store, now)
    assert values(store, "SELECT length(text) > 150 FROM article") == [1]  # the feed has less, and takes nothing away
    assert take(store, now).fetched == 1
    assert "Perch" in values(store, "SELECT text FROM article")[0]


def test_only_what_is_wanted_is_fetched(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 4)
    with closing(connect.write(store)) as connection:
        connection.execute("UPDATE article SET text = ? WHERE id = 1", ("long enough " * 300,))
        connection.execute("UPDATE article SET saved_at = first_seen_at WHERE id = 2")
        connection.execute("UPDATE article SET first_seen_at = '2026-01-01T00:00:00Z' WHERE id = 3")
        assert [article.id for article in pending(connection, now)] == [4]
        assert pending(connection, now, {99}) == []
        connection.execute("UPDATE feed SET full_text = 0")
        assert pending(connection, now) == []


def test_a_run_is_bounded_and_the_next_one_goes_on(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 5)
    assert take(store, now, limit=2) == FullTexts(2, [], 3)
    assert take(store, now, limit=2) == FullTexts(2, [], 1)
    assert take(store, now, pause=1, seconds=0.5) == FullTexts(1, [], 0)


def test_failures_are_told_and_tried_again_where_that_makes_sense(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 4)
    server.answers |= {
        "/0": answer("503 Busy"),
        "/1": answer("404 Not Found"),
        "/2": page("<title>Sign in</title>", '<meta name="description" content="Members only">'),
    }
    told = take(store, now)
    assert (told.fetched, told.waiting) == (1, 0)
    assert {missing.title: missing.reason for missing in told.missing} == {
        "Bass 0": "answered 503 (service unavailable)",
        "Bass 1": "answered 404 (not found)",
        "Bass 2": values(store, "SELECT error FROM page_fetch p JOIN article a ON a.id = p.article_id"
                                " WHERE a.title = 'Bass 2'")[0],
    }  # fmt: skip
    assert take(store, later(now, minutes=20)) == FullTexts(0, [], 0)
    server.answers["/0"] = story("Bass 0")
    assert take(store, later(now, hours=2)) == FullTexts(1, [], 0)
    assert values(store, "SELECT count(*) FROM article WHERE length(text) > 150") == [2]


def test_a_page_that_fails_every_time_is_given_up(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 1)
    server.answers["/0"] = answer("500 Oops")
    days = [len(take(store, later(now, days=day)).missing) for day in range(8)]
    assert days == [1, 1, 1, 1, 1, 0, 0, 0]


def test_a_feed_in_a_file_has_its_pages_fetched(inside: Inside, server: Server) -> None:
    links = [f"{server.url}/0", "http://feeds.invalid/1", "https://creek.example:99999/2", ""]
    entries = [item(f"Bass {number}", link, str(number), "A summary.") for number, link in enumerate(links)]
    (inside.home / "saved.xml").write_bytes(rss(*entries))
    inside.run("feed", "add", "saved.xml", "--full-text")
    ran = inside.run("fetch")
    assert (ran.code, ran.out) == (0, "1 feed: 4 new articles\n")
    assert "no full text: Bass 0: points to a private address\n" in ran.err


def test_a_private_feed_does_not_lead_elsewhere_in_the_own_network(server: Server, store: str, now: Now) -> None:
    with serving() as router:
        server.answers["/feed"] = feed(item("Admin", f"{router.url}/reboot", "1"), item("File", "", "2"))
        add_feeds(store, now, f"{server.url}/feed")
        with closing(connect.write(store)) as connection:
            connection.execute("UPDATE feed SET full_text = 1")
        bring(store, now)
        (missing,) = take(store, now).missing
        assert missing.title == "Admin"
        assert router.requests == []


# Politeness


def test_what_robots_txt_forbids_is_left_alone(server: Server, store: str, now: Now) -> None:
    server.answers["/robots.txt"] = answer(
        "200 OK", b"User-agent: giveback\nDisallow: /1\n\nUser-agent: *\nDisallow: /"
    )
    stories(server, store, now, 3)
    told = take(store, now)
    assert (told.fetched, [missing.reason for missing in told.missing]) == (2, [REFUSED])
    assert "/1" not in paths(server)
    assert paths(server).count("/robots.txt") == 1


def test_a_robots_txt_in_trouble_is_asked_again_later(server: Server, store: str, now: Now) -> None:
    stories(server, store, now, 2)
    server.answers["/robots.txt"] = answer("500 Oops")
    said = "its robots.txt cannot be had: answered 500 (internal server error)"
    assert [missing.reason for missing in take(store, now).missing] == [said] * 2
    server.answers["/robots.txt"] = answer("404 Not Found")
    assert take(store, later(now, minutes=20)) == FullTexts(0, [], 0)
    assert take(store, later(now, hours=2)) == FullTexts(2, [], 0)


def test_a_private_address_is_told_as_such(server: Server) -> None:
    outcomes: list[Fetched | FetchFailure] = []
    fetch_politely([Request(f"{server.url}/feed")], lambda _, outcome: outcomes.append(outcome), pause=0)
    assert [getattr(outcome, "reason", "") for outcome in outcomes] == [PRIVATE]
    assert server.requests == []


def test_one_page_of_a_host_at_a_time_with_a_pause(server: Server) -> None:
    server.answers["/feed"] = slowly(0.01, answer("200 OK", FEED))
    requests = [Request(f"{server.url}/feed?{number}", allow_private=True) for number in range(4)]
    done: list[int] = []
    fetch_politely(requests, lambda place, _: done.append(place), pause=0.01)
    assert done == [0, 1, 2, 3]
    assert server.busiest == 1


@pytest.mark.parametrize("told", [b"User-agent: *\nCrawl-delay: 3600", b"User-agent: *\nCrawl-delay: 20"])
def test_a_pause_that_is_too_long_for_a_run(server: Server, told: bytes) -> None:
    server.answers["/robots.txt"] = answer("200 OK", told)
    requests = [Request(f"{server.url}/feed?{number}", allow_private=True) for number in range(3)]
    done: list[int] = []
    fetch_politely(requests, lambda place, _: done.append(place), pause=0, seconds=10)
    assert done == [0]


def test_a_host_that_wants_to_be_left_alone_is(server: Server) -> None:
    server.answers["/feed"] = answer("429 Slow down", b"", "Retry-After: 60")
    requests = [Request(f"{server.url}/feed?{number}", allow_private=True) for number in range(3)]
    done: list[int] = []
    fetch_politely(requests, lambda place, _: done.append(place), pause=0)
    assert done == [0]


def test_one_host_in_trouble_does_not_stop_the_others(server: Server) -> None:
    with serving() as other:
        other.answers["/robots.txt"] = answer("500 Oops")
        urls = [f"{other.url}/feed", f"{server.url}/feed", "http://feeds.invalid/1"]
        requests = [Request(url, allow_private=True) for url in urls]
        outcomes: dict[int, Fetched | FetchFailure] = {}
        fetch_politely(requests, outcomes.__setitem__, pause=0)
    refused = [isinstance(outcome, FetchFailure) for _, outcome in sorted(outcomes.items())]
    assert refused == [True, False, True]
    assert [path for path, _ in other.requests] == ["/robots.txt"]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (0, False)])
def test_a_robots_txt_that_cannot_be_had(status: int, *, allowed: bool) -> None:
    failure = FetchFailure("https://creek.example/robots.txt", "", "x", status)
    assert rules_of(failure).allows("https://creek.example/a") == allowed


@given(st.binary(max_size=300))
def test_whatever_robots_txt_holds(body: bytes) -> None:
    url = "https://creek.example/robots.txt"
    rules = rules_of(Fetched(url, url, 200, body, None, None, "", None, not_modified=False))
    assert rules.allows("https://creek.example/a") in {True, False}
    assert rules.pause >= 0


def test_a_crawl_delay_is_heard() -> None:
    url = "https://creek.example/robots.txt"
    body = b"User-agent: *\nCrawl-delay: 9\nDisallow: /private/*.html$"
    rules = rules_of(Fetched(url, url, 200, body, None, None, "", None, not_modified=False))
    assert rules.pause == 9
    assert not rules.allows("https://creek.example/private/a.html")
    assert rules.allows("https://creek.example/private/a.html?x")
    assert politely.PAUSE > 0


# Commands


def test_the_commands(giveback: Giveback, server: Server) -> None:
    server.answers["/feed"] = feed(item("Bass", f"{server.url}/0", "0", "A summary."))
    server.answers["/0"] = story("Bass")
    env = {"GIVEBACK_FETCH_PAUSE": "0"}
    assert giveback.run_here("feed", "add", f"{server.url}/feed", "--allow-private", "--full-text").code == 0
    ran = giveback.run_here("fetch", env=env)
    assert (ran.code, ran.out, ran.err) == (0, "1 feed: 1 new article\n1 article in full text\n", "")
    read = giveback.run_here("read", "1")
    assert "wears nothing that shines" in read.out
    assert giveback.run_here("feed", "edit", "1", "--no-full-text", "--topic", "fishing", "--dry-run").out == (
        "dry run: The Creek · fishing\n"
    )
    assert giveback.run_here("feed", "edit", "1", "--no-full-text", "--topic", "fishing").out == "The Creek · fishing\n"
    (listed,) = json.loads(giveback.run_here("feed", "list", "--json").out)
    assert (listed["full_text"], listed["topic"]) == (False, "fishing")
    assert giveback.run_here("undo").code == 0
    (listed,) = json.loads(giveback.run_here("feed", "list", "--json").out)
    assert (listed["full_text"], listed["topic"], listed["checked_at"]) == (True, None, "2026-11-23T12:00:00Z")
    assert giveback.run_here("feed", "edit", "1").code == 2
    server.answers["/feed"] = feed(item("Perch", f"{server.url}/gone", "2", "A summary."))
    ran = giveback.run_here("fetch", "--all", env=env)
    assert ran.out == "1 feed: 1 new article\n"
    assert ran.err == "no full text: Perch: answered 404 (not found)\n"
    assert rows(giveback.store, "SELECT failures, next_at FROM page_fetch WHERE error <> ''") == [(1, None)]
    ran = giveback.run_here("fetch", "--all", "--json", env=env)
    assert json.loads(ran.out)["full_texts"] == {"fetched": 0, "failed": [], "waiting": 0}
