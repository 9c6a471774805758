"""People: duplicates, merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, Name, family, here, note, questions, refresh, say, whom, would
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.people.likeness import Likeness
    from giveback.store.questions.contacts import NameRow

app = family()

BOTH = "name two contacts: giveback duplicates NAME OTHER"
_WHO = "Name or number of a contact, as the list shows it."


@app.command("duplicates")
def duplicates(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_WHO)] = "",
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other one.")] = "",
    not_same: Annotated[bool, typer.Option("--not-same", help="Remember that these two are not the same.")] = False,
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many; 0 for all.")] = 20,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Contacts that are likely one person, and why.

    With two names: how much speaks for it, or with --not-same that they are two, which is remembered.
    Phone numbers without a country are read by the setting people.region, or by your locale.

    Example: giveback duplicates
    """
    at = here()
    if bool(name) != bool(other) or (not_same and not name):
        raise UsageError("two contacts are needed" if name or not_same else "a name is missing", BOTH)
    if not_same:
        _keep_apart(at, name, other, dry_run=dry_run)
        return
    found, total = _found(at, name, other, limit)
    if json:
        from giveback.output import records

        records.show([_record(each) for each in found])
        return
    if not found:
        note("no two contacts look like one person")
        return
    _show(found)
    if total > len(found):
        note(f"and {total - len(found)} more: giveback duplicates --limit 0")
    if not name:
        note(
            "giveback merge NUMBER OTHER makes one of two; giveback duplicates NUMBER OTHER --not-same keeps them apart"
        )


def _found(at: Here, name: str, other: str, limit: int) -> tuple[list[Likeness], int]:
    from giveback.config import region
    from giveback.people.duplicates import duplicates as ask
    from giveback.people.duplicates import explained

    connection = questions(at)
    country = region(at.places)
    if name:
        one, two = _pair(connection, name, other)
        assert connection is not None
        return [explained(connection, one.id, two.id, country)], 1
    found = ask(connection, country) if connection is not None else []
    return found[: limit or None], len(found)


def _show(found: list[Likeness]) -> None:
    from giveback.output.table import Column, Table, show

    columns = (
        Column("Score", "number"),
        Column("No", "number"),
        Column("One", "name", grows=True),
        Column("No", "number"),
        Column("Other", "name", grows=True),
        Column("Why", wraps=True),
    )
    rows = [
        (
            str(each.score),
            str(each.one.id),
            each.one.name,
            str(each.other.id),
            each.other.name,
            "; ".join(f"{one.says} ({one.points:+d})" for one in each.evidence),
        )
        for each in found
    ]
    show(Table(columns, rows))


def _record(each: Likeness) -> dict[str, object]:
    return {
        "score": each.score,
        "contacts": [{"id": person.id, "name": person.name} for person in (each.one, each.other)],
        "reasons": [{"points": one.points, "text": one.says} for one in each.evidence],
    }


def _pair(connection: sqlite3.Connection | None, name: str, other: str) -> tuple[NameRow, NameRow]:
    one, two = _one(connection, name), _one(connection, other)
    if one.id == two.id:
        raise UsageError(f"{name!r} and {other!r} are one contact: {one.name}", "giveback duplicates shows numbers")
    return one, two


def _one(connection: sqlite3.Connection | None, said: str) -> NameRow:
    """A contact by its number, which alone tells namesakes apart, or by name."""
    if connection is not None and said.isdecimal() and said.isascii():
        from giveback.store.questions.contacts import name_of

        row = name_of(connection, int(said))
        if row is not None:
            return row
    return whom(connection, said)


def _keep_apart(at: Here, name: str, other: str, *, dry_run: bool) -> None:
    from giveback.people.duplicates import keep_apart
    from giveback.store.changes import change

    one, two = _numbered(at, name, other)
    line = f"{one.name} and {two.name} are not the same"
    with change(at.store, at.now, f"duplicates: {line}", dry_run=dry_run) as session:
        fresh = keep_apart(session, one.id, two.id, at.now)
    would(dry_run, line if fresh else f"{line}: that was known")


def _numbered(at: Here, name: str, other: str) -> tuple[NameRow, NameRow]:
    """As `_pair`, with the reading door closed again."""
    connection = questions(at)
    try:
        return _pair(connection, name, other)
    finally:
        if connection is not None:
            connection.close()


@app.command("merge")
def merge(
    name: Name,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Whose exchanges and values the first one gets.")],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Make one contact of two, without losing anything.

    NAME stays and gets whatever belongs to OTHER: exchanges, follow-ups, interests, addresses. What is
    empty is filled; what differs is told, and the other value goes into the notes. Both may be
    numbers, as `giveback duplicates` shows them. One undo takes it all back.

    Example: giveback merge "Robert Smith" "Bob Smith"
    """
    from giveback.people.merging import merge as join
    from giveback.store.changes import change

    at = here()
    one, two = _numbered(at, name, other)
    with change(at.store, at.now, f"merge {two.name} into {one.name}", dry_run=dry_run) as session:
        done = join(session, one.id, two.id, at.now)
    if json:
        from giveback.output import records

        records.show({**done._asdict(), "contact_id": one.id, "dry_run": dry_run})
    else:
        what = ", ".join(f"{count} {table.replace('_', ' ')}" for table, count in done.moved.items())
        would(dry_run, f"merged {done.gone} into {done.kept}" + (f" · {what}" if what else ""))
        for line in done.differs:
            say(f"  {line}")
    if not dry_run:
        refresh(at)
