"""What an import says: a table of what became of each file, names and reasons where they are few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.cli.common import note, say, would
from giveback.output.table import Column, Table, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.people.importing import Brought, Doubt

TOLD = 20
"""Rejects of one file that are told on stderr; the file of rejects holds all."""
FEW = 8
"""Names that are told of a file; of more, only how many."""


class Added(NamedTuple):
    """How many are new, and how many were there."""

    added: int
    known: int


def counted(count: int, things: str) -> str:
    """A number of things: "1 row", "2,000 rows"."""
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def tell(brought: Sequence[Brought], *, dry_run: bool) -> None:
    """Print the table of people and exchanges, and below it names and remarks."""
    rows = [line for one in brought for line in _lines(one)]
    if rows:
        columns = (Column("File", grows=True), Column("What"), *(Column(title, "number") for title in _NUMBERS))
        if not any(row[-1] for row in rows):
            columns, rows = columns[:-1], [row[:-1] for row in rows]
        if dry_run:
            say("dry run: nothing is changed")
        show(Table(columns, rows))
    for one in brought:
        _tell_names(one)
        _tell_remarks(one)


def tell_pages(pages: Sequence[Brought], counts: Sequence[Added], *, dry_run: bool) -> None:
    """Tell how many articles came of files of saved pages."""
    for each, (added, known) in zip(pages, counts, strict=True):
        parts = [f"{counted(added, 'articles')} added", *([f"{known:,} known already"] if known else [])]
        parts += [f"{counted(len(each.rejects), 'rows')} rejected"] if each.rejects else []
        would(dry_run, f"{each.sheet.name}: {', '.join(parts)}")


_NUMBERS = ("New", "Changed", "Unchanged", "Rejected", "Unsure")


def _lines(one: Brought) -> list[tuple[str, ...]]:
    """Rows of the table: one for each kind of thing that the file holds."""
    name, contacts = one.sheet.name, one.contacts
    found = []
    if one.sheet.contacts or any(contacts):
        same = contacts.known - contacts.changed
        found.append(("contacts", contacts.added, contacts.changed, same, len(one.doubts)))
    if one.sheet.exchanges or any(one.exchanges):
        found.append(("exchanges", one.exchanges.added, 0, one.exchanges.known, 0))
    found = found or [("nothing", 0, 0, 0, 0)]
    # Which rows of a file of both were rejected is told below, line by line.
    rejects = [len(one.rejects), *[0] * (len(found) - 1)]
    return [
        (name, what, f"{new:,}", f"{changed:,}", f"{same:,}", f"{bad:,}", f"{unsure:,}" if unsure else "")
        for (what, new, changed, same, unsure), bad in zip(found, rejects, strict=True)
    ]


def _tell_names(one: Brought) -> None:
    for what, names, count in (("new", one.new, one.contacts.added), ("changed", one.changed, one.contacts.changed)):
        if names and count <= FEW:
            say(f"{what}: {'; '.join(names)}")
    for job in one.job_changes[:FEW]:
        before = " at ".join(filter(None, (job.old_title, job.old_company)))
        say(f"new job: {job.name}: {' at '.join(filter(None, (job.title, job.company)))} (was {before})")
    if len(one.job_changes) > FEW:
        say(f"new jobs: {len(one.job_changes):,}; giveback occasions lists them")


def _tell_remarks(one: Brought) -> None:
    name = one.sheet.name
    for remark in one.sheet.remarks:
        note(f"{name}: {remark}")
    if one.sheet.passed_over:
        note(f"{name}: columns passed over: {_some(one.sheet.passed_over, FEW)}")
    if one.namesakes:
        note(f"{name}: names that others have too: {_some(one.namesakes, 3)}")
    if one.yours:
        note(f"{name}: changed there and by you, left as you have it: {_some(one.yours, FEW)}")
    for where, text in one.problems[:TOLD]:
        note(f"{where}: left out: {text}")
    if len(one.problems) > TOLD:
        note(f"{name}: and {len(one.problems) - TOLD:,} more values left out")
    for doubt in one.doubts[:TOLD]:
        note(f"{name}: {said_of(doubt)}")
    if len(one.doubts) > TOLD:
        note(f"{name}: and {len(one.doubts) - TOLD:,} more of whom it is not certain")


def said_of(doubt: Doubt) -> str:
    """A doubt in one line."""
    who = f"{doubt.name} ({doubt.hint})" if doubt.hint else doubt.name
    return f"{who} may be {' or '.join(known.label for known in doubt.candidates[:3])}: {doubt.reason}"


def _some(names: Sequence[str], few: int) -> str:
    more = f" and {len(names) - few:,} more" if len(names) > few else ""
    return ", ".join(names[:few]) + more


def tell_rejects(brought: Sequence[Brought]) -> None:
    """Tell which entries were rejected, and why."""
    for each in brought:
        for reject in each.rejects[:TOLD]:
            note(f"{each.sheet.name}{reject.file}:{reject.line}: {reject.reason}")
        if len(each.rejects) > TOLD:
            note(f"{each.sheet.name}: and {len(each.rejects) - TOLD:,} more")


def record(
    each: Brought, kept: str | None, *, feeds: Added | None = None, articles: Added | None = None
) -> dict[str, Any]:
    """What became of a file, as JSON has it."""
    return {
        "file": each.sheet.name,
        "contacts": each.contacts._asdict(),
        "exchanges": each.exchanges._asdict(),
        "feeds": (feeds or Added(0, 0))._asdict(),
        "articles": (articles or Added(0, 0))._asdict(),
        "rejected": [
            {"file": reject.file or each.sheet.name, "line": reject.line, "reason": reject.reason}
            for reject in each.rejects
        ],
        "rejects_file": kept,
        "passed_over": list(each.sheet.passed_over),
        "namesakes": list(each.namesakes),
        "unsure": [
            {
                "name": doubt.name,
                "hint": doubt.hint or None,
                "reason": doubt.reason,
                "candidates": [{"uuid": known.uuid, "name": known.label} for known in doubt.candidates],
            }
            for doubt in each.doubts
        ],
        "left_out": [{"where": where, "reason": text} for where, text in each.problems],
        "left_as_yours": list(each.yours),
        "job_changes": [
            {
                "name": job.name,
                "title": job.title or None,
                "company": job.company or None,
                "old_title": job.old_title or None,
                "old_company": job.old_company or None,
            }
            for job in each.job_changes
        ],
    }
