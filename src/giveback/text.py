"""Cleaning of everything that comes from outside: terminals obey characters, so none that commands passes."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

LINE_LIMIT = 500
TEXT_LIMIT = 200_000
_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"


class _Patterns(NamedTuple):
    escapes: re.Pattern[str]
    invisible: re.Pattern[str]
    joiner_runs: re.Pattern[str]
    stray_joiners: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Compiled on first need: most strings are printable and never get here."""
    import re

    # ECMA-48 5.4 (CSI), 5.6 (command strings: OSC, DCS, SOS, PM, APC) and ECMA-35 13 (other escapes), each
    # also in its 8-bit form. A string stops at the end of its line, so that one without a terminator hides
    # nothing; no part can match what the next one does, so that time stays linear.
    strings = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\r\n]*(?:\x07|\x9c|\x1b\\)"
    control_sequences = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    others = r"\x1b[ -/]*[0-~]"
    return _Patterns(
        escapes=re.compile(f"{strings}|{control_sequences}|{others}"),
        invisible=re.compile(
            "["
            "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls, less those that are white space
            "\u00ad\u180e\u200b\u2060-\u2065\ufeff"  # soft hyphen, zero width, BOM
            "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # bidi controls
            "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f"  # annotation, music, tags
            "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # lone surrogates, noncharacters
            "]"
        ),
        joiner_runs=re.compile(f"([{_JOINERS}])[{_JOINERS}]+"),
        # Emoji families, Persian and Indic words need joiners; ASCII never does, look-alikes use them there.
        stray_joiners=re.compile(f"(?<![^\x00-\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f])"),
    )


def clean_line(value: str, limit: int = LINE_LIMIT) -> str:
    """One printable line of whatever came in.

    Escape sequences go as a whole, then controls, bidi controls, invisible characters and lone surrogates;
    what is left is normalised (NFC) and white space becomes single spaces.

    Args:
        value: any string.
        limit: characters at most, at least 1; a longer line is cut and ends in "…".

    Returns:
        A line that does nothing on a terminal but appear.
    """
    return _cut(_cleaned(value), limit)


def clean_text(value: str, limit: int = TEXT_LIMIT) -> str:
    r"""Printable lines: as `clean_line`, but line breaks stay, and at most one blank line in a row.

    Args:
        value: any string.
        limit: characters at most, at least 1; a longer text is cut and ends in "…".

    Returns:
        Lines joined by "\n", without blank ones at either end.
    """
    if value.replace("\n", "").isprintable():
        return _cut(_tidy(value), limit)
    lines = map(_cleaned, value.splitlines())
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return _cut("\n".join(kept).rstrip("\n"), limit)


def _tidy(value: str) -> str:
    """Normalise printable lines, and drop white space that shows nothing; all in C."""
    text = value if value.isascii() else unicodedata.normalize("NFC", value)
    while "  " in text:
        text = text.replace("  ", " ")
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip(" \n")


def _cleaned(value: str) -> str:
    if value.isprintable():
        return " ".join(unicodedata.normalize("NFC", value).split())
    patterns = _patterns()
    visible = patterns.invisible.sub("", patterns.escapes.sub("", value))
    line = " ".join(unicodedata.normalize("NFC", visible).split())
    line = patterns.stray_joiners.sub("", patterns.joiner_runs.sub(r"\1", line))
    # A joiner that went may have stood between a letter and its accent, or between two spaces.
    return unicodedata.normalize("NFC", " ".join(line.split()))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip(" \n" + _JOINERS) + _ELLIPSIS


def html_to_text(markup: str, limit: int = TEXT_LIMIT) -> str:
    """The words of HTML: tags, scripts and styles dropped, entities decoded, blocks on lines of their own.

    Args:
        markup: HTML, a fragment of it, or plain text; only the first 4 * limit characters are read.
        limit: characters at most, at least 1; a longer text is cut and ends in "…".

    Returns:
        Text as `clean_text` returns it.
    """
    if "<" not in markup and "&" not in markup:
        return clean_text(markup, limit)
    simple = _simple_text(markup[: 4 * limit])
    return clean_text(_parsed_text(markup[: 4 * limit]) if simple is None else simple, limit)


def _parsed_text(markup: str) -> str:
    """The words of any HTML, as libxml2 reads it."""
    from lxml import etree

    # Bytes with a stated encoding, because a str with an XML declaration is refused; a target, because
    # a tree fifty thousand tags deep has no use here.
    parser = etree.HTMLParser(target=_Collector(), encoding="utf-8", huge_tree=True)
    source = markup.replace("\0", "").encode("utf-8", "ignore")
    try:
        return str(etree.fromstring(source, parser))
    except etree.LxmlError:  # nothing in it, as far as the parser can see
        return ""


_UNREAD = frozenset({"script", "style", "template", "noscript"})
# How many line breaks stand before and after an element, at least.
_BREAKS = dict.fromkeys(("div", "li", "tr", "dt", "dd", "option", "figcaption", "address", "title"), 1) | dict.fromkeys(
    (
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr"),
        *("article", "section", "header", "footer", "aside", "main", "nav", "figure", "form", "fieldset"),
    ),
    2,
)
_CELLS = frozenset({"td", "th"})


_LINES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small"),
        *("span", "strong", "sub", "sup", "time", "tt", "u", "var"),
    }
)
_BLOCKS = frozenset({"div", "ul", "ol", "li", "blockquote", "figure", "figcaption", "article", "section"})
_VOID = frozenset({"br", "hr", "img"})
_OPENS, _CLOSES, _STANDS = range(3)


class _Tag(NamedTuple):
    """A tag that asks for no repair: what it does, and how many line breaks it makes."""

    name: str
    does: int
    breaks: int
    is_inline: bool
    ends_at_block: bool


class _Simple(NamedTuple):
    tag: re.Pattern[str]
    inside: re.Pattern[str]
    unusual: re.Pattern[str]


@cache
def _simple() -> _Simple:
    """What simple HTML is made of: tags with quoted attributes, and references that every parser reads alike."""
    import re

    attribute = r"""\s+[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'))?"""
    numbers = r"3[2-9]|[4-9]\d|1[01]\d|12[0-6]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4}"
    hexadecimals = "x(?:[2-6a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2}|[1-9abAB][0-9a-fA-F]{3})"
    names = "amp|lt|gt|quot|nbsp|apos|[lr][sd]quo|[mn]dash|hellip|eacute|egrave|uuml|ouml|auml|szlig|copy|reg"
    return _Simple(
        tag=re.compile("<([^<>]*)>"),
        inside=re.compile(rf"(/?)([A-Za-z][A-Za-z0-9]*)(?:{attribute})*\s*(/?)", re.ASCII),
        unusual=re.compile(rf"&(?!\s|(?:{names}|#(?:{numbers}|{hexadecimals}));)"),
    )


@lru_cache(maxsize=2_048)
def _tag(inside: str) -> _Tag | None:
    """Read what stands between angle brackets; None when it is unusual."""
    if inside.startswith("!--") and inside.endswith("--") and "--" not in inside[3:-2] and len(inside) > 4:  # noqa: PLR2004 - longer than "!----"
        return _Tag("", _STANDS, 0, is_inline=False, ends_at_block=False)
    found = _simple().inside.fullmatch(inside)
    name = found[2].lower() if found else ""
    is_inline = name in _INLINE
    if found is None or not (is_inline or name in _LINES or name in _BLOCKS or (name in _VOID and not found[1])):
        return None
    if name in _VOID:
        return _Tag(name, _STANDS, _BREAKS.get(name, 0), is_inline=name != "hr", ends_at_block=False)
    if found[3]:
        return None
    does = _CLOSES if found[1] else _OPENS
    return _Tag(name, does, _BREAKS.get(name, 0), is_inline, ends_at_block=is_inline or name in _LINES)


def _simple_text(markup: str) -> str | None:
    """The words of HTML in which nothing has to be repaired, several times faster; None for all other."""
    known = _simple()
    if "\0" in markup or known.unusual.search(markup):
        return None
    pieces = known.tag.split(" ".join(markup.split()))
    texts, tags = pieces[::2], [tag for tag in map(_tag, pieces[1::2]) if tag]
    if len(tags) != markup.count("<"):
        return None
    references = markup.count("&")
    only_ampersands = references == markup.count("&amp;")
    if not only_ampersands:
        from html import unescape

        texts = [unescape(text) if "&" in text else text for text in texts]
    text = _ordered_text(texts, tags)
    return text.replace("&amp;", "&") if text and references and only_ampersands else text


def _ordered_text(texts: list[str], tags: list[_Tag]) -> str | None:  # noqa: C901, PLR0912 - calls cost a third
    """Texts with the line breaks that the tags between them make.

    None when they do not open and close in good order, so that a parser has to close or add some.
    """
    parts: list[str] = []
    lines = 0
    opened: list[str] = []
    ended_by_blocks = 0
    has_blocks = False
    # One text more than tags.
    for text, (name, does, breaks, is_inline, ends_at_block) in zip(texts, tags, strict=False):
        if text and not (lines and text.isspace()):
            if lines:
                parts.append("\n" if lines == 1 else "\n\n")
                lines = 0
            parts.append(text)
        if does == _CLOSES:
            if not opened or opened.pop() != name:
                return None
            ended_by_blocks -= ends_at_block
        else:
            if is_inline:
                if does == _OPENS and name in opened:
                    return None
            elif name:
                if ended_by_blocks or (name == "li" and opened and opened[-1] == "li"):
                    return None
                # Text before any block is in a paragraph of its own, which the block ends.
                if not has_blocks and breaks <= 1 and (parts or opened):
                    return None
                has_blocks = True
            if does == _OPENS:
                opened.append(name)
                ended_by_blocks += ends_at_block
        if breaks > lines:
            lines = breaks
        elif name == "br":
            lines += 1
    if lines:
        parts.append("\n" if lines == 1 else "\n\n")
    parts.append(texts[-1])
    return "".join(parts)


class _Collector:
    """What lxml tells about start tags, end tags and text, as text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.breaks = 0
        self.unread_depth = 0

    def start(self, tag: str, _attributes: object) -> None:
        if tag == "br":
            self.breaks += 1
        elif tag in _CELLS:
            self.parts.append(" ")
        self.breaks = max(self.breaks, _BREAKS.get(tag, 0))
        self.unread_depth += tag in _UNREAD

    def end(self, tag: str) -> None:
        self.breaks = max(self.breaks, _BREAKS.get(tag, 0))
        self.unread_depth -= tag in _UNREAD

    def data(self, text: str) -> None:
        """Line breaks of the source are spaces; only tags end lines."""
        if self.unread_depth or (self.breaks and text.isspace()):
            return
        self.parts.append("\n" * min(self.breaks, 2))
        self.breaks = 0
        self.parts.append(" ".join(f"|{text}|".split())[1:-1])

    def close(self) -> str:
        return "".join(self.parts)


# Letters that Unicode does not take apart, and punctuation that keyboards write in several ways.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
    | {"þ": "th", "æ": "ae", "œ": "oe"}
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u2010\u2013", "-")
)
_LAST_OVERLAY = 1
_HEBREW_TO_SYRIAC = range(10, 37)
_ABOVE_AND_BELOW = range(200, 241)


def _is_dropped(character: str) -> bool:
    """Accents and format characters; but kana voicing, viramas and Thai vowels make other words, and stay."""
    combining = unicodedata.combining(character)
    if combining:
        return combining == _LAST_OVERLAY or combining in _HEBREW_TO_SYRIAC or combining in _ABOVE_AND_BELOW
    return "\ufe00" <= character <= "\ufe0f" or unicodedata.category(character) == "Cf"


def _fold_once(value: str) -> str:
    apart = unicodedata.normalize("NFKD", value.casefold())
    plain = "".join([character for character in apart if not _is_dropped(character)])
    return unicodedata.normalize("NFC", plain.casefold().translate(_PLAIN))


def fold(value: str) -> str:
    """The form in which names and words are compared: no case, no accents, single spaces.

    Args:
        value: a name, a phrase, a word.

    Returns:
        "ŁÓDŹ  Straße" as "lodz strasse"; folding it again changes nothing.
    """
    if value.isascii():
        return " ".join(value.lower().split())
    folded = _fold_once(value)
    # A few compatibility letters fold into letters that fold again.
    while (again := _fold_once(folded)) != folded:
        folded = again
    return " ".join(folded.split())


def words(value: str) -> list[str]:
    """The folded words of a text, in order: runs of letters, digits and their marks, in any script.

    Args:
        value: any text.

    Returns:
        "O'Brien, naïve 3D" as ["o", "brien", "naive", "3d"].
    """
    if value.isascii():
        return value.encode().translate(_PLAIN_WORDS).decode().split()
    # No part can change what another one folds to, and most are ASCII even where a dash or a quote is not.
    return [word for part in value.split() for word in (words(part) if part.isascii() else _odd_words(part))]


_PLAIN_WORDS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))  # noqa: PLR2004
"""ASCII letters as lower case, digits as they are, spaces for all else."""


@lru_cache(maxsize=2_000)
def _odd_words(value: str) -> tuple[str, ...]:
    spaced = "".join([c if _is_of_word(c) else " " for c in fold(value)])
    return tuple(word for word in spaced.split() if any(map(str.isalnum, word)))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or (character > "\x7f" and unicodedata.category(character)[0] == "M")
