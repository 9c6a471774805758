"""Cells that no spreadsheet takes for a formula, and that are read back as they were.

A cell that begins with =, +, -, @ or a tab is calculated by spreadsheets
(https://owasp.org/www-community/attacks/CSV_Injection). An apostrophe before it keeps it text; a cell that already
begins with apostrophes before such a mark gets one more, so that taking one away gives back what was meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def guarded(cell: str) -> str:
    """A cell that is text in every spreadsheet."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What a cell said before it was guarded."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def joined_list(values: Iterable[str]) -> str:
    """Several values in one cell, between semicolons; `split_list` takes them apart again."""
    return "; ".join(re.sub(r"([;|\\])", r"\\\1", value) for value in values)


def split_list(cell: str) -> list[str]:
    r"""The values of a cell between `;` or `|`; a backslash keeps one of these, and itself, from separating."""
    parts = re.findall(r"((?:\\[;|\\]|[^;|])*)(?:[;|]|$)", cell)
    return [re.sub(r"\\([;|\\])", r"\1", part).strip() for part in parts if part.strip()]
