"""Fetch: what is new in every feed, stored a batch at a time so that nothing is ever half there."""

from __future__ import annotations

from hashlib import sha1
from random import random
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import GivebackError
from giveback.reading.addresses import file_path
from giveback.reading.schedule import State
from giveback.reading.upkeep import COLUMNS, columns, state
from giveback.reading.values import Fetched, FetchFailure, Request

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.values import ParsedFeed
    from giveback.store.tables import Feed

BATCH = 25
"""Feeds per unit of work: few enough that a kill loses little, many enough that commits cost little."""


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


class _Result(NamedTuple):
    """A feed that came in, parsed where it had something to say."""

    feed: Known
    answer: Fetched | FetchFailure | None = None
    parsed: ParsedFeed | None = None
    body_hash: str | None = None
    failure: str = ""


def known_feeds(connection: sqlite3.Connection) -> list[Known]:
    """The feeds to fetch."""
    sql = (
        "SELECT id, url, title, etag, last_modified, body_hash, allow_private, username, full_text,"
        f" {', '.join(COLUMNS)} FROM feed WHERE removed_at IS NULL ORDER BY id"
    )
    return [Known(*row[:9])._replace(schedule=state(row[9:])) for row in connection.execute(sql)]


def fetch(
    store: str,
    now: Now,
    feeds: Sequence[Known],
    *,
    connections: int,
    timeout: float,
    on_done: Callable[[Known], None],
) -> list[Outcome]:
    """Fetch feeds and store what is new.

    Args:
        store: the SQLite file.
        now: the clock.
        feeds: which ones.
        connections: how many at once.
        timeout: seconds that each may take.
        on_done: called for each feed as it comes in, or fails.

    Returns:
        One outcome a feed, in the order in which they came in. What came in before an
        interruption is stored; the next fetch completes it.

    Raises:
        StoreError: the store cannot be written; the batches before stay.
    """
    from giveback.store import connect

    connect.write(store).close()  # before anything is asked of the network
    batches = _Batches(store, now, on_done)
    try:
        _read_files(feeds, batches)
        _read_addresses(feeds, batches, connections, timeout)
    except KeyboardInterrupt:
        batches.store()
        raise
    batches.store()
    return batches.outcomes


class _Batches:
    """Collects results and stores them a batch at a time."""

    def __init__(self, store: str, now: Now, on_done: Callable[[Known], None]) -> None:
        self._path, self._on_done = store, on_done
        self._waiting: list[_Result] = []
        self.now = now
        self.outcomes: list[Outcome] = []

    def add(self, result: _Result) -> None:
        self._waiting.append(result)
        self._on_done(result.feed)
        if len(self._waiting) >= BATCH:
            self.store()

    def store(self) -> None:
        from giveback.store.changes import change

        waiting, self._waiting = self._waiting, []
        if waiting:
            with change(self._path, self.now) as session:
                outcomes = [_store(session, result, self.now) for result in waiting]
            self.outcomes += outcomes


def _read_files(feeds: Sequence[Known], batches: _Batches) -> None:
    from giveback.reading.sources import read_file

    for feed in feeds:
        path = file_path(feed.url)
        if path is None:
            continue
        try:
            batches.add(_parsed(feed, None, read_file(path), batches.now))
        except OSError as error:
            batches.add(_Result(feed, failure=(error.strerror or "cannot be read").lower()))


def _read_addresses(feeds: Sequence[Known], batches: _Batches, connections: int, timeout: float) -> None:
    remote = [feed for feed in feeds if file_path(feed.url) is None]
    if not remote:
        return
    from giveback.reading.http import fetch_all

    requests = []
    for feed in remote:
        request = _request(feed)
        if isinstance(request, FetchFailure):
            batches.add(_answered(feed, request, batches.now))
        else:
            requests.append((feed, request))
    fetch_all(
        [request for _, request in requests],
        lambda place, answer: batches.add(_answered(requests[place][0], answer, batches.now)),
        concurrency=connections,
        timeout=timeout,
    )


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


def _answered(feed: Known, answer: Fetched | FetchFailure, now: Now) -> _Result:
    if isinstance(answer, FetchFailure):
        return _Result(feed, answer, failure=answer.reason)
    if answer.not_modified:
        return _Result(feed, answer, body_hash=feed.body_hash)
    return _parsed(feed, answer, answer.body, now)


def _parsed(feed: Known, answer: Fetched | None, body: bytes, now: Now) -> _Result:
    from giveback.reading.parsing import parse_feed

    digest = sha1(body, usedforsecurity=False).hexdigest()
    if digest == feed.body_hash:
        return _Result(feed, answer, body_hash=digest)
    url, kind = (answer.url, answer.content_type) if answer else (feed.url, "")
    try:
        found = parse_feed(body, url, kind, now=now.at)
    except GivebackError as error:
        return _Result(feed, answer, failure=error.message)
    except Exception as error:  # noqa: BLE001 - a parser that trips over one feed must not stop the others
        return _Result(feed, answer, failure=f"it cannot be read ({type(error).__name__})")
    return _Result(feed, answer, found, digest)


def _store(session: Session, result: _Result, now: Now) -> Outcome:
    from giveback.store.tables import Feed

    row = session.get(Feed, result.feed.id)
    if row is None or row.removed_at is not None:
        return Outcome(result.feed, failure="was removed meanwhile", failing_since=now.at)
    row.checked_at = now.at
    session.add(row)
    _keep_schedule(session, result, now)
    if result.failure:
        row.error = result.failure
        row.failing_since = row.failing_since or now.at
        gone = isinstance(result.answer, FetchFailure) and result.answer.gone
        return Outcome(result.feed, failure=row.error, failing_since=row.failing_since, gone=gone)
    row.failing_since, row.error, row.body_hash = None, "", result.body_hash
    note = ""
    if isinstance(result.answer, Fetched):
        row.etag, row.last_modified, note = result.answer.etag, result.answer.last_modified, result.answer.note
        _follow_move(session, row, result.answer.moved_to)
    if result.parsed is None:
        return Outcome(result.feed, unchanged=True, note=note)
    return _store_parsed(session, row, result.feed, result.parsed, now)._replace(note=note)


def _keep_schedule(session: Session, result: _Result, now: Now) -> None:
    """Store when the feed is to be asked again; a file is read each time."""
    if result.answer is None:
        return
    failed = bool(result.failure)
    chance = random()  # noqa: S311  # it spreads requests and guards nothing
    kept = columns(result.feed.schedule, now.at, chance, outcome=result.answer, parsed=result.parsed, failed=failed)
    names = ", ".join(f"{name} = ?" for name in kept)
    session.connection().exec_driver_sql(f"UPDATE feed SET {names} WHERE id = ?", (*kept.values(), result.feed.id))


def _store_parsed(session: Session, row: Feed, feed: Known, parsed: ParsedFeed, now: Now) -> Outcome:
    from giveback.reading.storing import store_entries

    row.title = parsed.title or row.title
    row.site = parsed.site or row.site
    row.changed_at = now.at
    stored = store_entries(session, row, parsed.entries, now)
    return Outcome(feed._replace(title=row.title), *stored)


def _follow_move(session: Session, row: Feed, moved_to: str | None) -> None:
    """Remember a permanent move, unless another feed has that address."""
    from sqlmodel import select

    from giveback.store.tables import Feed

    if moved_to and session.exec(select(Feed.id).where(Feed.url == moved_to)).first() is None:
        row.url = moved_to
