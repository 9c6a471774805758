"""Bulletins as a user makes them: compiled, edited, read, taken back."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletin_helpers import STORIES, compiled, furnish, rows
from conftest import Giveback
from giveback.bulletins import files

if TYPE_CHECKING:
    from giveback.dates import Now

pytestmark = pytest.mark.usefixtures("loaded_once")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from datetime import UTC, date, datetime

    from giveback.dates import Now as Clock

    home = tmp_path_factory.mktemp("furnished")
    furnish(str(home / "giveback.db"), Clock(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23)))
    return home


@pytest.fixture
def at_home(giveback: Giveback, furnished: Path) -> Giveback:
    shutil.copytree(furnished, giveback.home, dirs_exist_ok=True)
    return giveback


@pytest.fixture(scope="module")
def with_issue(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("with-issue")
    shutil.copytree(furnished, home, dirs_exist_ok=True)
    compiled(Giveback(home))
    return home


@pytest.fixture
def issue(at_home: Giveback, with_issue: Path) -> Path:
    """The file of issue 1, compiled already."""
    shutil.copytree(with_issue, at_home.home, dirs_exist_ok=True)
    (path,) = (at_home.home / "bulletins").glob("1-*.md")
    return path


def test_new_writes_a_file_and_says_where(at_home: Giveback) -> None:
    path = Path(compiled(at_home))
    assert path.parent == at_home.home / "bulletins"
    said = path.read_text("utf-8")
    assert "# Gas weekly" in said
    assert "> Natural gas prices fell as the tankers queued to unload." in said
    assert "bass" not in said
    assert r"A \<script>alert(1)\</script> & \*gas\* \[story\](x) of natural gas" in said
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Énergie: la semaine", "2-2026-11-23-energie-la-semaine.md"),
        ("نشرة الطاقة", "2-2026-11-23-نشرة-الطاقة.md"),
        ("今週のエネルギー", "2-2026-11-23-今週のエネルギー.md"),
        ("!!!", "2-2026-11-23.md"),
    ],
)
def test_a_file_has_its_title_in_its_name_in_any_script(store: str, now: Now, title: str, name: str) -> None:
    from giveback.bulletins.issues import Series, create
    from giveback.store.changes import change

    with change(store, now, "new") as session:
        made = [create(session, Series(title, ""), now.today, lambda _: f"# {title}\n", now) for _ in range(2)]
        slugs = [each.slug for each in made]
    assert files.path_of("", 2, slugs[0]) == name
    assert slugs[1] == f"{slugs[0]}-2"


def test_an_empty_week_makes_nothing(at_home: Giveback) -> None:
    done = at_home.run_here("bulletin", "new", "Gas weekly", "--topic", "natural gas", "--since", "0d")
    other = at_home.run_here("bulletin", "new", "Chess", "--topic", "chess endings", "--json")
    assert (done.code, other.code) in {(3, 3), (2, 3)}
    assert other.err.startswith("giveback: nothing on 'chess endings' since 2026-11-16 (")
    assert "--since 30d looks further back" in other.err
    assert not (at_home.home / "bulletins").exists()


def test_what_an_earlier_issue_carried_does_not_come_again(at_home: Giveback, issue: Path) -> None:
    assert issue.exists()
    assert at_home.run_here("bulletin", "publish", "1", "--to", "site").code == 0
    again = at_home.run_here("bulletin", "new", "gas weekly", "--limit", "2")
    assert again.code == 3
    assert "that the readers have" in again.err


def test_what_every_reader_was_given_does_not_come(at_home: Giveback, issue: Path) -> None:
    at_home.run_here("bulletin", "readers", "gas", "+ana")
    at_home.run_here("give", "ana", "carriers wait", "--via", "email")
    done = at_home.run_here("bulletin", "new", "Gas weekly", "--dry-run", "--json")
    titles = [item["title"] for section in json.loads(done.out)["sections"] for item in section["items"]]
    assert titles
    assert STORIES["carriers"][0] not in titles
    assert STORIES["carriers"][0] in issue.read_text("utf-8")


def test_dry_run_makes_no_file(at_home: Giveback) -> None:
    done = at_home.run_here("bulletin", "new", "Gas weekly", "--topic", "natural gas", "--dry-run")
    assert done.out.startswith("dry run: issue 1 · ")
    assert not (at_home.home / "bulletins").exists()
    assert at_home.run_here("bulletin", "list").err.startswith("no bulletins yet")


def test_the_file_is_what_goes_out_however_it_was_edited(at_home: Giveback, issue: Path) -> None:
    said = issue.read_text("utf-8").replace("# Gas weekly", "# Gas, *weekly*\n\nHello from the file.")
    issue.write_text(said[: said.index("### [How to read")], "utf-8")
    shown = at_home.run_here("bulletin", "preview", "1")
    assert shown.out.startswith("Subject: Gas, weekly\n\nGas, weekly\n===========\n23 November 2026\n\nHello,\n")
    assert "Hello from the file." in shown.out
    assert at_home.run_here("bulletin", "list").out.count("Gas weekly") == 1, "not taken over yet"
    assert "taken over" in at_home.run_here("bulletin", "edit", "1").out
    listed = at_home.run_here("bulletin", "list").out
    assert "Gas, weekly" in listed


def test_on_a_terminal_the_file_opens_in_the_editor(at_home: Giveback) -> None:
    import pexpect

    editor = {"EDITOR": "sed -i 's/^# Gas weekly/# Typed by hand/'", "TERM": "dumb"}
    arguments = ["-m", "giveback", "bulletin", "new", "Gas weekly", "--topic", "natural gas"]
    child = pexpect.spawn(
        sys.executable, arguments, env=at_home.environment | editor, cwd=str(at_home.home), timeout=30
    )
    child.expect("issue 1 · Typed by hand · 4 items · taken over".encode())
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "Typed by hand" in at_home.run_here("bulletin", "list").out


def test_nobody_edits_a_file_that_somebody_is_editing(at_home: Giveback, issue: Path) -> None:
    from giveback.cli.bulletin_files import edit_file
    from giveback.cli.common import Here
    from giveback.config import places
    from giveback.dates import now
    from giveback.errors import AmbiguousError
    from giveback.reading.locking import only_one

    here = Here(places({"GIVEBACK_HOME": str(at_home.home)}), now())
    with only_one(at_home.store, f"{issue.name}.lock"), pytest.raises(AmbiguousError, match="open in another editor"):
        edit_file(here, str(issue))


def test_a_broken_file_is_refused_and_stays(at_home: Giveback, issue: Path) -> None:
    said = issue.read_text("utf-8") + "\n### [x](ftp://x.example/)\n"
    issue.write_text(said, "utf-8")
    line = said.count("\n")
    for command in (["preview", "1"], ["edit", "1"], ["publish", "1", "--to", "site"]):
        done = at_home.run_here("bulletin", *command)
        assert done.code == 2
        assert f"{issue.name}, line {line}: the address of the item is none" in done.err
    assert issue.read_text("utf-8") == said
    issue.write_bytes(b"# T\n\xff\n")
    assert "line 2: this is no UTF-8" in at_home.run_here("bulletin", "preview", "1").err


def test_undo_takes_an_edit_back_and_keeps_what_the_file_said(at_home: Giveback, issue: Path) -> None:
    first = issue.read_text("utf-8")
    second = first.replace("# Gas weekly", "# Second")
    issue.write_text(second, "utf-8")
    at_home.run_here("bulletin", "edit", "1")
    assert at_home.run_here("undo").code == 0
    assert "written again from the store" in at_home.run_here("bulletin", "edit", "1").out
    assert issue.read_text("utf-8") == first
    assert Path(f"{issue}.1~").read_text("utf-8") == second


def test_a_conflict_is_told_and_either_way_nothing_is_lost(at_home: Giveback, issue: Path) -> None:
    first = issue.read_text("utf-8")
    issue.write_text(first.replace("# Gas weekly", "# Second"), "utf-8")
    at_home.run_here("bulletin", "edit", "1")
    at_home.run_here("undo")
    issue.write_text(first.replace("# Gas weekly", "# Third"), "utf-8")
    done = at_home.run_here("bulletin", "edit", "1")
    assert done.code == 4
    assert "--keep file, or --keep store" in done.err
    assert "Third" in at_home.run_here("bulletin", "edit", "1", "--keep", "file").out
    assert Path(f"{issue}.store~").read_text("utf-8") == first


def test_a_lost_file_is_written_again(at_home: Giveback, issue: Path) -> None:
    said = issue.read_text("utf-8")
    issue.unlink()
    assert at_home.run_here("bulletin", "preview", "1").code == 0
    assert at_home.run_here("bulletin", "edit", "1").code == 0
    assert issue.read_text("utf-8") == said


def test_undo_of_new_leaves_the_file_and_the_next_issue_does_not_overwrite_it(at_home: Giveback, issue: Path) -> None:
    issue.write_text("# Mine", "utf-8")
    at_home.run_here("undo")
    assert at_home.run_here("bulletin", "preview", "1").code == 3
    assert rows(at_home.store, "SELECT count(*) FROM asset") == [(0,)]
    assert Path(compiled(at_home)) == issue
    assert Path(f"{issue}.1~").read_text("utf-8") == "# Mine"


def test_an_article_that_vanished_is_told_and_goes_out(at_home: Giveback, issue: Path) -> None:
    import sqlite3

    assert issue.exists()
    with sqlite3.connect(at_home.store) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM article WHERE title LIKE 'Gas leaks%'")
    connection.close()
    shown = at_home.run_here("bulletin", "preview", "1")
    assert "'Gas leaks found on foot' is not among the articles any more; it goes out as the file says" in shown.err
    assert "* Gas leaks found on foot" in shown.out


def test_for_one_person(at_home: Giveback) -> None:
    done = at_home.run_here("bulletin", "for", "ben")
    assert done.out.startswith("issue 1 · ")
    assert "Where largemouth bass hide at noon" in Path(done.out.split()[-1]).read_text("utf-8")
    assert "it is for them" in at_home.run_here("bulletin", "readers", "for ben").out
    assert at_home.run_here("bulletin", "publish", "1", "--to", "site").code == 2
    assert "is a bulletin for one person" in at_home.run_here("bulletin", "for", "ana", "--title", "For Ben Ode").err
    assert rows(at_home.store, "SELECT count(*) FROM asset") == [(0,)], "what is for one person is no offer to others"
    assert at_home.run_here("bulletin", "for", "cy").code == 3


def test_readers(at_home: Giveback, issue: Path) -> None:
    assert issue.exists()
    assert at_home.run_here("bulletin", "readers", "gas").err.startswith("nobody reads 'Gas weekly' yet")
    assert at_home.run_here("bulletin", "readers", "gas", "+@helpers", "+cy").out == "Gas weekly: +@helpers, +Cy No\n"
    listed = at_home.run_here("bulletin", "readers", "gas").out
    assert [line.split("  ")[0] for line in listed.splitlines()] == ["Reader", "Ana Ruiz", "Cy No"]
    assert "no address" in listed
    at_home.run_here("bulletin", "readers", "gas", "+@helped", "-ana")
    assert [each["name"] for each in json.loads(at_home.run_here("bulletin", "readers", "gas", "--json").out)] == [
        "Ben Ode",
        "Cy No",
    ]
    at_home.run_here("undo")
    assert "Ana Ruiz" in at_home.run_here("bulletin", "readers", "gas").out
    for wrong, code in (("ana", 2), ("+", 2), ("+@nobody", 3), ("+zoe", 3)):
        assert at_home.run_here("bulletin", "readers", "gas", wrong).code == code
    assert at_home.run_here("bulletin", "readers", "nothing").code == 3


def test_a_bulletin_is_offered_to_whom_would_like_it_but_not_to_its_readers(at_home: Giveback, issue: Path) -> None:
    assert issue.exists()
    offered = at_home.run_here("suggest", "ana", "--offers", "--limit", "9")
    assert "Gas weekly" in offered.out
    assert """Ana Ruiz would like 'Gas weekly': giveback bulletin readers "Gas weekly" +"Ana Ruiz\"""" in offered.err
    assert "Gas weekly" not in at_home.run_here("suggest", "ben", "--offers", "--limit", "9").out
    for said in ("+ana", "-ana"):
        at_home.run_here("bulletin", "readers", "gas", said)
        assert "Gas weekly" not in at_home.run_here("suggest", "ana", "--offers", "--limit", "9").out, said


def test_completion(at_home: Giveback, issue: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from unittest.mock import patch

    from giveback.cli import completing

    assert issue.exists()
    expected = {
        "bulletin edit ": ["1"],
        "bulletin readers ": [r"Gas\ weekly"],
        "bulletin readers gas +an": [r"+Ana\ Ruiz"],
        "bulletin readers gas -an": [r"-Ana\ Ruiz"],
        "bulletin readers gas +@he": ["+@helped", "+@helpers"],
        "assets add ": [],
    }
    with patch.dict("os.environ", at_home.environment):
        for line, words in expected.items():
            completing.main(["bash", "0", f"giveback {line}"])
            assert capfdbinary.readouterr().out.decode().splitlines()[1:] == words, line


def test_forgetting_a_contact_forgets_what_they_read(at_home: Giveback, issue: Path, now: Now) -> None:
    from giveback.people.contacts import get
    from giveback.store.changes import change

    assert issue.exists()
    at_home.run_here("bulletin", "readers", "gas", "+ana")
    with change(at_home.store, now) as session:
        session.delete(get(session, 1))
    assert rows(at_home.store, "SELECT count(*) FROM bulletin_reader") == [(0,)]


HASHES = st.sampled_from(["a", "b", "c"])


@settings(max_examples=40)
@given(st.none() | HASHES, st.none() | HASHES, HASHES)
def test_no_decision_throws_away_what_only_one_of_both_has(file: str | None, known: str | None, kept: str) -> None:
    found = files.decide(file, known, kept)
    assert (found == files.SAME) == (file == kept)
    if found == files.TAKE:
        assert kept == known, "the store's text was in the file before"
    if found == files.WRITE:
        assert file in (None, known), "the file's text was in the store before"
    if found == files.CONFLICT:
        assert file not in (None, known, kept)
        assert kept != known


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    from giveback.errors import StoreError

    path = tmp_path / "a" / "x.md"
    files.write(str(path), "one")
    assert files.read(str(path)) == "one"
    blocked = tmp_path / "b"
    blocked.write_text("a file, no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        files.write(str(blocked / "x.md"), "two")
    assert sorted(each.name for each in (tmp_path / "a").iterdir()) == ["x.md"]
