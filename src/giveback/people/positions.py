"""Where contacts worked before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from sqlmodel import Session


def add_former(session: Session, contact_id: int, said: str) -> str:
    """Note where a contact worked before; changing their company notes the old one by itself.

    Returns:
        The company as it is kept.

    Raises:
        UsageError: it is empty.
    """
    from sqlmodel import select

    from giveback.store.tables import FormerPosition

    company = clean_line(said, 200)
    if not company:
        raise UsageError("the former company is empty", 'giveback edit ana --former "BP"')
    known = select(FormerPosition).where(FormerPosition.contact_id == contact_id)
    if fold(company) not in {fold(row.company) for row in session.exec(known).all()}:
        session.add(FormerPosition(contact_id=contact_id, company=company))
        session.flush()
    return company
