"""Where people meet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, time


class Event(SQLModel, table=True):
    """Where people meet."""

    __tablename__: ClassVar[Any] = "event"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    name: str
    key: str
    on_day: date
    place: str = ""
    created_at: datetime = time()


class EventGuest(SQLModel, table=True):
    """A contact who is at an event."""

    __tablename__: ClassVar[Any] = "event_guest"

    id: int | None = identity()
    event_id: int = link("event")
    contact_id: int = link("contact")
