"""Addresses that the settings name: of the site, and of the page at which readers unsubscribe."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from giveback.errors import UsageError

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def site(said: str) -> str:
    """Where a site will be.

    Args:
        said: an address of the web, or "".

    Returns:
        The address, ending in a slash, or "".

    Raises:
        UsageError: it is none.
    """
    url = said.strip()
    if not url:
        return ""
    if not _is_web(url, ("http", "https")) or urlsplit(url).query or urlsplit(url).fragment:
        raise UsageError(f"{said!r} is no address of a site", "such as https://example.org/energy/")
    return url if url.endswith("/") else f"{url}/"


def unsubscribe(said: str) -> str:
    """Where readers unsubscribe with one click, which needs https (RFC 8058 section 3.1); {reader} says who.

    Raises:
        UsageError: it is no such address.
    """
    url = said.strip()
    if url and (not _is_web(url, ("https",)) or "{reader}" not in url):
        raise UsageError(
            f"{said!r} is no address for one click", "such as https://example.org/stop?who={reader}&what={bulletin}"
        )
    return url


def language(said: str) -> str:
    """A language tag (BCP 47).

    Raises:
        UsageError: it is none.
    """
    if not _LANGUAGE.fullmatch(said.strip()):
        raise UsageError(f"{said!r} is no language", "such as en, de, pt-BR")
    return said.strip()


def _is_web(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and url.isprintable() and " " not in url
