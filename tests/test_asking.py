"""Asking as a user sees it: targets, who, ask, asks, helped, knows, introduce."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from conftest import Giveback, Ran
from giveback.dates import Now
from giveback.store.changes import undo
from mail_server import Authority, mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mail_server import MailServer

PEOPLE = (
    ("Ana Ruiz", "--company", "Shell plc", "--title", "Reservoir engineer", "--email", "ana@example.com"),
    ("Ben Okri", "--company", "BP", "--email", "ben@example.com", "--notes", "a secret illness"),
    ("Cy Young", "--company", "Royal Dutch Shell"),
    ("Di Marco", "--met-at", "introduced by Ben Okri"),
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, loaded_once: None) -> Path:  # noqa: ARG001 - loads the vectors once
    """Four people and a target; made once."""
    giveback = Giveback(tmp_path_factory.mktemp("asking"))
    for person in PEOPLE:
        assert giveback.run_here("add-contact", *person, "--every", "never").code == 0
    assert giveback.run_here("target", "add", "Shell", "--need", "who hires reservoir engineers").code == 0
    return giveback.home


@pytest.fixture
def home(prepared: Path, giveback: Giveback) -> Giveback:
    """A home like the prepared one, for one test alone."""
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def run(home: Giveback, *words: str, day: str = "2026-11-23") -> Ran:
    return home.run_here(*words, env={"GIVEBACK_NOW": day})


def ok(home: Giveback, *words: str, day: str = "2026-11-23") -> Ran:
    ran = run(home, *words, day=day)
    assert ran.code == 0, ran.err
    return ran


def read(home: Giveback, *words: str, day: str = "2026-11-23") -> Any:
    return json.loads(ok(home, *words, "--json", day=day).out)


def rows(home: Giveback, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.store)) as connection:
        return connection.execute(sql).fetchall()


TABLES = (
    *("target", "need", "target_alias", "target_event", "introduction", "ask", "help", "knows", "former_position"),
    *("exchange", "follow_up"),
)


def everything(home: Giveback) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(home.store)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608 - names of our own
            for table in TABLES
        }


def grounds(home: Giveback, *options: str) -> dict[str, list[str]]:
    found = read(home, "who", "shell", *options)
    return {each["contact"]["name"]: [ground["kind"] for ground in each["grounds"]] for each in found["candidates"]}


# Every change can be tried, and taken back

CHANGES = [
    ["target", "add", "Equinor", "--need", "culture"],
    ["target", "add", "Karen Hu", "--person", "--company", "BP"],
    ["target", "edit", "shell", "--state", "talking", "--town", "Houston"],
    ["target", "need", "shell", "culture", "--met", "hires", "--by", "ana"],
    ["target", "close", "shell", "--outcome", "hired"],
    ["target", "link", "shell", "Royal Dutch Shell"],
    ["ask", "ana", "who hires", "--target", "shell", "--give", "a clipping"],
    ["helped", "ana", "named her", "--target", "shell", "--need", "1"],
    ["knows", "ana", "Karen Hu", "--at", "BP"],
    ["introduce", "ana", "ben", "--because", "both build simulators"],
    ["edit", "ben", "--former", "Statoil"],
    ["edit", "ben", "--company", "Equinor"],
    ["log", "ana", "who hires", "--asked"],
    ["log", "ana", "told me who hires", "--outcome"],
]


def test_every_change_is_tried_without_one_and_taken_back(home: Giveback) -> None:
    states = []
    for words in CHANGES:
        states.append(everything(home))
        ok(home, *words, "--dry-run")
        assert everything(home) == states[-1], words
        ok(home, *words)
        assert everything(home) != states[-1], words
    now = Now(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23))
    for words, before in zip(reversed(CHANGES), reversed(states), strict=True):
        undo(home.store, now)
        assert everything(home) == before, words


# Bad input: a clear line and a useful next step


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["target", "add", "  "], 2, "the name of the target is empty"),
        (["target", "add", "Shell Ltd"], 4, "Shell is a target already (researching)"),
        (["target", "add", "BP", "--need", " "], 2, "a need is empty"),
        (["target", "add", "BP", "--company", "X"], 2, "--company says where a person works"),
        (["target", "show", "chevron"], 3, 'giveback target add "chevron" --need TEXT'),
        (["target", "show", "shel"], 0, ""),
        (["target", "show", "shill"], 3, "did you mean Shell?"),
        (["target", "edit", "shell"], 2, "nothing is to change"),
        (["target", "edit", "shell", "--state", "hoping"], 2, "use one of researching, asked, talking, helped, closed"),
        (["target", "need", "shell", "--met", "salary"], 3, "Shell has no need 'salary'"),
        (["target", "link", "shell", "Shell Ltd", "--not"], 2, "is the name of the target itself"),
        (["ask", "ana", "  "], 2, "it is not said what is asked for"),
        (["ask", "cy", "a name", "--via", "message", "--draft"], 2, "--draft is for e-mail, not message"),
        (["ask", "ana", "a name", "--by", "2026-11-01"], 2, "2026-11-01 has passed"),
        (["ask", "ana", "a name", "--target", "shell", "--need", "salary"], 3, "Shell has no need 'salary'"),
        (["asks", "no", "99"], 3, "there is no ask '99' (`giveback asks --all` lists their numbers)"),
        (["asks", "maybe", "1"], 2, "use one of yes, no, told, drop"),
        (["helped", "ana", " "], 2, "the text is empty"),
        (["helped", "ana", "x", "--need", "1"], 2, "add --target TARGET"),
        (["knows", "ana", "Ana Ruiz"], 2, "Ana Ruiz is the same person"),
        (["knows", "ana", "Karen Hu", "--remove"], 3, "it was never said that Ana Ruiz knows Karen Hu"),
        (["introduce", "ana", "ana", "--because", "x"], 2, "cannot be introduced to herself or himself"),
        (["introduce", "ana", "ben"], 2, "it is not said why they should meet"),
        (["introduce", "ana"], 2, "an introduction needs two names"),
        (["introduce", "yes", "ana"], 3, "Ana Ruiz has no introduction to answer"),
        (["introduce", "ben", "di", "--because", "x"], 4, "a loop: Ben Okri introduced Di Marco to you"),
        (["introduce", "ana", "ben", "--outcome", "x"], 3, "Ana Ruiz and Ben Okri were not introduced"),
        (["config", "set", "asks.country", "Texas"], 2, "giveback config set asks.country US"),
        (["config", "set", "asks.country", "QQ"], 2, "no holidays are known for QQ"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_gets_a_clear_line_and_a_next_step(home: Giveback, words: list[str], code: int, said: str) -> None:
    ran = run(home, *words)
    assert (ran.code, said in ran.err, ran.err.count("\n") <= 1) == (code, True, True), ran.err


def test_a_target_without_needs_is_asked_for_one(home: Giveback) -> None:
    assert "what do you need to know or get? giveback target need" in ok(home, "target", "add", "Equinor").err


def test_nobody_known_is_told_with_two_ways(home: Giveback) -> None:
    ok(home, "target", "add", "Equinor")
    said = ok(home, "who", "equinor")
    assert said.out == ""
    assert "nobody known yet for Equinor. Two ways to find one:" in said.err
    assert said.err.count("\n- ") == 2


# Who


def test_who_finds_people_by_employer_acquaintance_and_field(home: Giveback) -> None:
    assert grounds(home) == {"Ana Ruiz": ["works", "industry"], "Cy Young": ["works"]}
    ok(home, "edit", "ana", "--company", "Chevron")
    ok(home, "knows", "ben", "Karen Hu", "--at", "Shell Ltd", "--how", "former colleagues")
    found = read(home, "who", "shell")["candidates"]
    assert [(each["contact"]["name"], each["grounds"][0]["text"]) for each in found] == [
        ("Cy Young", "works at Royal Dutch Shell, perhaps the same (90 of 100)"),
        ("Ben Okri", "knows Karen Hu (Shell Ltd), former colleagues"),
        ("Ana Ruiz", "worked at Shell plc until 2026"),
        ("Di Marco", "knows Ben Okri, by an introduction, who knows Karen Hu (Shell Ltd), former colleagues"),
    ]
    assert found[1]["grounds"][0]["path"] == ["Karen Hu (Shell Ltd)"]


def test_who_finds_a_person_and_those_who_know_them(home: Giveback) -> None:
    ok(home, "target", "add", "Karen Hu", "--person", "--company", "Equinor")
    ok(home, "knows", "ana", "Karen Hu")
    found = read(home, "who", "karen")["candidates"]
    assert [(each["contact"]["name"], each["grounds"][0]["kind"]) for each in found] == [("Ana Ruiz", "knows")]
    ok(home, "add-contact", "Karen Hu")
    assert [each["grounds"][0]["kind"] for each in read(home, "who", "karen")["candidates"]] == ["is", "knows"]


def test_who_finds_town_school_circle_and_shared_interests(home: Giveback) -> None:
    ok(home, "edit", "ben", "--town", "Houston", "--met-at", "Rice Alumni mixer")
    ok(home, "target", "edit", "shell", "--town", "houston", "--school", "Rice")
    ok(home, "interests", "ana", "+jazz")
    ok(home, "interests", "di", "+Jazz")
    ok(home, "circle", "add", "Cookie Club")
    for name in ("ana", "di"):
        ok(home, "circle", "join", "Cookie Club", name)
    assert grounds(home)["Ben Okri"] == ["school", "town"]
    assert grounds(home)["Di Marco"] == ["circle", "interest"]


def test_a_confirmed_name_and_a_denied_one_are_remembered(home: Giveback) -> None:
    perhaps = read(home, "who", "shell")["perhaps_the_same"]
    assert perhaps == [{"company": "Royal Dutch Shell", "score": 90}]
    assert "(90 of 100, from 92 on it is taken to be)" in ok(home, "who", "shell").err
    ok(home, "target", "link", "shell", "Royal Dutch Shell", "--not")
    assert "Cy Young" not in grounds(home)
    ok(home, "target", "link", "shell", "royal dutch shell PLC")
    assert read(home, "who", "shell")["perhaps_the_same"] == []
    assert read(home, "target", "show", "royal dutch shell")["also_called"] == ["Royal Dutch Shell"]


def test_on_a_terminal_a_name_is_asked_about_once(home: Giveback) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "giveback", "who", "shell"], env=home.environment, encoding="utf-8", timeout=30
    )
    child.expect("Is Royal Dutch Shell the same company as Shell")
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()
    assert "perhaps" not in str(child.before)
    assert read(home, "target", "show", "shell")["also_called"] == ["Royal Dutch Shell"]


def test_a_corrected_spelling_is_no_former_employer(home: Giveback) -> None:
    ok(home, "edit", "ana", "--company", "Shell")
    assert grounds(home)["Ana Ruiz"] == ["works", "industry"]
    ok(home, "edit", "ben", "--company", "bp")
    assert rows(home, "SELECT company FROM former_position") == [("Shell plc",)]


# Ask


def test_an_ask_with_empty_hands_is_made_and_told_kindly(home: Giveback) -> None:
    ran = ok(home, "ask", "ana", "15 minutes about the team", "--target", "shell", "--by", "friday")
    assert "you have not given Ana Ruiz anything yet: something small could go along" in ran.err
    assert "and you work at Shell plc. May I ask you for 15 minutes about the team?" in ran.out
    assert "by Friday, 27 November" in ran.out
    assert rows(home, "SELECT text, direction FROM exchange") == [("asked: 15 minutes about the team", "shared")]
    assert read(home, "target", "show", "shell")["state"] == "asked"


def test_three_things_are_offered_and_one_goes_along(home: Giveback) -> None:
    ok(home, "interests", "ana", "+bass fishing")
    for title in ("Bass fishing in spring", "Bass fishing at night", "Bass fishing from a kayak", "Cooking rice"):
        ok(home, "assets", "add", title, "--kind", "skill", "--fits", title.lower())
    asked = read(home, "ask", "ana", "a name", "--target", "shell", "--dry-run")
    assert [offer["number"] for offer in asked["offers"]] == [1, 2, 3]
    ran = ok(home, "ask", "ana", "a name", "--target", "shell", "--give", "1")
    assert asked["offers"][0]["title"] in ran.out
    assert "have not given" not in ran.err
    assert sorted(rows(home, "SELECT direction FROM exchange")) == [("given",), ("shared",)]
    ok(home, "undo")
    assert rows(home, "SELECT direction FROM exchange") == []


def test_thanks_that_are_owed_come_first(home: Giveback) -> None:
    ok(home, "helped", "ana", "named the hiring manager")
    concerns = read(home, "ask", "ana", "another name", "--dry-run")["put_right"]
    assert [concern["kind"] for concern in concerns] == ["thanks", "empty-handed"]
    ok(home, "give", "ana", "a clipping")
    assert read(home, "ask", "ana", "another name", "--dry-run")["put_right"] == []


def test_who_is_asked_too_often_is_spared(home: Giveback) -> None:
    ok(home, "give", "ana", "a clipping")
    for number, text in enumerate(("a name", "a number")):
        ok(home, "ask", "ana", text, "--target", "shell", day=f"2026-11-{10 + number}")
    asked = read(home, "ask", "ana", "an hour", "--target", "shell", "--dry-run")
    assert [concern["kind"] for concern in asked["put_right"]] == ["often", "waiting"]
    assert [person["name"] for person in asked["instead"]] == ["Cy Young"]
    assert ok(home, "ask", "ana", "an hour", "--target", "shell").code == 0, "it never forbids"


def test_a_draft_holds_the_note_and_nothing_private(home: Giveback) -> None:
    ran = ok(home, "ask", "ben", "a name\r\nBcc: x@example.com", "--target", "shell", "--draft")
    path = next((home.home / "drafts").glob("*.eml"))
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert message["To"].addresses[0].addr_spec == "ben@example.com"
    assert message["Subject"] == "A question about Shell"
    assert "Bcc" not in message
    assert str(path.name) in ran.err
    assert "secret" not in path.read_text("utf-8") + ran.out + ran.err


def test_who_has_no_address_gets_no_draft(home: Giveback) -> None:
    ran = run(home, "ask", "cy", "a name", "--draft")
    assert (ran.code, 'giveback edit "Cy Young" --email ADDRESS' in ran.err) == (3, True)
    assert everything(home)["ask"] == []


def test_targets_are_completed(home: Giveback) -> None:
    assert home.run("--complete", "bash", "2", "giveback", "who", "sh").out.splitlines() == ["words", "Shell"]


# Asks


def test_a_no_is_remembered(home: Giveback) -> None:
    ok(home, "give", "ana", "a clipping")
    ok(home, "ask", "ana", "a name", "--target", "shell")
    ok(home, "asks", "no", "1", "not allowed to say")
    assert "answered no" in run(home, "asks", "yes", "1").err
    assert read(home, "asks")[0]["answer_text"] == "not allowed to say"
    asked = read(home, "ask", "ana", "a name", "--target", "shell", "--dry-run", day="2026-12-10")
    assert [concern["kind"] for concern in asked["put_right"]] == ["no"]
    assert json.loads(ok(home, "followups", "--json", day="2027-06-01").out) == []


def test_a_yes_moves_the_target_on_and_help_meets_the_need(home: Giveback) -> None:
    ok(home, "ask", "ana", "who hires", "--target", "shell", "--need", "hires")
    ok(home, "asks", "yes", "1")
    assert read(home, "target", "show", "shell")["state"] == "talking"
    assert "has not helped" in run(home, "asks", "told", "1").err
    helped = read(home, "helped", "ana", "named her")
    assert (helped["ask"], helped["target"], helped["need_met"]) == (1, "Shell", "who hires reservoir engineers")
    assert read(home, "asks")[0]["state"] == "helped"
    assert "still" not in ok(home, "asks").err
    ok(home, "asks", "told", "1", "I start in May", day="2026-12-01")
    assert read(home, "asks", day="2026-12-01")[0]["outcome_told_on"] == "2026-12-01"


def test_an_ask_is_seen_by_log_and_done_as_well(home: Giveback) -> None:
    ok(home, "log", "ana", "a reference", "--asked")
    assert read(home, "asks")[0]["next_on"] == "2026-11-26"
    assert "no answer, ask another too: a reference" in ok(home, "followups", day="2026-11-26").out
    ok(home, "done", "ana", day="2026-11-26")
    assert (read(home, "asks", day="2026-11-26")[0]["next_step"]) == "nudge"
    assert "no answer, follow up once: a reference" in ok(home, "followups", day="2026-12-02").out
    ok(home, "done", "ana", day="2026-12-02")
    assert read(home, "asks", day="2026-12-02")[0]["state"] == "stopped"
    assert "no answer: let it be" in ok(home, "asks", day="2026-12-02").out


def test_another_country_counts_at_once(home: Giveback) -> None:
    ok(home, "ask", "ana", "a name")
    assert read(home, "asks")[0]["next_on"] == "2026-11-26"
    ok(home, "config", "set", "asks.country", "US-TX")
    assert read(home, "asks")[0]["next_on"] == "2026-11-30"
    ok(home, "config", "unset", "asks.country")
    assert read(home, "asks")[0]["next_on"] == "2026-11-26"


def test_help_makes_three_things_due(home: Giveback) -> None:
    ok(home, "helped", "ana", "named the hiring manager")
    reasons = read(home, "show", "ana", day="2026-12-23")["reasons"]
    assert [(reason["kind"], reason["due"]) for reason in reasons] == [
        ("thank-you", "2026-11-24"), ("outcome", "2026-12-07"), ("stay-in-touch", "2026-12-23"),
    ]  # fmt: skip
    ok(home, "log", "ana", "a card", "--gave", day="2026-12-23")
    assert [reason["kind"] for reason in read(home, "show", "ana", day="2026-12-23")["reasons"]] == ["outcome"]


# Introductions


def test_both_are_asked_first_and_no_address_is_given_away(home: Giveback) -> None:
    ran = ok(home, "introduce", "ana", "ben", "--because", "both build simulators", "--draft")
    drafts = sorted((home.home / "drafts").glob("*.eml"))
    assert [message_from_bytes(path.read_bytes(), policy=default)["To"].addresses[0].addr_spec for path in drafts] == [
        "ana@example.com", "ben@example.com",
    ]  # fmt: skip
    for path, other in zip(drafts, ("ben@example.com", "ana@example.com"), strict=True):
        assert other not in path.read_text("utf-8")
    assert "secret" not in ran.out
    assert "were asked on 2026-11-23" in run(home, "introduce", "ben", "ana", "--because", "x").err
    assert read(home, "introduce", "yes", "ben")["state"] == "proposed"
    for path in drafts:
        path.unlink()
    made = read(home, "introduce", "yes", "ana", "--draft")
    assert made["state"] == "made"
    message = message_from_bytes(next((home.home / "drafts").glob("*.eml")).read_bytes(), policy=default)
    assert [each.addr_spec for each in message["To"].addresses] == ["ana@example.com", "ben@example.com"]
    assert rows(home, "SELECT count(*) FROM exchange WHERE direction = 'given'") == [(2,)]
    assert "were introduced on 2026-11-23" in run(home, "introduce", "ana", "ben", "--because", "x").err


def test_a_no_ends_an_introduction_for_both(home: Giveback) -> None:
    ok(home, "introduce", "ana", "ben", "--because", "both build simulators")
    assert read(home, "introduce", "no", "ana")["state"] == "declined"
    assert [each["next_step"] for each in read(home, "asks")] == [None, None]
    assert "no answer" not in ok(home, "followups", day="2026-12-10").out
    assert "--again asks once more" in run(home, "introduce", "ana", "ben", "--because", "x").err
    assert ok(home, "introduce", "ana", "ben", "--because", "x", "--again").code == 0


def test_who_know_each_other_are_not_introduced(home: Giveback) -> None:
    ok(home, "knows", "ana", "ben", "--how", "cousins")
    assert "know each other already (cousins)" in run(home, "introduce", "ben", "ana", "--because", "x").err
    assert [each["name"] for each in read(home, "knows", "ben")] == ["Ana Ruiz"]
    ok(home, "knows", "ben", "ana", "--remove")
    assert ok(home, "introduce", "ben", "ana", "--because", "x").code == 0


def test_nothing_of_a_contact_who_is_gone_stays(home: Giveback) -> None:
    ok(home, "ask", "ben", "a name", "--target", "shell")
    ok(home, "helped", "ben", "named her")
    ok(home, "knows", "ana", "ben")
    ok(home, "introduce", "ben", "cy", "--because", "x")
    ok(home, "target", "add", "Ben Okri", "--person")
    with closing(sqlite3.connect(home.store)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM contact WHERE name = 'Ben Okri'")
        connection.commit()
    left = everything(home)
    assert "Ben" not in "".join(str(left[table]) for table in TABLES[:-2])
    assert read(home, "target", "show", "shell")["needs"][0]["met_by"] is None


# By the mail server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(Authority(tmp_path)) as running:
        yield running


def test_an_ask_is_sent_once_and_logged_when_the_server_has_it(home: Giveback, server: MailServer) -> None:
    words = ("ask", "ana", "a name", "--target", "shell", "--send", "--yes")
    server.postbox.refused["ana@example.com"] = "450 4.2.1 not now"
    failed = home.run_here(*words, env=server.environment)
    assert failed.code != 0
    assert "the note is kept as message 1" in failed.err
    assert everything(home)["ask"] == []
    server.postbox.refused.clear()
    sent = home.run_here(*words, env=server.environment)
    assert (sent.code, len(server.postbox.received)) == (0, 1), sent.err
    assert b"A question about Shell" in server.postbox.received[0].data
    assert [row[4] for row in everything(home)["follow_up"]] == ["a name"]
    again = home.run_here(*words, env=server.environment)
    assert "was sent already" in again.err
    assert len(server.postbox.received) == 1
    assert len(everything(home)["ask"]) == 1


def test_an_ask_that_goes_out_later_is_logged_as_the_ask_it_was(home: Giveback, server: MailServer) -> None:
    words = ("ask", "ana", "a name", "--target", "shell", "--give", "a clipping", "--send", "--yes")
    server.postbox.refused["ana@example.com"] = "450 4.2.1 not now"
    assert home.run_here(*words, env=server.environment).code != 0
    server.postbox.refused.clear()
    sent = home.run_here("mail", "send", "1", "--yes", env=server.environment)
    assert sent.code == 0, sent.err
    [made] = read(home, "asks")
    assert (made["text"], made["target"], made["state"]) == ("a name", "Shell", "waiting")
    assert read(home, "target", "show", "shell")["state"] == "asked"
    assert [each["text"] for each in read(home, "history", "ana")] == ["asked: a name", "a clipping"]
    ok(home, "undo")
    assert read(home, "asks") == []


def test_asking_again_does_not_thank(home: Giveback) -> None:
    ok(home, "helped", "ben", "named her")
    ok(home, "ask", "ben", "another name", "--target", "shell")
    assert "thank them first" in run(home, "ask", "ben", "a third", "--dry-run").err
    assert "say thank you" in ok(home, "followups", day="2026-12-01").out
    ok(home, "log", "ben", "thanked him")
    assert "thank" not in run(home, "ask", "ben", "a third", "--dry-run").err
    assert "tallies" not in run(home, "doctor").out
    ok(home, "undo")
    assert "thank them first" in run(home, "ask", "ben", "a third", "--dry-run").err


def test_who_knows_the_person_at_the_same_company_is_told_so(home: Giveback) -> None:
    ok(home, "target", "add", "Karen Hu", "--person", "--company", "BP")
    ok(home, "knows", "ben", "Karen Hu", "--how", "former colleagues")
    [found] = [each for each in read(home, "who", "Karen")["candidates"] if each["contact"]["name"] == "Ben Okri"]
    assert "knows Karen Hu, former colleagues" in [ground["text"] for ground in found["grounds"]]


def test_for_a_consent_nobody_else_is_asked(home: Giveback) -> None:
    ok(home, "introduce", "ana", "ben", "--because", "x")
    assert {each["next_step"] for each in read(home, "asks")} == {"nudge"}
    said = ok(home, "followups", day="2026-11-26").out
    assert "no answer, follow up once: an introduction to Ben Okri" in said
