"""What an import may change: what the source changed since it was imported last, and only where nobody else did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from giveback.people.importing.checking import COLUMNS, DETAILS
from giveback.people.names import guessed_parts
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from giveback.people.importing.checking import Ready

K = TypeVar("K")
Point = tuple[str, str]
"""Kind and key."""


class Present(NamedTuple):
    """A contact as it is in the store.

    Attributes:
        fields: values of `COLUMNS` and `DETAILS`, and "every" in days or "never"; "" where nothing is known.
        points: value, label and parts of each, by kind and key.
        interests, circles: keys of what is there.
        claimed: what other sources said last: points, interests and circles that this one must not take away.
    """

    fields: Mapping[str, Any]
    points: Mapping[Point, tuple[str, str, str]]
    interests: frozenset[str]
    circles: frozenset[str]
    claimed: frozenset[Point | str]


class Changes(NamedTuple):
    """What an import changes of a contact.

    Attributes:
        fields: new values by field.
        points, interests, circles: keys of what to add.
        gone_points, gone_interests, gone_circles: keys of what to take away.
        altered: keys of points that are written or labelled otherwise.
        yours: fields that the source changed and that stay, because somebody changed them here.
    """

    fields: dict[str, Any]
    points: list[Point]
    gone_points: list[Point]
    altered: list[Point]
    interests: list[str]
    gone_interests: list[str]
    circles: list[str]
    gone_circles: list[str]
    yours: list[str]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return any(self[:-1])


def changes(present: Present, last: Mapping[str, Any], person: Ready) -> Changes:
    """Compare what is there, what the source said last, and what it says now.

    A field follows the source where it still holds what the source said last, or nothing. What the source added is
    added; what it no longer says goes, unless another source says it too. What somebody took away here does not come
    back.

    Args:
        present: the contact.
        last: what this source said at the last import, as `Ready.said` wrote it; empty at the first.
        person: what it says now.
    """
    fields: dict[str, Any] = {}
    yours = []
    guessed = _guessed(present)
    for field in (*COLUMNS, *DETAILS, "every"):
        new, before = person.fields.get(field, ""), last.get(field, "")
        if new == before or (field == "name" and not new):
            continue
        kept = present.fields.get(field, "")
        there = kept or guessed.get(field, "")
        if there == new:
            continue
        if there == before or (not kept and not last) or (field == "every" and not last):
            fields[field] = new
        elif last:
            yours.append(field)
    if guessed and any(part in fields for part in PARTS):  # what was right by guess is said together with the rest
        fields |= {part: person.fields[part] for part in PARTS if person.fields.get(part)}
    before = _last_points(last)
    points, gone_points = _compared(person.points, before.keys(), present.points.keys(), present.claimed)
    altered = [
        key for key, said in person.points.items() if key in before and said != before[key] == present.points.get(key)
    ]
    wishes = _compared(person.interests, _last_interests(last), present.interests, present.claimed)
    groups = _compared(person.circles, _last_circles(last), present.circles, present.claimed)
    if not last:  # at the first meeting a name, and a cadence that somebody set, are not the file's to change
        fields.pop("name", None)
        if present.fields.get("every"):
            fields.pop("every", None)
    return Changes(fields, points, gone_points, altered, *wishes, *groups, yours)


PARTS = ("prefix", "given", "additional", "family", "suffix")


def _guessed(present: Present) -> dict[str, str]:
    """The parts of a name that nobody took apart, as an export writes them: coming back they are nothing new."""
    if any(present.fields.get(part) for part in PARTS):
        return {}
    return dict(zip(("given", "family"), guessed_parts(str(present.fields.get("name", ""))), strict=True))


def _compared(
    new: Mapping[K, object], last: AbstractSet[K], present: AbstractSet[K], claimed: frozenset[Any]
) -> tuple[list[K], list[K]]:
    """Keys to add and to take away."""
    added = [key for key in new if key not in last and key not in present]
    gone = [key for key in sorted(last, key=str) if key not in new and key in present and key not in claimed]
    return added, gone


def _last_points(last: Mapping[str, Any]) -> dict[Point, tuple[str, str, str]]:
    return {(kind, fold(value)): (value, label, parts) for kind, value, label, parts in last.get("points", ())}


def _last_interests(last: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(fold(phrase) for phrase, _ in last.get("interests", ()))


def _last_circles(last: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(f"+{fold(name)}" for name in last.get("circles", ()))


def claims(said: Sequence[Mapping[str, Any]]) -> frozenset[Point | str]:
    """Points, interests and circles that some sources said last."""
    return frozenset().union(*map(_last_points, said), *map(_last_interests, said), *map(_last_circles, said))


class JobChange(NamedTuple):
    """A new job or title that a source tells of, compared with its last import."""

    contact_id: int
    name: str
    old_title: str
    old_company: str
    title: str
    company: str
    source: str


def job_change(contact_id: int, source: str, last: Mapping[str, Any], person: Ready) -> JobChange | None:
    """What changed in somebody's job since the last import; None where nothing did, or nothing was known."""
    old = [str(last.get(field, "")) for field in ("title", "company")]
    new = [str(person.fields.get(field, "")) for field in ("title", "company")]
    moved = any(now and fold(now) != fold(before) for before, now in zip(old, new, strict=True))
    if not last or not any(old) or not moved:
        return None
    return JobChange(contact_id, person.fields["name"], old[0], old[1], new[0], new[1], source)
