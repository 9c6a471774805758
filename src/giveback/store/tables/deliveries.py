"""Messages that go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, time


class Delivery(SQLModel, table=True):
    """A message to one recipient, and what a server did with it."""

    __tablename__: ClassVar[Any] = "delivery"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    purpose: str
    key: str
    contact_id: int = link("contact")
    recipient: str
    subject: str
    message_id: str = Field(unique=True)
    message: str | None = None
    record: str = "{}"
    state: str = "draft"
    error: str = ""
    attempts: int = 0
    began_at: datetime | None = time(nullable=True)
    sent_at: datetime | None = time(nullable=True)
    created_at: datetime = time()


class DeliveryMark(SQLModel, table=True):
    """What the user says has become of a message: it went another way, or is not wanted."""

    __tablename__: ClassVar[Any] = "delivery_mark"

    id: int | None = identity()
    delivery_id: int = link("delivery")
    state: str
    created_at: datetime = time()
