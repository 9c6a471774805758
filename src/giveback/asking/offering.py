"""The best things to give somebody, from what the store knows they would like and what the user can offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.offers.offering import offer
from giveback.giving.suggestions import suggest
from giveback.store.questions.assets import assets

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.giving.choices import Choice
    from giveback.giving.offers.values import Ranked
    from giveback.giving.rules.book import Book
    from giveback.giving.suggestions import Suggestions

BEST = 3
"""How many things are offered with an ask."""
_MORE = 12
"""So many are ranked, since introductions, which need two consents first, are left out."""


class Best(NamedTuple):
    """What to offer with an ask.

    Attributes:
        items: best first, at most three.
        articles: the suggestions among which the articles were.
    """

    items: list[Ranked]
    articles: Suggestions


def best(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice, book: Book) -> Best:
    """The best three things to give a contact together with an ask.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: what may be suggested.
        book: the rules of gifts.
    """
    found = offer(connection, contact_id, today, choice._replace(limit=_MORE), book=book, embedder=None)
    items = [each for each in found.items if each.offer.introduced_id is None]
    return Best(items[:BEST], found.articles)


class First(NamedTuple):
    """The best thing to give first: its title, and for what it is; `article_id` is None for what is no article."""

    title: str
    url: str
    interest: str
    article_id: int | None


def first(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice, book: Book) -> First | None:
    """The best thing to give a contact: an article, or else something that the user has to offer.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: what may be suggested.
        book: the rules of gifts.
    """
    found = suggest(connection, contact_id, today, choice._replace(limit=1)).items
    if found:
        item = found[0]
        is_web = item.article.url.startswith(("http://", "https://"))
        return First(item.article.title, item.article.url if is_web else "", item.interest, item.article.id)
    if not assets(connection):
        return None
    items = best(connection, contact_id, today, choice, book).items
    return First(items[0].offer.title, items[0].offer.url, items[0].offer.interest, None) if items else None
