"""Contacts as khard writes them for people to edit: YAML with its words for the properties of a vCard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from giveback.people.formats import Reject, Row, Sheet
from giveback.people.formats.contentline import decoded, escaped
from giveback.people.formats.person import Person, Point, best_name, one_line
from giveback.people.formats.said import a_birthday, an_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SOURCE = "khard"
_BEGINS = re.compile(rb"^(?:Formatted name|First name)\s*:", re.MULTILINE)
_PARTS = ("Box", "Extended", "Street", "City", "Region", "Code", "Country")
_TEXTS = {"name": "Formatted name", "prefix": "Prefix", "given": "First name", "additional": "Additional"} | {
    "family": "Last name",
    "suffix": "Suffix",
    "nickname": "Nickname",
    "title": "Title",
}


def read(data: bytes, name: str) -> Sheet | None:
    """Read one contact or several, parted by `---`; None when it is something else.

    Args:
        data: as `contentline.as_utf8` returns it.
        name: the file's name, for messages.
    """
    if not _BEGINS.search(data[:20_000]):
        return None
    contacts: list[Row[Person]] = []
    rejects: list[Reject] = []
    line = 1
    for text in re.split(r"(?m)^---[ \t]*$", decoded(data)):
        found = _parsed(text)
        if isinstance(found, str):
            rejects.append(Reject(line, found, (text,)))
        elif found:
            person = _person(found)
            if person.name:
                contacts.append(Row(line, person, (text,)))
            else:
                rejects.append(Reject(line, "it names nobody", (text,)))
        line += text.count("\n")
    return Sheet(name, contacts, (), rejects, (), _again, SOURCE)


def _parsed(text: str) -> Mapping[str, Any] | str:
    """What a document says, or why it cannot be read."""
    import yaml

    try:
        # Days stay text: YAML has a type of its own for some of them, and not for "--03-14".
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts, lists and mappings alone
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return f"it is no YAML: {str(error).partition(chr(10))[0]}"
    if found is None or found == "":
        return {}
    return found if isinstance(found, dict) else "it is no list of fields"


def _person(said: Mapping[str, Any]) -> Person:
    fields: dict[str, Any] = {field: " ".join(_listed(said.get(key))) for field, key in _TEXTS.items()}
    companies = said.get("Organisation")
    first = companies[0] if isinstance(companies, list) and companies else companies
    emails = list(_typed("email", said.get("Email")))
    points = [point for point in emails if an_address(point.value)]
    points += _typed("phone", said.get("Phone"))
    points += _addresses(said.get("Address"))
    points += [Point("url", value) for value in _listed(said.get("Webpage"))]
    private = said.get("Private")
    if isinstance(private, dict):
        points += [
            Point("handle", value, str(key).lower()) for key, values in private.items() for value in _listed(values)
        ]
    person = Person(
        **fields,
        company=(_listed(first) or [""])[0],
        birthday=a_birthday(str(said.get("Birthday") or "")),
        anniversary=a_birthday(str(said.get("Anniversary") or "")),
        notes="\n\n".join(_listed(said.get("Note"))),
        circles=tuple(_listed(said.get("Categories"))),
        points=tuple(points),
        problems=tuple(f"{one.value[:60]!r} is no e-mail address" for one in emails if not an_address(one.value)),
    )
    return person if person.name else person._replace(name=best_name(person))


def _listed(said: object) -> list[str]:
    values = said if isinstance(said, list) else [said]
    return [str(value).strip() for value in values if isinstance(value, str) and value.strip()]


def _typed(kind: str, said: object) -> Iterator[Point]:
    for label, values in said.items() if isinstance(said, dict) else ():
        for value in _listed(values):
            words = [word.strip().lower() for word in str(label).split(",")]
            yield Point(kind, value, " ".join({"cell": "mobile"}.get(word, word) for word in words if word != "pref"))


def _addresses(said: object) -> Iterator[Point]:
    for label, values in said.items() if isinstance(said, dict) else ():
        for address in values if isinstance(values, list) else [values]:
            if isinstance(address, dict):
                parts = tuple(", ".join(_listed(address.get(part))) for part in _PARTS)
                if any(parts):
                    yield Point("address", one_line(parts), str(label), ";".join(map(escaped, parts)))


def _again(rejects: Sequence[Reject]) -> str:
    return "---\n".join(f"# {reject.reason}\n{reject.cells[0].strip()}\n" for reject in rejects)
