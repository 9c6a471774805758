"""What a file says of a person, cleaned and held to what the store keeps."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.errors import UsageError
from giveback.people.contacts import (
    NAME_LIMIT,
    PHRASE_LIMIT,
    checked_birthday,
    checked_cadence,
    checked_name,
    checked_phrase,
    checked_point,
)
from giveback.people.formats.said import a_birthday, linkedin_key
from giveback.text import clean_line, clean_text, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from giveback.people.formats.person import Person, Point

DETAILS = ("prefix", "given", "additional", "family", "suffix", "pronouns", "anniversary", "met_on")
"""Columns of the table `contact_detail`."""
COLUMNS = ("name", "nickname", "company", "title", "town", "met_at", "birthday", "notes")
"""Columns of the table `contact` that a file can say, but for the cadence."""


class Ready(NamedTuple):
    """What is kept of a person.

    Attributes:
        fields: of `COLUMNS` and `DETAILS`, and "every" in days ("never" for none), where something is said.
        points: kind, value, key, label and parts of each, by kind and key.
        interests: phrase and whether it is avoided, by key.
        circles: names, by key; the key begins with "+", so that none is taken for an interest.
        properties: lines to be written back.
        emails, phones: keys to know the person by; of phones the last digits.
        linkedin: which profile is theirs.
        uid: what the source knows them by; begins with "~" where that was made up here.
        key: the folded name.
        problems: what was left out.
    """

    fields: dict[str, Any]
    points: dict[tuple[str, str], tuple[str, str, str]]
    interests: dict[str, tuple[str, bool]]
    circles: dict[str, str]
    properties: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    linkedin: str
    uid: str
    key: str
    problems: tuple[str, ...]

    @property
    def is_bare(self) -> bool:
        """Whether nothing tells this person from a namesake."""
        return not (self.emails or self.phones or self.linkedin or "company" in self.fields or self.uid[:1] != "~")

    def said(self) -> str:
        """Everything as JSON, by which the next import tells what changed in the source."""
        found: dict[str, Any] = dict(self.fields)
        if self.points:
            found["points"] = [[kind, *said] for (kind, _), said in self.points.items()]
        if self.interests:
            found["interests"] = list(self.interests.values())
        if self.circles:
            found["circles"] = list(self.circles.values())
        if self.properties:
            found["properties"] = self.properties
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def ready(person: Person, today: date, *, strict: bool) -> Ready:
    """Clean and check what a file says of a person.

    Args:
        person: what it says.
        today: the local day.
        strict: whether a value that cannot be is an error; otherwise it is left out and told.

    Raises:
        UsageError: there is no name, or `strict` and a value cannot be.
    """
    name = checked_name(person.name)
    problems = list(person.problems)
    fields = _fields(person, name, today, problems, strict=strict)
    points = _points(person.points, problems, strict=strict)
    interests = _interests(person)
    circles = {f"+{fold(circle)}": circle for said in person.circles if (circle := clean_line(said, PHRASE_LIMIT))}
    emails = tuple(key for kind, key in points if kind == "email")
    key = fold(name)
    linkedin = next(
        (found for (kind, _), said in points.items() if kind == "url" and (found := linkedin_key(said[0]))), ""
    )
    return Ready(
        fields, points, interests, circles, person.properties, emails,
        tuple(found for kind, said in points if kind == "phone" and (found := phone_key(said))),
        linkedin, clean_line(person.uid, 255) or _made_up(linkedin, key, emails), key, tuple(problems),
    )  # fmt: skip


def _made_up(linkedin: str, key: str, emails: Sequence[str]) -> str:
    """What to know somebody by at the next import where the source has nothing of its own."""
    return f"~{linkedin or '|'.join((key, *emails[:1]))}"


def _fields(person: Person, name: str, today: date, problems: list[str], *, strict: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": name}
    for field in ("nickname", "company", "title", "town", "met_at", *DETAILS[:6]):
        said = getattr(person, field)
        if said and (value := clean_line(said, NAME_LIMIT) if field in _NAMED else clean_line(said)):
            fields[field] = value
    if person.notes and (notes := clean_text(person.notes)):
        fields["notes"] = notes
    for field in ("birthday", "anniversary", "met_on", "every"):
        if said := getattr(person, field):
            try:
                fields[field] = _every(said) if field == "every" else a_day_that_was(said, today)
            except UsageError as error:
                if strict:
                    raise
                problems.append(error.message)
    if len(fields.get("met_on", "")) != len("2026-11-23"):
        fields.pop("met_on", None)
    return fields


_NAMED = {"nickname", *DETAILS[:5]}


def _every(said: str) -> int | str:
    return checked_cadence(said) or "never"


@lru_cache(maxsize=4_096)
def a_day_that_was(said: str, today: date) -> str:
    """A birthday or another day that is past.

    Raises:
        UsageError: there is no such day, or it lies in the future.
    """
    plain = a_birthday(said)
    if plain and (plain[0] == "-" or plain <= today.isoformat()):
        return plain
    return checked_birthday(said, today)


def _points(said: Iterable[Point], problems: list[str], *, strict: bool) -> dict[tuple[str, str], tuple[str, str, str]]:
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for point in said:
        if strict:
            value = checked_point(point.kind, point.value)
        else:
            value = clean_line(point.value)
            if not value or (point.kind == "email" and value != point.value.strip()):
                problems.append(f"{clean_line(point.value, 60)!r} is no {point.kind}")
                continue
        key = point.kind, fold(value)
        if key not in found:
            found[key] = value, clean_line(point.label, 60), point.parts if point.parts.isprintable() else ""
    return found


def _interests(person: Person) -> dict[str, tuple[str, bool]]:
    """The first spelling stays; what is to be avoided is avoided."""
    found: dict[str, tuple[str, bool]] = {}
    for phrases, avoid in ((person.interests, False), (person.avoid, True)):
        for said in phrases:
            phrase = checked_phrase(said)
            key = fold(phrase)
            found[key] = found.get(key, (phrase,))[0], avoid
    return found


SHORTEST_PHONE = 7
"""Digits; shorter numbers are extensions, which many people share."""


def phone_key(value: str) -> str:
    """The last nine digits of a phone number, which stay the same with and without the country; "" for short ones."""
    digits = re.sub(r"\D", "", value)
    return digits[-9:] if len(digits) >= SHORTEST_PHONE else ""


def last_said(text: str) -> Mapping[str, Any]:
    """What a source said at the last import; what cannot be read counts as nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def together(first: Ready, other: Ready) -> Ready:
    """What two entries of one file say of the same person; where both say something, the first one counts."""
    return first._replace(
        fields={**first.fields, **other.fields, **first.fields},
        points={**first.points, **other.points, **first.points},
        interests={**first.interests, **other.interests, **first.interests},
        circles={**first.circles, **other.circles, **first.circles},
        properties=tuple(dict.fromkeys((*first.properties, *other.properties))),
        emails=tuple(dict.fromkeys((*first.emails, *other.emails))),
        phones=tuple(dict.fromkeys((*first.phones, *other.phones))),
        linkedin=first.linkedin or other.linkedin,
    )
