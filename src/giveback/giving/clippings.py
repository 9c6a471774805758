"""What is given as it would be cut out of a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from giveback.dates import from_utc_text, full_day
from giveback.printing.pieces import Clipping
from giveback.store.questions import articles, assets
from giveback.text import clean_line

if TYPE_CHECKING:
    import sqlite3

    from giveback.dates import Now
    from giveback.giving.gifts import Found
    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.assets import AssetRow

PASSAGES = 12
"""Paragraphs of an article that a handout may show; as many as fit on its page are taken."""
READ = 12_000
_LONG_ENOUGH = 40
"""Characters from which a line of a page is a paragraph, not a caption."""
TOLD = ("research", "home-made", "bulletin")
"""Kinds of assets whose text is for the recipient too. That of others may be a remark about somebody."""


def clipping(connection: sqlite3.Connection, found: Found, now: Now) -> Clipping:
    """What is given, typeset: an article, research or something home-made with what there is to say of it.

    Args:
        connection: the store.
        found: what is given.
        now: the clock, by which days are told.
    """
    article, gift = found.article, found.gift
    if article is not None:
        return _article(connection, article, gift.url, now)
    asset = assets.one(connection, gift.asset_id) if gift.asset_id is not None else None
    if asset is not None:
        return _asset(asset, now)
    return Clipping(gift.title[:1].upper() + gift.title[1:] if gift.introduced_id else gift.title, url=gift.url)


def _article(connection: sqlite3.Connection, article: ArticleRow, url: str, now: Now) -> Clipping:
    day = from_utc_text(article.published_at or article.first_seen_at).astimezone(now.at.tzinfo).date()
    text = articles.opening(connection, article.id, READ)
    return Clipping(
        article.title,
        article.source,
        " · ".join(part for part in (full_day(day), article.author) if part),
        _without(article.title, clean_line(article.summary, 2_000)),
        url,
        _passages(text, article.title),
        article.language,
    )


def _asset(asset: AssetRow, now: Now) -> Clipping:
    lines = [line.strip() for line in asset.text.splitlines()] if asset.kind in TOLD else []
    if lines:
        lines[0] = _without(asset.title, lines[0])
    passages = tuple(line for line in lines if line)
    source, byline = "home-made" if asset.kind == "home-made" else "", ""
    if asset.kind == "research":
        source = (urlsplit(asset.source_url).hostname or "").removeprefix("www.")
        byline = f"as of {full_day(from_utc_text(asset.created_at).astimezone(now.at.tzinfo).date())}"
    return Clipping(asset.title, source, byline, " ".join(passages), asset.source_url, passages)


def _without(title: str, summary: str) -> str:
    """A summary without the title that it may begin with."""
    return summary.removeprefix(title).lstrip(" .:-\u2013\u2014|")


def _passages(text: str, title: str) -> tuple[str, ...]:
    """The first paragraphs of a text after its title; the last one may be cut, and is left out then."""
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if len(line) >= _LONG_ENOUGH and line != title]
    whole = found[:-1] if len(text) >= READ else found
    return tuple(whole[:PASSAGES])
