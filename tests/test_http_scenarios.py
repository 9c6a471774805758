"""Answers of bad servers, played on the loopback: each does what it should, and the feeds beside it go on."""

from __future__ import annotations

import gzip
import json
import os
import socket
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from giveback.dates import Now
from giveback.reading import addresses, clients
from giveback.reading.fetching import known_feeds
from giveback.reading.upkeep import due_feeds, next_due
from giveback.store import connect
from loopback import Server, answer, slowly
from reading_helpers import add_feeds, bring, check_sound, feed, item, page, rows, rss, serving, values
from tls import secure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from giveback.reading.fetching import Outcome

BASS = item("Bass in the shallows", "https://creek.example/bass", "1")
TROUT = item("Trout at dawn", "https://creek.example/trout", "2")


class Stage(NamedTuple):
    """A server with one good feed beside the one that is played, and a store."""

    server: Server
    store: str
    now: Now
    patch: pytest.MonkeyPatch
    folder: Path

    def add(self, *urls: str, private: bool = True) -> None:
        add_feeds(self.store, self.now, *(self.server.url + url if url.startswith("/") else url for url in urls))
        add_feeds(self.store, self.now, f"{self.server.url}/good")
        if not private:
            with closing(connect.write(self.store)) as connection:
                connection.execute("UPDATE feed SET allow_private = 0")

    def bring(self, *, days: float = 0, timeout: float = 5.0) -> Outcome:
        """What came of the first feed; the good one goes on."""
        played, *_, good = bring(self.store, self.at(days), timeout=timeout)
        assert good.failure == ""
        check_sound(self.store)
        return played

    def at(self, days: float) -> Now:
        return Now(self.now.at + timedelta(days), self.now.today + timedelta(days))

    def fails(self, url: str, *, told: object = None, timeout: float = 5.0) -> str:
        """Play one answer and give the reason that is told."""
        if told is not None:
            self.server.answers[url] = told  # type: ignore[assignment]
        self.add(url)
        reason = self.bring(timeout=timeout).failure
        assert reason
        assert reason.isprintable()
        assert values(self.store, "SELECT error FROM feed WHERE id = 1") == [reason]
        return reason

    def asked(self, path: str) -> int:
        return [seen for seen, _ in self.server.requests].count(path)

    def due(self, days: float, *, force: bool = False) -> bool:
        with closing(connect.write(self.store)) as connection:
            feeds = known_feeds(connection)
        return feeds[0] in due_feeds(feeds, self.at(days).at, force=force)


@pytest.fixture
def stage(store: str, now: Now, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stage]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving() as server:
        server.answers["/good"] = feed(item("Beside", "https://other.example/1", "9"), title="The Brook")
        server.answers["/feed"] = feed(BASS)
        yield Stage(server, store, now, monkeypatch, tmp_path)


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(status, b"", f"Location: {location}")


# Redirects


def redirect_loop(stage: Stage) -> None:
    stage.server.answers["/b"] = redirect("/a")
    assert stage.fails("/a", told=redirect("/b")) == "too many redirects"
    assert stage.asked("/a") + stage.asked("/b") <= 10


def redirect_chain_30(stage: Stage) -> None:
    for number in range(30):
        stage.server.answers[f"/{number}"] = redirect(f"/{number + 1}" if number < 29 else "/feed")
    assert stage.fails("/0") == "too many redirects"
    assert stage.asked("/10") == 0


def redirect_to_file(stage: Stage) -> None:
    reason = stage.fails("/a", told=redirect("file:///etc/passwd"))
    assert reason == "redirects to something that is not a web address"


def redirect_to_private(stage: Stage) -> None:
    real = addresses.is_public_address
    for module in (addresses, clients):  # 127.0.0.1 plays the public host: none other is here
        stage.patch.setattr(module, "is_public_address", lambda ip: ip == "127.0.0.1" or real(ip))
    stage.server.answers["/a"] = redirect("http://169.254.169.254/latest/meta-data/", "301 Moved")
    stage.add("/a", private=False)
    assert stage.bring().failure == "points to a private address"
    assert values(stage.store, "SELECT url FROM feed WHERE id = 1") == [f"{stage.server.url}/a"]


def redirect_https_to_http(stage: Stage) -> None:
    with secure(stage.patch, stage.folder) as server:
        server.answers["/a"] = redirect(f"{stage.server.url}/feed", "301 Moved")
        stage.add(f"{server.url}/a")
        outcome = stage.bring()
        assert (outcome.new, outcome.failure) == (1, "")
        assert outcome.note.startswith("it redirects from https to http")
        assert values(stage.store, "SELECT url FROM feed WHERE id = 1") == [f"{server.url}/a"]


def permanent_redirect(stage: Stage) -> None:
    stage.server.answers |= {"/a": redirect("/b", "301 Moved"), "/b": redirect("/feed", "308 Moved")}
    stage.add("/a")
    assert stage.bring().new == 1
    assert values(stage.store, "SELECT url FROM feed WHERE id = 1") == [f"{stage.server.url}/feed"]


def relative_location(stage: Stage) -> None:
    stage.server.answers["/old/feed"] = redirect("../feed")
    stage.add("/old/feed")
    assert stage.bring().new == 1


def location_missing(stage: Stage) -> None:
    assert stage.fails("/a", told=answer("302 Found")) == "redirects without saying where to"


# Statuses


def not_modified(stage: Stage) -> None:
    stage.server.answers["/feed"] = feed(BASS, headers=['ETag: "v1"'])
    stage.add("/feed")
    stage.bring()
    stage.server.answers["/feed"] = answer("304 Not Modified")
    outcome = stage.bring(days=1)
    assert (outcome.unchanged, outcome.failure) == (True, "")
    assert rows(stage.store, "SELECT etag, failures, error FROM feed WHERE id = 1") == [('"v1"', 0, "")]


def wrong_304(stage: Stage) -> None:
    assert "304" in stage.fails("/feed", told=answer("304 Not Modified"))


def gone(stage: Stage) -> None:
    stage.add("/feed")
    stage.bring()
    stage.server.answers["/feed"] = answer("410 Gone")
    outcome = stage.bring(days=1)
    assert (outcome.gone, outcome.failure) == (True, "answered 410 (gone for good)")
    assert values(stage.store, "SELECT title FROM article WHERE url LIKE '%bass'") == ["Bass in the shallows"]
    assert not stage.due(4_000, force=True)
    add_feeds(stage.store, stage.now, f"{stage.server.url}/feed")
    assert stage.due(1)


def not_found_with_feed_body(stage: Stage) -> None:
    assert stage.fails("/a", told=answer("404 Not Found", rss(BASS))) == "answered 404 (not found)"
    assert values(stage.store, "SELECT count(*) FROM article") == [1]  # the good feed's


def too_many_requests(stage: Stage) -> None:
    assert "429" in stage.fails("/a", told=answer("429 Slow down", b"", "Retry-After: 3600"))
    assert not stage.due(59 / 1440, force=True)
    assert stage.due(61 / 1440)
    with closing(connect.write(stage.store)) as connection:
        first = next_due(known_feeds(connection)[:1], stage.now.at)
    assert first == stage.now.at + timedelta(hours=1)


def retry_after_date(stage: Stage) -> None:
    stage.fails("/a", told=answer("503 Busy", b"", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"))
    assert not stage.due(23 / 24, force=True)
    assert stage.due(25 / 24)


def unauthorized(stage: Stage) -> None:
    reason = stage.fails("/a", told=answer("401 x", b"", 'WWW-Authenticate: Basic realm="\x1b[31m"'))
    assert reason in {"answered 401 (it wants a password)", "does not answer as a web server should"}


# Time and size


def slow_headers(stage: Stage) -> None:
    assert stage.fails("/a", told=stage.server.hang, timeout=0.4) == "took longer than 0.4 s"


def slow_drip(stage: Stage) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stage.server.over.wait(0.05):
            connection.sendall(b"x")

    assert stage.fails("/a", told=drip, timeout=0.4) == "took longer than 0.4 s"


def infinite_body(stage: Stage) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stage.server.over.is_set():
            connection.sendall(bytes(65_536))

    assert stage.fails("/a", told=endless) == "larger than 10 MB"


def short_body(stage: Stage) -> None:
    stage.add("/feed")
    stage.bring()
    stage.server.answers["/feed"] = lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n<rss>")
    assert stage.bring(days=1).failure == "broke off in the middle of its answer"
    assert len(values(stage.store, "SELECT id FROM article WHERE url LIKE '%bass'")) == 1


def huge_header(stage: Stage) -> None:
    told = b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n"
    assert stage.fails("/a", told=lambda c: c.sendall(told))


# Content


def wrong_content_type(stage: Stage) -> None:
    kinds = ("text/plain", "text/html", "application/octet-stream", "")
    for number, kind in enumerate(kinds):
        entry = item(f"Bass {number}", f"https://creek.example/{number}", str(number))
        stage.server.answers[f"/{number}"] = answer("200 OK", rss(entry), *([f"Content-Type: {kind}"] if kind else []))
    stage.add(*(f"/{number}" for number in range(len(kinds))))
    assert [outcome.new for outcome in bring(stage.store, stage.now)] == [1] * (len(kinds) + 1)


def charset_conflict(stage: Stage) -> None:
    body = b'<?xml version="1.0" encoding="utf-8"?>' + rss(item("Fl\N{LATIN SMALL LETTER U WITH DIAERESIS}sse"))
    stage.server.answers["/feed"] = answer("200 OK", body, "Content-Type: text/xml; charset=iso-8859-1")
    stage.add("/feed")
    stage.bring()
    assert values(stage.store, "SELECT title FROM article WHERE feed_id = 1") == ["Flüsse"]


def gzip_unannounced(stage: Stage) -> None:
    stage.server.answers["/feed"] = answer("200 OK", gzip.compress(rss(BASS)))
    stage.add("/feed")
    assert stage.bring().new == 1


def gzip_announced_not_gzip(stage: Stage) -> None:
    told = answer("200 OK", rss(BASS), "Content-Encoding: gzip")
    assert stage.fails("/a", told=told) == "its compression (gzip) is broken or unknown"


def brotli_unasked(stage: Stage) -> None:
    import brotli

    stage.server.answers["/feed"] = answer("200 OK", brotli.compress(rss(BASS)), "Content-Encoding: br")
    stage.add("/feed")
    assert stage.bring().new == 1


def bad_chunked(stage: Stage) -> None:
    told = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    assert stage.fails("/a", told=lambda c: c.sendall(told)) == "does not answer as a web server should"


def header_injection(stage: Stage) -> None:
    stage.server.answers["/feed"] = feed(BASS, headers=['ETag: "a\x1b[31mb"', "Content-Type: text/xml\x1b[31m"])
    stage.add("/feed")
    stage.bring()
    assert values(stage.store, "SELECT etag FROM feed WHERE id = 1") == [None]


def set_cookie(stage: Stage) -> None:
    stage.server.answers["/feed"] = feed(BASS, headers=["Set-Cookie: a=b; Path=/"])
    stage.server.answers["/other"] = feed(TROUT, headers=["Set-Cookie: c=d"])
    stage.add("/feed", "/other")
    stage.bring()
    stage.bring(days=1)
    assert not any("cookie" in headers for _, headers in stage.server.requests)


def keeps_its_articles(stage: Stage, told: bytes, reason: str) -> None:
    stage.add("/feed")
    stage.bring()
    stage.server.answers["/feed"] = told
    assert stage.bring(days=1).failure == reason
    assert len(values(stage.store, "SELECT id FROM article WHERE url LIKE '%bass'")) == 1


def html_200(stage: Stage) -> None:
    login = page(body='<form><input type="password"></form>')
    keeps_its_articles(stage, login, "it is a login page, not a feed")


def empty_200(stage: Stage) -> None:
    keeps_its_articles(stage, answer("200 OK"), "it is empty")


def shrinking_feed(stage: Stage) -> None:
    items = [item(f"Bass {number}", f"https://creek.example/{number}", str(number)) for number in range(100)]
    stage.server.answers["/feed"] = feed(*items)
    stage.add("/feed")
    assert stage.bring().new == 100
    stage.server.answers["/feed"] = feed(*items[:10])
    outcome = stage.bring(days=1)
    assert (outcome.new, outcome.changed) == (0, 0)
    assert values(stage.store, "SELECT count(*) FROM article WHERE feed_id = 1") == [100]


def changed_title(stage: Stage) -> None:
    stage.add("/feed")
    stage.bring()
    stage.server.answers["/feed"] = feed(item("Perch instead", "https://creek.example/bass", "1"))
    outcome = stage.bring(days=1)
    assert (outcome.new, outcome.changed) == (0, 1)
    assert values(stage.store, "SELECT title FROM article WHERE feed_id = 1") == ["Perch instead"]


def changed_guid(stage: Stage) -> None:
    stage.add("/feed")
    stage.bring()
    stage.server.answers["/feed"] = feed(item("Bass in the shallows", "https://creek.example/bass", "other"))
    assert stage.bring(days=1).new == 0
    assert values(stage.store, "SELECT count(*) FROM article WHERE feed_id = 1") == [1]


# No such server


def tls_bad_cert(stage: Stage) -> None:
    with secure(stage.patch, stage.folder) as server:
        stage.patch.delenv("SSL_CERT_FILE")  # now nobody has heard of who signed it
        clients.tls_context.cache_clear()
        assert stage.fails(f"{server.url}/feed") == "its certificate is not valid"
        assert not server.requests


def dns_fail(stage: Stage) -> None:
    assert stage.fails("http://feeds.invalid/") == "no such host"


def port_closed(stage: Stage) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        assert stage.fails(f"http://127.0.0.1:{unheard.getsockname()[1]}/") == "refused the connection"


def http_0_9(stage: Stage) -> None:
    assert stage.fails("/a", told=slowly(0, rss(BASS)))


PLAYS: tuple[Callable[[Stage], None], ...] = (
    *(redirect_loop, redirect_chain_30, redirect_to_file, redirect_to_private, redirect_https_to_http),
    *(permanent_redirect, relative_location, location_missing, not_modified, wrong_304, gone, not_found_with_feed_body),
    *(too_many_requests, retry_after_date, unauthorized, slow_headers, slow_drip, infinite_body, short_body),
    *(wrong_content_type, charset_conflict, gzip_unannounced, gzip_announced_not_gzip, brotli_unasked, bad_chunked),
    *(header_injection, set_cookie, html_200, empty_200, shrinking_feed, changed_title, changed_guid, tls_bad_cert),
    *(dns_fail, port_closed, huge_header, http_0_9),
)


def name(play: Callable[[Stage], None]) -> str:
    return play.__name__.replace("_", "-").replace("http-0-9", "http-0.9")


@pytest.mark.parametrize("play", PLAYS, ids=name)
def test_scenario(stage: Stage, play: Callable[[Stage], None]) -> None:
    play(stage)


@pytest.mark.corpus
def test_every_scenario_of_the_corpus_is_played(corpora: Path) -> None:
    scenarios = json.loads((corpora / "feeds" / "hostile" / "http-scenarios.json").read_text("utf-8"))
    assert {scenario["id"] for scenario in scenarios} == {name(play) for play in PLAYS}
