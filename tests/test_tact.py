from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.errors import StoreError
from giveback.matching import tact
from giveback.matching.embedding import load_default
from giveback.matching.static import StaticEmbedder
from giveback.matching.suspicion import THRESHOLD, unpacked
from giveback.matching.tact import KINDS, TactModel, Verdict
from giveback.text import words

INNOCENT = [
    "How to get better at shooting a basketball",
    "A killer app for sourdough bakers",
    "Cologne Cathedral architecture: flying buttresses explained",
    "Battle of the bands at the summer festival",
    "The war on weeds: mulch, patience and a sharp hoe",
    "Six-minute recipe for drop-dead gorgeous pancakes",
    "Ten road trip snacks for the kids",
    "Telescope finds ring of dust around young star",
    "Drilling engineers move from oil wells to geothermal heat",
    "The joy of knitting socks",
    "What recruiters look for in a job interview",
    "Sudden death overtime thriller at the hockey rink",
    "Shooting a basketball",
    "Cologne Cathedral architecture",
]
# Grim words in ways that nothing in tools/tact/ prepared the model for.
NEW_IDIOMS = [
    "Dead even after nine innings, the two clubs share the pennant",
    "Cutthroat trout return to the upper creek",
    "This cake will slay at your next party",
    "Hangman's bridge picnic area gets new tables",
    "How to nuke a potato in five minutes",
    "Ax throwing league opens second lane",
    "A shotgun house gets a bright new kitchen",
    "Ammo for your next trivia night",
    "Grim Reaper is the hottest pepper at the market",
    "Bury your toes in the sand: ten family beaches",
    "Hunger for learning fills evening classes",
    "Mummy bloggers share lunchbox ideas",
    "Rebel yeast makes a bolder rye",
    "The general manager's guide to a better bullpen",
    "Tattoo artist draws a sleeve of ferns",
    "Raiders of the lost bookshelf: a library treasure hunt",
    "Sweet revenge: a dessert for chili lovers",
    "Knockout roses for small gardens",
    "Heavenly views from a hilltop inn",
    "A prayer plant that unfolds at night",
    "Miracle whip or mayo? Readers choose",
    "Stealing the show: flower girls and ring bearers",
    "Addictive popcorn in three flavours",
    "Fatal attraction of moths to porch lamps",
    "Blind date with a book at the branch library",
    "Pregnant pause: comedy timing explained",
    "Queen of hearts: tarts for tea",
    "Marching orders for the brass band's parade",
    "A tour de force of tempura",
    "Hot flash drives: which storage stick is fastest",
    "Dead heat in the sack race at the village fair",
]
MAY_BE_HELD_BACK = 6
"""Of the thirty-one: what is asked of tact is to lose no more than 20 of 100 benign articles."""
SENSITIVE = [
    ("politics", "Senators trade insults before vote on immigration bill"),
    ("politics", "Opposition party demands new election after parliament is dissolved"),
    ("religion", "Bishops gather at the Vatican to debate married priests"),
    ("religion", "What the Bible and the Quran say about prayer"),
    ("crime", "Police arrest man accused of murder and robbery"),
    ("crime", "Jury convicts gang leader; prosecutors seek life in prison"),
    ("war", "Airstrikes on rebel positions kill soldiers near the front line"),
    ("war", "Militants shell town as ceasefire collapses"),
    ("death", "Obituary: beloved singer dies at 84, funeral on Friday"),
    ("death", "Grieving widow scatters her husband's ashes"),
    ("sex", "Pornography, orgasms and other sex questions answered"),
    ("sex", "Nude photos of actress in lingerie leak after affair"),
    ("illness", "Patients with breast cancer face chemotherapy delays"),
    ("illness", "Hospital battles outbreak of infectious virus"),
    ("other", "Earthquake survivors homeless after landslide and flood"),
    ("other", "Racist slurs and discrimination at college spark outrage"),
]


@pytest.fixture(scope="module")
def model() -> TactModel:
    return tact.load()


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return load_default()


def test_what_words_count_as_is_what_training_counted() -> None:
    vocabulary = ["death", "sudden death", "^death", "^sudde", "thriller", "sudden", "two words"]
    reader = tact._Reader(vocabulary)
    for text in ("Sudden death", "sudden deathly two, words", "death sudden", "", "Two words two words"):
        expected = {vocabulary.index(each) for each in tact.counted(text) if each in vocabulary}
        for _ in range(2):
            assert reader.counted(words(text)) == expected
        assert reader.knows(words(text)) == any(reader.places(word) for word in words(text))


def judge(model: TactModel, embedder: StaticEmbedder, text: str, allow: tuple[str, ...] = ()) -> Verdict:
    return model.judge(embedder.encode([text]), [text], allow)[0]


@pytest.mark.parametrize("text", INNOCENT)
def test_grim_words_in_innocent_headlines_pass(model: TactModel, embedder: StaticEmbedder, text: str) -> None:
    verdict = judge(model, embedder, text)
    assert verdict.kind == ""
    assert verdict.words == ()
    assert verdict.probability < THRESHOLD


@pytest.mark.xfail(reason="missed: one grim word outweighs what is said of sailing")
def test_a_known_miss(model: TactModel, embedder: StaticEmbedder) -> None:
    assert judge(model, embedder, "Navigating by dead reckoning on a small sailing boat").kind == ""


def test_a_killer_app_kills_nobody(model: TactModel, embedder: StaticEmbedder) -> None:
    assert [judge(model, embedder, text).kind for text in ("Killer app", "killer app for photographers")] == ["", ""]


def test_most_new_idioms_pass(model: TactModel, embedder: StaticEmbedder) -> None:
    held_back = [text for text in NEW_IDIOMS if judge(model, embedder, text).kind]
    assert len(held_back) <= MAY_BE_HELD_BACK, held_back


@pytest.mark.parametrize("name", ["Obama", "Trump", "Merkel", "Modi", "Putin", "Thatcher", "Okafor", "Lindqvist"])
def test_whose_name_it_is_decides_nothing(model: TactModel, embedder: StaticEmbedder, name: str) -> None:
    assert judge(model, embedder, f"{name} shares a recipe for apple pie").kind == ""
    assert judge(model, embedder, f"{name} sworn in as president after disputed election").kind == "politics"
    assert not [word for word in model._reader._words._vocabulary if word == name.lower()]


def test_capitals_matter_little(model: TactModel, embedder: StaticEmbedder) -> None:
    texts = [*INNOCENT, *(text for _, text in SENSITIVE)]
    lower = [text.lower() for text in texts]
    written, plain = model.judge(embedder.encode(texts), texts), model.judge(embedder.encode(lower), lower)
    assert [verdict.kind for verdict in written] == [verdict.kind for verdict in plain]


@pytest.mark.parametrize(("kind", "text"), SENSITIVE)
def test_each_kind_is_caught_and_named(model: TactModel, embedder: StaticEmbedder, kind: str, text: str) -> None:
    verdict = judge(model, embedder, text)
    assert verdict.kind == kind
    assert verdict.probability >= THRESHOLD
    assert verdict.words
    assert set(verdict.words) <= set(words(text))


def test_a_kind_this_reader_likes_is_not_held_back(model: TactModel, embedder: StaticEmbedder) -> None:
    text = "New drug for lung cancer patients"
    strict, lenient = judge(model, embedder, text), judge(model, embedder, text, ("illness",))
    assert strict.kind == "illness"
    assert lenient.probability < strict.probability
    assert lenient.kind != "illness"
    assert judge(model, embedder, text, KINDS) == Verdict(0.0, "", ())


def test_nothing_known_is_nothing_said(model: TactModel, embedder: StaticEmbedder) -> None:
    for text in ("", "   ", "死亡事故で三人が死傷", "убийство в городе", "🎉🎉", "\x00\n"):
        vector = embedder.encode([text])
        verdict = model.judge(vector, [text])[0]
        assert np.any(vector) or verdict == Verdict(0.0, "", ())


def test_no_articles_no_verdicts(model: TactModel) -> None:
    assert model.judge(np.zeros((0, 256), dtype=np.float32), []) == []


def test_the_same_article_gets_the_same_verdict_in_any_company(model: TactModel, embedder: StaticEmbedder) -> None:
    texts = [*INNOCENT, *(text for _, text in SENSITIVE)]
    together = model.judge(embedder.encode(texts), texts)
    alone = [judge(model, embedder, text) for text in texts]
    assert [verdict.kind for verdict in together] == [verdict.kind for verdict in alone]
    assert [verdict.words for verdict in together] == [verdict.words for verdict in alone]
    assert np.allclose([verdict.probability for verdict in together], [one.probability for one in alone])


def test_what_is_kept_says_what_was_judged(model: TactModel, embedder: StaticEmbedder) -> None:
    texts = [*INNOCENT, *(text for _, text in SENSITIVE), ""]
    vectors = embedder.encode(texts)
    for kept, verdict in zip(model.kinds(vectors, texts), model.judge(vectors, texts), strict=True):
        assert sum(unpacked(kept).values()) == pytest.approx(verdict.probability, abs=0.045)
        if verdict.kind:
            assert kept.startswith(verdict.kind)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=3_000))
def test_any_text_is_judged(text: str) -> None:
    model = tact.load() if not LOADED else LOADED[0]
    LOADED[:] = [model]
    rng = np.random.default_rng(len(text))
    vector = rng.normal(size=(1, 256)).astype(np.float32)
    verdict = model.judge(vector / np.linalg.norm(vector), [text])[0]
    assert 0 <= verdict.probability <= 1
    assert verdict.kind in ("", *KINDS)
    assert set(verdict.words) <= set(words(text))
    odds = model.probabilities(vector, [text])
    assert odds.shape == (1, 1 + len(KINDS))
    assert odds.sum() == pytest.approx(1)


LOADED: list[TactModel] = []


def test_these_lines_were_not_trained_on() -> None:
    trained = (Path(__file__).parents[1] / "tools/tact/examples.tsv").read_text(encoding="utf-8").casefold()
    assert not [
        text for text in [*INNOCENT, *NEW_IDIOMS, *(text for _, text in SENSITIVE)] if text.casefold() in trained
    ]


def test_a_damaged_model_is_named() -> None:
    for damaged in (b"", b"PK\x03\x04 not a zip", b"\x93NUMPY"):
        with pytest.raises(StoreError, match="tact model"):
            tact.load(BytesIO(damaged))
