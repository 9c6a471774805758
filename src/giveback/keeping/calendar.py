"""Days on which nobody answers: the public holidays of the user's country, kept so that asking costs nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

AHEAD_DAYS = 60
"""How far beyond an ask its business days may reach: 7 of them and the longest holidays."""
_COUNTRY = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


def checked_country(said: str) -> str:
    """A country, with its state or province where one is said: "US", "US-TX", "DE-BY" (ISO 3166-1, -2); "" for none.

    Raises:
        UsageError: it is not of that form.
    """
    country = said.strip().upper()
    if country in ("", "NONE"):
        return ""
    if not _COUNTRY.fullmatch(country):
        raise UsageError(f"{said!r} is no country", "giveback config set asks.country US, or US-TX, or none")
    return country


def keep_holidays(session: Session, country: str, days: Iterable[date]) -> frozenset[date]:
    """Keep the holidays around some days, so that the follow-ups read them from a table.

    The table holds those of one country. Computing them takes a library that no shell prompt should wait for, so
    whatever writes an ask keeps them.

    Args:
        session: an open unit of work.
        country: as `checked_country` gives it; "" counts no holidays.
        days: when asks were made.

    Returns:
        All that are kept.

    Raises:
        UsageError: there are no holidays known for that country.
    """
    connection = session.connection()
    connection.exec_driver_sql("DELETE FROM holiday WHERE country <> ?", (country,))
    if not country:
        return frozenset()
    known = {date.fromisoformat(row[0]) for row in connection.exec_driver_sql("SELECT day FROM holiday").fetchall()}
    missing = _years(days) - {day.year for day in known}
    if missing:
        found = computed(country, missing)
        rows = [(country, day.isoformat(), name) for day, name in found.items()]
        connection.exec_driver_sql("INSERT OR IGNORE INTO holiday VALUES (?, ?, ?)", rows)
        known |= set(found)
    return frozenset(known)


def keep_for_open_asks(session: Session, country: str) -> None:
    """Keep the holidays of another country for the asks that wait.

    Raises:
        UsageError: there are no holidays known for that country.
    """
    rows = session.connection().exec_driver_sql("SELECT since_on FROM open_follow_up WHERE kind = 'waiting'").fetchall()
    keep_holidays(session, country, [date.fromisoformat(row[0]) for row in rows])


def computed(country: str, years: Iterable[int]) -> dict[date, str]:
    """Compute holidays with the `holidays` library.

    Args:
        country: ISO 3166 codes, "US" or "US-TX".
        years: the years wanted.

    Returns:
        Day to name.

    Raises:
        UsageError: the library knows no such country or part of it.
    """
    import holidays

    code, _, part = country.partition("-")
    try:
        return dict(holidays.country_holidays(code, subdiv=part or None, years=sorted(years)))
    except NotImplementedError as error:
        raise UsageError(
            f"no holidays are known for {country}", "giveback config set asks.country US, or US-TX, or none"
        ) from error


def _years(days: Iterable[date]) -> set[int]:
    return {year for day in days for year in (day.year, (day + timedelta(AHEAD_DAYS)).year)}
