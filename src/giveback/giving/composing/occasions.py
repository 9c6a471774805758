"""On which occasion something is given, worked out from what is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.giving.composing.wording import KINDNESS, thanks_for, when

if TYPE_CHECKING:
    from datetime import date

OCCASIONS = {
    "first-contact": "nothing was exchanged yet",
    "thank-you": "something was received and not thanked for yet",
    "after-event": "you met, or talked, in the last two weeks, and nothing happened since",
    "staying-in-touch": "none of the others",
    "their-post": "the article is of the contact's own blog or page",
    "dormant": "the last exchange is twice the cadence ago, and three months at least",
}
"""The occasions, and when each is there."""

FRESH_DAYS = 14
"""So long after it a meeting is worth speaking of."""
MET_DAYS = 21
"""So long after a contact was added the place where you met is."""
QUIET_DAYS = 90
"""Before that, nothing is dormant."""
NO_CADENCE_DAYS = 365
"""When a tie without a cadence is dormant."""
WHILE_DAYS = 60
"""Before that, "it has been a while" would not be true, whoever says so."""


class Past(NamedTuple):
    """What is known of a contact's past, as far as occasions follow from it.

    Attributes:
        exchanges: how many there were.
        given: how many of them were given.
        last_on: the day of the last one, in any direction.
        received: what was received last, as it was logged, and when; None for nothing.
        unthanked: nothing went out since.
        talked: channel and day of the last exchange when you met or talked in it, None when it was another kind.
        met_at: where you met, or "".
        added_on: the day on which the contact was added.
        cadence: days, or None.
    """

    exchanges: int
    given: int
    last_on: date | None
    received: tuple[str, date] | None
    unthanked: bool
    talked: tuple[str, date] | None
    met_at: str
    added_on: date
    cadence: int | None


def occasion(past: Past, today: date, *, own_post: bool = False) -> str:
    """The occasion on which something is given.

    Args:
        past: what is known of the contact.
        today: the local day.
        own_post: the gift is something that the contact published.

    Returns:
        One of `OCCASIONS`.
    """
    if own_post:
        return "their-post"
    if past.unthanked and past.received:
        return "thank-you"
    if met(past, today):
        return "after-event"
    if not past.exchanges:
        return "first-contact"
    return "dormant" if _dormant(past, today) else "staying-in-touch"


def chosen(said: str, past: Past, today: date, *, own_post: bool) -> str:
    """An occasion that the user names, if what it would say is true.

    Args:
        said: one of `OCCASIONS`; "" for the one that follows from the data.
        past: what is known of the contact.
        today: the local day.
        own_post: the gift is something that the contact published.

    Raises:
        UsageError: there is no such occasion, or nothing in the store bears it out.
    """
    name = said.strip().lower().replace("_", "-").replace(" ", "-")
    if not name:
        return occasion(past, today, own_post=own_post)
    if name not in OCCASIONS:
        raise UsageError(f"{said!r} is no occasion", "use one of " + ", ".join(OCCASIONS))
    held = {
        "thank-you": past.received is not None,
        "after-event": bool(met(past, today)) or bool(past.met_at) or past.talked is not None,
        "their-post": own_post,
        "dormant": past.last_on is not None and (today - past.last_on).days >= WHILE_DAYS,
    }
    if not held.get(name, True):
        raise UsageError(f"nothing in the store bears out the occasion {name}", _MISSING[name])
    return name


_MISSING = {
    "thank-you": "log it first: giveback log NAME TEXT --received",
    "after-event": "log it first: giveback log NAME TEXT --via in-person",
    "their-post": "the address of their blog is missing, or another: giveback edit NAME --blog ADDRESS",
    "dormant": f"the last exchange must be {WHILE_DAYS} days ago",
}


def met(past: Past, today: date) -> str:
    """A recent meeting, to stand after "it was good to"; "" when there was none."""
    if past.talked and (today - past.talked[1]).days <= FRESH_DAYS:
        return _talked(past, today)
    in_another_year = set(re.findall(r"\b(?:19|20)\d\d\b", past.met_at)) - {str(today.year)}
    if past.met_at and not past.given and not in_another_year and (today - past.added_on).days <= MET_DAYS:
        return f"meet you at {past.met_at}"
    return ""


def any_meeting(past: Past, today: date) -> str:
    """As `met`, but however long ago it was."""
    if found := met(past, today):
        return found
    if past.talked:
        return _talked(past, today)
    return f"meet you at {past.met_at}" if past.met_at else ""


def _talked(past: Past, today: date) -> str:
    assert past.talked is not None
    channel, day = past.talked
    return f"{'talk to' if channel == 'call' else 'see'} you {when(day, today)}"


def thanks(past: Past, today: date) -> str:
    """What there is to thank for, to stand after "thank you for"; "" when nothing was received."""
    if past.received is None:
        return ""
    text, day = past.received
    said = thanks_for(text)
    return f"{said} {when(day, today)}" if said == KINDNESS else said


def _dormant(past: Past, today: date) -> bool:
    if past.last_on is None:
        return False
    limit = max(2 * past.cadence, QUIET_DAYS) if past.cadence else NO_CADENCE_DAYS
    return (today - past.last_on).days >= limit
