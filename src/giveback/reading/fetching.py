"""Fetch: what is new in every feed, stored a batch at a time so that nothing is ever half there."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import GivebackError
from giveback.reading.addresses import file_path
from giveback.reading.values import FetchFailure, Request

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.values import Fetched, ParsedFeed
    from giveback.store.tables import Feed

BATCH = 25
"""Feeds per unit of work: few enough that a kill loses little, many enough that commits cost little."""

GONE = 410


class Known(NamedTuple):
    """What is known of a feed before it is fetched."""

    id: int
    url: str
    title: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    allow_private: bool


class Outcome(NamedTuple):
    """What came of one feed.

    Attributes:
        feed: which one.
        new: articles that were not there.
        changed: articles that were updated in place.
        unchanged: the feed is as it was.
        failure: why it could not be read, or "".
    """

    feed: Known
    new: int = 0
    changed: int = 0
    unchanged: bool = False
    failure: str = ""


class _Result(NamedTuple):
    """A feed that came in, parsed where it had something to say."""

    feed: Known
    answer: Fetched | None
    parsed: ParsedFeed | None
    body_hash: str | None
    failure: str
    status: int


def known_feeds(connection: sqlite3.Connection) -> list[Known]:
    """The feeds to fetch."""
    sql = (
        "SELECT id, url, title, etag, last_modified, body_hash, allow_private FROM feed"
        " WHERE removed_at IS NULL ORDER BY id"
    )
    return [Known(*row) for row in connection.execute(sql)]


def fetch(
    store: str,
    now: Now,
    feeds: list[Known],
    *,
    connections: int,
    timeout: float,
    on_done: Callable[[Outcome], None],
) -> list[Outcome]:
    """Fetch feeds and store what is new.

    Args:
        store: the SQLite file.
        now: the clock.
        feeds: which ones.
        connections: how many at once.
        timeout: seconds that each may take.
        on_done: called for each feed when its articles are stored, or when it failed.

    Returns:
        One outcome a feed, in the order in which they came in. What was stored before an
        interruption stays; the next fetch completes it.
    """
    batches = _Batches(store, now, on_done)
    for feed in feeds:
        path = file_path(feed.url)
        if path is not None:
            batches.add(_from_file(feed, path, now))
    remote = [feed for feed in feeds if file_path(feed.url) is None]
    if remote:
        from giveback.reading.http import fetch_all

        requests = [Request(f.url, f.etag, f.last_modified, bool(f.allow_private)) for f in remote]
        fetch_all(
            requests,
            lambda place, answer: batches.add(_from_answer(remote[place], answer, now)),
            concurrency=connections,
            timeout=timeout,
        )
    batches.store()
    return batches.outcomes


class _Batches:
    """Collects results and stores them a batch at a time."""

    def __init__(self, store: str, now: Now, on_done: Callable[[Outcome], None]) -> None:
        self._path, self._now, self._on_done = store, now, on_done
        self._waiting: list[_Result] = []
        self.outcomes: list[Outcome] = []

    def add(self, result: _Result) -> None:
        self._waiting.append(result)
        if len(self._waiting) >= BATCH:
            self.store()

    def store(self) -> None:
        from giveback.store.changes import change

        if not self._waiting:
            return
        with change(self._path, self._now) as session:
            outcomes = [_store(session, result, self._now) for result in self._waiting]
        self._waiting = []
        self.outcomes += outcomes
        for outcome in outcomes:
            self._on_done(outcome)


def _from_file(feed: Known, path: str, now: Now) -> _Result:
    try:
        with open(path, "rb") as file:
            body = file.read()
    except OSError as error:
        return _failed(feed, error.strerror or "cannot be read")
    return _parsed(feed, None, body, now)


def _from_answer(feed: Known, answer: Fetched | FetchFailure, now: Now) -> _Result:
    if isinstance(answer, FetchFailure):
        return _failed(feed, answer.reason, answer.status)
    if answer.not_modified:
        return _Result(feed, answer, None, feed.body_hash, "", 0)
    return _parsed(feed, answer, answer.body, now)


def _failed(feed: Known, reason: str, status: int = 0) -> _Result:
    return _Result(feed, None, None, None, reason, status)


def _parsed(feed: Known, answer: Fetched | None, body: bytes, now: Now) -> _Result:
    from giveback.reading.parsing import parse_feed

    digest = sha1(body, usedforsecurity=False).hexdigest()
    if digest == feed.body_hash:
        return _Result(feed, answer, None, digest, "", 0)
    try:
        url, kind = (answer.url, answer.content_type) if answer else (feed.url, "")
        found = parse_feed(body, url, kind, now=now.at)
    except GivebackError as error:
        return _failed(feed, error.message)
    return _Result(feed, answer, found, digest, "", 0)


def _store(session: Session, result: _Result, now: Now) -> Outcome:
    from giveback.reading.storing import store_entries
    from giveback.store.tables import Feed

    row = session.get(Feed, result.feed.id)
    if row is None or row.removed_at is not None:
        return Outcome(result.feed, failure="was removed meanwhile")
    row.checked_at = now.at
    session.add(row)
    if result.failure:
        return _note_failure(row, result, now)
    row.failures, row.failing_since, row.error, row.body_hash = 0, None, "", result.body_hash
    if result.answer is not None:
        row.etag, row.last_modified = result.answer.etag, result.answer.last_modified
        _follow_move(session, row, result.answer.moved_to)
    if result.parsed is None:
        return Outcome(result.feed, unchanged=True)
    row.title = row.title or result.parsed.title
    row.site = result.parsed.site or row.site
    row.changed_at = now.at
    stored = store_entries(session, row, result.parsed.entries, now)
    return Outcome(result.feed._replace(title=row.title), *stored)


def _note_failure(row: Feed, result: _Result, now: Now) -> Outcome:
    row.failures += 1
    row.failing_since = row.failing_since or now.at
    row.error = result.failure if result.status != GONE else "gone for good"
    return Outcome(result.feed, failure=row.error)


def _follow_move(session: Session, row: Feed, moved_to: str | None) -> None:
    """Remember a permanent move, unless another feed has that address."""
    from sqlmodel import select

    from giveback.store.tables import Feed

    if moved_to and session.exec(select(Feed.id).where(Feed.url == moved_to)).first() is None:
        row.url = moved_to
