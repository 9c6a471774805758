"""Feeds: finding, adding, listing, removing them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from giveback.errors import AmbiguousError, GivebackError, NetworkError, NotFoundError, UsageError
from giveback.reading.addresses import file_url
from giveback.reading.feeds import Found, add, look_at, resolve
from giveback.reading.values import NotAFeedError
from giveback.store import connect
from giveback.store.changes import change, undo
from loopback import answer, slowly
from reading_helpers import Inside, add_feeds, bring, feed, item, page, rows, rss, serving, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Giveback
    from giveback.dates import Now
    from loopback import Server

BASS = item("Bass in the shallows", "https://creek.example/bass", "1")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


def names(href: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{href}" title="{title}">'


# Looking


def test_the_address_of_a_feed(server: Server) -> None:
    server.answers["/feed"] = feed(BASS, BASS)
    assert look_at(f"{server.url}/feed", allow_private=True) == Found(f"{server.url}/feed", "The Creek", "", 2)


def test_the_feed_that_a_page_names(server: Server) -> None:
    server.answers |= {"/": page(names("news/feed.xml")), "/news/feed.xml": feed(BASS)}
    server.answers["/site"] = answer("302 Found", b"", "Location: /")
    for path in ("/", "/site"):
        assert look_at(server.url + path, allow_private=True).url == f"{server.url}/news/feed.xml"


def test_a_page_that_names_several(server: Server) -> None:
    server.answers |= {"/": page(names("/a", "News"), names("/b", "Comments")), "/b": feed(title="Comments")}
    with pytest.raises(AmbiguousError) as caught:
        look_at(f"{server.url}/", allow_private=True)
    assert caught.value.candidates == (f"{server.url}/a  News", f"{server.url}/b  Comments")
    found = look_at(f"{server.url}/", allow_private=True, choose=lambda named: named[1][0])
    assert (found.url, found.title) == (f"{server.url}/b", "Comments")


def test_pages_that_lead_to_no_feed(server: Server) -> None:
    server.answers = {"/none": page(), "/lying": page(names("/none")), "/dangling": page(names("/missing"))}
    for path in ("/none", "/lying"):
        with pytest.raises(NotAFeedError) as caught:
            look_at(server.url + path, allow_private=True)
        assert caught.value.message == f"{server.url}/none: it is a web page, not a feed"
    with pytest.raises(NetworkError, match=r"/missing: answered 404"):
        look_at(f"{server.url}/dangling", allow_private=True)


@pytest.mark.parametrize("path", ["/feed", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/rss", "/blog/feed"])
def test_a_site_that_names_no_feed_and_has_one_in_a_usual_place(server: Server, path: str) -> None:
    del server.answers["/feed"]
    server.answers |= {"/blog/": page(), path: feed(BASS)}
    found = look_at(f"{server.url}/blog/", allow_private=True)
    assert (found.url, found.title) == (server.url + path, "The Creek")


def test_a_site_that_links_to_its_feed_in_the_text(server: Server) -> None:
    links = "".join(
        f'<a href="{href}">x</a>' for href in ("/a", "https://other.example/rss", "/news/rss-all", "/feedback")
    )
    server.answers |= {"/": page(body=links), "/feed": page(), "/news/rss-all": feed(BASS)}
    assert look_at(f"{server.url}/", allow_private=True).url == f"{server.url}/news/rss-all"
    assert [path for path, _ in server.requests] == ["/", "/news/rss-all"]


def test_few_addresses_are_tried_one_at_a_time(server: Server) -> None:
    many = "".join(f'<a href="/{number}/feed">x</a>' for number in range(50))
    slow = {f"/{number}/feed": slowly(0.01, answer("404 Not Found")) for number in range(50)}
    server.answers = {"/x/": page(body=many), **slow}
    with pytest.raises(NotAFeedError):
        look_at(f"{server.url}/x/", allow_private=True)
    assert len(server.requests) <= 11
    assert server.busiest == 1


def test_only_permanent_moves_are_remembered(server: Server) -> None:
    server.answers |= {
        "/for-now": answer("302 Found", b"", "Location: /feed?expires=today"),
        "/for-good": answer("301 Moved", b"", "Location: /feed"),
        "/feed": feed(item("Bass", "/bass")),
    }
    assert look_at(f"{server.url}/for-now", allow_private=True).url == f"{server.url}/for-now"
    assert look_at(f"{server.url}/for-good", allow_private=True).url == f"{server.url}/feed"


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "ä feed.xml"
    file.write_bytes(rss(BASS))
    for said in (str(file), file_url(str(file))):
        assert look_at(said) == Found(file_url(str(file)), "The Creek", "", 1)
    file.write_bytes(b"\x89PNG")
    with pytest.raises(NotAFeedError) as caught:
        look_at(str(file))
    assert caught.value.message == f"{file_url(str(file))}: it is an image, not a feed"
    for said in (f"{tmp_path}/none.xml", "none.xml", "./none", f"file://{tmp_path}/none"):
        with pytest.raises(UsageError, match="there is no file"):
            look_at(said)
    with pytest.raises(OSError, match="not a regular file"):
        look_at(str(tmp_path))


@pytest.mark.parametrize("said", ["", "creek", "creek.example/feed.xml", "ftp://creek.example/", "http://", "\udcff"])
def test_what_is_neither_an_address_nor_a_file(said: str) -> None:
    with pytest.raises(GivebackError) as caught:
        look_at(said)
    assert caught.value.code == 2
    assert caught.value.hint


# Adding and removing


def test_one_address_is_one_feed(store: str, now: Now) -> None:
    with change(store, now, "feed add") as session:
        first, new = add(session, Found("https://creek.example/feed", "The Creek", "", 0), now, topic="fishing")
        assert new
        again, new = add(session, Found("HTTPS://Creek.example:443/feed#x", "", "", 0), now)
        assert not new
        assert again is first
        assert (first.title, first.topic, first.allow_private) == ("The Creek", "fishing", False)


def test_feeds_answer_to_numbers_addresses_and_titles(store: str, now: Now) -> None:
    titles = ("News", "World News", "Web 3.0", "Le Café")
    with change(store, now, "feed add") as session:
        for title in titles:
            add(session, Found(f"https://creek.example/{title[:2]}", title, "", 0), now)
    connection = connect.read(store)
    asked = {"1": "News", "news": "News", "world": "World News", "cafe": "Le Café", "web 3": "Web 3.0"}
    asked["https://CREEK.example/We"] = "Web 3.0"
    assert {said: resolve(connection, said).title for said in asked} == asked
    with pytest.raises(AmbiguousError) as caught:
        resolve(connection, "creek.example")
    assert len(caught.value.candidates) == len(titles)
    for said in ("9", "30", "", " ", "²", "9" * 5_000):  # a number is never a part of a title
        with pytest.raises(NotFoundError):
            resolve(connection, said)
    with pytest.raises(NotFoundError):
        resolve(None, "news")
    assert connection
    connection.close()


def test_articles_outlive_their_feed(server: Server, store: str, now: Now) -> None:
    server.answers["/feed"] = feed(BASS)
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    undo(store, now)
    assert values(store, "SELECT count(*) FROM feed") == [0]
    assert rows(store, "SELECT title, feed_id FROM article") == [("Bass in the shallows", None)]
    add_feeds(store, now, f"{server.url}/feed")
    (outcome,) = bring(store, now)
    assert outcome.new == 0
    assert rows(store, "SELECT a.feed_id = f.id FROM article a, feed f") == [(1,)]


# Commands


def test_a_feed_comes_and_goes(giveback: Giveback, server: Server, golden: Callable[[str, str], None]) -> None:
    server.answers |= {"/feed": feed(BASS), "/site": page(names("/feed"))}
    url = f"{server.url}/feed"
    said = [
        giveback.run_here("feed", "add", f"{server.url}/site", "--allow-private", "--topic", "fishing", "--dry-run"),
        giveback.run("feed", "add", f"{server.url}/site", "--allow-private", "--topic", "fishing"),
        giveback.run_here("feed", "add", url, "--allow-private"),
        giveback.run_here("fetch"),
    ]
    server.answers["/feed"] = answer("410 Gone")
    said += [
        giveback.run_here("fetch", env={"GIVEBACK_NOW": "2026-11-21T12:00:00+00:00"}),
        giveback.run_here("feed", "list"),
        giveback.run_here("feed", "list", "--json"),
        giveback.run_here("feed", "remove", "creek", "--dry-run"),
        giveback.run_here("feed", "remove", "creek"),
        giveback.run_here("feed", "list"),
        giveback.run_here("articles"),
        giveback.run_here("undo"),
        giveback.run_here("feed", "list"),
    ]
    text = "".join(f"exit {code}\n{out}{err}" for code, out, err in said)
    golden("reading/feeds.txt", text.replace(server.url, "http://127.0.0.1:8000"))


def test_what_cannot_be_added(inside: Inside, server: Server) -> None:
    server.answers = {
        "/page": page(),
        "/several": page(names("/a", "\x1b[31mA\u202e"), names("/b")),
        "/creek": feed(BASS),
    }
    url = server.url
    assert inside.run("feed", "add", f"{url}/page", "--allow-private") == (
        7,
        "",
        f"giveback: {url}/page: it is a web page, not a feed (give the address of an RSS, Atom or JSON feed)\n",
    )
    assert inside.run("feed", "add", f"{url}/several", "--allow-private") == (
        4,
        "",
        f"giveback: {url}/several names 2 feeds (add one of them by its address)\n  {url}/a  A\n  {url}/b\n",
    )
    assert inside.run("feed", "add", f"{url}/creek") == (
        6,
        "",
        f"giveback: {url}/creek: points to a private address (--allow-private permits it)\n",
    )
    assert inside.run("feed", "add", "nothing.xml").code == 2
    assert inside.run("feed", "remove", "3").code == 3
    assert json.loads(inside.run("feed", "list", "--json").out) == []
    assert not list(inside.home.glob("*.db"))


def test_several_feeds_are_a_menu_on_a_terminal(giveback: Giveback, server: Server) -> None:
    server.answers |= {"/": page(names("/a", "News"), names("/b", "Comments")), "/b": feed(BASS, title="Comments")}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "giveback", "feed", "add", f"{server.url}/", "--allow-private"],
        env=giveback.environment,
        encoding="utf-8",
        timeout=60,
    )
    child.expect(r"1  \S+/a News\s+2  \S+/b Comments\s+Which one \(1 to 2\)")
    for wrong in ("7", "x"):
        child.sendline(wrong)
        child.expect("say a number from 1 to 2; Ctrl-C leaves all as it is\\s+Which one")
    child.sendline("2")
    child.expect("added Comments")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert rows(giveback.store, "SELECT url FROM feed") == [(f"{server.url}/b",)]
