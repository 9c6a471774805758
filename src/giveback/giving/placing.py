"""Where a note is put so that it can be sent: a draft that any mail program opens, or the clipboard."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import StoreError, UsageError

if TYPE_CHECKING:
    from giveback.dates import Now
    from giveback.giving.composing.notes import Note
    from giveback.store.questions.contacts import ContactRow


class Ways(NamedTuple):
    """Where a note is to be put; several ways may be wanted at once.

    Attributes:
        copy: the clipboard.
    """

    copy: bool = False


class Outgoing(NamedTuple):
    """A note that is about to be put somewhere.

    Attributes:
        contact: whom it is for.
        note: what it says.
        drafts: the folder of drafts.
        now: the clock.
    """

    contact: ContactRow
    note: Note
    drafts: str
    now: Now


def place(outgoing: Outgoing, ways: Ways) -> tuple[str, ...]:
    """Put a note where it can be sent from.

    Args:
        outgoing: the note, for whom and from whom.
        ways: where to.

    Returns:
        Where it went, in a few words each, for the echo.

    Raises:
        StoreError: a draft cannot be written.
        UsageError: there is no clipboard.
    """
    note, placed = outgoing.note, []
    if not note.body:
        return ()
    if ways.copy:
        placed.append(_copied(outgoing))
    return tuple(placed)


def keep_note(folder: str, note: Note, now: Now) -> str:
    """Keep a note that could not be put anywhere, in a file of its own, for `giveback give … --note FILE`.

    Args:
        folder: where drafts are kept; made when it is not there.
        note: what it says.
        now: the clock.

    Returns:
        The file's path.

    Raises:
        StoreError: the folder cannot be written.
    """
    import tempfile

    from giveback.giving.editing import as_text

    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        number, path = tempfile.mkstemp(suffix=".txt", prefix=f"note-{now.at:%Y%m%d-%H%M%S}-", dir=folder)
        with open(number, "w", encoding="utf-8") as file:
            file.write(as_text(note))
    except OSError as error:
        raise StoreError(f"the note cannot be kept in {folder}: {error.strerror}", "check the disk") from error
    return path


def _copied(outgoing: Outgoing) -> str:
    """Put a note on the clipboard; where there is none it is kept.

    Raises:
        UsageError: there is none.
    """
    from giveback.giving.clipboard import copy
    from giveback.giving.editing import as_text

    note = outgoing.note
    try:
        return copy(as_text(note).strip())
    except UsageError as error:
        path = keep_note(outgoing.drafts, note, outgoing.now)
        raise UsageError(
            f"{error.message}; nothing was given, and the note is kept in {path}",
            f"{error.hint}; or give it again with --note {path}",
        ) from error
