"""Interests: list, add, weigh, remove, avoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Avoids, DryRun, Here, Json, Name, family, here, note, questions, refresh, who, would
from giveback.config import quiet_days, setting
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.output.table import Table
    from giveback.store.questions.interests import InterestState

app = family()

SOURCES = {"user": "", "import": "import", "title": "job title", "company": "company", "town": "town"}


@app.command("interests", context_settings={"ignore_unknown_options": True})
def interests(
    name: Name,
    changes: Annotated[
        list[str] | None,
        typer.Argument(metavar="PHRASE", help="+phrase adds, +phrase=2 weighs double, -phrase removes."),
    ] = None,
    avoid: Avoids = None,
    infer: Annotated[
        bool, typer.Option("--infer", help="Propose some, from title, blog, notes and mails; nothing is added unasked.")
    ] = False,
    accept: Annotated[
        str, typer.Option("--accept", metavar="NUMBERS", help="Of --infer: add these of its proposals: 1,3.")
    ] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """What a contact cares about: list, +add, -remove, avoid.

    A phrase alone is added, too. Weights go from 0.1 to 10; an interest of weight 2 gets about twice as many of the
    suggestions. The list says when an article last served each interest, and for which there is none.

    Example: giveback interests ana +orchids=2 -"bass fishing" --avoid politics
    """
    at = here()
    number = who(at, name).id
    if infer or accept:
        if changes or avoid:
            raise UsageError("--infer excludes other changes", "accept first, change then")
        from giveback.cli.inferring import propose

        propose(at, number, accept, json=json, dry_run=dry_run)
        return
    if changes or avoid:
        _change_interests(at, number, changes or [], avoid or [], dry_run=dry_run)
        return
    connection = questions(at)
    assert connection is not None
    rows = _states(at, connection, number)
    if json:
        from giveback.output import records

        records.show([_record(at, row) for row in rows])
        return
    if not rows:
        note("no interests yet: giveback interests NAME +phrase")
        return
    from giveback.output.table import show

    show(_table(rows, at.now.today))
    _advise(at, connection, rows)


def _states(at: Here, connection: sqlite3.Connection, number: int) -> list[InterestState]:
    """The interests, and what is known of the contact that counts as a weak one."""
    from giveback.giving.choices import kinds
    from giveback.giving.named import NUMBERS, naming_state
    from giveback.giving.written import written
    from giveback.matching.fusion import GOOD_ENOUGH
    from giveback.store.questions.contacts import one
    from giveback.store.questions.interests import states
    from giveback.text import fold, words

    weak = kinds(setting(at.places, "interests.weak"))
    rows = [row for row in states(connection, number, GOOD_ENOUGH) if row.id > 0 or row.source in weak]
    rows, _ = written(connection, number, rows)
    said = {fold(row.phrase) for row in rows}
    contact = one(connection, number)
    named = [naming_state(contact, own) for source, own in NUMBERS.items() if source in weak]
    return rows + [row for row in named if words(row.phrase) and fold(row.phrase) not in said]


def _advise(at: Here, connection: sqlite3.Connection, rows: list[InterestState]) -> None:
    from giveback.people.quiet import advice, quiet, remark

    for row in quiet(rows, at.now.today, quiet_days(at.places)):
        note(advice(connection, row, at.now.today))
    for row in rows:
        if said := remark(row):
            note(said)


def _table(rows: list[InterestState], today: date) -> Table:
    from giveback.dates import say_day
    from giveback.output.table import Column, Table
    from giveback.people.quiet import last_served

    columns = (
        Column("Interest", "name", wraps=True),
        Column("Weight", "number"),
        Column("From", "dim"),
        Column("Last article", "day"),
    )
    body = [
        (
            f"avoids {row.phrase}" if row.avoid else row.phrase,
            "" if row.avoid else f"{row.weight:g}",
            _whence(row),
            "" if row.avoid else say_day(served, today) if (served := last_served(row)) else "none",
        )
        for row in rows
    ]
    return Table(columns, body)


def _whence(row: InterestState) -> str:
    """Where an interest comes from, and how it is matched when that is not as usual."""
    from giveback.text import words

    source = SOURCES.get(row.source, row.source)
    alone = "by words alone" if row.wordless and words(row.phrase) else ""
    return ", ".join(part for part in (source, alone) if part)


def _record(at: Here, row: InterestState) -> dict[str, object]:
    from giveback.people.quiet import last_served, quiet

    served = last_served(row)
    return {
        "phrase": row.phrase,
        "avoid": row.avoid,
        "weight": row.weight,
        "source": row.source,
        "last_article_on": served.isoformat() if served else None,
        "quiet": bool(quiet([row], at.now.today, quiet_days(at.places))),
        "words_alone": row.wordless,
    }


def _change_interests(at: Here, number: int, changes: list[str], avoid: list[str], *, dry_run: bool) -> None:
    from giveback.people.contacts import get
    from giveback.people.interests import add_interests, parse_weight, remove_interests
    from giveback.store.changes import change

    added = [parse_weight(said) for said in changes if not said.startswith("-")]
    removed = [said for said in changes if said.startswith("-")]
    if any(said.startswith("--") for said in removed):
        raise UsageError(f"no such option: {removed[0]}", "see giveback interests --help")
    with change(at.store, at.now, f"interests {' '.join(changes + avoid)}", dry_run=dry_run) as session:
        contact = get(session, number)
        lines = []
        for said, weight in added:
            (phrase,) = add_interests(session, contact, [said], weight=weight)
            lines.append(f"+{phrase}" if weight is None else f"+{phrase} (weight {weight:g})")
        lines += [f"-{phrase}" for phrase in remove_interests(session, contact, removed)]
        lines += [f"avoids {phrase}" for phrase in add_interests(session, contact, avoid, avoid=True)]
        person = contact.name
    would(dry_run, f"{person}: " + ", ".join(lines))
    if not dry_run:
        refresh(at)
