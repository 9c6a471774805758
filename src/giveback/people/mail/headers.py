"""The header fields that matter, by a lean reader that says what the standard library's `email` says, or declines.

`email` reads every field of a message into objects, which costs several times what going through the lines costs. The
lean reader knows only what is plain (RFC 5322, 2.2: names of printable ASCII, a colon, continuation by white space);
whatever else it meets it leaves to `email`, which knows what to make of it.
"""

from __future__ import annotations

import re

WANTED = frozenset(
    {
        *("from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references"),
        *("list-id", "list-post", "list-unsubscribe", "precedence", "auto-submitted", "x-auto-response-suppress"),
        *("received", "status", "x-status", "x-mozilla-status", "x-gmail-labels", "content-type"),
    }
)
"""Fields that are read, in lower case."""

_NAME = re.compile(r"[!-9;-~]+")
_BLANKS = " \t"
_KNOWN: dict[str, str | None] = {}
_MOST_KNOWN = 5_000
Fields = dict[str, str]
"""Values by lower-case name, unfolded; bytes beyond ASCII are surrogates (PEP 383).

Of a field that is there twice the first counts; of Received the last, which the first server on the way wrote. The
recipients of several To fields are those of all.
"""
LAST = "received"
JOINED = ("to", "cc", "bcc")


def fields(head: bytes) -> Fields:
    """The wanted fields of a message.

    Args:
        head: its headers, without the empty line after them.
    """
    found = lean_fields(head)
    return fields_by_email(head) if found is None else found


def lean_fields(head: bytes) -> Fields | None:
    """The wanted fields, where every line is plain; None where one is not."""
    text = head.decode("ascii", "surrogateescape")
    if "\r" in text:
        if text.count("\r") != text.count("\r\n"):
            return None
        text = text.replace("\r\n", "\n")
    # Unfolding (RFC 5322, 2.2.3) takes the line break away and nothing else.
    text = text.removesuffix("\n").replace("\n ", " ").replace("\n\t", "\t")
    found: Fields = {}
    known = _KNOWN
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        key = known[name] if name in known else _known(name)
        if key is None or not colon:
            return None
        if key:
            if key not in found or key == LAST:
                found[key] = value.strip(_BLANKS)
            elif key in JOINED:
                found[key] += "," + value.strip(_BLANKS)
    return found


def _known(name: str) -> str | None:
    """The key of a field: its name where it is wanted, "" where it is not; None where it is no name."""
    key = None
    if _NAME.fullmatch(name):
        lower = name.lower()
        key = lower if lower in WANTED else ""
    if len(_KNOWN) < _MOST_KNOWN:
        _KNOWN[name] = key
    return key


def fields_by_email(head: bytes) -> Fields:
    """The wanted fields as the standard library reads them."""
    from email.parser import BytesHeaderParser
    from email.policy import compat32

    message = BytesHeaderParser(policy=compat32).parsebytes(head)
    found: Fields = {}
    for name, value in message._headers:  # type: ignore[attr-defined]  # noqa: SLF001 - the values before they become objects
        key, said = name.lower(), re.sub(r"[\r\n]+", "", value).strip(" \t")
        if key in JOINED and key in found:
            said = f"{found[key]},{said}"
        found[key] = said if key == LAST or key in JOINED else found.get(key, said)
    return {name: value for name, value in found.items() if name in WANTED}
