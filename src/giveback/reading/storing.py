"""Entries become articles: one article for each address, whoever brings it."""

from __future__ import annotations

from collections import Counter
from hashlib import sha1
from typing import TYPE_CHECKING, NamedTuple

from giveback.reading.addresses import canonical_url, printable
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.values import Entry
    from giveback.store.tables import Article, Feed

_CHUNK = 500


class Stored(NamedTuple):
    """How many articles of a feed are new, and how many were changed in place."""

    new: int
    changed: int


class _There(NamedTuple):
    """An article that has an address already; no number when it is about to be stored."""

    id: int | None
    feed_id: int | None
    title: str


def store_entries(session: Session, feed: Feed, entries: Sequence[Entry], now: Now) -> Stored:
    """Store the entries of a feed.

    An entry that is known by its key costs a comparison; a changed one updates its article in
    place, and the day it was first seen stays. An entry whose address is known from elsewhere
    becomes that article.

    Args:
        session: an open unit of work.
        feed: where they come from.
        entries: cleaned entries, the newest first as feeds have them; of two with one key the first counts.
        now: the clock.
    """
    known = _known_entries(session, feed)
    keyed = _keyed(entries, feed, known)
    changed = 0
    for key, entry in keyed.items():
        if key in known and known[key] != _hash(entry):
            changed += _update(session, key, entry, feed)
    gone = _pruned(session, feed)
    fresh = {key: entry for key, entry in keyed.items() if key not in known and key not in gone}
    return Stored(_insert(session, feed, fresh, now), changed)


def _keyed(entries: Sequence[Entry], feed: Feed, known: Iterable[str]) -> dict[str, Entry]:
    """Entries by what identifies them in their feed, the oldest first.

    That is the guid; where a feed gave one guid to entries with several addresses, now or earlier, it
    is "guid <address>".
    """
    shared = {key.rpartition(" <")[0] for key in known if key.endswith(">")}
    counts = Counter(entry.guid for entry in entries)
    addresses: dict[str, set[str]] = {}
    for entry in entries:
        if counts[entry.guid] > 1:
            addresses.setdefault(entry.guid, set()).add(address(entry, feed.url))
    shared |= {guid for guid, found in addresses.items() if len(found) > 1}
    return {
        f"{entry.guid} <{address(entry, feed.url)}>" if entry.guid in shared else entry.guid: entry
        for entry in reversed(entries)
    }


def _known_entries(session: Session, feed: Feed) -> dict[str, str]:
    """What is known of the feed: the keys of its entries, and the hash of what each said."""
    from sqlmodel import select

    from giveback.store.tables import FeedEntry

    return dict(session.exec(select(FeedEntry.guid, FeedEntry.hash).where(FeedEntry.feed_id == feed.id)).all())


def _pruned(session: Session, feed: Feed) -> set[str]:
    """The keys of entries whose articles were pruned; they do not come back."""
    from sqlalchemy import text

    rows = session.connection().execute(text("SELECT guid FROM pruned_entry WHERE feed_id = :feed"), {"feed": feed.id})
    return {row[0] for row in rows}


def _insert(session: Session, feed: Feed, fresh: Mapping[str, Entry], now: Now) -> int:
    from sqlalchemy import insert

    from giveback.store.tables import Article, FeedEntry

    if not fresh:
        return 0
    placed = _placed(session, feed, fresh)
    there = _there(session, list(placed.values()))
    rows = {url: _row(fresh[key], url, feed, now) for key, url in placed.items() if url not in there}
    _adopt(session, feed, there.values())
    if rows:
        session.execute(insert(Article), list(rows.values()))
        there |= _there(session, list(rows))
    session.execute(
        insert(FeedEntry),
        [
            {"feed_id": feed.id, "guid": key, "article_id": there[url].id, "hash": _hash(fresh[key])}
            for key, url in placed.items()
        ],
    )
    return len(rows)


def _adopt(session: Session, feed: Feed, articles: Iterable[_There]) -> None:
    """Give articles a feed that have none: those saved by hand, and those whose feed is gone."""
    from giveback.store.tables import Article

    for found in articles:
        if found.feed_id is None:
            session.get_one(Article, found.id).feed_id = feed.id


def _placed(session: Session, feed: Feed, fresh: Mapping[str, Entry]) -> dict[str, str]:
    """The address under which each new entry is kept, by key.

    Diaries and release notes are many entries on one page, which only the fragment tells apart: where
    another entry of this feed, of another title, has the page, the fragment is kept.
    """
    placed = {key: address(entry, feed.url) for key, entry in fresh.items()}
    there = _there(session, list(placed.values()))
    for key, url in placed.items():
        entry, other = fresh[key], there.get(url)
        if other is None:
            there[url] = _There(None, feed.id, entry.title)
        elif other.feed_id == feed.id and fold(other.title) != fold(entry.title):
            fragment = printable(entry.link.partition("#")[2])
            placed[key] = f"{url}#{fragment}" if fragment and "#" not in url else url
    return placed


def _there(session: Session, urls: Sequence[str]) -> dict[str, _There]:
    """The articles that have one of these addresses."""
    from sqlmodel import col, select

    from giveback.store.tables import Article

    found: dict[str, _There] = {}
    for part in _chunks(urls):
        rows = select(Article.url, Article.id, Article.feed_id, Article.title).where(col(Article.url).in_(part))
        found.update((url, _There(*rest)) for url, *rest in session.exec(rows))
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


def _update(session: Session, key: str, entry: Entry, feed: Feed) -> bool:
    """Bring an article up to what its own feed says now; one that was saved by hand keeps its text.

    Returns:
        Whether the article was changed.
    """
    from sqlmodel import select

    from giveback.store.tables import Article, FeedEntry

    row = session.exec(select(FeedEntry).where(FeedEntry.feed_id == feed.id, FeedEntry.guid == key)).one()
    row.hash = _hash(entry)
    session.add(row)
    article = session.get_one(Article, row.article_id)
    if article.saved_at is not None or article.feed_id != feed.id:
        return False
    article.title, article.summary, article.text = entry.title, entry.summary, entry.text
    article.author = entry.author or article.author
    article.published_at = article.published_at or entry.published
    _follow_link(session, article, entry)
    session.add(article)
    return True


def _follow_link(session: Session, article: Article, entry: Entry) -> None:
    """An entry that was given another link takes its article along, unless the new address has one."""
    url = _spelled(entry.link)
    if entry.link and article.url.partition("#")[0] != url.partition("#")[0] and not _there(session, [url]):
        article.url = url


def address(entry: Entry, feed_url: str) -> str:
    """The canonical address of an entry; one without a link gets a name of its own."""
    return _spelled(entry.link) if entry.link else f"urn:giveback:{_digest((feed_url, entry.guid))}"


def _spelled(url: str) -> str:
    return printable(canonical_url(url))


def _hash(entry: Entry) -> str:
    return _digest((entry.title, entry.summary, entry.text, entry.link))


def _digest(parts: Iterable[str]) -> str:
    return sha1("\x1f".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
