"""A saved page to an article: the main text without what surrounds it, and what the page says about itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from giveback import dates
from giveback.reading.addresses import web_link
from giveback.reading.decoding import BrokenCompressionError, TooLargeError, decoded, file_kind, unpacked
from giveback.reading.discovery import is_bare_feed
from giveback.reading.parsers.cleaning import SUMMARY_LENGTH, believable, first_words, parse_time
from giveback.reading.values import MAX_BODY, NotAPageError, Page, WallError
from giveback.reading.walls import LONG, PAYWALL, Facts, wall
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_DEPTH = 256  # of elements, where libxml2 stops too
_MAX_TAGS = 100_000  # trafilatura needs up to 50 µs for each
_NEXT_TO_NOTHING = 200  # characters
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    r"|&#0*(?:[0-8]|1[124-9]|2\d|3[01])(?!\d);?"
    r"|&#[xX]0*(?:[0-8bceBCEfF]|1[0-9a-fA-F])(?![0-9a-fA-F]);?"
)
_NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "textarea", "option"})
_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?(true|false)', re.IGNORECASE)
_SAYS_ARTICLE = re.compile(
    r'property="og:type"\s+content="article"|"@type"\s*:\s*\[?\s*"\w*(?:Article|BlogPosting|Report)"', re.IGNORECASE
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=[-_]|$)")


def extract_page(
    body: bytes, url: str, content_type: str = "", *, now: datetime | None = None, anyway: bool = False
) -> Page:
    """Read the article of a web page, or a plain text.

    Args:
        body: the bytes, gzip or not.
        url: where they came from, a web or a file: address.
        content_type: the `Content-Type` header, or "".
        now: the clock (UTC), against which dates in the future are judged; read when None.
        anyway: take what is there even when it does not look like an article.

    Returns:
        The article; its text is "" when the page only has a title and a description.

    Raises:
        WallError: a consent or login page, a check for robots, an error or a page of links stands in its place.
        NotAPageError: it is no page, or there is nothing to read on it.
    """
    text = _text(body, content_type)
    latest = (now or dates.now().at) + timedelta(days=1)
    if content_type.partition(";")[0].strip().lower() == "text/plain" or not re.search(r"<[a-zA-Z!]", text):
        return _plain_page(text, url)
    return _html_page(text, url, latest, anyway=anyway)


def _text(body: bytes, content_type: str) -> str:
    try:
        data, _ = unpacked(body)
    except TooLargeError:
        raise NotAPageError(f"it is larger than {MAX_BODY // 1_000_000} MB") from None
    except BrokenCompressionError:
        raise NotAPageError("its gzip compression is broken") from None
    kind = file_kind(data)
    if kind:
        raise NotAPageError(f"it is {kind}, not a web page")
    # trafilatura refuses a page for one control character, written as it is or as a reference.
    text = _CONTROLS.sub(" ", decoded(data, content_type))
    if not text.strip():
        raise NotAPageError("it is empty")
    if text.count("\ufffd") > len(text) // 10:
        raise NotAPageError("it is not text")
    if is_bare_feed(text):
        raise NotAPageError("it is a feed, not an article", "giveback feed add takes its address")
    if text.count("<") > _MAX_TAGS:
        raise NotAPageError(f"it has more than {_MAX_TAGS:,} elements")
    return text


def _plain_page(text: str, url: str) -> Page:
    """The first line is the title."""
    cleaned = clean_text(text)
    title, _, rest = cleaned.partition("\n")
    if not title:
        raise NotAPageError("there is nothing to read on it")
    full = rest.strip() or cleaned
    return Page(url, clean_line(title), "", "", first_words(full, SUMMARY_LENGTH), full, None, "")


def _html_page(text: str, url: str, latest: datetime, *, anyway: bool) -> Page:
    root = _tree(text)
    stated = _stated(root)
    article = _article(root, url)
    main = clean_text(str(article.get("text") or ""))
    title = clean_line(str(article.get("title") or "")) or stated.get("title", "")
    description = clean_line(str(article.get("description") or "")) or stated.get("description", "")
    facts = _facts(text, url, f"{title}\n{clean_line(root.findtext('.//title') or '')}", main)
    found = wall(facts)
    main = main or (facts.visible if anyway else "")
    if found and not anyway and (found.kind != PAYWALL or not (title and (main or description))):
        raise WallError(found.said, found.hint, found.kind)
    if not main and not (title and description):
        raise NotAPageError("there is nothing to read on it", "pages made by scripts alone cannot be read")
    published = [parse_time(stated.get("published", "")), parse_time(str(article.get("date") or ""))]
    language = _LANGUAGE.match(root.get("lang") or stated.get("language", ""))
    return Page(
        url=_canonical(stated.get("canonical", ""), url),
        title=title or first_words(main, 80),
        author=clean_line(str(article.get("author") or "").replace(";", ",")),
        site=clean_line(str(article.get("sitename") or "")) or stated.get("site", ""),
        summary=first_words(description or main, SUMMARY_LENGTH),
        text=main,
        published=believable(published, latest),
        language=language[0].lower() if language else "",
        note=found.said if found else "",
    )


def _tree(text: str) -> Any:  # noqa: ANN401  # lxml publishes no types
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    return html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser, ensure_head_body=True)


def _facts(text: str, url: str, title: str, main: str) -> Facts:
    """What tells an article from what stands in its place; a long text is not looked at."""
    if len(main.split()) >= LONG:
        return Facts(url, title, main)
    shown, linked, links, password = _shown(_tree(text))  # again: extraction may have changed the first
    free = _FREE.search(text)
    return Facts(
        url=url,
        title=title,
        text=main,
        visible=clean_text(shown[:20_000], 4_000),
        free=free[1].lower() == "true" if free else None,
        password=password,
        links=links,
        link_share=linked / max(1, len(shown)),
        article=bool(_SAYS_ARTICLE.search(text)),
    )


def _shown(root: Any) -> tuple[str, int, int, bool]:  # noqa: ANN401  # lxml publishes no types
    """The text that a page shows, how many characters of it stand in links, how many links, and a password field."""
    parts: list[str] = []
    linked = links = 0
    password = False
    for element in root.body.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag and tag not in _NOT_SHOWN:
            parts.append(element.text or "")
        parts.append(element.tail or "")
        if tag == "a" and element.get("href"):
            links += 1
            linked += len(" ".join("".join(element.itertext()).split()))
        password = password or (tag == "input" and (element.get("type") or "").lower() == "password")
    return " ".join(" ".join(parts).split()), linked, links, password


def _article(root: Any, url: str) -> Mapping[str, Any]:  # noqa: ANN401  # lxml publishes no types
    """What trafilatura finds; nothing where it fails."""
    import logging

    import trafilatura

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # a page without text is told by an error of ours
    if _depth(root) > _MAX_DEPTH:
        return {}
    found = None
    for fast in (True, False):
        # The other extractors that it compares with are asked only when its own finds next to nothing: they
        # lower the token F1 on 62 measured pages from .971 to .961.
        try:
            found = trafilatura.bare_extraction(
                root,
                url=web_link(url) or None,
                fast=fast,
                favor_precision=True,
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"extensive_search": False, "outputformat": "%Y-%m-%d"},
            )
        except Exception:  # noqa: BLE001, S112  # a bug there leaves what the page says about itself
            continue
        if len(str(getattr(found, "text", None) or "")) > _NEXT_TO_NOTHING:
            break
    names = ("text", "title", "description", "date", "author", "sitename")
    return {name: getattr(found, name, None) for name in names} if found else {}


def _depth(root: Any) -> int:  # noqa: ANN401  # lxml publishes no types
    deepest = depth = 0
    from lxml import etree

    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


# Where a page says something about itself, the most trustworthy first: Open Graph, then plain HTML.
_STATED = {
    "title": ("//meta[@property='og:title']/@content", "//title/text()", "//h1//text()"),
    "description": (
        "//meta[@property='og:description']/@content",
        "//meta[translate(@name,'DESCRIPTON','descripton')='description']/@content",
    ),
    "site": ("//meta[@property='og:site_name']/@content",),
    "canonical": ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"),
    "published": ("//meta[@property='article:published_time']/@content",),
    "language": ("//meta[@property='og:locale']/@content",),
}


def _stated(root: Any) -> dict[str, str]:  # noqa: ANN401  # lxml publishes no types
    values: dict[str, str] = {}
    for name, paths in _STATED.items():
        found = (clean_line(str(value), 2_000) for path in paths for value in root.xpath(path)[:3])
        value = next(filter(None, found), "")
        if value:
            values[name] = value
    return values


def _canonical(stated: str, url: str) -> str:
    """The address that a page calls its own, unless that is another site or merely the home page."""
    link = web_link(stated, url)
    own = web_link(url)
    if not link or not own:
        return link or url
    here, there = urlsplit(own), urlsplit(link)
    home = there.path in {"", "/"} and not there.query and here.path not in {"", "/"}
    return own if home or _site(here.hostname or "") != _site(there.hostname or "") else link


def _site(host: str) -> str:
    """A host without the labels that only choose a presentation."""
    return re.sub(r"^(?:(?:www|m|mobile|amp)\.)+", "", host.lower())
