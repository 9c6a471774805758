"""What is wanted of whom, and who knows whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, new_uuid, owner, time, unique_link


class Target(SQLModel, table=True):
    """A company or a person that a user wants to reach."""

    __tablename__: ClassVar[Any] = "target"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    kind: str
    name: str
    key: str
    contact_id: int | None = owner("contact")
    company: str = ""
    industry: str = ""
    town: str = ""
    school: str = ""
    state: str = "researching"
    outcome: str = ""
    added_on: date
    created_at: datetime = time()


class Need(SQLModel, table=True):
    """Something that is needed of a target: a piece of information, an introduction."""

    __tablename__: ClassVar[Any] = "need"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    target_id: int = link("target")
    text: str
    met_on: date | None = None
    met_by_id: int | None = link("contact", nullable=True)
    created_at: datetime = time()


class TargetAlias(SQLModel, table=True):
    """Another name of a target, or one that looks like it and is somebody else's."""

    __tablename__: ClassVar[Any] = "target_alias"

    id: int | None = identity()
    target_id: int = link("target")
    name: str
    key: str
    same: bool
    created_at: datetime = time()


class TargetEvent(SQLModel, table=True):
    """What happened with a target on a day, and through whom."""

    __tablename__: ClassVar[Any] = "target_event"

    id: int | None = identity()
    target_id: int = link("target")
    contact_id: int | None = owner("contact")
    on_day: date
    kind: str
    text: str = ""
    created_at: datetime = time()


class Introduction(SQLModel, table=True):
    """Two contacts to be introduced to each other, with both consents."""

    __tablename__: ClassVar[Any] = "introduction"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    first_id: int = link("contact")
    second_id: int = link("contact")
    because: str
    state: str = "proposed"
    first_consent: str = ""
    second_consent: str = ""
    proposed_on: date
    made_on: date | None = None
    outcome: str = ""
    created_at: datetime = time()


class Ask(SQLModel, table=True):
    """What an ask is beside the follow-up of kind "waiting" that holds its words and its day."""

    __tablename__: ClassVar[Any] = "ask"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    contact_id: int = link("contact")
    follow_up_id: int = unique_link("follow_up")
    target_id: int | None = link("target", nullable=True)
    need_id: int | None = link("need", nullable=True)
    introduction_id: int | None = owner("introduction")
    by_on: date | None = None
    answer: str = ""
    answer_text: str = ""
    answered_on: date | None = None
    created_at: datetime = time()


class Help(SQLModel, table=True):
    """Help that was received, with the follow-ups that it makes due."""

    __tablename__: ClassVar[Any] = "help"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    contact_id: int = link("contact")
    exchange_id: int = link("exchange")
    target_id: int | None = link("target", nullable=True)
    need_id: int | None = link("need", nullable=True)
    ask_id: int | None = link("ask", nullable=True)
    outcome_id: int | None = link("follow_up", nullable=True)
    stay_id: int | None = link("follow_up", nullable=True)
    created_at: datetime = time()


class Knows(SQLModel, table=True):
    """Somebody whom a contact knows: another contact, or a person who is none."""

    __tablename__: ClassVar[Any] = "knows"

    id: int | None = identity()
    uuid: str = Field(default_factory=new_uuid, unique=True)
    contact_id: int = link("contact")
    other_id: int | None = owner("contact")
    name: str = ""
    key: str = ""
    company: str = ""
    how: str = ""
    created_at: datetime = time()
