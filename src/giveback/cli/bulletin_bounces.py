"""Mail that came back: bulletin bounces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, here, note, questions, would
from giveback.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence


def bounces(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Messages that came back: files, mbox, Maildir.")
    ] = None,
    clear: Annotated[str, typer.Option(metavar="ADDRESS", help="Take the mark off an address that works again.")] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Mark the addresses from which mail came back; without a file list them.

    Delivery status notifications are read (RFC 3464). No bulletin goes to a marked address; another address of the
    same person is used instead.

    Example: giveback bulletin bounces returned.mbox
    """
    from giveback.bulletins.bounces import clear as unmark
    from giveback.store.changes import change

    at = here()
    if clear:
        with change(at.store, at.now, f"bulletin bounces --clear {clear}", dry_run=dry_run) as session:
            unmark(session, clear)
        would(dry_run, f"mail goes to {clear} again")
        return
    if not files:
        _list_bounces(at, json=json)
        return
    _mark_bounces(at, files, json=json, dry_run=dry_run)


def _list_bounces(at: Here, *, json: bool) -> None:
    from giveback.bulletins.bounces import listed

    connection = questions(at)
    rows = listed(connection) if connection is not None else []
    if json:
        from giveback.output import records

        records.show(
            [
                {"name": row.name, "address": row.address, "status": row.status, "reason": row.reason or None,
                 "on": row.on_day, "marked": True}
                for row in rows
            ]
        )  # fmt: skip
        return
    if not rows:
        note("no address is marked")
        return
    from giveback.cli.views import day_of
    from giveback.output.table import Column, Table, show

    columns = (Column("Contact", "name"), Column("Address"), Column("Why", grows=True), Column("Day", "day"))
    body = [
        (row.name, row.address, f"{row.status} {row.reason}".strip(), day_of(row.on_day, at.now.today)) for row in rows
    ]
    show(Table(columns, body))


def _mark_bounces(at: Here, paths: Sequence[str], *, json: bool, dry_run: bool) -> None:
    from giveback.bulletins.bounces import LASTING, mark, read
    from giveback.store.changes import change

    found, others = [], 0
    for path in paths:
        reports, rest = read(path)
        found += reports
        others += rest
    with change(at.store, at.now, f"bulletin bounces {' '.join(paths)}", dry_run=dry_run) as session:
        done = mark(session, found, at.now.today)
    if json:
        from giveback.output import records

        records.show(
            [
                {"name": ", ".join(each.contacts) or None, "address": each.report.address,
                 "status": each.report.status, "reason": each.report.reason or None,
                 "on": at.now.today.isoformat(), "marked": each.report.action == LASTING and bool(each.contacts)}
                for each in done
            ]
        )  # fmt: skip
    else:
        for each in done:
            who = ", ".join(each.contacts) or "nobody's"
            what = "marked" if each.is_new else "was marked"
            if each.report.action != LASTING:
                what = "not marked: it may work later"
            elif not each.contacts:
                what = "not marked"
            would(dry_run, f"{each.report.address} · {who} · {each.report.status} {each.report.reason} · {what}")
    if others:
        note(f"{others} message{' is' if others == 1 else 's are'} no delivery status notification")
    if not found:
        raise RejectedError("no notification was found", "save the messages that the mail system sent back, whole")
