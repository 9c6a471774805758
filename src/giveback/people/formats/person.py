"""A person as a file tells of them, whatever the format."""

from __future__ import annotations

from typing import NamedTuple


class Point(NamedTuple):
    """A contact point.

    Attributes:
        kind: one of `people.contacts.POINT_KINDS`.
        value: as it is written there.
        label: home, work, mobile …, the network of a handle, or a label of the user's own.
        parts: of a postal address its seven parts, as vCard's ADR writes them (RFC 6350, 6.3.1).
    """

    kind: str
    value: str
    label: str = ""
    parts: str = ""


class Person(NamedTuple):
    """What a file says of somebody; "" and () where nothing is said.

    Attributes:
        uid: what the source knows them by; "" where it has nothing of the kind.
        name: the full name.
        birthday, anniversary: YYYY-MM-DD or --MM-DD, or as the file writes it.
        every: a cadence such as "3w", or "never".
        met_on: an ISO date.
        circles: names of groups that the person is in.
        properties: content lines that mean nothing here, to be written back.
        problems: what was left out, one line each; "12:…" where it stands at another line than the person.
    """

    name: str = ""
    uid: str = ""
    prefix: str = ""
    given: str = ""
    additional: str = ""
    family: str = ""
    suffix: str = ""
    nickname: str = ""
    company: str = ""
    title: str = ""
    town: str = ""
    every: str = ""
    met_at: str = ""
    met_on: str = ""
    birthday: str = ""
    anniversary: str = ""
    pronouns: str = ""
    notes: str = ""
    points: tuple[Point, ...] = ()
    interests: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Group(NamedTuple):
    """A group of people: its name, and the UIDs or e-mail addresses of its members."""

    name: str
    members: tuple[str, ...]


def full_name(prefix: str = "", given: str = "", additional: str = "", family: str = "", suffix: str = "") -> str:
    """A full name out of its parts, in the order that most languages of our letters write them."""
    return " ".join(part for part in (prefix, given, additional, family, suffix) if part)


_EAST = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))


def ordered_name(given: str, family: str) -> str:
    """Given and family name as they are read: in Chinese, Japanese and Korean the family comes first."""
    if family and any(low <= family[0] <= high for low, high in _EAST):
        return f"{family} {given}".strip() if given else family
    return full_name(given=given, family=family)


def one_line(parts: tuple[str, ...]) -> str:
    """A postal address in one line.

    Args:
        parts: post-office box, extended address, street, locality, region, postal code, country.
    """
    box, extended, street, locality, region, code, country = (*parts, *[""] * 7)[:7]
    town = " ".join(part for part in (code, locality) if part)
    return ", ".join(part for part in (box, extended, street, town, region, country) if part)


def best_name(person: Person) -> str:
    """What to call somebody whose full name is not written: by its parts, nickname, company, or a way to reach them."""
    if person.name:
        return person.name
    if person.given or person.family:
        said = full_name(person.prefix, person.given, person.additional, person.family, person.suffix)
        return ordered_name(person.given, person.family) if said == f"{person.given} {person.family}" else said
    by_kind = {point.kind: point.value for point in reversed(person.points)}
    return person.nickname or person.company or by_kind.get("email") or by_kind.get("phone") or ""
