"""Who gets a bulletin: bulletin readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, here, note, questions, wanted_model, whom, would
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.store.questions.bulletins import BulletinRow


def readers(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Of the bulletin, or a part of it.")],
    changes: Annotated[
        list[str] | None,
        typer.Argument(metavar="READER", help="+NAME or +@CIRCLE adds, -NAME or -@CIRCLE takes off."),
    ] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Who reads a bulletin: list, +add, -take off.

    A circle stands for its members, whoever they are when an issue is sent. Three circles are always there: @helpers,
    everyone who helped you and likes the topic; @helped, everyone who helped you; @interested, everyone who likes the
    topic. Whom you take off stays off, also when a circle names them.

    Example: giveback bulletin readers "Energy this week" +ana +@helpers -bob
    """
    from giveback.bulletins.issues import required_bulletin
    from giveback.bulletins.readers import apply, parse
    from giveback.store.changes import change

    at = here()
    connection = questions(at)
    if any(said.startswith("--") for said in changes or ()):
        raise UsageError(f"no such option: {next(s for s in changes or () if s.startswith('--'))}", "see --help")
    bulletin = required_bulletin(connection, title)
    assert connection is not None
    if not changes:
        _list_readers(at, connection, bulletin, json=json)
        return
    if bulletin.contact_id is not None:
        raise UsageError(f"{bulletin.title!r} is for one person", "giveback bulletin new makes one for several")
    parsed = [parse(said) for said in changes]
    names = {each.said: whom(connection, each.said) for each in parsed if not each.is_circle}
    with change(at.store, at.now, f"bulletin readers {bulletin.title}", dry_run=dry_run) as session:
        lines = apply(session, connection, bulletin.id, parsed, names.__getitem__)
    would(dry_run, f"{bulletin.title}: " + ", ".join(lines))


def _list_readers(at: Here, connection: sqlite3.Connection, bulletin: BulletinRow, *, json: bool) -> None:
    from giveback.bulletins.readers import resolve
    from giveback.output.table import Column, Table, show

    found = resolve(connection, bulletin, at.now.today, wanted_model(at))
    if json:
        from giveback.output import records

        records.show(
            [
                {
                    "contact_id": reader.row.id,
                    "name": reader.row.name,
                    "address": reader.row.address or None,
                    "because": reader.why,
                    "bounced": reader.row.bounced or None,
                }
                for reader in found
            ]
        )
        return
    if not found:
        note(f'nobody reads {bulletin.title!r} yet: giveback bulletin readers "{bulletin.title}" +NAME +@helpers')
        return
    columns = (Column("Reader", "name"), Column("Address", grows=True), Column("Because", "dim"), Column("", "dim"))
    body = [
        (
            reader.row.name,
            reader.row.address or "no address",
            reader.why,
            f"bounced: {reader.row.bounced}" if reader.row.bounced else "",
        )
        for reader in found
    ]
    show(Table(columns, body))
