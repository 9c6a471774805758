"""What commands share: where the store is, what time it is, whom a name means, how to show things."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.config import Places, places, setting, share_setting
from giveback.dates import Now, now
from giveback.errors import UsageError
from giveback.store import connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from giveback.matching.embedding import Model
    from giveback.store.questions.contacts import NameRow

LARGEST = 2**63 - 1
"""The largest number of a row."""
Name = Annotated[str, typer.Argument(metavar="NAME", help="Full name, part of it, nickname, initials or e-mail.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, a stable contract (docs/json.md).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
Avoids = Annotated[list[str] | None, typer.Option(metavar="PHRASE", help="Something to keep away from; repeat it.")]
Via = Annotated[
    str,
    typer.Option("--via", metavar="CHANNEL", help="email, letter, call, in-person, message or social."),
]


PATIENCE = 1.0
"""Seconds after which a person wants to see that something goes on."""


class Here(NamedTuple):
    """Where a command works: its files and its clock."""

    places: Places
    now: Now

    @property
    def store(self) -> str:
        """The SQLite file."""
        return self.places.store


def here() -> Here:
    """The files of the present profile, and the time."""
    return Here(places(), now())


def threshold_of(at: Here) -> float:
    """The probability from which articles are held back as sensitive."""
    return share_setting(at.places, "tact.threshold")


def country(at: Here) -> str:
    """Whose public holidays are no business days: "US", "US-TX"; "" for none."""
    from giveback.keeping.calendar import checked_country

    return checked_country(setting(at.places, "asks.country"))


def family() -> typer.Typer:
    """An application that holds the commands of one file."""
    return typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


_OPEN: list[sqlite3.Connection] = []


def questions(at: Here) -> sqlite3.Connection | None:
    """The store for reading, closed when the command ends; None when there is none yet."""
    connection = connect.read(at.store)
    if connection is not None:
        _OPEN.append(connection)
    return connection


def close_questions() -> None:
    """Close what a command left open for reading."""
    while _OPEN:
        _OPEN.pop().close()


def whom(connection: sqlite3.Connection | None, said: str) -> NameRow:
    """The contact that is meant; asks on a terminal when several could be.

    Raises:
        GivebackError: nobody, or several in a pipe.
    """
    from giveback.people.names import resolve

    return resolve(connection, said, _menu if can_ask() else None)


def who(at: Here, said: str) -> NameRow:
    """As `whom`, for commands that go on to change something: the reading door is closed again."""
    connection = questions(at)
    try:
        return whom(connection, said)
    finally:
        if connection is not None:
            connection.close()


def can_ask() -> bool:
    """Whether a person is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _menu(said: str, rows: Sequence[NameRow]) -> NameRow:
    from giveback.people.names import line

    return rows[choose(f"{said!r} could be:", [line(row) for row in rows])]


def choose(question: str, lines: Sequence[str]) -> int:
    """Let a person choose one of several lines, which may hold text from outside.

    Returns:
        Its place, from 0.
    """
    from giveback.text import clean_line

    print(question, file=sys.stderr)
    for number, line in enumerate(lines, start=1):
        print(f"  {number}  {clean_line(line)}", file=sys.stderr)
    places = {str(number): number - 1 for number in range(1, len(lines) + 1)}
    while (said := typer.prompt(f"Which one (1 to {len(lines)})", err=True).strip()) not in places:
        note(f"say a number from 1 to {len(lines)}; Ctrl-C leaves all as it is")
    return places[said]


def say(line: str) -> None:
    """Print one line of what was done; it may hold text from outside."""
    from giveback.text import clean_line

    print(clean_line(line, 2_000))


def note(line: str) -> None:
    """Print one line beside the data, on stderr."""
    from giveback.text import clean_line

    # Where both go to one place, the data comes first.
    sys.stdout.flush()
    print(clean_line(line, 2_000), file=sys.stderr)


def ahead(day: date, today: date) -> str:
    """A day to come with its date: "in 4 days (27 Nov)"."""
    from giveback.dates import say_day

    near = say_day(day, today)
    date_said = f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
    return near if date_said in near else f"{near} ({date_said})"


def would(dry_run: bool, line: str) -> None:
    """Echo a change, marked when it was only tried."""
    say(f"dry run: {line}" if dry_run else line)


def refresh(at: Here, *, patient: bool = False) -> None:
    """Bring the ranking up to date after a change; on a terminal a line tells of it once it takes long.

    Args:
        at: the store.
        patient: the user expects a command that runs for long: with a transformer, all articles may be embedded.
    """
    from giveback.ranking.refresh import refresh as bring_up_to_date

    with told_when_long() as tell:
        done = bring_up_to_date(at.store, tell, wanted_model(at), patient=patient)
    if done.waiting:
        note(f"{done.waiting:,} articles wait for the transformer: `giveback fetch` embeds and ranks them")


def wanted_model(at: Here) -> Model:
    """The embedder that the settings name."""
    from giveback.matching.embedding import Model

    return Model(setting(at.places, "matching.model"), setting(at.places, "matching.model_path"))


@contextmanager
def told_when_long() -> Iterator[Callable[[str, int], None]]:
    """A line on stderr that counts, shown from the first step that ends after a second.

    Yields:
        A function to call with what was just done and how many of it.
    """
    from contextlib import ExitStack
    from time import monotonic

    start, done = monotonic(), 0
    shown: Callable[[str], None] | None = None
    with ExitStack() as stack:

        def tell(what: str, count: int) -> None:
            nonlocal done, shown
            done += count
            if monotonic() - start < PATIENCE or not sys.stderr.isatty():
                return
            from giveback.output.rich import status

            if shown is None:
                shown = stack.enter_context(status())
            shown(f"{what} … {done:,}")

        yield tell


def editor() -> str:
    """The user's editor: $VISUAL, $EDITOR, else vi.

    Raises:
        UsageError: none is named, and there is no terminal for vi.
    """
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not named and not sys.stdin.isatty():
        raise UsageError("there is no terminal for an editor", "set VISUAL or EDITOR, or leave out --edit")
    return named or "vi"
