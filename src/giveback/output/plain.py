"""Plain text for pipes and files: aligned columns, nothing cut, no colour."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.output.table import Table

CELL_LIMIT = 1_000


def width(text: str) -> int:
    """How many columns a terminal gives a line of text (UAX #11 East Asian Width; combining marks take none)."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def show_tables(tables: Sequence[Table]) -> None:
    """Print tables with an empty line between them."""
    sys.stdout.write("\n\n".join(text for text in map(lines, tables) if text) + "\n" if tables else "")


def lines(table: Table) -> str:
    """One table as text, "" when it has neither rows nor heading; no line ends with a blank."""
    rows = [tuple(clean_line(cell, CELL_LIMIT) for cell in row) for row in table.rows]
    if not rows:
        return table.heading
    titles = tuple(column.title for column in table.columns)
    widths = [max(width(cell) for cell in cells) for cells in zip(titles, *rows, strict=True)]
    body = [_line(cells, widths) for cells in ((titles, *rows) if any(titles) else rows)]
    return "\n".join([table.heading, *body] if table.heading else body)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (most - width(cell)) for cell, most in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
