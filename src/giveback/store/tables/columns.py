"""Columns that many tables have. A link is no ForeignKey of SQLAlchemy: that needs the class of the table it names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Integer, String, TypeDecorator
from sqlmodel import Field

from giveback.dates import from_utc_text, utc_text


class UtcText(TypeDecorator[datetime]):
    """An aware time, kept as UTC text like 2026-11-23T13:05:00Z so that it sorts as text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """Write; a time without a zone is refused, because it would silently be wrong."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return utc_text(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """Read."""
        return None if value is None else from_utc_text(value)


def new_uuid() -> str:
    """A random UUID as text."""
    return str(uuid4())


def identity() -> Any:  # noqa: ANN401 - Field's own return type
    """The number of a row."""
    return Field(default=None, primary_key=True)


def time(*, nullable: bool = False) -> Any:  # noqa: ANN401 - Field's own return type
    """A time; now, where it may not be empty."""
    if nullable:
        return Field(default=None, sa_type=UtcText, nullable=True)
    return Field(default_factory=_now, sa_type=UtcText, nullable=False)


def link(target: str, *, nullable: bool = False) -> Any:  # noqa: ANN401 - Field's own return type
    """The number of a row of another table: emptied when that row goes, or the row goes with it."""
    return _reference(target, "SET NULL" if nullable else "CASCADE", nullable=nullable)


def unique_link(target: str) -> Any:  # noqa: ANN401 - Field's own return type
    """A link that no two rows share."""
    return _reference(target, "CASCADE", nullable=False, unique=True)


def owner(target: str) -> Any:  # noqa: ANN401 - Field's own return type
    """A link that may be empty; where it is not, the row goes with what it names."""
    return _reference(target, "CASCADE", nullable=True)


def _reference(target: str, on_delete: str, *, nullable: bool, unique: bool = False) -> Any:  # noqa: ANN401 - as above
    """What a foreign key of the store is, told to the test that holds classes and store together."""
    column = {"info": {"references": (target, on_delete)}}
    return Field(default=None, sa_type=Integer, sa_column_kwargs=column, nullable=nullable, unique=unique)


def _now() -> datetime:
    return datetime.now(UTC)
