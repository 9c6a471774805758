"""Searching and reading articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from giveback.dates import Now, from_utc_text
from giveback.reading.values import Entry
from giveback.store import tables
from giveback.store.changes import change
from reading_helpers import Inside, keep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    }
    for query, expected in found.items():
        said = ids(read, query)
        assert (set(said) if isinstance(expected, set) else said) == expected, query


@pytest.mark.parametrize(
    "query",
    ['"natural gas', "(gas natural", "gas*) natural", "gas-natural", "NEAR(gas natural)",
     "gas:natural", "gas'; natural --", "^ gas natural", "{gas} natural", "gas\\natural"],
)  # fmt: skip
def test_odd_queries_are_taken_as_words(read: Inside, query: str) -> None:
    assert 3 in ids(read, query)


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


def test_reading(read: Inside, golden: Callable[[str, str], None]) -> None:
    golden("reading/article.txt", read.run("read", "2").out)
    golden("reading/article.json", read.run("read", "2", "--json").out)
    long = read.run("read", "1").out
    assert long.count("Drillers left the basin.") == 200  # a pipe gets all of it
    for number in ("0", "-1", "x", str(2**63)):
        assert read.run("read", number).code == 2
    assert read.run("read", "99") == (3, "", "giveback: there is no article 99 (`giveback articles` lists them)\n")


def test_without_a_store(inside: Inside) -> None:
    assert inside.run("articles") == (0, "", "no articles yet: giveback feed add ADDRESS, giveback fetch\n")
    assert inside.run("articles", "shale", "--json") == (0, "[]\n", "")
    assert inside.run("read", "1").code == 3


def test_opening_what_has_no_address(inside: Inside) -> None:
    assert inside.run("save", stdin="Plain words\n\nabout a creek.").code == 0
    said = "giveback: article 1 has no address to open (giveback read 1)\n"
    assert inside.run("read", "1", "--open") == (2, "", said)
