"""Follow-ups as tasks: what `giveback followups --ics` and `--vdir` do."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

from giveback.cli.common import Here, questions, refresh, would
from giveback.store import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

AHEAD_DAYS = 30
"""How far a calendar looks ahead unless --within says otherwise."""


def to_file(at: Here, path: str, within_days: int, only: Sequence[int] | None, *, dry_run: bool) -> None:
    """Write one calendar with every follow-up and birthday; `-` is standard output."""
    from giveback.keeping.calendars import text
    from giveback.keeping.tasks import calendar
    from giveback.writing import mode_of, put

    connection = questions(at)
    data = (
        text(connection, at.now.today, within_days, only) if connection is not None else bytes(calendar(()).to_ical())
    )
    if path == "-":
        sys.stdout.write(data.decode())
        return
    if not dry_run:
        put(path, data, mode=mode_of(path))
    would(dry_run, f"wrote {path}")


def to_folder(
    at: Here, folder: str, within_days: int, only: Sequence[int] | None, *, json: bool, dry_run: bool
) -> None:
    """Read back what is done in a folder of tasks, then bring the folder up to date."""
    from giveback.cli.exporting import tell_folder
    from giveback.keeping.calendars import everything, write

    _read_back(at, folder, quiet=json, dry_run=dry_run)
    connection = connect.read(at.store)
    if connection is None:
        connect.write(at.store).close()
        connection = connect.read(at.store)
    assert connection is not None
    with closing(connection):
        done = write(at.store, folder, everything(connection, at.now.today, within_days, only), dry_run=dry_run)
    tell_folder(folder, done, json=json, dry_run=dry_run)


def _read_back(at: Here, folder: str, *, quiet: bool, dry_run: bool) -> None:
    from giveback.keeping.calendars import changed
    from giveback.keeping.tasks import finish, finished
    from giveback.store.changes import change
    from giveback.store.folders import accept

    connection = connect.read(at.store)
    if connection is None:
        return
    with closing(connection):
        files = changed(at.store, folder)
        done = finished(connection, [file.data for file in files.values()], at.now.today)
    if not done:
        return
    names = ", ".join(dict.fromkeys(one.task.name for one in done))
    with change(at.store, at.now, f"followups --vdir: done {names}", dry_run=dry_run) as session:
        lines = finish(session, done, at.now.today)
    if not quiet:
        for line in lines:
            would(dry_run, f"done · {line}")
    if not dry_run:
        # Read once: should `undo` take it back, the task is open again.
        accept(at.store, folder, {one.task.uid: files[one.task.uid] for one in done if one.task.uid in files})
        refresh(at)
