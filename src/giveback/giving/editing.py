"""The user's editor."""

from __future__ import annotations

import os

from giveback.errors import UsageError
from giveback.giving.composing.notes import Note
from giveback.text import clean_line, clean_text


def edited_note(note: Note, channel: str, command: str) -> Note:
    """Let the user edit a note; its subject, where it has one, is the first line.

    Args:
        note: what it starts with.
        channel: how it is given, "" when that is not said.
        command: the editor's command.

    Returns:
        The note as it was saved.

    Raises:
        UsageError: the editor is not there or failed, or the file was emptied: then nothing is given.
    """
    start = f"{note.subject}\n\n{note.body}\n" if note.subject else f"{note.body}\n"
    text = edited(start, command, suffix=f".{channel or 'note'}.txt")
    subject, _, body = text.partition("\n") if note.subject else ("", "", text)
    if not clean_text(body):
        raise UsageError("the note is empty", "nothing was given")
    return Note(clean_line(subject, 150), clean_text(body))


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
