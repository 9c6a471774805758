"""People, how to reach them and what they care about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, time


class Contact(SQLModel, table=True):
    """A person."""

    __tablename__: ClassVar[Any] = "contact"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    name: str
    name_key: str
    nickname: str = ""
    nickname_key: str = ""
    initials: str = ""
    company: str = ""
    title: str = ""
    town: str = ""
    cadence_days: int | None = None
    met_at: str = ""
    birthday: str = ""
    notes: str = ""
    tact_allow: str = ""
    added_on: date
    snoozed_until: date | None = None
    archived_at: datetime | None = time(nullable=True)
    created_at: datetime = time()
    updated_at: datetime = time()


class ContactPoint(SQLModel, table=True):
    """An e-mail address, phone number, postal address, page, blog or handle."""

    __tablename__: ClassVar[Any] = "contact_point"

    id: int | None = identity()
    contact_id: int = link("contact")
    kind: str
    value: str
    key: str
    label: str = ""
    parts: str = ""


class Interest(SQLModel, table=True):
    """A phrase that a contact cares about, or avoids."""

    __tablename__: ClassVar[Any] = "interest"

    id: int | None = identity()
    contact_id: int = link("contact")
    phrase: str
    key: str
    avoid: bool = False
    weight: float = 1.0
    source: str = "user"
    created_at: datetime = time()
