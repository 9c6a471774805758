"""Bringing articles in: fetch, save."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Json, family, here, note, questions, refresh, say, would
from giveback.config import number_setting
from giveback.errors import NetworkError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from giveback.reading.fetching import Outcome
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

    from giveback.reading.fetching import fetch as fetch_feeds
    from giveback.reading.fetching import known_feeds

    gc.enable()
    at = here()
    connection = questions(at)
    feeds = known_feeds(connection) if connection is not None else []
    if feed and connection is not None:
        from giveback.reading.feeds import resolve

        wanted = {resolve(connection, said).id for said in feed}
        feeds = [known for known in feeds if known.id in wanted]
    if connection is not None:
        connection.close()
    if not feeds:
        note("no feeds yet: giveback feed add ADDRESS")
    with _progress("fetching", len(feeds)) as step:
        outcomes = fetch_feeds(
            at.store,
            at.now,
            feeds,
            connections=max(1, number_setting(at.places, "fetch.connections")),
            timeout=max(1, number_setting(at.places, "fetch.timeout")),
            on_done=lambda outcome: step(outcome.feed.title or outcome.feed.url),
        )
    if feeds:
        refresh(at)
    _summary(outcomes, as_json=json)


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar where somebody looks at it, else silence."""
    if total and sys.stderr.isatty():
        from giveback.output.rich import progress

        with progress(title, total) as step:
            yield step
    else:
        yield lambda _: None


def _summary(outcomes: list[Outcome], *, as_json: bool) -> None:
    failed = [outcome for outcome in outcomes if outcome.failure]
    new, changed = sum(o.new for o in outcomes), sum(o.changed for o in outcomes)
    if as_json:
        from giveback.output import records

        records.show({
            "feeds": len(outcomes), "new": new, "changed": changed, "unchanged": sum(o.unchanged for o in outcomes),
            "failed": [{"id": o.feed.id, "url": o.feed.url, "reason": o.failure} for o in failed],
        })  # fmt: skip
    elif outcomes:
        updated = f", {changed} updated" if changed else ""
        said = (
            f"{len(outcomes)} feeds: {new} new articles{updated}, {sum(o.unchanged for o in outcomes)} feeds unchanged"
        )
        say(said + (f", {len(failed)} failed" if failed else ""))
    for outcome in failed[:SHOWN_FAILURES]:
        note(f"  {outcome.feed.title or outcome.feed.url}: {outcome.failure}")
    if len(failed) > SHOWN_FAILURES:
        note(f"  and {len(failed) - SHOWN_FAILURES} more: giveback feed list")
    if failed and len(failed) == len(outcomes):
        raise NetworkError("nothing could be fetched", "check the connection, then `giveback feed list`")


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
    from giveback.reading.storing import store_page
    from giveback.store.changes import change
    from giveback.text import clean_line

    at = here()
    page = _page(what, url, allow_private=allow_private, timeout=float(number_setting(at.places, "fetch.timeout")))
    page = page._replace(title=clean_line(title) or page.title)
    with change(at.store, at.now, f"save {page.title}", dry_run=dry_run) as session:
        article, new = store_page(session, page, at.now)
        record = {"id": article.id, "title": article.title, "url": article.url, "new": new}
    if not dry_run:
        refresh(at)
    if json:
        from giveback.output import records

        records.show(record)
        return
    would(
        dry_run,
        f"{'saved' if new else 'updated'} {record['id']} · {page.title}" + (f" · {page.site}" if page.site else ""),
    )
    if not page.text:
        note("only its title and description could be read: the page may want a login, a payment or a browser")


def _page(what: str, url: str, *, allow_private: bool, timeout: float) -> Page:
    import os

    from giveback.reading.extraction import extract_page

    if what == "-":
        if sys.stdin.isatty():
            raise UsageError("there is nothing to save", "give an address or a file, or pipe a page in")
        return extract_page(sys.stdin.buffer.read(), url)
    path = os.path.expanduser(what.removeprefix("file://"))
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return extract_page(file.read(), url or "")
    from giveback.reading.http import fetch_one

    answer = fetch_one(what, allow_private=allow_private, timeout=timeout)
    return extract_page(answer.body, answer.url, answer.content_type)
