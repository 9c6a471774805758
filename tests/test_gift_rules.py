"""What speaks against a gift, by example and by property; the rules are a file that users extend."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.giving.rules.book import built_in, load, read
from giveback.giving.rules.confidential import marker, why_not_public
from giveback.giving.rules.food import is_food
from giveback.giving.rules.judging import Past, Person, Thing, caps, judge
from giveback.giving.rules.wording import first_of, places
from giveback.text import words

if TYPE_CHECKING:
    from pathlib import Path

BOOK = built_in()
TODAY = date(2026, 11, 23)
ANA = Person("Ana")
CENTS = st.integers(0, 1_000_000)


def rules(thing: Thing, person: Person = ANA, past: tuple[Past, ...] = ()) -> list[str]:
    return [concern.rule for concern in judge(thing, person, past, BOOK, TODAY)]


def said(name: str, kind: str = "", **facts: Any) -> list[str]:
    return rules(Thing(name, kind, **facts))


# What passes and what does not


@pytest.mark.parametrize(
    "name",
    [
        "Chocolate chip cookies", "home-made chocolate chip cookies", "homemade fudge", "pralines I made myself",
        "rose hip jam", "sunflower seeds",
        "a cutting of my monstera", "a book about wine", "recipe for rum cake",
        "wine vinegar", "ginger beer", "a ring binder", "a money plant", "an old map of the bayou",
        "a walk on the dunes",
        "a photo of the roses in your street", "tomatoes from my garden", "a jar of honey",
        "an hour to read your résumé",
    ],
)  # fmt: skip
def test_home_made_and_small_things_pass(name: str) -> None:
    assert said(name) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("box of chocolates", "bought sweets"),
        ("a BOX of Chocolates", "bought sweets"),
        ("Pralinés", "bought sweets"),
        ("a bouquet", "flowers"),
        ("two bouquets", "flowers"),
        ("red roses from my garden", "flowers"),
        ("silver necklace", "jewellery"),
        ("a hand-made necklace", "jewellery"),
        ("eau de toilette", "perfume"),
        ("silk tie", "clothing"),
        ("a hand-knitted scarf", "clothing"),
        ("20 dollars in cash", "cash"),
        ("a $25 gift card", "gift cards"),
        ("bottle of red wine", "alcohol"),
        ("six-pack", "alcohol"),
        ("home-brewed beer", "alcohol"),
        ("a love letter", "personal"),
        ("wine and a book about cheese", "alcohol"),
        ("store-bought cookies", "bought baking"),
    ],
)
def test_what_is_bought_dear_or_personal_warns_and_says_what_would_be_better(name: str, rule: str) -> None:
    found = judge(Thing(name), ANA, [], BOOK, TODAY)
    assert [concern.rule for concern in found] == [rule]
    assert all(concern.level == "warn" and concern.reason and concern.better for concern in found)


def test_a_box_of_chocolates_is_bought_not_home_made() -> None:
    (found,) = judge(Thing("box of chocolates"), ANA, [], BOOK, TODAY)
    assert found.reason.startswith("bought, not home-made")


def test_the_kind_says_more_than_the_name() -> None:
    assert said("cookies", "bought") == ["bought baking"]
    assert said("truffles", "home-made") == []
    assert said("fresh truffles from the shop", "bought") == ["bought sweets"]
    assert said("Wine makers talk of frost", "article", article_id=3) == []
    assert said("example.com/wine", url="https://example.com/wine") == []
    assert said("an hour to taste wine with you", "time") == []


def test_a_dear_gift_is_no_longer_casual() -> None:
    assert said("a fountain pen", cost_cents=2_000) == []
    assert said("a fountain pen", cost_cents=2_001) == ["casual"]


# Caps


FEDERAL = Person("Dale", policy=BOOK.policies["us-federal"])


def test_the_federal_preset_is_twenty_an_occasion_and_fifty_a_year() -> None:
    assert caps(FEDERAL) == (2_000, 5_000)
    assert rules(Thing("a pen", cost_cents=2_000), FEDERAL) == []
    assert rules(Thing("a pen", cost_cents=2_001), FEDERAL) == ["value"]
    spent = tuple(Past(date(2026, month, 1), "x", cost_cents=2_000) for month in (1, 2))
    assert rules(Thing("a pen", cost_cents=1_000), FEDERAL, spent) == []
    assert rules(Thing("a pen", cost_cents=1_001), FEDERAL, spent) == ["value"]
    last_year = tuple(past._replace(on=past.on.replace(year=2025)) for past in spent)
    assert rules(Thing("a pen", cost_cents=1_001), FEDERAL, last_year) == []


def test_cash_is_forbidden_to_them_at_any_value_and_an_unknown_value_is_asked_for() -> None:
    assert rules(Thing("5 dollars in cash", cost_cents=500), FEDERAL) == ["policy", "cash"]
    assert rules(Thing("a pen"), FEDERAL) == ["value"]
    assert rules(Thing("home-made bread"), FEDERAL) == []
    (found,) = judge(Thing("a pen", cost_cents=2_500), FEDERAL, [], BOOK, TODAY)
    assert "5 CFR 2635.204(a)" in found.better


@settings(max_examples=60)
@given(st.none() | CENTS, st.none() | CENTS, CENTS, st.lists(CENTS, max_size=4), st.sampled_from(["", "us-federal"]))
def test_a_gift_passes_exactly_when_it_is_within_every_cap(
    occasion: int | None, year: int | None, cost: int, before: list[int], policy: str
) -> None:
    person = Person("Ana", occasion, year, policy=BOOK.policies.get(policy))
    past = [Past(TODAY - timedelta(40), f"thing {number}", cost_cents=cents) for number, cents in enumerate(before)]
    most, most_year = caps(person)
    within = (most is None or cost <= most) and (most_year is None or not cost or sum(before) + cost <= most_year)
    casual = most is not None or cost <= BOOK.casual_cents
    found = [each.rule for each in judge(Thing("a pen", cost_cents=cost), person, past, BOOK, TODAY)]
    assert (found == []) == (within and casual)
    assert set(found) <= {"value", "casual"}


@settings(max_examples=40)
@given(CENTS, CENTS, CENTS)
def test_what_costs_less_never_warns_where_more_does_not(cap: int, one: int, other: int) -> None:
    person = Person("Ana", cap)
    less, more = sorted((one, other))
    if not rules(Thing("a pen", cost_cents=more), person):
        assert not rules(Thing("a pen", cost_cents=less), person)


# Food and allergies


@pytest.mark.parametrize(
    ("allergy", "name", "met"),
    [
        ("nut allergy", "walnut brownies", "walnut (nuts)"),
        ("nuts", "hazelnut spread", "hazelnut (nuts)"),
        ("nuts", "pecan pie", "pecan"),
        ("walnuts", "walnut brownies", "walnut"),
        ("lactose intolerance", "cheese from the farm", "cheese (milk)"),
        ("coeliac disease", "sourdough bread", "bread (gluten)"),
        ("gluten", "lemon cake", "cake (gluten)"),
        ("strawberries", "strawberry jam", "strawberry"),
        ("kiwi", "kiwis from my garden", "kiwis"),
        ("nuts", "nut-free cake with walnuts", "walnut"),
        ("eggs", "eggnog", "egg"),
    ],
)
def test_an_allergy_is_met(allergy: str, name: str, met: str) -> None:
    found = judge(Thing(name), Person("Ana", allergies=(allergy,)), [], BOOK, TODAY)
    assert found[0].rule == "allergy"
    assert met.split(maxsplit=1)[0] in found[0].reason


@pytest.mark.parametrize(
    ("allergy", "name", "details"),
    [
        ("nut allergy", "nut-free brownies", ""),
        ("nuts", "brownies without nuts", ""),
        ("nuts", "a map of the bayou", ""),
        ("nuts", "chocolate chip cookies", "flour, butter, eggs, chocolate"),
        ("gluten", "gluten-free lemon cake", ""),
        ("latex", "home-made bread", ""),
        ("kiwi", "home-made bread", ""),
    ],
)
def test_an_allergy_is_not_met(allergy: str, name: str, details: str) -> None:
    assert rules(Thing(name, details=details), Person("Ana", allergies=(allergy,))) == []


def test_what_is_in_food_is_asked_for_where_nothing_is_said() -> None:
    found = judge(Thing("brownies"), Person("Ana", allergies=("nut allergy",)), [], BOOK, TODAY)
    assert (found[0].reason, found[0].better) == (
        "Ana is allergic: nuts may be in it", "say what is in it, or that it is free of nuts",
    )  # fmt: skip


def test_ingredients_count_as_the_name_does() -> None:
    person = Person("Ana", allergies=("nuts",))
    assert rules(Thing("Sunday bread", "home-made", details="rye, almonds, salt"), person) == ["allergy"]


@settings(max_examples=50)
@given(st.sampled_from(BOOK.allergens), st.data())
def test_a_word_that_gives_an_allergen_away_always_warns(allergen: Any, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(allergen.words))
    name = data.draw(st.sampled_from(["{}", "home-made {}", "my aunt's {} in a jar"])).format(word)
    allergy = data.draw(st.sampled_from([allergen.name, f"{allergen.name} allergy", *allergen.also]))
    assert "allergy" in rules(Thing(name, "home-made"), Person("Ana", allergies=(allergy,)))


@settings(max_examples=40)
@given(st.sampled_from(BOOK.food))
def test_no_food_is_no_food_whoever_made_it(word: str) -> None:
    person = Person("Ana", no_food=True)
    assert "food" in rules(Thing(f"home-made {word}", "home-made"), person)
    assert "food" not in rules(Thing(f"a book about {word}"), person)
    assert not is_food("a silver pen", BOOK)


# Repeats


def test_the_same_thing_too_soon_and_the_same_article_ever_warn() -> None:
    cookies = Thing("Chocolate chip cookies", "home-made", asset_id=1)
    for days, expected in ((0, ["repeat"]), (20, ["repeat"]), (21, [])):
        past = (Past(TODAY - timedelta(days), "chocolate chip COOKIES", "home-made", asset_id=1),)
        assert rules(cookies, ANA, past) == expected
    article = Thing("Orchids", "article", article_id=7)
    assert rules(article, ANA, (Past(TODAY - timedelta(900), "Orchids", "article", article_id=7),)) == ["repeat"]
    research = Thing("Pay", "research", url="https://www.bls.gov/", asset_id=2)
    assert rules(research, ANA, (Past(TODAY - timedelta(900), "Pay", "research", asset_id=2),)) == ["repeat"]
    bulletin = Thing("Energy weekly", "bulletin", asset_id=3)
    assert rules(bulletin, ANA, (Past(TODAY - timedelta(7), "Energy weekly", "bulletin", asset_id=3),)) == []


@settings(max_examples=40)
@given(st.integers(0, 60), st.integers(0, 60))
def test_a_repeat_that_warns_now_warned_sooner_as_well(first: int, second: int) -> None:
    sooner, later = sorted((first, second))
    thing = Thing("jam", "home-made", asset_id=1)
    if rules(thing, ANA, (Past(TODAY - timedelta(later), "jam", asset_id=1),)):
        assert rules(thing, ANA, (Past(TODAY - timedelta(sooner), "jam", asset_id=1),))


# Confidential


@pytest.mark.parametrize(
    "text",
    [
        "Internal salary bands", "for internal use only", "CONFIDENTIAL draft", "Do not distribute",
        "do-not-distribute",
        "under NDA", "I signed an N.D.A. about it, so do not share", "our trade secrets", "not for public release",
        "Internal memo on internal medicine", "streng vertraulich", "C O N F I D E N T I A L", "Confidéntial",
        "con\u200bfidential", "Shell-internal org chart", "off the record: they hire in March",
    ],
)  # fmt: skip
def test_what_smells_confidential_is_refused(text: str) -> None:
    for kind in ("research", "", "bulletin"):
        found = judge(Thing(text, kind, url="https://www.example.com/"), ANA, [], BOOK, TODAY)
        assert [(each.level, each.rule) for each in found][:1] == [("refuse", "confidential")]


@pytest.mark.parametrize(
    "text",
    [
        "Residencies in internal medicine in Texas", "Internal combustion engines, a short history",
        "Internal Revenue Service",
        "the internal rate of return of wind farms", "non-confidential summary", "confidential computing for all",
        "How methane leaked from the well", "Median pay in Houston",
        "International gas trade", "internally displaced people",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert marker(text, BOOK.secrets) == ""
    assert said(text, "research", url="https://www.bls.gov/oes/") == []


def test_research_needs_a_source_that_anybody_can_read() -> None:
    assert said("Median pay", "research") == ["source"]
    assert said("Median pay", "research", url="http://intranet.shell.com/pay") == ["source"]
    assert judge(Thing("Median pay", "research"), ANA, [], BOOK, TODAY)[0].level == "refuse"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/x", "http://10.1.2.3/x", "http://192.168.0.4/", "http://[::1]/", "http://2130706433/", "http://shell/pay",
        "http://pay.corp/", "http://files.internal/", "https://intranet.shell.com/", "https://shell.sharepoint.com/x",
        "https://me:secret@example.com/", "ftp://example.com/x", "file:///etc/passwd", "", "not an address", "http://[bad/",
    ],
)  # fmt: skip
def test_what_is_no_public_source(url: str) -> None:
    assert why_not_public(url, BOOK.secrets)


@pytest.mark.parametrize(
    "url",
    ["https://www.bls.gov/oes/", "http://example.com", "https://home.cern/", "https://internal-medicine.example.org/"],
)
def test_what_is_one(url: str) -> None:
    assert why_not_public(url, BOOK.secrets) == ""


@settings(max_examples=60)
@given(st.sampled_from(BOOK.secrets.markers), st.sampled_from(BOOK.secrets.innocent), st.sampled_from(["research", ""]))
def test_an_innocent_phrase_beside_a_marker_excuses_nothing(word: str, phrase: str, kind: str) -> None:
    text = f"{phrase.title()}; {word.upper()}: pay at Shell"
    assert "confidential" in said(text, kind, url="https://www.bls.gov/")


@settings(max_examples=40)
@given(
    st.text(max_size=60), st.sampled_from(["", "research", "other", "home-made", "bought", "skill"]), st.none() | CENTS
)
def test_any_name_is_judged_and_refusals_come_first(name: str, kind: str, cost: int | None) -> None:
    found = judge(Thing(name, kind, cost), Person("Ana", 100, 200, no_food=True, allergies=("nuts",)), [], BOOK, TODAY)
    levels = [concern.level for concern in found]
    assert levels == sorted(levels, key=lambda level: level != "refuse")
    assert all(concern.reason for concern in found)


@settings(max_examples=50)
@given(st.sampled_from([rule for rule in BOOK.rules if not rule.only]), st.data())
def test_every_word_of_a_rule_is_found_among_others(rule: Any, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(rule.words))
    assert rule.name in said(f"a very nice {word} in a box")
    assert rule.name not in said(f"a book about {word}")


def test_words_are_whole_and_may_be_plural_but_not_singular() -> None:
    assert places("truffle", words("two Truffles")) == [range(1, 2)]
    assert places("chocolates", words("a chocolate bar")) == []
    assert first_of(["gin"], words("ginger, and the beginning")) == ""
    assert first_of(["wine"], words("wine vinegar and wine"), ["wine vinegar"]) == "wine"
    assert first_of(["berry"], words("berries")) == "berry"


# A user's own rules


OWN = """
[amounts]
casual = 30
[[rule]]
name = "mugs"
words = ["mug"]
reason = "they have twelve"
[[rule]]
name = "alcohol"
off = true
[[policy]]
name = "Acme"
who = "people at Acme"
occasion = 10.5
forbidden = ["mugs"]
source = "handbook, page 3"
[confidential]
markers = ["project falcon"]
"""


def test_a_users_file_adds_replaces_and_turns_off(tmp_path: Path) -> None:
    (tmp_path / "gift_rules.toml").write_text(OWN, "utf-8")
    book = load(str(tmp_path))

    def found(name: str, person: Person = ANA, cost: int | None = None) -> list[str]:
        return [each.rule for each in judge(Thing(name, cost_cents=cost), person, [], book, TODAY)]

    assert found("two mugs") == ["mugs"]
    assert found("a bottle of wine") == []
    assert found("box of chocolates") == ["bought sweets"]
    assert found("a pen", cost=3_000) == []
    assert found("notes on Project Falcon") == ["confidential"]
    acme = Person("Bo", policy=book.policies["acme"])
    assert found("a mug", acme, 100) == ["policy", "mugs"]
    assert found("a pen", acme, 1_051) == ["value"]
    assert load(str(tmp_path / "nothing")) is built_in()


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[amounts]\ncasual = -1", 2, "amount"),
        ("[amounts]\ncasual = true", 2, "amount"),
        ("\n[amounts\n", 2, "TOML"),
        ("[[rule]]\nname = 'x'\nreason = 'y'", 1, "words"),
        ("[[rule]]\nname = 'x'\nwords = ['a']", 1, "reason"),
        ("[[rule]]\nname = 'x'\nwords = ['a', 3]\nreason = 'y'", 3, "words"),
        ("[[rule]]\nname = 'x'\nwords = 'a'\nreason = 'y'", 3, "list"),
        ("[[rule]]\nname='a'\nwords=['a']\nreason='r'\n[[rule]]\nname='b'\nwords=['b']\nreson='r'", 8, "reson"),
        ("[[rule]]\nname = 'no such rule'\noff = true", 2, "turn off"),
        ("[[rule]]\nname = 'x'\nwords = ['a']\nreason = 'y'\nonly = 'sold'", 5, "bought"),
        ("[[policy]]\nname = 'x'\nforbidden = ['trains']", 3, "trains"),
        ("[rules]\n", 1, "rules"),
        ("[rule]\nname = 'x'", 1, "[[rule]]"),
        ("[again]\ndays = 2.5", 2, "whole"),
        ("[confidential]\ninnocent = ['internal']", 2, "excuses"),
        ("[confidential]\nhosts = ['x']", 2, "excuses"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_file_and_the_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    (tmp_path / "gift_rules.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        load(str(tmp_path))
    assert f"gift_rules.toml line {line}:" in caught.value.message
    assert what in caught.value.message


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "gift_rules.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(tmp_path))


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_file_is_rules_or_one_line(text: str) -> None:
    try:
        read(text, "gift_rules.toml", BOOK, own=True)
    except UsageError as error:
        assert "gift_rules.toml line " in error.message  # noqa: PT017 - most texts are no TOML
