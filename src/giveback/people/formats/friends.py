"""The friends.md of the command-line tool `friends`: friends, and activities and notes that name them in bold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.people.formats import ExchangeForm, Reject, Row, Sheet
from giveback.people.formats.contentline import decoded
from giveback.people.formats.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SOURCE = "friends"
_SECTION = re.compile(r"###\s*(Activities|Notes|Friends|Locations):\s*")
_FRIEND = re.compile(
    r"-\s+(?P<name>[^(\[@]+)(?:\((?P<names>a\.k\.a\.[^)]*)\))?\s*(?:\[(?P<town>[^\]]*)\])?(?P<tags>.*)"
)
_EVENT = re.compile(r"-\s+(?P<day>\d{4}-\d\d-\d\d)\s*:\s*(?P<text>.+)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def read(data: bytes, name: str) -> Sheet | None:
    """Read a journal of friends; None when it is something else.

    Args:
        data: as `contentline.as_utf8` returns it.
        name: the file's name, for messages.
    """
    if not re.match(rb"\s*###\s*(?:Activities|Friends|Notes|Locations):\s", data[:1_000]):
        return None
    contacts: list[Row[Person]] = []
    exchanges: list[Row[ExchangeForm]] = []
    rejects: list[Reject] = []
    section = ""
    for number, line in enumerate(decoded(data).splitlines(), start=1):
        if found := _SECTION.fullmatch(line.strip()):
            section = found[1]
        elif not line.strip() or section == "Locations":
            continue
        elif section == "Friends" and (friend := _FRIEND.fullmatch(line.strip())):
            contacts.append(Row(number, _person(friend), (section, line)))
        elif section in ("Activities", "Notes") and (event := _EVENT.fullmatch(line.strip())):
            exchanges += [Row(number, form, (section, line)) for form in _exchanges(event, section)]
        else:
            rejects.append(Reject(number, "it is no line of friends.md", (section or "Friends", line)))
    return Sheet(name, contacts, exchanges, rejects, (), _again, SOURCE)


def _person(friend: re.Match[str]) -> Person:
    names = [one.strip() for one in (friend["names"] or "").split("a.k.a.") if one.strip()]
    tags = re.findall(r"@([^\s@]+)", friend["tags"] or "")
    interests = tuple(tag.replace("-", " ").replace("_", " ").strip() for tag in tags)
    notes = f"also known as {', '.join(names[1:])}" if names[1:] else ""
    return Person(
        name=friend["name"].strip(),
        nickname=names[0] if names else "",
        town=(friend["town"] or "").strip(),
        interests=tuple(filter(None, interests)),
        notes=notes,
    )


def _exchanges(event: re.Match[str], section: str) -> Iterator[ExchangeForm]:
    """One for each friend that an activity names; a note about somebody is one, too."""
    plain = re.sub(r"(?<!\w)_(.+?)_(?!\w)", r"\1", _BOLD.sub(r"\1", event["text"]))
    text = re.sub(r"\s*@\S+", "", plain).strip() or plain
    for friend in dict.fromkeys(_BOLD.findall(event["text"])):
        yield ExchangeForm(name=friend, day=event["day"], kind="note" if section == "Notes" else "shared", text=text)


def _again(rejects: Sequence[Reject]) -> str:
    """The lines under the headings that they stood under; a line of friends.md has no place for the reason."""
    sections: dict[str, list[str]] = {}
    for reject in rejects:
        lines = sections.setdefault(reject.cells[0], [])
        if reject.cells[1] not in lines:
            lines.append(reject.cells[1])
    return "\n".join(f"### {section}:\n" + "\n".join(lines) + "\n" for section, lines in sections.items())
