"""Run the examples of the documentation.

In a ```console block each line that begins with `$ ` is run, in order, in a home of the document's own, and what
follows it must be what the command prints on a terminal of 80 columns; a line `...` stands for any lines. A block
with a file name after its language, as in ```csv people.csv, is that file. Commands in ```sh blocks and in running
text are not run, but their names and options must exist.

`python tools/run_docs.py FILE...` tells what is wrong, `--write` puts the outputs right.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

import warm

from giveback.cli.words import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HOME_SHOWN = "/home/you"
"""How the documents write the home that their commands run in."""
COLUMNS = 80
TIMEOUT = 60
_FENCE = re.compile(r"(`{3,})(\w*)[ ]?(\S*)\s*")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ENDS = re.compile(r"[|;&<>].*")


class Block(NamedTuple):
    """A fenced block: its language, the file it is, or "", and the lines between the fences from `start` to `end`."""

    language: str
    file: str
    start: int
    end: int


def blocks(lines: list[str]) -> Iterator[Block]:
    """The fenced blocks of a document, in order."""
    place = 0
    while place < len(lines):
        found = _FENCE.fullmatch(lines[place])
        place += 1
        if found:
            start = place
            while place < len(lines) and lines[place].rstrip() != found[1]:
                place += 1
            yield Block(found[2], found[3], start, place)
            place += 1


_PLAIN = re.compile(r"giveback [^|;&<>$`*?~#(){}\[\]!\n\\]*")
"""A command line that means the same without a shell."""


class Home:
    """A home in which commands run, with a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        """Prepare an empty folder; `giveback` is the one of this interpreter."""
        self._home = folder.resolve() / "you"
        programs = folder.resolve() / "bin"
        for made in (self._home, programs):
            made.mkdir(parents=True)
        script = programs / "giveback"
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m giveback "$@"\n', "utf-8")
        script.chmod(0o755)
        self._env = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(self._home),
            "GIVEBACK_HOME": str(self._home / ".local" / "share" / "giveback"),
            "GIVEBACK_NOW": "2026-11-23T09:00:00",
            "TZ": "UTC",
            "SHELL": "/bin/bash",
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": str(COLUMNS),
            "TERM": "xterm",
            "PAGER": "cat",
        }

    def write(self, name: str, text: str) -> None:
        """Put a file there."""
        path = self._home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def run(self, command: str) -> str:
        """Run one command line as on a terminal.

        Returns:
            What it prints, then what it says on stderr; `export NAME=VALUE` holds for those that follow.
        """
        exported = re.fullmatch(r"export (\w+)=\S+", command)
        if exported:
            self._env[exported[1]] = self._printed(f'{command}; printf %s "${exported[1]}"')
            return ""
        return self._printed(command).replace(str(self._home), HOME_SHOWN)

    def _printed(self, command: str) -> str:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        with tempfile.TemporaryFile() as said:
            ended = self._begin(command, theirs, said)
            os.close(theirs)
            printed = b"".join(_everything(ours))
            os.close(ours)
            ended()
            said.seek(0)
            printed += said.read()
        return _ESCAPE.sub("", printed.decode().replace("\r\n", "\n"))

    def _begin(self, command: str, terminal: int, said: IO[bytes]) -> Callable[[], object]:
        """Start a command; what it gives waits for its end."""
        joined = command.replace("\\\n", " ")
        if _PLAIN.fullmatch(joined):
            return warm.start(shlex.split(joined), self._env, self._home, (terminal, said.fileno()))
        process = subprocess.Popen(
            ["sh", "-c", command],
            stdin=subprocess.DEVNULL, stdout=terminal, stderr=said, env=self._env, cwd=self._home,
        )  # fmt: skip
        return lambda: process.wait(TIMEOUT)


def _everything(terminal: int) -> Iterator[bytes]:
    """What comes out of a terminal until its last program has ended."""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # Linux says so when nobody is at the other end any more
            return
        if not part:
            return
        yield part


def rewritten(text: str, folder: Path) -> str:
    """Run a document's examples.

    Args:
        text: the document.
        folder: an empty folder to do it in.

    Returns:
        The document with the output of each command that printed something else than is shown.
    """
    lines = text.splitlines()
    home, out, done = Home(folder), list[str](), 0
    for block in blocks(lines):
        content = lines[block.start : block.end]
        if block.file:
            home.write(block.file, "\n".join(content) + "\n")
        elif block.language == "console":
            out += [*lines[done : block.start], *_played(content, home)]
            done = block.end
    return "\n".join([*out, *lines[done:]]) + "\n"


def _played(content: list[str], home: Home) -> Iterator[str]:
    place = 0
    while place < len(content):
        command = [content[place]]
        place += 1
        if not command[0].startswith("$ "):
            yield command[0]
            continue
        while command[-1].endswith("\\") and place < len(content):
            command.append(content[place])
            place += 1
        start = place
        while place < len(content) and not content[place].startswith("$ "):
            place += 1
        yield from command
        yield from _output(content[start:place], home.run("\n".join(command).removeprefix("$ ")))


def _output(shown: list[str], printed: str) -> list[str]:
    """What is shown when it says the same as what was printed, else what was printed."""
    real = [line.rstrip() for line in printed.rstrip().splitlines()]
    kept = shown[:]
    while kept and not kept[-1]:
        kept.pop()
    form = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in kept)
    if re.fullmatch(form, "".join(f"{line}\n" for line in real)):
        return shown
    return real + shown[len(kept) :]


def unknown(text: str) -> list[str]:
    """Commands in a document that giveback does not have, and options that a command does not have."""
    return [f"{problem}: {said}" for said in _commands(text) for problem in [_problem(said)] if problem]


def _commands(text: str) -> Iterator[str]:
    lines = text.splitlines()
    inside: set[int] = set()
    for block in blocks(lines):
        inside |= set(range(block.start - 1, block.end + 1))
        if block.language in ("sh", "console"):
            joined = "\n".join(lines[block.start : block.end]).replace("\\\n", " ")
            yield from _calls(line.removeprefix("$ ") for line in joined.splitlines())
    for code in _CODE.findall("\n".join(line for number, line in enumerate(lines) if number not in inside)):
        yield from _calls([code])


def _calls(lines: Iterable[str]) -> Iterator[str]:
    """Calls of giveback, each to the end of its simple command."""
    for line in lines:
        for part in re.split(r"\$\(|\|\|?|&&|;", line):
            if re.match(r"(?:\w+=\S+ )*giveback(?: |$)", part.strip()):
                yield part.strip()


def _problem(said: str) -> str:
    try:
        words = shlex.split(_ENDS.sub("", said), comments=True)
    except ValueError:
        return ""
    words = words[words.index("giveback") + 1 :]
    while words and words[0].startswith("--"):
        taken = next((value for flags, value, *_ in OPTIONS[""] if words[0] in flags.split()), None)
        if taken is None:
            return f"no option {words[0]}"
        words = words[2 if taken else 1 :]
    if not words or words[0].isupper():
        return ""
    name = next((name for name in (" ".join(words[:2]), words[0]) if name in OPTIONS), None)
    if name is None:
        return "no such command"
    flags = {flag for row in OPTIONS[name] for flag in row[0].split()}
    return next((f"no option {word}" for word in words if word[:2] == "--" and word.split("=")[0] not in flags), "")


def main(arguments: list[str]) -> int:
    """Check documents, or with --write put their outputs right.

    Returns:
        1 when something is wrong that was not put right.
    """
    wrong = False
    for name in (argument for argument in arguments if argument != "--write"):
        path = Path(name)
        text = path.read_text("utf-8")
        for problem in unknown(text):
            print(f"{name}: {problem}", file=sys.stderr)
            wrong = True
        with tempfile.TemporaryDirectory() as folder:
            new = rewritten(text, Path(folder))
        if new != text and "--write" in arguments:
            path.write_text(new, "utf-8")
        elif new != text:
            wrong = True
            print("\n".join(difflib.unified_diff(text.splitlines(), new.splitlines(), name, "printed", lineterm="")))
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
