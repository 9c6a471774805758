"""Completion: what the completer answers, what it leaves alone, and what real shells make of it."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import people_to_complete
from giveback.cli import completing
from giveback.cli.completing import CADENCES, FIXED
from giveback.cli.shellwords import quoted, split
from giveback.dates import now, parse_day, parse_span
from giveback.keeping.exchanges import CHANNELS
from giveback.people.contacts import ContactForm, add, checked_cadence
from giveback.store.changes import change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    people_to_complete.fill(folder)
    return folder


@pytest.fixture
def complete(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., list[str]]:
    """Ask as a shell does: the raw line up to the cursor, as one word (bash) or as several."""
    monkeypatch.setenv("GIVEBACK_HOME", str(home))
    monkeypatch.delenv("GIVEBACK_PROFILE", raising=False)

    def ask(*words: str, by: str = "bash") -> list[str]:
        completing.main([by, str(len(words) - 1), *words])
        return capfdbinary.readouterr().out.decode().splitlines()

    return ask


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("giveback sugg", ["suggest"]),
        ("giveback FETCH", ["fetch"]),
        ("giveback sugg extra", []),
        ("giveback --p", ["--profile"]),
        ("giveback --profile  work sugg", ["suggest"]),
        ("giveback feed ", ["add", "list", "edit", "login", "remove", "import", "export", "starters"]),
        ("giveback feed starters ener", ["energy"]),
        ("giveback articles pr", ["prune"]),
        ("giveback articles prune --ol", ["--older"]),
        ("giveback feed rem", ["remove"]),
        ("giveback nonsense x", []),
        ("giveback log jan x --vi", ["--via"]),
        ("giveback log jan x --via email --vi", []),
        ("giveback log jan x --via ", list(CHANNELS)),
        ("giveback log jan x --via=le", ["letter"]),
        ("giveback log jan x --on ye", ["yesterday"]),
        ("giveback log jan x --on 3", ["3\\ days\\ ago"]),
        ("giveback snooze jan --until=next", ["next\\ monday"]),
        ("giveback add-contact X --birthday ", []),
        ("giveback add-contact X --every wa", ["warm"]),
        ("giveback add-contact X --interest a --int", ["--interest"]),
        ("giveback config unset me.", ["me.name", "me.addresses", "me.email", "me.address"]),
        ("giveback completion install ", ["bash", "zsh", "fish"]),
        ("giveback show luk", ["Łukasz\\ Żak"]),
        ("giveback show ZAK", ["Łukasz\\ Żak"]),
        ("giveback show 'luk", ["Łukasz Żak"]),
        ("giveback show ania", ["Anna\\ Kowalska"]),
        ("giveback show Jan\\ ko", ["Jan\\ Kowalski"]),
        ('giveback show "Jan ko', ["Jan Kowalski"]),
        ("giveback show O\\'b", ["Sinéad\\ O\\'Brien"]),
        ("giveback show \"O'b", ["Sinéad O'Brien"]),
        ("giveback show 'sin", ["Sinéad O'\\''Brien"]),
        ("giveback show 山", ["山田\\ 太郎"]),
        ("giveback show owal", []),
        ("giveback show Old", []),
        ("giveback --profile none show J", []),
        ("giveback suggest jan luk", ["Łukasz\\ Żak"]),
        ("giveback history jan luk", []),
        ("giveback interests luk -o", ["-orchids"]),
        ('giveback interests luk -"bass f', ["bass fishing"]),
        ("giveback interests luk --a", ["--avoid", "--accept"]),
        ("giveback interests luk bass", []),
        ("giveback interests luk -orchids -b", ["-bass\\ fishing"]),
        ("giveback interests kow -", ["--avoid", "--infer", "--accept", "--json", "--dry-run", "--help"]),
        ("giveback give jan ", ["1", "2"]),
        ("giveback give jan --via email 2", ["2"]),
        ("giveback give luk ", ["30", "2", "1"]),
        ("giveback give kow 3", ["30"]),
        ("giveback give jan id:3", ["30"]),
        ("giveback edit jan --gift-policy us", ["us-federal"]),
        ("giveback give luk 1 --interest o", ["orchids"]),
        ("giveback dismiss 'Jan Kowalski' ", ["1", "2"]),
        ("giveback read 3", ["30"]),
        ("giveback read title", []),
        ("giveback feed remove ", ["1"]),
        ("giveback feed remove exam", ["https://www.example.com/rss\\?a=1"]),
        ("giveback feed remove https://www", ["//www.example.com/rss\\?a=1"]),
        ("giveback log -- jan -", []),
        ("giveback", []),
    ],
)
def test_bash_gets_words_ready_to_be_inserted(
    complete: Callable[..., list[str]], line: str, expected: list[str]
) -> None:
    assert complete(line) == ["words", *expected]


@pytest.mark.parametrize(
    "line",
    ["giveback save ho", "giveback import ", "giveback import a.csv b", "giveback feed add x", "giveback backup x"],
)
def test_paths_are_left_to_the_shell(complete: Callable[..., list[str]], line: str) -> None:
    assert complete(line) == ["files"]


def test_the_words_may_come_one_by_one(complete: Callable[..., list[str]]) -> None:
    assert complete("giveback", "show", '"Jan ko') == complete('giveback show "Jan ko')


def test_nothing_is_inserted_for_names_without_a_common_beginning(complete: Callable[..., list[str]]) -> None:
    assert complete("giveback show kow") == ["words", "Anna\\ Kowalska", "Jan\\ Kowalski", ""]
    assert complete("giveback", "show", "kow", by="zsh")[0] == "menu"
    assert complete("giveback", "show", "jan", by="zsh")[0] == "words"


def test_a_list_in_bash_shows_titles(complete: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEBACK_COMP_TYPE", "63")
    assert complete("giveback give jan ") == ["words", "1  Title 30", "2  Title 1"]
    assert complete("giveback show kow") == ["words", "Anna Kowalska", "Jan Kowalski"]
    assert complete("giveback give jan 2") == ["words", "2"]


def test_bash_replaces_what_comes_behind_its_word_breaks(
    complete: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIVEBACK_COMP_BREAKS", " \t\n")
    assert complete("giveback log jan x --via=le") == ["words", "--via=letter"]


def test_zsh_and_fish_get_descriptions(complete: Callable[..., list[str]]) -> None:
    assert complete("giveback", "give", "jan", "", by="zsh") == ["words", "1\t1  Title 30", "2\t2  Title 1"]
    assert complete("giveback", "give", "jan", "", by="fish") == ["words", "1\tTitle 30", "2\tTitle 1"]
    assert complete("giveback", "log", "jan", "x", "--gav", by="fish") == ["words", "--gave\tYou gave something."]
    assert complete("giveback", "show", "Łuk", by="zsh") == ["words", "Łukasz Żak\tŁukasz Żak  PGE"]


def test_fish_gets_a_name_that_holds_what_was_typed(complete: Callable[..., list[str]]) -> None:
    assert complete("giveback", "show", "luk", by="fish") == ["words", "lukasz zak\tŁukasz Żak"]
    assert complete("giveback", "interests", "Sinéad O'Brien", "--js", by="fish")[1].startswith("--json\t")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_escape_sequence_reaches_the_terminal(
    tmp_path: Path, complete: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    store = str(tmp_path / "giveback.db")
    with change(store, now(), "test") as session:
        add(session, ContactForm("Eve"), now().today, None)
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE contact SET name = ?, company = ?", ("Eve\x1b]0;owned\x07\nMallory\t\x9b2J", "\x1b[2J")
        )
    monkeypatch.setenv("GIVEBACK_HOME", str(tmp_path))
    lines = complete("giveback", "show", "eve", by=shell)
    assert len(lines) == 2
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]", lines[1])
    assert "owned" not in lines[1]


def _spoil_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


SPOILT: dict[str, Callable[[Path], object]] = {
    "none": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"garbage" * 1000),
    "newer": lambda path: _spoil_version(path, 99),
    "older": lambda path: _spoil_version(path, 0),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_store_that_cannot_answer_is_no_candidate_and_stays_as_it_is(
    home: Path, tmp_path: Path, complete: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = tmp_path / "giveback.db"
    shutil.copy(home / "giveback.db", path)
    SPOILT[how](path)
    before = path.read_bytes() if path.exists() else None
    monkeypatch.setenv("GIVEBACK_HOME", str(tmp_path))
    assert complete("giveback show j") in ([], ["words"])
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("arguments", [[], ["bash"], ["bash", "x", "giveback"], ["fish", "0"], ["tcsh", "1", "a", "b"]])
def test_a_call_that_makes_no_sense_is_silent(
    arguments: list[str], capfdbinary: pytest.CaptureFixture[bytes], complete: Callable[..., list[str]]
) -> None:
    del complete
    completing.main(arguments)
    captured = capfdbinary.readouterr()
    assert captured.err == b""


@given(st.text(), st.sampled_from(["", "'", '"']))
def test_what_is_quoted_is_read_back(text: str, quote: str) -> None:
    line = "".join(text.split())
    word = quote + quoted(line + " x", quote)
    assert split(f"giveback {word}").current == line + " x"


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_shell_reads_back_what_is_quoted(quote: str) -> None:
    texts = [
        "".join(map(chr, range(32, 127))).replace("!", ""),
        "~x",
        "#x",
        "a  b ",
        "$(id)`id`$HOME",
        "é'\"\\",
        "*?[a]",
    ]
    line = " ".join(quote + quoted(text, quote) + quote for text in texts)
    done = subprocess.run(["sh", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == texts


@given(st.text())
def test_any_line_can_be_taken_apart(line: str) -> None:
    typed = split(line, completing.BASH_BREAKS)
    assert typed.current.startswith(typed.kept)


@given(st.text(alphabet="ab '\"\\-=", max_size=12))
def test_words_are_what_the_shell_reads(line: str) -> None:
    try:
        expected = shlex.split(f"{line}a end")
    except ValueError:
        return
    assert [*split(f"{line}a end").words, "end"] == expected


def test_the_fixed_words_are_understood() -> None:
    today = now().today
    assert FIXED["CHANNEL"] == CHANNELS
    assert all(checked_cadence(word) or word == "never" for word in CADENCES)
    assert all(map(parse_span, completing.SPANS))
    assert all(parse_day(word, today) >= today for word in completing.AHEAD)
    assert all(parse_day(word, today, past=True) <= today for word in completing.PAST)


@pytest.mark.parametrize("line", ["giveback sug", "giveback show J", "giveback config get m", "giveback give jan "])
def test_completion_imports_nothing_heavy(home: Path, line: str) -> None:
    heavy = {
        *("typer", "click", "pathlib", "platformdirs", "sqlmodel", "sqlalchemy", "pydantic", "httpcore", "feedparser"),
        *("rich", "numpy", "rapidfuzz", "lxml", "inspect", "dataclasses"),
    }
    code = (
        "import sys; from giveback.__main__ import answer\n"
        "answer(['--complete', 'bash', '0', sys.argv[1]])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, line],
        env=people_to_complete.environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") > 1
    assert "giveback.cli.completing" in done.stderr.split()
    assert not heavy & set(done.stderr.split())
