"""An article is one thing however often it appears, and two things are never folded into one."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.reading import identities
from giveback.reading.addresses import canonical_url
from giveback.reading.identity import Said, address_key, address_number, is_same, keys, plain_host, word_keys
from giveback.store import connect
from giveback.store.migrations import STEPS, _run

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TITLE = "Gas exporters weigh new terminals as winter demand climbs"
BODY = (
    "Exporters along the coast are weighing a dozen new terminals after demand for gas climbed faster than planned. "
    "Three projects could be decided before spring, people who know the plans said, and banks are ready to lend. "
    "Critics doubt that buyers will still be there when the last of them is built."
)


def key(url: str) -> str:
    return address_key(canonical_url(url))


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/news/gas",
        "https://www.example.org/news/gas/",
        "https://m.example.org/news/gas",
        "https://mobile.example.org/news/gas?utm_source=feed",
        "https://amp.example.org/news/gas",
        "https://example.org/news/gas/amp",
        "https://example.org/news/gas/amp/",
        "https://example.org/amp/news/gas",
        "https://example.org/news/gas?amp=1",
        "https://example.org/news/gas?outputType=amp",
        "https://example.org/news/gas/index.html",
        "https://example.org/news/gas#comments",
        "https://www.google.com/amp/s/example.org/news/gas/amp/",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/gas",
    ],
)
def test_one_page_has_one_key(other: str) -> None:
    assert key(other) == key("https://example.org/news/gas")


def test_amp_in_the_name_of_a_file_and_order_of_parameters_do_not_count() -> None:
    assert key("https://example.org/a.amp.html") == key("https://example.org/a.html")
    assert key("https://example.org/?b=2&a=1") == key("https://example.org/?a=1&b=2")
    assert plain_host("en.m.wikipedia.org") == "en.wikipedia.org"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a", "https://news.example.org/a"),
        ("https://example.org/amplifier", "https://example.org/lifier"),
        ("https://example.org/stamp.html", "https://example.org/st.html"),
        ("https://example.org/champ", "https://example.org/ch"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://m.co/a", "https://co/a"),
        ("urn:giveback:1", "urn:giveback:2"),
    ],
)
def test_other_pages_have_other_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@given(st.text())
def test_any_text_has_an_address_key_that_is_a_number_for_the_store(text: str) -> None:
    assert 0 <= address_number(canonical_url(text)) < 2**63


@given(st.text(), st.text())
def test_keys_of_words_are_few_and_fit_the_store(title: str, body: str) -> None:
    found = word_keys(title, body)
    assert len(found) <= 4
    assert all(0 <= one < 2**63 for one in found)
    assert found == word_keys(title, body)


def said(title: str = TITLE, body: str = BODY, days: int = 0, feed: int | None = 1) -> Said:
    return Said(title, body, NOON + timedelta(days), feed)


SAME = {
    "the same": said(feed=2),
    "a shorter summary": said(body=BODY[:150], feed=2),
    "a day later": said(days=1, feed=2),
    "without a date": Said(TITLE, BODY, None, 2),
    "saved by hand": said(feed=None),
    "the site in the title": said(f"{TITLE} | Energy Post", feed=2),
    "one word of the title changed": said(TITLE.replace("weigh", "consider"), feed=2),
    "one word of the text changed": said(body=BODY.replace("dozen", "number of"), feed=2),
    "another case": said(TITLE.upper(), feed=2),
}
OTHERS = {
    "of the same feed": said(feed=1),
    "a week later": said(days=7, feed=2),
    "another text": said(body="Nothing of the kind was said here: the town's bakers met to talk about rye.", feed=2),
    "no text": said(body="", feed=2),
    "a correction": said(f"Correction: {TITLE}", feed=2),
    "corrected in the text": said(body=f"Corrected: two of them. {BODY}", feed=2),
    "another number in the text": said(body=BODY.replace("dozen", "12"), feed=2),
    "another title": said("What bakers know about rye and patience in winter", feed=2),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_what_appears_twice_is_one(other: Said) -> None:
    assert is_same(said(), other)
    assert is_same(other, said())
    assert set(word_keys(TITLE, BODY)) & set(word_keys(other.title, other.body))


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_differs_stays_two(other: Said) -> None:
    assert not is_same(said(), other)
    assert not is_same(other, said())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daily briefing: 12 November", "Daily briefing: 13 November"),
        ("Daily briefing no. 7", "Daily briefing no. 8"),
        ("Chapter 1 of the long walk north along the coast", "Chapter 2 of the long walk north along the coast"),
    ],
)
def test_issues_of_a_series_are_never_folded(one: str, other: str) -> None:
    assert not is_same(said(one), said(other, feed=2))


def test_weekly_figures_with_one_wording_are_two() -> None:
    text = (
        "Crude stocks fell by {} million barrels last week, the agency said, while petrol stocks rose on weak demand."
    )
    assert not is_same(
        said("Crude stocks fall again this week", text.format(3.4)),
        said("Crude stocks fall again this week", text.format(2.1), feed=2),
    )


LONG = st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=30, max_size=60, unique=True)


def changed(found: list[str], gone: int, cut: int) -> tuple[Said, Said]:
    """A text, and the same in another feed with one word less and cut at another length."""
    title, body = " ".join(found[:8]), found[8:]
    less = body[:gone] + body[gone + 1 :]
    return said(title, " ".join(body)), said(title, " ".join(less[:cut]), feed=2)


@settings(max_examples=20)
@given(LONG, st.integers(0, 24), st.integers(26, 60))
def test_a_text_without_one_word_is_the_same(found: list[str], gone: int, cut: int) -> None:
    assert is_same(*changed(found, gone, cut))


def test_nearly_every_text_without_one_word_is_found() -> None:
    """MinHash is a matter of chance: 98 of 100 and more."""
    chance = random.Random(7)  # noqa: S311 - texts that are the same in each run
    met = 0
    for _ in range(500):
        found = ["".join(chance.choices("abcdefghiklmnoprstu", k=chance.randint(3, 9))) for _ in range(50)]
        one, other = changed(found, chance.randint(0, 24), chance.randint(26, 60))
        met += bool(set(word_keys(one.title, one.body)) & set(word_keys(other.title, other.body)))
    assert met >= 490


def add(connection: sqlite3.Connection, url: str, title: str = TITLE, body: str = BODY) -> int:
    row = connection.execute(
        "INSERT INTO article (url, title, first_seen_at, text) VALUES (?, ?, '2026-11-23T12:00:00Z', ?) RETURNING id",
        (url, title, body),
    ).fetchone()
    return int(row[0])


def test_articles_of_an_older_store_are_found_again(tmp_path: Path) -> None:
    path = str(tmp_path / "giveback.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        _run(old, 1, STEPS[0], path)
        number = add(old, "https://example.org/news/gas")
    with closing(connect.write(path)) as connection, connect.transaction(connection):
        identities.complete(connection)
        assert identities.at_address(connection, canonical_url("http://m.example.org/news/gas/")) == number
        assert connection.execute("SELECT count(*) FROM identity_new").fetchone() == (0,)


def test_the_index_follows_what_articles_become(store: str) -> None:
    with closing(connect.write(store)) as connection, connect.transaction(connection):
        number = add(connection, "https://example.org/a", "Another title of some words", "")
        identities.complete(connection)
        connection.execute("UPDATE article SET url = 'https://example.org/b', title = ?, text = ?", (TITLE, BODY))
        identities.complete(connection)
        for url in ("https://example.org/a", "https://example.org/b"):
            assert identities.at_address(connection, url) == number
        mine = said(feed=2)
        near = identities.holders(connection, keys("https://example.com/x", mine.title, mine.body)[1:])
        assert {one for many in near.values() for one in many} == {number}
        candidates = identities.Candidates(connection, [number, number + 1], 2)
        assert candidates.twin(mine, [number, number + 1]) == number
        assert candidates.twin(mine._replace(title="2 of them"), [number]) is None
        connection.execute("DELETE FROM article")
        assert identities.at_address(connection, "https://example.org/b") is None


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = str(tmp_path / "giveback.db")
    connect.write(path).close()
    return path
