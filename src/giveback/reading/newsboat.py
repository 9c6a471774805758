"""newsboat's urls file: an address a line, then tags (man newsboat, "Feed configuration")."""

from __future__ import annotations

import re

from giveback.reading.subscriptions import Refused, Subscription, Subscriptions, subscription

_WORD = re.compile(r'([^\s"]*)"((?:[^"\\]|\\.)*)"|(\S+)')
_BEGINS = re.compile(r'"?(?:https?|feed|file|exec|filter|query)(?:://|:)', re.IGNORECASE)
_QUERY = "query:"


def looks_like_urls(text: str) -> bool:
    """Tell whether the first line that says something is one of a urls file.

    A table may begin with an address too; its cells are told by their commas.
    """
    for line in text.splitlines()[:1000]:
        said = line.strip()
        if said and not said.startswith("#"):
            return bool(_BEGINS.match(said)) and "," not in said.split()[0].strip('"').partition("?")[0]
    return False


def read_urls(text: str, name: str) -> Subscriptions:
    """Read a urls file.

    Tags become the topic, "!" in front hides a feed and is dropped, "~Title" names it; queries over other
    feeds are passed over.

    Args:
        text: the decoded file.
        name: its name, for messages.
    """
    feeds: list[Subscription] = []
    refused: list[Refused] = []
    queries = 0
    for number, line in enumerate(text.splitlines(), start=1):
        words = [before + re.sub(r"\\(.)", r"\1", quoted) + bare for before, quoted, bare in _WORD.findall(line)]
        if not words or line.lstrip().startswith("#"):
            continue
        if words[0].startswith(_QUERY):
            queries += 1
            continue
        found = _entry(number, words)
        if isinstance(found, Refused):
            refused.append(found)
        else:
            feeds.append(found)
    return Subscriptions(name, feeds, refused, queries)


def _entry(line: int, words: list[str]) -> Subscription | Refused:
    title = next((word[1:] for word in words[1:] if word.startswith("~")), "")
    tags = [word for word in words[1:] if word != "!" and not word.startswith("~")]
    return subscription(line, words[0], title, "", tags[0] if tags else "")
