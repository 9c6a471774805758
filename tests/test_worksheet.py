"""The worksheet for the huddle, and the group's overview."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Giveback
from giveback.asking.hat import Between
from giveback.asking.huddle import PARTS, checked_parts, merged, read_shared, share
from giveback.asking.sheets import markdown, sheet_data
from giveback.asking.worksheet import Page, Row, open_needs, say_step
from giveback.dates import Now
from giveback.errors import UsageError
from giveback.printing.making import make
from giveback.printing.pages import html
from giveback.store.questions.targets import NeedRow

TODAY = date(2026, 11, 23)
SHELL = Page("Shell", "asked", "oil and gas", [("culture of the subsurface team", False), ("who hires", True)],
             [Row("Ana Ruiz", "works at Shell plc", "weak, last 3 May; given 1", "culture", "an article", "ask")],
             known=4)  # fmt: skip
EMPTY = Page("BP", "researching", "", [], [])


def need(text: str, met: str | None = None) -> NeedRow:
    return NeedRow(1, "u", 1, text, met, None, None)


def test_what_is_still_needed_is_said_or_counted() -> None:
    assert open_needs([need("who hires")]) == "who hires"
    assert open_needs([need("a"), need("b", "2026-11-01"), need("c")]) == "1 or 3"
    assert open_needs([need("a", "2026-11-01")]) == ""


def test_thanks_come_before_a_gift_and_a_gift_before_the_ask() -> None:
    known = Between("Ana", 0, (date(2026, 11, 20), "named the manager"))
    assert say_step(known, None, TODAY, frozenset()) == "thank them: named the manager"
    assert say_step(known._replace(unthanked=None), None, TODAY, frozenset()) == "give first, then ask"
    assert say_step(Between("Ana", 2), None, TODAY, frozenset()) == "ask"
    assert "somebody else" in say_step(Between("Ana", 2, asked=3), None, TODAY, frozenset())
    said_no = Between("Ana", 2, said_no=(date(2026, 11, 2), "an introduction"))
    assert say_step(said_no, None, TODAY, frozenset()) == "they said no: leave it at that"


def test_a_page_has_honest_blanks() -> None:
    text = markdown("Worksheet", [SHELL, EMPTY])
    assert "1. [ ] culture of the subsurface team\n2. [x] who hires" in text
    assert "## BP (researching)" in text
    assert "Nobody known yet. Two ways to find one:" in text
    assert "1. [ ] ________" in text
    assert text.count("| ________ | ________ | ________ | ________ |") == 2 + 3
    hostile = markdown("x", [EMPTY._replace(name="a | b\n# c <script>")])
    assert "## a \\| b \\# c \\<script\\> (researching)" in hostile


def test_paper_has_a_page_for_each_target(tmp_path: Path, now: Now) -> None:
    data = sheet_data("Worksheet, week of 23 November 2026", [SHELL, EMPTY], paper="letter", author="Sam")
    made = make("worksheet", data, str(tmp_path / "w.pdf"), now, {})
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run(["pdftotext", made.path, "-"], capture_output=True, check=True, text=True).stdout
    assert text.count("\f") == 2
    for part in ("Shell", "Ana Ruiz", "works at Shell plc", "What I can offer", "Nobody known yet", "2/2"):
        assert part in text, part
    page = html("worksheet", data)
    assert page.count('<section class="sheet page">') == 2


def test_only_what_was_named_is_shared() -> None:
    shared = share("Sam", [SHELL], ["Shell plc", "BP"], frozenset(), TODAY)
    assert shared["targets"] == [{"name": "Shell", "state": "asked"}]
    assert "companies" not in shared
    whole = share("Sam", [SHELL], ["Shell plc", "BP", ""], frozenset(PARTS), TODAY)
    text = json.dumps(whole)
    assert whole["companies"] == ["BP", "Shell plc"]
    assert whole["targets"][0]["names"] == ["Ana"]
    for private in ("Ruiz", "weak", "given 1", "works at"):
        assert private not in text, private
    assert checked_parts("needs, companies") == {"needs", "companies"}
    assert checked_parts("targets") == frozenset()
    with pytest.raises(UsageError, match="nothing that a worksheet shares"):
        checked_parts("notes")


def test_members_who_can_help_each_other_are_found() -> None:
    sam = read_shared(json.dumps(share("Sam", [SHELL], [], frozenset(PARTS), TODAY)).encode(), "sam.json")
    ana = read_shared(json.dumps(share("Ana", [EMPTY], ["SHELL PLC"], frozenset(PARTS), TODAY)).encode(), "ana.json")
    first, second = merged([sam, ana])
    assert {first.name, second.name} == {"Shell", "BP"}
    shell = first if first.name == "Shell" else second
    assert shell.about == "wanted by Sam"
    assert ("Sam: culture of the subsurface team", False) in shell.needs
    assert [row.name for row in shell.people] == ["Sam", "Ana"]
    assert shell.people[1].reason == "has a contact there"


def wider(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), wider))
def test_whatever_a_file_holds_is_read_or_refused(value: object) -> None:
    with pytest.raises(UsageError, match=r"x\.json is no worksheet"):
        read_shared(json.dumps(value).encode(), "x.json")
    held = {"format": "giveback-worksheet", "version": 1, "name": value, "targets": value, "companies": value}
    pages = merged([read_shared(json.dumps(held).encode(), "x.json")])
    assert markdown("x", pages).startswith("# x")


def test_a_file_that_is_none_is_told_with_its_line() -> None:
    with pytest.raises(UsageError, match=r"x\.json, line 2 is no JSON"):
        read_shared(b"{\n oops", "x.json")
    with pytest.raises(UsageError, match="of version 7"):
        read_shared(b'{"format": "giveback-worksheet", "version": 7}', "x.json")


def test_the_commands(giveback: Giveback) -> None:
    none = giveback.run_here("worksheet")
    assert none.code == 3
    assert "giveback target add" in none.err
    giveback.run_here("add-contact", "Ana Ruiz", "--company", "Shell plc", "--interest", "jazz")
    giveback.run_here("target", "add", "Shell", "--need", "who hires reservoir engineers")
    giveback.run_here("target", "add", "BP")
    done = giveback.run_here("worksheet")
    assert done.code == 0, done
    for part in (
        "## Shell (researching)",
        "**Ana Ruiz**",
        "who hires reservoir engineers",
        "give first, then ask",
        "## BP",
    ):
        assert part in done.out, part
    path = giveback.home / "w.pdf"
    done = giveback.run_here("worksheet", "shell", "-o", str(path))
    assert done.code == 0, done
    assert done.out == f"worksheet · 1 page · {path}\n"
    mine, broken = giveback.home / "sam.json", giveback.home / "broken.json"
    giveback.run_here("config", "set", "me.name", "Sam Rivers")
    assert giveback.run_here("worksheet", "--share", "needs,companies", "-o", str(mine)).code == 0
    broken.write_text("{")
    done = giveback.run_here("worksheet", "--merge", str(mine), str(broken))
    assert done.code == 7
    assert "broken.json, line 1 is no JSON" in done.err
    assert "wanted by Sam Rivers" in done.out
    assert json.loads(giveback.run_here("worksheet", "--json").out)[0]["target"] == "Shell"
    assert giveback.run_here("worksheet", "-o", "w.docx").code == 2
