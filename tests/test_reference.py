"""The command reference and the table of completion say what the commands say, and the help pages fit."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from giveback.cli.app import load
from giveback.cli.catalogue import CATALOGUE, overview

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 80


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = module
    spec.loader.exec_module(module)
    return module


reference = _tool()


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return {each.name: each for each in reference.commands()[0]}


def test_every_command_has_its_module() -> None:
    assert reference.commands()[1] == []


def test_both_files_are_up_to_date(described: dict[str, Any]) -> None:
    for path, text in reference.files(list(described.values())).items():
        assert path.read_text("utf-8") == text, f"{path.name} is out of date: make docs"


def test_check_says_which_file_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "DOCS", tmp_path / "cli.md")
    monkeypatch.setattr(reference, "WORDS", tmp_path / "words.py")
    assert reference.main(["--check"]) == 1
    assert capsys.readouterr().err == "out of date: cli.md (make docs)\nout of date: words.py (make docs)\n"
    assert not (tmp_path / "cli.md").exists()
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_summary_is_the_one_of_the_catalogue(described: dict[str, Any], name: str) -> None:
    assert described[name].summary == CATALOGUE[name].summary


def test_every_command_has_an_example_that_calls_it(described: dict[str, Any]) -> None:
    groups = {name for name, entry in CATALOGUE.items() if entry.group}
    wrong = {
        name: each.example
        for name, each in described.items()
        if name not in groups and f"giveback {name}" not in each.example
    }
    assert not wrong


def test_every_option_and_argument_has_help(described: dict[str, Any]) -> None:
    silent = [
        (name, parameter.names or parameter.value)
        for name, each in described.items()
        for parameter in (*each.options, *each.arguments)
        if not parameter.help
    ]
    assert not silent


def test_long_lists_of_options_stand_in_groups(described: dict[str, Any]) -> None:
    long = {name: each for name, each in described.items() if len(each.options) > 12}
    assert {name for name, each in long.items() if not each.panels} == set()
    for each in long.values():
        assert {option.group for option in each.options} == set(each.groups)


def test_the_overview_lists_every_command_within_80_columns() -> None:
    lines = overview().splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert [name for name in CATALOGUE if not any(line.startswith(f"  {name} ") for line in lines)] == []


def _pages(command: Any, path: str) -> list[str]:
    with command.make_context(path, [], resilient_parsing=True, terminal_width=WIDTH) as context:
        pages = [command.get_help(context)]
    for name, each in getattr(command, "commands", {}).items():
        pages += _pages(each, f"{path} {name}")
    return pages


@pytest.mark.parametrize("name", CATALOGUE)
def test_help_fits_80_columns(name: str) -> None:
    for page in _pages(load(name), f"giveback {name}"):
        assert page.startswith(f"Usage: giveback {name}")
        assert max(map(len, page.splitlines())) <= WIDTH
