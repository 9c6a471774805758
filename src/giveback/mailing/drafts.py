"""Messages that leave by the user's own mail program: a file, a mailto: link, or the program started with it."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from giveback.errors import StoreError, UsageError
from giveback.naming import stem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import EmailMessage

    from giveback.dates import Now
    from giveback.mailing.mailboxes import Mailbox

_MANY = 1_000
_NAME_LIMIT = 60


def write_draft(folder: str, message: EmailMessage, now: Now) -> str:
    """Write a draft that a mail program opens for sending.

    Args:
        folder: where drafts are kept; made when it is not there.
        message: from `message.build`; From and To may be left to the mail program.
        now: the clock, for the file's name.

    Returns:
        The file's path; no earlier draft is written over.

    Raises:
        StoreError: the folder cannot be written.
    """
    from giveback.mailing.message import wire

    if "X-Unsent" not in message:
        # Mail programs open a message with this field for editing instead of reading.
        message["X-Unsent"] = "1"
    name = f"{now.at:%Y%m%d-%H%M%S}-{_told(message)}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path, number = _fresh(folder, name)
        with open(number, "wb") as file:
            file.write(wire(message))
    except OSError as error:
        raise StoreError(
            f"a draft cannot be written in {folder}: {error.strerror}", "check the folder and the disk"
        ) from error
    return path


def _told(message: EmailMessage) -> str:
    to = message["To"].addresses[0].addr_spec if "To" in message else "nobody"
    return stem(re.sub(r"[^\w@.-]", "", to)[:_NAME_LIMIT], "nobody")


def _fresh(folder: str, name: str) -> tuple[str, int]:
    for number in range(1, _MANY):
        path = os.path.join(folder, f"{name}{f'-{number}' if number > 1 else ''}.eml")
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "too many drafts of one second", folder)


def mailto(recipient: Mailbox | None, subject: str, body: str) -> str:
    """A link that opens a new message in a mail program (RFC 6068).

    Args:
        recipient: To, or None.
        subject: one line.
        body: lines ended by line feeds, which become CRLF (RFC 6068 5).
    """
    from urllib.parse import quote

    to = quote(recipient.address, safe="@") if recipient else ""
    lines = body.rstrip("\n").replace("\r\n", "\n").replace("\n", "\r\n")
    return f"mailto:{to}?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"


def open_link(link: str, env: Mapping[str, str] = os.environ) -> str:
    """Start a mail program with a mailto: link.

    Args:
        link: from `mailto`.
        env: `MAILER` names the program, with its options; %s in it stands for the link, which else comes last.
            Without it the platform's own opener is asked.

    Returns:
        The program's name.

    Raises:
        UsageError: there is none, or it failed.
    """
    import subprocess

    mailer = env.get("MAILER", "")
    if sys.platform == "win32" and not mailer.strip():
        os.startfile(link)  # noqa: S606 - never through cmd, which reads the & of a link
        return "your mail program"
    command = _command(link, mailer)
    try:
        # What it prints is no data of ours; a program in the terminal has it for itself.
        done = subprocess.run(command, stdout=None if sys.stdout.isatty() else 2, check=False)  # noqa: S603 - the user's own program
    except (OSError, ValueError) as error:
        raise UsageError(f"the mail program {command[0]!r} cannot be started", _HINT) from error
    if done.returncode:
        raise UsageError(f"the mail program {command[0]!r} ended with {done.returncode}", _HINT)
    return os.path.basename(command[0])


_HINT = "set MAILER to one that is installed, or use --draft"


def _command(link: str, mailer: str) -> list[str]:
    import shlex

    if not mailer.strip():
        return ["open" if sys.platform == "darwin" else "xdg-open", link]
    try:
        words = shlex.split(mailer)
    except ValueError as error:
        raise UsageError(f"MAILER is {mailer!r}, which is no command", _HINT) from error
    named = [word.replace("%s", link) for word in words]
    return named if named != words else [*words, link]
