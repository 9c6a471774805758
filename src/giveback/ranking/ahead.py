"""Embedding while feeds are still on their way, in a process of its own, on another core.

The process is this module run by the same Python. Each line that it reads asks it to embed what waits; it ends when its
input does, so that none is left behind however its parent ends. It belongs to no terminal, so an interrupt reaches
the parent alone. What it has not done, or cannot do, is done before ranking, which also tells what is wrong.
"""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from giveback.errors import GivebackError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from giveback.ranking.embed import Made

AHEAD = 500
"""New articles that are embedded together."""
MOST_WAITING = 50
"""Batches that are held in memory while others write, about a megabyte each; then it waits for them."""


class Ahead:
    """Has new articles embedded, once they are many.

    Args:
        store: the SQLite file.
    """

    def __init__(self, store: str) -> None:
        self._store = store
        self._asked = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process, which loads its model while there is nothing to embed yet."""
        if self._process is None and sys.executable:
            with suppress(OSError):
                self._process = _start(self._store)

    def embed(self, new: int) -> None:
        """Ask for what is new to be embedded; returns at once.

        Args:
            new: articles that were stored so far.
        """
        if new - self._asked < AHEAD:
            return
        self._asked = new
        self.start()
        if self._process is None or self._process.stdin is None:
            return
        with suppress(OSError):
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()

    def embed_rest(self) -> None:
        """Say that nothing more is coming; returns at once."""
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(OSError), self._process.stdin as asked:
                asked.write(b"\n")

    def finish(self) -> None:
        """Wait until everything is embedded, where much was."""
        self.embed_rest()
        process, self._process = self._process, None
        if process is None:
            return
        # Meanwhile this one gets ready for what comes next: importing numpy and reading the model take a while.
        from giveback.matching.embedding import load_default
        from giveback.ranking import collection, rank  # noqa: F401

        with suppress(GivebackError):
            load_default()
        process.wait()


def _start(store: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module
        # -P: a file in the user's folder must not be taken for a module.
        [sys.executable, "-P", "-m", "giveback.ranking.ahead", store],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def main(store: str, asked: Iterable[bytes]) -> None:
    """Embed what waits in a store, each time that a line comes.

    It never waits for whoever else writes as long as there is something to embed: what it has made is kept when the
    store is free, at the latest when nothing more is asked.

    Args:
        store: the SQLite file.
        asked: the lines.
    """
    from giveback.matching.embedding import Model, load
    from giveback.matching.tact import load as load_tact
    from giveback.ranking.embed import make
    from giveback.store import connect

    with suppress(GivebackError), closing(connect.write(store)) as connection:
        connect.expect_much(connection)
        row = connection.execute("SELECT model FROM collection").fetchone()
        if row is not None and not Model().made(row[0]):
            return  # a transformer's work is begun when the settings are known
        embedder, judge = load(Model()), load_tact()
        embedder.encode([""])  # which loads what is only loaded when it is needed
        done = int(connection.execute("SELECT coalesce(max(article_id), 0) FROM article_vector").fetchone()[0])
        waiting: list[Made] = []
        for _ in asked:
            while made := make(connection, embedder, judge, done):
                waiting.append(made)
                done = made.last
                _keep(connection, waiting, patient=len(waiting) > MOST_WAITING)
        _keep(connection, waiting, patient=True)


def _keep(connection: sqlite3.Connection, waiting: list[Made], *, patient: bool) -> None:
    """Keep what was made; without patience only when nobody else is writing."""
    from giveback.ranking.embed import keep
    from giveback.store.connect import BUSY_MS, transaction

    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS if patient else 0}")
    try:
        with transaction(connection):
            for made in waiting:
                keep(connection, made)
    except sqlite3.OperationalError as error:
        if patient or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
    else:
        waiting.clear()


if __name__ == "__main__":
    gc.disable()
    main(sys.argv[1], sys.stdin.buffer)
