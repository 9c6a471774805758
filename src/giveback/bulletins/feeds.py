"""The feeds of a site: Atom (RFC 4287) and JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from giveback.bulletins.rendering import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from giveback.bulletins.site import Issue, Site

LATEST = 20
"""Issues that a feed holds."""
_ATOM = "http://www.w3.org/2005/Atom"


def atom(site: Site, issues: Sequence[Issue]) -> str:
    """An Atom feed of the latest issues; identifiers stay whatever the address or the titles become.

    Args:
        site: what all pages share; without an address links are relative to the feed.
        issues: at least one, newest first.
    """
    from xml.etree import ElementTree as ET  # only written here, nothing from outside is parsed

    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": site.language})
    _add(feed, "id", f"urn:uuid:{site.uuid}")
    _add(feed, "title", site.title)
    _add(feed, "updated", max(each.updated_at for each in issues))
    author = _add(feed, "author", "")
    _add(author, "name", site.author or site.title)
    if site.address:
        _add(feed, "link", "", rel="self", type="application/atom+xml", href=_address(site, "atom.xml"))
    _add(feed, "link", "", rel="alternate", type="text/html", href=_address(site, ""))
    _add(feed, "generator", "giveback")
    for each in issues[:LATEST]:
        _entry(feed, site, each)
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _entry(feed: Element, site: Site, issue: Issue) -> None:
    from giveback.bulletins.site import body, path_of

    entry = _add(feed, "entry", "")
    entry.set("xml:lang", issue.document.letter.language)
    _add(entry, "id", f"urn:uuid:{issue.uuid}")
    _add(entry, "title", issue.document.title)
    _add(entry, "published", issue.published_at)
    _add(entry, "updated", issue.updated_at)
    _add(entry, "link", "", rel="alternate", type="text/html", href=_address(site, path_of(issue.slug)))
    if issue.topic:
        _add(entry, "category", "", term=issue.topic)
    _add(entry, "content", body(issue.document), type="html")


def _add(parent: Element, name: str, said: str, **attributes: str) -> Element:
    from xml.etree.ElementTree import SubElement

    made = SubElement(parent, name, attributes)
    if said:
        made.text = said
    return made


def _address(site: Site, path: str) -> str:
    """Where something of the site is; relative to the feed when the site's address is not known."""
    return encoded(site.address + path) or "index.html"


def json_feed(site: Site, issues: Sequence[Issue]) -> str:
    """The same as JSON Feed 1.1."""
    from giveback.bulletins.site import body, path_of

    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "language": site.language,
    }
    if site.address:
        feed |= {"home_page_url": _address(site, ""), "feed_url": _address(site, "feed.json")}
    if site.author:
        feed["authors"] = [{"name": site.author}]
    feed["items"] = [
        {
            "id": f"urn:uuid:{each.uuid}",
            **({"url": _address(site, path_of(each.slug))} if site.address else {}),
            "title": each.document.title,
            "content_html": body(each.document),
            "date_published": each.published_at,
            "date_modified": each.updated_at,
            "language": each.document.letter.language,
            "tags": [each.topic] if each.topic else [],
        }
        for each in issues[:LATEST]
    ]
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
