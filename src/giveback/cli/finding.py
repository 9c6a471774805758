"""Finding: who can help with a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.aims import TargetName, choice_of, rules_of_gifts, target_of
from giveback.cli.common import Here, Json, can_ask, family, here, note, questions

if TYPE_CHECKING:
    import sqlite3

    from giveback.asking.offering import First
    from giveback.asking.who import Candidate, Found
    from giveback.store.questions.targets import TargetRow

app = family()

ASKED_AT_ONCE = 3
"""So many company names are asked about in one go."""


@app.command("who")
def who(
    name: TargetName,
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many; 0 for all.")] = 10,
    json: Json = False,
) -> None:
    """Who can help with a target, by which path, and what to give them first.

    Weak and dormant ties are not sorted below warm ones: they know what your friends do not. A company name
    that may be the target's is asked about on a terminal, and the answer is remembered.

    Example: giveback who shell
    """
    from giveback.asking.offering import first
    from giveback.asking.who import who as find

    at = here()
    connection = questions(at)
    row = target_of(connection, name)
    assert connection is not None
    found = find(connection, row, at.now.today)
    if found.perhaps and can_ask() and not json and _confirmed(at, row, found):
        connection = questions(at)
        assert connection is not None
        found = find(connection, row, at.now.today)
    shown = found.candidates[: limit or None]
    choice, book = choice_of(at, 1), rules_of_gifts(at)
    gifts = {each.person.id: first(connection, each.person.id, at.now.today, choice, book) for each in shown}
    if json:
        _as_json(connection, row, found, shown, gifts)
        return
    _show(at, row, found, shown, gifts)


def _confirmed(at: Here, row: TargetRow, found: Found) -> bool:
    """Ask about names that may be the target's, and remember the answers.

    Returns:
        Whether something was said.
    """
    from giveback.asking import targets
    from giveback.store.changes import change

    names = sorted(found.perhaps, key=lambda each: -found.perhaps[each])[:ASKED_AT_ONCE]
    said = {
        each: typer.confirm(f"Is {each} the same company as {row.name} ({found.perhaps[each]} of 100)?", err=True)
        for each in names
    }
    with change(at.store, at.now, f"target link {row.name}: {', '.join(names)}") as session:
        for each, same in said.items():
            targets.link(session, targets.get(session, row.id), each, same=same)
    return bool(said)


def _show(at: Here, row: TargetRow, found: Found, shown: list[Candidate], gifts: dict[int, First | None]) -> None:
    if shown:
        from giveback.asking.ties import say_tie
        from giveback.output.table import Column, Table, show

        columns = (
            Column("Who", "name", grows=True),
            Column("Why", wraps=True),
            Column("Tie", "dim", wraps=True),
            Column("Give first", grows=True),
        )
        body = [
            (
                each.person.name,
                "; ".join(ground.text for ground in each.grounds),
                say_tie(each.tie, at.now.today),
                gift.title if (gift := gifts[each.person.id]) else "",
            )
            for each in shown
        ]
        show(Table(columns, body))
    if len(found.candidates) > len(shown):
        note(f"and {len(found.candidates) - len(shown)} more: giveback who {row.name} --limit 0")
    _remark(row, found)


def _remark(row: TargetRow, found: Found) -> None:
    from giveback.matching.companies import SAME

    for name, score in sorted(found.perhaps.items(), key=lambda item: -item[1])[:ASKED_AT_ONCE]:
        note(
            f"is {name} the same company ({score} of 100, from {SAME} on it is taken to be)?"
            f' giveback target link "{row.name}" "{name}", or with --not'
        )
    if not found.candidates:
        company = row.name if row.kind == "company" else row.company or row.name
        note(f"nobody known yet for {row.name}. Two ways to find one:")
        note(f'- ask contacts whom they know there, and keep it: giveback knows NAME "PERSON" --at "{company}"')
        note(
            "- look through alumni, former colleagues and professional societies, meet one of them, and add them:"
            f' giveback add-contact NAME --company "{company}"'
        )


def _as_json(
    connection: sqlite3.Connection, row: TargetRow, found: Found, shown: list[Candidate], gifts: dict[int, First | None]
) -> None:
    from giveback.output import records
    from giveback.store.questions.contacts import some

    people = some(connection, (each.person.id for each in shown))
    records.show(
        {
            "target": row.name,
            "candidates": [
                {**_candidate(each, gifts[each.person.id]), "contact": records.person(people[each.person.id])}
                for each in shown
            ],
            "total": len(found.candidates),
            "perhaps_the_same": [{"company": name, "score": score} for name, score in found.perhaps.items()],
        }
    )


def _candidate(each: Candidate, gift: First | None) -> dict[str, object]:
    tie = each.tie
    return {
        "grounds": [
            {"kind": ground.kind, "text": ground.text, "path": list(ground.path), "unsure": ground.unsure}
            for ground in each.grounds
        ],
        "tie": {
            "warmth": tie.warmth,
            "last_exchange_on": tie.last_on.isoformat() if tie.last_on else None,
            "given": tie.given,
            "received": tie.received,
        },
        "give": _gift_record(gift) if gift else None,
    }


def _gift_record(gift: First) -> dict[str, object]:
    """Something that could be given, as JSON."""
    return {
        "article_id": gift.article_id,
        "title": gift.title,
        "url": gift.url or None,
        "interest": gift.interest or None,
    }
