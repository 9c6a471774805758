"""PDF by Typst (https://typst.app/docs), which comes with the optional extra `print`."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib import resources, util
from typing import TYPE_CHECKING, Any

from giveback.errors import Exit, GivebackError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from giveback.dates import Now

FONTS = (
    "Libertinus Serif",  # inside Typst: Latin, Greek, Cyrillic, Hebrew
    "Noto Serif",
    "Noto Naskh Arabic",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Amiri",
    "Geeza Pro",
    "Songti SC",
    "Hiragino Mincho ProN",
    "Traditional Arabic",
    "SimSun",
    "Yu Mincho",
    "Malgun Gothic",
    "Noto Serif Devanagari",
    "Noto Serif Thai",
    "Noto Color Emoji",
)
_COVERED = re.compile(r"[\u0000-\u024f\u0370-\u03ff\u0400-\u04ff\u2000-\u206f]*")
"""What the font inside Typst can write, roughly: Latin, Greek, Cyrillic, punctuation."""
_UNFIT = re.compile(r"does-not-fit:([a-z ]+)")
_SYMBOL = re.compile(r"<symbol[^>]*>.*?</symbol>", re.DOTALL)
_NOWHERE = "\U0010fffd"


class UnfitError(GivebackError):
    """Something is too large for the paper.

    Attributes:
        part: what: "the address", "the note".
    """

    code = Exit.USAGE

    def __init__(self, part: str) -> None:
        """Say what does not fit, and what helps."""
        super().__init__(f"{part} does not fit on the paper", "shorten it, or take a larger fold (--fold half)")
        self.part = part


def available() -> bool:
    """Whether Typst is installed."""
    return util.find_spec("typst") is not None


def pdf(template: str, data: Mapping[str, Any], now: Now) -> bytes:
    """Set a template of this package as PDF.

    Args:
        template: card, handout or worksheet.
        data: strings and numbers; they are set as they are, no markup in them is read.
        now: the time written into the file.

    Returns:
        The file's bytes, the same for the same data, fonts and time.

    Raises:
        UnfitError: a part is too large even in the smallest letters.
        UsageError: Typst is not installed.
    """
    if not available():
        raise UsageError(
            "a PDF needs Typst, which is not installed", "pip install 'giveback[print]', or write HTML: -o card.html"
        )
    import typst

    try:
        made = typst.compile(source(template), sys_inputs=_inputs(data), timestamp=now.at.replace(microsecond=0))
    except typst.TypstError as error:
        unfit = _UNFIT.search(str(error))
        if unfit:
            raise UnfitError(unfit[1]) from error
        raise
    assert isinstance(made, bytes)
    return made


def source(template: str) -> bytes:
    """The Typst source of a template, with what all share before it."""
    folder = resources.files("giveback.printing") / "templates"
    return b"".join((folder / f"{name}.typ").read_bytes() for name in ("common", template))


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    return {"data": json.dumps({**data, "fonts": FONTS})}


def unwritable(data: Mapping[str, Any]) -> str:
    """Scripts in the data that no installed font can write, such as "Arabic, Thai"; "" for none.

    Typst puts an empty box for a letter without a glyph and does not tell. So the letters are set once more,
    beside one that no font has, and those that look like it are missing.
    """
    odd = sorted({letter for text in _strings(data) for letter in _COVERED.sub("", text) if not letter.isspace()})
    odd = [letter for letter in odd if unicodedata.category(letter)[0] in "LNS"]
    if not odd or not available() or not _missing("".join(odd)):
        return ""
    scripts: dict[str, list[str]] = {}
    for letter in odd:
        scripts.setdefault(_script(letter), []).append(letter)
    return ", ".join(name for name, letters in scripts.items() if _missing("".join(letters)))


def _missing(letters: str) -> bool:
    return bool(_glyphs(_NOWHERE) & _glyphs(letters))


def _glyphs(letters: str) -> set[str]:
    import typst

    page = b"#let data = json(bytes(sys.inputs.data))\n#set text(font: data.fonts)\n#text(data.letters)"
    made = typst.compile(page, format="svg", sys_inputs=_inputs({"letters": letters}))
    assert isinstance(made, bytes)
    return set(_SYMBOL.findall(made.decode()))


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "UNKNOWN SIGN").split()[0]
    return {"CJK": "Chinese", "HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}.get(
        name, name.title() if unicodedata.category(letter)[0] == "L" else "signs"
    )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _all(value[key] for key in value if key != "qr")
    elif isinstance(value, list | tuple):
        yield from _all(value)


def _all(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _strings(value)
