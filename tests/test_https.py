"""https: HTTP/2 where it is offered, certificates, and passwords that stay where they belong."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from giveback.errors import NetworkError
from giveback.reading.http import fetch_all, fetch_one
from giveback.reading.values import Fetched, FetchFailure, Request
from loopback import FEED, Server, answer
from reading_helpers import serving
from tls import secure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORD = "hush"
ODD = "pässword:1"


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving() as running:
        yield running


@pytest.fixture
def _no_proxies(plain: Server) -> None:
    """What `plain` does to the environment."""


def get(url: str, **options: str) -> Fetched | FetchFailure:
    outcomes: list[Fetched | FetchFailure] = []
    request = Request(url, allow_private=True)._replace(**options)  # type: ignore[arg-type]
    fetch_all([request], lambda _, outcome: outcomes.append(outcome), timeout=5.0)
    return outcomes[0]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.usefixtures("_no_proxies")
def test_http2_is_spoken_where_it_is_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with secure(monkeypatch, tmp_path, http2=True) as server:
        server.answers["/feed"] = answer("200 OK", FEED * 500, 'ETag: "v1"')
        requests = [Request(f"{server.url}/feed", allow_private=True)] * 3
        outcomes: list[Fetched | FetchFailure] = []
        fetch_all(requests, lambda _, outcome: outcomes.append(outcome), per_host=1)
        for outcome in outcomes:
            assert isinstance(outcome, Fetched)
            assert (outcome.body, outcome.etag) == (FEED * 500, '"v1"')
        server.answers["/feed"] = answer("304 Not Modified")
        known = get(f"{server.url}/feed", etag='"v1"')
        assert isinstance(known, Fetched)
        assert known.not_modified
        path, headers = server.requests[-1]
        assert (path, headers["if-none-match"]) == ("/feed", '"v1"')
        assert headers[":scheme"] == "https"  # a pseudo-header, which only HTTP/2 has
        assert isinstance(get(f"{server.url}/missing"), FetchFailure)


@pytest.mark.usefixtures("_no_proxies")
def test_http1_is_spoken_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with secure(monkeypatch, tmp_path) as server:
        server.answers["/feed"] = answer("200 OK", FEED)
        assert fetch_one(f"{server.url}/feed", allow_private=True).body == FEED


@pytest.mark.usefixtures("_no_proxies")
def test_a_certificate_of_another_host_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with secure(monkeypatch, tmp_path) as server:
        other = server.url.replace("localhost", "127.0.0.1")
        with pytest.raises(NetworkError, match="its certificate is not valid"):
            fetch_one(f"{other}/feed", allow_private=True)
        assert not server.requests


def test_from_https_to_http(plain: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with secure(monkeypatch, tmp_path) as server:
        server.answers["/feed"] = answer("301 Moved", b"", f"Location: {plain.url}/feed")
        outcome = get(f"{server.url}/feed", username="kim", password=WORD)
        assert isinstance(outcome, Fetched)
        assert outcome.body == FEED
        assert outcome.moved_to is None  # the next fetch begins with https again
        assert outcome.note.startswith("it redirects from https to http")
        assert server.requests[0][1]["authorization"] == basic("kim", WORD)
        assert "authorization" not in plain.requests[0][1]


# Passwords


def test_a_password_goes_to_its_own_host_alone(plain: Server) -> None:
    with serving() as other:
        plain.answers |= {
            "/a": answer("302 Found", b"", "Location: /b"),
            "/b": answer("301 Moved", b"", f"Location: {other.url}/c"),
        }
        other.answers["/c"] = answer("301 Moved", b"", f"Location: {plain.url}/feed")
        outcome = get(f"{plain.url}/a", username="kim", password=ODD)
        assert isinstance(outcome, Fetched)
        sent = [(path, headers.get("authorization")) for path, headers in plain.requests + other.requests]
        right = basic("kim", ODD)
        assert sent == [("/a", right), ("/b", right), ("/feed", right), ("/c", None)]


def test_a_move_to_another_host_is_told_but_not_followed_for_good_with_a_password(plain: Server) -> None:
    with serving() as other:
        plain.answers["/feed"] = answer("301 Moved", b"", f"Location: {other.url}/feed")
        outcome = get(f"{plain.url}/feed", username="kim", password=WORD)
        assert isinstance(outcome, Fetched)
        assert outcome.moved_to is None
        assert "another host" in outcome.note
        outcome = get(f"{plain.url}/feed")
        assert isinstance(outcome, Fetched)
        assert (outcome.moved_to, outcome.note) == (f"{other.url}/feed", "")


def test_a_password_in_the_address_is_sent_and_forgotten(plain: Server) -> None:
    url = plain.url.replace("http://", "http://kim:s%40crt@")
    fetched = fetch_one(f"{url}/feed", allow_private=True)
    assert plain.requests[0][1]["authorization"] == basic("kim", "s@crt")
    assert (fetched.url, fetched.requested) == (f"{plain.url}/feed", f"{plain.url}/feed")
    plain.answers["/feed"] = answer("401 x", b"", "WWW-Authenticate: Basic")
    with pytest.raises(NetworkError) as caught:
        fetch_one(f"{url}/feed", allow_private=True)
    assert caught.value.message == f"{plain.url}/feed: answered 401 (it does not take the password)"
    outcome = get(f"{url}/missing")
    assert "crt" not in repr(outcome)
    assert WORD not in repr(Request(f"{plain.url}/feed", username="kim", password=WORD))


def test_a_password_in_a_redirect_is_nobody_s(plain: Server) -> None:
    plain.answers["/a"] = answer("301 x", b"", "Location: " + plain.url.replace("//", "//eve:evil@") + "/feed")
    outcome = get(f"{plain.url}/a")
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == f"{plain.url}/feed"
    assert "authorization" not in plain.requests[1][1]


def test_what_is_not_needed_is_not_imported(plain: Server) -> None:
    code = (
        "import sys; from giveback.reading.http import fetch_one; fetch_one(sys.argv[1], allow_private=True);"
        "print([name for name in ('keyring', 'brotli', 'backports.zstd', 'protego', 'httpx')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, f"{plain.url}/feed"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
