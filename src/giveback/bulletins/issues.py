"""Issues in the store and in their files: made, read again after editing, brought to agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.bulletins import files
from giveback.bulletins.document import read
from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.naming import slug
from giveback.store.changes import connection_of
from giveback.store.questions import bulletins as ask
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date

    from sqlmodel import Session

    from giveback.bulletins.document import Document
    from giveback.dates import Now
    from giveback.store.questions.bulletins import BulletinRow, IssueRow
    from giveback.store.tables import Bulletin, BulletinIssue


class Series(NamedTuple):
    """Of what series an issue is; it is begun when it is not there.

    Attributes:
        title: as the user said it.
        topic: a phrase, or "".
        contact_id: for whom alone it is, or None.
        about: what the issue is about besides, by which it is told who else would like it.
    """

    title: str
    topic: str = ""
    contact_id: int | None = None
    about: tuple[str, ...] = ()


class Opened(NamedTuple):
    """An issue with its file.

    Attributes:
        row: as the store has it.
        path: its file.
        text: what goes out: the file, or the store's text where that is newer.
        document: the same, read.
        decision: one of `files.SAME`, TAKE and WRITE: how file and store agree.
    """

    row: IssueRow
    path: str
    text: str
    document: Document
    decision: str


def create(session: Session, series: Series, day: date, make: Callable[[int], str], now: Now) -> BulletinIssue:
    """Make an issue.

    Args:
        session: an open unit of work.
        series: of what.
        day: of the issue.
        make: its text, by its number.
        now: the clock.

    Raises:
        UsageError: the title is empty.
    """
    from giveback.store.tables import BulletinIssue

    bulletin = _series(session, series, now)
    assert bulletin.id is not None
    issue = BulletinIssue(
        bulletin_id=bulletin.id,
        title=bulletin.title,
        slug=_slug(session, day, bulletin.title),
        on_day=day,
        text="",
        created_at=now.at,
        updated_at=now.at,
    )
    session.add(issue)
    session.flush()
    assert issue.id is not None
    text = make(issue.id)
    keep_text(session, issue, text, read(text, issue=issue.id), now)
    return issue


def _series(session: Session, series: Series, now: Now) -> Bulletin:
    from sqlmodel import select

    from giveback.store.tables import Asset, Bulletin

    title = clean_line(series.title, 200)
    key = fold(title)
    if not key:
        raise UsageError("the title is empty", 'giveback bulletin new "Energy this week" --topic energy')
    found = session.exec(select(Bulletin).where(Bulletin.key == key)).first()
    if found is not None:
        if found.contact_id != series.contact_id:
            whose = "for one person" if found.contact_id is not None else "for several readers"
            raise UsageError(f"{found.title!r} is a bulletin {whose}", "take another title")
        if series.topic and found.topic != series.topic:
            found.topic = series.topic
        asset = session.get(Asset, found.asset_id) if found.asset_id is not None else None
        if asset is not None:
            asset.topics = _topics(series)
        return found
    asset = None
    if series.contact_id is None:
        # What is made for one person is no offer to others.
        asset = Asset(kind="bulletin", title=title, topics=_topics(series), created_at=now.at)
        session.add(asset)
        session.flush()
    made = Bulletin(
        title=title,
        key=key,
        topic=series.topic,
        contact_id=series.contact_id,
        asset_id=asset.id if asset else None,
        created_at=now.at,
    )
    session.add(made)
    session.flush()
    return made


def _topics(series: Series) -> str:
    """What a bulletin is about, as assets say it."""
    said = [clean_line(phrase.replace(",", " ")) for phrase in (series.topic, *series.about)]
    found: dict[str, str] = {}
    for phrase in filter(None, said):
        found.setdefault(fold(phrase), phrase)
    return ", ".join(found.values())


def _slug(session: Session, day: date, title: str) -> str:
    """The last part of an issue's address: it never changes, also when the title does."""
    plain = "-".join(filter(None, (day.isoformat(), slug(title))))
    taken = ask.slugs(connection_of(session), plain)
    number = 2
    found = plain
    while found in taken:
        found, number = f"{plain}-{number}", number + 1
    return found


def keep_text(session: Session, issue: BulletinIssue, text: str, document: Document, now: Now) -> None:
    """Take over what a file says; what was sent keeps its own edition."""
    from giveback.store.tables import BulletinItem

    assert issue.id is not None
    connection = connection_of(session)
    compiled = _compiled(connection, issue.id)
    _clear_edition(session, issue)
    issue.text, issue.title, issue.updated_at = text, document.title, now.at
    session.add(issue)
    items = [(section.name, item) for section in document.sections for item in section.items]
    for place, (section, item) in enumerate(items):
        article = article_at(connection, item.url)
        row = BulletinItem(
            issue_id=issue.id, edition=issue.edition, position=place, section=section, title=item.title, url=item.url,
            compiled=article is not None or item.url in compiled, article_id=article,
        )  # fmt: skip
        session.add(row)
    session.flush()


def _compiled(connection: sqlite3.Connection, number: int) -> set[str]:
    """Addresses that were articles of the store when an issue took them up."""
    rows = connection.execute("SELECT url FROM bulletin_item WHERE issue_id = ? AND compiled", (number,))
    return {str(url) for (url,) in rows}


def _clear_edition(session: Session, issue: BulletinIssue) -> None:
    """Make room for another text: in the present edition, or in a new one when that was sent to anybody."""
    from sqlmodel import select

    from giveback.store.tables import BulletinCopy, BulletinItem

    copies = select(BulletinCopy).where(BulletinCopy.issue_id == issue.id, BulletinCopy.edition == issue.edition)
    if session.exec(copies).first():
        issue.edition += 1
        return
    items = select(BulletinItem).where(BulletinItem.issue_id == issue.id, BulletinItem.edition == issue.edition)
    for row in session.exec(items).all():
        session.delete(row)
    session.flush()


def article_at(connection: sqlite3.Connection, url: str) -> int | None:
    """The article that an item leads to; None for a page that is none of them."""
    from giveback.reading.addresses import canonical_url
    from giveback.store.questions.articles import by_url

    if not url:
        return None
    found = by_url(connection, url)
    if found is None:
        try:
            found = by_url(connection, canonical_url(url))
        except ValueError:
            return None
    return found.id if found else None


def remember_file(session: Session, number: int, text: str) -> None:
    """Note that file and store say the same now; nothing that `undo` would take back."""
    connection_of(session).execute("INSERT OR REPLACE INTO bulletin_file VALUES (?, ?)", (number, files.digest(text)))


def required(connection: sqlite3.Connection | None, number: int) -> IssueRow:
    """The issue of that number.

    Raises:
        NotFoundError: there is none.
    """
    row = ask.issue(connection, number) if connection is not None else None
    if row is None:
        raise NotFoundError(f"there is no issue {number}", "`giveback bulletin list` shows them")
    return row


def required_bulletin(connection: sqlite3.Connection | None, title: str) -> BulletinRow:
    """The bulletin of that title, or the only one whose title holds it.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: there are several.
    """
    key = fold(title)
    rows = ask.bulletins(connection) if connection is not None else []
    found = [row for row in rows if row.key == key] or [row for row in rows if key and key in row.key]
    if not found:
        raise NotFoundError(f"there is no bulletin {title!r}", "`giveback bulletin list` shows them")
    if len(found) > 1:
        raise AmbiguousError(f"{title!r} could be several", "say more of the title", tuple(row.title for row in found))
    return found[0]


def open_issue(connection: sqlite3.Connection, number: int, folder: str) -> Opened:
    """Read an issue as it would go out now; nothing is changed.

    Raises:
        NotFoundError: there is none.
        UsageError: its file has a broken structure; says each line and why.
        AmbiguousError: both the file and the store's text were changed.
    """
    row = required(connection, number)
    path = files.path_of(folder, row.id, row.slug)
    written = files.read(path)
    known = connection.execute("SELECT hash FROM bulletin_file WHERE issue_id = ?", (number,)).fetchone()
    decision = files.decide(
        None if written is None else files.digest(written), known[0] if known else None, files.digest(row.text)
    )
    if decision == files.CONFLICT:
        raise AmbiguousError(
            f"issue {number} was changed in {path} and, by undo or another copy, in the store, too",
            f"giveback bulletin edit {number} --keep file, or --keep store: nothing is lost either way",
        )
    text = row.text if decision == files.WRITE or written is None else written
    return Opened(row, path, text, read(text, issue=number, name=path), decision)


def settle(session: Session, opened: Opened, now: Now) -> bool:
    """Bring store and file to agree, by what `open_issue` decided.

    Args:
        session: an open unit of work.
        opened: the issue.
        now: the clock.

    Returns:
        Whether the store has taken the file over.
    """
    from giveback.store.tables import BulletinIssue

    if opened.decision == files.WRITE:
        files.set_aside(opened.path)
        files.write(opened.path, opened.text)
    if opened.decision == files.TAKE:
        keep_text(session, session.get_one(BulletinIssue, opened.row.id), opened.text, opened.document, now)
    remember_file(session, opened.row.id, opened.text)
    return opened.decision == files.TAKE


def keep_one(connection: sqlite3.Connection, number: int, folder: str, which: str) -> None:
    """End a conflict: the other text is kept beside the file.

    Args:
        connection: the store, writable.
        number: of the issue.
        folder: where the files are.
        which: "file" or "store".

    Raises:
        UsageError: it is neither.
    """
    row = required(connection, number)
    path = files.path_of(folder, row.id, row.slug)
    if which not in ("file", "store"):
        raise UsageError(f"{which!r} is neither file nor store", "use --keep file or --keep store")
    if which == "store":
        files.set_aside(path)
        files.write(path, row.text)
    else:
        aside = f"{path}.store~"
        files.set_aside(aside)
        files.write(aside, row.text)
    known = files.digest(row.text)
    connection.execute("INSERT OR REPLACE INTO bulletin_file VALUES (?, ?)", (number, known))


def vanished(connection: sqlite3.Connection, row: IssueRow, document: Document) -> list[str]:
    """Titles of items whose articles were in the store when they were taken up, and are not any more."""
    sql = "SELECT url FROM bulletin_item WHERE issue_id = ? AND compiled AND article_id IS NULL"
    gone = {str(url) for (url,) in connection.execute(sql, (row.id,))}
    return [item.title for item in document.items if item.url in gone and article_at(connection, item.url) is None]
