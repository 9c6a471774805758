"""Suggest: what a contact would like, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Here, Json, family, here, note, questions, refresh, whom
from giveback.config import number_setting, setting

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.suggestions import Choice, Suggestion, Suggestions
    from giveback.output.table import Table
    from giveback.store.questions.contacts import NameRow

app = family()


@app.command("suggest")
def suggest(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="One contact, or several.")],
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many; 0 for the setting.")] = 0,
    since: Annotated[str, typer.Option(metavar="SPAN", help="Only articles of the last: 2w, 30d.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show the parts of each score.")] = False,
    sensitive: Annotated[
        bool, typer.Option("--include-sensitive", help="Also politics, religion, crime, war, death, sex, illness.")
    ] = False,
    json: Json = False,
) -> None:
    """Articles that a contact would like, and why.

    Never one that was given or dismissed; sensitive ones are left out, and counted. The number before
    an article is what `giveback give NAME NUMBER` and `giveback dismiss NAME NUMBER` take.

    Example: giveback suggest ana
    """
    from datetime import timedelta

    from giveback.dates import parse_span
    from giveback.giving.suggestions import Choice, kinds

    at = here()
    choice = Choice(
        limit or number_setting(at.places, "suggest.limit"),
        (at.now.today - timedelta(parse_span(since))).isoformat() if since else "",
        sensitive,
        kinds(setting(at.places, "tact.allow")),
    )
    found = [_for_one(at, name, choice) for name in names]
    if json:
        from giveback.output import records

        records.show([_record(row, suggestions) for row, suggestions in found])
        return
    shown = False
    for row, suggestions in found:
        if suggestions.items:
            if shown:
                print()
            _show(at, row, suggestions, explain=explain)
            shown = True
        _tell_held_back(suggestions)


def _for_one(at: Here, name: str, choice: Choice) -> tuple[NameRow, Suggestions]:
    from giveback.giving.suggestions import suggest as suggest_to
    from giveback.store.questions.suggestions import is_stale
    from giveback.store.shown import remember

    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    if is_stale(connection, row.id):
        # Only after a crash: whatever changes something ranks it at once.
        connection.close()
        refresh(at)
        connection = questions(at)
        assert connection is not None
    found = suggest_to(connection, row.id, at.now.today, choice)
    if not found.items:
        note(_why_nothing(connection, row, found))
    connection.close()
    remember(at.store, row.id, [(item.row.article_id, item.row.interest_id) for item in found.items], at.now.today)
    return row, found


def _why_nothing(connection: sqlite3.Connection, row: NameRow, found: Suggestions) -> str:
    from giveback.store.questions.articles import counts
    from giveback.store.questions.contacts import interests

    if not any(not interest.avoid for interest in interests(connection, row.id)):
        return f'{row.name} has no interests yet: giveback interests "{row.name}" +phrase'
    if not counts(connection)[1]:
        return "no articles yet: giveback feed add ADDRESS, giveback fetch"
    if found.held_back:
        return f"nothing but sensitive articles for {row.name}: --include-sensitive shows them"
    return f"nothing good enough for {row.name} now: fetch more, or add interests"


def _show(at: Here, row: NameRow, found: Suggestions, *, explain: bool) -> None:
    from datetime import date

    from giveback.dates import say_day
    from giveback.output.table import Column, Table, show

    columns = (
        Column("#", "number"),
        Column("Article", "name", wraps=True),
        Column("For", "detail"),
        Column("Because", "detail"),
        Column("Source", "detail"),
        Column("Age", "detail"),
    )
    body = [
        (
            str(place),
            item.article.title,
            item.interest,
            _because(item),
            item.article.source,
            say_day(date.fromordinal(item.row.day), at.now.today),
        )
        for place, item in enumerate(found.items, start=1)
    ]
    show(Table(columns, body, heading=f"For {row.name}"))
    if explain:
        print()
        show(_explained(found.items))
        note("interests take turns, each giving its best; score = (words + meaning + feedback + avoided) x age")


def _tell_held_back(found: Suggestions) -> None:
    if found.held_back:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.held_back.items()))
        note(f"left out as sensitive: {kinds} (--include-sensitive shows them)")


def _because(item: Suggestion) -> str:
    return "; ".join((item.reason.how, *item.reason.lowered))


def _explained(items: list[Suggestion]) -> Table:
    from giveback.output.table import Column, Table

    titles = ("#", "words", "meaning", "feedback", "avoided", "age", "score")
    columns = tuple(Column(title, "number") for title in titles)
    body = []
    for place, item in enumerate(items, start=1):
        row = item.row
        parts = (row.lexical, row.semantic, row.feedback, row.penalty)
        age = f"x {item.fresh:.2f}"
        body.append((str(place), *(f"{part:+.3f}" for part in parts), age, f"{item.score:.3f}"))
    return Table(columns, body)


def _record(row: NameRow, found: Suggestions) -> dict[str, object]:
    from giveback.output import records

    return {
        "contact": records.person(row),
        "suggestions": [
            {
                "number": place,
                "article_id": item.row.article_id,
                "title": item.article.title,
                "url": records.web_address(item.article.url),
                "source": item.article.source or None,
                "dated_at": item.article.published_at or item.article.first_seen_at,
                "interest": item.interest,
                "words": list(item.reason.words),
                "lowered_by": list(item.reason.lowered),
                "sensitive": item.row.tact_kind or None,
                "score": round(item.score, 4),
                "parts": {
                    "lexical": round(item.row.lexical, 4),
                    "semantic": round(item.row.semantic, 4),
                    "feedback": round(item.row.feedback, 4),
                    "penalty": round(item.row.penalty, 4),
                    "freshness": round(item.fresh, 4),
                },
            }
            for place, item in enumerate(found.items, start=1)
        ],
        "held_back": found.held_back,
    }
