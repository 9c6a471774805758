"""Notes that are sent: once, whatever happens, and logged only when the mail server has them."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keyring
import pexpect
import pytest
from keyring.backends import fail

from conftest import Giveback
from giveback.errors import StoreError
from giveback.store.questions.deliveries import listed
from keyring_file import FileKeyring
from mail_server import USER, WORD, Authority, MailServer, mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyring.backend import KeyringBackend

    from conftest import Ran

LINK = "https://example.com/orchids"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[MailServer]:
    with mail_server(authority) as running:
        yield running


@contextmanager
def keyring_of(backend: KeyringBackend) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    yield
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    with keyring_of(fail.Keyring()):  # type: ignore[no-untyped-call]  # keyring leaves it untyped
        yield


@pytest.fixture
def in_file() -> Iterator[None]:
    with keyring_of(FileKeyring()):  # type: ignore[no-untyped-call]  # as above
        yield


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Giveback(tmp_path_factory.mktemp("prepared"))
    assert home.run_here("add-contact", "Łucja Ruiz", "--email", "ana@example.com").code == 0
    assert home.run_here("add-contact", "Bo").code == 0
    return home.home


@pytest.fixture
def home(prepared: Path, giveback: Giveback) -> Giveback:
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def give(home: Giveback, server: MailServer, *options: str, what: str = LINK, who: str = "ruiz", **env: str) -> Ran:
    return home.run_here("give", who, what, "--send", "--yes", *options, env=server.environment | env)


def mail(home: Giveback, server: MailServer, *words: str) -> Ran:
    return home.run_here("mail", *words, env=server.environment)


def outbox(home: Giveback, *, done: bool = False) -> list[dict[str, Any]]:
    """What `mail outbox --json` says, without the command."""
    with closing(sqlite3.connect(home.store)) as connection:
        return [row._asdict() for row in listed(connection, done=done)]


def given(home: Giveback) -> list[tuple[str, str]]:
    """Channel and address of each exchange."""
    with closing(sqlite3.connect(home.store)) as connection:
        return connection.execute("SELECT channel, gift_url FROM exchange").fetchall()


def test_a_note_is_sent_once_and_logged(home: Giveback, server: MailServer) -> None:
    done = give(home, server)
    assert done.code == 0, done
    assert done.err.endswith("by e-mail · sent to Łucja Ruiz <ana@example.com>\n")
    (got,) = server.postbox.received
    message = message_from_bytes(got.data, policy=default)
    assert message["From"] == "Sam Żółw <sam@example.com>"
    assert message["To"] == "Łucja Ruiz <ana@example.com>"
    assert "X-Unsent" not in message
    assert LINK in str(message.get_body(("html",)))
    assert given(home) == [("email", LINK)]
    assert outbox(home) == []
    (row,) = outbox(home, done=True)
    assert (row["state"], row["attempts"], row["kept"]) == ("sent", 1, False)
    assert row["message_id"] == message["Message-ID"]
    for again in (give(home, server), mail(home, server, "send", "1", "--yes")):
        assert again.code == 4
    assert len(server.postbox.received) == 1
    assert give(home, server, "--again").code == 0
    assert len(server.postbox.received) == 2


def test_undo_takes_the_exchange_back_and_sends_nothing_again(home: Giveback, server: MailServer) -> None:
    give(home, server)
    assert home.run_here("undo").code == 0
    assert given(home) == []
    done = give(home, server)
    assert (done.code, done.out) == (4, "")
    assert "was sent already" in done.err
    assert "--again" in done.err
    assert give(home, server, "--again").code == 0
    assert len(server.postbox.received) == 2
    assert len(given(home)) == 1


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        ("550 5.1.1 nobody", "refused", "the server refuses mail to ana@example.com (550 5.1.1 nobody)"),
        ("451 4.7.1 later", "failed", "the server asks to try mail to ana@example.com again later (451 4.7.1 later)"),
    ],
)
def test_a_refused_note_is_kept_and_goes_out_later(
    home: Giveback, server: MailServer, answer: str, state: str, said: str
) -> None:
    server.postbox.refused["ana@example.com"] = answer
    done = give(home, server)
    assert (done.code, done.out) == (6, "")
    assert done.err.startswith(f"giveback: {said}; the note is kept as message 1 (")
    assert "giveback mail send 1" in done.err
    assert len(done.err.splitlines()) == 1
    assert given(home) == []
    (row,) = outbox(home)
    assert (row["state"], row["error"], row["kept"]) == (state, said, True)
    assert "1 message is not sent, or not for certain: giveback mail outbox\n" in home.run_here("today").err
    assert home.run_here("edit", "ruiz", "--email", "new@example.com", "--remove-email", "ana@example.com").code in (
        0,
        2,
    )
    server.postbox.refused.clear()
    done = mail(home, server, "send", "1", "--yes")
    assert done.code == 0, done
    assert done.out.startswith("sent to Łucja Ruiz <new@example.com> · ")
    assert [got.recipient for got in server.postbox.received] == ["new@example.com"]
    assert len(given(home)) == 1
    assert message_from_bytes(server.postbox.received[0].data)["Message-ID"] == row["message_id"]


@pytest.mark.parametrize("stage", ["mail", "answer", "taken"])
def test_a_connection_that_is_lost(home: Giveback, server: MailServer, stage: str) -> None:
    server.postbox.stages[stage] = server.postbox.drop
    done = give(home, server)
    assert (done.code, done.out) == (6, "")
    assert given(home) == []
    server.postbox.stages.clear()
    (row,) = outbox(home)
    if stage == "mail":
        assert row["state"] == "failed"
        assert give(home, server).code == 0
        assert len(server.postbox.received) == 1
        return
    assert row["state"] == "sending"
    assert "may have arrived or not (look in your sent folder: `giveback mail sent 1` if it is there" in done.err
    for refused in (give(home, server), give(home, server, "--again"), mail(home, server, "send", "1", "--yes")):
        assert refused.code == 4
        assert "not known whether it arrived" in refused.err
    arrived = len(server.postbox.received)
    assert arrived == (stage == "taken")
    if arrived:
        assert mail(home, server, "sent", "1").out.startswith("sent · ")
    else:
        assert mail(home, server, "send", "1", "--again", "--yes").code == 0
    assert len(server.postbox.received) == 1
    assert len(given(home)) == 1
    assert outbox(home) == []


def test_a_slow_server_does_not_hold_a_note_for_ever(home: Giveback, server: MailServer) -> None:
    server.postbox.stages["rcpt"] = server.postbox.hang
    done = give(home, server, GIVEBACK_MAIL_TIMEOUT="1")
    assert done.code == 6
    assert "did not answer in 1 s; the note is kept as message 1" in done.err
    assert outbox(home)[0]["state"] == "failed"


def test_what_a_user_says_of_a_message_can_be_taken_back(home: Giveback, server: MailServer) -> None:
    server.postbox.refused["ana@example.com"] = "550 no"
    give(home, server)
    for word, state in (("sent", "sent"), ("drop", "dropped")):
        tried = mail(home, server, word, "1", "--dry-run")
        assert (tried.code, outbox(home)[0]["state"]) == (0, "refused")
        assert mail(home, server, word, "1").code == 0
        assert outbox(home, done=True)[0]["state"] == state
        assert len(given(home)) == (word == "sent")
        assert home.run_here("undo").code == 0
        assert outbox(home)[0]["state"] == "refused"
        assert given(home) == []
    mail(home, server, "drop", "1")
    assert outbox(home) == []
    server.postbox.refused.clear()
    assert give(home, server).code == 0  # what was dropped may be given anew
    assert outbox(home, done=True)[0]["state"] == "sent"
    # The drop is under the gift now: both go back, and the mail server's word stands.
    assert home.run_here("undo").code == 0
    assert home.run_here("undo").code == 0
    assert outbox(home, done=True)[0]["state"] == "sent"


def test_nobody_to_send_to(home: Giveback, server: MailServer) -> None:
    done = give(home, server, who="bo")
    assert (done.code, done.out) == (3, "")
    assert "Bo has no e-mail address; nothing was sent, and the note is kept as message 1" in done.err
    assert mail(home, server, "send", "1", "--yes").code == 3
    shown = mail(home, server, "show", "1")
    assert "To: (none)" in shown.out
    assert LINK in shown.out
    assert home.run_here("edit", "bo", "--email", "bo@example.com").code == 0
    assert mail(home, server, "send", "1", "--yes", "--dry-run").out.endswith("to Bo <bo@example.com>\n")
    assert mail(home, server, "send", "1", "--yes").code == 0
    assert server.postbox.received[0].recipient == "bo@example.com"
    assert message_from_bytes(server.postbox.received[0].data, policy=default)["To"] == "Bo <bo@example.com>"
    assert len(given(home)) == 1


def test_a_draft_of_a_kept_message(home: Giveback, server: MailServer) -> None:
    server.postbox.refused["ana@example.com"] = "550 no"
    give(home, server)
    done = mail(home, server, "show", "1", "--draft")
    message = message_from_bytes(Path(done.out.strip()).read_bytes(), policy=default)
    assert (message["X-Unsent"], message["To"]) == ("1", "Łucja Ruiz <ana@example.com>")
    assert "mail sent 1" in done.err


def test_a_dry_run_sends_and_keeps_nothing(home: Giveback, server: MailServer) -> None:
    done = give(home, server, "--dry-run")
    assert done.code == 0
    assert done.err.startswith("dry run: gave Łucja Ruiz")
    assert server.postbox.sessions == 0
    assert outbox(home, done=True) == []
    assert given(home) == []


@pytest.mark.parametrize(
    ("env", "code", "said"),
    [
        ({"GIVEBACK_MAIL_HOST": ""}, 2, "no mail server is set; the note is kept as message 1"),
        ({"GIVEBACK_MAIL_PASSWORD": "wrong"}, 6, "refuses the login of sam"),
        ({"GIVEBACK_MAIL_PASSWORD": ""}, 5, "there is no keyring to hold the password of sam@smtp://localhost"),
        ({"GIVEBACK_MAIL_CA_FILE": ""}, 6, "is not trusted"),
    ],
)
@pytest.mark.usefixtures("no_keyring")
def test_whatever_is_in_the_way_the_note_is_kept(
    home: Giveback, server: MailServer, env: dict[str, str], code: int, said: str
) -> None:
    done = give(home, server, **env)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "the note is kept as message 1" in done.err
    assert "giveback mail send 1" in done.err
    assert len(done.err.splitlines()) == 1
    assert (WORD in done.err, "wrong" in done.err) == (False, False)
    assert outbox(home)[0]["state"] == "draft"
    assert given(home) == []
    assert mail(home, server, "send", "1", "--yes").code == 0
    assert len(server.postbox.received) == 1


@pytest.mark.parametrize(
    ("env", "code", "said"),
    [
        ({"GIVEBACK_MAIL_SECURITY": "plain"}, 2, "a password is not sent unencrypted"),
        ({"GIVEBACK_MAIL_SECURITY": "tls"}, 6, "no encrypted connection"),
        ({"GIVEBACK_MAIL_SECURITY": "ssl"}, 2, "mail.security is 'ssl'"),
        ({"GIVEBACK_MAIL_CA_FILE": "/nonexistent.pem"}, 2, "/nonexistent.pem has no certificates"),
        ({"GIVEBACK_MAIL_PORT": "x"}, 2, "mail.port is 'x'"),
    ],
)
def test_settings_that_cannot_be(
    giveback: Giveback, server: MailServer, env: dict[str, str], code: int, said: str
) -> None:
    done = giveback.run_here("mail", "check", env=server.environment | env)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--send",), "nobody can be asked"),
        (("--send", "--draft", "--yes"), "--send sends it"),
        (("--send", "--yes", "--via", "message"), "--send is for e-mail, not message"),
        (("--mailto", "--via", "letter"), "--mailto is for e-mail, not letter"),
    ],
)
def test_what_does_not_go_together(home: Giveback, server: MailServer, words: tuple[str, ...], said: str) -> None:
    done = home.run_here("give", "ruiz", LINK, *words, env=server.environment)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert outbox(home, done=True) == []


def test_who_the_mail_is_from_must_be_known(home: Giveback, server: MailServer) -> None:
    done = give(home, server, GIVEBACK_ME_EMAIL="")
    assert (done.code, done.err.count("me.email")) == (2, 1)
    assert give(home, server, GIVEBACK_ME_EMAIL="", GIVEBACK_MAIL_FROM='"Żółw, Sam" <s@example.org>').code == 0
    assert server.postbox.received[0].sender == "s@example.org"


# Processes


def command(home: Giveback, server: MailServer, *words: str) -> subprocess.Popen[bytes]:
    env = home.environment | server.environment
    return subprocess.Popen(
        [sys.executable, "-m", "giveback", *words],
        env=env,
        cwd=home.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_two_processes_at_once_send_one(home: Giveback, server: MailServer) -> None:
    words = ("give", "ruiz", LINK, "--send", "--yes")
    both = [command(home, server, *words) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert sorted(process.returncode for process in both) == [0, 4], said
    assert len(server.postbox.received) == 1
    assert len(given(home)) == 1


def test_a_process_killed_while_it_sends_leaves_that_open(home: Giveback, server: MailServer) -> None:
    server.postbox.stages["taken"] = server.postbox.hang
    process = command(home, server, "give", "ruiz", LINK, "--send", "--yes")
    assert server.postbox.reached.wait(60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(server.postbox.received) == 1  # the server has it, and nobody was told
    server.postbox.stages.clear()
    assert outbox(home)[0]["state"] == "sending"
    assert given(home) == []
    again = give(home, server)
    assert again.code == 4
    assert "was begun on 2026-11-23 at 12:00, and it is not known whether it arrived" in again.err
    assert "not known whether it arrived" in home.run_here("mail", "outbox").out
    assert mail(home, server, "sent", "1").code == 0
    assert len(server.postbox.received) == len(given(home)) == 1
    with closing(sqlite3.connect(home.store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_interrupt_before_the_message_is_handed_over_leaves_a_draft(home: Giveback, server: MailServer) -> None:
    server.postbox.stages["rcpt"] = server.postbox.hang
    process = command(home, server, "give", "ruiz", LINK, "--send", "--yes")
    assert server.postbox.reached.wait(60)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, said) == (130, "giveback: interrupted (what was finished is kept)\n")
    (row,) = outbox(home)
    assert (row["state"], row["error"]) == ("draft", "interrupted")


def test_on_a_terminal_it_asks_once(home: Giveback, server: MailServer) -> None:
    def asked(answer: str) -> tuple[int | None, str]:
        env = os.environ | home.environment | server.environment
        child = pexpect.spawn(
            sys.executable, ["-m", "giveback", "give", "ruiz", LINK, "--send"], env=env, encoding="utf-8", timeout=30,
            dimensions=(24, 200),
        )  # fmt: skip
        child.expect("Send it by localhost")
        before = str(child.before)
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        return child.exitstatus, before + str(child.before)

    code, said = asked("n")
    assert code == 2
    assert "To: Łucja Ruiz <ana@example.com>" in said
    assert "Subject: " in said
    assert "not sent; the note is kept as message 1" in said
    assert server.postbox.sessions == 0
    code, said = asked("y")
    assert code == 0
    assert said.count("https://example.com/orchids") == 1
    assert "sent to Łucja Ruiz" in said
    assert len(server.postbox.received) == 1


# Logging in, and what a server offers


@pytest.mark.usefixtures("in_file")
def test_the_password_is_in_the_keyring_alone(
    home: Giveback, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    env = {key: value for key, value in server.environment.items() if "PASSWORD" not in key}

    def run(*words: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return home.run_here("mail", *words, env=env)

    missing = run("check")
    hint = "giveback mail login, or set GIVEBACK_MAIL_PASSWORD"
    line = f"giveback: the keyring has no password of sam@smtp://localhost ({hint})\n"
    assert (missing.code, missing.err) == (3, line)
    assert run("login").code == 2
    assert run("login", "--dry-run", stdin=WORD + "\n").code == 0
    assert not (home.home / "keyring.json").exists()
    login = run("login", stdin=WORD + "\n")
    assert login.out == "the password of sam@smtp://localhost is in the keyring; `giveback mail check` tries it\n"
    checked = run("check")
    assert checked.code == 0, checked
    assert server.postbox.logins == [(USER, WORD)]
    assert server.postbox.received == []
    lines = checked.out.splitlines()
    assert lines[0].startswith(f"localhost:{server.port} · TLSv1.")
    assert lines[1:] == [
        "logged in as sam", "messages up to 34 MB", "addresses in any script",
        "from Sam Żółw <sam@example.com>; nothing was sent",
    ]  # fmt: skip
    kept = b"".join(path.read_bytes() for path in home.home.rglob("*") if path.is_file() and path.suffix != ".json")
    assert WORD.encode() not in kept
    assert WORD not in login.out + login.err + checked.out + checked.err
    assert run("login", "--forget").out == "no password of sam@smtp://localhost any more\n"
    assert run("check").code == 3


def test_a_store_that_fails_after_the_server_has_it_leaves_that_open(
    home: Giveback, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full", "free some space")

    with monkeypatch.context() as patch:
        patch.setattr("giveback.giving.recording.record", full)
        done = give(home, server)
    assert (done.code, done.out) == (5, "")
    assert "the disk is full (look in your sent folder: `giveback mail sent 1`" in done.err
    assert outbox(home)[0]["state"] == "sending"
    assert give(home, server).code == 4
    assert mail(home, server, "sent", "1").code == 0
    assert len(server.postbox.received) == len(given(home)) == 1


def test_the_mail_after_a_call(home: Giveback, server: MailServer) -> None:
    done = give(home, server, "--via", "call")
    assert done.code == 0, done
    (got,) = server.postbox.received
    body = message_from_bytes(got.data, policy=default).get_body(("plain",))
    assert body is not None
    assert "By the way" not in body.get_content()
    assert LINK in body.get_content()
    assert given(home) == [("call", LINK)]
