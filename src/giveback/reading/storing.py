"""Entries and pages become articles: one article for each address, whoever brings it."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, NamedTuple

from giveback.reading.addresses import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.values import Entry, Page
    from giveback.store.tables import Article, Feed

_CHUNK = 500


class Stored(NamedTuple):
    """How many articles of a feed are new, and how many were changed in place."""

    new: int
    changed: int


def store_entries(session: Session, feed: Feed, entries: Sequence[Entry], now: Now) -> Stored:
    """Store the entries of a feed.

    An entry that is known by its guid costs a comparison; a changed one updates its article in
    place, and the day it was first seen stays. An entry whose address is known from elsewhere
    becomes that article.

    Args:
        session: an open unit of work.
        feed: where they come from.
        entries: cleaned entries; of two with one guid the first counts.
        now: the clock.
    """
    by_guid = {entry.guid: entry for entry in reversed(entries)}
    known = _known_entries(session, feed)
    changed = [
        (known[guid][0], entry) for guid, entry in by_guid.items() if guid in known and known[guid][1] != _hash(entry)
    ]
    for article_id, entry in changed:
        _update(session, article_id, entry, feed)
    fresh = [entry for guid, entry in reversed(by_guid.items()) if guid not in known]
    return Stored(_insert(session, feed, fresh, now), len(changed))


def _known_entries(session: Session, feed: Feed) -> dict[str, tuple[int, str]]:
    from sqlmodel import select

    from giveback.store.tables import FeedEntry

    rows = session.exec(
        select(FeedEntry.guid, FeedEntry.article_id, FeedEntry.hash).where(FeedEntry.feed_id == feed.id)
    )
    return {guid: (article_id, found) for guid, article_id, found in rows}


def _insert(session: Session, feed: Feed, entries: Sequence[Entry], now: Now) -> int:
    from sqlalchemy import insert

    from giveback.store.tables import Article, FeedEntry

    if not entries:
        return 0
    addresses = [address(entry, feed.url) for entry in entries]
    there = _ids(session, addresses)
    rows = {url: _row(entry, url, feed, now) for url, entry in zip(addresses, entries, strict=True) if url not in there}
    if rows:
        session.execute(insert(Article), list(rows.values()))
        there = _ids(session, addresses)
    session.execute(
        insert(FeedEntry),
        [
            {"feed_id": feed.id, "guid": entry.guid, "article_id": there[url], "hash": _hash(entry)}
            for url, entry in zip(addresses, entries, strict=True)
        ],
    )
    return len(rows)


def _ids(session: Session, urls: Sequence[str]) -> dict[str, int]:
    from sqlmodel import col, select

    from giveback.store.tables import Article

    found: dict[str, int] = {}
    for part in _chunks(urls):
        for number, url in session.exec(select(Article.id, Article.url).where(col(Article.url).in_(part))):
            if number is not None:
                found[url] = number
    return found


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _row(entry: Entry, url: str, feed: Feed, now: Now) -> dict[str, object]:
    return {
        "url": url,
        "feed_id": feed.id,
        "title": entry.title,
        "author": entry.author,
        "source": feed.title,
        "language": "",
        "published_at": entry.published,
        "first_seen_at": now.at,
        "saved_at": None,
        "summary": entry.summary,
        "text": entry.text,
    }


def _update(session: Session, article_id: int, entry: Entry, feed: Feed) -> None:
    """Bring an article up to what its own feed says now; a page saved by hand keeps its text."""
    from sqlmodel import select

    from giveback.store.tables import Article, FeedEntry

    article = session.get(Article, article_id)
    if article is not None and article.saved_at is None and article.feed_id == feed.id:
        article.title, article.summary, article.text = entry.title, entry.summary, entry.text
        session.add(article)
    known = select(FeedEntry).where(FeedEntry.feed_id == feed.id, FeedEntry.guid == entry.guid)
    row = session.exec(known).one()
    row.hash = _hash(entry)
    session.add(row)


def address(entry: Entry, feed_url: str) -> str:
    """The canonical address of an entry; one without a link gets a name of its own."""
    return canonical_url(entry.link) if entry.link else f"urn:giveback:{_digest((feed_url, entry.guid))}"


def _hash(entry: Entry) -> str:
    return _digest((entry.title, entry.summary, entry.text, entry.link))


def _digest(parts: Iterable[str]) -> str:
    return sha1("\x1f".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def store_page(session: Session, page: Page, now: Now) -> tuple[Article, bool]:
    """Store a page that was saved by hand, or make a known article one.

    Returns:
        The article, and whether it is new.
    """
    from sqlmodel import select

    from giveback.store.tables import Article

    url = canonical_url(page.url) if page.url else f"urn:giveback:{_digest((page.title, page.text))}"
    article = session.exec(select(Article).where(Article.url == url)).first()
    new = article is None
    if article is None:
        article = Article(url=url, title=page.title, first_seen_at=now.at, published_at=page.published)
    article.title = page.title
    article.author = page.author or article.author
    article.source = page.site or article.source
    article.language = page.language or article.language
    article.summary = page.summary or article.summary
    article.text = page.text or article.text
    article.saved_at = now.at
    session.add(article)
    session.flush()
    return article, new
