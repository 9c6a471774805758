"""Articles: search, list, read."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from giveback.cli.common import Json, family, here, note, questions, say
from giveback.errors import NotFoundError, UsageError

app = family()


@app.command("articles")
def articles(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='Words, "a phrase", OR, NOT; none lists the latest.')
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    since: Annotated[str, typer.Option(metavar="SPAN", help="Only those first seen within: 2d, 1w.")] = "",
    json: Json = False,
) -> None:
    """Search the saved articles, or list the latest.

    Example: giveback articles "shale"
    """
    from datetime import timedelta

    from giveback.dates import parse_span, utc_text
    from giveback.store.questions import articles as ask

    at = here()
    after = utc_text(at.now.at - timedelta(parse_span(since))) if since else ""
    connection = questions(at)
    if connection is None:
        rows = []
    elif query.strip():
        rows = [row for row in ask.search(connection, query, limit) if row.first_seen_at >= after]
    else:
        rows = ask.latest(connection, limit, after)
    if json:
        from giveback.output import records

        records.show([records.article(row) for row in rows])
        return
    if not rows:
        note(f"no article matches {query!r}" if query else "no articles yet: giveback feed add ADDRESS, giveback fetch")
        return
    from giveback.cli.views import articles_table
    from giveback.output.table import show

    show(articles_table(rows, at.now.today))


@app.command("read")
def read(
    which: Annotated[int, typer.Argument(metavar="ARTICLE", help="Its number.")],
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser instead.")] = False,
    json: Json = False,
) -> None:
    """Read an article.

    Example: giveback read 42
    """
    from giveback.output import records
    from giveback.output.table import is_terminal
    from giveback.store.questions import articles as ask

    connection = questions(here())
    row = ask.one(connection, which) if connection is not None else None
    if row is None or connection is None:
        raise NotFoundError(f"there is no article {which}", "`giveback articles` lists them")
    if open_it:
        if not row.url.startswith(("http://", "https://")):
            raise UsageError(f"article {which} has no address to open", f"giveback read {which}")
        webbrowser.open(row.url)
        return
    text = ask.text(connection, which)
    if json:
        records.show({**records.article(row), "text": text or None})
        return
    about = " · ".join(part for part in (row.source or row.feed, row.author, (row.published_at or "")[:10]) if part)
    body = "\n\n".join(part for part in (row.title, about, row.url, text or row.summary) if part)
    if is_terminal():
        from giveback.output.rich import show_text

        show_text(body, pager=True)
        return
    for line in body.splitlines():
        say(line)
