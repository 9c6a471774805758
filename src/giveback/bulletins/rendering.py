"""What stands under a heading, as HTML and as plain text; everything is escaped, nothing is fetched."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from markdown_it.token import Token

WIDTH = 72
"""Columns of plain text (RFC 3676 4.2 recommends 78 at most)."""
_HEADINGS = range(1, 7)


def html(tokens: Sequence[Token], *, level: int, styles: Mapping[str, str] | None = None) -> str:
    """Blocks as HTML.

    Headings go one below the heading that they stand under; a picture becomes a link to it; a paragraph that is all
    emphasis says where an article is from and gets the class "source".

    Args:
        tokens: whole blocks, as the document holds them.
        level: of the heading that they stand under.
        styles: tag (or "source") to a style for its attribute; for mail, whose readers know no stylesheets.
    """
    from giveback.bulletins.document import markdown

    reader = markdown()
    made = [_styled(token, styles or {}) for token in _shifted(_marked(tokens), level)]
    return str(reader.renderer.render(made, reader.options, {}))


def _marked(tokens: Sequence[Token]) -> list[Token]:
    """Copies, with sources marked and pictures turned into links."""
    made = []
    for place, token in enumerate(tokens):
        copy = token.copy(attrs=dict(token.attrs))
        if token.type == "paragraph_open" and _is_source(tokens[place + 1]):
            copy.attrs["class"] = "source"
        if token.children:
            copy.children = [each for child in token.children for each in _without_picture(child)]
        made.append(copy)
    return made


def _without_picture(token: Token) -> list[Token]:
    from markdown_it.token import Token as Made

    if token.type == "html_inline":
        return [Made("text", "", 0, content=token.content)]
    if token.type != "image":
        copy = token.copy(attrs=dict(token.attrs))
        if token.type == "link_open":
            copy.attrs["href"] = encoded(str(token.attrs["href"]))
        return [copy]
    words = Made("text", "", 0, content=token.content or "picture")
    address = str(token.attrs.get("src", ""))
    if not address.lower().startswith(("http://", "https://")):
        return [words]
    return [Made("link_open", "a", 1, attrs={"href": encoded(address)}), words, Made("link_close", "a", -1)]


def encoded(url: str) -> str:
    """An address as it travels (RFC 3986), so that no reader of mail cuts it at a blank."""
    from mdurl import encode

    return encode(url)


def _is_source(inline: Token) -> bool:
    """Whether a paragraph is all in one emphasis."""
    children = [child for child in inline.children or () if child.type != "text" or child.content]
    if len(children) < 2 or children[0].type != "em_open" or children[-1].type != "em_close":  # noqa: PLR2004 - it opens and closes
        return False
    return sum(child.type == "em_close" for child in children) == 1


def _shifted(tokens: Iterable[Token], level: int) -> Iterable[Token]:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(level + 1, _HEADINGS[-1])}"
        yield token


def _styled(token: Token, styles: Mapping[str, str]) -> Token:
    for each in (token, *(token.children or ())):
        if each.nesting >= 0:
            style = styles.get(str(each.attrs.get("class", ""))) or styles.get(each.tag)
            if style:
                each.attrs["style"] = style
    return token


def text(tokens: Sequence[Token], indent: str = "") -> str:
    """Blocks as plain text of 72 columns; addresses stand in angle brackets after what they are under.

    Args:
        tokens: whole blocks.
        indent: before each line.
    """
    return _Plain(indent).of(tokens)


class _Plain:
    """Writes blocks down one after the other."""

    def __init__(self, indent: str) -> None:
        self._prefixes = [indent]
        self._bullet = ""
        self._numbers: list[int | None] = []
        self._parts: list[str] = []
        self._tight = False
        self._begins = False
        self._before = ""

    def of(self, tokens: Sequence[Token]) -> str:
        """The text of some blocks."""
        for token in tokens:
            act: Callable[[Token], None] | None = getattr(self, f"_{token.type}", None)
            if act is not None:
                act(token)
        return "\n".join(self._parts).strip("\n")

    def _block(self, lines: Sequence[str]) -> None:
        if self._parts and not self._tight:
            self._parts.append(_shared(self._before, "".join(self._prefixes)).rstrip())
        first = "".join(self._prefixes)
        if self._bullet:
            first = "".join(self._prefixes[:-1]) + self._bullet
            self._bullet = ""
        rest = "".join(self._prefixes)
        self._parts += [((rest if number else first) + line).rstrip() for number, line in enumerate(lines)]
        self._tight = False
        self._before = rest

    def _inline(self, token: Token) -> None:
        room = max(20, WIDTH - len("".join(self._prefixes)))
        self._block([line for part in words(token).split("\n") for line in _wrapped(part, room)])

    def _fence(self, token: Token) -> None:
        self._block([f"    {line}" for line in token.content.rstrip("\n").split("\n")])

    _code_block = _fence

    def _hr(self, _token: Token) -> None:
        self._block(["* * *"])

    def _blockquote_open(self, _token: Token) -> None:
        self._prefixes.append("> ")

    def _blockquote_close(self, _token: Token) -> None:
        self._prefixes.pop()

    def _bullet_list_open(self, _token: Token) -> None:
        self._numbers.append(None)
        self._begins = True

    def _ordered_list_open(self, token: Token) -> None:
        self._numbers.append(int(token.attrs.get("start", 1)))
        self._begins = True

    def _bullet_list_close(self, _token: Token) -> None:
        self._numbers.pop()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, _token: Token) -> None:
        number = self._numbers[-1]
        self._bullet = "- " if number is None else f"{number}. "
        # A list stands apart from what is before it; a list within an item does not.
        self._tight = not self._begins or len(self._numbers) > 1
        self._begins = False
        self._prefixes.append(" " * len(self._bullet))
        if number is not None:
            self._numbers[-1] = number + 1

    def _list_item_close(self, _token: Token) -> None:
        self._prefixes.pop()
        self._bullet = ""


def _shared(one: str, other: str) -> str:
    """The beginning that two lines have in common."""
    length = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return one[:length] if length is not None else min(one, other, key=len)


def words(token: Token) -> str:
    """Inline content as text: an address follows what leads to it, unless it is the same."""
    parts: list[str] = []
    opened: list[tuple[str, int]] = []
    for child in token.children or ():
        if child.type == "link_open":
            opened.append((str(child.attrs["href"]), len(parts)))
        elif child.type == "link_close" and opened:
            url, start = opened.pop()
            if "".join(parts[start:]) not in (url, url.removeprefix("mailto:")):
                parts.append(f" <{encoded(url)}>")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n" if child.type == "hardbreak" else " ")
        elif child.type == "image":
            parts.append(f"{child.content} <{encoded(str(child.attrs.get('src', '')))}>")
        else:
            parts.append(child.content)
    return "".join(parts)


def _wrapped(line: str, room: int) -> list[str]:
    return wrap(line, room, break_long_words=False, break_on_hyphens=False) or [""]


def filled(line: str, *, first: str = "", rest: str = "") -> str:
    """A line of text in 72 columns."""
    return "\n".join(
        wrap(line, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
    )


def underlined(line: str, mark: str) -> str:
    """A heading of plain text."""
    return f"{filled(line)}\n{mark * min(len(line), WIDTH)}"


def compact(markup: str) -> str:
    """Markup without the blank lines and indents of its template."""
    return re.sub(r"\n\s*\n+", "\n", markup).strip() + "\n"
