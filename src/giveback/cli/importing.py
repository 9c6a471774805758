"""People: import."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.cli import archives, subscribing
from giveback.cli.common import DryRun, Here, Json, can_ask, family, here, note, refresh
from giveback.cli.imported import TOLD, Added, counted, record, said_of, tell, tell_pages, tell_rejects
from giveback.cli.panels import grouped
from giveback.errors import RejectedError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlmodel import Session

    from giveback.people.formats import Sheet
    from giveback.people.importing import Brought, Doubt
    from giveback.reading.bookmarks import Bookmarks
    from giveback.reading.collecting import Collected, Filled
    from giveback.reading.subscriptions import Subscribed, Subscriptions

app = family()

MAIL = "mail"
"""The word before mailboxes, which are read in another way than files; a file of that name is ./mail."""
SLOW_ROWS = 3_000
"""From here on an import may take a second."""
SLOW_BYTES = 4_000_000
"""From here on reading alone may."""


class _Loaded(NamedTuple):
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


class _Done(NamedTuple):
    """What became of them."""

    brought: list[Brought]
    subscribed: list[Subscribed]
    collected: list[Collected]


GROUPS = grouped(
    People=("--map", "--same", "--new", "--every"),
    Feeds_and_pages=("--fetch", "--allow-private"),
    Mail=("--me", "--bodies", "--add"),
)


@app.command("import", cls=GROUPS)
def import_files(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="vCard, CSV, LDIF, OPML …, a folder of vCards, or - for standard input."
        ),
    ],
    columns: Annotated[
        str, typer.Option("--map", metavar="PAIRS", help='What columns are: "Who=name,Mail=email"; remembered.')
    ] = "",
    same: Annotated[bool, typer.Option("--same", help="Who may be somebody in the store is that person.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Who may be somebody in the store is somebody new.")] = False,
    every: Annotated[
        str, typer.Option(metavar="SPAN", help="How often to be in touch with new contacts: 3w, warm, never …")
    ] = "",
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch the saved pages for their texts.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Of feeds and --fetch: permit addresses on this network.")
    ] = False,
    me: Annotated[
        list[str] | None,
        typer.Option("--me", metavar="TEXT", help="Of mail: an address of yours; repeat it. It is remembered."),
    ] = None,
    bodies: Annotated[
        bool, typer.Option("--bodies", help="Of mail: keep the beginning of each text, not only the subject.")
    ] = False,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="TEXT", help='Of mail: add whom you wrote to, by address; repeat it; "all".'),
    ] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Import people, exchanges, feeds, saved pages and mail.

    What a file holds is told by its content. People: vCard of any version, jCard, folders of vCards,
    CSV of LinkedIn, Google, Outlook and Thunderbird, LDIF, abook, khard's YAML, Monica's JSON,
    friends.md, and any table with a column `name` (or --map); "abook" and "khard" alone mean what these
    programs keep. Exchanges: tables with date, name or
    email, and kind or text. Feeds: OPML, or newsboat's urls file. Saved pages: exports of Pocket,
    Raindrop, Instapaper and Readwise Reader, browsers' bookmarks; other tables by
    --map "url=Link,title=Name". docs/people.md and docs/formats.md say more.

    Mail: "mail" and then mbox files, Maildirs, .eml files or folders of these. Messages to and from
    contacts become exchanges, by day and subject: those that you wrote, and those of a conversation;
    nothing from lists and machines, nothing to five people or more.

    Import a file again as often as you like: only what changed in it changes here, and nothing that
    you changed yourself. Who may or may not be somebody in the store is asked on a terminal, and
    otherwise left until you say --same or --new. Rejected entries are told with their reason and kept
    in a file beside the store, to be mended and imported; one undo takes all of it back.

    Example: giveback import contacts.vcf Connections.csv ~/.contacts
    """
    if files[0] == MAIL:
        from giveback.cli.importing_mail import Options, import_mail

        import_mail(files[1:], Options(me or (), bodies, add or ()), json=json, dry_run=dry_run)
        return
    from giveback.people.importing.programs import expanded

    at = here()
    if same and new:
        raise UsageError("--same and --new exclude each other", "leave both out to be asked, on a terminal")
    files = archives.taken_out(at, expanded(files), json=json, dry_run=dry_run)
    if not files:
        return
    cards = {} if dry_run else archives.cards_in(files)
    loaded = _loaded(at, files, columns, allow_private=allow_private)
    decide = _decision(at, loaded.sheets, same=same, new=new)
    done = _bring_in(at, loaded, every, decide, dry_run=dry_run)
    pages = [_as_brought(found) for found in loaded.pages]
    everything = [*done.brought, *pages]
    kept = {} if dry_run else _keep_rejects(at, everything)
    if not dry_run:
        subscribing.keep_passwords([found for found, _ in loaded.lists])
    filled = _filled(at, done.collected, allow_private=allow_private) if fetch and not dry_run else None
    if json:
        _show_json(loaded, done, pages, kept)
    else:
        tell(done.brought, dry_run=dry_run)
        for (found, _), counts in zip(loaded.lists, done.subscribed, strict=True):
            subscribing.tell(found, counts, dry_run=dry_run)
        tell_pages(pages, [Added(len(one.added), one.known) for one in done.collected], dry_run=dry_run)
    if filled is not None:
        _tell_filled(filled)
    tell_rejects(everything)
    if (loaded.sheets or loaded.pages) and not dry_run:
        archives.note_imported(at, cards, done.brought)
        refresh(at)
    _refuse(everything, kept)
    subscribing.refuse([found for found, _ in loaded.lists])


def _refuse(everything: Sequence[Brought], kept: Mapping[int, str]) -> None:
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


def _loaded(at: Here, files: Sequence[str], columns: str, *, allow_private: bool) -> _Loaded:
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
    loaded = _Loaded([], [], [], mapped)
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
    loaded: _Loaded, data: bytes, name: str, columns: str, named: Mapping[str, str], *, allow_private: bool
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


def _decision(at: Here, sheets: Sequence[Sheet], *, same: bool, new: bool) -> Callable[[Doubt], int | None]:
    """How to tell who somebody is of whom it is not certain: as the options say, or as the user does, asked first."""
    if new:
        return lambda _: 0
    if same:
        return lambda doubt: doubt.candidates[0].id if len(doubt.candidates) == 1 else None
    if not can_ask():
        return lambda _: None
    from giveback.people.importing import doubts
    from giveback.store import connect

    connection = connect.read(at.store)
    if connection is None:
        return lambda _: None
    try:
        found = doubts(connection, sheets, at.now)
    finally:
        connection.close()
    answers = {(doubt.name, doubt.hint): _asked(doubt) for doubt in found}
    return lambda doubt: answers.get((doubt.name, doubt.hint))


def _asked(doubt: Doubt) -> int | None:
    note(said_of(doubt))
    for number, known in enumerate(doubt.candidates, start=1):
        note(f"  {number}  {known.label}")
    numbers = {str(number): known.id for number, known in enumerate(doubt.candidates, start=1)}
    said = ""
    while said not in (*numbers, "n", "l"):
        said = typer.prompt("Which one, n for somebody new, l to leave it", default="l", err=True).strip().lower()
    return {"n": 0, "l": None}.get(said, numbers.get(said))


def _bring_in(at: Here, loaded: _Loaded, every: str, decide: Callable[[Doubt], int | None], *, dry_run: bool) -> _Done:
    """Bring all files in, in one unit of work."""
    from giveback.config import usual_cadence
    from giveback.people.contacts import checked_cadence
    from giveback.people.importing import bring_in, storing
    from giveback.store.changes import change, change_in_bulk

    sheets, lists, pages, mapped = loaded
    usual = checked_cadence(every) if every else usual_cadence(at.places)
    # Feeds and pages are stored through SQLModel; people alone need not wait for its import.
    unit_of_work = change if lists or pages else change_in_bulk
    command = f"import {loaded.names}"
    with _progress(sheets) as step, unit_of_work(at.store, at.now, command, dry_run=dry_run) as unit:
        brought = bring_in(unit, sheets, at.now, usual, step, decide=decide)
        for sheet in sheets:
            if sheet.header:
                storing.keep_mapping(storing.driver(unit), sheet.header, mapped, at.now)
        return _Done(brought, *_reading_matter(unit, lists, pages, at))


def _reading_matter(
    unit: Session | sqlite3.Connection,
    lists: Sequence[tuple[Subscriptions, bool]],
    pages: Sequence[Bookmarks],
    at: Here,
) -> tuple[list[Subscribed], list[Collected]]:
    """Bring feeds and saved pages in."""
    import sqlite3

    if isinstance(unit, sqlite3.Connection):
        return [], []
    from giveback.reading.collecting import collect
    from giveback.reading.subscriptions import subscribe

    subscribed = [subscribe(unit, found.feeds, at.now, allow_private=private) for found, private in lists]
    return subscribed, [collect(unit, found.rows, at.now) for found in pages]


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


def _as_brought(found: Bookmarks) -> Brought:
    """Saved pages as the rejects of every file are handled."""
    from giveback.people.formats import Reject, Sheet
    from giveback.people.importing import Brought, Counts, PeopleCounts
    from giveback.reading.bookmarks import Refused

    def write(rejects: Sequence[Reject]) -> str:
        return found.write([Refused(one.line, one.reason, tuple(one.cells)) for one in rejects])

    sheet = Sheet(found.name, (), (), (), found.passed_over, write)
    return Brought(sheet, PeopleCounts(), Counts(), [Reject(*one) for one in found.refused], ())


def _filled(at: Here, collected: Sequence[Collected], *, allow_private: bool) -> Filled:
    from giveback.config import number_setting
    from giveback.reading.collecting import fill

    numbers = [number for each in collected for number in each.added]
    with _bar("fetching", len(numbers), seen=sys.stderr.isatty()) as step:
        return fill(
            at.store,
            at.now,
            numbers,
            timeout=float(number_setting(at.places, "fetch.timeout")),
            concurrency=max(1, number_setting(at.places, "fetch.connections")),
            pause=number_setting(at.places, "fetch.pause"),
            allow_private=allow_private,
            on_done=step,
        )


def _tell_filled(filled: Filled) -> None:
    note(f"{counted(filled.texts, 'texts')} fetched" + (f", {len(filled.failures):,} not" if filled.failures else ""))
    for url, reason in filled.failures[:TOLD]:
        note(f"{url}: {reason}")
    if len(filled.failures) > TOLD:
        note(f"and {len(filled.failures) - TOLD:,} more")


def _show_json(loaded: _Loaded, done: _Done, pages: Sequence[Brought], kept: Mapping[int, str]) -> None:
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


def _progress(sheets: Sequence[Sheet]) -> AbstractContextManager[Callable[[str], None]]:
    from giveback.people.importing import steps

    rows = sum(len(sheet.contacts) + len(sheet.exchanges) for sheet in sheets)
    return _bar("importing", sum(map(steps, sheets)), seen=rows >= SLOW_ROWS and sys.stderr.isatty())


def _bar(title: str, total: int, *, seen: bool) -> AbstractContextManager[Callable[[str], None]]:
    if not seen:
        return nullcontext(lambda _: None)
    from giveback.output.rich import progress

    return progress(title, total)


def _keep_rejects(at: Here, brought: Sequence[Brought]) -> dict[int, str]:
    """Files of rejects by the place of the file they came from."""
    from os.path import dirname, join

    from giveback.people.importing import keep_rejects

    folder = join(dirname(at.places.drafts), "rejects")
    return {place: keep_rejects(folder, each.sheet, each.rejects) for place, each in enumerate(brought) if each.rejects}
