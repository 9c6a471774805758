"""What can be given, to whom not, and to whom together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, time, unique_link


class Asset(SQLModel, table=True):
    """Something that I can offer: research, a thing I make, a skill, time, a connection, a bulletin."""

    __tablename__: ClassVar[Any] = "asset"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    kind: str
    title: str
    text: str = ""
    topics: str = ""
    minutes: int | None = None
    cost_cents: int | None = None
    source_url: str = ""
    company: str = ""
    created_at: datetime = time()
    retired_at: datetime | None = time(nullable=True)


class BrainstormQuestion(SQLModel, table=True):
    """A question of the coach that was put, and how many assets came of it; none when it was skipped."""

    __tablename__: ClassVar[Any] = "brainstorm_question"

    id: int | None = identity()
    question: str = Field(unique=True)
    answers: int
    asked_at: datetime = time()


class Circle(SQLModel, table=True):
    """A named group of contacts, with a gift of its own."""

    __tablename__: ClassVar[Any] = "circle"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    name: str
    key: str = Field(unique=True)
    gift: str = ""
    asset_id: int | None = link("asset", nullable=True)
    created_at: datetime = time()


class CircleMember(SQLModel, table=True):
    """Who is in a circle, and since when."""

    __tablename__: ClassVar[Any] = "circle_member"

    id: int | None = identity()
    circle_id: int = link("circle")
    contact_id: int = link("contact")
    since_on: date


class AssetDismissal(SQLModel, table=True):
    """An asset that is not for this contact."""

    __tablename__: ClassVar[Any] = "asset_dismissal"

    id: int | None = identity()
    contact_id: int = link("contact")
    asset_id: int = link("asset")
    on_day: date
    created_at: datetime = time()


class GiftLimit(SQLModel, table=True):
    """What a contact may be given: caps in hundredths of the currency, no food, allergies, an employer's policy."""

    __tablename__: ClassVar[Any] = "gift_limit"

    id: int | None = identity()
    contact_id: int = unique_link("contact")
    cap_cents: int | None = None
    year_cap_cents: int | None = None
    no_food: bool = False
    allergies: str = ""
    policy: str = ""
