"""Exchanges and what follows from them, through the store."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.errors import UsageError
from giveback.keeping import exchanges as keeping
from giveback.keeping import followups
from giveback.keeping.occasions import birthday
from giveback.keeping.rules import Dated, Facts, FollowUp, follow_ups
from giveback.people.contacts import ContactForm, add, get
from giveback.store import connect
from giveback.store.changes import change
from giveback.store.questions.exchanges import history
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from giveback.keeping.followups import Due
    from giveback.keeping.rules import Kind, Reason

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def ago(days: int) -> date:
    return MONDAY - timedelta(days)


@contextmanager
def reading(store: str) -> Iterator[sqlite3.Connection]:
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        yield connection


class Book(NamedTuple):
    """A store in which one contact was added long ago, to be in touch with every three weeks."""

    store: str
    now: Now
    ana: int

    def log(self, days_ago: int, direction: str = "shared", text: str = "coffee", **more: Any) -> int:
        with change(self.store, self.now, "log") as session:
            exchange = keeping.log(
                session, self.ana, text, on=ago(days_ago), today=MONDAY, direction=direction, **more
            )  # fmt: skip
            number = exchange.id
        assert number is not None
        return number

    def follow(self, kind: str, days_ago: int, due_in: int | None, text: str = "the chart", **more: Any) -> None:
        due = None if due_in is None else MONDAY + timedelta(due_in)
        with change(self.store, self.now, kind) as session:
            keeping.follow_up(session, self.ana, text, kind=kind, since=ago(days_ago), due=due, **more)

    def done(self, part: str = "", today: date = MONDAY) -> Reason | None:
        with reading(self.store) as connection:
            reason = followups.next_reason(connection, self.ana, today, part)
        if reason is not None:
            with change(self.store, self.now, "done") as session:
                followups.close(session, reason, today)
        return reason

    def due(self, today: date = MONDAY, **options: Any) -> Due:
        with reading(self.store) as connection:
            return followups.due(connection, today, **options)

    def kinds(self, today: date = MONDAY) -> list[str]:
        with reading(self.store) as connection:
            return [reason.kind for reason in followups.reasons_for(connection, self.ana, today, 0)]


@pytest.fixture
def book(store: str, now: Now) -> Book:
    with change(store, now, "add") as session:
        ana = add(session, ContactForm("Ana Ruiz", every="3w"), ago(100), None).id
    assert ana is not None
    return Book(store, now, ana)


def test_an_exchange_is_kept_as_it_was_said(book: Book) -> None:
    gift = keeping.Gift("Gas prices fall", "https://example.com/gas", None, "natural gas", "Thought of you.\n\nBye")
    book.log(1, "given", " \x1b[1mGas\x1b[0m  prices ", channel="E-Mail".replace("-", "").lower(), gift=gift)
    with reading(book.store) as connection:
        row = history(connection, book.ana)[0]
    assert (row.direction, row.channel, row.on_day, row.text) == ("given", "email", "2026-11-22", "Gas prices")
    assert (row.gift_title, row.gift_url, row.interest) == ("Gas prices fall", "https://example.com/gas", "natural gas")
    assert row.note == "Thought of you.\n\nBye"


def test_the_latest_exchange_comes_first_and_a_limit_holds(book: Book) -> None:
    for days, text in ((3, "older"), (1, "newer"), (1, "newest"), (9, "oldest")):
        book.log(days, text=text)
    with reading(book.store) as connection:
        assert [row.text for row in history(connection, book.ana)] == ["newest", "newer", "older", "oldest"]
        assert [row.text for row in history(connection, book.ana, 2)] == ["newest", "newer"]


@pytest.mark.parametrize(
    ("days_ago", "text", "more", "message"),
    [
        (0, "", {}, "the text is empty"),
        (0, " \u200b\x1b[31m", {}, "the text is empty"),
        (-1, "coffee", {}, "2026-11-24 lies in the future"),
        (0, "coffee", {"channel": "pigeon"}, "'pigeon' is no channel"),
    ],
)
def test_what_cannot_be_is_refused(book: Book, days_ago: int, text: str, more: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        book.log(days_ago, text=text, **more)
    with reading(book.store) as connection:
        assert history(connection, book.ana) == []


def test_a_never_contacted_person_shows_from_the_day_it_was_added(book: Book) -> None:
    assert book.kinds(ago(80)) == []
    assert book.kinds(ago(79)) == ["cadence"]
    assert book.due().lines[0].priority == (100 - 21) / 21


def test_logging_moves_at_once_and_older_things_never_move_back(book: Book) -> None:
    assert book.kinds() == ["cadence"]
    book.log(0)
    assert book.kinds() == []
    book.log(90)
    assert book.kinds() == []
    assert book.kinds(MONDAY + timedelta(21)) == ["cadence"]


def test_what_was_received_is_thanked_once(book: Book) -> None:
    book.log(2, "received", "an introduction")
    assert book.kinds() == ["thank-you"]
    assert book.kinds(ago(2)) == []
    book.log(2, "given", "thanks")
    assert book.kinds() == []
    book.log(0, "received", "more help")
    assert book.kinds(MONDAY + timedelta(1)) == ["thank-you"]


def test_an_ask_waits_three_days_then_seven_then_stops(book: Book) -> None:
    number = book.log(7, "shared", "asked for a name")
    book.follow("waiting", 7, None, "asked for a name", exchange_id=number)
    assert book.kinds(ago(5)) == []
    assert book.kinds(ago(4)) == ["waiting"]
    book.log(4, text="nudged")
    assert book.kinds(ago(4)) == []
    assert book.kinds(MONDAY + timedelta(2)) == ["waiting"]
    book.log(0, text="nudged again")
    assert book.kinds(MONDAY + timedelta(9)) == []


def test_an_answer_ends_the_waiting_also_on_the_same_day(book: Book) -> None:
    number = book.log(7, "shared", "asked for a name")
    book.follow("waiting", 7, None, exchange_id=number)
    book.log(7, "received", "the name")
    assert "waiting" not in book.kinds()


def test_done_takes_the_strongest_or_the_one_that_is_named(book: Book) -> None:
    book.log(0)
    book.follow("reminder", 3, -1, "Ask how the move went")
    book.follow("promise", 3, 5, "send the chart")
    book.follow("promise", 3, -2, "call José")
    assert book.kinds() == ["promise", "reminder"]
    assert [reason.text for reason in (book.done("jose"), book.done()) if reason] == [
        "call José", "Ask how the move went",
    ]  # fmt: skip
    assert book.done() is None, "what lies ahead is done only by its words"
    assert [reason.text for reason in (book.done("CHART"),) if reason] == ["send the chart"]
    assert book.done("nothing like it") is None


def test_snoozing_hides_until_the_day_and_a_promise_can_still_be_kept(book: Book) -> None:
    book.follow("promise", 3, -1, "send the chart")
    with change(book.store, book.now, "snooze") as session:
        get(session, book.ana).snoozed_until = MONDAY + timedelta(7)
    assert book.due() == ([], 0)
    assert book.due(MONDAY + timedelta(6)).lines == []
    assert [line.reason.kind for line in book.due(MONDAY + timedelta(7)).lines] == ["promise"]
    done = book.done()
    assert done is not None
    assert done.text == "send the chart"


def test_the_archived_are_never_due(book: Book) -> None:
    assert book.due().total == 1
    with change(book.store, book.now, "archive") as session:
        get(session, book.ana).archived_at = NOON
    assert book.due() == ([], 0)
    assert book.kinds() == []


def test_lines_are_limited_and_chosen_without_losing_count(book: Book) -> None:
    with change(book.store, book.now, "more") as session:
        others = [add(session, ContactForm(name, every=every), ago(100), None).id
                  for name, every in (("Bob", "3w"), ("Cy", "2w"), ("Dee", "90d"), ("Ed", "never"))]  # fmt: skip
    bob, cy, dee, _ = others
    assert [line.contact_id for line in book.due().lines] == [cy, book.ana, bob, dee]
    limited = book.due(limit=2)
    assert ([line.contact_id for line in limited.lines], limited.total) == ([cy, book.ana], 4)
    some = book.due(only=[bob or 0, dee or 0, 999])
    assert ([line.contact_id for line in some.lines], some.total) == ([bob, dee], 2)
    assert book.due(ago(20), within_days=10).total == 4


# Two ways to the same answer: what the store tallies against the rules over what was written.


class Written(NamedTuple):
    """A contact as the strategy makes it: offsets are days before Monday."""

    name: str
    added: int
    cadence: int | None
    birthday: str
    snoozed: int | None
    archived: bool
    exchanges: list[tuple[int, str]]
    dated: list[tuple[Kind, int, int | None, bool]]


OFFSETS = st.integers(0, 40)
WRITTEN = st.builds(
    Written,
    name=st.sampled_from(["Ana", "Åsa", "bob", "Zoë"]),
    added=st.integers(0, 60),
    cadence=st.none() | st.integers(1, 40),
    birthday=st.sampled_from(["", "--11-25", "1980-11-22", "--12-01", "--02-29"]),
    snoozed=st.none() | st.integers(-3, 3),
    archived=st.sampled_from([False, False, False, True]),
    exchanges=st.lists(st.tuples(OFFSETS, st.sampled_from(keeping.DIRECTIONS)), max_size=5),
    dated=st.lists(
        st.tuples(
            st.sampled_from(["promise", "reminder", "waiting", "outcome"]),
            OFFSETS,
            st.none() | st.integers(-10, 20),
            st.booleans(),
        ),
        max_size=3,
    ),
)


def _write(store: str, contacts: list[Written]) -> None:
    from giveback.store.tables import Contact, Exchange
    from giveback.store.tables import FollowUp as Stored

    with change(store, Now(NOON, MONDAY)) as session:
        session.connection().exec_driver_sql("DELETE FROM contact")
        for number, one in enumerate(contacts, start=1):
            snoozed = None if one.snoozed is None else ago(one.snoozed)
            session.add(
                Contact(
                    id=number, name=one.name, name_key=fold(one.name), added_on=ago(one.added),
                    cadence_days=one.cadence, birthday=one.birthday, snoozed_until=snoozed,
                    archived_at=NOON if one.archived else None,
                )
            )  # fmt: skip
            session.flush()
            for day, direction in one.exchanges:
                session.add(
                    Exchange(contact_id=number, direction=direction, on_day=ago(day), text="x", created_at=NOON)
                )
                session.flush()
            for kind, since, due, done in one.dated:
                session.add(
                    Stored(
                        contact_id=number, kind=kind, text=kind, since_on=ago(since),
                        due_on=None if due is None else ago(due), done_on=MONDAY if done else None, created_at=NOON,
                    )
                )  # fmt: skip
                session.flush()


def _facts(number: int, one: Written) -> Facts:
    outgoing = [(-day, place) for place, (day, direction) in enumerate(one.exchanges) if direction != "received"]
    unthanked = [
        day
        for place, (day, direction) in enumerate(one.exchanges)
        if direction == "received" and not any(later > (-day, place) for later in outgoing)
    ]
    return Facts(
        number,
        ago(one.added),
        one.cadence,
        ago(min(day for day, _ in one.exchanges)) if one.exchanges else None,
        ago(max(unthanked)) if unthanked else None,
        None if one.snoozed is None else ago(one.snoozed),
        tuple(found for found in [birthday(number, one.birthday, MONDAY)] if found),
    )


def _dated(contacts: list[Written]) -> list[Dated]:
    found, item = [], 0
    for number, one in enumerate(contacts, start=1):
        for kind, since, due, done in one.dated:
            item += 1
            nudges = sum(1 for day, direction in one.exchanges if day < since and direction != "received")
            answered = kind == "waiting" and any(
                day < since and direction == "received" for day, direction in one.exchanges
            )
            if not done:
                day = None if due is None else ago(due)
                nudged = [day for day, direction in one.exchanges if day < since and direction != "received"]
                nudged_on = ago(min(nudged)) if nudged and kind == "waiting" else None
                found.append(Dated(item, number, kind, day, ago(since), kind, nudges, answered, nudged_on))
    return found


def _without_numbers(lines: list[FollowUp]) -> list[FollowUp]:
    """Stored follow-ups count on through all examples; only their order matters."""
    return [line._replace(reason=line.reason._replace(dated_id=None)) for line in lines]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("exchanges") / "giveback.db")


@settings(max_examples=40, deadline=None)
@given(
    contacts=st.lists(WRITTEN, min_size=1, max_size=5),
    within=st.sampled_from([0, 0, 3, 30]),
    limit=st.integers(0, 4),
)
def test_the_fast_path_agrees_with_the_rules(scratch: str, contacts: list[Written], within: int, limit: int) -> None:
    _write(scratch, contacts)
    people = [(number, one) for number, one in enumerate(contacts, start=1) if not one.archived]
    names = {number: fold(one.name) for number, one in people}
    expected = follow_ups([_facts(*each) for each in people], _dated(contacts), MONDAY, within, names=names)
    with reading(scratch) as connection:
        found = followups.due(connection, MONDAY, within_days=within, limit=limit)
    assert _without_numbers(found.lines) == _without_numbers(expected[: limit or None])
    assert found.total == len(expected)
