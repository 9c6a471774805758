"""Adding and removing feeds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.reading.addresses import file_path, file_url, require_http_url
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.store.questions.articles import FeedRow
    from giveback.store.tables import Feed


class Found(NamedTuple):
    """A feed that was looked at before it is added.

    Attributes:
        url: where to fetch it from.
        title: its own title, or "".
        site: the page that it belongs to, or "".
        entries: how many it holds now.
    """

    url: str
    title: str
    site: str
    entries: int


def look_at(
    said: str,
    *,
    allow_private: bool = False,
    timeout: float = 30.0,
    choose: Callable[[Sequence[tuple[str, str]]], str] | None = None,
) -> Found:
    """Look at an address or file and find the feed in it.

    Args:
        said: the address of a feed, of a page that names its feeds, or a file.
        allow_private: loopback and private addresses may be connected to.
        timeout: seconds.
        choose: asks which of several feeds (address, title) of a page is meant; without it
            several are an error.

    Raises:
        UsageError: it is neither an address nor a file.
        NetworkError: it cannot be fetched.
        NotAFeedError: it holds no feed and names none.
        AmbiguousError: the page names several feeds and nobody can be asked.
    """
    from giveback.reading.discovery import find_feeds, looks_like_feed
    from giveback.reading.parsing import parse_feed

    url, body, kind = _read(said, allow_private=allow_private, timeout=timeout)
    if not looks_like_feed(body, kind) and file_path(url) is None:
        named = find_feeds(body, url)
        if named:
            address = _chosen(url, named, choose)
            url, body, kind = _read(address, allow_private=allow_private, timeout=timeout)
    feed = parse_feed(body, url, kind)
    return Found(url, feed.title, feed.site, len(feed.entries))


def _read(said: str, *, allow_private: bool, timeout: float) -> tuple[str, bytes, str]:
    path = file_path(said) or os.path.expanduser(said)
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return file_url(os.path.abspath(path)), file.read(), ""
    if said.startswith(("file:", "/", "./", "../", "~")):
        raise UsageError(f"there is no file {said}", "give the address of a feed or an existing file")
    from giveback.reading.http import fetch_one

    answer = fetch_one(said, allow_private=allow_private, timeout=timeout)
    return answer.moved_to or answer.url, answer.body, answer.content_type


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
    from sqlmodel import select

    from giveback.store.tables import Feed

    url = found.url if file_path(found.url) else require_http_url(found.url)
    row = session.exec(select(Feed).where(Feed.url == url)).first()
    new = row is None or row.removed_at is not None
    if row is None:
        row = Feed(url=url, added_at=now.at)
    row.removed_at = None
    row.title = found.title or row.title
    row.site = found.site or row.site
    row.topic = clean_line(topic) or row.topic
    row.allow_private = allow_private or row.allow_private
    session.add(row)
    session.flush()
    return row, new


def resolve(connection: sqlite3.Connection | None, said: str) -> FeedRow:
    """The feed that is meant, by number, address or part of its title.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: there are several.
    """
    from giveback.store.questions.articles import feeds

    rows = feeds(connection) if connection is not None else []
    found = [row for row in rows if said in (str(row.id), row.url)]
    found = found or [row for row in rows if fold(said) and fold(said) in fold(f"{row.title} {row.url}")]
    if not found:
        raise NotFoundError(f"no feed answers to {said!r}", "`giveback feed list` shows them")
    if len(found) > 1:
        lines = tuple(f"{row.id}  {row.title or row.url}" for row in found)
        raise AmbiguousError(f"{said!r} could be {len(found)} feeds", "give its number", lines)
    return found[0]
