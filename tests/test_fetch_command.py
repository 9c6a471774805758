"""The command `fetch`: what it says, and that nothing is lost when it is stopped in the middle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import Giveback
from giveback.reading.addresses import file_url
from loopback import answer
from reading_helpers import add_feeds, check_sound, feed, item, page, rss, serving, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from giveback.dates import Now
    from loopback import Server

LURES = "Topwater lures and soft plastics for bass fishing on a quiet lake: how to tie, cast and retrieve them."
BASS = item("Lures for bass fishing", "https://creek.example/bass", "1", LURES)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def start(giveback: Giveback, code: str) -> subprocess.Popen[str]:
    """Run Python with giveback in a process that can be stopped."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(giveback.home),
        "GIVEBACK_HOME": str(giveback.home),
        "GIVEBACK_NOW": "2026-11-23T12:00:00+00:00",
        "NO_COLOR": "1",
        "COLUMNS": "80",
    }
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], env=env, stdout=pipe, stderr=pipe, text=True)


FETCH = "import sys; from giveback.cli.app import run; sys.exit(run(['fetch']))"


def serve_many(server: Server, count: int, text: str = "") -> list[str]:
    """Feeds with one article each."""
    for number in range(count):
        words = f"Where largemouth bass feed, part {number}. {text}"
        server.answers[f"/{number}"] = feed(item(f"Bass {number}", f"https://creek.example/{number}", "1", words))
    return [f"{server.url}/{number}" for number in range(count)]


def wait_until(store: str, sql: str, child: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    with closing(sqlite3.connect(store)) as connection:
        while not connection.execute(sql).fetchone()[0]:
            assert child.poll() is None, child.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)


def children(parent: int) -> list[Path]:
    """The processes that a process has started, where the system tells."""
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [Path("/proc", number) for file in listed for number in file.read_text().split()]


def wait_for_the_end_of(processes: Sequence[Path]) -> None:
    deadline = time.monotonic() + 30
    while any(process.exists() and "\nState:\tZ" not in (process / "status").read_text() for process in processes):
        assert time.monotonic() < deadline
        time.sleep(0.01)


# What it says


NOTHING = {
    "feeds": 0,
    "new": 0,
    "changed": 0,
    "unchanged": 0,
    "failed": [],
    "not_due": 0,
    "next_due_at": None,
    "full_texts": {"fetched": 0, "failed": [], "waiting": 0},
}


def test_without_feeds(giveback: Giveback) -> None:
    assert giveback.run("fetch") == (0, "", "giveback: no feeds yet: giveback feed add ADDRESS\n".partition(": ")[2])
    assert not Path(giveback.store).exists()
    ran = giveback.run("fetch", "--json")
    assert json.loads(ran.out) == NOTHING
    assert giveback.run("fetch", "creek") == (
        3,
        "",
        "giveback: no feed answers to 'creek' (`giveback feed list` shows them)\n",
    )


def test_the_morning_fetch(giveback: Giveback, server: Server, now: Now) -> None:
    server.answers |= {"/feed": feed(BASS), "/page": page(body="<p>Parked</p>"), "/gone": answer("410 Gone")}
    add_feeds(giveback.store, now, *(f"{server.url}/{name}" for name in ("feed", "page", "gone")))
    later = {"GIVEBACK_NOW": "2026-11-26T12:00:00+00:00"}
    ran = giveback.run("fetch")
    assert (ran.code, ran.out) == (0, "3 feeds: 1 new article, 2 failed\n")
    assert sorted(ran.err.splitlines()) == [
        f"failed: {server.url}/gone: answered 410 (gone for good)",
        f"failed: {server.url}/page: it is a web page, not a feed",
        "it is not asked again; its articles stay, and `giveback feed add` asks it anew",
    ]
    server.answers["/feed"] = feed(item("Bass at dusk", "https://creek.example/bass", "1"))
    ran = giveback.run_here("fetch", env=later)
    assert ran.out == "2 feeds: 0 new articles, 1 updated, 1 failed\n"
    assert f"failed: {server.url}/page: it is a web page, not a feed (since 3 days ago)\n" in ran.err
    ran = giveback.run_here("fetch", "creek", "--json", env=later)
    assert json.loads(ran.out) == NOTHING | {"feeds": 1, "unchanged": 1}
    ran = giveback.run_here("fetch", "2", "--json", env=later)
    assert (ran.code, ran.err) == (
        6,
        "giveback: nothing could be fetched (check the connection, then `giveback feed list`)\n",
    )
    failed = {"id": 2, "url": f"{server.url}/page", "reason": "it is a web page, not a feed", "gone": False}
    assert json.loads(ran.out)["failed"] == [failed | {"failing_since": "2026-11-23T12:00:00Z"}]


def test_what_it_brings_is_ranked(giveback: Giveback, server: Server, now: Now) -> None:
    assert giveback.run_here("add-contact", "Ana Ruiz", "--interest", "bass fishing").code == 0
    server.answers["/feed"] = feed(BASS)
    add_feeds(giveback.store, now, f"{server.url}/feed")
    assert giveback.run_here("fetch").code == 0
    (shown,) = json.loads(giveback.run("suggest", "ana", "--json").out)
    assert [one["title"] for one in shown["suggestions"]] == ["Lures for bass fishing"]


# Stopped in the middle


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_stopped_in_the_middle(giveback: Giveback, server: Server, now: Now, *, stop: int, code: int) -> None:
    urls = serve_many(server, 30)
    server.answers["/hanging"] = server.hang
    add_feeds(giveback.store, now, f"{server.url}/hanging", *urls)
    with start(giveback, FETCH) as child:
        wait_until(giveback.store, "SELECT count(*) = 30 FROM article", child)
        workers = children(child.pid)
        child.send_signal(stop)
        out, err = child.communicate()
    assert (child.returncode, out) == (code, "")
    assert err == ("giveback: interrupted (what was finished is kept)\n" if code == 130 else "")
    assert values(giveback.store, "SELECT count(*) FROM article") == [30]
    assert values(giveback.store, "SELECT count(*) FROM feed WHERE checked_at IS NOT NULL") == [30]
    wait_for_the_end_of(workers)
    check_sound(giveback.store)
    server.answers["/hanging"] = feed(BASS)
    ran = giveback.run("fetch", "--all")
    assert (ran.code, ran.out) == (0, "31 feeds: 1 new article, 30 feeds unchanged\n")
    assert values(giveback.store, "SELECT count(*) FROM ranking_new") == [0]
    check_sound(giveback.store)


KILLED_BEFORE_RANKING = f"""
import os, signal
from giveback.ranking import refresh
refresh.refresh = lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL)
{FETCH}
"""


def test_killed_between_storing_and_ranking(giveback: Giveback, server: Server, now: Now) -> None:
    assert giveback.run("add-contact", "Ana Ruiz", "--interest", "bass fishing").code == 0
    server.answers["/feed"] = feed(BASS)
    add_feeds(giveback.store, now, f"{server.url}/feed")
    with start(giveback, KILLED_BEFORE_RANKING) as child:
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert values(giveback.store, "SELECT count(*) FROM ranking_new") == [1]
    check_sound(giveback.store)
    (shown,) = json.loads(giveback.run("suggest", "ana", "--json").out)
    assert [one["title"] for one in shown["suggestions"]] == ["Lures for bass fishing"]
    assert giveback.run("fetch", "--all").out == "1 feed: 0 new articles, 1 feed unchanged\n"


FULL = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)); {FETCH}"


def test_a_full_disk(giveback: Giveback, server: Server, now: Now) -> None:
    files = [giveback.home / f"{number}.xml" for number in range(60)]
    for file in files:  # files are read first and make a batch that fits
        file.write_bytes(rss(item(file.name, f"https://creek.example/{file.name}")))
    large = serve_many(server, 25, "They feed at dusk. " * 5_000)
    add_feeds(giveback.store, now, *(file_url(str(file)) for file in files), *large)
    with start(giveback, FULL) as child:
        out, err = child.communicate()
    assert (child.returncode, out) == (5, "")
    assert err.startswith(f"giveback: the store {giveback.store} cannot be used: ")
    assert err.count("\n") == 1
    assert "(free some space on the disk" in err
    assert "; what came in before is kept, and the next fetch brings the rest)" in err
    (kept,) = values(giveback.store, "SELECT count(*) FROM article")
    assert 0 < kept < 85
    assert values(giveback.store, "SELECT count(*) FROM feed WHERE checked_at IS NOT NULL") == [kept]
    check_sound(giveback.store)
    assert giveback.run("fetch", "--all").out == f"85 feeds: {85 - kept} new articles, {kept} feeds unchanged\n"
    check_sound(giveback.store)


def test_two_at_once(giveback: Giveback, server: Server, now: Now) -> None:
    add_feeds(giveback.store, now, *serve_many(server, 10), f"{server.url}/hanging")
    server.answers["/hanging"] = server.hang
    with start(giveback, FETCH) as child:
        wait_until(giveback.store, "SELECT count(*) = 10 FROM article", child)
        for arguments, out in (("fetch",), ""), (("fetch", "1", "--json"), "{"):
            ran = giveback.run(*arguments)
            assert (ran.code, ran.err) == (0, "another fetch is running, and brings in what is new\n")
            assert ran.out[:1] == out
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert giveback.run("fetch", "1").code == 0  # a lock does not outlive who holds it
    check_sound(giveback.store)


READ_ONLY = """
import os, sys
from giveback.cli.app import run
run(["fetch"])  # which imports what nobody may read
os.chmod(os.environ["GIVEBACK_HOME"] + "/giveback.db", 0o444)
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
sys.exit(run(["fetch"]))
"""


def test_a_store_that_cannot_be_written(server: Server, now: Now) -> None:
    server.answers["/feed"] = feed(BASS)
    # A folder of its own: pytest's is closed to the user that the child becomes.
    with tempfile.TemporaryDirectory() as folder:
        giveback = Giveback(Path(folder))
        giveback.home.chmod(0o755)
        add_feeds(giveback.store, now, f"{server.url}/feed")
        with start(giveback, READ_ONLY) as child:
            out, err = child.communicate()
    assert (child.returncode, out) == (5, "1 feed: 1 new article\n")
    assert "make the file and its folder writable" in err
    assert err.count("\n") == 1
    assert len(server.requests) == 1  # nothing is asked for that could not be kept


def test_what_was_stored_but_not_ranked_is_ranked_though_no_feed_is_due(
    giveback: Giveback, server: Server, now: Now
) -> None:
    server.answers["/feed"] = feed(BASS)
    add_feeds(giveback.store, now, f"{server.url}/feed")
    assert giveback.run_here("fetch").code == 0
    with closing(sqlite3.connect(giveback.store)) as connection, connection:
        connection.execute("DELETE FROM article_vector")  # as after a kill behind the last batch
        connection.execute("INSERT INTO ranking_new SELECT id FROM article")
    again = giveback.run_here("fetch")
    assert "1 feed not due" in again.out + again.err
    assert values(giveback.store, "SELECT count(*) FROM ranking_new") == [0]
    assert values(giveback.store, "SELECT count(*) FROM article_vector") == [1]
