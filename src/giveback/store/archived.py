"""Whether the values of a row that came from outside can stand in their columns."""

from __future__ import annotations

import base64
import binascii
import math
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from giveback.text import clean_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_LARGEST = 2**63
_TEXT_LIMIT = 16 * 2**20


def checker(connection: sqlite3.Connection, table: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that gives a row of a table back with its values checked.

    It raises ValueError for columns that the table has not, and for values of another kind: a text where a number
    stands, a day that is none. Texts lose what a terminal would obey.
    """
    info = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    kinds = {str(name): _kind(str(name), str(kind)) for name, kind in info}

    def check(row: dict[str, Any]) -> dict[str, Any]:
        strange = row.keys() - kinds.keys()
        if strange:
            raise ValueError(f"there is no column {min(strange)!r}")
        return {name: value if value is None else kinds[name](name, value) for name, value in row.items()}

    return check


def _kind(name: str, kind: str) -> Callable[[str, Any], Any]:
    declared = kind.upper()
    if declared == "DATE":
        return _day
    if declared in ("INTEGER", "BOOLEAN"):
        return _whole
    if declared in ("FLOAT", "REAL"):
        return _number
    if declared == "BLOB":
        return _bytes
    return _time if name.endswith("_at") and name != "met_at" else _text


def _whole(name: str, value: Any) -> int:  # noqa: ANN401 - any JSON
    if not isinstance(value, int) or not -_LARGEST <= value < _LARGEST:
        raise ValueError(f"{name} is no whole number")
    return int(value)


def _number(name: str, value: Any) -> float:  # noqa: ANN401 - any JSON
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is no number")
    return float(value)


def _bytes(name: str, value: Any) -> bytes:  # noqa: ANN401 - any JSON
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict) and isinstance(value.get("base64"), str):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except binascii.Error as error:
            raise ValueError(f"{name} is no base64") from error
    raise ValueError(f"{name} holds no bytes")


def _text(name: str, value: Any) -> str:  # noqa: ANN401 - any JSON
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
        raise ValueError(f"{name} is no text" if not isinstance(value, str) else f"{name} is too long")
    if value.replace("\n", "").replace("\t", "").isprintable() or not _commands(value):
        return value
    return clean_text(value, _TEXT_LIMIT)


def _commands(value: str) -> bool:
    """Whether a text holds controls (C0, C1, bidi), which a terminal would obey."""
    return any(
        (character < " " and character not in "\n\t\r")
        or "\x7f" <= character <= "\x9f"
        or character in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        or "\ud800" <= character <= "\udfff"
        for character in value
    )


@lru_cache(maxsize=4096)
def _day_of(said: str) -> str:
    return date.fromisoformat(said).isoformat()


def _day(name: str, value: Any) -> str:  # noqa: ANN401 - any JSON
    try:
        return _day_of(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is no day: {str(value)[:20]!r}") from error


@lru_cache(maxsize=4096)
def _time_of(said: str) -> str:
    from giveback.dates import from_utc_text, utc_text

    return said if utc_text(from_utc_text(said)) == said else utc_text(from_utc_text(said))


def _time(name: str, value: Any) -> str:  # noqa: ANN401 - any JSON
    if value == "":  # "at once", in columns that say when
        return ""
    try:
        return _time_of(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is no time: {str(value)[:30]!r}") from error
