"""What I have to give: assets, research, brainstorm, circles, limits and what is logged, by the commands."""

from __future__ import annotations

import io
import json
import shutil
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Giveback, Ran
from giveback.errors import UsageError
from giveback.giving.brainstorm import all_questions, answers_in, minutes_in, subjects_in
from giveback.giving.circles import turns
from giveback.keeping.money import parse_money, say_money
from giveback.store.questions.circles import MemberRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COOKIES = ("assets", "add", "Chocolate chip cookies", "--kind", "home-made", "--cost", "4.50")


@pytest.fixture(scope="module")
def prepared(loaded_once: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    del loaded_once
    home = Giveback(tmp_path_factory.mktemp("assets"))
    for call in (
        ("add-contact", "Ana Ruiz", "--interest", "LNG shipping", "--every", "3w", "--company", "Shell"),
        ("add-contact", "Bo Lund", "--interest", "baking", "--every", "3w"),
        ("add-contact", "Cy Young", "--every", "never"),
        COOKIES,
    ):
        assert home.run_here(*call).code == 0
    return home.home


@pytest.fixture
def home(prepared: Path, giveback: Giveback) -> Giveback:
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def done(home: Giveback, *words: str, code: int = 0) -> Ran:
    ran = home.run_here(*words)
    assert ran.code == code, ran
    assert not code or (len(ran.err.splitlines()) == 1 and not ran.out)
    return ran


def listed(home: Giveback, *words: str) -> Any:
    return json.loads(done(home, *words, "--json").out)


# Assets


def test_assets_tell_whom_they_suit_and_when_they_were_given(
    home: Giveback, golden: Callable[[str, str], None]
) -> None:
    said = [
        done(
            home,
            "assets",
            "add",
            "Energy bulletin",
            "--kind",
            "bulletin",
            "--fits",
            "oil prices, LNG",
            "--minutes",
            "30",
        ),
        done(home, "give", "bo", "cookies", "--via", "in-person", "--on", "yesterday"),
        done(home, "assets", "edit", "cookies", "--fits", "baking, chocolate", "--cost", "5", "--text", "flour, eggs"),
        done(home, "assets"),
        done(home, "assets", "cookies"),
        done(home, "assets", "retire", "energy"),
        done(home, "assets"),
        done(home, "assets", "--retired"),
        done(home, "assets", "edit", "energy", "--back"),
    ]
    golden("giving/assets.txt", "".join(each.out for each in said if "gave" not in each.err))
    found = listed(home, "assets")
    assert [(each["title"], each["cost_cents"], each["minutes"]) for each in found] == [
        ("Chocolate chip cookies", 500, None), ("Energy bulletin", None, 30),
    ]  # fmt: skip
    assert [each["name"] for each in found[0]["suits"]] == ["Bo Lund"]
    assert [each["name"] for each in found[1]["suits"]] == ["Ana Ruiz"]
    assert (found[0]["last_given_on"], found[0]["last_given_to"]) == ("2026-11-22", "Bo Lund")


def test_every_change_of_assets_is_taken_back(home: Giveback) -> None:
    before = listed(home, "assets", "--retired")
    changes = (
        ("assets", "add", "Chess lessons", "--kind", "skill"),
        ("assets", "edit", "chess", "--minutes", "15"),
        ("assets", "retire", "chess"),
        ("circle", "add", "Cookie Club", "--gift", "cookies"),
        ("circle", "join", "Cookie Club", "ana", "bo"),
        ("circle", "leave", "Cookie Club", "bo"),
        ("circle", "remove", "Cookie Club"),
        ("edit", "ana", "--gift-cap", "20", "--allergy", "nuts"),
        ("edit", "ana", "--gift-cap", "none", "--remove-allergy", "nuts"),
    )
    for words in changes:
        assert done(home, *words, "--dry-run").out.startswith("dry run: ")
        done(home, *words)
    for _ in changes:
        done(home, "undo")
    assert listed(home, "assets", "--retired") == before
    assert listed(home, "circle") == []
    assert listed(home, "show", "ana")["gift_limits"]["cap_cents"] is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("assets", "add", ""), 2, "offer"),
        (("assets", "add", "x", "--kind", "flowers"), 2, "flowers"),
        (("assets", "add", "x", "--cost", "-4"), 2, "amount"),
        (("assets", "add", "x", "--cost", "4.505"), 2, "amount"),
        (("assets", "add", "x", "--minutes", "-1"), 2, "minutes"),
        (("assets", "add", "chocolate CHIP cookies"), 4, "already"),
        (("assets", "add", "x", "--kind", "research"), 2, "public source"),
        (("assets", "add", "our internal pay bands"), 2, "confidential"),
        (("assets", "edit", "cookies"), 2, "what is to change"),
        (("assets", "edit", "cookies", "--kind", "research"), 2, "public source"),
        (("assets", "retire", "nothing"), 3, "nothing"),
        (("assets", "nothing"), 3, "nothing"),
        (("research", "add", "Median pay"), 2, "source"),
        (("research", "add", "Do not distribute: pay", "--source", "https://www.bls.gov"), 2, "do not distribute"),
        (("research", "add", "Median pay", "--source", "http://intranet.shell.com/"), 2, "insiders"),
        (("research", "add", "Median pay", "--source", "http://10.0.0.1/"), 2, "private network"),
        (("research", "add", "Median pay", "--source", "https://me:pw@x.example.com/"), 2, "password"),
        (("circle", "join", "none", "ana"), 3, "none"),
        (("circle", "add", "join"), 2, "join"),
        (("circle", "add", ""), 2, "name"),
        (("edit", "ana", "--gift-policy", "nowhere"), 2, "us-federal"),
        (("edit", "ana", "--gift-cap", "much"), 2, "amount"),
        (("edit", "ana", "--remove-allergy", "nuts"), 2, "nuts"),
        (("log", "ana", "x", "--kind", "flowers"), 2, "flowers"),
        (("log", "ana", "x", "--outcome-of", "never said"), 3, "never said"),
        (("followups", "--circle", "none"), 3, "none"),
        (("give", "ana", "asset:99"), 3, "asset"),
    ],
)
def test_what_cannot_be_is_one_line(home: Giveback, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in done(home, *words, code=code).err
    assert "pw@" not in home.run_here(*words).err


# Research


def test_research_is_kept_with_its_source_and_given_once(home: Giveback) -> None:
    text = "Median pay for reservoir engineers in Houston: 142,000 dollars a year."
    source = ("--source", "https://www.bls.gov/oes/?utm_source=x", "--company", "Shell plc", "--topic", "salary")
    assert (
        "Median pay for reservoir engineers in Houston · research" in done(home, "research", "add", text, *source).out
    )
    (found,) = listed(home, "research")
    assert (found["text"], found["source_url"]) == (text, "https://www.bls.gov/oes/")
    assert [(each["name"], each["reason"]) for each in found["suits"]] == [("Ana Ruiz", "about Shell, where they work")]
    done(home, "research", "add", "Residencies in internal medicine", "--source", "https://www.aamc.org/")
    assert "https://www.bls.gov/oes/" in done(home, "give", "ana", "median pay", "--via", "email").out
    assert "before" in done(home, "give", "ana", "median pay", code=4).err
    assert home.run_here("give", "ana", "median pay", "--again").code == 0


def test_nothing_overrides_a_refusal(home: Giveback) -> None:
    for words in (("the internal org chart",), ("pay bands", "--kind", "research")):
        assert "is not given" in done(home, "give", "ana", *words, "--anyway", code=2).err
    assert listed(home, "history", "ana") == []


# Brainstorm


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_brainstorm_goes_line_by_line_stops_and_goes_on(home: Giveback, answers: Callable[[str], None]) -> None:
    answers("sourdough bread; jam\n\nnews on oil prices and LNG\nour internal salary bands\nq\nchess\n")
    ran = done(home, "brainstorm")
    assert ran.out == (
        "to offer: Sourdough bread · home-made\nto offer: Jam · home-made\n"
        "to offer: News on oil prices and LNG · bulletin\n"
    )
    assert ran.err == (
        "it smells confidential ('internal'): it is not kept (keep what anybody can read)\n"
        "stopped; 8 questions are left: giveback brainstorm goes on\n"
    )
    assert listed(home, "assets")[-1]["topics"] == ["oil prices", "LNG"]
    done(home, "undo")
    answers("an hour on Fridays\n")
    ran = home.run_here("brainstorm", "--json")
    assert [each["title"] for each in json.loads(ran.out)] == ["An hour on Fridays"], "the question that was taken back"
    left = len(all_questions()) - 3
    answers("chocolate chip cookies\n" * left)
    ran = done(home, "brainstorm")
    assert "you offer that already" in ran.err
    assert ran.err.endswith("that was all: giveback assets lists them\n")
    answers("an hour\n")
    assert done(home, "brainstorm").err == "all questions were put: --again puts them anew\n"
    assert done(home, "brainstorm", "--again", "--dry-run").out == "dry run: to offer: An hour · home-made\n"


def test_questions_are_asked_on_a_terminal(home: Giveback) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "giveback", "brainstorm"], env={**home.environment, "TERM": "xterm"}, timeout=30,
        cwd=str(home.home), encoding="utf-8",
    )  # fmt: skip
    child.expect("What do you like to make")
    child.sendline("plum jam")
    child.expect("to offer: Plum jam")
    child.expect("more time for")
    child.sendline("q")
    child.expect("11 questions are left")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize(
    ("answer", "minutes"),
    [("an hour on Fridays", 60), ("half an hour", 30), ("a quarter of an hour", 15), ("20 minutes a week", 20),
     ("2 hours", 120), ("15-min call", 15), ("hourly news", None), ("chess", None)],
)  # fmt: skip
def test_minutes_in_an_answer(answer: str, minutes: int | None) -> None:
    assert minutes_in(answer) == minutes


def test_answers_and_their_subjects() -> None:
    assert answers_in(" jam; ;plum  jam ;bread ") == ["jam", "plum jam", "bread"]
    assert subjects_in("a weekly letter about wind and solar power") == "wind, solar power"
    assert subjects_in("chess") == ""


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_line_is_answers(text: str) -> None:
    assert all(answers_in(text)) or answers_in(text) == []
    subjects_in(text)
    minutes_in(text)


def test_the_questions_are_the_coachs() -> None:
    found = all_questions()
    assert len({each.key for each in found}) == len(found) == 12
    assert {each.kind for each in found} == {
        "home-made",
        "skill",
        "bulletin",
        "research",
        "connection",
        "time",
        "other",
    }


# Circles


def test_a_circle_knows_whose_turn_it_is(home: Giveback, golden: Callable[[str, str], None]) -> None:
    done(home, "give", "ana", "chocolate chip COOKIES", "--on", "3 Oct")
    said = [
        done(home, "circle", "add", "Cookie Club", "--gift", "cookies"),
        done(home, "circle", "join", "Cookie Club", "ana", "bo", "cy"),
        done(home, "circle", "join", "cookie", "bo"),
        done(home, "circle", "cookie"),
        done(home, "give", "bo", "cookies", "--via", "in-person", "--on", "yesterday"),
        done(home, "circle", "Cookie Club"),
        done(home, "circle", "leave", "Cookie Club", "cy"),
        done(home, "circle"),
        done(home, "followups", "--circle", "cookie"),
    ]
    golden("giving/circle.txt", "".join(each.out for each in said if "gave" not in each.err))
    found = listed(home, "circle", "cookie")
    assert [(each["name"], each["last_given_on"]) for each in found["members"]] == [
        ("Ana Ruiz", "2026-10-03"), ("Bo Lund", "2026-11-22"),
    ]  # fmt: skip
    assert listed(home, "show", "ana")["circles"] == ["Cookie Club"]
    done(home, "archive", "ana")
    assert [each["name"] for each in listed(home, "circle", "cookie")["members"]] == ["Bo Lund"]


def test_helpers_are_a_circle_by_themselves(home: Giveback) -> None:
    assert listed(home, "followups", "--circle", "@helpers", "--within", "30d") == []
    done(home, "log", "bo", "read my résumé", "--received")
    found = listed(home, "followups", "--circle", "helpers", "--within", "30d")
    assert [each["contact"]["name"] for each in found] == ["Bo Lund"]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.dates().map(str)), max_size=6))
def test_turns_are_fair(members: list[tuple[str, str | None]]) -> None:
    rows = [MemberRow(number, name, name, "2026-01-01", last, 0) for number, (name, last) in enumerate(members)]
    found = turns(rows)
    assert sorted(row.contact_id for row in found) == list(range(len(rows)))
    for one, other in pairwise(found):
        assert (one.last_on or "", one.name_key, one.contact_id) < (
            other.last_on or "",
            other.name_key,
            other.contact_id,
        )


# Concerns at the prompt


def test_what_is_bought_needs_anyway_in_a_pipe(home: Giveback) -> None:
    ran = done(home, "give", "ana", "box of chocolates", code=4)
    assert ran.err == (
        "giveback: 'box of chocolates' for Ana Ruiz: bought, not home-made: sweets from a shop are given to everybody"
        " (something you baked yourself, or what you know of a good recipe; --anyway gives it)\n"
    )
    assert listed(home, "history", "ana") == []
    ran = done(
        home, "give", "ana", "box of chocolates", "--anyway", "--cost", "12", "--minutes", "20", "--kind", "bought"
    )
    assert "bought, not home-made" in ran.err
    (kept,) = listed(home, "history", "ana")
    assert (kept["kind"], kept["cost_cents"], kept["minutes"]) == ("bought", 1_200, 20)


def test_limits_warn_and_are_shown(home: Giveback, golden: Callable[[str, str], None]) -> None:
    said = [
        done(
            home, "edit", "ana", "--gift-policy", "us-federal", "--allergy", "nuts", "--allergy", "lactose", "--no-food"
        ),
        done(home, "show", "ana"),
        done(
            home, "edit", "ana", "--food", "--gift-cap", "10", "--gift-cap-year", "30.50", "--remove-allergy", "lactose"
        ),
        done(home, "show", "ana"),
    ]
    golden("giving/limits.txt", "".join(each.out for each in said if "gave" not in each.err))
    assert "nuts may be in it" in done(home, "give", "ana", "cookies", code=4).err
    done(home, "assets", "edit", "cookies", "--text", "flour, butter, eggs, chocolate")
    done(home, "give", "ana", "cookies")
    assert "10 that Ana Ruiz may take" in done(home, "give", "ana", "a pen", "--cost", "11", code=4).err
    done(
        home,
        "edit",
        "ana",
        "--gift-cap",
        "none",
        "--gift-cap-year",
        "none",
        "--remove-allergy",
        "nuts",
        "--gift-policy",
        "none",
    )
    assert "gifts" not in done(home, "show", "ana").out.partition("Day")[0]


def test_of_two_contacts_that_are_one_the_stricter_limits_hold(home: Giveback) -> None:
    done(home, "edit", "ana", "--gift-cap", "20", "--allergy", "nuts")
    done(home, "edit", "bo", "--gift-cap", "10", "--gift-cap-year", "40", "--no-food", "--allergy", "eggs, nuts")
    done(home, "circle", "add", "Club")
    done(home, "circle", "join", "Club", "ana", "bo")
    assert "gift_limit" not in done(home, "merge", "ana", "bo").out
    found = listed(home, "show", "ana")
    assert found["circles"] == ["Club"]
    assert found["gift_limits"] == {
        "cap_cents": 1_000, "year_cap_cents": 4_000, "no_food": True, "allergies": ["nuts", "eggs"], "policy": None,
    }  # fmt: skip
    done(home, "undo")
    assert listed(home, "show", "ana")["gift_limits"]["cap_cents"] == 2_000


def test_a_users_own_rules_count(home: Giveback) -> None:
    rules = home.home / "gift_rules.toml"
    rules.write_text('[[rule]]\nname = "mugs"\nwords = ["mug"]\nreason = "they have twelve"\n', "utf-8")
    assert "they have twelve" in done(home, "give", "ana", "two mugs", code=4).err
    rules.write_text('[[rule]]\nname = "mugs"\nwords = "mug"\nreason = "x"\n', "utf-8")
    assert f"{rules} line 3:" in done(home, "give", "ana", "two mugs", code=2).err


def test_a_terminal_is_asked(home: Giveback) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "giveback", "give", "cy", "flowers"], env={**home.environment, "TERM": "xterm"},
        timeout=30, cwd=str(home.home), encoding="utf-8",
    )  # fmt: skip
    child.expect("flowers say more")
    child.expect("Give it anyway")
    child.sendline("n")
    child.expect("nothing was given")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 4
    assert listed(home, "history", "cy") == []


# What is logged


def test_exchanges_keep_what_they_took_and_what_came_of_them(
    home: Giveback, golden: Callable[[str, str], None]
) -> None:
    done(home, "log", "ana", "read my résumé", "--received", "--minutes", "60", "--kind", "time", "--on", "3 Oct")
    done(home, "log", "ana", "Chocolate chip cookies", "--gave", "--via", "in-person", "--on", "4 Oct")
    done(home, "log", "ana", "coffee", "--on", "5 Oct")
    ran = done(home, "log", "ana", "her team\nliked them \x1b[31m", "--outcome-of", "cookies")
    assert "\x1b" not in ran.out
    golden("giving/history.txt", done(home, "history", "ana").out)
    found = listed(home, "history", "ana")
    assert [
        (each["direction"], each["kind"], each["minutes"], each["cost_cents"], each["outcome"]) for each in found
    ] == [
        ("shared", None, None, None, None),
        ("given", "home-made", None, 450, "her team liked them"),
        ("received", "time", 60, None, None),
    ]
    done(home, "undo")
    assert listed(home, "history", "ana")[1]["outcome"] is None


@settings(max_examples=40)
@given(st.integers(0, 99_999_999))
def test_amounts_read_back(cents: int) -> None:
    assert parse_money(say_money(cents)) == cents
    assert parse_money(f"${say_money(cents)}") == cents


@pytest.mark.parametrize(("said", "cents"), [("4", 400), ("4.5", 450), ("4,50", 450), ("€ 3", 300), ("12 USD", 1200)])
def test_amounts_as_people_write_them(said: str, cents: int) -> None:
    assert parse_money(said) == cents


@settings(max_examples=40)
@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_one_line(text: str) -> None:
    try:
        assert parse_money(text) >= 0
    except UsageError as error:
        assert "amount" in error.message  # noqa: PT017 - most texts are none


def test_circles_assets_and_offers_complete(home: Giveback) -> None:
    done(home, "circle", "add", "Cookie Club", "--gift", "cookies")
    assert home.run_here("suggest", "bo", "--offers").code == 0
    for line, expected in (
        (("circle", "coo"), "Cookie\\ Club"),
        (("assets", "edit", "cho"), "Chocolate\\ chip\\ cookies"),
        (("give", "bo", "cho"), "Chocolate\\ chip\\ cookies"),
        (("give", "bo", ""), "1"),
    ):
        ran = home.run("--complete", "bash", str(len(line)), "giveback", *line)
        assert ran.out.splitlines()[:2] == ["words", expected], line
