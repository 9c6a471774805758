"""When a message was sent: its Date, held against what the servers on its way noted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_NAMES = tuple(name.title() for name in _MONTHS)
_PLAIN = re.compile(
    r"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s+"
    r"([+-])(\d\d)(\d\d)\s*(?:\([^()]*\))?\s*"
)
_HALF = re.compile(r"\b(\d{1,2})(:\d\d(?::\d\d)?)\s*([ap])\.?m\.?\b", re.IGNORECASE)
_NOON = 12
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
"""The first mail was sent in 1971; what is older is a clock that was never set."""
AHEAD = timedelta(days=1)
"""How far a clock may be ahead of a server's."""
ON_THE_WAY = timedelta(days=10)
"""How long servers try to deliver a message, and some more (RFC 5321, 4.5.4.1: four or five days)."""


def parse(value: str) -> datetime | None:
    """The moment that a Date field names, UTC; None where it names none.

    Args:
        value: the field; what RFC 5322, 3.3 and 4.3 allow, and some of what is written instead.
    """
    plain = _PLAIN.fullmatch(value)
    if plain is None:
        return _parse_by_email(value)
    day, month, year, hour, minute, second, sign, hours, minutes = plain.groups()
    offset = _offset(sign, hours, minutes)
    try:
        # A leap second counts as the one before it.
        at = datetime(
            int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=UTC
        )
        return at - offset if offset else at
    except (KeyError, ValueError, OverflowError):
        return None


@cache
def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


def _parse_by_email(value: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    said = _HALF.sub(_full_day, value)
    try:
        at = parsedate_to_datetime(said)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _full_day(half: re.Match[str]) -> str:
    """The hour of twelve as one of twenty-four: 9:15 pm is 21:15."""
    hour = int(half[1]) % _NOON + (_NOON if half[3].lower() == "p" else 0)
    return f"{hour}{half[2]}"


def of_received(value: str) -> datetime | None:
    """When a server took a message: what stands after the last semicolon of Received (RFC 5321, 4.4)."""
    _, semicolon, said = value.rpartition(";")
    return parse(said) if semicolon else None


def of_envelope(envelope: bytes) -> datetime | None:
    """When a message came into an mbox, by its "From " line; without an offset it is taken as UTC."""
    said = envelope.decode("ascii", "replace").removeprefix("From ").partition(" ")[2]
    found = re.search(
        r"([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d(?::\d\d)?)\s+(?:([+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}))?", said
    )
    if not found:
        return None
    month, day, clock, before, year, after = found.groups()
    return parse(f"{day} {month} {year} {clock} {before or after or '+0000'}")


def sent_at(date: str, received: str, envelope: bytes, now: datetime) -> datetime | None:
    """When a message was sent.

    Args:
        date: its Date field, or "".
        received: its last Received field, by the first server on its way, or "".
        envelope: the "From " line before it, or b"".
        now: this moment; nothing was sent after it.

    Returns:
        The Date where a clock that goes right can have said so: not before there was mail, not after a server took the
        message, and no longer before that than servers try. Else when it was taken. None when nothing says when.
    """
    said = parse(date) if date else None
    if said is not None and _possible(said, now) and f"{said.day} {_NAMES[said.month - 1]} {said.year}" in received:
        return said  # taken on the same day: nothing else need be read
    noted = of_received(received)
    if noted is not None and not _possible(noted, now):
        noted = None
    if said is None or not _possible(said, now):
        arrived = noted or of_envelope(envelope)
        return arrived if arrived and _possible(arrived, now) else None
    return said if noted is None or noted - ON_THE_WAY <= said <= noted + AHEAD else noted


def _possible(at: datetime, now: datetime) -> bool:
    return EARLIEST <= at <= now + AHEAD
