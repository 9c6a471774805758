"""Bulletins: edit, preview, list, and the commands of the other files."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli import bulletin_bounces, bulletin_mail, bulletin_making, bulletin_readers, bulletin_site
from giveback.cli.bulletin_files import asked, can_edit, edit_file, take_in
from giveback.cli.common import (
    Here,
    Json,
    family,
    here,
    note,
    questions,
    say,
)

if TYPE_CHECKING:
    import sqlite3

    from giveback.store.questions.bulletins import BulletinRow, IssueRow

app = family()

Number = Annotated[int, typer.Argument(metavar="ISSUE", help="The number of an issue: giveback bulletin list.")]


@app.callback()
def bulletin() -> None:
    """Bulletins: new, for, edit, preview, list, readers, send, publish, bounces."""


app.command("new")(bulletin_making.new)
app.command("for")(bulletin_making.for_person)


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
    with closing(asked(at)) as connection:
        try:
            path = open_issue(connection, number, at.places.bulletins).path
        except GivebackError:
            path = _path(at, connection, number)
            if not can_edit() or not os.path.exists(path):
                raise
    if not os.path.exists(path):
        take_in(at, number)
    if can_edit():
        edit_file(at, path)
    take_in(at, number)


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
    with closing(asked(at)) as connection:
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


app.command("readers", context_settings={"ignore_unknown_options": True})(bulletin_readers.readers)
app.command("send")(bulletin_mail.send)
app.command("publish")(bulletin_site.publish)
app.command("bounces")(bulletin_bounces.bounces)
