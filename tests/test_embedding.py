"""Texts become vectors, vectors become bytes and come back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giveback.errors import StoreError
from giveback.matching import embedding, static, wordllama
from giveback.matching.embedding import article_text, from_blobs, load_default, to_blob, unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture(scope="module")
def embedder() -> static.StaticEmbedder:
    return load_default()


def closeness(embedder: embedding.Embedder, one: str, other: str) -> float:
    first, second = embedder.encode([one, other])
    return float(first @ second)


def test_related_texts_are_closer_than_strangers(embedder: embedding.Embedder) -> None:
    assert closeness(embedder, "bass fishing", "the best lakes for trout anglers") > 0.2
    assert closeness(embedder, "bass fishing", "interest rates and bond yields") < 0.15


def test_capitals_hardly_matter(embedder: embedding.Embedder) -> None:
    assert closeness(embedder, "Apple Macintosh", "apple macintosh") > 0.8


@pytest.mark.parametrize("text", ["", "   ", "🎣", "рыба", "漁", "!?…", "\x00"])
def test_what_the_model_does_not_know_is_a_zero_row(embedder: embedding.Embedder, text: str) -> None:
    rows, counts = embedder.encode_counted([text])
    assert not rows.any()
    assert counts.tolist() == [0]


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.text(max_size=60), max_size=6))
def test_rows_are_of_length_one_or_zero_and_do_not_depend_on_company(texts: list[str]) -> None:
    embedder = load_cached()
    rows = embedder.encode(texts)
    assert rows.shape == (len(texts), 256)
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    for text, row in zip(texts, rows, strict=True):
        assert np.allclose(embedder.encode([text])[0], row, atol=1e-5)


_cache: list[static.StaticEmbedder] = []


def load_cached() -> static.StaticEmbedder:
    if not _cache:
        _cache.append(load_default())
    return _cache[0]


def test_more_texts_than_a_chunk(embedder: embedding.Embedder) -> None:
    rows = embedder.encode([f"article number {number}" for number in range(static.CHUNK + 3)])
    assert np.allclose(rows[-1], embedder.encode([f"article number {static.CHUNK + 2}"])[0], atol=1e-5)


def test_only_the_beginning_of_a_huge_text_is_read(embedder: embedding.Embedder) -> None:
    start = "sailing boats " * 400
    assert np.allclose(embedder.encode([start + "volcano " * 500_000])[0], embedder.encode([start])[0], atol=1e-6)


def test_pieces_are_counted(embedder: embedding.Embedder) -> None:
    _, counts = embedder.encode_counted(["fish", "fish and fish and fish"])
    assert counts[0] == 1
    assert counts[1] == 5


def test_article_text_joins_what_there_is() -> None:
    assert article_text("Trout", "", "") == "Trout."
    assert article_text("", "A summary", "") == "A summary"
    assert article_text("Trout", "A summary", "Body") == "Trout. A summary Body"


@given(vector=arrays(np.float32, 256, elements=st.floats(-1, 1, width=32)))
def test_bytes_keep_the_direction(vector: NDArray[np.float32]) -> None:
    sparse = np.clip(unit(vector[None, :])[0], -0.39, 0.39)
    blob = to_blob(sparse)
    assert len(blob) == 256
    back = from_blobs([blob])[0]
    if np.linalg.norm(sparse) > 0.5:
        assert back @ unit(sparse[None, :])[0] > 0.995


def test_damaged_bytes_are_a_zero_row_and_spare_the_others(embedder: embedding.Embedder) -> None:
    sound = embedder.encode(["orchids"])[0]
    rows = from_blobs([to_blob(sound), b"", b"short", None, bytes(1000), bytes(256), to_blob(sound)])
    assert not rows[1:6].any()
    assert rows[0] @ sound > 0.999
    assert np.array_equal(rows[0], rows[6])
    assert from_blobs([]).shape == (0, 256)


def test_both_names_of_the_tokenizer_folder_are_known(tmp_path: Path) -> None:
    for place in ("tokenizer", "tokenizers"):
        folder = tmp_path / place
        (folder / place).mkdir(parents=True)
        (folder / place / "l2_supercat_tokenizer_config.json").write_text("{}")
        assert wordllama._tokenizer_file(folder).parent.name == place
    with pytest.raises(StoreError, match="no tokenizer file"):
        wordllama._tokenizer_file(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x05\x00\x00\x00\x00\x00\x00\x00hello", bytes(64)])
def test_a_damaged_table_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "table.safetensors"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be read"):
        wordllama._map_table(file)


def test_a_cut_table_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "table.safetensors"
    about = json.dumps({"embedding.weight": {"dtype": "F16", "shape": [9, 4], "data_offsets": [0, 72]}}).encode()
    file.write_bytes(len(about).to_bytes(8, "little") + about + bytes(10))
    with pytest.raises(StoreError, match="cannot be read"):
        wordllama._map_table(file)


def tokens_of(embedder: static.StaticEmbedder, text: str) -> NDArray[np.float32]:
    """The plain way: the whole text through the tokenizer, a row for each known token."""
    tokenizer, table = embedder._words._tokenizer, embedder._table
    ids = [each for each in tokenizer.encode(text, add_special_tokens=False).ids if each < len(table)]
    known = [each for each in ids if static.knows(tokenizer.id_to_token(each))]
    return table[known].astype(np.float32).reshape(-1, 256)


def plainly(embedder: static.StaticEmbedder, text: str) -> tuple[NDArray[np.float32], int]:
    written = tokens_of(embedder, text[: embedding.LONGEST])
    lowered = tokens_of(embedder, text[: embedding.LONGEST].lower())
    both = [unit(rows.sum(axis=0, keepdims=True)) for rows in (written, lowered)]
    return unit(both[0] + both[1])[0], len(written)


SIGNS = st.text(
    st.sampled_from(" abcdeEST<>/s-'.,5\u00bd\u00b2\u03a3\u03c3\u0131\u0130\u00df\u212a\u2581\n\t\u00a0\u0301🎣éł漁"),
    max_size=40,
)
PIECES = st.lists(
    st.one_of(st.sampled_from(["the", "The", "well-known", "<s>", "</s>", "<unk>", ""]), SIGNS), max_size=9
)
TEXTS = st.one_of(PIECES.map(" ".join), st.text(max_size=80))


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(TEXTS, max_size=6))
def test_word_by_word_is_the_same_as_the_whole_text(texts: list[str]) -> None:
    embedder = load_cached()
    many = texts + [f"padding {number}" for number in range(static.MANY)]
    rows, counts = embedder.encode_counted(many)
    for text, row, count in zip(texts, rows, counts, strict=False):
        expected, pieces = plainly(embedder, text)
        assert np.allclose(row, expected, atol=1e-5)
        assert count == pieces


@settings(deadline=None, max_examples=60)
@given(title=TEXTS, summary=st.one_of(st.just(""), TEXTS), text=st.one_of(TEXTS, TEXTS.map(lambda part: part * 60)))
def test_an_article_is_its_beginning_and_the_rest(title: str, summary: str, text: str) -> None:
    embedder = load_cached()
    whole = article_text(title, summary, text)
    head, rest = static.article_parts(title, summary, text)
    padding = [("padding", "padding")] * static.MANY
    found = embedder.encode_articles([(head, rest), *padding])
    expected, pieces = plainly(embedder, whole)
    assert np.allclose(found.vectors[0], expected, atol=1e-5)
    assert found.pieces[0] == pieces
    assert np.allclose(found.heads[0], plainly(embedder, head)[0], atol=1e-5)
    assert whole.startswith(head)
    assert not summary or not rest or head == article_text(title, summary, "")


def test_words_are_forgotten_when_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = load_default()
    texts = [f"orchid number {number} of the garden" for number in range(200)]
    before = embedder.encode(texts)
    monkeypatch.setattr(static, "HELD", 100)
    embedder.encode(["one more", *texts])
    assert np.array_equal(embedder.encode(texts), before)
    assert len(embedder._words._numbers) <= 220


def test_a_tokenizer_whose_tokens_reach_over_spaces_gets_whole_texts() -> None:
    class Reaching:
        def get_vocab(self, *, with_added_tokens: bool) -> dict[str, int]:
            assert not with_added_tokens
            return {"\u2581of": 0, "\u2581of\u2581the": 1}

    assert not static._is_apart(Reaching())
    assert static._is_apart(load_cached()._words._tokenizer)
