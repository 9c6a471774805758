"""Saved pages of other services become articles; their pages are fetched only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.reading import identities
from giveback.reading.addresses import canonical_url, printable
from giveback.reading.identity import address_number
from giveback.reading.parsers.cleaning import SUMMARY_LENGTH, first_words
from giveback.reading.saving import raw
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.bookmarks import Bookmark
    from giveback.reading.values import Fetched


class Collected(NamedTuple):
    """What became of some saved pages.

    Attributes:
        added: the numbers of the articles that are new.
        known: how many were there already, repeats among them; they are now saved by hand, too.
    """

    added: tuple[int, ...]
    known: int


class Filled(NamedTuple):
    """What came of fetching pages: how many texts, and what failed, by address."""

    texts: int
    failures: tuple[tuple[str, str], ...]


def collect(session: Session, rows: Iterable[Bookmark], now: Now) -> Collected:
    """Add saved pages as articles.

    A page is first seen when it was saved elsewhere, so that old ones are not shown as news.

    Args:
        session: an open unit of work.
        rows: cleaned pages.
        now: the clock.
    """
    from sqlalchemy import insert

    from giveback.store.tables import Article

    connection = raw(session)
    identities.complete(connection)
    keyed: dict[int, tuple[str, Bookmark]] = {}
    tags: dict[int, dict[str, str]] = {}
    repeats = 0
    for row in rows:
        url = printable(canonical_url(row.url))
        key = address_number(url)
        repeats += key in keyed
        keyed.setdefault(key, (url, row))
        tags.setdefault(key, {}).update((fold(tag), tag) for tag in row.tags)
    there = {key: min(numbers) for key, numbers in identities.holders(connection, keyed).items()}
    fresh = {key: found for key, found in keyed.items() if key not in there}
    if fresh:
        session.execute(insert(Article), [_article(url, row, now) for url, row in fresh.values()])
    identities.complete(connection)
    numbers = {key: min(found) for key, found in identities.holders(connection, keyed).items()}
    _keep(session, [(number, keyed[key][1]) for key, number in there.items()], now)
    _tag(session, {numbers[key]: said for key, said in tags.items() if said})
    return Collected(tuple(numbers[key] for key in fresh), repeats + len(there))


def _article(url: str, row: Bookmark, now: Now) -> dict[str, object]:
    saved = min(row.saved or now.at, now.at)
    return {
        "url": url,
        "feed_id": None,
        "title": row.title,
        "author": "",
        "source": url.split("/")[2].removeprefix("www."),
        "language": "",
        "published_at": None,
        "first_seen_at": saved,
        "saved_at": saved,
        "summary": first_words(row.summary, SUMMARY_LENGTH),
        "text": row.summary if len(row.summary) > SUMMARY_LENGTH else "",
    }


def _keep(session: Session, known: Sequence[tuple[int, Bookmark]], now: Now) -> None:
    """Articles that were there count as saved by hand from now on."""
    from giveback.store.tables import Article

    for number, row in known:
        article = session.get_one(Article, number)
        if article.saved_at is None:
            article.saved_at = min(row.saved or now.at, now.at)
            session.add(article)
    session.flush()


def _tag(session: Session, tags: dict[int, dict[str, str]]) -> None:
    from sqlalchemy import insert

    from giveback.store.tables import ArticleTag

    connection = raw(session)
    sql = 'SELECT 1 FROM article_tag WHERE article_id = ? AND "key" = ?'
    rows = [
        {"article_id": number, "tag": tag, "key": key}
        for number, said in tags.items()
        for key, tag in said.items()
        if not connection.execute(sql, (number, key)).fetchone()
    ]
    if rows:
        session.execute(insert(ArticleTag), rows)


def fill(
    store: str,
    now: Now,
    numbers: Sequence[int],
    *,
    timeout: float,
    concurrency: int,
    pause: float,
    allow_private: bool = False,
    on_done: Callable[[str], None],
) -> Filled:
    """Fetch the pages of articles politely and keep their texts; what is no article is told and changes nothing.

    Args:
        store: the SQLite file.
        now: the clock.
        numbers: the articles.
        timeout: seconds for each page.
        concurrency: pages at a time, one of each site.
        pause: seconds between two pages of one site at least.
        allow_private: loopback and private addresses may be connected to.
        on_done: called with the address of each page as it comes in, or fails.
    """
    from contextlib import closing

    from giveback.reading.politely import fetch_politely
    from giveback.reading.values import FetchFailure, Request
    from giveback.store import connect

    failures: list[tuple[str, str]] = []
    left = dict.fromkeys(range(len(numbers)))
    texts = 0
    with closing(connect.write(store)) as connection:
        pages = [(number, _url(connection, number)) for number in numbers]

        def done(place: int, answer: Fetched | FetchFailure) -> None:
            nonlocal texts
            number, url = pages[place]
            del left[place]
            reason = answer.reason if isinstance(answer, FetchFailure) else _fill_one(connection, number, answer, now)
            texts += not reason
            if reason:
                failures.append((url, reason))
            on_done(url)

        requests = [Request(url, allow_private=allow_private) for _, url in pages]
        fetch_politely(requests, done, pause=pause, seconds=float("inf"), timeout=timeout, hosts=concurrency)
    failures += [(pages[place][1], "its site wants to be asked for one page at a time") for place in left]
    return Filled(texts, tuple(failures))


def _url(connection: sqlite3.Connection, number: int) -> str:
    return str(connection.execute("SELECT url FROM article WHERE id = ?", (number,)).fetchone()[0])


def _fill_one(connection: sqlite3.Connection, number: int, answer: Fetched, now: Now) -> str:
    """Keep the text of one page; give the reason when there is none."""
    from giveback.dates import utc_text
    from giveback.reading.extraction import extract_page
    from giveback.reading.values import NotAPageError
    from giveback.store.connect import transaction

    try:
        page = extract_page(answer.body, answer.url, answer.content_type, now=now.at)
    except NotAPageError as error:
        return error.message
    with transaction(connection):
        connection.execute(
            "UPDATE article SET title = ?2, author = ?3, source = ?4, language = ?5, published_at = ?6, text = ?7,"
            " summary = coalesce(nullif(summary, ''), ?8) WHERE id = ?1",
            (
                *(number, page.title, page.author, page.site or answer.url.split("/")[2], page.language),
                *(utc_text(page.published) if page.published else None, page.text, page.summary),
            ),
        )
    return page.note
