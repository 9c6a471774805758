"""Suggest --offers: assets, research and introductions beside the articles."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from giveback.cli.common import Here, note
from giveback.cli.suggested import tell_held_back
from giveback.output.table import Column, Table, show

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from giveback.giving.choices import Choice
    from giveback.giving.offers.offering import Offers
    from giveback.giving.offers.values import Ranked
    from giveback.giving.suggestions import Suggestions
    from giveback.store.questions.contacts import NameRow


def show_offers(
    at: Here,
    names: Sequence[str],
    choice: Choice,
    ask: Callable[[Here, str], tuple[NameRow, sqlite3.Connection]],
    *,
    explain: bool,
    json: bool,
) -> None:
    """Show what could be given to each of some contacts.

    Args:
        at: the store.
        names: whom it is for.
        choice: how many, how old, how sensitive.
        ask: finds a contact, and opens the store with their ranking up to date.
        explain: show what each score is made of.
        json: as JSON.
    """
    found = [_for_one(at, *ask(at, name), choice) for name in names]
    if json:
        from giveback.output import records

        records.show([_record(row, offers) for row, offers in found])
        return
    shown = [(row, offers) for row, offers in found if offers.items]
    show(*(_table(row, offers.items, explain=explain) for row, offers in shown))
    for row, offers in found:
        if not offers.items:
            note(f"nothing to offer {row.name} yet: giveback brainstorm, giveback assets add, giveback fetch")
        for each in offers.items:
            if each.offer.kind == "bulletin":
                title = each.offer.title
                note(f'{row.name} would like {title!r}: giveback bulletin readers "{title}" +"{row.name}"')
        tell_held_back(offers.articles.held_back)


def _for_one(at: Here, row: NameRow, connection: sqlite3.Connection, choice: Choice) -> tuple[NameRow, Offers]:
    from giveback.giving.offers.offering import offer
    from giveback.giving.rules.book import load
    from giveback.matching.embedding import load_default

    book = load(os.path.dirname(at.places.config))
    found = offer(connection, row.id, at.now.today, choice, book=book, embedder=load_default())
    connection.close()
    remember_offers(at, row.id, found.items, found.articles)
    return row, found


def remember_offers(at: Here, contact_id: int, items: Sequence[Ranked], articles: Suggestions) -> None:
    """Note at which numbers things were offered, so that they can be given by them."""
    from giveback.store.shown import remember

    served = {
        item.row.article_id: item.row.interest_id if item.source in ("user", "import") else None
        for item in articles.items
    }
    shown, others = [], {}
    for place, each in enumerate(items, start=1):
        offer = each.offer
        if offer.article_id is not None:
            shown.append((offer.article_id, served.get(offer.article_id)))
        else:
            others[place] = (offer.asset_id, offer.introduced_id)
    remember(at.store, {contact_id: shown}, at.now.today, {contact_id: others})


def _table(row: NameRow, items: Sequence[Ranked], *, explain: bool) -> Table:
    columns = (
        Column("#", "number"),
        Column("Kind", "dim"),
        Column("Give", "name", wraps=True),
        Column("Because", "detail"),
        Column("Takes", "detail"),
        *((Column("Score", "detail"),) if explain else ()),
    )
    body = []
    for place, each in enumerate(items, start=1):
        offer = each.offer
        line = (str(place), offer.kind, offer.title, offer.reason, _takes(each))
        body.append((*line, _sum(each)) if explain else line)
    return Table(columns, body, heading=f"For {row.name}")


def _takes(each: Ranked) -> str:
    from giveback.keeping.money import say_money

    cost = f"costs {say_money(each.offer.cost_cents)}" if each.offer.cost_cents else ""
    return ", ".join(part for part in (f"{each.offer.minutes} min", cost) if part)


def _sum(each: Ranked) -> str:
    parts = f"{each.offer.fit:.2f} fit x {each.effort:.2f} effort x {each.variety:.2f} variety"
    return f"{each.score:.2f} = {parts}"


def _record(row: NameRow, found: Offers) -> dict[str, object]:
    from giveback.output import records

    return {
        "contact": records.person(row),
        "offers": [_offer_record(place, each) for place, each in enumerate(found.items, start=1)],
        "held_back": found.articles.held_back,
        "not_good_enough": found.articles.poor,
    }


def _offer_record(place: int, each: Ranked) -> dict[str, object]:
    offer = each.offer
    return {
        "number": place,
        "kind": offer.kind,
        "title": offer.title,
        "url": offer.url or None,
        "reason": offer.reason,
        "interest": offer.interest or None,
        "minutes": offer.minutes,
        "cost_cents": offer.cost_cents,
        "article_id": offer.article_id,
        "asset_id": offer.asset_id,
        "introduced_id": offer.introduced_id,
        "score": round(each.score, 4),
        "fit": round(offer.fit, 4),
        "effort": round(each.effort, 4),
        "variety": round(each.variety, 4),
    }
