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
    note,
    questions,
    refresh,
    whom,
)
from giveback.cli.concerning import UNSAID, Anyway, Cost, Kind, Minutes, facts, raise_concerns
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.giving.sending import Letter
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
    mailto: Annotated[
        bool, typer.Option("--mailto", help="Print a mailto: link instead of the note, for a mail program.")
    ] = False,
    opens: Annotated[bool, typer.Option("--open", help="Open the note in your mail program ($MAILER).")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it by your mail server; asks once.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it without asking.")] = False,
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

    The note is shown, and with --draft, --mailto, --open or --copy goes where you can send it, and is logged. Nothing
    is sent but with --send, and that is logged only once the mail server has it. Occasions are first-contact,
    thank-you, after-event, staying-in-touch, their-post and dormant.

    Example: giveback give ana 1 --via email
    """
    from giveback.cli.given import Given, missing, report, show_note
    from giveback.cli.sending import MailWays, check, check_letter, hand_over, send_letter
    from giveback.cli.wording import Wording, worded, words_kept
    from giveback.dates import parse_day
    from giveback.giving.gifts import find_gift
    from giveback.giving.sending import Letter, address_of
    from giveback.keeping.exchanges import checked_channel, refuse_future
    from giveback.store.questions.contacts import one

    at = here()
    channel, mail = checked_channel(via), MailWays(draft=draft, mailto=mailto, opens=opens, send=send, yes=yes)
    check(at, channel, mail)
    _check(channel, output)
    day = parse_day(on, at.now.today, past=True)
    refuse_future(day, at.now.today)
    connection = questions(at)
    number = whom(connection, name).id
    assert connection is not None
    contact = one(connection, number)
    found = find_gift(connection, number, what, interest)
    found = found._replace(gift=found.gift._replace(**facts(cost=cost, minutes=minutes, kind=kind)))
    raise_concerns(at, connection, contact, found, day, again=again, anyway=anyway)
    to = address_of(connection, contact, strict=mail.any) if mail.any or channel == "email" else None
    wording = Wording(channel, occasion, service, note_file, edit, asked=mail.any or copy or bool(output))
    text, occasion = worded(at, connection, contact, found, wording)
    letter = Letter(contact, found.gift, text, channel or ("email" if mail.any else ""), day)
    with words_kept(at, text, dry_run=dry_run):
        check_letter(letter, mail)
        paper = _printed(at, connection, contact, found, text, channel, output) if output and not dry_run else ()
    connection.close()
    placed, link = hand_over(at, letter, to, mail, dry_run=dry_run)
    placed = (*placed, *(() if dry_run else _placed(at, contact, text, copy=copy)), *paper)
    is_shown = send and not yes and not json and not dry_run
    if is_shown:
        show_note(text)
    if send and not dry_run:
        uuid = send_letter(at, letter, to, mail, again=again)
        placed += (f"sent to {to}",)
    else:
        uuid = _log(at, letter, dry_run=dry_run)
    if link and not json:
        print(link)
    given = Given(contact, found.gift, text, occasion, letter.channel, ", ".join(placed), link)
    report(given, uuid, dry_run=dry_run, json=json, is_shown=is_shown or bool(link))
    if not output and text.body:
        missing(contact, found, letter.channel)
    if to is None and letter.channel == "email":
        note(f'{contact.name} has no e-mail address: giveback edit "{contact.name}" --email ADDRESS')
    if not dry_run and found.article is not None:
        refresh(at)


def _check(channel: str, output: str) -> None:
    """Refuse ways that the channel does not have."""
    if output and channel not in ("letter", "in-person"):
        raise UsageError("-o prints a card or a handout", "add --via letter, or --via in-person")


def _placed(at: Here, contact: ContactRow, text: Note, *, copy: bool) -> tuple[str, ...]:
    from giveback.giving.placing import Outgoing, Ways, place

    return place(Outgoing(contact, text, at.places.drafts, at.now), Ways(copy=copy))


def _printed(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, found: Found, text: Note, channel: str, output: str
) -> tuple[str, ...]:
    from giveback.cli.cards import channel_sheet, printed
    from giveback.giving.printed import Job

    made = printed(at, connection, Job(contact, found, text.body, output), channel)
    return (f"{channel_sheet(channel)} {made.path}",)


def _log(at: Here, letter: Letter, *, dry_run: bool) -> str:
    from giveback.giving.recording import record
    from giveback.store.changes import change

    contact, gift, text, channel, on = letter
    with change(at.store, at.now, f"give {contact.name}: {gift.title}", dry_run=dry_run) as session:
        return record(session, contact.id, gift, text, channel=channel, on=on, today=at.now.today).uuid
