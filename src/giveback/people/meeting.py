"""The day of having met somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.dates import parse_day
from giveback.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session


def note_met_on(session: Session, contact_id: int, said: str, today: date) -> date | None:
    """Keep the day on which a contact was met.

    Args:
        session: an open unit of work.
        contact_id: the contact.
        said: the day as people write it; "" forgets it.
        today: the local day.

    Returns:
        The day that is kept now.

    Raises:
        UsageError: it is no day, or lies ahead.
    """
    from sqlmodel import select

    from giveback.store.tables import ContactDetail

    day = parse_day(said, today, past=True) if said else None
    if day is not None and day > today:
        raise UsageError(f"{day.isoformat()} lies in the future", "say when you met")
    row = session.exec(select(ContactDetail).where(ContactDetail.contact_id == contact_id)).first()
    if row is None:
        row = ContactDetail(contact_id=contact_id)
    row.met_on = day
    session.add(row)
    session.flush()
    return day
