"""The sample data: feeds, contacts and history whose dates move with the clock.

The files in `giveback/demo/data` are templates. Three tokens stand for what depends on the day:
`@@DAYS_AGO:3@@` (RFC 822, for RSS), `@@ISO_DAYS_AGO:3@@` (RFC 3339, for Atom) and `@@BIRTHDAY_IN:4@@`
(an ISO date in a leap year, so that every day of the year exists). Elsewhere in the JSON files plain numbers
of days do the same.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from importlib.resources import files
from typing import Any

_FEEDS = (
    ("energy.xml", "The Energy Ledger", "energy"),
    ("outdoors.xml", "Field & Footpath", "outdoors"),
    ("kitchen.xml", "The Long Table", "kitchen"),
    ("workplace.xml", "Workroom Notes", "work"),
    ("training-simulation.xml", "Dry Run", "training"),
    ("gardens-and-music.xml", "Greenhouse & Bandstand", "gardens and music"),
    ("science-and-craft.xml", "Bench and Telescope", "science and craft"),
    ("world-desk.xml", "The World Desk", "news"),
)
_TOKEN = re.compile(r"@@(DAYS_AGO|ISO_DAYS_AGO|BIRTHDAY_IN):(\d+)@@")
_LEAP_YEAR = 1984
# Noon UTC is the same calendar day nearly everywhere.
_PUBLISHED_AT = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """A feed file with its dates filled in, ready to be written to disk.

    Attributes:
        name: file name, such as "energy.xml".
        title: the feed's own title.
        topic: one or two words for the kind of feed.
        body: RSS 2.0 or Atom 1.0, UTF-8.
    """

    name: str
    title: str
    topic: str
    body: bytes


@dataclass(frozen=True, slots=True)
class DemoContact:
    """An invented person; `every` is a span as `giveback add-contact --every` takes it, "" for none."""

    name: str
    nickname: str
    email: str
    company: str
    title: str
    town: str
    interests: tuple[str, ...]
    avoid: tuple[str, ...]
    every: str
    met_at: str
    birthday: date | None
    added_on: date


@dataclass(frozen=True, slots=True)
class DemoExchange:
    """Something given, received or shared with the contact of that name."""

    contact: str
    on: date
    direction: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class DemoPromise:
    """Something promised to the contact of that name; `due_on` may have passed."""

    contact: str
    text: str
    made_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class DemoSnooze:
    """The contact of that name stays off the list of follow-ups until the day."""

    contact: str
    until: date


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """Something to give; `fits` as `giveback assets add --fits` takes it."""

    title: str
    kind: str
    fits: str
    minutes: int
    company: str
    source: str


@dataclass(frozen=True, slots=True)
class DemoTarget:
    """A company to reach, and what is needed of it."""

    name: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All of the sample data; exchanges stand in order of day, oldest first."""

    feeds: tuple[DemoFeed, ...]
    contacts: tuple[DemoContact, ...]
    exchanges: tuple[DemoExchange, ...]
    promises: tuple[DemoPromise, ...]
    snoozes: tuple[DemoSnooze, ...]
    assets: tuple[DemoAsset, ...]
    targets: tuple[DemoTarget, ...]


def load(today: date) -> Material:
    """Read the sample data as it looks on a given day.

    Args:
        today: the local date that ages and due days count from.

    Returns:
        The same values for the same day; articles are between 1 and 40 days old.
    """
    history = json.loads(_read("history.json", today))
    plans = json.loads(_read("plans.json", today))
    return Material(
        feeds=tuple(DemoFeed(name, title, topic, _read(name, today).encode()) for name, title, topic in _FEEDS),
        contacts=tuple(_contact(row, today) for row in json.loads(_read("contacts.json", today))),
        exchanges=_exchanges(history["exchanges"], today),
        promises=tuple(_promise(row, today) for row in history["promises"]),
        snoozes=tuple(
            DemoSnooze(row["contact"], today + timedelta(days=row["snoozed_for_days"])) for row in history["snoozes"]
        ),
        assets=tuple(DemoAsset(**row) for row in plans["assets"]),
        targets=tuple(DemoTarget(row["name"], tuple(row["needs"])) for row in plans["targets"]),
    )


def _read(name: str, today: date) -> str:
    template = files("giveback.demo.data").joinpath(name).read_text(encoding="utf-8")
    return _TOKEN.sub(lambda found: _say(found[1], int(found[2]), today), template)


def _say(token: str, days: int, today: date) -> str:
    if token == "BIRTHDAY_IN":  # noqa: S105 - a placeholder in a template, no secret
        return (today + timedelta(days=days)).replace(year=_LEAP_YEAR).isoformat()
    published = datetime.combine(today - timedelta(days=days), _PUBLISHED_AT)
    if token == "DAYS_AGO":  # noqa: S105 - a placeholder in a template, no secret
        return format_datetime(published)
    return published.strftime("%Y-%m-%dT%H:%M:%SZ")


def _contact(row: dict[str, Any], today: date) -> DemoContact:
    birthday = row.get("birthday")
    return DemoContact(
        name=row["name"],
        nickname=row.get("nickname", ""),
        email=row["email"],
        company=row["company"],
        title=row["title"],
        town=row["town"],
        interests=tuple(row["interests"]),
        avoid=tuple(row["avoid"]),
        every=row["every"],
        met_at=row["met_at"],
        birthday=date.fromisoformat(birthday) if birthday else None,
        added_on=today - timedelta(days=row["added_days_ago"]),
    )


def _exchanges(rows: list[dict[str, Any]], today: date) -> tuple[DemoExchange, ...]:
    found = [
        DemoExchange(
            contact=row["contact"],
            on=today - timedelta(days=row["days_ago"]),
            direction=row["direction"],
            channel=row["channel"],
            text=row["text"],
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda exchange: exchange.on))


def _promise(row: dict[str, Any], today: date) -> DemoPromise:
    return DemoPromise(
        contact=row["contact"],
        text=row["text"],
        made_on=today - timedelta(days=row["made_days_ago"]),
        due_on=today + timedelta(days=row["due_in_days"]),
    )
