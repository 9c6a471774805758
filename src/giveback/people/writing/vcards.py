"""A contact as a vCard (RFC 6350, or RFC 2426 for 3.0): what giveback knows first, then what it only keeps.

vCard has no property for some of what giveback knows; docs/formats.md lists the names that it gives them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from giveback.dates import say_span
from giveback.people.formats.contentline import escaped, folded
from giveback.people.names import guessed_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from giveback.store.questions.whole import Detail, Point, Whole

Version = Literal["3.0", "4.0"]
VERSIONS: tuple[Version, ...] = ("3.0", "4.0")
PRODID = "-//giveback//giveback//EN"

# Labels that both versions, or everybody in practice, write as a TYPE.
_TYPES = {"home": "home", "work": "work", "mobile": "cell", "fax": "fax", "pager": "pager"} | {
    "work fax": "work,fax",
    "home fax": "home,fax",
    "main": "main",
    "other": "other",
}
_POINTS = {"email": "EMAIL", "phone": "TEL", "address": "ADR", "url": "URL", "blog": "URL", "handle": "X-SOCIALPROFILE"}
# Properties that may stand once, and are ours to say.
_SINGLE = frozenset({"BEGIN", "END", "VERSION", "UID", "N", "REV", "PRODID", "KIND", "FN"})
_LINE = re.compile(r"(?:(?P<group>[A-Za-z0-9-]+)\.)?(?P<name>[A-Za-z0-9-]+)(?P<params>;[^\n]*?)?:", re.ASCII)


def card(whole: Whole, version: Version) -> str:
    """A contact as a card.

    Args:
        whole: the contact.
        version: 3.0 is read by everything, 4.0 has more properties of its own.

    Returns:
        Content lines ending in CRLF, folded.
    """
    known = list(_known(whole, version))
    lines = ["BEGIN:VCARD", f"VERSION:{version}", *known, *_unknown(whole, known), "END:VCARD"]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _known(whole: Whole, version: Version) -> Iterator[str]:
    row, detail = whole.row, whole.detail
    yield f"PRODID:{PRODID}"
    yield f"UID:{_uid(whole.uid, version)}"
    yield f"REV:{_rev(whole.updated_at, version)}"
    yield f"FN:{escaped(row.name)}"
    yield f"N:{';'.join(map(escaped, _name_parts(row.name, detail)))}"
    for name, value in (("NICKNAME", row.nickname), ("TITLE", row.title), ("NOTE", row.notes)):
        if value:
            yield f"{name}:{escaped(value)}"
    if row.company and not _whole_organisation(whole):
        yield f"ORG:{escaped(row.company)}"
    yield from _days(whole, version)
    yield from _ours(whole, version)
    for place, point in enumerate(whole.points, start=1):
        yield from _point(point, place)
    if whole.circles:
        yield f"CATEGORIES:{','.join(map(escaped, whole.circles))}"


def _uid(uid: str, version: Version) -> str:
    is_uuid = re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", uid)
    return f"urn:uuid:{uid}" if is_uuid and version == "4.0" else escaped(uid)


def _rev(updated_at: str, version: Version) -> str:
    return updated_at if version == "3.0" else re.sub("[:-]", "", updated_at)


def _name_parts(name: str, detail: Detail) -> tuple[str, str, str, str, str]:
    """Family, given, additional, prefix, suffix; the last word is the family name when nobody said."""
    if detail.family or detail.given:
        return detail.family, detail.given, detail.additional, detail.prefix, detail.suffix
    given, family = guessed_parts(name)
    return family, given, "", "", ""


def _whole_organisation(whole: Whole) -> bool:
    """Whether a kept line names the company with its departments."""
    start = f"ORG:{escaped(whole.row.company)}"
    return any(line == start or line.startswith(f"{start};") for line in whole.properties)


def _days(whole: Whole, version: Version) -> Iterator[str]:
    if whole.row.birthday:
        yield f"BDAY:{_day(whole.row.birthday, version)}"
    if whole.detail.anniversary:
        name = "ANNIVERSARY" if version == "4.0" else "X-ANNIVERSARY"
        yield f"{name}:{_day(whole.detail.anniversary, version)}"


def _day(day: str, version: Version) -> str:
    """4.0 wants the basic format, --MMDD without the year; 3.0 is read with dashes everywhere."""
    if version == "3.0":
        return day
    return f"--{day[2:].replace('-', '')}" if day.startswith("--") else day.replace("-", "")


def _ours(whole: Whole, version: Version) -> Iterator[str]:
    row = whole.row
    likes = "INTEREST" if version == "4.0" else "X-GIVEBACK-INTEREST"  # RFC 6715, 2.3
    for interest in whole.interests:
        yield f"{'X-GIVEBACK-AVOID' if interest.avoid else likes}:{escaped(interest.phrase)}"
    yield f"X-GIVEBACK-EVERY:{say_span(row.cadence_days) if row.cadence_days else 'never'}"
    for name, value in (
        ("MET-AT", row.met_at),
        ("MET-ON", whole.detail.met_on),
        ("TOWN", row.town),
    ):
        if value:
            yield f"X-GIVEBACK-{name}:{escaped(value)}"
    if whole.detail.pronouns:
        yield f"{'PRONOUNS' if version == '4.0' else 'X-PRONOUNS'}:{escaped(whole.detail.pronouns)}"


def _point(point: Point, place: int) -> Iterator[str]:
    name = _POINTS[point.kind]
    types = ["blog"] if point.kind == "blog" else []
    group = ""
    if point.kind == "handle" and re.fullmatch(r"[a-z0-9-]+", point.label):
        types.append(point.label)
    elif point.label in _TYPES:
        types += _TYPES[point.label].split(",")
    elif point.label and point.label != "blog":
        group = f"giveback{place}."
        yield f"{group}X-ABLABEL:{escaped(point.label)}"
    value = escaped(point.value)
    if point.kind == "address":
        value = point.parts or f";;{value};;;;"
    params = f";TYPE={','.join(types)}" if types else ""
    yield f"{group}{name}{params}:{value}"


def _unknown(whole: Whole, known: list[str]) -> Iterator[str]:
    """Lines that are only kept; one that would say again what may be said once stays away."""
    said = {_name_of(line) for line in known}
    single = _SINGLE | ({"BDAY", "ANNIVERSARY", "X-ANNIVERSARY"} & said)
    for line in whole.properties:
        if _name_of(line) not in {"", *single} and "\n" not in line and "\r" not in line:
            yield line


def _name_of(line: str) -> str:
    found = _LINE.match(line)
    return found["name"].upper() if found else ""
