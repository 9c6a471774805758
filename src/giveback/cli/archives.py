"""Archives that `giveback import` brings back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from giveback.cli.common import Here, refresh, told_when_long, would
from giveback.errors import AmbiguousError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.people.importing import Brought
    from giveback.store.folders import Found

_HINT = "import it into another profile: giveback --profile NAME import FILE; or `giveback undo` what is there"


def taken_out(at: Here, files: Sequence[str], *, json: bool, dry_run: bool) -> list[str]:
    """Bring in the archives among some files, and give back the others.

    Raises:
        UsageError: an archive is damaged, hostile or from a newer version; nothing was changed.
        AmbiguousError: the store is not empty.
    """
    from giveback.store.archive import is_archive

    others = []
    for path in files:
        if is_archive(path):
            _bring_back(at, path, json=json, dry_run=dry_run)
        else:
            others.append(path)
    return others


def cards_in(files: Sequence[str]) -> dict[str, dict[str, Found]]:
    """The cards of those files that are folders, as they are now: by folder and UID."""
    from giveback.people.vdirs import there

    return {path: there(path) for path in files if os.path.isdir(path)}


def note_imported(at: Here, cards: Mapping[str, Mapping[str, Found]], brought: Sequence[Brought]) -> None:
    """Remember of folders that what their cards say is known here, so that an export may write over them."""
    from giveback.people.vdirs import imported

    rejected = {reject.file for each in brought for reject in each.rejects}
    for folder, found in cards.items():
        imported(at.store, folder, {uid: file for uid, file in found.items() if file.name not in rejected})


def _bring_back(at: Here, path: str, *, json: bool, dry_run: bool) -> None:
    from giveback.store.archive_loading import is_empty, load
    from giveback.store.archive_reading import opened
    from giveback.store.changes import change, connection_of

    contents = opened(path)
    with (
        contents.archive,
        told_when_long() as tell,
        change(at.store, at.now, f"import {contents.name}", dry_run=dry_run) as session,
    ):
        raw = connection_of(session)
        if not is_empty(raw):
            raise AmbiguousError(f"{contents.name} holds a whole store, and this one is not empty", _HINT)
        rows = load(raw, contents, tell)
    if json:
        from giveback.output import records

        records.show({"file": contents.name, "tables": rows, "dry_run": dry_run})
    else:
        would(dry_run, f"{contents.name}: {sum(rows.values()):,} rows, {rows.get('contact', 0):,} contacts")
    if not dry_run:
        refresh(at, patient=True)
