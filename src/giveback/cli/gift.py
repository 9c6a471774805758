"""What `give` does with what it was told: find the gift, compose the note, hand it over, log it, tell of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.cli.common import Here, note, questions, refresh, whom
from giveback.cli.concerning import raise_concerns
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.cli.sending import MailWays
    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.giving.sending import Letter
    from giveback.keeping.promises import Promised
    from giveback.mailing.mailboxes import Mailbox
    from giveback.store.questions.contacts import ContactRow


class Giving(NamedTuple):
    """What is to be given to whom, and with which words.

    Attributes:
        name: whom.
        what: the gift, as it was named.
        interest: the interest that the note names, or "".
        told: what else was said of the gift: fields of `keeping.exchanges.Gift`.
        day: when.
        occasion: what the note is for, or "".
        service: the service to whose length it keeps, or "".
        note_file: where the note is taken from, or "".
        edit: it is edited first.
        again: it may have been given before.
        anyway: something may speak against it.
    """

    name: str
    what: str
    interest: str
    told: dict[str, Any]
    day: date
    occasion: str
    service: str
    note_file: str
    edit: bool
    again: bool
    anyway: bool


class Ways(NamedTuple):
    """How it goes out: the channel or "", the ways of e-mail, the clipboard, the file of a card or handout or ""."""

    channel: str
    mail: MailWays
    copy: bool
    output: str

    @property
    def need_note(self) -> bool:
        """Whether one of them carries words, also where the gift needs none."""
        return self.mail.any or self.copy or bool(self.output)


class _Ready(NamedTuple):
    """A gift that is ready to go out."""

    contact: ContactRow
    found: Found
    note: Note
    occasion: str
    letter: Letter
    to: Mailbox | None
    promised: Promised
    paper: tuple[str, ...]


def give_it(at: Here, giving: Giving, ways: Ways, *, json: bool, dry_run: bool) -> None:
    """Give something, log it, and say what was done.

    Args:
        at: the store, the settings and the clock.
        giving: what.
        ways: how.
        json: print one record.
        dry_run: change nothing.

    Raises:
        GivebackError: it cannot be given so; nothing is logged, and what was written is kept.
    """
    from giveback.cli.given import Given, report, show_note

    _check(at, giving, ways)
    ready = _made_ready(at, giving, ways, dry_run=dry_run)
    placed, link = _handed_over(at, ready, ways, dry_run=dry_run)
    sends = ways.mail.send and not dry_run
    is_shown = sends and not ways.mail.yes and not json
    if is_shown:
        show_note(ready.note)
    if sends:
        from giveback.cli.sending import send_letter

        uuid = send_letter(at, ready.letter, ready.to, ways.mail, again=giving.again)
        placed += (f"sent to {ready.to}",)
    else:
        uuid = _log(at, ready.letter, dry_run=dry_run)
    if link and not json:
        print(link)
    gift, channel = ready.letter.gift, ready.letter.channel
    given = Given(ready.contact, gift, ready.note, ready.occasion, channel, ", ".join(placed), link)
    report(given, uuid, dry_run=dry_run, json=json, is_shown=is_shown or bool(link))
    _remark(at, ready, ways, dry_run=dry_run)
    if not dry_run and ready.found.article is not None:
        refresh(at)


def _check(at: Here, giving: Giving, ways: Ways) -> None:
    """Refuse ways that the channel does not have, and days to come."""
    from giveback.cli.sending import check
    from giveback.keeping.exchanges import refuse_future

    check(at, ways.channel, ways.mail)
    if ways.output and ways.channel not in ("letter", "in-person"):
        raise UsageError("-o prints a card or a handout", "add --via letter, or --via in-person")
    refuse_future(giving.day, at.now.today)


def _made_ready(at: Here, giving: Giving, ways: Ways, *, dry_run: bool) -> _Ready:
    """Everything that is asked of the store and of the user before anything leaves."""
    from giveback.cli.sending import check_letter
    from giveback.cli.wording import Wording, worded, words_kept
    from giveback.giving.gifts import find_gift
    from giveback.giving.sending import Letter, address_of
    from giveback.keeping.promises import promised
    from giveback.store.questions.contacts import one

    connection = questions(at)
    number = whom(connection, giving.name).id
    assert connection is not None
    with closing(connection):
        contact = one(connection, number)
        found = find_gift(connection, number, giving.what, giving.interest)
        found = found._replace(gift=found.gift._replace(**giving.told))
        raise_concerns(at, connection, contact, found, giving.day, again=giving.again, anyway=giving.anyway)
        is_mail = ways.mail.any or ways.channel == "email"
        to = address_of(connection, contact, strict=ways.mail.any) if is_mail else None
        wording = Wording(
            ways.channel, giving.occasion, giving.service, giving.note_file, giving.edit, asked=ways.need_note
        )
        text, occasion = worded(at, connection, contact, found, wording)
        letter = Letter(contact, found.gift, text, ways.channel or ("email" if ways.mail.any else ""), giving.day)
        with words_kept(at, text, dry_run=dry_run):
            check_letter(letter, ways.mail)
            paper = () if dry_run or not ways.output else _printed(at, connection, contact, found, text, ways)
        had_promised = promised(connection, number, found.gift, giving.day)
    return _Ready(contact, found, text, occasion, letter, to, had_promised, paper)


def _printed(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, found: Found, text: Note, ways: Ways
) -> tuple[str, ...]:
    from giveback.cli.cards import channel_sheet, printed
    from giveback.giving.printed import Job

    made = printed(at, connection, Job(contact, found, text.body, ways.output), ways.channel)
    return (f"{channel_sheet(ways.channel)} {made.path}",)


def _handed_over(at: Here, ready: _Ready, ways: Ways, *, dry_run: bool) -> tuple[tuple[str, ...], str]:
    """Put the note where the user finds it: what was done, a few words each, and a link where one was asked for."""
    from giveback.cli.sending import hand_over
    from giveback.giving import placing

    placed, link = hand_over(at, ready.letter, ready.to, ways.mail, dry_run=dry_run)
    if not dry_run:
        outgoing = placing.Outgoing(ready.contact, ready.note, at.places.drafts, at.now)
        placed = (*placed, *placing.place(outgoing, placing.Ways(copy=ways.copy)))
    return (*placed, *ready.paper), link


def _log(at: Here, letter: Letter, *, dry_run: bool) -> str:
    from giveback.giving.recording import record
    from giveback.store.changes import change

    contact, gift, text, channel, on = letter
    with change(at.store, at.now, f"give {contact.name}: {gift.title}", dry_run=dry_run) as session:
        return record(session, contact.id, gift, text, channel=channel, on=on, today=at.now.today).uuid


def _remark(at: Here, ready: _Ready, ways: Ways, *, dry_run: bool) -> None:
    """Say on stderr what is missing, and what had been promised."""
    from giveback.cli.given import missing
    from giveback.cli.promised import tell

    contact, channel = ready.contact, ready.letter.channel
    if not ways.output and ready.note.body:
        missing(contact, ready.found, channel)
    if ready.to is None and channel == "email":
        note(f'{contact.name} has no e-mail address: giveback edit "{contact.name}" --email ADDRESS')
    tell(contact.name, ready.promised, at.now.today, dry_run=dry_run)
