"""Who is due: the rules, by example and by property."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.keeping.occasions import Occasion, birthday
from giveback.keeping.rules import (
    KINDS,
    Dated,
    Facts,
    FollowUp,
    Kind,
    cadence_priority,
    follow_up,
    follow_ups,
    rank,
    reasons,
)
from giveback.keeping.waiting import STOP, Step, Tried, next_step

MONDAY = date(2026, 11, 23)
LONG_AGO = date(2020, 1, 1)
SOMEBODY = Facts(1, LONG_AGO)
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
CADENCES = st.integers(1, 7300)
BIRTHDAYS = st.one_of(DAYS.map(str), DAYS.map(lambda day: f"--{day:%m-%d}"))
OCCASIONS = st.lists(st.builds(birthday, st.just(1), BIRTHDAYS, DAYS), max_size=1).map(tuple)
FACTS = st.builds(
    Facts,
    contact_id=st.just(1),
    added_on=DAYS,
    cadence_days=st.none() | CADENCES,
    last_on=st.none() | DAYS,
    thanks_since=st.none() | DAYS,
    snoozed_until=st.none() | DAYS,
    occasions=OCCASIONS,
)
DATED = st.lists(
    st.builds(
        Dated,
        id=st.integers(1, 99),
        contact_id=st.just(1),
        kind=st.sampled_from(["promise", "reminder", "waiting", "outcome", "stay-in-touch"]),
        due=st.none() | DAYS,
        since=DAYS,
        text=st.text(max_size=5),
        nudges=st.integers(0, 4),
        answered=st.booleans(),
        nudged_on=st.none() | DAYS,
        turned=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda item: item.id,
)


def days(count: int) -> timedelta:
    return timedelta(count)


def born(said: str, today: date = MONDAY) -> tuple[Occasion, ...]:
    coming = birthday(1, said, today)
    return (coming,) if coming else ()


def kinds(facts: Facts, *dated: Dated, today: date = MONDAY, within: int = 0) -> list[str]:
    return [reason.kind for reason in reasons(facts, dated, today, within)]


def dated(kind: Kind, due: date | None = None, since: date = LONG_AGO, number: int = 7) -> Dated:
    return Dated(number, 1, kind, due, since, "the LNG chart")


def test_nothing_is_due_of_itself() -> None:
    assert follow_up(SOMEBODY, [], MONDAY) is None


@given(DAYS, CADENCES)
def test_who_was_never_contacted_shows_once_the_cadence_is_over(added: date, cadence: int) -> None:
    new = Facts(1, added, cadence)
    due = added + days(cadence)
    assert kinds(new, today=due - days(1)) == []
    assert kinds(new, today=due) == ["cadence"]
    assert reasons(new, [], due)[0].due == due
    assert kinds(new, today=due - days(3), within=3) == ["cadence"]


@given(FACTS, DAYS)
def test_an_exchange_today_ends_the_cadence_at_once(facts: Facts, today: date) -> None:
    assert "cadence" not in kinds(facts._replace(last_on=today), today=today)


@given(FACTS, CADENCES, DAYS, st.integers(0, 5000))
def test_the_last_exchange_only_moves_the_cadence_forward(facts: Facts, cadence: int, last: date, later: int) -> None:
    """So what is older than the last exchange, and leaves the last one as it is, moves nothing."""
    far = date(2200, 1, 1)
    before, after = (
        [reason.due for reason in reasons(one, [], far) if reason.kind == "cadence"]
        for on in (last, last + days(later))
        for one in [facts._replace(cadence_days=cadence, last_on=on, snoozed_until=None)]
    )
    assert before == [last + days(cadence)]
    assert after == [before[0] + days(later)]


@given(FACTS, DATED, DAYS, st.integers(0, 60))
def test_snoozing_hides_everything_until_the_date(facts: Facts, items: list[Dated], until: date, within: int) -> None:
    awake, snoozed = facts._replace(snoozed_until=None), facts._replace(snoozed_until=until)
    assert reasons(snoozed, items, until - days(1), within) == []
    assert reasons(snoozed, items, until, within) == reasons(awake, items, until, within)


@given(FACTS, DATED, DAYS, st.integers(0, 1000))
def test_what_is_due_stays_due_until_something_changes(
    facts: Facts, items: list[Dated], today: date, later: int
) -> None:
    """Occasions alone pass by themselves; what to do about an ask changes with the days."""
    facts = facts._replace(snoozed_until=None)
    now = {reason._replace(step="") for reason in reasons(facts, items, today) if reason.kind != "occasion"}
    then = reasons(facts, items, today + days(later))
    assert now <= {reason._replace(step="") for reason in then}
    assert all(reason.overdue_days(today + days(later)) >= later for reason in now)


@given(FACTS, DATED, DAYS, st.integers(0, 60))
def test_looking_further_ahead_hides_nothing(facts: Facts, items: list[Dated], today: date, within: int) -> None:
    assert set(reasons(facts, items, today)) <= set(reasons(facts, items, today, within))


@given(FACTS, DATED, DAYS, st.integers(0, 60))
def test_reasons_come_strongest_first(facts: Facts, items: list[Dated], today: date, within: int) -> None:
    found = reasons(facts, items, today, within)
    assert found == reasons(facts, items[::-1], today, within)
    for stronger, weaker in pairwise(found):
        assert (KINDS.index(stronger.kind), stronger.due) <= (KINDS.index(weaker.kind), weaker.due)
    assert all(reason.due <= today + days(max(within, 7)) for reason in found)


def test_everything_at_once() -> None:
    facts = SOMEBODY._replace(
        cadence_days=21, last_on=MONDAY - days(63), thanks_since=MONDAY - days(2), occasions=born("1970-11-25")
    )
    items = [
        dated("reminder", MONDAY, number=1),
        dated("outcome", MONDAY, number=2),
        dated("waiting", since=MONDAY - days(30), number=3),
        dated("promise", MONDAY, number=4),
        dated("stay-in-touch", MONDAY, number=5),
    ]
    assert kinds(facts, *items) == list(KINDS)
    line = follow_up(facts, items, MONDAY)
    assert line is not None
    assert line.reason.kind == "promise"
    assert line.reason.dated_id == 4
    assert line.others == 7
    assert line.priority == 42 / 21


@pytest.mark.parametrize("kind", ["promise", "reminder", "outcome", "stay-in-touch"])
def test_what_has_a_date_is_due_on_it(kind: Kind) -> None:
    item = dated(kind, MONDAY)
    assert kinds(SOMEBODY, item, today=MONDAY - days(1)) == []
    assert kinds(SOMEBODY, item) == [kind]
    assert kinds(SOMEBODY, item._replace(answered=True)) == []
    assert kinds(SOMEBODY, item._replace(due=None)) == []
    assert kinds(SOMEBODY, item._replace(contact_id=2)) == []


def test_thanks_are_due_the_day_after() -> None:
    helped = SOMEBODY._replace(thanks_since=MONDAY)
    assert kinds(helped) == []
    assert kinds(helped, today=MONDAY + days(1)) == ["thank-you"]


def test_an_ask_waits_three_business_days_then_seven_then_stops() -> None:
    friday, third, seventh = date(2026, 11, 20), date(2026, 11, 25), date(2026, 12, 1)
    assert next_step(friday, Tried(), friday) == Step("turn", third)
    assert next_step(friday, Tried(), friday, frozenset({MONDAY})).due == date(2026, 11, 26)
    assert next_step(friday, Tried(1, MONDAY), friday) == Step("nudge", seventh)
    assert next_step(friday, Tried(turned=True), friday) == Step("nudge", seventh)
    assert next_step(friday, Tried(2, MONDAY), friday) == STOP
    ask = dated("waiting", since=friday)
    assert kinds(SOMEBODY, ask, today=date(2026, 11, 24)) == []
    assert kinds(SOMEBODY, ask, today=third) == ["waiting"]
    assert kinds(SOMEBODY, ask._replace(nudges=1, nudged_on=third), today=date(2026, 11, 30)) == []
    assert kinds(SOMEBODY, ask._replace(nudges=1, nudged_on=third), today=seventh) == ["waiting"]
    assert kinds(SOMEBODY, ask._replace(nudges=2, nudged_on=third), today=date(2030, 1, 1)) == []
    assert kinds(SOMEBODY, ask._replace(answered=True), today=seventh) == []


def test_a_first_nudge_after_seven_business_days_is_the_last() -> None:
    late = dated("waiting", since=date(2026, 11, 2))._replace(nudges=1, nudged_on=date(2026, 11, 20))
    assert kinds(SOMEBODY, late) == []


def test_a_birthday_shows_in_the_week_before_it() -> None:
    friend = SOMEBODY._replace(occasions=born("--11-30"))
    assert kinds(friend, today=MONDAY - days(1)) == []
    assert kinds(friend) == ["occasion"]
    assert kinds(friend, today=date(2026, 11, 30)) == ["occasion"]
    assert kinds(friend, today=date(2026, 12, 1)) == []
    assert kinds(friend, today=MONDAY - days(20), within=30) == ["occasion"]


def test_a_birthday_is_not_told_again_after_an_exchange() -> None:
    friend = SOMEBODY._replace(occasions=born("1980-11-30"))
    assert kinds(friend._replace(last_on=MONDAY), today=MONDAY + days(1)) == []
    assert kinds(friend._replace(last_on=MONDAY - days(1))) == ["occasion"]


def test_a_birthday_may_lie_in_the_next_year() -> None:
    today = date(2026, 12, 30)
    assert kinds(SOMEBODY._replace(occasions=born("1980-01-02", today)), today=today) == ["occasion"]


@given(DAYS, CADENCES, DAYS)
def test_the_scan_and_the_reasons_agree(anchor: date, cadence: int, today: date) -> None:
    scanned = cadence_priority(anchor.toordinal(), cadence, today.toordinal())
    line = follow_up(Facts(1, anchor, cadence), [], today)
    assert scanned == (line.priority if line else None)


@given(st.integers(1, 10**6), CADENCES, st.integers(0, 10**6))
def test_the_longer_ago_the_more_pressing(anchor: int, cadence: int, ago: int) -> None:
    earlier = cadence_priority(anchor, cadence, anchor + ago)
    later = cadence_priority(anchor, cadence, anchor + ago + 1)
    assert earlier is None or (later is not None and later > earlier >= 0)


def test_without_a_cadence_a_contact_is_weighed_as_a_warm_one() -> None:
    line = follow_up(SOMEBODY, [dated("promise", MONDAY - days(30))], MONDAY)
    assert line is not None
    assert line.priority == 0.5


def test_the_same_delay_weighs_more_on_a_close_tie() -> None:
    late = [
        Facts(1, LONG_AGO, 365, MONDAY - days(375)),
        Facts(2, LONG_AGO, 21, MONDAY - days(31)),
        Facts(3, LONG_AGO, 21, MONDAY),
    ]
    assert [line.contact_id for line in follow_ups(late, [], MONDAY)] == [2, 1]


@given(st.lists(FACTS, max_size=6), DATED, DAYS)
def test_the_order_is_total_and_repeatable(everybody: list[Facts], items: list[Dated], today: date) -> None:
    contacts = [facts._replace(contact_id=number) for number, facts in enumerate(everybody)]
    lines = follow_ups(contacts, items, today, 7)
    names = {line.contact_id: "same" for line in lines}
    assert rank(lines[::-1]) == lines == rank(lines[::-1], names)
    assert lines == follow_ups(contacts[::-1], items[::-1], today, 7)
    assert all(upper.priority >= lower.priority for upper, lower in pairwise(lines))


def test_ties_are_settled_by_name() -> None:
    reason = reasons(Facts(1, LONG_AGO, 7), [], MONDAY)[0]
    lines = [FollowUp(number, reason, 0, 1.0) for number in (1, 2, 3)]
    assert [line.contact_id for line in rank(lines, {1: "zoe", 2: "ann", 3: "ann"})] == [2, 3, 1]
