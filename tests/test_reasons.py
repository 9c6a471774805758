"""The words shown occur; what lowered an article is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.matching.embedding import load_default
from giveback.matching.reasons import CLOSE, closest_passage, common_words, explain

if TYPE_CHECKING:
    from giveback.matching.embedding import Embedder


@pytest.mark.parametrize(
    ("phrase", "article", "words"),
    [
        ("bass fishing", "Spring tips for Bass  Fishing on the lake", ("Bass Fishing",)),
        ("bass fishing", "A fisherman's bass, and how to fish it", ("bass", "fish")),
        ("natural gas", "Gas prices rise", ("Gas",)),
        ("running", "Who ran, who runs", ("runs",)),
        ("art and design", "Cars and boats", ()),
        ("who", "Who did it", ("Who",)),
        ("café culture", "The CAFE of the year", ("CAFE",)),
        ("women's rights", "Women\u2019s rights today", ("Women\u2019s rights",)),
        ("orchids", "Growing an orchid", ("orchid",)),
        ("art", "The party starts", ()),
        ("", "anything", ()),
        ("🎣", "fishing 🎣", ()),
        ("围棋", "老围棋手的一天", ("围棋",)),
        ("การทำอาหาร", "ศิลปะการทำอาหารไทย", ("การทำอาหาร",)),
        ("围棋", "春天的茶山", ()),
    ],
)
def test_common_words(phrase: str, article: str, words: tuple[str, ...]) -> None:
    assert common_words(phrase, article) == words


def test_how_says_close_when_no_word_is_shared() -> None:
    assert explain("angling", "Trout in the river").how == CLOSE
    assert explain("trout", "Trout in the river").how == "the word Trout"
    assert explain("river trout", "Trout in the river").how == "the words river, Trout"
    assert explain("garden birds", "Garden birds at dawn").how == "the words Garden birds"


def test_what_lowered_it() -> None:
    assert explain("a", "b", avoided="golf", age=41.6).lowered == ("near golf, which they avoid", "41 days old")
    assert explain("a", "b", age=3).lowered == ()


@given(st.text(max_size=40), st.text(max_size=200))
def test_words_shown_occur(phrase: str, article: str) -> None:
    joined = " ".join(article.split())
    for word in common_words(phrase, article):
        assert word in joined


@given(st.text(alphabet="abc xyz", max_size=60))
def test_a_text_shares_its_own_words(text: str) -> None:
    assert bool(common_words(text, text)) == bool(text.strip())


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_default()


def test_the_closest_passage_is_named(embedder: Embedder) -> None:
    article = "Rates rose again. The trout season opens on the river. Shares fell!"
    assert closest_passage("fly fishing", article, embedder) == "The trout season opens on the river."


@pytest.mark.parametrize(
    ("phrase", "article"), [("fishing", ""), ("fishing", "... !"), ("🎣", "Trout."), ("", "Trout.")]
)
def test_nothing_to_name(embedder: Embedder, phrase: str, article: str) -> None:
    assert closest_passage(phrase, article, embedder) == ""
