"""A folder of tasks and events that task managers, calendars and phones share (a vdir)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.keeping.tasks import birthdays, calendar, component, tasks, yearly
from giveback.store.folders import Folder, Wanted, digest, file_name, files, known

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from icalendar import Component

    from giveback.store.folders import Found, Outcome

ENDING = ".ics"

_UID = re.compile(rb"^UID:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)


def everything(
    connection: sqlite3.Connection, today: date, within_days: int, only: Sequence[int] | None = None
) -> Iterator[tuple[str, Component]]:
    """Every task that is due by then, and every birthday, of everybody or of some: UID and component."""
    days = birthdays(connection, only)
    for task in tasks(connection, today, within_days, only):
        # Birthdays are events of each year; a second one would only repeat it.
        if task.reason.occasion is None or task.reason.occasion.kind != "birthday":
            yield task.uid, component(task)
    for day in days:
        yield day.uid, yearly(day)


def text(connection: sqlite3.Connection, today: date, within_days: int, only: Sequence[int] | None = None) -> bytes:
    """One calendar with everything, of everybody or of some."""
    return bytes(calendar(made for _, made in everything(connection, today, within_days, only)).to_ical())


def there(folder: str) -> dict[str, Found]:
    """The files of a folder by the UID of what they hold first."""
    found: dict[str, Found] = {}
    for file in files(folder, ENDING):
        said = _UID.search(file.data)
        if said:
            uid = re.sub(rb"\r?\n[ \t]", b"", said[1]).decode("utf-8", "replace").strip()
            found.setdefault(uid, file)
    return found


def changed(store: str, folder: str) -> dict[str, Found]:
    """The files, by UID, that were written here and changed by others since."""
    before = known(store, folder)
    return {
        uid: file for uid, file in there(folder).items() if uid in before and digest(file.data) != before[uid].digest
    }


def write(store: str, folder: str, made: Iterable[tuple[str, Component]], *, dry_run: bool = False) -> Outcome:
    """Bring a folder of tasks and events up to date.

    What others changed of a task stays until the task itself changes or is over.

    Args:
        store: the SQLite file.
        folder: the vdir; files that others put there are left alone.
        made: all that there should be; see `everything`.
        dry_run: only say what would be done.
    """
    before = known(store, folder)
    wanted = (
        Wanted(uid, file_name(uid, ENDING), bytes(calendar([component_of]).to_ical())) for uid, component_of in made
    )

    def says_something_new(one: Wanted, _file: Found) -> bool:
        return one.uid in before and before[one.uid].digest != digest(one.data)

    done = Folder(store, folder, ENDING, there(folder), says_something_new, revive=True).write(
        wanted, whole=True, dry_run=dry_run
    )
    # A note or a priority of one's own is what a task manager is for.
    return done._replace(unchanged=done.unchanged + len(done.changed), changed=[])
