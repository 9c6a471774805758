"""What became of asks: asks, helped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.aims import ForTarget, target_of
from giveback.cli.common import (
    DryRun,
    Here,
    Json,
    Name,
    Via,
    ahead,
    can_ask,
    choose,
    family,
    here,
    note,
    questions,
    whom,
    would,
)
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.asking.helping import Due, Help
    from giveback.store.questions.asks import AskRow
    from giveback.store.questions.contacts import NameRow
    from giveback.store.questions.targets import NeedRow, TargetRow

app = family()

ACTIONS = ("yes", "no", "told", "drop")
KEPT_DAYS = 30
"""So long an ask that was answered stays in the list."""


@app.command("asks")
def asks(
    action: Annotated[
        str, typer.Argument(metavar="[yes|no|told|drop]", help="What came of one; nothing lists them.")
    ] = "",
    number: Annotated[str, typer.Argument(metavar="ID", help="Its number in the list.")] = "",
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was said.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that were over long ago.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """What you asked for: open, next step, answered, told.

    An ask waits by Steve Dalton's 3B7: after 3 business days turn to somebody else, after 7 follow up
    once, then let it be. `asks no ID` remembers a no, `asks yes ID` that they agreed, `asks told ID` that the
    helper knows how it turned out, and `asks drop ID` lets it be.

    Example: giveback asks no 3 "too busy until spring"
    """
    at = here()
    if not action:
        _list(at, everything=everything, json=json)
        return
    if action not in ACTIONS:
        raise UsageError(f"{action!r} is nothing that can come of an ask", "use one of " + ", ".join(ACTIONS))
    _settle(at, action, number, text, json=json, dry_run=dry_run)


def _list(at: Here, *, everything: bool, json: bool) -> None:
    from giveback.store.questions.asks import listed
    from giveback.store.questions.followups import holidays

    connection = questions(at)
    rows = listed(connection) if connection is not None else []
    days = holidays(connection) if connection is not None else frozenset()
    rows = [row for row in rows if everything or _matters(row, at.now.today)]
    today = at.now.today
    if json:
        _list_as_json(connection, rows, today, days)
        return
    if not rows:
        note("nothing is open: giveback ask NAME TEXT --target TARGET")
        return
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    columns = (
        Column("Id", "number"), Column("Who", "name", grows=True), Column("For", wraps=True), Column("Target"),
        Column("Since", "day"), Column("Next", wraps=True),
    )  # fmt: skip
    body = [
        (str(row.id), row.contact, row.text, row.target or "", day_of(row.asked_on, today), _next(at, row, days))
        for row in rows
    ]
    show(Table(columns, body))


def _list_as_json(
    connection: sqlite3.Connection | None, rows: list[AskRow], today: date, days: frozenset[date]
) -> None:
    from giveback.asking.asks import shown_state, step_of
    from giveback.output import asked, records
    from giveback.store.questions.contacts import some

    people = some(connection, (row.contact_id for row in rows)) if connection is not None else {}
    found = []
    for row in rows:
        step = step_of(row, today, days)
        when = (step.kind, step.due.isoformat() if step.due else None) if step else (None, None)
        found.append(asked.ask(row, people[row.contact_id], shown_state(row, today, days), when))
    records.show(found)


def _matters(row: AskRow, today: date) -> bool:
    """Whether an ask is open, its outcome is still to be told, or it was over not long ago."""
    from giveback.asking.asks import state_of

    if state_of(row) == "waiting" or (row.helped and not row.outcome_told_on):
        return True
    last = max(filter(None, (row.closed_on, row.answered_on, row.heard_on, row.outcome_told_on, row.asked_on)))
    return last >= (today - timedelta(KEPT_DAYS)).isoformat()


def _next(at: Here, row: AskRow, holidays: frozenset[date]) -> str:
    """The next step, or what came of it, in words."""
    from giveback.asking.asks import shown_state, step_of
    from giveback.cli.views import day_of

    step = step_of(row, at.now.today, holidays)
    if step is not None and step.due is not None:
        words = "ask another too" if step.kind == "turn" else "follow up once"
        return f"{words}, {_when(step.due, at.now.today)}"
    said = f": {row.answer_text}" if row.answer_text else ""
    told = f"told {day_of(row.outcome_told_on, at.now.today)}" if row.outcome_told_on else "tell the outcome"
    return {
        "stopped": "no answer: let it be",
        "answered": f"answered {day_of(row.heard_on, at.now.today)}",
        "yes": f"said yes{said}",
        "no": f"said no{said}",
        "helped": f"helped: {row.helped}; {told}",
        "dropped": "let be",
    }[shown_state(row, at.now.today, holidays)]


def _when(due: date, today: date) -> str:
    from giveback.cli.views import late

    return late(due, today) if due < today else ahead(due, today)


def _settle(at: Here, action: str, number: str, text: str, *, json: bool, dry_run: bool) -> None:
    from giveback.asking import asks as use
    from giveback.store.changes import change

    connection = questions(at)
    row = use.find(connection, number)
    if connection is not None:
        connection.close()
    with change(at.store, at.now, f"asks {action} {row.contact}: {row.text}", dry_run=dry_run) as session:
        if action in ("yes", "no"):
            use.answer(session, row, "yes" if action == "yes" else "no", text, at.now.today)
        elif action == "told":
            use.told(session, row, text, at.now.today)
        else:
            use.close(session, row.id, at.now.today)
    if json:
        from giveback.output import records

        told = {"id": row.id, "contact": row.contact, "text": row.text, "action": action}
        records.show({**told, "said": text or None, "dry_run": dry_run})
        return
    said = {"yes": "said yes", "no": "said no", "told": "knows how it turned out", "drop": "let be"}[action]
    would(dry_run, " · ".join(part for part in (row.contact, said, row.text, text) if part))
    if action == "no" and row.target:
        note(f'somebody else? giveback who "{row.target}"')


@app.command("helped")
def helped(
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="With what: named the hiring manager.")],
    target: ForTarget = "",
    need: Annotated[
        str, typer.Option(metavar="NEED", help="The need it meets: its number, or some of its words.")
    ] = "",
    ask: Annotated[str, typer.Option(metavar="ID", help="The ask it answers; else the latest that is open.")] = "",
    via: Via = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 3 Mar.")] = "today",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Somebody helped: log it, and make thanks and news due.

    Three things fall due: thank them within a day, tell them the outcome when it is known (closing the target
    makes it so), and be in touch a month later without wanting anything.

    Example: giveback helped ana "named the hiring manager" --target shell --need hires
    """
    from giveback.asking.helping import Help
    from giveback.asking.helping import helped as log_help
    from giveback.dates import parse_day
    from giveback.store.changes import change

    at = here()
    day = parse_day(on, at.now.today, past=True)
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    aim = target_of(connection, target) if target else None
    answered = _answered(connection, row, ask, aim)
    aim = aim or _target(connection, answered)
    met = _met(connection, aim, need, answered, json=json)
    connection.close()
    given = Help(row.id, text, via, aim.id if aim else None, met.id if met else None, answered)
    with change(at.store, at.now, f"helped {row.name}: {text}", dry_run=dry_run) as session:
        done = log_help(session, given, on=day, today=at.now.today)
    if json:
        _help_as_json(row, given, aim, met, done.uuid, done.due, dry_run=dry_run)
        return
    parts = [f"helped · {row.name}", text, aim.name if aim else "", f"met: {met.text}" if met else ""]
    would(dry_run, " · ".join(part for part in parts if part))
    _tell_due(at, done.due)


def _answered(connection: sqlite3.Connection, row: NameRow, said: str, aim: TargetRow | None) -> AskRow | None:
    """The ask that the help answers: the named one, or the latest that is open."""
    from giveback.asking.asks import find, state_of
    from giveback.store.questions.asks import of_contact

    if said:
        found = find(connection, said)
        if found.contact_id != row.id:
            raise UsageError(f"ask {found.id} was made of {found.contact}", f'`giveback helped "{found.contact}" TEXT`')
        return found
    rows = [
        each
        for each in of_contact(connection, row.id)
        if state_of(each) in ("waiting", "answered", "yes")
        and each.introduction_id is None
        and (aim is None or each.target_id == aim.id)
    ]
    return rows[-1] if rows else None


def _target(connection: sqlite3.Connection, answered: AskRow | None) -> TargetRow | None:
    from giveback.store.questions.targets import one

    return one(connection, answered.target_id) if answered is not None and answered.target_id is not None else None


def _met(
    connection: sqlite3.Connection, aim: TargetRow | None, said: str, answered: AskRow | None, *, json: bool
) -> NeedRow | None:
    """The need that the help meets: the named one, that of the ask, or on a terminal what is chosen."""
    from giveback.asking.targets import find_need
    from giveback.store.questions.asks import need_of
    from giveback.store.questions.targets import needs

    if aim is None:
        if said:
            raise UsageError("--need belongs to a target", "add --target TARGET")
        return None
    rows = needs(connection, aim.id)
    if said:
        return find_need(rows, said, aim.name)
    number = need_of(connection, answered.id) if answered else None
    asked_for = next((row for row in rows if row.id == number), None)
    left = [row for row in rows if row.met_on is None]
    if asked_for is not None or not left:
        return asked_for
    if can_ask() and not json:
        place = choose("Which need does it meet?", [*(row.text for row in left), "none of them"])
        return left[place] if place < len(left) else None
    note(f'still needed: {", ".join(row.text for row in left)} (giveback target need "{aim.name}" --met NUMBER)')
    return None


def _tell_due(at: Here, due: Due) -> None:
    today = at.now.today
    note(f"thank them {_when(due.thank, today)}; tell them the outcome {_when(due.tell, today)}, or when it is known;")
    note(f"be in touch {_when(due.stay, today)}")


def _help_as_json(
    row: NameRow, given: Help, aim: TargetRow | None, met: NeedRow | None, uuid: str, due: Due, *, dry_run: bool
) -> None:
    from giveback.output import records

    records.show(
        {
            "uuid": uuid,
            "contact": records.person(row),
            "text": given.text,
            "target": aim.name if aim else None,
            "need_met": met.text if met else None,
            "ask": given.ask.id if given.ask else None,
            "thank_on": due.thank.isoformat(),
            "tell_on": due.tell.isoformat(),
            "stay_in_touch_on": due.stay.isoformat(),
            "dry_run": dry_run,
        }
    )
