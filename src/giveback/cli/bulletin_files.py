"""The file of an issue: opened in the editor, and read again."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from giveback.cli.common import Here, editor, note, questions, say
from giveback.errors import AmbiguousError, NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.bulletins.issues import Opened


def asked(at: Here) -> sqlite3.Connection:
    """The store for reading.

    Raises:
        NotFoundError: there is none yet.
    """
    connection = questions(at)
    if connection is None:
        raise NotFoundError("there are no articles yet", "giveback feed add ADDRESS, then giveback fetch")
    return connection


def can_edit() -> bool:
    """Whether a person is at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def edit_file(at: Here, path: str) -> None:
    """Let the user edit the file itself: whatever happens, what they saved is there.

    Raises:
        AmbiguousError: somebody is editing it already.
        UsageError: the editor cannot be started.
    """
    import shlex
    import subprocess

    from giveback.reading.locking import only_one

    with only_one(at.store, f"{os.path.basename(path)}.lock") as alone:
        if not alone:
            raise AmbiguousError(f"{path} is open in another editor", "close that first: what it saves would be lost")
        command = editor()
        try:
            done = subprocess.run([*shlex.split(command), path], check=False)  # noqa: S603 - the user's own editor
        except (OSError, ValueError) as error:
            raise UsageError(f"the editor {command!r} cannot be started", f"set EDITOR; the file is {path}") from error
    if done.returncode:
        note(f"the editor ended with {done.returncode}; the file is {path}")


def take_in(at: Here, number: int) -> Opened:
    """Read the file again, and keep what it says."""
    from giveback.bulletins import files
    from giveback.bulletins.issues import open_issue, settle, vanished
    from giveback.store.changes import change

    with closing(asked(at)) as connection:
        opened = open_issue(connection, number, at.places.bulletins)
        gone = vanished(connection, opened.row, opened.document)
    if opened.decision != files.SAME:
        with change(at.store, at.now, f"bulletin edit {number}") as session:
            settle(session, opened, at.now)
    items = len(opened.document.items)
    what = {files.TAKE: "taken over", files.WRITE: "written again from the store"}.get(opened.decision, "as it was")
    say(f"issue {number} · {opened.document.title} · {items} item{'' if items == 1 else 's'} · {what} · {opened.path}")
    for title in gone:
        note(f"{title!r} is not among the articles any more; it goes out as the file says")
    return opened
