"""Entries of feeds become articles: one article for each, however often and wherever it appears.

Here the store is written through sqlite3 alone, not through SQLModel as for other changes. What is fetched is not
journaled, it comes in thousands of rows, and `import sqlmodel` takes longer than asking 300 feeds for what is new.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha1
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import utc_text
from giveback.reading.addresses import canonical_url, printable
from giveback.reading.identity import Said, address_number, keys
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from giveback.dates import Now
    from giveback.reading.values import Entry

_CHUNK = 500


class FeedRef(NamedTuple):
    """The feed that entries come from; `full_text` when the pages behind its entries are fetched."""

    id: int
    url: str
    title: str
    full_text: bool = False


class Item(NamedTuple):
    """An entry with all that can be told without the store.

    Attributes:
        entry: it.
        url: its canonical address, or a name of its own.
        hash: of what it says.
        keys: what it is found again by: the key of the address, then those of its words.
    """

    entry: Entry
    url: str
    hash: str
    keys: tuple[int, ...]


class Stored(NamedTuple):
    """How many articles of a feed are new, and how many were changed in place."""

    new: int
    changed: int


class _Known(NamedTuple):
    """An entry that was stored earlier."""

    id: int
    hash: str
    article_id: int


class _There(NamedTuple):
    """An article that has an address already."""

    id: int
    feed_id: int | None
    title: str


def item(entry: Entry, feed_url: str) -> Item:
    """Work out what an entry is known by."""
    url = address(entry, feed_url)
    return Item(entry, url, _hash(entry), keys(url, entry.title, entry.text or entry.summary))


def address(entry: Entry, feed_url: str) -> str:
    """The canonical address of an entry; one without a link gets a name of its own."""
    return spelled(entry.link) if entry.link else f"urn:giveback:{digest((feed_url, entry.guid))}"


def spelled(url: str) -> str:
    """The one spelling of an address."""
    return printable(canonical_url(url))


def digest(parts: Iterable[str]) -> str:
    """A short name for some texts."""
    return sha1("\x1f".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _hash(entry: Entry) -> str:
    return digest((entry.title, entry.summary, entry.text, entry.link))


def store_entries(connection: sqlite3.Connection, feed: FeedRef, items: Sequence[Item], now: Now) -> Stored:
    """Store the entries of a feed.

    An entry that is known by its key costs a comparison; a changed one updates its article in
    place, and the day it was first seen stays. An entry whose address is known from elsewhere, or
    that says what another feed said, becomes that article.

    Args:
        connection: the store, inside a transaction in which `identities.complete` was called.
        feed: where they come from.
        items: the newest first as feeds have them; of two with one key the first counts.
        now: the clock.
    """
    known = _known_entries(connection, feed)
    keyed = _keyed(items, known)
    changed = sum(
        _update(connection, known[key], one, feed)
        for key, one in keyed.items()
        if key in known and known[key].hash != one.hash
    )
    fresh = {key: one for key, one in keyed.items() if key not in known}
    if fresh:
        pruned = _pruned(connection, feed)
        fresh = {key: one for key, one in fresh.items() if key not in pruned}
    return Stored(_insert(connection, feed, fresh, now) if fresh else 0, changed)


def _keyed(items: Sequence[Item], known: Iterable[str]) -> dict[str, Item]:
    """Entries by what identifies them in their feed, the oldest first.

    That is the guid; where a feed gave one guid to entries with several addresses, now or earlier, it
    is "guid <address>".
    """
    shared = {key.rpartition(" <")[0] for key in known if key.endswith(">")}
    counts = Counter(one.entry.guid for one in items)
    addresses: dict[str, set[str]] = {}
    for one in items:
        if counts[one.entry.guid] > 1:
            addresses.setdefault(one.entry.guid, set()).add(one.url)
    shared |= {guid for guid, found in addresses.items() if len(found) > 1}
    return {
        f"{one.entry.guid} <{one.url}>" if one.entry.guid in shared else one.entry.guid: one for one in reversed(items)
    }


def _known_entries(connection: sqlite3.Connection, feed: FeedRef) -> dict[str, _Known]:
    """What is known of the feed: its entries by their keys."""
    sql = "SELECT guid, id, hash, article_id FROM feed_entry WHERE feed_id = ?"
    return {guid: _Known(*rest) for guid, *rest in connection.execute(sql, (feed.id,))}


def _pruned(connection: sqlite3.Connection, feed: FeedRef) -> set[str]:
    """The keys of entries whose articles were pruned; they do not come back."""
    return {row[0] for row in connection.execute("SELECT guid FROM pruned_entry WHERE feed_id = ?", (feed.id,))}


# New entries


def _insert(connection: sqlite3.Connection, feed: FeedRef, fresh: Mapping[str, Item], now: Now) -> int:
    places = _Places(connection, feed, list(fresh.values()))
    articles = {key: places.place(one) for key, one in fresh.items()}
    connection.executemany(
        "UPDATE article SET feed_id = ? WHERE id = ? AND feed_id IS NULL",
        [(feed.id, number) for number in places.orphans],
    )
    at = utc_text(now.at)
    connection.executemany(
        "INSERT INTO article (id, url, feed_id, title, author, source, language, published_at, first_seen_at,"
        " saved_at, summary, text) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, NULL, ?, ?)",
        [_row(number, url, one.entry, feed, at) for number, (url, one) in places.new.items()],
    )
    connection.executemany(
        "INSERT INTO feed_entry (feed_id, guid, article_id, hash) VALUES (?, ?, ?, ?)",
        [(feed.id, key, articles[key], one.hash) for key, one in fresh.items()],
    )
    places.remember()
    return len(places.new)


def _row(number: int, url: str, entry: Entry, feed: FeedRef, at: str) -> tuple[object, ...]:
    published = utc_text(entry.published) if entry.published else None
    said = (entry.title, entry.author, feed.title, published)
    return (number, url, feed.id, *said, at, entry.summary, entry.text)


class _Places:
    """Which article each new entry is, and which are new, with their numbers."""

    def __init__(self, connection: sqlite3.Connection, feed: FeedRef, items: Sequence[Item]) -> None:
        from giveback.reading.identities import Candidates, holders

        self._connection, self._feed = connection, feed
        self._holders = holders(connection, {key for one in items for key in one.keys})
        sharing = {number for one in items for key in one.keys[1:] for number in self._holders.get(key, ())}
        self._candidates = Candidates(connection, sharing, feed.id)
        self._there = self._rows(items)
        self._next = _next_number(connection)
        self.new: dict[int, tuple[str, Item]] = {}
        self.orphans: list[int] = []

    def place(self, one: Item) -> int:
        """Find the article that an entry is, else make a new one.

        Diaries and release notes are many entries on one page, which only the fragment tells apart: where
        another entry of this feed, of another title, has the page, the fragment is kept.
        """
        url, found = one.url, self._at(one.url, one.keys[0])
        if found and found.feed_id == self._feed.id and fold(found.title) != fold(one.entry.title):
            fragment = printable(one.entry.link.partition("#")[2])
            if fragment and "#" not in url:
                url = f"{url}#{fragment}"
            found = self._look_up(url)
        if found is None:
            return self._twin(one) or self._new(url, one)
        if found.feed_id is None:
            self.orphans.append(found.id)
        return found.id

    def remember(self) -> None:
        """Note what the new articles are found again by."""
        from giveback.reading.identities import remember

        found = (
            (number, one.keys if url == one.url else (address_number(url), *one.keys[1:]))
            for number, (url, one) in self.new.items()
        )
        remember(self._connection, found)
        if self.new:  # triggers queue what others insert
            self._connection.execute("DELETE FROM identity_new WHERE article_id >= ?", (min(self.new),))

    def _rows(self, items: Sequence[Item]) -> dict[str | int, _There]:
        """Articles that have one of these addresses, by the address as it is spelled and by its key."""
        found: dict[str | int, _There] = {}
        numbers = {one.keys[0]: min(self._holders[one.keys[0]]) for one in items if one.keys[0] in self._holders}
        rows = self._select("id", list(numbers.values()))
        by_number = {row[0]: _There(*row[:3]) for row in rows}
        found.update((key, by_number[number]) for key, number in numbers.items() if number in by_number)
        found.update((row[3], _There(*row[:3])) for row in self._select("url", [one.url for one in items]))
        return found

    def _select(self, column: str, values: Sequence[str | int]) -> Iterator[tuple[int, int | None, str, str]]:
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            sql = f"SELECT id, feed_id, title, url FROM article WHERE {column} IN ({marks})"
            yield from self._connection.execute(sql, part)

    def _at(self, url: str, key: int) -> _There | None:
        return self._there.get(url) or self._there.get(key)

    def _look_up(self, url: str) -> _There | None:
        if url not in self._there:
            self._there.update((row[3], _There(*row[:3])) for row in self._select("url", [url]))
        return self._there.get(url)

    def _twin(self, one: Item) -> int | None:
        """The article of another feed that says the same."""
        numbers = {number for key in one.keys[1:] for number in self._holders.get(key, ())}
        if not numbers:
            return None
        entry = one.entry
        said = Said(entry.title, entry.text or entry.summary, entry.published, self._feed.id)
        return self._candidates.twin(said, numbers)

    def _new(self, url: str, one: Item) -> int:
        number, self._next = self._next, self._next + 1
        self.new[number] = (url, one)
        self._there[url] = _There(number, self._feed.id, one.entry.title)
        if url == one.url:
            self._there.setdefault(one.keys[0], self._there[url])
        return number


def _next_number(connection: sqlite3.Connection) -> int:
    """The number that SQLite would give to the next article; nobody else inserts within this transaction."""
    return int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM article").fetchone()[0])


# Known entries that changed


def _update(connection: sqlite3.Connection, known: _Known, one: Item, feed: FeedRef) -> bool:
    """Bring an article up to what its own feed says now; one that was saved by hand keeps its text.

    Returns:
        Whether the article was changed.
    """
    connection.execute("UPDATE feed_entry SET hash = ? WHERE id = ?", (one.hash, known.id))
    entry = one.entry
    published = utc_text(entry.published) if entry.published else None
    # A feed whose pages are fetched says less than the pages do.
    longer = "iif(length(text) > length(?5), text, ?5)" if feed.full_text else "?5"
    cursor = connection.execute(
        f"UPDATE article SET title = ?3, summary = ?4, text = {longer}, author = iif(?6 = '', author, ?6),"
        " published_at = coalesce(published_at, ?7) WHERE id = ?1 AND feed_id = ?2 AND saved_at IS NULL",
        (known.article_id, feed.id, entry.title, entry.summary, entry.text, entry.author, published),
    )
    if cursor.rowcount < 1:
        return False
    if entry.link:
        _follow_link(connection, known.article_id, one.url)
    return True


def _follow_link(connection: sqlite3.Connection, number: int, url: str) -> None:
    """An entry that was given another link takes its article along, unless the new address has one."""
    from giveback.reading.identities import holders

    (before,) = connection.execute("SELECT url FROM article WHERE id = ?", (number,)).fetchone()
    if before.partition("#")[0] == url.partition("#")[0]:
        return
    taken = connection.execute("SELECT 1 FROM article WHERE url = ?", (url,)).fetchone()
    key = address_number(url)
    if taken or set(holders(connection, [key]).get(key, ())) - {number}:
        return
    connection.execute("UPDATE article SET url = ? WHERE id = ?", (url, number))
