"""Who somebody in a file is, where that is not certain: as the options say, or as the user does, asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from giveback.cli.common import can_ask, note
from giveback.cli.imported import said_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from giveback.cli.common import Here
    from giveback.people.formats import Sheet
    from giveback.people.importing import Doubt


def decision(at: Here, sheets: Sequence[Sheet], *, same: bool, new: bool) -> Callable[[Doubt], int | None]:
    """How to tell who somebody is of whom it is not certain.

    Args:
        at: the store.
        sheets: what the files hold.
        same: such a person is the one in the store.
        new: they are somebody new.

    Returns:
        From a doubt the number of the contact that it is, 0 for somebody new, None to leave them.
    """
    if new:
        return lambda _: 0
    if same:
        return lambda doubt: doubt.candidates[0].id if len(doubt.candidates) == 1 else None
    if not can_ask():
        return lambda _: None
    from giveback.people.importing import doubts
    from giveback.store import connect

    connection = connect.read(at.store)
    if connection is None:
        return lambda _: None
    try:
        found = doubts(connection, sheets, at.now)
    finally:
        connection.close()
    answers = {(doubt.name, doubt.hint): _asked(doubt) for doubt in found}
    return lambda doubt: answers.get((doubt.name, doubt.hint))


def _asked(doubt: Doubt) -> int | None:
    note(said_of(doubt))
    for number, known in enumerate(doubt.candidates, start=1):
        note(f"  {number}  {known.label}")
    numbers = {str(number): known.id for number, known in enumerate(doubt.candidates, start=1)}
    said = ""
    while said not in (*numbers, "n", "l"):
        said = typer.prompt("Which one, n for somebody new, l to leave it", default="l", err=True).strip().lower()
    return {"n": 0, "l": None}.get(said, numbers.get(said))
