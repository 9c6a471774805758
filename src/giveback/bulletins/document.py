"""The Markdown file of an issue, read: what stands in it is what goes out.

CommonMark (https://spec.commonmark.org/0.31.2/) without raw HTML. One `#` heading is the title, each `##` a section,
each `###` an item whose heading is a link. Whatever stands between them goes out where it stands. Lines between
three dashes at the top are settings; what stands between `<!--` and `-->` is for the writer alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST = 200_000
"""Characters of a file; a bulletin is read in ten minutes."""
TITLE, SECTION, ITEM = "h1", "h2", "h3"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NOT_A_LINK = re.compile(r"\]\(")


class Problem(NamedTuple):
    """What is wrong with a file: the line, counted from 1, and why."""

    line: int
    reason: str


class Letter(NamedTuple):
    """The settings at the top of a file.

    Attributes:
        issue: the number of the issue that the file is of; 0 when it is not said.
        subject: of the mail; "" for the title.
        greeting: before each mail's text; {name} stands for the reader's first name.
        closing: after the text, before the writer's name.
        language: a language tag (BCP 47).
    """

    issue: int = 0
    subject: str = ""
    greeting: str = "Hello {name},"
    closing: str = "With best wishes,"
    language: str = "en"


class Item(NamedTuple):
    """An article, or some words of one's own, in a section.

    Attributes:
        title: plain text.
        url: where it leads; "" for words of one's own.
        line: of its heading.
        body: what stands under it.
    """

    title: str
    url: str
    line: int
    body: tuple[Token, ...]


class Section(NamedTuple):
    """A part of an issue; its name is "" for items before the first section heading."""

    name: str
    line: int
    lead: tuple[Token, ...]
    items: tuple[Item, ...]


class Document(NamedTuple):
    """An issue as its file says it."""

    letter: Letter
    title: str
    intro: tuple[Token, ...]
    sections: tuple[Section, ...]

    @property
    def items(self) -> list[Item]:
        """The items of all sections, in order."""
        return [item for section in self.sections for item in section.items]


def markdown() -> MarkdownIt:
    """The reader: CommonMark, raw HTML off, links to the web and to mail addresses alone."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False})
    reader.validateLink = lambda url: bool(re.match(r"(?:https?://|mailto:)", url, re.IGNORECASE))  # type: ignore[method-assign]  # as its docs tell
    # Addresses stay as they are written, by which articles are known; `rendering` encodes them.
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]  # as above
    return reader


def read(text: str, *, issue: int = 0, name: str = "the file") -> Document:
    """Read the file of an issue.

    Args:
        text: what it says.
        issue: its number, which the file may repeat but not contradict; 0 for any.
        name: of the file, for messages.

    Raises:
        UsageError: the structure is broken; says each line and why, the first one first.
    """
    document, problems = examine(text, issue)
    if document is None or problems:
        first, *others = sorted(problems)
        more = "".join(f"; line {each.line}: {each.reason}" for each in others[:4])
        raise UsageError(
            f"{name}, line {first.line}: {first.reason}{more}", "mend it and try again: your text is as you left it"
        )
    return document


def examine(text: str, issue: int = 0) -> tuple[Document | None, list[Problem]]:
    """Read a file and tell all that is wrong with it; the document is None when nothing can be made of it."""
    if len(text) > LONGEST:
        return None, [Problem(1, f"it has {len(text):,} characters, more than {LONGEST:,}")]
    lines = [clean_line(line, LONGEST) if not line.isprintable() else line for line in _lines(text)]
    letter, start, problems = _letter(lines, issue)
    if start < 0:  # where the settings end is not known, so neither is where the text begins
        return None, problems
    body = "\n" * start + "\n".join(lines[start:])
    body, unclosed = _without_comments(body)
    problems += unclosed
    found = _Reading(body)
    problems += found.problems
    return found.document(letter), problems


def _lines(text: str) -> list[str]:
    """Lines with tabs as blanks, since a tab is no printable character but means something to Markdown."""
    return [line.rstrip("\r").expandtabs(4) for line in text.removeprefix("\ufeff").split("\n")]


def _letter(lines: Sequence[str], issue: int) -> tuple[Letter, int, list[Problem]]:
    """The settings, the line after them (from 0; -1 when they have no end), and what is wrong."""
    if not lines or lines[0].strip() != "---":
        return Letter(), 0, []
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    if not end:
        return Letter(), -1, [Problem(1, "the settings that begin here have no end: put --- on a line after them")]
    said: dict[str, str] = {}
    problems = []
    for number, line in enumerate(lines[1:end], 2):
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if not line.strip():
            continue
        if not colon or key not in Letter._fields:
            problems.append(
                Problem(number, f"no setting: {line.strip()[:60]!r} (there are {', '.join(Letter._fields)})")
            )
            continue
        said[key] = clean_line(value, 300)
        problems += _wrong_setting(key, said[key], number, issue)
    kept = {key: value for key, value in said.items() if key != "issue"}
    number = int(said["issue"]) if said.get("issue", "").isdecimal() else 0
    return Letter(**kept)._replace(issue=number), end + 1, problems  # type: ignore[arg-type]  # all but issue are text


def _wrong_setting(key: str, value: str, line: int, issue: int) -> list[Problem]:
    if key == "issue" and not value.isdecimal():
        return [Problem(line, f"{value!r} is no number of an issue")]
    if key == "issue" and issue and int(value) != issue:
        return [Problem(line, f"this is the file of issue {issue}, not {value}")]
    if key == "language" and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
        return [Problem(line, f"{value!r} is no language: write en, de, pt-BR …")]
    return []


def _without_comments(body: str) -> tuple[str, list[Problem]]:
    """Take comments out and leave their line breaks, so that lines keep their numbers."""
    body = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), body)
    place = body.find("<!--")
    if place < 0:
        return body, []
    return body, [Problem(body.count("\n", 0, place) + 1, "the comment <!-- that begins here has no end: -->")]


class _Reading:
    """One pass over the blocks of a file."""

    def __init__(self, body: str) -> None:
        self.problems: list[Problem] = []
        self._lines = body.split("\n")
        self._title = ""
        self._title_line = 0
        self._intro: list[Token] = []
        self._sections: list[tuple[str, int, list[Token], list[Item]]] = []
        self._item: tuple[str, str, int] | None = None
        self._body: list[Token] = self._intro
        self._seen: dict[str, int] = {}
        tokens = markdown().parse(body)
        place = 0
        while place < len(tokens):
            place = self._block(tokens, place)
        self._end_item()
        if not self._title_line:
            self.problems.append(Problem(self._first_line(), "there is no title: write one as '# The title'"))

    def document(self, letter: Letter) -> Document:
        """What was read."""
        sections = tuple(
            Section(name, line, tuple(lead), tuple(items))
            for name, line, lead, items in self._sections
            if lead or items
        )
        return Document(letter, self._title, tuple(self._intro), sections)

    def _first_line(self) -> int:
        return next((number for number, line in enumerate(self._lines, 1) if line.strip()), 1)

    def _block(self, tokens: Sequence[Token], place: int) -> int:
        """Take the block that begins at a place; the place after it."""
        token = tokens[place]
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open" and token.tag in (TITLE, SECTION, ITEM):
            self._heading(token.tag, tokens[place + 1], line)
            return place + 3
        end = place + 1
        while token.nesting == 1 and not (tokens[end - 1].nesting == -1 and tokens[end - 1].level == token.level):
            end += 1
        if not self._title_line:
            self.problems.append(Problem(line, "there is text above the title: move it below '# The title'"))
            self._title_line = -1
        self._check_fences(tokens[place:end])
        self._body += tokens[place:end]
        return end

    def _check_fences(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type != "fence" or token.map is None:
                continue
            last = self._lines[token.map[1] - 1].lstrip(" >") if token.map[1] <= len(self._lines) else ""
            if token.map[1] - token.map[0] < 2 or not last.startswith(token.markup):  # noqa: PLR2004 - it opens and closes
                self.problems.append(Problem(token.map[0] + 1, f"the {token.markup} that begins here is never closed"))

    def _heading(self, tag: str, inline: Token, line: int) -> None:
        text = _plain(inline)
        if tag == TITLE:
            if self._title_line > 0:
                reason = f"there is a title on line {self._title_line} already: a section begins with ##"
                self.problems.append(Problem(line, reason))
            self._title, self._title_line = text, line
            if not text:
                self.problems.append(Problem(line, "the title is empty"))
            return
        self._end_item()
        if tag == SECTION:
            self._sections.append((text, line, [], []))
            self._body = self._sections[-1][2]
            return
        if not self._sections:
            self._sections.append(("", line, [], []))
        self._item = (text, self._address(inline, line), line)
        self._body = []
        if not text:
            self.problems.append(Problem(line, "the item has no title"))

    def _address(self, inline: Token, line: int) -> str:
        """Where the heading of an item leads."""
        links = [str(each.attrs["href"]) for each in inline.children or () if each.type == "link_open"]
        if len(links) > 1:
            self.problems.append(Problem(line, "the item has two addresses: make it two items"))
        if not links:
            if _NOT_A_LINK.search(_plain(inline)):
                self.problems.append(
                    Problem(line, "the address of the item is none: it begins with http:// or https://")
                )
            return ""
        url = links[0]
        if not re.match(r"https?://", url, re.IGNORECASE):
            self.problems.append(Problem(line, f"the address of the item is {url[:60]!r}: it begins with https://"))
        if url in self._seen:
            self.problems.append(Problem(line, f"the item is there twice: first on line {self._seen[url]}"))
        self._seen.setdefault(url, line)
        return url

    def _end_item(self) -> None:
        if self._item is not None:
            title, url, line = self._item
            self._sections[-1][3].append(Item(title, url, line, tuple(self._body)))
            self._item = None


def _plain(inline: Token) -> str:
    """The words of a heading."""
    return clean_text("".join(_words(each) for each in inline.children or ()))


def _words(token: Token) -> str:
    if token.type == "image":
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else token.content
