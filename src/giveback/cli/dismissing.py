"""Dismissing: what is not for a contact does not come back."""

from __future__ import annotations

from typing import Annotated

import typer

from giveback.cli.common import DryRun, Name, family, here, questions, refresh, whom, would

app = family()


@app.command("dismiss")
def dismiss(
    name: Name,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A number of the last list, id:ID, asset:ID, an address, a title.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Not for this contact: the article or asset does not come back.

    Example: giveback dismiss ana 2
    """
    from giveback.giving.dismissing import dismiss, find
    from giveback.store.changes import change

    at = here()
    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    unwanted = find(connection, row, what)
    connection.close()
    with change(at.store, at.now, f"dismiss {row.name}: {unwanted.title}", dry_run=dry_run) as session:
        dismiss(session, row.id, unwanted, at.now.today)
    would(dry_run, f"dismissed for {row.name} · {unwanted.title}")
    if unwanted.article_id is not None and not dry_run:
        refresh(at)
