"""Issues go onto a site: only files that changed are written, and no address ever moves."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.bulletins.site import HEAVY, Issue, Site, pages
from giveback.errors import NotFoundError, UsageError
from giveback.store.questions import bulletins as ask
from giveback.writing import put, usual_mode

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

    from sqlmodel import Session

    from giveback.bulletins.issues import Opened
    from giveback.dates import Now
    from giveback.store.questions.bulletins import IssueRow

_OURS = "giveback"


class Written(NamedTuple):
    """What publishing does to a folder.

    Attributes:
        changed: paths that are written.
        same: how many are there already as they would be written.
        heavy: paths and bytes of pages that are heavier than a page should be.
    """

    changed: list[str]
    same: int
    heavy: list[tuple[str, int]]


def to_publish(connection: sqlite3.Connection, numbers: Collection[int], title_key: str = "") -> list[IssueRow]:
    """Which issues are on the site: those asked for, and those that were sent or published before.

    What was compiled for one person is never published.

    Args:
        connection: the store.
        numbers: of issues that are asked for.
        title_key: only the bulletin of that folded title; "" for all.

    Raises:
        NotFoundError: an issue that is asked for is not there, or there is nothing to publish.
        UsageError: an issue that is asked for is for one person.
    """
    rows = {row.id: row for row in ask.issues(connection)}
    for number in numbers:
        if number not in rows:
            raise NotFoundError(f"there is no issue {number}", "`giveback bulletin list` shows them")
        if rows[number].contact_id is not None:
            raise UsageError(f"issue {number} was compiled for one person", "it is not for everybody")
    series = {row.id: row.key for row in ask.bulletins(connection)}
    found = [
        row
        for row in rows.values()
        if row.contact_id is None
        and (row.id in numbers or row.published_at or row.sent_at)
        and (not title_key or series[row.bulletin_id] == title_key)
    ]
    if not found:
        drafts = [row.id for row in rows.values() if row.contact_id is None]
        hint = (
            f"giveback bulletin publish {drafts[0]} --to FOLDER publishes a draft"
            if drafts
            else "giveback bulletin new"
        )
        raise NotFoundError("no issue was sent or published yet", hint)
    return found


def issue_of(opened: Opened, topic: str, now: str) -> Issue:
    """An issue for the site, published now where it was not before."""
    row = opened.row
    published = row.published_at or row.sent_at or now
    return Issue(
        uuid=row.uuid,
        slug=row.slug,
        bulletin=row.bulletin,
        topic=topic,
        day=date.fromisoformat(row.on_day),
        published_at=published,
        updated_at=max(published, row.updated_at),
        document=opened.document,
    )


def compare(folder: str, site: Site, issues: Sequence[Issue]) -> tuple[dict[str, bytes], Written]:
    """What would be written into a folder.

    Args:
        folder: of the site; may not be there yet.
        site: what all pages share.
        issues: newest first.

    Returns:
        Path below the folder to content of what has to be written, and a summary.

    Raises:
        UsageError: the folder holds somebody else's front page.
    """
    _check(folder)
    made = {path: text.encode() for path, text in pages(site, issues).items()}
    changed = {path: data for path, data in made.items() if _there(os.path.join(folder, path)) != data}
    heavy = [(path, len(data)) for path, data in made.items() if path.endswith(".html") and len(data) > HEAVY]
    return changed, Written(list(changed), len(made) - len(changed), heavy)


def _there(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _check(folder: str) -> None:
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise UsageError(f"{folder} is a file, not a folder", "--to site/")
    feed = _there(os.path.join(folder, "atom.xml"))
    front = _there(os.path.join(folder, "index.html"))
    if front is not None and (feed is None or f"<generator>{_OURS}</generator>".encode() not in feed):
        raise UsageError(f"{folder} has pages that are not from here", "give a folder of its own: --to site/bulletins")


def write(folder: str, changed: Mapping[str, bytes]) -> None:
    """Write what has changed: pages of issues before what leads to them.

    Raises:
        StoreError: a file cannot be written.
    """
    mode = usual_mode()
    for path in sorted(changed, key=lambda each: (not each.startswith("issues/"), each)):
        put(os.path.join(folder, path), changed[path], mode=mode, folder_mode=0o777)


def remember(session: Session, rows: Sequence[IssueRow], now: Now) -> None:
    """Note which issues are on a site."""
    from giveback.store.tables import BulletinIssue

    for row in rows:
        issue = session.get_one(BulletinIssue, row.id)
        if issue.published_at is None:
            issue.published_at = now.at
            session.add(issue)
    session.flush()
