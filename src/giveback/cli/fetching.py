"""Bringing articles in: fetch."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Here, Json, family, here, questions, refresh
from giveback.config import number_setting
from giveback.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.reading.fetching import Known, Outcome

app = family()


@app.command("fetch")
def fetch(
    feed: Annotated[
        list[str] | None, typer.Argument(metavar="FEED", help="Only these feeds, by number or title, due or not.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every feed, also those that are not due yet.")] = False,
    json: Json = False,
) -> None:
    """Bring in what is new from the feeds that are due.

    A feed is asked as often as it posts. What a server asks for holds in any case: one that wants to be left
    alone for two hours is, and a feed that is gone for good is not asked again. Each batch of feeds is stored at
    once: a fetch that was stopped leaves nothing half done, and the next one completes it. Exit code 6 only when
    nothing could be fetched.

    Example: giveback fetch
    """
    import gc

    from giveback.cli.fetched import show_nothing
    from giveback.reading.locking import only_one

    gc.enable()
    at = here()
    wanted = _wanted(at, feed or [])
    if not wanted:
        show_nothing("no feeds yet: giveback feed add ADDRESS", json=json)
        return
    with only_one(at.store) as alone:
        if alone:
            _fetch(at, wanted, json=json, force=everything or bool(feed))
        else:
            show_nothing("another fetch is running, and brings in what is new", json=json)


def _fetch(at: Here, wanted: Sequence[Known], *, json: bool, force: bool) -> None:
    from giveback.cli.fetched import full_texts, later_ones, show_json, show_pages, show_summary
    from giveback.reading.upkeep import due_feeds

    due = due_feeds(wanted, at.now.at, force=force)
    outcomes = _fetched(at, due) if due else []
    pages = full_texts(at, wanted)
    later = later_ones(wanted, due, at.now.at)
    if json:
        show_json(outcomes, later, pages)
    else:
        show_summary(outcomes, later, at.now.today)
        show_pages(pages)
    refresh(at, patient=True)  # though nothing is due: a fetch that was killed may have left articles unranked
    if outcomes and all(outcome.failure for outcome in outcomes):
        raise NetworkError("nothing could be fetched", "check the connection, then `giveback feed list`")


def _fetched(at: Here, feeds: Sequence[Known]) -> list[Outcome]:
    from giveback.cli.fetched import progress
    from giveback.reading.fetching import Limits
    from giveback.reading.fetching import fetch as fetch_feeds

    limits = Limits(
        *(max(1, number_setting(at.places, f"fetch.{name}")) for name in ("connections", "per_host", "timeout"))
    )
    with progress("fetching", len(feeds)) as step:
        return fetch_feeds(at.store, at.now, feeds, limits, lambda known: step(known.title or known.url))


def _wanted(at: Here, said: Sequence[str]) -> list[Known]:
    """The feeds that are meant, all of them when none is named.

    Raises:
        GivebackError: no feed answers to a name, or several do.
    """
    from giveback.reading.feeds import resolve
    from giveback.reading.fetching import known_feeds

    connection = questions(at)
    with nullcontext() if connection is None else closing(connection):
        numbers = {resolve(connection, one).id for one in said}
        feeds = known_feeds(connection) if connection is not None else []
    return [feed for feed in feeds if feed.id in numbers or not said]
