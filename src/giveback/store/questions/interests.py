"""What contacts care about, and how their interests are served."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


WEAK = 0.3
"""How much something counts that is known of a contact, against something that they care about."""


class InterestState(NamedTuple):
    """An interest of one contact, and how it is served.

    Attributes:
        id: its number; below 0 for what is only known of the contact.
        phrase: as it was said.
        avoid: something to keep away from.
        weight: how much it counts.
        source: "user", "import", or "title" for a job title.
        since: the local ISO day it was added.
        served: the proleptic ordinal of the day of the newest article that serves it well, or None.
        given: the ISO day on which an article was last given for it, or None.
        wordless: closeness in meaning knows nothing about it, so that words alone have to do.
        reliability: how far its turn counts, by what was given and dismissed; 1 when nothing was.
    """

    id: int
    phrase: str
    avoid: bool
    weight: float
    source: str
    since: str
    served: int | None
    given: str | None
    wordless: bool
    reliability: float = 1.0


def states(connection: sqlite3.Connection, contact_id: int, good: float) -> list[InterestState]:
    """A contact's interests in the order they were added, the avoided ones and what is only known last.

    Args:
        connection: the store.
        contact_id: the contact.
        good: the score from which an article serves an interest.
    """
    sql = (
        "SELECT i.id, i.phrase, i.avoid, i.weight, i.source, date(i.created_at, 'localtime'),"
        " (SELECT max(r.day) FROM ranking r"
        "  WHERE r.contact_id = i.contact_id AND r.interest_id = i.id AND r.plain >= ?2),"
        " (SELECT max(e.on_day) FROM exchange e"
        "  WHERE e.contact_id = i.contact_id AND e.direction = 'given' AND e.interest = i.phrase),"
        " coalesce(v.vector = zeroblob(length(v.vector)), 0), coalesce(l.reliability, 1)"
        " FROM any_interest i LEFT JOIN interest_vector v ON v.interest_id = i.id"
        " LEFT JOIN interest_reliability l ON l.interest_id = i.id"
        " WHERE i.contact_id = ?1 ORDER BY i.id < 0, i.avoid, i.id"
    )
    rows = connection.execute(sql, (contact_id, good))
    return [InterestState(*row)._replace(avoid=bool(row[2]), wordless=bool(row[8])) for row in rows]


def held_by(connection: sqlite3.Connection, text: str) -> list[tuple[int, int, str]]:
    """Interests that stand in a text as they are written, within a word as well: contact, number and phrase."""
    sql = "SELECT contact_id, id, phrase FROM interest WHERE NOT avoid AND instr(?, phrase) ORDER BY id"
    return [(int(contact), int(number), phrase) for contact, number, phrase in connection.execute(sql, (text,))]


def weights(connection: sqlite3.Connection) -> dict[int, float]:
    """How much interests count, of everybody, where it is not 1."""
    rows = connection.execute("SELECT id, weight FROM any_interest WHERE weight <> 1")
    return {int(number): float(weight) for number, weight in rows}


def stands(connection: sqlite3.Connection, said: str) -> bool:
    """Whether words stand side by side in some article; folded words, at least one, parted by spaces."""
    sql = "SELECT 1 FROM article_fts WHERE article_fts MATCH ? LIMIT 1"
    return connection.execute(sql, (f'"{said}"',)).fetchone() is not None
