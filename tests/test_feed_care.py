"""How feeds are listed, what an older store becomes, and who servers think is asking."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from giveback.cli.feedcare import span, wait
from giveback.reading.http import user_agent
from giveback.store import connect
from giveback.store.migrations import STEPS
from loopback import answer
from reading_helpers import BASS, add_feeds, bring, feed, item, rows, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Giveback
    from giveback.dates import Now
    from loopback import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


LONG = "A Year of Notes on Quiet Waters, Their Fish, and the People Who Walk Along Them at Dusk"


def some_feeds(giveback: Giveback, server: Server, now: Now) -> None:
    """One that does well, of which something was given, and one that fails."""
    server.answers["/feed"] = feed(BASS, item("Perch", "https://creek.example/perch", "2"), title=LONG)
    add_feeds(giveback.store, now, f"{server.url}/feed", f"{server.url}/missing", f"{server.url}/never-asked")
    assert giveback.run_here("fetch", "1", "2").code == 0
    assert giveback.run_here("feed", "edit", "1", "--topic", "fishing").code == 0
    assert giveback.run_here("add-contact", "Ana Ruiz", "--interest", "bass").code == 0
    assert giveback.run_here("give", "ana", "1").code == 0
    with closing(sqlite3.connect(giveback.store)) as connection, connection:
        connection.execute("UPDATE article SET first_seen_at = '2026-11-10T00:00:00Z' WHERE id = 2")
        connection.execute("UPDATE feed SET next_fetch_at = '2026-11-23T15:00:00Z' WHERE id IN (1, 2)")


def test_the_list_says_how_feeds_are_doing(giveback: Giveback, server: Server, now: Now) -> None:
    some_feeds(giveback, server, now)
    later = {"GIVEBACK_NOW": "2026-11-23T12:30:00+00:00"}
    ran = giveback.run_here("feed", "list", env=later)
    found = {line.split("  ")[0]: line for line in ran.out.splitlines()}
    assert [word in found["1"] for word in (LONG, "30 min ago", "in 2 h", "fishing")] == [True] * 4
    assert found["1"].split(LONG)[1].split() == ["30", "min", "ago", "1", "2", "1", "in", "2", "h", "fishing"]
    assert found["2"].endswith("failing since today: answered 404 (not found)")
    assert [word in found["3"] for word in ("never", "now")] == [True] * 2
    one, two, three = sorted(json.loads(giveback.run_here("feed", "list", "--json").out), key=lambda row: row["id"])
    assert (one["new_in_7_days"], one["new_in_30_days"], one["given"], one["articles"]) == (1, 2, 1, 2)
    assert (two["failures"], two["error"]) == (1, "answered 404 (not found)")
    assert (two["failing_since"], two["next_fetch_at"]) == ("2026-11-23T12:00:00Z", "2026-11-23T15:00:00Z")
    assert (three["checked_at"], three["next_fetch_at"]) == (None, None)


def test_the_list_fits_a_terminal_of_80_columns(giveback: Giveback, server: Server, now: Now) -> None:
    some_feeds(giveback, server, now)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "giveback", "feed", "list"],
        env={**os.environ, **giveback.environment, "TERM": "xterm"},
        encoding="utf-8",
        dimensions=(40, 80),
        timeout=60,
    )
    child.expect(pexpect.EOF)
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", str(child.before)).splitlines()]
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert "failing since today: answered 404" in " ".join(text.split())
    assert "in 3 h" in text


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.2, "1 min"), (59, "59 min"), (60, "1 h"), (150, "2 h"), (47 * 60, "47 h"), (3000, "2 d")]
)
def test_spans(now: Now, minutes: float, said: str) -> None:
    length = timedelta(minutes=minutes)
    assert span(length) == said
    assert wait(now.at + length, now.at) == f"in {said}"
    assert wait(now.at, now.at) == wait(None, now.at) == "now"


def test_many_feeds_are_counted_from_indexes(store: str) -> None:
    from giveback.store.questions import feeds

    connect.write(store).close()
    with closing(sqlite3.connect(store)) as connection:
        since = {"week": "2026", "month": "2026"}
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {feeds._HEALTH}", since)]
    assert any("COVERING INDEX article_feed" in line for line in plan)
    assert any("COVERING INDEX" in line and "feed_entry" in line for line in plan)


def test_an_older_store_loses_its_passwords_and_nothing_else(store: str, now: Now) -> None:
    Path(store).parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        STEPS[0](connection)
        connection.execute(f"PRAGMA application_id = {connect.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        for url in ("https://kim%40x:hush@creek.example:8443/feed?a=b@c", "https://pond.example/a@b", "file:///a@b"):
            connection.execute("INSERT INTO feed (url, added_at) VALUES (?, '2026-01-01T00:00:00Z')", (url,))
        # Without its password, this one would be the feed that is there.
        for url in ("https://lake.example/feed", "https://pat:hush@lake.example/feed"):
            connection.execute("INSERT INTO feed (url, added_at) VALUES (?, '2026-01-01T00:00:00Z')", (url,))
    connect.write(store).close()
    assert b"hush" not in Path(store).read_bytes()
    assert rows(store, "SELECT url, username, full_text, next_fetch_at FROM feed") == [
        ("https://creek.example:8443/feed?a=b@c", "kim@x", 0, None),
        ("https://pond.example/a@b", "", 0, None),
        ("file:///a@b", "", 0, None),
        ("https://lake.example/feed", "", 0, None),
        ("https://lake.example/feed#login-5", "pat", 0, None),
    ]
    add_feeds(store, now, "https://brook.example/feed")  # and the journal knows the new columns
    assert rows(store, "SELECT count(*) FROM journal_entry WHERE \"table\" = 'feed'") == [(1,)]


def test_what_a_fetch_learned_survives_an_undo(giveback: Giveback, server: Server, now: Now) -> None:
    server.answers["/feed"] = feed(BASS)
    add_feeds(giveback.store, now, f"{server.url}/feed")
    assert giveback.run_here("feed", "edit", "1", "--full-text").code == 0
    bring(giveback.store, now)
    learned = rows(giveback.store, "SELECT next_fetch_at, fetch_interval, checked_at FROM feed")
    assert learned[0][0] > "2026-11-23T12:00:00Z"
    assert giveback.run_here("undo").code == 0
    assert rows(giveback.store, "SELECT next_fetch_at, fetch_interval, checked_at FROM feed") == learned
    assert rows(giveback.store, "SELECT full_text FROM feed") == [(0,)]


STATED = (
    b"<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title>t</title>"
    b"<ttl>90</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency>"
    b"<item><title>a</title><pubDate>Mon, 23 Nov 2026 11:59:00 GMT</pubDate></item></channel></rss>"
)


def test_what_a_feed_states_is_heard(server: Server, store: str, now: Now) -> None:
    server.answers["/feed"] = answer("200 OK", STATED, "Cache-Control: max-age=10800")
    add_feeds(store, now, f"{server.url}/feed")
    bring(store, now)
    assert rows(store, "SELECT stated_interval, fetch_interval, next_fetch_at FROM feed") == [
        (7200, 7200, "2026-11-23T15:00:00Z")
    ]


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("", ""),
        ("kim@example.org", "; kim@example.org"),
        ("https://example.org/me", "; https://example.org/me"),
        ("a)\r\nX: (b\\ü", "; aX: b"),
    ],
)
def test_servers_are_told_who_asks(monkeypatch: pytest.MonkeyPatch, contact: str, shown: str) -> None:
    monkeypatch.setenv("GIVEBACK_FETCH_CONTACT", contact)
    agent = user_agent()
    assert agent.startswith("giveback/")
    assert agent.endswith(f" (feed reader for one person{shown})")


# What is due


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
