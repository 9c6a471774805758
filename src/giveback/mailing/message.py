"""Messages as RFC 5322 and MIME (RFC 2045) want them, built by the standard library's policy."""

from __future__ import annotations

import re
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import TYPE_CHECKING
from uuid import uuid4

from giveback.errors import UsageError
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.policy import Policy

    from giveback.dates import Now
    from giveback.mailing.mailboxes import Mailbox


class _Commands:
    """A field of addresses in angle brackets, such as List-Unsubscribe (RFC 2369 section 2): one a line, as they are.

    The standard library would write what is longer than a line as encoded words, which no program takes for an address.
    """

    max_count = 1

    @staticmethod
    def parse(value: str, kwds: dict[str, object]) -> None:
        """As for any field without a grammar of its own."""
        UnstructuredHeader.parse(value, kwds)

    def fold(self, *, policy: Policy) -> str:
        """The field as it goes over the line."""
        name = str(getattr(self, "name", ""))
        return f"{name}: " + f",{policy.linesep} ".join(str(self).split(", ")) + policy.linesep


_FIELDS = HeaderRegistry()
for _name in ("list-unsubscribe", "list-id"):
    _FIELDS.map_to_type(_name, _Commands)  # type: ignore[arg-type]  # it takes any class with parse
# Seven bits pass everywhere, also where 8BITMIME is not offered.
POLICY = SMTP.clone(cte_type="7bit", header_factory=_FIELDS)
_SUBJECT_LIMIT = 250
_HEADER_LIMIT = 900
_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322 3.6.8
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_TRAILING = ".,;:!?'"


def new_id(domain: str) -> str:
    """A Message-ID (RFC 5322 3.6.4): random, so that it tells nothing; made once for a message and kept.

    Args:
        domain: the sender's.
    """
    return f"<{uuid4().hex}@{domain}>"


def build(
    sender: Mailbox | None,
    recipient: Mailbox | None,
    subject: str,
    text: str,
    html: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    message_id: str = "",
    at: Now,
) -> EmailMessage:
    """Build a message to one recipient, as text and HTML.

    Args:
        sender: From; None leaves it to a mail program.
        recipient: To; None likewise.
        subject: made one clean line.
        text: its words, lines ended by line feeds.
        html: a whole page that says the same; "" makes a simple one of the text.
        headers: further fields, such as List-Unsubscribe; each value is made one clean line.
        message_id: the one that was kept; "" makes a new one where there is a sender.
        at: the clock, for Date.

    Raises:
        UsageError: a field's name is none, or a field would stand twice.
    """
    from email.utils import format_datetime

    message = EmailMessage(policy=POLICY)
    if sender:
        message["From"] = _address(sender)
    if recipient:
        message["To"] = _address(recipient)
    message["Subject"] = clean_line(subject, _SUBJECT_LIMIT)
    message["Date"] = format_datetime(at.at.astimezone())
    if message_id or sender:
        message["Message-ID"] = message_id or new_id(sender.domain if sender else "")
    for name, value in (headers or {}).items():
        if not _HEADER_NAME.fullmatch(name) or name in message:
            raise UsageError(f"{name!r} cannot be a field of a message", "each field stands once")
        message[name] = clean_line(value, _HEADER_LIMIT)
    message.set_content(text.rstrip("\n") + "\n")
    message.add_alternative(html or html_of(text), subtype="html")
    return message


def _address(mailbox: Mailbox) -> object:
    from email.headerregistry import Address

    return Address(mailbox.name, mailbox.local, mailbox.domain)


def wire(message: EmailMessage) -> bytes:
    """The message as it goes over the line: CRLF, seven bits, but for addresses that need more (RFC 6532)."""
    international = any(
        not address.username.isascii()
        for field in ("From", "To")
        for address in getattr(message[field], "addresses", ())
    )
    return message.as_bytes(policy=POLICY.clone(utf8=True) if international else POLICY)


def html_of(text: str) -> str:
    """A simple page of a text: paragraphs, lines, links that can be followed; nothing from elsewhere.

    Args:
        text: paragraphs with a blank line between them; everything in it is text, never markup.
    """
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip("\n")) if part.strip()]
    # Each paragraph finds its own direction: a note may mix scripts.
    body = "\n".join('<p dir="auto">' + "<br>\n".join(map(_linked, part.split("\n"))) + "</p>" for part in paragraphs)
    return f'<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n{body}\n</body>\n</html>\n'


def _linked(line: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(line):
        url = _whole(found[0])
        parts += [escape(line[end : found.start()]), f'<a href="{escape(url)}">{escape(url)}</a>']
        end = found.start() + len(url)
    return "".join([*parts, escape(line[end:])])


def _whole(url: str) -> str:
    """An address without the punctuation of the sentence that it stands in."""
    while url and (url[-1] in _TRAILING or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def envelope(data: bytes) -> tuple[str, str]:
    """The addresses of a message's From and To; "" where a field is absent.

    Args:
        data: as `wire` gives it.

    Raises:
        ValueError: a field names several, or there is a field for copies.
    """
    from email.parser import HeaderParser

    head = HeaderParser(policy=POLICY.clone(utf8=True)).parsestr(data.partition(b"\r\n\r\n")[0].decode())
    found = [head[name].addresses if name in head else () for name in ("From", "To")]
    if any(len(addresses) > 1 for addresses in found) or "Cc" in head or "Bcc" in head:
        raise ValueError("a message has one sender and one recipient")
    author, recipient = (addresses[0].addr_spec if addresses else "" for addresses in found)
    return author, recipient


def with_id(message: EmailMessage, message_id: str) -> EmailMessage:
    """Give a message the Message-ID that was kept for it."""
    del message["Message-ID"]
    message["Message-ID"] = message_id
    return message


def read(data: bytes) -> EmailMessage:
    """A message that was kept, taken apart again.

    Args:
        data: as `wire` gave it.
    """
    from email import message_from_string

    message = message_from_string(data.decode().replace("\r\n", "\n"), EmailMessage, policy=POLICY.clone(utf8=True))
    assert isinstance(message, EmailMessage)
    return message


def addressed_to(data: bytes, to: Mailbox) -> bytes:
    """A message that was kept, with another To."""
    message = read(data)
    del message["To"]
    message["To"] = _address(to)
    return wire(message)


def text_part(message: EmailMessage) -> str:
    """The words of a message, lines ended by line feeds."""
    part = message.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
