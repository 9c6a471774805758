"""What an issue is made of: relevance, freshness, variety, tact, nothing twice; sections, names and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.bulletins.picking import Candidate, Rules, pick
from giveback.bulletins.sectioning import Text, group, names
from giveback.bulletins.sentences import holds, sentences, telling
from giveback.matching.embedding import load_default
from giveback.matching.reasons import is_empty_word
from giveback.text import fold, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

TODAY = 700_000
RULES = Rules(limit=3, today=TODAY, window=7)


def vectors(count: int) -> NDArray[np.float32]:
    return np.eye(max(count, 1), dtype=np.float32)[:count]


def candidate(number: int, **fields: object) -> Candidate:
    usual: dict[str, object] = {
        "words": ("story", str(number)), "source": f"s{number}", "day": TODAY, "score": 0.5, "plain": 0.5,
    }  # fmt: skip
    return Candidate(id=number, **(usual | fields))  # type: ignore[arg-type]  # fields by name


def chosen(*candidates: Candidate, rules: Rules = RULES) -> list[int]:
    return [story.article for story in pick(candidates, vectors(len(candidates)), [], rules).stories]


def test_relevance_and_freshness_decide() -> None:
    assert chosen(candidate(1, score=0.4), candidate(2, score=0.6)) == [2, 1]
    # A week old counts half.
    assert chosen(candidate(1, score=0.4), candidate(2, score=0.6, day=TODAY - 7)) == [1, 2]


def test_what_is_not_near_enough_is_counted() -> None:
    found = pick([candidate(1), candidate(2, plain=0.2)], vectors(2), [], RULES)
    assert ([story.article for story in found.stories], found.poor) == ([1], 1)
    # What is of the topic for certain needs no such likeness.
    assert chosen(candidate(1), candidate(2, plain=0.0, score=0.1, member=True)) == [1, 2]


def test_sensitive_articles_are_counted_by_kind_and_doubts_lower() -> None:
    found = pick(
        [candidate(1, sensitive="politics"), candidate(2, doubt=0.4), candidate(3, score=0.45)], vectors(3), [], RULES
    )
    assert ([story.article for story in found.stories], found.held) == ([3, 2], {"politics": 1})


def test_what_the_readers_have_counts_less_or_nothing() -> None:
    found = pick([candidate(1, known=1.0), candidate(2, known=0.5), candidate(3, score=0.3)], vectors(3), [], RULES)
    assert ([story.article for story in found.stories], found.known) == ([3, 2], 1)


def test_sources_vary() -> None:
    same = [candidate(n, source="one", score=0.5 - n / 100) for n in range(1, 4)]
    assert chosen(*same, candidate(9, source="other", score=0.35), rules=RULES._replace(limit=3)) == [1, 2, 9]


def test_a_story_told_twice_is_one_item_with_several_sources() -> None:
    title = ("gas", "prices", "fall", "again")
    alike = [
        candidate(1, words=title),
        candidate(2, words=title, score=0.4),
        candidate(3, words=title, score=0.3, source="s1"),
        candidate(4),
    ]
    found = pick(alike, vectors(4), [], RULES)
    assert [(story.article, story.others) for story in found.stories] == [(1, (2,)), (4, ())]
    told = [(title, np.zeros(4, dtype=np.float32))]
    again = pick(alike, vectors(4), told, RULES)
    assert ([story.article for story in again.stories], again.known) == ([4], 3)


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(
            candidate,
            st.integers(1, 99),
            source=st.sampled_from(["", "a", "b"]),
            score=st.floats(-0.5, 1),
            plain=st.floats(0, 1),
            day=st.integers(TODAY - 30, TODAY + 1),
            sensitive=st.sampled_from(["", "war"]),
            doubt=st.floats(0, 1),
            known=st.floats(0, 1),
            member=st.booleans(),
        ),
        max_size=12,
        unique_by=lambda each: each.id,
    ),
    st.integers(1, 5),
)
def test_picking_holds_to_its_rules(candidates: list[Candidate], limit: int) -> None:
    found = pick(candidates, vectors(len(candidates)), [], RULES._replace(limit=limit))
    by_id = {each.id: each for each in candidates}
    numbers = [story.article for story in found.stories]
    assert len(numbers) == len(set(numbers)) <= limit
    assert all(not by_id[number].sensitive and by_id[number].known < 1 for number in numbers)
    assert [story.worth for story in found.stories] == sorted((s.worth for s in found.stories), reverse=True)
    rest = found.poor + sum(found.held.values()) + found.known + len(numbers)
    assert rest <= len(candidates)


# Sections


def test_near_items_make_sections_and_none_is_alone() -> None:
    rng = np.random.default_rng(1)
    centres = np.eye(8, dtype=np.float32)[:3]
    rows = np.concatenate([centre + 0.05 * rng.standard_normal((4, 8)) for centre in centres]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    order = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]
    found = group(rows[order])
    assert sorted(sorted(order[place] // 4 for place in places) for places in found) == [[0] * 4, [1] * 4, [2] * 4]


@settings(max_examples=12)
@given(st.integers(0, 20), st.integers(0, 5))
def test_sections_hold_every_item_once(count: int, seed: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((count, 6)).astype(np.float32)
    found = group(rows)
    assert sorted(place for places in found for place in places) == list(range(count))
    assert all(places == sorted(places) for places in found)
    assert [places[0] for places in found] == sorted(places[0] for places in found)
    assert count < 5 or min(map(len, found)) > 1


def test_names_stand_in_the_items() -> None:
    texts = [
        Text("Tankers wait off the terminal", "The tankers queued for days. LNG tankers are cheap."),
        Text("Rates for tankers slide", "Brokers let the tankers go for less."),
        Text("A jar of salted lemons", "Lemons keep for a year in salt."),
        Text("Cakes with lemons", "Grate the lemons first, then bake the cake."),
    ]
    found = names([[0, 1], [2, 3]], texts, "energy", load_default())
    assert found == ["Tankers", "Lemons"]
    for name, places in zip(found, ([0, 1], [2, 3]), strict=True):
        assert all(fold(name) in words(f"{texts[place].title} {texts[place].body}") for place in places)
    assert names([[0, 1, 2, 3]], texts, "energy", load_default()) == [""]


def test_a_section_without_a_word_in_common_is_called_by_its_topic_or_not_at_all() -> None:
    texts = [
        Text("Tankers wait off the terminal", "The ships queued for days.", "The silence of the bay.", "energy"),
        Text("Rates slide in the spring", "Brokers let them go for less.", "The silence of the brokers.", "energy"),
        Text("How to break the silence", "A letter helps.", "", "kitchen"),
        Text("Cakes for a crowd", "Grate and bake.", "The silence of the guests.", "kitchen"),
        Text("A jar of lemons", "Salt keeps it.", "", "garden"),
        Text("An owl by day", "It was not asleep.", "", "birds"),
    ]
    groups = [[0, 1], [2, 3], [4, 5]]
    assert names(groups, texts, "the sea", load_default()) == ["Energy", "Kitchen", ""]
    assert names(groups, texts, "energy", load_default()) == ["", "Kitchen", ""]
    one_topic = [text._replace(topic="news") for text in texts]
    assert names(groups, one_topic, "the sea", load_default()) == ["", "", ""], "it sets no section apart"


WORD = st.sampled_from(["the", "a", "of", "tanker", "tankers", "lemon", "lemons", "gas", "slide"])


@settings(max_examples=30)
@given(st.lists(st.lists(WORD, max_size=6), min_size=4, max_size=8))
def test_every_word_of_a_name_stands_in_two_items(said: list[list[str]]) -> None:
    texts = [Text(" ".join(one[:3]), " ".join(one[3:])) for one in said]
    groups = [list(range(len(texts)))[::2], list(range(len(texts)))[1::2]]
    for name, places in zip(names(groups, texts, "gas", load_default()), groups, strict=True):
        for word in words(name):
            stem = word.removesuffix("s")
            held = [place for place in places if any(each.removesuffix("s") == stem for each in said[place])]
            assert len(held) >= max(2, len(places) // 2)


def test_the_topic_and_empty_words_name_nothing() -> None:
    texts = [Text("Energy for the town", "The energy of the river."), Text("The river", "By the river.")] * 2
    found = names([[0, 1], [2, 3]], texts, "energy", load_default())
    assert all("energy" not in fold(name) for name in found)
    assert is_empty_word("the")


# Sentences


def test_abbreviations_end_no_sentence() -> None:
    said = "Dr. J. Smith of the U.S. Geological Survey spoke at 5 p.m. on Tuesday. He was brief! Why? No. 3 is next."
    assert sentences(said)[0] == "Dr. J. Smith of the U.S. Geological Survey spoke at 5 p.m. on Tuesday."
    assert "No. 3 is next." in sentences(said)


@pytest.mark.parametrize(
    ("summary", "text", "expected"),
    [
        ("Read more at our site, which we think that you like.", "", ""),
        ("A ship arrived early at the terminal in Port Ellery…", "", ""),
        ("The post Gas appeared first on The Energy Ledger, as ever.", "", ""),
        (
            "Short one.",
            "The floating terminal reached Port Ellery two months early. It was wet.",
            "The floating terminal reached Port Ellery two months early.",
        ),
        ("Floating terminal reaches Port Ellery two months early.", "", ""),
        ("", "", ""),
    ],
)
def test_the_telling_sentence(summary: str, text: str, expected: str) -> None:
    assert telling("Floating terminal reaches Port Ellery two months early", summary, text) == expected


@settings(max_examples=30)
@given(st.text("aA .!?\n\"'\u2019…", max_size=300), st.text("abcABC .!?", max_size=300))
def test_a_sentence_is_never_invented(summary: str, text: str) -> None:
    found = telling("A title", summary, text, "topic")
    assert not found or holds(found, [summary, text])
