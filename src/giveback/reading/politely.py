"""Pages in bulk, as their hosts want it: robots.txt, one at a time for each host, and a pause between two.

A feed is made to be fetched by programs and its reader has asked for it, so none of this holds for feeds. Pages are
made for people; who takes many of them asks first (RFC 9309).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from giveback.reading.values import FetchFailure, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from giveback.reading.http import Fetcher
    from giveback.reading.values import Fetched

PAUSE = 2.0
"""Seconds between two pages of one host, unless it asks for more."""

LONGEST_PAUSE = 30.0
"""Where a host asks for a longer pause, one page a run is all that is taken from it."""

AGENT = "giveback"
"""The name by which robots.txt may address us."""

REFUSED = "robots.txt asks programs to stay away"
_MOST_RULES = 500_000  # bytes of robots.txt that are read (RFC 9309 section 2.5)
_SERVER_ERROR = 500


class Rules(NamedTuple):
    """What a host's robots.txt says to us.

    Attributes:
        allows: whether an address may be fetched.
        pause: seconds between two requests; 0 when it does not say.
        trouble: why it could not be had, where therefore nothing is allowed now; or "".
    """

    allows: Callable[[str], bool]
    pause: float
    trouble: str = ""


def rules_of(outcome: Fetched | FetchFailure) -> Rules:
    """Read the rules from the answer to a request for robots.txt (RFC 9309 section 2.3.1).

    Without such a file everything is allowed; while the server is in trouble, or cannot be reached, nothing is.
    """
    if isinstance(outcome, FetchFailure):
        if 0 < outcome.status < _SERVER_ERROR:
            return Rules(lambda _: True, 0)
        # Who cannot be reached has no page either; who answers may have one.
        trouble = f"its robots.txt cannot be had: {outcome.reason}" if outcome.status else outcome.reason
        return Rules(lambda _: False, 0, trouble)
    from protego import Protego

    rules = Protego.parse(outcome.body[:_MOST_RULES].decode("utf-8", "replace"))
    return Rules(lambda url: bool(rules.can_fetch(url, AGENT)), float(rules.crawl_delay(AGENT) or 0))


def fetch_politely(
    requests: Sequence[Request],
    on_done: Callable[[int, Fetched | FetchFailure], None],
    *,
    pause: float = PAUSE,
    seconds: float = 60.0,
    timeout: float = 30.0,
    hosts: int = 20,
) -> None:
    """Fetch pages, as many as politeness and time allow.

    Args:
        requests: what to fetch.
        on_done: called with the index of the request and its outcome, as they come in. What there was no time for is
            not told of.
        pause: seconds between two pages of one host at least.
        seconds: after which no further page is begun.
        timeout: seconds for one page.
        hosts: how many are asked at a time.

    Raises:
        NetworkError: the proxy that the environment names cannot be used.
    """
    asyncio.run(_fetch(requests, on_done, _Pace(pause, seconds, timeout, hosts)))


class _Pace(NamedTuple):
    """As `fetch_politely` has it."""

    pause: float
    seconds: float
    timeout: float
    hosts: int


async def _fetch(
    requests: Sequence[Request], on_done: Callable[[int, Fetched | FetchFailure], None], pace: _Pace
) -> None:
    from giveback.reading.http import Fetcher

    hosts: dict[str, list[tuple[int, Request]]] = {}
    for index, request in enumerate(requests):
        hosts.setdefault(_root(request.url), []).append((index, request))
    until = asyncio.get_running_loop().time() + pace.seconds
    async with Fetcher(pace.hosts, 1, pace.timeout) as fetcher:
        run = _Run(fetcher, on_done, pace.pause, until)
        try:
            async with asyncio.TaskGroup() as group:
                for root, pages in hosts.items():
                    group.create_task(run.host(root, pages))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


class _Run(NamedTuple):
    """What all hosts share."""

    fetcher: Fetcher
    on_done: Callable[[int, Fetched | FetchFailure], None]
    pause: float
    until: float

    async def host(self, root: str, pages: Sequence[tuple[int, Request]]) -> None:
        """Take the pages of one host, one after the other."""
        asked = Request(f"{root}/robots.txt", allow_private=pages[0][1].allow_private)
        rules = rules_of(await self.fetcher.fetch(asked))
        pause = max(self.pause, rules.pause)
        loop = asyncio.get_running_loop()
        first = True
        for index, request in pages:
            if not rules.allows(request.url):
                self.on_done(index, FetchFailure(request.url, request.url, rules.trouble or REFUSED))
                continue
            if not first:
                if pause > LONGEST_PAUSE or loop.time() + pause > self.until:
                    return
                await asyncio.sleep(pause)
            first = False
            outcome = await self.fetcher.fetch(request)
            self.on_done(index, outcome)
            if isinstance(outcome, FetchFailure) and outcome.retry_after:
                return
