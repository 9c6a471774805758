"""People of a file into the store, in bulk: what SQLModel would take a minute for, ten thousand at a time."""

from __future__ import annotations

import re
import sqlite3
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from giveback.dates import utc_text
from giveback.people.importing.checking import COLUMNS, DETAILS, last_said
from giveback.people.importing.identity import Directory, Known
from giveback.people.importing.provenance import Present, claims
from giveback.people.names import name_keys
from giveback.store.changes import connection_of, journaled_at_once
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.people.importing.checking import Ready
    from giveback.people.importing.provenance import Changes, JobChange

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def driver(unit: Session | sqlite3.Connection) -> sqlite3.Connection:
    """The connection below an open unit of work: what is done there is a part of it, and in the journal."""
    return unit if isinstance(unit, sqlite3.Connection) else connection_of(unit)


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
            number, uuid, f"{name}, {company}" if company else name, key, fold(company),
            frozenset(emails.get(number, ())), frozenset(filter(None, phones.get(number, ()))),
            frozenset(linkedin.get(number, ())),
        )
        for number, uuid, name, key, company in raw.execute("SELECT id, uuid, name, name_key, company FROM contact")
    )  # fmt: skip
    everybody = Directory(people, raw.execute("SELECT source, uid, contact_id FROM contact_source"))
    for uuid, number in raw.execute("SELECT uuid, contact_id FROM merged_contact ORDER BY id DESC"):
        everybody.uuids.setdefault(uuid, number)  # who was merged into somebody is that somebody
    return everybody


def known_as(number: int, uuid: str, person: Ready) -> Known:
    """Somebody new, as later entries find them."""
    name, company = person.fields["name"], person.fields.get("company", "")
    return Known(
        number, uuid, f"{name}, {company}" if company else name, person.key, fold(company),
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
    with journaled_at_once(raw, _FILLED) if len(fresh) >= MANY else nullcontext():
        _insert(raw, fresh, source, now, usual_cadence)


MANY = 200
"""New people from which on it pays to journal them together."""
_FILLED = (
    *("contact", "contact_detail", "contact_point", "interest", "contact_source", "contact_property"),
    *("circle", "circle_member"),
)


def _insert(
    raw: sqlite3.Connection, fresh: Sequence[tuple[int, str, Ready]], source: str, now: Now, usual_cadence: int | None
) -> None:
    at, day = utc_text(now.at), now.today.isoformat()
    raw.executemany(
        "INSERT INTO contact (id, uuid, name, name_key, nickname, nickname_key, initials, company, title, town,"
        " cadence_days, met_at, birthday, notes, added_on, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((number, uuid, *_contact(person.fields, usual_cadence), day, at, at) for number, uuid, person in fresh),
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
    raw.executemany(_POINT.replace(" OR IGNORE", ""), points)
    for number, _, person in fresh:
        add_interests(raw, number, person, person.interests, at)
    said = [(number, source, person.uid, person.said(), at) for number, _, person in fresh]
    raw.executemany(
        "INSERT INTO contact_source (contact_id, source, uid, said, imported_at) VALUES (?, ?, ?, ?, ?)", said
    )
    raw.executemany(_PROPERTY, (row for number, _, person in fresh for row in _properties(number, person, source)))
    circles = make_circles(raw, {key: name for _, _, person in fresh for key, name in person.circles.items()}, now)
    raw.executemany(_MEMBER, ((circles[key], number, day) for number, _, person in fresh for key in person.circles))


_POINT = "INSERT OR IGNORE INTO contact_point (contact_id, kind, key, value, label, parts) VALUES (?, ?, ?, ?, ?, ?)"
_MEMBER = "INSERT OR IGNORE INTO circle_member (circle_id, contact_id, since_on) VALUES (?, ?, ?)"
_PROPERTY = "INSERT INTO contact_property (contact_id, source, uid, position, line) VALUES (?, ?, ?, ?, ?)"


def make_circles(raw: sqlite3.Connection, wanted: Mapping[str, str], now: Now) -> dict[str, int]:
    """The numbers of some circles by key; those that are not there yet are made.

    Args:
        raw: the connection below a unit of work.
        wanted: names by key; the key begins with "+".
        now: the clock.
    """
    raw.executemany(
        "INSERT OR IGNORE INTO circle (uuid, name, key, created_at) VALUES (?, ?, ?, ?)",
        [(str(uuid4()), name, key[1:], utc_text(now.at)) for key, name in wanted.items()],
    )
    return {f"+{key}": number for number, key in raw.execute("SELECT id, key FROM circle")} if wanted else {}


def join_circle(raw: sqlite3.Connection, name: str, members: Iterable[int], now: Now) -> None:
    """Put people into a circle, which is made when it is not there."""
    key = f"+{fold(name)}"
    number = make_circles(raw, {key: name}, now)[key]
    raw.executemany(_MEMBER, [(number, member, now.today.isoformat()) for member in members])


def _properties(number: int, person: Ready, source: str) -> Iterator[tuple[int, str, str, int, str]]:
    for place, line in enumerate(person.properties):
        yield number, source, person.uid, place, line


def _contact(fields: Mapping[str, Any], usual_cadence: int | None) -> tuple[Any, ...]:
    keys = name_keys(fields["name"], fields.get("nickname", ""))
    every = fields.get("every", usual_cadence)
    texts = (fields.get(field, "") for field in ("company", "title", "town"))
    more = (fields.get(field, "") for field in ("met_at", "birthday", "notes"))
    names = (fields["name"], keys.name, fields.get("nickname", ""), keys.nickname, keys.initials)
    return *names, *texts, None if every == "never" else every, *more


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
    circles = raw.execute(
        "SELECT c.key FROM circle_member m JOIN circle c ON c.id = m.circle_id WHERE m.contact_id = ?", (number,)
    )
    others = raw.execute(
        "SELECT said FROM contact_source WHERE contact_id = ? AND (source, uid) <> (?, ?)", (number, source, uid)
    )
    return Present(
        {**fields, "every": row[-1] or "never"},
        {(kind, key): (value, label, parts) for kind, key, value, label, parts in points},
        frozenset(key for (key,) in interests),
        frozenset(f"+{key}" for (key,) in circles),
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
    details = {
        field: value or None if field == "met_on" else value
        for field, value in found.fields.items()
        if field in DETAILS
    }
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
    for key in found.circles:
        join_circle(raw, person.circles[key], [number], now)
    raw.executemany(
        "DELETE FROM circle_member WHERE contact_id = ? AND circle_id = (SELECT id FROM circle WHERE key = ?)",
        [(number, key[1:]) for key in found.gone_circles],
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


def mappings(raw: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """What the columns of tables were said to be, by their headers."""
    return {
        header: dict(last_said(columns))
        for header, columns in raw.execute("SELECT header, columns FROM import_mapping")
    }


def keep_mapping(raw: sqlite3.Connection, header: str, columns: Mapping[str, str], now: Now) -> None:
    """Remember what the columns of a table are."""
    import json

    raw.execute(
        "INSERT INTO import_mapping (header, columns, created_at) VALUES (?, ?, ?)"
        " ON CONFLICT (header) DO UPDATE SET columns = excluded.columns WHERE columns <> excluded.columns",
        (header, json.dumps(columns, ensure_ascii=False), utc_text(now.at)),
    )


def tell_of_job(raw: sqlite3.Connection, job: JobChange, now: Now) -> None:
    """Make a new job an occasion: a word is welcome."""
    what = " at ".join(part for part in (job.title, job.company) if part)
    raw.execute(
        "INSERT OR IGNORE INTO occasion (uuid, contact_id, kind, key, on_day, text, created_at)"
        " VALUES (?, ?, 'job', ?, ?, ?, ?)",
        (str(uuid4()), job.contact_id, fold(what), now.today.isoformat(), what, utc_text(now.at)),
    )
