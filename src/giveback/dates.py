"""Natural dates in, humane dates out; the clock is a value."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT_MONTHS = tuple(month[:3].title() for month in _MONTHS)
# A month is 30 days and a year 365: cadences are rhythms, not appointments.
_UNIT_DAYS = (
    dict.fromkeys(("d", "day"), 1)
    | dict.fromkeys(("w", "wk", "week"), 7)
    | dict.fromkeys(("m", "mo", "month"), 30)
    | dict.fromkeys(("y", "yr", "year"), 365)
)
_NAMED_SPANS = (
    {"daily": 1, "weekly": 7, "fortnightly": 14, "biweekly": 14}
    | {"monthly": 30, "quarterly": 90, "yearly": 365, "annually": 365}
    | {"close": 21, "warm": 60, "weak": 180, "dormant": 365}
)
_NAMED_DAYS = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
_NUMBER_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_LONGEST_SPAN = 20 * 365
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_SATURDAY = 5
_SHORTEST_NAME = 3
_FORMS = 'use YYYY-MM-DD, or "yesterday", "next friday", "in 2 weeks", "3 Mar"'
_SPAN_FORMS = 'use "3w", "45d", "2 months", "monthly", or close, warm, weak, dormant'


class Now(NamedTuple):
    """The clock as a value.

    Attributes:
        at: this moment, aware, UTC.
        today: the day where the user is.
    """

    at: datetime
    today: date


def now(env: Mapping[str, str] = os.environ) -> Now:
    """Read the clock, or GIVEBACK_NOW where it is set.

    Args:
        env: the environment; GIVEBACK_NOW is an ISO date (noon, local) or datetime (local unless it says
            its offset).

    Returns:
        The moment and the local day.

    Raises:
        UsageError: GIVEBACK_NOW is neither.
    """
    fixed = env.get("GIVEBACK_NOW", "").strip()
    if not fixed:
        local = datetime.now(UTC).astimezone()
        return Now(local.astimezone(UTC), local.date())
    try:
        said = datetime.fromisoformat(fixed if len(fixed) > len("YYYY-MM-DD") else f"{fixed}T12:00:00")
        # An offset, where given, places the day as well: the same value says the same day everywhere.
        aware = said if said.tzinfo else said.astimezone()
        return Now(aware.astimezone(UTC), said.date())
    except (ValueError, OverflowError):
        raise UsageError(f"GIVEBACK_NOW is not a date: {_shown(fixed)}", "use an ISO date or datetime") from None


def parse_day(text: str, today: date, *, past: bool = False) -> date:
    """Read a day as people write it.

    ISO dates; "today", "yesterday", "tomorrow"; "friday" (today included); "next friday" (that of the week
    after this one, weeks starting on Monday), "last friday" (the latest before today), "this friday" (that of
    this week); "next week/month/year", "last …" (a span from today); "in 2 weeks", "3 days ago", "2w" (from
    today, backwards with `past`); "3 Mar", "March 3rd", "3 March 2026".
    Numeric forms other than ISO are refused: 3.4. is a day in March or April depending on where one lives.

    Args:
        text: what the user wrote; case and surrounding space do not matter, "by" and "on" may lead.
        today: the local day that relative forms count from.
        past: whether a bare weekday, a date without its year, and a bare span lie behind today, not ahead.

    Returns:
        The day meant.

    Raises:
        UsageError: no such day, a year outside 1900 to 2200, or a form that is not understood.
    """
    said = " ".join(text.lower().replace(",", " ").split())
    for lead in ("by ", "on ", "until ", "till ", "the "):
        said = said.removeprefix(lead)
    try:
        day = (
            _iso_day(said, text)
            or _named_day(said, today)
            or _weekday(said, today, past=past)
            or _relative_day(said, today, past=past)
            or _month_day(said, text, today, past=past)
        )
    except OverflowError:
        _refuse_year(text)
    if day is None:
        raise UsageError(f"not a date: {_shown(text)}", _FORMS)
    return _in_range(day, text)


def _shown(text: str) -> str:
    from giveback.text import clean_line

    return f'"{clean_line(text, 60)}"'


def _refuse_year(text: str) -> NoReturn:
    raise UsageError(f"year out of range: {_shown(text)}", f"years from {_FIRST_YEAR} to {_LAST_YEAR}")


def _in_range(day: date, text: str) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        _refuse_year(text)
    return day


def _exact(year: int, month: int, day: int, text: str) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        _refuse_year(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise UsageError(f"no such day: {_shown(text)}", _FORMS) from None


def _iso_day(said: str, text: str) -> date | None:
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", said):
        return _exact(int(match[1]), int(match[2]), int(match[3]), text)
    if re.fullmatch(r"[0-9]+([./-])[0-9]+(\1([0-9]+)?)?", said):
        raise UsageError(f"ambiguous date: {_shown(text)}", "use YYYY-MM-DD, or name the month")
    return None


def _named_day(said: str, today: date) -> date | None:
    offset = _NAMED_DAYS.get(said)
    return None if offset is None else today + timedelta(offset)


def _index(name: str, names: tuple[str, ...]) -> int | None:
    """The place of a name, whole or cut to three letters or more."""
    name = name.removesuffix(".")
    if len(name) < _SHORTEST_NAME:
        return None
    return next((place for place, full in enumerate(names) if full.startswith(name)), None)


def _weekday(said: str, today: date, *, past: bool) -> date | None:
    lead, _, name = said.rpartition(" ")
    weekday = _index(name, _WEEKDAYS)
    if weekday is None or lead not in ("", "next", "last", "this"):
        return None
    in_this_week = weekday - today.weekday()
    if lead == "next":
        return today + timedelta(in_this_week + 7)
    if lead == "this":
        return today + timedelta(in_this_week)
    if lead == "last":
        return today - timedelta((-in_this_week - 1) % 7 + 1)
    return today - timedelta(-in_this_week % 7) if past else today + timedelta(in_this_week % 7)


def _relative_day(said: str, today: date, *, past: bool) -> date | None:
    if match := re.fullmatch(r"(next|last) (week|month|year)", said):
        days, backwards = _UNIT_DAYS[match[2]], match[1] == "last"
    else:
        span = said.removeprefix("in ").removesuffix(" ago")
        found = _span(span)
        if found is None or (said.startswith("in ") and said.endswith(" ago")):
            return None
        days = found
        backwards = said.endswith(" ago") or (past and not said.startswith("in "))
    return today - timedelta(days) if backwards else today + timedelta(days)


def _month_day(said: str, text: str, today: date, *, past: bool) -> date | None:
    match = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?\.?(?: of)? ([a-z]+\.?)(?: ([0-9]{4}))?", said)
    if match:
        day, name, year = match.groups()
    elif match := re.fullmatch(r"([a-z]+\.?) ([0-9]{1,2})(?:st|nd|rd|th)?(?: ([0-9]{4}))?", said):
        name, day, year = match.groups()
    else:
        return None
    month = _index(name, _MONTHS)
    if month is None:
        return None
    if year:
        return _exact(int(year), month + 1, int(day), text)
    return _nearest(month + 1, int(day), text, today, past=past)


def _nearest(month: int, day: int, text: str, today: date, *, past: bool) -> date:
    """The closest such day on the side asked for; 29 Feb may be eight years away."""
    step = -1 if past else 1
    for years in range(9):
        try:
            found = date(today.year + step * years, month, day)
        except ValueError:
            continue
        if (found <= today) if past else (found >= today):
            return found
    raise UsageError(f"no such day: {_shown(text)}", _FORMS)


def _span(said: str) -> int | None:
    """Days in "3w", "3 weeks", "a month"; None for anything else."""
    match = re.fullmatch(r"([0-9]{1,6}|[a-z]+) ?([a-z]+)", said)
    if match is None:
        return None
    amount, unit = match.groups()
    days = _UNIT_DAYS.get(unit) or _UNIT_DAYS.get(unit.removesuffix("s"))
    count = int(amount) if amount.isdecimal() else _NUMBER_WORDS.get(amount)
    return None if days is None or count is None else count * days


def parse_span(text: str) -> int:
    """Read a cadence or another span.

    Args:
        text: "3w", "45d", "2m" (30 days each), "1y" (365), "3 weeks", "every 2 months", "every other
            week", "weekly", "monthly", "quarterly", "yearly", or a closeness: close (21 days),
            warm (60), weak (180), dormant (365).

    Returns:
        Days, from 1 to 20 years.

    Raises:
        UsageError: zero, negative, longer, or not understood.
    """
    said = " ".join(text.lower().split()).removeprefix("every ")
    if said.startswith("other "):  # every other week
        said = said.replace("other", "two", 1)
    days = _NAMED_SPANS.get(said) or _span(said)
    if days is None and said in _UNIT_DAYS and len(said) > 1:
        days = _UNIT_DAYS[said]
    if days is None:
        raise UsageError(f"not a span of time: {_shown(text)}", _SPAN_FORMS)
    if not 0 < days <= _LONGEST_SPAN:
        raise UsageError(f"span out of range: {_shown(text)}", "from 1 day to 20 years")
    return days


def say_day(day: date, today: date) -> str:
    """Say a day as people do: near ones by distance, others by date.

    Args:
        day: the day to name.
        today: the local day.

    Returns:
        "today", "tomorrow", "in 3 days", "5 days ago" within two weeks; then "12 Mar", or
        "12 Mar 2027" in another year.
    """
    distance = day.toordinal() - today.toordinal()
    if distance == 0:
        return "today"
    if abs(distance) == 1:
        return "tomorrow" if distance > 0 else "yesterday"
    if abs(distance) <= 14:  # noqa: PLR2004 - two weeks, as documented
        return f"in {distance} days" if distance > 0 else f"{-distance} days ago"
    month = _SHORT_MONTHS[day.month - 1]
    return f"{day.day} {month}" if day.year == today.year else f"{day.day} {month} {day.year:04}"


def full_day(day: date) -> str:
    """A day as a letter names it: "23 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def say_span(days: int) -> str:
    """Say a span in the largest unit that fits exactly.

    Args:
        days: at least 0.

    Returns:
        21 as "3 weeks", 60 as "2 months", 365 as "1 year", 45 as "45 days"; `parse_span` reads it back.
    """
    for size, unit in ((365, "year"), (30, "month"), (7, "week")):
        if days and days % size == 0:
            return _counted(days // size, unit)
    return _counted(days, "day")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def business_days_after(day: date, count: int, holidays: frozenset[date] = frozenset()) -> date:
    """Count business days, Monday to Friday less holidays.

    Args:
        day: counting starts after it, whatever day it is.
        count: how many, at least 0.
        holidays: days on which nobody answers either.

    Returns:
        The count-th business day after `day`; `day` itself for 0.
    """
    while count > 0:
        day += timedelta(1)
        if day.weekday() < _SATURDAY and day not in holidays:
            count -= 1
    return day


def utc_text(at: datetime) -> str:
    """Write a moment as the store, JSON and calendars do.

    Args:
        at: an aware moment.

    Returns:
        UTC to the second, "2026-11-23T13:05:00Z".

    Raises:
        ValueError: `at` has no offset, so it names no moment.
    """
    if at.tzinfo is UTC:
        return at.isoformat(timespec="seconds")[: -len("+00:00")] + "Z"
    if at.tzinfo is None:
        raise ValueError(f"a moment needs an offset: {at.isoformat()}")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def from_utc_text(text: str) -> datetime:
    """Read a moment back.

    Args:
        text: as `utc_text` writes it, or "2026-11-23 13:05:00[.ffffff]" as SQLAlchemy does; without
            an offset it is UTC.

    Returns:
        The moment, aware, UTC.

    Raises:
        ValueError: it is neither.
    """
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
