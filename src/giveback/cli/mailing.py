"""Mail: login, check, outbox, show, send, sent, drop."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, country, family, here, note, questions, refresh, say, would
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from giveback.keeping.promises import Promised
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.deliveries import DeliveryRow

app = family()

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="A message's number in `giveback mail outbox`.")]

STATES = {
    "draft": "not sent",
    "sending": "unknown",
    "sent": "sent",
    "failed": "try again",
    "refused": "refused",
    "bounced": "came back",
    "dropped": "dropped",
}


@app.callback()
def mail() -> None:
    """Mail that giveback sends: login, check, outbox, show, send, sent, drop."""


@app.command("login")
def login(
    forget: Annotated[bool, typer.Option("--forget", help="Take the password out of the keyring again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Keep the password of your mail server in the keyring of this computer, and nowhere else.

    On a terminal it is asked for and not shown; in a pipe it is the first line of standard input. The server and your
    user name there are the settings mail.host and mail.user.

    Example: giveback mail login
    """
    from giveback import passwords
    from giveback.cli.feedcare import ask_password
    from giveback.mailing.settings import account, server

    settings = server(here().places)
    if not settings.user:
        raise UsageError("there is no user name for the mail server", "giveback config set mail.user NAME")
    name = account(settings)
    if forget:
        was_there = dry_run or passwords.forget(name)
        would(dry_run, f"no password of {name} any more" if was_there else f"the keyring had no password of {name}")
        return
    password = ask_password(name)
    if not dry_run:
        passwords.keep(name, password)
    would(dry_run, f"the password of {name} is in the keyring; `giveback mail check` tries it")


@app.command("check")
def check() -> None:
    """Connect to your mail server and log in, and say what it offers; nothing is sent.

    Example: giveback mail check
    """
    from giveback.mailing.settings import ready, sender
    from giveback.mailing.smtp import Sender

    at = here()
    settings, own = ready(at.places), sender(at.places)
    with Sender(settings) as connection:
        offers = connection.offers()
    say(f"{settings.host}:{settings.port} · {offers.tls or 'not encrypted'}")
    say(f"logged in as {settings.user}" if settings.user else "no login")
    say(f"messages up to {offers.size / 1_000_000:,.0f} MB" if offers.size else "no limit of size said")
    say("addresses in any script" if offers.international else "addresses in ASCII only")
    if own is None:
        note("your own address is not set (giveback config set me.email NAME@EXAMPLE.COM)")
    else:
        say(f"from {own}; nothing was sent")


@app.command("outbox")
def outbox(
    everything: Annotated[bool, typer.Option("--all", help="Those that are sent, too.")] = False,
    json: Json = False,
) -> None:
    """Messages that wait, failed, were refused, or of which it is not known whether they arrived.

    Example: giveback mail outbox
    """
    from giveback.store.questions.deliveries import listed

    at = here()
    connection = questions(at)
    rows = listed(connection, done=everything) if connection is not None else []
    if json:
        from giveback.output import records

        records.show([_record(row) for row in rows])
        return
    if not rows:
        note("nothing was sent yet" if everything else "nothing waits in the outbox")
        return
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    columns = (
        Column("", "number"), Column("To", "name"), Column("Subject", wraps=True), Column("Written", "day"),
        Column("State"), Column("Trouble", "detail"),
    )  # fmt: skip
    show(Table(columns, [
        (
            str(row.id), row.contact, row.subject, day_of(row.created_at, at.now.today), STATES[row.state],
            _trouble(row),
        )
        for row in rows
    ]))  # fmt: skip


def _trouble(row: DeliveryRow) -> str:
    if row.state == "sending":
        return row.error or "it was begun, and it is not known whether it arrived"
    return row.error


def _record(row: DeliveryRow) -> dict[str, object]:
    return {
        "id": row.id,
        "uuid": row.uuid,
        "purpose": row.purpose,
        "contact": {"id": row.contact_id, "uuid": row.contact_uuid, "name": row.contact},
        "address": row.recipient or None,
        "subject": row.subject,
        "message_id": row.message_id,
        "state": row.state,
        "error": row.error or None,
        "attempts": row.attempts,
        "written_at": row.created_at,
        "begun_at": row.began_at,
        "sent_at": row.sent_at,
        "kept": row.kept,
    }


@app.command("show")
def show_message(
    number: Number,
    draft: Annotated[bool, typer.Option("--draft", help="Write it as a draft that a mail program opens.")] = False,
) -> None:
    """Show a message of the outbox, or write it as a draft for your mail program.

    When your mail program has sent it, say so with `giveback mail sent`.

    Example: giveback mail show 3
    """
    from giveback.mailing.message import read, text_part
    from giveback.store.questions.deliveries import text_of

    at = here()
    row = _row(at, number)
    connection = questions(at)
    assert connection is not None
    with closing(connection):
        kept = text_of(connection, number)
    if kept is None:
        raise NotFoundError(f"the text of message {number} is not kept any more", f'giveback history "{row.contact}"')
    message = read(kept[0])
    if draft:
        from giveback.mailing.drafts import write_draft

        say(write_draft(at.places.drafts, message, at.now))
        note(f"when it is sent: giveback mail sent {number}")
        return
    for name in ("From", "To", "Subject", "Date"):
        say(f"{name}: {message[name] or '(none)'}")
    print()
    for line in text_part(message).splitlines():
        say(line)
    trouble = _trouble(row)
    note(f"{STATES[row.state]}: {trouble}" if trouble else STATES[row.state])


@app.command("send")
def send(
    number: Number,
    again: Annotated[bool, typer.Option("--again", help="Send it though it may have arrived: you looked.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it without asking.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Send a message of the outbox; it goes to the address that the contact has now.

    What was sent is never sent again. Of one whose sending was begun it may not be known whether it arrived: look in
    your sent folder first.

    Example: giveback mail send 3
    """
    from giveback.cli.promised import tell
    from giveback.cli.sending import can_ask, deliver
    from giveback.mailing.errors import NotSendableError
    from giveback.mailing.outbox import SENDABLE, why_not

    at = here()
    row = _row(at, number)
    if row.state not in SENDABLE and not (again and row.state == "sending"):
        raise NotSendableError(*why_not(row))
    if not row.kept:
        raise NotSendableError(f"the text of message {number} is not kept here", f"send the {row.purpose} again")
    if not (yes or dry_run or can_ask()):
        raise UsageError("nobody can be asked whether to send it", "add --yes, or run it on a terminal")
    to = _readdressed(at, row, dry_run=dry_run)
    if dry_run:
        would(dry_run, f"{row.subject} · to {row.contact} <{to}>")
        return
    had_promised = _promised(at, row)
    deliver(at, number, ask=not yes, again=again, by=_by(at, row, again=again))
    say(f"sent to {row.contact} <{to}> · {row.subject}")
    tell(row.contact, had_promised, at.now.today)
    refresh(at)


def _promised(at: Here, row: DeliveryRow) -> Promised:
    """What had been promised to whom a message goes, before it goes."""
    from giveback.giving.sending import promised_with

    connection = questions(at)
    assert connection is not None
    with closing(connection):
        return promised_with(connection, row, at.now.today)


def _by(at: Here, row: DeliveryRow, *, again: bool) -> Callable[[Sender], str] | None:
    """How an ask is sent, so that it is logged as one; None for everything else."""
    log = _log_of(at, row)
    if log is None:
        return None
    from giveback.asking.sending import send

    def by(sender: Sender) -> str:
        send(at.store, row.id, sender, at.now, command=f"ask {row.contact}: {row.subject}", log=log, again=again)
        return ""

    return by


def _log_of(at: Here, row: DeliveryRow) -> Callable[[Session], object] | None:
    """What logs the ask that a message is; None for a message that is none."""
    from giveback.asking.sending import PURPOSE, log_kept

    return partial(log_kept, row=row, now=at.now, country=country(at)) if row.purpose == PURPOSE else None


def _readdressed(at: Here, row: DeliveryRow, *, dry_run: bool) -> str:
    """The address that a message goes to: its own while the contact has it, else the one that they have now."""
    from giveback.mailing.outbox import readdress
    from giveback.store.changes import change

    to = _address(at, row)
    if to is None:
        raise NotFoundError(
            f"{row.contact} has no e-mail address, so message {row.id} waits",
            f'giveback edit "{row.contact}" --email ADDRESS',
        )
    if to.address != row.recipient and not dry_run:
        with change(at.store, at.now) as session:
            readdress(session, row.id, to)
    return to.address


def _address(at: Here, row: DeliveryRow) -> Mailbox | None:
    from giveback.mailing.mailboxes import mailbox
    from giveback.store.questions.contacts import points

    connection = questions(at)
    assert connection is not None
    with closing(connection):
        found = [point.value for point in points(connection, row.contact_id) if point.kind == "email"]
    boxes = [mailbox(value, row.contact) for value in found]
    return next((box for box in boxes if box.address == row.recipient), boxes[0] if boxes else None)


@app.command("sent")
def sent(number: Number, dry_run: DryRun = False) -> None:
    """Say that a message went another way, or did arrive: it is logged, and never sent.

    Example: giveback mail sent 3
    """
    from giveback.cli.promised import tell
    from giveback.giving.sending import settle
    from giveback.mailing.errors import NotSendableError
    from giveback.mailing.outbox import why_not

    at = here()
    row = _row(at, number)
    if row.state == "sent":
        raise NotSendableError(*why_not(row))
    had_promised = _promised(at, row)
    settle(at.store, row, at.now, dry_run=dry_run, log=_log_of(at, row))
    would(dry_run, f"sent · {row.subject} · to {row.contact}")
    tell(row.contact, had_promised, at.now.today, dry_run=dry_run)
    if not dry_run:
        refresh(at)


@app.command("drop")
def drop(number: Number, dry_run: DryRun = False) -> None:
    """Take a message out of the outbox: it is not to be sent.

    Example: giveback mail drop 3
    """
    from giveback.mailing.errors import NotSendableError
    from giveback.mailing.outbox import mark, why_not
    from giveback.store.changes import change

    at = here()
    row = _row(at, number)
    if row.state == "sent":
        raise NotSendableError(*why_not(row))
    with change(at.store, at.now, f"mail drop {number}: {row.subject}", dry_run=dry_run) as session:
        mark(session, number, "dropped")
    would(dry_run, f"dropped · {row.subject} · to {row.contact}")


def _row(at: Here, number: int) -> DeliveryRow:
    from giveback.store.questions.deliveries import one

    connection = questions(at)
    row = None
    if connection is not None:
        with closing(connection):
            row = one(connection, number)
    if row is None:
        raise NotFoundError(f"there is no message {number}", "`giveback mail outbox` lists them")
    return row
