"""Circles: named groups of contacts, each with a gift of its own, and whose turn it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.store.questions import circles as questions
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from giveback.store.questions.circles import CircleRow, MemberRow
    from giveback.store.tables import Circle

NAME_LIMIT = 100
HELPERS = "helpers"
"""The circle that is there by itself: everybody who helped me."""
RESERVED = ("add", "join", "leave", "edit", "remove")


def turns(members: Iterable[MemberRow]) -> list[MemberRow]:
    """Members in the order of their turns: who never had it, then who had it longest ago; ties by name."""
    return sorted(members, key=lambda row: (row.last_on or "", row.name_key, row.contact_id))


class CircleView(NamedTuple):
    """A circle with its members, whose turn it is first."""

    circle: CircleRow
    members: list[MemberRow]


def view(connection: sqlite3.Connection, row: CircleRow) -> CircleView:
    """A circle, and whose turn it is."""
    return CircleView(row, turns(questions.members(connection, row)))


def checked_name(said: str) -> str:
    """A name for a circle.

    Raises:
        UsageError: it is empty, or a word that the command takes for something else.
    """
    name = clean_line(said, NAME_LIMIT)
    key = fold(name)
    if not key:
        raise UsageError("the circle needs a name", 'giveback circle add "Cookie Club"')
    if key in RESERVED:
        raise UsageError(f"a circle cannot be called {name!r}", "that is a command of `giveback circle`")
    return name


def add(session: Session, said: str, gift: str, asset_id: int | None, at: datetime) -> Circle:
    """Add a circle.

    Args:
        session: an open unit of work.
        said: its name.
        gift: what its members are given, or "".
        asset_id: the asset of that name, or None.
        at: now.

    Raises:
        UsageError: the name cannot be.
        AmbiguousError: there is one of that name.
    """
    from sqlmodel import select

    from giveback.store.tables import Circle

    name = checked_name(said)
    if session.exec(select(Circle).where(Circle.key == fold(name))).first() is not None:
        raise AmbiguousError(f"there is a circle {name!r} already", f'giveback circle join "{name}" NAME')
    circle = Circle(name=name, key=fold(name), gift=clean_line(gift), asset_id=asset_id, created_at=at)
    session.add(circle)
    session.flush()
    return circle


def join(session: Session, circle_id: int, contact_ids: Sequence[int], today: date) -> list[int]:
    """Take contacts into a circle.

    Returns:
        Those who were not in it before.
    """
    from sqlmodel import select

    from giveback.store.tables import CircleMember

    there = set(session.exec(select(CircleMember.contact_id).where(CircleMember.circle_id == circle_id)))
    new = [number for number in dict.fromkeys(contact_ids) if number not in there]
    session.add_all(CircleMember(circle_id=circle_id, contact_id=number, since_on=today) for number in new)
    session.flush()
    return new


def leave(session: Session, circle_id: int, contact_ids: Sequence[int]) -> list[int]:
    """Take contacts out of a circle.

    Returns:
        Those who were in it.
    """
    from sqlmodel import col, select

    from giveback.store.tables import CircleMember

    rows = session.exec(
        select(CircleMember).where(
            CircleMember.circle_id == circle_id, col(CircleMember.contact_id).in_(list(contact_ids))
        )
    ).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return [row.contact_id for row in rows]


def resolve(connection: sqlite3.Connection | None, said: str) -> CircleRow:
    """The circle that is meant: by its name, or part of it.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: several have that in their name.
    """
    key = fold(clean_line(said, NAME_LIMIT))
    rows = questions.circles(connection) if connection is not None else []
    found = [row for row in rows if row.key == key] or [row for row in rows if key and key in row.key]
    shown = clean_line(said, NAME_LIMIT)
    if not found:
        known = ", ".join(row.name for row in rows[:5])
        hint = f"there is {known}" if known else "there are none yet"
        raise NotFoundError(f"there is no circle {shown!r}", f'{hint}: giveback circle add "{shown}"')
    if len(found) > 1:
        raise AmbiguousError(f"{shown!r} could be {len(found)} circles", "say more", tuple(row.name for row in found))
    return found[0]


def people_of(connection: sqlite3.Connection, said: str) -> list[int]:
    """The contacts in a circle, by name; "helpers" is everybody who helped me, unless a circle is called so.

    Args:
        connection: the store.
        said: the circle's name, or part of it; a leading "@" is passed over.

    Raises:
        NotFoundError, AmbiguousError: as for `resolve`.
    """
    name = said.removeprefix("@")
    if fold(name) == HELPERS and questions.one(connection, HELPERS) is None:
        return questions.helper_ids(connection)
    return questions.member_ids(connection, resolve(connection, name).id)
