"""What is set on paper, as plain values that both Typst and HTML are made from."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_SENTENCE = re.compile("(?<=[.!?\u2026\u3002\uff01\uff1f])[\"'\u201d\u2019)]*\\s+|(?<=[\u3002\uff01\uff1f])")
_BREAKS = re.compile(r"(?<=[/?&=_.-])(?=[^/?&=_.-])")
SUMMARIES = (900, 500, 300, 160)
"""Characters of the versions of a summary: the longest that fits is taken."""
SHOWN_URL = 140


class Said(NamedTuple):
    """A string and whether its script runs from right to left."""

    text: str
    rtl: bool


class Clipping(NamedTuple):
    """What was clipped out of a paper, so to say.

    Attributes:
        title: of the article.
        source: where it appeared, or "".
        byline: day and author, or "".
        summary: what it says, or "".
        url: its address, or "" where it has none.
        passages: paragraphs of its text, for a handout.
        language: its language (BCP 47), or "".
    """

    title: str
    source: str = ""
    byline: str = ""
    summary: str = ""
    url: str = ""
    passages: tuple[str, ...] = ()
    language: str = ""


def said(text: str) -> Said:
    """A string with the direction of its first letter (Unicode Annex 9, rules P2 and P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return Said(text, kind != "L")
    return Said(text, rtl=False)


def versions(summary: str) -> tuple[str, ...]:
    """A summary and shorter versions of it, each ending with a sentence or with "…", the last one empty."""
    found = [summary, *(shortened(summary, limit) for limit in SUMMARIES), ""]
    return tuple(dict.fromkeys(version for version in found if len(version) <= SUMMARIES[0]))


def shortened(text: str, limit: int) -> str:
    """The sentences of a text that fit into so many characters, or the words of the first one and "…"."""
    if len(text) <= limit:
        return text
    ends = [match.start() for match in _SENTENCE.finditer(text[: limit + 1])]
    if ends:
        return text[: ends[-1]].rstrip()
    cut = text[: limit - 1]
    return (cut.rsplit(None, 1)[0] if " " in cut else cut).rstrip(" ,;:-\u2013") + "…"


def shown_url(url: str) -> str:
    """An address to type in: without its scheme, cut where nobody would type on, with places where a line may end."""
    bare = re.sub(r"^https?://(www\.)?", "", url).rstrip("/")
    if len(bare) > SHOWN_URL:
        bare = bare[: SHOWN_URL - 1] + "…"
    return _BREAKS.sub("\u200b", bare)


def qr(url: str) -> str:
    """A QR code (ISO/IEC 18004, level M) of an address as an SVG picture; "" for none.

    Raises:
        ValueError: the address is longer than such a code can be.
    """
    if not url:
        return ""
    from io import BytesIO

    import segno

    picture = BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind="svg", xmldecl=False, border=3)
    return picture.getvalue().decode("ascii")
