"""An issue for one person, from what they care about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.bulletins.compiling import Compiled, Told, entry
from giveback.bulletins.picking import Story
from giveback.bulletins.writing import Part
from giveback.errors import NotFoundError
from giveback.giving.candidates import gather
from giveback.giving.suggestions import short_list

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.bulletins.writing import Entry
    from giveback.giving.choices import Choice
    from giveback.giving.suggestions import Suggestion

ALSO = "Also"
"""The section of what is for no interest that was said: a job title, a company, a town."""


def compile_person(connection: sqlite3.Connection, contact_id: int, name: str, today: date, choice: Choice) -> Compiled:
    """Choose what a contact would like, as `suggest` does, a section for each interest.

    Args:
        connection: the store.
        contact_id: for whom.
        name: theirs, for messages.
        today: the local day.
        choice: how many, since when, how sensitive.

    Raises:
        NotFoundError: there is nothing for them.
    """
    found = gather(connection, contact_id, today, choice._replace(reasons=False))
    items = [
        item
        for item in short_list(connection, contact_id, found, today, choice._replace(reasons=False))
        if item.article.url.startswith(("http://", "https://"))
    ]
    if not items:
        held = ", ".join(f"{count} held back: {kind}" for kind, count in found.held.items())
        said = f"nothing for {name} since {choice.since}" if choice.since else f"nothing for {name}"
        raise NotFoundError(
            f"{said} ({held})" if held else said, f'--since 90d looks further back; giveback interests "{name}"'
        )
    parts: dict[str, list[Suggestion]] = {}
    for item in items:
        parts.setdefault(_section(item), []).append(item)
    ordered = sorted(parts.items(), key=lambda each: each[0] == ALSO)
    made = [
        Part(heading if len(parts) > 1 else "", tuple(_entry(connection, item) for item in some))
        for heading, some in ordered
    ]
    return Compiled(made, found.held, found.poor, 0)


def _section(item: Suggestion) -> str:
    if item.source in ("title", "company", "town"):
        return ALSO
    return item.interest[:1].upper() + item.interest[1:]


def _entry(connection: sqlite3.Connection, item: Suggestion) -> Entry:
    story = Story(item.article.id, (), item.score)
    return entry(connection, story, Told(connection, item.article.id, item.interest), {item.article.id: item.row.day})
