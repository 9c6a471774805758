"""What a feed parser may see of a document: from the root element on, few enough entries, not too deep.

A document without its prolog declares no entities, so none is expanded and none is loaded.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from giveback.reading.values import MAX_ENTRIES, NotAFeedError

if TYPE_CHECKING:
    from datetime import date

MAX_DEPTH = 256  # libxml2's own bound
MAX_TAGS = 100_000  # feedparser needs 50 µs for each
MAX_REFERENCES = 500_000  # each a piece of text of its own, 80 bytes and more
_BREAKS_OFF = "it breaks off in the middle"
_PROLOG = 200_000  # characters before the root element

# Unclosed comments and sections reach to the end, which keeps every search linear.
_HIDDEN = r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)"
_ROOT = re.compile(
    r"<!--.*?-->|<((?:[\w.-]+:)?(?:rss|feed|rdf|channel|entry))(?=[\s>])([^<>]*)", re.DOTALL | re.IGNORECASE
)
_PAGE = re.compile(r"<(?:!doctype\s+)?(?:html|head|body)\b", re.IGNORECASE)
_ITEM = re.compile(rf"{_HIDDEN}|<((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(rf"{_HIDDEN}|<(/?)([^\W\d][\w.:-]*)([^<>]*)>", re.DOTALL)
_REFERENCE = re.compile(rf"{_HIDDEN}|&(?:#\d+;|#[xX][0-9a-fA-F]+;|(\w+);)?", re.DOTALL)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DATE = re.compile(r"<(?:\w+:)?(?:pubDate|published|updated|date|modified)\b[^<>]*>\s*([^<]{8,60})<", re.IGNORECASE)


class Bounded(NamedTuple):
    """A document that is safe to parse.

    Attributes:
        markup: from the root element on.
        notes: what was left out or repaired, for a person.
    """

    markup: str
    notes: tuple[str, ...]


def root_offset(text: str) -> int:
    """Find where a feed's root element begins.

    Args:
        text: a document, perhaps with warnings, comments or a document type before the root.

    Returns:
        The offset of "<rss", "<feed", "<rdf:RDF" and the like, -1 if there is none.
    """
    head = text[:_PROLOG]
    for found in _ROOT.finditer(head):
        if not found[1]:
            continue
        # A page about feeds is not a feed, but a feed wrapped in a page is.
        plainly = not _PAGE.search(head, 0, found.start())
        if plainly or "xmlns" in found[2] or "version" in found[2]:
            return found.start()
    return -1


def is_wrapped(text: str, offset: int) -> bool:
    """Whether the root element there stands inside of a page."""
    return bool(_PAGE.search(text, 0, offset))


def bounded(text: str) -> Bounded:
    """Bring an XML feed within the limits.

    Args:
        text: a decoded document that has a root element.

    Returns:
        The part to parse, at most `MAX_ENTRIES` entries and about `MAX_TAGS` tags of it.

    Raises:
        NotAFeedError: elements are nested deeper than `MAX_DEPTH`.
    """
    markup = text[max(0, root_offset(text)) :]
    starts = [found.start() for found in _ITEM.finditer(markup) if found[1]]
    notes: list[str] = []
    if len(starts) > MAX_ENTRIES:
        notes.append(f"only {MAX_ENTRIES:,} of {len(starts):,} entries were read")
        if _oldest_first(markup, starts):
            markup = markup[: starts[0]] + markup[starts[-MAX_ENTRIES] :]
        else:
            markup = markup[: starts[MAX_ENTRIES]]
    if markup.count("&") > MAX_REFERENCES:
        notes.append(f"only the first {MAX_REFERENCES:,} character references were read")
        markup = markup[: -len(markup.split("&", MAX_REFERENCES)[-1]) - 1]
    closed, end = _closed(markup)
    if end and (end != _BREAKS_OFF or not notes):
        notes.append(end)
    return Bounded(_REFERENCE.sub(_reference, closed) if "&" in closed else closed, tuple(notes))


def _reference(found: re.Match[str]) -> str:
    """Spell HTML's names as XML allows it, and raw ampersands; what nobody defines stays as it is written."""
    whole, name = found[0], found[1]
    if not whole.startswith("&") or name in _XML_NAMES or (name is None and whole != "&"):
        return whole
    character = html5.get(f"{name};") if name else None
    return "".join(f"&#{ord(c)};" for c in character) if character else f"&amp;{whole[1:]}"


def _closed(markup: str) -> tuple[str, str]:
    """Close what is open at the end; tell what was wrong there, "" when nothing was."""
    open_tags: list[tuple[str, str]] = []
    end, count, wrong = 0, 0, ""
    for found in _TAG.finditer(markup):
        name = found[2]
        count += name is not None
        if count > MAX_TAGS or (not name and found[0].startswith("<!--") and not found[0].endswith("-->")):
            wrong = f"only the first {MAX_TAGS:,} tags were read" if count > MAX_TAGS else _BREAKS_OFF
            markup = markup[: found.start()]
            break
        end = found.end()
        if not name:
            continue
        _step(open_tags, name, closes=bool(found[1]), empty=found[3].endswith("/"))
        if found[1] and not open_tags and not _has_item(markup, end):
            return markup[:end], ""  # what follows the root is none of the feed
    if not open_tags:
        return markup, wrong
    last = markup[:end] + markup[end:].partition("<")[0]
    if last.rfind("<![CDATA[") > last.rfind("]]>"):
        last += "]]>"
    return last + "".join(f"</{name}>" for _, name in reversed(open_tags)), wrong or _BREAKS_OFF


def _step(open_tags: list[tuple[str, str]], name: str, *, closes: bool, empty: bool) -> None:
    """Follow one tag; a closing one also ends what was never closed inside its element."""
    key = name.lower()
    if closes:
        for depth in range(len(open_tags) - 1, -1, -1):
            if open_tags[depth][0] == key:
                del open_tags[depth:]
                break
    elif not empty:
        open_tags.append((key, name))
        if len(open_tags) > MAX_DEPTH:
            raise NotAFeedError(f"its elements are nested more than {MAX_DEPTH} deep")


def _has_item(markup: str, start: int) -> bool:
    return any(found[1] for found in _ITEM.finditer(markup, start))


def _oldest_first(markup: str, starts: list[int]) -> bool:
    first = _day(markup[starts[0] : starts[1]])
    last = _day(markup[starts[-1] :])
    return bool(first and last and first < last)


def _day(item: str) -> date | None:
    """The day in an entry's first date, RFC 822 or ISO 8601."""
    from datetime import date
    from email.utils import parsedate

    found = _DATE.search(item)
    if not found:
        return None
    parsed = parsedate(found[1])
    try:
        return date(*parsed[:3]) if parsed else date.fromisoformat(found[1].strip()[:10])
    except ValueError:
        return None
