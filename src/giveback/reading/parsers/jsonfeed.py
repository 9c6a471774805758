"""JSON Feed 1.1 and 1 (https://www.jsonfeed.org/version/1.1/), and RSS written as JSON (http://scripting.com/rss-in-json)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from giveback.reading.addresses import web_link
from giveback.reading.parsers.cleaning import Raw, cleaned, joined, line, parse_time
from giveback.reading.values import MAX_ENTRIES, NotAFeedError, ParsedFeed

if TYPE_CHECKING:
    from datetime import datetime

_MAX_VALUES = 500_000  # lists and objects, 64 bytes each when empty


def parse_json(text: str, url: str, latest: datetime) -> ParsedFeed:
    """Read a JSON Feed.

    Args:
        text: a JSON document.
        url: where it came from, for relative links.
        latest: dates after this are not believed.

    Raises:
        NotAFeedError: it is no JSON, no feed, or beyond the limits.
    """
    feed = _object(text)
    channel = _channel(feed)
    items, read = (feed.get("items"), _raw) if channel is None else (channel.get("item"), _raw_rss)
    if not isinstance(items, list):
        raise NotAFeedError("it is JSON, but not a JSON Feed")
    objects = [item for item in items if isinstance(item, dict)]
    notes = []
    if len(objects) > MAX_ENTRIES:
        notes.append(f"only {MAX_ENTRIES:,} of {len(objects):,} entries were read")
    entries, unnamed = cleaned(map(read, objects[:MAX_ENTRIES]), url, latest)
    unnamed += len(items) - len(objects)
    if unnamed:
        notes.append(f"{unnamed} without title, link and text left out")
    site = _string(feed, "home_page_url") if channel is None else _string(channel, "link")
    title = line(_string(feed if channel is None else channel, "title"))
    return ParsedFeed(title, web_link(site, url), entries, joined(notes))


def _channel(feed: dict[str, Any]) -> dict[str, Any] | None:
    """The channel of RSS that is written as JSON, None when it is something else."""
    rss = feed.get("rss")
    channel = rss.get("channel") if isinstance(rss, dict) else None
    return channel if isinstance(channel, dict) else None


def _raw_rss(item: dict[str, Any]) -> Raw:
    guid = item.get("guid")
    return Raw(
        guid=_string(guid, "#value") if isinstance(guid, dict) else _string(item, "guid"),
        link=_string(item, "link"),
        title=(_string(item, "title"), False),
        bodies=[(_string(item, "description"), True)],
        author=_string(item, "author"),
        dates=[_date(_string(item, "pubDate"))],
    )


def _date(written: str) -> datetime | None:
    """A date as mail has it (RFC 5322)."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _object(text: str) -> dict[str, Any]:
    import json

    if text.count("{") + text.count("[") > _MAX_VALUES:
        raise NotAFeedError("it is JSON with too many values for a feed")
    try:
        value = json.loads(text)
    except RecursionError:
        raise NotAFeedError("it is JSON nested too deep for a feed") from None
    except ValueError:
        raise NotAFeedError("it is JSON, but broken") from None
    return value if isinstance(value, dict) else {}


def _raw(item: dict[str, Any]) -> Raw:
    identifier = item.get("id")
    return Raw(
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
