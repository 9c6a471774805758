"""People: forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Json, Name, can_ask, family, here, note, refresh, say, who, would
from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from giveback.people.forgetting import Forgotten, Left

app = family()

TOLD = 20
"""So many things that are left are named."""


@app.command("forget")
def forget(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needed in a pipe.")] = False,
    backups: Annotated[
        bool, typer.Option("--backups", help="Erase them from the copies beside the store, too.")
    ] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Erase a person for good, and say what is left of them elsewhere.

    The contact goes with everything that belongs to it: exchanges, follow-ups, introductions, messages, drafts to
    them, and what `undo` kept. The file is rewritten, so that nothing can be read out of it. `undo` does
    not take this back; `giveback archive` only puts a contact away.

    Example: giveback forget ana --dry-run
    """
    from giveback.people.forgetting import forget as erase

    at = here()
    row = who(at, name)
    if not (yes or dry_run):
        if not can_ask():
            raise UsageError(
                f"forgetting {row.name} cannot be undone, and nobody is there to ask",
                "--yes does it, --dry-run says what would go",
            )
        if not typer.confirm(f"Erase {row.name} and everything about them? It cannot be undone", err=True):
            note("nothing was erased")
            return
    done = erase(at.places, row.id, at.now, backups=backups, dry_run=dry_run)
    if json:
        from giveback.output import records

        records.show({"name": row.name, **_record(done), "dry_run": dry_run})
    else:
        _show(row.name, done, dry_run=dry_run)
    if not dry_run:
        refresh(at)


def _show(name: str, done: Forgotten, *, dry_run: bool) -> None:
    would(dry_run, f"erased {name} · {_counted(done.rows, done.journal)}")
    for what, paths in (("draft", done.drafts), ("backup", done.backups)):
        for path in paths:
            would(dry_run, f"erased from {path}" if what == "backup" else f"erased {what} {path}")
    say("left:")
    for one in done.left[:TOLD]:
        say(f"  {one.kind}: {one.where} ({one.hint})")
    if len(done.left) > TOLD:
        note(f"and {len(done.left) - TOLD} more: --json lists all")


def _counted(rows: Mapping[str, int], journal: int) -> str:
    parts = [f"{count} {_noun(table, count)}" for table, count in rows.items() if count]
    return ", ".join([*parts, f"{journal} entries of the journal"] if journal else parts)


def _noun(table: str, count: int) -> str:
    noun = {"shown": "article shown", "offer_shown": "offer shown"}.get(table)
    if noun:
        return noun if count == 1 else noun.replace(" ", "s ", 1)
    noun = table.replace("_", " ")
    return noun if count == 1 or noun.endswith("s") else f"{noun}s"


def _record(done: Forgotten) -> dict[str, object]:
    def left(one: Left) -> dict[str, str]:
        return {"kind": one.kind, "where": one.where, "hint": one.hint}

    return {
        "rows": dict(done.rows),
        "journal": done.journal,
        "drafts": list(done.drafts),
        "backups": list(done.backups),
        "left": [left(one) for one in done.left],
    }
