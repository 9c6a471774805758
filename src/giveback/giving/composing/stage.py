"""The note that goes with a gift, from what the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.giving.composing.notes import Note, NoteFacts, compose, first_name
from giveback.store.questions.exchanges import notes

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.gifts import Found
    from giveback.store.questions.contacts import ContactRow


def composed(
    connection: sqlite3.Connection,
    contact: ContactRow,
    found: Found,
    channel: str,
    *,
    my_name: str = "",
    templates: str = "",
) -> Note:
    """Compose the note that goes with a gift.

    Args:
        connection: the store.
        contact: to whom.
        found: what is given.
        channel: how it is given.
        my_name: who signs.
        templates: the folder with the user's own templates.

    Returns:
        The note; both parts are "" for a gift that is neither an article nor a link.
    """
    article, gift, _ = found
    if article is None and not gift.url:
        return Note("", "")
    facts = NoteFacts(
        first_name(contact.name, contact.nickname),
        gift.interest,
        gift.title,
        article.source if article else "",
        gift.url,
        my_name,
    )
    return compose(channel or "email", facts, notes(connection, contact.id), templates)
