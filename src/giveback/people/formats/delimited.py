"""CSV with a header (RFC 4180, as it is in the wild): contacts or exchanges, told apart by their columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from giveback.errors import UsageError
from giveback.people.contacts import POINT_KINDS, ContactForm
from giveback.people.formats import ExchangeForm, Reject, Row, Sheet
from giveback.text import clean_line, clean_text, fold, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

T = TypeVar("T")

DELIMITERS = ",;\t"
REASON = "reason"
"""The first column of a file of rejects; importing that file again passes over it."""

_WHO = {
    "name": ("name", "full name", "fullname", "display name", "contact", "person"),
    "email": ("email", "e mail", "mail", "email address", "e mail address", "emails"),
}
_CONTACT = _WHO | {
    "phone": ("phone", "telephone", "tel", "mobile", "cell", "phone number"),
    "address": ("address", "postal address"),
    "url": ("url", "website", "web", "homepage"),
    "blog": ("blog",),
    "handle": ("handle",),
    "company": ("company", "organisation", "organization", "org", "employer"),
    "title": ("title", "job title", "position", "role"),
    "town": ("town", "city", "location", "place"),
    "nickname": ("nickname", "nick", "alias"),
    "interests": ("interests", "interest", "tags", "tag", "likes", "topics", "categories"),
    "avoid": ("avoid", "avoids", "dislikes"),
    "birthday": ("birthday", "bday", "birth date", "birthdate", "date of birth", "born"),
    "every": ("every", "cadence", "cadence days", "frequency"),
    "met_at": ("met at", "met", "where met", "event"),
    "notes": ("notes", "note", "comment", "comments", "remarks"),
}
_EXCHANGE = _WHO | {
    "day": ("date", "day", "on", "on day", "when"),
    "kind": ("kind", "type", "direction"),
    "channel": ("channel", "via", "medium"),
    "text": ("text", "what", "summary", "subject", "description"),
    "note": ("note", "notes", "comment", "comments", "details"),
}


_NEEDS = (
    "contacts need a column `name`; exchanges need `date`, `name` or `email`, and `kind` or `text`; saved pages need"
    ' `url` and `title`, or --map "url=…,title=…" to say which columns they are'
)


def read(data: bytes, name: str) -> Sheet:
    """Read a CSV file of contacts or of exchanges.

    Args:
        data: UTF-8, with or without a byte order mark, or UTF-16 with one.
        name: the file's name, for messages.

    Raises:
        UsageError: it is no text, or its header names neither contacts nor exchanges.
    """
    lines = list(io.StringIO(_decoded(data, name), newline=""))
    delimiter = _delimiter(next((line for line in lines if line.strip()), ""))
    entries = _entries(lines, delimiter)
    header = next(entries, _Entry(1, [])).cells
    if not header or isinstance(header, str):
        raise UsageError(f"{name} is empty" if not header else f"{name} has a header with unpaired quotes", _NEEDS)
    rejects: list[Reject] = []
    contacts: Sequence[Row[ContactForm]] = ()
    exchanges: Sequence[Row[ExchangeForm]] = ()
    if _holds_exchanges(fields := _fields(header, _EXCHANGE)):
        exchanges = list(_forms(entries, fields, _exchange, rejects))
    elif "name" in (fields := _fields(header, _CONTACT)):
        contacts = list(_forms(entries, fields, _contact, rejects))
    else:
        found = ", ".join(repr(clean_line(cell, 40)) for cell in header[:10])
        raise UsageError(f"{name} holds neither contacts nor exchanges: its header says {found}", _NEEDS)
    unknown = [clean_line(cell, 40) for cell, field in zip(header, fields, strict=True) if not field]
    passed_over = [cell for cell in unknown if cell and fold(cell) != REASON]
    return Sheet(name, contacts, exchanges, rejects, passed_over, lambda bad: _rejects_text(header, delimiter, bad))


def _decoded(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{name} is not UTF-8 text: byte 0x{data[error.start]:02x} in line {line}",
            'save it as "CSV UTF-8" in the program it comes from',
        ) from error


def _delimiter(header: str) -> str:
    """The one that makes the most known columns; among equals the most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
        return sum(1 for field in _fields(cells, _CONTACT | _EXCHANGE) if field), len(cells)

    return max(DELIMITERS, key=worth)


def _fields(header: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> list[str]:
    """What each column says, "" for nothing known; "E-mail 2" is another e-mail."""
    by_alias = {alias: field for field, names in aliases.items() for alias in names}
    plain = (" ".join(words(cell)) for cell in header)
    return [by_alias.get(cell) or by_alias.get(cell.rstrip("0123456789 "), "") for cell in plain]


def _holds_exchanges(fields: Sequence[str]) -> bool:
    found = set(fields)
    return "day" in found and bool(found & {"name", "email"}) and bool(found & {"kind", "text", "note"})


class _Entry(NamedTuple):
    """Cells and the line they begin at; a text when the entry could not be taken apart."""

    line: int
    cells: list[str] | str
    problem: str = ""


def _entries(lines: Sequence[str], delimiter: str) -> Iterator[_Entry]:
    """Take lines apart; after a line with unpaired quotes begin again at the next, so that only it is lost."""
    start = 0
    while start < len(lines):
        rest = (lines[place] for place in range(start, len(lines)))
        reader, done = csv.reader(rest, delimiter=delimiter, strict=True, skipinitialspace=True), 0
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield _Entry(start + done + 1, cells)
                done = reader.line_num
        except csv.Error as error:
            start += done + 1
            yield _Entry(start, lines[start - 1].rstrip("\r\n"), _problem(error))
        else:
            return


def _problem(error: csv.Error) -> str:
    if "field limit" in str(error) or "unexpected end" in str(error):
        return "a quote is opened and not closed"
    return "its quotes do not pair"


def _forms(
    entries: Iterable[_Entry], fields: Sequence[str], form: Callable[[dict[str, list[str]]], T], rejects: list[Reject]
) -> Iterator[Row[T]]:
    for line, cells, problem in entries:
        if isinstance(cells, str):
            rejects.append(Reject(line, problem, cells))
        elif any(map(str.strip, cells[len(fields) :])):
            rejects.append(Reject(line, f"it has {len(cells)} cells under {len(fields)} columns", cells))
        else:
            said: dict[str, list[str]] = {}
            for field, cell in zip(fields, cells, strict=False):
                if field and (value := cell.strip()):
                    said.setdefault(field, []).append(value)
            yield Row(line, form(said), cells)


def _contact(said: dict[str, list[str]]) -> ContactForm:
    every = _first(said, "every")
    return ContactForm(
        name=_first(said, "name"),
        nickname=_first(said, "nickname"),
        company=_first(said, "company"),
        title=_first(said, "title"),
        town=_first(said, "town"),
        every=f"{every}d" if every.isdigit() else every,
        met_at=_first(said, "met_at"),
        birthday=_first(said, "birthday"),
        notes="\n\n".join(said.get("notes", ())),
        points=tuple((kind, value) for kind in POINT_KINDS for value in _points(said, kind)),
        interests=tuple(_listed(said.get("interests", ()))),
        avoid=tuple(_listed(said.get("avoid", ()))),
    )


def _exchange(said: dict[str, list[str]]) -> ExchangeForm:
    return ExchangeForm(*(_first(said, field) for field in ExchangeForm._fields))


def _first(said: dict[str, list[str]], field: str) -> str:
    return said[field][0] if field in said else ""


def _points(said: dict[str, list[str]], kind: str) -> list[str]:
    """Several e-mail addresses or phones may stand in one cell; an address of the post may hold a semicolon."""
    values = said.get(kind, [])
    return _listed(values) if kind in ("email", "phone") else values


def _listed(values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in re.split(r"[;|]", value) if part.strip()]


def _rejects_text(header: Sequence[str], delimiter: str, rejects: Sequence[Reject]) -> str:
    """The rejects under the header they had, with the reason as first column.

    Cells are cleaned, as importing them would: whoever looks at the file does so on a terminal.
    """
    again = fold(header[0]) == REASON
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([REASON, *map(clean_line, header[again:])])
    for reject in rejects:
        if isinstance(reject.cells, str):
            cells = "\t".join(clean_text(part) for part in reject.cells.split("\t"))
            out.write(f"{reject.reason.replace(delimiter, ' ')}{delimiter}{cells}\n")
        else:
            writer.writerow([reject.reason, *map(clean_text, reject.cells[again:])])
    return out.getvalue()
