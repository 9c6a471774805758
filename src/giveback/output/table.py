"""What is shown, as plain values; how it looks is decided by where it goes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Column(NamedTuple):
    """A column.

    Attributes:
        title: its heading.
        role: "name", "number", "day", "dim" or "" for how it stands out on a terminal; "detail"
            goes to a second line there, under the first column that wraps.
        grows: takes a share of the space that is left, and is cut with an ellipsis when there is too little.
        wraps: the same, but wrapped instead of cut.
    """

    title: str
    role: str = ""
    grows: bool = False
    wraps: bool = False


class Table(NamedTuple):
    """Rows of text under columns, under a heading."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    heading: str = ""


def is_terminal() -> bool:
    """Whether a person looks at standard output (and did not ask for plain text by TERM=dumb)."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def show(*tables: Table) -> None:
    """Print tables: by Rich on a terminal, aligned plain text in a pipe."""
    if is_terminal():
        from giveback.output.rich import show_tables
    else:
        from giveback.output.plain import show_tables
    show_tables(tables)
