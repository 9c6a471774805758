"""Bulletins: new, for, edit, preview, list."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli import bulletin_mail, bulletin_site
from giveback.cli.common import (
    DryRun,
    Here,
    Json,
    Name,
    editor,
    family,
    here,
    note,
    questions,
    say,
    threshold_of,
    wanted_model,
    whom,
    would,
)
from giveback.config import number_setting, setting
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.bulletins.compiling import Compiled
    from giveback.bulletins.issues import Opened, Series
    from giveback.store.questions.bulletins import BulletinRow, IssueRow

app = family()

Number = Annotated[int, typer.Argument(metavar="ISSUE", help="The number of an issue: giveback bulletin list.")]
Since = Annotated[str, typer.Option(metavar="SPAN", help="Only articles of the last: 7d, 2w, 30d.")]
Limit = Annotated[int, typer.Option(metavar="COUNT", min=0, help="Items at most; 0 for the setting.")]
Sensitive = Annotated[
    bool, typer.Option("--include-sensitive", help="Also politics, religion, crime, war, death, sex, illness.")
]


@app.callback()
def bulletin() -> None:
    """Bulletins: new, for, edit, preview, list, readers, send, publish, bounces."""


@app.command("new")
def new(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Of the bulletin; a known one gets another issue.")],
    topic: Annotated[
        str, typer.Option(metavar="PHRASE", help="What it is about; else as before, else the title.")
    ] = "",
    since: Since = "7d",
    limit: Limit = 0,
    include_sensitive: Sensitive = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Compile an issue on a topic and open it in your editor.

    The best articles of the last days are picked and grouped; what the readers have already is left out. On a
    terminal the Markdown file opens in $EDITOR; in a pipe it is written, and its path is said. What the file says
    is what goes out.

    Example: giveback bulletin new "Energy this week" --topic energy --since 7d
    """
    from datetime import timedelta

    from giveback.bulletins.compiling import Wanted, compile_topic, meant
    from giveback.bulletins.issues import Series
    from giveback.bulletins.readers import resolve
    from giveback.dates import parse_span
    from giveback.giving.choices import kinds
    from giveback.store.questions.bulletins import bulletin as ask
    from giveback.text import clean_line, fold

    at = here()
    connection = _asked(at)
    known = ask(connection, fold(clean_line(title)))
    if known is not None and known.contact_id is not None:
        raise UsageError(f"{known.title!r} is for one person", "giveback bulletin for NAME makes another issue of it")
    phrase = clean_line(topic) or (known.topic if known else "") or clean_line(title)
    readers = resolve(connection, known, at.now.today, wanted_model(at)) if known else []
    wanted = Wanted(
        topic=phrase,
        since=at.now.today - timedelta(parse_span(since)),
        today=at.now.today,
        model=wanted_model(at),
        limit=limit or number_setting(at.places, "bulletins.limit"),
        readers=tuple(reader.row.id for reader in readers),
        bulletin_id=known.id if known else None,
        sensitive=include_sensitive,
        allow=kinds(setting(at.places, "tact.allow")),
        threshold=threshold_of(at),
    )
    found = compile_topic(connection, wanted)
    about = (*meant(connection, phrase), *(part.name for part in found.parts))
    connection.close()
    _make(at, Series(title, phrase, about=about), found, json=json, dry_run=dry_run)


@app.command("for")
def for_person(
    name: Name,
    title: Annotated[str, typer.Option(metavar="TEXT", help='Of the bulletin; else "For" and the name.')] = "",
    since: Since = "30d",
    limit: Limit = 0,
    include_sensitive: Sensitive = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Compile an issue for one person, from what they care about.

    A section for each interest; what they were given or sent before does not come again. It is never published.

    Example: giveback bulletin for ana
    """
    from datetime import timedelta

    from giveback.bulletins.issues import Series
    from giveback.bulletins.personal import compile_person
    from giveback.dates import parse_span
    from giveback.giving.choices import Choice, kinds

    at = here()
    connection = _asked(at)
    person = whom(connection, name)
    choice = Choice(
        limit=limit or number_setting(at.places, "bulletins.limit"),
        since=(at.now.today - timedelta(parse_span(since))).isoformat(),
        sensitive=include_sensitive,
        allow=kinds(setting(at.places, "tact.allow")),
        threshold=threshold_of(at),
        weak=kinds(setting(at.places, "interests.weak")),
        model=wanted_model(at),
    )
    found = compile_person(connection, person.id, person.name, at.now.today, choice)
    series = Series(title or _title_for(connection, person.id, person.name), "", person.id)
    connection.close()
    _make(at, series, found, json=json, dry_run=dry_run)


def _title_for(connection: sqlite3.Connection, number: int, name: str) -> str:
    """The title of a person's bulletin: the one that they had before, or a new one."""
    from giveback.store.questions.bulletins import bulletins

    return next((row.title for row in bulletins(connection) if row.contact_id == number), f"For {name}")


def _asked(at: Here) -> sqlite3.Connection:
    connection = questions(at)
    if connection is None:
        raise NotFoundError("there are no articles yet", "giveback feed add ADDRESS, then giveback fetch")
    return connection


def _make(at: Here, series: Series, found: Compiled, *, json: bool, dry_run: bool) -> None:
    """Keep the issue, write its file, and let the user at it."""
    from giveback.bulletins import files
    from giveback.bulletins.document import Letter
    from giveback.bulletins.issues import create, remember_file
    from giveback.bulletins.writing import write
    from giveback.store.changes import change
    from giveback.store.questions.bulletins import issue as ask

    letter = Letter(
        greeting=setting(at.places, "bulletins.greeting"),
        closing=setting(at.places, "bulletins.closing"),
        language=setting(at.places, "bulletins.language"),
    )
    with change(at.store, at.now, f"bulletin new {series.title}", dry_run=dry_run) as session:
        made = create(
            session,
            series,
            at.now.today,
            lambda number: write(letter._replace(issue=number), series.title, found.parts),
            at.now,
        )
        assert made.id is not None
        number, text = made.id, made.text
        path = files.path_of(at.places.bulletins, number, made.slug)
        if not dry_run:
            aside = files.set_aside(path)
            files.write(path, text)
            remember_file(session, number, text)
            if aside:
                note(f"a file was in the way, it is {aside} now")
    _tell(at, number, path, found, json=json, dry_run=dry_run)
    if dry_run or json or not _can_edit():
        return
    _edit(at, path)
    with closing(_asked(at)) as connection:
        row = ask(connection, number)
        assert row is not None
    _take_in(at, number)


def _tell(at: Here, number: int, path: str, found: Compiled, *, json: bool, dry_run: bool) -> None:
    del at
    items = [entry for part in found.parts for entry in part.entries]
    if json:
        from giveback.output import records

        records.show(
            {
                "issue": number,
                "path": path,
                "sections": [
                    {
                        "name": part.name or None,
                        "items": [
                            {
                                "title": entry.title,
                                "url": entry.url,
                                "source": entry.source or None,
                                "sentence": entry.sentence or None,
                                "also_in": [other.url for other in entry.others],
                            }
                            for entry in part.entries
                        ],
                    }
                    for part in found.parts
                ],
                "held_back": sum(found.held.values()),
                "known": found.known,
                "dry_run": dry_run,
            }
        )
        return
    count = f"{len(items)} item" + ("" if len(items) == 1 else "s")
    names = [part.name for part in found.parts if part.name]
    would(dry_run, " · ".join([f"issue {number}", count, *([", ".join(names)] if names else []), path]))
    if found.held:
        kinds = ", ".join(f"{count} {kind}" for kind, count in found.held.items())
        note(f"held back as sensitive: {kinds}")
    if not dry_run and not _can_edit():
        note(f"edit the file, then: giveback bulletin preview {number}, giveback bulletin send {number} --dry-run")


def _can_edit() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _edit(at: Here, path: str) -> None:
    """Let the user edit the file itself: whatever happens, what they saved is there."""
    import shlex
    import subprocess

    from giveback.reading.locking import only_one

    command = editor()
    with only_one(at.store, f"{os.path.basename(path)}.lock") as alone:
        if not alone:
            note(f"{path} is open in another editor: what is saved last stays")
        try:
            done = subprocess.run([*shlex.split(command), path], check=False)  # noqa: S603 - the user's own editor
        except (OSError, ValueError) as error:
            raise UsageError(f"the editor {command!r} cannot be started", f"set EDITOR; the file is {path}") from error
    if done.returncode:
        note(f"the editor ended with {done.returncode}; the file is {path}")


def _take_in(at: Here, number: int) -> Opened:
    """Read the file again, and keep what it says."""
    from giveback.bulletins import files
    from giveback.bulletins.issues import open_issue, settle, vanished
    from giveback.store.changes import change

    with closing(_asked(at)) as connection:
        opened = open_issue(connection, number, at.places.bulletins)
        gone = vanished(connection, opened.row, opened.document)
    if opened.decision != files.SAME:
        with change(at.store, at.now, f"bulletin edit {number}") as session:
            settle(session, opened, at.now)
    items = len(opened.document.items)
    what = {files.TAKE: "taken over", files.WRITE: "written again from the store"}.get(opened.decision, "as it was")
    say(f"issue {number} · {opened.document.title} · {items} item{'' if items == 1 else 's'} · {what} · {opened.path}")
    for title in gone:
        note(f"{title!r} is not among the articles any more; it goes out as the file says")
    return opened


@app.command("edit")
def edit(
    number: Number,
    keep: Annotated[
        str, typer.Option(metavar="[file|store]", help="When both were changed: which of them goes out.")
    ] = "",
) -> None:
    """Open an issue in your editor and take over what you change.

    The Markdown file is what goes out; you may as well edit it by any other means. In a pipe the file is only read
    again.

    Example: giveback bulletin edit 3
    """
    from giveback.bulletins.issues import keep_one, open_issue
    from giveback.errors import GivebackError
    from giveback.store import connect

    at = here()
    if keep:
        with closing(connect.write(at.store)) as connection:
            keep_one(connection, number, at.places.bulletins, keep)
    with closing(_asked(at)) as connection:
        try:
            path = open_issue(connection, number, at.places.bulletins).path
        except GivebackError:
            path = _path(at, connection, number)
            if not _can_edit() or not os.path.exists(path):
                raise
    if not os.path.exists(path):
        _take_in(at, number)
    if _can_edit():
        _edit(at, path)
    _take_in(at, number)


def _path(at: Here, connection: sqlite3.Connection, number: int) -> str:
    from giveback.bulletins import files
    from giveback.bulletins.issues import required

    row = required(connection, number)
    return files.path_of(at.places.bulletins, number, row.slug)


@app.command("preview")
def preview(
    number: Number,
    browser: Annotated[
        bool, typer.Option("--browser", help="Open it as the mail and as the page that it will be.")
    ] = False,
) -> None:
    """Show an issue as it would go out now.

    Without --browser the plain text of the mail is shown, as to a reader without HTML.

    Example: giveback bulletin preview 3 --browser
    """
    from giveback.bulletins.issues import open_issue, vanished
    from giveback.output.table import is_terminal

    at = here()
    with closing(_asked(at)) as connection:
        opened = open_issue(connection, number, at.places.bulletins)
        gone = vanished(connection, opened.row, opened.document)
        letter = bulletin_mail.sample(at, connection, opened)
    for title in gone:
        note(f"{title!r} is not among the articles any more; it goes out as the file says")
    if browser:
        bulletin_site.show_in_browser(at, opened, letter)
        return
    if is_terminal():
        from giveback.output.rich import show_text

        show_text(f"Subject: {letter.subject}\n\n{letter.text}", pager=True)
        return
    from giveback.text import clean_line

    say(f"Subject: {letter.subject}")
    print()
    for line in letter.text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        print(" " * indent + clean_line(line, 2_000))


@app.command("list")
def list_issues(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Only the issues of this bulletin.")] = "",
    json: Json = False,
) -> None:
    """List bulletins and their issues, the latest first.

    Example: giveback bulletin list
    """
    from giveback.bulletins.issues import required_bulletin
    from giveback.store.questions import bulletins as ask

    at = here()
    connection = questions(at)
    only = required_bulletin(connection, title).id if title else None
    rows = ask.issues(connection, only) if connection is not None else []
    known = {row.id: row for row in ask.bulletins(connection)} if connection is not None else {}
    if json:
        from giveback.output import records

        records.show([_record(at, row, known[row.bulletin_id]) for row in rows])
        return
    if not rows:
        note('no bulletins yet: giveback bulletin new "Energy this week" --topic energy')
        return
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    columns = (
        Column("Issue", "number"),
        Column("Title", "name", wraps=True),
        Column("Day", "day"),
        Column("Items", "number"),
        Column("Sent to", "number"),
        Column("State", "dim"),
    )
    body = [
        (str(row.id), row.title, day_of(row.on_day, at.now.today), str(row.items), str(row.copies or ""), _state(row))
        for row in rows
    ]
    show(Table(columns, body))


def _state(row: IssueRow) -> str:
    said = [word for word, is_so in (("sent", row.sent_at), ("published", row.published_at)) if is_so]
    return ", ".join(said) or "draft"


def _record(at: Here, row: IssueRow, known: BulletinRow) -> dict[str, object]:
    from giveback.bulletins import files

    return {
        "issue": row.id,
        "uuid": row.uuid,
        "bulletin": row.bulletin,
        "topic": known.topic or None,
        "title": row.title,
        "on": row.on_day,
        "path": files.path_of(at.places.bulletins, row.id, row.slug),
        "items": row.items,
        "copies": row.copies,
        "state": _state(row),
        "sent_at": row.sent_at,
        "published_at": row.published_at,
    }


app.command("readers", context_settings={"ignore_unknown_options": True})(bulletin_mail.readers)
app.command("send")(bulletin_mail.send)
app.command("publish")(bulletin_site.publish)
app.command("bounces")(bulletin_mail.bounces)
