"""Balance: neglect, missing thanks and too much at once; never a score."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.keeping.balance import SEVERAL, SHORT_DAYS, Standing, balance, neglect, overwhelm

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Giveback

TODAY = date(2026, 11, 23)
DAYS = st.integers(0, 400).map(lambda days: TODAY - timedelta(days))


@settings(max_examples=40)
@given(DAYS, st.none() | DAYS, st.none() | st.integers(1, 400))
def test_neglected_is_who_went_twice_the_cadence_without_a_word(
    added: date, last: date | None, cadence: int | None
) -> None:
    found = neglect(Standing(1, "Ana", "ana", added, cadence, last), TODAY)
    expected = cadence is not None and (TODAY - (last or added)).days >= 2 * cadence
    assert (found is not None) == expected
    assert found is None or found.since == (last or added)


@settings(max_examples=40)
@given(st.lists(DAYS, max_size=6))
def test_overwhelmed_is_who_got_several_in_a_short_time(outgoing: list[date]) -> None:
    found = overwhelm(Standing(1, "Ana", "ana", TODAY, outgoing=outgoing), TODAY)
    lately = [day for day in outgoing if (TODAY - day).days < SHORT_DAYS]
    assert (found is not None) == (len(lately) >= SEVERAL)
    assert found is None or (found.unanswered, found.since) == (len(lately), min(lately))


@settings(max_examples=40)
@given(st.lists(st.tuples(DAYS, st.none() | DAYS, st.none() | DAYS), max_size=8))
def test_the_order_does_not_depend_on_the_order_of_the_contacts(
    rows: list[tuple[date, date | None, date | None]],
) -> None:
    everybody = [
        Standing(number, f"P{number}", f"p{number}", added, 10, last, thanks)
        for number, (added, last, thanks) in enumerate(rows)
    ]
    assert balance(everybody, TODAY) == balance(list(reversed(everybody)), TODAY)


@pytest.mark.usefixtures("loaded_once")
def test_balance_as_it_is_shown(giveback: Giveback, golden: Callable[[str, str], None]) -> None:
    def run(*words: str) -> str:
        done = giveback.run_here(*words)
        assert done.code == 0, done
        return done.out

    assert giveback.run_here("balance").err == "nobody is neglected, unthanked or about to be overwhelmed\n"
    for name, every in (("Ana Ruiz", "3w"), ("Bo Lund", "3w"), ("Cy Young", "3w"), ("Di Marco", "never")):
        run("add-contact", name, "--every", every)
    run("log", "ana", "coffee", "--on", "2026-09-01")
    run("log", "bo", "read my résumé", "--received", "--on", "2026-11-20")
    for day in ("12 Nov", "15 Nov", "20 Nov"):
        run("log", "cy", "an article", "--gave", "--on", day)
        run("log", "di", "an article", "--gave", "--on", day)
    run("log", "cy", "15 minutes of your time?", "--asked", "--on", "21 Nov")
    run("log", "di", "thanks!", "--received", "--on", "21 Nov")
    golden("giving/balance.txt", run("balance"))
    found = json.loads(run("balance", "--json"))
    assert {name: [(each["name"], each["unanswered"]) for each in rows] for name, rows in found.items()} == {
        "neglected": [("Ana Ruiz", 0)],
        "unthanked": [("Bo Lund", 0), ("Di Marco", 0)],
        "overwhelmed": [("Cy Young", 4)],
    }
    run("log", "cy", "lunch together", "--on", "22 Nov")
    run("log", "bo", "a card", "--gave")
    after = json.loads(run("balance", "--json"))
    assert (after["overwhelmed"], [each["name"] for each in after["unthanked"]]) == ([], ["Di Marco"])
    for word in ("score", "debt", "owe"):
        assert word not in run("balance").lower()
