"""Occasions: what there is to wish well for, or to react to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, ahead, family, here, note, questions, whom, would
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from giveback.keeping.occasions import Occasion
    from giveback.store.questions.contacts import ContactRow

app = family()


@app.command("occasions")
def occasions(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose; everybody's when it is left out.")] = "",
    within: Annotated[str, typer.Option(metavar="SPAN", help="How far ahead: 7d, 2w.")] = "30d",
    dismiss: Annotated[
        str, typer.Option("--dismiss", metavar="TEXT", help="Of NAME: drop one, by its kind or some of its words.")
    ] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Birthdays, days of having met, new jobs, posts on contacts' blogs.

    Each shows until its day is over (a new job for 30 days, a post for 14), until you tick it off with
    `giveback done NAME`, or until you dismiss it; what comes every year comes back the next.

    Example: giveback occasions --within 2w
    """
    from giveback.dates import parse_span
    from giveback.keeping.coming import near

    at = here()
    if dismiss and not name:
        raise UsageError("it is not said whose occasion is dismissed", "giveback occasions ana --dismiss birthday")
    connection = questions(at)
    only = whom(connection, name).id if name else None
    found = near(connection, at.now.today, parse_span(within), details=True) if connection is not None else {}
    lines = [one for number, several in found.items() if only in (None, number) for one in several]
    if dismiss:
        _dismiss(at, lines, name, dismiss, dry_run=dry_run)
        return
    _show(at, connection, sorted(lines, key=lambda one: (one.day, one.text)), json=json)


def _dismiss(at: Here, lines: list[Occasion], name: str, said: str, *, dry_run: bool) -> None:
    from giveback.keeping.coming import deal_with
    from giveback.store.changes import change
    from giveback.text import fold

    meant = [one for one in lines if fold(said) in fold(f"{one.kind} {one.text}")]
    if not meant:
        raise NotFoundError(f"no occasion of {name} says {said!r}", f'giveback occasions "{name}"')
    with change(at.store, at.now, f"occasions {name} --dismiss {said}", dry_run=dry_run) as session:
        for one in meant:
            deal_with(session, one, at.now.today)
    for one in meant:
        would(dry_run, f"dismissed · {name} · {one.text}")


def _show(at: Here, connection: sqlite3.Connection | None, lines: list[Occasion], *, json: bool) -> None:
    from giveback.store.questions.contacts import some

    people = some(connection, {one.contact_id for one in lines}) if connection is not None else {}
    if json:
        from giveback.output import records

        records.show([_record(one, people) for one in lines])
        return
    if not lines:
        note("no occasions: birthdays, days of having met, new jobs and posts of contacts' blogs would be here")
        return
    from giveback.dates import say_day
    from giveback.output.table import Column, Table, show

    columns = (Column("Who", "name", grows=True), Column("What", wraps=True), Column("When", "day"),
               Column("", "dim", wraps=True))  # fmt: skip
    body = [
        (
            people[one.contact_id].name,
            one.text,
            ahead(one.day, at.now.today) if one.day >= at.now.today else say_day(one.day, at.now.today),
            one.detail,
        )
        for one in lines
    ]
    show(Table(columns, body))


def _record(one: Occasion, people: Mapping[int, ContactRow]) -> dict[str, object]:
    from giveback.output import records

    return {
        "contact": records.person(people[one.contact_id]),
        "kind": one.kind,
        "on": one.day.isoformat(),
        "text": one.text,
        "first_sentence": one.detail or None,
        "url": records.web_address(one.url) if one.url else None,
    }
