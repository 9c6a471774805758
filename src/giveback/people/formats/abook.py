"""The address book of abook (abookrc(5), "addressbook"): sections of names and values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.people.formats import Reject, Row, Sheet
from giveback.people.formats.contentline import decoded, escaped
from giveback.people.formats.person import Person, Point, best_name, one_line
from giveback.people.formats.said import a_birthday, an_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SOURCE = "abook"
_PHONES = {"phone": "home", "workphone": "work", "mobile": "mobile", "fax": "fax"}


def read(data: bytes, name: str) -> Sheet | None:
    """Read an address book; None when it is something else.

    Args:
        data: as `contentline.as_utf8` returns it.
        name: the file's name, for messages.
    """
    if not re.match(rb"\s*(?:#[^\n]*\n\s*)*\[format\]\s*\n\s*program\s*=\s*abook", data[:4_096]):
        return None
    contacts: list[Row[Person]] = []
    rejects: list[Reject] = []
    for line, text, said in _sections(decoded(data)):
        person = _person(said)
        if person.name:
            contacts.append(Row(line, person, (text,)))
        else:
            rejects.append(Reject(line, "it names nobody", (text,)))
    return Sheet(name, contacts, (), rejects, (), _again, SOURCE)


def _sections(text: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    start, lines = 0, list[str]()
    for number, line in enumerate([*text.splitlines(), "[]"], start=1):
        if not re.fullmatch(r"\s*\[\w*\]\s*", line):
            lines.append(line)
            continue
        if start:
            pairs = (part.partition("=") for part in lines if "=" in part and not part.startswith("#"))
            yield start, "\n".join(lines).strip(), {key.strip(): value.strip() for key, _, value in pairs}
        start, lines = (0 if "format" in line else number), []


def _person(said: Mapping[str, str]) -> Person:
    emails = [one.strip() for one in re.split("[,;]", said.get("email", "")) if one.strip()]
    points = [Point("email", one) for one in emails if an_address(one)]
    points += [Point("phone", said[key], label) for key, label in _PHONES.items() if said.get(key)]
    street = ", ".join(part for key in ("address", "address2") if (part := said.get(key, "")))
    parts = ("", "", street, *(said.get(key, "") for key in ("city", "state", "zip", "country")))
    if any(parts):
        points.append(Point("address", one_line(parts), "", ";".join(map(escaped, parts))))
    if said.get("url"):
        points.append(Point("url", said["url"]))
    person = Person(
        name=said.get("name", ""),
        nickname=said.get("nick", ""),
        town=said.get("city", ""),
        birthday=a_birthday(said.get("birthday", "")),
        anniversary=a_birthday(said.get("anniversary", "")),
        notes=said.get("notes", ""),
        circles=tuple(one.strip() for one in said.get("groups", "").split(",") if one.strip()),
        points=tuple(points),
        problems=tuple(f"{one[:60]!r} is no e-mail address" for one in emails if not an_address(one)),
    )
    return person if person.name else person._replace(name=best_name(person))


def _again(rejects: Sequence[Reject]) -> str:
    head = "# abook addressbook file\n\n[format]\nprogram=abook\nversion=0.6.1\n"
    return head + "".join(
        f"\n# {reject.reason}\n[{number}]\n{reject.cells[0]}\n" for number, reject in enumerate(rejects)
    )
