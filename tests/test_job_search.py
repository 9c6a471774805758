"""Six weeks of a job search, day by day: two targets, ten contacts, gifts, asks, answers and silence.

`MORNINGS` was written down from the rules before the days were played: what `giveback followups` says each morning,
before anything is done on that day. A day that is not there is a morning on which nobody is due.

The rules: an ask turns elsewhere on the 3rd business day and follows up on the 7th (Veterans Day, 11 November, is no
such day); thanks are due on the next day, the outcome after 14 days or when the target is closed, staying in touch
after 30 days.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Giveback

FIRST, LAST = date(2026, 10, 19), date(2026, 11, 29)

MORNINGS = {
    # Di helped on the 20th: thanks on the next day.
    "10-21": {"Di Marco: thank-you"},
    # Asked on Monday the 19th: the third business day is Thursday.
    "10-22": {"Ana Ruiz: waiting"},
    # Ben was asked on Thursday the 22nd: 23, 26, 27. What was promised to Gil is due.
    "10-27": {"Ben Okri: waiting", "Gil Haas: promise"},
    # Since somebody else was asked, Ana comes back on her seventh business day. Nothing was done about Ben.
    "10-28": {"Ana Ruiz: waiting", "Ben Okri: waiting"},
    # Cy was asked on the 28th, so Ben waits until his seventh day: 28, 29, 30 October and 2 November are 4 to 7.
    "11-02": {"Ben Okri: waiting"},
    # Ben helped on the 2nd; Di's outcome is due two weeks after the 20th.
    "11-03": {"Ben Okri: thank-you", "Di Marco: outcome"},
    # Eva was asked on Wednesday the 4th: 5, 6, 9.
    "11-09": {"Eva Lind: waiting"},
    # Both were asked on the 5th whether they want to be introduced; Ida said yes. 6, 9, 10.
    "11-10": {"Jon Falk: waiting"},
    # Finn was asked on the 9th and said yes on the 12th, the day before his third business day (10, 12, 13).
    # Eva's seventh: 5, 6, 9, 10, 12, 13, 16. Ben's outcome: two weeks after the 2nd.
    "11-16": {"Eva Lind: waiting", "Ben Okri: outcome"},
    # Ben is snoozed until the 18th. Gil was in touch on 27 October, three weeks ago.
    "11-17": {"Gil Haas: cadence"},
    "11-18": {"Ben Okri: outcome"},
    # The target was closed on the 18th: the outcome is known. Di helped thirty days ago.
    "11-19": {"Ben Okri: outcome", "Di Marco: stay-in-touch"},
    # Hana was last heard of on 20 November 2025, and is to be written to once a year.
    "11-20": {"Di Marco: stay-in-touch", "Hana Ito: cadence"},
    "11-21": {"Hana Ito: cadence"},
    "11-22": {"Hana Ito: cadence"},
    "11-23": {"Hana Ito: cadence"},
    # Eva helped on the 23rd, long after her ask had stopped. Ida and Jon met on the 10th, two weeks ago.
    "11-24": {"Eva Lind: thank-you", "Ida Berg: reminder", "Jon Falk: reminder"},
    # The other target was closed on the 25th.
    "11-26": {"Eva Lind: outcome"},
}

NAMES = {
    "Ana Ruiz": "Shell plc",
    "Ben Okri": "Shell",
    "Cy Young": "BP",
    "Di Marco": "",
    "Eva Lind": "Equinor ASA",
    "Finn Moe": "Equinor",
    "Gil Haas": "",
    "Hana Ito": "",
    "Ida Berg": "",
    "Jon Falk": "",
}

DAYS: dict[str, list[list[str]]] = {
    "10-19": [
        ["target", "add", "Shell", "--need", "who hires reservoir engineers", "--need", "culture of the team"],
        ["target", "add", "Equinor", "--need", "culture of the subsurface team"],
        ["knows", "di", "Karen Hu", "--at", "Equinor"],
        ["log", "hana", "a letter from Kyoto", "--on", "2025-11-20"],
        ["give", "ana", "the LNG chart"],
        ["ask", "ana", "15 minutes about the team", "--target", "shell"],
        ["ask", "di", "whom she knows at Equinor", "--target", "equinor"],
    ],
    "10-20": [["helped", "di", "named Karen Hu"]],
    "10-21": [["log", "di", "thanked her on the phone", "--via", "call"]],
    "10-22": [["ask", "ben", "who hires reservoir engineers", "--target", "shell", "--need", "hires"]],
    "10-23": [["promise", "gil", "send the jazz link", "--by", "2026-10-27"]],
    "10-27": [["done", "gil"]],
    "10-28": [["done", "ana"], ["ask", "cy", "whom he knows at Shell", "--target", "shell"]],
    "10-29": [["asks", "no", "Cy Young", "left too long ago"]],
    "11-02": [["helped", "ben", "named the hiring manager"]],
    "11-03": [["log", "ben", "a thank-you card", "--gave"], ["done", "di"]],
    "11-04": [["ask", "eva", "15 minutes about the subsurface team", "--target", "equinor"]],
    "11-05": [["introduce", "ida", "jon", "--because", "both build training simulators"]],
    "11-06": [["introduce", "yes", "ida"]],
    "11-09": [["ask", "finn", "who hires", "--target", "equinor"]],
    "11-10": [["introduce", "yes", "jon"]],
    "11-12": [["asks", "yes", "Finn Moe", "coffee next week"]],
    "11-16": [["done", "eva"], ["snooze", "ben", "--until", "2026-11-18"]],
    "11-17": [["log", "gil", "coffee"]],
    "11-18": [["target", "close", "shell", "--outcome", "they hired somebody else"]],
    "11-19": [["asks", "told", "Ben Okri"]],
    "11-20": [["give", "di", "a piece on old bridges"]],
    "11-23": [["log", "hana", "wrote to her after a year"], ["helped", "eva", "invited me to the team day"]],
    "11-24": [["introduce", "ida", "jon", "--outcome", "lunch, and an idea"], ["give", "eva", "a clipping on fjords"]],
    "11-25": [["target", "close", "equinor", "--outcome", "I start in January"]],
    "11-26": [["asks", "told", "Eva Lind"]],
}


def play(giveback: Giveback, day: date, *words: str) -> str:
    ran = giveback.run_here(*words, env={"GIVEBACK_NOW": day.isoformat()})
    assert ran.code == 0, (day, words, ran.err)
    return ran.out


def asks(giveback: Giveback, day: date) -> dict[str, dict[str, Any]]:
    return {each["contact"]["name"]: each for each in json.loads(play(giveback, day, "asks", "--all", "--json"))}


def morning(giveback: Giveback, day: date) -> set[str]:
    lines = json.loads(play(giveback, day, "followups", "--limit", "0", "--json"))
    return {
        f"{line['contact']['name']}: {line['reason']['kind']}"
        + (f" +{line['other_reasons']}" * bool(line["other_reasons"]))
        for line in lines
    }


def test_six_weeks_of_a_job_search(giveback: Giveback) -> None:
    play(giveback, FIRST, "config", "set", "asks.country", "US")
    for name, company in NAMES.items():
        every = {"Gil Haas": "3w", "Hana Ito": "1y"}.get(name, "never")
        play(giveback, FIRST, "add-contact", name, "--company", company, "--every", every)
    day = FIRST
    while day <= LAST:
        key = f"{day:%m-%d}"
        assert morning(giveback, day) == MORNINGS.get(key, set()), key
        for command in DAYS.get(key, ()):
            words = [_number(giveback, day, command, word) for word in command]
            play(giveback, day, *words)
        day += timedelta(1)
    _check_the_end(giveback)


def _number(giveback: Giveback, day: date, command: list[str], word: str) -> str:
    """`asks no "Cy Young"`: the number of what they were asked."""
    return str(asks(giveback, day)[word]["id"]) if command[0] == "asks" and word in NAMES else word


def _check_the_end(giveback: Giveback) -> None:
    found = asks(giveback, LAST)
    assert {name: each["state"] for name, each in found.items()} == {
        "Ana Ruiz": "stopped",
        "Di Marco": "helped",
        "Ben Okri": "helped",
        "Cy Young": "no",
        "Eva Lind": "helped",
        "Finn Moe": "yes",
        "Ida Berg": "yes",
        "Jon Falk": "yes",
    }
    assert found["Cy Young"]["answer_text"] == "left too long ago"
    assert [found[name]["outcome_told_on"] for name in ("Di Marco", "Ben Okri", "Eva Lind")] == [
        "2026-11-03", "2026-11-19", "2026-11-26",
    ]  # fmt: skip
    rows = {each["name"]: each for each in json.loads(play(giveback, LAST, "target", "list", "--all", "--json"))}
    assert {name: (row["state"], row["outcome"]) for name, row in rows.items()} == {
        "Shell": ("closed", "they hired somebody else"),
        "Equinor": ("closed", "I start in January"),
    }
    assert [need["met_by"] for need in rows["Shell"]["needs"]] == ["Ben Okri", None]
