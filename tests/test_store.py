"""The store on real files: its schema, its two doors, and whatever may stand in its place."""

from __future__ import annotations

import sqlite3
import stat
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite as dialect
from sqlmodel import SQLModel

from giveback.dates import Now, utc_text
from giveback.errors import StoreError
from giveback.store import connect, tables
from giveback.store.changes import change
from giveback.store.kept import KEPT
from giveback.store.questions import articles, contacts, exchanges, followups

if TYPE_CHECKING:
    from collections.abc import Iterator

for family in tables.FAMILIES:
    import_module(f"{tables.__name__}.{family}")
CLASSES = {name: SQLModel.metadata.tables[name] for name in (*KEPT, "feed_entry", "delivery", "bulletin_copy")}


def person(name: str = "Ana Ruiz", **fields: Any) -> tables.Contact:
    return tables.Contact(name=name, name_key=name.casefold(), added_on=date(2026, 1, 2), **fields)


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def names(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM contact ORDER BY id")]


# The schema


def test_a_new_store_is_ours_private_and_sound(store: str) -> None:
    assert connect.read(store) is None
    with closing(connect.write(store)) as connection:
        one = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in (
            "application_id", "user_version", "journal_mode", "foreign_keys", "synchronous", "integrity_check",
        )}  # fmt: skip
        modes = {mode(store + suffix) for suffix in ("", "-wal", "-shm")}
    assert one == {
        "application_id": 0x67697665, "user_version": connect.VERSION, "journal_mode": "wal",
        "foreign_keys": 1, "synchronous": 1, "integrity_check": "ok",
    }  # fmt: skip
    assert modes == {0o600}
    assert mode(Path(store).parent) == 0o700


def test_every_table_class_is_checked_for_drift() -> None:
    assert set(SQLModel.metadata.tables) == set(CLASSES)


def test_each_family_holds_the_classes_that_it_is_named_for() -> None:
    found = {
        family: {each for each, made in vars(import_module(f"{tables.__name__}.{family}")).items() if is_table(made)}
        for family in tables.FAMILIES
    }
    assert found == {family: set(names) for family, names in tables.FAMILIES.items()}
    assert {getattr(tables, name) for names in tables.FAMILIES.values() for name in names} == {
        mapper.class_ for mapper in SQLModel._sa_registry.mappers
    }
    with pytest.raises(AttributeError, match="has no attribute 'Nobody'"):
        _ = tables.Nobody  # type: ignore[attr-defined]


def is_table(made: object) -> bool:
    return isinstance(made, type) and made is not SQLModel and issubclass(made, SQLModel)


@pytest.mark.parametrize("name", CLASSES)
def test_migrations_make_what_the_table_classes_say(empty_store: str, name: str) -> None:
    def affinity(kind: str) -> str:
        return "TEXT" if "CHAR" in kind else kind

    with closing(sqlite3.connect(empty_store)) as connection:
        made = {
            row[1]: (affinity(row[2]), not row[3] and not row[5], bool(row[5]))
            for row in connection.execute(f"PRAGMA table_info({name})")
        }
        links = {(row[3], row[2], row[4], row[6]) for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
        unique = {
            columns[0][2]
            for index in connection.execute(f"PRAGMA index_list({name})")
            if index[2] and len(columns := connection.execute(f"PRAGMA index_info({index[1]})").fetchall()) == 1
        }
    table = CLASSES[name]
    assert made == {
        column.name: (
            affinity(column.type.compile(dialect.dialect())),
            bool(column.nullable) and not column.primary_key,
            column.primary_key,
        )
        for column in table.columns
    }
    assert links == {
        (column.name, column.info["references"][0], "id", column.info["references"][1])
        for column in table.columns
        if "references" in column.info
    }
    assert unique == {column.name for column in table.columns if column.unique}


# The two doors

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
number = st.floats(allow_nan=False, allow_infinity=False)
day = st.dates(date(1900, 1, 1), date(2200, 1, 1))
moment = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds are naive by Hypothesis' rule
    lambda at: at.replace(microsecond=0)
)


@pytest.fixture(scope="module")
def shared_store() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield str(Path(folder, "giveback.db"))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_both_doors_read_what_was_written(shared_store: str, data: st.DataObject) -> None:
    name, notes, phrase, said, title = (data.draw(text) for _ in range(5))
    cadence, weight = data.draw(st.none() | st.integers(1, 9_999)), data.draw(number)
    added, on, snoozed = data.draw(day), data.draw(day), data.draw(st.none() | day)
    archived, published, seen = data.draw(st.none() | moment), data.draw(st.none() | moment), data.draw(moment)
    avoid = data.draw(st.booleans())
    with change(shared_store, Now(seen, on), "property") as session:
        contact = tables.Contact(
            name=name, name_key=name, notes=notes, cadence_days=cadence, added_on=added, snoozed_until=snoozed,
            archived_at=archived,
        )  # fmt: skip
        session.add(contact)
        session.flush()
        assert contact.id is not None
        session.add(tables.ContactPoint(contact_id=contact.id, kind="handle", value=said, key=said))
        interest = tables.Interest(contact_id=contact.id, phrase=phrase, key=phrase, avoid=avoid, weight=weight)
        article = tables.Article(
            url=f"https://example.com/{contact.uuid}", title=title, published_at=published, first_seen_at=seen
        )
        session.add_all([interest, article])
        session.flush()
        exchange = tables.Exchange(
            contact_id=contact.id, direction="given", on_day=on, text=said, article_id=article.id, gift_title=title
        )
        follow_up = tables.FollowUp(contact_id=contact.id, kind="promise", text=said, since_on=on, due_on=snoozed)
        session.add_all([exchange, follow_up])
        session.flush()
        assert article.id is not None
        person_id, article_id, uuid, exchange_uuid = contact.id, article.id, contact.uuid, exchange.uuid
    connection = connect.read(shared_store)
    assert connection is not None
    with closing(connection):
        row = contacts.one(connection, person_id)
        assert (row.uuid, row.name, row.notes, row.cadence_days) == (uuid, name, notes, cadence)
        assert (row.added_on, row.snoozed_until) == (added.isoformat(), snoozed.isoformat() if snoozed else None)
        assert row.archived_at == (utc_text(archived) if archived else None)
        assert (row.exchanges, row.given, row.received, row.last_on) == (1, 1, 0, on.isoformat())
        assert contacts.points(connection, person_id) == [("handle", said, "")]
        assert [tuple(found)[1:] for found in contacts.interests(connection, person_id)] == [
            (phrase, avoid, weight, "user")
        ]
        (past,) = exchanges.history(connection, person_id)
        assert (past.uuid, past.direction, past.on_day, past.text) == (exchange_uuid, "given", on.isoformat(), said)
        assert (past.article_id, past.gift_title) == (article_id, title)
        (promise,) = followups.open_ones(connection, person_id)
        assert (promise.text, promise.since_on, promise.due_on, promise.nudges, promise.answered) == (
            said, on.isoformat(), snoozed.isoformat() if snoozed else None, 0, 0,
        )  # fmt: skip
        found = articles.one(connection, article_id)
        assert found is not None
        assert (found.title, found.published_at, found.first_seen_at) == (
            title, utc_text(published) if published else None, utc_text(seen),
        )  # fmt: skip


def test_an_answer_counts_even_within_the_same_second(store: str, now: Now) -> None:
    with change(store, now, "log") as session:
        session.add(person())
        session.flush()
        ask = tables.Exchange(contact_id=1, direction="shared", on_day=now.today, text="asked", created_at=now.at)
        session.add(ask)
        session.flush()
        session.add(
            tables.FollowUp(
                contact_id=1, kind="waiting", text="asked", since_on=now.today, exchange_id=ask.id, created_at=now.at
            )
        )
        session.flush()
        answer = tables.Exchange(contact_id=1, direction="received", on_day=now.today, text="yes", created_at=now.at)
        session.add(answer)
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        assert followups.open_ones(connection)[0].answered


# Units of work


def test_an_error_takes_the_whole_unit_back(store: str, now: Now) -> None:
    def interrupted() -> None:
        with change(store, now, "add") as session:
            session.add(person())
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(store) == []


def test_a_commit_inside_a_unit_does_not_end_it(store: str, now: Now) -> None:
    with change(store, now, "add", dry_run=True) as session:
        session.add(person())
        session.commit()
        session.add(person("Bo Lund"))
    assert names(store) == []


def test_what_the_schema_forbids_is_one_line(store: str, now: Now) -> None:
    with pytest.raises(StoreError, match="CHECK"), change(store, now, "add") as session:
        session.add(person(cadence_days=-1))
    with pytest.raises(StoreError, match="FOREIGN KEY"), change(store, now, "add") as session:
        session.add(tables.Interest(contact_id=99, phrase="x", key="x"))


def test_a_time_without_a_zone_is_refused(store: str, now: Now) -> None:
    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError, match="without a zone"), change(store, now, "add") as session:
        session.add(person(created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point


def test_remembering_what_was_shown_makes_no_store(store: str, now: Now) -> None:
    from giveback.store.shown import remember

    Path(store).parent.mkdir()
    remember(store, {1: [(1, 1), (2, 1)]}, now.today)
    assert not Path(store).exists()
