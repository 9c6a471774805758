"""What happens to answers while others are on their way: parsed, stored, made ready to be ranked.

The network is asked on the main thread, parsing and embedding are done by other processes, and one thread writes what
came. So a fetch takes as long as the slowest of them, not as long as all.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from giveback.ranking.ahead import Ahead
from giveback.reading.workers import Body, Pool, Read, read

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from giveback.dates import Now
    from giveback.reading.fetching import Known, Outcome
    from giveback.reading.values import Fetched, FetchFailure

BATCH = 25
"""Feeds per transaction: few enough that a kill loses little, many enough that commits cost little."""
PATIENCE = 0.5
"""Seconds that a result waits for others to be stored with it."""
HANDFUL = 6
"""So many bodies are parsed at once, before it is worth starting processes."""
MOST_WAITING = 12_000_000
"""Bytes of bodies that are on their way into the store: with more, the network has to wait."""
LONGEST_WAIT = 10.0
"""Seconds that it waits at most, since the time that a feed may take goes on."""
_M_ARENA_MAX = -8


def share_memory() -> None:
    """Let all threads allocate from one arena; call it before there are any.

    glibc gives each thread its own, and what the writing thread has freed after embedding would be of no use to
    the ranking that follows: a fifth of a first fetch's memory (mallopt(3), M_ARENA_MAX).
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


class Result(NamedTuple):
    """A feed that came in.

    Attributes:
        feed: which one.
        answer: what the server said; None for a file.
        body: its content, where it is to be parsed.
        read: what was in it; None when it is as it was before, or not read yet.
        body_hash: of the content.
        size: bytes that are on their way into the store.
        failure: why it cannot be read, or "".
    """

    feed: Known
    answer: Fetched | FetchFailure | None = None
    body: Body | None = None
    read: Read | None = None
    body_hash: str | None = None
    size: int = 0
    failure: str = ""


class Pipeline:
    """Takes what comes in, and stores it a batch at a time.

    Args:
        store: the SQLite file.
        now: the clock.
        write: stores results inside a transaction, and tells what came of each.
        on_error: called on another thread when the store cannot be written.
    """

    def __init__(
        self,
        store: str,
        now: Now,
        write: Callable[[sqlite3.Connection, Sequence[Result], Now], list[Outcome]],
        on_error: Callable[[], None] = lambda: None,
    ) -> None:
        self._path, self._now, self._write, self.on_error = store, now, write, on_error
        self.outcomes: list[Outcome] = []
        self.error: BaseException | None = None
        self._results: SimpleQueue[Result | None] = SimpleQueue()
        self._bodies = 0
        self._room = _Room(MOST_WAITING)
        self._pool = Pool(self._parsed)
        self._ahead = Ahead(store)
        self._thread = threading.Thread(target=self._run, daemon=True, name="giveback-store")
        self._thread.start()

    def get_ready(self) -> None:
        """Start what works on much, before the first of it is there."""
        self._bodies += HANDFUL
        self._pool.start()
        self._ahead.start()

    def add(self, result: Result) -> None:
        """Take a feed that came in.

        Raises:
            StoreError: the store could not be written meanwhile.
        """
        if self.error is not None:
            raise self.error
        if result.body is None:
            self._results.put(result)
            return
        body, size = result.body, len(result.body.data)
        self._room.take(size)
        self._bodies += 1
        if self._bodies <= HANDFUL:
            self._results.put(result._replace(size=size))
        else:
            self._pool.submit(result._replace(body=None, size=size), body)

    def finish(self) -> list[Outcome]:
        """Wait until everything is stored.

        Returns:
            One outcome a feed, in the order in which they were stored.

        Raises:
            StoreError: the store could not be written; the batches before stay.
        """
        self._pool.finish()
        return self._end()

    def stop(self) -> list[Outcome]:
        """Store what is parsed already, and drop the rest; as `finish` otherwise."""
        self._pool.stop()
        return self._end()

    def _end(self) -> list[Outcome]:
        self._results.put(None)
        self._thread.join()
        if self.error is not None:
            raise self.error
        return self.outcomes

    def _parsed(self, result: Result, found: Read) -> None:
        self._results.put(result._replace(read=found, failure=found.failure))

    def _run(self) -> None:
        """Work of the thread that writes."""
        from giveback.store import connect

        connection: sqlite3.Connection | None = None
        try:
            connection = connect.write(self._path)
            connect.expect_much(connection)
            going = True
            while going:
                going, batch = self._batch()
                if batch:
                    self._store(connection, batch)
                if going:
                    self._ahead.embed(sum(outcome.new for outcome in self.outcomes))
            self._ahead.embed_rest()
            connect.copy_out_of_log(connection)  # while the rest is embedded, not after it
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self.error = _explained(self._path, error)
            self._room.give(sys.maxsize)
            self.on_error()
        finally:
            if connection is not None:
                connection.close()
            self._ahead.finish()

    def _batch(self) -> tuple[bool, list[Result]]:
        """Wait for results, not long for more than one; False with them when they are the last."""
        first = self._results.get()
        if first is None:
            return False, []
        batch, until = [first], monotonic() + PATIENCE
        while len(batch) < BATCH:
            try:
                more = self._results.get(timeout=max(0.0, until - monotonic()))
            except Empty:
                break
            if more is None:
                return False, batch
            batch.append(more)
        return True, batch

    def _store(self, connection: sqlite3.Connection, batch: Sequence[Result]) -> None:
        from giveback.store.connect import transaction

        ready = [self._read_here(result) for result in batch]
        with transaction(connection):
            outcomes = self._write(connection, ready, self._now)
        self.outcomes += outcomes
        self._room.give(sum(result.size for result in batch))

    def _read_here(self, result: Result) -> Result:
        """Parse one of the first few, for which no process was started."""
        if result.body is None:
            return result
        found = read(result.body)
        return result._replace(body=None, read=found, failure=found.failure)


class _Room:
    """Bytes that may wait; who brings more waits until there is room."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._changed = threading.Condition()

    def take(self, count: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._left > 0, timeout=LONGEST_WAIT)
            self._left -= count

    def give(self, count: int) -> None:
        with self._changed:
            self._left += count
            self._changed.notify_all()


def _explained(path: str, error: BaseException) -> BaseException:
    import sqlite3

    from giveback.store import connect

    kept = "what came in before is kept, and the next fetch brings the rest"
    return connect.explain(path, error, kept) if isinstance(error, sqlite3.Error) else error
