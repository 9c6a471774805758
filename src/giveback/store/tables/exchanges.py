"""What was given and received, and what is to be done about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, time


class Exchange(SQLModel, table=True):
    """Something given, received or shared on a day."""

    __tablename__: ClassVar[Any] = "exchange"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    contact_id: int = link("contact")
    direction: str
    channel: str = ""
    on_day: date
    text: str
    note: str = ""
    interest: str = ""
    article_id: int | None = link("article", nullable=True)
    gift_title: str = ""
    gift_url: str = ""
    created_at: datetime = time()
    kind: str = ""
    minutes: int | None = None
    cost_cents: int | None = None
    outcome: str = ""
    asset_id: int | None = link("asset", nullable=True)
    introduced_id: int | None = link("contact", nullable=True)


class FollowUp(SQLModel, table=True):
    """A dated reason to be in touch that a person made: promise, reminder, waiting, outcome."""

    __tablename__: ClassVar[Any] = "follow_up"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    contact_id: int = link("contact")
    kind: str
    text: str
    since_on: date
    due_on: date | None = None
    done_on: date | None = None
    exchange_id: int | None = link("exchange", nullable=True)
    created_at: datetime = time()
