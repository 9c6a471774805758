"""Where a note is put so that it can be taken elsewhere: the clipboard. What is sent by mail is in `sending`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError

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
        UsageError: there is no clipboard.
    """
    note, placed = outgoing.note, []
    if not note.body:
        return ()
    if ways.copy:
        copy(f"{note.subject}\n\n{note.body}" if note.subject else note.body)
        placed.append("copied to the clipboard")
    return tuple(placed)


def copy(text: str) -> None:
    """Put text on the clipboard.

    Raises:
        UsageError: the system has no clipboard that a program can reach.
    """
    import pyperclip

    try:
        pyperclip.copy(text)
    except pyperclip.PyperclipException as error:
        raise UsageError(
            "there is no clipboard to copy to", "install wl-clipboard, xclip or xsel, or use --draft"
        ) from error
