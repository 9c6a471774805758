"""Feeds: add, list, edit, login, remove."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli import feedcare, subscribing
from giveback.cli.common import DryRun, can_ask, choose, family, here, note, questions, would
from giveback.config import number_setting
from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = family()


@app.callback()
def feed() -> None:
    """Feeds to read: add, list, edit, login, remove, import, export, starters."""


@app.command("add")
def add(
    what: Annotated[str, typer.Argument(metavar="URL", help="A feed, a page that names its feeds, or a file.")] = "",
    of: Annotated[
        list[str] | None, typer.Option("--of", metavar="NAME", help="The blog of a contact; repeat it.")
    ] = None,
    blogs: Annotated[bool, typer.Option("--blogs", help="The blogs of all contacts that are not read yet.")] = False,
    topic: Annotated[str, typer.Option(metavar="TEXT", help="What it is about, in a word.")] = "",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Permit an address on this network.")] = False,
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the pages of its new articles for their full text.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Add a feed.

    A user name and a password in the address go into the keyring of this computer, not into the store.
    Posts on a contact's own blog show in `giveback occasions`.

    Example: giveback feed add https://www.eia.gov/rss/todayinenergy.xml --topic energy
    """
    from giveback.reading.feeds import add as add_feed
    from giveback.reading.feeds import look_at
    from giveback.store.changes import change

    at = here()
    timeout = float(number_setting(at.places, "fetch.timeout"))
    if _whose(what, of or [], blogs=blogs):
        from giveback.cli.blogs import add_blogs

        add_blogs(at, of or [], topic=topic, allow_private=allow_private, timeout=timeout, dry_run=dry_run)
        return
    what, user, password = feedcare.credentials(what)
    menu = _menu if can_ask() else None
    found = look_at(what, allow_private=allow_private, timeout=timeout, choose=menu)
    if user and not dry_run:
        feedcare.keep_password(found.url, user, password)
    with change(at.store, at.now, f"feed add {found.url}", dry_run=dry_run) as session:
        row, new = add_feed(session, found, at.now, topic=topic, allow_private=allow_private)
        row.username, row.full_text = user or row.username, full_text or row.full_text
        parts = (row.title or row.url, row.topic, _entries(found.entries))
    would(dry_run, ("added " if new else "already there: ") + " · ".join(filter(None, parts)))
    if found.warning:
        note(found.warning)
    if new and not dry_run:
        note("giveback fetch brings them in")


def _whose(what: str, of: Sequence[str], *, blogs: bool) -> bool:
    """Whether blogs of contacts are meant instead of an address.

    Raises:
        UsageError: neither or more than one of the three was said.
    """
    if [bool(what), bool(of), blogs].count(True) != 1:
        raise UsageError("say one of: an address, --of NAME, or --blogs", "giveback feed add --help")
    return not what


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _menu(named: Sequence[tuple[str, str]]) -> str:
    return named[choose("several feeds are there:", [f"{address}  {title}" for address, title in named])][0]


app.command("list")(feedcare.list_feeds)
app.command("edit")(feedcare.edit)
app.command("login")(feedcare.login)


@app.command("remove")
def remove(
    which: Annotated[str, typer.Argument(metavar="FEED", help="Its number, address or part of its title.")],
    dry_run: DryRun = False,
) -> None:
    """Remove a feed; its articles stay.

    Example: giveback feed remove 3
    """
    from giveback.reading.feeds import resolve
    from giveback.store.changes import change
    from giveback.store.tables import Feed

    at = here()
    connection = questions(at)
    with nullcontext() if connection is None else closing(connection):
        row = resolve(connection, which)
    with change(at.store, at.now, f"feed remove {row.title or row.url}", dry_run=dry_run) as session:
        session.get_one(Feed, row.id).removed_at = at.now.at
    stay = "its article stays" if row.articles == 1 else f"its {row.articles:,} articles stay"
    would(dry_run, f"removed {row.title or row.url}" + (f"; {stay}" if row.articles else ""))


app.command("import")(subscribing.import_feeds)
app.command("export")(subscribing.export_feeds)
app.command("starters")(subscribing.starters)
