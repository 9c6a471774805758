"""Bringing what counts into the store: in batches, in one unit of work, each message once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from giveback.dates import utc_text
from giveback.people.mail.links import links_of, may_hold_links, text_of
from giveback.store.changes import connection_of
from giveback.store.tallies import counted_together

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.people.mail.scanning import Candidate, Person, Scan

NOTE_LIMIT = 4_000
"""Characters of a body that are kept, where bodies are wanted."""
NO_SUBJECT = "(no subject)"
# A gift that was noted when it was drafted may have been sent some days later, or its day put down wrongly.
_DRAFTED_BEFORE, _NOTED_AFTER = timedelta(days=21), timedelta(days=2)


class Article(NamedTuple):
    """A saved article whose address stands in a message."""

    id: int
    title: str
    url: str


if TYPE_CHECKING:
    Find = Callable[[sqlite3.Connection, Sequence[str]], Sequence[Article]]
"""Finds saved articles at some addresses; handed in, since this room knows nothing of reading."""


class Kept(NamedTuple):
    """What became of what counts.

    Attributes:
        added: new exchanges.
        known: messages that an earlier import brought.
        gifts: exchanges among the new ones that are articles given.
        linked: exchanges that were there already and turned out to be a message.
    """

    added: int = 0
    known: int = 0
    gifts: int = 0
    linked: int = 0


class Row(NamedTuple):
    """An exchange to be written, and the message that it was."""

    exchange_id: int
    message: Candidate
    note: str
    article: Article | None


def people(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    """E-mail addresses of contacts, folded, with number and folded name; those put away last."""
    yield from connection.execute(
        "SELECT p.value, c.id, c.name_key FROM contact_point p JOIN contact c ON c.id = p.contact_id"
        " WHERE p.kind = 'email' ORDER BY c.archived_at IS NOT NULL, c.id"
    )


def by_address(rows: Iterable[tuple[str, int, str]]) -> dict[str, list[Person]]:
    """Contacts by the spelling in which addresses of messages are compared."""
    from giveback.people.mail.scanning import Person

    found: dict[str, list[Person]] = {}
    for address, number, name in rows:
        found.setdefault(address.casefold(), []).append(Person(number, name))
    return found


def remembered(connection: sqlite3.Connection) -> tuple[Iterator[tuple[str]], Iterator[tuple[str]]]:
    """Message-IDs that earlier imports, and what giveback sent itself, tell: what I sent, and what I answered."""
    mine = connection.execute(
        "SELECT message_id FROM exchange_message WHERE NOT incoming"
        " UNION ALL SELECT trim(message_id, '<>') FROM delivery"
    )
    return mine, connection.execute("SELECT answers FROM exchange_message WHERE NOT incoming AND answers <> ''")


def keep(
    session: Session,
    scan: Scan,
    now: Now,
    find: Find,
    *,
    bodies: bool = False,
    numbers: Mapping[int, int] | None = None,
    on_messages: Callable[[int], None] = lambda _: None,
) -> Kept:
    """Bring in what counts.

    Args:
        session: an open unit of work.
        scan: what was set aside.
        now: the clock.
        find: saved articles at some addresses.
        bodies: keep the beginning of each text as the note of its exchange.
        numbers: of contacts who had none yet when their messages were set aside.
        on_messages: called with how many messages were dealt with since the last call.
    """
    connection = connection_of(session)
    keeper = _Keeper(connection, now, find, bodies=bodies)
    with counted_together(connection):
        for batch in scan.counted():
            keeper.take([one._replace(contact_id=(numbers or {}).get(one.contact_id, one.contact_id)) for one in batch])
            on_messages(len(batch))
    return keeper.kept


class _Keeper:
    def __init__(self, connection: sqlite3.Connection, now: Now, find: Find, *, bodies: bool) -> None:
        self._connection, self._at, self._find, self._bodies = connection, utc_text(now.at), find, bodies
        self._next = 1 + connection.execute("SELECT coalesce(max(id), 0) FROM exchange").fetchone()[0]
        self._has_articles = connection.execute("SELECT EXISTS (SELECT 1 FROM article)").fetchone()[0]
        self.kept = Kept()

    def take(self, batch: Sequence[Candidate]) -> None:
        there = self._there(batch)
        fresh = [one for one in batch if (one.contact_id, one.message_id) not in there]
        rows: list[Row] = []
        linked = 0
        for one in fresh:
            mine = [] if one.incoming else self._articles(one)
            same = None if one.incoming else self._noted(one, mine)
            if same is not None:
                self._connection.execute(_INSERT_MESSAGE, _message(same, one))
                linked += 1
                continue
            rows += self._rows(one, mine)
        self._insert(rows)
        counts = (len(rows), len(batch) - len(fresh), sum(row.article is not None for row in rows), linked)
        self.kept = Kept(*map(sum, zip(self.kept, counts, strict=True)))

    def _there(self, batch: Sequence[Candidate]) -> set[tuple[int, str]]:
        names = json.dumps([one.message_id for one in batch])
        sql = (
            "SELECT e.contact_id, m.message_id FROM exchange_message m JOIN exchange e ON e.id = m.exchange_id"
            " WHERE m.message_id IN (SELECT value FROM json_each(?))"
        )
        return set(self._connection.execute(sql, (names,)))

    def _articles(self, one: Candidate) -> list[Article]:
        """Saved articles that a message of mine tells of."""
        if not self._has_articles or not may_hold_links(one.raw):
            return []
        links = links_of(one.raw)
        return list(self._find(self._connection, links)) if links else []

    def _noted(self, one: Candidate, articles: Sequence[Article]) -> int | None:
        """An exchange that was noted before and is this message: a delivery of ours, or the same gift."""
        day = date.fromisoformat(one.day)
        if self._is_delivery(one):
            found = self._connection.execute(
                _NOTED.format(more="e.channel IN ('', 'email')"), _window(one.contact_id, day)
            ).fetchone()
            if found:
                return int(found[0])
        for article in articles:
            found = self._connection.execute(
                _NOTED.format(more="(e.article_id = ?4 OR e.gift_url = ?5) AND e.direction = 'given'"),
                (*_window(one.contact_id, day), article.id, article.url),
            ).fetchone()
            if found:
                return int(found[0])
        return None

    def _is_delivery(self, one: Candidate) -> bool:
        sql = "SELECT 1 FROM delivery WHERE contact_id = ? AND message_id IN (?, '<' || ? || '>')"
        name = one.message_id
        return self._connection.execute(sql, (one.contact_id, name, name)).fetchone() is not None

    def _rows(self, one: Candidate, articles: Sequence[Article]) -> list[Row]:
        """One exchange, or one for each article that was given with it."""
        note = text_of(one.raw, NOTE_LIMIT) if self._bodies else ""
        rows = []
        given: list[Article | None] = [*articles] or [None]
        for article in given:
            rows.append(Row(self._next, one, note, article))
            self._next += 1
            note = ""
        return rows

    def _insert(self, rows: Sequence[Row]) -> None:
        self._connection.executemany(_INSERT_EXCHANGE, [_exchange(row, self._at) for row in rows])
        self._connection.executemany(_INSERT_MESSAGE, [_message(row.exchange_id, row.message) for row in rows])


_NOTED = """
SELECT e.id FROM exchange e
WHERE e.contact_id = ?1 AND e.on_day BETWEEN ?2 AND ?3 AND e.direction <> 'received' AND {more}
    AND NOT EXISTS (SELECT 1 FROM exchange_message m WHERE m.exchange_id = e.id)
ORDER BY e.on_day DESC, e.id DESC LIMIT 1
"""
_INSERT_EXCHANGE = (
    "INSERT INTO exchange (id, uuid, contact_id, direction, channel, on_day, text, note, article_id, gift_title,"
    " gift_url, kind, created_at) VALUES (?, ?, ?, ?, 'email', ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_MESSAGE = (
    "INSERT INTO exchange_message (exchange_id, message_id, incoming, sent_at, answers) VALUES (?, ?, ?, ?, ?)"
)


def _window(contact_id: int, day: date) -> tuple[int, str, str]:
    return contact_id, (day - _DRAFTED_BEFORE).isoformat(), (day + _NOTED_AFTER).isoformat()


def _exchange(row: Row, at: str) -> tuple[object, ...]:
    one, article = row.message, row.article
    gift = (article.id, article.title, article.url, "article") if article else (None, "", "", "")
    direction = "given" if article else "shared"
    text = one.subject or NO_SUBJECT
    return row.exchange_id, str(uuid4()), one.contact_id, direction, one.day, text, row.note, *gift, at


def _message(exchange_id: int, one: Candidate) -> tuple[object, ...]:
    return exchange_id, one.message_id, one.incoming, one.at, one.answers
