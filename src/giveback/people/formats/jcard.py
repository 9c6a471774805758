"""jCard (RFC 7095): vCard 4.0 as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from giveback.people.formats import Reject, Row, Sheet
from giveback.people.formats.contentline import Line, escaped
from giveback.people.formats.person import Group, Person
from giveback.people.formats.vcard import said_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SOURCE = "vcard"
"""A card is the same person in either spelling, so both share one source."""


def read(found: object, name: str) -> Sheet | None:
    """Read one card, or a list of them; None when it is something else.

    Args:
        found: the parsed JSON.
        name: the file's name, for messages.
    """
    cards = [found] if _is_card(found) else found
    if not isinstance(cards, list) or not any(map(_is_card, cards)):
        return None
    contacts: list[Row[Person]] = []
    rejects: list[Reject] = []
    groups: list[Group] = []
    for number, card in enumerate(cards, start=1):
        said = said_of(list(_lines(card))) if _is_card(card) else Person()
        cells = (json.dumps(card, ensure_ascii=False),)
        if isinstance(said, Group):
            groups.append(said)
        elif said.name:
            contacts.append(Row(number, said, cells))
        else:
            rejects.append(Reject(number, "it names nobody", cells))
    return Sheet(name, contacts, (), rejects, (), _again, SOURCE, groups)


def _is_card(found: object) -> bool:
    return isinstance(found, list) and len(found) > 1 and found[0] == "vcard" and isinstance(found[1], list)


def _lines(card: Any) -> Iterator[Line]:  # noqa: ANN401 - parsed JSON
    """The properties of a card as content lines, which say the same."""
    for place, prop in enumerate(card[1], start=1):
        if not isinstance(prop, list) or len(prop) < 4 or not isinstance(prop[0], str):  # noqa: PLR2004 - RFC 7095, 3.3
            continue
        name, params, values = prop[0], prop[1] if isinstance(prop[1], dict) else {}, prop[3:]
        told = {str(key).upper(): _texts(said) for key, said in params.items() if key != "group"}
        group = str(params.get("group", ""))
        head = f"{group}.{name.upper()}" if group else name.upper()
        yield Line(place, group, name.upper(), told, ",".join(map(_value, values)), head)


def _texts(said: object) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list) else [str(said)]


def _value(said: object) -> str:
    """A value as a content line writes it; structured ones are lists."""
    if isinstance(said, list):
        return ";".join(" ".join(_texts(part)) if isinstance(part, list) else escaped(str(part)) for part in said)
    return escaped(str(said))


def _again(rejects: Sequence[Reject]) -> str:
    return "[" + ",\n".join(str(reject.cells[0]) for reject in rejects) + "]\n"
