"""Passwords of feeds: in the keyring and nowhere else."""

from __future__ import annotations

import base64
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from keyring_file import FileKeyring
from loopback import answer
from reading_helpers import BASS, feed, rows, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from conftest import Giveback, Ran
    from loopback import Server

WORD = "hush!s%3At:x"
IN_ADDRESS = "hush!s%253At%3Ax"
RIGHT = "Basic " + base64.b64encode(f"kim:{WORD}".encode()).decode()
FILE = {"PYTHON_KEYRING_BACKEND": "keyring_file.FileKeyring", "PYTHONPATH": str(Path(__file__).parent)}
NONE = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
NULL = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        running.answers["/feed"] = guarded(running)
        yield running


@pytest.fixture
def in_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The keyring of this process is a file in the home."""
    import keyring

    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring leaves it untyped
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    yield
    keyring.set_keyring(before)


def guarded(server: Server) -> Callable[[socket.socket], None]:
    """Gives the feed to whoever has the password."""

    def told(connection: socket.socket) -> None:
        allowed = server.requests[-1][1].get("authorization") == RIGHT
        said = feed(BASS) if allowed else answer("401 No", b"", 'WWW-Authenticate: Basic realm="x"')
        connection.sendall(said)

    return told


def with_login(server: Server, login: str = f"kim:{IN_ADDRESS}") -> str:
    return server.url.replace("http://", f"http://{login}@") + "/feed"


def account(server: Server, user: str = "kim") -> str:
    return f"{user}@{server.url}"


def nothing_tells(giveback: Giveback, *said: Ran) -> None:
    """The password is in no file but the keyring's, and in no output."""
    text = "".join(ran.out + ran.err for ran in said).encode()
    kept = b"".join(path.read_bytes() for path in giveback.home.rglob("*") if path.is_file() and path.suffix != ".json")
    for word in (WORD, IN_ADDRESS, "hush"):
        assert word.encode() not in text
        assert word.encode() not in kept


def test_a_password_in_the_address_moves_into_the_keyring(giveback: Giveback, server: Server) -> None:
    added = giveback.run("feed", "add", with_login(server), "--allow-private", env=FILE)
    assert (added.code, added.out) == (0, "added The Creek · 1 entry\n"), added
    assert rows(giveback.store, "SELECT url, username FROM feed") == [(f"{server.url}/feed", "kim")]
    fetched = giveback.run("fetch", env=FILE)
    assert fetched.out == "1 feed: 1 new article\n", fetched
    listed = giveback.run("feed", "list", "--json", env=FILE)
    assert '"user": "kim"' in listed.out
    backup = giveback.run("backup", str(giveback.home / "copy.db"), env=FILE)
    nothing_tells(giveback, added, fetched, listed, backup)
    assert WORD in (giveback.home / "keyring.json").read_text("utf-8")


def test_login_and_out_again(
    giveback: Giveback, server: Server, in_file: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert in_file is None

    def run(*arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return giveback.run_here(*arguments)

    server.answers["/feed"], closed = feed(), server.answers["/feed"]
    run("feed", "add", f"{server.url}/feed", "--allow-private")
    server.answers["/feed"] = closed
    refused = run("fetch")
    assert "answered 401 (it wants a password)" in refused.err
    said = [run("feed", "login", "1", "--user", "kim", "--dry-run", stdin=WORD + "\n")]
    assert not (giveback.home / "keyring.json").exists()
    said.append(run("feed", "login", "1", "--user", "kim", stdin=WORD + "\n"))
    assert said[-1] == (0, "The Creek: asked as kim; the password is in the keyring\n", "")
    said.append(run("fetch"))  # due again at once
    assert said[-1].out == "1 feed: 1 new article\n"
    said.append(run("feed", "login", "1", "--forget"))
    assert said[-1] == (0, "The Creek: no user name and no password any more\n", "")
    assert WORD not in (giveback.home / "keyring.json").read_text("utf-8")
    said.append(run("undo"))  # the name comes back, a secret does not
    said.append(run("fetch", "1"))
    assert f"the keyring has no password of {account(server)}" in said[-1].err
    nothing_tells(giveback, refused, *said)


def test_a_list_of_feeds_with_passwords(giveback: Giveback, server: Server, in_file: None) -> None:
    assert in_file is None
    urls = giveback.home / "urls"
    urls.write_text(with_login(server) + "\nhttps://kim:hush@:0/\n", "utf-8")
    ran = giveback.run_here("feed", "import", "urls", "--allow-private")
    urls.unlink()
    assert "hush" not in ran.out + ran.err
    assert rows(giveback.store, "SELECT url, username FROM feed") == [(f"{server.url}/feed", "kim")]
    fetched = giveback.run_here("fetch")
    assert fetched.out == "1 feed: 1 new article\n"
    nothing_tells(giveback, ran, fetched)


@pytest.mark.parametrize("backend", [NONE, NULL])
def test_without_a_keyring_nothing_is_kept(giveback: Giveback, server: Server, backend: dict[str, str]) -> None:
    ran = giveback.run("feed", "add", with_login(server), "--allow-private", env=backend)
    hint = "install GNOME Keyring, KWallet or a backend of Python's keyring, see docs/howto.md"
    assert ran == (5, "", f"giveback: there is no keyring to hold the password of {account(server)} ({hint})\n")
    assert not Path(giveback.store).exists()
    nothing_tells(giveback, ran)


def test_a_wrong_password_is_told_when_a_feed_is_added(giveback: Giveback, server: Server) -> None:
    ran = giveback.run("feed", "add", with_login(server, "kim:hush"), "--allow-private", env=FILE)
    message = f"giveback: {server.url}/feed: answered 401 (it does not take the password)\n"
    assert ran == (6, "", message)
    assert not (giveback.home / "keyring.json").exists()


def test_a_user_name_alone_asks_for_the_password(giveback: Giveback, server: Server, in_file: None) -> None:
    assert in_file is None
    ran = giveback.run_here("feed", "add", with_login(server, "kim"), "--allow-private")
    hint = "run it on a terminal, or pipe the password in"
    assert ran == (2, "", f"giveback: there is no password of {account(server)} ({hint})\n")
    assert giveback.run_here("feed", "login", "1").code == 3
    arguments = ["-m", "giveback", "feed", "add", with_login(server, "kim"), "--allow-private"]
    child = pexpect.spawn(
        sys.executable, arguments, env={**os.environ, **giveback.environment, **FILE}, encoding="utf-8", timeout=30
    )
    child.expect("Password of kim@")
    child.expect(":")
    child.sendline(WORD)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    assert "added The Creek" in str(child.before)
    assert "hush" not in str(child.before)  # what is typed is not shown


def test_an_address_that_is_none_does_not_tell_its_password(giveback: Giveback) -> None:
    for said in ("htp://kim:hush@creek.example/feed", "http://kim:hush@:0/", "https://kim:hush@10.0.0.1/feed"):
        ran = giveback.run_here("feed", "add", said)
        assert ran.code in {2, 6}
        assert "hush" not in ran.err, ran
