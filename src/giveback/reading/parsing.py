"""Feeds of every kind to entries: limits first, feedparser for XML, the standard library for JSON Feed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback import dates
from giveback.reading.addresses import web_link
from giveback.reading.bounds import bounded, root_offset
from giveback.reading.decoding import BrokenCompressionError, TooLargeError, decoded, file_kind, unpacked
from giveback.reading.values import MAX_BODY, MAX_ENTRIES, Entry, NotAFeedError, ParsedFeed
from giveback.text import clean_line, clean_text, html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUMMARY_LENGTH = 600
TITLE_LENGTH = 80
_GUID_LENGTH = 500
_NUMBERS_IN_A_DAY = 3  # year, month and day; fewer say only a part
_FIRST_YEAR = 1990  # the web is not older
_MAX_JSON_VALUES = 500_000  # lists and objects, 64 bytes each when empty
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


class _Raw(NamedTuple):
    """An entry before cleaning; `title` and `bodies` are (text, is HTML), the summary first."""

    guid: str
    link: str
    title: tuple[str, bool]
    bodies: list[tuple[str, bool]]
    author: str
    dates: list[datetime | None]


def parse_feed(body: bytes, url: str, content_type: str = "", *, now: datetime | None = None) -> ParsedFeed:
    """Read a feed: RSS, Atom, RDF, CDF or JSON Feed, recognised by content.

    Args:
        body: the bytes, gzip or not.
        url: where they came from, for relative links.
        content_type: the `Content-Type` header, for its character set.
        now: the clock (UTC), against which dates in the future are judged; read when None.

    Returns:
        The feed with at most `MAX_ENTRIES` entries.

    Raises:
        NotAFeedError: it is something else, or beyond the limits; the message says what.
    """
    try:
        data, whole = unpacked(body)
    except TooLargeError:
        raise NotAFeedError(f"it is larger than {MAX_BODY // 1_000_000} MB") from None
    except BrokenCompressionError:
        raise NotAFeedError("its gzip compression is broken") from None
    text = decoded(data, content_type)
    latest = (now or dates.now().at) + timedelta(days=1)
    if text.lstrip()[:1] in {"{", "["}:
        feed = _parse_json(text, url, latest)
    elif root_offset(text) >= 0:
        feed = _parse_xml(text, url, latest)
    else:
        raise NotAFeedError(_what_else(data, text), "give the address of an RSS, Atom or JSON feed")
    return feed if whole else feed._replace(warning=_joined(["it breaks off in the middle", feed.warning]))


def first_words(text: str, limit: int) -> str:
    """Cut a text to one line, at a word's end where there is one."""
    line = clean_line(text, len(text) + 1)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    kept = cut.rpartition(" ")[0] if " " in cut[limit // 2 :] else cut
    return kept.rstrip(" ,;:.-\u2013\u200c\u200d") + "…"


def parse_time(text: str) -> datetime | None:
    """Read an RFC 3339 or ISO 8601 time; without an offset it is UTC."""
    try:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def believable(times: Iterable[datetime | None], latest: datetime) -> datetime | None:
    """Give the first time that is neither before the web nor after `latest`."""
    return next((t for t in times if t and t.year >= _FIRST_YEAR and t <= latest), None)


def _what_else(data: bytes, text: str) -> str:
    """Say what a document is that is no feed."""
    if not text.strip():
        return "it is empty"
    kind = file_kind(data)
    if kind:
        return f"it is {kind}, not a feed"
    head = text[:100_000].lower()
    if 'type="password"' in head or "type=password" in head or "type='password'" in head:
        return "it is a login page, not a feed"
    if re.search(r"<(!doctype html|html|head|body|title|p|div)\b", head):
        return "it is a web page, not a feed"
    if re.match(r"\s*<(\?xml|!|[a-z])", head):
        return "it is XML, but not a feed"
    return "it is neither XML nor JSON"


# XML


def _parse_xml(text: str, url: str, latest: datetime) -> ParsedFeed:
    part = bounded(text)
    result = _feedparser(part.markup)
    feed = result["feed"]
    if not (result["entries"] or result.get("version") or feed.get("title")):
        raise NotAFeedError("nothing in it could be read as a feed")
    notes = list(part.notes)
    if result.get("bozo") and not notes:
        notes.append("its XML is not well-formed")
    entries, unnamed = _cleaned((_raw(entry) for entry in result["entries"][:MAX_ENTRIES]), url, latest)
    if unnamed:
        notes.append(f"{unnamed} without title, link and text left out")
    return ParsedFeed(
        title=_line(*_detail(feed, "title")),
        site=web_link(str(feed.get("link") or ""), url),
        entries=entries,
        warning=_joined(notes),
    )


def _feedparser(markup: str) -> Any:  # noqa: ANN401  # feedparser publishes no types
    import io

    import feedparser

    source = f'<?xml version="1.0" encoding="utf-8"?>{markup}'.encode("utf-8", "ignore")
    # Without "content-location": it would resolve identifiers too, which must not change when a feed moves.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # A stream, because bytes and strings may be taken for the name of a file or an address.
        return feedparser.parse(
            io.BytesIO(source), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # a bug there must not stop the other feeds
        raise NotAFeedError(f"it cannot be read ({type(error).__name__})") from error


def _raw(entry: Mapping[str, Any]) -> _Raw:
    bodies = [(str(c.get("value") or ""), c.get("type") in _HTML_TYPES) for c in entry.get("content") or ()]
    if entry.get("summary_detail") or not bodies:  # else it is a copy of the content
        bodies.insert(0, _detail(entry, "summary"))
    fields = dict(entry)  # feedparser's own mapping answers one date for another, with a warning
    return _Raw(
        guid=str(entry.get("id") or ""),
        link=_link(entry),
        title=_detail(entry, "title"),
        bodies=bodies,
        author=str(entry.get("author") or ""),
        dates=[
            _time(fields.get(f"{name}_parsed"), str(fields.get(name) or ""))
            for name in ("published", "updated", "created")
        ],
    )


def _link(entry: Mapping[str, Any]) -> str:
    """The article's address: of several alternates (Atom), the first page in the feed's own language."""
    alternates = [link for link in entry.get("links") or () if link.get("rel") == "alternate"]
    pages = [link for link in alternates if link.get("type") in _HTML_TYPES and not link.get("hreflang")]
    return str((pages[0].get("href") if len(alternates) > 1 and pages else "") or entry.get("link") or "")


def _detail(element: Mapping[str, Any], name: str) -> tuple[str, bool]:
    """A text and whether it is HTML, as feedparser found out."""
    detail = element.get(f"{name}_detail") or {}
    return str(element.get(name) or ""), detail.get("type") in _HTML_TYPES


def _time(parsed: Any, written: str) -> datetime | None:  # noqa: ANN401  # time.struct_time or None
    """The parser's date, where it has some likeness to what is written."""
    if re.match(r"\d{4}-?W\d", written):
        return parse_time(written)
    try:
        year, month, day, hour, minute, second = parsed[:6]
        time = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        # "2025-13-45" is no day of January 2026: the day, give or take a time zone, must be in the text.
        near = {(time + timedelta(days=shift)).day for shift in (-1, 0, 1)}
    except (TypeError, ValueError, OverflowError):
        return None
    numbers = re.findall(r"\d+", written[:100])
    return time if len(numbers) < _NUMBERS_IN_A_DAY or near & set(map(int, numbers)) else None


# JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/


def _parse_json(text: str, url: str, latest: datetime) -> ParsedFeed:
    feed = _json_object(text)
    items = feed.get("items")
    if not isinstance(items, list):
        raise NotAFeedError("it is JSON, but not a JSON Feed")
    objects = [item for item in items if isinstance(item, dict)]
    notes = []
    if len(objects) > MAX_ENTRIES:
        notes.append(f"only {MAX_ENTRIES:,} of {len(objects):,} entries were read")
    entries, unnamed = _cleaned(map(_raw_json, objects[:MAX_ENTRIES]), url, latest)
    unnamed += len(items) - len(objects)
    if unnamed:
        notes.append(f"{unnamed} without title, link and text left out")
    site = web_link(_string(feed, "home_page_url"), url)
    return ParsedFeed(_line(_string(feed, "title")), site, entries, _joined(notes))


def _json_object(text: str) -> dict[str, Any]:
    import json

    if text.count("{") + text.count("[") > _MAX_JSON_VALUES:
        raise NotAFeedError("it is JSON with too many values for a feed")
    try:
        value = json.loads(text)
    except RecursionError:
        raise NotAFeedError("it is JSON nested too deep for a feed") from None
    except ValueError:
        raise NotAFeedError("it is JSON, but broken") from None
    return value if isinstance(value, dict) else {}


def _raw_json(item: dict[str, Any]) -> _Raw:
    identifier = item.get("id")
    return _Raw(
        guid=str(identifier) if isinstance(identifier, (str, int, float)) else "",
        link=_string(item, "url") or _string(item, "external_url"),
        title=(_string(item, "title"), False),
        bodies=[
            (_string(item, "summary"), False),
            (_string(item, "content_text"), False),
            (_string(item, "content_html"), True),
        ],
        author=", ".join(filter(None, map(_author, _authors(item)))),
        dates=[parse_time(_string(item, name)) for name in ("date_published", "date_modified")],
    )


def _authors(item: dict[str, Any]) -> list[Any]:
    """The authors of version 1.1, else the author of version 1."""
    authors = item.get("authors")
    return authors if isinstance(authors, list) else [item.get("author")]


def _author(author: object) -> str:
    return _string(author, "name") if isinstance(author, dict) else ""


def _string(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


# Cleaning, the same for all


def _cleaned(raws: Iterable[_Raw], url: str, latest: datetime) -> tuple[tuple[Entry, ...], int]:
    """Clean entries; count those that have nothing to be named by."""
    entries = [_entry(raw, url, latest) for raw in raws]
    kept = tuple(entry for entry in entries if entry)
    return kept, len(entries) - len(kept)


def _entry(raw: _Raw, url: str, latest: datetime) -> Entry | None:
    link = web_link(raw.link, url)
    bodies = [text for text in (_text(*body) for body in raw.bodies) if text]
    summary = first_words(bodies[0], SUMMARY_LENGTH) if bodies else ""
    full = max(bodies, key=len, default="")
    title = _line(*raw.title) or first_words(summary, TITLE_LENGTH) or clean_line(link.partition("://")[2])
    if not title:
        return None
    return Entry(
        guid=_guid(raw.guid) or _guid(link) or _digest(title),
        link=link,
        title=title,
        summary=summary,
        text=full if len(full) > len(summary) else "",
        author=clean_line(raw.author),
        published=believable(raw.dates, latest),
    )


def _line(text: str, is_html: bool = False) -> str:  # noqa: FBT001, FBT002  # takes what `_detail` gives
    return clean_line(html_to_text(text, 4 * SUMMARY_LENGTH) if is_html else text)


def _text(text: str, is_html: bool) -> str:  # noqa: FBT001  # takes what `_detail` gives
    return html_to_text(text) if is_html else clean_text(text)


def _guid(text: str) -> str:
    line = clean_line(text, _GUID_LENGTH + 1)
    return line if len(line) <= _GUID_LENGTH else _digest(text)


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _joined(notes: list[str]) -> str:
    return "; ".join(filter(None, notes))
