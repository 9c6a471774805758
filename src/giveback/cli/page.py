"""The morning page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from giveback.cli.common import note, threshold_of
from giveback.cli.views import late, why
from giveback.output.table import Column, Table, show

if TYPE_CHECKING:
    import sqlite3

    from giveback.cli.common import Here
    from giveback.giving.morning import Line, Morning
    from giveback.store.questions.articles import ArticleRow

NEWS = 5
NEWS_DAYS = 2


def morning_page(at: Here, connection: sqlite3.Connection | None, found: Morning, *, json: bool) -> None:
    """Show follow-ups, occasions, suggestions and news; in an empty store, the first steps."""
    from giveback.store.questions.articles import counts

    contacts, articles, feeds = counts(connection) if connection is not None else (0, 0, 0)
    news = _news(at, connection)
    if json:
        _as_json(at, found, news)
        return
    if not contacts:
        note('welcome. First: giveback add-contact "Ana Ruiz" --interest "bass fishing" --every 3w')
    due = [line for line in found.lines if line.follow_up.reason.kind != "occasion"]
    occasions = [line for line in found.lines if line.follow_up.reason.kind == "occasion"]
    tables = [
        _people(at, "Due", due),
        _people(at, "Occasions", occasions),
        _gifts("Worth giving", found.lines),
        _headlines("New to read", news),
    ]
    shown = [table for table in tables if table.rows]
    if shown:
        show(*shown)
    if found.total > len(found.lines):
        note(f"and {found.total - len(found.lines)} more: giveback followups --limit 0")
    if contacts and not found.lines:
        note("nobody is due: a good day to give something unasked")
    _tell_of_mail(connection)
    if contacts and not articles:
        note("no articles yet: giveback feed add ADDRESS" if not feeds else "no articles yet: giveback fetch")


def _tell_of_mail(connection: sqlite3.Connection | None) -> None:
    from giveback.store.questions.deliveries import waiting

    count = waiting(connection) if connection is not None else 0
    if count:
        some = "1 message is" if count == 1 else f"{count} messages are"
        note(f"{some} not sent, or not for certain: giveback mail outbox")


def _news(at: Here, connection: sqlite3.Connection | None) -> list[ArticleRow]:
    from giveback.dates import utc_text
    from giveback.matching.suspicion import suspicion
    from giveback.store.questions.articles import latest

    if connection is None:
        return []
    rows = latest(connection, NEWS * 4, utc_text(at.now.at - timedelta(NEWS_DAYS)))
    threshold = threshold_of(at)
    return [row for row in rows if not suspicion(row.tact, threshold=threshold).kind][:NEWS]


def _people(at: Here, heading: str, lines: list[Line]) -> Table:
    columns = (Column("Who", "name", grows=True), Column("Why", grows=True), Column("When", "day"))
    body = [
        (
            line.contact.name,
            why(line.follow_up.reason, line.follow_up.others),
            late(line.follow_up.reason.due, at.now.today),
        )
        for line in lines
    ]
    return Table(columns, body, heading)


def _gifts(heading: str, lines: list[Line]) -> Table:
    columns = (Column("To", "name", grows=True), Column("Give", grows=True), Column("For", "dim", grows=True))
    body = [(line.contact.name, line.gift.article.title, line.gift.interest) for line in lines if line.gift]
    return Table(columns, body, heading)


def _headlines(heading: str, rows: list[ArticleRow]) -> Table:
    columns = (Column("Id", "number"), Column("Title", grows=True), Column("Source", "dim", grows=True))
    return Table(columns, [(str(row.id), row.title, row.source) for row in rows], heading)


def _as_json(at: Here, found: Morning, news: list[ArticleRow]) -> None:
    from giveback.cli.routine import line_record
    from giveback.output import records

    records.show(
        {
            "day": at.now.today.isoformat(),
            "follow_ups": [line_record(at, line) for line in found.lines],
            "due": found.total,
            "news": [records.article(row, threshold_of(at)) for row in news],
        }
    )
