"""Bulletins by mail: send, and what a letter looks like."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.cli.common import DryRun, Here, Json, here, note, refresh, say, wanted_model
from giveback.config import setting
from giveback.errors import AmbiguousError, NetworkError, NotFoundError, RejectedError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from giveback.bulletins.issues import Opened
    from giveback.bulletins.letters import Letter, Writer
    from giveback.bulletins.sending import Mailing, Outcome, Recipient
    from giveback.store.questions.bulletins import BulletinRow

Number = Annotated[int, typer.Argument(metavar="ISSUE", help="The number of an issue: giveback bulletin list.")]


def sample(at: Here, connection: sqlite3.Connection, opened: Opened) -> Letter:
    """The letter as its first reader would get it."""
    from giveback.bulletins.letters import write
    from giveback.bulletins.readers import resolve
    from giveback.giving.composing.wording import first_name
    from giveback.store.questions.bulletins import bulletin_numbered

    bulletin = bulletin_numbered(connection, opened.row.bulletin_id)
    assert bulletin is not None
    found = resolve(connection, bulletin, at.now.today, wanted_model(at))
    name = first_name(found[0].row.name, found[0].row.nickname) if found else ""
    reader = found[0].row.uuid if found else bulletin.uuid
    writer = _writer(at, opened, bulletin, address=setting(at.places, "me.email") or "you@example.com")
    return write(opened.document, date.fromisoformat(opened.row.on_day), writer, name, reader)


def _writer(at: Here, opened: Opened, bulletin: BulletinRow, *, address: str, name: str = "") -> Writer:
    from giveback.bulletins.addresses import unsubscribe
    from giveback.bulletins.letters import Writer
    from giveback.bulletins.rendering import encoded
    from giveback.bulletins.site import path_of
    from giveback.text import clean_line

    url = site_address(at)
    is_public = url and opened.row.published_at and not bulletin.contact_id
    return Writer(
        name=name or clean_line(setting(at.places, "me.name"), 200),
        address=address,
        bulletin=bulletin.title,
        uuid=bulletin.uuid,
        unsubscribe=unsubscribe(setting(at.places, "bulletins.unsubscribe")),
        page=encoded(url + path_of(opened.row.slug)) if is_public else "",
        personal=bulletin.contact_id is not None,
    )


def site_address(at: Here) -> str:
    """Where the site will be, ending in a slash, or "".

    Raises:
        UsageError: the setting is no address of the web.
    """
    from giveback.bulletins.addresses import site

    return site(setting(at.places, "bulletins.url"))


class _Ready(NamedTuple):
    """An issue that is about to be sent."""

    mailing: Mailing
    to: list[Recipient]


def send(
    number: Number,
    really: Annotated[bool, typer.Option("--send", help="Send it: one message for each reader.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needed in a pipe.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also to readers whose message may have arrived or not.")
    ] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Send an issue to its readers, one message each, never two to the same person.

    Without --send nothing leaves: each recipient, address and subject is shown. A run that was interrupted is gone on
    with by the same command. Whatever happened in between, nobody gets a second copy; whose message was on its
    way at that moment is told, and gets it once more with --again only.

    Example: giveback bulletin send 3 --dry-run
    """
    from giveback.reading.locking import only_one

    at = here()
    if not really or dry_run:
        _show_plan(at, _prepared(at, number, again=again), json=json)
        return
    with only_one(at.store, "mailing") as alone:
        if not alone:
            raise AmbiguousError("another giveback is sending a bulletin", "wait until it has finished")
        outcome, ready = _send(at, number, yes=yes, again=again)
    if outcome.sent:
        refresh(at)
    _report(at, ready, outcome, json=json)


def _prepared(at: Here, number: int, *, again: bool, opened: Opened | None = None) -> _Ready:
    from giveback.bulletins.issues import open_issue
    from giveback.bulletins.readers import resolve
    from giveback.bulletins.sending import Mailing, recipients
    from giveback.mailing.settings import required_sender
    from giveback.store.questions.bulletins import bulletin_numbered

    sender = required_sender(at.places)
    with closing(_asked(at)) as connection:
        opened = opened or open_issue(connection, number, at.places.bulletins)
        bulletin = bulletin_numbered(connection, opened.row.bulletin_id)
        assert bulletin is not None
        found = resolve(connection, bulletin, at.now.today, wanted_model(at))
        if not found:
            raise NotFoundError(
                f"nobody reads {bulletin.title!r} yet",
                f'giveback bulletin readers "{bulletin.title}" +NAME +@helpers',
            )
        writer = _writer(at, opened, bulletin, address=sender.address, name=sender.name)
        mailing = Mailing(
            opened.row, opened.document, date.fromisoformat(opened.row.on_day), sender, writer, bulletin.asset_id
        )
        return _Ready(mailing, recipients(connection, opened.row, found, again=again))


def _asked(at: Here) -> sqlite3.Connection:
    from giveback.store import connect

    connection = connect.read(at.store)
    if connection is None:
        raise NotFoundError("there are no bulletins yet", 'giveback bulletin new "Energy this week" --topic energy')
    return connection


def _show_plan(at: Here, ready: _Ready, *, json: bool) -> None:
    """Each recipient, address, subject and size; nothing leaves."""
    from giveback.bulletins.sending import READY, nothing
    from giveback.mailing.message import wire

    if json:
        _as_json(at, ready, nothing())
        return
    from giveback.output.table import Column, Table, show

    subject = ready.mailing.document.letter.subject or ready.mailing.document.title
    columns = (
        Column("Reader", "name"),
        Column("Address", grows=True),
        Column("Subject", grows=True),
        Column("Bytes", "number"),
        Column("State", "dim", grows=True),
    )
    body = [
        (
            each.reader.row.name,
            each.reader.row.address,
            subject if each.state == READY else "",
            f"{len(wire(ready.mailing.message(each, at.now))):,}" if each.state == READY else "",
            f"{each.state}: {each.why}" if each.why else each.state,
        )
        for each in ready.to
    ]
    show(Table(columns, body))
    count = sum(1 for each in ready.to if each.state == READY)
    note(
        f"nothing was sent; {count} message{'' if count == 1 else 's'} from {ready.mailing.sender} would be: "
        f"giveback bulletin send {ready.mailing.row.id} --send"
    )


def _as_json(at: Here, ready: _Ready, outcome: Outcome) -> None:
    from giveback.bulletins.sending import READY
    from giveback.mailing.message import wire
    from giveback.output import records

    standing = _standing(ready, outcome)
    records.show(
        {
            "issue": ready.mailing.row.id,
            "subject": ready.mailing.document.letter.subject or ready.mailing.document.title,
            "from": str(ready.mailing.sender),
            "sent": len(outcome.sent),
            "left": sum(1 for _, state, _ in standing if state == READY),
            "recipients": [
                {
                    "contact_id": each.reader.row.id,
                    "name": each.reader.row.name,
                    "address": each.reader.row.address or None,
                    "state": state,
                    "why": why or None,
                    "bytes": len(wire(ready.mailing.message(each, at.now))) if each.mailbox else None,
                }
                for each, state, why in standing
            ],
        }
    )


def _standing(ready: _Ready, outcome: Outcome) -> list[tuple[Recipient, str, str]]:
    """How it stands with each recipient after a run."""
    from giveback.bulletins.sending import SENT, UNSURE

    found = []
    for each in ready.to:
        number = each.reader.row.id
        if number in outcome.sent:
            found.append((each, SENT, ""))
        elif number in outcome.unsure:
            found.append((each, UNSURE, ""))
        elif number in outcome.refused:
            found.append((each, "refused", outcome.refused[number]))
        else:
            found.append((each, each.state, each.why))
    return found


def _send(at: Here, number: int, *, yes: bool, again: bool) -> tuple[Outcome, _Ready]:
    from giveback.bulletins.sending import READY, nothing, queue, run, settle
    from giveback.dates import now
    from giveback.mailing.settings import ready as server
    from giveback.mailing.smtp import Sender
    from giveback.store.changes import as_one, change

    settings = server(at.places)
    _keep_text(at, number)
    ready = _prepared(at, number, again=again)
    settle(at.store, ready.mailing, at.now)
    to = [each for each in ready.to if each.state == READY]
    if not to:
        return nothing(), ready
    _agree(ready, to, yes=yes)
    before = _unit_before(at, ready.mailing.command)
    with Sender(settings) as sender, _progress(len(to)) as step:
        with change(at.store, at.now) as session:
            numbers = queue(session, ready.mailing, to, at.now)
        try:
            outcome = run(at.store, ready.mailing, to, numbers, sender, clock=now, on_step=step, again=again)
        finally:
            as_one(at.store, ready.mailing.command, before)
    return outcome, ready


def _keep_text(at: Here, number: int) -> None:
    """What goes out now is what the store has of the issue, too."""
    from giveback.bulletins import files
    from giveback.bulletins.issues import open_issue, settle
    from giveback.store.changes import change

    with closing(_asked(at)) as connection:
        opened = open_issue(connection, number, at.places.bulletins)
    if opened.decision != files.SAME:
        with change(at.store, at.now, f"bulletin edit {number}") as session:
            settle(session, opened, at.now)


def _unit_before(at: Here, command: str) -> int:
    """The last change that was something else: what a run that was killed has logged goes with this one."""
    with closing(_asked(at)) as connection:
        sql = "SELECT coalesce(max(id), 0) FROM journal WHERE command <> ?"
        return int(connection.execute(sql, (command,)).fetchone()[0])


def _agree(ready: _Ready, to: Sequence[Recipient], *, yes: bool) -> None:
    """Ask once; in a pipe nobody can be asked."""
    count = f"{len(to)} message{'' if len(to) == 1 else 's'}"
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{count} would be sent, and nobody can be asked here", "add --yes")
    if not typer.confirm(f"Send {ready.mailing.document.title!r} to {count.replace('message', 'reader')}?", err=True):
        raise typer.Abort


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from giveback.output.rich import progress

    with progress("sending", total) as step:
        yield step


def _report(at: Here, ready: _Ready, outcome: Outcome, *, json: bool) -> None:
    """Say what came of it, and what is left to be done."""
    from giveback.bulletins.sending import READY, SENT, UNSURE

    number = ready.mailing.row.id
    standing = _standing(ready, outcome)
    have = sum(1 for _, state, _ in standing if state == SENT)
    left = sum(1 for _, state, _ in standing if state == READY)
    if json:
        _as_json(at, ready, outcome)
    else:
        before = have - len(outcome.sent)
        parts = [ready.mailing.document.title, f"sent to {len(outcome.sent)}"]
        say(" · ".join([*parts, *([f"{before} had it"] if before else []), *([f"{left} left"] if left else [])]))
    missed = [(each, state, why) for each, state, why in standing if state not in (SENT, READY)]
    for each, state, why in missed:
        said = f"{each.reader.row.name}: {state}" + (f" ({why})" if why else "")
        hint = f"; if not, giveback bulletin send {number} --send --again" if state == UNSURE else ""
        note(f"not known whether it arrived at {said}{hint}" if state == UNSURE else f"not sent to {said}")
    if outcome.stopped is not None:
        hint = f"giveback bulletin send {number} --send goes on with the {left} that are left"
        raise NetworkError(f"stopped after {have} of {len(standing)}: {outcome.stopped.message}", hint)
    if missed:
        raise RejectedError(
            f"{len(missed)} of {len(standing)} readers did not get it for certain", "they are listed above"
        )
