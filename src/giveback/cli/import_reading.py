"""The files that an import is given: read, and told apart by what they hold."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from giveback.cli import subscribing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from giveback.cli.common import Here
    from giveback.people.formats import Sheet
    from giveback.reading.bookmarks import Bookmarks
    from giveback.reading.subscriptions import Subscriptions

SLOW_BYTES = 4_000_000
"""From here on reading alone may take a second."""


class Loaded(NamedTuple):
    """What the files hold: people and exchanges, lists of feeds, saved pages; and what --map said of people."""

    sheets: list[Sheet]
    lists: list[tuple[Subscriptions, bool]]
    pages: list[Bookmarks]
    mapped: Mapping[str, str]

    @property
    def names(self) -> str:
        """The names of all files."""
        names = [sheet.name for sheet in self.sheets] + [found.name for found, _ in self.lists]
        return " ".join(names + [found.name for found in self.pages])


def loaded_from(at: Here, files: Sequence[str], columns: str, *, allow_private: bool) -> Loaded:
    """Read the files.

    Raises:
        UsageError: no reader knows a file, or --map names what is not there.
        OSError: one cannot be read.
    """
    from giveback.people.formats import read as read_people
    from giveback.people.formats import recognise
    from giveback.people.importing import FILE_LIMIT, read_file
    from giveback.people.importing.folders import load_folder

    named, mapped = _mapped(columns) if columns else ({}, {})
    loaded = Loaded([], [], [], mapped)
    remembered = _remembered(at)
    for path in files:
        if os.path.isdir(path):
            loaded.sheets.append(load_folder(path, FILE_LIMIT))
            continue
        data, name = read_file(path)
        with _reading(name, len(data)):
            people = recognise(data, name) if not columns else None
        if people is not None or not _is_to_be_read(loaded, data, name, columns, named, allow_private=allow_private):
            loaded.sheets.append(people or read_people(data, name, mapped, remembered))
    return loaded


def _is_to_be_read(
    loaded: Loaded, data: bytes, name: str, columns: str, named: Mapping[str, str], *, allow_private: bool
) -> bool:
    """Take in a list of feeds or of saved pages; False where a file is neither."""
    from giveback.reading.bookmarks import recognise as saved_pages
    from giveback.reading.subscriptions import recognise as list_of_feeds

    feeds = None if columns else list_of_feeds(data, name)
    if feeds is not None:
        loaded.lists.append(subscribing.permitted(feeds, allow_private=allow_private))
        return True
    pages = None if loaded.mapped else saved_pages(data, name, dict(named))
    if pages is not None:
        loaded.pages.append(pages)
    return pages is not None


def _mapped(columns: str) -> tuple[dict[str, str], dict[str, str]]:
    """What --map says of saved pages, field first, or of people, column first."""
    from giveback.people.formats.delimited import mapping_of
    from giveback.reading.bookmarks import mapping

    fields = [part.partition("=")[2].strip().lower() for part in columns.split(",")]
    if columns and any(field in ("name", "given", "family") for field in fields):
        return {}, mapping_of(columns)
    return mapping(columns), {}


def _remembered(at: Here) -> dict[str, dict[str, str]]:
    from giveback.people.importing.storing import mappings
    from giveback.store import connect

    connection = connect.read(at.store)
    if connection is None:
        return {}
    try:
        return mappings(connection)
    finally:
        connection.close()


@contextmanager
def _reading(name: str, size: int) -> Iterator[None]:
    """A line that says what is read, where that may take long and somebody looks."""
    if size < SLOW_BYTES or not sys.stderr.isatty():
        yield
        return
    from giveback.output.rich import status

    with status() as say:
        say(f"reading {name} …")
        yield
