"""Logging what was given, received or shared, and what was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from giveback.store.tables import Exchange, FollowUp

DIRECTIONS = ("given", "received", "shared")
CHANNELS = ("email", "letter", "call", "in-person", "message", "social")
KINDS = (
    *("article", "research", "home-made", "skill", "time", "connection", "introduction", "bulletin"),
    *("bought", "other"),
)
"""Kinds of what is given; "" where it was not said."""
TEXT_LIMIT = 2_000


class Gift(NamedTuple):
    """What was given, kept as it was even if the article changes or goes.

    Attributes:
        title: its title or name.
        url: its address, or "".
        article_id: the article, or None when it is not one.
        interest: the phrase it was meant for, or "".
        note: the words that went with it.
        kind: one of `KINDS`, or "".
        minutes: what it took, or None.
        cost_cents: what it cost, in hundredths of the currency, or None.
        asset_id: the asset, or None when it is none.
        introduced_id: the contact to whom they are introduced, or None.
    """

    title: str
    url: str = ""
    article_id: int | None = None
    interest: str = ""
    note: str = ""
    kind: str = ""
    minutes: int | None = None
    cost_cents: int | None = None
    asset_id: int | None = None
    introduced_id: int | None = None


def log(
    session: Session,
    contact_id: int,
    said: str,
    *,
    on: date,
    today: date,
    direction: str = "shared",
    channel: str = "",
    gift: Gift | None = None,
) -> Exchange:
    """Log an exchange.

    Args:
        session: an open unit of work.
        contact_id: the contact.
        said: what it was, in a few words.
        on: the day it happened.
        today: the local day; nothing can have happened after it.
        direction: one of `DIRECTIONS`.
        channel: one of `CHANNELS`, or "".
        gift: what was given.

    Raises:
        UsageError: the text is empty, the day lies ahead, or the channel is none.
    """
    from giveback.store.tables import Exchange

    text = _text(said)
    refuse_future(on, today)
    exchange = Exchange(
        contact_id=contact_id,
        direction=direction,
        channel=checked_channel(channel),
        on_day=on,
        text=text,
        note=clean_text(gift.note) if gift else "",
        interest=gift.interest if gift else "",
        article_id=gift.article_id if gift else None,
        gift_title=clean_line(gift.title) if gift else "",
        gift_url=gift.url if gift else "",
        kind=(gift.kind or ("article" if gift.article_id is not None else "")) if gift else "",
        minutes=gift.minutes if gift else None,
        cost_cents=gift.cost_cents if gift else None,
        asset_id=gift.asset_id if gift else None,
        introduced_id=gift.introduced_id if gift else None,
    )
    session.add(exchange)
    session.flush()
    return exchange


def refuse_future(on: date, today: date) -> None:
    """Refuse a day on which nothing can have happened yet.

    Raises:
        UsageError: it lies ahead.
    """
    if on > today:
        raise UsageError(f"{on.isoformat()} lies in the future", "use `giveback promise NAME TEXT --by DATE`")


def checked_channel(said: str) -> str:
    """A channel, or "" for none said.

    Raises:
        UsageError: there is no such channel.
    """
    channel = said.strip().lower().replace("_", "-")
    if channel and channel not in CHANNELS:
        raise UsageError(f"{said!r} is no channel", "use one of " + ", ".join(CHANNELS))
    return channel


def checked_gift_kind(said: str) -> str:
    """A kind of gift.

    Raises:
        UsageError: there is no such kind.
    """
    kind = said.strip().lower().replace("_", "-").replace("homemade", "home-made")
    if kind not in KINDS:
        raise UsageError(f"{clean_line(said, 40)!r} is no kind of gift", "use one of " + ", ".join(KINDS))
    return kind


def follow_up(
    session: Session,
    contact_id: int,
    said: str,
    *,
    kind: str,
    since: date,
    due: date | None,
    exchange_id: int | None = None,
) -> FollowUp:
    """Note a promise, a reminder, an ask that waits, or an outcome to tell.

    Args:
        session: an open unit of work.
        contact_id: the contact.
        said: what it is, in a few words.
        kind: promise, reminder, waiting or outcome.
        since: the day it was made.
        due: the day it is due; None for waiting, whose days follow from `since`.
        exchange_id: the exchange it came from.

    Raises:
        UsageError: the text is empty.
    """
    from giveback.store.tables import FollowUp

    row = FollowUp(
        contact_id=contact_id,
        kind=kind,
        text=_text(said),
        since_on=since,
        due_on=due,
        exchange_id=exchange_id,
    )
    session.add(row)
    session.flush()
    return row


def _text(said: str) -> str:
    text = clean_line(said, TEXT_LIMIT)
    if not text:
        raise UsageError("the text is empty", "say what it was in a few words")
    return text
