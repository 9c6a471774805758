"""Templates of notes: list, check, copy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Json, family, here, note, say, would
from giveback.errors import AmbiguousError, NotFoundError, StoreError, UsageError

if TYPE_CHECKING:
    from giveback.giving.composing.checking import Checked, Fault
    from giveback.giving.composing.sources import Source

app = family()


@app.callback(invoke_without_command=True)
def templates(ctx: typer.Context) -> None:
    """Templates of notes: list, check, copy.

    Example: giveback templates
    """
    if ctx.invoked_subcommand is None:
        list_templates()


@app.command("list")
def list_templates(json: Json = False) -> None:
    """Which template serves which channel and occasion, and where it is.

    Example: giveback templates list
    """
    from giveback.giving.composing.occasions import OCCASIONS
    from giveback.giving.composing.sources import phrases, used
    from giveback.keeping.exchanges import CHANNELS

    folder = here().places.templates
    rows = [
        (f"{channel}-{occasion}", used(channel, occasion, folder)) for channel in CHANNELS for occasion in OCCASIONS
    ]
    rows.append(("words", phrases(folder)))
    if json:
        from giveback.output import records

        records.show([{"name": name, "path": source.path or None, "notes": _count(source)} for name, source in rows])
        return
    from giveback.output.table import Column, Table, show

    columns = (Column("Template", "name"), Column("Notes", "number"), Column("From", "dim", grows=True))
    show(Table(columns, [(name, str(_count(source) or ""), source.path or "built in") for name, source in rows]))
    note(f"your own go into {folder}: giveback templates copy NAME")


def _count(source: Source) -> int:
    from giveback.giving.composing.sources import WORDS, variants

    return 0 if source.name == WORDS else len(variants(source))


@app.command("check")
def check(json: Json = False) -> None:
    """Render every template on sample facts; what cannot be used is said with file, line and reason.

    Example: giveback templates check
    """
    from giveback.giving.composing.checking import check as check_all

    found = check_all(here().places.templates)
    if json:
        _as_json(found)
    else:
        for fault in found.faults:
            say(_line(fault))
        for remark in found.remarks:
            note(_line(remark))
    if found.faults:
        first = found.faults[0].place
        raise UsageError(f"{len(found.faults)} of the notes cannot be used", f"mend {first}, or move it away")
    note(f"{found.notes} notes in {found.templates} templates can be used")


def _line(fault: Fault) -> str:
    return f"{fault.place}:{fault.line}: {fault.reason}" if fault.line else f"{fault.place}: {fault.reason}"


def _as_json(found: Checked) -> None:
    from giveback.output import records

    records.show(
        {
            "templates": found.templates,
            "notes": found.notes,
            "faults": [_record(each) for each in found.faults],
            "remarks": [_record(each) for each in found.remarks],
        }
    )


def _record(fault: Fault) -> dict[str, object]:
    return {"place": fault.place, "line": fault.line or None, "reason": fault.reason}


@app.command("copy")
def copy(
    name: Annotated[str, typer.Argument(metavar="TEMPLATE", help="email-thank-you, message-dormant, words …")],
    dry_run: DryRun = False,
) -> None:
    """Copy a built-in template into your own folder, where it takes the built-in one's place.

    Example: giveback templates copy email-thank-you
    """
    from giveback.giving.composing.sources import built_in, names

    folder = here().places.templates
    said = name.strip().lower().removesuffix(".txt")
    if said not in names():
        raise NotFoundError(f"there is no template {name!r}", "`giveback templates` lists them")
    path = os.path.join(folder, f"{said}.txt")
    if os.path.lexists(path):
        raise AmbiguousError(f"{path} is there already", "edit it, or move it away first")
    if not dry_run:
        try:
            os.makedirs(folder, exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:
                file.write(built_in(said).text)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}", "check the folder and the disk") from error
    would(dry_run, f"copied to {path}")
