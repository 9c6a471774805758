"""A worksheet as Markdown, and as what the templates of the printer take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from giveback.printing.pieces import said
from giveback.printing.sheets import paper_size
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.asking.worksheet import Page, Row

HEADINGS = ("Who, and why them", "What I need of them", "What I can offer", "Next step")
BLANK = "________"
LEAST = 3
"""Lines of a page's table: there is room to write somebody in."""
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})


def markdown(title: str, pages: Sequence[Page]) -> str:
    """A worksheet as Markdown (CommonMark, with the tables of GitHub's), its blanks to be filled in.

    Args:
        title: its heading.
        pages: the targets.
    """
    parts = [f"# {_text(title)}"]
    for page in pages:
        parts.append(f"## {_text(page.name)} ({_text(page.state)})")
        if page.about:
            parts.append(_text(page.about))
        needs = page.needs or [("", False)]
        parts.append("\n".join(f"{place}. [{'x' if met else ' '}] {_text(need) or BLANK}"
                               for place, (need, met) in enumerate(needs, start=1)))  # fmt: skip
        if not page.people:
            parts.append(page.hints[0] + "\n\n" + "\n".join(f"- {_text(hint)}" for hint in page.hints[1:]))
        parts.append(_table(page.people))
    return "\n\n".join(parts) + "\n"


def _table(people: Sequence[Row]) -> str:
    rows = [
        (" — ".join(part for part in (f"**{_text(row.name)}**", _text(row.reason), _text(row.tie)) if part),
         *(_text(part) or BLANK for part in (row.need, row.offer, row.step)))
        for row in people
    ]  # fmt: skip
    rows += [(BLANK,) * len(HEADINGS)] * max(1, LEAST - len(rows))
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _text(value: str) -> str:
    return clean_line(value, 2_000).translate(_MARKS)


def sheet_data(title: str, pages: Sequence[Page], *, paper: str, author: str = "") -> dict[str, Any]:
    """A worksheet as the templates take it.

    Args:
        title: its heading, at the foot of each page.
        pages: the targets.
        paper: a4 or letter.
        author: who made it, for the file's properties.

    Raises:
        UsageError: an unknown paper.
    """
    width, height = paper_size(paper)
    return {
        "lang": "en",
        "title": title,
        "author": author,
        "width": width,
        "height": height,
        "foot": _said(title),
        "pages": [_page(page) for page in pages],
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "name": _said(page.name),
        "state": page.state,
        "about": _said(page.about),
        "needs": [{"said": _said(need), "done": met} for need, met in page.needs],
        "people": [{field: _said(value) for field, value in row._asdict().items()} for row in page.people],
        "hints": [_said(hint) for hint in page.hints],
    }


def _said(text: str) -> dict[str, Any]:
    value = said(clean_line(text, 2_000))
    return {"text": value.text, "rtl": value.rtl}
