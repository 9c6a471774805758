"""The user's own words: in their editor, or from a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.giving.composing.rendering import parsed

if TYPE_CHECKING:
    from giveback.giving.composing.notes import Note

LARGEST = 200_000
"""Characters of a note; no more of a file is read."""


def edited_note(note: Note, channel: str, command: str) -> Note:
    """Let the user edit a note.

    Args:
        note: what it starts with.
        channel: how it is given, "" when that is not said.
        command: the editor's command.

    Returns:
        The note as it was saved.

    Raises:
        UsageError: the editor is not there or failed, or the file was emptied: then nothing is given.
    """
    return read_note(edited(as_text(note), command, suffix=f".{channel or 'note'}.txt"), channel, note)


def as_text(note: Note) -> str:
    """A note in one text, as an editor shows it and as it is kept: the subject of an e-mail is the first line."""
    return f"{note.subject}\n\n{note.kept}\n" if note.subject else f"{note.kept}\n"


def read_note(text: str, channel: str, like: Note) -> Note:
    """Read what `as_text` wrote and the user may have changed.

    Args:
        text: what stands there now.
        channel: how it is given, "" when that is not said.
        like: the note before; where it has a subject, the first line is one.

    Raises:
        UsageError: nothing is left.
    """
    note = parsed(text, channel="email" if like.subject else channel if channel != "email" else "")
    if not note.body:
        raise UsageError("the note is empty", "nothing was given")
    return note


def read_file(path: str) -> str:
    """The text of a note that was kept in a file; "-" is standard input.

    Raises:
        UsageError: it cannot be read.
    """
    import sys

    if path == "-":
        return sys.stdin.read(LARGEST)
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise UsageError(f"the note {path} cannot be read: {error.strerror}", "check the path") from error


def edited(text: str, command: str, suffix: str = ".txt") -> str:
    """Let the user edit a text in their editor.

    Args:
        text: what it starts with.
        command: the editor's command, with its options.
        suffix: of the temporary file, which tells the editor what it is.

    Returns:
        The text as it was saved.

    Raises:
        UsageError: the editor is not there or failed; nothing is done then.
    """
    import shlex
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(prefix="giveback-") as folder:
        path = os.path.join(folder, f"giveback{suffix}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            done = subprocess.run([*shlex.split(command), path], check=False)  # noqa: S603 - the user's own editor
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the editor {command!r} cannot be started", "set EDITOR to one that is installed"
            ) from error
        if done.returncode:
            raise UsageError(f"the editor {command!r} ended with {done.returncode}", "nothing was changed")
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
