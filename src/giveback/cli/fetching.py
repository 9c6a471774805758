"""Bringing articles in: fetch, save."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, refresh, say, would
from giveback.config import number_setting
from giveback.errors import NetworkError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from giveback.reading.fetching import Known, Outcome
    from giveback.reading.values import Page

app = family()

SHOWN_FAILURES = 20


@app.command("fetch")
def fetch(
    feed: Annotated[
        list[str] | None, typer.Argument(metavar="FEED", help="Only these feeds, by number or title.")
    ] = None,
    json: Json = False,
) -> None:
    """Bring in what is new from the feeds.

    Each batch of feeds is stored at once: a fetch that was stopped leaves nothing half done, and the
    next one completes it. Exit code 6 only when nothing could be fetched.

    Example: giveback fetch
    """
    import gc

    gc.enable()
    at = here()
    feeds = _wanted(at, feed or [])
    outcomes = _fetched(at, feeds) if feeds else []
    if json:
        _show_json(outcomes)
    else:
        _show_summary(outcomes, at.now.today)
    if feeds:
        refresh(at, patient=True)
    if outcomes and all(outcome.failure for outcome in outcomes):
        raise NetworkError("nothing could be fetched", "check the connection, then `giveback feed list`")


def _fetched(at: Here, feeds: Sequence[Known]) -> list[Outcome]:
    from giveback.reading.fetching import fetch as fetch_feeds

    with _progress("fetching", len(feeds)) as step:
        return fetch_feeds(
            at.store,
            at.now,
            feeds,
            connections=max(1, number_setting(at.places, "fetch.connections")),
            timeout=max(1, number_setting(at.places, "fetch.timeout")),
            on_done=lambda known: step(known.title or known.url),
        )


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


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar where somebody looks at it, else silence."""
    if sys.stderr.isatty():
        from giveback.output.rich import progress

        with progress(title, total) as step:
            yield step
    else:
        yield lambda _: None


def _show_json(outcomes: Sequence[Outcome]) -> None:
    from giveback.dates import utc_text
    from giveback.output import records

    failed = [
        {
            "id": outcome.feed.id,
            "url": outcome.feed.url,
            "reason": outcome.failure,
            "failing_since": utc_text(outcome.failing_since) if outcome.failing_since else None,
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
        }
    )


def _show_summary(outcomes: Sequence[Outcome], today: date) -> None:
    if not outcomes:
        note("no feeds yet: giveback feed add ADDRESS")
        return
    failed = [outcome for outcome in outcomes if outcome.failure]
    changed, unchanged = sum(o.changed for o in outcomes), sum(o.unchanged for o in outcomes)
    parts = [
        _count(sum(o.new for o in outcomes), "new article"),
        f"{changed} updated" if changed else "",
        _count(unchanged, "feed") + " unchanged" if unchanged else "",
        f"{len(failed)} failed" if failed else "",
    ]
    say(f"{_count(len(outcomes), 'feed')}: {', '.join(filter(None, parts))}")
    for outcome in failed[:SHOWN_FAILURES]:
        note(f"failed: {outcome.feed.title or outcome.feed.url}: {outcome.failure}{_since(outcome, today)}")
    if len(failed) > SHOWN_FAILURES:
        note(f"and {len(failed) - SHOWN_FAILURES} more: giveback feed list")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _since(outcome: Outcome, today: date) -> str:
    """Since when a feed fails, where that is news."""
    from giveback.dates import say_day

    day = outcome.failing_since.astimezone().date() if outcome.failing_since else today
    return f" (since {say_day(day, today)})" if day < today else ""


@app.command("save")
def save(
    what: Annotated[
        str, typer.Argument(metavar="PAGE", help="An address, an .html file, or - for standard input.")
    ] = "-",
    url: Annotated[str, typer.Option(metavar="URL", help="The address that a file or standard input came from.")] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="A title instead of the page's own.")] = "",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Permit an address on this network.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Save a page as an article, from an address, a file or standard input.

    Example: giveback save https://example.com/fishing-holes
    """
    from giveback.output.records import web_address
    from giveback.reading.storing import store_page
    from giveback.store.changes import change
    from giveback.text import clean_line

    at = here()
    page = _page(what, url, allow_private=allow_private, timeout=float(number_setting(at.places, "fetch.timeout")))
    page = page._replace(title=clean_line(title) or page.title)
    with change(at.store, at.now, f"save {page.title}", dry_run=dry_run) as session:
        article, new = store_page(session, page, at.now)
        record = {"id": article.id, "title": article.title, "url": web_address(article.url), "new": new}
    if json:
        from giveback.output import records

        records.show(record)
    else:
        number = "" if dry_run and new else f" {record['id']}"
        site = f" · {page.site}" if page.site else ""
        would(dry_run, f"{'saved' if new else 'updated'}{number} · {page.title}{site}")
    if not page.text:
        note("only its title and description could be read: the page may want a login, a payment or a browser")
    if not dry_run:
        refresh(at)


def _page(what: str, url: str, *, allow_private: bool, timeout: float) -> Page:
    """Read the page that is meant.

    Raises:
        GivebackError: it cannot be read or holds no article; the message names it.
    """
    from giveback.reading.addresses import file_path, require_http_url
    from giveback.reading.extraction import extract_page
    from giveback.reading.sources import open_source, read_some
    from giveback.reading.values import NotAPageError

    address = require_http_url(url) if url else ""
    try:
        if what == "-":
            if sys.stdin.isatty():
                raise UsageError("there is nothing to save", "give an address or a file, or pipe a page in")
            return extract_page(read_some(sys.stdin.buffer), address)
        source = open_source(what, allow_private=allow_private, timeout=timeout)
        local = file_path(source.url) is not None
        return extract_page(source.body, address if local else source.base, source.content_type)
    except NotAPageError as error:
        name = "standard input" if what == "-" else what
        raise NotAPageError(f"{name}: {error.message}", error.hint) from error
