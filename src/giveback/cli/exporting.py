"""People: export."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, say, whom, would
from giveback.cli.panels import grouped
from giveback.errors import RejectedError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.people.vdirs import Written
    from giveback.people.writing.vcards import Version
    from giveback.store.folders import Outcome
    from giveback.store.questions.whole import Away, Whole

app = family()

FORMATS = ("vcf", "csv", "json", "md", "ics", "opml")
FOLDERS = ("vcf", "md")
TOLD = 10
"""Files of others that are named on stderr."""


GROUPS = grouped(
    Whom=("--query", "--circle", "--archived"),
    Where_to=("--format", "--to", "--all", "--force"),
    Of_one_format=("--vcard", "--bom", "--links"),
)


@app.command("export", cls=GROUPS)
def export(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Only these contacts; everybody without.")
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="vcf, csv, json, md, ics or opml.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="PATH", help="A file, a folder, or - for standard output.")] = "-",
    query: Annotated[str, typer.Option(metavar="TEXT", help="Only those whom `giveback contacts TEXT` lists.")] = "",
    circle: Annotated[str, typer.Option(metavar="CIRCLE", help="Only those in this circle.")] = "",
    archived: Annotated[bool, typer.Option("--archived", help="Those who were put away, too.")] = False,
    vcard: Annotated[str, typer.Option("--vcard", metavar="VERSION", help="3.0 or 4.0, of vcf.")] = "3.0",
    bom: Annotated[bool, typer.Option("--bom", help="Of csv: begin with a byte order mark, for Excel.")] = False,
    links: Annotated[bool, typer.Option("--links", help="Of md: companies and circles as [[wiki links]].")] = False,
    everything: Annotated[str, typer.Option("--all", metavar="FILE", help="The whole store as one archive.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there or were changed.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Write contacts, or everything, for other programs.

    The format follows from PATH where none is said: its ending, or vcf for a folder. A folder gets a file for
    each contact; only what changed is written again, contacts that are gone go there too, and what
    others put or changed there stays. ics has follow-ups and birthdays, opml the feeds. --all writes an
    archive, which `giveback import` brings back into an empty store.

    Example: giveback export --to ~/.contacts/
    """
    at = here()
    if everything:
        _archive(at, everything, json=json, force=force, dry_run=dry_run)
        return
    chosen = _format(form, to)
    if chosen in FOLDERS and _is_folder(to):
        _folder(at, chosen, to, _Selection(names or [], query, circle, archived=archived), _version(vcard),
                links=links, force=force, json=json, dry_run=dry_run)  # fmt: skip
        return
    if _is_folder(to):
        hint = "tasks in a folder: giveback followups --vdir FOLDER" if chosen == "ics" else "name a file"
        raise UsageError(f"{chosen} goes into one file, and {to} is a folder", hint)
    if chosen == "md":
        raise UsageError("md needs a folder, with a page for each person", "giveback export --format md --to people/")
    text = _text(at, chosen, _Selection(names or [], query, circle, archived=archived), _version(vcard), bom=bom)
    _put(text, to, force=force, json=json, dry_run=dry_run)


class _Selection:
    """Whom an export is about."""

    def __init__(self, names: Sequence[str], query: str, circle: str, *, archived: bool) -> None:
        self.names, self.query, self.circle, self.archived = names, query, circle, archived

    @property
    def is_whole(self) -> bool:
        """Whether it is everybody."""
        return not (self.names or self.query or self.circle)

    def numbers(self, connection: sqlite3.Connection | None) -> list[int]:
        """The contacts, each once: those named in that order, else by name."""
        if self.names:
            return list(dict.fromkeys(whom(connection, name).id for name in self.names))
        if connection is None:
            return []
        from giveback.store.questions.contacts import listed
        from giveback.text import fold

        rows = listed(connection, fold(self.query))
        if self.archived:
            rows += listed(connection, fold(self.query), archived=True)
        members = _members(connection, self.circle) if self.circle else None
        return [row.id for row in rows if members is None or row.id in members]


def _members(connection: sqlite3.Connection, name: str) -> set[int]:
    from giveback.giving.circles import people_of

    return set(people_of(connection, name))


def _format(form: str, to: str) -> str:
    said = form.strip().lower()
    if said:
        if said not in FORMATS:
            raise UsageError(f"{form!r} is no format", "use one of " + ", ".join(FORMATS))
        return said
    ending = os.path.splitext(to)[1].lstrip(".").lower()
    if ending in FORMATS and not os.path.isdir(to):
        return ending
    if _is_folder(to):
        return "vcf"
    raise UsageError("a format is missing", "say --format vcf, csv, json, md, ics or opml")


def _is_folder(to: str) -> bool:
    return to != "-" and (to.endswith(("/", os.sep)) or os.path.isdir(to))


def _version(said: str) -> Version:
    from giveback.people.writing.vcards import VERSIONS

    for version in VERSIONS:
        if said.strip() in (version, version[0]):
            return version
    raise UsageError(f"{said!r} is no version of vCard that is written", "use --vcard 3.0 or --vcard 4.0")


def _people(at: Here, selection: _Selection) -> list[Whole]:
    from giveback.store.questions.whole import whole

    connection = questions(at)
    numbers = selection.numbers(connection)
    return list(whole(connection, numbers)) if connection is not None else []


def _text(at: Here, form: str, selection: _Selection, version: Version, *, bom: bool) -> str:
    if form == "opml":
        return _feeds(at)
    if form == "ics":
        return _calendar(at, selection)
    people = _people(at, selection)
    if form == "csv":
        from giveback.people.writing.tables import table

        return table(people, bom=bom)
    if form == "json":
        from giveback.dates import utc_text
        from giveback.people.writing.documents import document

        return document(people, utc_text(at.now.at))
    from giveback.people.writing.vcards import card

    return "".join(card(one, version) for one in people)


def _feeds(at: Here) -> str:
    from giveback.reading.opml import write_opml
    from giveback.store.questions.articles import feeds

    connection = questions(at)
    rows = feeds(connection) if connection is not None else []
    return write_opml([row for row in rows if row.url.startswith(("http://", "https://"))], at.now.at)


def _calendar(at: Here, selection: _Selection) -> str:
    from giveback.cli.calendars import AHEAD_DAYS
    from giveback.keeping.calendars import text

    connection = questions(at)
    numbers = None if selection.is_whole else selection.numbers(connection)
    return text(connection, at.now.today, AHEAD_DAYS, numbers).decode() if connection is not None else ""


def _put(text: str, to: str, *, force: bool, json: bool, dry_run: bool) -> None:
    """Write one file, or standard output."""
    if to == "-":
        if not dry_run:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode()) if hasattr(sys.stdout, "buffer") else sys.stdout.write(text)
        return
    from giveback.writing import mode_of, put

    _refuse_over(to, force=force)
    if not dry_run:
        put(to, text.encode(), mode=mode_of(to))
    _tell_file(to, json=json, dry_run=dry_run)


def _refuse_over(path: str, *, force: bool) -> None:
    if os.path.exists(path) and not force:
        raise UsageError(f"{path} is there already", "name another file, or write over it by --force")


def _tell_file(path: str, *, json: bool, dry_run: bool) -> None:
    if json:
        from giveback.output import records

        records.show({"file": path, "dry_run": dry_run})
    else:
        would(dry_run, f"wrote {path}")


def _folder(
    at: Here, form: str, to: str, selection: _Selection, version: Version, *,
    links: bool, force: bool, json: bool, dry_run: bool,
) -> None:  # fmt: skip
    people = _people(at, selection)
    away = _away(at) if selection.is_whole and not selection.archived else []
    if form == "md":
        from giveback.people.pages import write as write_pages

        done = write_pages(
            at.store, to, people, whole=selection.is_whole, spared={one.uuid for one in away},
            links=links, dry_run=dry_run, force=force,
        )  # fmt: skip
        tell_folder(to, done, json=json, dry_run=dry_run)
    else:
        from giveback.people.vdirs import write as write_cards

        cards = write_cards(
            at.store, to, people, version, whole=selection.is_whole, archived=away, dry_run=dry_run, force=force,
        )  # fmt: skip
        done = cards.outcome
        tell_folder(to, done, json=json, dry_run=dry_run)
        _tell_archived(cards)
    if done.changed:
        raise RejectedError(
            f"changed by others in {to} and left as they are: {len(done.changed)}",
            f"`giveback import {to}` brings them in; --force writes over them",
        )


def _away(at: Here) -> list[Away]:
    """Who is archived."""
    from giveback.store.questions.whole import put_away

    connection = questions(at)
    return put_away(connection) if connection is not None else []


def _tell_archived(cards: Written) -> None:
    """Say which cards of archived contacts went, and which stay."""
    for file, name in cards.left[:TOLD]:
        note(f'{file}: removed, since {name} is archived; giveback archive "{name}" --back brings it back')
    if len(cards.left) > TOLD:
        note(f"and {len(cards.left) - TOLD:,} more: removed, since they are archived (giveback contacts --archived)")
    for file, name in cards.pictured[:TOLD]:
        note(f"{file}: {name} is archived, but the picture in it is kept nowhere else; --force removes it")
    if len(cards.pictured) > TOLD:
        note(f"and {len(cards.pictured) - TOLD:,} more with pictures")


def tell_folder(folder: str, done: Outcome, *, json: bool, dry_run: bool) -> None:
    """Say what became of a folder."""
    if json:
        from giveback.output import records

        records.show({"folder": folder, **done._asdict(), "dry_run": dry_run})
        return
    counts = {"written": len(done.written), "unchanged": done.unchanged, "removed": len(done.removed)}
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count or what == "written")
    would(dry_run, f"{folder}: {said}")
    for what, names in (("changed by others, left as it is", done.changed), ("deleted there, left away", done.deleted)):
        for name in names[:TOLD]:
            note(f"{name}: {what}")
        if len(names) > TOLD:
            note(f"and {len(names) - TOLD:,} more: {what}")


def _archive(at: Here, target: str, *, json: bool, force: bool, dry_run: bool) -> None:
    from giveback.store.archive import is_archive, write

    if os.path.isdir(target):
        stem = os.path.basename(at.store).removesuffix(".db")
        target = os.path.join(target, f"{stem}-{at.now.today.isoformat()}.zip")
    if not is_archive(target):  # an older archive of ours may be replaced, as a backup may
        _refuse_over(target, force=force)
    if dry_run:
        would(dry_run, f"wrote everything to {target}")
        return
    done = write(at.store, target, at.now)
    if json:
        from giveback.output import records

        records.show({"file": target, "tables": dict(done.rows), "dry_run": False})
        return
    rows = sum(done.rows.values())
    say(f"wrote everything to {target}: {rows:,} rows, {done.rows.get('contact', 0):,} contacts")
