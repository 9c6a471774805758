"""Brainstorm: the coach's questions, one at a time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.assets import book_of
from giveback.cli.common import DryRun, Here, Json, family, here, note, questions, would
from giveback.errors import GivebackError

if TYPE_CHECKING:
    from giveback.giving.brainstorm import Question
    from giveback.giving.rules.book import Secrets

app = family()


@app.command("brainstorm")
def brainstorm(
    again: Annotated[bool, typer.Option("--again", help="All questions, also those that were put before.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """The coach's questions, one at a time: each answer becomes something you can give.

    An empty answer passes a question over; several answers are separated by semicolons; q, or the end of input,
    stops, and the next call goes on from there. In a pipe each line answers a question. `giveback undo` takes back
    the last answer.

    Example: giveback brainstorm
    """
    from giveback.giving.brainstorm import all_questions, asked, open_questions

    at = here()
    connection = questions(at)
    left = list(all_questions()) if again else open_questions(asked(connection))
    if connection is not None:
        connection.close()
    secrets = book_of(at).secrets
    made: list[dict[str, object]] = []
    for place, question in enumerate(left):
        said = _answer(question, len(left) - place)
        if said is None:
            note(f"stopped; {len(left) - place} questions are left: giveback brainstorm goes on")
            break
        made += _keep(at, question, said, secrets, json=json, dry_run=dry_run)
    else:
        note("that was all: giveback assets lists them" if left else "all questions were put: --again puts them anew")
    if json:
        from giveback.output import records

        records.show(made)


def _answer(question: Question, left: int) -> str | None:
    """One answer, None to stop; the question goes to stderr, so that stdout is data."""
    from giveback.giving.brainstorm import STOPS

    if sys.stdin.isatty():
        note(f"{question.text}  (such as: {question.example}; {left} left, q stops)")
        print("> ", end="", file=sys.stderr, flush=True)
    said = sys.stdin.readline()
    if not said or said.strip().lower() in STOPS:
        return None
    return said.strip()


def _keep(
    at: Here, question: Question, said: str, secrets: Secrets, *, json: bool, dry_run: bool
) -> list[dict[str, object]]:
    """Keep one answer, in a unit of work of its own; what cannot be kept is said, and the questions go on."""
    from giveback.giving.brainstorm import keep
    from giveback.store.changes import change

    try:
        with change(at.store, at.now, f"brainstorm: {said or question.key}", dry_run=dry_run) as session:
            rows = keep(session, question, said, secrets, at.now.at)
            made: list[dict[str, object]] = [
                {"id": row.id, "kind": row.kind, "title": row.title, "minutes": row.minutes} for row in rows
            ]
    except GivebackError as error:
        note(f"{error.message} ({error.hint})" if error.hint else error.message)
        return []
    for each in made:
        if not json:
            would(dry_run, f"to offer: {each['title']} · {each['kind']}")
    if said and not made:
        note("you offer that already")
    for each in made:
        if each["kind"] == "research":
            command = f'giveback assets edit "{each["title"]}" --source https://…'
            note(f"before it is given, it needs its public source: {command}")
    return made
