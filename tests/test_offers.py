"""Offers: what suits whom, introductions, and an order that varies and puts the small favour first."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Giveback
from giveback.giving.offers.introductions import meetings, need
from giveback.giving.offers.ranking import IN_A_ROW, effort, ranked
from giveback.giving.offers.suiting import Matcher, same_company, suits
from giveback.giving.offers.values import Offer
from giveback.keeping.exchanges import KINDS
from giveback.matching.phrases import by_words, together
from giveback.store.questions.assets import AssetRow
from giveback.store.questions.offers import PersonRow, WishRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OFFERS = st.lists(
    st.builds(
        Offer,
        kind=st.sampled_from(["article", "research", "home-made", "introduction", "skill"]),
        title=st.text("abc", min_size=1, max_size=4),
        reason=st.just(""),
        fit=st.floats(0, 1),
        minutes=st.integers(0, 200),
    ),
    max_size=9,
)
LATELY = st.lists(st.sampled_from(["article", "research", "home-made", ""]), max_size=5)


# The order


@settings(max_examples=40)
@given(OFFERS, LATELY, st.integers(1, 9))
def test_the_list_is_a_choice_of_the_offers_and_never_four_in_a_row(
    offers: list[Offer], lately: list[str], limit: int
) -> None:
    found = ranked(offers, lately, limit)
    assert len(found) == min(limit, len(offers))
    left = list(offers)
    kinds = list(reversed(lately[:IN_A_ROW]))
    for each in found:
        before = kinds[-IN_A_ROW:]
        tired = len(before) == IN_A_ROW and len(set(before)) == 1
        if tired and each.offer.kind == before[0]:
            assert {offer.kind for offer in left} == {before[0]}, "only where nothing else is left"
        left.remove(each.offer)
        kinds.append(each.offer.kind)
        assert 0 <= each.score <= each.offer.fit


@settings(max_examples=40)
@given(OFFERS, LATELY, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_offers(
    offers: list[Offer], lately: list[str], random: Any
) -> None:
    shuffled = list(offers)
    random.shuffle(shuffled)
    key = [(each.offer.kind, round(each.score, 6), each.offer.minutes) for each in ranked(offers, lately, 9)]
    assert key == [(each.offer.kind, round(each.score, 6), each.offer.minutes) for each in ranked(shuffled, lately, 9)]


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_less_effort_never_counts_less(one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert 0 < effort(more) <= effort(less) <= 1
    assert effort(5) == 1


def test_of_two_that_suit_alike_the_five_minute_favour_comes_first() -> None:
    long = Offer("skill", "a course", "", 0.8, 60)
    short = Offer("skill", "a tip", "", 0.8, 5)
    assert [each.offer for each in ranked([long, short], [], 2)] == [short, long]


def test_after_three_articles_something_else_comes() -> None:
    article = Offer("article", "a", "", 1.0, 5)
    cookies = Offer("home-made", "c", "", 0.3, 60)
    assert ranked([article, cookies], ["article"] * 2, 1)[0].offer == article
    assert ranked([article, cookies], ["article"] * 3, 1)[0].offer == cookies
    assert ranked([article], ["article"] * 3, 1)[0].offer == article


# What suits whom


def asset(title: str, topics: str = "", kind: str = "skill", company: str = "") -> AssetRow:
    return AssetRow(1, "", kind, title, "", topics, None, None, "", company, "", None, 0, None, "")


def person(number: int, name: str, company: str = "", title: str = "") -> PersonRow:
    return PersonRow(number, name, name.lower(), company, title)


def wish(number: int, phrase: str, source: str = "user", kindred: str | None = None) -> WishRow:
    return WishRow(number, phrase, 0.3 if source == "title" else 1.0, source, kindred)


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [
        ("LNG", "LNG shipping", 1.0),
        ("oil prices", "price of oil", 1.0),
        ("fly fishing", "bass fishing", 0.6),
        ("double bass", "bass fishing", 0.0),
        ("reservoir engineering", "Senior reservoir engineer", 1.0),
        ("reservoir simulation", "reservoir engineering", 0.0),
        ("orchids", "an orchid on my sill", 1.0),
        ("jazz", "chess", 0.0),
        ("", "chess", 0.0),
    ],
)
def test_words_in_common(first: str, second: str, score: float) -> None:
    assert by_words(first, second).score == score


def test_a_word_that_means_something_else_does_not_let_closeness_count() -> None:
    assert together("double bass", "bass fishing", 0.68).score == 0
    assert together("reservoir simulation", "reservoir engineering", 0.6).score == pytest.approx(0.51)
    assert together("chess", "games of skill", 0.5).score == pytest.approx(0.425)
    assert together("shale drilling", "energy", 0.0, ("shale", "drill")).score == 0.4


@settings(max_examples=40)
@given(st.text(max_size=20), st.text(max_size=20), st.floats(-1, 1))
def test_any_two_phrases_are_between_strangers_and_the_same(first: str, second: str, cosine: float) -> None:
    assert 0 <= together(first, second, cosine).score <= 1


def test_an_asset_suits_by_interest_title_company_and_anybody() -> None:
    bo = person(1, "Bo", "Shell plc", "Welder")
    wishes = [wish(1, "fly fishing"), wish(1, "Welder", "title")]

    def found(row: AssetRow, *more: WishRow) -> Any:
        matcher = Matcher([*row.topics.split(", "), row.title], [*wishes, *more], None)
        return suits(row, bo, [*wishes, *more], matcher)

    assert (
        found(asset("Knots", "bass fishing")).reason
        == "'bass fishing' fits their interest 'fly fishing' (the word fishing)"
    )
    assert found(asset("Torches", "welder")).how == "title"
    assert found(asset("Pay", "salary", "research", "SHELL")).reason == "about Shell plc, where they work"
    assert found(asset("Jam", "", "home-made")).how == "anybody"
    assert found(asset("Chess", "chess endings")) is None
    assert found(asset("Chess", "chess"), wish(1, "chess")).reason == "serves their interest 'chess'"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("Shell", "SHELL plc", True), ("Acme GmbH & Co. KG", "acme", True), ("Shell", "Shelly", False), ("", "", False),
     ("The Group", "the GROUP", True)],
)  # fmt: skip
def test_companies_are_alike_but_for_their_legal_forms(first: str, second: str, *, same: bool) -> None:
    assert same_company(first, second) == same


# Introductions


PEOPLE = {
    1: person(1, "Ana Ruiz", "Shell", "Reservoir engineer"),
    2: person(2, "Bo Lund", "Acme", "Welder"),
    3: person(3, "Cy Young", "", ""),
    4: person(4, "Di Marco", "Shell plc", ""),
}
WISHES = [
    wish(1, "bass fishing"), wish(1, "looking for a welder"), wish(1, "Reservoir engineer", "title"),
    wish(2, "fly fishing"), wish(2, "Welder", "title"), wish(3, "bass fishing"), wish(3, "double bass"),
    wish(4, "bass fishing"),
]  # fmt: skip


def test_introductions_where_interests_and_needs_meet() -> None:
    found = meetings(PEOPLE[1], PEOPLE, WISHES, set(), None)
    assert [(each.other.name, each.reason) for each in found] == [
        ("Bo Lund", "they say 'looking for a welder'; Bo is Welder"),
        ("Cy Young", "both care about bass fishing"),
    ]
    assert meetings(PEOPLE[2], PEOPLE, WISHES, set(), None)[0].other.name == "Ana Ruiz"
    assert meetings(PEOPLE[1], PEOPLE, WISHES, {2, 3}, None) == []
    assert meetings(PEOPLE[3], {3: PEOPLE[3]}, WISHES, set(), None) == []


def test_what_everybody_likes_is_the_weaker_reason() -> None:
    crowd = {number: person(number, f"P{number}") for number in range(1, 40)}
    rare = [wish(1, "chess"), wish(2, "chess")]
    common = [wish(number, "chess") for number in crowd]
    one, *_ = meetings(crowd[1], crowd, rare, set(), None)
    other, *_ = meetings(crowd[1], crowd, common, set(), None)
    assert one.fit > other.fit


@pytest.mark.parametrize(
    ("phrase", "wanted"), [("looking for a welder", "welder"), ("needs the plans", "plans"), ("bass fishing", "")]
)
def test_a_need_is_told_by_its_words(phrase: str, wanted: str) -> None:
    assert need(phrase) == wanted


# The command


@pytest.fixture(scope="module")
def prepared(loaded_once: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    del loaded_once
    home = Giveback(tmp_path_factory.mktemp("offers"))
    text = "Bass fishing under the dock needs patience and a slow worm. " * 8
    for name in ("bass", "dock"):
        (home.home / f"{name}.html").write_text(f"<title>Bass fishing by the {name}</title><p>{text}</p>", "utf-8")
    for call in (
        ("add-contact", "Ana Ruiz", "--interest", "bass fishing", "--interest", "looking for a welder", "--company",
         "Shell", "--every", "3w", "--email", "ana@example.com"),
        ("add-contact", "Bo Lund", "--title", "Welder", "--interest", "jazz"),
        ("save", "bass.html", "--url", "https://example.com/bass"),
        ("assets", "add", "Chocolate chip cookies", "--kind", "home-made", "--cost", "4"),
        ("research", "add", "New office in Houston", "--source", "https://www.shell.com/x", "--company", "Shell plc"),
        ("assets", "add", "Knots of anglers", "--kind", "skill", "--fits", "fly fishing", "--minutes", "15"),
    ):  # fmt: skip
        done = home.run_here(*call)
        assert done.code == 0, done
    return home.home


@pytest.fixture
def ana(prepared: Path, giveback: Giveback) -> Giveback:
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def offered(home: Giveback, name: str = "ana") -> list[dict[str, Any]]:
    done = home.run_here("suggest", name, "--offers", "--json")
    assert done.code == 0, done
    found: list[dict[str, Any]] = json.loads(done.out)[0]["offers"]
    return found


def test_offers_as_they_are_shown(ana: Giveback, golden: Callable[[str, str], None]) -> None:
    golden("giving/offers.txt", ana.run_here("suggest", "ana", "--offers").out)
    golden("giving/offers-explained.txt", ana.run_here("suggest", "ana", "--offers", "--explain").out)


def test_the_numbers_are_those_that_give_takes_and_nothing_comes_twice(ana: Giveback) -> None:
    first = offered(ana)
    assert {each["kind"] for each in first} == {"article", "research", "introduction", "skill", "home-made"}
    assert set(KINDS) >= {each["kind"] for each in first}
    for each in first:
        done = ana.run_here("give", "ana", str(each["number"]), "--via", "message")
        assert done.code == 0, done
        assert f"gave Ana Ruiz · {each['title']}" in done.err
    assert [each["kind"] for each in offered(ana)] == []
    past = json.loads(ana.run_here("history", "ana", "--json").out)
    assert sorted(each["kind"] for each in past) == sorted(each["kind"] for each in first)
    assert offered(ana, "bo") == [] or "introduction" not in {each["kind"] for each in offered(ana, "bo")}
    assert ana.run_here("undo").code == 0
    assert [each["title"] for each in offered(ana)] == [first[-1]["title"]]


def test_what_the_rules_speak_against_is_not_offered(ana: Giveback) -> None:
    assert ana.run_here("edit", "ana", "--no-food").code == 0
    assert "home-made" not in {each["kind"] for each in offered(ana)}


def test_a_number_of_an_offer_is_no_article_for_dismiss(ana: Giveback) -> None:
    number = next(each["number"] for each in offered(ana) if each["kind"] == "introduction")
    done = ana.run_here("dismiss", "ana", str(number))
    assert done.code == 2
    assert "an introduction to Bo Lund" in done.err
    assert 'giveback knows "Ana Ruiz" "Bo Lund"' in done.err, "what to do instead"
    assert ana.run_here("suggest", "ana").code == 0
    assert ana.run_here("give", "ana", "2").code == 3, "the plain list has one article"


def test_an_asset_is_dismissed_for_one_person_and_undo_brings_it_back(ana: Giveback) -> None:
    def suited() -> set[str]:
        rows = json.loads(ana.run_here("assets", "--json").out)
        return {each["title"] for each in rows if "Ana Ruiz" in json.dumps(each["suits"])}

    first = next(each for each in offered(ana) if each["kind"] not in ("article", "introduction"))
    before = suited()
    assert ana.run_here("dismiss", "ana", str(first["number"]), "--dry-run").code == 0
    assert first["title"] in {each["title"] for each in offered(ana)}
    done = ana.run_here("dismiss", "ana", str(first["number"]))
    assert done.out == f"dismissed for Ana Ruiz · {first['title']}\n"
    assert first["title"] not in {each["title"] for each in offered(ana)}
    assert suited() == before - {first["title"]}
    again = ana.run_here("dismiss", "ana", first["title"].upper())
    assert (again.code, again.out) == (0, done.out)
    assert ana.run_here("undo").code == 0, "the second time changed nothing, so this is the first"
    assert first["title"] in {each["title"] for each in offered(ana)}
    assert ana.run_here("dismiss", "ana", "asset:99").code == 3


def test_a_dismissed_asset_is_in_archives_and_goes_with_who_is_forgotten(ana: Giveback) -> None:
    first = next(each for each in offered(ana) if each["kind"] not in ("article", "introduction"))
    ana.run_here("dismiss", "ana", first["title"])
    assert ana.run_here("export", "--all", "all.zip").code == 0
    assert ana.run_here("--profile", "other", "import", "all.zip").code == 0
    assert ana.run_here("forget", "ana", "--yes").code == 0
    kept = {}
    for name in ("giveback.db", "giveback-other.db"):
        with contextlib.closing(sqlite3.connect(ana.home / name)) as connection:
            kept[name] = connection.execute("SELECT count(*) FROM asset_dismissal").fetchone()[0]
    assert kept == {"giveback.db": 0, "giveback-other.db": 1}


@pytest.mark.parametrize("words", [("--offers",), ("ana", "--offers", "--topic", "x"), ("--all", "--offers")])
def test_offers_need_a_name(ana: Giveback, words: tuple[str, ...]) -> None:
    assert ana.run_here("suggest", *words).code == 2
