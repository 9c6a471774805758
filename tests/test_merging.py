"""Merging: nothing is lost, whatever tables refer to a contact, and one undo gives both back exactly."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from giveback.errors import Exit
from giveback.people.merging import join, merge
from giveback.store.changes import change, undo
from giveback.store.doctor import examine
from giveback.store.kept import KEPT, links
from store_filler import dump, fill

if TYPE_CHECKING:
    from conftest import Giveback
    from giveback.dates import Now


def belonging(path: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Which row of which kept table refers to which contact: row and contact by table and column."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            (table, link.column): connection.execute(f"SELECT id, {link.column} FROM {table}").fetchall()  # noqa: S608 - names of our own
            for table in KEPT
            for link in links(connection, table)
            if link.parent == "contact"
        }


@settings(max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), data=st.data())
def test_nothing_is_lost_and_one_undo_gives_it_back(empty_store: str, now: Now, seed: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "store.db"))
        shutil.copy(empty_store, path)
        fill(path, seed, rows=3)
        before, owned = dump(path), belonging(path)
        kept, gone = data.draw(st.permutations(range(1, 4)))[:2]
        with change(path, now, "merge") as session:
            merge(session, kept, gone, now)
        recorded = _recorded(path, gone)
        for place, rows in belonging(path).items():
            there = dict(rows)
            for row, contact in owned[place]:
                expected = kept if contact == gone else contact
                assert there.get(row, "recorded") in {expected, "recorded", None}
                assert row in there or row in recorded[place[0]], f"{place} lost row {row}"
        assert {finding.kind for finding in examine(path)} <= {"ranking", "folder", "mode"}
        undo(path, now)
        assert dump(path) == before


def _recorded(path: str, gone: int) -> dict[str, set[int]]:
    """Rows that could not stand beside others, as the record of the merge keeps them."""
    with closing(sqlite3.connect(path)) as connection:
        (was,) = connection.execute("SELECT was FROM merged_contact ORDER BY id DESC LIMIT 1").fetchone()
    rows: dict[str, list[dict[str, Any]]] = json.loads(was)
    assert [row["id"] for row in rows["contact"]] == [gone]
    return {table: {row["id"] for row in rows.get(table, ())} for table in KEPT}


ROW: dict[str, Any] = {
    "id": 1, "uuid": "u", "name": "Robert Smith", "name_key": "robert smith", "nickname": "", "nickname_key": "",
    "initials": "rs", "company": "Shell", "title": "", "town": "Houston", "cadence_days": 60, "met_at": "",
    "birthday": "--03-14", "notes": "tall", "tact_allow": "illness", "added_on": "2026-03-01", "snoozed_until": None,
    "archived_at": None, "created_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z",
}  # fmt: skip


def test_values_of_both_are_kept() -> None:
    other = ROW | {
        "id": 2, "name": "Bob Smith", "company": "Equinor", "title": "Engineer", "town": "houston", "cadence_days": 21,
        "birthday": "1980-03-14", "notes": "plays jazz", "tact_allow": "religion", "added_on": "2026-01-01",
        "archived_at": "2026-05-01T00:00:00Z",
    }  # fmt: skip
    made = join(ROW, other)
    assert made.values["name"] == "Robert Smith"
    assert made.values["nickname"] == "Bob"
    assert made.values["title"] == "Engineer"
    assert made.values["birthday"] == "1980-03-14"
    assert made.values["cadence_days"] == 21
    assert made.values["tact_allow"] == "illness, religion"
    assert made.values["added_on"] == "2026-01-01"
    assert made.values["archived_at"] is None
    assert made.values["notes"] == "tall\n\nplays jazz\n\nAlso: Bob Smith (name); Equinor (company)"
    assert made.differs == [
        "name: Robert Smith stays, Bob Smith is in the notes",
        "company: Shell stays, Equinor is in the notes",
        "every: 3 weeks, the closer of the two",
    ]


def test_another_birthday_is_in_the_notes() -> None:
    made = join(ROW | {"birthday": "1980-03-14"}, ROW | {"birthday": "1981-03-14", "notes": ""})
    assert made.values["birthday"] == "1980-03-14"
    assert "1981-03-14 (birthday)" in made.values["notes"]


def two_smiths(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Robert Smith", "--email", "bob@example.com", "--interest", "fishing")
    giveback.run_here(
        "add-contact", "Bob Smith", "--email", "BOB@example.com", "--interest", "Fishing", "--avoid", "golf"
    )
    giveback.run_here("log", "2", "lunch", "--met")
    giveback.run_here("log", "bob smith", "lunch", "--met")


@pytest.mark.usefixtures("loaded_once")
def test_the_command(giveback: Giveback) -> None:
    two_smiths(giveback)
    before = dump(giveback.store)
    tried = giveback.run_here("merge", "1", "2", "--dry-run")
    assert (tried.code, dump(giveback.store)) == (0, before)
    done = giveback.run_here("merge", "1", "2", "--json")
    said = json.loads(done.out)
    assert (said["kept"], said["gone"], said["moved"]["exchange"]) == ("Robert Smith", "Bob Smith", 1)
    shown = json.loads(giveback.run_here("show", "bob smith", "--json").out)
    assert shown["name"] == "Robert Smith", "the old name still answers"
    assert (shown["interests"], shown["avoids"]) == (["fishing"], ["golf"])
    assert [was["name"] for was in shown["merged"]] == ["Bob Smith"]
    assert "Bob Smith became part of Robert Smith" in giveback.run_here("history", "robert").err
    assert giveback.run_here("undo").code == 0
    after = dump(giveback.store)
    assert {table: after[table] for table in KEPT} == {table: before[table] for table in KEPT}


def test_one_contact_cannot_be_merged_with_itself(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz")
    ran = giveback.run_here("merge", "ana", "ruiz")
    assert ran.code == Exit.USAGE
    assert "are one contact" in ran.err


def test_who_is_merged_into_somebody_who_is_merged_is_still_known(giveback: Giveback) -> None:
    for name in ("Ana Ruiz", "Ana R.", "A. Ruiz"):
        giveback.run_here("add-contact", name)
    assert giveback.run_here("merge", "2", "3").code == 0
    assert giveback.run_here("merge", "1", "2").code == 0
    shown = json.loads(giveback.run_here("show", "1", "--json").out or "{}") or json.loads(
        giveback.run_here("show", "ana ruiz", "--json").out
    )
    assert {was["name"] for was in shown["merged"]} == {"Ana R.", "A. Ruiz"}
