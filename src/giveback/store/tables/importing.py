"""What is known of people from other programs' files, and who was merged with whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from giveback.store.tables.columns import identity, link, time, unique_link


class ContactDetail(SQLModel, table=True):
    """Parts of a name, and what else is known of a person; at most one row each."""

    __tablename__: ClassVar[Any] = "contact_detail"

    id: int | None = identity()
    contact_id: int = unique_link("contact")
    prefix: str = ""
    given: str = ""
    additional: str = ""
    family: str = ""
    suffix: str = ""
    pronouns: str = ""
    anniversary: str = ""
    met_on: date | None = None


class ContactSource(SQLModel, table=True):
    """What a source said of a contact when it was imported last, as JSON by field."""

    __tablename__: ClassVar[Any] = "contact_source"

    id: int | None = identity()
    contact_id: int = link("contact")
    source: str
    uid: str
    said: str
    imported_at: datetime = time()


class ContactProperty(SQLModel, table=True):
    """A line of a contact's card that means nothing here, kept to be written back."""

    __tablename__: ClassVar[Any] = "contact_property"

    id: int | None = identity()
    contact_id: int = link("contact")
    source: str
    uid: str
    position: int
    line: str


class FormerPosition(SQLModel, table=True):
    """Where a contact worked before."""

    __tablename__: ClassVar[Any] = "former_position"

    id: int | None = identity()
    contact_id: int = link("contact")
    company: str
    title: str = ""
    until_on: date | None = None
    created_at: datetime = time()


class ImportMapping(SQLModel, table=True):
    """What the columns of a table mean whose header was seen before."""

    __tablename__: ClassVar[Any] = "import_mapping"

    id: int | None = identity()
    header: str = Field(unique=True)
    columns: str
    created_at: datetime = time()


class MergedContact(SQLModel, table=True):
    """Somebody who was merged into a contact: as it was, and what could not stand beside what the other had."""

    __tablename__: ClassVar[Any] = "merged_contact"

    id: int | None = identity()
    contact_id: int = link("contact")
    uuid: str = Field(unique=True)
    name: str
    name_key: str
    merged_on: date
    was: str
    noted: str = "{}"
    created_at: datetime = time()


class DistinctContact(SQLModel, table=True):
    """Two contacts of whom the user said that they are not the same."""

    __tablename__: ClassVar[Any] = "distinct_contact"

    id: int | None = identity()
    contact_id: int = link("contact")
    other_id: int = link("contact")
    created_at: datetime = time()
