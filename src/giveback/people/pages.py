"""Contacts as a folder of Markdown, a page for each person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.people.writing.pages import file_names, page
from giveback.store.folders import Folder, Wanted, files

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from giveback.store.folders import Found, Outcome
    from giveback.store.questions.whole import Whole

ENDING = ".md"
_UUID = re.compile(rb'\A---\r?\n(?:[^\n]*\n)*?uuid: "?([0-9a-f-]{36})"?\r?\n')
_FRONT_BYTES = 64 * 1024


def write(
    store: str,
    folder: str,
    people: Sequence[Whole],
    *,
    whole: bool,
    spared: Collection[str] = (),
    links: bool = False,
    dry_run: bool = False,
    force: bool = False,
) -> Outcome:
    """Bring a folder of pages up to date; a page in which somebody wrote is left alone.

    Args:
        store: the SQLite file.
        folder: where the pages are.
        people: the contacts.
        whole: these are all contacts; pages of others that were written before go.
        links: see `writing.pages.page`.
        spared: UIDs of contacts that are put away: what is there of them stays as it is.
        dry_run: only say what would be done.
        force: write over pages that were changed, and write again those that were deleted.
    """
    there = {uid: file for file in files(folder, ENDING) if (uid := _uuid(file.data))}
    names = file_names([(one.row.uuid, one.row.name) for one in people])
    wanted = (Wanted(one.row.uuid, names[one.row.uuid] + ENDING, page(one, links=links).encode()) for one in people)

    def never(_one: Wanted, _file: Found) -> bool:
        return False

    return Folder(store, folder, ENDING, there, never).write(
        wanted, whole=whole, spared=spared, dry_run=dry_run, force=force
    )


def _uuid(data: bytes) -> str:
    found = _UUID.match(data[:_FRONT_BYTES])
    return found[1].decode() if found else ""
