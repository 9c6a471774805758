"""Adding and changing contacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.dates import parse_day, parse_span, say_span
from giveback.errors import UsageError
from giveback.people.names import name_keys
from giveback.text import clean_line, clean_text, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlmodel import Session

    from giveback.store.tables import Contact

# One @, something on both sides, no white space and nothing that could end a header: the store
# need not know RFC 5321 in full, only refuse what cannot be an address.
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+")
NAME_LIMIT = 200
PHRASE_LIMIT = 200
NEVER = ("never", "none", "off")
POINT_KINDS = ("email", "phone", "address", "url", "blog", "handle")


class ContactForm(NamedTuple):
    """What a user says of a contact; "" and () where nothing is said.

    Attributes:
        every: a cadence such as "3w", "warm" or "never"; "" for the usual one.
        birthday: "1980-03-14", "14 Mar" or "--03-14".
        points: (kind, value) pairs.
        interests: phrases.
        avoid: phrases to keep away from.
    """

    name: str
    nickname: str = ""
    company: str = ""
    title: str = ""
    town: str = ""
    every: str = ""
    met_at: str = ""
    birthday: str = ""
    notes: str = ""
    points: tuple[tuple[str, str], ...] = ()
    interests: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


def checked_email(said: str) -> str:
    """An e-mail address, cleaned.

    Raises:
        UsageError: it cannot be one.
    """
    value = clean_line(said)
    if not _EMAIL.fullmatch(value):
        raise UsageError(f"{value!r} is no e-mail address", "it needs a name, an @ and a host: name@example.com")
    return value


def checked_point(kind: str, said: str) -> str:
    """A contact point of a kind, cleaned.

    Raises:
        UsageError: it is empty, or no e-mail address where one is needed.
    """
    if kind == "email":
        return checked_email(said)
    value = clean_line(said)
    if not value:
        raise UsageError(f"the {kind} is empty", f"give it a value, or leave out --{kind}")
    return value


def checked_phrase(said: str) -> str:
    """An interest phrase, cleaned.

    Raises:
        UsageError: nothing is left of it.
    """
    # Marks lead ("+orchids"); at the end they belong to the phrase ("C++").
    phrase = clean_line(said, PHRASE_LIMIT).lstrip("+-~ ")
    if not fold(phrase):
        raise UsageError("an interest is empty", 'say what they care about: --interest "bass fishing"')
    return phrase


def checked_kinds(said: str) -> str:
    """Kinds of sensitive matter, as the tact filter names them.

    Raises:
        UsageError: there is no such kind.
    """
    from giveback.matching.tact import KINDS

    kinds = [fold(part) for part in said.replace(";", ",").split(",") if part.strip()]
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"{kind!r} is no kind of sensitive matter", "use some of " + ", ".join(KINDS))
    return ", ".join(kinds)


def checked_cadence(said: str) -> int | None:
    """A cadence in days; None for one that never makes anybody due.

    Raises:
        UsageError: it is no span of time.
    """
    return None if said.strip().lower() in NEVER else parse_span(said)


def checked_birthday(said: str, today: date) -> str:
    """A birthday as vCard writes it: YYYY-MM-DD, or --MM-DD when the year is not known (RFC 6350, 4.3.1).

    Raises:
        UsageError: there is no such day.
    """
    text = said.strip()
    yearless = re.fullmatch(r"--(\d\d)-?(\d\d)", text)
    if yearless:
        # 2000 is a leap year, so that 29 February passes.
        day = parse_day(f"2000-{yearless[1]}-{yearless[2]}", today, past=True)
        return f"--{day:%m-%d}"
    day = parse_day(text, today, past=True)
    if day > today:
        raise UsageError(f"the birthday {said!r} lies in the future")
    return day.isoformat() if re.search(r"\d{4}", text) else f"--{day:%m-%d}"


def checked_name(said: str) -> str:
    """A full name, cleaned.

    Raises:
        UsageError: nothing is left of it.
    """
    name = clean_line(said, NAME_LIMIT)
    if not fold(name):
        raise UsageError("the name is empty", "giveback add-contact NAME")
    return name


class Checked(NamedTuple):
    """A form whose every value can be: columns of the store.

    Attributes:
        columns: of the contact.
        points: of each contact point: kind, value, key; each once.
        interests: of each interest: phrase, key, avoid; each once.
    """

    columns: dict[str, Any]
    points: list[dict[str, Any]]
    interests: list[dict[str, Any]]


def checked(form: ContactForm, today: date, usual_cadence: int | None) -> Checked:
    """Check what was said of a new contact.

    Args:
        form: what was said.
        today: the local day it is added.
        usual_cadence: days, when the form names no cadence.

    Raises:
        UsageError: something in the form cannot be.
    """
    name = checked_name(form.name)
    nickname = clean_line(form.nickname, NAME_LIMIT)
    keys = name_keys(name, nickname)
    columns = {
        "name": name,
        "name_key": keys.name,
        "nickname": nickname,
        "nickname_key": keys.nickname,
        "initials": keys.initials,
        "company": clean_line(form.company),
        "title": clean_line(form.title),
        "town": clean_line(form.town),
        "cadence_days": checked_cadence(form.every) if form.every else usual_cadence,
        "met_at": clean_line(form.met_at),
        "birthday": checked_birthday(form.birthday, today) if form.birthday else "",
        "notes": clean_text(form.notes),
        "added_on": today,
    }
    points = [(kind, checked_point(kind, said)) for kind, said in form.points]
    phrases = [
        (checked_phrase(said), avoid) for avoid in (False, True) for said in (form.avoid if avoid else form.interests)
    ]
    return Checked(columns, _each_point_once(points), _each_phrase_once(phrases))


def _each_point_once(points: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The first spelling stays."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, value in points:
        key = fold(value)
        found.setdefault((kind, key), {"kind": kind, "value": value, "key": key})
    return list(found.values())


def _each_phrase_once(phrases: Iterable[tuple[str, bool]]) -> list[dict[str, Any]]:
    """The first spelling stays; what is to be avoided is avoided."""
    found: dict[str, dict[str, Any]] = {}
    for phrase, avoid in phrases:
        key = fold(phrase)
        found.setdefault(key, {"phrase": phrase, "key": key})["avoid"] = avoid
    return list(found.values())


def add(session: Session, form: ContactForm, today: date, usual_cadence: int | None) -> Contact:
    """Add a contact with everything that was said.

    Args:
        session: an open unit of work.
        form: what was said.
        today: the local day it is added.
        usual_cadence: days, when the form names no cadence.

    Raises:
        UsageError: something in the form cannot be; nothing is added.
    """
    from giveback.store.tables import Contact, ContactPoint, Interest

    columns, points, interests = checked(form, today, usual_cadence)
    contact = Contact(**columns)
    session.add(contact)
    session.flush()
    session.add_all(ContactPoint(contact_id=number_of(contact), **point) for point in points)
    session.add_all(Interest(contact_id=number_of(contact), **interest) for interest in interests)
    session.flush()
    return contact


def add_point(session: Session, contact: Contact, kind: str, said: str) -> str:
    """Give a contact an e-mail address, phone or the like.

    Returns:
        The value as it is kept; "" when it is there already.
    """
    from sqlmodel import select

    from giveback.store.tables import ContactPoint

    value = checked_point(kind, said)
    key = fold(value)
    same = select(ContactPoint).where(
        ContactPoint.contact_id == contact.id, ContactPoint.kind == kind, ContactPoint.key == key
    )
    if session.exec(same).first() is not None:
        return ""
    session.add(ContactPoint(contact_id=number_of(contact), kind=kind, value=value, key=key))
    session.flush()
    return value


def remove_point(session: Session, contact: Contact, said: str, kind: str = "") -> str:
    """Take a contact point away.

    Args:
        session: an open unit of work.
        contact: whose it is.
        said: its value, ignoring case.
        kind: one of `POINT_KINDS`, or "" for any.

    Returns:
        The value as it was kept.

    Raises:
        UsageError: the contact has no such point.
    """
    from sqlmodel import select

    from giveback.store.tables import ContactPoint

    wanted = select(ContactPoint).where(ContactPoint.contact_id == contact.id, ContactPoint.key == fold(said))
    known = session.exec(wanted.where(ContactPoint.kind == kind) if kind else wanted).first()
    if known is None:
        what = kind or "contact point"
        raise UsageError(f"{contact.name} has no {what} {said!r}", f'giveback show "{contact.name}" lists them')
    session.delete(known)
    session.flush()
    return known.value


def get(session: Session, contact_id: int) -> Contact:
    """The contact of that number, which must exist, ready to be changed."""
    from giveback.store.tables import Contact

    contact = session.get(Contact, contact_id)
    if contact is None:
        raise UsageError(f"contact {contact_id} is gone", "somebody else may have taken it back; try again")
    return contact


def change(contact: Contact, fields: Mapping[str, str], today: date) -> list[str]:
    """Set plain fields of a contact.

    Args:
        contact: the contact, in an open unit of work.
        fields: new values by the names of `ContactForm`: name, nickname, company, title, town,
            every, met_at, birthday, notes.
        today: the local day.

    Returns:
        What changed, one line each; empty when nothing did.

    Raises:
        UsageError: a value cannot be.
    """
    lines = []
    for field, said in fields.items():
        column, value = _field(field, said, today)
        old = getattr(contact, column)
        if old != value:
            setattr(contact, column, value)
            lines.append(f"{field.replace('_', '-')}: {_said(field, old)} -> {_said(field, value)}")
    if lines:
        keys = name_keys(contact.name, contact.nickname)
        contact.name_key, contact.nickname_key, contact.initials = keys
        from datetime import UTC, datetime

        contact.updated_at = datetime.now(UTC)
    return lines


def _field(field: str, said: str, today: date) -> tuple[str, str | int | None]:
    if field == "name":
        return "name", checked_name(said)
    if field == "every":
        return "cadence_days", checked_cadence(said) if said else None
    if field == "birthday":
        return "birthday", checked_birthday(said, today) if said else ""
    if field == "notes":
        return "notes", clean_text(said)
    if field == "tact_allow":
        return "tact_allow", checked_kinds(said)
    return field, clean_line(said)


def _said(field: str, value: str | int | None) -> str:
    if isinstance(value, int):
        return say_span(value)
    return value or ("never" if field == "every" else "(nothing)")


def number_of(contact: Contact) -> int:
    """The number of a contact that is in the store."""
    if contact.id is None:
        raise ValueError("the contact was not flushed")
    return contact.id
