"""Circles: a named group with a gift of its own, and whose turn it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, whom, would
from giveback.cli.inner import with_inner

if TYPE_CHECKING:
    from giveback.giving.circles import CircleView
    from giveback.store.questions.circles import CircleRow
    from giveback.store.questions.contacts import NameRow

app = family()
_inner = family()

Circle = Annotated[str, typer.Argument(metavar="CIRCLE", help="Its name, or part of it.")]
Names = Annotated[list[str], typer.Argument(metavar="NAME", help="One contact, or several.")]


@app.command("circle", cls=with_inner(_inner))
def circle(
    name: Annotated[str, typer.Argument(metavar="CIRCLE", help="A circle; none lists them.")] = "",
    json: Json = False,
) -> None:
    """A group with a gift of its own: who is in, who has had it and when, whose turn it is.

    Inner commands: add, join, leave, remove. Whose turn it is: who never had the gift, then who had it longest ago.

    Example: giveback circle "Cookie Club"
    """
    from giveback.giving.circles import resolve, view
    from giveback.store.questions.circles import circles

    at = here()
    connection = questions(at)
    rows = [resolve(connection, name)] if name else (circles(connection) if connection else [])
    views = [view(connection, row) for row in rows] if connection is not None else []
    if json:
        from giveback.output import records

        shown = [_record(each) for each in views]
        records.show(shown[0] if name else shown)
    elif not views:
        note('no circles yet: giveback circle add "Cookie Club" --gift "Chocolate chip cookies"')
    elif name:
        _show(at, views[0])
    else:
        _list(views)


def _list(views: list[CircleView]) -> None:
    from giveback.output.table import Column, Table, show

    columns = (
        Column("Circle", "name"),
        Column("Gift", grows=True),
        Column("Members", "number"),
        Column("Next", grows=True),
    )
    body = [
        (each.circle.name, each.circle.gift, str(len(each.members)), each.members[0].name if each.members else "")
        for each in views
    ]
    show(Table(columns, body))


def _show(at: Here, found: CircleView) -> None:
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    gift = found.circle.gift
    heading = f"{found.circle.name}: {gift}" if gift else found.circle.name
    if not found.members:
        note(f'nobody is in {found.circle.name} yet: giveback circle join "{found.circle.name}" NAME')
        return
    columns = (Column("", "number"), Column("Who", "name"), Column("Last had it", "day"), Column("Times", "number"))
    today = at.now.today
    body = [
        ("next" if place == 0 else "", row.name, day_of(row.last_on, today) or "never", str(row.times))
        for place, row in enumerate(found.members)
    ]
    show(Table(columns, body, heading))
    if gift:
        note(f'giveback give "{found.members[0].name}" "{gift}" --via in-person')


def _record(found: CircleView) -> dict[str, object]:
    return {
        "uuid": found.circle.uuid,
        "name": found.circle.name,
        "gift": found.circle.gift or None,
        "asset_id": found.circle.asset_id,
        "next": found.members[0].name if found.members else None,
        "members": [
            {
                "id": row.contact_id,
                "name": row.name,
                "since": row.since_on,
                "last_given_on": row.last_on,
                "times_given": row.times,
            }
            for row in found.members
        ],
    }


@_inner.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="TEXT", help="What it is called.")],
    gift: Annotated[str, typer.Option(metavar="TEXT", help="What its members are given: an asset, or any words.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Make a circle.

    Example: giveback circle add "Cookie Club" --gift "Chocolate chip cookies"
    """
    from giveback.giving.assets import find_asset
    from giveback.giving.circles import add as add_circle
    from giveback.store.changes import change

    at = here()
    connection = questions(at)
    asset = find_asset(connection, gift, part=True) if connection is not None and gift else None
    if connection is not None:
        connection.close()
    with change(at.store, at.now, f"circle add {name}", dry_run=dry_run) as session:
        row = add_circle(session, name, asset.title if asset else gift, asset.id if asset else None, at.now.at)
        said = f"{row.name} · {row.gift}" if row.gift else row.name
    would(dry_run, f"circle {said}")
    if gift and asset is None:
        note(f'{gift!r} is no asset yet: giveback assets add "{gift}" --kind home-made')


@_inner.command("join")
def join(circle: Circle, names: Names, dry_run: DryRun = False) -> None:
    """Take contacts into a circle.

    Example: giveback circle join "Cookie Club" ana bo
    """
    from giveback.giving.circles import join as take_in
    from giveback.store.changes import change

    at = here()
    row, people = _resolved(at, circle, names)
    with change(at.store, at.now, f"circle join {row.name}", dry_run=dry_run) as session:
        new = take_in(session, row.id, [person.id for person in people], at.now.today)
    for person in people:
        would(dry_run, f"{person.name} · {'joined' if person.id in new else 'is already in'} {row.name}")


@_inner.command("leave")
def leave(circle: Circle, names: Names, dry_run: DryRun = False) -> None:
    """Take contacts out of a circle.

    Example: giveback circle leave "Cookie Club" ana
    """
    from giveback.giving.circles import leave as take_out
    from giveback.store.changes import change

    at = here()
    row, people = _resolved(at, circle, names)
    with change(at.store, at.now, f"circle leave {row.name}", dry_run=dry_run) as session:
        gone = take_out(session, row.id, [person.id for person in people])
    for person in people:
        would(dry_run, f"{person.name} · {'left' if person.id in gone else 'was not in'} {row.name}")


@_inner.command("remove")
def remove(circle: Circle, dry_run: DryRun = False) -> None:
    """Dissolve a circle; who was in it stays a contact.

    Example: giveback circle remove "Cookie Club"
    """
    from giveback.store.changes import change
    from giveback.store.tables import Circle as Stored

    at = here()
    row, _ = _resolved(at, circle, [])
    with change(at.store, at.now, f"circle remove {row.name}", dry_run=dry_run) as session:
        session.delete(session.get_one(Stored, row.id))
    would(dry_run, f"dissolved {row.name}")


def _resolved(at: Here, circle: str, names: list[str]) -> tuple[CircleRow, list[NameRow]]:
    from giveback.giving.circles import resolve

    connection = questions(at)
    row = resolve(connection, circle)
    people = [whom(connection, name) for name in names]
    assert connection is not None
    connection.close()
    return row, people
