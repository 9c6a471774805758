"""What a contact cares about, and keeps away from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.people.contacts import checked_phrase, number_of
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from giveback.store.tables import Contact, Interest


LIGHTEST, HEAVIEST = 0.1, 10.0
"""Bounds of a weight."""


def add_interests(
    session: Session,
    contact: Contact,
    phrases: Iterable[str],
    *,
    avoid: bool = False,
    source: str = "user",
    weight: float | None = None,
) -> list[str]:
    """Add interests, or turn known ones into (or back from) something to avoid.

    Args:
        session: an open unit of work.
        contact: whose they are.
        phrases: as they were said.
        avoid: something to keep away from.
        source: where they come from.
        weight: how much they count; None for 1, or as much as they did.

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
        if weight is not None:
            known.weight = weight
        session.add(known)
        session.flush()
        kept.append(known.phrase)
    return kept


def parse_weight(said: str) -> tuple[str, float | None]:
    """Split "orchids=2" into phrase and weight; the weight is None where none was said.

    Raises:
        UsageError: the weight is not between 0.1 and 10.
    """
    found = re.fullmatch(r"(.*\S)\s*=\s*(\d+(?:\.\d+)?)", said.strip(), re.DOTALL)
    if not found:
        return said, None
    weight = float(found[2])
    if not LIGHTEST <= weight <= HEAVIEST:
        raise UsageError(f"the weight {found[2]} is out of range", "give one from 0.1 to 10, such as +orchids=2")
    return found[1], weight


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
            raise _unknown(contact, phrase)
        session.delete(known)
        session.flush()
        removed.append(known.phrase)
    return removed


def _unknown(contact: Contact, phrase: str) -> UsageError:
    for fact in ("title", "company", "town"):
        if fold(phrase) == fold(getattr(contact, fact)):
            return UsageError(
                f"{phrase!r} is the {fact} of {contact.name}, no interest that was said",
                f'giveback edit "{contact.name}" changes it; the setting interests.weak says what counts',
            )
    return UsageError(f"{contact.name} has no interest {phrase!r}", f'giveback interests "{contact.name}" lists them')


def find_interest(session: Session, contact: Contact, phrase: str) -> Interest | None:
    """The interest with that phrase, ignoring case and accents."""
    from sqlmodel import select

    from giveback.store.tables import Interest

    wanted = select(Interest).where(Interest.contact_id == contact.id, Interest.key == fold(phrase))
    return session.exec(wanted).first()
