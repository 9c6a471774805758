"""Where templates come from: the user's folder first, then what giveback brings along."""

from __future__ import annotations

import os
from importlib import resources
from typing import NamedTuple

from giveback.errors import UsageError
from giveback.giving.composing.occasions import OCCASIONS
from giveback.keeping.exchanges import CHANNELS

SEPARATOR = "---"
"""A line of these separates variants."""
WORDS = "words"
"""The template of phrases that the others use."""
ASKING = ("ask", "ask-short", "consent", "consent-short", "introduction")
"""Templates that the room `asking` brings along and looks for in the same folder."""
LARGEST = 100_000
"""Bytes of a template; more is some other file."""


class Source(NamedTuple):
    """A template file.

    Attributes:
        name: "email-thank-you", "email" for all occasions of a channel, or "words".
        path: the user's file; "" for a built-in one.
        text: what stands in it.
    """

    name: str
    path: str
    text: str

    @property
    def place(self) -> str:
        """The file for people to read: its path, or its name when it is built in."""
        return self.path or f"built-in {self.name}.txt"


class Variant(NamedTuple):
    """One of the notes in a template file.

    Attributes:
        source: the file.
        number: from 1.
        text: its part of the file, after as many empty lines as stand before it, so that line numbers agree.
    """

    source: Source
    number: int
    text: str


def names() -> list[str]:
    """The names of the built-in templates, those of notes first."""
    return [f"{channel}-{each}" for channel in CHANNELS for each in OCCASIONS] + [WORDS]


def used(channel: str, occasion: str, folder: str) -> Source:
    """The template that serves a channel on an occasion.

    The user's own for the occasion comes first, then the user's own for the channel, then the built-in one.

    Args:
        channel: one of `CHANNELS`.
        occasion: one of `OCCASIONS`.
        folder: where the user's templates are; "" for none.

    Raises:
        UsageError: a user's file cannot be read.
    """
    name = f"{channel}-{occasion}"
    return own(name, folder) or own(channel, folder) or built_in(name)


def phrases(folder: str) -> Source:
    """The template of phrases.

    Raises:
        UsageError: the user's file cannot be read.
    """
    return own(WORDS, folder) or built_in(WORDS)


def own(name: str, folder: str) -> Source | None:
    """A user's template, None when there is none.

    Raises:
        UsageError: it cannot be read.
    """
    path = os.path.join(folder, f"{name}.txt")
    if not folder or not os.path.exists(path):
        return None
    hint = "mend it, or move it away"
    try:
        if os.path.getsize(path) > LARGEST:
            raise UsageError(f"the template {path} is larger than {LARGEST} bytes", hint)
        with open(path, encoding="utf-8-sig") as file:
            return Source(name, path, file.read())
    except UnicodeDecodeError:
        raise UsageError(f"the template {path} is no UTF-8 text", hint) from None
    except OSError as error:
        raise UsageError(f"the template {path} cannot be read: {error.strerror}", hint) from error


def built_in(name: str) -> Source:
    """A template of giveback's own, which must exist."""
    folder = resources.files("giveback.giving") / "templates"
    return Source(name, "", (folder / f"{name}.txt").read_text("utf-8"))


def stray(folder: str) -> list[str]:
    """Files in the user's folder that no channel and no occasion ever uses: perhaps a name mistyped."""
    known = {*names(), *CHANNELS, *ASKING}
    if not os.path.isdir(folder):
        return []
    return sorted(
        name for name in os.listdir(folder) if not name.startswith(".") and name.removesuffix(".txt") not in known
    )


def variants(source: Source) -> list[Variant]:
    """The notes in a template file."""
    found: list[Variant] = []
    before, lines = 0, source.text.splitlines()
    for number, line in enumerate([*lines, SEPARATOR]):
        if line.strip() == SEPARATOR:
            found.append(Variant(source, len(found) + 1, "\n" * before + "\n".join(lines[before:number])))
            before = number + 1
    return found
