"""Web addresses: one spelling per article, nothing but http and https, nothing inside the own network."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from giveback.errors import UsageError

MAX_LENGTH = 4_000

# What campaign and click trackers append; the page is the same without.
_TRACKING = frozenset(
    {
        *("_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "cmpid", "dclid", "fbclid", "gbraid", "gclid"),
        *("gclsrc", "guccounter", "guce_referrer", "guce_referrer_sig", "hsctatracking", "icid", "igsh"),
        *("igshid", "ito", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "ncid", "ns_campaign", "ns_mchannel"),
        *("oly_anon_id", "oly_enc_id", "rb_clickid", "s_cid", "smid", "srsltid", "ttclid", "twclid"),
        *("vero_conv", "vero_id", "wbraid", "wickedid", "yclid"),
    },
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "at_campaign", "at_medium", "trk_")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSAFE = re.compile(r"[\s\"<>^`{|}\\]")
_CANONICAL = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,}/[A-Za-z0-9._~%!$'()*+,=:@&/-]*")
"""What most addresses look like: nothing in them is to be changed, and what they are relative to does not matter."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SECRET = re.compile(r"(?<=//)[^/?#\s]*@")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Target(NamedTuple):
    """An address as it is asked for on the wire, all of it ASCII.

    Attributes:
        scheme: http or https.
        host: a name, or an IP address without brackets.
        port: also where it is the default.
        path: with the query; begins with "/".
        authority: for the `Host` header: without the default port, IPv6 in brackets.
    """

    scheme: str
    host: str
    port: int
    path: str
    authority: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a password is good for: scheme, host and port (RFC 6454)."""
        return self.scheme, self.host, self.port

    @property
    def stated_port(self) -> int | None:
        """The port where it is not the default, as proxies expect it in the addresses that they are asked for."""
        return None if self.port == _DEFAULT_PORTS[self.scheme] else self.port


def canonical_url(url: str) -> str:
    """Give the one spelling under which an article is known.

    Scheme and host in lower case, the host in ASCII (IDNA), no default port, no fragment (but "#!" and "#/",
    which single-page sites use as paths), no tracking parameters; everything else, and the order of the
    parameters, is kept. See RFC 3986 section 6.2.

    Args:
        url: any text.

    Returns:
        The canonical spelling; text that is no http or https address comes back trimmed.
    """
    if _CANONICAL.fullmatch(url):
        return url
    text = _CONTROLS.sub("", url.strip()).strip()
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return text
    scheme = parts.scheme
    if scheme not in _DEFAULT_PORTS or not host:
        return text
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    user, at, _ = parts.netloc.rpartition("@")
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    query = _without_tracking(parts.query)
    return urlunsplit((scheme, f"{user}{at}{host}", _quoted(parts.path or "/"), query, _quoted(fragment)))


def require_http_url(text: str) -> str:
    """Check that a text is an address that can be fetched.

    Args:
        text: what the user or a server gave.

    Returns:
        The address, trimmed, with blanks quoted.

    Raises:
        UsageError: it is not an http or https address.
    """
    url = text.strip()
    shown = without_secret(_CONTROLS.sub("", url))[:80]
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts.hostname or "")
        valid = parts.scheme in _DEFAULT_PORTS and bool(host) and parts.port != 0
    except ValueError:
        valid = False
    if valid and len(url) <= MAX_LENGTH and not _CONTROLS.search(url):
        return _quoted(url)
    if re.match(r"[\w-]+(\.[\w-]+)+([/?#:]|$)", url) and "://" not in url:
        raise UsageError(f"{shown!r} is not a full web address", f"write https://{shown}")
    raise UsageError(f"{shown!r} is not a web address", "an address starts with http:// or https://")


def target(url: str) -> Target:
    """Take an address that `require_http_url` has passed to pieces.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url)
    host = _ascii_host(parts.hostname or "")
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        path = quote(path, safe=_PRINTABLE, errors="replace")
    authority = host if port == _DEFAULT_PORTS[parts.scheme] else f"{host}:{port}"
    return Target(parts.scheme, host.strip("[]"), port, path, authority)


def split_credentials(url: str) -> tuple[str, str, str]:
    """Take user name and password out of an address.

    Args:
        url: any text.

    Returns:
        The address without them, the user name and the password, "" for what is not there.
    """
    try:
        parts = urlsplit(url.strip())
        credentials, at, host = parts.netloc.rpartition("@")
    except ValueError:
        return url, "", ""
    if not at or parts.scheme not in _DEFAULT_PORTS:
        return url, "", ""
    user, _, password = credentials.partition(":")
    return urlunsplit(parts._replace(netloc=host)), unquote(user), unquote(password)


def without_secret(text: str) -> str:
    """Take user names and passwords out of the addresses in a text, whether or not they are well-formed."""
    return _SECRET.sub("", text)


def web_link(href: str, base: str = "") -> str:
    """Resolve a link that was found in a feed or a page.

    Args:
        href: the link as written, absolute or relative.
        base: the address it is relative to.

    Returns:
        An absolute http or https address, or "" for anything else (mailto, javascript, file, nonsense).
    """
    if _CANONICAL.fullmatch(href) and len(href) <= MAX_LENGTH:
        return href
    try:
        return require_http_url(urljoin(base, href.strip()) if href.strip() else "")
    except (UsageError, ValueError):
        return ""


def is_public_address(ip: str) -> bool:
    """Tell whether an IP address lies in the public internet.

    Args:
        ip: an IPv4 or IPv6 address as text; a zone ("%eth0") makes it local.

    Returns:
        False for loopback, private, link-local, shared, multicast and reserved addresses, for IPv6 addresses
        that embed such an IPv4 address (mapped, 6to4, Teredo, NAT64), and for text that is no address.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return _is_public(address)
    inner = _embedded(address)
    if inner:
        return all(map(_is_public, inner))
    return _is_public(address) and not address.is_site_local and address.scope_id is None


def names_private_host(host: str) -> bool:
    """Tell whether a host is private without asking anybody: by its name, or as a literal address.

    Args:
        host: a name, an IPv6 address without brackets, or an IPv4 address, also in its old forms ("127.1",
            "2130706433").

    Returns:
        False for names that have to be looked up.
    """
    import socket

    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        literal = name if ":" in name else socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, ValueError):
        return False
    return not is_public_address(literal)


def file_url(path: str) -> str:
    """Write the path of a local file as a file: address (RFC 8089)."""
    from pathlib import Path

    return Path(path).expanduser().absolute().as_uri()


def file_path(url: str) -> str | None:
    """Give the path of a file: address, None for every other address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not path or "\0" in path:
        return None
    return path[1:] if re.match(r"/[A-Za-z]:/", path) else path


def _ascii_host(host: str) -> str:
    """Lower-case a host and write it in IDNA.

    Raises:
        ValueError: it cannot be a host.
    """
    lowered = host.lower().rstrip(".")
    if _UNSAFE.search(lowered) or _CONTROLS.search(lowered):
        raise ValueError(host)
    if ":" in lowered:
        return f"[{lowered}]"
    if lowered.isascii():
        return lowered
    import idna

    return idna.encode(lowered, uts46=True).decode("ascii")


def _without_tracking(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not _is_tracking(pair.partition("=")[0])]
    return _quoted("&".join(kept))


def _is_tracking(name: str) -> bool:
    lowered = name.lower().removeprefix("amp;")
    return lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES)


def printable(url: str) -> str:
    """Write invisible characters as they travel (RFC 3987 section 3.1); lone surrogates go.

    Args:
        url: an address or a part of one.
    """
    if url.isprintable():
        return url
    return "".join(char if char.isprintable() else quote(char, errors="ignore") for char in url)


def _quoted(part: str) -> str:
    """Percent-encode what may not stand in an address; what is encoded already stays."""
    return printable(_UNSAFE.sub(lambda found: quote(found[0]), part))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address leads to (RFC 4291, 3056, 4380, 6052)."""
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    mapped = address.ipv4_mapped or address.sixtofour
    return [mapped] if mapped else list(address.teredo or ())
