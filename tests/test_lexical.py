"""BM25 over postings: what must hold whatever the articles are."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from giveback.matching.lexical import AS_PHRASE, Index, Phrase, Postings, Statistics, rarity, sequence

WORDS = ("bass", "fish", "lake", "jazz", "oil")
article = st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=6)] * 3)
library = st.lists(article, min_size=1, max_size=8)
phrase = st.lists(st.sampled_from((*WORDS, "unheard")), min_size=1, max_size=3).map(lambda terms: Phrase(tuple(terms)))
Library = list[tuple[list[str], ...]]


def snapshot_of(articles: Library) -> Statistics:
    frequency = Counter(term for columns in articles for term in {term for column in columns for term in column})
    lengths = [sum(map(len, columns)) for columns in articles]
    return Statistics(len(articles), sum(lengths) / len(articles), frequency)


def index_of(articles: Library, snapshot: Statistics | None = None) -> Index:
    places: dict[str, list[tuple[int, int, int]]] = {}
    for number, columns in enumerate(articles):
        for column, terms in enumerate(columns):
            for offset, term in enumerate(terms):
                places.setdefault(term, []).append((number, column, offset))
    postings = {term: Postings(*np.array(found, dtype=np.int64).T) for term, found in places.items()}
    lengths = np.array([sum(map(len, columns)) for columns in articles], dtype=np.int64)
    return Index(postings, lengths, snapshot or snapshot_of(articles))


def test_phrase_before_its_words_before_one_word_before_none() -> None:
    articles: Library = [
        (["bass", "fish"], ["lake"], []),
        (["fish", "bass"], ["lake"], []),
        (["fish", "oil"], ["lake"], []),
        (["jazz", "oil"], ["lake"], []),
    ]
    scores = index_of(articles).score(Phrase(("bass", "fish")))
    assert scores[0] > scores[1] > scores[2] > scores[3] == 0


def test_title_before_summary_before_text() -> None:
    articles: Library = [(["jazz"], ["oil"], ["oil"]), (["oil"], ["jazz"], ["oil"]), (["oil"], ["oil"], ["jazz"])]
    scores = index_of(articles).score(Phrase(("jazz",)))
    assert scores[0] > scores[1] > scores[2] > 0


def test_rare_words_count_more() -> None:
    articles: Library = [(["bass", "lake"], [], []), (["fish", "lake"], [], []), (["fish"], [], []), (["fish"], [], [])]
    scores = index_of(articles).score(Phrase(("bass", "fish")))
    assert scores[0] > scores[1]
    assert rarity("bass", snapshot_of(articles)) > rarity("fish", snapshot_of(articles)) > 0


def test_a_phrase_does_not_run_over_columns_or_articles() -> None:
    articles: Library = [(["oil", "bass"], ["fish"], []), (["fish"], [], [])]
    apart = index_of(articles).score(Phrase(("bass", "fish")))
    assert apart.max() <= 1 - AS_PHRASE


def test_sequence_of_an_unknown_word_is_nowhere() -> None:
    assert sequence([None]) is None
    assert sequence([]) is None


def test_a_phrase_without_terms_scores_nothing() -> None:
    assert not index_of([(["bass"], [], [])]).score(Phrase(())).any()


@given(library, phrase)
def test_scores_lie_between_nothing_and_all(articles: Library, asked: Phrase) -> None:
    scores = index_of(articles).score(asked)
    assert len(scores) == len(articles)
    for score, columns in zip(scores, articles, strict=True):
        assert 0 <= score <= 1
        assert (score > 0) == bool(set(asked.terms) & {term for column in columns for term in column})


@given(library, library, phrase)
def test_new_articles_ranked_alone_score_as_among_all(old: Library, new: Library, asked: Phrase) -> None:
    snapshot = snapshot_of(old)
    together = index_of(old + new, snapshot).score(asked)
    alone = index_of(new, snapshot).score(asked)
    assert np.allclose(together[len(old) :], alone, atol=1e-6)


@given(library, phrase)
def test_asking_twice_changes_nothing(articles: Library, asked: Phrase) -> None:
    index = index_of(articles)
    assert np.array_equal(index.score(asked), index.score(asked))


@given(library, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
def test_sequences_are_found_where_a_plain_search_finds_them(articles: Library, terms: list[str]) -> None:
    places = index_of(articles)._postings
    found = sequence([places.get(term) for term in terms])
    got = set() if found is None else set(zip(*(part.tolist() for part in found), strict=True))
    expected = {
        (number, column, start)
        for number, columns in enumerate(articles)
        for column, words in enumerate(columns)
        for start in range(len(words))
        if words[start : start + len(terms)] == terms
    }
    assert got == expected
