"""What was read of files into the store, in one unit of work."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from sqlmodel import Session

    from giveback.cli.common import Here
    from giveback.cli.import_reading import Loaded
    from giveback.people.formats import Sheet
    from giveback.people.importing import Brought, Doubt
    from giveback.reading.bookmarks import Bookmarks
    from giveback.reading.collecting import Collected, Filled
    from giveback.reading.subscriptions import Subscribed, Subscriptions

SLOW_ROWS = 3_000
"""From here on an import may take a second."""


class Done(NamedTuple):
    """What became of files: people and exchanges, lists of feeds, saved pages."""

    brought: list[Brought]
    subscribed: list[Subscribed]
    collected: list[Collected]


def bring_all_in(at: Here, loaded: Loaded, every: str, decide: Callable[[Doubt], int | None], *, dry_run: bool) -> Done:
    """Bring all files in, in one unit of work.

    Args:
        at: the store and the clock.
        loaded: what the files hold.
        every: how often to be in touch with new contacts; "" for the usual.
        decide: who somebody is of whom it is not certain.
        dry_run: take everything back.
    """
    from giveback.config import usual_cadence
    from giveback.people.contacts import checked_cadence
    from giveback.people.importing import bring_in, storing
    from giveback.store.changes import change, change_in_bulk

    sheets, lists, pages, mapped = loaded
    usual = checked_cadence(every) if every else usual_cadence(at.places)
    # Feeds and pages are stored through SQLModel; people alone need not wait for its import.
    unit_of_work = change if lists or pages else change_in_bulk
    command = f"import {loaded.names}"
    with _progress(sheets) as step, unit_of_work(at.store, at.now, command, dry_run=dry_run) as unit:
        brought = bring_in(unit, sheets, at.now, usual, step, decide=decide)
        for sheet in sheets:
            if sheet.header:
                storing.keep_mapping(storing.driver(unit), sheet.header, mapped, at.now)
        return Done(brought, *_reading_matter(unit, lists, pages, at))


def _reading_matter(
    unit: Session | sqlite3.Connection,
    lists: Sequence[tuple[Subscriptions, bool]],
    pages: Sequence[Bookmarks],
    at: Here,
) -> tuple[list[Subscribed], list[Collected]]:
    """Bring feeds and saved pages in."""
    import sqlite3

    if isinstance(unit, sqlite3.Connection):
        return [], []
    from giveback.reading.collecting import collect
    from giveback.reading.subscriptions import subscribe

    subscribed = [subscribe(unit, found.feeds, at.now, allow_private=private) for found, private in lists]
    return subscribed, [collect(unit, found.rows, at.now) for found in pages]


def fill_in(at: Here, collected: Sequence[Collected], *, allow_private: bool) -> Filled:
    """Fetch the texts of saved pages."""
    from giveback.config import number_setting
    from giveback.reading.collecting import fill

    numbers = [number for each in collected for number in each.added]
    with _bar("fetching", len(numbers), seen=sys.stderr.isatty()) as step:
        return fill(
            at.store,
            at.now,
            numbers,
            timeout=float(number_setting(at.places, "fetch.timeout")),
            concurrency=max(1, number_setting(at.places, "fetch.connections")),
            pause=number_setting(at.places, "fetch.pause"),
            allow_private=allow_private,
            on_done=step,
        )


def _progress(sheets: Sequence[Sheet]) -> AbstractContextManager[Callable[[str], None]]:
    from giveback.people.importing import steps

    rows = sum(len(sheet.contacts) + len(sheet.exchanges) for sheet in sheets)
    return _bar("importing", sum(map(steps, sheets)), seen=rows >= SLOW_ROWS and sys.stderr.isatty())


def _bar(title: str, total: int, *, seen: bool) -> AbstractContextManager[Callable[[str], None]]:
    if not seen:
        return nullcontext(lambda _: None)
    from giveback.output.rich import progress

    return progress(title, total)


def rejects_kept(at: Here, brought: Sequence[Brought]) -> dict[int, str]:
    """Files of rejects by the place of the file they came from."""
    from os.path import dirname, join

    from giveback.people.importing import keep_rejects

    folder = join(dirname(at.places.drafts), "rejects")
    return {place: keep_rejects(folder, each.sheet, each.rejects) for place, each in enumerate(brought) if each.rejects}
