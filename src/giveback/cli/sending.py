"""The ways of e-mail that `give` has: a draft, a link, a mail program, a mail server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import typer

from giveback.cli.common import Here, note
from giveback.errors import GivebackError, NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from giveback.giving.sending import Letter
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.deliveries import DeliveryRow


class MailWays(NamedTuple):
    """By which ways of e-mail a note leaves.

    Attributes:
        draft: a file that a mail program opens.
        mailto: a mailto: link, printed.
        opens: the mail program, started with such a link.
        send: the mail server.
        yes: it is sent without asking.
    """

    draft: bool = False
    mailto: bool = False
    opens: bool = False
    send: bool = False
    yes: bool = False

    @property
    def any(self) -> bool:
        """Whether any of them is wanted."""
        return self.draft or self.mailto or self.opens or self.send


def check(at: Here, channel: str, ways: MailWays) -> None:
    """Refuse what cannot be, before anything is composed or edited.

    Raises:
        UsageError: the channel is no e-mail, ways exclude each other, nobody can be asked, or the user has no address.
    """
    if not ways.any:
        return
    way = next(name for name in ("draft", "mailto", "opens", "send") if getattr(ways, name)).replace("opens", "open")
    if channel not in ("", "email", "call"):
        raise UsageError(f"--{way} is for e-mail, not {channel}", f"leave out --{way}, or use --via email")
    if ways.send and (ways.draft or ways.mailto or ways.opens):
        raise UsageError("--send sends it, so there is no draft or link to make", "use one of them")
    if ways.send:
        from giveback.mailing.settings import required_sender

        required_sender(at.places)
        if not ways.yes and not can_ask():
            raise UsageError("nobody can be asked whether to send it", "add --yes, or run it on a terminal")


def can_ask() -> bool:
    """Whether a person is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def hand_over(
    at: Here, letter: Letter, to: Mailbox | None, ways: MailWays, *, dry_run: bool
) -> tuple[tuple[str, ...], str]:
    """Put a note where the user's own mail program finds it.

    Args:
        at: the settings, the drafts and the clock.
        letter: the note.
        to: where it goes, None when that is not known.
        ways: those that are wanted; without any nothing is done.
        dry_run: only look whether it could be.

    Returns:
        Where it went, in a few words each, and the mailto: link where that is to be printed.

    Raises:
        NotFoundError: the contact has no e-mail address; the draft is kept.
        UsageError: the mail program cannot be started; the draft is kept.
        StoreError: a draft cannot be written.
    """
    from giveback.mailing.drafts import mailto, open_link

    if dry_run and ways.any and to is None:
        raise NotFoundError(
            f"{letter.contact.name} has no e-mail address", f'giveback edit "{letter.contact.name}" --email ADDRESS'
        )
    if dry_run or not (ways.draft or ways.mailto or ways.opens):
        return (), ""
    placed = [f"draft {_draft(at, letter, to)}"] if ways.draft or to is None else []
    if to is None:
        raise NotFoundError(
            f"{letter.contact.name} has no e-mail address; nothing was given, and the {placed[0]} has none either",
            f'giveback edit "{letter.contact.name}" --email ADDRESS, then give it again',
        )
    link = mailto(to, letter.mail.subject, letter.mail.body)
    if ways.opens:
        try:
            placed.append(f"opened in {open_link(link)}")
        except UsageError as error:
            error.message += f"; nothing was given, and the note is kept in {_draft(at, letter, to)}"
            raise
    return (*placed, *(["a mailto: link"] if ways.mailto else [])), link if ways.mailto else ""


def _draft(at: Here, letter: Letter, to: Mailbox | None) -> str:
    from giveback.mailing.drafts import write_draft
    from giveback.mailing.message import build
    from giveback.mailing.settings import sender

    message = build(sender(at.places), to, letter.mail.subject, letter.mail.body, at=at.now)
    return write_draft(at.places.drafts, message, at.now)


def check_letter(letter: Letter, ways: MailWays) -> None:
    """Refuse to send or draft what says nothing.

    Raises:
        UsageError: there is no note, or after a call no e-mail.
    """
    if not ways.any:
        return
    if letter.channel == "call" and letter.mail is letter.note:
        raise UsageError("the note for the call has no e-mail to send or draft afterwards", "use --via email")
    if not letter.mail.body.strip():
        raise UsageError("there is no note to send", "give an article or a link, or write one with --edit")


def send_letter(at: Here, letter: Letter, to: Mailbox | None, ways: MailWays, *, again: bool) -> str:
    """Send a note by the mail server, after asking once, and log it.

    Returns:
        The UUID of the exchange.

    Raises:
        GivebackError: it was not sent; it is kept in the outbox, and its number is told.
    """
    from giveback.giving.sending import keep
    from giveback.mailing.settings import required_sender
    from giveback.store.changes import change

    own = required_sender(at.places)
    with change(at.store, at.now) as session:
        number = keep(session, letter, own, to, at.now, again=again)
    if to is None:
        raise NotFoundError(
            f"{letter.contact.name} has no e-mail address; nothing was sent, and the note is kept as message {number}",
            f'giveback edit "{letter.contact.name}" --email ADDRESS, then giveback mail send {number}',
        )
    return deliver(at, number, ask=not ways.yes)


def deliver(at: Here, number: int, *, ask: bool, again: bool = False, by: Callable[[Sender], str] | None = None) -> str:
    """Send a message of the outbox, after asking once.

    Args:
        at: the store and the settings.
        number: of the message.
        ask: whether to ask.
        again: send it although it is not known whether an earlier attempt arrived.
        by: sends it over a connection; without, it goes as a gift, and is logged as one.

    Returns:
        The UUID of the exchange that is logged, "" when none is.

    Raises:
        GivebackError: it was not sent, or that is not known.
    """
    from giveback.giving.sending import send as send_note
    from giveback.mailing.errors import NotSendableError
    from giveback.mailing.settings import ready
    from giveback.mailing.smtp import Sender

    try:
        settings = ready(at.places)
        if ask:
            _ask(at, number, settings.host)
        with Sender(settings) as sender:
            return by(sender) if by else send_note(at.store, number, sender, at.now, again=again)
    except NotSendableError:
        raise
    except GivebackError as error:
        raise _told(at, error, number) from error


def _row(at: Here, number: int) -> DeliveryRow:
    from contextlib import closing

    from giveback.store import connect
    from giveback.store.questions.deliveries import one

    connection = connect.read(at.store)
    assert connection is not None
    with closing(connection):
        row = one(connection, number)
    assert row is not None
    return row


def _ask(at: Here, number: int, host: str) -> None:
    row = _row(at, number)
    note(f"To: {row.contact} <{row.recipient}>")
    note(f"Subject: {row.subject}")
    if not typer.confirm(f"Send it by {host}?", err=True):
        raise UsageError("not sent", "")


def _told(at: Here, error: GivebackError, number: int) -> GivebackError:
    """The error, with what has become of the note and what can be done."""
    from giveback.mailing.outbox import why_not

    row = _row(at, number)
    if row.state == "sending":
        error.hint = why_not(row)[1]
    else:
        error.message += f"; the note is kept as message {number}"
        error.hint = f"{error.hint + '; ' if error.hint else ''}giveback mail send {number} sends it"
    return error
