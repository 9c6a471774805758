"""Bringing articles in: fetch, save."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, refresh, would
from giveback.config import number_setting
from giveback.errors import NetworkError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.reading.fetching import Known, Outcome
    from giveback.reading.values import Page

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
    if due or pages.fetched:
        refresh(at)
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
