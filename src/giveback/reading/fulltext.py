"""The full text of articles whose feed gives a summary only, from their pages, for feeds where the user wants it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from random import random
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import utc_text
from giveback.reading.schedule import page_again
from giveback.reading.values import FetchFailure, NotAPageError, Request

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection

    from giveback.dates import Now
    from giveback.reading.values import Fetched

RECENT_DAYS = 30
"""Older articles keep their summary: a feed that is given --full-text must not have its whole past fetched."""

ENOUGH = 2_000
"""Characters of text from the feed itself that make the page unnecessary."""

_LASTING = frozenset({0, 401, 402, 403, 404, 410, 451})  # 0: robots.txt


class Pending(NamedTuple):
    """An article whose page is to be fetched."""

    id: int
    url: str
    title: str
    failures: int
    feed_url: str
    username: str
    allow_private: bool


class Missing(NamedTuple):
    """An article whose text could not be had, and why."""

    id: int
    url: str
    title: str
    reason: str


class FullTexts(NamedTuple):
    """What came of it.

    Attributes:
        fetched: how many articles have their full text now.
        missing: those that have not, and why.
        waiting: how many were left for the next time.
    """

    fetched: int
    missing: list[Missing]
    waiting: int


def pending(connection: sqlite3.Connection, now: Now, feeds: Collection[int] | None = None) -> list[Pending]:
    """The articles that wait for their full text, the newest first.

    Args:
        connection: the store.
        now: the clock.
        feeds: the numbers of the feeds that are meant; None: all that want it.
    """
    sql = (
        "SELECT a.id, a.url, a.title, coalesce(p.failures, 0), f.url, f.username, f.allow_private, f.id"
        " FROM feed f JOIN article a ON a.feed_id = f.id LEFT JOIN page_fetch p ON p.article_id = a.id"
        " WHERE f.full_text AND f.removed_at IS NULL AND a.first_seen_at >= ? AND a.saved_at IS NULL"
        " AND a.url LIKE 'http%' AND iif(p.article_id IS NULL, length(a.text) < ?, p.next_at <= ?)"
        " ORDER BY a.first_seen_at DESC, a.id DESC"
    )
    since = utc_text(now.at - timedelta(days=RECENT_DAYS))
    rows = connection.execute(sql, (since, ENOUGH, utc_text(now.at)))
    return [Pending(*row[:7]) for row in rows if feeds is None or row[7] in feeds]


def fetch_full_texts(
    store: str,
    now: Now,
    wanted: list[Pending],
    *,
    limit: int,
    pause: float,
    timeout: float,
    on_done: Callable[[str], None] = lambda _: None,
    seconds: float = 60.0,
) -> FullTexts:
    """Fetch pages politely and store their main text; what fails is tried again later.

    Args:
        store: the SQLite file.
        now: the clock.
        wanted: what `pending` gave.
        limit: pages at most.
        pause: seconds between two pages of one host at least.
        timeout: seconds for one page.
        on_done: called with the title of each article whose page came in, or failed.
        seconds: after which no further page is begun.

    Raises:
        StoreError: the store cannot be written.
        NetworkError: the proxy that the environment names cannot be used.
    """
    from giveback.reading.politely import fetch_politely
    from giveback.store import connect

    chosen = wanted[:limit]
    missing: list[Missing] = []
    done = 0
    with closing(connect.write(store)) as connection:

        def take(place: int, outcome: Fetched | FetchFailure) -> None:
            nonlocal done
            article = chosen[place]
            reason = _keep(connection, article, outcome, now)
            done += 1
            if reason:
                missing.append(Missing(article.id, article.url, article.title, reason))
            on_done(article.title)

        fetch_politely([_request(one) for one in chosen], take, pause=pause, seconds=seconds, timeout=timeout)
    return FullTexts(done - len(missing), missing, len(wanted) - done)


def _request(article: Pending) -> Request:
    """A page of the feed's own host gets what the feed was permitted, and its password; no other does."""
    from giveback.errors import GivebackError
    from giveback.reading.addresses import file_path, target
    from giveback.reading.logins import find

    request = Request(article.url)
    in_file = file_path(article.feed_url) is not None
    if in_file or target(article.url).origin != target(article.feed_url).origin:
        return request
    request = request._replace(allow_private=bool(article.allow_private))
    if not article.username:
        return request
    try:
        return request._replace(username=article.username, password=find(article.feed_url, article.username))
    except GivebackError:
        return request  # and the page says what it thinks of that


def _keep(connection: sqlite3.Connection, article: Pending, outcome: Fetched | FetchFailure, now: Now) -> str:
    """Store the text of a page, or that there was none; give the reason then."""
    from giveback.store.connect import transaction

    reason, lasting, text, language = _read(outcome)
    failures = article.failures + 1 if reason else 0
    again = None
    if reason and not lasting:
        again = page_again(failures, now.at, random())  # noqa: S311  # it spreads requests and guards nothing
    with transaction(connection):
        if not connection.execute("SELECT 1 FROM article WHERE id = ?", (article.id,)).fetchone():
            return ""
        if not reason:
            # A text that came from the page before gives way to what the page says now, a longer one of the feed not.
            connection.execute(
                "UPDATE article SET text = ?1, language = coalesce(nullif(language, ''), ?2)"
                " WHERE id = ?3 AND (length(text) < length(?1)"
                " OR EXISTS (SELECT 1 FROM page_fetch WHERE article_id = ?3 AND fetched_at IS NOT NULL))",
                (text, language, article.id),
            )
        connection.execute(
            "INSERT INTO page_fetch (article_id, fetched_at, failures, next_at, error) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (article_id) DO UPDATE SET fetched_at = coalesce(excluded.fetched_at, fetched_at),"
            " failures = excluded.failures, next_at = excluded.next_at, error = excluded.error",
            (article.id, None if reason else utc_text(now.at), failures, utc_text(again) if again else None, reason),
        )
    return reason


def _read(outcome: Fetched | FetchFailure) -> tuple[str, bool, str, str]:
    """Why there is no text, whether that is for good; the text and its language."""
    if isinstance(outcome, FetchFailure):
        from giveback.reading.politely import REFUSED

        lasting = outcome.status in _LASTING and (outcome.status > 0 or outcome.reason == REFUSED)
        return outcome.reason, lasting, "", ""
    from giveback.reading.extraction import extract_page

    try:
        page = extract_page(outcome.body, outcome.url, outcome.content_type)
    except NotAPageError as error:
        return error.message, True, "", ""
    if not page.text or page.note:  # a beginning is not the full text
        return page.note or "its page shows no text without a login, a payment or a browser", True, "", ""
    return "", False, page.text, page.language
