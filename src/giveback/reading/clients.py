"""Connections that go only to addresses that were checked, or to the proxy that the environment names.

A name is resolved once, each address is judged, and the connection is made to the address itself: nothing can be
looked up again in between. The name stays with TLS, which checks the certificate against it.

httpcore speaks HTTP/1.1, HTTP/2 and to proxies. Its pool is only used to make connections: it looks at all of them for
each request, which for hundreds of hosts that are asked once each costs more than the requests.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpcore

from giveback.errors import NetworkError
from giveback.reading.addresses import is_public_address, names_private_host
from giveback.text import clean_line

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

    from giveback.reading.addresses import Target

_ATTEMPT = 5.0  # seconds for each address but the last
_KEPT = 5.0  # seconds for which a connection waits for the next request


class PrivateAddressError(OSError):
    """The host is only known by addresses inside the own network."""


class NoSuchHostError(OSError):
    """The host has no address."""


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Resolve, check, connect to what was checked."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await _resolve(host, port)
        if not self._allow_private and not all(map(is_public_address, addresses)):
            raise PrivateAddressError(host)
        for address in addresses[:-1]:
            attempt = min(_ATTEMPT, timeout or _ATTEMPT)
            try:
                return await self._inner.connect_tcp(address, port, attempt, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Connections:
    """Where connections come from and go back to; no cookies, no memory of passwords.

    Args:
        allow_private: loopback and private addresses may be connected to.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._backend = _PinnedBackend(allow_private=allow_private)
        self._proxies = environment_proxies()
        self._idle: dict[tuple[str, str, int], list[httpcore.AsyncConnectionInterface]] = {}

    async def take(self, target: Target) -> httpcore.AsyncConnectionInterface:
        """Give a connection that one request can be sent on.

        Raises:
            NetworkError: the environment names a proxy that cannot be used.
        """
        idle = self._idle.get(target.origin, [])
        while idle:
            connection = idle.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return self._new(target)

    async def give_back(self, connection: httpcore.AsyncConnectionInterface, target: Target, *, keep: bool) -> None:
        """Take a connection back when its answer has been read, or will not be.

        Args:
            connection: what `take` gave.
            target: what it was asked for.
            keep: another request to the same host waits for it.
        """
        if keep and connection.is_idle():
            self._idle.setdefault(target.origin, []).append(connection)
        else:
            await connection.aclose()

    def is_public(self, target: Target, response: httpcore.Response) -> bool:
        """Tell whether an answer came from the public internet; behind a proxy nobody knows, and the name decides."""
        if proxy_for(target, self._proxies):
            return not names_private_host(target.host)
        peer = response.extensions["network_stream"].get_extra_info("server_addr")
        return bool(peer) and is_public_address(str(peer[0]))

    async def close(self) -> None:
        """Close all that wait."""
        for connections in self._idle.values():
            for connection in connections:
                await connection.aclose()
        self._idle.clear()

    def _new(self, target: Target) -> httpcore.AsyncConnectionInterface:
        origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
        proxy = proxy_for(target, self._proxies)
        if proxy:
            return proxy_pool(proxy).create_connection(origin)
        secure = target.scheme == "https"
        return httpcore.AsyncHTTPConnection(
            origin,
            ssl_context=tls_context() if secure else None,
            keepalive_expiry=_KEPT,
            http2=secure,
            network_backend=self._backend,
        )


@cache
def tls_context() -> ssl.SSLContext:
    """Make the TLS settings, which is costly and left until they are needed.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` name other certificates to trust, as everywhere with OpenSSL.
    """
    import ssl

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and not folder:
        import certifi

        file = certifi.where()
    return ssl.create_default_context(cafile=file or None, capath=folder or None)


def environment_proxies() -> dict[str, str]:
    """Give the proxies that the environment names, by scheme: `http_proxy`, `all_proxy`, `no_proxy` and the like."""
    named = any(name.lower().endswith("_proxy") for name in os.environ) or sys.platform in {"darwin", "win32"}
    if not named:
        return {}
    from urllib.request import getproxies

    return getproxies()


def proxy_for(target: Target, proxies: Mapping[str, str]) -> str:
    """Give the proxy through which an address is asked for, "" for none."""
    proxy = proxies.get(target.scheme) or proxies.get("all") or ""
    if not proxy:
        return ""
    from urllib.request import proxy_bypass

    if proxy_bypass(target.authority):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


@cache
def proxy_pool(proxy: str) -> httpcore.AsyncConnectionPool:
    """Make what connects through a proxy; the proxy looks names up, and may itself be in the own network.

    Raises:
        NetworkError: it is of a kind that is not known.
    """
    parts = urlsplit(proxy)
    login = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    try:
        if parts.scheme in {"socks5", "socks5h"}:
            bare = bare.replace("socks5h:", "socks5:", 1)
            return httpcore.AsyncSOCKSProxy(bare, proxy_auth=login, ssl_context=tls_context(), http2=True)
        if parts.scheme in {"http", "https"} and parts.hostname:
            return httpcore.AsyncHTTPProxy(bare, proxy_auth=login, ssl_context=tls_context(), http2=True)
    except (ImportError, ValueError, RuntimeError):
        pass
    shown = clean_line(parts.scheme, 20)
    raise NetworkError(f"the {shown} proxy of the environment cannot be used", "use http:// or socks5://")


async def _resolve(host: str, port: int) -> list[str]:
    """Look a host up in a thread that nobody waits for: an interrupt must not hang on a dead resolver."""
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str], error: Exception | None) -> None:
        if answer.done():
            return
        if error:
            answer.set_exception(error)
        else:
            answer.set_result(addresses)

    def look_up() -> None:
        addresses: list[str] = []
        error: Exception | None = None
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        except (OSError, UnicodeError):
            error = NoSuchHostError(host)
        try:
            loop.call_soon_threadsafe(settle, addresses, error)
        except RuntimeError:  # interrupted meanwhile: the loop is closed
            return

    threading.Thread(target=look_up, daemon=True, name="giveback-dns").start()
    return await answer
