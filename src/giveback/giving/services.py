"""How long a message may be on a service, counted as the service counts, and how one is clipped to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from giveback.giving.composing.notes import Note

_LINK = re.compile(r"https?://\S+")
SHORT_LINK = 23
"""What a link counts on X and Mastodon, whatever its length."""


class Service(NamedTuple):
    """A service with a limit.

    Attributes:
        name: how the option names it.
        limit: the most that a text may count.
        count: what a text counts.
        what: the limit in words, for messages and documents.
    """

    name: str
    limit: int
    count: Callable[[str], int]
    what: str


def _linked(text: str) -> tuple[str, int]:
    """A text without its links, and what they count together."""
    rest, links = _LINK.subn("", text)
    return rest, links * SHORT_LINK


def _graphemes(text: str) -> int:
    """Characters as a reader sees them (UAX 29)."""
    import regex

    return len(regex.findall(r"\X", text))


def _on_x(text: str) -> int:
    """Weighted length (https://docs.x.com/fundamentals/counting-characters): an emoji counts 2, as do most scripts
    that are not alphabets; the ranges are those of the third configuration of the counting library.
    """  # noqa: D205 - one sentence
    import regex

    rest, links = _linked(text)
    return links + sum(2 if _is_emoji(each) else sum(map(_weight, each)) for each in regex.findall(r"\X", rest))


def _is_emoji(cluster: str) -> bool:
    import regex

    return bool(regex.match(r"\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji}\p{Emoji_Modifier}", cluster))


def _weight(sign: str) -> int:
    code = ord(sign)
    light = code <= 4351 or 8192 <= code <= 8205 or 8208 <= code <= 8223 or 8242 <= code <= 8247  # noqa: PLR2004 - as published
    return 1 if light else 2


def _on_mastodon(text: str) -> int:
    rest, links = _linked(text)
    return links + _graphemes(rest)


def _in_utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


# 3GPP TS 23.038, 6.2.1: the default alphabet, and its extension, each of whose signs takes two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
SMS_PLACES, SMS_WIDE = 160, 70


def _in_sms(text: str) -> int:
    """Places of 160; where a sign is not in the alphabet, the whole message is UCS-2 and holds 70."""
    if set(text) <= _GSM | _GSM_EXTENDED:
        return len(text) + sum(sign in _GSM_EXTENDED for sign in text)
    return -(-_in_utf16(text) * SMS_PLACES // SMS_WIDE)


SERVICES = {
    service.name: service
    for service in (
        Service("x", 280, _on_x, "280 characters, a link counting 23"),
        Service("mastodon", 500, _on_mastodon, "500 characters, a link counting 23"),
        Service("bluesky", 300, _graphemes, "300 characters as a reader sees them"),
        Service("linkedin", 1_250, _in_utf16, "1,250 characters of a comment"),
        Service("linkedin-note", 200, _in_utf16, "200 characters of an invitation, from a free account"),
        Service("linkedin-note-300", 300, _in_utf16, "300 characters of an invitation, from a paid account"),
        Service("sms", SMS_PLACES, _in_sms, "160 characters of one SMS, or 70 with letters outside its alphabet"),
    )
}
"""The services whose limits are known."""

EVERYWHERE = ("x", "mastodon", "bluesky")
"""Where a social note fits when no service is named."""


def services(said: str, channel: str) -> tuple[Service, ...]:
    """The services in whose limits a note must stay.

    Args:
        said: the name of one, or "".
        channel: how the gift is given.

    Returns:
        The one named; for a social note without a name, those whose posts are shortest; else none.

    Raises:
        UsageError: there is no such service, or the channel has none.
    """
    name = said.strip().lower()
    if not name:
        return tuple(SERVICES[each] for each in EVERYWHERE) if channel == "social" else ()
    if name not in SERVICES:
        raise UsageError(f"{said!r} is no service", "use one of " + ", ".join(SERVICES))
    if channel not in ("message", "social"):
        raise UsageError(f"--service is for messages, not {channel or 'a note without a channel'}", "add --via message")
    return (SERVICES[name],)


def too_long(text: str, limits: tuple[Service, ...]) -> Service | None:
    """The first service on which a text is too long; None when it fits."""
    return next((service for service in limits if service.count(text) > service.limit), None)


def clipped(note: Note, limits: tuple[Service, ...]) -> Note:
    """A note that fits: clipped at a word, and the link last.

    Args:
        note: a message or social note.
        limits: the services; none leaves the note as it is, line breaks too.

    Raises:
        UsageError: the link alone is too long.
    """
    if not limits:
        return note
    text = _plain(note.body) if limits[0].name == "sms" else note.body
    words, link = _parted(text)
    mark = "..." if limits[0].name == "sms" else "…"
    if not too_long(_joined(words, link), limits):
        return note._replace(body=_joined(words, link))
    # The longest beginning that fits: what a text counts grows with its words.
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if too_long(_joined(words[:middle], link, mark), limits):
            high = middle - 1
        else:
            low = middle
    if low == 0:
        service = too_long(_joined(words[:1], link, mark), limits)
        assert service is not None
        what = "the link does not fit" if link else "the first word does not fit"
        raise UsageError(f"{what} into {service.what} ({service.name})", "use another --service, or --via email")
    return note._replace(body=_joined(words[:low], link, mark))


def _parted(text: str) -> tuple[list[str], str]:
    """The words, and the link that ends a text, or ""."""
    words = text.split()
    if words and _LINK.fullmatch(words[-1]):
        return words[:-1], words[-1]
    return words, ""


def _joined(words: list[str], link: str, mark: str = "") -> str:
    said = " ".join(words)
    if mark:
        said = said.rstrip(" ,;:.\u2013\u2014-\"'(") + mark
    return f"{said} {link}".strip()


_STRAIGHT = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',  # quotes
        "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00a0": " ",
    }
)  # fmt: skip


def _plain(text: str) -> str:
    """Without typographic signs, one of which would cost an SMS more than half of its room."""
    return text.translate(_STRAIGHT)
