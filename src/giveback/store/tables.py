"""The tables that people's changes go to, as SQLModel classes. Importing this costs a third of a second."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import ForeignKey, Integer, String, TypeDecorator
from sqlmodel import Field, SQLModel

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


def _uuid() -> str:
    return str(uuid4())


def _now() -> datetime:
    return datetime.now(UTC)


def _id() -> Any:  # noqa: ANN401 - Field's own return type
    return Field(default=None, primary_key=True)


def _time(*, nullable: bool = False) -> Any:  # noqa: ANN401 - Field's own return type
    if nullable:
        return Field(default=None, sa_type=UtcText, nullable=True)
    return Field(default_factory=_now, sa_type=UtcText, nullable=False)


def _link(target: str, *, nullable: bool = False) -> Any:  # noqa: ANN401 - Field's own return type
    on_delete = "SET NULL" if nullable else "CASCADE"
    key = ForeignKey(f"{target}.id", ondelete=on_delete)
    return Field(default=None, sa_type=Integer, sa_column_args=[key], nullable=nullable)


def _cascading(target: str) -> Any:  # noqa: ANN401 - Field's own return type
    key = ForeignKey(f"{target}.id", ondelete="CASCADE")
    return Field(default=None, sa_type=Integer, sa_column_args=[key], nullable=True)


def _unique_link(target: str) -> Any:  # noqa: ANN401 - Field's own return type
    key = ForeignKey(f"{target}.id", ondelete="CASCADE")
    return Field(default=None, sa_type=Integer, sa_column_args=[key], nullable=False, unique=True)


def _owner(target: str) -> Any:  # noqa: ANN401 - Field's own return type
    """A link that may be empty; where it is not, the row goes with what it names."""
    key = ForeignKey(f"{target}.id", ondelete="CASCADE")
    return Field(default=None, sa_type=Integer, sa_column_args=[key], nullable=True)


class Contact(SQLModel, table=True):
    """A person."""

    __tablename__: ClassVar[Any] = "contact"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
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
    archived_at: datetime | None = _time(nullable=True)
    created_at: datetime = _time()
    updated_at: datetime = _time()


class ContactPoint(SQLModel, table=True):
    """An e-mail address, phone number, postal address, page, blog or handle."""

    __tablename__: ClassVar[Any] = "contact_point"

    id: int | None = _id()
    contact_id: int = _link("contact")
    kind: str
    value: str
    key: str
    label: str = ""
    parts: str = ""


class Interest(SQLModel, table=True):
    """A phrase that a contact cares about, or avoids."""

    __tablename__: ClassVar[Any] = "interest"

    id: int | None = _id()
    contact_id: int = _link("contact")
    phrase: str
    key: str
    avoid: bool = False
    weight: float = 1.0
    source: str = "user"
    created_at: datetime = _time()


class Feed(SQLModel, table=True):
    """A feed that is fetched, or was until it was removed."""

    __tablename__: ClassVar[Any] = "feed"

    id: int | None = _id()
    url: str = Field(unique=True)
    title: str = ""
    site: str = ""
    topic: str = ""
    allow_private: bool = False
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    checked_at: datetime | None = _time(nullable=True)
    changed_at: datetime | None = _time(nullable=True)
    failing_since: datetime | None = _time(nullable=True)
    failures: int = 0
    error: str = ""
    added_at: datetime = _time()
    removed_at: datetime | None = _time(nullable=True)
    next_fetch_at: datetime | None = _time(nullable=True)
    fetch_interval: int | None = None
    stated_interval: int | None = None
    retry_after_at: datetime | None = _time(nullable=True)
    gone_at: datetime | None = _time(nullable=True)
    username: str = ""
    full_text: bool = False


class Article(SQLModel, table=True):
    """An entry of a feed, or a page that was saved by hand."""

    __tablename__: ClassVar[Any] = "article"

    id: int | None = _id()
    url: str = Field(unique=True)
    feed_id: int | None = _link("feed", nullable=True)
    title: str
    author: str = ""
    source: str = ""
    language: str = ""
    published_at: datetime | None = _time(nullable=True)
    first_seen_at: datetime = _time()
    saved_at: datetime | None = _time(nullable=True)
    summary: str = ""
    text: str = ""


class FeedEntry(SQLModel, table=True):
    """Which entry of which feed became which article, and the hash of what it said."""

    __tablename__: ClassVar[Any] = "feed_entry"

    id: int | None = _id()
    feed_id: int = _link("feed")
    guid: str
    article_id: int = _link("article")
    hash: str


class Exchange(SQLModel, table=True):
    """Something given, received or shared on a day."""

    __tablename__: ClassVar[Any] = "exchange"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    contact_id: int = _link("contact")
    direction: str
    channel: str = ""
    on_day: date
    text: str
    note: str = ""
    interest: str = ""
    article_id: int | None = _link("article", nullable=True)
    gift_title: str = ""
    gift_url: str = ""
    created_at: datetime = _time()
    kind: str = ""
    minutes: int | None = None
    cost_cents: int | None = None
    outcome: str = ""
    asset_id: int | None = _link("asset", nullable=True)
    introduced_id: int | None = _link("contact", nullable=True)


class FollowUp(SQLModel, table=True):
    """A dated reason to be in touch that a person made: promise, reminder, waiting, outcome."""

    __tablename__: ClassVar[Any] = "follow_up"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    contact_id: int = _link("contact")
    kind: str
    text: str
    since_on: date
    due_on: date | None = None
    done_on: date | None = None
    exchange_id: int | None = _link("exchange", nullable=True)
    created_at: datetime = _time()


class Dismissal(SQLModel, table=True):
    """An article that is not for this contact."""

    __tablename__: ClassVar[Any] = "dismissal"

    id: int | None = _id()
    contact_id: int = _link("contact")
    article_id: int = _link("article")
    on_day: date
    created_at: datetime = _time()


class Topic(SQLModel, table=True):
    """What a topic means: words and phrases that its articles hold."""

    __tablename__: ClassVar[Any] = "topic"

    id: int | None = _id()
    name: str
    key: str = Field(unique=True)
    words: str
    created_at: datetime = _time()


class ArticleTag(SQLModel, table=True):
    """A tag of an article that was saved with it elsewhere."""

    __tablename__: ClassVar[Any] = "article_tag"

    id: int | None = _id()
    article_id: int = _link("article")
    tag: str
    key: str


class ContactDetail(SQLModel, table=True):
    """Parts of a name, and what else is known of a person; at most one row each."""

    __tablename__: ClassVar[Any] = "contact_detail"

    id: int | None = _id()
    contact_id: int = _unique_link("contact")
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

    id: int | None = _id()
    contact_id: int = _link("contact")
    source: str
    uid: str
    said: str
    imported_at: datetime = _time()


class ContactProperty(SQLModel, table=True):
    """A line of a contact's card that means nothing here, kept to be written back."""

    __tablename__: ClassVar[Any] = "contact_property"

    id: int | None = _id()
    contact_id: int = _link("contact")
    source: str
    uid: str
    position: int
    line: str


class ImportMapping(SQLModel, table=True):
    """What the columns of a table mean whose header was seen before."""

    __tablename__: ClassVar[Any] = "import_mapping"

    id: int | None = _id()
    header: str = Field(unique=True)
    columns: str
    created_at: datetime = _time()


class Asset(SQLModel, table=True):
    """Something that I can offer: research, a thing I make, a skill, time, a connection, a bulletin."""

    __tablename__: ClassVar[Any] = "asset"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    kind: str
    title: str
    text: str = ""
    topics: str = ""
    minutes: int | None = None
    cost_cents: int | None = None
    source_url: str = ""
    company: str = ""
    created_at: datetime = _time()
    retired_at: datetime | None = _time(nullable=True)


class Circle(SQLModel, table=True):
    """A named group of contacts, with a gift of its own."""

    __tablename__: ClassVar[Any] = "circle"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    name: str
    key: str = Field(unique=True)
    gift: str = ""
    asset_id: int | None = _link("asset", nullable=True)
    created_at: datetime = _time()


class CircleMember(SQLModel, table=True):
    """Who is in a circle, and since when."""

    __tablename__: ClassVar[Any] = "circle_member"

    id: int | None = _id()
    circle_id: int = _link("circle")
    contact_id: int = _link("contact")
    since_on: date


class GiftLimit(SQLModel, table=True):
    """What a contact may be given: caps in hundredths of the currency, no food, allergies, an employer's policy."""

    __tablename__: ClassVar[Any] = "gift_limit"

    id: int | None = _id()
    contact_id: int = _unique_link("contact")
    cap_cents: int | None = None
    year_cap_cents: int | None = None
    no_food: bool = False
    allergies: str = ""
    policy: str = ""


class BrainstormQuestion(SQLModel, table=True):
    """A question of the coach that was put, and how many assets came of it; none when it was skipped."""

    __tablename__: ClassVar[Any] = "brainstorm_question"

    id: int | None = _id()
    question: str = Field(unique=True)
    answers: int
    asked_at: datetime = _time()


class Bulletin(SQLModel, table=True):
    """A series of issues on a topic, for its readers or for one contact."""

    __tablename__: ClassVar[Any] = "bulletin"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    title: str
    key: str = Field(unique=True)
    topic: str = ""
    contact_id: int | None = _cascading("contact")
    asset_id: int | None = _link("asset", nullable=True)
    created_at: datetime = _time()


class BulletinIssue(SQLModel, table=True):
    """An issue: its file as it was read last."""

    __tablename__: ClassVar[Any] = "bulletin_issue"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    bulletin_id: int = _link("bulletin")
    title: str
    slug: str = Field(unique=True)
    on_day: date
    text: str
    edition: int = 1
    published_at: datetime | None = _time(nullable=True)
    created_at: datetime = _time()
    updated_at: datetime = _time()


class BulletinItem(SQLModel, table=True):
    """What an edition of an issue carries."""

    __tablename__: ClassVar[Any] = "bulletin_item"

    id: int | None = _id()
    issue_id: int = _link("bulletin_issue")
    edition: int
    position: int
    section: str = ""
    title: str
    url: str = ""
    compiled: bool = False
    article_id: int | None = _link("article", nullable=True)


class BulletinReader(SQLModel, table=True):
    """Who reads a bulletin, or does not: a contact or a circle."""

    __tablename__: ClassVar[Any] = "bulletin_reader"

    id: int | None = _id()
    bulletin_id: int = _link("bulletin")
    contact_id: int | None = _cascading("contact")
    circle: str = ""
    excluded: bool = False
    created_at: datetime = _time()


class BulletinCopy(SQLModel, table=True):
    """Who has which edition of an issue."""

    __tablename__: ClassVar[Any] = "bulletin_copy"

    id: int | None = _id()
    issue_id: int = _link("bulletin_issue")
    edition: int
    contact_id: int = _link("contact")
    sent_at: datetime = _time()


class Bounce(SQLModel, table=True):
    """An address to which mail cannot be delivered."""

    __tablename__: ClassVar[Any] = "bounce"

    id: int | None = _id()
    contact_point_id: int = _unique_link("contact_point")
    status: str
    reason: str = ""
    on_day: date
    created_at: datetime = _time()


class ExchangeMessage(SQLModel, table=True):
    """Which message an exchange was, and which way it went."""

    __tablename__: ClassVar[Any] = "exchange_message"

    id: int | None = _id()
    exchange_id: int = _link("exchange")
    message_id: str
    incoming: bool
    sent_at: datetime | None = _time(nullable=True)
    answers: str = ""


class Occasion(SQLModel, table=True):
    """A new job, or what was done about a birthday, a day of having met or a post."""

    __tablename__: ClassVar[Any] = "occasion"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    contact_id: int = _link("contact")
    kind: str
    key: str
    on_day: date
    text: str = ""
    done_on: date | None = None
    created_at: datetime = _time()


class MergedContact(SQLModel, table=True):
    """Somebody who was merged into a contact: as it was, and what could not stand beside what the other had."""

    __tablename__: ClassVar[Any] = "merged_contact"

    id: int | None = _id()
    contact_id: int = _link("contact")
    uuid: str = Field(unique=True)
    name: str
    name_key: str
    merged_on: date
    was: str
    noted: str = "{}"
    created_at: datetime = _time()


class DistinctContact(SQLModel, table=True):
    """Two contacts of whom the user said that they are not the same."""

    __tablename__: ClassVar[Any] = "distinct_contact"

    id: int | None = _id()
    contact_id: int = _link("contact")
    other_id: int = _link("contact")
    created_at: datetime = _time()


class Target(SQLModel, table=True):
    """A company or a person that a user wants to reach."""

    __tablename__: ClassVar[Any] = "target"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    kind: str
    name: str
    key: str
    contact_id: int | None = _owner("contact")
    company: str = ""
    industry: str = ""
    town: str = ""
    school: str = ""
    state: str = "researching"
    outcome: str = ""
    added_on: date
    created_at: datetime = _time()


class Need(SQLModel, table=True):
    """Something that is needed of a target: a piece of information, an introduction."""

    __tablename__: ClassVar[Any] = "need"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    target_id: int = _link("target")
    text: str
    met_on: date | None = None
    met_by_id: int | None = _link("contact", nullable=True)
    created_at: datetime = _time()


class TargetAlias(SQLModel, table=True):
    """Another name of a target, or one that looks like it and is somebody else's."""

    __tablename__: ClassVar[Any] = "target_alias"

    id: int | None = _id()
    target_id: int = _link("target")
    name: str
    key: str
    same: bool
    created_at: datetime = _time()


class TargetEvent(SQLModel, table=True):
    """What happened with a target on a day, and through whom."""

    __tablename__: ClassVar[Any] = "target_event"

    id: int | None = _id()
    target_id: int = _link("target")
    contact_id: int | None = _owner("contact")
    on_day: date
    kind: str
    text: str = ""
    created_at: datetime = _time()


class Introduction(SQLModel, table=True):
    """Two contacts to be introduced to each other, with both consents."""

    __tablename__: ClassVar[Any] = "introduction"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    first_id: int = _link("contact")
    second_id: int = _link("contact")
    because: str
    state: str = "proposed"
    first_consent: str = ""
    second_consent: str = ""
    proposed_on: date
    made_on: date | None = None
    outcome: str = ""
    created_at: datetime = _time()


class Ask(SQLModel, table=True):
    """What an ask is beside the follow-up of kind "waiting" that holds its words and its day."""

    __tablename__: ClassVar[Any] = "ask"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    contact_id: int = _link("contact")
    follow_up_id: int = _unique_link("follow_up")
    target_id: int | None = _link("target", nullable=True)
    need_id: int | None = _link("need", nullable=True)
    introduction_id: int | None = _owner("introduction")
    by_on: date | None = None
    answer: str = ""
    answer_text: str = ""
    answered_on: date | None = None
    created_at: datetime = _time()


class Help(SQLModel, table=True):
    """Help that was received, with the follow-ups that it makes due."""

    __tablename__: ClassVar[Any] = "help"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    contact_id: int = _link("contact")
    exchange_id: int = _link("exchange")
    target_id: int | None = _link("target", nullable=True)
    need_id: int | None = _link("need", nullable=True)
    ask_id: int | None = _link("ask", nullable=True)
    outcome_id: int | None = _link("follow_up", nullable=True)
    stay_id: int | None = _link("follow_up", nullable=True)
    created_at: datetime = _time()


class Knows(SQLModel, table=True):
    """Somebody whom a contact knows: another contact, or a person who is none."""

    __tablename__: ClassVar[Any] = "knows"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    contact_id: int = _link("contact")
    other_id: int | None = _owner("contact")
    name: str = ""
    key: str = ""
    company: str = ""
    how: str = ""
    created_at: datetime = _time()


class FormerPosition(SQLModel, table=True):
    """Where a contact worked before."""

    __tablename__: ClassVar[Any] = "former_position"

    id: int | None = _id()
    contact_id: int = _link("contact")
    company: str
    title: str = ""
    until_on: date | None = None
    created_at: datetime = _time()


class Delivery(SQLModel, table=True):
    """A message to one recipient, and what a server did with it."""

    __tablename__: ClassVar[Any] = "delivery"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    purpose: str
    key: str
    contact_id: int = _link("contact")
    recipient: str
    subject: str
    message_id: str = Field(unique=True)
    message: str | None = None
    record: str = "{}"
    state: str = "draft"
    error: str = ""
    attempts: int = 0
    began_at: datetime | None = _time(nullable=True)
    sent_at: datetime | None = _time(nullable=True)
    created_at: datetime = _time()


class DeliveryMark(SQLModel, table=True):
    """What the user says has become of a message: it went another way, or is not wanted."""

    __tablename__: ClassVar[Any] = "delivery_mark"

    id: int | None = _id()
    delivery_id: int = _link("delivery")
    state: str
    created_at: datetime = _time()


class Event(SQLModel, table=True):
    """Where people meet."""

    __tablename__: ClassVar[Any] = "event"

    id: int | None = _id()
    uuid: str = Field(default_factory=_uuid, unique=True)
    name: str
    key: str
    on_day: date
    place: str = ""
    created_at: datetime = _time()


class EventGuest(SQLModel, table=True):
    """A contact who is at an event."""

    __tablename__: ClassVar[Any] = "event_guest"

    id: int | None = _id()
    event_id: int = _link("event")
    contact_id: int = _link("contact")
