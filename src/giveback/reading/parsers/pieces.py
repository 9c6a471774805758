"""An entry as feedparser would put it together, element by element."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html.entities import entitydefs
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from giveback.reading.parsers.cleaning import Raw
from giveback.reading.parsers.meanings import meaning

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

_TEXT_TYPES = {"text": False, "plain": False, "text/plain": False, "html": True, "text/html": True}
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PAGES_SHORT = frozenset({"html", "xhtml"})
_LINK_ATTRIBUTES = ("href", "rel", "type", "title", "hreflang", "length")
_READ_ATTRIBUTES = frozenset({*_LINK_ATTRIBUTES, "url", "uri", "about", "lastmod", "mode", "src", "ispermalink"})
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
_SLASHES = re.compile(r"([A-Za-z][A-Za-z0-9+-.]*://)/*")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_CLOSING_TAG = re.compile(r"</\w+>")
_ENTITY = re.compile(r"&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_C1 = re.compile("[\x80-\x9f]")
_SAME_ANYWHERE = re.compile(r"https?://[!-.0-:<->@-~]+(?:/[!-:<->@-~]*)?(?:\?[!-:<->?-~]+)?|(?:tag|urn):[!-~]+")
"""Addresses that urljoin leaves as they are, whatever the base: complete ones, without empty or unusual parts."""


class DeclinedError(Exception):
    """Something that feedparser treats in a way of its own."""


class Kind(NamedTuple):
    """What matters of a document.

    Attributes:
        may_be_html: plain text may turn out to be HTML.
        has_base: some element states a base for relative addresses.
        harmless: meanings of elements without effect.
    """

    may_be_html: bool
    has_base: bool
    harmless: set[str]


class Links:
    """What names the address of a feed or an entry: link elements, and an identifier that may stand for one."""

    def __init__(self, *, has_base: bool) -> None:
        self.id = ""
        self.link: str | None = None
        self._has_base = has_base
        self._alternates: list[tuple[str, bool]] = []

    def take(self, name: str, element: Element) -> None:
        """Take a link or an identifier.

        Raises:
            DeclinedError: it is unusual.
        """
        if name == "id":
            self._identify(element)
        elif element.attrib:
            self._refer(element)
        else:
            self._point(element)

    def best(self) -> str:
        """The address: of several alternates, the first page in the feed's own language."""
        if len(self._alternates) > 1:
            for href, is_page in self._alternates:
                if is_page:
                    return href or self.link or ""
        return self.link or ""

    def _point(self, element: Element) -> None:
        """An address as text (RSS)."""
        href = _repaired(self._resolved(_stripped(element)))
        if "&" in href:
            href = _REFERENCE.sub(r"&\g<1>", href.replace("&amp;", "&"))
        self.link = href
        self._alternates.append((href, True))

    def _refer(self, element: Element) -> None:
        """An address as an attribute (Atom)."""
        said = element.attrib
        if len(element) or not has_usual_attributes(element, *_LINK_ATTRIBUTES) or not said.get("href"):
            raise DeclinedError
        kind = said.get("type", "text/html").lower()
        if said.get("rel", "alternate").lower() == "alternate":
            href = self._resolved(said["href"])
            self._alternates.append((href, kind in _PAGES and not said.get("hreflang")))
            if kind in _PAGES or kind in _PAGES_SHORT:
                self.link = href

    def _identify(self, element: Element) -> None:
        is_link = True
        for name, value in element.attrib.items():
            if name.lower() == "ispermalink":
                is_link = value == "true"
        written = _stripped(element)
        self.id = _repaired(self._resolved(written) if is_link else written)
        if is_link and self.link is None:
            self.link = self.id

    def _resolved(self, uri: str) -> str:
        """An address as feedparser leaves it without a base; one that a base could change is declined."""
        if "///" in uri:
            uri = _SLASHES.sub(r"\1", uri, count=1) if _SLASHES.match(uri) else uri
        if self._has_base and uri and ("#" in uri or not _SAME_ANYWHERE.fullmatch(uri)):
            raise DeclinedError
        return uri


class Entry:
    """An entry, taken together from its elements in their order."""

    def __init__(self, about: str, kind: Kind) -> None:
        self._links = Links(has_base=kind.has_base)
        self._links.id = about
        self._kind = kind
        self._title: tuple[str, bool] | None = None
        self._wants_title = False
        self._has_summary = False
        self.has_content = False
        """Whether something counts as content, so that another summary replaces the first."""
        self._summary: tuple[str, bool] | None = None
        self._is_summary_inside = False
        self._contents: list[tuple[str, bool]] = []
        self._author = ""
        self._dates: dict[str, datetime | None] = {}

    def take(self, name: str, element: Element) -> None:
        """Take one element.

        Args:
            name: what `meaning` says of it.
            element: it.

        Raises:
            DeclinedError: it is unusual.
        """
        if name in {"link", "id"}:
            self._links.take(name, element)
        elif name in {"published", "updated", "created"}:
            self._dates[name] = date_of(element)
        else:
            take = self._TAKE.get(name)
            if take is None:
                raise DeclinedError
            take(self, element)

    def take_inside(self, name: str, element: Element) -> None:
        """Take a title or a description of Media RSS that lies within another element."""
        if name == "media_title":
            self._take_media_title(element)
        else:
            self._take_description_inside(element)

    def raw(self) -> Raw:
        """What was found.

        Raises:
            DeclinedError: only a part of the entry names it.
        """
        if self._wants_title and not (self._title and self._title[0]):
            raise DeclinedError
        bodies = self._contents if self._summary is None else [self._summary, *self._contents]
        return Raw(
            guid=self._links.id,
            link=self._links.best(),
            title=self._title or ("", False),
            bodies=bodies or [("", False)],
            author=self._author,
            dates=[self._dates.get(name) for name in ("published", "updated", "created")],
        )

    def _take_title(self, element: Element) -> None:
        if self._title is not None:
            raise DeclinedError
        self._title = plain_or_html(element, is_html=False, may_be_html=self._kind.may_be_html)

    def _take_media_title(self, element: Element) -> None:
        """It counts only where the entry has no title."""
        plain_or_html(element, is_html=False, may_be_html=self._kind.may_be_html)
        self._wants_title = True

    def _take_description(self, element: Element) -> None:
        self._summarise(element, is_html=True)

    def _take_summary(self, element: Element) -> None:
        self._summarise(element, is_html=False)

    def _take_description_inside(self, element: Element) -> None:
        """One that lies deeper than another replaces its type, not its text."""
        before = self._summary
        if before and self._is_summary_inside and self.has_content:
            raise DeclinedError
        self._summarise(element, is_html=True)
        if self._summary is not before:
            self._is_summary_inside = not before
            self._summary = (before[0], True) if before else self._summary

    def _summarise(self, element: Element, *, is_html: bool) -> None:
        """The first summary is one; a second is taken for content where there is none."""
        if self._has_summary and not self.has_content:
            self._take_content(element)
            return
        self._has_summary, self._is_summary_inside = True, False
        self._summary = plain_or_html(element, is_html=is_html, may_be_html=self._kind.may_be_html)

    def _take_content(self, element: Element) -> None:
        self._add(plain_or_html(element, is_html=False, may_be_html=self._kind.may_be_html))

    def _take_encoded(self, element: Element) -> None:
        self._add(plain_or_html(element, is_html=True, may_be_html=self._kind.may_be_html))

    def _add(self, content: tuple[str, bool]) -> None:
        self._has_summary = self.has_content = True
        self._contents.append(content)

    def _take_author(self, element: Element) -> None:
        self._author = _person(element, self._author, self._kind.harmless) if len(element) else text_of(element)

    def _pass(self, element: Element) -> None:
        if len(element):
            raise DeclinedError

    def _pass_person(self, element: Element) -> None:
        check_person(element, self._kind.harmless)

    _TAKE: ClassVar[dict[str, Callable[[Entry, Element], None]]] = {
        "title": _take_title,
        "media_title": _take_media_title,
        "description": _take_description,
        "summary": _take_summary,
        "media_description": _take_description,
        "content": _take_content,
        "encoded": _take_encoded,
        "author": _take_author,
        "contributor": _pass_person,
        "text": _pass,
        "image": _pass,
        "ttl": _pass,
    }


def check_person(element: Element, harmless: set[str]) -> None:
    """Make sure that a person holds what persons hold.

    Raises:
        DeclinedError: it does not.
    """
    for inner in element:
        name = meaning(inner.tag)
        if len(inner) or (name not in harmless and name != "person"):
            raise DeclinedError


def _person(element: Element, before: str, harmless: set[str]) -> str:
    """The name and address of Atom's person construct."""
    said: dict[str, str] = {}
    blank = not (element.text or "").strip()
    for inner in element:
        name = inner.tag.rpartition("}")[2].lower()
        kind, text = meaning(inner.tag), (inner.text or "").strip()
        if len(inner) or name in said or (inner.tail or "").strip():
            raise DeclinedError
        if kind == "person":
            said[name] = text
        elif kind not in harmless or text:
            raise DeclinedError
    name, email = said.get("name", ""), said.get("email", "")
    if not blank or "@" in before or (before and not name):
        raise DeclinedError
    return f"{name} ({email})" if name and email else name or email


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
    return _repaired(_stripped(element))


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
    text = _stripped(element)
    if not is_html and may_be_html and ("&" in text or "</" in text):
        is_html = _looks_like_html(text)
    return _repaired(text), is_html


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


def _stripped(element: Element) -> str:
    if len(element):
        raise DeclinedError
    return (element.text or "").strip()


def _repaired(text: str) -> str:
    """Text that was encoded twice, and controls that stand for windows-1252."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return _C1.sub(_windows, text)


def _windows(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "ignore") or found[0]
