"""Names and addresses of mail, checked before they come near a header or a server."""

from __future__ import annotations

import re
from typing import NamedTuple

from giveback.errors import UsageError
from giveback.text import clean_line

_NAME_LIMIT = 200
_LOCAL_LIMIT, _ADDRESS_LIMIT = 64, 254  # octets, RFC 5321 4.5.3.1 and RFC 3696 erratum 1690
# dot-atom of RFC 5322 3.2.3, with whatever lies beyond ASCII (RFC 6532 3.2); quoted local parts are not in use.
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,.\"]+(?:\.[^\s\x00-\x20\x7f()<>\[\]:;@\\,.\"]+)*")
_HINT = "it needs a name, an @ and a host: name@example.com"


class Mailbox(NamedTuple):
    """Somebody's address, and what they are called.

    Attributes:
        address: local part and domain, the domain in the form that servers read (A-labels, RFC 5890).
        name: in any script, or "".
    """

    address: str
    name: str = ""

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]

    @property
    def is_international(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) takes it."""
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def mailbox(address: str, name: str = "") -> Mailbox:
    """Check an address.

    Args:
        address: "name@example.com"; an international domain may be in its own script.
        name: what its owner is called; made one clean line.

    Raises:
        UsageError: no mail can go to such an address.
    """
    said = clean_line(address)
    local, _, domain = said.rpartition("@")
    found = Mailbox(f"{local}@{_host(domain, said)}", clean_line(name, _NAME_LIMIT))
    too_long = len(local.encode()) > _LOCAL_LIMIT or len(found.address.encode()) > _ADDRESS_LIMIT
    if too_long or said != address.strip() or not _LOCAL.fullmatch(local):
        raise UsageError(f"{said!r} is no e-mail address", _HINT)
    return found


def parsed(said: str) -> Mailbox:
    """Read "Name <name@example.com>" or a bare address.

    Raises:
        UsageError: it is neither.
    """
    found = re.fullmatch(r"\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<name>[^<>\"]*))\s*<(?P<address>[^<>]*)>\s*", said)
    if found is None:
        return mailbox(said)
    return mailbox(found["address"], (found["quoted"] or found["name"] or "").strip())


def _host(domain: str, said: str) -> str:
    import idna

    try:
        host = idna.encode(domain.rstrip("."), uts46=True).decode("ascii") if domain else ""
    except UnicodeError:
        host = ""
    if not host:
        raise UsageError(f"{said!r} is no e-mail address", _HINT)
    return host
