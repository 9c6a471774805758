"""Copies of the store, and putting them back."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from giveback.cli.app import run
from giveback.errors import NotFoundError, StoreError, UsageError
from giveback.store import connect
from giveback.store.backup import back_up, check, restore
from giveback.store.changes import change, undo
from giveback.store.tables import Contact

if TYPE_CHECKING:
    from giveback.dates import Now


def add(path: str, now: Now, *people: str, notes: str = "") -> None:
    with change(path, now, "add " + ", ".join(people)) as session:
        session.add_all([Contact(name=name, name_key="x", added_on=now.today, notes=notes) for name in people])


def names(path: str | Path) -> list[str]:
    connection = connect.read(str(path))
    assert connection
    with closing(connection):
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in connection.execute("SELECT name FROM contact ORDER BY id")]


def files(path: str | Path) -> set[str]:
    """What lies in the store's folder, but for what SQLite keeps beside a database that is open or was just read."""
    return {file.name for file in Path(path).parent.iterdir()} - {"giveback.db-wal", "giveback.db-shm"}


def test_a_copy_is_whole_private_and_ours(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana", "Bo")
    target = tmp_path / "copy.db"
    back_up(store, str(target))
    assert names(target) == ["Ana", "Bo"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.partial"))
    undo(str(target), now)
    assert names(target) == [], "the journal is in it too"


def test_a_copy_holds_what_still_waits_in_the_log(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    with closing(connect.write(store)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE contact SET name = 'Bo'")
        other.execute("COMMIT")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE contact SET name = 'half-way'")
        back_up(store, str(tmp_path / "copy.db"))
        other.execute("ROLLBACK")
    assert names(tmp_path / "copy.db") == ["Bo"]


def test_only_a_copy_of_a_store_is_overwritten(store: str, now: Now, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        back_up(store, str(tmp_path / "copy.db"))
    add(store, now, "Ana")
    letter = tmp_path / "letter.txt"
    letter.write_text("dear Ana")
    with pytest.raises(UsageError, match="no copy of a store"):
        back_up(store, str(letter))
    assert letter.read_text() == "dear Ana"
    link = tmp_path / "link.db"
    link.symlink_to(store)
    for itself in (store, str(link)):
        with pytest.raises(UsageError, match="is the store itself"):
            back_up(store, itself)
    back_up(store, str(tmp_path / "copy.db"))
    add(store, now, "Bo")
    back_up(store, str(tmp_path / "copy.db"))
    assert names(tmp_path / "copy.db") == ["Ana", "Bo"]


def test_a_copy_that_cannot_be_written_leaves_the_older_one(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    copy = tmp_path / "copy.db"
    back_up(store, str(copy))
    add(store, now, "Bo", notes="n" * 300_000)
    code = (
        "import resource, sys\nfrom giveback.store.backup import back_up\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\nback_up(*sys.argv[1:])"
    )
    done = subprocess.run([sys.executable, "-c", code, store, copy], capture_output=True, text=True, check=False)
    assert "StoreError: cannot write" in done.stderr
    assert names(copy) == ["Ana"]
    assert not list(tmp_path.glob("*.partial"))


def test_restore_puts_the_copy_in_place_and_keeps_the_other(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    add(store, now, "Bo", notes="n" * 100_000)
    kept = restore(store, copy)
    assert (names(store), names(kept), names(copy)) == (["Ana"], ["Ana", "Bo"], ["Ana"])
    assert kept == store + ".before-restore"
    assert {"giveback.db", "giveback.db.before-restore"} == {
        name for name in files(store) if not name.endswith(("-wal", "-shm"))
    }
    assert {stat.S_IMODE(Path(file).stat().st_mode) for file in (store, kept)} == {0o600}
    restore(store, kept)
    assert (names(store), names(kept)) == (["Ana", "Bo"], ["Ana"]), "a restore is taken back by another"
    add(store, now, "Cy")
    assert undo(store, now).command == "add Cy"


def test_restore_where_no_store_is(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    other = str(tmp_path / "elsewhere" / "giveback.db")
    assert restore(other, store) == ""
    assert names(other) == ["Ana"]
    assert stat.S_IMODE(Path(other).parent.stat().st_mode) == 0o700


def test_restore_takes_what_waits_beside_the_copy(store: str, now: Now, tmp_path: Path) -> None:
    """A store copied file by file has its last changes in the -wal beside it."""
    add(store, now, "Ana")
    with closing(connect.write(store)) as keeps_the_log_open:
        add(store, now, "Bo")
        for suffix in ("", "-wal"):
            shutil.copy(store + suffix, tmp_path / f"copy.db{suffix}")
        keeps_the_log_open.execute("SELECT 1")
    other = str(tmp_path / "elsewhere" / "giveback.db")
    restore(other, str(tmp_path / "copy.db"))
    assert names(other) == ["Ana", "Bo"]


@pytest.mark.parametrize("harm", ["garbage", "torn"])
def test_restore_over_a_store_that_nobody_can_open(store: str, now: Now, tmp_path: Path, harm: str) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    damaged = b"garbage" * 1_000 if harm == "garbage" else Path(store).read_bytes()[:5_000]
    Path(store).write_bytes(damaged)
    Path(store + "-wal").write_bytes(b"of the old one")
    kept = restore(store, copy)
    assert names(store) == ["Ana"]
    assert Path(kept).read_bytes() == damaged
    assert Path(kept + "-wal").read_bytes() == b"of the old one"
    assert files(store) == {"giveback.db", "giveback.db.before-restore", "giveback.db.before-restore-wal"}


def test_restore_over_rubbish_behind_a_good_header(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    whole = Path(store).read_bytes()
    damaged = whole[:4_096] + b"\xa5" * (len(whole) - 4_096)
    Path(store).write_bytes(damaged)
    kept = restore(store, copy)
    assert names(store) == ["Ana"]
    assert Path(kept).read_bytes() == damaged


def test_restore_refuses_what_is_no_sound_copy(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana", notes="n" * 50_000)
    good = tmp_path / "good.db"
    back_up(store, str(good))

    def refused(source: Path, error: type[Exception], match: str) -> None:
        for attempt in (restore, check):
            with pytest.raises(error, match=match):
                attempt(store, str(source))
        assert names(store) == ["Ana"]
        assert not Path(store + ".before-restore").exists()

    refused(tmp_path / "absent.db", NotFoundError, "there is no file")
    refused(Path(store), UsageError, "is the store itself")
    refused(tmp_path, StoreError, "a folder")
    other = tmp_path / "other.db"
    other.write_bytes(b"")
    refused(other, StoreError, "is empty")
    other.write_text("a letter\n" * 200)
    refused(other, StoreError, "not a database")
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    refused(tmp_path / "theirs.db", StoreError, "not a giveback store")
    shutil.copy(good, tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as connection:
        connection.execute("PRAGMA user_version = 999")
    refused(tmp_path / "newer.db", StoreError, "newer giveback")
    whole = good.read_bytes()
    other.write_bytes(whole[:8_192] + b"\xa5" * (len(whole) - 8_192))
    refused(other, StoreError, "is damaged")
    other.write_bytes(whole[:8_192])
    refused(other, StoreError, "malformed|damaged")


WRITER = """
import sys, time
from giveback.store import connect
connection = connect.write(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE contact SET name = 'written meanwhile'")
print("writing", flush=True)
time.sleep(0.7)
connection.execute("COMMIT")
"""


def test_restore_waits_for_who_writes(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, store], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    assert writer.stdout.readline() == "writing\n"
    kept = restore(store, copy)
    assert writer.wait() == 0
    writer.stdout.close()
    assert (names(kept), names(store)) == (["written meanwhile"], ["Ana"])


HANGING = """
import sys, time
from giveback.store import backup
keep = backup._keep
def keep_and_hang(path, kept):
    keep(path, kept)
    print("kept", flush=True)
    time.sleep(60)
backup._keep = keep_and_hang
backup.restore(*sys.argv[1:])
"""


def test_kill_9_in_the_middle_of_a_restore_leaves_the_store(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    add(store, now, "Bo")
    victim = subprocess.Popen([sys.executable, "-c", HANGING, store, copy], stdout=subprocess.PIPE, text=True)
    assert victim.stdout
    assert victim.stdout.readline() == "kept\n"
    victim.kill()
    victim.communicate()
    assert names(store) == ["Ana", "Bo"]
    restore(store, copy)
    assert names(store) == ["Ana"]


def test_who_has_the_store_open_reads_and_writes_the_restored_one(store: str, now: Now, tmp_path: Path) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    with closing(connect.write(store)) as other:
        other.execute("UPDATE contact SET name = 'Bo'")
        restore(store, copy)
        assert other.execute("SELECT name FROM contact").fetchone() == ("Ana",)
        other.execute("UPDATE contact SET town = 'Oslo'")
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT name, town FROM contact").fetchone() == ("Ana", "Oslo")


def test_restore_gives_up_when_the_writer_never_ends(
    store: str, now: Now, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, now, "Ana")
    copy = str(tmp_path / "copy.db")
    back_up(store, copy)
    monkeypatch.setattr(connect, "BUSY_MS", 50)
    with closing(connect.write(store)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as raised:
            restore(store, copy)
        writer.execute("ROLLBACK")
    assert "another giveback is writing" in raised.value.hint
    assert names(store) == ["Ana"]


# Commands


def test_the_commands(
    store: str, now: Now, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Path(store).parent
    monkeypatch.setenv("GIVEBACK_HOME", str(home))
    monkeypatch.setenv("GIVEBACK_NOW", "2026-11-23")
    assert run(["backup"]) == 3
    add(store, now, "Ana")
    assert run(["backup", "--dry-run"]) == 0
    assert files(store) == {"giveback.db"}
    assert run(["backup"]) == 0
    copy = home / "giveback-2026-11-23.backup.db"
    assert names(copy) == ["Ana"]
    undo(store, now)
    assert run(["restore", str(copy), "--dry-run"]) == 0
    assert names(store) == []
    capsys.readouterr()
    assert run(["restore", str(copy)]) == 0
    assert names(store) == ["Ana"]
    assert capsys.readouterr().out == f"restored {copy} · what was there is kept in {store}.before-restore\n"
    assert run(["restore", str(home / "absent")]) == 3


def test_undo_says_what_it_took_back(
    store: str, now: Now, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIVEBACK_HOME", str(Path(store).parent))
    monkeypatch.setenv("GIVEBACK_NOW", "2026-11-24")
    assert run(["undo", "--list"]) == 0
    assert run(["undo"]) == 3
    capsys.readouterr()
    add(store, now, "Ana")
    add(store, now, "Bo")
    assert run(["undo", "--list"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["yesterday", "add", "Bo", "1"],
        ["yesterday", "add", "Ana", "1"],
    ]
    assert run(["undo", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("dry run: took back · add Bo · 2026-11-23 ")
    assert names(store) == ["Ana", "Bo"]
    assert run(["undo"]) == 0
    assert capsys.readouterr().out.startswith("took back · add Bo · ")
    assert names(store) == ["Ana"]
    assert run(["undo", "--json"]) == 0
    assert '"command": "add Ana"' in capsys.readouterr().out
