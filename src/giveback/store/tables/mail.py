"""Messages that came, and what they told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, time, unique_link


class Bounce(SQLModel, table=True):
    """An address to which mail cannot be delivered."""

    __tablename__: ClassVar[Any] = "bounce"

    id: int | None = identity()
    contact_point_id: int = unique_link("contact_point")
    status: str
    reason: str = ""
    on_day: date
    created_at: datetime = time()


class ExchangeMessage(SQLModel, table=True):
    """Which message an exchange was, and which way it went."""

    __tablename__: ClassVar[Any] = "exchange_message"

    id: int | None = identity()
    exchange_id: int = link("exchange")
    message_id: str
    incoming: bool
    sent_at: datetime | None = time(nullable=True)
    answers: str = ""


class Occasion(SQLModel, table=True):
    """A new job, or what was done about a birthday, a day of having met or a post."""

    __tablename__: ClassVar[Any] = "occasion"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    contact_id: int = link("contact")
    kind: str
    key: str
    on_day: date
    text: str = ""
    done_on: date | None = None
    created_at: datetime = time()
