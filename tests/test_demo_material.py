"""The sample data is well formed on every day of the calendar, and is what the demonstration needs."""

from __future__ import annotations

import re
from calendar import timegm
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.demo.material import DemoExchange, load

TODAY = date(2026, 3, 2)

ENTRIES = {
    "energy.xml": ("rss20", 12),
    "outdoors.xml": ("atom10", 10),
    "kitchen.xml": ("rss20", 8),
    "workplace.xml": ("atom10", 12),
    "training-simulation.xml": ("rss20", 7),
    "gardens-and-music.xml": ("atom10", 9),
    "science-and-craft.xml": ("rss20", 15),
    "world-desk.xml": ("atom10", 9),
}

SENSITIVE = {
    "Coalition splits over gas levy as Estmark parliament votes at midnight": "politics",
    "Recount ordered in Saltmarsh after nineteen votes separate the two parties": "politics",
    "Bishop merges forty parishes as priests and congregations dwindle": "religion",
    "Four jailed for armed robbery at Kestrel Road depot": "crime",
    "Shelling resumes on the Tarsk border hours after ceasefire": "war",
    "Island buries the eleven who drowned on the Saint Brannoc": "death",
    "When a colleague dies: what a team needs from its manager in the first week": "death",
    "A sex education class for the over-sixties has a waiting list": "sex",
    "Measles outbreak fills children's ward in Quennell": "illness",
}

SAME_STORY = (
    "Floating terminal reaches Port Ellery two months early",
    "Floating gas terminal arrives early at Port Ellery",
)


def parsed(today: date = TODAY) -> dict[str, Any]:
    return {feed.name: feedparser.parse(BytesIO(feed.body)) for feed in load(today).feeds}


@pytest.fixture(scope="module")
def entries() -> list[Any]:
    return [entry for found in parsed().values() for entry in found.entries]


def body_words(entry: Any) -> list[str]:
    return re.sub(r"<[^>]+>", " ", entry.content[0].value).split()


def test_feedparser_reads_every_feed() -> None:
    for feed in load(TODAY).feeds:
        found = feedparser.parse(BytesIO(feed.body))
        assert not found.bozo, feed.name
        assert (found.version, len(found.entries)) == ENTRIES[feed.name]
        assert found.feed.title.replace("&amp;", "&") == feed.title


def test_entries_are_between_one_and_forty_days_old(entries: list[Any]) -> None:
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    ages = [noon - datetime.fromtimestamp(timegm(entry.published_parsed), UTC) for entry in entries]
    assert {age % timedelta(days=1) for age in ages} == {timedelta(0)}
    assert min(ages) == timedelta(days=1)
    assert timedelta(days=30) < max(ages) <= timedelta(days=40)


def test_newest_entry_comes_first_and_dates_the_feed() -> None:
    for found in parsed().values():
        dates = [entry.published_parsed for entry in found.entries]
        assert dates == sorted(dates, reverse=True)
        assert found.feed.updated_parsed == dates[0]


def test_about_eighty_articles_with_links_and_titles_of_their_own(entries: list[Any]) -> None:
    assert 78 <= len(entries) <= 84
    assert len({entry.link for entry in entries}) == len(entries)
    assert len({entry.id for entry in entries}) == len(entries)
    assert len({entry.title.casefold() for entry in entries}) == len(entries)


def test_each_article_has_an_author_a_summary_and_a_paragraph(entries: list[Any]) -> None:
    for entry in entries:
        assert entry.author
        assert 8 <= len(entry.summary.split()) <= 40, entry.title
        assert 60 <= len(body_words(entry)) <= 110, entry.title
        assert entry.summary not in entry.content[0].value


def test_no_sentence_is_used_twice(entries: list[Any]) -> None:
    sentences = Counter(
        sentence.strip() for entry in entries for sentence in re.split(r"(?<=[.?!])\s+", " ".join(body_words(entry)))
    )
    assert [text for text, count in sentences.items() if count > 1] == []


def test_hosts_and_addresses_are_reserved_for_examples(entries: list[Any]) -> None:
    reserved = re.compile(r"(^|\.)example\.(com|org|net)$")
    hosts = {urlsplit(entry.link).hostname or "" for entry in entries}
    hosts |= {contact.email.partition("@")[2] for contact in load(TODAY).contacts}
    assert [host for host in hosts if not reserved.search(host)] == []


def test_sensitive_articles_are_there_and_unmarked(entries: list[Any]) -> None:
    titles = {entry.title: entry for entry in entries}
    assert SENSITIVE.keys() <= titles.keys()
    assert set(SENSITIVE.values()) == {"politics", "religion", "crime", "war", "death", "sex", "illness"}
    terms = {tag.term for title in SENSITIVE for tag in titles[title].tags}
    assert terms.isdisjoint({*SENSITIVE.values(), "sensitive"})


def test_one_story_is_told_by_two_feeds(entries: list[Any]) -> None:
    first, second = (next(entry for entry in entries if entry.title == title) for title in SAME_STORY)
    assert urlsplit(first.link).hostname != urlsplit(second.link).hostname
    one, other = set(body_words(first)), set(body_words(second))
    assert one != other
    assert len(one & other) / len(one | other) > 0.5


def test_contacts_have_interests_and_a_cadence() -> None:
    contacts = load(TODAY).contacts
    assert len(contacts) == 12
    assert len({contact.name for contact in contacts}) == 12
    assert len({contact.email for contact in contacts}) == 12
    for contact in contacts:
        assert 2 <= len(contact.interests) <= 4
        assert all(phrase.strip() for phrase in (*contact.interests, *contact.avoid))
        assert re.fullmatch(r"\d+[dwmy]", contact.every)
    assert 1 <= sum(bool(contact.avoid) for contact in contacts) <= 4


def test_history_is_about_known_people_and_no_day_precedes_the_meeting() -> None:
    material = load(TODAY)
    added = {contact.name: contact.added_on for contact in material.contacts}
    for exchange in material.exchanges:
        assert added[exchange.contact] <= exchange.on <= TODAY
        assert exchange.direction in {"given", "received", "shared"}
        assert exchange.channel in {"email", "letter", "call", "in-person", "message", "social"}
    for promise in material.promises:
        assert added[promise.contact] <= promise.made_on <= min(promise.due_on, TODAY)
    assert {snooze.contact for snooze in material.snoozes} <= added.keys()


def test_history_holds_every_kind_of_follow_up() -> None:
    material = load(TODAY)
    last: dict[str, DemoExchange] = {exchange.contact: exchange for exchange in material.exchanges}
    silent = {contact.name for contact in material.contacts} - last.keys()
    assert silent == {"Priya Raghunathan"}
    unthanked = [name for name, exchange in last.items() if exchange.direction == "received"]
    assert unthanked == ["Łucja Wiśniewska"]
    assert sorted((promise.due_on - TODAY).days for promise in material.promises) == [-4, 0, 3]
    assert (TODAY - last["Hannelore Vogt"].on).days > 365
    assert (TODAY - last["Tomás Ó Briain"].on).days < 30
    assert [(snooze.contact, (snooze.until - TODAY).days) for snooze in material.snoozes] == [("Wanjiru Kamau", 10)]
    assert [contact.birthday for contact in material.contacts if contact.birthday] == [date(1984, 3, 6)]


@settings(max_examples=25, deadline=None)
@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2199, 12, 31)))
def test_tokens_are_replaced_on_any_day(today: date) -> None:
    material = load(today)
    assert material == load(today)
    for feed in material.feeds:
        ET.fromstring(feed.body)  # noqa: S314 - our own file
        assert b"@@" not in feed.body
    birthday = next(contact.birthday for contact in material.contacts if contact.birthday)
    expected = today + timedelta(days=4)
    assert (birthday.month, birthday.day) == (expected.month, expected.day)


def test_leap_day_birthday() -> None:
    birthdays = [contact.birthday for contact in load(date(2028, 2, 25)).contacts if contact.birthday]
    assert birthdays == [date(1984, 2, 29)]
