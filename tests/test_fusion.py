"""Scores of one interest, and a person's interests in turn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.matching.embedding import unit
from giveback.matching.fusion import (
    BLOCK,
    Articles,
    evidence,
    expand,
    freshness,
    penalty,
    score_batch,
    score_one,
    take_in_turn,
)
from giveback.matching.lexical import Index, Phrase, Postings, Statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 8
seeds = st.integers(0, 10_000)
NO_WORDS = Phrase(())


def rows_of(seed: int, count: int) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32))


def library(seed: int, count: int) -> tuple[Articles, Index]:
    rng = np.random.default_rng(seed)
    pieces = rng.integers(1, 60, count)
    places = np.flatnonzero(rng.random(count) < 0.3)
    postings = {"fish": Postings(places, np.zeros_like(places), np.zeros_like(places))}
    snapshot = Statistics(100, 20.0, {"fish": 10})
    return Articles(rows_of(seed, count), pieces), Index(postings, pieces, snapshot)


@settings(deadline=None)
@given(seeds, st.integers(1, 12), st.integers(0, 12))
def test_ranking_new_articles_alone_gives_the_scores_of_ranking_all(seed: int, new: int, old: int) -> None:
    articles, index = library(seed, old + new)
    vector, asked = rows_of(seed + 1, 1)[0], Phrase(("fish",))
    everything = score_one(vector, asked, articles, index).total[0]
    place = index._postings["fish"].article
    late = place[place >= old] - old
    part = Index({"fish": Postings(late, late * 0, late * 0)}, articles.pieces[old:], index._snapshot)
    alone = score_one(vector, asked, Articles(articles.vectors[old:], articles.pieces[old:]), part).total[0]
    assert np.allclose(everything[old:], alone, atol=1e-6)


def test_blocks_hold_every_interest_once_and_parts_add_up() -> None:
    articles, index = library(1, 30)
    vectors = rows_of(2, BLOCK + 2)
    phrases = [Phrase(("fish",)), NO_WORDS] * (BLOCK // 2 + 1)
    blocks = list(score_batch(vectors, phrases, articles, index))
    assert [block.interests for block in blocks] == [slice(0, BLOCK), slice(BLOCK, BLOCK + 2)]
    assert np.allclose(blocks[1].total, blocks[1].semantic + blocks[1].lexical)
    last = score_one(vectors[-1], phrases[-1], articles, index)
    assert np.allclose(blocks[1].total[-1], last.total[0], atol=1e-6)
    assert blocks[0].lexical[0].any()
    assert not blocks[0].lexical[1].any()


def test_words_rank_alone_where_the_vectors_know_nothing() -> None:
    articles, index = library(1, 30)
    score = score_one(np.zeros(WIDTH, dtype=np.float32), Phrase(("fish",)), articles, index).total[0]
    assert set(np.flatnonzero(score)) == set(index._postings["fish"].article)


@given(st.lists(st.integers(0, 500), min_size=2, max_size=9))
def test_evidence_grows_with_length(pieces: list[int]) -> None:
    trust = evidence(np.array(sorted(pieces)))
    assert all(one <= other for one, other in pairwise(trust))
    assert trust[0] >= 0
    assert trust[-1] < 1


@given(seeds, st.integers(0, 40))
def test_an_expanded_interest_stays_a_unit_vector_near_itself(seed: int, count: int) -> None:
    vector, vectors = rows_of(seed, 1)[0], rows_of(seed + 1, count)
    mean = vectors.mean(axis=0) if count else np.zeros(WIDTH, dtype=np.float32)
    moved = expand(vector, vectors @ vector, vectors, mean)
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(moved, expand(vector, vectors @ vector, vectors, mean))


def test_an_interest_without_a_vector_or_with_nothing_near_stays() -> None:
    nothing, vectors = np.zeros(WIDTH, dtype=np.float32), rows_of(1, 3)
    assert not expand(nothing, np.ones(3, dtype=np.float32), vectors, nothing).any()
    assert np.array_equal(expand(vectors[0], np.zeros(3, dtype=np.float32), vectors, nothing), vectors[0])


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), max_size=3))
def test_an_avoided_interest_never_raises(rows: list[list[float]]) -> None:
    scores = np.array(rows, dtype=np.float32).reshape(len(rows), 4)
    lost = penalty(scores)
    assert lost.shape == (4,)
    assert np.all(lost <= 0)
    assert np.all(penalty(np.vstack([scores, np.full((1, 4), 0.9, dtype=np.float32)])) <= lost)


@given(st.floats(-100, 3000), st.floats(-100, 3000), st.floats(0, 1000))
def test_time_never_changes_the_order(one: float, other: float, later: float) -> None:
    one, other = max(one, 0), max(other, 0)
    before, after = freshness(one) - freshness(other), freshness(one + later) - freshness(other + later)
    assert before * after >= 0
    assert 0 < freshness(one) <= 1


def test_half_after_the_half_life() -> None:
    assert freshness(120) == pytest.approx(0.5)
    assert freshness(-5) == 1


def turns(*rows: list[float], weights: list[float] | None = None, limit: int = 9, **kwargs: object) -> list[int]:
    scores = np.array(rows, dtype=np.float32)
    found = take_in_turn(scores, weights or [1.0] * len(rows), limit, **kwargs)  # type: ignore[arg-type]  # options as given
    return [article for article, _ in found]


def test_interests_take_turns() -> None:
    assert turns([0.9, 0.8, 0.7, 0, 0, 0], [0, 0, 0, 0.3, 0.2, 0.1], limit=4) in ([0, 3, 1, 4], [3, 0, 1, 4])


def test_what_serves_two_interests_comes_first() -> None:
    assert turns([0.9, 0, 0.8], [0, 0.9, 0.8])[0] == 2


def test_an_interest_without_weight_takes_no_turn() -> None:
    assert turns([0.9, 0], [0, 0.9], weights=[1, 0]) == [0]
    assert turns([0.9, 0], [0, 0.9], weights=[0, 0]) == []


def test_the_dearer_interest_goes_first() -> None:
    assert turns([0.9, 0], [0, 0.9], weights=[0.5, 2]) == [1, 0]


def test_near_duplicates_come_once() -> None:
    assert turns([0.9, 0.8, 0.7], alike=np.array([0, 0, 2])) == [0, 2]


def test_sources_vary_where_scores_are_near() -> None:
    assert turns([0.9, 0.85, 0.8], sources=["a", "a", "b"]) == [0, 2, 1]
    assert turns([0.9, 0.85, 0.1], sources=["a", "a", "b"]) == [0, 1, 2]


def test_nothing_to_take() -> None:
    assert turns([-1, 0]) == []
    assert take_in_turn(np.zeros((0, 0), dtype=np.float32), [], 5) == []


score_rows = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(st.floats(-0.5, 1, width=32), min_size=5, max_size=5), min_size=m, max_size=m)
)


@given(score_rows)
def test_every_article_that_serves_comes_once_for_an_interest_it_serves(rows: list[list[float]]) -> None:
    scores = np.array(rows, dtype=np.float32)
    found = take_in_turn(scores, [1.0] * len(rows), 99)
    assert sorted(article for article, _ in found) == np.flatnonzero((scores > 0).any(axis=0)).tolist()
    assert all(scores[interest, article] > 0 for article, interest in found)
    assert found == take_in_turn(scores, [1.0] * len(rows), 99)
    assert found[:2] == take_in_turn(scores, [1.0] * len(rows), 2)


@given(score_rows)
def test_the_first_article_sinks_without_the_interest_it_is_for(rows: list[list[float]]) -> None:
    scores = np.array(rows, dtype=np.float32)
    found = take_in_turn(scores, [1.0] * len(rows), 99)
    if not found:
        return
    article, interest = found[0]
    without = [0.0 if row == interest else 1.0 for row in range(len(rows))]
    share = np.maximum(scores, 0) / np.maximum(scores.max(axis=1, keepdims=True), 1e-9)
    assert np.array(without) @ share[:, article] < share[:, article].sum()
