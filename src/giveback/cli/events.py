"""Events: where people meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, ahead, family, here, note, questions, say, whom, would

if TYPE_CHECKING:
    import sqlite3

    from giveback.asking.events import Said
    from giveback.asking.preparing import Guest, Tools
    from giveback.store.questions.contacts import NameRow
    from giveback.store.questions.events import EventRow

app = family()
OFFERS = 5


@app.command("event")
def event(
    name: Annotated[
        str, typer.Argument(metavar="[EVENT]", help='Its name, with its day if it is new: "SPE Houston, 3 Dec".')
    ] = "",
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="More who will be there.")] = None,
    attending: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Who will be there; repeat it.")] = None,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="What to bring up, to give, and whom to introduce to whom.")
    ] = False,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Its day: next friday, 3 Dec.")] = "",
    place: Annotated[str, typer.Option(metavar="TEXT", help="Where it is.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take the event away.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Events: who will be there, what to bring up, what to give.

    Without a name, the list of them.

    Example: giveback event "SPE Houston, 3 Dec" --attending ana --attending "Bob Stone" --prepare
    """
    from giveback.asking.events import known, said_event

    at = here()
    connection = questions(at)
    if not name:
        _list(at, connection, json=json)
        return
    said = said_event(name, on, at.now.today)
    row = known(connection, said, at.now.today)
    guests = [whom(connection, each) for each in (*(attending or ()), *(names or ()))]
    if remove:
        _remove(at, said, row, dry_run=dry_run)
        return
    if row is None or guests or place:
        row = _changed(at, said, row, guests, place, dry_run=dry_run)
        if row is None:
            return
        connection = questions(at)
    assert connection is not None
    _show(at, connection, row, prepare=prepare, json=json)


def _changed(
    at: Here, said: Said, row: EventRow | None, guests: list[NameRow], place: str, *, dry_run: bool
) -> EventRow | None:
    """Add the event, or who will be there; the event as it is now, None after a dry run."""
    from datetime import date

    from giveback.asking.events import add, attend, checked_day
    from giveback.cli.common import close_questions
    from giveback.store.changes import change
    from giveback.store.questions.events import keyed
    from giveback.store.tables import Event
    from giveback.text import clean_line, fold

    day = checked_day(said, at.now.today) if row is None else date.fromisoformat(row.on_day)
    close_questions()
    with change(at.store, at.now, f"event {said.name}", dry_run=dry_run) as session:
        found = session.get_one(Event, row.id) if row else add(session, said.name, day)
        if place:
            found.place = clean_line(place)
        assert found.id is not None
        attend(session, found.id, [guest.id for guest in guests])
    parts = [said.name, ahead(day, at.now.today), place, ", ".join(guest.name for guest in guests)]
    line = " · ".join(part for part in parts if part)
    if dry_run:
        would(dry_run, line)
        return None
    note(("added " if row is None else "noted ") + line)
    connection = questions(at)
    assert connection is not None
    return keyed(connection, fold(said.name), day.isoformat())


def _remove(at: Here, said: Said, row: EventRow | None, *, dry_run: bool) -> None:
    from giveback.asking.events import checked_day, remove
    from giveback.cli.common import close_questions
    from giveback.store.changes import change

    if row is None:
        checked_day(said._replace(on=None), at.now.today)
        return
    close_questions()
    with change(at.store, at.now, f"event {row.name}: removed", dry_run=dry_run) as session:
        remove(session, row.id)
    would(dry_run, f"removed {row.name}")


def _list(at: Here, connection: sqlite3.Connection | None, *, json: bool) -> None:
    from giveback.store.questions.events import events

    rows = events(connection) if connection else []
    if json:
        from giveback.output import records

        records.show([_record(row) for row in rows])
        return
    if not rows:
        note('no events yet: giveback event "SPE Houston, 3 Dec" --attending NAME')
        return
    from giveback.output.table import Column, Table, show

    columns = (Column("Event", "title", grows=True), Column("When", "day"), Column("Where", grows=True), Column("Who"))
    body = [(row.name, _when(at, row.on_day), row.place, str(row.guests)) for row in rows]
    show(Table(columns, body))


def _when(at: Here, on_day: str) -> str:
    from datetime import date

    from giveback.dates import say_day

    return say_day(date.fromisoformat(on_day), at.now.today)


def _record(row: EventRow) -> dict[str, object]:
    return {"uuid": row.uuid, "name": row.name, "on": row.on_day, "place": row.place or None, "guests": row.guests}


def _show(at: Here, connection: sqlite3.Connection, row: EventRow, *, prepare: bool, json: bool) -> None:
    from datetime import date

    guests = _prepared(at, connection, row) if prepare else _named(connection, row)
    if json:
        from giveback.output import records

        records.show({**_record(row), "attending": [_guest_record(guest) for guest in guests]})
        return
    say(" · ".join(part for part in (row.name, _when(at, row.on_day), row.place) if part))
    if not guests:
        note(f'nobody is noted: giveback event "{row.name}" --attending NAME')
    for guest in guests:
        for line in _lines(at, guest):
            say(line) if not line.startswith(" ") else print("  " + _clean(line))
    if date.fromisoformat(row.on_day) < at.now.today:
        _tell_of_silence(connection, row, guests)


def _clean(line: str) -> str:
    from giveback.text import clean_line

    return clean_line(line, 2_000)


def _named(connection: sqlite3.Connection, row: EventRow) -> list[Guest]:
    from giveback.asking.preparing import Guest
    from giveback.store.questions.contacts import some
    from giveback.store.questions.events import guests

    numbers = guests(connection, row.id)
    rows = some(connection, numbers)
    return [Guest(rows[number], [], None, [], None, []) for number in numbers]


def _prepared(at: Here, connection: sqlite3.Connection, row: EventRow) -> list[Guest]:
    from datetime import date

    from giveback.asking.preparing import prepare

    return prepare(connection, row.id, date.fromisoformat(row.on_day), at.now.today, offer_tools(at))


def _lines(at: Here, guest: Guest) -> list[str]:
    """A guest as lines, the first with the name, the others indented."""
    from giveback.cli.views import day_of, why

    contact = guest.contact
    what = ", ".join(part for part in (contact.title, contact.company) if part)
    lines = [f"{contact.name}, {what}" if what else contact.name]
    if guest.interests:
        lines.append(f"  bring up: {'; '.join(guest.interests)}")
    if guest.last:
        lines.append(f"  last: {guest.last.text} ({day_of(guest.last.on_day, at.now.today)})")
    lines += [f"  open: {why(reason)}" for reason in guest.reasons]
    if guest.gift:
        lines.append(f"  give: {guest.gift.title} ({guest.gift.reason})")
    lines += [f"  introduce to {each.other.name}: {each.reason}" for each in guest.introductions]
    return lines


def _guest_record(guest: Guest) -> dict[str, object]:
    from giveback.output import records

    return {
        "contact": records.person(guest.contact),
        "interests": guest.interests,
        "last": {"on": guest.last.on_day, "text": guest.last.text} if guest.last else None,
        "open": [
            {"kind": reason.kind, "text": reason.text or None, "due": reason.due.isoformat()}
            for reason in guest.reasons
        ],
        "give": {"kind": guest.gift.kind, "title": guest.gift.title, "reason": guest.gift.reason}
        if guest.gift
        else None,
        "introduce_to": [{"name": each.other.name, "reason": each.reason} for each in guest.introductions],
    }


def _tell_of_silence(connection: sqlite3.Connection, row: EventRow, guests: list[Guest]) -> None:
    """After an event, say with whom nothing is logged."""
    from giveback.store.questions.events import logged_since

    silent = [guest.contact.name for guest in guests if not logged_since(connection, guest.contact.id, row.on_day)]
    if silent:
        note(f'nothing is logged with {", ".join(silent)} since: giveback met NAME --at "{row.name}" --on {row.on_day}')


def offer_tools(at: Here) -> Tools:
    """What offers are ranked with, by the settings."""
    from giveback.asking.preparing import Tools
    from giveback.cli.aims import choice_of, rules_of_gifts
    from giveback.matching.embedding import load_default

    return Tools(choice_of(at, OFFERS), rules_of_gifts(at), load_default())
