"""Rows as the tables that people read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from giveback.dates import say_day, say_span
from giveback.output.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.keeping.rules import Reason
    from giveback.reading.topics import Meaning
    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.contacts import ContactRow, InterestRow, PointRow
    from giveback.store.questions.exchanges import ExchangeRow


def day_of(text: str | None, today: date) -> str:
    """A day or time of the store, humanely; "" when there is none."""
    return say_day(date.fromisoformat(text[:10]), today) if text else ""


def late(due: date, today: date) -> str:
    """How late something is: "3 days late", "today", "in 4 days"."""
    days = (today - due).days
    return f"{say_span(days)} late" if days > 0 else say_day(due, today)


def why(reason: Reason, others: int = 0) -> str:
    """A reason in a few words: "promised: send the LNG chart (+1)"."""
    words = {
        "promise": "promised",
        "thank-you": "say thank you",
        "waiting": "no answer, follow up once" if reason.step == "nudge" else "no answer, ask another too",
        "outcome": "tell how it turned out",
        "reminder": "reminder",
        "occasion": "occasion",
        "stay-in-touch": "stay in touch",
        "cadence": "time to be in touch",
    }[reason.kind]
    text = f"{words}: {reason.text}" if reason.text else words
    return f"{text} (+{others})" if others else text


def contacts_table(rows: Sequence[ContactRow], today: date) -> Table:
    """Contacts, one line each."""
    columns = (Column("Name", "name"), Column("Company", grows=True), Column("Every", "dim"), Column("Last", "day"))
    body = [
        (
            row.name + (f' "{row.nickname}"' if row.nickname else ""),
            ", ".join(part for part in (row.title, row.company) if part),
            say_span(row.cadence_days) if row.cadence_days else "",
            day_of(row.last_on, today) or "never",
        )
        for row in rows
    ]
    return Table(columns, body)


def contact_tables(
    row: ContactRow,
    interests: Sequence[InterestRow],
    points: Sequence[PointRow],
    reasons: Sequence[Reason],
    exchanges: Sequence[ExchangeRow],
    today: date,
    more: Sequence[tuple[str, str]] = (),
) -> list[Table]:
    """One contact: what is known, what is due, what was exchanged last; `more` are facts of other rooms."""
    facts = [
        ("nickname", row.nickname),
        ("works", ", ".join(part for part in (row.title, row.company, row.town) if part)),
        *((point.kind, point.value) for point in points),
        ("met at", row.met_at),
        ("birthday", row.birthday.removeprefix("--")),
        ("likes", ", ".join(interest.phrase for interest in interests if not interest.avoid)),
        ("avoids", ", ".join(interest.phrase for interest in interests if interest.avoid)),
        ("welcome", f"articles on {row.tact_allow}" if row.tact_allow else ""),
        *more,
        ("every", say_span(row.cadence_days) if row.cadence_days else "no cadence"),
        ("last", day_of(row.last_on, today) or f"never; added {day_of(row.added_on, today)}"),
        ("snoozed", f"until {day_of(row.snoozed_until, today)}" if row.snoozed_until else ""),
        ("archived", day_of(row.archived_at, today)),
        ("notes", row.notes.replace("\n", " ")),
    ]
    about = Table((Column("", "dim"), Column("", wraps=True)), [fact for fact in facts if fact[1]], heading=row.name)
    tables = [about]
    if reasons:
        lines = [(why(reason), late(reason.due, today)) for reason in reasons]
        tables.append(Table((Column("Due", wraps=True), Column("When", "day")), lines))
    if exchanges:
        tables.append(history_table(exchanges, today))
    return tables


WAYS = {"given": "you gave", "received": "you got", "shared": "together"}


def _way(row: ExchangeRow) -> str:
    if row.incoming is None or row.direction != "shared":
        return WAYS[row.direction]
    return "they wrote" if row.incoming else "you wrote"


def history_table(rows: Sequence[ExchangeRow], today: date) -> Table:
    """Exchanges of both directions as a timeline, latest first."""
    columns = (
        Column("Day", "day"),
        Column("", "name"),
        Column("Via", "dim"),
        Column("What", wraps=True),
        Column("", "detail"),
    )
    body = [(day_of(row.on_day, today), _way(row), row.channel, row.text, _about_exchange(row)) for row in rows]
    if not any(line[-1] for line in body):
        return Table(columns[:-1], [line[:-1] for line in body])
    return Table(columns, body)


def _about_exchange(row: ExchangeRow) -> str:
    """What it was, what it took, and what came of it."""
    from giveback.keeping.money import say_money

    parts = [
        row.kind if row.kind != "article" else "",
        f"{row.minutes} min" if row.minutes else "",
        f"cost {say_money(row.cost_cents)}" if row.cost_cents else "",
        f"came of it: {row.outcome}" if row.outcome else "",
    ]
    return ", ".join(part for part in parts if part)


def articles_table(rows: Sequence[ArticleRow], today: date) -> Table:
    """Articles with number, title, source and age."""
    columns = (Column("Id", "number"), Column("Title", wraps=True), Column("Source", "detail"), Column("Age", "day"))
    body = [(str(row.id), row.title, row.source, day_of(row.published_at or row.first_seen_at, today)) for row in rows]
    return Table(columns, body)


def topics_table(found: Sequence[Meaning]) -> Table:
    """Topics, what they mean, and how much there is of them."""
    columns = (
        Column("Topic", "name"),
        Column("Words", wraps=True),
        Column("Feeds", "number"),
        Column("Articles", "number"),
    )
    body = [(one.name, ", ".join(one.words), str(len(one.feeds)), f"{one.articles:,}") for one in found]
    return Table(columns, body)
