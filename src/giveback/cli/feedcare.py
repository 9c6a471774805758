"""Looking after feeds: how they are doing, what is wanted of them, their passwords. `feeds` makes commands of these."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, here, note, questions, would
from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.dates import Now
    from giveback.output.table import Table
    from giveback.store.questions.articles import FeedRow
    from giveback.store.questions.feeds import FeedHealth

Which = Annotated[str, typer.Argument(metavar="FEED", help="Its number, address or part of its title.")]


def list_feeds(json: Json = False) -> None:
    """The feeds: when they were fetched, what they brought, what is wrong, what was given.

    7d and 30d count the articles that were new in so many days; Given those of all time that were given to
    somebody. A feed is fetched as often as it posts: Next says when.

    Example: giveback feed list
    """
    from giveback.store.questions.feeds import health

    at = here()
    connection = questions(at)
    rows = health(connection, at.now.at) if connection is not None else []
    if json:
        from giveback.output import records

        records.show([records.feed(row) for row in rows])
        return
    if not rows:
        note("no feeds yet: giveback feed add ADDRESS")
        return
    from giveback.output.table import show

    show(feeds_table(rows, at.now))


def feeds_table(rows: Sequence[FeedHealth], now: Now) -> Table:
    """Feeds and how they are doing, within 80 columns."""
    from giveback.output.table import Column, Table

    columns = (
        Column("Id", "number"),
        Column("Feed", "name", wraps=True),
        Column("Fetched", "day"),
        Column("7d", "number"),
        Column("30d", "number"),
        Column("Given", "number"),
        Column("Next", "day"),
        Column("Topic", "detail"),
        Column("Trouble", "detail"),
    )
    body = [
        (
            str(row.id),
            row.title or row.url,
            _ago(row.checked_at, now),
            str(row.new_week),
            str(row.new_month),
            str(row.given or ""),
            _next(row, now),
            row.topic,
            _trouble(row, now),
        )
        for row in rows
    ]
    return Table(columns, body)


def _trouble(row: FeedHealth, now: Now) -> str:
    from giveback.cli.views import day_of

    if row.gone_at:
        return f"gone for good since {day_of(row.gone_at, now.today)}"
    if not row.error:
        return ""
    return f"failing since {day_of(row.failing_since, now.today)}: {row.error}"


def _ago(text: str | None, now: Now) -> str:
    """When something was: by the clock within a day, else by the day."""
    from giveback.cli.views import day_of
    from giveback.dates import from_utc_text

    if not text:
        return "never"
    passed = now.at - from_utc_text(text)
    return f"{span(passed)} ago" if timedelta(0) <= passed < timedelta(days=1) else day_of(text, now.today)


def _next(row: FeedHealth, now: Now) -> str:
    from giveback.dates import from_utc_text

    if row.gone_at:
        return "never"
    return wait(from_utc_text(row.next_fetch_at) if row.next_fetch_at else None, now.at)


def wait(time: datetime | None, now: datetime) -> str:
    """How long until a time: "in 5 min", "in 3 h", "now"."""
    return f"in {span(time - now)}" if time and time > now else "now"


def span(length: timedelta) -> str:
    """A span of time in one word: "5 min", "3 h", "2 d"."""
    minutes = max(round(length.total_seconds() / 60), 1)
    hours = round(minutes / 60)
    if minutes < 60:  # noqa: PLR2004  # minutes in an hour
        return f"{minutes} min"
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} d"  # noqa: PLR2004  # hours in two days


def edit(
    which: Which,
    topic: Annotated[str | None, typer.Option(metavar="TEXT", help='What it is about, in a word; "" for none.')] = None,
    full_text: Annotated[
        bool | None,
        typer.Option("--full-text/--no-full-text", help="Fetch the pages of its new articles for their full text."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Change what is wanted of a feed.

    Example: giveback feed edit 3 --full-text --topic energy
    """
    from giveback.store.changes import change
    from giveback.store.tables import Feed
    from giveback.text import clean_line

    if topic is None and full_text is None:
        raise UsageError("there is nothing to change", "give --topic, --full-text or --no-full-text")
    at = here()
    row = _meant(at, which)
    name = row.title or row.url
    with change(at.store, at.now, f"feed edit {name}", dry_run=dry_run) as session:
        feed = session.get_one(Feed, row.id)
        feed.topic = feed.topic if topic is None else clean_line(topic)
        feed.full_text = feed.full_text if full_text is None else full_text
        parts = (name, feed.topic or "no topic", "full text" if feed.full_text else "")
    would(dry_run, " · ".join(filter(None, parts)))


def _meant(at: Here, which: str) -> FeedRow:
    from giveback.reading.feeds import resolve

    connection = questions(at)
    with nullcontext() if connection is None else closing(connection):
        return resolve(connection, which)


def login(
    which: Which,
    user: Annotated[str, typer.Option("--user", metavar="NAME", help="The user name; asked for when left out.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Take the password out of the keyring again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Keep the password of a feed in the keyring of this computer, never in the store.

    On a terminal it is asked for and not shown; in a pipe it is the first line of standard input.

    Example: giveback feed login 3 --user kim
    """
    from giveback.reading import logins
    from giveback.reading.addresses import file_path

    at = here()
    row = _meant(at, which)
    if file_path(row.url):
        raise UsageError(f"{row.title or row.url} is a file, which needs no password")
    known, name = _username(at, row.id), row.title or row.url
    if forget:
        if known and not dry_run:
            logins.forget(row.url, known)
        _keep_username(at, row.id, "", f"feed login {name} --forget", dry_run=dry_run)
        would(dry_run, f"{name}: no user name and no password any more")
        return
    who = user or known or ask_user()
    password = ask_password(logins.account(row.url, who))
    if not dry_run:
        logins.keep(row.url, who, password)
    _keep_username(at, row.id, who, f"feed login {name} --user {who}", dry_run=dry_run)
    would(dry_run, f"{name}: asked as {who}; the password is in the keyring")


def _username(at: Here, number: int) -> str:
    connection = questions(at)
    if connection is None:
        return ""
    with closing(connection):
        found = connection.execute("SELECT username FROM feed WHERE id = ?", (number,)).fetchone()
    return str(found[0]) if found else ""


def _keep_username(at: Here, number: int, username: str, command: str, *, dry_run: bool) -> None:
    """The name goes into the store, and the feed is due again."""
    from giveback.store.changes import change
    from giveback.store.tables import Feed
    from giveback.text import clean_line

    with change(at.store, at.now, command, dry_run=dry_run) as session:
        feed = session.get_one(Feed, number)
        feed.username, feed.next_fetch_at = clean_line(username), None


def ask_user() -> str:
    """Ask for a user name.

    Raises:
        UsageError: nobody can be asked.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no user name", "give it with --user NAME")
    return str(typer.prompt("User name", err=True)).strip()


def ask_password(name: str) -> str:
    """Ask for a password without showing it, or read it from a pipe.

    Raises:
        UsageError: there is none.
    """
    if sys.stdin.isatty() and sys.stderr.isatty():
        return str(typer.prompt(f"Password of {name}", hide_input=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError(f"there is no password of {name}", "run it on a terminal, or pipe the password in")
    return password


def credentials(what: str) -> tuple[str, str, str]:
    """Take user name and password out of what is to be added, asking for a password that is left out.

    Returns:
        What to look at (with both, for that one request), the user name and the password.

    Raises:
        UsageError: there is a user name and no password, and nobody can be asked.
    """
    from urllib.parse import quote

    from giveback.reading import logins
    from giveback.reading.addresses import split_credentials

    url, user, password = split_credentials(what)
    if not user:
        return what, "", ""
    password = password or ask_password(logins.account(url, user))
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}", user, password


def keep_password(url: str, user: str, password: str) -> None:
    """Put the password of a feed that is about to be added into the keyring.

    Raises:
        StoreError: there is no keyring, and nothing was changed.
    """
    from giveback.reading import logins

    logins.keep(url, user, password)
