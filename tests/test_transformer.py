"""Another model: vectors of a transformer, which replace the others batch by batch and never mix with them."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from giveback.dates import Now
from giveback.errors import StoreError, UsageError
from giveback.matching.embedding import DIMENSIONS, Model, load, width
from giveback.matching.transformer import load as load_transformer
from giveback.people.contacts import ContactForm, add
from giveback.ranking import embed
from giveback.ranking import refresh as ranking
from giveback.ranking.aside import rank_topic
from giveback.ranking.refresh import refresh
from giveback.store import connect
from giveback.store.changes import change
from giveback.store.connect import transaction
from giveback.store.tables import Article

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from giveback.matching.embedding import Embedder
    from giveback.matching.tact import TactModel

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "trout", "bass", "fishing", "orchid", "orchids", "garden", "gas", "market"]
SIZE = 24
NOW = Now(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23))


def make_model(folder: Path, *, seed: int = 1, size: int = SIZE) -> Path:
    """A transformer without layers: the vectors of the tokens, fish near fish, flowers near flowers."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    table = chance.normal(size=(len(WORDS), size)).astype(np.float32) / 4
    for kin, axis in ((("trout", "bass", "fishing"), 0), (("orchid", "orchids", "garden"), 1), (("gas", "market"), 2)):
        for word in kin:
            table[WORDS.index(word), axis] += 2
    table[:4] = 0
    names = ("input_ids", "attention_mask")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in names]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", size])
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "tiny", inputs, [output], [numpy_helper.from_array(table, "table")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))  # noqa: S106 -- no secret
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return Model("transformer", str(make_model(tmp_path_factory.mktemp("tiny"))))


@pytest.fixture
def filled(store: str) -> str:
    with change(store, NOW) as session:
        for number in range(140):
            what = ("trout bass fishing", "orchids garden", "gas market")[number % 3]
            session.add(Article(url=f"https://example.com/{number}", title=f"{what} {number}", first_seen_at=NOW.at))
        add(session, ContactForm("Ana", interests=("orchid",)), NOW.today, None)
    refresh(store)
    return store


def asked(path: str, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def models(path: str) -> list[tuple[object, ...]]:
    return asked(path, "SELECT model, length(vector), count(*) FROM article_vector GROUP BY 1, 2 ORDER BY 3")


def test_vectors_are_of_length_one_counted_and_independent_of_company(tiny: Model) -> None:
    embedder = load(tiny)
    texts = ["trout fishing", "orchids", "", "nothing known of that here", "trout " * 900]
    rows, counts = embedder.encode_counted(texts)
    assert rows.shape == (5, SIZE)
    assert embedder.name.startswith(f"onnx-{SIZE}/")
    assert width(embedder.name) == embedder.dimensions == SIZE
    assert counts[:3].tolist() == [2, 1, 0]
    assert not rows[2].any()
    assert np.allclose(np.linalg.norm(rows[[0, 1, 4]], axis=1), 1, atol=1e-5)
    for text, row in zip(texts, rows, strict=True):
        assert np.allclose(embedder.encode([text])[0], row, atol=1e-5)
    assert rows[0] @ rows[4] > rows[0] @ rows[1]


def test_another_model_is_known_as_another(tiny: Model, tmp_path: Path) -> None:
    same = load_transformer(str(make_model(tmp_path / "same")))
    other = load_transformer(str(make_model(tmp_path / "other", seed=2)))
    assert load(tiny).name == same.name != other.name
    assert tiny.made(same.name)
    assert not tiny.made("wordllama-256/1")
    assert Model().made("wordllama-256/1")
    assert not Model().made(same.name)
    assert width("wordllama-256/1") == width("nonsense") == width("") == DIMENSIONS


def test_a_change_of_model_embeds_and_ranks_everything_again(filled: str, tiny: Model) -> None:
    before = asked(filled, "SELECT article_id FROM ranking")
    steps: list[tuple[str, int]] = []
    done = refresh(filled, lambda what, count: steps.append((what, count)), tiny)
    assert done.embedded == 140
    assert steps[:2] == [("embedding", 100), ("embedding", 40)]
    name = load(tiny).name
    assert models(filled) == [(name, SIZE, 140)]
    assert asked(filled, "SELECT model FROM collection") == [(name,)]
    assert asked(filled, "SELECT DISTINCT model, length(vector) FROM interest_vector") == [(name, SIZE)]
    found = asked(filled, "SELECT DISTINCT a.title FROM ranking r JOIN article a ON a.id = r.article_id")
    assert before
    assert found
    assert all("orchids" in str(title) for (title,) in found)
    assert refresh(filled, model=tiny) == ranking.Refreshed(0, 0, 0)
    refresh(filled)
    assert models(filled) == [("wordllama-256/1", DIMENSIONS, 140)]
    assert asked(filled, "SELECT article_id FROM ranking") == before


def test_what_is_killed_half_way_is_answered_from_before_and_gone_on_with(filled: str, tiny: Model) -> None:
    before = asked(filled, "SELECT * FROM ranking")

    def stop(_what: str, _count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(filled, stop, tiny)
    assert [count for _, _, count in models(filled)] == [40, 100]
    assert asked(filled, "SELECT * FROM ranking") == before
    assert asked(filled, "SELECT model FROM collection") == [("wordllama-256/1",)]
    steps: list[int] = []
    refresh(filled, lambda what, count: steps.append(count) if what == "embedding" else None, tiny)
    assert sum(steps) == 40
    assert [count for _, _, count in models(filled)] == [140]


def test_a_small_change_does_not_wait_for_the_transformer(filled: str, tiny: Model) -> None:
    before = asked(filled, "SELECT * FROM ranking")
    assert refresh(filled, model=tiny, patient=False) == ranking.Refreshed(0, 0, 0, 140)
    assert asked(filled, "SELECT * FROM ranking") == before
    refresh(filled, model=tiny)
    with change(filled, NOW) as session:
        session.add(Article(url="https://example.com/new", title="orchids", first_seen_at=NOW.at))
    assert refresh(filled, model=tiny, patient=False).embedded == 1


def test_vectors_of_two_models_never_meet(filled: str, tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(connection: sqlite3.Connection, embedder: Embedder, judge: TactModel, *_: object) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(embed, "SLOW_BATCH", 60)
        made = embed.make(connection, embedder, judge, 0)
        assert made is not None
        with transaction(connection):
            embed.keep(connection, made)
        raise KeyboardInterrupt

    monkeypatch.setattr(embed, "embed_articles", half)
    with pytest.raises(KeyboardInterrupt):
        refresh(filled, model=tiny)
    with closing(connect.write(filled)) as connection:
        from giveback.ranking.collection import load_shelf

        assert load_shelf(connection, "wordllama-256/1").codes.shape == (80, DIMENSIONS)
        assert load_shelf(connection, load(tiny).name).codes.shape == (60, SIZE)
        with pytest.raises(StoreError, match="vectors of the articles are of wordllama"):
            rank_topic(connection, 1, "trout", tiny)


def test_damaged_vectors_of_a_transformer_hide_nothing_else(filled: str, tiny: Model) -> None:
    refresh(filled, model=tiny)
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("UPDATE article_vector SET vector = x'00ff' WHERE article_id = 2")
        connection.execute("UPDATE interest_vector SET vector = x'00', expanded = zeroblob(256)")
        connection.execute("INSERT INTO ranking_stale SELECT id FROM contact")
        connection.commit()
    refresh(filled, model=tiny)
    numbers = {number for (number,) in asked(filled, "SELECT article_id FROM ranking")}
    assert numbers
    assert 2 not in numbers


def break_nothing(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def break_tokens(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def break_model(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"not a model")


def break_json(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


@pytest.mark.parametrize(
    ("harm", "error", "said"),
    [
        (break_nothing, UsageError, "no model.onnx"),
        (break_tokens, UsageError, "no tokenizer.json"),
        (break_model, StoreError, "cannot be used"),
        (break_json, StoreError, "cannot be used"),
    ],
)
def test_a_folder_that_is_none(
    tmp_path: Path, filled: str, harm: Callable[[Path], None], error: type[Exception], said: str
) -> None:
    folder = make_model(tmp_path / "model")
    harm(folder)
    before = asked(filled, "SELECT * FROM ranking")
    with pytest.raises(error, match=said):
        refresh(filled, model=Model("transformer", str(folder)))
    assert asked(filled, "SELECT * FROM ranking") == before


def test_no_folder_and_no_runtime_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="not set where"):
        load(Model("transformer", ""))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match="ONNX Runtime") as caught:
        load(Model("transformer", "/nowhere"))
    assert "giveback[transformer]" in caught.value.hint


def test_a_real_model() -> None:
    folder = os.environ.get("GIVEBACK_TRANSFORMER", "")
    if not folder:
        pytest.skip("GIVEBACK_TRANSFORMER names no folder with all-MiniLM-L6-v2")
    embedder = load_transformer(folder)
    rows = embedder.encode(["bass fishing", "the best lakes for trout anglers", "interest rates and bond yields"])
    assert embedder.dimensions == json.loads(os.environ.get("GIVEBACK_TRANSFORMER_SIZE", "384"))
    assert rows[0] @ rows[1] > 0.3 > rows[0] @ rows[2]
