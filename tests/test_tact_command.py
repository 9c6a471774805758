"""`giveback tact`, the threshold, and what happens when the model changes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from giveback.matching.suspicion import unpacked
from giveback.matching.tact import KINDS, model_name
from giveback.ranking.refresh import refresh
from giveback.store import connect
from giveback.store.connect import transaction
from giveback.store.migrations import STEPS
from giveback.store.steps.tact import keep_kinds

if TYPE_CHECKING:
    from conftest import Giveback

CRIME = "Police arrest man accused of murder and robbery"
BREAD = "Sourdough without fuss"
PAGES = {
    CRIME: "Neighbours brought soup. Police said the suspect was charged with murder after a shopkeeper was killed.",
    BREAD: "Bread needs flour, water, salt and a patient oven, no more than that.",
}


@pytest.fixture
def home(giveback: Giveback) -> Giveback:
    """Two articles: 1 is on crime, 2 on bread."""
    for title, text in PAGES.items():
        page = f"<title>{title}</title><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article>"
        path = giveback.home / "page.html"
        path.write_text(f"<html>{page}</html>", "utf-8")
        assert giveback.run_here("save", str(path), "--url", f"https://example.com/{title.split()[0]}").code == 0
    return giveback


def told(home: Giveback, *which: str) -> list[dict[str, object]]:
    done = home.run_here("tact", *which, "--json")
    assert done.code == 0, done
    found: list[dict[str, object]] = json.loads(done.out)
    return found


def test_it_says_why(home: Giveback) -> None:
    crime, bread = told(home, "1", "2")
    assert crime["held_back"] is True
    assert crime["kind"] == "crime"
    assert isinstance(crime["words"], list)
    assert set(crime["words"]) & {"police", "murder", "arrest", "accused", "robbery", "charged", "suspect"}
    assert "olice" in str(crime["passage"])
    assert isinstance(crime["kinds"], dict)
    assert set(crime["kinds"]) <= set(KINDS)
    assert crime["threshold"] == 0.5
    assert bread["held_back"] is False
    page = home.run_here("tact", "1", "2")
    assert page.code == 0
    assert "yes, for crime" in page.out
    assert "no (0." in page.out
    assert "--allow KIND" in page.err


def test_threshold_and_allowed_kinds_are_those_of_the_settings(home: Giveback) -> None:
    assert home.run_here("config", "set", "tact.allow", ", ".join(KINDS)).code == 0
    assert told(home, "1")[0]["held_back"] is False
    assert "no (0.00, held back from 0.50 on)" in home.run_here("tact", "1").out
    assert home.run_here("config", "unset", "tact.allow").code == 0
    assert home.run_here("config", "set", "tact.threshold", "1").code == 0
    assert told(home, "1")[0]["held_back"] is False
    assert json.loads(home.run_here("articles", "murder", "--json").out)[0]["sensitive"] is None
    assert home.run_here("config", "set", "tact.threshold", "0.01").code == 0
    assert json.loads(home.run_here("articles", "murder", "--json").out)[0]["sensitive"] == "crime"


def test_the_threshold_decides_what_is_suggested(home: Giveback) -> None:
    assert home.run_here("add-contact", "Ana", "--interest", "murder trials").code == 0
    assert home.run_here("config", "set", "tact.threshold", "1").code == 0
    (open_,) = json.loads(home.run_here("suggest", "ana", "--json").out)
    assert [each["title"] for each in open_["suggestions"]] == [CRIME]
    assert home.run_here("config", "set", "tact.threshold", "0.2").code == 0
    done = home.run_here("suggest", "ana")
    assert done.out == ""
    assert "left out as sensitive: 1 about crime" in done.err


def test_what_is_not_there_is_said(home: Giveback) -> None:
    for which in ("7", "0", "-1", "many"):
        assert home.run_here("tact", "--", which).code in (2, 3)
    done = home.run_here("tact", "1", "7")
    assert (done.code, done.out) == (3, "")
    assert "no article 7" in done.err


def test_a_threshold_that_is_none_is_refused(home: Giveback) -> None:
    done = home.run_here("tact", "1", env={"GIVEBACK_TACT_THRESHOLD": "strict"})
    assert done.code == 2
    assert "tact.threshold" in done.err


def test_what_another_model_judged_is_judged_anew(home: Giveback) -> None:
    with closing(connect.write(home.store)) as connection, transaction(connection):
        connection.execute("UPDATE article_tact SET model = 'older', kinds = 'sex 0.99'")
        connection.execute("INSERT INTO ranking_new VALUES (2)")
    refresh(home.store)
    with closing(connect.write(home.store)) as connection:
        rows = connection.execute("SELECT article_id, model, kinds FROM article_tact").fetchall()
    assert [(row[0], row[1]) for row in rows] == [(1, model_name()), (2, model_name())]
    assert next(iter(unpacked(rows[0][2]))) == "crime"


def test_an_older_store_keeps_its_verdicts_until_then() -> None:
    connection = sqlite3.connect(":memory:")
    for step in STEPS[: STEPS.index(keep_kinds)]:
        step(connection)
    connection.execute(
        "INSERT INTO article (id, url, title, first_seen_at) VALUES (1, 'a', 't', 'd'), (2, 'b', 't', 'd')"
    )
    connection.execute("INSERT INTO article_tact VALUES (1, 0.83, 'war', 'army'), (2, 0.2, '', '')")
    keep_kinds(connection)
    assert connection.execute("SELECT article_id, model, kinds FROM article_tact").fetchall() == [
        (1, "", "war 0.83"), (2, "", ""),
    ]  # fmt: skip
    assert connection.execute("SELECT tact FROM article_row ORDER BY id").fetchall() == [("war 0.83",), ("",)]
    connection.close()
