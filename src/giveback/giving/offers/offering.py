"""What to offer a contact: assets, research and introductions beside the articles."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.gift_rules import past_of, person_of
from giveback.giving.offers.introductions import meetings
from giveback.giving.offers.ranking import IN_A_ROW, ranked
from giveback.giving.offers.suiting import Matcher, asset_topics, by_person, suits
from giveback.giving.offers.values import USUAL_MINUTES, Offer, Ranked
from giveback.giving.rules.judging import ONCE, Thing, judge
from giveback.giving.suggestions import Suggestions, suggest
from giveback.store.questions import offers as questions
from giveback.store.questions.assets import assets
from giveback.store.questions.bulletins import not_to_offer
from giveback.store.questions.gifts import given, limits

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from giveback.giving.choices import Choice
    from giveback.giving.offers.suiting import Suit
    from giveback.giving.rules.book import Book
    from giveback.giving.suggestions import Suggestion
    from giveback.matching.embedding import Embedder
    from giveback.store.questions.assets import AssetRow

ARTICLE_FIT = 2.0
"""An article's score, by the interest's own words, times this is its fit: 0.25 is good enough, 0.5 excellent."""
INTRODUCTIONS = 3
"""So many introductions are proposed, the best: each takes the time of two people."""


class Offers(NamedTuple):
    """What to offer one contact.

    Attributes:
        items: best first.
        articles: what was suggested; its counts of what was left out.
    """

    items: list[Ranked]
    articles: Suggestions


def offer(
    connection: sqlite3.Connection,
    contact_id: int,
    today: date,
    choice: Choice,
    *,
    book: Book,
    embedder: Embedder | None,
) -> Offers:
    """Rank what could be given to a contact.

    Left out: what was dismissed for them, what the rules of gifts speak against (too soon, too dear, an allergy), and
    introductions that were made.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day.
        choice: how many, how old, how sensitive; the limit is that of the whole list.
        book: the rules of gifts.
        embedder: measures closeness in meaning; None for words alone.
    """
    articles = suggest(connection, contact_id, today, choice)
    found = [
        *map(_article, articles.items),
        *_assets(connection, contact_id, today, book, embedder),
        *_introductions(connection, contact_id, embedder),
    ]
    lately = questions.lately_given(connection, contact_id, IN_A_ROW)
    return Offers(ranked(found, lately, choice.limit), articles)


def _article(item: Suggestion) -> Offer:
    return Offer(
        "article",
        item.article.title,
        f"for {item.interest}: {item.reason.how}",
        min(1.0, max(0.0, ARTICLE_FIT * item.row.plain)),
        USUAL_MINUTES["article"],
        url=item.article.url if item.article.url.startswith(("http://", "https://")) else "",
        interest=item.interest,
        source=item.article.source,
        article_id=item.row.article_id,
    )


def _assets(
    connection: sqlite3.Connection, contact_id: int, today: date, book: Book, embedder: Embedder | None
) -> Iterator[Offer]:
    everybody = questions.people(connection)
    rows = assets(connection)
    if contact_id not in everybody or not rows:
        return
    person = everybody[contact_id]
    mine = by_person(questions.wishes_of(connection, contact_id)).get(contact_id, [])
    matcher = Matcher((topic for row in rows for topic in asset_topics(row)), mine, embedder)
    recipient = person_of(person.name, limits(connection, contact_id), book)
    past = [past_of(row) for row in given(connection, contact_id)]
    last = questions.last_given_assets(connection, contact_id)
    dismissed = {asset for _, asset in questions.dismissed_assets(connection, contact_id)}
    unwanted = not_to_offer(connection, contact_id) | dismissed
    for row in rows:
        suit = suits(row, person, mine, matcher)
        if suit is None or row.id in unwanted or _is_over(row, last, today, book):
            continue
        details = f"{row.text}\n{row.topics}".strip()
        thing = Thing(row.title, row.kind, row.cost_cents, row.source_url, details, None, row.id)
        if not judge(thing, recipient, past, book, today):
            yield _asset(row, suit)


def _is_over(row: AssetRow, last: dict[int, str], today: date, book: Book) -> bool:
    """Whether an asset was given too lately, of whatever kind; what is given once, ever."""
    if row.id not in last:
        return False
    return row.kind in ONCE or (today - date.fromisoformat(last[row.id])).days < book.again_days


def _asset(row: AssetRow, suit: Suit) -> Offer:
    minutes = USUAL_MINUTES.get(row.kind, USUAL_MINUTES["other"]) if row.minutes is None else row.minutes
    return Offer(
        row.kind,
        row.title,
        suit.reason,
        suit.fit,
        minutes,
        row.cost_cents,
        row.source_url,
        suit.wish if suit.how == "interest" else "",
        suit.topic,
        asset_id=row.id,
    )


def _introductions(connection: sqlite3.Connection, contact_id: int, embedder: Embedder | None) -> list[Offer]:
    everybody = questions.people(connection)
    contact = everybody.get(contact_id)
    if contact is None:
        return []
    known = questions.introduced(connection, contact_id)
    found = meetings(contact, everybody, questions.wishes(connection), known, embedder)
    return [
        Offer(
            "introduction",
            f"an introduction to {each.other.name}",
            each.reason,
            each.fit,
            USUAL_MINUTES["introduction"],
            interest=each.interest,
            introduced_id=each.other.id,
        )
        for each in found[:INTRODUCTIONS]
    ]
