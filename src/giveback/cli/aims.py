"""What the commands of asking share: which target is meant, what may be suggested, and notes as they are shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import can_ask, say, threshold_of
from giveback.config import setting

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.cli.common import Here
    from giveback.giving.choices import Choice
    from giveback.giving.composing.notes import Note
    from giveback.giving.placing import Ways
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.targets import TargetRow

TargetName = Annotated[str, typer.Argument(metavar="TARGET", help="A target's name, or part of it.")]
ForTarget = Annotated[str, typer.Option("--target", metavar="TARGET", help="For which target.")]


def target_of(connection: sqlite3.Connection | None, said: str) -> TargetRow:
    """The target that is meant; asks on a terminal when several could be.

    Raises:
        GivebackError: none, or several in a pipe.
    """
    from giveback.asking.targets import resolve

    return resolve(connection, said, _menu if can_ask() else None)


def _menu(said: str, rows: Sequence[TargetRow]) -> TargetRow:
    return rows[choose(f"{said!r} could be:", [row.name for row in rows])]


def choose(question: str, lines: Sequence[str]) -> int:
    """Let a person choose one of several lines.

    Returns:
        Its place, from 0.
    """
    print(question, file=sys.stderr)
    for number, line in enumerate(lines, start=1):
        print(f"  {number}  {line}", file=sys.stderr)
    number = 0
    while not 1 <= number <= len(lines):
        number = int(typer.prompt(f"Which one, 1 to {len(lines)}", type=int, err=True))
    return number - 1


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
    if heading:
        say(heading)
    if text.subject:
        say(f"Subject: {text.subject}")
        print()
    for line in text.body.splitlines():
        say(line)
    print()


def address_of(connection: sqlite3.Connection, contact: ContactRow) -> str:
    """A contact's first e-mail address.

    Raises:
        NotFoundError: there is none.
    """
    from giveback.errors import NotFoundError
    from giveback.store.questions.contacts import points

    found = next((point.value for point in points(connection, contact.id) if point.kind == "email"), "")
    if not found:
        raise NotFoundError(f"{contact.name} has no e-mail address", f'giveback edit "{contact.name}" --email ADDRESS')
    return found


def put(at: Here, contact: ContactRow, text: Note, address: str, ways: Ways) -> str:
    """Put a note where it can be sent from.

    Returns:
        Where it went, in words; "" for nowhere.
    """
    from giveback.giving.placing import Outgoing, place

    name, mine = setting(at.places, "me.name"), setting(at.places, "me.email")
    sender = f'"{name}" <{mine}>' if name and mine else mine
    return ", ".join(place(Outgoing(contact, text, address, sender, at.places.drafts, at.now), ways))
