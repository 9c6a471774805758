"""What giving and dismissing teach: the right direction, nothing from nothing, and never an exception."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from giveback.matching import feedback
from giveback.matching.embedding import unit
from giveback.matching.feedback import REMEMBERED, TELLING, Judged, Lesson, learn, precision, reliability, telling
from giveback.matching.fusion import Articles
from giveback.matching.lexical import Index, Postings, Statistics

WIDTH = 16
seeds = st.integers(0, 2**20)


def rows_of(seed: int, count: int) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = unit(np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32))
    return rows


def articles_of(vectors: NDArray[np.float32]) -> Articles:
    return Articles(vectors, np.full(len(vectors), 20))


def index_of(count: int, postings: dict[str, Postings] | None = None) -> Index:
    return Index(postings or {}, np.full(count, 20), Statistics(100, 20.0, {}))


def judged(vectors: NDArray[np.float32], liked: list[bool]) -> Judged:
    return Judged(articles_of(vectors), np.array(liked, dtype=bool), [{}] * len(liked))


def taught(interests: NDArray[np.float32], lessons_of: Judged, mean: NDArray[np.float32]) -> list[Lesson | None]:
    return learn(interests, lessons_of, mean, precision(rows_of(7, 40)))


def scored(lesson: Lesson, vectors: NDArray[np.float32], own: float = 0.5) -> NDArray[np.float32]:
    scores = np.full((1, len(vectors)), own, dtype=np.float32)
    found: NDArray[np.float32] = feedback.score([lesson], scores, articles_of(vectors), index_of(len(vectors)), MEAN)[0]
    return found


MEAN = np.zeros(WIDTH, dtype=np.float32)


@given(seeds, st.booleans(), st.floats(0, 1, width=32))
def test_what_was_given_rises_and_what_was_dismissed_sinks(seed: int, liked: bool, own: float) -> None:  # noqa: FBT001 -- drawn by Hypothesis
    one = rows_of(seed, 1)
    lesson, other = taught(np.concatenate([one, -one]), judged(one, [liked]), MEAN)
    assert lesson is not None
    assert (scored(lesson, one, own)[0] > 0) == liked
    assert (lesson.reliability > 1) == liked
    assert other is None, "an interest that is far from the article learns nothing from it"


@given(seeds, st.booleans())
def test_the_more_like_a_judged_article_the_further_it_moves(seed: int, liked: bool) -> None:  # noqa: FBT001 -- drawn by Hypothesis
    one, away = rows_of(seed, 2)
    steps = unit(np.stack([one * near + away * (1 - near) for near in (0.0, 0.5, 0.8, 1.0)]).astype(np.float32))
    if one @ away > 0.5:
        return
    (lesson,) = taught(one[None], judged(one[None], [liked]), MEAN)
    assert lesson is not None
    alike = np.abs(scored(lesson, steps) - steps @ lesson.direction * np.sqrt(20 / 30))
    assert np.all(np.diff(alike) >= -1e-5), "likeness counts the more the closer"


@given(seeds)
def test_likeness_needs_an_own_score(seed: int) -> None:
    one = rows_of(seed, 1)
    (lesson,) = taught(one, judged(one, [True]), MEAN)
    assert lesson is not None
    low, some, high = (float(scored(lesson, one, own)[0]) for own in (0.05, 0.2, 0.4))
    assert low < some < high


def test_words_in_common_make_articles_more_alike() -> None:
    one, near = rows_of(1, 2)
    near = unit((one + 0.9 * near)[None])[0]
    terms = {"gravel": 0.6, "tyres": 0.4}
    told = Judged(articles_of(one[None]), np.array([True]), [terms])
    (lesson,) = learn(one[None], told, MEAN, precision(rows_of(7, 40)))
    assert lesson is not None
    both = np.stack([near, near])
    where = Postings(np.array([1]), np.array([0]), np.array([0]))
    index = index_of(2, {"gravel": where, "tyres": where})
    score = feedback.score([lesson], np.full((1, 2), 0.5, dtype=np.float32), articles_of(both), index, MEAN)[0]
    assert score[1] > score[0]


def test_dismissing_weighs_less_than_giving() -> None:
    one = rows_of(3, 1)
    ((liked,), (disliked,)) = (taught(one, judged(one, [is_liked]), MEAN) for is_liked in (True, False))
    assert liked is not None
    assert disliked is not None
    assert np.linalg.norm(liked.direction) > np.linalg.norm(disliked.direction)
    assert scored(liked, one)[0] > -scored(disliked, one)[0]


def test_nothing_judged_changes_nothing() -> None:
    assert taught(rows_of(1, 3), judged(rows_of(1, 0), []), MEAN) == [None, None, None]
    assert taught(rows_of(1, 0), judged(rows_of(1, 1), [True]), MEAN) == []
    assert reliability(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=bool)) == pytest.approx(1)


@given(seeds, st.integers(1, 12))
def test_a_belief_of_nothing_changes_nothing(seed: int, count: int) -> None:
    vectors = rows_of(seed, count)
    lessons = learn(rows_of(seed + 1, 2), judged(vectors, [True] * count), MEAN, precision(vectors), strength=0.0)
    for lesson in lessons:
        if lesson is not None:
            assert lesson.reliability == pytest.approx(1)
            assert not scored(lesson, vectors).any()


@given(seeds, st.integers(1, 30))
def test_each_article_is_scored_by_itself(seed: int, count: int) -> None:
    vectors = rows_of(seed, count)
    (lesson,) = taught(vectors[:1], judged(rows_of(seed, 3), [True, False, True]), MEAN)
    assert lesson is not None
    together = scored(lesson, vectors)
    alone = np.array([scored(lesson, vectors[place : place + 1])[0] for place in range(count)])
    assert alone == pytest.approx(together, abs=1e-5)
    assert np.array_equal(together, scored(lesson, vectors)), "the same again"


@given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.booleans()), max_size=20), st.floats(0, 1, width=32))
def test_reliability_follows_what_was_welcome(pairs: list[tuple[float, bool]], more: float) -> None:
    closeness = np.array([close for close, _ in pairs], dtype=np.float32)
    liked = np.array([like for _, like in pairs], dtype=bool)
    before = reliability(closeness, liked)
    assert 0 < before <= 1 / feedback.HOPE + 1e-6
    also = np.append(closeness, np.float32(more))
    assert reliability(also, np.append(liked, True)) >= before - 1e-6
    assert reliability(also, np.append(liked, False)) <= before + 1e-6


def test_five_hundred_judged_articles() -> None:
    vectors = rows_of(5, 500)
    (lesson,) = taught(vectors[:1], judged(vectors, [place % 3 > 0 for place in range(500)]), MEAN)
    assert lesson is not None
    assert len(lesson.examples) == len(lesson.telling) == len(lesson.liked) == REMEMBERED
    assert np.all(np.isfinite(scored(lesson, vectors)))


def test_vectors_of_nothing_teach_nothing() -> None:
    nothing = np.zeros((2, WIDTH), dtype=np.float32)
    assert taught(rows_of(1, 1), judged(nothing, [True, False]), MEAN) == [None]
    assert taught(nothing, judged(rows_of(1, 1), [True]), MEAN) == [None, None]


@given(st.dictionaries(st.text(max_size=4), st.floats(0, 1e6), max_size=40))
def test_telling_terms_are_few_and_add_up(counts: dict[str, float]) -> None:
    terms = telling(counts, Statistics(100, 20.0, {"the": 100}))
    assert len(terms) <= TELLING
    assert sum(terms.values()) == pytest.approx(1 if terms else 0)
    assert all(weight >= 0 for weight in terms.values())


def test_rare_words_tell_more_than_common_ones() -> None:
    terms = telling({"the": 5.0, "trout": 1.0}, Statistics(100, 20.0, {"the": 99, "trout": 2}))
    assert terms["trout"] > terms["the"]
