"""A page of Markdown for each person, with what is known in its front matter, for notes kept in plain text.

The front matter is YAML in which every text is a JSON string: JSON is a part of YAML 1.2 (https://yaml.org/spec/1.2.2/).
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from giveback.dates import say_span
from giveback.naming import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from giveback.store.questions.exchanges import ExchangeRow
    from giveback.store.questions.whole import Whole

_FORBIDDEN = re.compile(r'[<>:"/\\|?*#^\[\]\x00-\x1f\x7f]')
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LEADS = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def file_names(people: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A name for each person's page that every file system takes, whatever the script.

    Args:
        people: uuid and name of each.

    Returns:
        Names without ending, by uuid. Of people whose names would be one file each has the beginning of its
        uuid in the name, so that names stay when somebody is added.
    """
    plain = {uuid: _file_name(name) for uuid, name in people}
    keys: dict[str, int] = {}
    for name in plain.values():
        keys[_key(name)] = keys.get(_key(name), 0) + 1
    return {uuid: f"{name} {uuid[:8]}" if keys[_key(name)] > 1 else name for uuid, name in plain.items()}


def _key(name: str) -> str:
    """Some file systems tell neither case nor composition apart."""
    return unicodedata.normalize("NFC", name.casefold())


def _file_name(name: str) -> str:
    return stem(" ".join(_FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name)).split()))


def page(one: Whole, *, links: bool = False) -> str:
    """A person's page.

    Args:
        one: the contact.
        links: write the names of circles and companies as wiki links, [[like this]].
    """
    parts = [_front_matter(one), f"# {escaped(one.row.name)}\n", *_lines(one, links=links)]
    if one.row.notes:
        parts.append(f"## Notes\n\n{escaped(one.row.notes)}\n")
    if one.follow_ups:
        parts.append("## Follow-ups\n\n" + "".join(_tasks(one)))
    if one.exchanges:
        parts.append("## Exchanges\n\n" + "".join(map(_exchange, reversed(one.exchanges))))
    return "\n".join(parts)


def _front_matter(one: Whole) -> str:
    row = one.row
    said: dict[str, Any] = {
        "name": row.name,
        "aliases": [row.nickname] if row.nickname else [],
        "uuid": row.uuid,
        "company": row.company,
        "title": row.title,
        "town": row.town,
        "birthday": row.birthday,
        "met_at": row.met_at,
        "every": say_span(row.cadence_days) if row.cadence_days else "never",
        "last": row.last_on or "",
    }
    for kind in ("email", "phone", "address", "url", "blog", "handle"):
        said[kind] = [point.value for point in one.points if point.kind == kind]
    said["interests"] = [interest.phrase for interest in one.interests if not interest.avoid]
    said["avoid"] = [interest.phrase for interest in one.interests if interest.avoid]
    said["circles"] = list(one.circles)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value]
    return "\n".join(["---", *lines, "---", ""])


def _lines(one: Whole, *, links: bool) -> Iterator[str]:
    row = one.row
    works = ", ".join(part for part in (escaped(row.title), _linked(row.company, links=links)) if part)
    likes = ", ".join(escaped(interest.phrase) for interest in one.interests if not interest.avoid)
    circles = ", ".join(_linked(name, links=links) for name in one.circles)
    found = [("Works as", works), ("Lives in", escaped(row.town)), ("Cares about", likes), ("Circles", circles)]
    text = "".join(f"- {title}: {value}\n" for title, value in found if value)
    if text:
        yield text


def _linked(name: str, *, links: bool) -> str:
    plain = " ".join(re.sub(r"[\[\]|#^]", " ", name).split())
    return f"[[{plain}]]" if links and plain else escaped(name)


def escaped(text: str) -> str:
    """A text that Markdown shows as it is (https://spec.commonmark.org/0.31.2/#backslash-escapes)."""
    marked = _MARKS.sub(r"\\\1", text)
    return _LEADS.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", marked)


def _tasks(one: Whole) -> Iterable[str]:
    for item in one.follow_ups:
        due = f" (by {item.due_on})" if item.due_on else ""
        yield f"- [{'x' if item.done_on else ' '}] {item.kind}: {escaped(item.text)}{due}\n"


def _exchange(row: ExchangeRow) -> str:
    how = f" by {row.channel}" if row.channel else ""
    note = "".join(f"  > {escaped(part)}".rstrip() + "\n" for part in row.note.splitlines())
    return f"- {row.on_day} {row.direction}{how}: {escaped(row.text)}\n{note}"
