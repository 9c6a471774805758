"""What the commands of asking share: which target is meant, what may be suggested, and notes as they are shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.cli.common import can_ask, choose, say, threshold_of
from giveback.config import setting
from giveback.errors import NotFoundError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.cli.common import Here
    from giveback.cli.sending import MailWays
    from giveback.giving.choices import Choice
    from giveback.giving.composing.notes import Note
    from giveback.giving.rules.book import Book
    from giveback.mailing.mailboxes import Mailbox
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.targets import TargetRow

TargetName = Annotated[str, typer.Argument(metavar="TARGET", help="A target's name, or part of it.")]
ForTarget = Annotated[str, typer.Option("--target", metavar="TARGET", help="For which target.")]


class Ways(NamedTuple):
    """Where notes are put: by which ways of e-mail, and whether on the clipboard."""

    mail: MailWays
    copy: bool


def target_of(connection: sqlite3.Connection | None, said: str) -> TargetRow:
    """The target that is meant; asks on a terminal when several could be.

    Raises:
        GivebackError: none, or several in a pipe.
    """
    from giveback.asking.targets import resolve

    return resolve(connection, said, _menu if can_ask() else None)


def _menu(said: str, rows: Sequence[TargetRow]) -> TargetRow:
    return rows[choose(f"{said!r} could be:", [row.name for row in rows])]


def rules_of_gifts(at: Here) -> Book:
    """The rules by which gifts are judged."""
    from giveback.giving.rules.book import load

    return load(os.path.dirname(at.places.config))


def choice_of(at: Here, limit: int) -> Choice:
    """What may be suggested, by the settings."""
    from giveback.giving.choices import Choice, kinds

    return Choice(
        limit=limit,
        reasons=False,
        allow=kinds(setting(at.places, "tact.allow")),
        weak=kinds(setting(at.places, "interests.weak")),
        threshold=threshold_of(at),
    )


def show_note(text: Note, heading: str = "") -> None:
    """Print a note as it would be sent."""
    from giveback.cli.given import show_note as show

    if heading:
        say(heading)
    show(text)


def put(at: Here, contact: ContactRow, text: Note, to: Mailbox | None, ways: Ways, *, dry_run: bool) -> tuple[str, str]:
    """Put a note where it can be sent from.

    Args:
        at: the settings, the drafts and the clock.
        contact: for whom it is.
        text: the note.
        to: their address; None when it is not known.
        ways: where to.
        dry_run: only look whether it could be.

    Returns:
        Where it went, in words, and the mailto: link where that is to be printed; "" for none.

    Raises:
        NotFoundError: the address is needed and not known.
    """
    from giveback.cli.sending import hand_over
    from giveback.giving.placing import Outgoing, place
    from giveback.giving.placing import Ways as Places
    from giveback.giving.sending import Letter
    from giveback.keeping.exchanges import Gift

    if ways.mail.any and to is None:
        raise NotFoundError(f"{contact.name} has no e-mail address", f'giveback edit "{contact.name}" --email ADDRESS')
    letter = Letter(contact, Gift(""), text, "email", at.now.today)
    placed, link = hand_over(at, letter, to, ways.mail, dry_run=dry_run)
    copied = () if dry_run else place(Outgoing(contact, text, at.places.drafts, at.now), Places(copy=ways.copy))
    return ", ".join((*placed, *copied)), link


def ways_of(at: Here, channel: str, mail: MailWays, *, copy: bool) -> Ways:
    """The ways that are wanted; refuses those that the channel does not have."""
    from giveback.cli.sending import check

    check(at, channel, mail)
    return Ways(mail, copy)
