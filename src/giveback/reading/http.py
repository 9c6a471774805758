"""Fetching: many addresses at once, each within its limits, each failure a value of its own."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urljoin

from giveback import dates
from giveback.errors import NetworkError, UsageError
from giveback.reading.addresses import names_private_host, require_http_url, split_credentials, target
from giveback.reading.answers import fresh_for, read_headers, retry_after, said, validator
from giveback.reading.decoding import BrokenCompressionError, Inflater, TooLargeError
from giveback.reading.failures import CUT, PRIVATE, failures, reason, was_dropped
from giveback.reading.unpacking import ACCEPTED
from giveback.reading.values import MAX_BODY, Fetched, FetchFailure, Request
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    import httpcore

    from giveback.reading.addresses import Target
    from giveback.reading.clients import Connections

CONCURRENCY = 20
PER_HOST = 2
TIMEOUT = 30.0
MAX_REDIRECTS = 5
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = frozenset({200, 203, 226})
_NOT_MODIFIED, _GONE = 304, 410
_TRIES = 3
_CONNECT_TIMEOUT = 10.0
_DOWNGRADED = "it redirects from https to http, where anybody on the way can read and change it"
_KEPT_HOME = "it has moved to another host, which does not get the password: `giveback feed add` the new address"
_ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/feed+json, "
    b"application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)


class _Refusal(Exception):  # noqa: N818  # never leaves this module
    """Why one address is given up."""

    def __init__(self, reason: str, status: int = 0, wait: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.retry_after = wait


class _Answer(NamedTuple):
    """One hop: the headers and the body, and, around redirects, whether it came from the public internet."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    public: bool = False


class _Trail:
    """Where a request has got to, and how."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        self.left = seconds
        self.redirected = self.public = self.downgraded = False
        self.permanent = True

    def follow(self, answer: _Answer) -> None:
        """Go where an answer redirects to.

        Raises:
            _Refusal: that is nowhere.
        """
        url = _next_hop(self.url, answer)
        self.permanent = self.permanent and answer.status in _PERMANENT
        self.downgraded = self.downgraded or (self.url.startswith("https:") and not url.startswith("https:"))
        self.public = self.public or answer.public
        self.url, self.redirected = url, True


def fetch_all(
    requests: Sequence[Request],
    on_done: Callable[[int, Fetched | FetchFailure], None],
    *,
    concurrency: int = CONCURRENCY,
    per_host: int = PER_HOST,
    timeout: float = TIMEOUT,
) -> None:
    """Fetch many addresses; one that fails never stops the others.

    Args:
        requests: what to fetch.
        on_done: called with the index of the request and its outcome, in the order in which they come in, on
            this thread; what it raises ends everything.
        concurrency: requests at a time.
        per_host: requests at a time to one host.
        timeout: seconds for one request with its redirects, waiting for its turn not counted.

    Raises:
        NetworkError: the proxy that the environment names cannot be used.
    """
    asyncio.run(fetch_each(requests, on_done, concurrency=concurrency, per_host=per_host, timeout=timeout))


def fetch_one(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    allow_private: bool = False,
    timeout: float = TIMEOUT,
) -> Fetched:
    """Fetch one address.

    Args:
        url: an http or https address; a user name and a password in it are sent to its host alone.
        etag: the `ETag` of the copy that is known already.
        last_modified: the `Last-Modified` of that copy.
        allow_private: loopback and private addresses may be connected to.
        timeout: seconds, redirects included.

    Returns:
        The answer.

    Raises:
        UsageError: it is not a web address.
        NetworkError: it cannot be fetched; the message says why.
    """
    request = Request(require_http_url(url), etag, last_modified, allow_private)
    outcomes: list[Fetched | FetchFailure] = []
    fetch_all([request], lambda _, outcome: outcomes.append(outcome), timeout=timeout)
    outcome = outcomes[0]
    if isinstance(outcome, FetchFailure):
        hint = "--allow-private permits it" if outcome.reason == PRIVATE else ""
        raise NetworkError(f"{clean_line(outcome.requested)}: {outcome.reason}", hint)
    return outcome


async def fetch_each(
    requests: Sequence[Request],
    on_done: Callable[[int, Fetched | FetchFailure], None],
    *,
    concurrency: int = CONCURRENCY,
    per_host: int = PER_HOST,
    timeout: float = TIMEOUT,  # noqa: ASYNC109  # for each request, not for the whole
) -> None:
    """Do what `fetch_all` does, inside a running event loop."""
    async with Fetcher(concurrency, per_host, timeout) as fetcher:

        async def work(index: int, request: Request) -> None:
            on_done(index, await fetcher.fetch(request))

        try:
            async with asyncio.TaskGroup() as group:
                for index, request in enumerate(requests):
                    group.create_task(work(index, request))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None


class Fetcher:
    """Connections, limits and turns, for one event loop.

    Args:
        concurrency: requests at a time.
        per_host: requests at a time to one host.
        timeout: seconds for one request with its redirects, waiting for its turn not counted.
    """

    def __init__(self, concurrency: int, per_host: int, timeout: float) -> None:
        self._connections: dict[bool, Connections] = {}
        self._slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._waiting: Counter[str] = Counter()
        self._timeout = timeout
        self._always = (
            (b"User-Agent", user_agent().encode("ascii")),
            (b"Accept", _ACCEPT),
            (b"Accept-Encoding", ACCEPTED.encode()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connections in self._connections.values():
            await connections.close()

    async def fetch(self, request: Request) -> Fetched | FetchFailure:
        """Fetch one address, redirects included.

        Raises:
            NetworkError: the proxy that the environment names cannot be used.
        """
        url, user, password = split_credentials(request.url)
        if user:
            request = request._replace(username=user, password=password)
        request = request._replace(url=url)
        trail = _Trail(url, self._timeout)
        try:
            return await self._follow(request, trail)
        except UsageError:
            return FetchFailure(trail.url, url, "not a web address")
        except _Refusal as refusal:
            gone = refusal.status == _GONE and trail.permanent
            return FetchFailure(trail.url, url, refusal.reason, refusal.status, refusal.retry_after, gone)

    async def _follow(self, request: Request, trail: _Trail) -> Fetched:
        trail.url = require_http_url(request.url)
        home = target(trail.url).origin
        for _ in range(MAX_REDIRECTS + 1):
            place = target(trail.url)
            answer = await self._hop(request, place, trail, login=bool(request.username) and place.origin == home)
            if answer.status not in _REDIRECTS:
                return _fetched(request, trail, answer, at_home=place.origin == home)
            trail.follow(answer)
        raise _Refusal("too many redirects")

    async def _hop(self, request: Request, place: Target, trail: _Trail, *, login: bool) -> _Answer:
        """Ask one address once, in turn."""
        if not request.allow_private and names_private_host(place.host):
            raise _Refusal(PRIVATE)  # a proxy would be asked for it unresolved
        turn = self._turns.setdefault(place.authority, asyncio.Semaphore(self._per_host))
        self._waiting[place.authority] += 1
        loop = asyncio.get_running_loop()
        async with turn, self._slots:
            self._waiting[place.authority] -= 1
            started = loop.time()
            try:
                async with asyncio.timeout(trail.left):
                    answer = await self._ask(request, place, login=login, redirected=trail.redirected)
            except TimeoutError:
                raise _Refusal(f"took longer than {self._timeout:g} s") from None
            trail.left -= loop.time() - started
            return answer

    async def _ask(self, request: Request, place: Target, *, login: bool, redirected: bool) -> _Answer:
        """Send one request and read its answer, again when a connection has been closed under it.

        Raises:
            _Refusal: it failed.
        """
        import httpcore

        sent = httpcore.Request(
            "GET",
            httpcore.URL(scheme=place.scheme, host=place.host, port=place.stated_port, target=place.path),
            headers=[*_headers(request, place, login=login), *self._always],
            extensions={"timeout": {"connect": _CONNECT_TIMEOUT}},
        )
        connections = self._connections_for(allow_private=request.allow_private)
        for tries_left in reversed(range(_TRIES)):
            async with self._connection(connections, place) as connection:
                try:
                    response = await connection.handle_async_request(sent)
                except failures() as error:
                    if not (tries_left and was_dropped(error)):
                        raise _Refusal(reason(error)) from error
                    continue
                # Only around redirects does it matter, and only now is it known: reading may close the connection.
                matters = redirected or response.status in _REDIRECTS
                public = matters and connections.is_public(place, response)
                return (await _read(response, login=login))._replace(public=public)
        raise _Refusal(CUT)

    @asynccontextmanager
    async def _connection(
        self, connections: Connections, place: Target
    ) -> AsyncIterator[httpcore.AsyncConnectionInterface]:
        connection = await connections.take(place)
        try:
            yield connection
        finally:
            await connections.give_back(connection, place, keep=self._waiting[place.authority] > 0)

    def _connections_for(self, *, allow_private: bool) -> Connections:
        """Two sets, so that a connection to a private address serves only those who may have it."""
        if allow_private not in self._connections:
            from giveback.reading.clients import Connections

            self._connections[allow_private] = Connections(allow_private=allow_private)
        return self._connections[allow_private]


def user_agent() -> str:
    """Say truthfully who asks, with the contact that the user has set (`fetch.contact`)."""
    from giveback.__about__ import __version__
    from giveback.config import places, setting

    contact = re.sub(r"[^!-'*-\[\]-~ ]", "", setting(places(), "fetch.contact")).strip()
    return f"giveback/{__version__} (feed reader for one person{f'; {contact}' if contact else ''})"


def _headers(request: Request, place: Target, *, login: bool) -> list[tuple[bytes, bytes]]:
    headers = [(b"Host", place.authority.encode("ascii"))]
    for name, value in ((b"If-None-Match", request.etag), (b"If-Modified-Since", request.last_modified)):
        if value and value.isascii() and value.isprintable():
            headers.append((name, value.encode("ascii")))
    if login:
        pair = f"{request.username}:{request.password}".encode()
        headers.append((b"Authorization", b"Basic " + b64encode(pair)))
    return headers


async def _read(response: httpcore.Response, *, login: bool) -> _Answer:
    """Read an answer.

    Raises:
        _Refusal: it says that there is nothing, is too large, or not compressed as announced.
    """
    status, headers = response.status, read_headers(response.headers)
    try:
        if status in _REDIRECTS:
            return _Answer(status, headers, b"")
        if status != _NOT_MODIFIED and status not in _OK:
            raise _Refusal(said(status, login=login), status, retry_after(headers, dates.now().at))
        return _Answer(status, headers, await _body(response, headers))
    except failures() as error:
        raise _Refusal(reason(error)) from error
    finally:
        await response.aclose()


async def _body(response: httpcore.Response, headers: Mapping[str, str]) -> bytes:
    """Read a body, counting while it inflates."""
    encoding, length = headers.get("content-encoding", ""), headers.get("content-length", "")
    try:
        if length.isdigit() and len(length) > len(str(MAX_BODY)):
            raise TooLargeError
        inflater = Inflater(encoding)
        async for chunk in response.aiter_stream():
            inflater.feed(chunk)
    except TooLargeError:
        raise _Refusal(f"larger than {MAX_BODY // 1_000_000} MB") from None
    except BrokenCompressionError:
        raise _Refusal(f"its compression ({clean_line(encoding, 20)}) is broken or unknown") from None
    if not inflater.complete:
        raise _Refusal(CUT)
    return inflater.body


def _fetched(request: Request, trail: _Trail, answer: _Answer, *, at_home: bool) -> Fetched:
    """Turn the last answer into a value.

    Raises:
        _Refusal: it is "not modified", and there was nothing before.
    """
    not_modified = answer.status == _NOT_MODIFIED
    if not_modified and not (request.etag or request.last_modified):
        raise _Refusal("answered 304 (not modified) although nothing of it is known", answer.status)
    etag, last_modified = validator(answer.headers, "etag"), validator(answer.headers, "last-modified")
    leaves_password = bool(request.username) and not at_home
    inward = trail.public and not answer.public
    moved = trail.redirected and trail.permanent and not (trail.downgraded or inward or leaves_password)
    return Fetched(
        url=trail.url,
        requested=request.url,
        status=answer.status,
        body=answer.body,
        etag=etag or (request.etag if not_modified else None),
        last_modified=last_modified or (request.last_modified if not_modified else None),
        content_type=clean_line(answer.headers.get("content-type", "")),
        moved_to=trail.url if moved else None,
        not_modified=not_modified,
        fresh_for=fresh_for(answer.headers, dates.now().at),
        note=_DOWNGRADED if trail.downgraded else _KEPT_HOME if leaves_password and trail.permanent else "",
    )


def _next_hop(url: str, answer: _Answer) -> str:
    location = answer.headers.get("location", "").strip()
    if not location:
        raise _Refusal("redirects without saying where to", answer.status)
    try:
        return split_credentials(require_http_url(urljoin(url, location)))[0]
    except (UsageError, ValueError):
        raise _Refusal("redirects to something that is not a web address", answer.status) from None
