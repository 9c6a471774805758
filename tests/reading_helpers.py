"""Feeds made to order, a server for them, and a look into the store."""

from __future__ import annotations

import io
import sqlite3
import sys
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from conftest import Ran
from giveback.cli.app import run
from giveback.reading.entries import FeedRef, store_entries
from giveback.reading.entries import item as item_of
from giveback.reading.feeds import Found, add
from giveback.reading.fetching import Limits, fetch, known_feeds
from giveback.reading.identities import complete
from giveback.store import connect
from giveback.store.changes import change
from giveback.store.connect import transaction
from loopback import Server, answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pytest

    from giveback.dates import Now
    from giveback.reading.entries import Stored
    from giveback.reading.fetching import Outcome
    from giveback.reading.values import Entry

S = TypeVar("S", bound=Server)


class Inside(NamedTuple):
    """Command lines in this process, where many of them are quick."""

    home: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    @property
    def store(self) -> str:
        return str(self.home / "giveback.db")

    def run(self, *arguments: str, stdin: str = "") -> Ran:
        fixed = {"GIVEBACK_HOME": str(self.home), "GIVEBACK_NOW": "2026-11-23T12:00:00+00:00", "COLUMNS": "80"}
        with self.patch.context() as patch:
            patch.chdir(self.home)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            for name, value in fixed.items():
                patch.setenv(name, value)
            code = run(arguments)
        return Ran(code, *self.capture.readouterr())


def item(title: str, link: str = "", guid: str = "", text: str = "") -> str:
    parts = [f"<title>{title}</title>"]
    parts += [f"<link>{link}</link>"] if link else []
    parts += [f'<guid isPermaLink="false">{guid}</guid>'] if guid else []
    parts += [f"<description>{text}</description>"] if text else []
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "The Creek") -> bytes:
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>".encode()


BASS = item("Bass in the shallows", "https://creek.example/bass", "1", "Where bass rest at noon.")


def feed(*items: str, title: str = "The Creek", headers: Sequence[str] = ()) -> bytes:
    """An answer with a feed in it."""
    return answer("200 OK", rss(*items, title=title), "Content-Type: application/rss+xml", *headers)


def page(*heads: str, body: str = "") -> bytes:
    """An answer with a page in it."""
    html = f"<!doctype html><html><head>{''.join(heads)}</head><body>{body}</body></html>".encode()
    return answer("200 OK", html, "Content-Type: text/html; charset=utf-8")


@contextmanager
def serving() -> Iterator[Server]:
    with running(Server()) as server:
        yield server


@contextmanager
def running(server: S) -> Iterator[S]:
    """Run a server in a thread."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def add_feeds(store: str, now: Now, *urls: str, private: bool = True) -> None:
    """Add feeds without looking at them."""
    with change(store, now, "feeds") as session:
        for url in urls:
            add(session, Found(url, "", "", 0), now, allow_private=private)


def keep(store: str, feed_id: int, entries: Sequence[Entry], now: Now) -> Stored:
    """Store entries of a feed without fetching it."""
    with closing(connect.write(store)) as connection, transaction(connection):
        complete(connection)
        url, title = connection.execute("SELECT url, title FROM feed WHERE id = ?", (feed_id,)).fetchone()
        items = [item_of(entry, url) for entry in entries]
        return store_entries(connection, FeedRef(feed_id, url, title), items, now)


def bring(store: str, now: Now, *, timeout: float = 5.0, done: list[str] | None = None) -> list[Outcome]:
    """Fetch every feed; outcomes in the order of the feeds."""
    with closing(sqlite3.connect(store)) as connection:
        feeds = known_feeds(connection)
    seen = [] if done is None else done
    outcomes = fetch(store, now, feeds, Limits(8, 8, timeout), lambda known: seen.append(known.url))
    return sorted(outcomes, key=lambda outcome: outcome.feed.id)


def rows(store: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(sql).fetchall()


def values(store: str, sql: str) -> list[Any]:
    return [row[0] for row in rows(store, sql)]


def check_sound(store: str) -> None:
    """SQLite finds nothing wrong, and the full-text index agrees with the articles."""
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO article_fts (article_fts, rank) VALUES ('integrity-check', 1)")
