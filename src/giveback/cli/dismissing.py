"""Dismissing: what is not for a contact does not come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Name, family, here, questions, refresh, whom, would
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.store.questions.contacts import NameRow

app = family()


@app.command("dismiss")
def dismiss(
    name: Name,
    what: Annotated[str, typer.Argument(metavar="ARTICLE", help="A number of the last list, id:ID, or an address.")],
    dry_run: DryRun = False,
) -> None:
    """Not for this contact: the article does not come back.

    Example: giveback dismiss ana 2
    """
    from sqlmodel import select

    from giveback.giving.gifts import find_article
    from giveback.store.changes import change
    from giveback.store.tables import Dismissal

    at = here()
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    _refuse_offers(connection, row, what)
    article = find_article(connection, row.id, what)
    connection.close()
    if article is None:
        raise NotFoundError(f"no article answers to {what!r}", "give a number of the last list, or id:ID")
    with change(at.store, at.now, f"dismiss {row.name}: {article.title}", dry_run=dry_run) as session:
        same = select(Dismissal).where(Dismissal.contact_id == row.id, Dismissal.article_id == article.id)
        if session.exec(same).first() is None:
            session.add(Dismissal(contact_id=row.id, article_id=article.id, on_day=at.now.today))
    would(dry_run, f"dismissed for {row.name} · {article.title}")
    if not dry_run:
        refresh(at)


def _refuse_offers(connection: sqlite3.Connection, contact: NameRow, what: str) -> None:
    """Refuse what is offered but no article, with the way in which it is no longer offered."""
    from giveback.giving.assets import find_offered

    offered = find_offered(connection, contact.id, what)
    if offered is None:
        return
    hint = f'giveback assets retire "{offered.title}" offers it to nobody any more'
    if offered.introduced_id is not None:
        other = offered.title.removeprefix("an introduction to ")
        hint = f'giveback knows "{contact.name}" "{other}" says that they know each other already'
    raise UsageError(f"{offered.title!r} is no article, and only articles are dismissed", hint)
