"""The command `fetch`: what it says, and that nothing is lost when it is stopped in the middle."""

from __future__ import annotations

import json
import os
import re
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


def test_without_feeds(giveback: Giveback) -> None:
    assert giveback.run("fetch") == (0, "", "giveback: no feeds yet: giveback feed add ADDRESS\n".partition(": ")[2])
    assert not Path(giveback.store).exists()
    ran = giveback.run("fetch", "--json")
    nothing = {"feeds": 0, "new": 0, "changed": 0, "unchanged": 0, "failed": [], "not_due": 0, "next_due_at": None}
    assert json.loads(ran.out) == nothing | {"full_texts": {"fetched": 0, "failed": [], "waiting": 0}}
    assert giveback.run("fetch", "creek") == (
        3,
        "",
        "giveback: no feed answers to 'creek' (`giveback feed list` shows them)\n",
    )


def test_the_morning_fetch(giveback: Giveback, server: Server, now: Now) -> None:
    server.answers |= {"/feed": feed(BASS), "/page": page(body="<p>Parked</p>"), "/lost": answer("404 Not Found")}
    add_feeds(giveback.store, now, *(f"{server.url}/{name}" for name in ("feed", "page", "lost")))
    later = {"GIVEBACK_NOW": "2026-11-26T12:00:00+00:00"}
    ran = giveback.run("fetch")
    assert (ran.code, ran.out) == (0, "3 feeds: 1 new article, 2 failed\n")
    assert sorted(ran.err.splitlines()) == [
        f"failed: {server.url}/lost: answered 404 (not found)",
        f"failed: {server.url}/page: it is a web page, not a feed",
    ]
    server.answers["/feed"] = feed(item("Bass at dusk", "https://creek.example/bass", "1"))
    ran = giveback.run_here("fetch", env=later)
    assert ran.out == "3 feeds: 0 new articles, 1 updated, 2 failed\n"
    assert f"failed: {server.url}/lost: answered 404 (not found) (since 3 days ago)\n" in ran.err
    ran = giveback.run_here("fetch", "creek", "--json", env=later)
    said = json.loads(ran.out)
    assert (said["feeds"], said["new"], said["changed"], said["unchanged"], said["failed"]) == (1, 0, 0, 1, [])
    ran = giveback.run_here("fetch", "3", "--json", env=later)
    assert (ran.code, ran.err) == (
        6,
        "giveback: nothing could be fetched (check the connection, then `giveback feed list`)\n",
    )
    failed = {"id": 3, "url": f"{server.url}/lost", "reason": "answered 404 (not found)", "gone": False}
    assert json.loads(ran.out)["failed"] == [failed | {"failing_since": "2026-11-23T12:00:00Z"}]


def at(minutes: int) -> dict[str, str]:
    """The clock, so many minutes after noon."""
    return {"GIVEBACK_NOW": f"2026-11-23T{12 + minutes // 60}:{minutes % 60:02}:00+00:00"}


def test_only_what_is_due_is_asked(giveback: Giveback, server: Server, now: Now) -> None:
    server.answers |= {"/feed": feed(BASS), "/busy": answer("429 Slow down", b"", "Retry-After: 7200")}
    add_feeds(giveback.store, now, f"{server.url}/feed", f"{server.url}/busy")
    assert giveback.run_here("fetch").out == "2 feeds: 1 new article, 1 failed\n"
    server.requests.clear()
    ran = giveback.run_here("fetch", env=at(10))
    assert (ran.code, ran.out) == (0, "")
    assert re.fullmatch(r"2 feeds not due: the next in (4\d|50) min \(giveback fetch --all\)\n", ran.err)
    assert server.requests == []
    ran = giveback.run_here("fetch", "--all", env=at(20))
    assert (ran.out, ran.err) == (
        "1 feed: 0 new articles, 1 feed unchanged\n",
        "1 feed not due: the next in 2 h (giveback fetch --all)\n",
    )
    assert giveback.run_here("fetch", "busy", env=at(119)).out == ""  # not before the two hours are over
    assert [path for path, _ in server.requests] == ["/feed"]
    server.answers["/busy"] = feed(item("Perch", "https://creek.example/perch", "2"))
    ran = giveback.run_here("fetch", "--json", env=at(121))
    said = json.loads(ran.out)
    assert (said["feeds"], said["new"], said["not_due"], said["next_due_at"]) == (2, 1, 0, None)


def test_a_feed_that_is_gone_is_told_once(giveback: Giveback, server: Server, now: Now) -> None:
    server.answers |= {"/feed": feed(BASS), "/gone": answer("410 Gone")}
    add_feeds(giveback.store, now, f"{server.url}/feed", f"{server.url}/gone")
    ran = giveback.run_here("fetch")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        f"failed: {server.url}/gone: answered 410 (gone for good)",
        "it is not asked again; its articles stay, and `giveback feed add` asks it anew",
    ]
    server.requests.clear()
    ran = giveback.run_here("fetch", "--all")
    assert (ran.out, ran.err) == ("1 feed: 0 new articles, 1 feed unchanged\n", "")
    assert giveback.run_here("fetch", "2").err == "1 feed gone for good: giveback feed list\n"
    assert [path for path, _ in server.requests] == ["/feed"]
    assert "gone for good since today" in giveback.run_here("feed", "list").out
    (gone, _) = json.loads(giveback.run_here("feed", "list", "--json").out)
    assert (gone["gone_at"], gone["next_fetch_at"]) == ("2026-11-23T12:00:00Z", None)
    server.answers["/gone"] = feed(item("Perch", "https://creek.example/perch", "2"), title="The Pond")
    ran = giveback.run_here("feed", "add", f"{server.url}/gone", "--allow-private")
    assert ran.out == "added The Pond · 1 entry\n"
    assert giveback.run_here("fetch").out == "1 feed: 1 new article\n"


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
    ran = giveback.run("fetch")
    assert (ran.code, ran.out) == (0, "1 feed: 1 new article\n")
    assert ran.err.startswith("30 feeds not due: the next in ")
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
    files = [giveback.home / f"{number}.xml" for number in range(25)]
    for file in files:  # files are read first and make a batch that fits
        file.write_bytes(rss(item(file.name, f"https://creek.example/{file.name}")))
    large = serve_many(server, 25, "They feed at dusk. " * 5_000)
    add_feeds(giveback.store, now, *(file_url(str(file)) for file in files), *large)
    with start(giveback, FULL) as child:
        out, err = child.communicate()
    assert (child.returncode, out) == (5, "")
    assert err.startswith(f"giveback: the store {giveback.store} cannot be used: ")
    assert err.count("\n") == 1
    assert "space" in err
    assert values(giveback.store, "SELECT count(*) FROM article") == [25]
    check_sound(giveback.store)
    assert giveback.run("fetch").out == "50 feeds: 25 new articles, 25 feeds unchanged\n"
    check_sound(giveback.store)


def test_two_at_once(giveback: Giveback, server: Server, now: Now) -> None:
    add_feeds(giveback.store, now, *serve_many(server, 30))
    with start(giveback, FETCH) as one, start(giveback, FETCH) as other:
        said = [child.communicate() for child in (one, other)]
    assert [child.returncode for child in (one, other)] == [0, 0], said
    new = [int(out.split()[2]) for out, _ in said]
    assert sum(new) == 30
    assert values(giveback.store, "SELECT count(*) FROM article") == [30]
    assert values(giveback.store, "SELECT count(*) FROM ranking_new") == [0]
    check_sound(giveback.store)


READ_ONLY = """
import os, sys
from giveback.cli.app import run
run(["fetch"])  # which imports what nobody may read
os.chmod(os.environ["GIVEBACK_HOME"] + "/giveback.db", 0o444)
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
sys.exit(run(["fetch", "--all"]))
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
