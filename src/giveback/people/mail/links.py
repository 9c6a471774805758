"""What somebody wrote in a message, apart from what they quoted: its text and the addresses in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.people.mail.mailboxes import BODY_LIMIT, body
from giveback.people.mail.words import bytes_to_text
from giveback.text import clean_text, html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as Parsed

    from giveback.people.mail.mailboxes import Raw

MOST_LINKS = 50
MOST_PARTS = 50
_ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]{}|\\^`\x00-\x1f]+", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_QUOTE = re.compile(r"<blockquote\b.*?(?:</blockquote\s*>|\Z)", re.IGNORECASE | re.DOTALL)
# What mail programs put before all that they quote.
_QUOTE_BELOW = re.compile(
    r"<div[^>]*\b(?:class=\"?(?:gmail_quote|moz-cite-prefix|yahoo_quoted)|id=\"?(?:divRplyFwdMsg|appendonsend))",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"^(?:-- ?|-{2,} ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original) ?-{2,}|_{20,}"
    r"|(?:On|Am|Le|El|Il|Op|Em|Den)\b.{5,200}"
    r"(?:wrote|schrieb.{0,80}|a écrit|escribió|ha scritto|schreef|escreveu|skrev)\s*:)\s*$",
    re.MULTILINE,
)
_FORWARDED = re.compile(
    r"^-{3,} ?(?:Forwarded message|Weitergeleitete Nachricht|Message transféré) ?-{3,}", re.MULTILINE
)


def may_hold_links(raw: Raw) -> bool:
    """Whether it is worth taking a message apart to find addresses in it."""
    data = body(raw)
    return b"http" in data or b"base64" in data[:BODY_LIMIT].lower() or b"base64" in raw.head.lower()


def text_of(raw: Raw, limit: int) -> str:
    """What its writer wrote, without quotes and signature; "" when there is no text in it.

    Args:
        raw: the message.
        limit: characters at most.
    """
    plain = html = ""
    for kind, text in _texts(raw):
        if kind == "text/plain":
            plain = plain or text
        else:
            html = html or text
    said = own_words(plain) if plain.strip() else own_words(html_to_text(own_markup(html)))
    return clean_text(said, limit)


def links_of(raw: Raw) -> list[str]:
    """Web addresses that its writer put into a message, in their order, each once; at most `MOST_LINKS`."""
    found: dict[str, None] = {}
    for kind, text in _texts(raw):
        addresses = _in_markup(own_markup(text)) if kind == "text/html" else _in_text(own_words(text))
        found.update(dict.fromkeys(addresses))
    return list(found)[:MOST_LINKS]


def own_words(text: str) -> str:
    """A plain text without quoted lines, and without what stands below a signature or above a quoted message."""
    end = _BELOW.search(text)
    forwarded = _FORWARDED.search(text)
    if end and not (forwarded and forwarded.start() < end.start()):
        text = text[: end.start()]
    return "\n".join(line for line in text.splitlines() if not line.startswith(">"))


def own_markup(markup: str) -> str:
    """HTML without what it quotes."""
    below = _QUOTE_BELOW.search(markup)
    return _QUOTE.sub(" ", markup[: below.start()] if below else markup)


def _in_text(text: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(text):
        yield _trimmed(found[0])


def _in_markup(markup: str) -> Iterator[str]:
    from html import unescape

    for found in _HREF.finditer(markup):
        address = unescape(found[1] or found[2] or found[3] or "").strip()
        if address.lower().startswith(("http://", "https://")):
            yield address
    yield from _in_text(html_to_text(markup))


def _trimmed(address: str) -> str:
    """An address in running text without the sentence's full stop, or a bracket that was opened before it."""
    address = address.rstrip(".,;:!?*_~")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?")
    return address


def _texts(raw: Raw) -> Iterator[tuple[str, str]]:
    """The parts that are text, with their types; attachments are passed over."""
    from email import message_from_bytes
    from email.errors import MessageError
    from email.policy import compat32

    try:
        message = message_from_bytes(raw.head + b"\n" + body(raw), policy=compat32)
        for place, part in enumerate(message.walk()):
            if place >= MOST_PARTS:
                return
            text = _text(part)
            if text:
                yield part.get_content_type(), text
    except (MessageError, RecursionError, ValueError, LookupError):
        # A structure so broken that the standard library gives up: what was read before it stands.
        return


def _text(part: Parsed) -> str:
    if part.get_content_type() not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
        return ""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    return bytes_to_text(data, str(part.get_param("charset") or "utf-8")).replace("\r\n", "\n")
