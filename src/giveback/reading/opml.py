"""OPML, http://opml.org/spec2.opml : the lists of feeds that readers exchange.

Outlines are found as tags, not by an XML parser: real lists hold raw ampersands and "<" in titles, attributes in
any case, and ends that are missing, for which a parser drops whole feeds or stops. So nothing is expanded or loaded
either, no nesting is too deep, and each entry has its line.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from giveback.reading.subscriptions import Refused, Subscription, Subscriptions, subscription, title_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from giveback.store.questions.articles import FeedRow

MAX_FOLDERS = 12
"""Folders of a feed that are kept in its topic, from the outermost."""

_ROOT = re.compile(r"<(?:opml|outline)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OUTLINE = re.compile(r"<(/?)outline(?=[\s/>]|\Z)", re.IGNORECASE)
# The look behind keeps time linear: no attempt begins inside of a name.
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);")
_HEAD = 100_000


class Outline(NamedTuple):
    """An outline element.

    Attributes:
        line: where it begins.
        folders: the texts of the outlines around it, from the outermost.
        attributes: by name in lower case, unescaped.
        breaks_off: the file ends inside of it.
    """

    line: int
    folders: tuple[str, ...]
    attributes: dict[str, str]
    breaks_off: bool


def looks_like_opml(text: str) -> bool:
    """Tell by its content whether a document is OPML."""
    head = text[:_HEAD]
    return head.lstrip()[:1] == "<" and bool(_ROOT.search(head))


def outlines(text: str) -> Iterator[Outline]:
    """Go through the outlines of a document, whatever is wrong with it otherwise.

    Args:
        text: the decoded document.
    """
    bare = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    folders: list[str] = []
    line, counted = 1, 0
    tags = list(_OUTLINE.finditer(bare))
    for place, tag in enumerate(tags):
        line, counted = line + bare.count("\n", counted, tag.start()), tag.start()
        if tag[1]:
            del folders[-1:]
            continue
        end = tags[place + 1].start() if place + 1 < len(tags) else len(bare)
        attributes, rest = _attributes(bare[tag.end() : end])
        yield Outline(line, tuple(folders[:MAX_FOLDERS]), attributes, ">" not in rest)
        if not rest.lstrip().startswith("/"):
            folders.append(title_line(attributes.get("text") or attributes.get("title", "")))


def _attributes(markup: str) -> tuple[dict[str, str], str]:
    """The attributes of a tag, the first of each name, and what follows the last."""
    found: dict[str, str] = {}
    end = 0
    for attribute in _ATTRIBUTE.finditer(markup):
        between = markup[end : attribute.start()]
        if ">" in between or between.strip() == "/":
            break
        end = attribute.end()
        value = attribute[2] if attribute[2] is not None else attribute[3]
        found.setdefault(attribute[1].lower(), _REFERENCE.sub(_character, value))
    return found, markup[end:]


def _character(found: re.Match[str]) -> str:
    """What a reference stands for in HTML; names that a document defined itself stand for nothing."""
    character = unescape(found[0])
    return "" if character == found[0] else character


def read_opml(text: str, name: str) -> Subscriptions:
    """Read a list of feeds; folders become topics, as "Tech/Gadgets".

    Lists inside of lists are not loaded, and what is no http or https address is refused.

    Args:
        text: the decoded document.
        name: the file's name, for messages.
    """
    feeds: list[Subscription] = []
    refused: list[Refused] = []
    links = 0
    for outline in outlines(text):
        found = _entry(outline)
        if isinstance(found, Refused):
            refused.append(found)
        elif found is not None:
            feeds.append(found)
        else:
            links += "url" in outline.attributes
    return Subscriptions(name, feeds, refused, links)


def _entry(outline: Outline) -> Subscription | Refused | None:
    """A feed; None for folders and links."""
    said = outline.attributes
    title = said.get("text") or said.get("title") or ""
    if outline.breaks_off:
        return Refused(outline.line, "the file breaks off in it", title_line(said.get("xmlurl") or title))
    if said.get("type", "").lower() == "include":
        return Refused(outline.line, "it is another list, which is not loaded", title_line(said.get("url") or title))
    if "xmlurl" not in said:
        return None
    topic = "/".join(filter(None, outline.folders)) or _category(said.get("category", ""))
    return subscription(outline.line, said["xmlurl"], title, said.get("htmlurl", ""), topic)


def _category(said: str) -> str:
    """The first of the categories that an outline may have in place of folders: "/Tech/Gadgets,/News"."""
    return said.partition(",")[0].strip().strip("/")


class _Folder:
    def __init__(self) -> None:
        self.folders: dict[str, _Folder] = {}
        self.feeds: list[FeedRow] = []


def write_opml(feeds: Sequence[FeedRow], now: datetime) -> str:
    """Write OPML 2.0, feeds nested in folders by topic ("Tech/Gadgets").

    Args:
        feeds: what to write; of an address with a user name or password these are left out.
        now: when it is written (UTC).
    """
    from email.utils import format_datetime

    root = _Folder()
    for feed in feeds:
        folder = root
        for part in filter(None, feed.topic.split("/")):
            folder = folder.folders.setdefault(part, _Folder())
        folder.feeds.append(feed)
    head = f"<title>Feeds</title>\n    <dateCreated>{format_datetime(now)}</dateCreated>\n    <docs>http://opml.org/spec2.opml</docs>"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "  <head>", f"    {head}", "  </head>"]
    return "\n".join([*lines, "  <body>", *_written(root, 2), "  </body>", "</opml>", ""])


def _written(folder: _Folder, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for feed in folder.feeds:
        yield f"{indent}<outline {_pairs(_outline(feed))}/>"
    for name, inner in folder.folders.items():
        yield f"{indent}<outline {_pairs([('text', name), ('title', name)])}>"
        yield from _written(inner, depth + 1)
        yield f"{indent}</outline>"


def _outline(feed: FeedRow) -> list[tuple[str, str]]:
    title = feed.title or without_secret(feed.url)
    return [
        ("type", "rss"),
        ("text", title),
        ("title", title),
        ("xmlUrl", without_secret(feed.url)),
        ("htmlUrl", without_secret(feed.site)),
    ]


def _pairs(attributes: Iterable[tuple[str, str]]) -> str:
    return " ".join(f'{name}="{escape(value)}"' for name, value in attributes if value)


def without_secret(url: str) -> str:
    """An address without user name and password."""
    return re.sub(r"^(\w+://)[^/?#]*@", r"\1", url)
