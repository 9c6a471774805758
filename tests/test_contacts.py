"""Contacts: what is accepted, how it is kept, and what changes it."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.people import contacts as people
from giveback.people.contacts import ContactForm, checked
from giveback.people.interests import add_interests, remove_interests
from giveback.store import connect
from giveback.store.changes import change, undo
from giveback.store.questions import contacts as ask
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from giveback.dates import Now

MONDAY = date(2026, 11, 23)
ANA = ContactForm(
    "Ana Ruiz",
    nickname="Anita",
    company="Shell",
    title="Reservoir engineer",
    town="Houston",
    every="3w",
    met_at="SPE Houston",
    birthday="14 Mar",
    notes="Likes rivers.\n\n\n\nHas a boat.",
    points=(("email", "ana@example.com"), ("phone", "+1 713"), ("blog", "https://ana.example.com/")),
    interests=("natural gas", "bass fishing"),
    avoid=("politics",),
)


@contextmanager
def reading(store: str) -> Iterator[sqlite3.Connection]:
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        yield connection


def added(store: str, now: Now, form: ContactForm, usual: int | None = 60) -> int:
    with change(store, now, f"add {form.name}") as session:
        number = people.add(session, form, now.today, usual).id
    assert number is not None
    return number


def phrases(store: str, number: int) -> list[tuple[str, bool]]:
    with reading(store) as connection:
        return [(row.phrase, row.avoid) for row in ask.interests(connection, number)]


def points(store: str, number: int) -> list[tuple[str, str]]:
    with reading(store) as connection:
        return [(row.kind, row.value) for row in ask.points(connection, number)]


def test_everything_said_is_kept(store: str, now: Now) -> None:
    number = added(store, now, ANA)
    with reading(store) as connection:
        row = ask.one(connection, number)
    assert (row.name, row.nickname, row.company, row.title, row.town) == (
        "Ana Ruiz", "Anita", "Shell", "Reservoir engineer", "Houston",
    )  # fmt: skip
    assert (row.cadence_days, row.met_at, row.birthday) == (21, "SPE Houston", "--03-14")
    assert row.notes == "Likes rivers.\n\nHas a boat."
    assert (row.added_on, row.exchanges, row.last_on) == ("2026-11-23", 0, None)
    assert points(store, number) == list(ANA.points)
    assert phrases(store, number) == [("natural gas", False), ("bass fishing", False), ("politics", True)]


@pytest.mark.parametrize(
    ("every", "usual", "days"), [("", 60, 60), ("", None, None), ("never", 60, None), ("45d", 60, 45)]
)
def test_the_cadence_is_the_usual_one_unless_said(every: str, usual: int | None, days: int | None) -> None:
    assert checked(ContactForm("Ana", every=every), MONDAY, usual).columns["cadence_days"] == days


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (ContactForm(""), "the name is empty"),
        (ContactForm(" \u200b\t"), "the name is empty"),
        (ContactForm("\u0301"), "the name is empty"),
        (ContactForm("Ana", every="0d"), "span out of range"),
        (ContactForm("Ana", every="-3w"), "not a span of time"),
        (ContactForm("Ana", every="sometimes"), "not a span of time"),
        (ContactForm("Ana", birthday="31 Feb"), "no such day"),
        (ContactForm("Ana", birthday="2026-13-01"), "no such day"),
        (ContactForm("Ana", birthday="--02-30"), "no such day"),
        (ContactForm("Ana", birthday="2026-11-24"), "lies in the future"),
        (ContactForm("Ana", points=(("email", "ana"),)), "no e-mail address"),
        (ContactForm("Ana", points=(("email", "ana@"),)), "no e-mail address"),
        (ContactForm("Ana", points=(("email", "a b@example.com"),)), "no e-mail address"),
        (ContactForm("Ana", points=(("email", "a@b, c@d"),)), "no e-mail address"),
        (ContactForm("Ana", points=(("phone", " "),)), "the phone is empty"),
        (ContactForm("Ana", interests=("",)), "an interest is empty"),
        (ContactForm("Ana", interests=("+ ",)), "an interest is empty"),
        (ContactForm("Ana", avoid=("\u200d",)), "an interest is empty"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_added(store: str, now: Now, form: ContactForm, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        added(store, now, form)
    assert refused.value.message.isprintable()
    with reading(store) as connection:
        assert ask.listed(connection) == []


def test_a_bad_address_cannot_hide_a_header() -> None:
    assert people.checked_email("ana@example.com\r\n") == "ana@example.com"
    with pytest.raises(UsageError):
        people.checked_email("ana@example.com\r\nBcc: everybody@example.com")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1980-03-14", "1980-03-14"),
        ("14 Mar 1980", "1980-03-14"),
        ("14 Mar", "--03-14"),
        ("--03-14", "--03-14"),
        ("--0314", "--03-14"),
        ("--02-29", "--02-29"),
        ("29 Feb", "--02-29"),
        (" 2026-11-23 ", "2026-11-23"),
    ],
)
def test_birthdays_are_kept_as_vcards_write_them(said: str, kept: str) -> None:
    assert people.checked_birthday(said, MONDAY) == kept


@given(st.dates(date(1900, 1, 1), MONDAY))
def test_a_birthday_reads_back(day: date) -> None:
    assert people.checked_birthday(day.isoformat(), MONDAY) == day.isoformat()
    assert people.checked_birthday(f"--{day:%m-%d}", MONDAY) == f"--{day:%m-%d}"


@given(st.text(max_size=300))
@example("C++")
@example("+orchids")
@example("🎣")
@example("👩‍🌾 gardens")
def test_a_phrase_is_kept_once_cleaned_or_refused(said: str) -> None:
    try:
        phrase = people.checked_phrase(said)
    except UsageError:
        return
    assert people.checked_phrase(phrase) == phrase
    assert fold(phrase)
    assert len(phrase) <= people.PHRASE_LIMIT


def test_marks_lead_and_do_not_follow() -> None:
    assert people.checked_phrase("+C++") == "C++"
    assert people.checked_phrase("-~orchids") == "orchids"


def test_interests_are_the_same_whatever_their_case_and_accents(store: str, now: Now) -> None:
    form = ContactForm("Ana", interests=("Café", "cafe", "🎣", "🎣", "orchids"), avoid=("ORCHIDS",))
    number = added(store, now, form)
    assert phrases(store, number) == [("Café", False), ("🎣", False), ("orchids", True)]
    with change(store, now, "again") as session:
        ana = people.get(session, number)
        assert add_interests(session, ana, ["CAFÉ", "Orchids", "jazz"]) == ["Café", "orchids", "jazz"]
    assert phrases(store, number) == [("Café", False), ("🎣", False), ("orchids", False), ("jazz", False)]
    with change(store, now, "less") as session:
        ana = people.get(session, number)
        assert remove_interests(session, ana, ["-cafe", "🎣"]) == ["Café", "🎣"]
        with pytest.raises(UsageError, match="Ana has no interest 'café'"):
            remove_interests(session, ana, ["café"])
    assert phrases(store, number) == [("orchids", False), ("jazz", False)]


def test_points_are_the_same_whatever_their_case(store: str, now: Now) -> None:
    number = added(store, now, ContactForm("Ana", points=(("email", "Ana@Example.com"), ("email", "ana@example.COM"))))
    assert points(store, number) == [("email", "Ana@Example.com")]
    with change(store, now, "points") as session:
        ana = people.get(session, number)
        assert people.add_point(session, ana, "email", "ANA@example.com") == ""
        assert people.add_point(session, ana, "handle", "@ana") == "@ana"
        assert people.remove_point(session, ana, "ana@example.com", "email") == "Ana@Example.com"
        assert people.remove_point(session, ana, "@ANA") == "@ana"
        with pytest.raises(UsageError, match="Ana has no email"):
            people.remove_point(session, ana, "ana@example.com", "email")
    assert points(store, number) == []


def test_a_change_says_what_it_changed(store: str, now: Now) -> None:
    number = added(store, now, ANA)
    fields = {"name": "Ana  Smith", "company": "", "every": "never", "town": "Houston", "met_at": "Oslo"}
    with change(store, now, "edit") as session:
        lines = people.change(people.get(session, number), fields, now.today)
    assert lines == [
        "name: Ana Ruiz -> Ana Smith",
        "company: Shell -> (nothing)",
        "every: 3 weeks -> never",
        "met-at: SPE Houston -> Oslo",
    ]
    with reading(store) as connection:
        assert [row.id for row in ask.names_by_initials(connection, "as")] == [number]
    undo(store, now)
    with reading(store) as connection:
        assert [row.id for row in ask.names_by_initials(connection, "ar")] == [number]


def test_a_bad_change_changes_nothing(store: str, now: Now) -> None:
    number = added(store, now, ANA)
    with pytest.raises(UsageError), change(store, now, "edit") as session:
        people.change(people.get(session, number), {"company": "Equinor", "name": " "}, now.today)
    with reading(store) as connection:
        assert ask.one(connection, number).company == "Shell"


def test_a_contact_that_is_gone_is_told(store: str, now: Now) -> None:
    with pytest.raises(UsageError, match="contact 7 is gone"), change(store, now, "edit") as session:
        people.get(session, 7)


@pytest.mark.parametrize("hostile", ["\x1b]0;owned\x07Ana\x1b[2J Ruiz", "Ana\u202e \u200bRuiz", "Ana\r\nRuiz\x00"])
def test_names_from_outside_are_cleaned_at_the_border(store: str, now: Now, hostile: str) -> None:
    number = added(store, now, ContactForm(hostile, company=hostile, notes=hostile, interests=(hostile,)))
    with reading(store) as connection:
        row = ask.one(connection, number)
    assert (row.name, row.company) == ("Ana Ruiz", "Ana Ruiz")
    assert row.notes.replace("\n", " ") == "Ana Ruiz"
    assert phrases(store, number) == [("Ana Ruiz", False)]


def test_lists_are_searched_in_every_field(store: str, now: Now) -> None:
    added(store, now, ANA)
    added(store, now, ContactForm("Bob Bell", interests=("jazz",)))
    with reading(store) as connection:
        for query in ("ruiz", "anita", "shell", "reservoir", "houston", "fishing", "ana@example", "713"):
            assert [row.name for row in ask.listed(connection, query)] == ["Ana Ruiz"], query
        assert [row.name for row in ask.listed(connection)] == ["Ana Ruiz", "Bob Bell"]
        assert [row.name for row in ask.listed(connection, limit=1)] == ["Ana Ruiz"]
        assert ask.listed(connection, "nobody") == []
