"""Articles, their tags and topics, and for whom they are not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, time


class Article(SQLModel, table=True):
    """An entry of a feed, or a page that was saved by hand."""

    __tablename__: ClassVar[Any] = "article"

    id: int | None = identity()
    url: str = Field(unique=True)
    feed_id: int | None = link("feed", nullable=True)
    title: str
    author: str = ""
    source: str = ""
    language: str = ""
    published_at: datetime | None = time(nullable=True)
    first_seen_at: datetime = time()
    saved_at: datetime | None = time(nullable=True)
    summary: str = ""
    text: str = ""


class ArticleTag(SQLModel, table=True):
    """A tag of an article that was saved with it elsewhere."""

    __tablename__: ClassVar[Any] = "article_tag"

    id: int | None = identity()
    article_id: int = link("article")
    tag: str
    key: str


class Dismissal(SQLModel, table=True):
    """An article that is not for this contact."""

    __tablename__: ClassVar[Any] = "dismissal"

    id: int | None = identity()
    contact_id: int = link("contact")
    article_id: int = link("article")
    on_day: date
    created_at: datetime = time()


class Topic(SQLModel, table=True):
    """What a topic means: words and phrases that its articles hold."""

    __tablename__: ClassVar[Any] = "topic"

    id: int | None = identity()
    name: str
    key: str = Field(unique=True)
    words: str
    created_at: datetime = time()
