"""Fetch: what is new in every feed, stored a batch at a time so that nothing is ever half there."""

from __future__ import annotations

import asyncio
from hashlib import sha1
from random import random
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import utc_text
from giveback.errors import GivebackError
from giveback.reading.addresses import file_path
from giveback.reading.entries import FeedRef, store_entries
from giveback.reading.pipeline import Pipeline, Result, share_memory
from giveback.reading.schedule import State
from giveback.reading.upkeep import COLUMNS, columns, state
from giveback.reading.values import Fetched, FetchFailure, Request
from giveback.reading.workers import Body
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from giveback.dates import Now


MANY = 50
"""Feeds from which on it matters how memory is shared; so many that were never read bring thousands of articles."""
FIRST_OUT = 0.1
"""Seconds after which the first requests are out: what parses and embeds starts while the answers are on their way."""


class Known(NamedTuple):
    """What is known of a feed before it is fetched."""

    id: int
    url: str
    title: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    allow_private: bool
    username: str = ""
    full_text: bool = False
    schedule: State = State()


class Outcome(NamedTuple):
    """What came of one feed.

    Attributes:
        feed: which one.
        new: articles that were not there.
        changed: articles that were updated in place.
        unchanged: the feed is as it was.
        failure: why it could not be read, or "".
        failing_since: when it failed first (UTC), None when it did not fail.
        gone: it said just now that it is gone for good.
        note: what a person should know of how it came, or "".
    """

    feed: Known
    new: int = 0
    changed: int = 0
    unchanged: bool = False
    failure: str = ""
    failing_since: datetime | None = None
    gone: bool = False
    note: str = ""


class Limits(NamedTuple):
    """How the network is asked.

    Attributes:
        connections: requests at a time.
        per_host: requests at a time to one host.
        timeout: seconds that each feed may take.
    """

    connections: int
    per_host: int
    timeout: float


def known_feeds(connection: sqlite3.Connection) -> list[Known]:
    """The feeds to fetch."""
    known = "id, url, title, etag, last_modified, body_hash, allow_private, username, full_text"
    sql = f"SELECT {known}, {', '.join(COLUMNS)} FROM feed WHERE removed_at IS NULL ORDER BY id"  # ours
    return [Known(*row[:9])._replace(schedule=state(row[9:])) for row in connection.execute(sql)]


def fetch(
    store: str, now: Now, feeds: Sequence[Known], limits: Limits, on_done: Callable[[Known], None]
) -> list[Outcome]:
    """Fetch feeds and store what is new.

    Args:
        store: the SQLite file.
        now: the clock.
        feeds: which ones.
        limits: how the network is asked.
        on_done: called for each feed as it comes in, or fails.

    Returns:
        One outcome a feed, in the order in which they were stored. What came in before an
        interruption is stored; the next fetch completes it.

    Raises:
        StoreError: the store cannot be written; the batches before stay.
    """
    from giveback.store import connect

    connect.write(store).close()  # before anything is asked of the network
    if len(feeds) >= MANY:
        share_memory()
    line = Pipeline(store, now, _write)

    def add(result: Result) -> None:
        line.add(result)
        on_done(result.feed)

    try:
        _read_files(feeds, now, add)
        _read_addresses(feeds, now, add, limits, line)
    except BaseException:
        line.stop()
        raise
    return line.finish()


def _read_files(feeds: Sequence[Known], now: Now, add: Callable[[Result], None]) -> None:
    from giveback.reading.sources import read_file

    for feed in feeds:
        path = file_path(feed.url)
        if path is None:
            continue
        try:
            result = _with_body(feed, None, read_file(path), now)
        except OSError as error:
            result = Result(feed, failure=(error.strerror or "cannot be read").lower())
        add(result)


def _read_addresses(
    feeds: Sequence[Known], now: Now, add: Callable[[Result], None], limits: Limits, line: Pipeline
) -> None:
    requests = []
    for feed in feeds:
        if file_path(feed.url) is not None:
            continue
        request = _request(feed)
        if isinstance(request, FetchFailure):
            add(_answered(feed, request, now))
        else:
            requests.append((feed, request))
    if requests:
        asyncio.run(
            _ask(
                [request for _, request in requests],
                lambda place, answer: add(_answered(requests[place][0], answer, now)),
                limits,
                line,
                many=sum(feed.body_hash is None for feed, _ in requests) >= MANY,
            )
        )


async def _ask(
    requests: Sequence[Request],
    on_done: Callable[[int, Fetched | FetchFailure], None],
    limits: Limits,
    line: Pipeline,
    *,
    many: bool,
) -> None:
    """Ask all addresses, or until nothing can be stored any more; many articles may be known to come."""
    from giveback.reading.http import fetch_each

    loop = asyncio.get_running_loop()
    broken = loop.create_task(asyncio.Event().wait())

    def stop() -> None:
        loop.call_soon_threadsafe(broken.cancel)

    line.on_error = stop
    if many:
        loop.call_later(FIRST_OUT, line.get_ready)
    asking = asyncio.ensure_future(
        fetch_each(requests, on_done, concurrency=limits.connections, per_host=limits.per_host, timeout=limits.timeout)
    )
    try:
        await asyncio.wait({asking, broken}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        line.on_error = lambda: None
        broken.cancel()
        if not asking.done():
            asking.cancel()
        await asyncio.wait({asking, broken})
    if not asking.cancelled():
        asking.result()


def _request(feed: Known) -> Request | FetchFailure:
    """What to ask for; a password comes from the keyring."""
    request = Request(feed.url, feed.etag, feed.last_modified, bool(feed.allow_private))
    if not feed.username:
        return request
    from giveback.reading.logins import find

    try:
        return request._replace(username=feed.username, password=find(feed.url, feed.username))
    except GivebackError as error:
        return FetchFailure(feed.url, feed.url, error.message)


def _answered(feed: Known, answer: Fetched | FetchFailure, now: Now) -> Result:
    if isinstance(answer, FetchFailure):
        return Result(feed, answer, failure=answer.reason)
    if answer.not_modified:
        return Result(feed, answer, body_hash=feed.body_hash)
    return _with_body(feed, answer._replace(body=b""), answer.body, now)


def _with_body(feed: Known, answer: Fetched | None, data: bytes, now: Now) -> Result:
    """A body is only parsed when it is another than the last."""
    digest = sha1(data, usedforsecurity=False).hexdigest()
    if digest == feed.body_hash:
        return Result(feed, answer, body_hash=digest)
    base, kind = (answer.url, answer.content_type) if answer else (feed.url, "")
    return Result(feed, answer, Body(data, base, kind, feed.url, now.at), body_hash=digest)


# Storing


def _write(connection: sqlite3.Connection, results: Sequence[Result], now: Now) -> list[Outcome]:
    """Store what came in, inside a transaction."""
    from giveback.reading.identities import complete
    from giveback.store.indexing import indexed_together

    if not any(result.read for result in results):
        return [_store(connection, result, now) for result in results]
    complete(connection)
    with indexed_together(connection):
        return [_store(connection, result, now) for result in results]


class _Row(NamedTuple):
    """A feed as the store has it when its results are stored."""

    url: str
    title: str
    site: str
    failing_since: str | None
    removed_at: str | None


def _store(connection: sqlite3.Connection, result: Result, now: Now) -> Outcome:
    found = connection.execute(
        "SELECT url, title, site, failing_since, removed_at FROM feed WHERE id = ?", (result.feed.id,)
    ).fetchone()
    row = _Row(*found) if found else None
    if row is None or row.removed_at is not None:
        return Outcome(result.feed, failure="was removed meanwhile", failing_since=now.at)
    changes = _schedule(result, now) | {"checked_at": utc_text(now.at)}
    if result.failure:
        outcome, more = _failed(result, row, now)
    else:
        outcome, more = _read(connection, result, row, now)
    changes |= more
    names = ", ".join(f"{name} = ?" for name in changes)
    connection.execute(f"UPDATE feed SET {names} WHERE id = ?", (*changes.values(), result.feed.id))
    return outcome


Columns = dict[str, "str | int | None"]
"""What is to be written into a feed's row, by column."""


def _schedule(result: Result, now: Now) -> Columns:
    """When the feed is to be asked again; a file is read each time."""
    if result.answer is None:
        return {}
    found = result.read
    parsed = found.feed._replace(entries=tuple(one.entry for one in found.items)) if found and found.feed else None
    chance = random()  # noqa: S311  # it spreads requests and guards nothing
    return columns(
        result.feed.schedule, now.at, chance, outcome=result.answer, parsed=parsed, failed=bool(result.failure)
    )


def _failed(result: Result, row: _Row, now: Now) -> tuple[Outcome, Columns]:
    from giveback.dates import from_utc_text

    since = row.failing_since or utc_text(now.at)
    gone = isinstance(result.answer, FetchFailure) and result.answer.gone
    outcome = Outcome(result.feed, failure=result.failure, failing_since=from_utc_text(since), gone=gone)
    changes: Columns = {"error": result.failure, "failing_since": since}
    if result.answer is None:
        changes["failures"] = result.feed.schedule.failures + 1
    return outcome, changes


def _read(connection: sqlite3.Connection, result: Result, row: _Row, now: Now) -> tuple[Outcome, Columns]:
    changes: Columns = {"failing_since": None, "error": "", "failures": 0, "body_hash": result.body_hash}
    outcome = Outcome(result.feed, unchanged=True)
    if isinstance(result.answer, Fetched):
        changes |= {"etag": result.answer.etag, "last_modified": result.answer.last_modified}
        changes |= _follow_move(connection, result.answer.moved_to)
        outcome = outcome._replace(note=result.answer.note)
    found = result.read
    if found is None or found.feed is None:
        return outcome, changes
    title, site = found.feed.title or row.title, found.feed.site or row.site
    changes |= {"title": title, "site": site, "changed_at": utc_text(now.at)}
    ref = FeedRef(result.feed.id, result.feed.url, title, full_text=bool(result.feed.full_text))
    stored = store_entries(connection, ref, found.items, now)
    note = outcome.note or _another(result.feed, row, title, (stored.new, len(found.items)))
    feed = result.feed._replace(title=title)
    return Outcome(feed, stored.new, stored.changed, note=note), changes


def _another(feed: Known, row: _Row, title: str, brought: tuple[int, int]) -> str:
    """Say when a feed has become another: a new name, and not one entry that was there before.

    Args:
        feed: as it was before it was fetched.
        row: as the store has it.
        title: its name now.
        brought: how many of its articles are new, and how many entries it has.
    """
    new, entries = brought
    if feed.body_hash is None or not row.title or not new or new < entries or fold(title) == fold(row.title):
        return ""
    return f"was {row.title!r} until now, and everything in it is new"


def _follow_move(connection: sqlite3.Connection, moved_to: str | None) -> Columns:
    """Remember a permanent move, unless another feed has that address."""
    if not moved_to or connection.execute("SELECT 1 FROM feed WHERE url = ?", (moved_to,)).fetchone():
        return {}
    return {"url": moved_to}
