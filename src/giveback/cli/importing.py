"""People: import."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from giveback.cli import subscribing
from giveback.cli.common import DryRun, Here, Json, family, here, note, refresh, would
from giveback.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from giveback.people.formats import Sheet
    from giveback.people.importing import Brought, Counts
    from giveback.reading.subscriptions import Subscribed, Subscriptions

app = family()

TOLD = 20
"""Rejects of one file that are told on stderr; the file of rejects holds all."""
SLOW_ROWS = 3_000
"""From here on an import may take a second."""


@app.command("import")
def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV with a header, or OPML.")],
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Of feeds: permit addresses on this network.")
    ] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Import contacts, exchanges and feeds from files of other programs.

    What a file holds is told by its header. Contacts: name, and any of email, phone, company,
    title, town, nickname, tags, birthday, every (or cadence_days), met_at, notes; tags are
    separated by ; or |. Exchanges: date, name or email, kind (gave, received, met, call …), note.
    Feeds: OPML, or newsboat's urls file. Rows that are known already add nothing. Rejected rows are
    told with their reason and kept in a file beside the store, to be mended and imported; all else is
    kept, and one undo takes it back.

    Example: giveback import contacts.csv exchanges.csv
    """
    at = here()
    sheets, lists = _loaded(files, allow_private=allow_private)
    brought, subscribed = _bring_in(at, sheets, lists, dry_run=dry_run)
    kept = {} if dry_run else _keep_rejects(at, brought)
    if json:
        from giveback.output import records

        records.show(
            [_record(each, kept.get(place)) for place, each in enumerate(brought)]
            + [subscribing.record(found, counts) for (found, _), counts in zip(lists, subscribed, strict=True)]
        )
    else:
        _tell(brought, dry_run=dry_run)
        for (found, _), counts in zip(lists, subscribed, strict=True):
            subscribing.tell(found, counts, dry_run=dry_run)
    _tell_rejects(brought)
    if sheets and not dry_run:
        refresh(at)
    rejected = sum(len(each.rejects) for each in brought)
    if rejected:
        hint = "mend and import: " + ", ".join(kept.values()) if kept else "nothing was changed"
        raise RejectedError(f"{_counted(rejected, 'rows')} rejected", hint)
    subscribing.refuse([found for found, _ in lists])


def _loaded(files: Sequence[str], *, allow_private: bool) -> tuple[list[Sheet], list[tuple[Subscriptions, bool]]]:
    """What the files hold: people and exchanges, and lists of feeds with whether addresses on this network are welcome.

    Raises:
        UsageError: no reader knows a file.
        OSError: one cannot be read.
    """
    from giveback.people.formats import read as read_people
    from giveback.people.importing import read_file
    from giveback.reading.subscriptions import recognise

    sheets: list[Sheet] = []
    lists: list[tuple[Subscriptions, bool]] = []
    for path in files:
        data, name = read_file(path)
        found = recognise(data, name)
        if found is None:
            sheets.append(read_people(data, name))
        else:
            lists.append(subscribing.permitted(found, allow_private=allow_private))
    return sheets, lists


def _bring_in(
    at: Here, sheets: Sequence[Sheet], lists: Sequence[tuple[Subscriptions, bool]], *, dry_run: bool
) -> tuple[list[Brought], list[Subscribed]]:
    """Bring all files in, in one unit of work."""
    from giveback.config import usual_cadence
    from giveback.people.importing import bring_in
    from giveback.reading.subscriptions import subscribe
    from giveback.store.changes import change

    names = [sheet.name for sheet in sheets] + [found.name for found, _ in lists]
    with _progress(sheets) as step, change(at.store, at.now, "import " + " ".join(names), dry_run=dry_run) as session:
        brought = bring_in(session, sheets, at.now, usual_cadence(at.places), step)
        return brought, [subscribe(session, found.feeds, at.now, allow_private=private) for found, private in lists]


def _progress(sheets: Sequence[Sheet]) -> AbstractContextManager[Callable[[str], None]]:
    from giveback.people.importing import steps

    rows = sum(len(sheet.contacts) + len(sheet.exchanges) for sheet in sheets)
    if rows < SLOW_ROWS or not sys.stderr.isatty():
        return nullcontext(lambda _: None)
    from giveback.output.rich import progress

    return progress("importing", sum(map(steps, sheets)))


def _keep_rejects(at: Here, brought: Sequence[Brought]) -> dict[int, str]:
    """Files of rejects by the place of the file they came from."""
    from os.path import dirname, join

    from giveback.people.importing import keep_rejects

    folder = join(dirname(at.places.drafts), "rejects")
    return {place: keep_rejects(folder, each) for place, each in enumerate(brought) if each.rejects}


def _tell(brought: Sequence[Brought], *, dry_run: bool) -> None:
    for each in brought:
        kinds = [("contacts", each.contacts), ("exchanges", each.exchanges)]
        parts = [part for kind, counts in kinds if any(counts) for part in _counts(kind, counts)]
        parts += [f"{_counted(len(each.rejects), 'rows')} rejected"] if each.rejects else []
        would(dry_run, f"{each.sheet.name}: " + (", ".join(parts) or "no rows"))
        if each.sheet.passed_over:
            note(f"{each.sheet.name}: columns passed over: " + ", ".join(each.sheet.passed_over))
        if each.namesakes:
            more = f" and {len(each.namesakes) - 3:,} more" if len(each.namesakes) > 3 else ""  # noqa: PLR2004 - a few suffice
            note(f"{each.sheet.name}: names that others have too: " + ", ".join(each.namesakes[:3]) + more)


def _counts(kind: str, counts: Counts) -> list[str]:
    known = [f"{counts.known:,} known already"] if counts.known else []
    return [f"{_counted(counts.added, kind)} added", *known]


def _tell_rejects(brought: Sequence[Brought]) -> None:
    for each in brought:
        for reject in each.rejects[:TOLD]:
            note(f"{each.sheet.name}:{reject.line}: {reject.reason}")
        if len(each.rejects) > TOLD:
            note(f"{each.sheet.name}: and {len(each.rejects) - TOLD:,} more")


def _counted(count: int, things: str) -> str:
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def _record(each: Brought, kept: str | None) -> dict[str, Any]:
    return {
        "file": each.sheet.name,
        "contacts": each.contacts._asdict(),
        "exchanges": each.exchanges._asdict(),
        "rejected": [{"line": reject.line, "reason": reject.reason} for reject in each.rejects],
        "rejects_file": kept,
        "passed_over": list(each.sheet.passed_over),
        "namesakes": list(each.namesakes),
    }
