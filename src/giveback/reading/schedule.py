"""When a feed is asked again: rules over plain values, the clock and chance among them.

A feed that answers is asked as often as it posts, within bounds; one that fails less and less often. What a server
asks for itself (`Retry-After`, `Cache-Control`) comes first. Hours and days in which a feed rests (RSS 2.0 `skipHours`,
`skipDays`, https://www.rssboard.org/rss-specification) put it off, by a day at most.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 15 * 60
"""Seconds between two requests at least."""

MOST = 20 * 3600
"""Seconds between two requests at most: a little less than a day, so that a fetch every morning finds all due."""

UNKNOWN = 3600
"""Seconds until the next request while nothing is known of how often a feed posts."""

LONGEST_BACK_OFF = 2 * 86_400
"""Seconds between two requests to a feed that keeps failing, at most."""

LONGEST_UNHEARD = 3600
"""The same where the host has no address: it may be this computer that is offline, and nobody is bothered."""

LONGEST_RETRY_AFTER = 86_400
"""Seconds that a server may ask to be left alone: a mistake there must not silence a feed for years."""

LONGEST_REST = 86_400
"""Seconds by which hours and days that a feed skips may put it off."""

PAGE_TRIES = 5
"""How often the page of an article is tried, over about a day."""

_RECENT = 20  # posts from which the rhythm is learned
_EARLY = 0.1  # a tenth early at most: a fetch every hour must not find that an hour lacks a second
_LONGER = 1.5  # each time that nothing is new
_YEAR = 366 * 86_400
_HOURS, _ALL_HOURS, _ALL_DAYS = 24, (1 << 24) - 1, (1 << 7) - 1
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400}


class State(NamedTuple):
    """What is kept of a feed between two fetches.

    Attributes:
        interval: seconds between requests as learned; None before the first answer.
        stated: seconds between updates that the feed states; None when it says nothing.
        failures: how often it failed in a row.
        next_at: not to be asked before (UTC); None: at once.
        retry_at: until when the server asked to be left alone (UTC).
        gone_at: when it said that it is gone for good (UTC).
        skips: the hours and days in which it rests, as `stated_skips` gives them.
    """

    interval: int | None = None
    stated: int | None = None
    failures: int = 0
    next_at: datetime | None = None
    retry_at: datetime | None = None
    gone_at: datetime | None = None
    skips: int = 0

    @property
    def not_before(self) -> datetime | None:
        """Until when it is left alone, for whatever reason; None: it may be asked at once."""
        return max((time for time in (self.next_at, self.retry_at) if time), default=None)


def due(state: State, now: datetime, *, force: bool = False) -> bool:
    """Tell whether a feed is to be asked now.

    Args:
        state: what is kept of it.
        now: the clock (UTC).
        force: the user wants it, whatever the interval. `Retry-After` and "gone" hold all the same.
    """
    if state.gone_at is not None or _ahead(state.retry_at, now, LONGEST_RETRY_AFTER):
        return False
    return force or not _ahead(state.next_at, now, LONGEST_BACK_OFF)


def _ahead(time: datetime | None, now: datetime, most: float) -> bool:
    """Whether a time lies ahead; one that no rule here can have set was set by a clock that was wrong."""
    return time is not None and timedelta(0) < time - now <= timedelta(seconds=most)


def after_answer(
    state: State,
    now: datetime,
    chance: float,
    *,
    posts: Sequence[datetime] = (),
    changed: bool = True,
    stated: int | None = None,
    skips: int = 0,
    fresh_for: int | None = None,
) -> State:
    """Give the state of a feed that has answered.

    Args:
        state: what was kept of it.
        now: the clock (UTC).
        chance: a random number in [0, 1), which spreads requests.
        posts: when its entries were published (UTC); empty when it was not read again.
        changed: whether it had something to say.
        stated: seconds between updates as the feed states them now; only looked at when it has changed.
        skips: hours and days in which it rests as it states them now; only looked at when it has changed.
        fresh_for: seconds for which the server says that its answer holds.
    """
    said = stated if changed else state.stated
    learned = learned_interval(posts, now) if changed else _LONGER * (state.interval or UNKNOWN)
    interval = int(within(max(learned, said or 0)))
    wait = within(max(interval * (1 - _EARLY * chance), fresh_for or 0))
    rests = skips if changed else state.skips
    return State(interval, said, 0, rested(now + timedelta(seconds=wait), rests), skips=rests)


def rested(time: datetime, skips: int) -> datetime:
    """Put a time off to the end of the hours and days in which a feed rests, by `LONGEST_REST` at most.

    Args:
        time: when it would be asked (UTC).
        skips: as `stated_skips` gives them.
    """
    latest = time + timedelta(seconds=LONGEST_REST)
    # Minutes stay as chance has made them, so that not everybody comes when the hour strikes.
    while skips and time < latest and (skips >> time.hour | skips >> _HOURS >> time.weekday()) & 1:
        time += timedelta(hours=1)
    return time


def after_failure(
    state: State,
    now: datetime,
    chance: float,
    *,
    retry_after: int | None = None,
    gone: bool = False,
    unheard: bool = False,
) -> State:
    """Give the state of a feed that has failed.

    Args:
        state: what was kept of it.
        now: the clock (UTC).
        chance: a random number in [0, 1).
        retry_after: seconds that the server asked to be left alone.
        gone: it was taken away for good.
        unheard: the host has no address.
    """
    failed = state._replace(failures=state.failures + 1, retry_at=None)
    if gone:
        return failed._replace(gone_at=now, next_at=None)
    wait = back_off(failed.failures, chance, LONGEST_UNHEARD if unheard else LONGEST_BACK_OFF)
    retry_at = None
    if retry_after:
        asked = min(retry_after, LONGEST_RETRY_AFTER)
        retry_at, wait = now + timedelta(seconds=asked), max(wait, asked)
    return failed._replace(retry_at=retry_at, next_at=now + timedelta(seconds=wait))


def back_off(failures: int, chance: float, most: float = LONGEST_BACK_OFF) -> float:
    """Give the seconds to wait after so many failures: doubled each time, the upper half of it by chance.

    The half by chance keeps the clients of a server that was down from coming back all at once ("equal jitter" in
    M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
    """
    longest = float(min(LEAST * 2 ** min(failures, 30), most))
    return longest / 2 * (1 + chance)


def learned_interval(posts: Sequence[datetime], now: datetime) -> float:
    """Give the seconds between requests that fit how often a feed posts, bounded.

    Half the usual time between posts; a feed that has been silent for longer is taken to be slower now.

    Args:
        posts: when its entries were published (UTC), in any order.
        now: the clock (UTC).
    """
    times = sorted({post for post in posts if post <= now}, reverse=True)[:_RECENT]
    if not times:
        return UNKNOWN
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    silence = (now - times[0]).total_seconds()
    usual = median(gaps) if gaps else silence
    return within(max(usual, silence / 2) / 2)


def within(seconds: float) -> float:
    """Bring an interval between `LEAST` and `MOST`."""
    return min(max(seconds, LEAST), MOST)


def stated_interval(ttl: str = "", period: str = "", frequency: str = "") -> int | None:
    """Read how often a feed says it is updated.

    Args:
        ttl: RSS `ttl`, in minutes, as it was written; "" when absent.
        period: `sy:updatePeriod` (https://web.resource.org/rss/1.0/modules/syndication/).
        frequency: `sy:updateFrequency`, updates in a period.

    Returns:
        Seconds between updates, the longest that is stated; None when nothing sensible is.
    """
    minutes = _number(ttl)
    seconds = [minutes * 60] if minutes else []
    span = _PERIODS.get(period.strip().lower())
    if span:
        seconds.append(span // (_number(frequency) or 1))
    return min(max(seconds), _YEAR) or None if seconds else None


def stated_skips(markup: str) -> int:
    """Read in which hours and on which days a feed rests (RSS 2.0 `skipHours` and `skipDays`, GMT).

    Args:
        markup: a document from its root element on; what stands before its first item is looked at.

    Returns:
        Bits: 0 to 23 for the hours, 24 to 30 for Monday to Sunday; 0 for none. All of the hours, or all of the days,
        would be never, and count as none.
    """
    if not markup.startswith("<rss"):
        return 0
    end = markup.find("<item")
    head = markup[:end] if end >= 0 else markup
    if "<skip" not in head:
        return 0
    import re

    hours = days = 0
    for block in re.findall(r"<skipHours\b[^>]*>(.*?)</skipHours\s*>", head, re.DOTALL):
        # Before RSS 2.0 hours were counted from 1 to 24.
        said = [_number(text) for text in re.findall(r"<hour\b[^>]*>\s*(\d{1,2})\s*</hour\s*>", block)]
        hours |= sum({1 << hour % _HOURS for hour in said if hour <= _HOURS})
    for block in re.findall(r"<skipDays\b[^>]*>(.*?)</skipDays\s*>", head, re.DOTALL):
        names = [text.lower() for text in re.findall(r"<day\b[^>]*>\s*([A-Za-z]+)\s*</day\s*>", block)]
        days |= sum({1 << _DAYS.index(name) for name in names if name in _DAYS})
    return (hours if hours != _ALL_HOURS else 0) | (days if days != _ALL_DAYS else 0) << _HOURS


def _number(text: str) -> int:
    said = text.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else 0  # noqa: PLR2004  # digits


def page_again(failures: int, now: datetime, chance: float) -> datetime | None:
    """When to try the page of an article again that could not be fetched so many times; None: not any more."""
    if failures >= PAGE_TRIES:
        return None
    return now + timedelta(seconds=4 * back_off(failures, chance))
