"""Lists of feeds from other readers: OPML, and newsboat's urls file, told apart by what they hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from giveback.errors import UsageError
from giveback.reading.addresses import (
    canonical_url,
    names_private_host,
    require_http_url,
    split_credentials,
    web_link,
    without_secret,
)
from giveback.text import clean_line, html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now

PRIVATE = "it is an address on this network"
"""The reason for which a feed is rejected unless private addresses are permitted."""

_TITLE_LIMIT = 200
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)", re.IGNORECASE)
_MARKUP = re.compile(r"&#?\w+;|</?\w[^<>]*>")


class Subscription(NamedTuple):
    """One feed of a list, cleaned.

    Attributes:
        line: where it stands, the first is 1.
        url: an http or https address.
        title: one line, or "".
        site: the page that it belongs to, or "".
        topic: its folders, joined by "/", or "".
        username: whom it is asked as, or "".
        password: for the keyring, never for the store.
    """

    line: int
    url: str
    title: str
    site: str
    topic: str
    username: str = ""
    password: str = ""


class Refused(NamedTuple):
    """An entry that is not taken: where, why, and what it says."""

    line: int
    reason: str
    said: str


class Subscriptions(NamedTuple):
    """A list of feeds.

    Attributes:
        name: the file's name, for messages.
        feeds: in the order of the file, repeats included.
        refused: in the order of the file.
        passed_over: how many entries are no feeds and mean no harm: links, queries over other feeds.
    """

    name: str
    feeds: Sequence[Subscription]
    refused: Sequence[Refused]
    passed_over: int = 0


class Subscribed(NamedTuple):
    """How many feeds of a list were added, and how many were there already (repeats in the list among them)."""

    added: int
    known: int


def recognise(data: bytes, name: str) -> Subscriptions | None:
    """Read a list of feeds.

    Args:
        data: a whole file.
        name: its name without the folder, for messages.

    Returns:
        The list, or None when the file is something else.
    """
    from giveback.reading.decoding import decoded
    from giveback.reading.newsboat import looks_like_urls, read_urls
    from giveback.reading.opml import looks_like_opml, read_opml

    text = decoded(data)
    if looks_like_opml(text):
        return read_opml(text, name)
    return read_urls(text, name) if looks_like_urls(text) else None


def read(data: bytes, name: str) -> Subscriptions:
    """As `recognise`, for a file that has to be such a list.

    Raises:
        UsageError: it is something else; the message says so.
    """
    found = recognise(data, name)
    if found is None:
        what = "is empty" if not data.strip() else "is no list of feeds"
        raise UsageError(f"{name} {what}", "give an OPML file, or newsboat's urls file")
    return found


def subscription(line: int, url: str, title: str, site: str, topic: str) -> Subscription | Refused:
    """Clean and check one entry of a list."""
    bare = _FEED_SCHEME.sub("", url.strip())
    bare = re.sub(r"^feed://", "http://", bare, flags=re.IGNORECASE)
    said = clean_line(without_secret(url) or title, _TITLE_LIMIT)
    try:
        address, user, password = split_credentials(require_http_url(bare))
    except UsageError:
        return Refused(line, _why_not(bare), said)
    topic = clean_line(topic, _TITLE_LIMIT)
    return Subscription(line, address, title_line(title), web_link(site), topic, clean_line(user), password)


def title_line(title: str) -> str:
    """A title as people read it: some readers escape theirs twice."""
    return clean_line(html_to_text(title, 4 * _TITLE_LIMIT) if _MARKUP.search(title) else title, _TITLE_LIMIT)


def _why_not(url: str) -> str:
    if not url:
        return "it has no address"
    if url.startswith(("|", "exec:", "filter:")):
        return "its feed is what a program prints, and no program is run"
    if url.startswith(("file:", "/", "~")):
        return "it is a file: giveback feed add FILE"
    return "it is no web address"


def without_private(found: Subscriptions) -> Subscriptions:
    """Refuse the feeds whose addresses are plainly on this network; nothing is looked up for that."""
    kept: list[Subscription] = []
    refused = list(found.refused)
    for feed in found.feeds:
        if names_private_host(urlsplit(feed.url).hostname or ""):
            refused.append(Refused(feed.line, PRIVATE, clean_line(feed.url, _TITLE_LIMIT)))
        else:
            kept.append(feed)
    return found._replace(feeds=kept, refused=sorted(refused))


def subscribe(
    session: Session, feeds: Iterable[Subscription], now: Now, *, topic: str = "", allow_private: bool = False
) -> Subscribed:
    """Add the feeds of a list; what is there already keeps its title and its topic.

    Args:
        session: an open unit of work.
        feeds: cleaned entries.
        now: the clock.
        topic: for all of them, in place of their folders.
        allow_private: they may be fetched from private addresses.
    """
    from sqlalchemy import insert

    from giveback.store.tables import Feed

    known, seen = _known(session), set[str]()
    rows: list[dict[str, object]] = []
    back = there = 0
    for feed in feeds:
        key = canonical_url(feed.url)
        number, removed = known.get(key, (None, False))
        if key in seen or (number is not None and not removed):
            there += 1
        elif number is None:
            rows.append(_row(feed, now, topic) | {"allow_private": allow_private})
        else:
            _take_back(session, number, feed, topic)
            back += 1
        seen.add(key)
    if rows:
        session.execute(insert(Feed), rows)
    return Subscribed(len(rows) + back, there)


def _known(session: Session) -> Mapping[str, tuple[int | None, bool]]:
    """Number and "was removed" of each feed by canonical address."""
    from sqlmodel import select

    from giveback.store.tables import Feed

    rows = session.exec(select(Feed.id, Feed.url, Feed.removed_at))
    return {canonical_url(url): (number, removed is not None) for number, url, removed in rows}


def _take_back(session: Session, number: int, feed: Subscription, topic: str) -> None:
    """A feed that was removed before is wanted again."""
    from giveback.store.tables import Feed

    row = session.get_one(Feed, number)
    row.removed_at, row.failing_since, row.failures, row.error = None, None, 0, ""
    row.gone_at = row.retry_after_at = row.next_fetch_at = None
    row.username = feed.username or row.username
    row.topic = clean_line(topic) or feed.topic or row.topic
    session.add(row)


def _row(feed: Subscription, now: Now, topic: str) -> dict[str, object]:
    return {
        "url": feed.url,
        "title": feed.title,
        "site": feed.site,
        "topic": clean_line(topic) or feed.topic,
        "added_at": now.at,
        "failures": 0,
        "error": "",
        "username": feed.username,
        "full_text": False,
    }
