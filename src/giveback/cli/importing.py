"""People: import."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from giveback.cli import archives, subscribing
from giveback.cli.common import DryRun, Here, Json, family, here, note, refresh, would
from giveback.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from giveback.people.formats import Sheet
    from giveback.people.importing import Brought, Counts
    from giveback.reading.bookmarks import Bookmarks
    from giveback.reading.collecting import Collected, Filled
    from giveback.reading.subscriptions import Subscribed, Subscriptions

app = family()

TOLD = 20
"""Rejects of one file that are told on stderr; the file of rejects holds all."""
MAIL = "mail"
"""The word before mailboxes, which are read in another way than files; a file of that name is ./mail."""
SLOW_ROWS = 3_000
"""From here on an import may take a second."""


class _Loaded(NamedTuple):
    """What the files hold: people and exchanges, lists of feeds, saved pages."""

    sheets: list[Sheet]
    lists: list[tuple[Subscriptions, bool]]
    pages: list[Bookmarks]

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


@app.command("import")
def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV with a header, OPML, or bookmarks.")],
    columns: Annotated[
        str, typer.Option("--map", metavar="PAIRS", help='Columns of saved pages: "url=Link,title=Name".')
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
    """Import contacts, exchanges, feeds, saved pages and mail.

    What a file holds is told by its content. Contacts: name, and any of email, phone, company,
    title, town, nickname, tags, birthday, every (or cadence_days), met_at, notes; tags are
    separated by ; or |. Exchanges: date, name or email, kind (gave, received, met, call …), note.
    Feeds: OPML, or newsboat's urls file. Saved pages: exports of Pocket, Raindrop, Instapaper and
    Readwise Reader, browsers' bookmarks; other tables by --map (url, title, saved, tags, folder,
    note, excerpt). Rows that are known already add nothing. Rejected rows are told with their reason
    and kept in a file beside the store, to be mended and imported; all else is kept, and one undo
    takes it back.

    Mail: "mail" and then mbox files, Maildirs, .eml files or folders of these. Messages to and from
    contacts become exchanges, by day and subject: those that you wrote, and those of a conversation;
    nothing from lists and machines, nothing to five people or more.

    Example: giveback import contacts.csv exchanges.csv
    """
    if files[0] == MAIL:
        from giveback.cli.importing_mail import Options, import_mail

        import_mail(files[1:], Options(me or (), bodies, add or ()), json=json, dry_run=dry_run)
        return
    at = here()
    files = archives.taken_out(at, files, json=json, dry_run=dry_run)
    if not files:
        return
    loaded = _loaded(files, columns, allow_private=allow_private)
    done = _bring_in(at, loaded, dry_run=dry_run)
    pages = [_as_brought(found) for found in loaded.pages]
    kept = {} if dry_run else _keep_rejects(at, [*done.brought, *pages])
    if not dry_run:
        subscribing.keep_passwords([found for found, _ in loaded.lists])
    filled = _filled(at, done.collected, allow_private=allow_private) if fetch and not dry_run else None
    if json:
        _show_json(loaded, done, pages, kept)
    else:
        _tell(done.brought, dry_run=dry_run)
        for (found, _), counts in zip(loaded.lists, done.subscribed, strict=True):
            subscribing.tell(found, counts, dry_run=dry_run)
        _tell_pages(pages, done.collected, dry_run=dry_run)
    if filled is not None:
        _tell_filled(filled)
    _tell_rejects([*done.brought, *pages])
    if (loaded.sheets or loaded.pages) and not dry_run:
        refresh(at)
    rejected = sum(len(each.rejects) for each in (*done.brought, *pages))
    if rejected:
        hint = "mend and import: " + ", ".join(kept.values()) if kept else "nothing was changed"
        raise RejectedError(f"{_counted(rejected, 'rows')} rejected", hint)
    subscribing.refuse([found for found, _ in loaded.lists])


def _loaded(files: Sequence[str], columns: str, *, allow_private: bool) -> _Loaded:
    """Read the files.

    Raises:
        UsageError: no reader knows a file, or --map names what is not there.
        OSError: one cannot be read.
    """
    from giveback.people.formats import read as read_people
    from giveback.people.importing import read_file
    from giveback.reading.bookmarks import mapping
    from giveback.reading.bookmarks import recognise as saved_pages
    from giveback.reading.subscriptions import recognise as list_of_feeds

    named = mapping(columns)
    loaded = _Loaded([], [], [])
    for path in files:
        data, name = read_file(path)
        feeds = None if named else list_of_feeds(data, name)
        pages = None if feeds else saved_pages(data, name, named)
        if feeds is not None:
            loaded.lists.append(subscribing.permitted(feeds, allow_private=allow_private))
        elif pages is not None:
            loaded.pages.append(pages)
        else:
            loaded.sheets.append(read_people(data, name))
    return loaded


def _bring_in(at: Here, loaded: _Loaded, *, dry_run: bool) -> _Done:
    """Bring all files in, in one unit of work."""
    from giveback.config import usual_cadence
    from giveback.people.importing import bring_in
    from giveback.reading.collecting import collect
    from giveback.reading.subscriptions import subscribe
    from giveback.store.changes import change

    sheets, lists, pages = loaded
    with (
        _progress(sheets) as step,
        change(at.store, at.now, f"import {loaded.names}", dry_run=dry_run) as session,
    ):
        brought = bring_in(session, sheets, at.now, usual_cadence(at.places), step)
        subscribed = [subscribe(session, found.feeds, at.now, allow_private=private) for found, private in lists]
        return _Done(brought, subscribed, [collect(session, found.rows, at.now) for found in pages])


def _as_brought(found: Bookmarks) -> Brought:
    """Saved pages as the rejects of every file are handled."""
    from giveback.people.formats import Reject, Sheet
    from giveback.people.importing import Brought, Counts
    from giveback.reading.bookmarks import Refused

    def write(rejects: Sequence[Reject]) -> str:
        return found.write([Refused(one.line, one.reason, tuple(one.cells)) for one in rejects])

    sheet = Sheet(found.name, (), (), (), found.passed_over, write)
    return Brought(sheet, Counts(), Counts(), [Reject(*one) for one in found.refused], ())


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


def _tell_pages(pages: Sequence[Brought], collected: Sequence[Collected], *, dry_run: bool) -> None:
    for each, counts in zip(pages, collected, strict=True):
        parts = _counts("articles", Added(len(counts.added), counts.known))
        parts += [f"{_counted(len(each.rejects), 'rows')} rejected"] if each.rejects else []
        would(dry_run, f"{each.sheet.name}: {', '.join(parts)}")


def _tell_filled(filled: Filled) -> None:
    note(f"{_counted(filled.texts, 'texts')} fetched" + (f", {len(filled.failures):,} not" if filled.failures else ""))
    for url, reason in filled.failures[:TOLD]:
        note(f"{url}: {reason}")
    if len(filled.failures) > TOLD:
        note(f"and {len(filled.failures) - TOLD:,} more")


def _show_json(loaded: _Loaded, done: _Done, pages: Sequence[Brought], kept: Mapping[int, str]) -> None:
    from giveback.output import records

    articles = [Added(len(one.added), one.known) for one in done.collected]
    both = zip([*done.brought, *pages], [*[Added(0, 0)] * len(done.brought), *articles], strict=True)
    records.show(
        [_record(each, kept.get(place), articles=counts) for place, (each, counts) in enumerate(both)]
        + [
            _record(_list_as_brought(found), None, feeds=Added(*counts))
            for (found, _), counts in zip(loaded.lists, done.subscribed, strict=True)
        ]
    )


def _list_as_brought(found: Subscriptions) -> Brought:
    """A list of feeds in the shape that every file has in JSON."""
    from giveback.people.formats import Reject, Sheet
    from giveback.people.importing import Brought, Counts

    sheet = Sheet(found.name, (), (), (), (), lambda _: "")
    return Brought(sheet, Counts(), Counts(), [Reject(one.line, one.reason, one.said) for one in found.refused], ())


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


class Added(NamedTuple):
    """How many are new, and how many were there."""

    added: int
    known: int


def _counts(kind: str, counts: Counts | Added) -> list[str]:
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


def _record(
    each: Brought, kept: str | None, *, feeds: Added | None = None, articles: Added | None = None
) -> dict[str, Any]:
    return {
        "file": each.sheet.name,
        "contacts": each.contacts._asdict(),
        "exchanges": each.exchanges._asdict(),
        "feeds": (feeds or Added(0, 0))._asdict(),
        "articles": (articles or Added(0, 0))._asdict(),
        "rejected": [{"line": reject.line, "reason": reject.reason} for reject in each.rejects],
        "rejects_file": kept,
        "passed_over": list(each.sheet.passed_over),
        "namesakes": list(each.namesakes),
    }
