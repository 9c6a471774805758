"""Feeds to begin with: a list that is sound, found by what people say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from giveback.reading.addresses import canonical_url, names_private_host, require_http_url
from giveback.reading.starters import for_topic, starters, topics
from giveback.text import clean_line
from reading_helpers import Inside, rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


def test_the_list_is_sound() -> None:
    every = starters()
    assert {one.topic for one in every} == set(topics())
    assert len({canonical_url(one.url) for one in every}) == len(every) > 150
    for one in every:
        assert require_http_url(one.url) == one.url
        assert one.url.startswith("https://")
        assert not names_private_host(one.url.split("/")[2])
        assert one.name == clean_line(one.name)
        assert len(one.language) == 2


@pytest.mark.parametrize("topic", topics())
def test_a_topic_has_feeds_of_its_own(topic: str) -> None:
    found = for_topic(topic)
    assert found
    assert {one.topic for one in found} == {topic}
    assert len(found) >= 3


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("Bass fishing", "fishing"),
        ("LNG", "energy"),
        ("HR", "hr"),
        ("human resources", "hr"),
        ("fly fishing for trout", "fishing"),
        ("training simulations", "training"),
        ("the roses of my garden", "gardening"),
        ("Jazz", "music"),
        ("retirement", "finance"),
    ],
)
def test_interests_find_their_topic(said: str, topic: str) -> None:
    assert {one.topic for one in for_topic(said)} == {topic}


@pytest.mark.parametrize("said", ["", "the", "zzz", "of and"])
def test_what_says_nothing_finds_nothing(said: str) -> None:
    assert for_topic(said) == []


def test_the_command(inside: Inside) -> None:
    shown = json.loads(inside.run("feed", "starters", "energy", "--json").out)
    assert {one["topic"] for one in shown} == {"energy"}
    assert len(inside.run("feed", "starters").out.splitlines()) > len(topics())
    assert "Trout Unlimited" in inside.run("feed", "starters", "bass").out
    ran = inside.run("feed", "starters", "knot theory of eels")
    assert ran.code == 3
    assert "topics: architecture, art" in ran.err
    assert inside.run("feed", "starters", "--add").code == 2
    assert not (inside.home / "giveback.db").exists()


def test_adding_and_taking_back(inside: Inside) -> None:
    count = len(for_topic("fishing"))
    assert inside.run("feed", "starters", "fishing", "--add", "--dry-run").out.startswith(
        f"dry run: {count} feeds added"
    )
    assert inside.run("feed", "starters", "fishing", "--add").code == 0
    assert rows(inside.store, "SELECT count(*), min(topic) FROM feed") == [(count, "fishing")]
    again = inside.run("feed", "starters", "fishing", "--add", "--json")
    assert json.loads(again.out) == {"added": 0, "known": count}
    assert inside.run("undo").code == 0
    assert rows(inside.store, "SELECT count(*) FROM feed") == [(0,)]
