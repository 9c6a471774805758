"""What a contact cares about, and keeps away from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.people.contacts import checked_phrase, number_of
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from giveback.store.tables import Contact, Interest


def add_interests(
    session: Session, contact: Contact, phrases: Iterable[str], *, avoid: bool = False, source: str = "user"
) -> list[str]:
    """Add interests, or turn known ones into (or back from) something to avoid.

    Returns:
        The phrases as they were kept.
    """
    from giveback.store.tables import Interest

    kept = []
    for said in phrases:
        phrase = checked_phrase(said)
        known = find_interest(session, contact, phrase)
        if known is None:
            known = Interest(contact_id=number_of(contact), phrase=phrase, key=fold(phrase), avoid=avoid, source=source)
        known.avoid = avoid
        session.add(known)
        session.flush()
        kept.append(known.phrase)
    return kept


def remove_interests(session: Session, contact: Contact, phrases: Iterable[str]) -> list[str]:
    """Remove interests; a phrase may be given by any unmistakable part.

    Returns:
        The phrases that were removed.

    Raises:
        UsageError: the contact has no such interest.
    """
    removed = []
    for said in phrases:
        phrase = checked_phrase(said)
        known = find_interest(session, contact, phrase)
        if known is None:
            raise UsageError(
                f"{contact.name} has no interest {phrase!r}",
                f'giveback interests "{contact.name}" lists them',
            )
        session.delete(known)
        session.flush()
        removed.append(known.phrase)
    return removed


def find_interest(session: Session, contact: Contact, phrase: str) -> Interest | None:
    """The interest with that phrase, ignoring case and accents."""
    from sqlmodel import select

    from giveback.store.tables import Interest

    wanted = select(Interest).where(Interest.contact_id == contact.id, Interest.key == fold(phrase))
    return session.exec(wanted).first()
