"""What `fetch` tells: what came in, what failed, what was left for later."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from giveback.cli.common import Here, note, questions, say
from giveback.config import number_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from giveback.reading.fetching import Known, Outcome
    from giveback.reading.fulltext import FullTexts

SHOWN_FAILURES = 20


class Later(NamedTuple):
    """The feeds that were left alone: not due, at least until then, and gone; how long until the first is due."""

    feeds: int
    gone: int
    at: datetime | None
    wait: str


def later_ones(wanted: Sequence[Known], due: Sequence[Known], now: datetime) -> Later:
    """What is left of the feeds that are meant when the due ones are taken."""
    from giveback.cli.feedcare import wait
    from giveback.reading.upkeep import next_due

    chosen = {feed.id for feed in due}
    left = [feed for feed in wanted if feed.id not in chosen]
    gone = sum(feed.schedule.gone_at is not None for feed in left)
    first = next_due(left, now)
    return Later(len(left) - gone, gone, first, wait(first, now))


def full_texts(at: Here, feeds: Sequence[Known]) -> FullTexts:
    """Fetch the pages of feeds whose articles are wanted in full."""
    from giveback.reading.fulltext import FullTexts, fetch_full_texts, pending

    chosen = {feed.id for feed in feeds if feed.full_text}
    connection = questions(at) if chosen else None
    if connection is None:
        return FullTexts(0, [], 0)
    with closing(connection):
        wanted = pending(connection, at.now, chosen)
    limit = number_setting(at.places, "fetch.pages")
    if not wanted or not limit:
        return FullTexts(0, [], len(wanted))
    with progress("full text", min(len(wanted), limit)) as step:
        return fetch_full_texts(
            at.store,
            at.now,
            wanted,
            limit=limit,
            pause=number_setting(at.places, "fetch.pause"),
            timeout=max(1, number_setting(at.places, "fetch.timeout")),
            on_done=step,
        )


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar where somebody looks at it, else silence."""
    if sys.stderr.isatty():
        from giveback.output.rich import progress as bar

        with bar(title, total) as step:
            yield step
    else:
        yield lambda _: None


def show_json(outcomes: Sequence[Outcome], later: Later, pages: FullTexts) -> None:
    """Print what came of a fetch as docs/json.md has it."""
    from giveback.dates import utc_text
    from giveback.output import records

    failed = [
        {
            "id": outcome.feed.id,
            "url": outcome.feed.url,
            "reason": outcome.failure,
            "failing_since": utc_text(outcome.failing_since) if outcome.failing_since else None,
            "gone": outcome.gone,
        }
        for outcome in outcomes
        if outcome.failure
    ]
    records.show(
        {
            "feeds": len(outcomes),
            "new": sum(outcome.new for outcome in outcomes),
            "changed": sum(outcome.changed for outcome in outcomes),
            "unchanged": sum(outcome.unchanged for outcome in outcomes),
            "failed": failed,
            "not_due": later.feeds,
            "next_due_at": utc_text(later.at) if later.at else None,
            "full_texts": {
                "fetched": pages.fetched,
                "failed": [missing._asdict() for missing in pages.missing],
                "waiting": pages.waiting,
            },
        }
    )


def show_nothing(said: str, *, json: bool) -> None:
    """Say why nothing was asked."""
    from giveback.reading.fulltext import FullTexts

    note(said)
    if json:
        show_json([], Later(0, 0, None, ""), FullTexts(0, [], 0))


def show_summary(outcomes: Sequence[Outcome], later: Later, today: date) -> None:
    """Print what came of a fetch in a line, and beside the data what a person should know."""
    if outcomes:
        _show_outcomes(outcomes, today)
    if later.feeds:
        note(f"{_count(later.feeds, 'feed')} not due: the next {later.wait} (giveback fetch --all)")
    if not outcomes and later.gone:
        note(f"{_count(later.gone, 'feed')} gone for good: giveback feed list")


def _show_outcomes(outcomes: Sequence[Outcome], today: date) -> None:
    failed = [outcome for outcome in outcomes if outcome.failure]
    changed, unchanged = sum(o.changed for o in outcomes), sum(o.unchanged for o in outcomes)
    parts = [
        _count(sum(o.new for o in outcomes), "new article"),
        f"{changed} updated" if changed else "",
        _count(unchanged, "feed") + " unchanged" if unchanged else "",
        f"{len(failed)} failed" if failed else "",
    ]
    say(f"{_count(len(outcomes), 'feed')}: {', '.join(filter(None, parts))}")
    for outcome in outcomes:
        if outcome.note:
            note(f"{outcome.feed.title or outcome.feed.url}: {outcome.note}")
    for outcome in failed[:SHOWN_FAILURES]:
        note(f"failed: {outcome.feed.title or outcome.feed.url}: {outcome.failure}{_since(outcome, today)}")
        if outcome.gone:
            note("it is not asked again; its articles stay, and `giveback feed add` asks it anew")
    if len(failed) > SHOWN_FAILURES:
        note(f"and {len(failed) - SHOWN_FAILURES} more: giveback feed list")


def show_pages(pages: FullTexts) -> None:
    """Print how many articles have their full text now, and why others have not."""
    if pages.fetched:
        say(f"{_count(pages.fetched, 'article')} in full text")
    for missing in pages.missing[:SHOWN_FAILURES]:
        note(f"no full text: {missing.title}: {missing.reason}")
    if pages.waiting:
        note(f"{_count(pages.waiting, 'article')} more in full text with the next fetch")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _since(outcome: Outcome, today: date) -> str:
    """Since when a feed fails, where that is news."""
    from giveback.dates import say_day

    day = outcome.failing_since.astimezone().date() if outcome.failing_since else today
    return f" (since {say_day(day, today)})" if day < today else ""
