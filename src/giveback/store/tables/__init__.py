"""The tables that people's changes go to, as SQLModel classes, in families that are loaded when they are asked for.

A class takes about four milliseconds to make and most changes need two or three of them: `from giveback.store.tables
import Contact` loads the family of `Contact` alone (PEP 562).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from giveback.store.tables.articles import (  # noqa: I001 - names for others are not one to a statement
        Article as Article,
        ArticleTag as ArticleTag,
        Dismissal as Dismissal,
        Topic as Topic,
    )
    from giveback.store.tables.asking import (
        Ask as Ask,
        Help as Help,
        Introduction as Introduction,
        Knows as Knows,
        Need as Need,
        Target as Target,
        TargetAlias as TargetAlias,
        TargetEvent as TargetEvent,
    )
    from giveback.store.tables.bulletins import (
        Bulletin as Bulletin,
        BulletinCopy as BulletinCopy,
        BulletinIssue as BulletinIssue,
        BulletinItem as BulletinItem,
        BulletinReader as BulletinReader,
    )
    from giveback.store.tables.deliveries import (
        Delivery as Delivery,
        DeliveryMark as DeliveryMark,
    )
    from giveback.store.tables.events import (
        Event as Event,
        EventGuest as EventGuest,
    )
    from giveback.store.tables.exchanges import (
        Exchange as Exchange,
        FollowUp as FollowUp,
    )
    from giveback.store.tables.feeds import (
        Feed as Feed,
        FeedEntry as FeedEntry,
    )
    from giveback.store.tables.giving import (
        Asset as Asset,
        AssetDismissal as AssetDismissal,
        BrainstormQuestion as BrainstormQuestion,
        Circle as Circle,
        CircleMember as CircleMember,
        GiftLimit as GiftLimit,
    )
    from giveback.store.tables.importing import (
        ContactDetail as ContactDetail,
        ContactProperty as ContactProperty,
        ContactSource as ContactSource,
        DistinctContact as DistinctContact,
        FormerPosition as FormerPosition,
        ImportMapping as ImportMapping,
        MergedContact as MergedContact,
    )
    from giveback.store.tables.mail import (
        Bounce as Bounce,
        ExchangeMessage as ExchangeMessage,
        Occasion as Occasion,
    )
    from giveback.store.tables.people import (
        Contact as Contact,
        ContactPoint as ContactPoint,
        Interest as Interest,
    )

FAMILIES = {
    "people": ("Contact", "ContactPoint", "Interest"),
    "exchanges": ("Exchange", "FollowUp"),
    "articles": ("Article", "ArticleTag", "Dismissal", "Topic"),
    "feeds": ("Feed", "FeedEntry"),
    "importing": (
        "ContactDetail",
        "ContactSource",
        "ContactProperty",
        "FormerPosition",
        "ImportMapping",
        "MergedContact",
        "DistinctContact",
    ),
    "giving": ("Asset", "AssetDismissal", "BrainstormQuestion", "Circle", "CircleMember", "GiftLimit"),
    "bulletins": ("Bulletin", "BulletinIssue", "BulletinItem", "BulletinReader", "BulletinCopy"),
    "mail": ("Bounce", "ExchangeMessage", "Occasion"),
    "deliveries": ("Delivery", "DeliveryMark"),
    "asking": ("Target", "Need", "TargetAlias", "TargetEvent", "Introduction", "Ask", "Help", "Knows"),
    "events": ("Event", "EventGuest"),
}
"""Modules of this package, and the classes of each."""

_FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> type:
        """Load the family of a class."""
        from importlib import import_module

        if name not in _FAMILY_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_FAMILY_OF[name]}"), name)
        globals()[name] = found
        return found
