"""What is kept of a feed between two fetches: from the store to the rules of `schedule`, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.dates import from_utc_text, utc_text
from giveback.reading.failures import NO_HOST
from giveback.reading.schedule import State, after_answer, after_failure, due
from giveback.reading.values import FetchFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from giveback.reading.fetching import Known
    from giveback.reading.values import Fetched, ParsedFeed

COLUMNS = ("fetch_interval", "stated_interval", "failures", "next_fetch_at", "retry_after_at", "gone_at", "skips")
"""The columns of `feed` that hold a `State`, in its order."""


def state(row: Sequence[Any]) -> State:
    """Read a state from the values of `COLUMNS`."""
    next_at, retry_at, gone_at = (from_utc_text(text) if text else None for text in row[3:6])
    return State(row[0], row[1], row[2], next_at, retry_at, gone_at, row[6])


def columns(
    known: State,
    now: datetime,
    chance: float,
    *,
    outcome: Fetched | FetchFailure,
    parsed: ParsedFeed | None = None,
    failed: bool = False,
) -> dict[str, str | int | None]:
    """Give the columns of a feed that has been asked over the network.

    Args:
        known: what was kept of it.
        now: the clock (UTC).
        chance: a random number in [0, 1).
        outcome: its answer, or why there was none.
        parsed: what it said; None when it was as before, or failed.
        failed: the answer could not be read as a feed.

    Returns:
        A value for each of `COLUMNS`, as the store has it.
    """
    if isinstance(outcome, FetchFailure):
        unheard = outcome.reason == NO_HOST
        after = after_failure(known, now, chance, retry_after=outcome.retry_after, gone=outcome.gone, unheard=unheard)
    elif failed:
        after = after_failure(known, now, chance)
    else:
        after = after_answer(
            known,
            now,
            chance,
            posts=[entry.published for entry in parsed.entries if entry.published] if parsed else (),
            changed=parsed is not None,
            stated=parsed.interval if parsed else None,
            skips=parsed.skips if parsed else 0,
            fresh_for=outcome.fresh_for,
        )
    times = (utc_text(time) if time else None for time in after[3:6])
    return dict(zip(COLUMNS, (*after[:3], *times, after.skips), strict=True))


def due_feeds(feeds: Iterable[Known], now: datetime, *, force: bool = False) -> list[Known]:
    """Pick the feeds that are to be asked now; `force` as in `schedule.due`."""
    return [feed for feed in feeds if due(feed.schedule, now, force=force)]


def next_due(feeds: Iterable[Known], now: datetime) -> datetime | None:
    """When the first of these feeds is due that is not due now (UTC); None when there is none."""
    times = (feed.schedule.not_before for feed in feeds if feed.schedule.gone_at is None)
    return min((time for time in times if time and time > now), default=None)
