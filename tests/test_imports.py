"""What the commands of a shell prompt may load: a library imported here is paid on every prompt."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Giveback

HEAVY = {
    *("sqlmodel", "sqlalchemy", "pydantic", "httpcore", "feedparser", "numpy", "tokenizers", "trafilatura", "jinja2"),
    "holidays",
}
QUESTIONS = [
    ["--version"],
    ["--help"],
    ["followups"],
    ["followups", "--json"],
    ["followups", "--help"],
    ["suggest", "ana"],
    ["suggest", "ana", "--json"],
    ["today"],
    ["contacts"],
    ["show", "ana"],
    ["history", "ana"],
    ["balance"],
    ["circle"],
    ["asks"],
    ["who", "shell"],
    ["articles", "orchid"],
    ["--complete", "bash", "2", "giveback", "suggest", "an"],
]
PROBE = """
import json, sys
from giveback.__main__ import answer
if answer(json.loads(sys.argv[1])):
    sys.exit("it failed")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with somebody who is due and has something to be given; made once."""
    giveback = Giveback(tmp_path_factory.mktemp("imports"))
    (giveback.home / "page.html").write_text(
        "<html><title>Orchids at home</title><body><h1>Orchids at home</h1><p>"
        + "An orchid on the windowsill flowers again when it is kept cool. " * 8
        + "</p></body></html>"
    )
    assert giveback.run_here("add-contact", "Ana Ruiz", "--interest", "orchids", "--every", "1d").code == 0
    assert giveback.run_here("save", "page.html").code == 0
    assert giveback.run_here("target", "add", "Shell").code == 0
    assert giveback.run_here("log", "ana", "a name", "--asked", env={"GIVEBACK_ASKS_COUNTRY": "US"}).code == 0
    return giveback.home


@pytest.fixture
def ana(prepared: Path, giveback: Giveback) -> Giveback:
    """A home like the prepared one, for one test alone."""
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def loaded(home: Giveback, command: list[str]) -> set[str]:
    env = {"GIVEBACK_HOME": str(home.home), "GIVEBACK_NOW": "2026-12-23", "PATH": "", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(command)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", QUESTIONS, ids=" ".join)
def test_a_question_loads_nothing_heavy(ana: Giveback, command: list[str]) -> None:
    assert not loaded(ana, command) & (HEAVY | {"rich"})


@pytest.mark.parametrize(
    "command", [["--version"], ["--help"], ["--complete", "zsh", "1", "giveback", "s"]], ids=" ".join
)
def test_the_lightest_do_without_typer(ana: Giveback, command: list[str]) -> None:
    assert not loaded(ana, command) & {"typer", "pathlib", "inspect"}


def test_offers_load_vectors_and_no_tables(ana: Giveback) -> None:
    assert not loaded(ana, ["suggest", "ana", "--offers"]) & (HEAVY - {"numpy", "tokenizers"})


def test_a_change_loads_no_network_and_no_vectors(ana: Giveback) -> None:
    found = loaded(ana, ["log", "ana", "coffee"])
    assert "sqlmodel" in found
    assert not found & {"httpcore", "feedparser", "numpy", "tokenizers", "trafilatura", "rich"}
