"""Follow-ups as tasks and events that other programs read, and what they say is done."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

import readers
from conftest import Giveback
from giveback.keeping.tasks import Birthday, yearly

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.fixture(scope="module")
def anas_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Ana with a promise, a birthday and a cadence; made once."""
    giveback = Giveback(tmp_path_factory.mktemp("ana"))
    giveback.run_here(
        *("add-contact", "Ana Ruiz", "--email", "ana@example.com", "--birthday", "1980-02-29", "--every", "3w")
    )
    giveback.run_here("promise", "ana", "send the LNG; chart", "--by", "2026-11-27")
    giveback.run_here("log", "ana", "lunch", "--met", "--on", "2026-11-10")
    with closing(sqlite3.connect(giveback.store)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return giveback.store


@pytest.fixture
def ana(giveback: Giveback, anas_store: str) -> Giveback:
    shutil.copy(anas_store, giveback.store)
    return giveback


def components(text: str) -> dict[str, Any]:
    """What a calendar holds, by its summary."""
    return {str(one["summary"]): one for one in icalendar.Calendar.from_ical(text).subcomponents}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def tick(folder: Path, summary: str, *lines: str) -> None:
    """Tick a task off, as a phone would."""
    for path in folder.glob("*.ics"):
        text = path.read_bytes().decode("utf-8", "replace")
        if f"SUMMARY:{summary}" in text:
            done = "\r\n".join(lines or ("STATUS:COMPLETED", "COMPLETED:20261122T101500Z", "PERCENT-COMPLETE:100"))
            path.write_text(text.replace("STATUS:NEEDS-ACTION", done), "utf-8", newline="")
            return
    pytest.fail(f"there is no task {summary!r}")


def test_tasks_and_events_as_the_library_reads_them(ana: Giveback) -> None:
    found = components(ana.run_here("followups", "--ics", "-").out)
    promise = found["Ana Ruiz: promised: send the LNG; chart"]
    assert (promise.name, promise["due"].dt, str(promise["status"])) == ("VTODO", date(2026, 11, 27), "NEEDS-ACTION")
    assert found["Ana Ruiz: be in touch"]["due"].dt == date(2026, 12, 1)
    born = found["Birthday: Ana Ruiz"]
    assert (born.name, born["dtstart"].dt) == ("VEVENT", date(1980, 2, 29))
    assert born["rrule"].to_ical() == b"FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2"
    assert all(one.get("dtstamp") and one.get("uid") for one in found.values())


def test_how_far_it_looks(ana: Giveback) -> None:
    assert "Ana Ruiz: be in touch" not in components(ana.run_here("followups", "--ics", "-", "--within", "7d").out)
    ana.run_here("add-contact", "Bo Lund", "--every", "2m")
    assert "Bo Lund: be in touch" not in components(ana.run_here("followups", "--ics", "-").out)
    assert "Bo Lund: be in touch" in components(ana.run_here("followups", "--ics", "-", "--within", "3m").out)


def test_uids_stay_and_unchanged_files_are_not_touched(ana: Giveback) -> None:
    folder = ana.home / "tasks"
    assert "3 written" in ana.run_here("followups", "--vdir", "tasks").out
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}
    assert "0 written, 3 unchanged" in ana.run_here("followups", "--vdir", "tasks").out
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()
    } == before
    ana.run_here("log", "ana", "a call", "--on", "2026-11-20")
    said = json.loads(ana.run_here("followups", "--vdir", "tasks", "--json").out)
    assert (len(said["written"]), said["unchanged"], len(said["removed"])) == (1, 2, 1), "the cadence has a new day"


def test_what_is_ticked_off_there_is_done_here_once_and_can_be_taken_back(ana: Giveback) -> None:
    folder = ana.home / "tasks"
    ana.run_here("followups", "--vdir", "tasks")
    open_file = files(folder)
    tick(folder, "Ana Ruiz: promised")
    assert "dry run: done · Ana Ruiz" in ana.run_here("followups", "--vdir", "tasks", "--dry-run").out
    ran = ana.run_here("followups", "--vdir", "tasks")
    assert "done · Ana Ruiz · send the LNG; chart" in ran.out
    history = json.loads(ana.run_here("history", "ana", "--json").out)
    assert [(one["on"], one["direction"], one["text"]) for one in history] == [
        ("2026-11-22", "given", "send the LNG; chart"),
        ("2026-11-10", "shared", "lunch"),
    ]
    again = ana.run_here("followups", "--vdir", "tasks")
    assert "done" not in again.out
    assert not any("promised" in str(data) for data in files(folder).values())
    assert "followups --vdir: done Ana Ruiz" in ana.run_here("undo").out
    ana.run_here("followups", "--vdir", "tasks")
    assert files(folder) == open_file


def test_a_cadence_that_is_ticked_off_is_logged_once(ana: Giveback) -> None:
    folder = ana.home / "tasks"
    ana.run_here("log", "ana", "a call today")
    ana.run_here("followups", "--vdir", "tasks")
    tick(folder, "Ana Ruiz: be in touch", "STATUS:COMPLETED", "COMPLETED:20261123T101500Z")
    ana.run_here("followups", "--vdir", "tasks")
    before = len(json.loads(ana.run_here("history", "ana", "--json").out))
    ana.run_here("followups", "--vdir", "tasks")
    assert len(json.loads(ana.run_here("history", "ana", "--json").out)) == before == 3


def test_what_others_wrote_stays(ana: Giveback) -> None:
    folder = ana.home / "tasks"
    folder.mkdir()
    mine = b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:mine\r\nSTATUS:COMPLETED\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    for name, data in {"mine.ics": mine, "broken.ics": b"BEGIN:VTODO\r\nCOMPLETED\xff", "notes.txt": b"x"}.items():
        (folder / name).write_bytes(data)
    ana.run_here("followups", "--vdir", "tasks")
    tick(folder, "Ana Ruiz: promised", "STATUS:IN-PROCESS", "DESCRIPTION:ask Bo first")
    edited = files(folder)
    assert ana.run_here("followups", "--vdir", "tasks").code == 0
    assert files(folder) == edited, "a note of one's own on a task"
    ana.run_here("done", "ana", "chart")
    ana.run_here("followups", "--vdir", "tasks")
    assert {"mine.ics", "broken.ics", "notes.txt"} < set(files(folder))
    assert not any(b"ask Bo" in data for data in files(folder).values())


def test_a_task_that_was_deleted_there_stays_away_until_it_changes(ana: Giveback) -> None:
    folder = ana.home / "tasks"
    ana.run_here("followups", "--vdir", "tasks")
    next(path for path in folder.iterdir() if b"promised" in path.read_bytes()).unlink()
    assert "0 written" in ana.run_here("followups", "--vdir", "tasks").out
    assert not any(b"promised" in data for data in files(folder).values())
    for path in folder.iterdir():
        path.unlink()
    assert "3 written" in ana.run_here("followups", "--vdir", "tasks").out, "an emptied folder is filled again"


def test_tasks_of_who_is_archived_go_and_come_back(ana: Giveback) -> None:
    ana.run_here("followups", "--vdir", "tasks")
    before = files(ana.home / "tasks")
    ana.run_here("archive", "ana")
    assert "3 removed" in ana.run_here("followups", "--vdir", "tasks").out
    assert files(ana.home / "tasks") == {}
    ana.run_here("archive", "ana", "--back")
    ana.run_here("followups", "--vdir", "tasks")
    assert files(ana.home / "tasks") == before


@pytest.mark.parametrize("mangle", [
    lambda text: text.replace("COMPLETED:20261122T101500Z", "COMPLETED:yesterday"),
    lambda text: text.replace("END:VTODO", ""),
    lambda text: text.replace("UID:", "UID:x"),
    lambda text: "\0" + text,
    lambda text: text[:120],
    lambda text: text.replace("X-GIVEBACK-CONTACT:", "X-GIVEBACK-CONTACT:x"),
])  # fmt: skip
def test_a_file_that_was_broken_there_does_no_harm(ana: Giveback, mangle: Callable[[str], str]) -> None:
    folder = ana.home / "tasks"
    ana.run_here("followups", "--vdir", "tasks")
    tick(folder, "Ana Ruiz: promised")
    path = next(path for path in folder.iterdir() if b"promised" in path.read_bytes())
    path.write_text(mangle(path.read_text("utf-8")), "utf-8")
    ran = ana.run_here("followups", "--vdir", "tasks")
    assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err


def test_no_header_is_injected(ana: Giveback) -> None:
    ana.run_here("promise", "ana", "x\r\nSTATUS:COMPLETED\r\nBEGIN:VALARM", "--by", "2026-11-28")
    text = ana.run_here("followups", "--ics", "-").out
    assert "\nBEGIN:VALARM" not in text
    assert "\nSTATUS:COMPLETED" not in text


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.booleans(), st.text(max_size=20))
def test_every_birthday_is_an_event(day: date, known: bool, name: str) -> None:  # noqa: FBT001 - drawn
    said = day.isoformat() if known else f"--{day:%m-%d}"
    made = yearly(Birthday("uid", f"Birthday: {name}", said, "2026-11-23T12:00:00Z"))
    found: Any = icalendar.Event.from_ical(made.to_ical())
    first = found["dtstart"].dt
    assert (first.month, first.day) == (day.month, day.day)
    assert first.year == (day.year if known else 1972)


# Other programs


def _todo_config(home: Path, folder: str) -> None:
    (home / "lists").mkdir()
    (home / "lists" / "giveback").symlink_to(home / folder)
    config = home / ".config" / "todoman"
    config.mkdir(parents=True)
    (config / "config.py").write_text(f'path = "{home}/lists/*"\ndate_format = "%Y-%m-%d"\ncolor = "never"\n')


def test_todoman_lists_and_ticks_off(ana: Giveback) -> None:
    readers.program("todo")
    ana.run_here("followups", "--vdir", "tasks")
    _todo_config(ana.home, "tasks")
    listed = readers.run(ana.home, "todo", "list")
    assert "2026-11-27 Ana Ruiz: promised: send the LNG; chart" in listed
    number = next(line.split()[2] for line in listed.splitlines() if "promised" in line)
    readers.run(ana.home, "todo", "done", number)
    assert "done · Ana Ruiz · send the LNG; chart" in ana.run_here("followups", "--vdir", "tasks").out
    assert "promised" not in readers.run(ana.home, "todo", "list")


def test_khal_shows_birthdays(ana: Giveback) -> None:
    readers.program("khal")
    ana.run_here("followups", "--vdir", "tasks")
    config = ana.home / ".config" / "khal"
    config.mkdir(parents=True)
    (config / "config").write_text(
        f"[calendars]\n[[g]]\npath = {ana.home}/tasks\n[locale]\nlongdateformat = %Y-%m-%d\ndateformat = %Y-%m-%d\n"
    )
    assert "Birthday: Ana Ruiz" in readers.run(ana.home, "khal", "list", "2027-02-28", "1d")
