"""Searching and reading articles."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.dates import Now, from_utc_text
from giveback.errors import UsageError
from giveback.reading.values import Entry
from giveback.store import tables
from giveback.store.changes import change
from giveback.store.questions.fulltext import match_expression
from reading_helpers import Inside, bring, check_sound, feed, item, keep, rows, serving, values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Giveback

SHALE = "Oil and gas from shale rock is measured weekly."
ARTICLES = (
    ("2026-11-02", "Shale output falls", SHALE, "Drillers left the basin. " * 200),
    ("2026-11-20", "Bass in the shallows", "Where bass rest; natural gas is no bait.", ""),
    ("2026-11-21", "Natural gas prices", "Gas for the winter.", ""),
    ("2026-11-22", "Café near the mill: 日本語 “quotes”", "A café with a view.", ""),
)


def clock(day: str) -> Now:
    at = from_utc_text(f"{day}T08:00:00Z")
    return Now(at, at.date())


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


@pytest.fixture
def read(inside: Inside) -> Inside:
    """A store with four articles."""
    with change(inside.store, clock("2026-11-01")) as session:
        session.add(tables.Feed(url="https://creek.example/feed", title="The Creek", topic="fishing"))
    for number, (day, title, summary, text) in enumerate(ARTICLES, start=1):
        now = clock(day)
        entry = Entry(str(number), f"https://creek.example/{number}", title, summary, text, "Ana Ruiz", now.at)
        keep(inside.store, 1, [entry], now)
    return inside


def ids(inside: Inside, *arguments: str) -> list[int]:
    ran = inside.run("articles", *arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    return [record["id"] for record in json.loads(ran.out)]


def test_searches(read: Inside) -> None:
    found = {
        "shale": [1],
        "SHALES": [1],  # stemmed
        '"natural gas"': [3, 2],  # the title counts most
        "bass OR shale": {1, 2},
        "gas NOT prices": {1, 2},
        "cafe": [4],
        "日本語": [4],
        "pric*": [3],
        "drillers basin": [1],
        "nothing": [],
        "title:gas": [3],
        "gas -prices": {1, 2},
        '"natural gas" -"the winter"': {2},
        "shale OR bass gas": {1, 2},  # OR joins the words beside it
        "(shale gas) OR mill": {1, 4},
        "gas -(shale OR winter)": {2},
        "gas-natural": [],  # joined words are a phrase
        "AND gas AND prices": [3],
    }
    for query, expected in found.items():
        said = ids(read, query)
        assert (set(said) if isinstance(expected, set) else said) == expected, query


@pytest.mark.parametrize(
    "query",
    ['"natural gas', "(gas natural", "gas*) natural", "NEAR(gas natural)",
     "gas:natural", "gas'; natural --", "^ gas natural", "{gas} natural", "gas\\natural"],
)  # fmt: skip
def test_odd_queries_are_taken_as_words(read: Inside, query: str) -> None:
    assert 3 in ids(read, query)


@pytest.mark.parametrize(
    ("query", "problem"),
    {
        "gas OR": "has an OR with nothing beside it (give a word on both sides)",
        "OR gas": "has an OR with nothing beside it (give a word on both sides)",
        "gas OR ?!": "has an OR with nothing beside it (give a word on both sides)",
        "NOT gas": "only says what must not be there (add a word that must be)",
        "gas OR -bass": "has a minus beside OR (say what must not be there apart from OR)",
    }.items(),
)
def test_queries_that_make_no_sense(read: Inside, query: str, problem: str) -> None:
    assert read.run("articles", query) == (2, "", f"giveback: {query!r} {problem}\n")


def test_queries_too_large(read: Inside) -> None:
    assert read.run("articles", "gas " * 101) == (2, "", "giveback: the query has more than 100 words (give fewer)\n")
    assert "brackets more than 20 deep" in read.run("articles", "(" * 30 + "gas").err


@given(st.text("ab\"()-*:' \u00e9OR\0N\u65e5", max_size=40))
def test_any_query_is_understood_by_the_index_or_refused_in_a_line(query: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (title, summary, text, tokenize = 'porter unicode61')")
        try:
            expression = match_expression(query)
        except UsageError:
            return
        connection.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()


@pytest.mark.parametrize("query", ['"', "(", "*", '"" ** ()', "-", "?!", "^"])
def test_punctuation_is_no_query(read: Inside, query: str) -> None:
    hint = "(give a word, or a phrase in quotes)"
    assert read.run("articles", query) == (2, "", f"giveback: {query!r} holds no word to search for {hint}\n")


def test_the_latest(read: Inside, golden: Callable[[str, str], None]) -> None:
    assert ids(read) == [4, 3, 2, 1]
    assert ids(read, "--limit", "2") == [4, 3]
    assert ids(read, "--since", "1w") == [4, 3, 2]
    assert ids(read, "gas", "--since", "1w", "--limit", "1") in ([2], [3])
    assert ids(read, "shale OR bass", "--since", "1w", "--limit", "1") == [2]  # the limit counts what is shown
    assert read.run("articles", "nothing") == (0, "", "no article matches 'nothing'\n")
    assert read.run("articles", "--since", "soon").code == 2
    golden("reading/articles.txt", read.run("articles").out)
    golden("reading/articles.json", read.run("articles", "cafe", "--json").out)


def test_of_one_fetch_the_newest_come_first(inside: Inside) -> None:
    now = clock("2026-11-20")
    with change(inside.store, now) as session:
        for number in (1, 2):
            session.add(tables.Feed(url=f"https://creek.example/{number}", title=f"Feed {number}"))
    for number, days in ((1, ("19", "17", "01")), (2, ("18", "16"))):
        entries = [
            Entry(day, f"https://creek.example/{day}", f"Of {day}", "", "", "", clock(f"2026-11-{day}").at)
            for day in days
        ]
        keep(inside.store, number, entries, now)
    keep(inside.store, 1, [Entry("x", "https://creek.example/x", "Undated", "", "", "", None)], now)
    titles = [row["title"] for row in json.loads(inside.run("articles", "--json").out)]
    assert titles == ["Undated", "Of 19", "Of 18", "Of 17", "Of 16", "Of 01"]
    assert len(json.loads(inside.run("articles", "--json", "--limit", "3").out)) == 3


def test_paragraphs_are_set_off_and_the_title_is_not_repeated(inside: Inside) -> None:
    now, long = clock("2026-11-20"), "A paragraph of some length, " * 5
    text = f"Holes\n{long}1\n{long}2\n- a list\n- of two\n{long}3"
    with change(inside.store, now) as session:
        session.add(tables.Article(url="https://creek.example/1", title="Holes", text=text, first_seen_at=now.at))
    out = inside.run("read", "1").out
    assert out == (f"Holes\n\nhttps://creek.example/1\n\n{long}1\n\n{long}2\n\n- a list\n- of two\n\n{long}3\n")
    assert json.loads(inside.run("read", "1", "--json").out)["text"] == text


def test_a_name_of_our_own_is_no_address(inside: Inside) -> None:
    inside.run("save", stdin="Holes\n\nCast upstream.\n")
    assert inside.run("read", "1").out == "Holes\n\nCast upstream.\n"


def test_reading(read: Inside, golden: Callable[[str, str], None]) -> None:
    golden("reading/article.txt", read.run("read", "2").out)
    golden("reading/article.json", read.run("read", "2", "--json").out)
    long = read.run("read", "1").out
    assert long.count("Drillers left the basin.") == 200  # a pipe gets all of it
    assert read.run("read", "-1").code == 2
    for number in ("0", str(2**63)):
        said = f"giveback: invalid value for 'ARTICLE': {number} is no such number (see giveback read --help)\n"
        assert read.run("read", number) == (2, "", said)
    ran = read.run("read", "x")
    assert ran.err == "giveback: invalid value for 'ARTICLE': 'x' is not a whole number (see giveback read --help)\n"
    assert read.run("read", "99") == (3, "", "giveback: there is no article 99 (`giveback articles` lists them)\n")


def test_without_a_store(inside: Inside) -> None:
    assert inside.run("articles") == (0, "", "no articles yet: giveback feed add ADDRESS, giveback fetch\n")
    assert inside.run("articles", "shale", "--json") == (0, "[]\n", "")
    assert inside.run("read", "1").code == 3


def test_opening_what_has_no_address(inside: Inside) -> None:
    assert inside.run("save", stdin="Plain words\n\nabout a creek.").code == 0
    said = "giveback: article 1 has no address to open (giveback read 1)\n"
    assert inside.run("read", "1", "--open") == (2, "", said)


# Narrowing


def test_feeds_topics_and_what_is_unread(read: Inside) -> None:
    with change(read.store, clock("2026-11-22")) as session:
        session.add(tables.Feed(url="https://oil.example/feed", title="Oil news", topic="energy/oil"))
        session.flush()
        session.add(
            tables.Article(url="https://oil.example/5", feed_id=2, title="Pipes", first_seen_at=clock("2026-11-22").at)
        )
    assert ids(read, "--feed", "2") == [5]
    assert ids(read, "--feed", "Energy") == [5]  # a topic of feeds
    assert ids(read, "--feed", "creek") == [4, 3, 2, 1]  # a part of a title
    assert ids(read, "gas", "--feed", "energy") == []
    assert ids(read, "--topic", "energy") == [5]
    assert (
        read.run("topic", "Energy", "--words", "natural gas; LNG, OPEC, lng").out
        == "Energy means: natural gas, LNG, OPEC\n"
    )
    assert ids(read, "--topic", "ENERGY") == [5, 3, 2]
    assert ids(read, "bass", "--topic", "energy") == [2]
    assert ids(read, "--topic", "energy", "--since", "2d", "--limit", "1") == [5]
    for arguments in (("--feed", "none"), ("--topic", "none")):
        ran = read.run("articles", *arguments)
        assert (ran.code, ran.out) == (3, "")
    assert ids(read, "--unread") == [5, 4, 3, 2, 1]
    read.run("read", "2")
    assert ids(read, "--unread", "--topic", "energy") == [5, 3]
    assert json.loads(read.run("articles", "bass", "--json").out)[0]["read_at"] == "2026-11-23T12:00:00Z"
    assert read.run("read", "2", "--unread").out == "not read: Bass in the shallows\n"
    assert ids(read, "--unread", "bass") == [2]


def test_topics(read: Inside) -> None:
    assert read.run("topic").out.split() == ["Topic", "Words", "Feeds", "Articles", "fishing", "1", "4"]
    assert read.run("topic", "gas", "--words", '"natural gas", -, café', "--dry-run").out == (
        "dry run: gas means: natural gas, café\n"
    )
    assert read.run("topic", "gas").code == 3
    read.run("topic", "gas", "--words", "natural gas, café")
    assert json.loads(read.run("topic", "gas", "--json").out) == {
        "name": "gas", "words": ["natural gas", "café"], "feeds": 0, "articles": 3,
    }  # fmt: skip
    assert [one["name"] for one in json.loads(read.run("topic", "--json").out)] == ["fishing", "gas"]
    read.run("topic", "GAS", "--words", "mill")
    assert json.loads(read.run("topic", "gas", "--json").out)["articles"] == 1
    assert read.run("undo").out.startswith("took back: topic GAS") or read.run("topic", "gas", "--json").code == 0
    assert read.run("topic", "gas", "--remove").out == "forgot what gas means\n"
    assert read.run("topic", "gas", "--remove").code == 3
    for wrong in (
        ("--words", "x"),
        ("--remove",),
        ("gas", "--words", "?!"),
        ("?", "--words", "x"),
        ("gas", "--words", "x", "--remove"),
    ):
        assert read.run("topic", *wrong).code == 2, wrong


# Reading on a terminal


def test_a_long_text_comes_in_the_pager_and_a_short_one_does_not(giveback: Giveback) -> None:
    text = "<p>" + "</p><p>".join(f"Line {number} of a long text about a creek." for number in range(60)) + "</p>"
    giveback.run("save", stdin=f"<html><title>Long</title><body><article>{text}</article></body></html>")
    giveback.run("save", stdin="Short\n\nwith few words.")
    pager = giveback.home / "pager"
    pager.write_text('#!/bin/sh\necho "[pager $1]"; cat | head -n 3; echo "[end]"\n')
    pager.chmod(0o755)
    environment = giveback.environment | {
        "PAGER": f"{pager} 'a b'",
        "TERM": "xterm",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    for number, expected in (("1", "[pager a b]"), ("2", "with few words.")):
        child = pexpect.spawn(
            sys.executable, ["-m", "giveback", "read", number], env=environment, encoding="utf-8", dimensions=(24, 70)
        )
        said = child.read()
        child.close()
        assert child.exitstatus == 0
        assert expected in said
        assert ("[end]" in said) == (number == "1")
        assert max(map(len, said.splitlines())) <= 70
    assert values(giveback.store, "SELECT count(*) FROM article_read") == [2]


# Pruning


def old_store(inside: Inside) -> None:
    """Six old articles of a feed: two saved or imported, one given, one dismissed; and a new one."""
    old, now = clock("2023-01-01"), clock("2026-11-20")
    with change(inside.store, old) as session:
        session.add(tables.Feed(url="https://creek.example/feed", title="The Creek"))
        session.add(tables.Contact(name="Ana", name_key="ana", added_on=old.today))
        session.flush()
        for number in range(1, 8):
            at = (now if number == 7 else old).at + timedelta(minutes=number)
            session.add(
                tables.Article(
                    url=f"https://creek.example/{number}",
                    feed_id=1,
                    title=f"Title {number}",
                    text="Words of it. " * 50,
                    first_seen_at=at,
                    published_at=at,
                    saved_at=at if number == 1 else None,
                )
            )
            session.flush()
            session.add(tables.FeedEntry(feed_id=1, guid=str(number), article_id=number, hash="x"))
        session.add(
            tables.Exchange(
                contact_id=1, direction="given", on_day=old.today, text="x", article_id=2, gift_title="Title 2"
            )
        )
        session.add(tables.Dismissal(contact_id=1, article_id=3, on_day=old.today))


def test_pruning_keeps_what_was_given_saved_or_dismissed(inside: Inside) -> None:
    old_store(inside)
    assert inside.run("doctor").code in {0, 5}
    said = "pruned 3 articles; of that age stay 1 saved by hand, 1 given, 1 dismissed; 4 articles remain\n"
    assert inside.run("articles", "prune", "--older", "2y", "--dry-run").out == "dry run: " + said
    assert values(inside.store, "SELECT count(*) FROM article") == [7]
    assert inside.run("articles", "prune", "--older", "2y").out == said
    assert values(inside.store, "SELECT id FROM article ORDER BY id") == [1, 2, 3, 7]
    assert values(inside.store, "SELECT count(*) FROM article_vector") == [4]
    assert ids(inside, "words") != []
    check_sound(inside.store)
    one = inside.run("articles", "prune", "--older", "1d", "--dry-run").out
    assert one.startswith("dry run: pruned 1 article; of that age stay")
    assert inside.run("articles", "prune", "--older", "2y", "--json").out.count('"articles": 0') == 1
    assert inside.run("articles", "--json", "--", "prune").out == "[]\n"


def test_what_was_pruned_does_not_come_back_with_its_feed(inside: Inside) -> None:
    with serving() as server:
        server.answers["/feed"] = feed(item("Old", "https://creek.example/old", "1"))
        inside.run("feed", "add", f"{server.url}/feed", "--allow-private")
        bring(inside.store, clock("2023-01-01"))
        with change(inside.store, clock("2023-01-01")) as session:
            session.get_one(tables.Article, 1).published_at = clock("2023-01-01").at
        inside.run("articles", "prune", "--older", "1y", "--yes")
        server.answers["/feed"] = feed(
            item("New", "https://creek.example/new", "2"), item("Old!", "https://creek.example/old", "1")
        )
        bring(inside.store, clock("2026-11-23"))
    assert values(inside.store, "SELECT title FROM article") == ["New"]


def test_pruning_asks_on_a_terminal(giveback: Giveback) -> None:
    old_store(Inside(giveback.home, pytest.MonkeyPatch(), None))  # type: ignore[arg-type]  # only its store is used
    for answer, left in (("n", 7), ("y", 4)):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "giveback", "articles", "prune", "--older", "2y"],
            env=giveback.environment,
            encoding="utf-8",
        )
        child.expect(r"to prune: 3 articles.*Delete them for good\?")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == (130 if answer == "n" else 0)
        assert rows(giveback.store, "SELECT count(*) FROM article") == [(left,)]
