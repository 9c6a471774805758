"""CSV with a header (RFC 4180, as it is in the wild): contacts or exchanges, told apart by their columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.people.formats import ExchangeForm, Reject, Row, Sheet
from giveback.people.formats.columns import FIELDS, Column, columns_of, person_of, plain, shape_of
from giveback.people.formats.headers import KNOWN_OTHERWISE
from giveback.text import clean_line, clean_text, fold, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from giveback.people.formats.person import Person

DELIMITERS = ",;\t"
REASON = "reason"
"""The first column of a file of rejects; importing that file again passes over it."""
COLUMNS_LIMIT = 2_000
"""A table with more columns is something else, or meant to do harm."""
LOOKED_AT = 20_000
"""Characters by which a table is told."""
CODE_PAGES = ("cp1252", "cp1250", "cp1251", "cp1253")
"""Tried in this order where a file is not UTF-8; the one that makes the most columns known is meant."""

_EXCHANGE = {
    "name": ("name", "full name", "fullname", "display name", "contact", "person"),
    "email": ("email", "e mail", "mail", "email address", "e mail address", "emails"),
    "day": ("date", "day", "on", "on day", "when"),
    "kind": ("kind", "type", "direction"),
    "channel": ("channel", "via", "medium"),
    "text": ("text", "what", "summary", "subject", "description"),
    "note": ("note", "notes", "comment", "comments", "details"),
}

_NEEDS = (
    "contacts need a column `name` (or first and last name); exchanges need `date`, `name` or `email`, and `kind` or"
    ' `text`; saved pages need `url` and `title`, or --map "url=…,title=…"; --map "Column=name,…" is for people'
)

Mappings = dict[str, dict[str, str]]
"""What the columns of tables mean that were mapped before, by `header_key`."""


def read(data: bytes, name: str, mapped: Mapping[str, str], remembered: Mapping[str, Mapping[str, str]]) -> Sheet:
    """Read a CSV file of contacts or of exchanges.

    Args:
        data: UTF-8, or an encoding of old Windows.
        name: the file's name, for messages.
        mapped: fields by the plain names of columns, from `--map`.
        remembered: what was mapped before, by `header_key`.

    Raises:
        UsageError: it is no text, or its header names neither contacts nor exchanges.
    """
    texts, encoding = _decoded(data, name)
    best = max(texts, key=_known)
    lines = list(io.StringIO(best, newline=""))
    found = _header(lines, name, mapped, remembered)
    entries = list(_entries(lines[found.next_line :], found.delimiter, found.next_line))
    remark = [f"read as {encoding}, since it is not UTF-8"] if encoding and len(texts) == 1 else []
    if encoding and len(texts) > 1:
        remark = [f"read as {CODE_PAGES[texts.index(best)]}, since it is not UTF-8"]
    return _sheet(name, found, entries, remark)._replace(header=header_key(found.cells) if mapped else "")


class _Header(NamedTuple):
    """The row that names the columns, and what they say."""

    cells: list[str]
    delimiter: str
    next_line: int
    exchange: Sequence[str]
    columns: Sequence[Column]


def header_key(header: Sequence[str]) -> str:
    """By what a table is known again."""
    return "|".join(plain(cell) for cell in header)[:4_000]


def mapping_of(said: str) -> dict[str, str]:
    """Read what `--map` says of people: "Name=name,Mail=email", column first.

    Returns:
        Fields by the plain names of columns.

    Raises:
        UsageError: a part is no pair, or names no field.
    """
    found = {}
    for part in filter(None, map(str.strip, said.split(","))):
        column, equals, field = (piece.strip() for piece in part.rpartition("="))
        if not equals or not column or fold(field) not in FIELDS:
            raise UsageError(f"{part!r} maps no column", f"write COLUMN=FIELD; fields: {', '.join(FIELDS)}")
        found[plain(column)] = fold(field)
    return found


def _decoded(data: bytes, name: str) -> tuple[list[str], str]:
    """The text; where it is not UTF-8, what it could be, and the name of the first of these."""
    try:
        return [data.decode("utf-8")], ""
    except UnicodeDecodeError as error:
        place = error.start
        if not any(byte < 9 or 13 < byte < 27 for byte in data[:4_096]):  # noqa: PLR2004 - controls that no text holds
            return [data.decode(page, "replace") for page in CODE_PAGES], CODE_PAGES[0]
    line = data.count(b"\n", 0, place) + 1
    raise UsageError(
        f"{name} is not UTF-8 text: byte 0x{data[place]:02x} in line {line}",
        "giveback imports vCard, CSV, LDIF, OPML and the files of other tools (docs/formats.md)",
    )


def _known(text: str) -> int:
    """How many columns the first lines of a text make known, in all."""
    first = [line for line in text[:LOOKED_AT].splitlines() if line.strip()][:10]
    return sum(bool(column.field) for line in first for column in _split(line, _delimiter(line), {}))


def _split(line: str, delimiter: str, mapped: Mapping[str, str]) -> list[Column]:
    cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    return columns_of(cells, mapped) if len(cells) <= COLUMNS_LIMIT else []


def _header(
    lines: Sequence[str], name: str, mapped: Mapping[str, str], remembered: Mapping[str, Mapping[str, str]]
) -> _Header:
    """Find the header: the first row, or the first below a preamble of any length that names people or exchanges."""
    first: list[str] | str | None = None
    for delimiter, end, cells in _candidates(lines, name):
        if first is None:
            first = cells
        if isinstance(cells, str):
            continue
        exchange, found = _exchange_fields(cells), columns_of(cells, mapped or remembered.get(header_key(cells), {}))
        if _holds_exchanges(exchange) or _holds_people(found, is_first=cells is first, mapped=bool(mapped)):
            return _Header(cells, delimiter, end, exchange, found)
    if not first:
        raise UsageError(f"{name} is empty", _NEEDS)
    if isinstance(first, str):
        raise UsageError(f"{name} has a header with unpaired quotes", _NEEDS)
    said = ", ".join(repr(clean_line(cell, 40)) for cell in first[:10])
    raise UsageError(f"{name} holds neither contacts nor exchanges: its header says {said}", _NEEDS)


def _candidates(lines: Sequence[str], name: str) -> Iterator[tuple[str, int, list[str] | str]]:
    """Rows from the top, each with the delimiter that makes most of it known, and the number of lines to its end."""
    place = 0
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        if sum(map(lines[place].count, DELIMITERS)) > COLUMNS_LIMIT:
            raise UsageError(f"{name} has more than {COLUMNS_LIMIT:,} columns", "take the columns that matter")
        delimiter = _delimiter(lines[place][:LOOKED_AT])
        entry = next(_entries(lines[place:], delimiter, place), None)
        if entry is None:
            return
        place = entry.end
        yield delimiter, place, entry.cells


def _exchange_fields(header: Sequence[str]) -> list[str]:
    by_alias = {alias: field for field, names in _EXCHANGE.items() for alias in names}
    names = (" ".join(words(cell)) for cell in header)
    return [by_alias.get(cell) or by_alias.get(cell.rstrip("0123456789 "), "") for cell in names]


def _holds_exchanges(fields: Sequence[str]) -> bool:
    found = set(fields)
    return "day" in found and bool(found & {"name", "email"}) and bool(found & {"kind", "text", "note"})


def _holds_people(found: Sequence[Column], *, is_first: bool, mapped: bool) -> bool:
    """Whether a row is a header of people; below a preamble it must name more than one thing."""
    fields = {column.field for column in found} - {""}
    named = "name" in fields or {"given", "family"} <= fields or ({"given"} <= fields and "email" in fields)
    return named and (is_first or len(fields) > 2 or (mapped and len(fields) > 1))  # noqa: PLR2004 - a sentence may hold two


def _delimiter(header: str) -> str:
    """The one that makes the most known columns; among equals the most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
        known = [bool(column.field) for column in columns_of(cells[:COLUMNS_LIMIT], {})]
        return sum(known) + sum(map(bool, _exchange_fields(cells[:COLUMNS_LIMIT]))), len(cells)

    return max(DELIMITERS, key=worth)


class _Entry(NamedTuple):
    """Cells, the line they begin at and the lines up to their end; a text when they could not be taken apart."""

    line: int
    cells: list[str] | str
    problem: str = ""
    end: int = 0


def _entries(lines: Sequence[str], delimiter: str, before: int = 0) -> Iterator[_Entry]:
    """Take lines apart; after a line with unpaired quotes begin again at the next, so that only it is lost."""
    start = 0
    while start < len(lines):
        rest = (lines[place] for place in range(start, len(lines)))
        reader, done = csv.reader(rest, delimiter=delimiter, strict=True, skipinitialspace=True), 0
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield _Entry(before + start + done + 1, cells, "", before + start + reader.line_num)
                done = reader.line_num
        except csv.Error as error:
            start += done + 1
            yield _Entry(before + start, lines[start - 1].rstrip("\r\n"), _problem(error), before + start)
        else:
            return


def _problem(error: csv.Error) -> str:
    if "field limit" in str(error) or "unexpected end" in str(error):
        return "a quote is opened and not closed"
    return "its quotes do not pair"


def _sheet(name: str, header: _Header, entries: Sequence[_Entry], remarks: list[str]) -> Sheet:
    rejects = [Reject(entry.line, entry.problem, entry.cells) for entry in entries if isinstance(entry.cells, str)]
    rows = [entry for entry in entries if not isinstance(entry.cells, str)]

    def write(bad: Sequence[Reject]) -> str:
        return _rejects_text(header.cells, header.delimiter, bad)

    if _holds_exchanges(header.exchange):
        passed_over = _unknown(header.cells, [bool(field) for field in header.exchange])
        exchanges = list(_exchanges(rows, header.exchange, rejects))
        return Sheet(name, (), exchanges, rejects, passed_over, write, remarks=remarks)
    shape = shape_of(header.cells, header.columns, (entry.cells for entry in rows))
    contacts: list[Row[Person]] = []
    hidden = 0
    for entry in rows:
        person = person_of(entry.cells, shape)
        if shape.source == "linkedin" and _is_hidden(person):
            hidden += 1
            continue
        contacts.append(Row(entry.line, _with_extra(person, entry.cells, len(header.cells)), entry.cells))
    if hidden:
        remarks = [*remarks, f"people whom LinkedIn hides, passed over: {hidden}"]
    source = shape.source
    used = {place for entry in rows for place, cell in enumerate(entry.cells) if cell} if source != "csv" else None
    # Programs write every column that they know; only those that hold something are worth a word.
    known = [bool(one.field) or not (used is None or place in used) for place, one in enumerate(shape.columns)]
    passed_over = _unknown(header.cells, known)
    return Sheet(name, contacts, (), rejects, passed_over, write, source, strict=source == "csv", remarks=remarks)


def _is_hidden(person: Person) -> bool:
    """Members who closed their account have no name in the export, or are "Restricted Member"."""
    return not person.name or (person.name == "Restricted Member" and not person.points and not person.company)


def _with_extra(person: Person, cells: Sequence[str], columns: int) -> Person:
    extra = [cell for cell in map(str.strip, cells[columns:]) if cell]
    if not extra:
        return person
    what = ", ".join(repr(clean_line(cell, 40)) for cell in extra[:3]) + (" …" if len(extra) > 3 else "")  # noqa: PLR2004 - as above
    return person._replace(problems=(*person.problems, f"cells beyond the {columns} columns left out: {what}"))


def _unknown(header: Sequence[str], known: Sequence[bool]) -> list[str]:
    """Columns that say nothing to giveback, but for those that programs always write."""
    cells = [
        cell for cell, field in zip(header, known, strict=True) if not field and plain(cell) not in KNOWN_OTHERWISE
    ]
    return [said for cell in cells if (said := clean_line(cell, 40)) and fold(said) != REASON]


def _exchanges(rows: Sequence[_Entry], fields: Sequence[str], rejects: list[Reject]) -> Iterator[Row[ExchangeForm]]:
    for entry in rows:
        cells = entry.cells
        if any(map(str.strip, cells[len(fields) :])):
            rejects.append(Reject(entry.line, f"it has {len(cells)} cells under {len(fields)} columns", cells))
            continue
        said: dict[str, str] = {}
        for field, cell in zip(fields, cells, strict=False):
            if field and (value := cell.strip()):
                said.setdefault(field, value)
        yield Row(entry.line, ExchangeForm(**said), cells)


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
