"""Pages that were saved by hand become articles, or make a known article one."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING

from giveback.reading import identities
from giveback.reading.addresses import canonical_url, printable
from giveback.reading.identity import address_number

if TYPE_CHECKING:
    import sqlite3

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.values import Page
    from giveback.store.tables import Article


def store_page(session: Session, page: Page, now: Now, *, asked: str = "") -> tuple[Article, bool]:
    """Store a page that was saved by hand.

    It is known when an article has its address in whatever spelling; that article keeps its number, its address
    and the day it was first seen. What was given of it keeps the title and address that were given.

    Args:
        session: an open unit of work.
        page: the page.
        now: the clock.
        asked: the address that was asked for, where the page names another as its own.

    Returns:
        The article, and whether it is new.
    """
    from giveback.store.tables import Article

    url = printable(canonical_url(page.url)) if page.url else f"urn:giveback:{_digest(page.text or page.title)}"
    addresses = [url] + ([printable(canonical_url(asked))] if asked.startswith(("http://", "https://")) else [])
    connection = raw(session)
    known = known_article(connection, addresses)
    article = session.get_one(Article, known) if known else Article(url=url, title=page.title, first_seen_at=now.at)
    article.title = page.title
    article.author = page.author or article.author
    article.source = page.site or article.source
    article.language = page.language or article.language
    article.published_at = article.published_at or page.published
    article.summary = page.summary or article.summary
    if page.text and not (page.note and len(page.text) < len(article.text)):
        article.text = page.text
    article.saved_at = now.at
    session.add(article)
    session.flush()
    assert article.id is not None
    identities.complete(connection)
    identities.remember(connection, [(article.id, map(address_number, addresses))])
    return article, known is None


def known_article(connection: sqlite3.Connection, addresses: list[str]) -> int | None:
    """The article that has one of some canonical addresses, in whatever spelling; the first that is found."""
    identities.complete(connection)
    found = (identities.at_address(connection, url) for url in addresses)
    return next((number for number in found if number is not None), None)


def raw(session: Session) -> sqlite3.Connection:
    """The connection under a session, inside its transaction."""
    connection: sqlite3.Connection | None = session.connection().connection.driver_connection
    assert connection is not None
    return connection


def _digest(text: str) -> str:
    return sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
