"""Pages that are saved by hand become articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.reading.entries import digest, spelled

if TYPE_CHECKING:
    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.reading.values import Page
    from giveback.store.tables import Article


def store_page(session: Session, page: Page, now: Now) -> tuple[Article, bool]:
    """Store a page that was saved by hand, or make a known article one.

    Returns:
        The article, and whether it is new.
    """
    from sqlmodel import select

    from giveback.store.tables import Article

    url = spelled(page.url) if page.url else f"urn:giveback:{digest([page.text or page.title])}"
    article = session.exec(select(Article).where(Article.url == url)).first()
    new = article is None
    if article is None:
        article = Article(url=url, title=page.title, first_seen_at=now.at)
    article.title = page.title
    article.author = page.author or article.author
    article.source = page.site or article.source
    article.language = page.language or article.language
    article.published_at = article.published_at or page.published
    article.summary = page.summary or article.summary
    article.text = page.text or article.text
    article.saved_at = now.at
    session.add(article)
    session.flush()
    return article, new
