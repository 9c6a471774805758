"""From what a parser found to clean entries: the same for every format."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from giveback.reading.addresses import web_link
from giveback.reading.values import Entry
from giveback.text import clean_line, clean_text, html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

SUMMARY_LENGTH = 600
TITLE_LENGTH = 80
_GUID_LENGTH = 500
_FIRST_YEAR = 1990  # the web is not older


class Raw(NamedTuple):
    """An entry before cleaning; `title` and `bodies` are (text, is HTML), the summary first."""

    guid: str
    link: str
    title: tuple[str, bool]
    bodies: list[tuple[str, bool]]
    author: str
    dates: list[datetime | None]


def cleaned(raws: Iterable[Raw], url: str, latest: datetime) -> tuple[tuple[Entry, ...], int]:
    """Clean entries.

    Args:
        raws: what a parser found.
        url: what relative links are relative to.
        latest: dates after this are not believed.

    Returns:
        The entries, and how many were left out because they have nothing to be named by.
    """
    entries = [_entry(raw, url, latest) for raw in raws]
    kept = tuple(entry for entry in entries if entry)
    return kept, len(entries) - len(kept)


def _entry(raw: Raw, url: str, latest: datetime) -> Entry | None:
    link = web_link(raw.link, url)
    bodies = [text for text in (_text(*body) for body in raw.bodies) if text]
    summary = first_words(bodies[0], SUMMARY_LENGTH) if bodies else ""
    full = max(bodies, key=len, default="")
    title = line(*raw.title) or first_words(summary, TITLE_LENGTH) or clean_line(link.partition("://")[2])
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


def line(text: str, is_html: bool = False) -> str:  # noqa: FBT001, FBT002  # takes what parsers give
    """One clean line of a text that may be HTML."""
    return clean_line(html_to_text(text, 4 * SUMMARY_LENGTH) if is_html else text)


def first_words(text: str, limit: int) -> str:
    """Cut a text to one line, at a word's end where there is one."""
    whole = clean_line(text, len(text) + 1)
    if len(whole) <= limit:
        return whole
    cut = whole[: limit - 1]
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


def joined(notes: Iterable[str]) -> str:
    """Several remarks as one, "" when there is none."""
    return "; ".join(filter(None, notes))


def _text(text: str, is_html: bool) -> str:  # noqa: FBT001  # takes what parsers give
    return html_to_text(text) if is_html else clean_text(text)


def _guid(text: str) -> str:
    short = clean_line(text, _GUID_LENGTH + 1)
    return short if len(short) <= _GUID_LENGTH else _digest(text)


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
