"""The morning routine: today, followups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, threshold_of
from giveback.config import number_setting, setting

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.morning import Line, Morning
    from giveback.output.table import Table

app = family()


@app.command("followups")
def followups(
    within: Annotated[str, typer.Option(metavar="SPAN", help="Look ahead: 7d, 2w.")] = "",
    limit: Annotated[
        int, typer.Option(metavar="COUNT", min=-1, help="At most so many; 0 for all, -1 for the setting.")
    ] = -1,
    circle: Annotated[str, typer.Option(metavar="CIRCLE", help="Only who is in this circle.")] = "",
    ics: Annotated[str, typer.Option("--ics", metavar="FILE", help="Write them as one calendar file; - prints.")] = "",
    vdir: Annotated[
        str, typer.Option("--vdir", metavar="FOLDER", help="Keep a folder of tasks in step: todoman, khal, phones.")
    ] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Who is due, why, how late, and the best thing to give.

    One line per person: the strongest reason first, (+1) counts the others. Logging anything with
    them moves it at once. --ics and --vdir write every reason as a task, and birthdays as events, 30 days
    ahead unless --within says otherwise. With --vdir, what was ticked off there is first logged here.

    Example: giveback followups --within 7d
    """
    from giveback.dates import parse_span

    at = here()
    days = parse_span(within) if within else 0
    if ics or vdir:
        _as_calendar(at, ics, vdir, days if within else None, circle, json=json, dry_run=dry_run)
        return
    connection = questions(at)
    most = number_setting(at.places, "followups.limit") if limit < 0 else limit
    found = _morning(at, connection, days, most, circle)
    if json:
        from giveback.output import records

        records.show([line_record(at, line) for line in found.lines])
        return
    if not found.lines:
        note(_nobody(connection))
        return
    from giveback.output.table import show

    show(_table(at, found))
    if found.total > len(found.lines):
        note(f"and {found.total - len(found.lines)} more: giveback followups --limit 0")


def _as_calendar(at: Here, ics: str, vdir: str, days: int | None, circle: str, *, json: bool, dry_run: bool) -> None:
    from giveback.cli.calendars import AHEAD_DAYS, to_file, to_folder

    connection = questions(at)
    only = _circle(connection, circle) if connection is not None else None
    ahead = AHEAD_DAYS if days is None else days
    if vdir:
        to_folder(at, vdir, ahead, only, json=json, dry_run=dry_run)
    if ics:
        to_file(at, ics, ahead, only, dry_run=dry_run)


def _morning(at: Here, connection: sqlite3.Connection | None, days: int, limit: int, circle: str = "") -> Morning:
    from giveback.giving.choices import kinds
    from giveback.giving.morning import NEXT, Morning, morning

    if connection is None:
        return Morning([], 0)
    choice = NEXT._replace(
        allow=kinds(setting(at.places, "tact.allow")),
        weak=kinds(setting(at.places, "interests.weak")),
        threshold=threshold_of(at),
    )
    only = _circle(connection, circle)
    return morning(connection, at.now.today, within_days=days, limit=limit, choice=choice, only=only)


def _circle(connection: sqlite3.Connection, name: str) -> list[int] | None:
    if not name:
        return None
    from giveback.giving.circles import people_of

    return people_of(connection, name)


def _nobody(connection: sqlite3.Connection | None) -> str:
    from giveback.store.questions.articles import counts

    if connection is None or not counts(connection)[0]:
        return "no contacts yet: giveback add-contact NAME"
    return "nobody is due: a good day to give something unasked"


def _table(at: Here, found: Morning) -> Table:
    from giveback.cli.views import late, why
    from giveback.output.table import Column, Table

    columns = (
        Column("Who", "name", grows=True),
        Column("Why", grows=True),
        Column("When", "day"),
        Column("Give", grows=True),
    )
    body = [
        (
            line.contact.name,
            why(line.follow_up.reason, line.follow_up.others),
            late(line.follow_up.reason.due, at.now.today),
            line.gift.article.title if line.gift else "",
        )
        for line in found.lines
    ]
    return Table(columns, body)


def line_record(at: Here, line: Line) -> dict[str, object]:
    """A line of the follow-ups as JSON."""
    from giveback.output import records

    reason, gift = line.follow_up.reason, line.gift
    return {
        "contact": records.person(line.contact),
        "reason": {"kind": reason.kind, "text": reason.text or None, "due": reason.due.isoformat()},
        "overdue_days": reason.overdue_days(at.now.today),
        "other_reasons": line.follow_up.others,
        "give": {
            "article_id": gift.row.article_id,
            "title": gift.article.title,
            "url": records.web_address(gift.article.url),
            "interest": gift.interest,
        }
        if gift
        else None,
    }


@app.command("today")
def today_command(json: Json = False) -> None:
    """The morning page: follow-ups, occasions, suggestions, news.

    Example: giveback today
    """
    today(json=json)


def today(*, json: bool = False) -> None:
    """Show the morning page; also what the bare `giveback` does."""
    from giveback.cli.page import morning_page

    at = here()
    connection = questions(at)
    morning_page(at, connection, _morning(at, connection, 0, number_setting(at.places, "followups.limit")), json=json)
