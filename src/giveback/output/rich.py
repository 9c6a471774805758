"""Terminals: the only module that imports Rich."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from giveback.output.table import Column, Table

STYLES = {"name": "bold", "number": "cyan", "day": "yellow", "dim": "dim", "": ""}
CELL_LIMIT = 1_000
GAP = 3
"""Blanks between columns, as the box draws them."""
LEAST = 8
"""Columns of text that a flexible column has at least."""


def console(*, err: bool = False) -> Console:
    """A console that interprets no markup: what comes from outside is shown as it is."""
    return Console(stderr=err, markup=False, emoji=False, highlight=False)


def show_tables(tables: Sequence[Table]) -> None:
    """Print tables, fitted to the terminal's width."""
    out = console()
    for number, table in enumerate(tables):
        if number:
            out.print()
        if table.heading:
            out.print(Text(clean_line(table.heading), style="bold"))
        if table.rows:
            out.print(_rendered(table, out.width))


def _rendered(table: Table, width: int) -> RichTable:
    titled = any(column.title for column in table.columns)
    found = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", show_header=titled)
    rows = [_cells(table, [clean_line(cell, CELL_LIMIT) for cell in row]) for row in table.rows]
    columns = [column for column in table.columns if column.role != "detail"]
    for column, size in zip(columns, _widths(columns, rows, width), strict=True):
        found.add_column(
            column.title,
            style=STYLES[column.role],
            justify="right" if column.role == "number" else "left",
            overflow="fold" if column.wraps else "ellipsis",
            no_wrap=not column.wraps,
            width=size,
        )
    for row in rows:
        found.add_row(*row)
    return found


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int) -> list[int]:
    """Columns as wide as they need; those that are flexible share what is left, the small ones first."""
    needs = [
        max([cell_len(column.title), *(cell_len(line) for row in rows for line in row[place].plain.splitlines())])
        for place, column in enumerate(columns)
    ]
    left = width - GAP * (len(columns) - 1)
    flexible = sorted((place for place, c in enumerate(columns) if c.grows or c.wraps), key=lambda p: needs[p])
    left -= sum(need for place, need in enumerate(needs) if place not in flexible)
    for done, place in enumerate(flexible):
        share = max(left // (len(flexible) - done), LEAST)
        needs[place] = min(needs[place], share)
        left -= needs[place]
    return needs


def _cells(table: Table, row: Sequence[str]) -> list[Text]:
    """The cells of a row; its details stand dimmed under the first column that wraps."""
    pairs = list(zip(table.columns, row, strict=True))
    details = " \N{MIDDLE DOT} ".join(cell for column, cell in pairs if column.role == "detail" and cell)
    cells = []
    for column, cell in pairs:
        if column.role == "detail":
            continue
        text = Text(cell)
        if column.wraps and details:
            text.append(f"\n{details}", style="dim")
            details = ""
        cells.append(text)
    return cells


def show_text(text: str, *, pager: bool = False) -> None:
    """Print running text, wrapped to the terminal (80 columns at most)."""
    out = console()
    body = Text(clean_text(text, len(text) + 1))
    width = min(out.width, 80)
    if not pager:
        out.print(body, width=width)
        return
    with out.capture() as captured:
        out.print(body, width=width)
    _page(captured.get(), out.height)


def _page(text: str, height: int) -> None:
    """Show a text in the user's pager, or as it is when it fits on the screen or there is no pager."""
    import shlex
    import shutil
    import subprocess

    words = shlex.split(os.environ.get("PAGER", "")) or ["less", "-R"]
    program = shutil.which(words[0])
    if program is None or text.count("\n") < height:
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    # What git sets, too: quit when it fits on the screen, keep it there, obey colours only.
    environment = {"LESS": "FRX"} | dict(os.environ)
    command = [program, *words[1:]]
    subprocess.run(command, input=text.encode("utf-8", "replace"), env=environment, check=False)  # noqa: S603 - the user's own


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr.

    Args:
        title: what is going on.
        total: how many steps.

    Yields:
        A function to call once a step, with what was just done.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def step(what: str) -> None:
            bar.update(task, advance=1, description=clean_line(what, 40) or title)

        yield step


@contextmanager
def status() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is going on, gone when it is over.

    Yields:
        A function that changes what it says.
    """
    with console(err=True).status("") as shown:
        yield lambda text: shown.update(clean_line(text))
