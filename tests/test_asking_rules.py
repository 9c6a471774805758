"""The rules of asking: names of companies, paths, ties, the hat-in-hand check, 3B7."""

from __future__ import annotations

from collections import deque
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.asking.composing import because_said, request
from giveback.asking.grounds import Ground, field_words, holds, in_order, introducer, rank, shared_words
from giveback.asking.hat import OFTEN, Between, check, protects
from giveback.asking.paths import STEPS, Edge, neighbours, paths
from giveback.asking.ties import Tie, tie
from giveback.dates import business_days_after
from giveback.keeping.calendar import checked_country, computed
from giveback.keeping.waiting import STOP, Tried, next_step
from giveback.matching.companies import PERHAPS, SAME, Names, alike, company_key, likeness

MONDAY = date(2026, 11, 23)

# Companies


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Shell plc", "shell"),
        ("Royal Dutch Shell plc", "royal dutch shell"),
        ("Société Générale S.A.", "societe generale"),
        ("Müller GmbH & Co. KG", "muller"),
        ("OOO \u0413\u0430\u0437\u043f\u0440\u043e\u043c", "\u0433\u0430\u0437\u043f\u0440\u043e\u043c"),
        ("PT Pertamina Tbk", "pertamina"),
        ("A.P. Møller-Mærsk A/S", "ap moller maersk"),
        ("AB Volvo", "volvo"),
        ("Toyota K.K.", "toyota"),
        ("\u682a\u5f0f\u4f1a\u793e\u30c8\u30e8\u30bf", "\u30c8\u30e8\u30bf"),
        ("Unión Fenosa, S.A. de C.V.", "union fenosa"),
        ("Orlen Spółka Akcyjna", "orlen"),
        ("Sasol (Pty) Ltd", "sasol"),
        ("The Boeing Company", "boeing"),
        ("Tata Group", "tata"),
        ("Ltd", "ltd"),
        ("", ""),
    ],
)
def test_legal_forms_accents_and_fillers_do_not_matter(name: str, key: str) -> None:
    assert company_key(name) == key


@given(st.text(max_size=40))
def test_a_key_of_a_key_changes_nothing_more(name: str) -> None:
    key = company_key(name)
    assert likeness(Names((key,)), key).verdict == ("same" if key else "other")


SHELL = Names(("shell",))


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("Shell UK Ltd", "perhaps"),
        ("Royal Dutch Shell", "perhaps"),
        ("Shell Pottery", "perhaps"),
        ("Schell AG", "perhaps"),
        ("Chevron", "other"),
        ("SHELL P.L.C.", "same"),
    ],
)
def test_a_part_of_a_name_and_a_short_near_miss_are_asked_about(name: str, verdict: str) -> None:
    assert likeness(SHELL, company_key(name)).verdict == verdict


def test_a_typing_mistake_in_a_long_name_is_none() -> None:
    found = likeness(Names(("schlumberger",)), company_key("Schlumbergr Ltd"))
    assert (found.verdict, found.score >= SAME) == ("same", True)
    assert likeness(Names(("bp",)), "bt").verdict == "other"


def test_what_was_confirmed_or_denied_is_not_asked_again() -> None:
    names = Names(("shell", "royal dutch shell"), frozenset({"shell pottery"}))
    found = alike(names, ["Royal Dutch Shell plc", "Shell Pottery", "Shell Oil", "BP"])
    assert {name: like.verdict for name, like in found.items()} == {
        "Royal Dutch Shell plc": "same", "Shell Oil": "perhaps",
    }  # fmt: skip
    assert found["Shell Oil"].score >= PERHAPS


# Paths

PEOPLE = st.integers(1, 8) | st.sampled_from(["karen hu", "bo lund"])
EDGES = st.lists(st.builds(Edge, PEOPLE, PEOPLE, st.sampled_from(["", "colleagues"])), max_size=15)
GOALS = st.sets(PEOPLE, min_size=1, max_size=3)


def _distances(goals: set[int | str], edges: list[Edge]) -> dict[int | str, int]:
    """The same by another way: a queue over a plain list of edges."""
    found: dict[int | str, int] = dict.fromkeys(goals, 0)
    queue = deque(goals)
    while queue:
        node = queue.popleft()
        for one, other, _ in edges:
            for here, there in ((one, other), (other, one)):
                if here == node and there not in found:
                    found[there] = found[node] + 1
                    queue.append(there)
    return found


@given(GOALS, EDGES)
def test_paths_are_shortest_without_loops_and_at_most_two_steps(goals: set[int | str], edges: list[Edge]) -> None:
    found = paths(goals, neighbours(edges))
    far = _distances(goals, edges)
    known = {(one, other) for edge in edges for one, other in (edge[:2], edge[1::-1])}
    assert set(found) == {node for node, steps in far.items() if isinstance(node, int) and 0 < steps <= STEPS}
    for number, way in found.items():
        assert way.nodes[0] == number
        assert way.nodes[-1] in goals
        assert way.steps == far[number] == len(way.hows)
        assert len(set(way.nodes)) == len(way.nodes)
        assert all(pair in known for pair in pairwise(way.nodes))


@given(GOALS, EDGES)
def test_paths_do_not_depend_on_the_order_of_what_was_said(goals: set[int | str], edges: list[Edge]) -> None:
    plain = [edge._replace(how="") for edge in edges]
    assert paths(goals, neighbours(plain)) == paths(goals, neighbours(plain[::-1]))


def test_who_knows_herself_knows_nobody() -> None:
    assert neighbours([Edge(1, 1)]) == {}
    assert paths({1}, {}) == {}


@pytest.mark.parametrize(
    ("met_at", "name"),
    [
        ("introduced by Cy Young", "cy young"),
        ("Introduced by Cy Young at the SPE mixer", "cy young"),
        ("intro through José Gil, 2024", "jose gil"),
        ("Rice Alumni mixer", ""),
    ],
)
def test_who_introduced_somebody_is_read_from_where_they_were_met(met_at: str, name: str) -> None:
    assert introducer(met_at) == name


def test_words_of_a_need_find_a_field() -> None:
    wanted = field_words(["who hires reservoir engineers", "oil and gas"])
    assert shared_words(wanted, "Reservoir engineering lead") == ["reservoir", "engineering"]
    assert shared_words(wanted, "People person") == []
    assert holds("Rice Alumni mixer", "rice")
    assert not holds("Licorice", "rice")


# Ties


@pytest.mark.parametrize(
    ("days", "warmth"), [(0, "warm"), (60, "warm"), (61, "weak"), (365, "weak"), (366, "dormant"), (None, "new")]
)
def test_a_tie_cools_with_silence(days: int | None, warmth: str) -> None:
    last = None if days is None else (MONDAY - timedelta(days)).isoformat()
    assert tie(last, 0, 0, MONDAY).warmth == warmth


def test_weak_and_dormant_ties_are_not_buried() -> None:
    works, town = Ground("works", "works at Shell"), Ground("town", "lives in Houston")
    ties = {warmth: Tie(warmth, MONDAY, 0, 0) for warmth in ("warm", "weak", "dormant", "new")}
    order = sorted([("warm", [works]), ("dormant", [works]), ("new", [works]), ("weak", [works]), ("dormant", [town])],
                   key=lambda each: rank(each[1], ties[each[0]], ""))  # fmt: skip
    assert [(warmth, grounds[0].kind) for warmth, grounds in order] == [
        ("dormant", "works"), ("weak", "works"), ("warm", "works"), ("new", "works"), ("dormant", "town"),
    ]  # fmt: skip


def test_grounds_are_told_strongest_first_and_sure_before_unsure() -> None:
    found = in_order([Ground("town", "b"), Ground("works", "x", unsure=True), Ground("works", "y")])
    assert [ground.text for ground in found] == ["y", "b"]


# The hat-in-hand check


def test_thanks_come_first_and_empty_hands_last() -> None:
    everything = Between("Ana", 0, (MONDAY, "a name"), OFTEN, (MONDAY, "15 minutes"), (MONDAY, "a job"))
    assert [concern.kind for concern in check(everything, MONDAY)] == [
        "thanks", "often", "waiting", "no", "empty-handed",
    ]  # fmt: skip


def test_who_gave_and_thanked_asks_freely() -> None:
    assert check(Between("Ana", 1, asked=OFTEN - 1), MONDAY) == []


@pytest.mark.parametrize(("between", "spared"), [
    (Between("Ana", 0), False),
    (Between("Ana", 1, unthanked=(MONDAY, "a name")), False),
    (Between("Ana", 1, asked=OFTEN), True),
    (Between("Ana", 1, said_no=(MONDAY, "a name")), True),
])  # fmt: skip
def test_who_was_asked_too_often_is_spared(between: Between, *, spared: bool) -> None:
    assert protects(check(between, MONDAY)) is spared


# 3B7

DAYS = st.dates(date(2020, 1, 1), date(2060, 1, 1))
HOLIDAYS = st.frozensets(DAYS, max_size=20)
TRIED = st.builds(Tried, st.integers(0, 3), st.none() | DAYS, st.booleans())


@given(DAYS, HOLIDAYS, TRIED, DAYS)
def test_a_step_falls_on_the_third_or_seventh_business_day(
    asked: date, holidays: frozenset[date], tried: Tried, today: date
) -> None:
    step = next_step(asked, tried, today, holidays)
    assert step.due in (None, *(business_days_after(asked, count, holidays) for count in (3, 7)))
    assert (step == STOP) == (step.due is None)
    if step.due:
        assert step.due not in holidays
        assert step.due.weekday() < 5


@given(DAYS, HOLIDAYS, st.integers(0, 30), st.integers(1, 30), DAYS)
def test_nobody_is_nudged_twice_after_the_third_day(
    asked: date, holidays: frozenset[date], first: int, later: int, today: date
) -> None:
    """Whatever was done and when, two nudges end it, and so does one from the seventh business day on."""
    nudged = asked + timedelta(1 + first)
    assert next_step(asked, Tried(2, nudged + timedelta(later)), today, holidays) == STOP
    once = next_step(asked, Tried(1, nudged), today, holidays)
    assert once == STOP or (once.kind == "nudge" and once.due is not None and once.due > nudged)


@given(DAYS, HOLIDAYS, DAYS)
def test_turning_elsewhere_leaves_one_nudge(asked: date, holidays: frozenset[date], today: date) -> None:
    seventh = business_days_after(asked, 7, holidays)
    assert next_step(asked, Tried(turned=True), today, holidays) == ("nudge", seventh)
    untouched = next_step(asked, Tried(), today, holidays)
    assert untouched.kind == ("turn" if today < seventh else "nudge")


@given(DAYS, HOLIDAYS, TRIED, DAYS)
def test_holidays_only_put_things_off(asked: date, holidays: frozenset[date], tried: Tried, today: date) -> None:
    plain, put_off = next_step(asked, tried, today), next_step(asked, tried, today, holidays)
    if plain.due and put_off.due:
        assert put_off.due >= plain.due or put_off.kind != plain.kind


def test_holidays_come_from_the_country_of_the_settings() -> None:
    assert checked_country("us-tx") == "US-TX"
    assert checked_country("none") == ""
    assert date(2026, 11, 26) in computed("US", [2026])
    assert date(2026, 11, 27) not in computed("US", [2026])
    assert date(2026, 11, 27) in computed("US-TX", [2026])


# Words


@pytest.mark.parametrize(("text", "said"), [
    ("15 minutes about the team", "May I ask you for 15 minutes about the team?"),
    ("who hires engineers.", "May I ask you who hires engineers?"),
    ("to read my letter", "May I ask you to read my letter?"),
    ("Could you name somebody?", "Could you name somebody?"),
])  # fmt: skip
def test_an_ask_is_a_sentence(text: str, said: str) -> None:
    assert request(text) == said


def test_why_two_should_meet_is_said_to_both() -> None:
    assert because_said("both build simulators.") == "because you both build simulators"
    assert because_said("they both fish") == "because you both fish"
    assert because_said("Houston is small") == "because Houston is small"
