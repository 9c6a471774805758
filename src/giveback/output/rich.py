"""Terminals: the only module that imports Rich."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from giveback.output.table import Table

STYLES = {"name": "bold", "number": "cyan", "day": "yellow", "dim": "dim", "": ""}
CELL_LIMIT = 1_000


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
            out.print(Padding(_rendered(table), (0, 0, 0, 0)))


def _rendered(table: Table) -> RichTable:
    found = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", expand=False)
    for column in table.columns:
        found.add_column(
            column.title,
            style=STYLES[column.role],
            justify="right" if column.role == "number" else "left",
            overflow="ellipsis" if not column.grows else "fold",
            no_wrap=not column.grows,
            ratio=1 if column.grows else None,
        )
    for row in table.rows:
        found.add_row(*(Text(clean_line(cell, CELL_LIMIT)) for cell in row))
    return found


def show_text(text: str, *, pager: bool = False) -> None:
    """Print running text, wrapped to the terminal (80 columns at most)."""
    out = console()
    body = Text(clean_text(text))
    width = min(out.width, 80)
    if pager:
        with out.pager(styles=False):
            out.print(body, width=width)
    else:
        out.print(body, width=width)


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
