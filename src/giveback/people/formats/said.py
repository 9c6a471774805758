"""Single values as files write them: days, addresses, labels, links."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_YEAR = (1604, 1600, 1900, 1)
"""Years that stand for none: Apple's, and what a day without a year becomes elsewhere. 1900 is so only on 1 January."""

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+")


def an_address(said: str) -> bool:
    """Whether a text can be an e-mail address: an @, something on both sides, nothing that could end a header."""
    return bool(_ADDRESS.fullmatch(said)) and said.isprintable()


_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_YEARLESS = re.compile(r"--(\d\d)-?(\d\d)(?:T.*)?")


@lru_cache(maxsize=4_096)
def a_birthday(said: str) -> str:
    """A day of a vCard (RFC 6350, 4.3.1) as the store keeps it: YYYY-MM-DD, or --MM-DD without a year.

    Args:
        said: "1980-03-14", "19800314", "--0314", with or without a time.

    Returns:
        "" where it is no day, or only a part of one.
    """
    said = said.strip()
    found = _DAY.fullmatch(said)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = _YEARLESS.fullmatch(said)
    return _day(0, int(found[1]), int(found[2])) if found else ""


def _day(year: int, month: int, day: int) -> str:
    known = year and year not in NO_YEAR[:2] and year >= 1000  # noqa: PLR2004 - no calendar of ours goes back so far
    try:
        found = date(year if known else 2000, month, day)
    except ValueError:
        return ""
    return found.isoformat() if known else f"--{found:%m-%d}"


_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari janeiro ene gen styczen",
            "feb february februar fevrier febrero febbraio februari fevereiro fev fevr",
            "mar march marz mars marzo maart marco mrz mrt",
            "apr april avril abril aprile avr abr",
            "may mai mayo maggio mei maio mag maj",
            "jun june juni juin junio giugno junho giu",
            "jul july juli juillet julio luglio julho juil lug",
            "aug august aout agosto augustus augusti ago",
            "sep september septembre septiembre settembre setembro sept set",
            "oct october oktober octobre octubre ottobre outubro okt out ott",
            "nov november novembre noviembre novembro",
            "dec december dezember decembre diciembre dicembre dezembro dez dic",
        ),
        start=1,
    )
    for month in names.split()
}
_ORDERS = {"mdy": (2, 0, 1), "dmy": (2, 1, 0), "ymd": (0, 1, 2)}
_CENTURY_TURN = 30
"""Years of two digits up to here are of this century."""


def order_of(values: Sequence[str], *, month_first: bool) -> str:
    """In which order a column writes its days: "mdy" or "dmy".

    Args:
        values: all that stands in the column.
        month_first: what is meant where no value tells.
    """
    pairs = [
        (int(found[1]), int(found[2])) for value in values if (found := re.match(r"(\d\d?)[/.-](\d\d?)[/.-]", value))
    ]
    if any(first > 12 for first, _ in pairs):  # noqa: PLR2004 - months of a year
        return "dmy"
    if any(second > 12 for _, second in pairs):  # noqa: PLR2004 - as above
        return "mdy"
    return "mdy" if month_first else "dmy"


@lru_cache(maxsize=8_192)
def a_day(said: str, order: str = "mdy") -> str:
    """A day as tables write it, as the store keeps it.

    Args:
        said: "07 Feb 2022", "7-Feb-22", "3/28/17, 9:12 PM", "2022-02-07", "07.03.1981", "Feb 7, 2022".
        order: how numbers alone are meant, "mdy" or "dmy"; with dots they are always "dmy".

    Returns:
        YYYY-MM-DD or --MM-DD; "" where it is no day.
    """
    from giveback.text import fold

    plain = a_birthday(said)
    if plain:
        return plain
    text = fold(said).replace(",", " ")
    numbers = re.match(r"(\d{1,4})([/.-])(\d\d?)\2(\d{1,4})(?!\d)", text)
    if numbers:
        given = (numbers[1], numbers[3], numbers[4])
        which = "ymd" if len(numbers[1]) > 2 else "dmy" if numbers[2] == "." else order  # noqa: PLR2004 - a year first
        year, month, day = (given[place] for place in _ORDERS[which])
        return _day(_year(year), int(month), int(day)) if int(month) and int(day) else ""
    words = re.findall(r"[^\W\d_]+|\d+", text)
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    figures = [word for word in words if word.isdigit()][:2]
    if not months or not figures:
        return ""
    day, year = (figures[0], figures[1]) if len(figures) > 1 else (figures[0], "")
    if len(day) > 2:  # noqa: PLR2004 - the year came first
        day, year = year or "1", day
    return _day(_year(year), months[0], int(day))


def _year(said: str) -> int:
    if not said:
        return 0
    year = int(said)
    if len(said) > 2:  # noqa: PLR2004 - two digits want a century
        return year
    return year + (2000 if year <= _CENTURY_TURN else 1900)


_LABELS = {"cell": "mobile", "mobile": "mobile", "iphone": "mobile", "home": "home", "work": "work", "fax": "fax"} | {
    word: word for word in ("pager", "main", "other", "school", "car", "linkedin", "blog")
}
_UNTOLD = frozenset(
    {
        *("PREF", "VOICE", "INTERNET", "X-INTERNET", "MSG", "X400", "POSTAL", "PARCEL", "INTL", "DOM", "TEXT", "VIDEO"),
        *("JPEG", "PNG", "URI", "BLOG", "TEXTPHONE"),
    }
)


def label_of(params: Mapping[str, Sequence[str]]) -> str:
    """What the TYPE of a property says to people: "work", "mobile", "work fax"."""
    said = params.get("TYPE")
    if not said:
        return ""
    return _label(tuple(said))


@lru_cache(maxsize=1_024)
def _label(said: tuple[str, ...]) -> str:
    words = [_LABELS.get(word.lower(), word.lower().removeprefix("x-")) for word in said if word.upper() not in _UNTOLD]
    order = {"fax": 1, "pager": 1}
    return " ".join(sorted(dict.fromkeys(words), key=lambda word: order.get(word, 0)))


def link_kind(value: str) -> str:
    """What an address of a page is: "web", "plain" without a scheme, "" for what no browser should follow."""
    scheme, colon, _ = value.partition(":")
    if not colon or "." in scheme or "/" in scheme:
        return "plain" if value and not any(map(str.isspace, value)) else ""
    return "web" if scheme.lower() in {"http", "https"} else ""


def linkedin_key(url: str) -> str:
    """By what a LinkedIn profile is known however its address is written: "in/ana-ruiz"; "" for other pages."""
    if "linkedin." not in url.lower():
        return ""
    from urllib.parse import unquote

    found = re.search(r"linkedin\.[a-z.]+/((?:in|pub)/[^?#\s]+)", unquote(url), re.IGNORECASE)
    return found[1].rstrip("/").lower() if found else ""
