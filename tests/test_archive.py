"""Everything in one file and back: the same store, whatever tables it has; and nothing from a hostile file."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from giveback.errors import Exit, UsageError
from giveback.store import archive, archive_loading, archive_reading, connect
from giveback.store.changes import change, undo
from giveback.store.doctor import examine
from giveback.store.kept import KEPT
from giveback.store.migrations import store_of
from giveback.store.tables import Article
from store_filler import dump, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Giveback
    from giveback.dates import Now


def bring_in(path: str, source: str, now: Now) -> dict[str, int]:
    from giveback.store.changes import connection_of

    contents = archive_reading.opened(source)
    with contents.archive, change(path, now, "import") as session:
        return archive_loading.load(connection_of(session), contents)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_what_comes_back_is_the_same_store(empty_store: str, now: Now, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, two, file = (str(Path(folder, name)) for name in ("one.db", "two.db", "all.zip"))
        shutil.copy(empty_store, one)
        shutil.copy(empty_store, two)
        made = fill(one, seed)
        assert [table for table in KEPT if not made[table]] == [], "a table that nothing was put into proves nothing"
        archive.write(one, file, now)
        before = dump(two)
        bring_in(two, file, now)
        assert dump(two) == dump(one)
        assert {finding.kind for finding in examine(two)} <= {"ranking", "folder", "mode"}
        undo(two, now)
        assert dump(two) == before


@pytest.mark.usefixtures("loaded_once")
def test_what_is_derived_is_made_again(giveback: Giveback, now: Now) -> None:
    giveback.run_here("add-contact", "Ana Ruiz", "--interest", "bass fishing")
    giveback.run_here("log", "ana", "lunch", "--met")
    with change(giveback.store, now) as session:
        session.add(Article(url="https://example.com/bass", title="Bass fishing in spring", text="Bass in the lake."))
    giveback.run_here("doctor")
    assert giveback.run_here("export", "--all", "all.zip").code == 0
    profile = {"GIVEBACK_PROFILE": "two"}
    done = giveback.run_here("import", "all.zip", env=profile)
    assert done.code == 0
    assert "1 contacts" in done.out or "1 contact" in done.out
    for command in (["show", "ana", "--json"], ["suggest", "ana", "--json"], ["articles", "bass", "--json"]):
        assert giveback.run_here(*command, env=profile).out == giveback.run_here(*command).out
    again = giveback.run_here("import", "all.zip", env=profile)
    assert (again.code, again.out) == (Exit.AMBIGUOUS, "")
    assert "is not empty" in again.err


def test_it_is_json_that_others_read(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz", "--notes", "two\nlines")
    giveback.run_here("export", "--all", "all.zip")
    with ZipFile(giveback.home / "all.zip") as found:
        manifest = json.loads(found.read("manifest.json"))
        rows = json.loads(found.read("tables/contact.json"))
    assert manifest["format"] == "giveback-archive"
    assert manifest["version"] == 1
    assert manifest["schema"] == connect.VERSION
    assert manifest["tables"]["contact"] == 1
    assert set(manifest["tables"]) >= set(KEPT)
    assert [row["name"] for row in rows] == ["Ana Ruiz"]
    assert (giveback.home / "all.zip").stat().st_mode & 0o777 == 0o600


def test_an_archive_of_an_older_version_goes_through_the_same_steps(tmp_path: Path, now: Now) -> None:
    old, file, new = str(tmp_path / "old.db"), str(tmp_path / "old.zip"), str(tmp_path / "new.db")
    with closing(store_of(old, 1)) as connection:
        connection.execute(
            "INSERT INTO contact (id, uuid, name, name_key, added_on, created_at, updated_at)"
            " VALUES (7, 'u', 'Ana', 'ana', '2026-01-02', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z')"
        )
        rows = {
            table: [dict(zip(names, row, strict=True)) for row in found]
            for table in ("contact", "exchange", "article")
            for found in [connection.execute(f"SELECT * FROM {table}").fetchall()]  # noqa: S608 - names of our own
            for names in [[each[1] for each in connection.execute(f"PRAGMA table_info({table})")]]
        }
    write_archive(Path(file), rows, schema=1)
    assert bring_in(new, file, now)["contact"] == 1
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("SELECT id, name FROM contact").fetchall() == [(7, "Ana")]


# Bad input


def write_archive(path: Path, tables: dict[str, list[dict[str, Any]]], **manifest: Any) -> None:
    head = {"format": "giveback-archive", "version": 1, "schema": connect.VERSION, **manifest}
    head["tables"] = head.pop("named", {table: len(rows) for table, rows in tables.items()})
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        for table, rows in tables.items():
            made.writestr(f"tables/{table}.json", json.dumps(rows))
        made.writestr("manifest.json", json.dumps(head))


PERSON = {
    "id": 1, "uuid": "u", "name": "Ana", "name_key": "ana", "added_on": "2026-01-02",
    "created_at": "2026-01-02T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z",
}  # fmt: skip

STRAY = {"id": 1, "contact_id": 9, "phrase": "x", "key": "x", "created_at": "2026-01-02T00:00:00Z"}


def _member(name: str, text: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write_archive(path, {"contact": [PERSON]})
        with ZipFile(path, "a") as made:
            made.writestr(name, text)

    return make


def _table(table: str, *rows: dict[str, Any], **manifest: Any) -> Callable[[Path], None]:
    return lambda path: write_archive(path, {table: list(rows)}, **manifest)


def _bomb(path: Path) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        made.writestr("manifest.json", json.dumps(
            {"format": "giveback-archive", "version": 1, "schema": connect.VERSION, "tables": {"contact": 1}}
        ))  # fmt: skip
        with made.open("tables/contact.json", "w") as member:
            member.write(b"[\n" + b" " * (archive_reading.LINE_LIMIT + 10) + b"\n]")


def _text(text: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with ZipFile(path, "w") as made:
            made.writestr("manifest.json", json.dumps(
                {"format": "giveback-archive", "version": 1, "schema": connect.VERSION, "tables": {"contact": 1}}
            ))  # fmt: skip
            made.writestr("tables/contact.json", text)

    return make


HOSTILE = {
    "a path that leaves the folder": (_member("../../evil.json", "[]"), "'../../evil.json', which the manifest"),
    "an absolute path": (_member("/etc/passwd", "[]"), "'/etc/passwd', which the manifest"),
    "a missing member": (_table("contact", PERSON, named={"contact": 1, "exchange": 2}), "lacks tables/exchange"),
    "a row of more than a row": (_bomb, "row 1 is too long"),
    "no JSON": (_text("[\n{,}\n]"), "row 1, is no JSON"),
    "nothing but a number": (_text("3"), "is no list"),
    "a list without end": (_text(f"[\n{json.dumps(PERSON)}"), "ends in the middle"),
    "depth": (_text("[\n" + "[" * 100_000 + "\n]"), "row 1, is no JSON"),
    "no number": (_table("contact", {**PERSON, "id": "one"}), "row 1: id is no whole number"),
    "infinity": (_text('[\n{"id": Infinity}\n]'), "Infinity is no number"),
    "no day": (_table("contact", {**PERSON, "added_on": "soon"}), "row 1: added_on is no day: 'soon'"),
    "no time": (_table("contact", {**PERSON, "created_at": "soon"}), "created_at is no time: 'soon'"),
    "a column of its own": (_table("contact", {**PERSON, 'x" = 1; DROP': 1}), "there is no column"),
    "a table of its own": (_table("sqlite_schema", {"a": 1}), "a table 'sqlite_schema'"),
    "what is derived": (_table("ranking", {"contact_id": 1}), "a table 'ranking' that giveback does not keep"),
    "a stranger's key": (_table("interest", STRAY), "interest refers to a row of contact"),
    "twice the same": (_table("contact", PERSON, PERSON), "row 2: UNIQUE"),
    "a later version": (_table("contact", PERSON, schema=connect.VERSION + 1), "written by a newer giveback"),
    "a later format": (_table("contact", PERSON, version=2), "written by a newer giveback"),
    "another format": (_table("contact", PERSON, format="other"), "its manifest is not that of giveback"),
    "no schema": (_table("contact", PERSON, schema="x"), "lacks version, schema or tables"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_is_refused_in_one_line(giveback: Giveback, empty_store: str, what: str) -> None:
    make, says = HOSTILE[what]
    shutil.copy(empty_store, giveback.store)
    make(giveback.home / "bad.zip")
    ran = giveback.run_here("import", "bad.zip")
    assert ran.code == Exit.USAGE, ran
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert sorted(path.name for path in giveback.home.iterdir() if not path.name.startswith("giveback.db")) == [
        "bad.zip"
    ]
    assert dump(giveback.store)["contact"] == []


def test_a_size_beyond_any_store_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_archive(tmp_path / "a.zip", {"contact": [PERSON]})
    monkeypatch.setattr(archive_reading, "SIZE_LIMIT", 100)
    with pytest.raises(UsageError, match="more than"):
        archive_reading.opened(str(tmp_path / "a.zip"))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w", ZIP_DEFLATED) as made:
        head = {"format": "giveback-archive", "version": 1, "schema": connect.VERSION, "tables": {"contact": 1}}
        made.writestr("manifest.json", json.dumps(head))
        made.writestr("tables/contact.json", b"[\n" + b" \n" * 18_000_000 + b"]")
    with pytest.raises(UsageError, match="unpacks to more than 200 times"):
        archive_reading.opened(str(tmp_path / "a.zip"))


@settings(max_examples=25)
@given(cut=st.integers(0, 1_500), flip=st.integers(0, 255))
@example(cut=398, flip=2)
def test_a_damaged_archive_never_ends_in_a_traceback(cut: int, flip: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.zip")
        write_archive(path, {"contact": [PERSON]})
        data = bytearray(path.read_bytes())
        data[cut % len(data)] ^= flip
        path.write_bytes(data)
        if archive.is_archive(str(path)):
            try:
                contents = archive_reading.opened(str(path))
                with contents.archive:
                    for table in contents.tables:
                        list(archive_reading.rows(contents, table))
            except UsageError:
                pass


def test_what_a_terminal_would_obey_does_not_come_in(giveback: Giveback) -> None:
    write_archive(giveback.home / "a.zip", {"contact": [{**PERSON, "name": "Ana\x1b[2J\u202eRuiz"}]})
    assert giveback.run_here("import", "a.zip").code == 0
    assert dump(giveback.store)["contact"][0][2] == "AnaRuiz"


def test_a_file_that_is_there_is_not_written_over(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz")
    (giveback.home / "mine.zip").write_text("mine")
    assert giveback.run_here("export", "--all", "mine.zip").code == Exit.USAGE
    assert (giveback.home / "mine.zip").read_text() == "mine"
    assert giveback.run_here("export", "--all", "new.zip").code == 0
    assert giveback.run_here("export", "--all", "new.zip").code == 0, "an archive of ours is replaced"
