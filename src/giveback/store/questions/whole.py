"""Contacts with everything that belongs to them, many at a time, for exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.store.questions.contacts import ContactRow, InterestRow, some
from giveback.store.questions.exchanges import ExchangeRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class Point(NamedTuple):
    """A contact point; `parts` are those of a postal address as vCard's ADR writes them, or ""."""

    kind: str
    value: str
    label: str
    parts: str


class Detail(NamedTuple):
    """Parts of a name and what else is known of a person; "" where nothing is."""

    prefix: str = ""
    given: str = ""
    additional: str = ""
    family: str = ""
    suffix: str = ""
    pronouns: str = ""
    anniversary: str = ""
    met_on: str = ""


class OpenRow(NamedTuple):
    """A promise, reminder, ask or outcome, done or not; days are ISO text."""

    uuid: str
    kind: str
    text: str
    since_on: str
    due_on: str | None
    done_on: str | None


class Whole(NamedTuple):
    """A contact with everything.

    Attributes:
        row: the contact as lists show it.
        uid: by what address books know it: the UID that it came with, else its uuid.
        updated_at: UTC text.
        detail: parts of the name, and the like.
        points: e-mail addresses and so on, in the order they were added.
        interests: the avoided ones last.
        circles: names of the circles it is in.
        properties: lines of its card that mean nothing here, in their order.
        exchanges: the latest last.
        follow_ups: in the order they were made.
    """

    row: ContactRow
    uid: str
    updated_at: str
    detail: Detail
    points: Sequence[Point]
    interests: Sequence[InterestRow]
    circles: Sequence[str]
    properties: Sequence[str]
    exchanges: Sequence[ExchangeRow]
    follow_ups: Sequence[OpenRow]


def whole(connection: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[Whole]:
    """Contacts with everything.

    Args:
        connection: the store.
        numbers: of the contacts, in the order in which they come; one that is not there is passed over.
    """
    rows = some(connection, numbers)
    wanted = f"[{','.join(map(str, rows))}]"
    ask = _Asking(connection, wanted)
    stamps = dict(ask.all("SELECT id, uuid || ' ' || updated_at FROM contact WHERE id IN {these}"))
    uids = dict(ask.all(_UIDS))
    details = ask.grouped(_DETAILS, Detail)
    points = ask.grouped("SELECT contact_id, kind, value, label, parts FROM contact_point {here} ORDER BY id", Point)
    interests = ask.grouped(_INTERESTS, lambda i, p, avoid, w, s: InterestRow(i, p, bool(avoid), w, s))
    circles = ask.grouped(_CIRCLES, str)
    properties = ask.grouped(
        "SELECT contact_id, line FROM contact_property {here} ORDER BY source, uid, position, id", str
    )
    listed = ", ".join(ExchangeRow._fields)
    exchanges = ask.grouped(f"SELECT contact_id, {listed} FROM exchange_way {{here}} ORDER BY on_day, id", ExchangeRow)
    follow_ups = ask.grouped(
        "SELECT contact_id, uuid, kind, text, since_on, due_on, done_on FROM follow_up {here} ORDER BY id", OpenRow
    )
    for number in (number for number in numbers if number in rows):
        uuid, _, updated_at = str(stamps[number]).partition(" ")
        yield Whole(
            rows[number],
            str(uids.get(number) or uuid),
            updated_at,
            next(iter(details.get(number, ())), Detail()),
            points.get(number, ()),
            interests.get(number, ()),
            circles.get(number, ()),
            list(dict.fromkeys(properties.get(number, ()))),
            exchanges.get(number, ()),
            follow_ups.get(number, ()),
        )


class Away(NamedTuple):
    """An archived contact: its UID (see `Whole.uid`), uuid and name."""

    uid: str
    uuid: str
    name: str


def put_away(connection: sqlite3.Connection) -> list[Away]:
    """Who is archived, by name."""
    sql = "SELECT id, uuid, name FROM contact WHERE archived_at IS NOT NULL ORDER BY name_key, id"
    rows = connection.execute(sql).fetchall()
    uids = dict(_Asking(connection, f"[{','.join(str(row[0]) for row in rows)}]").all(_UIDS))
    return [Away(str(uids.get(number) or uuid), uuid, name) for number, uuid, name in rows]


# A card keeps the UID that it came with; after a merge the one of the contact that stayed, if it had one. What begins
# with ~ was made up by an import.
_UIDS = (
    "SELECT s.contact_id, s.uid FROM contact_source s JOIN contact c ON c.id = s.contact_id"
    " WHERE s.source = 'vcard' AND s.uid NOT LIKE '~%' AND s.contact_id IN {these}"
    " ORDER BY s.contact_id, s.uid = c.uuid, s.id DESC"
)
_DETAILS = (
    "SELECT contact_id, prefix, given, additional, family, suffix, pronouns, anniversary, coalesce(met_on, '')"
    " FROM contact_detail {here}"
)
_INTERESTS = "SELECT contact_id, id, phrase, avoid, weight, source FROM interest {here} ORDER BY avoid, id"
_PROPERTIES = "SELECT contact_id, line FROM contact_property {here} ORDER BY source, uid, position, id"
_CIRCLES = (
    "SELECT m.contact_id, c.name FROM circle_member m JOIN circle c ON c.id = m.circle_id"
    ' WHERE m.contact_id IN {these} ORDER BY c."key"'
)


class _Asking:
    """Questions about the same contacts."""

    def __init__(self, connection: sqlite3.Connection, wanted: str) -> None:
        self._connection, self._wanted = connection, wanted

    def all(self, sql: str) -> Iterable[tuple[Any, ...]]:
        these = "(SELECT value FROM json_each(?))"
        sql = sql.replace("{here}", f"WHERE contact_id IN {these}").replace("{these}", these)
        return self._connection.execute(sql, (self._wanted,))

    def grouped(self, sql: str, make: Callable[..., Any]) -> Mapping[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for number, *row in self.all(sql):
            found.setdefault(number, []).append(make(*row))
        return found
