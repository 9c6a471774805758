"""A contact as a small TOML form (https://toml.io/en/v1.0.0) for the user's editor."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import say_span
from giveback.errors import UsageError
from giveback.people.contacts import (
    POINT_KINDS,
    checked_birthday,
    checked_cadence,
    checked_name,
    checked_phrase,
    checked_point,
)
from giveback.people.editing import Edits
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.store.questions.contacts import ContactRow, InterestRow, PointRow

FIELDS = ("name", "nickname", "company", "title", "town", "every", "met_at", "birthday", "notes")
LISTS = (*POINT_KINDS, "interests", "avoid")
WIDTH = 80

_COMMENTS = {
    "every": "3w, 45d, 2 months, close, warm, weak, dormant or never",
    "birthday": "1980-03-14, or --03-14 when the year is not known",
    "met_at": "where you met",
    "interests": "what they care about",
    "avoid": "what to keep away from",
}


class Form(NamedTuple):
    """What a form says.

    Attributes:
        fields: by the names in `FIELDS`, "" for nothing.
        lists: by the names in `LISTS`.
    """

    fields: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]


def form_of(row: ContactRow, points: Sequence[PointRow], interests: Sequence[InterestRow]) -> Form:
    """The form of a contact as it is in the store."""
    fields = {field: str(getattr(row, field)) for field in FIELDS if field != "every"}
    fields["every"] = say_span(row.cadence_days) if row.cadence_days else "never"
    lists = {kind: [point.value for point in points if point.kind == kind] for kind in POINT_KINDS}
    lists["interests"] = [interest.phrase for interest in interests if not interest.avoid]
    lists["avoid"] = [interest.phrase for interest in interests if interest.avoid]
    return Form(fields, lists)


def write(form: Form) -> str:
    """Write a form as commented TOML; `read` gives the same form back."""
    plain = [_commented(f"{field} = {_quoted(form.fields[field])}", field) for field in FIELDS if field != "notes"]
    points = [f"{kind} = {_listed(form.lists[kind])}" for kind in POINT_KINDS]
    wishes = [f"# {_COMMENTS[field]}\n{field} = {_listed(form.lists[field])}" for field in ("interests", "avoid")]
    return "\n".join(
        [
            f"# {clean_line(form.fields['name'], 60)}: change what you like, save and close.",
            '# "" and [] empty a line; a line that you delete stays as it was.',
            "",
            *plain,
            "",
            '# lists: ["home@example.com", "work@example.com"]',
            *points,
            "",
            *wishes,
            "",
            f"notes = {_quoted_lines(form.fields['notes'])}",
            "",
        ]
    )


def _commented(line: str, field: str) -> str:
    return f"{line:<28}  # {_COMMENTS[field]}" if field in _COMMENTS else line


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character < " " or character == "\x7f":
        return f"\\u{ord(character):04x}"
    return character


def _quoted(value: str) -> str:
    return '"' + "".join(map(_escaped, value)) + '"'


def _quoted_lines(value: str) -> str:
    """Text between triple quotes; the line break after the opening ones does not count."""
    lines = "\n".join("".join(map(_escaped, line)) for line in value.split("\n"))
    # One quote between words needs no mark, and reads better without.
    return '"""\n' + re.sub(r'(?<!")\\"(?=[^"\\])', '"', lines) + '"""'


def _listed(values: Sequence[str]) -> str:
    line = "[" + ", ".join(map(_quoted, values)) + "]"
    if len(line) <= WIDTH:
        return line
    return "[\n" + "".join(f"    {_quoted(value)},\n" for value in values) + "]"


def read(text: str, old: Form, today: date) -> Form:
    """Read a form back.

    Args:
        text: what the user saved.
        old: the form as it was; what the text does not name stays.
        today: the local day.

    Raises:
        UsageError: it is no TOML, names no field of ours, or holds a value that cannot be; the
            message begins with the line.
    """
    said = _parsed(text.removeprefix("\ufeff"))
    fields, lists = dict(old.fields), dict(old.lists)
    for field, value in said.items():
        try:
            if field in FIELDS:
                fields[field] = _field(field, _text(field, value), today, old)
            elif field in LISTS:
                lists[field] = _list(field, value, text)
            else:
                raise UsageError(f"there is no field {field!r}", "use " + ", ".join((*FIELDS, *LISTS)))
        except _AtLineError as error:
            raise UsageError(f"line {error.line}: {error.message}", error.hint) from error
        except UsageError as error:
            raise UsageError(f"line {_line_of(text, field)}: {error.message}", error.hint) from error
    return Form(fields, lists)


class _AtLineError(UsageError):
    """A bad item of a list, at a line of its own."""

    def __init__(self, line: int, error: UsageError) -> None:
        super().__init__(error.message, error.hint)
        self.line = line


def _parsed(text: str) -> dict[str, object]:
    try:
        # Editors on some systems end lines with a carriage return as well, or with that alone.
        return tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n"))
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", place)
        line = int(found[1]) if found else text.count("\n") + 1
        raise UsageError(f"line {line}: {reason[:1].lower()}{reason[1:]}", 'it is TOML: name = "value"') from error
    except RecursionError as error:
        raise UsageError("line 1: it is nested too deeply", 'it is TOML: name = "value"') from error


def _text(field: str, value: object) -> str:
    if isinstance(value, str):
        return value
    # TOML has days and numbers of its own, and they say what is meant.
    if field == "birthday" and type(value) is date:
        return value.isoformat()
    if field == "every" and type(value) is int:
        return f"{value}d"
    raise UsageError(f"{field} needs a text in quotes", f'{field} = "…"')


def _field(field: str, said: str, today: date, old: Form) -> str:
    """A checked value; spelt as the user did, since the store spells it in its own way."""
    if said == old.fields[field]:
        return said
    if field == "name":
        return checked_name(said)
    if field == "every" and said.strip():
        checked_cadence(said)
    if field == "birthday" and said.strip():
        checked_birthday(said, today)
    return clean_text(said) if field == "notes" else clean_line(said)


def _list(field: str, value: object, text: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{field} needs a list of texts in quotes", f'{field} = ["…", "…"]')
    kept = []
    for item in value:
        try:
            kept.append(checked_phrase(item) if field in ("interests", "avoid") else checked_point(field, item))
        except UsageError as error:
            raise _AtLineError(_line_of(text, field, item), error) from error
    return list(dict.fromkeys(kept))


def _line_of(text: str, field: str, item: str = "") -> int:
    """The line that sets a field, or the one below it that holds an item of its list; the first is 1."""
    lines = text.splitlines()
    start = next(
        (at for at, line in enumerate(lines) if re.match(rf"""\s*["']?{re.escape(field)}["']?\s*[=.\]]""", line)), 0
    )
    if item:
        start = next((at for at in range(start, len(lines)) if item in lines[at] or _quoted(item) in lines[at]), start)
    return start + 1


def difference(old: Form, new: Form) -> Edits:
    """What the user changed, and nothing else: changes that others made meanwhile stay."""
    wishes = {*new.lists["interests"], *new.lists["avoid"]}
    before = [*old.lists["interests"], *old.lists["avoid"]]
    return Edits(
        fields={field: new.fields[field] for field in FIELDS if new.fields[field] != old.fields[field]},
        points=[(kind, value) for kind in POINT_KINDS for value in _gone(new.lists[kind], old.lists[kind])],
        gone_points=[(kind, value) for kind in POINT_KINDS for value in _gone(old.lists[kind], new.lists[kind])],
        likes=_gone(new.lists["interests"], old.lists["interests"]),
        avoids=_gone(new.lists["avoid"], old.lists["avoid"]),
        gone_interests=[phrase for phrase in before if phrase not in wishes],
    )


def _gone(values: Sequence[str], others: Sequence[str]) -> list[str]:
    return [value for value in values if value not in others]
