"""The store on real files: its schema, its two doors, and whatever may stand in its place."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
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
from giveback.store.questions import articles, contacts, exchanges, followups
from giveback.store.schema import JOURNALED

if TYPE_CHECKING:
    from collections.abc import Iterator

CLASSES = {name: SQLModel.metadata.tables[name] for name in (*JOURNALED, "feed_entry")}


def person(name: str = "Ana Ruiz", **fields: Any) -> tables.Contact:
    return tables.Contact(name=name, name_key=name.casefold(), added_on=date(2026, 1, 2), **fields)


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def names(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM contact ORDER BY id")]


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


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


@pytest.mark.parametrize("name", CLASSES)
def test_migrations_make_what_the_table_classes_say(store: str, name: str) -> None:
    def affinity(kind: str) -> str:
        return "TEXT" if "CHAR" in kind else kind

    with closing(connect.write(store)) as connection:
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
        (key.parent.name, key.column.table.name, key.column.name, key.ondelete) for key in table.foreign_keys
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


# What may stand in its place


def refused(path: str) -> StoreError:
    """The error that both doors raise; whatever stands there is left as it was."""
    file = Path(path)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(StoreError) as reading:
        connect.read(path)
    with pytest.raises(StoreError) as writing:
        connect.write(path)
    assert reading.value.message == writing.value.message
    assert reading.value.hint
    assert "\n" not in reading.value.message
    assert (file.read_bytes() if file.is_file() else b"") == before
    return writing.value


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "giveback.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    assert "is not a giveback store" in refused(path).message


def test_a_newer_store_is_refused(store: str) -> None:
    with closing(connect.write(store)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "newer giveback (schema 999" in refused(store).message


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "giveback.db"
    path.write_text("not a database, but a letter\n" * 100)
    assert "not a database" in refused(str(path)).message


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert "it is a folder" in refused(str(tmp_path)).message


def test_a_torn_file_is_refused(store: str) -> None:
    connect.write(store).close()
    with Path(store).open("r+b") as file:
        file.truncate(5_000)
    refused(store)


def test_pages_of_rubbish_end_in_one_line(store: str, now: Now) -> None:
    with change(store, now, "add") as session:
        session.add_all([person(f"Person {number}", notes="x" * 500) for number in range(200)])
    size = Path(store).stat().st_size
    with Path(store).open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xa5" * (size - 4_096))
    with pytest.raises(StoreError, match="malformed") as raised, change(store, now, "add") as session:
        session.add(person())
    assert "restore" in raised.value.hint


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot create"):
        connect.write(str(tmp_path / "file" / "home" / "giveback.db"))


READ_ONLY = """
import os, sys
from datetime import date
from giveback.dates import now
from giveback.errors import StoreError
from giveback.store import connect, migrations, tables
from giveback.store.changes import change
from giveback.store.questions import contacts
import urllib.parse
path, mode, folder_mode = sys.argv[1], int(sys.argv[2], 8), int(sys.argv[3], 8)
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
os.makedirs(os.path.dirname(path), 0o700)
def add(name):
    with change(path, now(), "add") as session:
        session.add(tables.Contact(name=name, name_key="x", added_on=date(2026, 1, 1)))
add("before")
os.chmod(path, mode)
os.chmod(os.path.dirname(path), folder_mode)
connection = connect.read(path)
print([row.name for row in contacts.listed(connection)])
connection.close()
try:
    add("after")
except StoreError as error:
    print(error.message, "|", error.hint)
os.chmod(os.path.dirname(path), 0o700)
"""


@pytest.mark.parametrize(("file_mode", "folder_mode"), [("400", "700"), ("600", "500"), ("400", "500")])
def test_what_cannot_be_written_can_be_read(file_mode: str, folder_mode: str) -> None:
    # A folder of its own: pytest's is closed to the user that the child becomes.
    with tempfile.TemporaryDirectory() as outside:
        Path(outside).chmod(0o777)
        path = str(Path(outside, "home", "giveback.db"))
        out, err = child(READ_ONLY, path, file_mode, folder_mode).communicate()
    assert not err
    listed, said = out.splitlines()
    assert listed == "['before']"
    assert "make the file and its folder writable" in said


FULL = """
import resource, sys
from datetime import date
from giveback.dates import now
from giveback.errors import StoreError
from giveback.store import tables
from giveback.store.changes import change
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with change(sys.argv[1], now(), "add") as session:
        for number in range(4_000):
            session.add(tables.Contact(name=f"{number}", name_key="x", added_on=date(2026, 1, 1), notes="n" * 1_000))
except StoreError as error:
    print(error.message, "|", error.hint)
"""


def test_a_full_disk_changes_nothing(store: str, now: Now) -> None:
    with change(store, now, "add") as session:
        session.add(person())
    out, err = child(FULL, store).communicate()
    assert not err
    assert "nothing was changed" in out
    assert names(store) == ["Ana Ruiz"]
    with change(store, now, "add") as session:
        session.add(person("Bo Lund"))
    assert names(store) == ["Ana Ruiz", "Bo Lund"]


# Several at once


WRITER = """
import sys
from datetime import date
from giveback.dates import now
from giveback.store import tables
from giveback.store.changes import change
for number in range(8):
    with change(sys.argv[1], now(), "add") as session:
        session.add(tables.Contact(name=f"{sys.argv[2]} {number}", name_key="x", added_on=date(2026, 1, 1)))
"""


def test_processes_that_write_at_once_all_succeed(store: str) -> None:
    # Not even the folder is there: they race for making it, the file and the schema too.
    writers = [child(WRITER, store, name) for name in "abc"]
    assert [writer.communicate()[1] for writer in writers] == [""] * 3
    assert sorted(names(store)) == sorted(f"{name} {number}" for name in "abc" for number in range(8))


CREATOR = """
import sys
from giveback.store import connect
print("ready", flush=True)
sys.stdin.readline()
connect.write(sys.argv[1]).close()
"""


def test_processes_that_create_the_store_at_once_all_succeed(store: str) -> None:
    creators = [
        subprocess.Popen(
            [sys.executable, "-c", CREATOR, store],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for creator in creators:
        assert creator.stdout
        assert creator.stdout.readline() == "ready\n"
    for creator in creators:
        assert creator.stdin
        creator.stdin.write("go\n")
        creator.stdin.flush()
    assert [creator.communicate()[1] for creator in creators] == [""] * 4


def test_another_process_may_make_the_folder_first(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def isdir_then_made(folder: str) -> bool:
        Path(folder).mkdir(exist_ok=True)
        return False

    monkeypatch.setattr("os.path.isdir", isdir_then_made)
    connect.make_private_folder(store)


HANGING = """
import sys, time
from datetime import date
from giveback.dates import now
from giveback.store import tables
from giveback.store.changes import change
with change(sys.argv[1], now(), "import") as session:
    for number in range(3_000):
        session.add(tables.Contact(name=f"{number}", name_key="x", added_on=date(2026, 1, 1), notes="n" * 2_000))
    session.flush()
    print("half-way", flush=True)
    time.sleep(60)
"""


def test_kill_9_in_the_middle_leaves_nothing_half_written(store: str, now: Now) -> None:
    with change(store, now, "add") as session:
        session.add(person())
    victim = child(HANGING, store)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "half-way\n"
    assert Path(store + "-wal").stat().st_size > 1_000_000, "it has written to the disk already"
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert names(store) == ["Ana Ruiz"]
    with change(store, now, "add") as session:
        session.add(person("Bo Lund"))
    assert names(store) == ["Ana Ruiz", "Bo Lund"]
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT command FROM journal").fetchall() == [("add",), ("add",)]


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
    remember(store, 1, [1, 2], now.today)
    assert not Path(store).exists()
