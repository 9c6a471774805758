"""Forgetting: nothing of a person is left in the store, its file and its log; others stay as they are."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from giveback.errors import Exit, NotFoundError
from giveback.store.changes import change_in_bulk, undo
from giveback.store.doctor import examine
from giveback.store.erasing import erase
from giveback.store.kept import KEPT, NOTED, links, tables
from store_filler import dump, fill

if TYPE_CHECKING:
    from conftest import Giveback
    from giveback.dates import Now

TELLING = ("quirk", "xanthippe", "zymurgy", "sextant", "xq@hidden.example", "tontine", "lamplighter", "moved-to-utopia")
"""Words that stand only in what is known of her."""


def traces(folder: Path, words: tuple[str, ...] = TELLING) -> dict[str, list[str]]:
    """Which of some words stand in the bytes of which store, log or other file of a folder."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            if there := [word for word in words if word.encode() in data]:
                found[path.name] = there
    return found


def furnish(giveback: Giveback) -> None:
    """A store in which much is said of one person, by her own rows, by undone changes and by a merge."""
    lines = (
        (
            "add-contact",
            "Xanthippe Quirk",
            "--email",
            "xq@hidden.example",
            "--interest",
            "zymurgy",
            "--company",
            "Tontine",
        ),
        ("add-contact", "Bob Lee", "--email", "bob@example.com", "--interest", "fishing"),
        ("log", "xanthippe", "lent me her sextant", "--received"),
        ("edit", "xanthippe", "--town", "moved-to-utopia"),
        ("undo",),
        ("promise", "xanthippe", "a lamplighter"),
        ("add-contact", "Xan Quirk", "--email", "xan@hidden.example"),
        ("merge", "xanthippe", "Xan Quirk"),
        ("log", "bob", "a walk in the rain", "--met"),
    )
    for line in lines:
        done = giveback.run_here(*line)
        assert done.code == 0, (line, done)


def test_no_byte_of_her_is_left_and_others_stay(giveback: Giveback) -> None:
    furnish(giveback)
    assert traces(giveback.home)
    tried = giveback.run_here("forget", "xanthippe", "--dry-run")
    assert tried.out.startswith("dry run: erased Xanthippe Quirk · 1 contact,")
    assert giveback.run_here("show", "xanthippe").code == 0
    refused = giveback.run_here("forget", "xanthippe")
    assert refused.code == Exit.USAGE
    assert "cannot be undone" in refused.err
    done = giveback.run_here("forget", "xanthippe", "--yes")
    assert done.code == 0, done
    assert not traces(giveback.home)
    assert giveback.run_here("show", "xanthippe").code == Exit.NOT_FOUND
    assert "a walk in the rain" in giveback.run_here("history", "bob").out
    assert giveback.run_here("doctor").code == 0
    assert "log Bob Lee: a walk in the rain" in giveback.run_here("undo").out
    assert "a walk in the rain" not in giveback.run_here("history", "bob").out


def test_what_is_left_is_said(giveback: Giveback) -> None:
    furnish(giveback)
    giveback.run_here("introduce", "xanthippe", "bob", "--because", "both like to fish")
    folder = giveback.home / "cards"
    assert giveback.run_here("export", "--to", f"{folder}/").code == 0
    giveback.run_here("followups", "--vdir", "tasks/")
    giveback.run_here("log", "bob", "lunch with Xanthippe Quirk")
    drafts = giveback.home / "drafts"
    drafts.mkdir(exist_ok=True)
    (drafts / "one.eml").write_text("To: X <XQ@hidden.example>\n\nHello\n")
    (drafts / "other.eml").write_text("To: bob@example.com\n\nXanthippe Quirk says hello\n")
    giveback.run_here("backup", "copy.sqlite")
    said = json.loads(giveback.run_here("forget", "xanthippe", "--dry-run", "--json").out)
    left = {(one["kind"], Path(one["where"]).name.partition(".")[0]) for one in said["left"]}
    assert ("draft", "other") in left
    assert ("backup", "copy") in left
    assert [Path(path).name for path in said["drafts"]] == ["one.eml"]
    assert any(one["kind"] == "file" and str(folder) in one["where"] for one in said["left"])
    assert any(one["kind"] == "task" for one in said["left"])
    assert any(one["kind"] == "text" and "of Bob Lee: lunch with" in one["where"] for one in said["left"])
    assert (drafts / "one.eml").exists()
    done = giveback.run_here("forget", "xanthippe", "--yes", "--backups")
    assert f"erased from {giveback.home / 'copy.sqlite'}" in done.out
    assert not (drafts / "one.eml").exists()
    for name in ("copy.sqlite", "giveback.db"):
        with closing(sqlite3.connect(giveback.home / name)) as store:
            assert store.execute("SELECT name FROM contact").fetchall() == [("Bob Lee",)]
    assert "copy.sqlite" not in traces(giveback.home, ("sextant", "lamplighter"))


@settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), number=st.integers(1, 3))
def test_whatever_tables_there_are(empty_store: str, now: Now, seed: int, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "store.db"))
        shutil.copy(empty_store, path)
        fill(path, seed, rows=3)
        with change_in_bulk(path, now, "touch everything") as raw:
            for table in KEPT:
                raw.execute(f"UPDATE {table} SET id = id")  # noqa: S608 - names of our own
        before = dump(path)
        with change_in_bulk(path, now, "") as raw:
            erased = erase(raw, number)
        after = dump(path)
        for table in (*KEPT, *NOTED):
            assert len(before[table]) - len(after[table]) == erased.rows.get(table, 0), table
        with closing(sqlite3.connect(path)) as store:
            assert not store.execute("PRAGMA foreign_key_check").fetchall()
            for table in tables(store):
                for link in links(store, table):
                    if link.parent == "contact":
                        sql = f'SELECT count(*) FROM {table} WHERE "{link.column}" = ?'  # noqa: S608 - as above
                        assert store.execute(sql, (number,)).fetchone() == (0,), table
        assert {finding.kind for finding in examine(path)} <= {"ranking", "folder", "mode"}
        try:
            while True:
                undo(path, now)
        except NotFoundError:
            pass
