"""Giving: give, dismiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.cli.common import (
    DryRun,
    Here,
    Json,
    Name,
    Via,
    editor,
    family,
    here,
    note,
    questions,
    refresh,
    say,
    whom,
    would,
)
from giveback.config import setting
from giveback.errors import AmbiguousError, NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.giving.gifts import Giving
    from giveback.giving.notes import Note
    from giveback.keeping.exchanges import Gift
    from giveback.store.questions.contacts import ContactRow

app = family()

BY = {
    "email": "by e-mail",
    "letter": "by letter",
    "call": "on a call",
    "in-person": "in person",
    "message": "by message",
    "social": "on social media",
}


@app.command("give")
def give(
    name: Name,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A number of the last list, id:ID, an address, or a few words.")
    ],
    via: Via = "",
    edit: Annotated[bool, typer.Option("--edit", help="Edit the note in $EDITOR first.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Write an e-mail draft that a mail program opens.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the note on the clipboard.")] = False,
    interest: Annotated[str, typer.Option(metavar="PHRASE", help="The interest that the note names.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Give what this contact was given before.")] = False,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 3 Mar.")] = "today",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Give something: write a casual note and log the exchange.

    The note is shown, and with --draft or --copy goes where you can send it; nothing is sent by itself.

    Example: giveback give ana 1 --via email
    """
    from giveback.dates import parse_day
    from giveback.keeping.exchanges import checked_channel
    from giveback.store.questions.contacts import one

    at = here()
    channel = checked_channel(via)
    if draft and channel not in ("", "email"):
        raise UsageError(f"--draft writes an e-mail, not {channel}", "leave out --draft, or use --via email")
    connection = questions(at)
    number = whom(connection, name).id
    assert connection is not None
    contact = one(connection, number)
    giving = _prepared(at, connection, contact, what, channel, interest)
    address = _address(connection, contact) if draft else ""
    connection.close()
    if giving.repeated and not again:
        raise AmbiguousError(f"{contact.name} was given {giving.gift.title!r} before", "--again gives it once more")
    text = _edited(giving, channel) if edit else giving.note
    placed = _deliver(at, text, address, copy=copy, draft=draft, dry_run=dry_run)
    given = Given(contact, giving.gift._replace(note=text.body), text, channel or ("email" if draft else ""), placed)
    uuid = _log(at, given, parse_day(on, at.now.today, past=True), dry_run=dry_run)
    _report(given, uuid, dry_run=dry_run, json=json)
    if not dry_run and giving.article is not None:
        refresh(at)


class Given(NamedTuple):
    """What was given to whom, with which words, how, and where the words were put."""

    contact: ContactRow
    gift: Gift
    text: Note
    channel: str
    placed: str


def _prepared(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, what: str, channel: str, interest: str
) -> Giving:
    from giveback.giving.gifts import prepare

    return prepare(
        connection,
        contact,
        what,
        channel=channel,
        interest=interest,
        my_name=setting(at.places, "me.name"),
        templates=at.places.templates,
    )


def _address(connection: sqlite3.Connection, contact: ContactRow) -> str:
    from giveback.store.questions.contacts import points

    found = next((point.value for point in points(connection, contact.id) if point.kind == "email"), "")
    if not found:
        raise NotFoundError(f"{contact.name} has no e-mail address", f'giveback edit "{contact.name}" --email ADDRESS')
    return found


def _edited(giving: Giving, channel: str) -> Note:
    from giveback.giving.channels import edited
    from giveback.giving.notes import Note
    from giveback.text import clean_line, clean_text

    has_subject = bool(giving.note.subject)
    start = f"{giving.note.subject}\n\n{giving.note.body}\n" if has_subject else f"{giving.note.body}\n"
    text = edited(start, editor(), suffix=f".{channel or 'note'}.txt")
    subject, _, body = text.partition("\n") if has_subject else ("", "", text)
    if not clean_text(body):
        raise UsageError("the note is empty", "nothing was given")
    return Note(clean_line(subject, 150), clean_text(body))


def _deliver(at: Here, text: Note, address: str, *, copy: bool, draft: bool, dry_run: bool) -> str:
    """Put the note where it can be sent from.

    Returns:
        Where it went, for the echo.
    """
    from giveback.giving.channels import copy as copy_text
    from giveback.giving.channels import write_draft

    if dry_run or not text.body:
        return ""
    placed = []
    if draft:
        name, mine = setting(at.places, "me.name"), setting(at.places, "me.email")
        sender = f'"{name}" <{mine}>' if name and mine else mine
        placed.append("draft " + write_draft(at.places.drafts, text, sender, address, at.now))
    if copy:
        copy_text(f"{text.subject}\n\n{text.body}" if text.subject else text.body)
        placed.append("copied to the clipboard")
    return ", ".join(placed)


def _log(at: Here, given: Given, day: date, *, dry_run: bool) -> str:
    from giveback.keeping.exchanges import log
    from giveback.store.changes import change

    contact, gift = given.contact, given.gift
    with change(at.store, at.now, f"give {contact.name}: {gift.title}", dry_run=dry_run) as session:
        exchange = log(
            session,
            contact.id,
            gift.title,
            on=day,
            today=at.now.today,
            direction="given",
            channel=given.channel,
            gift=gift,
        )
        return exchange.uuid


def _report(given: Given, uuid: str, *, dry_run: bool, json: bool) -> None:
    if json:
        from giveback.output import records

        records.show(
            {
                "uuid": uuid,
                "contact": records.person(given.contact),
                "gift": given.gift.title,
                "url": given.gift.url or None,
                "channel": given.channel or None,
                "interest": given.gift.interest or None,
                "subject": given.text.subject or None,
                "note": given.text.body or None,
                "placed": given.placed or None,
                "dry_run": dry_run,
            }
        )
        return
    if given.text.body:
        if given.text.subject:
            say(f"Subject: {given.text.subject}")
            print()
        for line in given.text.body.splitlines():
            say(line)
        print()
    way = BY[given.channel] if given.channel else ""
    parts = [f"gave {given.contact.name}", given.gift.title, way, given.placed]
    note(("dry run: " if dry_run else "") + " · ".join(part for part in parts if part))


@app.command("dismiss")
def dismiss(
    name: Name,
    what: Annotated[str, typer.Argument(metavar="ARTICLE", help="A number of the last list, id:ID, or an address.")],
    dry_run: DryRun = False,
) -> None:
    """Not for this contact: the article does not come back.

    Example: giveback dismiss ana 2
    """
    from sqlmodel import select

    from giveback.giving.gifts import find_article
    from giveback.store.changes import change
    from giveback.store.tables import Dismissal

    at = here()
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    article = find_article(connection, row.id, what)
    connection.close()
    if article is None:
        raise NotFoundError(f"no article answers to {what!r}", "give a number of the last list, or id:ID")
    with change(at.store, at.now, f"dismiss {row.name}: {article.title}", dry_run=dry_run) as session:
        same = select(Dismissal).where(Dismissal.contact_id == row.id, Dismissal.article_id == article.id)
        if session.exec(same).first() is None:
            session.add(Dismissal(contact_id=row.id, article_id=article.id, on_day=at.now.today))
    would(dry_run, f"dismissed for {row.name} · {article.title}")
    if not dry_run:
        refresh(at)
