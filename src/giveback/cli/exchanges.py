"""Exchanges: log, promise, remind, done, snooze, history."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from giveback.cli.common import (
    DryRun,
    Here,
    Json,
    Name,
    Via,
    ahead,
    country,
    family,
    here,
    note,
    questions,
    who,
    whom,
    would,
)
from giveback.cli.concerning import UNSAID, Cost, Kind, Minutes, facts
from giveback.cli.panels import grouped
from giveback.dates import parse_day, say_day
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from giveback.keeping.exchanges import Gift
    from giveback.keeping.promises import Promised
    from giveback.keeping.rules import Reason
    from giveback.store.questions.contacts import NameRow

app = family()

Words = Annotated[str, typer.Argument(metavar="TEXT", help="What it was, in a few words.")]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 3 Mar, 2026-11-02.")]


def _flags(*, gave: bool, received: bool, met: bool) -> str:
    said = [word for word, flag in (("given", gave), ("received", received), ("shared", met)) if flag]
    if len(said) > 1:
        raise UsageError("--gave, --received and --met exclude each other", "log two exchanges instead")
    return said[0] if said else "shared"


GROUPS = grouped(
    What_it_was=("--gave", "--received", "--met", "--via", "--on"),
    What_follows_from_it=("--asked", "--outcome", "--outcome-of"),
    The_gift=("--kind", "--cost", "--minutes"),
)


@app.command("log", cls=GROUPS)
def log(
    name: Name,
    text: Words,
    gave: Annotated[bool, typer.Option("--gave", help="You gave something.")] = False,
    received: Annotated[bool, typer.Option("--received", help="You received something, or were helped.")] = False,
    met: Annotated[bool, typer.Option("--met", help="You met, talked or wrote (the default).")] = False,
    asked: Annotated[bool, typer.Option("--asked", help="You asked for something and wait for the answer.")] = False,
    outcome: Annotated[bool, typer.Option("--outcome", help="They helped: tell them later how it turned out.")] = False,
    outcome_of: Annotated[
        str, typer.Option("--outcome-of", metavar="PART", help="TEXT is what came of an earlier gift that says this.")
    ] = "",
    via: Via = "",
    kind: Kind = "",
    cost: Cost = "",
    minutes: Minutes = UNSAID,
    on: On = "today",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Log what was given, received or shared.

    With --outcome-of nothing new is logged: TEXT is kept with the latest exchange that says PART.

    Example: giveback log ana "coffee, she offered to pass my résumé on" --received --on yesterday
    """
    at = here()
    direction = _flags(gave=gave, received=received or outcome, met=met)
    day = parse_day(on, at.now.today, past=True)
    told = facts(cost=cost, minutes=minutes, kind=kind)
    if outcome_of:
        from giveback.cli.outcomes import keep_outcome

        keep_outcome(at, name, outcome_of, text, json=json, dry_run=dry_run)
        return
    row = who(at, name)
    said = _Said(row, text, direction, via, day, _gift(at, text, direction, told), asked, outcome)
    logged = _logged(at, said, dry_run=dry_run)
    if json:
        _show_logged(said, logged, dry_run=dry_run)
    else:
        would(dry_run, f"{direction} · {row.name} · {say_day(day, at.now.today)} · {logged.text}")
    if logged.promised is not None:
        from giveback.cli.promised import tell

        tell(row.name, logged.promised, at.now.today, dry_run=dry_run)


class _Said(NamedTuple):
    """What is to be logged, as it was said."""

    contact: NameRow
    text: str
    direction: str
    via: str
    day: date
    gift: Gift | None
    asked: bool
    outcome: bool


class _Logged(NamedTuple):
    """An exchange as it was logged, and what had been promised where something was given."""

    uuid: str
    text: str
    facts: dict[str, Any]
    promised: Promised | None


def _logged(at: Here, said: _Said, *, dry_run: bool) -> _Logged:
    """Log an exchange, and what follows from it, as one change."""
    from giveback.asking.asks import AskForm, wait
    from giveback.asking.helping import Help, follow
    from giveback.keeping.exchanges import Gift
    from giveback.keeping.exchanges import log as log_exchange
    from giveback.keeping.promises import keep
    from giveback.store.changes import change

    number, today = said.contact.id, at.now.today
    with change(at.store, at.now, f"log {said.contact.name}: {said.text}", dry_run=dry_run) as session:
        row = log_exchange(
            session, number, said.text, on=said.day, today=today, direction=said.direction, channel=said.via,
            gift=said.gift,
        )  # fmt: skip
        if said.asked:
            wait(session, AskForm(number, said.text), row, on=said.day, country=country(at))
        if said.outcome:
            follow(session, Help(number, said.text), row, said.day)
        kept = keep(session, number, said.gift or Gift(row.text), said.day) if said.direction == "given" else None
        told = {"kind": row.kind or None, "minutes": row.minutes, "cost_cents": row.cost_cents}
        return _Logged(row.uuid, row.text, told, kept)


def _show_logged(said: _Said, logged: _Logged, *, dry_run: bool) -> None:
    from giveback.keeping.exchanges import checked_channel
    from giveback.output import records

    records.show(
        {
            "uuid": logged.uuid,
            "contact": records.person(said.contact),
            "direction": said.direction,
            "channel": checked_channel(said.via) or None,
            "on": said.day.isoformat(),
            "text": logged.text,
            **logged.facts,
            "dry_run": dry_run,
        }
    )


def _gift(at: Here, text: str, direction: str, told: dict[str, Any]) -> Gift | None:
    """What was given, where more is known of it than its words: facts that were said, or an asset of that name."""
    from giveback.giving.assets import find_asset, gift_of
    from giveback.keeping.exchanges import Gift

    connection = questions(at) if direction == "given" else None
    asset = find_asset(connection, text) if connection is not None else None
    if connection is not None:
        connection.close()
    if asset is not None:
        return gift_of(asset)._replace(**told)
    if not told:
        return None
    return Gift(text if direction == "given" else "", **told)


def _promise(at: Here, name: str, text: str, by: date, kind: str, *, dry_run: bool) -> str:
    from giveback.keeping.exchanges import follow_up
    from giveback.store.changes import change

    if by < at.now.today:
        raise UsageError(f"{by.isoformat()} has passed", "a promise or reminder needs a day from today on")
    row = who(at, name)
    with change(at.store, at.now, f"{kind} {row.name}: {text}", dry_run=dry_run) as session:
        kept = follow_up(session, row.id, text, kind=kind, since=at.now.today, due=by)
        return f"{row.name} · {kept.text} · {ahead(by, at.now.today)}"


@app.command("promise")
def promise(
    name: Name,
    text: Words,
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="friday, in 2 weeks, 3 Mar.")] = "in 2 days",
    dry_run: DryRun = False,
) -> None:
    """Note something that you promised.

    Example: giveback promise ana "send the LNG chart" --by friday
    """
    at = here()
    day = parse_day(by, at.now.today)
    would(dry_run, "promised " + _promise(at, name, text, day, "promise", dry_run=dry_run))


@app.command("remind")
def remind(
    name: Name,
    text: Words,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: next friday, in 2 weeks, 3 Mar.")],
    dry_run: DryRun = False,
) -> None:
    """Note a day on which to be in touch.

    Example: giveback remind ana "ask how the move went" --on "in 2 weeks"
    """
    at = here()
    day = parse_day(on, at.now.today)
    would(dry_run, "reminder " + _promise(at, name, text, day, "reminder", dry_run=dry_run))


@app.command("done")
def done(
    name: Name,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Which one, by some of its words; else the first due.")
    ] = "",
    via: Via = "",
    logged: Annotated[bool, typer.Option("--logged", help="What you did is logged already: only tick it off.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Tick off what was due for a contact.

    The strongest reason is ticked off, and that you were in touch today is logged. A promise,
    reminder or outcome is closed; an ask moves to its next step; thanks, cadence and occasions are
    over once something is logged.

    Example: giveback done ana chart
    """
    from giveback.keeping.exchanges import log as log_exchange
    from giveback.keeping.followups import close, next_reason, what_was_done
    from giveback.store.changes import change

    at = here()
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    reason = next_reason(connection, row.id, at.now.today, text)
    connection.close()
    if reason is None:
        said = f" that says {text!r}" if text else ""
        raise NotFoundError(
            f"nothing is due for {row.name}{said}", f'giveback show "{row.name}"; what lies ahead needs its words'
        )
    if logged:
        _require_closable(reason)
    with change(at.store, at.now, f"done {row.name}: {reason.text or reason.kind}", dry_run=dry_run) as session:
        close(session, reason, at.now.today)
        if not logged:
            log_exchange(
                session, row.id, what_was_done(reason), on=at.now.today, today=at.now.today,
                direction="given" if reason.kind == "promise" else "shared", channel=via,
            )  # fmt: skip
    would(dry_run, f"done · {row.name} · {what_was_done(reason)}")


def _require_closable(reason: Reason) -> None:
    """Refuse to tick off what only an exchange ends."""
    if reason.occasion is None and (reason.dated_id is None or reason.kind == "waiting"):
        raise UsageError(
            f"a reason of kind {reason.kind} is over once something is logged, so there is nothing to tick off",
            "name a promise or reminder by its words, or leave out --logged",
        )


@app.command("snooze")
def snooze(
    name: Name,
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="monday, in 2 weeks, 3 Mar, or now.")
    ] = "in 1 week",
    dry_run: DryRun = False,
) -> None:
    """Hide a contact from the follow-ups until a day.

    Example: giveback snooze ana --until "in 2 weeks"
    """
    from giveback.people.contacts import get
    from giveback.store.changes import change

    at = here()
    row = who(at, name)
    back = until.strip().lower() in ("now", "off")
    day = None if back else parse_day(until, at.now.today)
    if day is not None and day <= at.now.today:
        raise UsageError(f"{until!r} is not ahead", "snooze until a later day, or `--until now` to end a snooze")
    with change(at.store, at.now, f"snooze {row.name}", dry_run=dry_run) as session:
        get(session, row.id).snoozed_until = day
    would(dry_run, f"{row.name} shows again " + (ahead(day, at.now.today) if day else "now"))


@app.command("history")
def history(
    name: Name,
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many; 0 for all.")] = 20,
    json: Json = False,
) -> None:
    """What was given, received and shared with a contact.

    Example: giveback history ana
    """
    from giveback.store.questions.contacts import merged
    from giveback.store.questions.exchanges import history as ask

    at = here()
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    rows = ask(connection, row.id, limit or -1)
    if json:
        from giveback.output import records

        records.show([records.exchange(exchange) for exchange in rows])
        return
    for was in merged(connection, row.id):
        note(f"{was.name} became part of {row.name} on {was.merged_on}")
    if not rows:
        note(f"nothing exchanged with {row.name} yet")
        return
    from giveback.cli.views import history_table
    from giveback.output.table import show

    show(history_table(rows, at.now.today))
