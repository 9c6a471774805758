"""Giving: find the gift, raise concerns, compose the note, edit it, place it, log it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import (
    DryRun,
    Here,
    Json,
    Name,
    Via,
    family,
    here,
    questions,
    refresh,
    whom,
)
from giveback.cli.concerning import UNSAID, Anyway, Cost, Kind, Minutes, facts, raise_concerns
from giveback.config import setting
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.cli.given import Given
    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.giving.placing import Ways
    from giveback.store.questions.contacts import ContactRow

app = family()


@app.command("give")
def give(
    name: Name,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A number of the last list, id:ID, an address, or a few words.")
    ],
    via: Via = "",
    occasion: Annotated[
        str, typer.Option(metavar="OCCASION", help="What the note is for; else it follows from what is known.")
    ] = "",
    service: Annotated[
        str, typer.Option(metavar="SERVICE", help="Keep to its length: x, mastodon, bluesky, linkedin, sms …")
    ] = "",
    edit: Annotated[bool, typer.Option("--edit", help="Edit the note in $VISUAL or $EDITOR first.")] = False,
    note_file: Annotated[
        str, typer.Option("--note", metavar="FILE", help="Take the note from a file; - is standard input.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Write an e-mail draft that a mail program opens.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the note on the clipboard.")] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Print it: a card (letter) or a handout (in-person).")
    ] = "",
    interest: Annotated[str, typer.Option(metavar="PHRASE", help="The interest that the note names.")] = "",
    kind: Kind = "",
    cost: Cost = "",
    minutes: Minutes = UNSAID,
    again: Annotated[bool, typer.Option("--again", help="Give what this contact was given before.")] = False,
    anyway: Anyway = False,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 3 Mar.")] = "today",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Give something: write a casual note and log the exchange.

    The note is shown, and with --draft or --copy goes where you can send it; nothing is sent by itself. Occasions
    are first-contact, thank-you, after-event, staying-in-touch, their-post and dormant.

    Example: giveback give ana 1 --via email
    """
    from giveback.cli.given import Given, report
    from giveback.cli.wording import Wording, worded
    from giveback.dates import parse_day
    from giveback.giving.gifts import find_gift
    from giveback.giving.placing import Ways
    from giveback.keeping.exchanges import checked_channel
    from giveback.store.questions.contacts import one

    at = here()
    channel, ways = checked_channel(via), Ways(draft=draft, copy=copy)
    _check(channel, ways, output)
    day = parse_day(on, at.now.today, past=True)
    connection = questions(at)
    number = whom(connection, name).id
    assert connection is not None
    contact = one(connection, number)
    found = find_gift(connection, number, what, interest)
    found = found._replace(gift=found.gift._replace(**facts(cost=cost, minutes=minutes, kind=kind)))
    raise_concerns(at, connection, contact, found, day, again=again, anyway=anyway)
    wording = Wording(channel, occasion, service, note_file, edit, asked=draft or copy or bool(output))
    text, occasion = worded(at, connection, contact, found, wording)
    _check_after(text, channel, ways)
    address = _address(connection, contact) if ways.draft else ""
    paper = _printed(at, connection, contact, found, text, channel, output) if output and not dry_run else ()
    connection.close()
    placed = (*(() if dry_run else _placed(at, contact, text, address, ways)), *paper)
    given = Given(contact, found.gift, text, occasion, channel or ("email" if draft else ""), ", ".join(placed))
    uuid = _log(at, given, day, dry_run=dry_run)
    report(given, uuid, dry_run=dry_run, json=json)
    if not dry_run and found.article is not None:
        refresh(at)


def _check(channel: str, ways: Ways, output: str) -> None:
    """Refuse ways that the channel does not have."""
    if output and channel not in ("letter", "in-person"):
        raise UsageError("-o prints a card or a handout", "add --via letter, or --via in-person")
    if ways.draft and channel not in ("", "email", "call"):
        raise UsageError(f"--draft writes an e-mail, not {channel}", "leave out --draft, or use --via email")


def _check_after(text: Note, channel: str, ways: Ways) -> None:
    """A draft for a call is the e-mail to send afterwards."""
    if ways.draft and channel == "call" and not text.after[1]:
        raise UsageError("the note for the call has no e-mail to send afterwards", "in a template a line +++ begins it")


def _address(connection: sqlite3.Connection, contact: ContactRow) -> str:
    from giveback.store.questions.contacts import points

    found = next((point.value for point in points(connection, contact.id) if point.kind == "email"), "")
    if not found:
        raise NotFoundError(f"{contact.name} has no e-mail address", f'giveback edit "{contact.name}" --email ADDRESS')
    return found


def _placed(at: Here, contact: ContactRow, text: Note, address: str, ways: Ways) -> tuple[str, ...]:
    from giveback.giving.placing import Outgoing, place

    name, mine = setting(at.places, "me.name"), setting(at.places, "me.email")
    sender = f'"{name}" <{mine}>' if name and mine else mine
    return place(Outgoing(contact, text, address, sender, at.places.drafts, at.now), ways)


def _printed(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, found: Found, text: Note, channel: str, output: str
) -> tuple[str, ...]:
    from giveback.cli.cards import channel_sheet, printed
    from giveback.giving.printed import Job

    made = printed(at, connection, Job(contact, found, text.body, output), channel)
    return (f"{channel_sheet(channel)} {made.path}",)


def _log(at: Here, given: Given, day: date, *, dry_run: bool) -> str:
    from giveback.giving.recording import record
    from giveback.store.changes import change

    contact, gift, text, _, channel, _ = given
    with change(at.store, at.now, f"give {contact.name}: {gift.title}", dry_run=dry_run) as session:
        return record(session, contact.id, gift, text, channel=channel, on=day, today=at.now.today).uuid
