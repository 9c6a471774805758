"""The doctor: each thing that can be wrong is found, and mended where it can be."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from giveback.cli.app import run
from giveback.errors import StoreError
from giveback.keeping.exchanges import log
from giveback.people.contacts import ContactForm, add
from giveback.store.changes import change
from giveback.store.doctor import examine, repair
from giveback.store.tables import Article

if TYPE_CHECKING:
    from giveback.dates import Now


@pytest.fixture
def filled(store: str, now: Now) -> str:
    with change(store, now, "add") as session:
        number = add(session, ContactForm("Ana Ruiz"), now.today, 60).id
        assert number is not None
        log(session, number, "coffee", on=now.today, today=now.today)
    return store


def harm(path: str, *statements: str) -> None:
    """Change a store behind its back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def kinds(path: str) -> list[str]:
    return [finding.kind for finding in examine(path)]


def test_nothing_is_wrong_with_a_sound_store_or_with_none(store: str, filled: str) -> None:
    assert examine(store + ".absent") == []
    assert examine(filled) == repair(filled) == []


def test_wrong_tallies_are_counted_again(filled: str) -> None:
    for wrong in ("UPDATE contact_tally SET last_on = '2020-01-01'", "DELETE FROM contact_tally"):
        harm(filled, wrong)
        assert kinds(filled) == kinds(filled) == ["tallies"], "examining changes nothing"
        assert repair(filled) == []
    harm(filled, "INSERT INTO contact_tally VALUES (77, 3, 0, 0, NULL, NULL, NULL)")
    assert "tallies" in kinds(filled)
    assert repair(filled) == []


def test_a_tally_of_zeros_is_as_good_as_none(filled: str) -> None:
    harm(filled, "DELETE FROM exchange")
    assert examine(filled) == []
    harm(filled, "DELETE FROM contact_tally")
    assert examine(filled) == []


def test_a_search_index_that_differs_is_built_again(filled: str, now: Now) -> None:
    with change(filled, now) as session:
        session.add(Article(url="https://example.com/1", title="shale gas"))
    harm(filled, "DELETE FROM ranking_new")
    harm(filled, "INSERT INTO article_fts (article_fts) VALUES ('delete-all')")
    assert kinds(filled) == ["search"]
    assert repair(filled) == []
    with closing(sqlite3.connect(filled)) as connection:
        assert connection.execute("SELECT rowid FROM article_fts('shale')").fetchall() == [(1,)]


def test_an_index_that_differs_from_its_table_is_built_again(filled: str) -> None:
    harm(
        filled,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX contact_name_key ON contact (uuid)'"
        " WHERE name = 'contact_name_key'",
    )
    assert set(kinds(filled)) == {"index"}
    assert repair(filled) == []


def test_a_journal_left_open_is_closed(filled: str, now: Now) -> None:
    harm(filled, "INSERT INTO journal_open VALUES (1, 1)")
    assert kinds(filled) == ["journal"]
    with pytest.raises(StoreError), change(filled, now, "add"):
        pass
    assert repair(filled) == []
    with change(filled, now, "add") as session:
        session.add(Article(url="https://example.com/1", title="news"))


def test_dangling_references_are_told_and_left_alone(filled: str) -> None:
    harm(filled, "UPDATE exchange SET article_id = 99")
    (finding,) = examine(filled)
    assert (finding.kind, finding.mendable) == ("references", False)
    assert finding.text == "exchange 1 names a row of article that is not there"
    assert finding.hint
    assert repair(filled) == [finding]


def test_what_waits_to_be_ranked_is_told(filled: str, now: Now) -> None:
    with change(filled, now) as session:
        session.add_all([Article(url=f"https://example.com/{number}", title="news") for number in range(3)])
    assert [finding.text for finding in examine(filled)] == ["3 articles and 0 contacts wait to be ranked"]
    assert [finding.kind for finding in repair(filled)] == ["ranking"], "that is not the store's work"


def test_modes_are_told_and_closed(filled: str) -> None:
    Path(filled).chmod(0o644)
    Path(filled).parent.chmod(0o755)
    assert kinds(filled) == ["mode", "folder"]
    assert repair(filled) == []
    assert stat.S_IMODE(Path(filled).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(filled).parent.stat().st_mode) == 0o700
    Path(filled).chmod(0o400)
    assert examine(filled) == [], "narrower is fine"


def test_a_folder_that_holds_other_things_is_not_closed(filled: str) -> None:
    folder = Path(filled).parent
    (folder / "letters").mkdir()
    folder.chmod(0o755)
    (finding,) = repair(filled)
    assert (finding.kind, finding.mendable) == ("folder", False)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@pytest.mark.parametrize("statement", ["PRAGMA application_id = 7", "PRAGMA user_version = 999"])
def test_a_store_that_cannot_be_opened_is_one_finding(filled: str, statement: str) -> None:
    harm(filled, statement)
    (finding,) = examine(filled)
    assert (finding.kind, finding.mendable) == ("store", False)
    assert finding.hint
    assert repair(filled) == [finding]


def test_damaged_pages_are_told(filled: str, now: Now) -> None:
    with change(filled, now) as session:
        for number in range(300):
            add(session, ContactForm(f"Person {number}", notes="x" * 500), now.today, 60)
    size = Path(filled).stat().st_size
    with Path(filled).open("r+b") as file:
        for page in range(size // 4_096 - 20, size // 4_096, 3):
            file.seek(page * 4_096)
            file.write(b"\xa5" * 4_096)
    found = examine(filled)
    assert "damage" in {finding.kind for finding in found}
    assert any("restore" in finding.hint for finding in found)
    assert not any("\n" in finding.text for finding in found)


# The command


def test_the_command(filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GIVEBACK_HOME", str(Path(filled).parent))
    assert run(["doctor"]) == 0
    assert capsys.readouterr().out == "the store is sound\n"
    harm(filled, "DELETE FROM contact_tally")
    assert run(["doctor"]) == 5
    said = capsys.readouterr()
    assert said.out == "tallies: tallies that differ from the exchanges: 1\n"
    assert "(findings: 1) (giveback doctor --repair)" in said.err
    assert run(["doctor", "--repair", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["kind"], record["mended"]) == ("tallies", True)
    harm(filled, "UPDATE exchange SET article_id = 99")
    assert run(["doctor", "--repair"]) == 5
    assert run(["doctor", "--repair", "--json"]) == 5
