"""Contacts of the store that are likely one person, and what the user said of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from giveback.people.likeness import LIKELY, Likeness, Person, candidates, compare, link_key, name_words, phone_tail
from giveback.text import fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from sqlmodel import Session

    from giveback.dates import Now

_LINKS = ("url", "blog", "handle")


def people(connection: sqlite3.Connection, only: Iterable[int] | None = None) -> dict[int, Person]:
    """Contacts as they are compared; those that are archived only when they are named.

    Args:
        connection: the store.
        only: numbers of contacts; None for all that are not archived.
    """
    wanted = None if only is None else set(only)
    points: dict[int, dict[str, list[str]]] = {}
    for number, kind, value in connection.execute("SELECT contact_id, kind, value FROM contact_point ORDER BY id"):
        points.setdefault(number, {}).setdefault(kind, []).append(value)
    sql = "SELECT id, name, nickname, company, town, birthday, archived_at FROM contact ORDER BY id"
    found = {}
    for number, name, nickname, company, town, birthday, archived in connection.execute(sql):
        if number in wanted if wanted is not None else archived is None:
            said = points.get(number, {})
            found[number] = Person(
                number,
                name,
                name_words(name),
                tuple(words(nickname)),
                frozenset(map(fold, said.get("email", ()))),
                tuple(said.get("phone", ())),
                frozenset(link_key(value) for kind in _LINKS for value in said.get(kind, ())) - {""},
                fold(company),
                fold(town),
                birthday,
            )
    return found


def duplicates(connection: sqlite3.Connection, region: str, least: int = LIKELY) -> list[Likeness]:
    """Pairs that are likely one person, the likeliest first; without those that were said to be two.

    Args:
        connection: the store.
        region: two letters of the country in which phone numbers without + are dialled.
        least: points.
    """
    known = people(connection)
    held = _held(known.values())
    two = distinct(connection)
    found = [
        likeness
        for low, high in candidates(known)
        if (low, high) not in two and (likeness := compare(known[low], known[high], region, held)).score >= least
    ]
    return sorted(found, key=lambda each: (-each.score, each.one.words, each.one.id, each.other.id))


def explained(connection: sqlite3.Connection, one: int, other: int, region: str) -> Likeness:
    """How likely two contacts are one, whatever was said of them."""
    low, high = sorted((one, other))
    pair = people(connection, (low, high))
    return compare(pair[low], pair[high], region)


def _held(known: Iterable[Person]) -> Callable[[str], int]:
    counts: Counter[str] = Counter()
    for person in known:
        counts.update(person.emails | person.links | {phone_tail(said) for said in person.phones})
    return lambda key: counts[key]


def distinct(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    """Pairs that the user said are two people, the lower number first."""
    rows = connection.execute("SELECT contact_id, other_id FROM distinct_contact")
    return {(min(pair), max(pair)) for pair in rows}


def keep_apart(session: Session, one: int, other: int, now: Now) -> bool:
    """Remember that two contacts are not the same.

    Returns:
        Whether that was not known yet.
    """
    from sqlmodel import select

    from giveback.store.tables import DistinctContact

    low, high = sorted((one, other))
    known = select(DistinctContact).where(DistinctContact.contact_id == low, DistinctContact.other_id == high)
    if session.exec(known).first() is not None:
        return False
    session.add(DistinctContact(contact_id=low, other_id=high, created_at=now.at))
    session.flush()
    return True
