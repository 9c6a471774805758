"""Fetching: many addresses at once, each within its limits, each failure a value of its own."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from giveback.errors import NetworkError, UsageError
from giveback.reading.addresses import names_private_host, require_http_url
from giveback.reading.decoding import BrokenCompressionError, Inflater, TooLargeError
from giveback.reading.values import MAX_BODY, Fetched, FetchFailure, Request
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

CONCURRENCY = 20
PER_HOST = 2
TIMEOUT = 30.0
MAX_REDIRECTS = 5
_MAX_RETRY_AFTER = 86_400
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = frozenset({200, 203, 226})
_NOT_MODIFIED = 304
_MAX_VALIDATOR = 500
_TRIES = 3
_PRIVATE = "points to a private address"
_REMARKS = {401: "it wants a password", 403: "it lets nobody in", 410: "gone for good", 429: "too many requests"}


class _Refusal(Exception):  # noqa: N818  # never leaves this module
    """Why one address is given up."""

    def __init__(self, reason: str, status: int = 0, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after


class _Answer(NamedTuple):
    """One hop: the headers that matter and the body, or where it redirects to."""

    status: int
    headers: httpx.Headers
    body: bytes


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
        url: an http or https address.
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
        hint = "--allow-private permits it" if outcome.reason == _PRIVATE else ""
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
    async with AsyncExitStack() as stack:
        fetcher = _Fetcher(stack, concurrency, per_host, timeout)

        async def work(index: int, request: Request) -> None:
            on_done(index, await fetcher.fetch(request))

        try:
            async with asyncio.TaskGroup() as group:
                for index, request in enumerate(requests):
                    group.create_task(work(index, request))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None


class _Fetcher:
    """Clients, limits and the time that each request has used."""

    def __init__(self, stack: AsyncExitStack, concurrency: int, per_host: int, timeout: float) -> None:
        self._stack = stack
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._concurrency = concurrency
        self._slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._timeout = timeout

    async def fetch(self, request: Request) -> Fetched | FetchFailure:
        url = request.url
        left = self._timeout
        moved_to: str | None = None
        permanent = True
        try:
            url = require_http_url(request.url)
            for _ in range(MAX_REDIRECTS + 1):
                answer, seconds = await self._hop(request, url, left)
                left -= seconds
                if answer.status not in _REDIRECTS:
                    return _fetched(request, url, answer, moved_to)
                url = _next_hop(url, answer)
                permanent = permanent and answer.status in _PERMANENT
                moved_to = url if permanent else moved_to
        except UsageError:
            return FetchFailure(url, request.url, "not a web address")
        except _Refusal as refusal:
            return FetchFailure(url, request.url, refusal.reason, refusal.status, refusal.retry_after)
        return FetchFailure(url, request.url, "too many redirects")

    async def _hop(self, request: Request, url: str, left: float) -> tuple[_Answer, float]:
        """Ask one address once, in turn; tell the seconds that it took."""
        host = urlsplit(url).netloc.rpartition("@")[2]
        turn = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        loop = asyncio.get_running_loop()
        async with turn, self._slots:
            started = loop.time()
            try:
                async with asyncio.timeout(left):
                    answer = await _ask(self._client(allow_private=request.allow_private), request, url)
            except TimeoutError:
                raise _Refusal(f"took longer than {self._timeout:g} s") from None
            return answer, loop.time() - started

    def _client(self, *, allow_private: bool) -> httpx.AsyncClient:
        """Two clients, so that a connection to a private address serves only those who may have it."""
        if allow_private not in self._clients:
            from giveback.reading.clients import new_client

            client = new_client(allow_private=allow_private, connections=self._concurrency)
            self._clients[allow_private] = client
            self._stack.push_async_callback(client.aclose)
        return self._clients[allow_private]


async def _ask(client: httpx.AsyncClient, request: Request, url: str) -> _Answer:
    """Send one request and read its answer, again when a connection that was kept open has been closed.

    Raises:
        _Refusal: it failed.
    """
    import httpx

    if not request.allow_private and names_private_host(urlsplit(url).hostname or ""):
        raise _Refusal(_PRIVATE)  # a proxy would be asked for it unresolved
    headers = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    known = {name: value for name, value in headers.items() if value and value.isascii()}
    tries_left = _TRIES
    while True:
        tries_left -= 1
        answered = False
        try:
            async with client.stream("GET", url, headers=known) as response:
                answered = True
                wanted = response.status_code in _OK or response.status_code == _NOT_MODIFIED
                body = await _read(response) if wanted else b""
                return _Answer(response.status_code, response.headers, body)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            gone = isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError))
            if answered or not gone or not tries_left:
                raise _Refusal(_reason(error)) from error


async def _read(response: httpx.Response) -> bytes:
    """Read a body, counting while it inflates.

    Raises:
        _Refusal: it is too large or not compressed as announced.
    """
    encoding = response.headers.get("content-encoding", "")
    try:
        inflater = Inflater(encoding)
        async for chunk in response.aiter_raw():
            inflater.feed(chunk)
    except TooLargeError:
        raise _Refusal(f"larger than {MAX_BODY // 1_000_000} MB") from None
    except BrokenCompressionError:
        raise _Refusal(f"its compression ({clean_line(encoding, 20)}) is broken or unknown") from None
    if not inflater.complete:
        raise _Refusal("broke off in the middle of its answer")
    return inflater.body


def _fetched(request: Request, url: str, answer: _Answer, moved_to: str | None) -> Fetched:
    """Turn the last answer into a value.

    Raises:
        _Refusal: its status means that there is nothing.
    """
    not_modified = answer.status == _NOT_MODIFIED
    if not_modified and not (request.etag or request.last_modified):
        raise _Refusal("answered 304 (not modified) although nothing of it is known", answer.status)
    if not not_modified and answer.status not in _OK:
        raise _Refusal(_said(answer.status), answer.status, _retry_after(answer.headers))
    etag, last_modified = _validator(answer.headers, "etag"), _validator(answer.headers, "last-modified")
    return Fetched(
        url=url,
        requested=request.url,
        status=answer.status,
        body=answer.body,
        etag=etag or (request.etag if not_modified else None),
        last_modified=last_modified or (request.last_modified if not_modified else None),
        content_type=clean_line(answer.headers.get("content-type", "")),
        moved_to=moved_to,
        not_modified=not_modified,
    )


def _next_hop(url: str, answer: _Answer) -> str:
    location = answer.headers.get("location", "").strip()
    if not location:
        raise _Refusal("redirects without saying where to", answer.status)
    try:
        return require_http_url(urljoin(url, location))
    except (UsageError, ValueError):
        raise _Refusal("redirects to something that is not a web address", answer.status) from None


def _said(status: int) -> str:
    from http import HTTPStatus

    remark = _REMARKS.get(status)
    if not remark:
        try:
            remark = HTTPStatus(status).phrase.lower()
        except ValueError:
            return f"answered {status}"
    return f"answered {status} ({remark})"


def _validator(headers: httpx.Headers, name: str) -> str | None:
    """Give a header that can be sent back as it came."""
    value = str(headers.get(name, "")).strip()
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= _MAX_VALIDATOR else None


def _retry_after(headers: httpx.Headers) -> int | None:
    """Read `Retry-After` (RFC 9110 section 10.2.3), seconds or a date, capped at a day."""
    from email.utils import parsedate_to_datetime

    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,12}", value, re.ASCII):
        return min(int(value), _MAX_RETRY_AFTER)
    try:
        wait = parsedate_to_datetime(value) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return int(max(timedelta(0), min(wait, timedelta(seconds=_MAX_RETRY_AFTER))).total_seconds())


def _reason(error: Exception) -> str:
    """Say what went wrong as a person would, by the error or what caused it."""
    import ssl

    import httpx

    from giveback.reading.clients import NoSuchHostError, PrivateAddressError

    if isinstance(error, httpx.RemoteProtocolError):
        cut = re.search("peer closed|disconnected", str(error))
        return "broke off in the middle of its answer" if cut else "does not answer as a web server should"
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (PrivateAddressError, _PRIVATE),
        (NoSuchHostError, "no such host"),
        (ssl.SSLCertVerificationError, "its certificate is not valid"),
        (ssl.SSLError, "no secure connection possible"),
        (ConnectionRefusedError, "refused the connection"),
        (httpx.InvalidURL, "not a web address"),
        (httpx.ProxyError, "the proxy refused"),
        (httpx.TimeoutException, "took too long to connect or answer"),
        (httpx.ConnectError, "cannot be reached"),
        (httpx.ReadError, "broke off in the middle of its answer"),
    )
    return next((said for kind, said in kinds if any(isinstance(e, kind) for e in chain)), "cannot be fetched")
