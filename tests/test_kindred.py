"""Kindred terms: what the nearest articles share and others lack; and what must hold of any ranking by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from giveback.matching import fusion, kindred
from giveback.matching.lexical import Index, Phrase, Postings, Statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = ("rider", "honda", "clutch", "jazz", "the")
titles = st.lists(st.sampled_from(WORDS), max_size=5)
library = st.lists(titles, min_size=2, max_size=8)


def index_of(articles: list[list[str]], snapshot: Statistics) -> Index:
    places: dict[str, list[tuple[int, int, int]]] = {}
    for number, title in enumerate(articles):
        for offset, term in enumerate(title):
            places.setdefault(term, []).append((number, 0, offset))
    postings = {term: Postings(*np.array(found, dtype=np.int64).T) for term, found in places.items()}
    return Index(postings, np.array([len(title) for title in articles], dtype=np.int64), snapshot)


def snapshot_of(articles: list[list[str]]) -> Statistics:
    frequency = {word: sum(word in title for title in articles) for word in WORDS}
    return Statistics(len(articles), max(sum(map(len, articles)) / len(articles), 1.0), frequency)


def found_in(articles: list[list[str]], near: list[int]) -> kindred.Kindred:
    snapshot = snapshot_of(articles)
    said = kindred.usage({word for title in articles for word in title}, index_of(articles, snapshot), snapshot)
    return kindred.find(said, np.array(near), np.ones(len(near)))


def test_what_the_nearest_articles_share_and_others_lack() -> None:
    articles = [["rider", "clutch", "the"], ["rider", "honda", "the"], ["jazz", "the"], ["the"], ["jazz", "the"]]
    # "clutch" and "honda" are each in one article only; "the" is everywhere.
    assert [term for term, _ in found_in(articles, [0, 1])] == ["rider"]


def test_articles_that_share_nothing_have_no_kindred_terms() -> None:
    assert found_in([["rider"], ["honda"], ["jazz"]], [0, 1]) == ()
    assert found_in([[], []], [0, 1]) == ()
    nobody = kindred.usage((), index_of([], Statistics(0, 1.0, {})), Statistics(0, 1.0, {}))
    assert kindred.find(nobody, np.zeros(0, dtype=np.int64), np.zeros(0)) == ()


@given(library, st.data())
def test_weights_add_up_and_the_best_article_scores_what_is_trusted(
    articles: list[list[str]], data: st.DataObject
) -> None:
    near = data.draw(st.lists(st.integers(0, len(articles) - 1), min_size=1, unique=True))
    terms = found_in(articles, near)
    assert len(terms) <= kindred.TERMS
    if terms:
        assert abs(sum(weight for _, weight in terms) - 1) < 1e-9
        snapshot = snapshot_of(articles)
        index = index_of(articles, snapshot)
        used = index.overlap(kindred.scaled(terms, index, 0.5))
        assert abs(used.max() - 0.5) < 1e-6


@given(library, titles, st.integers(0, 2**32 - 1))
def test_an_unrelated_article_never_changes_the_scores_of_others(
    articles: list[list[str]], other: list[str], seed: int
) -> None:
    """Scores depend on the article and the snapshot alone: equal to the last bit of a 32-bit product (1e-6)."""
    draw = np.random.default_rng(seed)
    snapshot = snapshot_of(articles)
    vectors = draw.normal(size=(len(articles) + 1, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query, terms = vectors[0], tuple((word, 0.2) for word in WORDS[:3])

    def scores(number: int) -> NDArray[np.float32]:
        these = [*articles, other][:number]
        pieces = np.array([len(title) for title in these], dtype=np.int64)
        index = index_of(these, snapshot)
        found = fusion.score_one(query, Phrase(("rider",)), fusion.Articles(vectors[:number], pieces), index, terms)
        total: NDArray[np.float32] = found.total[0]
        return total

    alone = scores(len(articles))
    together = scores(len(articles) + 1)[: len(articles)]
    assert np.abs(alone - together).max() < 1e-6
    assert np.array_equal(scores(len(articles)), alone)
