"""Tact: why an article is held back, or is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import LARGEST, Here, Json, family, here, note, questions, threshold_of
from giveback.config import setting
from giveback.errors import NotFoundError

if TYPE_CHECKING:
    from giveback.giving.doubts import Doubt
    from giveback.output.table import Table

app = family()


@app.command("tact")
def tact(
    which: Annotated[list[int], typer.Argument(metavar="ARTICLE", min=1, max=LARGEST, help="Numbers of articles.")],
    json: Json = False,
) -> None:
    """Why an article is held back as sensitive, or is not.

    Shows how likely it is about each kind of matter that can hurt, by which words, and the sentence that
    speaks for it most. `config set tact.threshold` and `tact.allow` change what is held back for everybody,
    `edit NAME --allow` for one person.

    Example: giveback tact 42
    """
    at = here()
    found = _doubts(at, list(dict.fromkeys(which)))
    if json:
        from giveback.output import records

        records.show([_record(at, doubt) for doubt in found])
        return
    from giveback.output.table import show

    for place, doubt in enumerate(found):
        if place:
            print()
        show(_table(at, doubt))
    if any(doubt.found.kind for doubt in found):
        note("welcome after all: giveback edit NAME --allow KIND, giveback config set tact.allow KIND")


def _doubts(at: Here, which: list[int]) -> list[Doubt]:
    from giveback.giving.choices import Choice, kinds
    from giveback.giving.doubts import doubt
    from giveback.matching.embedding import load_default
    from giveback.matching.tact import load
    from giveback.store.questions.articles import one

    connection = questions(at)
    rows = [one(connection, number) if connection is not None else None for number in which]
    for number, row in zip(which, rows, strict=True):
        if row is None:
            raise NotFoundError(f"there is no article {number}", "giveback articles shows their numbers")
    choice = Choice(allow=kinds(setting(at.places, "tact.allow")), threshold=threshold_of(at))
    embedder, model = load_default(), load()
    assert connection is not None
    return [doubt(connection, row, choice, embedder, model) for row in rows if row is not None]


def _table(at: Here, doubt: Doubt) -> Table:
    from giveback.matching.reasons import shorten
    from giveback.output.table import Column, Table

    sentence, share = doubt.passage
    facts = [
        ("held back", _said(at, doubt)),
        ("about", ", ".join(f"{kind} {value:.2f}" for kind, value in doubt.kinds.items())),
        ("by", ", ".join(doubt.words)),
        ("most by", f"{shorten(sentence)} ({share:.2f})" if sentence else ""),
        ("appeared", " · ".join(part for part in (doubt.article.source, f"id:{doubt.article.id}") if part)),
    ]
    body = [fact for fact in facts if fact[1]]
    return Table((Column("", "dim"), Column("", wraps=True)), body, heading=doubt.article.title)


def _said(at: Here, doubt: Doubt) -> str:
    if doubt.article.tact is None:
        return "not judged yet: giveback doctor"
    bar = f"{doubt.found.probability:.2f}, held back from {threshold_of(at):.2f} on"
    return f"yes, for {doubt.found.kind} ({bar})" if doubt.found.kind else f"no ({bar})"


def _record(at: Here, doubt: Doubt) -> dict[str, object]:
    from giveback.output import records

    sentence, share = doubt.passage
    return {
        "article": records.article(doubt.article, threshold_of(at)),
        "held_back": bool(doubt.found.kind),
        "kind": doubt.likeliest or None,
        "probability": round(doubt.found.probability, 2),
        "threshold": threshold_of(at),
        "kinds": doubt.kinds,
        "words": list(doubt.words),
        "passage": sentence or None,
        "passage_probability": round(share, 2) if sentence else None,
    }
