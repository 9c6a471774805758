"""People of a file into the store, in bulk: what SQLModel would take a minute for, ten thousand at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from giveback.dates import utc_text
from giveback.people.importing.checking import COLUMNS, DETAILS, last_said
from giveback.people.importing.identity import Directory, Known
from giveback.people.importing.provenance import Present, claims
from giveback.people.names import name_keys
from giveback.store.changes import journaled_at_once
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.people.importing.checking import Ready
    from giveback.people.importing.provenance import Changes

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def driver(session: Session) -> sqlite3.Connection:
    """The connection below an open unit of work: what is done there is a part of it, and in the journal."""
    raw = session.connection().connection.driver_connection
    assert raw is not None  # noqa: S101 - an engine over one connection has it
    return raw  # type: ignore[no-any-return]


def directory(raw: sqlite3.Connection) -> Directory:
    """Everybody in the store, by what they can be known."""
    from giveback.people.formats.said import linkedin_key
    from giveback.people.importing.checking import phone_key

    emails: dict[int, list[str]] = {}
    phones: dict[int, list[str]] = {}
    linkedin: dict[int, list[str]] = {}
    wanted = "SELECT contact_id, kind, key FROM contact_point WHERE kind IN ('email', 'phone', 'url')"
    for number, kind, key in raw.execute(wanted):
        if kind == "email":
            emails.setdefault(number, []).append(key)
        elif kind == "phone":
            phones.setdefault(number, []).append(phone_key(key))
        elif found := linkedin_key(key):
            linkedin.setdefault(number, []).append(found)
    people = (
        Known(
            number, uuid, name, fold(company),
            frozenset(emails.get(number, ())), frozenset(filter(None, phones.get(number, ()))),
            frozenset(linkedin.get(number, ())),
        )
        for number, uuid, name, company in raw.execute("SELECT id, uuid, name_key, company FROM contact")
    )  # fmt: skip
    return Directory(people, raw.execute("SELECT source, uid, contact_id FROM contact_source"))


def known_as(number: int, uuid: str, person: Ready) -> Known:
    """Somebody new, as later entries find them."""
    return Known(
        number, uuid, person.key, fold(person.fields.get("company", "")),
        frozenset(person.emails), frozenset(person.phones), frozenset([person.linkedin] if person.linkedin else ()),
    )  # fmt: skip


def new_uuid(person: Ready, taken: Mapping[str, object]) -> str:
    """The UID of a card where it is a UUID that nobody has, so that both sides keep one name for a person."""
    uid = person.uid.lower().removeprefix("urn:uuid:")
    return uid if UUID.fullmatch(uid) and uid not in taken else str(uuid4())


def add(
    raw: sqlite3.Connection, fresh: Sequence[tuple[int, str, Ready]], source: str, now: Now, usual_cadence: int | None
) -> None:
    """Insert people who are new: number, UUID and what is said of each."""
    with journaled_at_once(raw, _FILLED):
        _insert(raw, fresh, source, now, usual_cadence)


_FILLED = ("contact", "contact_detail", "contact_point", "interest", "contact_source", "contact_property")


def _insert(
    raw: sqlite3.Connection, fresh: Sequence[tuple[int, str, Ready]], source: str, now: Now, usual_cadence: int | None
) -> None:
    at, day = utc_text(now.at), now.today.isoformat()
    raw.executemany(
        "INSERT INTO contact (id, uuid, name, name_key, nickname, nickname_key, initials, company, title, town,"
        " cadence_days, met_at, birthday, notes, added_on, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_contact(number, uuid, person.fields, usual_cadence, day, at) for number, uuid, person in fresh),
    )
    details = [
        (number, *(person.fields.get(field, "") for field in DETAILS[:-1]), person.fields.get("met_on"))
        for number, _, person in fresh
        if any(field in person.fields for field in DETAILS)
    ]
    raw.executemany(
        f"INSERT INTO contact_detail (contact_id, {', '.join(DETAILS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", details
    )
    points = ((number, *key, *point) for number, _, person in fresh for key, point in person.points.items())
    raw.executemany(_POINT, points)
    for number, _, person in fresh:
        add_interests(raw, number, person, person.interests, at)
    said = [(number, source, person.uid, person.said(), at) for number, _, person in fresh]
    raw.executemany("INSERT INTO contact_source (contact_id, source, uid, said, imported_at) VALUES (?, ?, ?, ?, ?)", said)
    raw.executemany(_PROPERTY, (row for number, _, person in fresh for row in _properties(number, person, source)))


_POINT = "INSERT OR IGNORE INTO contact_point (contact_id, kind, key, value, label, parts) VALUES (?, ?, ?, ?, ?, ?)"
_PROPERTY = "INSERT INTO contact_property (contact_id, source, uid, position, line) VALUES (?, ?, ?, ?, ?)"


def _properties(number: int, person: Ready, source: str) -> Iterator[tuple[int, str, str, int, str]]:
    for place, line in enumerate(person.properties):
        yield number, source, person.uid, place, line


def _contact(
    number: int, uuid: str, fields: Mapping[str, Any], usual_cadence: int | None, day: str, at: str
) -> tuple[Any, ...]:
    keys = name_keys(fields["name"], fields.get("nickname", ""))
    every = fields.get("every", usual_cadence)
    texts = (fields.get(field, "") for field in ("company", "title", "town"))
    more = (fields.get(field, "") for field in ("met_at", "birthday", "notes"))
    names = (fields["name"], keys.name, fields.get("nickname", ""), keys.nickname, keys.initials)
    return number, uuid, *names, *texts, None if every == "never" else every, *more, day, at, at


def add_points(raw: sqlite3.Connection, number: int, person: Ready, keys: Iterable[tuple[str, str]]) -> None:
    """Give a contact some of the points that are said of them."""
    raw.executemany(_POINT, [(number, *key, *person.points[key]) for key in keys])


def add_interests(raw: sqlite3.Connection, number: int, person: Ready, keys: Iterable[str], at: str) -> None:
    """Give a contact some of the interests that are said of them."""
    rows = [(number, key, person.interests[key][0], person.interests[key][1], at) for key in keys]
    if rows:
        raw.executemany(
            "INSERT OR IGNORE INTO interest (contact_id, key, phrase, avoid, weight, source, created_at)"
            " VALUES (?, ?, ?, ?, 1.0, 'import', ?)",
            rows,
        )


def last_imports(raw: sqlite3.Connection, source: str) -> dict[tuple[int, str], str]:
    """What a source said last, as JSON, by contact and UID."""
    rows = raw.execute("SELECT contact_id, uid, said FROM contact_source WHERE source = ?", (source,))
    return {(number, uid): said for number, uid, said in rows}


_PRESENT = ", ".join([*(f"c.{field}" for field in COLUMNS), *(f"d.{field}" for field in DETAILS), "c.cadence_days"])


def present(raw: sqlite3.Connection, number: int, source: str, uid: str) -> Present:
    """A contact as it is, and what other sources say of it."""
    row = raw.execute(
        f"SELECT {_PRESENT} FROM contact c LEFT JOIN contact_detail d ON d.contact_id = c.id WHERE c.id = ?", (number,)
    ).fetchone()
    fields = {field: value or "" for field, value in zip((*COLUMNS, *DETAILS), row[:-1], strict=True)}
    points = raw.execute("SELECT kind, key, value, label, parts FROM contact_point WHERE contact_id = ?", (number,))
    interests = raw.execute("SELECT key FROM interest WHERE contact_id = ?", (number,))
    others = raw.execute(
        "SELECT said FROM contact_source WHERE contact_id = ? AND (source, uid) <> (?, ?)", (number, source, uid)
    )
    return Present(
        {**fields, "every": row[-1] or "never"},
        {(kind, key): (value, label, parts) for kind, key, value, label, parts in points},
        frozenset(key for (key,) in interests),
        claims([last_said(said) for (said,) in others]),
    )


def apply(raw: sqlite3.Connection, number: int, person: Ready, found: Changes, now: Now) -> None:
    """Make the changes of one contact."""
    at = utc_text(now.at)
    columns = {field: value for field, value in found.fields.items() if field in COLUMNS}
    if "every" in found.fields:
        columns["cadence_days"] = None if found.fields["every"] in ("never", "") else found.fields["every"]
    if {"name", "nickname"} & columns.keys():
        old = raw.execute("SELECT name, nickname FROM contact WHERE id = ?", (number,)).fetchone()
        keys = name_keys(columns.get("name", old[0]), columns.get("nickname", old[1]))
        columns |= {"name_key": keys.name, "nickname_key": keys.nickname, "initials": keys.initials}
    if found:
        columns["updated_at"] = at
        _update(raw, "contact", "id", number, columns)
    details = {field: value or None if field == "met_on" else value for field, value in found.fields.items() if field in DETAILS}
    if details:
        raw.execute("INSERT OR IGNORE INTO contact_detail (contact_id) VALUES (?)", (number,))
        _update(raw, "contact_detail", "contact_id", number, details)
    add_points(raw, number, person, found.points)
    add_interests(raw, number, person, found.interests, at)
    gone = "DELETE FROM contact_point WHERE contact_id = ? AND kind = ? AND key = ?"
    raw.executemany(gone, [(number, *key) for key in found.gone_points])
    altered = "UPDATE contact_point SET value = ?, label = ?, parts = ? WHERE contact_id = ? AND kind = ? AND key = ?"
    raw.executemany(altered, [(*person.points[key], number, *key) for key in found.altered])
    raw.executemany(
        "DELETE FROM interest WHERE contact_id = ? AND key = ?", [(number, key) for key in found.gone_interests]
    )


def _update(raw: sqlite3.Connection, table: str, column: str, number: int, values: Mapping[str, Any]) -> None:
    names = ", ".join(f"{name} = ?" for name in values)
    raw.execute(f"UPDATE {table} SET {names} WHERE {column} = ?", (*values.values(), number))


def remember(raw: sqlite3.Connection, number: int, person: Ready, source: str, now: Now) -> None:
    """Keep what the source says now, for the next import, and the lines that mean nothing here."""
    raw.execute(
        "INSERT INTO contact_source (contact_id, source, uid, said, imported_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (contact_id, source, uid) DO UPDATE SET said = excluded.said, imported_at = excluded.imported_at",
        (number, source, person.uid, person.said(), utc_text(now.at)),
    )
    old = "SELECT line FROM contact_property WHERE contact_id = ? AND source = ? AND uid = ? ORDER BY position"
    key = (number, source, person.uid)
    if tuple(line for (line,) in raw.execute(old, key)) != person.properties:
        raw.execute("DELETE FROM contact_property WHERE contact_id = ? AND source = ? AND uid = ?", key)
        raw.executemany(_PROPERTY, _properties(number, person, source))
