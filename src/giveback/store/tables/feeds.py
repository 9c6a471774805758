"""Feeds and what was in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, time


class Feed(SQLModel, table=True):
    """A feed that is fetched, or was until it was removed."""

    __tablename__: ClassVar[Any] = "feed"

    id: int | None = identity()
    url: str = Field(unique=True)
    title: str = ""
    site: str = ""
    topic: str = ""
    allow_private: bool = False
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    checked_at: datetime | None = time(nullable=True)
    changed_at: datetime | None = time(nullable=True)
    failing_since: datetime | None = time(nullable=True)
    failures: int = 0
    error: str = ""
    added_at: datetime = time()
    removed_at: datetime | None = time(nullable=True)
    next_fetch_at: datetime | None = time(nullable=True)
    fetch_interval: int | None = None
    stated_interval: int | None = None
    retry_after_at: datetime | None = time(nullable=True)
    gone_at: datetime | None = time(nullable=True)
    username: str = ""
    full_text: bool = False
    skips: int = 0


class FeedEntry(SQLModel, table=True):
    """Which entry of which feed became which article, and the hash of what it said."""

    __tablename__: ClassVar[Any] = "feed_entry"

    id: int | None = identity()
    feed_id: int = link("feed")
    guid: str
    article_id: int = link("article")
    hash: str
