"""Days on which a word is welcome: birthdays, days of having met, new jobs, posts. Pure rules over plain values.

An occasion is told once: until it is dealt with, or its time is over, or something was exchanged since.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["birthday", "met", "job", "post"]

DAYS_AHEAD = 7
"""How far ahead an occasion shows, at least."""
JOB_DAYS = 30
"""How long a new job is news."""
POST_DAYS = 14
"""How long a post is something to react to."""
SENTENCE_LIMIT = 300
_ENOUGH_FOR_A_SENTENCE = 25
_FEBRUARY, _LEAP_DAY = 2, 29
_LASTING = {"job": JOB_DAYS, "post": POST_DAYS}


class Occasion(NamedTuple):
    """Something to write about, near its day.

    Attributes:
        contact_id: whose it is.
        kind: birthday, met, job or post.
        key: what makes it one thing among those of its kind: a year, or the address of a post.
        day: its day.
        text: what, in a few words.
        detail: the first sentence of a post, or "".
        url: the address of a post, or "".
    """

    contact_id: int
    kind: Kind
    key: str
    day: date
    text: str
    detail: str = ""
    url: str = ""


def next_birthday(birthday: str, today: date) -> date | None:
    """The coming birthday, today included.

    Args:
        birthday: "YYYY-MM-DD" or "--MM-DD".
        today: the local day.

    Returns:
        Its day; 28 Feb stands in for 29 Feb in common years. None if the text is no birthday.
    """
    try:
        month, day = int(birthday[-5:-3]), int(birthday[-2:])
        this_year = _day_of_year(today.year, month, day)
        return this_year if this_year >= today else _day_of_year(today.year + 1, month, day)
    except ValueError:
        return None


def _day_of_year(year: int, month: int, day: int) -> date:
    if (month, day) == (_FEBRUARY, _LEAP_DAY):
        return date(year, 3, 1) - timedelta(1)
    return date(year, month, day)


def birthday(contact_id: int, said: str, today: date) -> Occasion | None:
    """The coming birthday of a contact.

    Args:
        contact_id: the contact.
        said: "YYYY-MM-DD" or, with the year unknown, "--MM-DD" (vCard's BDAY, RFC 6350 4.3.1).
        today: the local day.

    Returns:
        None when the text is no birthday.
    """
    day = next_birthday(said, today)
    return Occasion(contact_id, "birthday", str(day.year), day, "birthday") if day else None


def anniversary(contact_id: int, met_on: date, met_at: str, today: date) -> Occasion | None:
    """The coming anniversary of having met, the first a year after.

    Args:
        contact_id: the contact.
        met_on: the day of having met.
        met_at: where, or "".
        today: the local day.
    """
    day = next_birthday(met_on.isoformat(), today)
    years = day.year - met_on.year if day else 0
    if day is None or years < 1:
        return None
    text = f"met {years} {'year' if years == 1 else 'years'} ago" + (f" at {met_at}" if met_at else "")
    return Occasion(contact_id, "met", str(day.year), day, text)


def month_days(today: date, days: int) -> tuple[str, str]:
    """The first and last "MM-DD" of a window, for an index; the first is the later one where a year ends between.

    29 February counts as 28 February in common years, so a window that ends on the 28th ends a day later.

    Args:
        today: where it begins.
        days: how far ahead it reaches, less than a year.
    """
    last = f"{today + timedelta(days):%m-%d}"
    return f"{today:%m-%d}", "02-29" if last == "02-28" else last


def is_near(occasion: Occasion, today: date, within_days: int = 0) -> bool:
    """Whether its time has come and is not over."""
    latest = occasion.day + timedelta(_LASTING.get(occasion.kind, 0))
    return today <= latest and occasion.day <= today + timedelta(max(within_days, DAYS_AHEAD))


def is_dealt_with(occasion: Occasion, last_on: date | None) -> bool:
    """Whether something was exchanged that makes it no reason to be in touch any more.

    Before a birthday or an anniversary the week before counts, since a wish may come early; after a new job or a
    post it takes a later day.
    """
    if last_on is None:
        return False
    if occasion.kind in _LASTING:
        return last_on > occasion.day
    return last_on >= occasion.day - timedelta(DAYS_AHEAD)


def first_sentence(text: str) -> str:
    """The first sentence that says something, at most `SENTENCE_LIMIT` characters.

    Args:
        text: a summary or an article, plain.
    """
    line = " ".join(text[: 8 * SENTENCE_LIMIT].split())
    for end in re.finditer(r"[.!?…][\"'”\u2019»)]*(?=\s+[\W\d]*[^\W\d_a-z]|$)", line):
        if end.end() >= _ENOUGH_FOR_A_SENTENCE:
            line = line[: end.end()]
            break
    return line if len(line) <= SENTENCE_LIMIT else line[: SENTENCE_LIMIT - 1].rsplit(" ", 1)[0] + "…"


def feeds_of(blogs: Iterable[tuple[int, str]], feeds: Iterable[tuple[int, str, str]]) -> dict[int, int]:
    """Whose feed is whose: a feed belongs to the contact whose blog it is, or lies on.

    Args:
        blogs: contact and address of the blog.
        feeds: number, address, and address of the site that it says it is of.

    Returns:
        Feed to contact; a feed goes to the blog that it says it is of, or else to the nearest that it lies on.
    """
    whose = {place: contact for contact, address in blogs if (place := _place(address))}
    found = {}
    for number, url, site in feeds:
        owner = whose.get(_place(site))
        if owner is None:
            owner = next((whose[above] for above in _and_above(_place(url)) if above in whose), None)
        if owner is not None:
            found[number] = owner
    return found


def _and_above(place: str) -> Iterator[str]:
    """A place, and those that it lies in, the nearest first."""
    while place:
        yield place
        place = place.rpartition("/")[0]


@cache
def _address() -> re.Pattern[str]:
    """Compiled on first need: follow-ups are told without it."""
    return re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?(?:www\.)?([^/?#:@\[\]]+)(?::\d+)?([^?#]*)")


def _place(url: str) -> str:
    """Host and path of an address, in one spelling; "" when it has no host."""
    found = _address().match(url)
    return found[1].lower() + found[2].rstrip("/") if found else ""
