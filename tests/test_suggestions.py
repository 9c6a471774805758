"""What tact holds back from suggestions, and what overrules it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from giveback.giving.candidates import CERTAIN, FITS
from giveback.matching.suspicion import suspicion
from giveback.store import connect
from giveback.store.questions.articles import latest
from giveback.store.questions.suggestions import ranked

if TYPE_CHECKING:
    from conftest import Giveback

SUSPECTED = "A prayer plant that unfolds at night"
"""Taken for religion, but not for certain."""
CERTAINLY = "Police arrest man accused of murder and robbery"
PAGES = {
    SUSPECTED: "A prayer plant unfolds its leaves at night and lifts them like hands in prayer. ",
    CERTAINLY: "Police said the suspect was charged with murder and armed robbery after the killing of a shopkeeper. ",
    "Sourdough without fuss": "Bread needs flour, water, salt and a patient oven, no more than that. ",
}


@pytest.fixture
def home(giveback: Giveback) -> Giveback:
    """Ana, who keeps prayer plants and reads of murder and robbery, and Ben, who bakes; three pages."""
    for title, text in PAGES.items():
        page = f"<title>{title}</title><article><h1>{title}</h1><p>{text * 4}</p></article>"
        path = giveback.home / "page.html"
        path.write_text(f"<html>{page}</html>", "utf-8")
        url = f"https://example.com/{title.split()[1]}"
        assert giveback.run_here("save", str(path), "--url", url).code == 0
    for name, *phrases in (("Ana", "prayer plants", "murder and robbery"), ("Ben", "bread", "murder and robbery")):
        interests = [word for phrase in phrases for word in ("--interest", phrase)]
        assert giveback.run_here("add-contact", name, *interests).code == 0
    return giveback


def suggested(home: Giveback, name: str, *options: str) -> tuple[set[str], dict[str, int]]:
    done = home.run_here("suggest", name, "--json", *options)
    assert done.code == 0, done
    (found,) = json.loads(done.out)
    return {each["title"] for each in found["suggestions"]}, found["held_back"]


def test_an_interest_overrules_a_suspicion_but_no_certainty(home: Giveback) -> None:
    connection = connect.read(home.store)
    assert connection is not None
    titled = {row.id: row.title for row in latest(connection)}
    tact = {titled[row.article_id]: (row.plain, *suspicion(row.tact)) for row in ranked(connection, 1)}
    connection.close()
    for title, kind in ((SUSPECTED, "religion"), (CERTAINLY, "crime")):
        plain, probability, said = tact[title]
        assert plain >= FITS
        assert said == kind
        assert (probability >= CERTAIN) == (title == CERTAINLY)
    titles, held_back = suggested(home, "ana")
    assert SUSPECTED in titles
    assert CERTAINLY not in titles
    assert held_back == {"crime": 1}
    assert CERTAINLY in suggested(home, "ana", "--include-sensitive")[0]


def test_what_is_held_back_for_a_reader_is_not_suspected_as_well(home: Giveback) -> None:
    said = home.run_here("suggest", "--for-article", "2").out
    assert "held back: crime" in said
    assert "perhaps sensitive" not in said


def test_a_kind_is_allowed_for_one_person_until_it_is_taken_back(home: Giveback) -> None:
    assert home.run_here("edit", "ana", "--allow", "illness, crime").code == 0
    assert CERTAINLY in suggested(home, "ana")[0]
    assert suggested(home, "ana")[1] == {}
    assert CERTAINLY not in suggested(home, "ben")[0]
    assert json.loads(home.run_here("show", "ana", "--json").out)["allows"] == ["illness", "crime"]
    assert home.run_here("edit", "ana", "--allow", "").code == 0
    assert CERTAINLY not in suggested(home, "ana")[0]
    refused = home.run_here("edit", "ana", "--allow", "gossip")
    assert refused.code == 2
    assert "gossip" in refused.err


def test_a_kind_is_allowed_for_everybody_by_the_setting(home: Giveback) -> None:
    assert home.run_here("config", "set", "tact.allow", "crime").code == 0
    for name in ("ana", "ben"):
        assert CERTAINLY in suggested(home, name)[0]


def test_nothing_to_suggest_prints_nothing_beside_the_reason(home: Giveback) -> None:
    assert home.run_here("add-contact", "Cy").code == 0
    alone = home.run_here("suggest", "cy")
    assert (alone.code, alone.out) == (0, "")
    assert "no interests" in alone.err
    among = home.run_here("suggest", "cy", "ana", "cy", "ben")
    assert [line for line in among.out.split("\n") if not line or line.startswith("For ")] == [
        "For Ana",
        "",
        "For Ben",
        "",
    ]
