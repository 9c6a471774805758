"""Who reads a bulletin: contacts, circles, and those who helped and would like it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError, UsageError
from giveback.matching.fusion import GOOD_ENOUGH
from giveback.matching.reasons import common_words
from giveback.store.questions import bulletins as ask
from giveback.store.questions import circles
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import date

    from sqlmodel import Session

    from giveback.matching.embedding import Model
    from giveback.store.questions.bulletins import BulletinRow, ReaderRow, RuleRow
    from giveback.store.questions.contacts import NameRow

HELPERS, HELPED, INTERESTED = "helpers", "helped", "interested"
BUILT_IN = {
    HELPERS: "everyone who helped me and likes the topic",
    HELPED: "everyone who helped me",
    INTERESTED: "everyone who likes the topic",
}
"""Circles that nobody has to keep; a circle of one's own with such a name goes before."""
TELLING = 40
"""Articles on the topic by which it is told who likes it."""
YEAR = timedelta(365)
FEW = 2
"""So many of them have to serve an interest: one may do so by chance."""


class Reader(NamedTuple):
    """Somebody who reads a bulletin, and why: "named", or the circles that they are in."""

    row: ReaderRow
    why: str


class Change(NamedTuple):
    """A word of `bulletin readers`: a name or a circle, that comes or goes."""

    said: str
    is_circle: bool
    excluded: bool


def parse(said: str) -> Change:
    """Read "+Ana", "+@helpers", "-Ana Ruiz".

    Raises:
        UsageError: it begins with neither + nor -, or nothing follows.
    """
    name = said[1:].strip()
    if said[:1] not in ("+", "-") or not name.lstrip("@"):
        raise UsageError(f"{said!r} is no change of readers", "+NAME, +@CIRCLE or -NAME")
    return Change(name.removeprefix("@"), name.startswith("@"), said[0] == "-")


def apply(
    session: Session,
    connection: sqlite3.Connection,
    bulletin_id: int,
    changes: Sequence[Change],
    who: Callable[[str], NameRow],
) -> list[str]:
    """Change who reads a bulletin.

    Taking somebody off who is there only by a circle excludes them from it; adding them again ends that.

    Args:
        session: an open unit of work.
        connection: the store, for reading.
        bulletin_id: of which bulletin.
        changes: in order.
        who: finds the contact that a name means.

    Returns:
        A line for each change.

    Raises:
        NotFoundError: nobody, or no such circle.
    """
    return [_apply(session, connection, bulletin_id, change, who) for change in changes]


def _apply(
    session: Session,
    connection: sqlite3.Connection,
    bulletin_id: int,
    change: Change,
    who: Callable[[str], NameRow],
) -> str:
    from sqlmodel import select

    from giveback.store.tables import BulletinReader

    circle = _circle(connection, change.said) if change.is_circle else ""
    person = None if change.is_circle else who(change.said)
    same = select(BulletinReader).where(
        BulletinReader.bulletin_id == bulletin_id,
        BulletinReader.contact_id == (person.id if person else None),
        BulletinReader.circle == circle,
    )
    found = session.exec(same).first()
    name = f"@{circle}" if person is None else person.name
    if found is not None and change.is_circle and change.excluded and not found.excluded:
        session.delete(found)
        session.flush()
        return f"-{name}"
    row = found or BulletinReader(bulletin_id=bulletin_id, contact_id=person.id if person else None, circle=circle)
    row.excluded = change.excluded
    session.add(row)
    session.flush()
    return f"{'-' if change.excluded else '+'}{name}"


def _circle(connection: sqlite3.Connection, said: str) -> str:
    key = fold(said)
    if circles.one(connection, key) is None and key not in BUILT_IN:
        known = [f"@{row.key}" for row in circles.circles(connection)] + [f"@{name}" for name in BUILT_IN]
        raise NotFoundError(f"there is no circle {said!r}", "there are " + ", ".join(known))
    return key


def resolve(connection: sqlite3.Connection, bulletin: BulletinRow, today: date, model: Model) -> list[Reader]:
    """Who reads a bulletin today, by name.

    Args:
        connection: the store.
        bulletin: which.
        today: the local day.
        model: which embedder made the vectors; needed for those who like the topic.
    """
    if bulletin.contact_id is not None:
        return [Reader(row, "it is for them") for row in ask.readers(connection, [bulletin.contact_id])]
    why: dict[int, list[str]] = {}
    gone: set[int] = set()
    for rule in ask.rules(connection, bulletin.id):
        members = _members(connection, rule, bulletin, today, model)
        if rule.excluded:
            gone |= members
            continue
        for number in members:
            why.setdefault(number, []).append(f"@{rule.circle}" if rule.circle else "named")
    return [Reader(row, ", ".join(why[row.id])) for row in ask.readers(connection, why.keys() - gone)]


def _members(
    connection: sqlite3.Connection, rule: RuleRow, bulletin: BulletinRow, today: date, model: Model
) -> set[int]:
    if rule.contact_id is not None:
        return {rule.contact_id}
    circle = circles.one(connection, rule.circle)
    if circle is not None:
        return set(circles.member_ids(connection, circle.id))
    if rule.circle == HELPED:
        return ask.helpers(connection)
    if rule.circle == HELPERS:
        helped = ask.helpers(connection)
        return helped & likers(connection, bulletin.topic, today, model) if bulletin.topic else helped
    if rule.circle == INTERESTED and bulletin.topic:
        return likers(connection, bulletin.topic, today, model)
    return set()


def likers(connection: sqlite3.Connection, topic: str, today: date, model: Model) -> set[int]:
    """The contacts who like a topic: an interest says it, or is served by the articles on it.

    Who avoids it does not.

    Args:
        connection: the store.
        topic: a phrase.
        today: the local day; articles of the year before count.
        model: which embedder made the vectors.
    """
    from giveback.bulletins.compiling import members
    from giveback.ranking.aside import score_topic, served_by

    rows = connection.execute("SELECT contact_id, phrase, avoid FROM interest").fetchall()
    said = [(number, avoid) for number, phrase, avoid in rows if common_words(topic, phrase)]
    since = today - YEAR
    of_topic = members(connection, topic, since)
    scored = score_topic(connection, topic, model, since.toordinal())
    best = [row.article_id for row in scored if row.plain >= GOOD_ENOUGH or row.article_id in of_topic][:TELLING]
    liked, avoided = served_by(connection, best, GOOD_ENOUGH) if best else ({}, {})
    enough = min(FEW, len(best))
    likes = {number for number, avoid in said if not avoid} | {who for who, times in liked.items() if times >= enough}
    shuns = {number for number, avoid in said if avoid} | {
        who for who, times in avoided.items() if 2 * times > len(best)
    }
    return likes - shuns
