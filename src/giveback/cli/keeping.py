"""Keeping: undo, backup, restore, doctor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, refresh, say, would
from giveback.errors import StoreError

if TYPE_CHECKING:
    from giveback.store.doctor import Finding

app = family()


@app.command("undo")
def undo(
    listed: Annotated[bool, typer.Option("--list", help="Show the last changes that can be taken back.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Take back the last change, and the one before it.

    Example: giveback undo
    """
    at = here()
    if listed:
        _list_changes(at, json=json)
        return
    from giveback.dates import from_utc_text
    from giveback.store.changes import undo as take_back

    undone = take_back(at.store, at.now, dry_run=dry_run)
    if json:
        from giveback.output import records

        records.show({"command": undone.command, "at": undone.at, "rows": undone.rows, "dry_run": dry_run})
    else:
        when = from_utc_text(undone.at).astimezone()
        would(dry_run, f"took back · {undone.command} · {when:%Y-%m-%d %H:%M}")
    if not dry_run:
        refresh(at)


def _list_changes(at: Here, *, json: bool) -> None:
    from giveback.store.questions.journal import changes

    connection = questions(at)
    rows = changes(connection) if connection is not None else []
    if connection is not None:
        connection.close()
    if json:
        from giveback.output import records

        records.show([{"command": row.command, "at": row.at, "rows": row.rows} for row in rows])
        return
    if not rows:
        note("there is nothing to undo")
        return
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    columns = (Column("When", "day"), Column("Change", grows=True), Column("Rows", "number"))
    show(Table(columns, [(day_of(row.at, at.now.today), row.command, str(row.rows)) for row in rows]))


@app.command("backup")
def backup(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The copy, or the folder for it.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Copy the store into one file.

    Without FILE the copy goes beside the store. It has mode 0600, and is whole even while a
    fetch writes.

    Example: giveback backup ~/giveback-copy.db
    """
    from giveback.store.backup import back_up

    at = here()
    target = file or os.path.dirname(os.path.abspath(at.store))
    if os.path.isdir(target):
        stem = os.path.basename(at.store).removesuffix(".db")
        target = os.path.join(target, f"{stem}-{at.now.today.isoformat()}.backup.db")
    if not dry_run:
        back_up(at.store, target)
    would(dry_run, f"copied the store to {target}")


@app.command("restore")
def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A copy of the store.")], dry_run: DryRun = False
) -> None:
    """Put a backup in the place of the store.

    The store that it replaces is kept beside it, under the same name with .before-restore.

    Example: giveback restore ~/giveback-copy.db
    """
    from giveback.store.backup import check, restore

    at = here()
    if dry_run:
        check(at.store, file)
        would(dry_run, f"restored {file}")
        return
    kept = restore(at.store, file)
    say(f"restored {file}" + (f" · what was there is kept in {kept}" if kept else ""))
    refresh(at)


@app.command("doctor")
def doctor(
    mend: Annotated[bool, typer.Option("--repair", help="Make again what can be made from the rest.")] = False,
    json: Json = False,
) -> None:
    """Check the store, and bring its ranking up to date.

    Looks at the file, its tables and references, the search index, the tallies, the journal and
    the file modes. --repair makes indexes, search and tallies again and closes the modes.

    Example: giveback doctor --repair
    """
    from giveback.store.doctor import examine, repair

    at = here()
    before = examine(at.store)
    left = repair(at.store) if mend else before
    if any(finding.kind == "ranking" for finding in left):
        refresh(at, patient=True)
        left = [finding for finding in left if finding.kind != "ranking"]
    if json:
        from giveback.output import records

        records.show([{**finding._asdict(), "mended": finding not in left} for finding in before])
    else:
        _report(before, left)
    if left:
        hint = "giveback doctor --repair" if any(finding.mendable for finding in left) else left[0].hint
        raise StoreError(f"{at.store} is not as it should be (findings: {len(left)})", hint)


def _report(before: list[Finding], left: list[Finding]) -> None:
    for finding in before:
        say(f"{finding.kind}: {finding.text}" if finding in left else f"mended · {finding.kind}: {finding.text}")
    if not before:
        say("the store is sound")
