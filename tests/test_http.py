"""Fetching from a real server on the loopback that behaves, and one that does not."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import zlib
from typing import TYPE_CHECKING

import pytest

from giveback.errors import NetworkError, UsageError
from giveback.reading import addresses, clients
from giveback.reading.http import fetch_all, fetch_one
from giveback.reading.values import Fetched, FetchFailure, Request
from loopback import FEED, Connection, Server, answer, slowly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


def get(server: Server, path: str, **options: object) -> Fetched | FetchFailure:
    outcomes: list[Fetched | FetchFailure] = []
    timeout = options.pop("timeout", 5.0)
    assert isinstance(timeout, float)
    request = Request(server.url + path, allow_private=True)._replace(**options)  # type: ignore[arg-type]
    fetch_all([request], lambda _, outcome: outcomes.append(outcome), timeout=timeout)
    return outcomes[0]


def reason(server: Server, path: str, **options: object) -> str:
    outcome = get(server, path, **options)
    assert isinstance(outcome, FetchFailure), outcome
    assert outcome.requested == server.url + path
    return outcome.reason


# Answers


def test_a_feed_is_fetched(server: Server) -> None:
    head = ('ETag: "v1"', "Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT", "Content-Type: text/xml", "Set-Cookie: a=b")
    server.answers["/feed"] = answer("200 OK", FEED, *head)
    url = f"{server.url}/feed"
    fetched = fetch_one(url, allow_private=True)
    date = "Mon, 02 Mar 2026 10:00:00 GMT"
    assert fetched == Fetched(url, url, 200, FEED, '"v1"', date, "text/xml", None, not_modified=False)
    (_, headers), *_ = server.requests
    assert headers["user-agent"].startswith("giveback/")
    assert headers["user-agent"].endswith(" (feed reader for one person)")
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"


def test_what_is_known_is_not_sent_again(server: Server) -> None:
    server.answers["/feed"] = answer("304 Not Modified")
    fetched = get(server, "/feed", etag='"v1"', last_modified="Mon, 02 Mar 2026 10:00:00 GMT")
    assert isinstance(fetched, Fetched)
    assert (fetched.not_modified, fetched.body, fetched.etag) == (True, b"", '"v1"')
    (_, headers), *_ = server.requests
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Mon, 02 Mar 2026 10:00:00 GMT"
    assert reason(server, "/feed") == "answered 304 (not modified) although nothing of it is known"


@pytest.mark.parametrize("etag", ['"a\x1b[31m"', '"é"', "x" * 600, ""])
def test_a_validator_that_cannot_be_sent_back_is_forgotten(server: Server, etag: str) -> None:
    server.answers["/feed"] = answer("200 OK", FEED, f"ETag: {etag}")
    outcome = get(server, "/feed")
    assert isinstance(outcome, FetchFailure) or outcome.etag is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_moves_remembered(server: Server, status: int) -> None:
    server.answers["/old/feed"] = answer(f"{status} Moved", b"", "Location: ../new")
    server.answers["/new"] = answer("308 Moved", b"", "Location: /feed")
    fetched = get(server, "/old/feed")
    assert isinstance(fetched, Fetched)
    assert fetched.url == f"{server.url}/feed"
    assert fetched.moved_to == (f"{server.url}/feed" if status in {301, 308} else None)
    server.answers["/new"] = answer("302 Found", b"", "Location: /feed")  # part of the way is only for now
    fetched = get(server, "/old/feed")
    assert isinstance(fetched, Fetched)
    assert (fetched.url, fetched.moved_to) == (f"{server.url}/feed", None)


@pytest.mark.parametrize(("public", "moved"), [([True, False], False), ([False, True], True), ([True, True], True)])
def test_a_move_into_the_own_network_is_not_remembered(
    server: Server, monkeypatch: pytest.MonkeyPatch, public: list[bool], *, moved: bool
) -> None:
    seen = iter(public)  # 127.0.0.1 plays each host in turn: none other is here
    monkeypatch.setattr(clients, "is_public_address", lambda _: next(seen))
    server.answers["/a"] = answer("301 Moved", b"", "Location: /feed")
    outcome = get(server, "/a")  # permitted, but each time anew
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == (f"{server.url}/feed" if moved else None)


def test_addresses_travel_as_ascii(server: Server) -> None:
    server.answers["/f%C3%A9es/%20a"] = answer("200 OK", FEED)
    outcome = get(server, "/fées/%20a?q=ü#x")
    assert isinstance(outcome, Fetched)
    assert addresses.target("http://Bücher.example/?ü=[1]|a").path == "/?%C3%BC=[1]|a"
    assert addresses.target("https://Bücher.example:443").authority == "xn--bcher-kva.example"
    assert addresses.target("http://[::1]:8080/a").origin == ("http", "::1", 8080)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("https://kim:a%3Ab@creek.example/x", ("https://creek.example/x", "kim", "a:b")),
        ("https://kim@creek.example", ("https://creek.example", "kim", "")),
        ("https://a@b:c@creek.example:1/", ("https://creek.example:1/", "a@b", "c")),
        ("https://creek.example/a@b:c", ("https://creek.example/a@b:c", "", "")),
        ("mailto:kim@creek.example", ("mailto:kim@creek.example", "", "")),
        ("http://[", ("http://[", "", "")),
    ],
)
def test_passwords_are_taken_out_of_addresses(said: str, taken: tuple[str, str, str]) -> None:
    assert addresses.split_credentials(said) == taken
    assert "c@creek" not in addresses.without_secret(said)


def test_redirects_that_lead_nowhere(server: Server) -> None:
    server.answers["/a"] = answer("302 Found", b"", "Location: /b")
    server.answers["/b"] = answer("302 Found", b"", "Location: /a")
    server.answers["/file"] = answer("302 Found", b"", "Location: file:///etc/passwd")
    server.answers["/none"] = answer("302 Found")
    assert reason(server, "/a") == "too many redirects"
    assert len(server.requests) == 6
    assert reason(server, "/file") == "redirects to something that is not a web address"
    assert reason(server, "/none") == "redirects without saying where to"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("404 Nope", "answered 404 (not found)"),
        ("410 Gone", "answered 410 (gone for good)"),
        ("500 \x1b[31m", "answered 500 (internal server error)"),
        ("401 x", "answered 401 (it wants a password)"),
        ("599 x", "answered 599"),
        ("204 No Content", "answered 204 (no content)"),
    ],
)
def test_other_answers_are_failures(server: Server, status: str, said: str) -> None:
    server.answers["/feed"] = answer(status, b"" if status.startswith("204") else FEED)
    outcome = get(server, "/feed")
    assert isinstance(outcome, FetchFailure)
    assert outcome.reason in {said, "does not answer as a web server should"}
    assert outcome.status in {int(status[:3]), 0}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3600", 3600), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("Mon, 02 Mar 2020 10:00:00 GMT", 0), ("soon", None)],
)
def test_when_to_come_again(server: Server, value: str, seconds: int | None) -> None:
    server.answers["/feed"] = answer("503 Busy", b"", f"Retry-After: {value}")
    outcome = get(server, "/feed")
    assert isinstance(outcome, FetchFailure)
    assert outcome.retry_after == seconds


# Bodies


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED)[2:-4]),
        ("identity", FEED),
    ],
)
def test_compressed_bodies(server: Server, encoding: str, body: bytes) -> None:
    server.answers["/feed"] = answer("200 OK", body, f"Content-Encoding: {encoding}")
    fetched = get(server, "/feed")
    assert isinstance(fetched, Fetched)
    assert fetched.body == FEED


def test_bodies_beyond_the_limit(server: Server) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.over.is_set():
            connection.sendall(bytes(65_536))

    server.answers["/bomb"] = answer("200 OK", gzip.compress(bytes(30_000_000)), "Content-Encoding: gzip")
    server.answers["/endless"] = endless
    assert reason(server, "/bomb") == "larger than 10 MB"
    assert reason(server, "/endless") == "larger than 10 MB"


def test_bodies_that_are_not_as_announced(server: Server) -> None:
    server.answers["/short"] = lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + FEED)
    server.answers["/chunks"] = lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    server.answers["/plain"] = answer("200 OK", FEED, "Content-Encoding: gzip")
    server.answers["/cut"] = answer("200 OK", gzip.compress(FEED, mtime=0)[:-9], "Content-Encoding: gzip")
    server.answers["/br"] = answer("200 OK", FEED, "Content-Encoding: br")
    assert reason(server, "/short") == "broke off in the middle of its answer"
    assert reason(server, "/chunks") == "does not answer as a web server should"
    assert reason(server, "/plain") == "its compression (gzip) is broken or unknown"
    assert reason(server, "/cut") == "broke off in the middle of its answer"
    assert reason(server, "/br") == "its compression (br) is broken or unknown"


def test_servers_that_speak_something_else(server: Server) -> None:
    server.answers["/old"] = lambda c: c.sendall(FEED)
    server.answers["/silent"] = lambda _: None
    server.answers["/header"] = lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n")
    assert reason(server, "/silent") == "broke off in the middle of its answer"
    strange = {"does not answer as a web server should", "broke off in the middle of its answer"}
    assert reason(server, "/old") in strange
    assert reason(server, "/header") in strange


def test_the_whole_takes_no_longer_than_allowed(server: Server) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.over.wait(0.05):
            connection.sendall(b"x")

    server.answers["/drip"] = drip
    server.answers["/never"] = server.hang
    server.answers["/slow"] = slowly(0.25, answer("302 Found", b"", "Location: /slow"))
    for path in ("/drip", "/never", "/slow"):
        assert reason(server, path, timeout=0.4) == "took longer than 0.4 s"


# Where to


def test_private_addresses_are_refused_before_anything_is_sent(server: Server) -> None:
    port = server.server_address[1]
    for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
        with pytest.raises(NetworkError, match="points to a private address") as caught:
            fetch_one(f"http://{host}:{port}/feed")
        assert caught.value.hint == "--allow-private permits it"
    assert not server.requests


def test_names_are_checked_after_they_are_resolved(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, port, **kw: real("127.0.0.1", port, **kw))
    with pytest.raises(NetworkError, match="points to a private address"):
        fetch_one(f"http://feeds.example:{server.server_address[1]}/feed")
    assert not server.requests


def test_a_public_server_leads_to_no_private_one(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    # 127.0.0.1 plays the public host: none other is here.
    real = addresses.is_public_address
    for module in (addresses, clients):
        monkeypatch.setattr(module, "is_public_address", lambda ip: ip == "127.0.0.1" or real(ip))
    port = server.server_address[1]
    targets = [f"http://127.0.0.2:{port}/feed", f"http://localhost:{port}/feed", "http://169.254.169.254/latest"]
    for target in targets:
        server.answers["/go"] = answer("302 Found", b"", f"Location: {target}")
        with pytest.raises(NetworkError, match="points to a private address"):
            fetch_one(f"{server.url}/go")
    assert {path for path, _ in server.requests} == {"/go"}


def test_the_host_keeps_its_name_when_the_address_is_pinned(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = socket.getaddrinfo

    def resolver(host: str, port: int, **options: int) -> object:
        asked.append(host)
        return real("127.0.0.1", port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    port = server.server_address[1]
    assert fetch_one(f"http://feeds.example:{port}/feed", allow_private=True).body == FEED
    assert server.requests[0][1]["host"] == f"feeds.example:{port}"
    assert asked == ["feeds.example"]


def test_hosts_that_are_not_there(server: Server) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(NetworkError, match="refused the connection"):
            fetch_one(f"http://127.0.0.1:{port}/", allow_private=True)
    with pytest.raises(NetworkError, match="no such host"):
        fetch_one("http://feeds.invalid/")
    with pytest.raises(UsageError):
        fetch_one("file:///etc/passwd")
    assert reason(server, " /\x00") == "not a web address"


def test_certificates_are_checked(tmp_path: Path) -> None:
    import ssl

    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
    ]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake_hands() -> None:
            connection, _ = listening.accept()
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

        thread = threading.Thread(target=shake_hands)
        thread.start()
        with pytest.raises(NetworkError, match="its certificate is not valid"):
            fetch_one(f"https://127.0.0.1:{listening.getsockname()[1]}/", allow_private=True)
        thread.join()


def test_the_proxy_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["http://feeds.example/feed"] = answer("200 OK", FEED)
    monkeypatch.setenv("http_proxy", server.url)
    assert fetch_one("http://feeds.example/feed").body == FEED
    with pytest.raises(NetworkError, match="private"):
        fetch_one("http://10.0.0.1/feed")
    monkeypatch.setenv("no_proxy", "localhost, 127.0.0.1")
    assert fetch_one(f"{server.url}/feed", allow_private=True).body == FEED
    monkeypatch.setenv("http_proxy", "socks9://localhost")
    with pytest.raises(NetworkError, match="proxy"):
        fetch_one("http://feeds.example/feed")


# Many at once


def test_one_bad_feed_never_stops_the_others(server: Server) -> None:
    server.answers["/never"] = server.hang
    paths = ["/feed", "/missing", "/never", "/feed", "/feed"]
    requests = [Request(server.url + path, allow_private=True) for path in paths]
    requests += [Request("http://feeds.invalid/"), Request("nonsense"), Request(f"{server.url}/feed")]
    outcomes: dict[int, Fetched | FetchFailure] = {}
    fetch_all(requests, outcomes.__setitem__, timeout=0.5)
    said = [o.body if isinstance(o, Fetched) else o.reason for _, o in sorted(outcomes.items())]
    failures = ["no such host", "not a web address", "points to a private address"]
    assert said == [FEED, "answered 404 (not found)", "took longer than 0.5 s", FEED, FEED, *failures]


@pytest.mark.parametrize(("concurrency", "per_host", "most"), [(20, 2, 2), (1, 5, 1), (3, 9, 3)])
def test_no_more_at_a_time_than_allowed(server: Server, concurrency: int, per_host: int, most: int) -> None:
    server.answers["/feed"] = slowly(0.02, answer("200 OK", FEED))
    requests = [Request(f"{server.url}/feed?{n}", allow_private=True) for n in range(12)]
    done: list[int] = []
    fetch_all(requests, lambda n, _: done.append(n), concurrency=concurrency, per_host=per_host)
    assert sorted(done) == list(range(12))
    assert server.busiest == most


def test_what_the_receiver_raises_ends_everything(server: Server) -> None:
    def full(_index: int, _outcome: object) -> None:
        raise OSError(28, "No space left on device")

    requests = [Request(f"{server.url}/feed?{n}", allow_private=True) for n in range(5)]
    with pytest.raises(OSError, match="No space left"):
        fetch_all(requests, full)


def test_connections_are_used_again(server: Server) -> None:
    server.answers["/feed"] = answer("304 Not Modified")
    peers = set()
    real = Connection.serve

    def serve(connection: Connection) -> bool:
        peers.add(connection.client_address)
        return real(connection)

    requests = [Request(f"{server.url}/feed?{n}", '"v"', allow_private=True) for n in range(8)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "serve", serve)
        fetch_all(requests, lambda *_: None)
    assert len(peers) <= 2


def test_a_connection_that_was_closed_meanwhile_is_opened_again(server: Server) -> None:
    closed: list[bool] = []

    def close_first(_connection: socket.socket) -> bytes | None:
        closed.append(True)
        return answer("200 OK", FEED) if len(closed) > 1 else None

    server.answers["/feed"] = close_first
    assert isinstance(get(server, "/feed"), Fetched)
    assert len(closed) == 2


def test_an_interrupt_ends_it(server: Server) -> None:
    waiting = threading.Event()

    def wait(connection: socket.socket) -> None:
        waiting.set()
        server.hang(connection)

    server.answers["/never"] = wait
    code = "import sys; from giveback.reading.http import fetch_one; fetch_one(sys.argv[1], allow_private=True)"
    process = subprocess.Popen([sys.executable, "-c", code, f"{server.url}/never"], stderr=subprocess.PIPE)
    assert waiting.wait(30)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=15)
    assert b"KeyboardInterrupt" in errors
    assert process.returncode == -signal.SIGINT
