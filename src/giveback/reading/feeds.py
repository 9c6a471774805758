"""Adding feeds, and finding the one that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NetworkError, NotFoundError
from giveback.reading.addresses import canonical_url
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.sources import Source
    from giveback.reading.values import ParsedFeed
    from giveback.store.questions.articles import FeedRow
    from giveback.store.tables import Feed


GUESS_TIMEOUT = 10.0
"""Seconds for an address at which there may be nothing."""


class Found(NamedTuple):
    """A feed that was looked at before it is added.

    Attributes:
        url: where to fetch it from.
        title: its own title, or "".
        site: the page that it belongs to, or "".
        entries: how many it holds now.
        warning: what was repaired or left out, for a person, or "".
    """

    url: str
    title: str
    site: str
    entries: int
    warning: str = ""


def look_at(
    said: str,
    *,
    allow_private: bool = False,
    timeout: float = 30.0,
    choose: Callable[[Sequence[tuple[str, str]]], str] | None = None,
) -> Found:
    """Look at an address or file and find the feed in it.

    Args:
        said: the address of a feed, of a page that names its feeds, or a file with either.
        allow_private: loopback and private addresses may be connected to.
        timeout: seconds for each address.
        choose: asks which of several feeds (address, title) of a page is meant; without it
            several are an error.

    Raises:
        UsageError: it is neither an address nor a file that is there.
        NetworkError: it cannot be fetched.
        NotAFeedError: it holds no feed, names none, and its site has none where feeds usually are.
        AmbiguousError: the page names several feeds and nobody can be asked.
        OSError: the file cannot be read.
    """
    from giveback.reading.discovery import find_feeds, looks_like_feed
    from giveback.reading.sources import open_source

    source = open_source(said, allow_private=allow_private, timeout=timeout)
    if not looks_like_feed(source.body, source.content_type):
        named = find_feeds(source.body, source.base)
        if named:
            address = _chosen(source.url, named, choose)
            source = open_source(address, allow_private=allow_private, timeout=timeout)
        else:
            source = _guessed(source, allow_private=allow_private, timeout=timeout) or source
    feed = _parsed(source)
    return Found(source.url, feed.title, feed.site, len(feed.entries), feed.warning)


def _guessed(page: Source, *, allow_private: bool, timeout: float) -> Source | None:
    """The first feed at the addresses where feeds of sites usually are; they are asked one after the other."""
    from giveback.reading.addresses import file_path
    from giveback.reading.discovery import guesses, looks_like_feed
    from giveback.reading.sources import open_source

    if file_path(page.url) is not None or b"<" not in page.body[:1_000]:
        return None
    for address in guesses(page.body, page.base):
        try:
            found = open_source(address, allow_private=allow_private, timeout=min(timeout, GUESS_TIMEOUT))
        except NetworkError:
            continue
        if looks_like_feed(found.body, found.content_type):
            return found
    return None


def _parsed(source: Source) -> ParsedFeed:
    from giveback.reading.parsing import parse_feed
    from giveback.reading.values import NotAFeedError

    try:
        return parse_feed(source.body, source.base, source.content_type)
    except NotAFeedError as error:
        raise NotAFeedError(f"{source.url}: {error.message}", error.hint) from error


def _chosen(
    page: str, named: Sequence[tuple[str, str]], choose: Callable[[Sequence[tuple[str, str]]], str] | None
) -> str:
    if len(named) == 1:
        return named[0][0]
    if choose is not None:
        return choose(named)
    lines = tuple(f"{address}  {title}".rstrip() for address, title in named)
    raise AmbiguousError(f"{page} names {len(named)} feeds", "add one of them by its address", lines)


def add(session: Session, found: Found, now: Now, *, topic: str = "", allow_private: bool = False) -> tuple[Feed, bool]:
    """Add a feed, or take back its removal.

    Returns:
        The feed, and whether it was not there before.
    """
    from giveback.store.tables import Feed

    row = _same(session, found.url)
    new = row is None or row.removed_at is not None or row.gone_at is not None
    if row is None:
        row = Feed(url=found.url, added_at=now.at)
    if new:
        row.removed_at, row.failing_since, row.failures, row.error = None, None, 0, ""
        row.gone_at = row.retry_after_at = row.next_fetch_at = None
    row.title = found.title or row.title
    row.site = found.site or row.site
    row.topic = clean_line(topic) or row.topic
    row.allow_private = allow_private or row.allow_private
    session.add(row)
    session.flush()
    return row, new


def _same(session: Session, url: str) -> Feed | None:
    """The feed that has this address in whatever spelling."""
    from sqlmodel import select

    from giveback.store.tables import Feed

    spelling = canonical_url(url)
    rows = session.exec(select(Feed.id, Feed.url))
    known = next((number for number, there in rows if canonical_url(there) == spelling), None)
    return None if known is None else session.get_one(Feed, known)


def resolve(connection: sqlite3.Connection | None, said: str) -> FeedRow:
    """The feed that is meant: a number is the number of one, else an address, a title, or part of them.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: there are several.
    """
    from giveback.store.questions.articles import feeds

    found = _answering(feeds(connection) if connection is not None else [], said.strip())
    if not found:
        raise NotFoundError(f"no feed answers to {said!r}", "`giveback feed list` shows them")
    if len(found) > 1:
        lines = tuple(f"{row.id}  {row.title or row.url}" for row in found)
        raise AmbiguousError(f"{said!r} could be {len(found)} feeds", "give its number", lines)
    return found[0]


def _answering(rows: Sequence[FeedRow], said: str) -> list[FeedRow]:
    if said.isdecimal():
        return [row for row in rows if str(row.id) == said]
    key, address = fold(said), canonical_url(said)
    return (
        [row for row in rows if canonical_url(row.url) == address]
        or [row for row in rows if key and fold(row.title) == key]
        or [row for row in rows if key and key in fold(f"{row.title} {row.url}")]
    )
