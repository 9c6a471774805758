"""Texts and dates of feeds, as feedparser reads them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html.entities import entitydefs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TEXT_TYPES = {"text": False, "plain": False, "text/plain": False, "html": True, "text/html": True}
LINK_ATTRIBUTES = ("href", "rel", "type", "title", "hreflang", "length")
"""Attributes of a link that are usual."""
_READ_ATTRIBUTES = frozenset({*LINK_ATTRIBUTES, "url", "uri", "about", "lastmod", "mode", "src", "ispermalink"})
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: n for n, name in enumerate(_NAMES, 1)}
_ZONES = {"EST": 5, "EDT": 4, "CST": 6, "CDT": 5, "MST": 7, "MDT": 6, "PST": 8, "PDT": 7}  # RFC 822 section 5.1
_RFC822 = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})"
    rf" (\d\d):(\d\d)(?::(\d\d))? (?:GMT|UTC|UT|Z|([+-])(0\d|1[0-4])([0-5]\d)|({'|'.join(_ZONES)}))",
    re.ASCII,
)
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d)))?()", re.ASCII
)
_FIRST_YEAR, _LAST_YEAR = 2, 9_998  # beyond, a time zone leads out of the calendar; nobody believes such dates
_CLOSING_TAG = re.compile(r"</\w+>")
_ENTITY = re.compile(r"&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_C1 = re.compile("[\x80-\x9f]")


class DeclinedError(Exception):
    """Something that feedparser treats in a way of its own."""


def has_usual_attributes(element: Element, *names: str) -> bool:
    """Whether an element has attributes of these names only, apart from ones of other namespaces.

    feedparser drops namespaces that it does not know, so their names must not be any that it reads.
    """
    return all(
        name in names or (name[0] == "{" and name.rpartition("}")[2].lower() not in _READ_ATTRIBUTES)
        for name in element.attrib
    )


def text_of(element: Element) -> str:
    """An element's text, trimmed and repaired as feedparser does it.

    Raises:
        DeclinedError: it holds elements.
    """
    return repaired(stripped(element))


def plain_or_html(element: Element, *, is_html: bool, may_be_html: bool) -> tuple[str, bool]:
    """An element's text, and whether it is HTML.

    Args:
        element: a title, a summary, content.
        is_html: what it is where it does not say.
        may_be_html: text that says it is plain may be HTML after all (everywhere but in Atom).

    Raises:
        DeclinedError: it is of another type, holds elements, or it is hard to say what it is.
    """
    said = element.attrib
    if said:
        is_html = is_html_type(said, is_html=is_html)
    text = stripped(element)
    if not is_html and may_be_html and ("&" in text or "</" in text):
        is_html = _looks_like_html(text)
    return repaired(text), is_html


def is_html_type(attributes: dict[str, str], *, is_html: bool) -> bool:
    """Read the type attribute of a text.

    Raises:
        DeclinedError: it is neither text nor HTML, or an attribute changes how it is read.
    """
    for name, value in attributes.items():
        low = name.lower()
        if low == "type":
            kind = _TEXT_TYPES.get(value.lower())
            if kind is None:
                raise DeclinedError
            is_html = kind
        elif low in {"mode", "src"} or low.endswith(("}type", "}mode", "}src")):
            raise DeclinedError
    return is_html


def date_of(element: Element) -> datetime | None:
    """A date in one of its two usual forms, UTC; None when the element is empty.

    Raises:
        DeclinedError: it is written otherwise.
    """
    written = text_of(element)
    if not written:
        return None
    found = _RFC822.fullmatch(written)
    if found:
        day, month, year = int(found[1]), _MONTHS[found[2]], int(found[3])
    else:
        found = _RFC3339.fullmatch(written)
        if not found:
            raise DeclinedError
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    try:
        time = datetime(year, month, day, int(found[4] or 0), int(found[5] or 0), int(found[6] or 0), tzinfo=UTC)
    except ValueError as error:
        raise DeclinedError from error
    return time - _offset(found) if _FIRST_YEAR < year < _LAST_YEAR else None


def _offset(found: re.Match[str]) -> timedelta:
    if found[10]:
        return timedelta(hours=-_ZONES[found[10]])
    if not found[7]:
        return timedelta(0)
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    return offset if found[7] == "+" else -offset


def _looks_like_html(text: str) -> bool:
    """Whether plain text is HTML after all; with tags in it, feedparser knows which."""
    if not (_CLOSING_TAG.search(text) or _ENTITY.search(text)):
        return False
    if "<" in text:
        from feedparser.api import StrictFeedParser

        return bool(StrictFeedParser.looks_like_html(text))
    return all(name in entitydefs for name in _NAMED.findall(text))


def stripped(element: Element) -> str:
    """An element's text, trimmed.

    Raises:
        DeclinedError: it holds elements.
    """
    if len(element):
        raise DeclinedError
    return (element.text or "").strip()


def repaired(text: str) -> str:
    """Text that was encoded twice, and controls that stand for windows-1252."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return _C1.sub(_windows, text)


def _windows(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "ignore") or found[0]
