"""The Markdown file of an issue, as it is first written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import full_day
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from giveback.bulletins.document import Letter

_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LEADING = re.compile(r"^([-+#=~>]|\d+(?=[.)]))")
_PERSONAL = """\
<!-- A personal word: what struck you this week, and why you thought of them. Write it here, above or below
     this line. Lines like these, between arrows, do not go out. -->"""
_COMMENT = "<!-- your comment -->"


class Source(NamedTuple):
    """Where else a story appeared: the name of the source, and the address."""

    name: str
    url: str


class Entry(NamedTuple):
    """An article as it is written into an issue.

    Attributes:
        title: its title.
        url: its address.
        source: where it appeared, or "".
        day: of publication.
        sentence: one of its own sentences, or "".
        others: other sources of the same story.
    """

    title: str
    url: str
    source: str
    day: date
    sentence: str
    others: tuple[Source, ...] = ()


class Part(NamedTuple):
    """A section: its name, "" for none, and its articles."""

    name: str
    entries: tuple[Entry, ...]


def write(letter: Letter, title: str, parts: Sequence[Part]) -> str:
    """Write an issue.

    Args:
        letter: the settings at its top.
        title: of the issue.
        parts: its sections.

    Returns:
        Markdown that `document.read` reads.
    """
    settings = [f"{key}: {value}" for key, value in letter._asdict().items() if value]
    blocks = ["\n".join(["---", *settings, "---"]), f"# {escaped(title)}", _PERSONAL]
    for part in parts:
        if part.name:
            blocks.append(f"## {escaped(part.name)}")
        for entry in part.entries:
            blocks += _entry(entry)
    return "\n\n".join(blocks) + "\n"


def _entry(entry: Entry) -> list[str]:
    said = [f"### {_link(entry.title, entry.url)}", f"*{_origin(entry)}*"]
    if entry.others:
        said[-1] = said[-1][:-1] + "; also in " + ", ".join(_link(each.name, each.url) for each in entry.others) + "*"
    if entry.sentence:
        said.append(f"> {_line(entry.sentence)}")
    return [*said, _COMMENT]


def _origin(entry: Entry) -> str:
    return escaped(", ".join(part for part in (entry.source, full_day(entry.day)) if part))


def _link(text: str, url: str) -> str:
    """A link; an address in angle brackets may hold anything but these."""
    said = _ENTITY.sub("&amp;", _encoded(url))
    return f"[{escaped(text)}]({said if re.fullmatch(r'[^()]+', said) else f'<{said}>'})"


def _encoded(url: str) -> str:
    return url.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")


def escaped(text: str) -> str:
    """A line of text that Markdown takes for text.

    Args:
        text: any; it may come from outside.
    """
    line = _ENTITY.sub(r"\\&", _SPECIAL.sub(r"\\\1", clean_line(text, 1_000)))
    # A heading may end in number signs, which do not belong to it.
    return re.sub(r"(#+)$", lambda found: "\\#" * len(found[1]), line)


def _line(text: str) -> str:
    """As `escaped`, for the beginning of a block."""
    return _LEADING.sub(lambda found: f"\\{found[1]}" if not found[1].isdigit() else f"{found[1]}\\", escaped(text))
