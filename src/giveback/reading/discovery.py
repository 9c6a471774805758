"""Is this a feed, and if it is a page, which feeds does it name?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from giveback.reading.addresses import canonical_url, web_link
from giveback.reading.bounds import is_wrapped, root_offset
from giveback.reading.decoding import BrokenCompressionError, TooLargeError, decoded, unpacked
from giveback.reading.identity import plain_host
from giveback.text import clean_line

MAX_FEEDS = 50
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
    },
)
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
_JSON_ITEMS = re.compile(r'"items"\s*:\s*\[|^\s*\{\s*"rss"\s*:\s*\{')  # RSS is written as JSON, too


def looks_like_feed(body: bytes, content_type: str = "") -> bool:
    """Tell by its content whether a document is a feed.

    Args:
        body: what a server or a file gave, gzip or not.
        content_type: the `Content-Type` header; only its character set is believed.

    Returns:
        True for RSS, Atom, RDF, CDF and JSON Feed, whatever their type is said to be.
    """
    try:
        text = decoded(unpacked(body)[0], content_type)
    except (TooLargeError, BrokenCompressionError):
        return False
    if text.lstrip()[:1] == "{":
        return bool(_JSON_FEED.search(text) or _JSON_ITEMS.search(text))
    return root_offset(text) >= 0


def is_bare_feed(text: str) -> bool:
    """Tell whether a decoded document is a feed and nothing else: not a page that quotes or wraps one."""
    if text.lstrip()[:1] == "{":
        return bool(_JSON_FEED.search(text))
    start = root_offset(text)
    return start >= 0 and not is_wrapped(text, start)


def find_feeds(body: bytes, url: str) -> list[tuple[str, str]]:
    """List the feeds that a page names in its link elements.

    Args:
        body: an HTML page.
        url: its address, for relative links.

    Returns:
        Address and title ("" when it has none) of each, in the page's order, without repeats.
    """
    from lxml import etree

    try:
        source = decoded(unpacked(body)[0]).encode("utf-8", "ignore")
        root = etree.fromstring(source, etree.HTMLParser(encoding="utf-8", no_network=True))
    except (TooLargeError, BrokenCompressionError, etree.LxmlError, ValueError):
        return []
    if root is None:
        return []
    bases = root.xpath("//base[@href]/@href")
    base = (web_link(str(bases[0]), url) if bases else "") or url
    found: dict[str, tuple[str, str]] = {}
    for element in root.iter("link"):
        link = web_link(element.get("href") or "", base) if _names_feed(element.attrib) else ""
        if link and len(found) < MAX_FEEDS:
            found.setdefault(canonical_url(link), (link, clean_line(element.get("title") or "")))
    return list(found.values())


WELL_KNOWN = ("/feed", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/rss")
"""Where sites of common software have their feeds."""
MAX_GUESSES = 10
_LIKE_A_FEED = re.compile(r"(?:^|[/._-])(?:feeds?|rss2?|atom)(?:[/._-]|$)|\.rdf$", re.IGNORECASE)


def guesses(body: bytes, url: str) -> list[str]:
    """Addresses at which a page's feed may be that names none: few enough to ask for them one by one.

    Args:
        body: an HTML page.
        url: its address.

    Returns:
        Links of the page that look like feeds of its own site, then the well-known paths below the page and
        at the root of its site; at most `MAX_GUESSES`, without repeats.
    """
    parts = urlsplit(url)
    linked = [link for link in _links(body, url) if _is_likely(link, parts.netloc)]
    folder = "" if parts.path.endswith((".html", ".htm", ".php")) else parts.path.rstrip("/")
    below = [f"{parts.scheme}://{parts.netloc}{folder}/feed"] if folder else []
    rooted = [f"{parts.scheme}://{parts.netloc}{path}" for path in WELL_KNOWN]
    found = {canonical_url(link): link for link in (*linked[:3], *below, *rooted)}
    found.pop(canonical_url(url), None)
    return list(found.values())[:MAX_GUESSES]


def _links(body: bytes, url: str) -> list[str]:
    from lxml import etree

    try:
        source = decoded(unpacked(body)[0]).encode("utf-8", "ignore")
        root = etree.fromstring(source, etree.HTMLParser(encoding="utf-8", no_network=True))
    except (TooLargeError, BrokenCompressionError, etree.LxmlError, ValueError):
        return []
    found = (web_link(element.get("href") or "", url) for element in (() if root is None else root.iter("a")))
    return list(dict.fromkeys(filter(None, found)))


def _is_likely(link: str, host: str) -> bool:
    parts = urlsplit(link)
    return plain_host(parts.netloc) == plain_host(host) and bool(_LIKE_A_FEED.search(parts.path))


def _names_feed(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in relations and kind in _FEED_TYPES
