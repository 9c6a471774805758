"""Follow-ups as tasks and occasions as events (RFC 5545), and what a task manager says of them.

A task is known by its UID: that of the promise, reminder or outcome behind it, or one made of contact, reason and
day, so that the next turn of a cadence or the next step of an ask is a task of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

from giveback.dates import from_utc_text
from giveback.keeping.followups import FAR_DAYS, close, everybody, what_was_done

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from icalendar import Calendar, Component, Event, Todo
    from sqlmodel import Session

    from giveback.keeping.rules import Reason

PRODID = "-//giveback//giveback//EN"
SPACE = UUID("8f3c2c5e-5a0f-4d5e-9d5e-2f1f6f0d9a51")
"""The name space of UIDs that are made of a contact and a reason."""
STAND_FOR_NO_YEAR = 1972
"""A leap year before most; a yearly event has to begin in one."""
_HIGH, _MIDDLE, _LOW = 1, 5, 9
_PRIORITIES = {"promise": _HIGH, "thank-you": _HIGH, "cadence": _LOW}
_FEBRUARY, _LEAP_DAY = 2, 29


class Task(NamedTuple):
    """A reason to be in touch, as a calendar needs it.

    Attributes:
        uid: its UID.
        contact_id: the contact.
        contact_uuid: its uuid.
        name: whom it concerns.
        reach: how they are reached: e-mail and phone, one a line.
        reason: the reason.
        made_at: UTC text.
    """

    uid: str
    contact_id: int
    contact_uuid: str
    name: str
    reach: str
    reason: Reason
    made_at: str


class Birthday(NamedTuple):
    """A day that comes back each year: UID, what it is called, "YYYY-MM-DD" or "--MM-DD", and UTC text."""

    uid: str
    text: str
    day: str
    made_at: str


class Person(NamedTuple):
    """What tasks say of a contact."""

    uuid: str
    name: str
    reach: str
    made_at: str


class Finished(NamedTuple):
    """A task that a task manager says is done, and on which day."""

    task: Task
    on: date


def tasks(
    connection: sqlite3.Connection, today: date, within_days: int, only: Iterable[int] | None = None
) -> list[Task]:
    """Every reason to be in touch that is due by today or within some days.

    Args:
        connection: the store.
        today: the local day.
        within_days: how far to look ahead.
        only: numbers of contacts; None for all.
    """
    found = everybody(connection, today, within_days, only)
    known = people(connection, list(found))
    uuids = dict(connection.execute("SELECT id, uuid FROM follow_up WHERE done_on IS NULL").fetchall())
    return [
        Task(uid_of(known[number].uuid, uuids, reason), number, *known[number][:3], reason, known[number].made_at)
        for number, why in found.items()
        for reason in why
    ]


_REACH = (
    "SELECT contact_id, value FROM contact_point WHERE kind IN ('email', 'phone')"
    " AND contact_id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_NAMES = "SELECT id, uuid, name, created_at FROM contact WHERE id IN (SELECT value FROM json_each(?))"


def people(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Person]:
    """What tasks say of some contacts."""
    wanted = f"[{','.join(map(str, numbers))}]"
    reach: dict[int, list[str]] = {}
    for number, value in connection.execute(_REACH, (wanted,)):
        reach.setdefault(number, []).append(value)
    rows = connection.execute(_NAMES, (wanted,))
    return {
        number: Person(uuid, name, "\n".join(reach.get(number, ())), made_at) for number, uuid, name, made_at in rows
    }


def uid_of(contact_uuid: str, uuids: dict[int, str], reason: Reason) -> str:
    """The UID of a reason.

    Args:
        contact_uuid: of the contact.
        uuids: of stored follow-ups, by number.
        reason: an ask has a step for each of its days.
    """
    stored = uuids.get(reason.dated_id) if reason.dated_id is not None else None
    if stored and reason.kind != "waiting":
        return stored
    what = reason.occasion.kind if reason.occasion else reason.kind
    return str(uuid5(SPACE, "/".join((stored or contact_uuid, what, reason.due.isoformat(), reason.text))))


def birthdays(connection: sqlite3.Connection, only: Iterable[int] | None = None) -> list[Birthday]:
    """Birthdays and anniversaries of contacts that are not archived."""
    wanted = None if only is None else set(only)
    sql = (
        "SELECT c.id, c.uuid, c.name, c.created_at, c.birthday, coalesce(d.anniversary, '') FROM contact c"
        " LEFT JOIN contact_detail d ON d.contact_id = c.id WHERE c.archived_at IS NULL ORDER BY c.id"
    )
    found = []
    for number, uuid, name, made_at, born, married in connection.execute(sql):
        if wanted is None or number in wanted:
            for kind, day in (("birthday", born), ("anniversary", married)):
                if day:
                    uid = str(uuid5(SPACE, f"{uuid}/{kind}"))
                    found.append(Birthday(uid, f"{kind.capitalize()}: {name}", day, made_at))
    return found


def calendar(components: Iterable[Component]) -> Calendar:
    """A calendar of tasks and events."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    for component in components:
        made.add_component(component)
    return made


def component(task: Task) -> Component:
    """A task, or an event for an occasion."""
    return _occasion(task) if task.reason.kind == "occasion" else _todo(task)


def _todo(task: Task) -> Todo:
    from icalendar import Todo

    todo = Todo()
    _begin(todo, task.uid, task.made_at, f"{task.name}: {what_to_do(task.reason)}")
    todo.add("due", task.reason.due)
    todo.add("status", "NEEDS-ACTION")
    todo.add("priority", _PRIORITIES.get(task.reason.kind, _MIDDLE))
    todo.add("categories", ["giveback", task.reason.kind])
    if task.reach:
        todo.add("description", task.reach)
    todo.add("x-giveback-contact", task.contact_uuid)
    return todo


def _occasion(task: Task) -> Event:
    from datetime import timedelta

    from icalendar import Event

    event = Event()
    _begin(event, task.uid, task.made_at, f"{task.name}: {task.reason.text}")
    event.add("dtstart", task.reason.due)
    event.add("dtend", task.reason.due + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["giveback", "occasion"])
    if task.reach:
        event.add("description", task.reach)
    return event


def yearly(day: Birthday) -> Event:
    """An event of each year; one of 29 February is on the last day of that month."""
    from datetime import timedelta

    from icalendar import Event

    known = not day.day.startswith("--")
    first = date.fromisoformat(day.day if known else f"{STAND_FOR_NO_YEAR}-{day.day[2:]}")
    leap = (first.month, first.day) == (_FEBRUARY, _LEAP_DAY)
    event = Event()
    _begin(event, day.uid, day.made_at, day.text)
    event.add("dtstart", first)
    event.add("dtend", first + timedelta(days=1))
    event.add("rrule", {"freq": "yearly"} | ({"bymonth": _FEBRUARY, "bymonthday": -1} if leap else {}))
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["giveback", "birthday"])
    return event


def _begin(made: Component, uid: str, made_at: str, summary: str) -> None:
    made.add("uid", uid)
    # The same each time, so that a file that says the same is the same.
    made.add("dtstamp", from_utc_text(made_at))
    made.add("summary", summary)


_WORDS = {
    "promise": "promised",
    "thank-you": "say thank you",
    "waiting": "waiting for",
    "outcome": "tell how it turned out",
    "reminder": "reminder",
    "stay-in-touch": "stay in touch",
    "cadence": "be in touch",
}


def what_to_do(reason: Reason) -> str:
    """A reason as a task says it."""
    words = _WORDS.get(reason.kind, reason.kind.replace("-", " "))
    return f"{words}: {reason.text}" if reason.text else words


def finished(connection: sqlite3.Connection, texts: Iterable[bytes], today: date) -> list[Finished]:
    """What of some calendar files is done and still open here.

    Args:
        connection: the store.
        texts: what the files hold; what is no calendar, or of others, is passed over.
        today: the local day; nothing was done after it.
    """
    done = {uid: (contact, on) for text in texts for uid, contact, on in _done_in(text, today)}
    if not done:
        return []
    uuids = dict(connection.execute("SELECT uuid, id FROM contact").fetchall())
    numbers = sorted({uuids[contact] for contact, _ in done.values() if contact in uuids})
    found = tasks(connection, today, FAR_DAYS, numbers)
    return [Finished(task, done[task.uid][1]) for task in found if task.uid in done]


def _done_in(text: bytes, today: date) -> Iterator[tuple[str, str, date]]:
    from icalendar import Calendar

    if b"VTODO" not in text or b"COMPLETED" not in text.upper():
        return
    try:
        todos = Calendar.from_ical(text).walk("VTODO")
    except (ValueError, IndexError, KeyError, AttributeError):  # a file that another program broke is not ours to mend
        return
    for todo in todos:
        if str(todo.get("status", "")).upper() == "COMPLETED" or "completed" in todo:
            at = getattr(todo.get("completed"), "dt", None)
            day = at.astimezone().date() if isinstance(at, datetime) and at.tzinfo else at
            day = day.date() if isinstance(day, datetime) else day
            yield str(todo.get("uid", "")), str(todo.get("x-giveback-contact", "")), min(day or today, today)


def finish(session: Session, done: Sequence[Finished], today: date) -> list[str]:
    """Close what is done, and log that there was contact, as `giveback done` does.

    Args:
        session: an open unit of work.
        done: see `finished`.
        today: the local day.

    Returns:
        One line each.
    """
    from giveback.keeping.exchanges import log

    lines = []
    for task, on in done:
        close(session, task.reason, on)
        said = what_was_done(task.reason)
        direction = "given" if task.reason.kind == "promise" else "shared"
        log(session, task.contact_id, said, on=on, today=today, direction=direction)
        lines.append(f"{task.name} · {said}")
    return lines
