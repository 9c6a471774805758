"""How feeds are doing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import utc_text

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


class FeedHealth(NamedTuple):
    """A feed and how it is doing; times are UTC text.

    Attributes:
        id: its number.
        url: where it is fetched from.
        title: its own, or "".
        site: the page that it belongs to, or "".
        topic: what the user says it is about, or "".
        articles: how many entries it has brought.
        new_week: of these, first seen within seven days.
        new_month: of these, first seen within thirty days.
        given: how often an article of it was given.
        checked_at: when it was asked last.
        changed_at: when it had something new to say last.
        failing_since: since when it fails.
        failures: how often in a row.
        error: why, or "".
        next_fetch_at: not asked before; None: with the next fetch.
        gone_at: when it said that it is gone for good.
        interval: seconds between requests as learned.
        full_text: whether the pages of its articles are fetched too.
        username: whom it is asked as, or "".
    """

    id: int
    url: str
    title: str
    site: str
    topic: str
    articles: int
    new_week: int
    new_month: int
    given: int
    checked_at: str | None
    changed_at: str | None
    failing_since: str | None
    failures: int
    error: str
    next_fetch_at: str | None
    gone_at: str | None
    interval: int | None
    full_text: int
    username: str


_HEALTH = """
WITH recent AS (
    SELECT feed_id, sum(first_seen_at >= :week) AS week, count(*) AS month
    FROM article WHERE feed_id IS NOT NULL AND first_seen_at >= :month GROUP BY feed_id
), gift AS (
    SELECT a.feed_id, count(*) AS given
    FROM exchange e JOIN article a ON a.id = e.article_id WHERE e.direction = 'given' GROUP BY a.feed_id
)
SELECT f.id, f.url, f.title, f.site, f.topic, (SELECT count(*) FROM feed_entry e WHERE e.feed_id = f.id),
    coalesce(r.week, 0), coalesce(r.month, 0), coalesce(g.given, 0), f.checked_at, f.changed_at,
    f.failing_since, f.failures, f.error,
    nullif(max(coalesce(f.next_fetch_at, ''), coalesce(f.retry_after_at, '')), ''),
    f.gone_at, f.fetch_interval, f.full_text, f.username
FROM feed f LEFT JOIN recent r ON r.feed_id = f.id LEFT JOIN gift g ON g.feed_id = f.id
WHERE f.removed_at IS NULL ORDER BY f.topic, f.title, f.url
"""


def health(connection: sqlite3.Connection, now: datetime) -> list[FeedHealth]:
    """The feeds that are fetched, by topic and title.

    Args:
        connection: the store.
        now: the clock (UTC).
    """
    since = {name: utc_text(now - timedelta(days=days)) for name, days in (("week", 7), ("month", 30))}
    return [FeedHealth(*row) for row in connection.execute(_HEALTH, since)]
