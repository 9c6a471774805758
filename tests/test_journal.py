"""The journal: whatever was changed can be taken back, the last change first, to the same rows."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from giveback.dates import Now
from giveback.errors import NotFoundError
from giveback.keeping.exchanges import follow_up, log
from giveback.people.contacts import ContactForm, add
from giveback.people.contacts import change as edit
from giveback.people.interests import add_interests
from giveback.store import connect
from giveback.store.changes import change, undo
from giveback.store.doctor import examine
from giveback.store.kept import KEPT
from giveback.store.questions.journal import changes
from giveback.store.tables import Article, Contact, Dismissal, Exchange, Feed, FollowUp, Interest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlmodel import Session

TODAY = date(2026, 11, 23)
NOW = Now(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), TODAY)
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"])

Dump = dict[str, list[tuple[Any, ...]]]


def dump(path: str) -> Dump:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608 - names of our own
            for table in KEPT
        }


def tallies(path: str) -> dict[int, tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0]: row[1:] for row in connection.execute("SELECT * FROM contact_tally")}


def undoable(path: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT count(*) FROM journal WHERE undone_at IS NULL AND id IN (SELECT journal_id FROM journal_entry)"
        )
        return int(found.fetchone()[0])


def troubles(path: str) -> set[str]:
    """What the doctor finds, but for work that is still to be done."""
    return {finding.kind for finding in examine(path)} - {"ranking"}


def a_contact(path: str, name: str = "Ana Ruiz") -> int:
    with change(path, NOW, f"add {name}") as session:
        number = add(session, ContactForm(name), TODAY, 60).id
    assert number is not None
    return number


# Every kind of change, drawn at random


def _any(session: Session, table: type[Any], data: st.DataObject) -> Any:
    rows = list(session.exec(select(table).order_by(table.id)))
    return data.draw(st.sampled_from(rows)) if rows else None


def _day(data: st.DataObject) -> date:
    return TODAY - timedelta(days=data.draw(st.integers(0, 400)))


def _words(data: st.DataObject) -> str:
    return "w" + data.draw(st.text(CHARACTERS, max_size=12))


def add_contact(session: Session, data: st.DataObject) -> None:
    phrases = tuple(data.draw(st.lists(st.sampled_from(["gas", "fishing", "orchids"]), unique=True)))
    add(session, ContactForm(_words(data), points=(("handle", _words(data)),), interests=phrases), TODAY, 60)


def edit_contact(session: Session, data: st.DataObject) -> None:
    contact = _any(session, Contact, data)
    if contact:
        edit(contact, {"name": _words(data), "every": data.draw(st.sampled_from(["", "3w", "never"]))}, TODAY)
        session.add(contact)


def remove_contact(session: Session, data: st.DataObject) -> None:
    contact = _any(session, Contact, data)
    if contact:
        session.delete(contact)


def change_interest(session: Session, data: st.DataObject) -> None:
    contact = _any(session, Contact, data)
    if contact:
        (phrase,) = add_interests(session, contact, [_words(data)], avoid=data.draw(st.booleans()))
        kept = session.exec(select(Interest).where(Interest.phrase == phrase)).first()
        assert kept
        kept.weight = data.draw(st.floats(0, 5))


def remove_interest(session: Session, data: st.DataObject) -> None:
    interest = _any(session, Interest, data)
    if interest:
        session.delete(interest)


def log_exchange(session: Session, data: st.DataObject) -> None:
    contact = _any(session, Contact, data)
    if contact:
        direction = data.draw(st.sampled_from(["given", "received", "shared"]))
        exchange = log(session, contact.id, _words(data), on=_day(data), today=TODAY, direction=direction)
        article = _any(session, Article, data)
        exchange.article_id = article.id if article else None
        follow_up(session, contact.id, "x", kind="waiting", since=TODAY, due=None, exchange_id=exchange.id)


def edit_exchange(session: Session, data: st.DataObject) -> None:
    """As merging two contacts does: it may move to another one."""
    exchange, contact = _any(session, Exchange, data), _any(session, Contact, data)
    if exchange:
        exchange.contact_id, exchange.on_day = contact.id, _day(data)


def remove_exchange(session: Session, data: st.DataObject) -> None:
    exchange = _any(session, Exchange, data)
    if exchange:
        session.delete(exchange)


def close_follow_up(session: Session, data: st.DataObject) -> None:
    row = _any(session, FollowUp, data)
    if row:
        row.done_on = _day(data)


def add_article(session: Session, data: st.DataObject) -> None:
    feed = Feed(url=f"https://example.com/{data.draw(st.uuids())}")
    session.add(feed)
    session.flush()
    session.add(Article(url=feed.url + "/1", title=_words(data), text=_words(data), feed_id=feed.id))


def edit_article(session: Session, data: st.DataObject) -> None:
    article = _any(session, Article, data)
    if article:
        article.title, article.text = _words(data), _words(data)


def remove_article(session: Session, data: st.DataObject) -> None:
    article = _any(session, data.draw(st.sampled_from([Article, Feed])), data)
    if article:
        session.delete(article)


def dismiss(session: Session, data: st.DataObject) -> None:
    contact, article = _any(session, Contact, data), _any(session, Article, data)
    if contact and article:
        known = select(Dismissal).where(Dismissal.contact_id == contact.id, Dismissal.article_id == article.id)
        if session.exec(known).first() is None:
            session.add(Dismissal(contact_id=contact.id, article_id=article.id, on_day=TODAY))


CHANGES: list[Callable[[Session, st.DataObject], None]] = [
    add_contact, edit_contact, remove_contact, change_interest, remove_interest, log_exchange, edit_exchange,
    remove_exchange, close_follow_up, add_article, edit_article, remove_article, dismiss,
]  # fmt: skip


@pytest.fixture(scope="module")
def filled() -> Iterator[str]:
    """A store with two contacts, two articles and some history, to be copied."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "giveback.db"))
        with change(path, NOW) as session:
            for name in ("Ana Ruiz", "Bo Lund"):
                number = add(session, ContactForm(name, interests=("gas", "fishing")), TODAY, 60).id
                assert number is not None
                session.add(Article(url=f"https://example.com/{name}", title=f"{name} fishes", summary="gas"))
                session.flush()
                log(session, number, "coffee", on=TODAY, today=TODAY, direction="received")
                session.add(Dismissal(contact_id=number, article_id=number, on_day=TODAY))
        yield path


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_undo_restores_the_very_rows(filled: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(shutil.copy(filled, folder))
        before, there = [(dump(path), tallies(path))], undoable(path)
        for _ in range(data.draw(st.integers(1, 8))):
            with change(path, NOW, "something") as session:
                for step in data.draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)):
                    step(session, data)
                    session.flush()
            # What adds somebody and removes them again leaves the rows as they were, but is a change to take back.
            if undoable(path) - there == len(before):
                before.append((dump(path), tallies(path)))
            if data.draw(st.integers(0, 4)) == 0 and len(before) > 1:
                assert undo(path, NOW).command == "something"
                before.pop()
                assert (dump(path), used(tallies(path))) == (before[-1][0], used(before[-1][1]))
        assert troubles(path) == set()
        while len(before) > 1:
            undo(path, NOW)
            before.pop()
            assert (dump(path), used(tallies(path))) == (before[-1][0], used(before[-1][1]))
        assert troubles(path) == set()


def used(found: dict[int, tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    """Tallies without those of zeros, which say the same as none."""
    return {number: tally for number, tally in found.items() if tally[0]}


# Examples


def test_several_in_a_row_go_further_back(store: str) -> None:
    empty: Dump = {table: [] for table in KEPT}
    states: list[Dump] = []
    for name in ("Ana Ruiz", "Bo Lund", "Cy Young"):
        a_contact(store, name)
        states.append(dump(store))
    assert undo(store, NOW).command == "add Cy Young"
    assert dump(store) == states[1]
    assert undo(store, NOW).command == "add Bo Lund"
    a_contact(store, "Di Marco")
    assert undo(store, NOW).command == "add Di Marco", "a later change comes before what is left"
    assert dump(store) == states[0]
    assert undo(store, NOW).command == "add Ana Ruiz"
    assert dump(store) == empty
    with pytest.raises(NotFoundError, match="nothing to undo"):
        undo(store, NOW)


def test_an_ask_that_is_deleted_and_comes_back_thanks_nobody(store: str) -> None:
    number = a_contact(store)
    with change(store, NOW, "log") as session:
        log(session, number, "a lift", on=TODAY, today=TODAY, direction="received")
        asked = log(session, number, "asked for a name", on=TODAY, today=TODAY)
        follow_up(session, number, "a name", kind="waiting", since=TODAY, due=None, exchange_id=asked.id)
    before = tallies(store)
    with change(store, NOW, "delete") as session:
        session.delete(session.get(Exchange, asked.id))
    undo(store, NOW)
    assert tallies(store) == before
    assert troubles(store) == set()


def test_without_a_store_there_is_nothing_to_undo_and_none_is_made(store: str) -> None:
    with pytest.raises(NotFoundError):
        undo(store, NOW)
    assert not Path(store).exists()


def test_a_dry_run_changes_nothing(store: str) -> None:
    number = a_contact(store)
    before = dump(store)
    with change(store, NOW, "log", dry_run=True) as session:
        assert log(session, number, "coffee", on=TODAY, today=TODAY).id == 1
    assert dump(store) == before
    assert undo(store, NOW, dry_run=True) == undo(store, NOW, dry_run=True)
    assert dump(store) == before
    assert undo(store, NOW).command == "add Ana Ruiz"


def test_what_changed_nothing_is_not_in_the_way(store: str) -> None:
    a_contact(store)
    with change(store, NOW, "nothing"):
        pass
    with change(store, NOW, "the same again") as session:
        session.connection().exec_driver_sql("UPDATE contact SET name = name")
    assert undo(store, NOW).command == "add Ana Ruiz"


def test_what_fetches_is_not_journaled(store: str) -> None:
    a_contact(store)
    with change(store, NOW) as session:
        session.add(Article(url="https://example.com/1", title="news"))
    undo(store, NOW)
    assert len(dump(store)["article"]) == 1


def test_undo_leaves_alone_what_a_fetch_wrote_since(store: str) -> None:
    with change(store, NOW) as session:
        session.add(Article(url="https://example.com/1", title="old"))
    with change(store, NOW, "save") as session:
        article = session.get(Article, 1)
        assert article
        article.saved_at = NOW.at
    with change(store, NOW) as session:
        article = session.get(Article, 1)
        assert article
        article.title = "new"
    undo(store, NOW)
    connection = connect.read(store)
    assert connection
    with closing(connection):
        assert connection.execute("SELECT title, saved_at FROM article").fetchone() == ("new", None)


def test_a_contact_comes_back_with_everything(store: str) -> None:
    number = a_contact(store)
    with change(store, NOW, "log") as session:
        exchange = log(session, number, "coffee", on=TODAY, today=TODAY)
        follow_up(session, number, "send the chart", kind="promise", since=TODAY, due=TODAY, exchange_id=exchange.id)
        add_interests(session, session.get_one(Contact, number), ["gas"])
        session.add(Article(url="https://example.com/1", title="news"))
        session.flush()
        session.add(Dismissal(contact_id=number, article_id=1, on_day=TODAY))
    before = dump(store), tallies(store)
    with change(store, NOW, "forget") as session:
        session.delete(session.get_one(Contact, number))
    assert {table: len(rows) for table, rows in dump(store).items() if rows} == {"article": 1}
    undo(store, NOW)
    assert (dump(store), tallies(store)) == before
    assert troubles(store) == set()


def test_a_float_comes_back_to_the_last_digit(store: str) -> None:
    number = a_contact(store)
    with change(store, NOW, "interest") as session:
        session.add(Interest(contact_id=number, phrase="gas", key="gas", weight=0.1 + 0.2))
    with change(store, NOW, "remove") as session:
        session.delete(session.get_one(Interest, 1))
    undo(store, NOW)
    connection = connect.read(store)
    assert connection
    with closing(connection):
        assert connection.execute("SELECT weight FROM interest").fetchone() == (0.1 + 0.2,)


def test_the_list_shows_what_can_be_taken_back(store: str) -> None:
    for name in ("Ana Ruiz", "Bo Lund"):
        a_contact(store, name)
    undo(store, NOW)
    connection = connect.read(store)
    assert connection
    with closing(connection):
        assert [tuple(row) for row in changes(connection)] == [(1, "2026-11-23T12:00:00Z", "add Ana Ruiz", 1)]


# Tallies


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["given", "received", "shared"])), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_tallies_do_not_depend_on_the_order_of_logging(
    filled: str, history: list[tuple[int, str]], random: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(shutil.copy(filled, folder))
        number = a_contact(path, "Cy Young")
        random.shuffle(history)
        latest = TODAY - timedelta(days=99)
        with change(path, NOW, "log") as session:
            for back, direction in history:
                on = TODAY - timedelta(days=back)
                log(session, number, "x", on=on, today=TODAY, direction=direction)
                latest = max(latest, on)
                sql = f"SELECT last_on FROM contact_tally WHERE contact_id = {number}"  # noqa: S608 - a number
                moved = session.connection().exec_driver_sql(sql).scalar()
                assert moved == latest.isoformat(), "an older exchange never moves it back"
        out = [TODAY - timedelta(days=back) for back, direction in history if direction != "received"]
        # Help is thanked for by anything that went out later, or was logged later on the same day.
        waiting = [
            TODAY - timedelta(days=back)
            for place, (back, direction) in enumerate(history)
            if direction == "received"
            and not any(
                other < back or (other == back and later > place)
                for later, (other, to) in enumerate(history)
                if to != "received"
            )
        ]
        assert tallies(path)[number] == (
            len(history),
            sum(direction == "given" for _, direction in history),
            sum(direction == "received" for _, direction in history),
            latest.isoformat(),
            max(out).isoformat() if out else None,
            min(waiting).isoformat() if waiting else None,
        )
