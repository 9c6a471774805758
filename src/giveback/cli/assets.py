"""Assets: what I have to offer; research with its public source."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, would
from giveback.cli.inner import with_inner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.giving.assets import AssetForm
    from giveback.giving.offers.suiting import Suit
    from giveback.giving.rules.book import Book
    from giveback.output.table import Table
    from giveback.store.questions.assets import AssetRow
    from giveback.store.questions.offers import PersonRow

app = family()
_assets = family()
_research = family()

SHOWN = 3
"""So many names are shown of those whom an asset suits; the others are counted."""

Which = Annotated[str, typer.Argument(metavar="ASSET", help="Its number in the list, or words of its name.")]
Fits = Annotated[str | None, typer.Option(metavar="TEXT", help='Topics that it suits: "oil prices, LNG".')]
Cost = Annotated[str | None, typer.Option(metavar="AMOUNT", help='What it costs: 4, 4.50; "" for nothing said.')]
Minutes = Annotated[int | None, typer.Option(metavar="COUNT", min=0, help="What giving it takes.")]
Text = Annotated[str | None, typer.Option(metavar="TEXT", help="More about it, such as what is in it.")]
Source = Annotated[str | None, typer.Option(metavar="URL", help="Where it was published; needed for research.")]
Company = Annotated[str | None, typer.Option(metavar="TEXT", help="The company that it is about.")]


def book_of(at: Here) -> Book:
    """The rules of gifts, with the user's own."""
    from giveback.giving.rules.book import load

    return load(os.path.dirname(at.places.config))


@app.command("assets", cls=with_inner(_assets))
def assets(
    which: Annotated[str, typer.Argument(metavar="ASSET", help="One of them in full; none lists all.")] = "",
    retired: Annotated[bool, typer.Option("--retired", help="Also what you no longer offer.")] = False,
    json: Json = False,
) -> None:
    """What you have to offer, whom it would suit, and when it was last given.

    Inner commands: add, edit, retire. Whom an asset suits is told by its topics against interests, titles and
    companies, by words and by closeness in meaning.

    Example: giveback assets
    """
    at = here()
    _list(at, which, retired=retired, json=json)


def _list(at: Here, which: str, *, retired: bool, json: bool, kind: str = "") -> None:
    from giveback.giving.assets import require_asset
    from giveback.store.questions.assets import assets as ask

    connection = questions(at)
    rows = ask(connection, retired=retired) if connection else []
    rows = [row for row in rows if not kind or row.kind == kind]
    if which:
        rows = [require_asset(connection, which, retired=True)]
    suiting = _suiting(at, rows)
    if json:
        from giveback.output import records

        records.show([_record(row, suiting.get(row.id, ())) for row in rows])
        return
    if not rows:
        note(_none(kind))
        return
    from giveback.output.table import show

    show(*_tables(at, rows, suiting, in_full=bool(which)))


def _none(kind: str) -> str:
    if kind == "research":
        return 'no research yet: giveback research add "Median pay in Houston: …" --source https://…'
    return "nothing to offer yet: giveback brainstorm asks you what you have"


def _suiting(at: Here, rows: Sequence[AssetRow]) -> Mapping[int, Sequence[tuple[PersonRow, Suit]]]:
    from giveback.giving.offers.suiting import whom_it_suits
    from giveback.matching.embedding import load_default

    connection = questions(at) if rows else None
    return whom_it_suits(connection, rows, load_default()) if connection is not None else {}


def _tables(
    at: Here, rows: Sequence[AssetRow], suiting: Mapping[int, Sequence[tuple[PersonRow, Suit]]], *, in_full: bool
) -> list[Table]:
    from giveback.output.table import Column, Table

    if in_full:
        return [Table((Column("", "dim"), Column("", wraps=True)), _facts(at, rows[0], suiting), rows[0].title)]
    columns = (
        Column("#", "number"),
        Column("Asset", "name", wraps=True),
        Column("Kind", "detail"),
        Column("Takes", "detail"),
        Column("Suits", wraps=True),
        Column("Last given", "day"),
    )
    body = [
        (str(row.id), _title(row), row.kind, takes(row), _names(suiting.get(row.id, ()), row), _last(at, row))
        for row in rows
    ]
    return [Table(columns, body)]


def _title(row: AssetRow) -> str:
    return f"{row.title} (retired)" if row.retired_at else row.title


def _facts(at: Here, row: AssetRow, suiting: Mapping[int, Sequence[tuple[PersonRow, Suit]]]) -> list[tuple[str, str]]:
    facts = [
        ("number", str(row.id)),
        ("kind", row.kind),
        ("takes", takes(row)),
        ("fits", row.topics),
        ("about", row.company),
        ("source", row.source_url),
        ("text", row.text.replace("\n", " ")),
        ("last given", _last(at, row)),
        *(("suits", f"{person.name}: {suit.reason}") for person, suit in suiting.get(row.id, ())),
        ("", "retired" if row.retired_at else ""),
    ]
    return [fact for fact in facts if fact[1]]


def takes(row: AssetRow) -> str:
    """What giving an asset takes: "30 min, costs 4"."""
    from giveback.keeping.money import say_money

    cost = f"costs {say_money(row.cost_cents)}" if row.cost_cents else ""
    minutes = f"{row.minutes} min" if row.minutes is not None else ""
    return ", ".join(part for part in (minutes, cost) if part)


def _names(found: Sequence[tuple[PersonRow, Suit]], row: AssetRow) -> str:
    if not found:
        return "almost anybody" if row.kind == "home-made" else "nobody yet"
    more = len(found) - SHOWN
    return ", ".join(person.name for person, _ in found[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _last(at: Here, row: AssetRow) -> str:
    from giveback.cli.views import day_of

    return f"{day_of(row.last_on, at.now.today)}, {row.last_to}" if row.last_on else "never"


def _record(row: AssetRow, suiting: Sequence[tuple[PersonRow, Suit]]) -> dict[str, object]:
    return {
        "id": row.id,
        "uuid": row.uuid,
        "kind": row.kind,
        "title": row.title,
        "text": row.text or None,
        "topics": [part for part in row.topics.split(", ") if part],
        "minutes": row.minutes,
        "cost_cents": row.cost_cents,
        "source_url": row.source_url or None,
        "company": row.company or None,
        "created_at": row.created_at,
        "retired": row.retired_at is not None,
        "times_given": row.given,
        "last_given_on": row.last_on,
        "last_given_to": row.last_to or None,
        "suits": [
            {"id": person.id, "name": person.name, "fit": round(suit.fit, 4), "reason": suit.reason}
            for person, suit in suiting
        ],
    }


def _add(at: Here, form: AssetForm, *, dry_run: bool) -> None:
    from giveback.giving.assets import add
    from giveback.keeping.money import say_money
    from giveback.store.changes import change

    secrets = book_of(at).secrets
    with change(at.store, at.now, f"assets add {form.title}", dry_run=dry_run) as session:
        row = add(session, form, secrets, at.now.at)
        cost = f"costs {say_money(row.cost_cents)}" if row.cost_cents else ""
        minutes = f"{row.minutes} min" if row.minutes is not None else ""
        parts = (row.title, row.kind, row.company, row.topics, minutes, cost, row.source_url)
    would(dry_run, "to offer: " + " · ".join(part for part in parts if part))


@_assets.command("add")
def add_asset(
    title: Annotated[str, typer.Argument(metavar="TEXT", help="What you have to offer.")],
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="research, home-made, skill, time, connection, bulletin or other.")
    ] = "other",
    fits: Fits = None,
    cost: Cost = None,
    minutes: Minutes = None,
    text: Text = None,
    source: Source = None,
    company: Company = None,
    dry_run: DryRun = False,
) -> None:
    """Add something that you have to offer.

    Example: giveback assets add "Chocolate chip cookies" --kind home-made --cost 4 --text "butter, eggs"
    """
    from giveback.giving.assets import AssetForm

    _add(here(), AssetForm(title, kind, fits, cost, minutes, text, source, company), dry_run=dry_run)


@_assets.command("edit")
def edit_asset(
    which: Which,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is called.")] = None,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="research, home-made, skill, time, connection, bulletin, other.")
    ] = None,
    fits: Fits = None,
    cost: Cost = None,
    minutes: Minutes = None,
    text: Text = None,
    source: Source = None,
    company: Company = None,
    back: Annotated[bool, typer.Option("--back", help="Offer again what was retired.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Change something that you have to offer.

    Example: giveback assets edit cookies --cost 5 --fits "baking, chocolate"
    """
    from giveback.giving.assets import AssetForm, change
    from giveback.store.changes import change as unit
    from giveback.store.tables import Asset

    at = here()
    row = _one(at, which)
    form = AssetForm(title, kind, fits, cost, minutes, text, source, company)
    secrets = book_of(at).secrets
    with unit(at.store, at.now, f"assets edit {row.title}", dry_run=dry_run) as session:
        lines = change(session, row.id, form, secrets) if any(part is not None for part in form) or not back else []
        if back:
            session.get_one(Asset, row.id).retired_at = None
            lines.append("offered again")
    would(dry_run, f"{row.title} · changed: {', '.join(lines)}" if lines else f"{row.title}: nothing changed")


@_assets.command("retire")
def retire_asset(which: Which, dry_run: DryRun = False) -> None:
    """No longer offer something; what was given stays in the history.

    Example: giveback assets retire "weekly energy bulletin"
    """
    from giveback.store.changes import change
    from giveback.store.tables import Asset

    at = here()
    row = _one(at, which)
    with change(at.store, at.now, f"assets retire {row.title}", dry_run=dry_run) as session:
        session.get_one(Asset, row.id).retired_at = at.now.at
    would(dry_run, f"no longer offered: {row.title}")


def _one(at: Here, which: str) -> AssetRow:
    from giveback.giving.assets import require_asset

    connection = questions(at)
    row = require_asset(connection, which, retired=True)
    assert connection is not None
    connection.close()
    return row


@app.command("research", cls=with_inner(_research))
def research(json: Json = False) -> None:
    """What you found out from public sources, and whom it would help.

    Inner command: add. The same lines stand in `giveback assets`, among everything else that you can offer.

    Example: giveback research
    """
    _list(here(), "", retired=False, json=json, kind="research")


@_research.command("add")
def add_research(
    text: Annotated[str, typer.Argument(metavar="TEXT", help='What you found: "Median pay in Houston: 142,000".')],
    source: Annotated[str, typer.Option(metavar="URL", help="The public page that it comes from.")] = "",
    company: Annotated[str, typer.Option(metavar="TEXT", help="The company that it is about.")] = "",
    topic: Annotated[
        list[str] | None, typer.Option(metavar="PHRASE", help="What it is about: salary; repeat it.")
    ] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="A title instead of its first words.")] = "",
    minutes: Minutes = None,
    dry_run: DryRun = False,
) -> None:
    """Note what you found out, with its public source.

    What smells confidential, or has no source that anybody can read, is refused: it would harm whoever gave it to
    you, and whoever you gave it to.

    Example: giveback research add "Median pay: 142,000" --company Shell --source https://www.bls.gov/oes --topic salary
    """
    from giveback.giving.assets import AssetForm, research_title

    form = AssetForm(
        title or research_title(text), "research", ", ".join(topic or []), None, minutes, text, source, company
    )
    _add(here(), form, dry_run=dry_run)
