"""Bulletins, their issues and readers, and what each issue carried to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


class BulletinRow(NamedTuple):
    """A series of issues.

    Attributes:
        id: its number.
        uuid: its stable name.
        title: as the user said it.
        key: the same, folded.
        topic: a phrase, or "".
        contact_id: for whom alone it is, or None.
        asset_id: what it is among the assets, or None.
    """

    id: int
    uuid: str
    title: str
    key: str
    topic: str
    contact_id: int | None
    asset_id: int | None


class IssueRow(NamedTuple):
    """An issue.

    Attributes:
        id: its number, by which the user names it.
        uuid: its stable name.
        bulletin_id: of which series.
        bulletin: the title of the series.
        contact_id: for whom alone it is, or None.
        title: as its file says it.
        slug: the last part of its address, which never changes.
        on_day: the ISO day it was compiled.
        text: its file, as it was read last.
        edition: counts the texts of which some were sent.
        published_at: when it was put on a site first, UTC text, or None.
        created_at: UTC text.
        updated_at: when its text changed last, UTC text.
        items: how many items it has now.
        copies: how many readers have it.
        sent_at: when the first of them got it, UTC text, or None.
    """

    id: int
    uuid: str
    bulletin_id: int
    bulletin: str
    contact_id: int | None
    title: str
    slug: str
    on_day: str
    text: str
    edition: int
    published_at: str | None
    created_at: str
    updated_at: str
    items: int
    copies: int
    sent_at: str | None


class RuleRow(NamedTuple):
    """Who reads a bulletin, or does not: a contact, or a circle ("helpers" without the @)."""

    contact_id: int | None
    circle: str
    excluded: bool


class ReaderRow(NamedTuple):
    """A contact to whom a bulletin may go.

    Attributes:
        id: the contact's number.
        uuid: the contact's stable name.
        name: the full name.
        nickname: or "".
        address: the first e-mail address that did not bounce, else the first, or "".
        bounced: why mail to that address came back, or "".
    """

    id: int
    uuid: str
    name: str
    nickname: str
    address: str
    bounced: str


class CarriedRow(NamedTuple):
    """An item of an earlier issue: the title, and the article's vector or b""."""

    article_id: int | None
    title: str
    vector: bytes


_BULLETIN = 'SELECT id, uuid, title, "key", topic, contact_id, asset_id FROM bulletin'
_ISSUE = (
    "SELECT i.id, i.uuid, i.bulletin_id, b.title, b.contact_id, i.title, i.slug, i.on_day, i.text, i.edition,"
    " i.published_at, i.created_at, i.updated_at,"
    " (SELECT count(*) FROM bulletin_item t WHERE t.issue_id = i.id AND t.edition = i.edition),"
    " (SELECT count(*) FROM bulletin_copy c WHERE c.issue_id = i.id),"
    " (SELECT min(c.sent_at) FROM bulletin_copy c WHERE c.issue_id = i.id)"
    " FROM bulletin_issue i JOIN bulletin b ON b.id = i.bulletin_id"
)


def bulletins(connection: sqlite3.Connection) -> list[BulletinRow]:
    """Every bulletin, by title."""
    return [BulletinRow(*row) for row in connection.execute(f'{_BULLETIN} ORDER BY "key"')]


def bulletin(connection: sqlite3.Connection, key: str) -> BulletinRow | None:
    """The bulletin of that folded title."""
    row = connection.execute(f'{_BULLETIN} WHERE "key" = ?', (key,)).fetchone()
    return BulletinRow(*row) if row else None


def bulletin_numbered(connection: sqlite3.Connection, number: int) -> BulletinRow | None:
    """The bulletin of that number."""
    row = connection.execute(f"{_BULLETIN} WHERE id = ?", (number,)).fetchone()
    return BulletinRow(*row) if row else None


def issue(connection: sqlite3.Connection, number: int) -> IssueRow | None:
    """The issue of that number."""
    row = connection.execute(f"{_ISSUE} WHERE i.id = ?", (number,)).fetchone()
    return IssueRow(*row) if row else None


def issues(connection: sqlite3.Connection, bulletin_id: int | None = None) -> list[IssueRow]:
    """The issues of a bulletin, or of all, newest first."""
    where = "" if bulletin_id is None else " WHERE i.bulletin_id = ?"
    values = () if bulletin_id is None else (bulletin_id,)
    return [IssueRow(*row) for row in connection.execute(f"{_ISSUE}{where} ORDER BY i.on_day DESC, i.id DESC", values)]


def slugs(connection: sqlite3.Connection, start: str) -> set[str]:
    """The slugs that begin so."""
    found = connection.execute("SELECT slug FROM bulletin_issue WHERE substr(slug, 1, ?) = ?", (len(start), start))
    return {str(row[0]) for row in found}


def rules(connection: sqlite3.Connection, bulletin_id: int) -> list[RuleRow]:
    """Who reads a bulletin, and who does not, in the order it was said."""
    sql = "SELECT contact_id, circle, excluded FROM bulletin_reader WHERE bulletin_id = ? ORDER BY id"
    return [RuleRow(row[0], row[1], bool(row[2])) for row in connection.execute(sql, (bulletin_id,))]


def readers(connection: sqlite3.Connection, contact_ids: Iterable[int]) -> list[ReaderRow]:
    """Contacts with the address that mail goes to, by name; archived ones are left out.

    Args:
        connection: the store.
        contact_ids: numbers.
    """
    wanted = "[" + ",".join(str(int(number)) for number in contact_ids) + "]"
    sql = (
        "SELECT c.id, c.uuid, c.name, c.nickname, coalesce(p.value, ''),"
        " coalesce(trim(b.status || ' ' || b.reason), '')"
        " FROM contact c LEFT JOIN contact_point p ON p.id = (SELECT q.id FROM contact_point q"
        "  LEFT JOIN bounce d ON d.contact_point_id = q.id WHERE q.contact_id = c.id AND q.kind = 'email'"
        "  ORDER BY d.id IS NOT NULL, q.id LIMIT 1)"
        " LEFT JOIN bounce b ON b.contact_point_id = p.id"
        " WHERE c.id IN (SELECT value FROM json_each(?)) AND c.archived_at IS NULL ORDER BY c.name_key, c.id"
    )
    return [ReaderRow(*row) for row in connection.execute(sql, (wanted,))]


def helpers(connection: sqlite3.Connection) -> set[int]:
    """Everyone who gave or helped: from whom something was received."""
    rows = connection.execute("SELECT DISTINCT contact_id FROM exchange WHERE direction = 'received'")
    return {int(row[0]) for row in rows}


def has_issue(connection: sqlite3.Connection, issue_id: int) -> set[int]:
    """The contacts who have an issue."""
    rows = connection.execute("SELECT contact_id FROM bulletin_copy WHERE issue_id = ?", (issue_id,))
    return {int(row[0]) for row in rows}


def carried(connection: sqlite3.Connection, bulletin_id: int) -> list[CarriedRow]:
    """What earlier issues of a bulletin carried that were sent or published, the latest 500 items."""
    sql = (
        "SELECT t.article_id, t.title, coalesce(v.vector, x'') FROM bulletin_item t"
        " JOIN bulletin_issue i ON i.id = t.issue_id LEFT JOIN article_vector v ON v.article_id = t.article_id"
        " WHERE i.bulletin_id = ?1 AND (EXISTS (SELECT 1 FROM bulletin_copy c WHERE c.issue_id = i.id"
        "  AND c.edition = t.edition) OR (i.published_at IS NOT NULL AND t.edition = i.edition))"
        " ORDER BY i.on_day DESC, t.id DESC LIMIT 500"
    )
    return [CarriedRow(row[0], row[1], bytes(row[2])) for row in connection.execute(sql, (bulletin_id,))]


def shares_over(connection: sqlite3.Connection, contact_ids: Iterable[int]) -> dict[int, int]:
    """Article to how many of some contacts it is over for: they were given it, or it was dismissed for them."""
    wanted = "[" + ",".join(str(int(number)) for number in contact_ids) + "]"
    sql = (
        "SELECT article_id, count(DISTINCT contact_id) FROM article_over"
        " WHERE contact_id IN (SELECT value FROM json_each(?)) GROUP BY article_id"
    )
    return {int(article): int(count) for article, count in connection.execute(sql, (wanted,))}


def not_to_offer(connection: sqlite3.Connection, contact_id: int) -> set[int]:
    """Bulletins, by their numbers as assets, that a contact reads, has had, or does not want."""
    sql = (
        "SELECT b.asset_id FROM bulletin b JOIN bulletin_reader r ON r.bulletin_id = b.id"
        ' LEFT JOIN circle c ON c."key" = r.circle LEFT JOIN circle_member m ON m.circle_id = c.id'
        " WHERE b.asset_id IS NOT NULL AND (r.contact_id = ?1 OR m.contact_id = ?1)"
        " UNION SELECT b.asset_id FROM bulletin b JOIN bulletin_issue i ON i.bulletin_id = b.id"
        " JOIN bulletin_copy p ON p.issue_id = i.id WHERE b.asset_id IS NOT NULL AND p.contact_id = ?1"
    )
    return {int(row[0]) for row in connection.execute(sql, (contact_id,))}


class PoolRow(NamedTuple):
    """What choosing must know of an article: `tact` as `matching.suspicion` reads it, the vector or b""."""

    id: int
    url: str
    title: str
    source: str
    tact: str | None
    vector: bytes


def pool(connection: sqlite3.Connection, article_ids: Iterable[int]) -> dict[int, PoolRow]:
    """Articles by number, those with an address on the web."""
    wanted = "[" + ",".join(str(int(number)) for number in article_ids) + "]"
    sql = (
        "SELECT a.id, a.url, a.title, a.source, a.tact, coalesce(v.vector, x'') FROM article_row a"
        " LEFT JOIN article_vector v ON v.article_id = a.id"
        " WHERE a.id IN (SELECT value FROM json_each(?)) AND (a.url LIKE 'http://%' OR a.url LIKE 'https://%')"
    )
    return {row[0]: PoolRow(*row) for row in connection.execute(sql, (wanted,))}
