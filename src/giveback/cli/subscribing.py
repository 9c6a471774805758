"""Feeds: import and export of lists of feeds."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from giveback.cli.common import DryRun, Json, here, note, questions, would
from giveback.errors import NotFoundError, RejectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.reading.starters import Starter
    from giveback.reading.subscriptions import Subscribed, Subscriptions

TOLD = 20
"""Refused entries of one list that are told."""

Private = Annotated[bool, typer.Option("--allow-private", help="Permit addresses on this network.")]


def import_feeds(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="OPML files, or newsboat's urls file.")],
    topic: Annotated[str, typer.Option(metavar="TEXT", help="A topic for all, instead of their folders.")] = "",
    allow_private: Private = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Import the feeds of another reader; folders and tags become topics.

    Feeds that are there already keep their titles and topics. What cannot be taken is told with its line
    and reason, all else is added; one undo takes it back.

    Example: giveback feed import subscriptions.opml
    """
    from giveback.people.importing import read_file
    from giveback.reading.subscriptions import read, subscribe
    from giveback.store.changes import change

    at = here()
    lists = [permitted(read(*read_file(path)), allow_private=allow_private) for path in files]
    command = "feed import " + " ".join(found.name for found, _ in lists)
    with change(at.store, at.now, command, dry_run=dry_run) as session:
        done = [subscribe(session, found.feeds, at.now, topic=topic, allow_private=private) for found, private in lists]
    if not dry_run:
        keep_passwords([found for found, _ in lists])
    for (found, _), counts in zip(lists, done, strict=True):
        if not json:
            tell(found, counts, dry_run=dry_run)
    if json:
        from giveback.output import records

        records.show([record(found, counts) for (found, _), counts in zip(lists, done, strict=True)])
    refuse([found for found, _ in lists])
    if not dry_run and any(counts.added for counts in done):
        note("giveback fetch brings them in")


def keep_passwords(lists: Sequence[Subscriptions]) -> None:
    """Put the passwords that addresses of a list held into the keyring; without one they are gone, and that is told."""
    from giveback.errors import StoreError
    from giveback.reading.logins import keep

    for feed in (feed for found in lists for feed in found.feeds if feed.password):
        try:
            keep(feed.url, feed.username, feed.password)
        except StoreError as error:
            note(f"{error.message}: giveback feed login keeps it later")


def permitted(found: Subscriptions, *, allow_private: bool) -> tuple[Subscriptions, bool]:
    """Leave out feeds on this network unless they are permitted; on a terminal the user is asked.

    Returns:
        The list, and whether it may be fetched from this network.
    """
    from giveback.reading.subscriptions import PRIVATE, without_private

    if allow_private:
        return found, True
    public = without_private(found)
    private = [refused for refused in public.refused if refused.reason == PRIVATE]
    if not private or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return public, False
    note(f"{found.name}: on this network: " + ", ".join(refused.said for refused in private[:TOLD]))
    return (found, True) if typer.confirm("Take them as well?", err=True) else (public, False)


def tell(found: Subscriptions, counts: Subscribed, *, dry_run: bool) -> None:
    """Say in one line what became of a list."""
    parts = [_counted(counts.added, "feed") + " added"]
    parts += [f"{counts.known:,} known already"] if counts.known else []
    parts += [f"{len(found.refused):,} refused"] if found.refused else []
    would(dry_run, f"{found.name}: {', '.join(parts)}")
    if found.passed_over:
        note(f"{found.name}: {_counted(found.passed_over, 'link or query', 'links and queries')} passed over")


def refuse(lists: Sequence[Subscriptions]) -> None:
    """Tell what was refused.

    Raises:
        RejectedError: something was.
    """
    from giveback.reading.subscriptions import PRIVATE

    for found in lists:
        for refused in found.refused[:TOLD]:
            note(f"{found.name}:{refused.line}: {refused.reason}" + (f" ({refused.said})" if refused.said else ""))
        if len(found.refused) > TOLD:
            note(f"{found.name}: and {len(found.refused) - TOLD:,} more")
    every = [refused for found in lists for refused in found.refused]
    if every:
        private = any(refused.reason == PRIVATE for refused in every)
        hint = "--allow-private takes those on this network" if private else "all others are kept"
        raise RejectedError(f"{_counted(len(every), 'entry', 'entries')} refused", hint)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def record(found: Subscriptions, counts: Subscribed) -> dict[str, Any]:
    """What became of a list, for --json."""
    return {
        "file": found.name,
        "feeds": counts._asdict(),
        "rejected": [{"line": refused.line, "reason": refused.reason} for refused in found.refused],
        "passed_over": found.passed_over,
    }


def export_feeds() -> None:
    """Write the feeds as OPML, in folders by topic, for other readers.

    Feeds that are files, user names and passwords are left out.

    Example: giveback feed export > feeds.opml
    """
    from giveback.reading.opml import write_opml
    from giveback.store.questions.articles import feeds

    at = here()
    connection = questions(at)
    rows = []
    if connection is not None:
        with closing(connection):
            rows = feeds(connection)
    web = [row for row in rows if row.url.startswith(("http://", "https://"))]
    sys.stdout.write(write_opml(web, at.now.at))
    if len(web) < len(rows):
        note(f"{_counted(len(rows) - len(web), 'feed')} in files left out")


def starters(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="A topic, or a word that belongs to one.")] = "",
    add: Annotated[bool, typer.Option("--add", help="Add these feeds.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Well-known public feeds to begin with, by topic. Only the list: nothing is fetched.

    Example: giveback feed starters fishing --add
    """
    from giveback.reading.starters import for_topic, topics
    from giveback.reading.starters import starters as every

    found = for_topic(topic) if topic else every()
    if topic and not found:
        raise NotFoundError(f"there are no starters for {topic!r}", "topics: " + ", ".join(topics()))
    if add and not topic:
        raise UsageError("name a topic to add its feeds", "topics: " + ", ".join(topics()))
    if add:
        _add(found, topic, json=json, dry_run=dry_run)
    elif json:
        from giveback.output import records

        records.show([one._asdict() for one in found])
    else:
        from giveback.output.table import Column, Table, show

        columns = (Column("Topic", "dim"), Column("Feed", "name", wraps=True), Column("Address", "detail"))
        show(Table(columns, [(one.topic, one.name, one.url) for one in found]))
        note(f"giveback feed starters {topic or 'TOPIC'} --add adds {'them' if topic else 'those of a topic'}")


def _add(found: Sequence[Starter], said: str, *, json: bool, dry_run: bool) -> None:
    from giveback.reading.subscriptions import Subscription, subscribe
    from giveback.store.changes import change

    at = here()
    feeds = [Subscription(0, one.url, one.name, "", one.topic) for one in found]
    with change(at.store, at.now, f"feed starters {said} --add", dry_run=dry_run) as session:
        counts = subscribe(session, feeds, at.now)
    if json:
        from giveback.output import records

        records.show(counts._asdict())
    else:
        known = f", {counts.known:,} known already" if counts.known else ""
        would(dry_run, f"{_counted(counts.added, 'feed')} added{known}: " + ", ".join(one.name for one in found))
    if counts.added and not dry_run:
        note("giveback fetch brings them in")
