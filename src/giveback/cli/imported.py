"""What an import says: a table of what became of each file, names and reasons where they are few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.cli.common import note, say, would
from giveback.errors import RejectedError
from giveback.output.table import Column, Table, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.cli.import_reading import Loaded
    from giveback.cli.import_storing import Done
    from giveback.people.importing import Brought, Doubt
    from giveback.reading.bookmarks import Bookmarks
    from giveback.reading.collecting import Filled
    from giveback.reading.subscriptions import Subscriptions

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


def refuse(everything: Sequence[Brought], kept: Mapping[int, str]) -> None:
    """End with the exit code for what was rejected or left.

    Raises:
        RejectedError: something was.
    """
    rejected = sum(len(each.rejects) for each in everything)
    unsure = sum(len(each.doubts) for each in everything)
    if not rejected and not unsure:
        return
    said = [f"{counted(rejected, 'rows')} rejected"] if rejected else []
    people = "1 person" if unsure == 1 else f"{unsure:,} people"
    said += [f"{people} left, who may be in the store already"] if unsure else []
    hints = ["mend and import: " + ", ".join(kept.values()) if kept else "nothing was changed"] if rejected else []
    hints += ["import again with --same or --new"] if unsure else []
    raise RejectedError("; ".join(said), "; ".join(hints))


def as_brought(found: Bookmarks) -> Brought:
    """Saved pages as the rejects of every file are handled."""
    from giveback.people.formats import Reject, Sheet
    from giveback.people.importing import Brought, Counts, PeopleCounts
    from giveback.reading.bookmarks import Refused

    def write(rejects: Sequence[Reject]) -> str:
        return found.write([Refused(one.line, one.reason, tuple(one.cells)) for one in rejects])

    sheet = Sheet(found.name, (), (), (), found.passed_over, write)
    return Brought(sheet, PeopleCounts(), Counts(), [Reject(*one) for one in found.refused], ())


def tell_filled(filled: Filled) -> None:
    """Tell how many texts of saved pages were fetched."""
    note(f"{counted(filled.texts, 'texts')} fetched" + (f", {len(filled.failures):,} not" if filled.failures else ""))
    for url, reason in filled.failures[:TOLD]:
        note(f"{url}: {reason}")
    if len(filled.failures) > TOLD:
        note(f"and {len(filled.failures) - TOLD:,} more")


def show_json(loaded: Loaded, done: Done, pages: Sequence[Brought], kept: Mapping[int, str]) -> None:
    """Print one record for each file."""
    from giveback.output import records

    articles = [Added(len(one.added), one.known) for one in done.collected]
    both = zip([*done.brought, *pages], [*[Added(0, 0)] * len(done.brought), *articles], strict=True)
    records.show(
        [record(each, kept.get(place), articles=counts) for place, (each, counts) in enumerate(both)]
        + [
            record(_list_as_brought(found), None, feeds=Added(*counts))
            for (found, _), counts in zip(loaded.lists, done.subscribed, strict=True)
        ]
    )


def _list_as_brought(found: Subscriptions) -> Brought:
    """A list of feeds in the shape that every file has in JSON."""
    from giveback.people.formats import Reject, Sheet
    from giveback.people.importing import Brought, Counts, PeopleCounts

    sheet = Sheet(found.name, (), (), (), (), lambda _: "")
    return Brought(
        sheet, PeopleCounts(), Counts(), [Reject(one.line, one.reason, one.said) for one in found.refused], ()
    )
