"""Ways in which a note leaves: a draft that any mail program opens, or the clipboard."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from giveback.errors import StoreError, UsageError

if TYPE_CHECKING:
    from giveback.dates import Now
    from giveback.giving.notes import Note


def write_draft(folder: str, note: Note, sender: str, recipient: str, now: Now) -> str:
    """Write an e-mail draft (RFC 5322) that a mail program opens for sending.

    Args:
        folder: where drafts are kept; made when it is not there.
        note: what it says.
        sender: "Name <address>", or "" to leave it to the mail program.
        recipient: the address.
        now: the clock.

    Returns:
        The file's path.

    Raises:
        StoreError: the folder cannot be written.
    """
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime

    message = EmailMessage(policy=SMTP)
    if sender:
        message["From"] = sender
    message["To"] = recipient
    message["Subject"] = note.subject
    message["Date"] = format_datetime(now.at)
    # Mail programs open a message with this header for editing instead of reading.
    message["X-Unsent"] = "1"
    message.set_content(note.body + "\n")
    name = f"{now.at:%Y%m%d-%H%M%S}-{''.join(c for c in recipient if c.isalnum() or c in '@.-')[:60]}.eml"
    path = os.path.join(folder, name)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
    except OSError as error:
        raise StoreError(
            f"the draft {path} cannot be written: {error.strerror}", "check the folder and the disk"
        ) from error
    return path


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
