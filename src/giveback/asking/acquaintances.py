"""Who knows whom, and where contacts worked before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.store.questions import contacts as ask_contacts
from giveback.store.questions import targets as questions
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3

    from sqlmodel import Session

    from giveback.store.questions.contacts import NameRow
    from giveback.store.questions.targets import KnowsRow
    from giveback.store.tables import Knows


class Other(NamedTuple):
    """The person on the other side: a contact, or a name.

    Attributes:
        name: as it is shown.
        contact_id: the contact, or None.
    """

    name: str
    contact_id: int | None = None


def other(connection: sqlite3.Connection, contact: NameRow, said: str) -> Other:
    """Whom a name means: a contact of that full name, nickname or address, else somebody who is no contact.

    One word alone ("ben") means a contact where it can mean but one.

    Raises:
        UsageError: nothing was typed, or the contact herself is meant.
        AmbiguousError: several contacts have that name.
    """
    name = clean_line(said, 200)
    key = fold(name)
    if not key:
        raise UsageError("the name of the person is missing", 'giveback knows ana "Karen Hu" --at Shell')
    rows = [row for row in ask_contacts.names_exactly(connection, key) if not row.archived]
    if not rows and " " not in key:
        rows = [row for row in ask_contacts.names_holding(connection, key) if not row.archived]
        rows = rows if len(rows) == 1 else []
    if len(rows) > 1:
        lines = tuple(f"{row.name}, {row.company}" for row in rows)
        raise AmbiguousError(f"{name!r} could be {len(rows)} contacts", "give an e-mail address", lines)
    if rows and rows[0].id == contact.id:
        raise UsageError(f"{contact.name} is the same person", "name somebody whom they know")
    return Other(rows[0].name, rows[0].id) if rows else Other(name)


def add(session: Session, contact_id: int, person: Other, *, company: str = "", how: str = "") -> bool:
    """Note that a contact knows somebody; said again, company and how are brought up to date.

    Args:
        session: an open unit of work.
        contact_id: the contact.
        person: whom they know.
        company: where that person works, or "".
        how: how they know each other, or "".

    Returns:
        Whether it is new.
    """
    from giveback.store.tables import Knows

    found = _known(session, contact_id, person)
    row = found or Knows(contact_id=contact_id, other_id=person.contact_id)
    if person.contact_id is None:
        row.name, row.key = person.name, fold(person.name)
    row.company, row.how = clean_line(company, 200) or row.company, clean_line(how, 200) or row.how
    session.add(row)
    session.flush()
    return found is None


def _known(session: Session, contact_id: int, person: Other) -> Knows | None:
    """The row that says so, from either side."""
    from sqlmodel import select

    from giveback.store.tables import Knows

    if person.contact_id is None:
        wanted = select(Knows).where(Knows.contact_id == contact_id, Knows.key == fold(person.name), Knows.name != "")
        return session.exec(wanted).first()
    pairs = [(contact_id, person.contact_id), (person.contact_id, contact_id)]
    found = [session.exec(select(Knows).where(Knows.contact_id == a, Knows.other_id == b)).first() for a, b in pairs]
    return next((row for row in found if row is not None), None)


def remove(session: Session, contact: NameRow, person: Other) -> None:
    """Take back that a contact knows somebody.

    Raises:
        NotFoundError: that was never said.
    """
    found = _known(session, contact.id, person)
    if found is None:
        raise NotFoundError(
            f"it was never said that {contact.name} knows {person.name}", f'giveback knows "{contact.name}" lists them'
        )
    session.delete(found)
    session.flush()


class Acquaintance(NamedTuple):
    """Somebody whom a contact knows.

    Attributes:
        name: who.
        contact_id: the contact that is, or None.
        company: where they work, or "".
        how: how they know each other, or "".
    """

    name: str
    contact_id: int | None
    company: str
    how: str


def listed(connection: sqlite3.Connection, contact_id: int) -> list[Acquaintance]:
    """Whom a contact knows, said from either side; each once, by the row that says how, where one does."""
    found: dict[int | str, Acquaintance] = {}
    for row in questions.acquaintances(connection, contact_id):
        each = _seen_from(row, contact_id)
        key = each.contact_id if each.contact_id is not None else fold(each.name)
        if key not in found or not found[key].how:
            found[key] = each
    return list(found.values())


def _seen_from(row: KnowsRow, contact_id: int) -> Acquaintance:
    if row.contact_id != contact_id:
        return Acquaintance(row.contact, row.contact_id, "", row.how)
    return Acquaintance(row.other or row.name, row.other_id, row.company, row.how)
