"""The clipboard: by a tool, by tmux, by the terminal; and plainly said where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from typing import TYPE_CHECKING

import pexpect
import pytest

from giveback.errors import UsageError
from giveback.giving.clipboard import copy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "Hi Łucja,\n“orchids” 👍"
PROGRAM = f"from giveback.giving.clipboard import copy; print(copy({TEXT!r}))"


def fake(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{folder}:/usr/bin:/bin", "TERM": "xterm-256color", **more}


@pytest.mark.parametrize(
    ("tool", "variable"), [("wl-copy", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY"), ("xsel", "DISPLAY"), ("pbcopy", "")]
)
def test_a_tool_is_fed(tmp_path: Path, tool: str, variable: str) -> None:
    for name in ("wl-copy", "xclip", "xsel", "pbcopy"):
        fake(tmp_path, name, "exit 1")
    fake(tmp_path, tool, f'echo "$@" > {tmp_path}/words; cat > {tmp_path}/copied')
    env = environment(tmp_path) | ({variable: ":9"} if variable else {})
    assert copy(TEXT, env) == "copied to the clipboard"
    assert (tmp_path / "copied").read_text("utf-8") == TEXT
    assert (tmp_path / "words").read_text().strip() == {
        "xclip": "-selection clipboard",
        "xsel": "--clipboard --input",
    }.get(tool, "")


def test_a_tool_that_fails_or_has_no_display_has_not_copied(tmp_path: Path) -> None:
    fake(tmp_path, "xclip", f"cat > {tmp_path}/copied")
    fake(tmp_path, "pbcopy", "exit 1")
    with pytest.raises(UsageError, match="no clipboard") as caught:
        copy(TEXT, {"PATH": str(tmp_path)})
    assert "xclip" in caught.value.hint
    assert not (tmp_path / "copied").exists()


def test_a_terminal_is_told_by_osc_52(tmp_path: Path) -> None:
    child = pexpect.spawn(sys.executable, ["-c", PROGRAM], env=environment(tmp_path, PATH="/none"), timeout=30)
    child.expect_exact(b"\x1b]52;c;" + b64encode(TEXT.encode()) + b"\x07")
    child.expect_exact(b"handed to the terminal's clipboard")
    child.wait()


def test_over_ssh_the_terminal_comes_first(tmp_path: Path) -> None:
    fake(tmp_path, "xclip", f"cat > {tmp_path}/copied")
    env = environment(tmp_path, DISPLAY=":9", SSH_TTY="/dev/pts/1")
    child = pexpect.spawn(sys.executable, ["-c", PROGRAM], env=env, timeout=30)
    child.expect_exact(b"\x1b]52;c;")
    child.wait()
    assert not (tmp_path / "copied").exists()


@pytest.mark.parametrize("term", ["dumb", "linux"])
def test_a_terminal_that_cannot_is_not_told(tmp_path: Path, term: str) -> None:
    env = environment(tmp_path, PATH="/none", TERM=term)
    child = pexpect.spawn(sys.executable, ["-c", PROGRAM], env=env, timeout=30)
    child.expect_exact(b"there is no clipboard to copy to")
    child.wait()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """A tmux server of its own, in which a command can be run."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    command = ["tmux", "-S", str(tmp_path / "socket"), "-f", os.devnull]
    yield command
    subprocess.run([*command, "kill-server"], check=False, capture_output=True)


@pytest.mark.parametrize("inside", ["", "unset TMUX; "], ids=["tmux itself", "as its terminal"])
def test_tmux_has_it_in_its_buffer(tmux: list[str], tmp_path: Path, inside: str) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    run = f"{inside}{sys.executable} {tmp_path}/program.py > {tmp_path}/said; sleep 60"
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
    subprocess.run([*tmux, "new-session", "-d", "sleep 60", ";", "set", "-g", "set-clipboard", "on", ";",
                    "new-window", run], check=True, env=env)  # fmt: skip
    found = b""
    for _ in range(300):
        found = subprocess.run([*tmux, "show-buffer"], check=False, capture_output=True, env=env).stdout
        if found:
            break
        time.sleep(0.05)
    assert found.decode() == TEXT


def pasted(env: dict[str, str]) -> str:
    """What is on the clipboard; xclip owns it only some moments after it has gone on in the background."""
    paste = ["xclip", "-selection", "clipboard", "-o"]
    deadline = time.monotonic() + 20
    while (done := subprocess.run(paste, env=env, capture_output=True, check=False)).returncode:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return done.stdout.decode()


def test_x_has_it(tmp_path: Path) -> None:
    if shutil.which("Xvfb") is None or shutil.which("xclip") is None:
        pytest.skip("Xvfb and xclip are not installed")
    number, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "64x64x8", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        os.close(writing)
        with os.fdopen(number) as told:
            display = ":" + told.readline().strip()
        env = {"PATH": os.environ["PATH"], "DISPLAY": display, "HOME": str(tmp_path)}
        assert copy(TEXT, env) == "copied to the clipboard"
        assert pasted(env) == TEXT
    finally:
        server.terminate()
        server.wait()
