"""Bulletins, their issues and their readers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, owner, time


class Bulletin(SQLModel, table=True):
    """A series of issues on a topic, for its readers or for one contact."""

    __tablename__: ClassVar[Any] = "bulletin"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    title: str
    key: str = Field(unique=True)
    topic: str = ""
    contact_id: int | None = owner("contact")
    asset_id: int | None = link("asset", nullable=True)
    created_at: datetime = time()


class BulletinIssue(SQLModel, table=True):
    """An issue: its file as it was read last."""

    __tablename__: ClassVar[Any] = "bulletin_issue"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    bulletin_id: int = link("bulletin")
    title: str
    slug: str = Field(unique=True)
    on_day: date
    text: str
    edition: int = 1
    published_at: datetime | None = time(nullable=True)
    created_at: datetime = time()
    updated_at: datetime = time()


class BulletinItem(SQLModel, table=True):
    """What an edition of an issue carries."""

    __tablename__: ClassVar[Any] = "bulletin_item"

    id: int | None = identity()
    issue_id: int = link("bulletin_issue")
    edition: int
    position: int
    section: str = ""
    title: str
    url: str = ""
    compiled: bool = False
    article_id: int | None = link("article", nullable=True)


class BulletinReader(SQLModel, table=True):
    """Who reads a bulletin, or does not: a contact or a circle."""

    __tablename__: ClassVar[Any] = "bulletin_reader"

    id: int | None = identity()
    bulletin_id: int = link("bulletin")
    contact_id: int | None = owner("contact")
    circle: str = ""
    excluded: bool = False
    created_at: datetime = time()


class BulletinCopy(SQLModel, table=True):
    """Who has which edition of an issue."""

    __tablename__: ClassVar[Any] = "bulletin_copy"

    id: int | None = identity()
    issue_id: int = link("bulletin_issue")
    edition: int
    contact_id: int = link("contact")
    sent_at: datetime = time()
