"""When feeds are asked again: rules by property."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.reading.answers import fresh_for, retry_after
from giveback.reading.schedule import (
    LEAST,
    LONGEST_BACK_OFF,
    LONGEST_RETRY_AFTER,
    LONGEST_UNHEARD,
    MOST,
    PAGE_TRIES,
    State,
    after_answer,
    after_failure,
    back_off,
    due,
    learned_interval,
    page_again,
    rested,
    stated_interval,
    stated_skips,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

chances = st.floats(0, 1, exclude_max=True)
seconds = st.none() | st.integers(0, 10**10)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # made aware
states = st.builds(
    State,
    interval=st.none() | st.integers(1, 10**9),
    stated=st.none() | st.integers(1, 10**9),
    failures=st.integers(0, 10**6),
    next_at=st.none() | moments,
    retry_at=st.none() | moments,
    gone_at=st.none(),
    skips=st.just(0),
)


def waits(state: State) -> float:
    assert state.next_at is not None
    return (state.next_at - NOW).total_seconds()


class Answer(NamedTuple):
    posts: list[datetime]
    changed: bool
    stated: int | None
    fresh: int | None


answers = st.builds(Answer, st.lists(moments, max_size=30), st.booleans(), seconds, seconds)


@given(states, chances, answers)
def test_an_answer_puts_the_next_request_within_bounds(state: State, chance: float, answer: Answer) -> None:
    posts, changed, stated, fresh = answer
    after = after_answer(state, NOW, chance, posts=posts, changed=changed, stated=stated, fresh_for=fresh)
    assert LEAST <= waits(after) <= MOST
    assert LEAST <= (after.interval or 0) <= MOST
    assert (after.failures, after.retry_at, after.gone_at) == (0, None, None)
    assert waits(after) >= min(fresh or 0, MOST)
    assert not due(after, NOW)
    assert due(after, NOW, force=True)
    assert due(after, NOW + timedelta(seconds=MOST))
    assert after.stated == (stated if changed else state.stated)


@given(states, chances, seconds)
def test_a_failure_waits_longer_each_time_and_as_long_as_it_was_asked_to(
    state: State, chance: float, asked: int | None
) -> None:
    after = after_failure(state, NOW, chance, retry_after=asked)
    assert after.failures == state.failures + 1
    assert LEAST / 2 <= waits(after) <= LONGEST_BACK_OFF
    assert waits(after) >= min(asked or 0, LONGEST_RETRY_AFTER)
    again = after_failure(after, NOW, chance)
    assert waits(again) >= min(waits(after), LONGEST_BACK_OFF / 2) or asked
    if asked:
        assert not due(after, NOW + timedelta(seconds=min(asked, LONGEST_RETRY_AFTER) - 1), force=True)
    assert due(after, NOW + timedelta(seconds=LONGEST_BACK_OFF))


@given(st.integers(1, 10**6), chances)
def test_back_off_grows_up_to_its_cap(failures: int, chance: float) -> None:
    assert LEAST / 2 <= back_off(failures, chance) <= back_off(failures + 1, chance) <= LONGEST_BACK_OFF


@given(states, chances)
def test_a_computer_that_was_offline_catches_up_soon(state: State, chance: float) -> None:
    assert waits(after_failure(state, NOW, chance, unheard=True)) <= LONGEST_UNHEARD


@given(states, chances)
def test_what_is_gone_is_not_asked_again(state: State, chance: float) -> None:
    after = after_failure(state, NOW, chance, gone=True)
    for later in (NOW, NOW + timedelta(days=4_000)):
        assert not due(after, later, force=True)


@given(states, moments)
def test_a_clock_that_was_wrong_silences_nothing_for_long(state: State, now: datetime) -> None:
    """Whatever the store says, three days later every feed has been due, or is."""
    times = [now + timedelta(hours=hours) for hours in range(0, 74, 2)]
    assert any(due(state, time) for time in times)


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        (range(0, 24, 1), 30),  # a post each hour: asked twice an hour
        (range(0, 24 * 7, 24), 12 * 60),  # one a day
        (range(0, 24 * 300, 24 * 30), 20 * 60),  # one a month
        (range(24 * 365, 24 * 366, 2), 20 * 60),  # it posted every two hours, a year ago
        ([0], 15),  # its first post just now
        ([], 60),
    ],
)
def test_the_rhythm_of_a_feed(hours: list[int], minutes: int) -> None:
    posts = [NOW - timedelta(hours=hour) for hour in hours]
    assert learned_interval(posts, NOW) == minutes * 60
    assert learned_interval([*posts, NOW + timedelta(days=9)], NOW) == minutes * 60  # a date ahead says nothing


def test_a_feed_without_news_is_asked_less_often_and_one_with_news_at_its_rhythm_again() -> None:
    posts = [NOW - timedelta(hours=hour) for hour in range(10)]
    state = after_answer(State(), NOW, 0, posts=posts)
    seen = [state.interval]
    for _ in range(12):
        state = after_answer(state, NOW, 0, changed=False)
        seen.append(state.interval)
    assert seen[:3] == [1800, 2700, 4050]
    assert seen[-1] == MOST
    assert after_answer(state, NOW, 0, posts=posts).interval == 1800


def test_what_a_feed_states_is_kept_while_it_does_not_change() -> None:
    state = after_answer(State(), NOW, 0.5, posts=[NOW - timedelta(minutes=m) for m in range(9)], stated=7200)
    assert state.interval == 7200
    assert waits(state) == 7200 * 0.95
    assert after_answer(state, NOW, 0, changed=False).stated == 7200
    assert after_answer(state, NOW, 0).stated is None


def test_a_fetch_every_hour_or_every_day_finds_such_feeds_due() -> None:
    for interval in (3600, 86_400):
        state = after_answer(State(), NOW, 0.3, stated=interval, posts=[NOW - timedelta(seconds=interval)] * 3)
        assert due(state, NOW + timedelta(seconds=interval - 5))


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "expected"),
    [
        ("60", "", "", 3600),
        (" 5 ", "hourly", "", 3600),
        ("", "daily", "2", 43_200),
        ("", " Weekly ", "0", 604_800),
        ("1440", "hourly", "1", 86_400),
        ("", "yearly", "1", 31_536_000),
        ("", "", "4", None),
        ("", "fortnightly", "1", None),
        ("-5", "", "", None),
        ("9" * 30, "", "", None),
        ("999999999", "", "", 366 * 86_400),
        ("٣", "", "", None),
        ("", "hourly", "999999", None),
    ],
)
def test_what_feeds_state(ttl: str, period: str, frequency: str, expected: int | None) -> None:
    assert stated_interval(ttl, period, frequency) == expected


@given(st.text(max_size=12), st.text(max_size=12) | st.just("daily"), st.text(max_size=12))
def test_whatever_a_feed_states(ttl: str, period: str, frequency: str) -> None:
    found = stated_interval(ttl, period, frequency)
    assert found is None or 0 < found <= 366 * 86_400


def resting(said: str) -> int:
    return stated_skips(
        f'<rss version="2.0"><channel><title>a</title>{said}<item><title>b</title></item></channel></rss>'
    )


def test_hours_and_days_in_which_a_feed_rests() -> None:
    said = "<skipHours><hour>3</hour>\n<hour> 23 </hour><hour>24</hour><hour>77</hour><hour>x</hour></skipHours>"
    assert resting(said) == 1 << 3 | 1 << 23 | 1
    days = "<skipDays><day>Saturday</day><day>sunday</day><day>Sonntag</day></skipDays>"
    assert resting(said + days) == 1 << 3 | 1 << 23 | 1 | 1 << 29 | 1 << 30
    every = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert resting(f"<skipHours>{every}</skipHours>") == 0, "never is no time"
    assert (
        stated_skips(f"<rss><channel><item><description><![CDATA[{said}]]></description></item></channel></rss>") == 0
    )
    assert stated_skips(f"<feed>{said}</feed>") == 0


def test_a_feed_that_rests_is_asked_when_it_wakes_or_after_a_day() -> None:
    nights = sum(1 << hour for hour in (22, 23, 0, 1, 2, 3, 4, 5))
    at = datetime(2026, 11, 27, 22, 40, tzinfo=UTC)  # a Friday
    assert rested(at, nights) == datetime(2026, 11, 28, 6, 40, tzinfo=UTC)
    weekend = 1 << 29 | 1 << 30
    assert rested(at, weekend) == at
    assert rested(datetime(2026, 11, 29, 9, tzinfo=UTC), weekend) == datetime(2026, 11, 30, 0, tzinfo=UTC)
    assert rested(datetime(2026, 11, 28, 9, tzinfo=UTC), weekend) == datetime(2026, 11, 29, 9, tzinfo=UTC), "a day"
    evening = NOW.replace(hour=21, minute=30)
    state = after_answer(State(), evening, 0, posts=[], skips=nights)
    assert state.next_at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    again = after_answer(state, evening, 0, changed=False)
    assert (again.skips, due(again, evening + timedelta(hours=3)), after_answer(state, evening, 0).skips) == (
        nights, False, 0,
    )  # fmt: skip


@pytest.mark.parametrize("broken", ["", "&nosuch;"])
def test_rest_is_kept_while_a_feed_does_not_change(broken: str) -> None:
    from giveback.reading.parsing import parse_feed
    from giveback.reading.upkeep import COLUMNS, columns, state
    from giveback.reading.values import Fetched

    markup = f"<rss version='2.0'><channel><title>a{broken}</title><skipHours><hour>13</hour></skipHours>"
    parsed = parse_feed(
        f"{markup}<item><title>b</title></item></channel></rss>".encode(), "https://a.example/", now=NOW
    )
    assert parsed.skips == 1 << 13
    fetched = Fetched("https://a.example/", "https://a.example/", 200, b"", None, None, "", None, not_modified=False)
    kept = columns(State(), NOW, 0, outcome=fetched, parsed=parsed)
    assert kept["next_fetch_at"] == "2026-11-23T14:00:00Z", "not at one o'clock"
    again = state([kept[name] for name in COLUMNS])
    assert columns(again, NOW, 0, outcome=fetched)["skips"] == 1 << 13


@given(moments, st.integers(0, 2**31 - 1))
def test_resting_never_takes_more_than_a_day_and_nobody_rests_without_saying_so(time: datetime, skips: int) -> None:
    assert timedelta(0) <= rested(time, skips) - time <= timedelta(days=1)
    assert rested(time, 0) == time


def test_pages_are_tried_again_a_few_times() -> None:
    again = [page_again(failures, NOW, 0) for failures in range(1, PAGE_TRIES + 1)]
    assert [time and (time - NOW) / timedelta(hours=1) for time in again] == [1, 2, 4, 8, None]


# Headers


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600, stale-while-revalidate=9999", "age": "100"}, 500),
        ({"cache-control": 's-maxage=9, Max-Age = "60"'}, 60),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=99999999999"}, 366 * 86_400),
        ({"cache-control": "max-age=soon"}, None),
        ({"expires": "Mon, 23 Nov 2026 13:00:00 GMT"}, 3600),
        ({"expires": "Mon, 23 Nov 2026 13:00:00 GMT", "date": "Mon, 23 Nov 2026 12:59:00 GMT"}, 60),
        ({"expires": "Mon, 23 Nov 2026 13:00:00 GMT", "cache-control": "max-age=5"}, 5),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_for_how_long_an_answer_holds(headers: dict[str, str], expected: int | None) -> None:
    assert fresh_for(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7200"}, 7200),
        ({"retry-after": "Mon, 23 Nov 2026 14:00:00 GMT"}, 7200),
        ({"retry-after": "Mon, 23 Nov 2026 14:00:00 GMT", "date": "Mon, 23 Nov 2026 13:59:00 GMT"}, 60),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 86_400),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1, 2"}, None),
        ({}, None),
    ],
)
def test_when_a_server_wants_to_be_asked_again(headers: dict[str, str], expected: int | None) -> None:
    assert retry_after(headers, NOW) == expected


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "age", "date", "retry-after"]), st.text()))
def test_whatever_headers_say(headers: dict[str, str]) -> None:
    held, asked = fresh_for(headers, NOW), retry_after(headers, NOW)
    assert held is None or held > 0
    assert asked is None or 0 <= asked <= LONGEST_RETRY_AFTER
