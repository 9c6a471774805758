"""The clipboard: the platform's own tool, tmux, or the terminal itself, which also works over ssh."""

from __future__ import annotations

import os
import sys
from shutil import which
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 5
"""A tool that takes longer hangs on a display that does not answer."""
LARGEST = 74_994
"""Bytes that terminals take in one sequence, before they are encoded; xterm's limit is the lowest known."""


class Tool(NamedTuple):
    """A program that puts its standard input on the clipboard.

    Attributes:
        words: the command.
        needs: the environment variable without which it cannot work, or "".
    """

    words: tuple[str, ...]
    needs: str = ""


TOOLS = (
    Tool(("wl-copy",), "WAYLAND_DISPLAY"),
    Tool(("xclip", "-selection", "clipboard"), "DISPLAY"),
    Tool(("xsel", "--clipboard", "--input"), "DISPLAY"),
    Tool(("pbcopy",)),
    Tool(("clip.exe",)),
)


def copy(text: str, env: Mapping[str, str] = os.environ) -> str:
    """Put text on the clipboard.

    Over ssh the clipboard that is meant is the one before the user, which only the terminal reaches; so there
    the terminal comes first. In tmux it is asked through tmux, which by default ignores what programs in it say.

    Args:
        text: what to copy.
        env: the environment.

    Returns:
        How, in a few words.

    Raises:
        UsageError: there is no clipboard.
    """
    ways = [_by_tool, _by_tmux, _by_terminal]
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        ways = [_by_tmux, _by_terminal, _by_tool]
    for way in ways:
        if said := way(text, env):
            return said
    raise UsageError(
        "there is no clipboard to copy to", "install wl-clipboard or xclip, or use a terminal that knows OSC 52"
    )


def _by_tool(text: str, env: Mapping[str, str]) -> str:
    for tool in TOOLS:
        if (not tool.needs or env.get(tool.needs)) and _fed(tool.words, text, env):
            return "copied to the clipboard"
    return ""


def _by_tmux(text: str, env: Mapping[str, str]) -> str:
    # -w also hands it on to the terminal around tmux; older ones do not know the option.
    if env.get("TMUX") and _fed(("tmux", "load-buffer", "-w", "-"), text, env):
        return "copied by tmux"
    return ""


def _fed(words: tuple[str, ...], text: str, env: Mapping[str, str]) -> bool:
    """Whether a program took the text; xclip and its like go on in the background and keep no pipe of ours."""
    import subprocess

    program = which(words[0], path=env.get("PATH"))
    if program is None:
        return False
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [program, *words[1:]], input=text.encode(), stdout=quiet, stderr=quiet, timeout=SECONDS, check=False,
            env=dict(env),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _by_terminal(text: str, env: Mapping[str, str]) -> str:
    """By the terminal's own sequence, OSC 52 (xterm's ctlseqs, "Manipulate Selection Data")."""
    from base64 import b64encode

    data = text.encode()
    if not sys.stderr.isatty() or env.get("TERM", "dumb") in ("dumb", "linux") or len(data) > LARGEST:
        return ""
    try:
        with open("/dev/tty", "wb", buffering=0) as terminal:
            terminal.write(b"\x1b]52;c;" + b64encode(data) + b"\x07")
    except OSError:
        return ""
    return "handed to the terminal's clipboard"
