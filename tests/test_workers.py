"""Parsing in processes of their own: the same result, and nothing that one does harms another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest

from giveback.reading import workers
from giveback.reading.workers import Body, Pool, Read, read
from processes import ends
from reading_helpers import item, rss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD = rss(item("Bass \u202e at dusk", "https://creek.example/bass?utm_id=1", "1", "<p>Where bass feed.</p>" * 3))


def body(data: bytes) -> Body:
    return Body(data, "https://creek.example/feed", "application/rss+xml", "https://creek.example/feed", NOW)


class Asked:
    """A pool, and what it answered."""

    def __init__(self) -> None:
        self.answers: SimpleQueue[tuple[Any, Read]] = SimpleQueue()
        self.pool = Pool(lambda ticket, found: self.answers.put((ticket, found)), size=1)

    def ask(self, data: bytes) -> Read:
        self.pool.submit(data, body(data))
        ticket, found = self.answers.get(timeout=60)
        assert ticket == data
        return found

    @property
    def process(self) -> int:
        process = self.pool._workers[0]._process
        assert process is not None
        return process.pid


@pytest.fixture
def asked() -> Iterator[Asked]:
    asked = Asked()
    yield asked
    asked.pool.finish()


def test_the_result_is_that_of_this_process(asked: Asked) -> None:
    dated = item("Old", guid="2").replace("</item>", "<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate></item>")
    json = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "\\ud800 \\u001b[31m"}]}'
    for data in (GOOD, rss(dated, "<ttl>60</ttl>"), rss(), json, b"", b"<html>", bytes(range(256))):
        assert asked.ask(data) == read(body(data))
    assert read(body(GOOD)).items[0].entry.title == "Bass at dusk"


def test_one_that_crashes_costs_one_feed(asked: Asked) -> None:
    asked.ask(GOOD)
    os.kill(asked.process, signal.SIGKILL)
    assert asked.ask(b"lost").failure == "it cannot be read (its parser broke off)"
    assert asked.ask(GOOD) == read(body(GOOD))


def test_one_that_hangs_is_ended(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.ask(GOOD)
    monkeypatch.setattr(workers, "SECONDS", 0)
    os.kill(asked.process, signal.SIGSTOP)
    assert asked.ask(b"lost").failure.startswith("it cannot be read (parsing took longer")
    assert asked.ask(GOOD) == read(body(GOOD))


def test_where_no_process_can_be_started_parsing_is_done_here(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert asked.ask(GOOD) == read(body(GOOD))


def test_a_file_of_the_user_is_not_taken_for_a_module(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert asked.ask(GOOD) == read(body(GOOD))


PARENT = """
import sys, time
from datetime import UTC, datetime
from giveback.reading.workers import Body, Pool
pool = Pool(lambda ticket, found: print(pool._workers[0]._process.pid, flush=True), size=1)
pool.submit(1, Body(b"<rss/>", "", "", "", datetime.now(UTC)))
time.sleep(60)
"""


def test_none_is_left_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        os.kill(number, 0)
        parent.kill()
    assert ends(number)
