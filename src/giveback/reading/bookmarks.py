"""Saved pages from other services: CSV of Pocket, Raindrop, Instapaper, Readwise Reader …, browsers' bookmarks.

A file is told by what it holds. The Netscape bookmark file that browsers write is described at
https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85) .
"""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.reading.addresses import require_http_url
from giveback.reading.parsers.cleaning import parse_time
from giveback.text import clean_line, clean_text, fold, html_to_text, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FIELDS: dict[str, tuple[str, ...]] = {
    "url": ("url", "link", "href", "address", "uri", "web address", "page"),
    "title": ("title", "name", "page title"),
    "saved": (
        *("time added", "created", "timestamp", "saved date", "date added", "saved", "added", "date", "created at"),
        *("saved at", "added at", "time"),
    ),
    "tags": ("tags", "document tags", "labels", "keywords"),
    "folder": ("folder", "collection"),
    "note": ("note", "notes", "comment", "description"),
    "excerpt": ("excerpt", "selection", "summary"),
}
"""What a column may be called, by what it says; `--map` names others."""

REASON = "reason"
MAX_TAGS = 30
_PEOPLE = frozenset({"name", "email", "e mail", "first name", "given name", "last name", "phone", "company"})
_SECONDS = range(631_152_000, 4_102_444_800)  # of this web's time: 1990 to 2100
_TITLE_LIMIT = 300
_NETSCAPE = re.compile(
    r"<!doctype\s+netscape-bookmark-file|<dt>\s*<a\s[^<>]*href=|<a\s[^<>]*time_added=", re.IGNORECASE
)
_TOKEN = re.compile(
    r"<h3\b[^>]*>(?P<folder>[^<]*)</h3|(?P<open><dl\b)|(?P<close></dl\b)"
    r"|<a\s(?P<attributes>[^<>]*)>(?P<title>[^<]*)|<dd>(?P<note>[^<]*)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_BROWSERS_OWN = ("place:", "javascript:", "chrome:", "about:", "edge:", "data:", "file:", "moz-extension:")


class Bookmark(NamedTuple):
    """A saved page, cleaned.

    Attributes:
        line: where it begins, the first is 1.
        url: an http or https address.
        title: one line; the address where there is none.
        saved: when (UTC), None when unknown.
        tags: in the order of the file, its folder last.
        summary: what was noted or excerpted, or "".
        cells: the row as it is, for the file of rejects.
    """

    line: int
    url: str
    title: str
    saved: datetime | None
    tags: tuple[str, ...]
    summary: str
    cells: tuple[str, ...]


class Refused(NamedTuple):
    """A row that cannot be used: where, why, and what it was."""

    line: int
    reason: str
    cells: tuple[str, ...]


class Bookmarks(NamedTuple):
    """What a file holds.

    Attributes:
        name: the file's name.
        rows: what can be used.
        refused: what cannot.
        passed_over: columns that say nothing to giveback.
        write: makes a file of the same format out of refused rows.
    """

    name: str
    rows: Sequence[Bookmark]
    refused: Sequence[Refused]
    passed_over: Sequence[str]
    write: Callable[[Sequence[Refused]], str]


def recognise(data: bytes, name: str, columns: Mapping[str, str] | None = None) -> Bookmarks | None:
    """Read saved pages.

    Args:
        data: a whole file.
        name: its name without the folder, for messages.
        columns: which column says what ("url" to "Link"), in place of what their names tell.

    Returns:
        The pages, or None when the file is something else.

    Raises:
        UsageError: a column that was named is not there.
    """
    from giveback.reading.decoding import decoded

    text = decoded(data)
    if _NETSCAPE.search(text[:20_000]) and text.lstrip()[:1] == "<":
        return _read_html(text, name)
    return _read_table(text, name, columns or {})


def mapping(said: str) -> dict[str, str]:
    """Read what `--map` says: "url=Link,title=Name".

    Raises:
        UsageError: a field is unknown, or a part is no pair.
    """
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, said.split(","))):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if field not in FIELDS or not equals or not column:
            raise UsageError(f"{part!r} maps no column", f"write FIELD=COLUMN; fields: {', '.join(FIELDS)}")
        found[field] = column
    if found and "url" not in found:
        raise UsageError("--map names no column for the address", "add url=COLUMN")
    return found


# Tables


BROKEN = "it cannot be taken apart: a quote is not closed, or a cell is longer than 131,072 characters"
"""Why nothing is known of a row."""


def _read_table(text: str, name: str, columns: Mapping[str, str]) -> Bookmarks | None:
    header = next(iter(_cells(text, _delimiter(text))), (0, None))[1] or []
    fields = _fields(header, columns, name)
    if "url" not in fields or not (columns or _are_pages(header, fields)):
        return None
    delimiter = _delimiter(text)
    rows: list[Bookmark] = []
    refused: list[Refused] = []
    for place, (line, cells) in enumerate(_cells(text, delimiter)):
        if place == 0:
            continue
        found = Refused(line, BROKEN, ()) if cells is None else _row(line, cells, fields, len(header))
        if isinstance(found, Bookmark):
            rows.append(found)
        else:
            refused.append(found)
    unknown = [clean_line(cell, 40) for cell, field in zip(header, fields, strict=True) if not field]
    passed_over = [cell for cell in unknown if cell and fold(cell) != REASON]
    return Bookmarks(name, rows, refused, passed_over, lambda bad: _table_text(header, delimiter, bad))


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines()[:100] if line.strip()), "")
    return max(",;\t", key=first.count)


def _cells(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Rows with the line at which they begin; None for one that cannot be taken apart."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    before = 0
    while True:
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is None or any(map(str.strip, cells)):
            yield before + 1, cells
        before = reader.line_num


def _fields(header: Sequence[str], columns: Mapping[str, str], name: str) -> list[str]:
    """What each column says, "" for nothing known; the first of several that say the same."""
    plain = [" ".join(words(cell.replace("_", " "))) for cell in header]
    found = [""] * len(header)
    for field, column in columns.items():
        wanted = " ".join(words(column.replace("_", " ")))
        if wanted not in plain:
            shown = ", ".join(repr(clean_line(cell, 40)) for cell in header[:20])
            raise UsageError(f"{name} has no column {column!r}", f"its columns are {shown}")
        found[plain.index(wanted)] = field
    for field, names in FIELDS.items():
        place = next((plain.index(alias) for alias in names if alias in plain), None)
        if field not in found and place is not None and not found[place]:
            found[place] = field
    return found


def _are_pages(header: Sequence[str], fields: Sequence[str]) -> bool:
    """A table of people may have a column for addresses of pages, too."""
    plain = {" ".join(words(cell)) for cell in header}
    return "title" in fields and not plain & _PEOPLE


def _row(line: int, cells: Sequence[str], fields: Sequence[str], width: int) -> Bookmark | Refused:
    kept = tuple(cells)
    if any(map(str.strip, cells[width:])):
        return Refused(line, f"it has {len(cells)} cells under {width} columns", kept)
    said = {field: cell.strip() for field, cell in zip(fields, cells, strict=False) if field}
    tags = [*_tags(said.get("tags", "")), said.get("folder", "")]
    summary = "\n\n".join(filter(None, (said.get("excerpt", ""), said.get("note", ""))))
    row = _Said(said.get("url", ""), said.get("title", ""), said.get("saved", ""), tags, summary)
    return _bookmark(line, row, kept)


def _tags(cell: str) -> list[str]:
    """Tags as services write them: "a|b", "a, b", "['a', 'b']", '["a"]'."""
    bare = cell.strip().removeprefix("[").removesuffix("]")
    return [tag.strip().strip("'\"") for tag in re.split(r"[|,;]", bare)]


def _table_text(header: Sequence[str], delimiter: str, refused: Sequence[Refused]) -> str:
    again = bool(header) and fold(header[0]) == REASON
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([REASON, *map(clean_line, header[again:])])
    for row in refused:
        writer.writerow([row.reason, *map(clean_text, row.cells[again:])])
    return out.getvalue()


# Bookmark files


def _read_html(text: str, name: str) -> Bookmarks:
    rows: list[Bookmark] = []
    refused: list[Refused] = []
    folders: list[str] = []
    pending, line, counted = "", 1, 0
    for token in _TOKEN.finditer(text):
        line, counted = line + text.count("\n", counted, token.start()), token.start()
        if token["folder"] is not None:
            pending = _text(token["folder"])
        elif token["open"]:
            folders.append(pending)
            pending = ""
        elif token["close"]:
            del folders[-1:]
        elif token["note"] is not None:
            if rows and _text(token["note"]):
                rows[-1] = rows[-1]._replace(summary=clean_text(unescape(token["note"]), 2_000))
        else:
            found = _link(line, token["attributes"], token["title"], folders)
            if isinstance(found, Bookmark):
                rows.append(found)
            elif found is not None:
                refused.append(found)
    return Bookmarks(name, rows, refused, (), _html_text)


def _link(line: int, attributes: str, title: str, folders: Sequence[str]) -> Bookmark | Refused | None:
    """A bookmark; None for what only its browser understands."""
    said = {name.lower(): unescape(two or one or bare) for name, two, one, bare in _ATTRIBUTE.findall(attributes)}
    url = said.get("href", "")
    if not url or url.lower().startswith(_BROWSERS_OWN):
        return None
    tags = [*said.get("tags", "").split(","), *(folder for folder in folders[-1:] if folder)]
    saved = said.get("add_date") or said.get("time_added") or ""
    named = unescape(title)
    return _bookmark(line, _Said(url, named, saved, tags), (url, clean_line(named)))


def _text(markup: str) -> str:
    return clean_line(unescape(markup), 100)


def _html_text(refused: Sequence[Refused]) -> str:
    lines = ["<!DOCTYPE NETSCAPE-Bookmark-file-1>", "<DL><p>"]
    for row in refused:
        url, title = (escape(clean_line(cell, 4_000)) for cell in row.cells[:2])
        lines.append(f'<!-- {escape(row.reason)} --><DT><A HREF="{url}">{title}</A>')
    return "\n".join([*lines, "</DL><p>", ""])


# Both


class _Said(NamedTuple):
    """What a row says, as it is written."""

    url: str
    title: str
    saved: str
    tags: Sequence[str]
    summary: str = ""


def _bookmark(line: int, said: _Said, cells: tuple[str, ...]) -> Bookmark | Refused:
    url, title, saved, tags, summary = said
    try:
        address = require_http_url(url)
    except UsageError:
        return Refused(line, "it has no address" if not url else "it has no web address", cells)
    when = read_time(saved)
    if saved and when is None:
        return Refused(line, f"its date cannot be read: {clean_line(saved, 40)}", cells)
    kept = {fold(tag): clean_line(tag, 60) for tag in tags if any(map(str.isalnum, tag))}
    plain = html_to_text(summary, 2_000) if "<" in summary else clean_text(summary, 2_000)
    named = clean_line(title, _TITLE_LIMIT) or clean_line(address.partition("://")[2], _TITLE_LIMIT)
    return Bookmark(line, address, named, when, tuple(kept.values())[:MAX_TAGS], plain, cells)


def read_time(said: str) -> datetime | None:
    """Read when something was saved: seconds, milliseconds or microseconds since 1970, or a date.

    Returns:
        The time (UTC), None when it cannot be read or lies outside of 1990 to 2100.
    """
    text = said.strip()
    if not re.fullmatch(r"\d{9,16}(?:\.0+)?", text, re.ASCII):
        found = parse_time(text.replace("Z", "+00:00"))
        return found if found and found.timestamp() >= _SECONDS.start else None
    number = int(float(text))
    for scale in (1, 1_000, 1_000_000):
        if number // scale in _SECONDS:
            return datetime.fromtimestamp(number // scale, UTC)
    return None
