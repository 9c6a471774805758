"""What was promised and what was given: ticked off where they are one thing, told of where they may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.keeping.exchanges import Gift
from giveback.keeping.promises import is_kept

if TYPE_CHECKING:
    from conftest import Giveback

ARTICLE = Gift("Preservation Hall opens again", "https://example.com/hall", article_id=1)


@pytest.mark.parametrize(
    ("promise", "gift", "kept"),
    [
        ("send the LNG chart", Gift("the LNG chart"), True),
        ("send the LNG chart", Gift("LNG chart", asset_id=1), True),
        ("send her the lng-chart by Friday", Gift("LNG chart", asset_id=1), True),
        ("bring cookies", Gift("Cookies", asset_id=1), True),
        ("the jazz article", Gift("the jazz article I promised"), True),
        ("read https://example.com/hall/, and send it", ARTICLE, True),
        ("send 'Preservation Hall opens again'", ARTICLE, True),
        # It may be this article or another one, so it is told and not ticked off.
        ("the Preservation Hall article", ARTICLE, False),
        ("the Preservation Hall", ARTICLE, False),
        ("make time for coffee", Gift("time", asset_id=1), False),
        ("send the LNG chart", Gift("chart"), False),
        ("see https://example.com/hall-of-fame", ARTICLE, False),
        ("call back", Gift("LNG chart"), False),
        ("send the", Gift("the"), False),
        ("寿司の記事", Gift("寿司の記事"), True),
    ],
)
def test_a_gift_keeps_the_promise_that_names_it(promise: str, gift: Gift, *, kept: bool) -> None:
    assert is_kept(promise, gift) is kept


WORD = st.sampled_from(["LNG", "chart", "jazz", "Łódź", "寿司", "the", "3D", "hall"])


@given(st.lists(WORD, min_size=2, max_size=5), st.lists(WORD, max_size=3))
def test_a_promise_that_holds_a_whole_title_is_kept(title: list[str], more: list[str]) -> None:
    gift = Gift(" ".join(title), article_id=1)
    said = [word for word in title if word != "the"]
    if len(said) > 1:
        assert is_kept(" ".join(["send her", *title, *more]), gift)
    assert not is_kept("call about the move", gift)


def promises(home: Giveback) -> list[str]:
    found = json.loads(home.run_here("show", "ana", "--json").out)["reasons"]
    return [each["text"] for each in found if each["kind"] == "promise"]


@pytest.fixture
def ana(giveback: Giveback) -> Giveback:
    giveback.run_here("add-contact", "Ana Ruiz", "--email", "ana@example.com")
    giveback.run_here("promise", "ana", "send the LNG chart", "--by", "in 2 days")
    giveback.run_here("promise", "ana", 'ask "Bo" about $HOME', "--by", "in 3 days")
    return giveback


def test_the_thing_promised_is_ticked_off_with_the_gift_and_undone_with_it(ana: Giveback) -> None:
    tried = ana.run_here("give", "ana", "LNG chart", "--dry-run")
    assert "dry run: kept what you promised · Ana Ruiz · send the LNG chart" in tried.err
    assert len(promises(ana)) == 2
    done = ana.run_here("give", "ana", "LNG chart", "--json")
    assert json.loads(done.out)["gift"] == "LNG chart"
    assert done.err.splitlines() == [
        "kept what you promised · Ana Ruiz · send the LNG chart · ticked off",
        (
            "you promised Ana Ruiz 'ask \"Bo\" about $HOME' (today); done?"
            ' giveback done "Ana Ruiz" \'ask "Bo" about $HOME\' --logged'
        ),
    ]
    assert promises(ana) == ['ask "Bo" about $HOME']
    ana.run_here("undo")
    assert len(promises(ana)) == 2
    assert json.loads(ana.run_here("history", "ana", "--json").out) == []


def test_what_is_logged_as_given_keeps_promises_too_but_not_later_ones(ana: Giveback) -> None:
    assert ana.run_here("log", "ana", "the LNG chart", "--gave", "--on", "yesterday").err == ""
    assert len(promises(ana)) == 2
    assert "ticked off" in ana.run_here("log", "ana", "the LNG chart", "--gave").err
    assert len(promises(ana)) == 1


def test_what_is_logged_already_is_only_ticked_off(ana: Giveback) -> None:
    ana.run_here("give", "ana", "a chart of LNG")
    assert ana.run_here("done", "ana", "chart", "--logged").code == 0
    assert [each["text"] for each in json.loads(ana.run_here("history", "ana", "--json").out)] == ["a chart of LNG"]
    assert promises(ana) == ['ask "Bo" about $HOME']
    ana.run_here("add-contact", "Bo Li")
    ana.run_here("log", "bo", "help with the move", "--received")
    refused = ana.run_here("done", "bo", "thank-you", "--logged")
    assert (refused.code, "nothing to tick off" in refused.err) == (2, True), refused
