"""Suggestions as tables and JSON."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from giveback.cli.common import here, note, threshold_of
from giveback.matching.suspicion import suspicion
from giveback.output.table import Column, Table, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.cli.common import Here
    from giveback.giving.candidates import Parts
    from giveback.giving.readers import Reader, Readers
    from giveback.giving.suggestions import Suggestion, Suggestions
    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.contacts import ContactRow, NameRow

WHENCE = {"title": "their title: ", "company": "their company: ", "town": "their town: ", "topic": "topic: "}
NAMED = 5
"""So many names are listed; the others are counted."""


def whence(item: Suggestion) -> str:
    """What an article is for, and where that comes from when it is no interest that was said."""
    return WHENCE.get(item.source, "") + item.interest


def because(item: Suggestion) -> str:
    """The reason on one line; that a source is repeated shows by itself."""
    from giveback.giving.suggestions import REPEATED

    return "; ".join((item.reason.how, *(each for each in item.reason.lowered if each != REPEATED)))


def show_one(at: Here, row: NameRow, found: Suggestions, *, explain: bool) -> None:
    """The list for one contact."""
    if explain:
        show(Table((), (), heading=f"For {row.name}"), *(_explained(at, n, i) for n, i in enumerate(found.items, 1)))
        if any(item.source != "topic" for item in found.items):
            _tell_how()
        return
    columns = (
        Column("#", "number"),
        Column("Article", "name", wraps=True),
        Column("For", "detail"),
        Column("Because", "detail"),
        Column("Source", "detail"),
        Column("Age", "detail"),
    )
    body = [
        (str(place), item.article.title, whence(item), because(item), item.article.source, _age(at, item))
        for place, item in enumerate(found.items, start=1)
    ]
    show(Table(columns, body, heading=f"For {row.name}"))


def show_everyone(at: Here, served: Sequence[tuple[ContactRow, Suggestion]], *, explain: bool) -> None:
    """One article each."""
    if explain:
        show(*(_explained(at, 1, item, who=f"For {row.name}") for row, item in served))
        _tell_how()
        return
    columns = (
        Column("Who", "name", grows=True),
        Column("Article", wraps=True),
        Column("For", "detail"),
        Column("Because", "detail"),
        Column("Source", "detail"),
        Column("Age", "detail"),
    )
    body = [
        (row.name, item.article.title, whence(item), because(item), item.article.source, _age(at, item))
        for row, item in served
    ]
    show(Table(columns, body))
    note("giveback give NAME 1 gives what stands beside a name")


def show_readers(at: Here, article: ArticleRow, found: Readers) -> None:
    """Who would like an article."""
    if not found.items:
        note(f"nobody would like it well enough: {article.title}")
    else:
        columns = (
            Column("Who", "name", grows=True),
            Column("For", wraps=True),
            Column("Because", "detail"),
            Column("Score", "number"),
        )
        body = [_reader_line(reader) for reader in found.items]
        show(Table(columns, body, heading=f"{article.title} ({article.source})" if article.source else article.title))
        note(f"giveback give NAME id:{article.id}")
    if found.total > len(found.items):
        note(f"and {found.total - len(found.items)} more: --limit {found.total}")
    if kind := suspicion(article.tact, threshold=threshold_of(at)).kind:
        note(
            f"sensitive ({kind}): `suggest` keeps it from all but those to whom the kind is welcome, or who care"
            f" much about it (giveback tact {article.id})"
        )


def _reader_line(reader: Reader) -> tuple[str, ...]:
    from giveback.giving.suggestions import SUSPECTED

    item = reader.suggestion
    lowered = [each for each in item.reason.lowered if not (reader.held_back and each.startswith(SUSPECTED))]
    reason = because(item._replace(reason=item.reason._replace(lowered=tuple(lowered))))
    held = f"; held back: {reader.held_back}" if reader.held_back else ""
    return reader.contact.name, whence(item), reason + held, f"{item.score:.3f}"


def tell_held_back(held: Mapping[str, int]) -> None:
    """What was left out as sensitive."""
    if held:
        note(f"left out as sensitive: {counted(held)} (--include-sensitive shows them)")


def counted(held: Mapping[str, int]) -> str:
    """Kinds of sensitive matter with how many articles are about each."""
    return ", ".join(
        f"{count} other" if kind == "other" else f"{count} about {kind}" for kind, count in sorted(held.items())
    )


def some_of(names: Sequence[str]) -> str:
    """The first names of a list, the others counted."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _age(at: Here, item: Suggestion) -> str:
    from giveback.dates import say_day

    return say_day(date.fromordinal(item.row.day), at.now.today)


def _explained(at: Here, place: int, item: Suggestion, who: str = "") -> Table:
    """One suggestion with everything that is known about why it stands here."""
    from giveback.matching.reasons import shorten

    appeared = " · ".join(part for part in (item.article.source, _age(at, item), f"id:{item.article.id}") if part)
    facts = [
        ("for", whence(item)),
        ("by", item.reason.shared or "closeness in meaning"),
        ("nearest passage", shorten(item.reason.passage)),
        ("score", _sum(item.parts)),
        ("lowered by", "; ".join(item.reason.lowered)),
        ("appeared", appeared),
    ]
    title = f"{who}: {item.article.title}" if who else f"{place}  {item.article.title}"
    return Table((Column("", "dim"), Column("", wraps=True)), [fact for fact in facts if fact[1]], heading=title)


def _sum(parts: Parts) -> str:
    """A score as a sum that adds up as it is written."""
    rounded = parts.rounded(3)
    shown = [
        f"{'-' if part < 0 else '+'} {abs(part):.3f} {name}"
        for name, part in zip(rounded._fields, rounded, strict=True)
        if part or name in ("words", "meaning")
    ]
    return f"{abs(rounded.score):.3f} = " + " ".join(shown).removeprefix("+ ")


def _tell_how() -> None:
    note("interests take turns, each giving its best; scores are compared within an interest")


def _parts(parts: Parts) -> dict[str, float]:
    kept = parts.words + parts.meaning + parts.feedback + parts.avoided
    names = ("lexical", "semantic", "feedback", "penalty", "age", "shown", "suspicion")
    return {
        **dict(zip(names, parts.rounded(4), strict=True)),
        "freshness": round((kept + parts.age) / kept, 4) if kept else 1.0,
    }


def suggestion_record(place: int, item: Suggestion) -> dict[str, object]:
    """A suggestion as JSON."""
    from giveback.output import records

    return {
        "number": place,
        "article_id": item.row.article_id,
        "title": item.article.title,
        "url": records.web_address(item.article.url),
        "source": item.article.source or None,
        "dated_at": item.article.published_at or item.article.first_seen_at,
        "interest": item.interest,
        "interest_source": item.source,
        "words": list(item.reason.words),
        "passage": item.reason.passage or None,
        "lowered_by": list(item.reason.lowered),
        "sensitive": suspicion(item.row.tact, threshold=threshold_of(here())).kind or None,
        "score": round(item.score, 4),
        "parts": _parts(item.parts),
    }


def record(row: NameRow | ContactRow, found: Suggestions) -> dict[str, object]:
    """The list for one contact as JSON."""
    from giveback.output import records

    return {
        "contact": records.person(row),
        "suggestions": [suggestion_record(place, item) for place, item in enumerate(found.items, start=1)],
        "held_back": found.held_back,
        "not_good_enough": found.poor,
    }


def readers_record(article: ArticleRow, found: Readers) -> dict[str, object]:
    """Who would like an article, as JSON."""
    from giveback.output import records

    return {
        "article": records.article(article, threshold_of(here())),
        "readers": [
            {
                "contact": records.person(reader.contact),
                **{
                    name: value
                    for name, value in suggestion_record(1, reader.suggestion).items()
                    if name in ("interest", "interest_source", "words", "passage", "lowered_by", "score", "parts")
                },
                "held_back": reader.held_back or None,
            }
            for reader in found.items
        ],
        "total": found.total,
    }
