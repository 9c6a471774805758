"""`giveback import mail`: what counts becomes an exchange, once; gifts are recognised; nothing is half-written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from conftest import Giveback
from giveback.store import connect

ME = "me@home.example"
ARTICLE = "https://news.example/lng"


def mail(
    sender: str, to: str, subject: str = "hello", *, day: str = "Tue, 06 May 2025 09:15:00 +0000", name: str = "",
    answers: str = "", body: str = "text", more: str = "",
) -> str:  # fmt: skip
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"Date: {day}"] if day else []
    lines += [f"Message-ID: <{name}>"] if name else []
    lines += [f"In-Reply-To: <{answers}>"] if answers else []
    return "\n".join([*lines, *([more] if more else []), "", body, "", ""])


def mbox(path: Path, *messages: str) -> str:
    path.write_text("".join("From x@y.example Tue May  6 09:15:00 2025\n" + one for one in messages))
    return str(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with Ana, and one that has two articles beside: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    for name in ("ana", "articles"):
        (folder / name).mkdir(mode=0o700)
        Giveback(folder / name).run_here("add-contact", "Ana Ruiz", "--email", "ana@x.example", "--every", "3w")
    page = folder / "articles" / "page.csv"
    page.write_text(f"url,title\n{ARTICLE},LNG prices\nhttps://news.example/two,Two\n")
    assert Giveback(folder / "articles").run_here("import", str(page), "--map", "url=url,title=title").code == 0
    return folder


@pytest.fixture
def ana(made: Path, tmp_path: Path) -> Giveback:
    return Giveback(Path(shutil.copytree(made / "ana", tmp_path / "home")))


@pytest.fixture
def with_article(made: Path, tmp_path: Path) -> Giveback:
    return Giveback(Path(shutil.copytree(made / "articles", tmp_path / "home")))


def imported(giveback: Giveback, *arguments: str) -> Any:
    ran = giveback.run_here("import", "mail", *arguments, "--me", ME, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def history(giveback: Giveback, who: str = "ana") -> list[tuple[str, str, str]]:
    rows = json.loads(giveback.run_here("history", who, "--json", "--limit", "0").out)
    return [(row["on"], row["direction"], row["text"]) for row in rows]


def stored(giveback: Giveback, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(giveback.store)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.corpus
def test_the_conversation_of_the_corpus(giveback: Giveback, corpora: Path) -> None:
    folder = corpora / "mail"
    expected = json.loads((folder / "expected-mailboxes.json").read_text("utf-8"))["takeout-conversation.mbox"]
    people = {one["address"]: one["person"] for one in reversed(expected["exchanges"])}
    (giveback.home / "people.csv").write_text(
        "name,email\n" + "".join(f"{name},{address}\n" for address, name in people.items()), "utf-8"
    )
    giveback.run_here("import", str(giveback.home / "people.csv"))
    found = imported(giveback, str(folder / "mbox" / "takeout-conversation.mbox"))
    assert found["messages"] == expected["messages"]
    rows = stored(
        giveback,
        "SELECT p.value, m.incoming, m.sent_at, e.text, m.message_id FROM exchange e"
        " JOIN exchange_message m ON m.exchange_id = e.id JOIN contact_point p ON p.contact_id = e.contact_id",
    )
    # The bulk mail from a machine is told apart; all else is as expected.
    wanted = [one for one in expected["exchanges"] if one["message_id"] != "m6@x"]
    assert sorted(rows) == sorted(
        (one["address"], int(one["direction"] == "in"), one["date"], one["subject"], one["message_id"])
        for one in wanted
    )
    assert found["passed_over"] == {"a mailing list": 1}


@pytest.mark.corpus
def test_all_mail_of_the_corpus_goes_through(ana: Giveback, corpora: Path) -> None:
    found = imported(ana, str(corpora / "mail"))
    assert found["messages"] == 90 + 24 + 8 + 6 + 2 + 14 + 13
    assert found["unreadable"] == []


def test_what_i_wrote_and_what_is_a_conversation_counts(ana: Giveback) -> None:
    path = mbox(
        ana.home / "box",
        mail("ana@x.example", ME, "out of the blue", name="a@x"),
        mail("ANA@X.example", ME, "asked", name="b@x"),
        mail(ME, "ana@x.example", "Re: asked", name="c@x", answers="b@x"),
        mail("ana@x.example", ME, "Re: Re: asked", name="d@x", answers="c@x"),
        mail("ana@x.example", ME, "noted as answered", name="e@x", more="X-Status: A"),
        mail(ME, "ana@x.example, a@y.example, b@y.example, c@y.example, d@y.example", "to many", name="f@x"),
        mail("ana@x.example", ME, "list", name="g@x", answers="c@x", more="List-Id: <x>"),
        mail(ME, ME, "to myself", name="h@x"),
        mail(ME, "ana@x.example", "draft", name="i@x", more="X-Gmail-Labels: Drafts"),
        mail("eve@y.example", ME, "a stranger", name="j@x"),
    )
    found = imported(ana, path)
    assert sorted(text for _, _, text in history(ana)) == ["Re: Re: asked", "Re: asked", "asked", "noted as answered"]
    assert found["exchanges"] == {"added": 4, "known": 0}
    assert found["passed_over"] == {
        "to many": 1, "a mailing list": 1, "to nobody else": 1, "a draft": 1, "with nobody who is a contact": 1,
        "that nobody answered": 1,
    }  # fmt: skip
    assert {way for _, way, _ in history(ana)} == {"shared"}


def test_each_message_comes_in_once_wherever_it_lies(ana: Giveback) -> None:
    sent = mail(ME, "ana@x.example", "one", name="a@x")
    nameless = mail(ME, "ana@x.example", "two")
    first = mbox(ana.home / "first", sent, nameless, sent)
    (ana.home / "again.eml").write_text(nameless)
    assert imported(ana, first)["exchanges"] == {"added": 2, "known": 0}
    assert imported(ana, first, str(ana.home / "again.eml"))["exchanges"] == {"added": 0, "known": 2}
    assert len(history(ana)) == 2


def test_an_answer_may_come_in_another_import(ana: Giveback) -> None:
    inbox = mbox(ana.home / "inbox", mail("ana@x.example", ME, "question", name="q@x"))
    sent = mbox(ana.home / "sent", mail(ME, "ana@x.example", "answer", name="a@x", answers="q@x"))
    later = mbox(ana.home / "later", mail("ana@x.example", ME, "thanks", name="t@x", answers="a@x"))
    assert imported(ana, inbox)["exchanges"]["added"] == 0
    assert imported(ana, sent)["exchanges"]["added"] == 1
    assert imported(ana, inbox, later)["exchanges"]["added"] == 2


def test_mail_makes_no_thanks_due_and_moves_the_cadence(ana: Giveback) -> None:
    ana.run_here("log", "ana", "a book", "--received", "--on", "2026-11-20")
    path = mbox(
        ana.home / "box",
        mail(ME, "ana@x.example", "one", name="a@x", day="Sat, 14 Nov 2026 09:00:00 +0000"),
        mail("ana@x.example", ME, "two", name="b@x", answers="a@x", day="Sat, 21 Nov 2026 09:00:00 +0000"),
    )
    imported(ana, path)
    (due,) = json.loads(ana.run_here("followups", "--json").out)
    assert due["reason"]["kind"] == "thank-you", "her letter does not say my thanks for the book"
    imported(
        ana, mbox(ana.home / "more", mail(ME, "ana@x.example", "ta", name="c@x", day="Sun, 22 Nov 2026 09:00:00 +0000"))
    )
    assert json.loads(ana.run_here("followups", "--json").out) == []
    assert ana.run_here("doctor").code == 0
    (tally,) = stored(ana, "SELECT exchanges, received, last_on, last_outgoing_on FROM contact_tally")
    assert tally == (4, 1, "2026-11-22", "2026-11-22")


def test_an_answer_by_mail_answers_an_ask(ana: Giveback) -> None:
    ana.run_here("log", "ana", "asked about Equinor", "--asked", "--on", "2026-11-12")
    assert "no answer" in ana.run_here("followups").out
    path = mbox(
        ana.home / "box",
        mail(ME, "ana@x.example", "Equinor?", name="a@x", day="Thu, 12 Nov 2026 09:00:00 +0000"),
        mail("ana@x.example", ME, "Re: Equinor?", name="b@x", answers="a@x", day="Mon, 16 Nov 2026 09:00:00 +0000"),
    )
    imported(ana, path)
    assert "no answer" not in ana.run_here("followups").out


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (f"look: {ARTICLE}?utm_source=x.", ""),
        (f'<p>see <a href="{ARTICLE}?utm_medium=mail&amp;utm_source=y">this</a></p>', "Content-Type: text/html"),
        ("aHR0cHM6Ly9uZXdzLmV4YW1wbGUvbG5n", "Content-Transfer-Encoding: base64"),
        ("see https://news.ex=\nample/lng=20now", "Content-Transfer-Encoding: quoted-printable"),
    ],
)
def test_a_link_to_an_article_is_a_gift(with_article: Giveback, body: str, more: str) -> None:
    path = mbox(with_article.home / "box", mail(ME, "ana@x.example", "for you", name="a@x", body=body, more=more))
    assert imported(with_article, path)["gifts"] == 1
    (row,) = json.loads(with_article.run_here("history", "ana", "--json").out)
    assert (row["direction"], row["kind"], row["gift"]["url"]) == ("given", "article", ARTICLE)
    assert stored(with_article, "SELECT count(*) FROM article_over") == [(1,)], "suggestions never repeat it"


@pytest.mark.parametrize(
    "body",
    ["> look: https://news.example/lng\n\nthanks!", "thanks\n\nOn Monday Ana Ruiz wrote:\nhttps://news.example/lng",
     "hi\n-- \nhttps://news.example/lng", "https://news.example/other", "nothing"],
)  # fmt: skip
def test_what_i_quote_is_no_gift_of_mine(with_article: Giveback, body: str) -> None:
    path = mbox(with_article.home / "box", mail(ME, "ana@x.example", "for you", name="a@x", body=body))
    assert imported(with_article, path)["gifts"] == 0
    assert [way for _, way, _ in history(with_article)] == ["shared"]


def test_two_articles_are_two_gifts_in_one_message(with_article: Giveback) -> None:
    body = f"{ARTICLE} and https://news.example/two"
    path = mbox(with_article.home / "box", mail(ME, "ana@x.example", "for you", name="a@x", body=body))
    assert imported(with_article, path)["gifts"] == 2
    assert imported(with_article, path)["exchanges"] == {"added": 0, "known": 1}


def test_a_gift_that_was_noted_is_the_same_gift(with_article: Giveback) -> None:
    with_article.run_here("give", "ana", ARTICLE, "--via", "email")
    before = history(with_article)
    assert [way for _, way, _ in before] == ["given"]
    sent = mail(ME, "ana@x.example", "for you", name="a@x", body=ARTICLE, day="Mon, 23 Nov 2026 10:00:00 +0000")
    found = imported(with_article, mbox(with_article.home / "box", sent))
    assert (found["linked"], found["gifts"], found["exchanges"]["added"]) == (1, 0, 0)
    assert history(with_article) == before
    assert imported(with_article, str(with_article.home / "box"))["exchanges"] == {"added": 0, "known": 1}


def test_a_delivery_of_ours_is_the_same_message(ana: Giveback) -> None:
    ana.run_here("log", "ana", "a bulletin", "--gave", "--via", "email")
    with closing(connect.write(ana.store)) as connection:
        connection.execute(
            "INSERT INTO delivery (uuid, purpose, key, contact_id, recipient, subject, message_id, state, created_at)"
            " VALUES ('u', 'bulletin', 'k', 1, 'ana@x.example', 's', '<ours@x>', 'sent', '2026-11-23T12:00:00Z')"
        )
    sent = mail(ME, "ana@x.example", "bulletin", name="ours@x", day="Mon, 23 Nov 2026 10:00:00 +0000")
    answer = mail(
        "ana@x.example", ME, "Re: bulletin", name="r@x", answers="ours@x", day="Mon, 23 Nov 2026 11:00:00 +0000"
    )
    found = imported(ana, mbox(ana.home / "box", sent, answer))
    assert (found["linked"], found["exchanges"]["added"]) == (1, 1)
    assert [text for _, _, text in history(ana)] == ["Re: bulletin", "a bulletin"]


def test_who_was_written_to_often_is_proposed_and_added_on_request(ana: Giveback) -> None:
    letters = [
        mail(ME, "Bo Lindqvist <bo@y.example>", f"letter {number}", name=f"{number}@x",
             day=f"Tue, {number:02} May 2025 09:15:00 +0000")
        for number in range(1, 5)
    ]  # fmt: skip
    letters += [mail("bo@y.example", ME, "Re: letter", name="r@y", answers="1@x")]
    letters += [mail(ME, "Ana M. Ruiz <other@x.example>", "x", name=f"o{number}@x") for number in range(3)]
    letters += [mail(ME, "no-reply@shop.example", "x", name=f"n{number}@x") for number in range(3)]
    path = mbox(ana.home / "box", *letters)
    found = imported(ana, path)
    assert [(one["name"], one["sent"], one["received"], one["last_on"]) for one in found["people"]] == [
        ("Bo Lindqvist", 4, 1, "2025-05-04"),
        ("Ana M. Ruiz", 3, 0, "2025-05-06"),
    ]
    assert found["people"][0]["command"] == "giveback add-contact 'Bo Lindqvist' --email bo@y.example"
    assert stored(ana, "SELECT count(*) FROM contact") == [(1,)]
    shown = ana.run_here("import", "mail", path)
    assert "giveback add-contact 'Bo Lindqvist' --email bo@y.example" in shown.out
    added = imported(ana, path, "--add", "BO@y.example")
    assert [one["name"] for one in added["people"] if one["added"]] == ["Bo Lindqvist"]
    assert len(history(ana, "bo")) == 5
    ana.run_here("undo")
    assert stored(ana, "SELECT count(*) FROM contact") == [(1,)]
    assert ana.run_here("import", "mail", path, "--add", "eve@z.example").code == 3


def test_a_namesake_is_proposed_as_another_address(ana: Giveback) -> None:
    path = mbox(ana.home / "box", *[mail(ME, "Ana Ruiz <ana@home.example>", "x", name=f"{n}@x") for n in range(3)])
    (person,) = imported(ana, path)["people"]
    assert person["command"] == "giveback edit 'Ana Ruiz' --email ana@home.example"
    assert imported(ana, path, "--add", "all")["exchanges"]["added"] == 0
    assert stored(ana, "SELECT count(*) FROM contact") == [(1,)]


def test_an_address_that_two_share_goes_by_the_name(ana: Giveback) -> None:
    ana.run_here("add-contact", "Ben Ruiz", "--email", "ana@x.example")
    path = mbox(
        ana.home / "box",
        mail(ME, "Ben Ruiz <ana@x.example>", "for Ben", name="a@x"),
        mail(ME, "ana@x.example", "for whom", name="b@x"),
    )
    imported(ana, path)
    assert [text for _, _, text in history(ana, "ben")] == ["for Ben"]
    assert [text for _, _, text in history(ana, "ana ruiz")] == ["for whom"]


def test_bodies_are_kept_when_they_are_asked_for(ana: Giveback) -> None:
    path = mbox(ana.home / "box", mail(ME, "ana@x.example", name="a@x", body="Dear Ana,\x1b[31m\n\nred\n\n> quoted"))
    imported(ana, path)
    assert stored(ana, "SELECT note FROM exchange") == [("",)]
    ana.run_here("undo")
    imported(ana, path, "--bodies")
    assert stored(ana, "SELECT note FROM exchange") == [("Dear Ana,\n\nred",)]


def test_a_dry_run_changes_nothing_and_undo_takes_all_back(ana: Giveback) -> None:
    path = mbox(ana.home / "box", mail(ME, "ana@x.example", name="a@x"))
    ran = ana.run_here("import", "mail", path, "--me", ME, "--dry-run")
    assert ran.out.startswith("dry run: 1 mailbox, 1 message: 1 exchange added")
    assert history(ana) == []
    assert not (ana.home / "config.toml").exists()
    imported(ana, path)
    assert ana.run_here("undo").out.startswith("took back · import mail box")
    assert history(ana) == []
    assert stored(ana, "SELECT count(*) FROM exchange_message") == [(0,)]


def test_my_addresses_are_remembered(ana: Giveback) -> None:
    path = mbox(ana.home / "box", mail("work@me.example", "ana@x.example", name="a@x"))
    assert ana.run_here("import", "mail", path).code == 2
    ana.run_here("import", "mail", path, "--me", ME, "--me", "work@me.example")
    assert ana.run_here("config", "get", "me.email").out == f"{ME}\n"
    assert ana.run_here("config", "get", "me.addresses").out == "work@me.example\n"
    assert ana.run_here("import", "mail", path).out.startswith("1 mailbox, 1 message: 0 exchanges added, 1 known")
    assert ana.run_here("import", "mail", path, "--me", "nobody").code == 2


def test_bad_input_is_one_line(ana: Giveback) -> None:
    (ana.home / "photo").write_bytes(b"\xff\xd8\xff" + b"\0" * 1000)
    (ana.home / "locked.mbox").write_bytes(b"")
    good = mbox(ana.home / "good", mail(ME, "ana@x.example", name="a@x"))
    ran = ana.run_here("import", "mail", good, str(ana.home / "photo"), "--me", ME)
    assert ran.code == 7
    assert "photo: no message in it: neither mbox, Maildir nor .eml" in ran.err
    assert len(history(ana)) == 1, "what was good is kept"
    assert ana.run_here("import", "mail", str(ana.home / "nowhere"), "--me", ME).code == 2
    assert ana.run_here("import", "mail", "--me", ME).code == 2
    assert ana.run_here("import", "mail", str(ana.home / "locked.mbox"), "--me", ME).code == 0


def test_hostile_headers_do_nothing(ana: Giveback) -> None:
    subject = "=?utf-8?Q?Hi=0D=0ABcc:_x@y=1B[31m=E2=80=AE?="
    path = mbox(
        ana.home / "box",
        mail(ME, "ana@x.example", subject, name="a@x"),
        mail(ME, "ana@x.example", "\x1b]0;x\x07title", name="b\x1b[31m@x"),
        mail(ME, "ana@x.example", "", name="c@x"),
        mail(ME, "ana@x.example", "never", name="d@x", day="Wed, 30 Jun 3609 09:33:50 +0000"),
    )
    imported(ana, path)
    assert sorted(text for _, _, text in history(ana)) == ["(no subject)", "Hi Bcc: x@y", "never", "title"]
    assert {day for day, _, _ in history(ana)} == {"2025-05-06"}, "the envelope says when"


def test_stopping_half_way_leaves_nothing_half_written(ana: Giveback) -> None:
    """Killed at any moment, the store is as it was or has everything."""
    path = mbox(ana.home / "box", *[mail(ME, "ana@x.example", f"{n}", name=f"{n}@x") for n in range(8_000)])
    command = [sys.executable, "-m", "giveback", "import", "mail", path, "--me", ME]
    for patience in (0.7,):
        running = subprocess.Popen(command, env=ana.environment, cwd=ana.home, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + patience
        while running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if running.poll() is None:
            os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert stored(ana, "SELECT count(*) FROM exchange")[0][0] in (0, 8_000)
        assert stored(ana, "SELECT count(*) FROM exchange e LEFT JOIN exchange_message m ON m.exchange_id = e.id"
                           " WHERE m.id IS NULL") == [(0,)]  # fmt: skip
        assert stored(ana, "SELECT (SELECT count(*) FROM journal_open), (SELECT count(*) FROM tally_bulk)") == [(0, 0)]


def test_thousands_with_one_person_are_counted_once(ana: Giveback) -> None:
    path = mbox(ana.home / "box", *[mail(ME, "ana@x.example", f"{n}", name=f"{n}@x") for n in range(600)])
    assert imported(ana, path)["exchanges"]["added"] == 600
    assert stored(ana, "SELECT exchanges FROM contact_tally") == [(600,)]
    assert ana.run_here("undo").code == 0
    assert stored(ana, "SELECT coalesce(max(exchanges), 0) FROM contact_tally") == [(0,)]
    assert ana.run_here("doctor").code == 0
