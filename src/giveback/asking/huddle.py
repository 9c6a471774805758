"""A group's worksheets put together, out of what each member chose to share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.asking.worksheet import Page, Row
from giveback.errors import UsageError
from giveback.matching.companies import company_key
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

FORMAT = "giveback-worksheet"
VERSION = 1
PARTS = ("needs", "counts", "steps", "names", "companies")
"""What may be shared beside the names and states of targets: needs, how many people are known, next steps, their first
names, and the companies where a contact works (never who)."""
BYTES = 1_000_000
LINES = 500
"""Targets, and companies, that one file may have."""
NOBODY = ("Nobody in the group knows anybody there yet.", "Who can be asked outside of it? Write the name in.")


class Shared(NamedTuple):
    """What a member shares.

    Attributes:
        name: of the member, or "".
        targets: each with name, state, needs, people, steps and names, as far as they were shared.
        companies: where contacts of theirs work.
    """

    name: str
    targets: list[Wanted]
    companies: list[str]


class Wanted(NamedTuple):
    """A target of a member; `people` is None where the count was not shared."""

    name: str
    state: str
    needs: list[tuple[str, bool]]
    people: int | None
    steps: list[str]
    names: list[str]


def checked_parts(said: str) -> frozenset[str]:
    """What is to be shared, from "needs, companies".

    Raises:
        UsageError: there is no such part.
    """
    parts = [fold(part) for part in said.replace(",", " ").split()]
    for part in parts:
        if part not in PARTS and parts != ["targets"]:
            raise UsageError(
                f"{part!r} is nothing that a worksheet shares", "use some of " + ", ".join(PARTS) + ", or targets"
            )
    return frozenset(parts) & frozenset(PARTS)


def share(
    name: str, pages: Sequence[Page], companies: Iterable[str], parts: frozenset[str], on: date
) -> dict[str, Any]:
    """What a member gives to the group: no more than the parts that were named.

    Notes, addresses, reasons and family names never go along.

    Args:
        name: of the member.
        pages: the worksheet.
        companies: where contacts work.
        parts: some of `PARTS`.
        on: the local day.
    """
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": name, "on": on.isoformat()}
    found["targets"] = [_shared_page(page, parts) for page in pages]
    if "companies" in parts:
        found["companies"] = sorted({company for company in companies if company}, key=fold)
    return found


def _shared_page(page: Page, parts: frozenset[str]) -> dict[str, Any]:
    value: dict[str, Any] = {"name": page.name, "state": page.state}
    if "needs" in parts:
        value["needs"] = [{"text": text, "met": met} for text, met in page.needs]
    if "counts" in parts:
        value["people"] = page.known
    if "steps" in parts:
        value["steps"] = [row.step.partition(":")[0] for row in page.people if row.step]
    if "names" in parts:
        value["names"] = [row.name.split()[0] for row in page.people if row.name.split()]
    return value


def read_shared(content: bytes, file: str) -> Shared:
    """Read what a member shared; it comes from outside and is cleaned.

    Args:
        content: the file's bytes.
        file: its name, for messages.

    Raises:
        UsageError: it is no worksheet that was shared, or one of a newer version.
    """
    hint = "make it with: giveback worksheet --share needs -o FILE"
    if len(content) > BYTES:
        raise UsageError(f"{file} is too large for a worksheet", hint)
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"{file}{line} is no JSON", hint) from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UsageError(f"{file} is no worksheet that was shared", hint)
    if value.get("version") != VERSION:
        raise UsageError(
            f"{file} is of version {value.get('version')!r}", "update giveback, or let them share it again"
        )
    targets = [_wanted(each) for each in _list(value.get("targets"))]
    return Shared(_line(value.get("name")), [each for each in targets if each.name],
                  [_line(each) for each in _list(value.get("companies")) if _line(each)])  # fmt: skip


def _wanted(value: object) -> Wanted:
    fields: Mapping[str, object] = value if isinstance(value, dict) else {}
    needs = [each for each in _list(fields.get("needs")) if isinstance(each, dict)]
    people = fields.get("people")
    return Wanted(
        _line(fields.get("name")),
        _line(fields.get("state")),
        [(_line(each.get("text")), each.get("met") is True) for each in needs if _line(each.get("text"))],
        people if isinstance(people, int) and not isinstance(people, bool) and people >= 0 else None,
        [_line(each) for each in _list(fields.get("steps"))],
        [_line(each) for each in _list(fields.get("names"))],
    )


def _list(value: object) -> list[object]:
    return value[:LINES] if isinstance(value, list) else []


def _line(value: object) -> str:
    return clean_line(value, 200) if isinstance(value, str) else ""


def merged(group: Sequence[Shared]) -> list[Page]:
    """A page for each target of the group: who wants what, and which members can help each other.

    Targets are one when their names are, legal forms aside. Those that several want come first.

    Args:
        group: what each member shared.
    """
    wanted: dict[str, list[tuple[int, Wanted]]] = {}
    for place, member in enumerate(group):
        for target in member.targets:
            wanted.setdefault(company_key(target.name) or fold(target.name), []).append((place, target))
    found = [_group_page(key, of_it, group) for key, of_it in wanted.items()]
    return sorted(found, key=lambda page: (-page.about.count(",") if page.about else 0, fold(page.name)))


def _group_page(key: str, of_it: Sequence[tuple[int, Wanted]], group: Sequence[Shared]) -> Page:
    asking = [_member(group, place) for place, _ in of_it]
    needs = [(f"{_member(group, place)}: {text}", met) for place, target in of_it for text, met in target.needs]
    rows = [_helper(group, place, target) for place, target in of_it]
    rows += [
        Row(_member(group, place), "has a contact there", need="", offer="", step="may ask them for the group")
        for place, member in enumerate(group)
        if place not in {other for other, _ in of_it}
        and any(company_key(company) == key for company in member.companies)
    ]
    states = ", ".join(dict.fromkeys(target.state for _, target in of_it if target.state))
    return Page(of_it[0][1].name, states, "wanted by " + ", ".join(asking), needs, rows, NOBODY)


def _helper(group: Sequence[Shared], place: int, target: Wanted) -> Row:
    """What a member knows of their own target, as far as it was shared; without a name it drops out."""
    knows = (
        "" if target.people is None else f"knows {target.people} who may help" if target.people else "knows nobody yet"
    )
    names = ", ".join(name for name in target.names if name)
    steps = "; ".join(dict.fromkeys(step for step in target.steps if step))
    return Row(_member(group, place), ": ".join(part for part in (knows, names) if part), step=steps)


def _member(group: Sequence[Shared], place: int) -> str:
    return group[place].name or f"member {place + 1}"
