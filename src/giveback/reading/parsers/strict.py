"""Well-formed RSS, Atom and RDF without surprises: what feedparser finds, many times faster, or nothing at all.

Whatever feedparser would treat in a way of its own is declined: names it knows that are not listed here, elements
inside of text, dates in unusual forms. Tests compare both on every feed of the corpora, and hold the names that are
taken for harmless against the names that feedparser knows. XML is parsed by expat, as in feedparser, so both find the
same documents well-formed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.reading.parsers.found import FoundFeed, Stated
from giveback.reading.parsers.meanings import all_have_prefixes, is_plain, meaning, prefixes_are_usual
from giveback.reading.parsers.pieces import Entry, Kind, Links, check_person
from giveback.reading.parsers.texts import DeclinedError, has_usual_attributes, plain_or_html, text_of
from giveback.reading.values import MAX_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from giveback.reading.parsers.cleaning import Raw

MAX_MARKUP = 150_000
"""Angle brackets; larger documents go to the parser that counts what it reads."""
MAX_REFERENCES = 200_000

_ATOM_FEED = "{http://www.w3.org/2005/Atom}feed"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_RSS1 = "http://purl.org/rss/1.0/"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_BASE = re.compile(r"base\s*=")
_MAX_DEPTH = 10  # within one element of an entry; the parser that is asked next tells what is too deep
_IN_AN_IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})


def parse_strictly(markup: str) -> FoundFeed | None:
    """Read a feed, or decline.

    Args:
        markup: a decoded document from its root element on, so that it declares no entities.

    Returns:
        What feedparser would find in it, or None when it holds anything out of the ordinary.
    """
    from xml.etree.ElementTree import ParseError, fromstring

    if markup.count("<") > MAX_MARKUP or markup.count("&") > MAX_REFERENCES or not prefixes_are_usual(markup):
        return None
    try:
        root = fromstring(markup)  # noqa: S314  # a document that declares no entities expands none
        return _feed(root, markup)
    except (ParseError, UnicodeEncodeError, DeclinedError):
        return None


def _feed(root: Element, markup: str) -> FoundFeed:
    kind = Kind(
        may_be_html=root.tag != _ATOM_FEED,
        has_base=_BASE.search(markup.lower()) is not None,
        harmless={"skip", "foreign"} if all_have_prefixes(markup) else {"skip"},
    )
    if root.tag == "rss" and len(root) == 1 and root[0].tag == "channel" and not root[0].attrib:
        return _found(root[0], root[0], kind)
    if root.tag == _ATOM_FEED and _RSS1 not in markup:
        return _found(root, root, kind)
    if root.tag == _RDF and len(root) and root[0].tag == f"{{{_RSS1}}}channel" and "2005/Atom" not in markup:
        return _found(root[0], root, kind)
    raise DeclinedError


def _found(head: Element, body: Element, kind: Kind) -> FoundFeed:
    """Read the feed's own elements, and the entries, which RDF has beside them."""
    feed = _Feed(kind)
    for element in head:
        feed.take(element)
    if body is not head:
        for element in body:
            if element is not head:
                feed.take_beside(element)
    return FoundFeed(feed.title, feed.links.link or "", feed.raws, Stated(**feed.stated))


class _Feed:
    """The feed's own elements, in order."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.title = ("", False)
        self.has_title = False
        self.links = Links(has_base=kind.has_base)
        self.stated: dict[str, str] = {}
        self._has_summary = self._has_content = False
        self.raws: list[Raw] = []

    def take(self, element: Element) -> None:
        name = meaning(element.tag)
        if name == "item":
            self._add(element)
        elif name in self.kind.harmless:
            _check_harmless(element, self.kind.harmless)
        elif name in {"link", "id"}:
            self.links.take(name, element)
        elif name == "title":
            self._name(element)
        elif name == "image":
            _check_image(element)
        elif name in _STATED:
            self.stated[_STATED[name]] = text_of(element)
        elif name in {"author", "contributor"}:
            check_person(element, self.kind.harmless)
        elif name in _UNREAD_TEXT:
            self._pass(name, element)
        else:
            raise DeclinedError

    def take_beside(self, element: Element) -> None:
        """Take what RDF has beside its channel."""
        if meaning(element.tag) == "item":
            self._add(element)
        elif meaning(element.tag) != "image":
            raise DeclinedError
        else:
            _check_image(element)

    def _name(self, element: Element) -> None:
        if self.has_title:
            raise DeclinedError
        self.has_title = True
        self.title = plain_or_html(element, is_html=False, may_be_html=self.kind.may_be_html)

    def _pass(self, name: str, element: Element) -> None:
        """Texts of the feed are not read, but one after a summary counts as content of the entry that follows."""
        if len(element):
            raise DeclinedError
        if name in {"summary", "description"}:
            self._has_content = self._has_content or self._has_summary
            self._has_summary = self._has_summary or name == "summary"

    def _add(self, item: Element) -> None:
        if len(self.raws) >= MAX_ENTRIES or not has_usual_attributes(item, _ABOUT):
            raise DeclinedError
        entry = Entry(item.get(_ABOUT, ""), self.kind)
        harmless = self.kind.harmless
        entry.has_content, self._has_content = self._has_content, False
        for element in item:
            name = meaning(element.tag)
            if name in harmless:
                if len(element):
                    _take_inside(entry, element, harmless)
            else:
                entry.take(name, element)
        self.raws.append(entry.raw())


_STATED = {"ttl": "ttl", "sy_updateperiod": "period", "sy_updatefrequency": "frequency"}
_UNREAD_TEXT = frozenset({"text", "published", "updated", "created", "description", "summary"})
"""What entries are read for, and a feed is not."""


def _take_inside(entry: Entry, element: Element, harmless: set[str]) -> None:
    """Take what Media RSS wraps: titles and descriptions count there too."""
    for name, inner in _inside(element):
        if name in {"media_title", "media_description"}:
            entry.take_inside(name, inner)
        elif name not in harmless:
            raise DeclinedError


def _check_harmless(element: Element, harmless: set[str]) -> None:
    for name, _ in _inside(element):
        if name not in harmless and name != "person":
            raise DeclinedError


def _inside(element: Element, depth: int = 0) -> Iterator[tuple[str, Element]]:
    """What an element holds, in order, and its meaning."""
    if depth > _MAX_DEPTH:
        raise DeclinedError
    for inner in element:
        yield meaning(inner.tag), inner
        if len(inner):
            yield from _inside(inner, depth + 1)


def _check_image(element: Element) -> None:
    """An image has a title and a link of its own, which feedparser keeps apart while nothing else stands among them."""
    for inner in element:
        if len(inner) or inner.tag.rpartition("}")[2] not in _IN_AN_IMAGE or not is_plain(inner.tag):
            raise DeclinedError
