"""What the headers of an answer ask for: when to come again, what to send with the next request."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from giveback.reading.schedule import LONGEST_RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Headers = Mapping[str, str]

_MAX_VALIDATOR = 500
_YEAR = 366 * 86_400
_REMARKS = {401: "it wants a password", 403: "it lets nobody in", 410: "gone for good", 429: "too many requests"}


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give headers by lower-case name; several of one name are joined (RFC 9110 section 5.2)."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def validator(headers: Headers, name: str) -> str | None:
    """Give a header that can be sent back as it came."""
    value = headers.get(name, "")
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= _MAX_VALIDATOR else None


def retry_after(headers: Headers, now: datetime) -> int | None:
    """Read `Retry-After` (RFC 9110 section 10.2.3), seconds or a date, capped at a day.

    Args:
        headers: of the answer.
        now: the clock (UTC), for servers that do not say what time it is with them.

    Returns:
        Seconds; None when it is absent or nonsense.
    """
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,12}", value, re.ASCII):
        return min(int(value), LONGEST_RETRY_AFTER)
    time = _http_date(value)
    if time is None:
        return None
    return int(min(max((time - (_http_date(headers.get("date", "")) or now)).total_seconds(), 0), LONGEST_RETRY_AFTER))


def fresh_for(headers: Headers, now: datetime) -> int | None:
    """Read for how long an answer holds: `Cache-Control: max-age`, else `Expires` (RFC 9111 section 4.2).

    Args:
        headers: of the answer.
        now: the clock (UTC), for servers that do not say what time it is with them.

    Returns:
        Seconds, what a cache on the way has used up taken off; None when nothing is said.
    """
    said = headers.get("cache-control", "").lower()
    if "no-cache" in said or "no-store" in said:
        return None
    age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", said, re.ASCII)
    if age:
        return _left(int(age[1]), headers)
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return _left((expires - (_http_date(headers.get("date", "")) or now)).total_seconds(), headers)


def _left(seconds: float, headers: Headers) -> int | None:
    used = headers.get("age", "")
    left = int(min(seconds, _YEAR)) - (int(used) if re.fullmatch(r"\d{1,9}", used, re.ASCII) else 0)
    return left if left > 0 else None


def _http_date(value: str) -> datetime | None:
    if not value:
        return None
    from email.utils import parsedate_to_datetime

    try:
        time = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def said(status: int, *, login: bool = False) -> str:
    """Put a status into words: "answered 404 (not found)".

    Args:
        status: of the answer.
        login: a user name and a password were sent.
    """
    from http import HTTPStatus

    remark = "it does not take the password" if status == HTTPStatus.UNAUTHORIZED and login else _REMARKS.get(status)
    if not remark:
        try:
            remark = HTTPStatus(status).phrase.lower()
        except ValueError:
            return f"answered {status}"
    return f"answered {status} ({remark})"
