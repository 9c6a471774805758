"""Days as people write and say them."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.dates import (
    business_days_after,
    from_utc_text,
    now,
    parse_day,
    parse_span,
    say_day,
    say_span,
    utc_text,
)
from giveback.errors import UsageError

MONDAY = date(2026, 11, 23)
DAYS = st.dates(date(1901, 1, 1), date(2199, 12, 31))
SPANS = st.integers(1, 20 * 365)


@pytest.mark.parametrize(
    ("text", "ahead", "past"),
    [
        ("2026-03-04", "2026-03-04", "2026-03-04"),
        ("2026-3-4", "2026-03-04", "2026-03-04"),
        ("Today", "2026-11-23", "2026-11-23"),
        ("yesterday", "2026-11-22", "2026-11-22"),
        ("tomorrow", "2026-11-24", "2026-11-24"),
        ("by friday", "2026-11-27", "2026-11-20"),
        ("Mon", "2026-11-23", "2026-11-23"),
        ("on thurs.", "2026-11-26", "2026-11-19"),
        ("next friday", "2026-12-04", "2026-12-04"),
        ("next monday", "2026-11-30", "2026-11-30"),
        ("this friday", "2026-11-27", "2026-11-27"),
        ("last friday", "2026-11-20", "2026-11-20"),
        ("last monday", "2026-11-16", "2026-11-16"),
        ("next week", "2026-11-30", "2026-11-30"),
        ("last month", "2026-10-24", "2026-10-24"),
        ("in 2 weeks", "2026-12-07", "2026-12-07"),
        ("in a week", "2026-11-30", "2026-11-30"),
        ("3 days ago", "2026-11-20", "2026-11-20"),
        ("2w", "2026-12-07", "2026-11-09"),
        ("3 Mar", "2027-03-03", "2026-03-03"),
        ("mar 3rd", "2027-03-03", "2026-03-03"),
        ("23 November", "2026-11-23", "2026-11-23"),
        ("3 March 2026", "2026-03-03", "2026-03-03"),
        ("Sept. 3, 2027", "2027-09-03", "2027-09-03"),
        ("the 3rd of May", "2027-05-03", "2026-05-03"),
        ("29 feb", "2028-02-29", "2024-02-29"),
    ],
)
def test_a_day_is_read(text: str, ahead: str, past: str) -> None:
    assert parse_day(text, MONDAY).isoformat() == ahead
    assert parse_day(text, MONDAY, past=True).isoformat() == past


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("31 Feb", "no such day"),
        ("2026-02-29", "no such day"),
        ("2026-13-01", "no such day"),
        ("0 mar", "no such day"),
        ("3.3.2026", "ambiguous date"),
        ("3/4", "ambiguous date"),
        ("3-4-26", "ambiguous date"),
        ("1899-12-31", "year out of range"),
        ("2201-01-01", "year out of range"),
        ("3 Mar 9999", "year out of range"),
        ("in 900000 days", "year out of range"),
        ("999999 years ago", "year out of range"),
        ("someday", "not a date"),
        ("in 3 days ago", "not a date"),
        ("may", "not a date"),
        ("", "not a date"),
        ("٣ mar", "not a date"),
        ("\x1b[31m\n", 'not a date: ""'),
    ],
)
def test_what_is_no_day_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_day(text, MONDAY)
    assert caught.value.message.isprintable()
    assert caught.value.hint


@given(DAYS, DAYS)
def test_iso_days_and_what_is_said_are_read_back(day: date, today: date) -> None:
    assert parse_day(day.isoformat(), today) == day
    said = say_day(day, today)
    assert parse_day(said, today, past=day < today) == day


@given(
    st.dates(date(1910, 1, 1), date(2190, 1, 1)),
    st.sampled_from(["friday", "tue", "3 mar", "29 feb", "2w", "31 dec", "today"]),
)
def test_bare_days_lie_on_the_side_asked_for(today: date, text: str) -> None:
    assert parse_day(text, today, past=True) <= today <= parse_day(text, today)


@given(DAYS, st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_weekdays_fall_in_their_week(today: date, name: str) -> None:
    monday = today - timedelta(today.weekday())
    assert (parse_day(f"next {name}", today) - monday).days in range(7, 14)
    assert (parse_day(f"this {name}", today) - monday).days in range(7)
    assert (today - parse_day(f"last {name}", today)).days in range(1, 8)


@given(st.text(max_size=30), DAYS)
def test_anything_is_a_day_or_a_usage_error(text: str, today: date) -> None:
    for past in (False, True):
        with suppress(UsageError):
            assert 1900 <= parse_day(text, today, past=past).year <= 2200


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3w", 21),
        ("45d", 45),
        ("2m", 60),
        ("1y", 365),
        ("3 weeks", 21),
        ("every 2 months", 60),
        ("Every week", 7),
        ("every other week", 14),
        ("a month", 30),
        ("weekly", 7),
        ("monthly", 30),
        ("quarterly", 90),
        ("yearly", 365),
        ("close", 21),
        ("warm", 60),
        ("weak", 180),
        ("dormant", 365),
        ("20y", 7300),
    ],
)
def test_a_span_is_read(text: str, days: int) -> None:
    assert parse_span(text) == days


@pytest.mark.parametrize("text", ["0d", "-3d", "21y", "999999w", "", "3", "w", "soon", "3 fortnights", "1e3d", "every"])
def test_a_span_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_span(text)


@given(SPANS)
def test_a_span_said_is_read_back(days: int) -> None:
    assert parse_span(say_span(days)) == days


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 day"),
        (7, "1 week"),
        (21, "3 weeks"),
        (60, "2 months"),
        (45, "45 days"),
        (365, "1 year"),
        (730, "2 years"),
    ],
)
def test_a_span_is_said(days: int, said: str) -> None:
    assert say_span(days) == said


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (3, "in 3 days"),
        (-5, "5 days ago"),
        (14, "in 14 days"),
        (15, "8 Dec"),
        (-15, "8 Nov"),
        (60, "22 Jan 2027"),
    ],
)
def test_a_day_is_said(offset: int, said: str) -> None:
    assert say_day(MONDAY + timedelta(offset), MONDAY) == said


def test_business_days() -> None:
    friday = date(2026, 11, 20)
    assert business_days_after(friday, 3) == date(2026, 11, 25)
    assert business_days_after(date(2026, 11, 21), 1) == MONDAY
    assert business_days_after(friday, 1, frozenset({MONDAY})) == date(2026, 11, 24)
    assert business_days_after(friday, 0) == friday


@given(DAYS, st.integers(1, 60), st.frozensets(DAYS, max_size=3))
def test_business_days_count_business_days(day: date, count: int, holidays: frozenset[date]) -> None:
    end = business_days_after(day, count, holidays)
    between = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
    assert len([d for d in between if d.weekday() < 5 and d not in holidays]) == count
    assert end.weekday() < 5
    assert end not in holidays


def test_the_clock_can_be_set() -> None:
    assert now({"GIVEBACK_NOW": "2026-11-23"}).today == MONDAY
    at = now({"GIVEBACK_NOW": "2026-11-23T23:30:00-05:00"})
    assert at == (datetime(2026, 11, 24, 4, 30, tzinfo=UTC), MONDAY)
    assert now({"GIVEBACK_NOW": "2026-11-23T08:00:00Z"}).at == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_the_clock_otherwise_is_the_machine_s() -> None:
    before = datetime.now(UTC)
    at, today = now({})
    assert before <= at <= datetime.now(UTC)
    assert at.tzinfo is UTC
    assert abs((today - at.date()).days) <= 1


def test_a_broken_clock_is_named() -> None:
    with pytest.raises(UsageError, match="GIVEBACK_NOW"):
        now({"GIVEBACK_NOW": "noonish"})


@given(st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001 - the zone follows
def test_moments_are_read_back(naive: datetime, hours: int) -> None:
    at = naive.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    assert from_utc_text(utc_text(at)) == at
    assert from_utc_text(utc_text(at)).tzinfo is UTC
    assert utc_text(at).endswith("Z")


def test_moments_as_sqlalchemy_writes_them() -> None:
    assert from_utc_text("2026-11-23 13:05:00.250000") == datetime(2026, 11, 23, 13, 5, 0, 250000, tzinfo=UTC)
    assert utc_text(from_utc_text("2026-11-23 13:05:00")) == "2026-11-23T13:05:00Z"


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        utc_text(datetime(2026, 11, 23))  # noqa: DTZ001 - the point of the test
