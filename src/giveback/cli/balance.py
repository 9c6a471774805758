"""Balance: whom I neglect, whom I have not thanked, whom I am about to overwhelm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Here, Json, family, here, note, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from giveback.keeping.balance import Noticed
    from giveback.output.table import Table

app = family()


@app.command("balance")
def balance(
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many of each; 0 for all.")] = 10,
    json: Json = False,
) -> None:
    """Whom you neglect, whom you have not thanked, and whom you are about to overwhelm.

    Nothing is added up against anybody: it is there so that nobody is forgotten, and nobody gets too much at once.

    Example: giveback balance
    """
    from giveback.keeping.balance import balance as look
    from giveback.keeping.balance import standings

    at = here()
    connection = questions(at)
    found = look(standings(connection, at.now.today) if connection is not None else [], at.now.today)
    if json:
        from giveback.output import records

        records.show({name: [_record(each) for each in rows] for name, rows in found._asdict().items()})
        return
    tables = _tables(at, found.neglected, found.unthanked, found.overwhelmed, limit)
    if not tables:
        note("nobody is neglected, unthanked or about to be overwhelmed")
        return
    from giveback.output.table import show

    show(*tables)
    most = max(map(len, found))
    if limit and most > limit:
        note(f"and more: --limit {most}")


def _tables(
    at: Here, neglected: Sequence[Noticed], unthanked: Sequence[Noticed], overwhelmed: Sequence[Noticed], limit: int
) -> list[Table]:
    from giveback.dates import say_day, say_span

    def last(each: Noticed) -> str:
        one = each.standing
        rhythm = f"every {say_span(one.cadence_days or 0)} was meant"
        day = say_day(each.since, at.now.today)
        return f"last in touch {day}; {rhythm}" if one.last_on else f"never in touch, added {day}; {rhythm}"

    def helped(each: Noticed) -> str:
        return f"helped you {say_day(each.since, at.now.today)}"

    def much(each: Noticed) -> str:
        return f"{each.unanswered} gifts or asks since {say_day(each.since, at.now.today)}, no word back: wait"

    groups = (
        ("Neglected", neglected, last),
        ("Not thanked yet", unthanked, helped),
        ("Too much at once", overwhelmed, much),
    )
    return [_table(heading, rows[: limit or None], say) for heading, rows, say in groups if rows]


def _table(heading: str, rows: Sequence[Noticed], say: Callable[[Noticed], str]) -> Table:
    from giveback.output.table import Column, Table

    return Table(
        (Column("", "name"), Column("", grows=True)), [(each.standing.name, say(each)) for each in rows], heading
    )


def _record(each: Noticed) -> dict[str, object]:
    return {
        "id": each.standing.contact_id,
        "name": each.standing.name,
        "since": each.since.isoformat(),
        "cadence_days": each.standing.cadence_days,
        "unanswered": each.unanswered,
    }
