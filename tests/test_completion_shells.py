"""Completion in shells: where it is installed, and what real shells make of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pexpect
import pytest

import people_to_complete
from giveback.cli import completion
from giveback.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anything, named by HOME alone."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR", "BASH_COMPLETION_USER_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    return tmp_path


def _files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


WRITTEN = {
    "bash": {".local/share/bash-completion/completions/giveback", ".bashrc"},
    "zsh": {".local/share/zsh/site-functions/_giveback", ".zshrc"},
    "fish": {".config/fish/completions/giveback.fish"},
}


@pytest.mark.parametrize("shell", WRITTEN)
def test_installing_writes_what_the_shell_loads_and_twice_is_once(
    empty: Path, capfd: pytest.CaptureFixture[str], shell: str
) -> None:
    assert run(["completion", "install", shell]) == 0
    files = _files(empty)
    said = capfd.readouterr()
    assert set(files) == WRITTEN[shell]
    assert all(name in said.out for name in WRITTEN[shell])
    assert f"open a new {shell}" in said.err
    assert run(["completion", "install", shell]) == 0
    assert _files(empty) == files
    assert capfd.readouterr().out == ""


def test_a_dry_run_writes_nothing(empty: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "install", "--dry-run"]) == 0
    assert _files(empty) == {}
    assert capfd.readouterr().out.startswith("dry run: wrote ")


def test_a_start_up_file_keeps_what_it_had(empty: Path) -> None:
    start = empty / ".zshrc"
    start.write_bytes(b"export A=\xff\nalias x=y")
    run(["completion", "install"])
    run(["completion", "install"])
    text = start.read_bytes()
    assert text.startswith(b"export A=\xff\nalias x=y\n\n" + completion.BEGIN.encode())
    assert text.count(completion.BEGIN.encode()) == 1


def test_an_older_block_is_replaced_where_it_stands(empty: Path) -> None:
    start = empty / ".bashrc"
    start.write_text(f"before\n{completion.BEGIN}\nstale\n{completion.END}\nafter\n")
    run(["completion", "install", "bash"])
    text = start.read_text()
    assert text.startswith(f"before\n{completion.BEGIN}\n")
    assert text.endswith(f"{completion.END}\nafter\n")
    assert "stale" not in text


def test_a_start_up_file_that_is_a_link_stays_one(empty: Path) -> None:
    real = empty / "dotfiles"
    real.write_text("")
    (empty / ".zshrc").symlink_to(real)
    run(["completion", "install"])
    assert (empty / ".zshrc").is_symlink()
    assert completion.BEGIN in real.read_text()


def test_the_variables_for_folders_count(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(empty / "d'ata"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty / "config"))
    monkeypatch.setenv("ZDOTDIR", str(empty / "dots"))
    for shell in ("zsh", "fish"):
        run(["completion", "install", shell])
    assert set(_files(empty)) == {
        "d'ata/zsh/site-functions/_giveback",
        "dots/.zshrc",
        "config/fish/completions/giveback.fish",
    }
    assert "d'\\''ata" in (empty / "dots/.zshrc").read_text()


@pytest.mark.parametrize("shell", ["tcsh", ""])
def test_an_unknown_shell_is_refused(
    empty: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], shell: str
) -> None:
    monkeypatch.setenv("SHELL", "")
    assert run(["completion", "install", *([shell] if shell else [])]) == 2
    assert "say bash, zsh or fish" in capfd.readouterr().err
    assert _files(empty) == {}


@pytest.mark.parametrize("shell", WRITTEN)
def test_the_script_is_shown_and_parses(empty: Path, capfd: pytest.CaptureFixture[str], shell: str) -> None:
    del empty
    assert run(["completion", "show", shell]) == 0
    script = capfd.readouterr().out
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n"], input=script, text=True, check=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    people_to_complete.fill(folder)
    return folder


class Terminal(NamedTuple):
    """An interactive shell whose lines can be typed and read back."""

    child: pexpect.spawn[str]

    def becomes(self, typed: str) -> list[str]:
        """The arguments that a line has when it is run.

        Ctrl-A and a `printf` before the line print its words one by one, after all quotes.
        """
        self.child.send(f"{typed}\x01printf '<%s>\\n' \r")
        # The quotes keep the echo of this line from being taken for its output.
        self.child.send("echo do''ne\r")
        self.child.expect("done\r")
        return re.findall(r"^<(.*)>\r?$", self.child.before or "", re.MULTILINE)


@pytest.fixture(params=["bash", "zsh", "fish"])
def terminal(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> Iterator[tuple[str, Terminal]]:
    shell = request.param
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    environment = {**people_to_complete.environment(home), "HOME": str(tmp_path)}
    giveback = [sys.executable, "-m", "giveback", "completion", "install", shell]
    subprocess.run(giveback, env=environment, check=True, capture_output=True)
    (tmp_path / "some file.html").touch()
    child = pexpect.spawn(
        shell, ["-i"], env=environment, cwd=tmp_path, encoding="utf-8", timeout=20, dimensions=(50, 200)
    )
    try:
        if shell == "bash":
            child.sendline("set -u")
        child.sendline("echo rea''dy")
        child.expect("ready\r")
        yield shell, Terminal(child)
    finally:
        child.close(force=True)


def test_a_real_shell_completes_and_runs(terminal: tuple[str, Terminal]) -> None:
    shell, typing = terminal
    polish = "lukasz zak" if shell == "fish" else "Łukasz Żak"  # fish drops what does not hold the letters typed
    expected = {
        "giveback sugg\t": ["suggest"],
        "giveback suggest an\t": ["suggest", "Anna Kowalska"],
        "giveback show Jan\\ ko\t": ["show", "Jan Kowalski"],
        'giveback show "Jan ko\t': ["show", "Jan Kowalski"],
        "giveback show sin\t": ["show", "Sinéad O'Brien"],
        "giveback show 'sin\t": ["show", "Sinéad O'Brien"],
        "giveback show \"O'b\t": ["show", "Sinéad O'Brien"],
        "giveback show luk\t": ["show", polish],
        "giveback show 山\t": ["show", "山田 太郎"],
        "giveback show doll\t": ["show", "Dollar $HOME `id` \\ \"quoted\" (x) & 'y'; *"],
        'giveback show "doll\t': ["show", "Dollar $HOME `id` \\ \"quoted\" (x) & 'y'; *"],
        "giveback show 'doll\t": ["show", "Dollar $HOME `id` \\ \"quoted\" (x) & 'y'; *"],
        'giveback interests luk -"bass\t': ["interests", "luk", "-bass fishing"],
        "giveback log jan x --rec\t": ["log", "jan", "x", "--received"],
        "giveback log jan x --via=le\t": ["log", "jan", "x", "--via=letter"],
        "giveback feed remove https://w\t": ["feed", "remove", "https://www.example.com/rss?a=1"],
        "giveback save some\t": ["save", "some file.html"],
        "giveback log jan kow\t": ["log", "jan", "kow"],
    }
    if shell == "bash":
        expected["giveback show kow\t"] = ["show", "kow"]
    got = {typed: typing.becomes(typed)[-len(words) :] for typed, words in expected.items()}
    assert got == expected
    typing.child.send("giveback show sin\t--json\r")
    typing.child.expect('"name": "Sinéad O\'Brien"')
