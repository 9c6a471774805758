"""The best things to give somebody, from what the store knows they would like."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.suggestions import suggest

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.giving.choices import Choice

BEST = 3
"""How many things are offered with an ask."""


class Offer(NamedTuple):
    """Something that could be given.

    Attributes:
        what: what `giveback give` and `giveback ask --give` take: "id:12".
        title: of the article.
        url: its address on the web, or "".
        interest: the interest that it serves.
        article_id: the article.
    """

    what: str
    title: str
    url: str
    interest: str
    article_id: int


def best(connection: sqlite3.Connection, contact_id: int, today: date, choice: Choice) -> list[Offer]:
    """The best things to give a contact, best first.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: how many, and what may be suggested.
    """
    return [
        Offer(
            f"id:{item.article.id}",
            item.article.title,
            item.article.url if item.article.url.startswith(("http://", "https://")) else "",
            item.interest,
            item.article.id,
        )
        for item in suggest(connection, contact_id, today, choice).items
    ]
