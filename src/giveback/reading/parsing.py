"""Feeds of every kind to entries: limits first, then the quickest parser that can be trusted with the document."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from giveback import dates
from giveback.reading.addresses import web_link
from giveback.reading.bounds import bounded, root_offset
from giveback.reading.decoding import BrokenCompressionError, TooLargeError, decoded, file_kind, unpacked
from giveback.reading.parsers.cleaning import cleaned, joined, line
from giveback.reading.schedule import stated_interval, stated_skips
from giveback.reading.values import MAX_BODY, NotAFeedError, ParsedFeed

if TYPE_CHECKING:
    from datetime import datetime

    from giveback.reading.parsers.found import FoundFeed


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
        from giveback.reading.parsers.jsonfeed import parse_json

        feed = parse_json(text, url, latest)
    else:
        start = root_offset(text)
        if start < 0:
            raise NotAFeedError(_what_else(data, text), "give the address of an RSS, Atom or JSON feed")
        feed = _parse_xml(text[start:], url, latest)
    return feed if whole else feed._replace(warning=joined(["it breaks off in the middle", feed.warning]))


def _parse_xml(markup: str, url: str, latest: datetime) -> ParsedFeed:
    found, notes = find_entries(markup)
    entries, unnamed = cleaned(found.raws, url, latest)
    if not found.well_formed and not notes:
        notes.append("its XML is not well-formed")
    if unnamed:
        notes.append(f"{unnamed} without title, link and text left out")
    return ParsedFeed(
        title=line(*found.title),
        site=web_link(found.site, url),
        entries=entries,
        warning=joined(notes),
        interval=stated_interval(*found.stated),
        skips=stated_skips(markup),
    )


def find_entries(markup: str) -> tuple[FoundFeed, list[str]]:
    """Find what a feed in XML holds.

    Args:
        markup: a decoded document from its root element on.

    Returns:
        What was found, and what was left out or repaired, for a person.

    Raises:
        NotAFeedError: it cannot be read.
    """
    from giveback.reading.parsers.strict import parse_strictly

    found = parse_strictly(markup)
    if found is not None:
        return found, []
    from giveback.reading.parsers.tolerant import parse_tolerantly

    part = bounded(markup)
    return parse_tolerantly(part.markup), list(part.notes)


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
