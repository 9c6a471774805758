"""Proxies that the environment names, with a real one on the loopback."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from giveback.errors import NetworkError
from giveback.reading import clients
from giveback.reading.http import fetch_one
from loopback import FEED, answer
from proxy import Proxy
from reading_helpers import serving
from tls import secure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving() as running:
        yield running


@contextmanager
def proxying(login: str = "") -> Iterator[Proxy]:
    clients.proxy_pool.cache_clear()
    with Proxy(login) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


def test_http_through_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    port = server.server_address[1]
    with proxying() as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        assert fetch_one(f"http://feeds.example:{port}/feed").body == FEED
        assert proxy.seen == [f"GET http://feeds.example:{port}/feed"]
        assert server.requests[0][1]["host"] == f"feeds.example:{port}"
        for private in ("http://10.0.0.1/feed", f"{server.url}/feed", "http://localhost/feed"):
            with pytest.raises(NetworkError, match="private"):
                fetch_one(private)
        server.answers["/out"] = answer("302 Found", b"", "Location: http://192.168.0.1/")
        with pytest.raises(NetworkError, match="private"):
            fetch_one(f"http://feeds.example:{port}/out")
        assert len(proxy.seen) == 2


def test_https_through_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not server.requests
    with secure(monkeypatch, tmp_path, http2=True) as behind, proxying("kim:s%40crt") as proxy:
        proxy.login = "kim:s@crt"
        behind.answers["/feed"] = answer("200 OK", FEED)
        monkeypatch.setenv("HTTPS_PROXY", f"kim:s%40crt@127.0.0.1:{proxy.server_address[1]}")
        assert fetch_one(f"{behind.url}/feed", allow_private=True).body == FEED
        assert proxy.seen == [f"CONNECT localhost:{behind.server_address[1]}"]
        proxy.login = "kim:other"
        with pytest.raises(NetworkError, match="the proxy refused") as caught:
            fetch_one(f"{behind.url}/feed", allow_private=True)
        assert "crt" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_socks(server: Server, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    port = server.server_address[1]
    with proxying() as proxy:
        monkeypatch.setenv("all_proxy", f"{scheme}://{proxy.address}")
        assert fetch_one(f"http://feeds.example:{port}/feed").body == FEED
        assert proxy.seen == [f"socks feeds.example:{port}"]


@pytest.mark.parametrize("exempt", ["127.0.0.1", "*", "example.org, 127.0.0.1"])
def test_what_is_exempt_is_asked_directly(server: Server, monkeypatch: pytest.MonkeyPatch, exempt: str) -> None:
    with proxying() as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        monkeypatch.setenv("no_proxy", exempt)
        assert fetch_one(f"{server.url}/feed", allow_private=True).body == FEED
        assert proxy.seen == []


@pytest.mark.parametrize("proxy", ["socks9://localhost", "ftp://kim:hush@localhost:1", "http://"])
def test_a_proxy_that_cannot_be_used(server: Server, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    assert server.url
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(NetworkError, match="proxy of the environment cannot be used") as caught:
        fetch_one("http://feeds.example/feed")
    assert "hush" not in str(caught.value)
