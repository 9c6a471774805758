"""What stands in the place of an article: a paywall, a consent or login page, a check for robots, an error, a list.

Pages are told by what they hold, in the languages that people of this tool are most likely to meet. A long text
is believed to be the article whatever else is on the page.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

LONG = 400
"""Words from which on a text is the article, whatever stands around it."""
_SHORT = 120
_TEASER = 300
_NOTHING = 40
_MANY_LINKS = 0.6
_FEW_LINKS = 12

PAYWALL = "paywall"


class Facts(NamedTuple):
    """What is known of a page.

    Attributes:
        url: where it was read.
        title: its titles, one a line.
        text: the main text that was extracted, or "".
        visible: the beginning of all the text that it shows.
        free: what it says of itself ("isAccessibleForFree"), None when nothing.
        password: it has a field for a password.
        links: how many links it has.
        link_share: how much of its text stands in links, 0 to 1.
        article: it says of itself that it is an article (og:type, JSON-LD).
    """

    url: str
    title: str
    text: str
    visible: str = ""
    free: bool | None = None
    password: bool = False
    links: int = 0
    link_share: float = 0.0
    article: bool = False


class Wall(NamedTuple):
    """What stands in the place of the article.

    Attributes:
        kind: paywall, consent, login, robots, error or list.
        said: for a person, to stand behind the name of the page.
        hint: what to do.
    """

    kind: str
    said: str
    hint: str


_BROWSER = "open it in the browser, copy the text, and: giveback save --from-clipboard"
_SAID = {
    PAYWALL: ("only its beginning can be read, the rest is for subscribers", _BROWSER),
    "consent": ("it is a page that asks for consent (cookies), not the article", _BROWSER),
    "login": ("it is a login page, not the article", _BROWSER),
    "robots": ("it is a check for robots, not the article", _BROWSER),
    "error": ("it is an error page, not an article", "check the address"),
    "list": ("it is a page of links, not an article", "give the address of one of them, or --anyway"),
}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """What tells each kind, from data/walls.txt."""
    from importlib.resources import files

    lines = (files("giveback.reading.data") / "walls.txt").read_text("utf-8").splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("= "):
            found[line[2:]] = []
        elif line and not line.startswith("#"):
            found[next(reversed(found))].append(line)
    return {kind: re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE) for kind, parts in found.items()}


def wall(page: Facts) -> Wall | None:
    """Tell what stands in the place of the article.

    Args:
        page: what is known of a page.

    Returns:
        None when the page holds an article.
    """
    words = len(page.text.split())
    if words >= LONG:
        return None
    kind = _kind(page, words)
    return Wall(kind, *_SAID[kind]) if kind else None


def _kind(page: Facts, words: int) -> str:
    beginning = f"{page.title}\n{page.visible or page.text}"
    if words < _SHORT and _patterns()["robots"].search(f"{page.title}\n{page.visible[:600]}"):
        return "robots"
    if words < _SHORT and _patterns()["error"].search(page.title):
        return "error"
    if _asks_for_consent(page, words):
        return "consent"
    if page.password and words < _SHORT and (_patterns()["login"].search(page.title) or words < _NOTHING):
        return "login"
    if words < _TEASER and (page.free is False or _patterns()["pay"].search(beginning)):
        return PAYWALL
    few_words = words < _SHORT and not page.article
    return "list" if few_words and page.links >= _FEW_LINKS and page.link_share >= _MANY_LINKS else ""


def _asks_for_consent(page: Facts, words: int) -> bool:
    """Whether most of what a page says is about cookies: banners beside an article do not count."""
    if _patterns()["consent host"].search(page.url) and words < _TEASER:
        return True
    said = page.text if words >= _NOTHING else page.visible[:2_000]
    mentions = [found[0].lower() for found in _patterns()["consent word"].finditer(said)]
    kinds, share = set(mentions), len(mentions) / max(1, len(said.split()))
    if _patterns()["consent title"].search(page.title) and words < _TEASER:
        return len(kinds) > 1
    return len(kinds) > 2 and share > 0.05  # noqa: PLR2004 - a text about privacy reaches 3 in 100
