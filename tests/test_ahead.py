"""Embedding while feeds are on their way: what is many is done by another process, the rest is left for ranking."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from giveback.ranking import ahead as ahead_module
from giveback.ranking.ahead import AHEAD, Ahead
from giveback.ranking.ahead import main as ahead_main
from giveback.ranking.embed import waiting_articles
from giveback.ranking.refresh import refresh
from giveback.store import connect
from giveback.store.connect import transaction
from processes import ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from giveback.ranking.embed import Made

PARENT = """
import sys, time
from giveback.ranking.ahead import AHEAD, Ahead
ahead = Ahead(sys.argv[1])
ahead.embed(AHEAD)
print(ahead._process.pid, flush=True)
time.sleep(60)
"""


def fill(store: str, model: str = "") -> None:
    with closing(connect.write(store)) as connection, transaction(connection):
        connection.executemany(
            "INSERT INTO article (url, title, first_seen_at) VALUES (?, 'Bass at dusk', '2026')",
            [(f"https://creek.example/{number}",) for number in range(5)],
        )
        if model:
            connection.execute("INSERT INTO collection VALUES (1, ?, 5, 3, 5, x'', x'')", (model,))


def waiting(store: str) -> int:
    with closing(sqlite3.connect(store)) as connection:
        return waiting_articles(connection, "wordllama-256/1")


def test_what_is_asked_for_is_done_when_it_ends(store: str) -> None:
    fill(store)
    ahead = Ahead(store)
    ahead.embed(AHEAD)
    ahead.finish()
    assert waiting(store) == 0
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM article_tact").fetchone() == (5,)
    assert refresh(store).embedded == 0


def test_it_does_not_wait_for_who_else_writes_and_drops_what_has_changed_meanwhile(store: str) -> None:
    fill(store)

    def asked() -> Iterator[bytes]:
        with closing(connect.write(store)) as connection, transaction(connection):
            yield b"\n"  # comes back when all is made, though nothing can be kept
            connection.execute("UPDATE article SET summary = 'of pike, that is' WHERE id = 2")
            connection.execute("DELETE FROM article WHERE id = 3")
        assert waiting(store) == 4

    ahead_main(store, asked())
    assert waiting(store) == 1
    assert refresh(store).embedded == 1


def test_it_holds_no_more_than_it_may(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    monkeypatch.setattr("giveback.ranking.embed.BATCH", 2)
    monkeypatch.setattr("giveback.ranking.ahead.MOST_WAITING", 1)
    held: list[int] = []
    keep = ahead_module._keep

    def keeping(connection: sqlite3.Connection, waiting: list[Made], *, patient: bool) -> None:
        held.append(len(waiting))
        if patient:
            keep(connection, waiting, patient=True)

    monkeypatch.setattr(ahead_module, "_keep", keeping)
    ahead_main(store, iter([b"\n"]))
    assert held == [1, 2, 1, 1]
    assert waiting(store) == 0


def test_few_start_nothing(store: str) -> None:
    ahead = Ahead(store)
    ahead.embed(AHEAD - 1)
    assert ahead._process is None
    ahead.finish()


def test_a_transformers_work_is_not_begun(store: str) -> None:
    fill(store, "onnx-384/0123456789ab")
    ahead = Ahead(store)
    ahead.embed(AHEAD)
    ahead.finish()
    assert waiting(store) == 5


def test_where_no_process_can_be_started_ranking_does_it(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    ahead = Ahead(store)
    ahead.embed(AHEAD)
    ahead.finish()
    assert waiting(store) == 5


def test_one_that_ended_is_no_trouble(store: str) -> None:
    ahead = Ahead(store)
    ahead.embed(AHEAD)
    assert ahead._process is not None
    ahead._process.kill()
    ahead._process.wait()
    ahead.embed(2 * AHEAD)
    ahead.finish()


def test_none_is_left_behind(store: str) -> None:
    fill(store)
    with subprocess.Popen([sys.executable, "-c", PARENT, store], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        os.kill(number, 0)
        parent.kill()
    assert ends(number)
