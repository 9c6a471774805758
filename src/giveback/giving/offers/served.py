"""Which interest an asset or an introduction serves, so that the note can name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.store.questions import offers as questions

if TYPE_CHECKING:
    import sqlite3

    from giveback.keeping.exchanges import Gift


def interest_for(connection: sqlite3.Connection, contact_id: int, gift: Gift) -> str:
    """The interest of a contact that a gift serves by its words, "" for none.

    Closeness in meaning is left out: a note names only what is plain to see, and loading vectors takes longer than
    everything else that giving does.

    Args:
        connection: the store.
        contact_id: to whom.
        gift: an asset, or an introduction.
    """
    from giveback.matching.phrases import by_words

    mine = [wish.phrase for wish in questions.wishes_of(connection, contact_id) if wish.source != "title"]
    near = [(by_words(topic, phrase).score, phrase) for topic in _topics(connection, gift) for phrase in mine]
    best = max(near, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] else ""


def _topics(connection: sqlite3.Connection, gift: Gift) -> list[str]:
    if gift.introduced_id is not None:
        return [wish.phrase for wish in questions.wishes_of(connection, gift.introduced_id)]
    if gift.asset_id is None:
        return []
    from giveback.giving.offers.suiting import asset_topics
    from giveback.store.questions.assets import one

    asset = one(connection, gift.asset_id)
    return asset_topics(asset) if asset else []
