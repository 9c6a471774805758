"""Clients whose connections go only to addresses that were checked.

A name is resolved once, each address is judged, and the connection is made to the address itself: nothing can be
looked up again in between. The name stays with TLS, which checks the certificate against it.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore
import httpx

from giveback.errors import NetworkError
from giveback.reading.addresses import is_public_address
from giveback.text import clean_line

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

_CONNECT_TIMEOUT = 10.0
_ATTEMPT = 5.0  # seconds for each address but the last
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)


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


class PinnedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over checked connections.

    Args:
        context: TLS settings, shared because they are costly to make.
        allow_private: loopback and private addresses may be connected to.
        connections: connections at most.
    """

    def __init__(self, context: ssl.SSLContext, *, allow_private: bool, connections: int) -> None:
        super().__init__(verify=context)
        # httpx has no parameter for the network backend; its transport is this pool and a translation of errors.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_PinnedBackend(allow_private=allow_private),
        )


def new_client(*, allow_private: bool, connections: int) -> httpx.AsyncClient:
    """Make a client without redirects, cookies and memory of passwords.

    Args:
        allow_private: loopback and private addresses may be connected to.
        connections: connections at most.

    Returns:
        A client to be closed by the caller.

    Raises:
        NetworkError: the environment names a proxy that cannot be used.
    """
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    context = httpx.create_ssl_context()
    return httpx.AsyncClient(
        transport=PinnedTransport(context, allow_private=allow_private, connections=connections),
        mounts=_proxies(context),
        headers={"User-Agent": _user_agent(), "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT),  # the whole has its own
        trust_env=False,
    )


def _proxies(context: ssl.SSLContext) -> dict[str, httpx.AsyncBaseTransport | None]:
    """Give the transports of the environment's proxies; httpx makes them only for its own direct transport.

    Raises:
        NetworkError: httpx cannot use such a proxy.
    """
    from urllib.request import getproxies

    named = getproxies()
    exempt = [host.strip() for host in named.get("no", "").split(",") if host.strip()]
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {}
    if "*" in exempt:
        return mounts
    for scheme in ("http", "https", "all"):
        address = named.get(scheme)
        if not address:
            continue
        proxy = address if "://" in address else f"http://{address}"
        try:
            mounts[f"{scheme}://"] = httpx.AsyncHTTPTransport(verify=context, proxy=proxy)
        except (ImportError, ValueError, httpx.InvalidURL):
            shown = clean_line(urlsplit(proxy).scheme, 20)
            raise NetworkError(f"the {shown} proxy of the environment cannot be used", "use http://") from None
    for host in exempt:
        mounts[f"all://{_exemption(host)}"] = None
    return mounts


def _exemption(host: str) -> str:
    """Write an entry of NO_PROXY as httpx's pattern: a domain stands for its subdomains too."""
    if host == "localhost" or re.fullmatch(r"[\d.]+(/\d+)?", host):
        return host.partition("/")[0]
    return f"[{host}]" if ":" in host else f"*{host}"


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("giveback")
    except PackageNotFoundError:  # run from a source tree
        number = "0"
    return f"giveback/{number} (+reader for one person)"


async def _resolve(host: str, port: int) -> list[str]:
    """Look a host up in a thread that nobody waits for: an interrupt must not hang on a dead resolver."""
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
