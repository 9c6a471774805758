"""One page to hand over in person."""

from __future__ import annotations

from typing import Any, NamedTuple

from giveback.printing.cards import clipping_data, lines
from giveback.printing.pieces import Clipping, said
from giveback.printing.sheets import paper_size


class Handout(NamedTuple):
    """What is on a handout.

    Attributes:
        paper: a4 or letter.
        clipping: what it shows.
        foot: the line at the foot: for whom and from whom.
        day: the day as it is printed.
        author: who made it, for the file's properties.
    """

    paper: str
    clipping: Clipping
    foot: str = ""
    day: str = ""
    author: str = ""


def handout_data(handout: Handout) -> dict[str, Any]:
    """A handout as the templates take it.

    Raises:
        UsageError: an unknown paper.
    """
    width, height = paper_size(handout.paper)
    foot = said(handout.foot)
    passages = handout.clipping.passages or ((handout.clipping.summary,) if handout.clipping.summary else ())
    return {
        **clipping_data(handout.clipping),
        "title": handout.clipping.title,
        "author": handout.author,
        "width": width,
        "height": height,
        "passages": lines(passages),
        "foot": {"text": foot.text, "rtl": foot.rtl},
        "date": handout.day,
        "read_more": "The whole of it:" if passages else "To read it:",
    }


def handout_text(handout: Handout) -> str:
    """A handout as plain text, for printers of lines and for mails."""
    clipping = handout.clipping
    passages = clipping.passages or (clipping.summary,)
    head = [clipping.title, " · ".join(part for part in (clipping.source, clipping.byline) if part)]
    parts = ["\n".join(line for line in head if line), *passages, clipping.url, handout.foot]
    return "\n\n".join(part for part in parts if part) + "\n"
