"""One story is suggested once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.matching.duplicates import near_duplicates
from giveback.matching.embedding import load_default
from giveback.text import words


def groups(*titles: str) -> list[int]:
    found = near_duplicates([words(title) for title in titles], load_default().encode(titles))
    return [int(head) for head in found]


@pytest.mark.parametrize(
    "pair",
    [
        ("Oil prices fall as OPEC raises output", "Oil prices fall as OPEC raises output"),
        ("Oil prices fall as OPEC raises output", "OIL PRICES FALL AS OPEC RAISES OUTPUT"),
        ("Oil prices fall as OPEC raises output", "Oil prices fall after OPEC raises output"),
    ],
)
def test_one_story(pair: tuple[str, str]) -> None:
    assert groups(*pair) == [0, 0]


@pytest.mark.parametrize(
    "pair",
    [
        ("Weekly gas storage report 12", "Weekly gas storage report 13"),
        ("Oil prices fall as OPEC raises output", "How to grow orchids on a north window"),
        ("News", "News from the lake"),
        ("", ""),
        ("🎣", "🎸"),
    ],
)
def test_two_stories(pair: tuple[str, str]) -> None:
    assert groups(*pair) == [0, 1]


def test_no_articles() -> None:
    assert near_duplicates([], np.zeros((0, 256), dtype=np.float32)).tolist() == []


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "12"]), max_size=4), max_size=7), st.integers(0, 5))
def test_groups_are_named_by_their_first(titles: list[list[str]], seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(len(titles), 3)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) if len(titles) else 1
    group = near_duplicates(titles, rows)
    for number, head in enumerate(group):
        assert head <= number
        assert group[head] == head
