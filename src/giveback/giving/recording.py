"""The exchange that remembers a gift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.keeping.exchanges import log
from giveback.keeping.promises import keep

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from giveback.giving.composing.notes import Note
    from giveback.keeping.exchanges import Gift
    from giveback.store.tables import Exchange


def record(
    session: Session, contact_id: int, gift: Gift, note: Note, *, channel: str, on: date, today: date
) -> Exchange:
    """Log a gift with the words that went with it, and tick off the promises that it keeps.

    Args:
        session: an open unit of work.
        contact_id: to whom.
        gift: what.
        note: the words, as they are sent.
        channel: how, or "".
        on: the day.
        today: the local day.

    Raises:
        UsageError: the day lies ahead.
    """
    with_note = gift._replace(note=note.kept)
    row = log(session, contact_id, gift.title, on=on, today=today, direction="given", channel=channel, gift=with_note)
    keep(session, contact_id, gift, on)
    return row
