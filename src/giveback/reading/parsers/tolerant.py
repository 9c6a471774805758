"""Feeds as they are in the wild, by feedparser: RSS, Atom, RDF and CDF, well-formed or not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from giveback.reading.parsers.cleaning import Raw, parse_time
from giveback.reading.parsers.found import FoundFeed, Stated
from giveback.reading.values import MAX_ENTRIES, NotAFeedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS_IN_A_DAY = 3  # year, month and day; fewer say only a part
_PREFIXED = re.compile(r"<([A-Za-z]\w*):(?:channel|item|entry)\b")
_ANY_TAG = re.compile(r"<[^<>]*>")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def parse_tolerantly(markup: str) -> FoundFeed:
    """Read a feed of any kind and quality.

    Args:
        markup: a document within the limits, from its root element on.

    Raises:
        NotAFeedError: nothing in it could be read as a feed.
    """
    result = _feedparser(markup)
    if not result["entries"] and (bare := _without_prefix(markup)):
        result = _feedparser(bare)
    feed = result["feed"]
    if not (result["entries"] or result.get("version") or feed.get("title")):
        raise NotAFeedError("nothing in it could be read as a feed")
    return FoundFeed(
        title=_detail(feed, "title"),
        site=str(feed.get("link") or ""),
        raws=[_raw(entry) for entry in result["entries"][:MAX_ENTRIES]],
        stated=Stated(*(str(feed.get(name) or "") for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))),
        well_formed=not result.get("bozo"),
    )


def _without_prefix(markup: str) -> str:
    """The same with the prefix of its elements taken off, where nobody declared it; "" when that is not so."""
    found = _PREFIXED.search(markup)
    if not found or f"xmlns:{found[1]}" in markup:
        return ""
    prefix = re.compile(rf"(?<=[</\s]){found[1]}:(?=\w)")
    return _ANY_TAG.sub(lambda tag: prefix.sub("", tag[0]), markup)


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


def _raw(entry: Mapping[str, Any]) -> Raw:
    bodies = [(str(c.get("value") or ""), c.get("type") in _HTML_TYPES) for c in entry.get("content") or ()]
    if entry.get("summary_detail") or not bodies:  # else it is a copy of the content
        bodies.insert(0, _detail(entry, "summary"))
    fields = dict(entry)  # feedparser's own mapping answers one date for another, with a warning
    return Raw(
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
