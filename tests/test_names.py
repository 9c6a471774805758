"""Whom a name means."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.people.contacts import ContactForm, add, get
from giveback.people.names import SHOWN, line, name_keys, resolve
from giveback.store import connect
from giveback.store.changes import change

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from giveback.dates import Now
    from giveback.store.questions.contacts import NameRow

PEOPLE = (
    ContactForm("Ana Ruiz", "", "Shell", points=(("email", "ana.ruiz@example.com"), ("phone", "+1 212 555"))),
    ContactForm("Anabel Ortega"),
    ContactForm("Ruth Anand"),
    ContactForm("Łukasz Żółć", "Lucky", points=(("email", "lz@example.org"),)),
    ContactForm("محمد أحمد"),
    ContactForm("Jean-Luc Picard"),
    ContactForm("J. R. R. Tolkien"),
    ContactForm("Tom Smith", "", "Hooli"),
    ContactForm("Tom Smithson"),
    ContactForm("Tomás Smith", "", "Initech"),
    ContactForm("Zoë O'Brien", "", "", points=(("email", "shared@example.com"),)),
    ContactForm("Yann O\N{RIGHT SINGLE QUOTATION MARK}Connor", points=(("email", "shared@example.com"),)),
    ContactForm("Olga Petrova"),
    ContactForm("Olga Nowak"),
)
ARCHIVED = {"Olga Petrova", "Ruth Anand"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    from datetime import UTC, date, datetime

    from giveback.dates import Now

    path = str(tmp_path_factory.mktemp("names") / "giveback.db")
    now = Now(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 23))
    with change(path, now, "people") as session:
        for form in PEOPLE:
            contact = add(session, form, now.today, 60)
            contact.archived_at = now.at if form.name in ARCHIVED else None
    connection = connect.read(path)
    assert connection is not None
    with closing(connection):
        yield connection


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Ana Ruiz", "Ana Ruiz"),
        ("  ANA   ruiz ", "Ana Ruiz"),
        ("ruiz", "Ana Ruiz"),
        ("ru", "Ana Ruiz"),
        ("anabel", "Anabel Ortega"),
        ("abel", "Anabel Ortega"),
        ("ruiz ana", "Ana Ruiz"),
        ("an ru", "Ana Ruiz"),
        ("ana.ruiz@example.com", "Ana Ruiz"),
        ("ANA.RUIZ@EXAMPLE.COM", "Ana Ruiz"),
        ("ana.ruiz@", "Ana Ruiz"),
        ("+1 212 555", "Ana Ruiz"),
        ("ao", "Anabel Ortega"),
        ("A.O.", "Anabel Ortega"),
        ("lucky", "Łukasz Żółć"),
        ("lukasz zolc", "Łukasz Żółć"),
        ("ŁUKASZ", "Łukasz Żółć"),
        ("zol", "Łukasz Żółć"),
        ("lz@example.org", "Łukasz Żółć"),
        ("محمد", "محمد أحمد"),
        ("محمد احمد", "محمد أحمد"),
        ("picard", "Jean-Luc Picard"),
        ("jean", "Jean-Luc Picard"),
        ("jlp", "Jean-Luc Picard"),
        ("jrrt", "J. R. R. Tolkien"),
        ("j.r.r.t.", "J. R. R. Tolkien"),
        ("zoe o'brien", "Zoë O'Brien"),
        ("yann o'connor", "Yann O\N{RIGHT SINGLE QUOTATION MARK}Connor"),
        ("tom smithson", "Tom Smithson"),
        ("tom smith", "Tom Smith"),
        ("tomas smith", "Tomás Smith"),
    ],
)
def test_a_name_means_one_contact(book: sqlite3.Connection, said: str, meant: str) -> None:
    assert resolve(book, said).name == meant


def test_exact_beats_part(book: sqlite3.Connection) -> None:
    assert resolve(book, "tom smith").name == "Tom Smith"
    with pytest.raises(AmbiguousError) as several:
        resolve(book, "tom sm")
    assert several.value.candidates == ("Tom Smith, Hooli", "Tom Smithson", "Tomás Smith, Initech")


@pytest.mark.parametrize(
    ("said", "candidates"),
    [
        ("ana", ("Ana Ruiz, Shell", "Anabel Ortega")),
        ("shared@example.com", ("Yann O\N{RIGHT SINGLE QUOTATION MARK}Connor", "Zoë O'Brien")),
        ("o'", ("Yann O\N{RIGHT SINGLE QUOTATION MARK}Connor", "Zoë O'Brien")),
    ],
)
def test_several_are_all_listed(book: sqlite3.Connection, said: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousError) as several:
        resolve(book, said)
    assert several.value.message == f"{said!r} could be {len(candidates)} contacts"
    assert several.value.candidates == candidates


def test_somebody_may_be_asked_who_is_meant(book: sqlite3.Connection) -> None:
    asked = []

    def choose(said: str, rows: Sequence[NameRow]) -> NameRow:
        asked.append((said, len(rows)))
        return rows[-1]

    assert resolve(book, "ana", choose).name == "Anabel Ortega"
    assert asked == [("ana", 2)]


def test_the_archived_answer_when_nobody_else_does(book: sqlite3.Connection) -> None:
    assert resolve(book, "olga").name == "Olga Nowak"
    assert resolve(book, "olga petrova").name == "Olga Petrova"
    assert line(resolve(book, "anand")) == "Ruth Anand (archived)"


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("anna ruiz", "Ana Ruiz"),
        ("lukas zolz", "Łukasz Żółć"),
        ("pikard", "Jean-Luc Picard"),
        ("smitson", "Tom Smithson"),
        ("tolkein", "J. R. R. Tolkien"),
    ],
)
def test_near_misses_are_offered(book: sqlite3.Connection, said: str, offered: str) -> None:
    with pytest.raises(NotFoundError) as nobody:
        resolve(book, said)
    assert nobody.value.hint.startswith("did you mean ")
    assert offered in nobody.value.hint


def test_nothing_comes_close(book: sqlite3.Connection) -> None:
    with pytest.raises(NotFoundError) as nobody:
        resolve(book, "qqqqqqqq")
    assert nobody.value.hint == "`giveback contacts` lists them"


@pytest.mark.parametrize("said", ["", "   ", "\u200b", "\u0301", "\x1b[31m"])
def test_an_empty_name_is_refused(book: sqlite3.Connection, said: str) -> None:
    with pytest.raises(UsageError, match="a name is missing"):
        resolve(book, said)


def test_a_very_long_name_is_answered_briefly(book: sqlite3.Connection) -> None:
    with pytest.raises(NotFoundError) as nobody:
        resolve(book, "x" * 10_000)
    assert len(nobody.value.message) < SHOWN + 40


def test_without_a_store_nobody_answers() -> None:
    with pytest.raises(NotFoundError, match="there are none yet"):
        resolve(None, "ana")


@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered_or_refused(book: sqlite3.Connection, said: str) -> None:
    message = ""
    try:
        found = resolve(book, said).name
    except (UsageError, NotFoundError, AmbiguousError) as error:
        found, message = PEOPLE[0].name, error.message
    assert found in {form.name for form in PEOPLE}
    assert message.isprintable()


def test_every_contact_answers_to_its_full_name_in_any_case(book: sqlite3.Connection) -> None:
    for form in PEOPLE:
        for said in (form.name, form.name.upper(), form.name.lower()):
            assert resolve(book, said).name == form.name


@given(st.text(max_size=20), st.text(max_size=10))
def test_keys_fold_once_and_for_all(name: str, nickname: str) -> None:
    keys = name_keys(name, nickname)
    assert name_keys(keys.name, keys.nickname)[:2] == keys[:2]


def test_a_changed_name_answers_anew(store: str, now: Now) -> None:
    from giveback.people.contacts import change as set_fields

    with change(store, now, "x") as session:
        number = add(session, ContactForm("Ana Ruiz"), now.today, None).id
    assert number is not None
    with change(store, now, "y") as session:
        set_fields(get(session, number), {"name": "Ana Smith", "nickname": "Annie"}, now.today)
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        assert [resolve(connection, said).id for said in ("ana smith", "annie", "as")] == [number] * 3
        with pytest.raises(NotFoundError):
            resolve(connection, "ruiz")
