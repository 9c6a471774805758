"""Targets: add, list, show, edit, need, close, link."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.aims import TargetName, target_of
from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, whom, would
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.output.table import Table
    from giveback.store.questions.targets import NeedRow, TargetRow

app = family()

Needs = Annotated[
    list[str] | None, typer.Option("--need", metavar="TEXT", help="What you need to know or get; repeat it.")
]
Company = Annotated[str, typer.Option(metavar="TEXT", help="Where the person works.")]
Industry = Annotated[str, typer.Option(metavar="TEXT", help='The field it is in, such as "oil and gas".')]
Town = Annotated[str, typer.Option(metavar="TEXT", help="Where it is.")]
School = Annotated[str, typer.Option(metavar="TEXT", help="Where the person studied, or whom the company hires from.")]


@app.callback()
def target() -> None:
    """Companies and people to reach: add, list, show, edit, need, close, link."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="TEXT", help="The company, or with --person the person.")],
    need: Needs = None,
    person: Annotated[bool, typer.Option("--person", help="It is a person, not a company.")] = False,
    company: Company = "",
    industry: Industry = "",
    town: Town = "",
    school: School = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Add a company or a person that you want to reach, and what you need.

    Example: giveback target add Shell --need "who hires reservoir engineers"
    """
    from giveback.asking.targets import TargetForm, number_of
    from giveback.asking.targets import add as add_target
    from giveback.store.changes import change, connection_of
    from giveback.store.questions import targets as ask

    if company and not person:
        raise UsageError("--company says where a person works", "add --person, or leave out --company")
    at = here()
    form = TargetForm(
        name, "person" if person else "company", company, industry, town, school, tuple(need or ()),
        _contact_of(at, name) if person else None,
    )  # fmt: skip
    with change(at.store, at.now, f"target add {name}", dry_run=dry_run) as session:
        number = number_of(add_target(session, form, at.now.today))
        connection = connection_of(session)
        row, needs = ask.one(connection, number), ask.needs(connection, number)
    if json:
        _as_json(row, needs, dry_run=dry_run)
        return
    parts = [row.name, row.company, ", ".join(each.text for each in needs), row.state]
    would(dry_run, "target · " + " · ".join(part for part in parts if part))
    _advise(row, needs)


def _contact_of(at: Here, name: str) -> int | None:
    """The contact that a person is, when there is just one of that name."""
    from giveback.store.questions.contacts import names_exactly
    from giveback.text import clean_line, fold

    connection = questions(at)
    rows = names_exactly(connection, fold(clean_line(name))) if connection is not None else []
    if connection is not None:
        connection.close()
    return rows[0].id if len(rows) == 1 else None


def _advise(row: TargetRow, needs: list[NeedRow]) -> None:
    if not needs:
        note(f'what do you need to know or get? giveback target need "{row.name}" "who hires …"')
    else:
        note(f'next: giveback who "{row.name}"')


def _as_json(row: TargetRow, needs: list[NeedRow], *, dry_run: bool) -> None:
    from giveback.output import asked, records

    records.show({**asked.target(row, needs, []), "dry_run": dry_run})


@app.command("list")
def list_targets(
    everything: Annotated[bool, typer.Option("--all", help="Those that are closed, too.")] = False, json: Json = False
) -> None:
    """List targets with what is open.

    Example: giveback target list
    """
    from giveback.store.questions import targets as ask

    at = here()
    connection = questions(at)
    rows = ask.listed(connection, closed=everything) if connection is not None else []
    needs, aliases = (ask.needs(connection), ask.aliases(connection)) if connection is not None else ([], [])
    if json:
        from giveback.output import asked, records

        records.show(
            [
                asked.target(
                    row,
                    [need for need in needs if need.target_id == row.id],
                    [alias for alias in aliases if alias.target_id == row.id],
                )
                for row in rows
            ]
        )
        return
    if not rows:
        note('no targets yet: giveback target add Shell --need "who hires reservoir engineers"')
        return
    from giveback.output.table import Column, Table, show

    columns = (Column("Target", "name"), Column("State"), Column("Needs", grows=True), Column("Since", "day"))
    show(Table(columns, [_line(at, row, needs) for row in rows]))


def _line(at: Here, row: TargetRow, needs: list[NeedRow]) -> tuple[str, ...]:
    from giveback.cli.views import day_of

    left = [need.text for need in needs if need.target_id == row.id and need.met_on is None]
    met = sum(need.target_id == row.id and need.met_on is not None for need in needs)
    said = ", ".join(left) + (f" ({met} met)" if met else "")
    return (row.name, row.state, said.strip() or "(no need yet)", day_of(row.added_on, at.now.today))


@app.command("show")
def show(name: TargetName, json: Json = False) -> None:
    """Everything about one target: needs, asks, other names, timeline.

    Example: giveback target show shell
    """
    from giveback.store.questions import targets as ask

    at = here()
    connection = questions(at)
    row = target_of(connection, name)
    assert connection is not None
    needs, aliases, events = (
        ask.needs(connection, row.id), ask.aliases(connection, row.id), ask.timeline(connection, row.id),
    )  # fmt: skip
    if json:
        from giveback.output import asked, records

        records.show({**asked.target(row, needs, aliases), "timeline": [asked.event(event) for event in events]})
        return
    from giveback.output.table import show as show_tables

    show_tables(*_tables(at, connection, row))


def _tables(at: Here, connection: sqlite3.Connection, row: TargetRow) -> list[Table]:
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table
    from giveback.store.questions import targets as ask

    needs, aliases = ask.needs(connection, row.id), ask.aliases(connection, row.id)
    facts = [
        ("state", row.state + (f": {row.outcome}" if row.outcome else "")),
        ("company", row.company),
        ("industry", row.industry),
        ("town", row.town),
        ("school", row.school),
        ("also called", ", ".join(alias.name for alias in aliases if alias.same)),
        ("is not", ", ".join(alias.name for alias in aliases if not alias.same)),
    ]
    tables = [Table((Column("", "dim"), Column("", wraps=True)), [fact for fact in facts if fact[1]], heading=row.name)]
    if needs:
        columns = (Column("", "number"), Column("Need", wraps=True), Column("Met"))
        tables.append(Table(columns, [_need(at, place, need) for place, need in enumerate(needs, start=1)]))
    lines = [
        (day_of(event.on_day, at.now.today), event.kind, event.contact or "", event.text)
        for event in ask.timeline(connection, row.id)
    ]
    heads = (Column("Day", "day"), Column("", "dim"), Column("Who", "name"), Column("What", wraps=True))
    return [*tables, Table(heads, lines)]


def _need(at: Here, place: int, need: NeedRow) -> tuple[str, ...]:
    from giveback.dates import say_day

    met = say_day(date.fromisoformat(need.met_on), at.now.today) if need.met_on else ""
    return (str(place), need.text, f"{met}, {need.met_by}" if met and need.met_by else met)


@app.command("edit")
def edit(
    name: TargetName,
    new_name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Another name.")] = None,
    company: Annotated[str | None, typer.Option(metavar="TEXT", help="Where the person works.")] = None,
    industry: Annotated[str | None, typer.Option(metavar="TEXT", help="The field it is in.")] = None,
    town: Annotated[str | None, typer.Option(metavar="TEXT", help="Where it is.")] = None,
    school: Annotated[str | None, typer.Option(metavar="TEXT", help="The school.")] = None,
    state: Annotated[
        str, typer.Option(metavar="STATE", help="researching, asked, talking, helped or closed, also back.")
    ] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Change a target, its state too.

    Example: giveback target edit shell --state talking --industry "oil and gas"
    """
    from giveback.asking import targets
    from giveback.store.changes import change

    said = {"name": new_name, "company": company, "industry": industry, "town": town, "school": school}
    fields = {field: value for field, value in said.items() if value is not None}
    if not fields and not state:
        raise UsageError("nothing is to change", "giveback target edit --help lists what can")
    at = here()
    row = _found(at, name)
    with change(at.store, at.now, f"target edit {row.name}", dry_run=dry_run) as session:
        kept = targets.get(session, row.id)
        lines = targets.edit(session, kept, fields)
        if state and state != kept.state:
            lines.append(f"state: {kept.state} -> {state}")
            targets.set_state(session, kept, state, at.now.today)
    if json:
        from giveback.output import records

        records.show({"target": row.name, "changes": lines, "dry_run": dry_run})
        return
    would(dry_run, f"{row.name} · " + (" · ".join(lines) or "nothing changed"))


def _found(at: Here, name: str) -> TargetRow:
    """The target that is meant, for commands that go on to change something: the reading door is closed again."""
    connection = questions(at)
    try:
        return target_of(connection, name)
    finally:
        if connection is not None:
            connection.close()


@app.command("need")
def need(
    name: TargetName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you need; nothing lists what is there.")] = "",
    met: Annotated[str, typer.Option(metavar="NEED", help="Tick one off: its number, or some of its words.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who met it.")] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Say what you need of a target, or tick it off.

    Example: giveback target need shell "culture of the subsurface team"
    """
    from giveback.asking import targets
    from giveback.store.changes import change, connection_of
    from giveback.store.questions import targets as ask

    at = here()
    connection = questions(at)
    row = target_of(connection, name)
    assert connection is not None
    ticked = targets.find_need(ask.needs(connection, row.id), met, row.name) if met else None
    who = whom(connection, by).id if by else None
    connection.close()
    with change(at.store, at.now, f"target need {row.name}", dry_run=dry_run) as session:
        if ticked is not None:
            targets.meet(session, ticked.id, at.now.today, who)
        if text:
            targets.add_need(session, targets.get(session, row.id), text, at.now.today)
        needs = ask.needs(connection_of(session), row.id)
    if json:
        _as_json(row, needs, dry_run=dry_run)
        return
    for place, each in enumerate(needs, start=1):
        would(dry_run, f"{place}  {each.text}" + (f" · met {each.met_on}" if each.met_on else ""))
    if not needs:
        note(f'{row.name} has no need yet: giveback target need "{row.name}" TEXT')


@app.command("close")
def close(
    name: TargetName,
    outcome: Annotated[
        str, typer.Option(metavar="TEXT", help="How it turned out; those who helped will be told.")
    ] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Close a target; telling those who helped how it turned out is due today.

    Example: giveback target close shell --outcome "I start in January"
    """
    from giveback.asking import targets
    from giveback.store.changes import change
    from giveback.store.tables import Contact

    at = here()
    row = _found(at, name)
    with change(at.store, at.now, f"target close {row.name}", dry_run=dry_run) as session:
        told = targets.close(session, targets.get(session, row.id), outcome, at.now.today)
        names = [session.get_one(Contact, number).name for number in told]
    if json:
        from giveback.output import records

        records.show({"target": row.name, "outcome": outcome or None, "to_tell": names, "dry_run": dry_run})
        return
    would(dry_run, f"closed {row.name}" + (f" · {outcome}" if outcome else ""))
    if names:
        note("to be told how it turned out: " + ", ".join(names))


@app.command("link")
def link(
    name: TargetName,
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="Another name of the company.")],
    denied: Annotated[bool, typer.Option("--not", help="It only looks alike: never ask again.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Remember that a company name means a target, or that it does not.

    Example: giveback target link shell "Royal Dutch Shell"
    """
    from giveback.asking import targets
    from giveback.store.changes import change

    at = here()
    row = _found(at, name)
    with change(at.store, at.now, f"target link {row.name}: {company}", dry_run=dry_run) as session:
        kept = targets.link(session, targets.get(session, row.id), company, same=not denied)
    if json:
        from giveback.output import records

        records.show({"target": row.name, "company": kept, "same": not denied, "dry_run": dry_run})
        return
    would(dry_run, f"{kept} is not {row.name}" if denied else f"{kept} is {row.name}")
