"""Whether research may be passed on: it must be public, and must not smell of anybody's secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from giveback.giving.rules.wording import first_of
from giveback.text import words

if TYPE_CHECKING:
    from giveback.giving.rules.book import Secrets


def marker(text: str, secrets: Secrets) -> str:
    """The word by which a text says that it is confidential, "" for none.

    "Internal combustion" and "internal medicine" say nothing; "internal memo on internal medicine" does.

    Args:
        text: what would be passed on.
        secrets: the markers, and the phrases inside of which they do not count.
    """
    # Spaced-out letters are a word, and no phrase reaches over the end of a clause.
    joined = re.sub(r"\b(\w(?:[\s._-]\w){3,})\b", lambda found: re.sub(r"[\s._-]", "", found[0]), text)
    parts = [text, joined, *re.split(r"[;:!?\n]|\.\s", text)]
    found = (first_of(secrets.markers, words(part), secrets.innocent) for part in dict.fromkeys(parts))
    return next(filter(None, found), "")


def why_not_public(url: str, secrets: Secrets) -> str:
    """Why an address is no public source, "" when it is one.

    Nobody is asked: a name that only insiders reach is told by its form, an address of a network by its number.

    Args:
        url: where research was published.
        secrets: which hosts are not public.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "it is no web address"
    if parts.scheme not in ("http", "https") or not host:
        return "it is no web address"
    if parts.username or parts.password:
        return "it holds a user name or a password"
    return _why_not_public_host(host, secrets)


def _why_not_public_host(host: str, secrets: Secrets) -> str:
    from giveback.reading.addresses import names_private_host

    if names_private_host(host):
        return f"{host} is on a private network"
    labels = host.split(".")
    if len(labels) == 1 and ":" not in host:
        return f"{host} is a name inside of a network"
    if any(host.endswith("." + ending) for ending in secrets.endings) or set(labels) & set(secrets.hosts):
        return f"only insiders reach {host}"
    return ""
