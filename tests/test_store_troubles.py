"""What may stand in the store's place, and what may happen while it is written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from giveback.errors import StoreError
from giveback.store import connect, migrations, tables
from giveback.store.changes import change

if TYPE_CHECKING:
    from giveback.dates import Now


def person(name: str = "Ana Ruiz", **fields: Any) -> tables.Contact:
    return tables.Contact(name=name, name_key=name.casefold(), added_on=date(2026, 1, 2), **fields)


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def names(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM contact ORDER BY id")]


# What may stand in its place


def refused(path: str) -> StoreError:
    """The error that both doors raise; whatever stands there is left as it was."""
    file = Path(path)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(StoreError) as reading:
        connect.read(path)
    with pytest.raises(StoreError) as writing:
        connect.write(path)
    assert reading.value.message == writing.value.message
    assert reading.value.hint
    assert "\n" not in reading.value.message
    assert (file.read_bytes() if file.is_file() else b"") == before
    return writing.value


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "giveback.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    assert "is not a giveback store" in refused(path).message


def test_a_newer_store_is_refused(store: str) -> None:
    with closing(connect.write(store)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "newer giveback (schema 999" in refused(store).message


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "giveback.db"
    path.write_text("not a database, but a letter\n" * 100)
    assert "not a database" in refused(str(path)).message


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert "it is a folder" in refused(str(tmp_path)).message


def test_a_torn_file_is_refused(store: str) -> None:
    connect.write(store).close()
    with Path(store).open("r+b") as file:
        file.truncate(5_000)
    refused(store)


def test_pages_of_rubbish_end_in_one_line(store: str, now: Now) -> None:
    with change(store, now, "add") as session:
        session.add_all([person(f"Person {number}", notes="x" * 500) for number in range(200)])
    size = Path(store).stat().st_size
    with Path(store).open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xa5" * (size - 4_096))
    with pytest.raises(StoreError, match="malformed") as raised, change(store, now, "add") as session:
        session.add(person())
    assert "restore" in raised.value.hint


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot create"):
        connect.write(str(tmp_path / "file" / "home" / "giveback.db"))


READ_ONLY = """
import os, sys
from datetime import date
from giveback.dates import now
from giveback.errors import StoreError
from giveback.store import connect, migrations, tables
from giveback.store.changes import change
from giveback.store.questions import contacts
import urllib.parse
tables.Contact  # loaded before the libraries can be out of reach
path, mode, folder_mode = sys.argv[1], int(sys.argv[2], 8), int(sys.argv[3], 8)
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
os.makedirs(os.path.dirname(path), 0o700)
def add(name):
    with change(path, now(), "add") as session:
        session.add(tables.Contact(name=name, name_key="x", added_on=date(2026, 1, 1)))
add("before")
os.chmod(path, mode)
os.chmod(os.path.dirname(path), folder_mode)
connection = connect.read(path)
print([row.name for row in contacts.listed(connection)])
connection.close()
try:
    add("after")
except StoreError as error:
    print(error.message, "|", error.hint)
os.chmod(os.path.dirname(path), 0o700)
"""


@pytest.mark.parametrize(("file_mode", "folder_mode"), [("400", "700"), ("600", "500"), ("400", "500")])
def test_what_cannot_be_written_can_be_read(file_mode: str, folder_mode: str) -> None:
    # A folder of its own: pytest's is closed to the user that the child becomes.
    with tempfile.TemporaryDirectory() as outside:
        Path(outside).chmod(0o777)
        path = str(Path(outside, "home", "giveback.db"))
        out, err = child(READ_ONLY, path, file_mode, folder_mode).communicate()
    assert not err
    listed, said = out.splitlines()
    assert listed == "['before']"
    assert "make the file and its folder writable" in said


FULL = """
import resource, sys
from datetime import date
from giveback.dates import now
from giveback.errors import StoreError
from giveback.store import tables
from giveback.store.changes import change
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with change(sys.argv[1], now(), "add") as session:
        for number in range(4_000):
            session.add(tables.Contact(name=f"{number}", name_key="x", added_on=date(2026, 1, 1), notes="n" * 1_000))
except StoreError as error:
    print(error.message, "|", error.hint)
"""


def test_a_full_disk_changes_nothing(store: str, now: Now) -> None:
    with change(store, now, "add") as session:
        session.add(person())
    out, err = child(FULL, store).communicate()
    assert not err
    assert "nothing was changed" in out
    assert names(store) == ["Ana Ruiz"]
    with change(store, now, "add") as session:
        session.add(person("Bo Lund"))
    assert names(store) == ["Ana Ruiz", "Bo Lund"]


def test_what_became_of_the_data_is_told_where_the_disk_is_at_fault(store: str) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    assert connect.explain(store, full).hint == "free some space on the disk"
    assert connect.explain(store, full, "all is kept").hint == "free some space on the disk; all is kept"
    assert connect.explain(store, sqlite3.OperationalError("database is locked"), "all").hint.endswith("has finished")


# Several at once


WRITER = """
import sys
from datetime import date
from giveback.dates import now
from giveback.store import tables
from giveback.store.changes import change
for number in range(8):
    with change(sys.argv[1], now(), "add") as session:
        session.add(tables.Contact(name=f"{sys.argv[2]} {number}", name_key="x", added_on=date(2026, 1, 1)))
"""


def test_processes_that_write_at_once_all_succeed(store: str) -> None:
    # Not even the folder is there: they race for making it, the file and the schema too.
    writers = [child(WRITER, store, name) for name in "abc"]
    assert [writer.communicate()[1] for writer in writers] == [""] * 3
    assert sorted(names(store)) == sorted(f"{name} {number}" for name in "abc" for number in range(8))


CREATOR = """
import sys
from giveback.store import connect
print("ready", flush=True)
sys.stdin.readline()
connect.write(sys.argv[1]).close()
"""


@pytest.mark.parametrize("older", [False, True])
def test_processes_that_make_or_upgrade_the_store_at_once_all_succeed(store: str, *, older: bool) -> None:
    if older:
        Path(store).parent.mkdir()
        migrations.store_of(store, 1).close()
    creators = [
        subprocess.Popen(
            [sys.executable, "-c", CREATOR, store],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for creator in creators:
        assert creator.stdout
        assert creator.stdout.readline() == "ready\n"
    for creator in creators:
        assert creator.stdin
        creator.stdin.write("go\n")
        creator.stdin.flush()
    assert [creator.communicate()[1] for creator in creators] == [""] * 4
    kept = Path(f"{store}.v1.backup")
    assert kept.exists() == older
    if older:
        with closing(sqlite3.connect(kept)) as copy:
            assert copy.execute("PRAGMA user_version").fetchone() == (1,)


def test_another_process_may_make_the_folder_first(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    isdir = os.path.isdir

    def not_yet(folder: str) -> bool:
        monkeypatch.setattr("os.path.isdir", isdir)
        Path(folder).mkdir()
        return False

    monkeypatch.setattr("os.path.isdir", not_yet)
    connect.make_private_folder(store)


HANGING = """
import sys, time
from datetime import date
from giveback.dates import now
from giveback.store import tables
from giveback.store.changes import change
with change(sys.argv[1], now(), "import") as session:
    for number in range(3_000):
        session.add(tables.Contact(name=f"{number}", name_key="x", added_on=date(2026, 1, 1), notes="n" * 2_000))
    session.flush()
    print("half-way", flush=True)
    time.sleep(60)
"""


def test_kill_9_in_the_middle_leaves_nothing_half_written(store: str, now: Now) -> None:
    with change(store, now, "add") as session:
        session.add(person())
    victim = child(HANGING, store)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "half-way\n"
    assert Path(store + "-wal").stat().st_size > 1_000_000, "it has written to the disk already"
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert names(store) == ["Ana Ruiz"]
    with change(store, now, "add") as session:
        session.add(person("Bo Lund"))
    assert names(store) == ["Ana Ruiz", "Bo Lund"]
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT command FROM journal").fetchall() == [("add",), ("add",)]
