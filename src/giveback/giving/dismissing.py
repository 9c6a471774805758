"""What is not for somebody, and is not suggested or offered to them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError, UsageError
from giveback.giving.assets import find_asset, find_offered
from giveback.giving.gifts import find_article

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from sqlmodel import Session

    from giveback.store.questions.contacts import NameRow


class Unwanted(NamedTuple):
    """What is dismissed: its title, and its number as an article or as an asset."""

    title: str
    article_id: int | None = None
    asset_id: int | None = None


def find(connection: sqlite3.Connection, contact: NameRow, said: str) -> Unwanted:
    """The article or asset that is meant.

    Args:
        connection: the store.
        contact: for whom.
        said: a number of the list last shown, `id:3`, `asset:3`, an address, or words of a title.

    Raises:
        UsageError: it is an introduction.
        NotFoundError, AmbiguousError: as for `find_article` and `find_asset`.
    """
    offered = find_offered(connection, contact.id, said)
    if offered is not None and offered.introduced_id is not None:
        other = offered.title.removeprefix("an introduction to ")
        raise UsageError(
            f"{offered.title!r} is neither an article nor an asset, and only those are dismissed",
            f'giveback knows "{contact.name}" "{other}" says that they know each other already',
        )
    if offered is not None:
        return Unwanted(offered.title, asset_id=offered.asset_id)
    article = find_article(connection, contact.id, said)
    if article is not None:
        return Unwanted(article.title, article.id)
    asset = find_asset(connection, said, part=True)
    if asset is None:
        raise NotFoundError(
            f"no article or asset answers to {said!r}", "give a number of the last list, id:ID or asset:ID"
        )
    return Unwanted(asset.title, asset_id=asset.id)


def dismiss(session: Session, contact_id: int, what: Unwanted, today: date) -> None:
    """Note that something is not for a contact; saying so twice changes nothing.

    Args:
        session: an open unit of work.
        contact_id: for whom.
        what: from `find`.
        today: the local day.
    """
    from sqlmodel import select

    from giveback.store.tables import AssetDismissal, Dismissal

    if what.article_id is not None:
        same = select(Dismissal).where(Dismissal.contact_id == contact_id, Dismissal.article_id == what.article_id)
        if session.exec(same).first() is None:
            session.add(Dismissal(contact_id=contact_id, article_id=what.article_id, on_day=today))
    if what.asset_id is not None:
        known = select(AssetDismissal).where(
            AssetDismissal.contact_id == contact_id, AssetDismissal.asset_id == what.asset_id
        )
        if session.exec(known).first() is None:
            session.add(AssetDismissal(contact_id=contact_id, asset_id=what.asset_id, on_day=today))
