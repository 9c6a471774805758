"""Articles: search, list, read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Here, Json, family, here, note, questions, threshold_of
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from giveback.store.questions.articles import ArticleRow

app = family()

ALL = -1
"""As a limit of SQLite: none."""


@app.command("articles")
def articles(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='Words, "a phrase", OR, NOT; none lists the latest.')
    ] = "",
    limit: Annotated[int, typer.Option(metavar="COUNT", min=1, help="At most so many.")] = 20,
    since: Annotated[str, typer.Option(metavar="SPAN", help="Only those first seen within: 2d, 1w.")] = "",
    json: Json = False,
) -> None:
    """Search the saved articles, or list the latest.

    Example: giveback articles "shale"
    """
    at = here()
    rows = _found(at, query.strip(), since, limit)
    if json:
        from giveback.output import records

        threshold = threshold_of(at)
        records.show([records.article(row, threshold) for row in rows])
        return
    if not rows:
        note(f"no article matches {query!r}" if query else "no articles yet: giveback feed add ADDRESS, giveback fetch")
        return
    from giveback.cli.views import articles_table
    from giveback.output.table import show

    show(articles_table(rows, at.now.today))


def _found(at: Here, query: str, since: str, limit: int) -> list[ArticleRow]:
    from datetime import timedelta

    from giveback.dates import parse_span, utc_text
    from giveback.store.questions import articles as ask

    after = utc_text(at.now.at - timedelta(parse_span(since))) if since else ""
    connection = questions(at)
    if connection is None:
        return []
    with closing(connection):
        if not query:
            return ask.latest(connection, limit, after)
        rows = ask.search(connection, query, ALL if after else limit)
    return [row for row in rows if row.first_seen_at >= after][:limit]


@app.command("read")
def read(
    which: Annotated[int, typer.Argument(metavar="ARTICLE", min=1, max=2**63 - 1, help="Its number.")],
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser instead.")] = False,
    json: Json = False,
) -> None:
    """Read an article.

    Example: giveback read 42
    """
    from giveback.output import records
    from giveback.output.table import is_terminal

    row, text = _one(which)
    if open_it:
        _open(row)
        return
    if json:
        records.show({**records.article(row, threshold_of(here())), "text": text or None})
        return
    about = " · ".join(part for part in (row.source, row.author, (row.published_at or "")[:10]) if part)
    body = "\n\n".join(part for part in (row.title, about, row.url, text or row.summary) if part)
    if is_terminal():
        from giveback.output.rich import show_text

        show_text(body, pager=True)
    else:
        from giveback.text import clean_text

        print(clean_text(body, len(body)))


def _one(which: int) -> tuple[ArticleRow, str]:
    """An article and its text.

    Raises:
        NotFoundError: there is none of that number.
    """
    from giveback.store.questions import articles as ask

    connection = questions(here())
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
