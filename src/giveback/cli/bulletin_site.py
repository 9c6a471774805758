"""Bulletins on the web: publish, and the preview in a browser."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.bulletin_mail import site_address
from giveback.cli.common import DryRun, Here, Json, here, note, questions, would
from giveback.config import setting
from giveback.errors import NotFoundError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.bulletins.issues import Opened
    from giveback.bulletins.letters import Letter
    from giveback.bulletins.publishing import Written
    from giveback.bulletins.site import Issue, Site
    from giveback.store.questions.bulletins import IssueRow


def publish(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="ISSUE", help="Issues to publish that were not sent or published yet.")
    ] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="FOLDER", help="Where the pages go; a folder of their own.")
    ] = "site",
    only: Annotated[str, typer.Option(metavar="TITLE", help="Only the issues of this bulletin.")] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Write the issues as a site: a front page, a page for each, an archive, Atom and JSON feeds.

    On it are the issues that were sent or published before, and those that you name. Only files that changed are
    written, and the address of an issue never changes. Upload the folder to any web server: the pages need no script
    and load nothing from elsewhere.

    Example: giveback bulletin publish --to site/
    """
    from giveback.bulletins import publishing
    from giveback.bulletins.issues import open_issue, required_bulletin, settle
    from giveback.dates import utc_text
    from giveback.store.changes import change
    from giveback.store.questions import bulletins as ask

    at = here()
    connection = questions(at)
    if connection is None:
        raise NotFoundError("there are no bulletins yet", 'giveback bulletin new "Energy this week" --topic energy')
    with closing(connection):
        key = required_bulletin(connection, only).key if only else ""
        rows = publishing.to_publish(connection, numbers or (), key)
        topics = {row.id: row.topic for row in ask.bulletins(connection)}
        opened = [open_issue(connection, row.id, at.places.bulletins) for row in rows]
        site = _site(at, connection, rows)
    moment = utc_text(at.now.at)
    issues = [_issue(each, topics[each.row.bulletin_id], moment) for each in opened]
    changed, written = publishing.compare(to, site, issues)
    if not dry_run:
        publishing.write(to, changed)
        with change(at.store, at.now, f"bulletin publish --to {to}") as session:
            for each in opened:
                settle(session, each, at.now)
            publishing.remember(session, rows, at.now)
    _tell(to, written, len(issues), json=json, dry_run=dry_run)
    if not site.address:
        note("the feeds have no address of their own yet: giveback config set bulletins.url https://example.org/")


def _issue(opened: Opened, topic: str, moment: str) -> Issue:
    from giveback.bulletins import files
    from giveback.bulletins.publishing import issue_of

    if opened.decision == files.TAKE:  # its text changes now
        opened = opened._replace(row=opened.row._replace(updated_at=moment))
    return issue_of(opened, topic, moment)


def _site(at: Here, connection: sqlite3.Connection, rows: Sequence[IssueRow]) -> Site:
    from giveback.bulletins.addresses import language
    from giveback.bulletins.site import Site
    from giveback.store.questions.bulletins import bulletins
    from giveback.text import clean_line

    series = {row.bulletin_id for row in rows}
    known = [row for row in bulletins(connection) if row.id in series]
    first = min(known, key=lambda row: row.id)
    author = clean_line(setting(at.places, "me.name"), 200)
    usual = first.title if len(known) == 1 else f"Bulletins by {author}" if author else "Bulletins"
    return Site(
        title=clean_line(setting(at.places, "bulletins.title"), 200) or usual,
        author=author,
        address=site_address(at),
        uuid=first.uuid,
        language=language(setting(at.places, "bulletins.language")),
    )


def _tell(to: str, written: Written, issues: int, *, json: bool, dry_run: bool) -> None:
    if json:
        from giveback.output import records

        records.show(
            {
                "folder": to,
                "issues": issues,
                "written": written.changed,
                "unchanged": written.same,
                "dry_run": dry_run,
            }
        )
    else:
        count = f"{issues} issue{'' if issues == 1 else 's'}"
        files = f"{len(written.changed)} file{'' if len(written.changed) == 1 else 's'} written"
        would(dry_run, f"{to} · {count} · {files}" + (f", {written.same} unchanged" if written.same else ""))
    for path, size in written.heavy:
        note(f"{path} has {size:,} bytes: a page of less than 50,000 is there at once")


def show_in_browser(at: Here, opened: Opened, letter: Letter) -> None:
    """Write mail and page as files, and open them."""
    import webbrowser
    from pathlib import Path

    from giveback.bulletins import files
    from giveback.bulletins.publishing import issue_of
    from giveback.bulletins.site import pages, path_of
    from giveback.dates import utc_text
    from giveback.output.table import is_terminal

    folder = os.path.join(at.places.bulletins, "preview")
    connection = questions(at)
    assert connection is not None
    site = _site(at, connection, [opened.row])
    made = pages(site, [issue_of(opened, "", utc_text(at.now.at))])
    for path, text in made.items():
        files.write(os.path.join(folder, path), text)
    mail = os.path.join(folder, "mail.html")
    files.write(mail, letter.html)
    for path in (mail, os.path.join(folder, path_of(opened.row.slug))):
        print(path)
        if is_terminal():  # in a pipe nobody looks
            webbrowser.open(Path(path).absolute().as_uri())
