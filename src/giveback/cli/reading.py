"""Articles: search, list, read, prune; topics."""

from __future__ import annotations

import sys
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import (
    LARGEST,
    DryRun,
    Here,
    Json,
    family,
    here,
    note,
    questions,
    refresh,
    say,
    threshold_of,
    would,
)
from giveback.cli.inner import with_inner
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.reading.pruning import Prunable
    from giveback.reading.topics import Meaning
    from giveback.store.questions.articles import ArticleRow, Wanted

PARAGRAPH = 80
"""Characters from which on a line is a paragraph."""

app = family()
_inner = family()


@app.command("articles", cls=with_inner(_inner))
def articles(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='Words, "a phrase", OR, -word; none lists the latest.')
    ] = "",
    limit: Annotated[int, typer.Option(metavar="COUNT", min=1, help="At most so many.")] = 20,
    since: Annotated[str, typer.Option(metavar="SPAN", help="Only those first seen within: 2d, 1w.")] = "",
    feed: Annotated[str, typer.Option(metavar="FEED", help="Only of these: number, topic or part of a title.")] = "",
    topic: Annotated[str, typer.Option(metavar="TOPIC", help="Only of this topic (giveback topic).")] = "",
    unread: Annotated[bool, typer.Option("--unread", help="Only those you have not read.")] = False,
    json: Json = False,
) -> None:
    """Search the saved articles, or list the latest.

    All words must be there, in any form; OR, "a phrase", -word (or NOT word), brackets, begin* and
    title:word narrow or widen that. OR joins the words beside it: lng OR shale texas means Texas and
    one of the two.

    Example: giveback articles "lng OR shale" --since 2w --unread
    """
    at = here()
    rows = _found(at, query.strip(), limit, since=since, feed=feed, topic=topic, unread=unread)
    if json:
        from giveback.output import records

        threshold = threshold_of(at)
        records.show([records.article(row, threshold) for row in rows])
        return
    if not rows:
        narrowed = query or since or feed or topic or unread
        none = f"no article matches {query!r}" if query else "no article fits"
        note(none if narrowed else "no articles yet: giveback feed add ADDRESS, giveback fetch")
        return
    from giveback.cli.views import articles_table
    from giveback.output.table import show

    show(articles_table(rows, at.now.today))


def _found(at: Here, query: str, limit: int, *, since: str, feed: str, topic: str, unread: bool) -> list[ArticleRow]:
    from giveback.store.questions import articles as ask

    wanted = ask.Wanted(query, _after(at, since), unread=unread)
    connection = questions(at)
    if connection is None:
        return []
    with closing(connection):
        return ask.find(connection, _narrowed(connection, wanted, feed, topic), limit)


def _narrowed(connection: sqlite3.Connection, wanted: Wanted, feed: str, topic: str) -> Wanted:
    if not feed and not topic:
        return wanted
    from giveback.reading.topics import feeds_called, resolve

    if feed:
        wanted = wanted._replace(feeds=feeds_called(connection, feed))
    return wanted._replace(topic=resolve(connection, topic).wanted) if topic else wanted


def _after(at: Here, since: str) -> str:
    from datetime import timedelta

    from giveback.dates import parse_span, utc_text

    return utc_text(at.now.at - timedelta(parse_span(since))) if since else ""


@_inner.command("prune")
def prune(
    older: Annotated[str, typer.Option(metavar="SPAN", help="Articles older than this: 1y, 2y.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Delete old articles, but none that was given, dismissed or saved by hand.

    Their words, vectors and rankings go with them and the store shrinks; undo does not bring them back.
    What their feeds still have is not fetched again. To search for the word: giveback articles -- prune

    Example: giveback articles prune --older 2y
    """
    from giveback.reading.pruning import Prunable, prunable
    from giveback.reading.pruning import prune as prune_articles
    from giveback.store import connect

    at = here()
    before = _after(at, older)
    connection = questions(at)
    found = Prunable(0, 0, 0, 0, 0)
    if connection is not None:
        with closing(connection):
            found = prunable(connection, before)
    if found.articles and not dry_run:
        _agreed(found, asked=not yes)
        with closing(connect.write(at.store)) as writing:
            prune_articles(writing, before)
    if json:
        from giveback.output import records

        records.show(found._asdict())
    else:
        would(dry_run, _said(found))
    if found.articles and not dry_run:
        refresh(at)


def _said(found: Prunable) -> str:
    stay = [
        f"{count:,} {what}"
        for count, what in ((found.saved, "saved by hand"), (found.given, "given"), (found.dismissed, "dismissed"))
        if count
    ]
    kept = f"; of that age stay {', '.join(stay)}" if stay else ""
    remain = "1 article remains" if found.remain == 1 else f"{found.remain:,} articles remain"
    return f"pruned {found.articles:,} article{'' if found.articles == 1 else 's'}{kept}; {remain}"


def _agreed(found: Prunable, *, asked: bool) -> None:
    """Show the counts first, and ask where somebody can answer."""
    if asked and sys.stdin.isatty() and sys.stderr.isatty():
        note(_said(found).replace("pruned", "to prune:", 1))
        typer.confirm("Delete them for good?", abort=True, err=True)


@app.command("read")
def read(
    which: Annotated[int, typer.Argument(metavar="ARTICLE", min=1, max=LARGEST, help="Its number.")],
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser instead.")] = False,
    unread: Annotated[bool, typer.Option("--unread", help="Only mark it as not read.")] = False,
    json: Json = False,
) -> None:
    """Read an article: its text in your pager ($PAGER), and mark it as read.

    Example: giveback read 42
    """
    from giveback.dates import utc_text
    from giveback.output import records
    from giveback.store.marks import mark_read

    at = here()
    row, text = _one(at, which)
    if unread:
        mark_read(at.store, which, None)
        say(f"not read: {row.title}")
        return
    if open_it:
        _open(row)
    elif json:
        records.show({**records.article(row, threshold_of(at)), "text": text or None})
        return
    else:
        _show(row, text)
    mark_read(at.store, which, utc_text(at.now.at))


def _show(row: ArticleRow, text: str) -> None:
    from giveback.output.records import web_address
    from giveback.output.table import is_terminal

    about = " · ".join(part for part in (row.source, row.author, (row.published_at or "")[:10]) if part)
    parts = (row.title, about, web_address(row.url), _laid_out(text or row.summary, row.title))
    body = "\n\n".join(part for part in parts if part)
    if is_terminal():
        from giveback.output.rich import show_text

        show_text(body, pager=True)
    else:
        from giveback.text import clean_text

        print(clean_text(body, len(body) + 1))


def _laid_out(text: str, title: str) -> str:
    """A text with its paragraphs set off; lines that are short, as of lists and of verse, stay together."""
    from giveback.text import fold

    first, _, rest = text.partition("\n")
    if rest and fold(first) == fold(title):
        text = rest
    lines = text.split("\n")
    laid = [lines[0]]
    for before, line in pairwise(lines):
        apart = before and line and max(len(before), len(line)) > PARAGRAPH
        laid += ["", line] if apart else [line]
    return "\n".join(laid).strip("\n")


def _one(at: Here, which: int) -> tuple[ArticleRow, str]:
    """An article and its text.

    Raises:
        NotFoundError: there is none of that number.
    """
    from giveback.store.questions import articles as ask

    connection = questions(at)
    if connection is not None:
        with closing(connection):
            row = ask.one(connection, which)
            if row is not None:
                return row, ask.text(connection, which)
    raise NotFoundError(f"there is no article {which}", "`giveback articles` lists them")


def _open(row: ArticleRow) -> None:
    import webbrowser

    if not row.url.startswith(("http://", "https://")):
        raise UsageError(f"article {row.id} has no address to open", f"giveback read {row.id}")
    if not webbrowser.open(row.url):
        note(f"no browser could be started: {row.url}")


@app.command("topic")
def topic(
    name: Annotated[str, typer.Argument(metavar="TOPIC", help="A topic; none lists them.")] = "",
    words: Annotated[str, typer.Option(metavar="TEXT", help='What it means: "LNG, shale, OPEC".')] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Forget what it means; its feeds stay.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """What a topic means: list, show, say by words, remove.

    An article is of a topic when it holds one of its words, in any form, or comes from a feed that has it.

    Example: giveback topic energy --words "LNG, shale, OPEC"
    """
    if (words or remove) and not name:
        raise UsageError("name the topic", 'giveback topic energy --words "LNG, shale, OPEC"')
    if words and remove:
        raise UsageError("--words and --remove exclude each other", "give one of them")
    at = here()
    if words:
        _say_topic(at, name, words, dry_run=dry_run)
    elif remove:
        _forget_topic(at, name, dry_run=dry_run)
    if words or remove:
        return
    found = _topics(at, name)
    if json:
        from giveback.output import records

        shown = [
            {"name": one.name, "words": list(one.words), "feeds": len(one.feeds), "articles": one.articles}
            for one in found
        ]
        records.show(shown[0] if name else shown)
    elif found:
        from giveback.cli.views import topics_table
        from giveback.output.table import show

        show(topics_table(found))
    else:
        note('no topics yet: giveback topic energy --words "LNG, shale, OPEC"')


def _topics(at: Here, name: str) -> list[Meaning]:
    from giveback.reading.topics import meanings, resolve

    connection = questions(at)
    if connection is None:
        if name:
            raise NotFoundError(f"there is no topic {name!r}", f'say what it means: giveback topic {name} --words "…"')
        return []
    with closing(connection):
        return [resolve(connection, name)] if name else meanings(connection)


def _say_topic(at: Here, name: str, words: str, *, dry_run: bool) -> None:
    from giveback.reading.topics import say as say_topic
    from giveback.store.changes import change

    with change(at.store, at.now, f"topic {name}", dry_run=dry_run) as session:
        kept = say_topic(session, name, words, at.now)
    would(dry_run, f"{name} means: {', '.join(kept)}")


def _forget_topic(at: Here, name: str, *, dry_run: bool) -> None:
    from giveback.reading.topics import forget
    from giveback.store.changes import change

    with change(at.store, at.now, f"topic {name} --remove", dry_run=dry_run) as session:
        forget(session, name)
    would(dry_run, f"forgot what {name} means")
