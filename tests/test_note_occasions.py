"""The occasion follows from what is known, and nothing else is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.giving.composing.facts import below
from giveback.giving.composing.occasions import OCCASIONS, Past, any_meeting, chosen, met, occasion, thanks
from giveback.giving.composing.wording import KINDNESS, addressed, first_name, thanks_for, when

TODAY = date(2026, 11, 23)
NEVER = Past(0, 0, None, None, False, None, "", TODAY - timedelta(200), 60)  # noqa: FBT003 - the fields are named there


def ago(days: int) -> date:
    return TODAY - timedelta(days)


LATELY = NEVER._replace(exchanges=3, given=2, last_on=ago(20))


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (NEVER, "first-contact"),
        (LATELY, "staying-in-touch"),
        (LATELY._replace(received=("a tip", ago(20)), unthanked=True), "thank-you"),
        (LATELY._replace(received=("a tip", ago(20)), unthanked=False), "staying-in-touch"),
        (LATELY._replace(talked=("in-person", ago(14)), last_on=ago(14)), "after-event"),
        (LATELY._replace(talked=("call", ago(15)), last_on=ago(15)), "staying-in-touch"),
        (NEVER._replace(met_at="SPE Houston", added_on=ago(3)), "after-event"),
        (NEVER._replace(met_at="SPE Houston", added_on=ago(30)), "first-contact"),
        (NEVER._replace(met_at="SPE Houston 2019", added_on=ago(3)), "first-contact"),
        (NEVER._replace(met_at="SPE Houston 2026", added_on=ago(3)), "after-event"),
        (LATELY._replace(met_at="SPE Houston", added_on=ago(3)), "staying-in-touch"),
        (LATELY._replace(last_on=ago(119)), "staying-in-touch"),
        (LATELY._replace(last_on=ago(120)), "dormant"),
        (LATELY._replace(last_on=ago(89), cadence=21), "staying-in-touch"),
        (LATELY._replace(last_on=ago(90), cadence=21), "dormant"),
        (LATELY._replace(last_on=ago(364), cadence=None), "staying-in-touch"),
        (LATELY._replace(last_on=ago(365), cadence=None), "dormant"),
    ],
)
def test_which_occasion_it_is(past: Past, expected: str) -> None:
    assert occasion(past, TODAY) == expected
    assert occasion(past, TODAY, own_post=True) == "their-post"
    assert chosen("", past, TODAY, own_post=False) == expected


def test_what_can_be_said_of_a_meeting() -> None:
    assert met(NEVER._replace(met_at="SPE Houston", added_on=ago(3)), TODAY) == "meet you at SPE Houston"
    assert met(LATELY._replace(talked=("in-person", ago(3))), TODAY) == "see you on Friday"
    assert met(LATELY._replace(talked=("call", ago(8))), TODAY) == "talk to you last week"
    assert met(LATELY, TODAY) == ""
    assert any_meeting(LATELY._replace(talked=("call", ago(60))), TODAY) == "talk to you in September"


def test_an_occasion_that_nothing_bears_out_is_refused() -> None:
    assert chosen("Staying in touch", NEVER, TODAY, own_post=False) == "staying-in-touch"
    for name in ("thank-you", "after-event", "their-post", "dormant"):
        with pytest.raises(UsageError, match=f"nothing in the store bears out the occasion {name}"):
            chosen(name, NEVER, TODAY, own_post=False)
    with pytest.raises(UsageError, match="'party' is no occasion"):
        chosen("party", NEVER, TODAY, own_post=False)
    thanked = LATELY._replace(received=("a tip", ago(20)))
    assert chosen("thank-you", thanked, TODAY, own_post=False) == "thank-you"
    assert chosen("dormant", LATELY._replace(last_on=ago(60)), TODAY, own_post=False) == "dormant"
    with pytest.raises(UsageError):
        chosen("dormant", LATELY._replace(last_on=ago(59)), TODAY, own_post=False)


days = st.integers(0, 800).map(ago)


@given(
    st.builds(
        Past, st.integers(0, 3), st.integers(0, 3), st.none() | days, st.none() | st.tuples(st.text(max_size=20), days),
        st.booleans(), st.none() | st.tuples(st.sampled_from(["call", "in-person"]), days),
        st.sampled_from(["", "SPE"]), days, st.none() | st.integers(1, 400),
    )
)  # fmt: skip
def test_an_occasion_that_follows_is_always_borne_out(past: Past) -> None:
    name = occasion(past, TODAY)
    assert name in OCCASIONS
    if name == "thank-you":
        assert thanks(past, TODAY)
    if name == "after-event":
        assert met(past, TODAY)
    if name != "dormant" or past.last_on is not None:
        assert chosen(name, past, TODAY, own_post=False) == name


@pytest.mark.parametrize(
    ("logged", "said"),
    [
        ("sent me her bread recipe", "sending me your bread recipe"),
        (
            "she passed my résumé on to the head of her department",
            "passing my résumé on to the head of your department",
        ),
        ("he planed the sticking door and would not hear of money", "planing the sticking door"),
        ("she looked over my portfolio and crossed out half of it, rightly", "looking over my portfolio"),
        ("introduced me to Maria Silva", "introducing me to Maria Silva"),
        ("carried my boxes", "carrying my boxes"),
        ("agreed", KINDNESS),
        ("a jar of honey", "the jar of honey"),
        ("her notes on LNG", "your notes on LNG"),
        ("two tickets", "two tickets"),
        ("helped me", "helping me"),
        # What cannot be turned round safely.
        ("she told me which pay survey the utilities all use", KINDNESS),
        ("she told me that he is leaving", KINDNESS),
        ("coffee, she offered to pass my résumé on", KINDNESS),
        ("dried mangoes", KINDNESS),
        ("gave him my number", KINDNESS),
        ("coffee", KINDNESS),
        ("", KINDNESS),
        ("a " + "very " * 30 + "long thing", KINDNESS),
    ],
)
def test_thanks_are_said_to_the_person(logged: str, said: str) -> None:
    assert thanks_for(logged) == said


@given(st.text(max_size=120))
def test_thanks_speak_of_nobody_else(logged: str) -> None:
    said = thanks_for(logged)
    assert said
    assert not {"she", "he", "they", "him", "them", "her", "his"} & set(said.lower().split())


def test_thanks_say_when_there_is_nothing_else_to_say() -> None:
    past = LATELY._replace(received=("coffee", ago(1)), unthanked=True)
    assert thanks(past, TODAY) == "your kindness yesterday"
    assert thanks(past._replace(received=("sent me a map", ago(1))), TODAY) == "sending me a map"


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [(0, "today"), (1, "yesterday"), (2, "on Saturday"), (6, "on Tuesday"), (7, "last week"), (13, "last week"),
     (20, "earlier this month"), (40, "in October"), (299, "in January"), (400, "in October 2025")],
)  # fmt: skip
def test_a_past_day_as_one_says_it(days_ago: int, said: str) -> None:
    assert when(ago(days_ago), TODAY) == said


@pytest.mark.parametrize(
    ("address", "page", "is_below"),
    [
        ("https://ana.example/2026/orchids", "https://ana.example", True),
        ("http://www.ana.example/blog/orchids", "https://ana.example/blog/", True),
        ("https://ana.example/blogroll", "https://ana.example/blog", False),
        ("https://ana.example/2026/x", "https://ana.example/feed.xml", True),
        ("https://ana.example/2026/x", "https://ana.example/feed/", True),
        ("https://posts.example/@ana/x", "https://posts.example/@ana", True),
        ("https://posts.example/@ben/x", "https://posts.example/@ana", False),
        ("https://posts.example/@ana/x", "posts.example/@ana", True),
        ("https://other.example/", "https://ana.example", False),
        ("file:///x", "https://ana.example", False),
        ("https://[", "https://[", False),
    ],
)
def test_what_is_of_somebodys_blog(address: str, page: str, *, is_below: bool) -> None:
    assert below(address, page) == is_below


@pytest.mark.parametrize(
    ("name", "nickname", "expected"),
    [
        ("Ana Ruiz", "", "Ana"),
        ("Dr. Łucja Wiśniewska", "", "Łucja"),
        ("خالد المنصوري", "Khalid", "Khalid"),
        ("خالد المنصوري", "", "خالد"),
        ("Prof.", "", "Prof."),
        ("ana@example.com", "", "ana@example.com"),
    ],
)
def test_how_somebody_is_addressed(name: str, nickname: str, expected: str) -> None:
    assert first_name(name, nickname) == expected


def test_a_phrase_is_turned_round() -> None:
    assert addressed("the orchids on my windowsill") == "the orchids on your windowsill"
    assert addressed("what helps me and us") == "what helps you and you"
    assert addressed("bass fishing") == "bass fishing"
