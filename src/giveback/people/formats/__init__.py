"""Files that people come with: a reader turns bytes into rows and rejects, whatever the format.

What a row says is checked in `people.importing`, so that every format is held to the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from giveback.people.contacts import ContactForm

T = TypeVar("T")


class ExchangeForm(NamedTuple):
    """What a file says of an exchange, as it is written there; "" where nothing is said.

    Attributes:
        name: whom it concerns.
        email: the same, unmistakably.
        day: an ISO date, or "3 Mar 2026".
        kind: gave, received, met, call, coffee …
        channel: how, where the file tells that apart from the kind.
        text: what it was.
        note: more of it.
    """

    name: str = ""
    email: str = ""
    day: str = ""
    kind: str = ""
    channel: str = ""
    text: str = ""
    note: str = ""


class Row(NamedTuple, Generic[T]):
    """One entry of a file: the line it begins at, what it says, and its cells for the file of rejects."""

    line: int
    form: T
    cells: Sequence[str]


class Reject(NamedTuple):
    """An entry that cannot be used: where, why, and what it was.

    Attributes:
        line: the line it begins at, the first is 1.
        reason: one line.
        cells: its cells, or its text when it could not be taken apart.
    """

    line: int
    reason: str
    cells: Sequence[str]


class Sheet(NamedTuple):
    """What a reader found in one file.

    Attributes:
        name: the file's name without its folder.
        contacts: entries that are people.
        exchanges: entries that are exchanges.
        rejects: what could not be taken apart.
        passed_over: columns or fields that say nothing to giveback.
        write: makes a file of the same format out of rejects.
    """

    name: str
    contacts: Sequence[Row[ContactForm]]
    exchanges: Sequence[Row[ExchangeForm]]
    rejects: Sequence[Reject]
    passed_over: Sequence[str]
    write: Callable[[Sequence[Reject]], str]


def read(data: bytes, name: str) -> Sheet:
    """Read a file by the first reader that knows its format.

    Args:
        data: the whole file.
        name: its name without the folder, for messages.

    Raises:
        UsageError: no reader knows it; the message says what was found.
    """
    from giveback.people.formats import delimited

    # A reader answers None to what is not its format; the last one says what it misses.
    readers: tuple[Callable[[bytes, str], Sheet | None], ...] = (delimited.read,)
    return next(sheet for reader in readers if (sheet := reader(data, name)) is not None)
