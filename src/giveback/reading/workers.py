"""Parsing in processes of their own: on all cores, and one that crashes or hangs costs one feed.

A worker is this module run by the same Python. It is asked through a pipe and ends when the pipe does, so that none
is left behind however its parent ends; while it works on a body, an alarm of the kernel ends it when that takes too
long. It belongs to no terminal, so an interrupt reaches the parent alone.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from giveback.reading.entries import Item
    from giveback.reading.values import ParsedFeed

SECONDS = 30
"""What parsing one body may take."""
MOST = 4
"""Workers at most: more wait for each other's articles to be stored."""
_WATCHED = 0.5
_LENGTHS = struct.Struct(">II")
_GAVE_UP = "it cannot be read (its parser broke off)"
_TOO_LONG = f"it cannot be read (parsing took longer than {SECONDS} s)"


class Body(NamedTuple):
    """What is to be parsed.

    Attributes:
        data: the bytes.
        base: where they came from, for relative links.
        content_type: the `Content-Type` header, or "".
        feed_url: the address of the feed, for entries without one.
        now: the clock (UTC).
    """

    data: bytes
    base: str
    content_type: str
    feed_url: str
    now: datetime


class Read(NamedTuple):
    """What came of a body: a feed whose entries stand in `items` alone, or a failure."""

    feed: ParsedFeed | None = None
    items: tuple[Item, ...] = ()
    failure: str = ""


def read(body: Body) -> Read:
    """Parse a body in this process; what goes wrong is told, never raised."""
    from giveback.errors import GivebackError
    from giveback.reading.entries import item
    from giveback.reading.parsing import parse_feed

    try:
        feed = parse_feed(body.data, body.base, body.content_type, now=body.now)
        return Read(feed._replace(entries=()), tuple(item(entry, body.feed_url) for entry in feed.entries))
    except GivebackError as error:
        return Read(failure=error.message)
    except Exception as error:  # noqa: BLE001 - a parser that trips over one feed must not stop the others
        return Read(failure=f"it cannot be read ({type(error).__name__})")


class Pool:
    """Workers, started when there is work for them.

    Args:
        on_read: called with the ticket of a body and what came of it, on a thread of the pool.
        size: how many.
    """

    def __init__(self, on_read: Callable[[Any, Read], None], size: int | None = None) -> None:
        self._on_read = on_read
        self._size = size or min(MOST, max(1, (os.cpu_count() or 1) - 1))
        self._jobs: SimpleQueue[tuple[Any, Body] | None] = SimpleQueue()
        self._workers: list[_Worker] = []
        self._threads: list[threading.Thread] = []
        self._waiting = 0

    def start(self) -> None:
        """Start all workers before there is work, so that they are ready when it comes."""
        while len(self._threads) < self._size:
            self._add()

    def submit(self, ticket: Any, body: Body) -> None:  # noqa: ANN401  # the caller's own
        """Have a body parsed, in whatever order there is time."""
        self._jobs.put((ticket, body))
        self._waiting += 1
        if len(self._threads) < min(self._size, self._waiting):
            self._add()

    def _add(self) -> None:
        worker = _Worker()
        self._workers.append(worker)
        thread = threading.Thread(target=self._serve, args=(worker,), daemon=True, name="giveback-parser")
        self._threads.append(thread)
        thread.start()

    def finish(self) -> None:
        """Wait until everything is parsed, and end the workers."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """End the workers at once; what is not parsed yet is dropped."""
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for worker in self._workers:
            worker.kill()
        self.finish()

    def _serve(self, worker: _Worker) -> None:
        worker.start()
        while job := self._jobs.get():
            self._on_read(job[0], worker.read(job[1]))
        worker.close()


class _Worker:
    """One process, started anew when it has ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._over = False
        self._until = inf

    def start(self) -> subprocess.Popen[bytes] | None:
        """Start the process; None when there cannot be one."""
        if self._over or not sys.executable:
            return None
        try:
            self._process = subprocess.Popen(
                # -P: a file in the user's folder must not be taken for a module.
                [sys.executable, "-P", "-m", "giveback.reading.workers"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return None
        threading.Thread(target=self._watch, args=(self._process,), daemon=True, name="giveback-watch").start()
        return self._process

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """End a process that takes too long and cannot end itself: it is stopped, or the kernel knows no alarm."""
        while self._process is process:
            if monotonic() > self._until:
                process.kill()
            sleep(_WATCHED)

    def read(self, body: Body) -> Read:
        process = self._process or self.start()
        if process is None:
            return Read(failure=_GAVE_UP) if self._over else read(body)
        started = monotonic()
        self._until = started + SECONDS + 1
        try:
            return _ask(process, body)
        except (OSError, ValueError, EOFError):
            self.close()
            return Read(failure=_TOO_LONG if monotonic() - started >= SECONDS else _GAVE_UP)
        finally:
            self._until = inf

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe and pipe.close()
        process.kill()
        process.wait()

    def kill(self) -> None:
        self._over = True
        process = self._process
        if process is not None:
            process.kill()


def _ask(process: subprocess.Popen[bytes], body: Body) -> Read:
    assert process.stdin is not None
    assert process.stdout is not None
    head = json.dumps([body.base, body.content_type, body.feed_url, body.now.isoformat()]).encode()
    process.stdin.write(_LENGTHS.pack(len(head), len(body.data)) + head)
    process.stdin.write(body.data)
    process.stdin.flush()
    _, length = _LENGTHS.unpack(_exactly(process.stdout, _LENGTHS.size))
    return _decoded(_exactly(process.stdout, length))


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    """Read so many bytes.

    Raises:
        EOFError: there are fewer.
    """
    data = pipe.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _encoded(found: Read) -> bytes:
    feed = None if found.feed is None else found.feed._replace(entries=())
    items = [
        (*one.entry[:-1], one.entry.published and one.entry.published.timestamp(), one.url, one.hash, one.keys)
        for one in found.items
    ]
    return json.dumps([feed, items, found.failure], separators=(",", ":")).encode()


def _decoded(data: bytes) -> Read:
    from giveback.reading.entries import Item
    from giveback.reading.values import Entry, ParsedFeed

    feed, items, failure = json.loads(data)
    return Read(
        None if feed is None else ParsedFeed(feed[0], feed[1], (), *feed[3:]),
        tuple(
            Item(Entry._make((*said, _moment(at))), url, digest, tuple(keys)) for *said, at, url, digest, keys in items
        ),
        failure,
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def main() -> None:
    """Answer one body after the other until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not be taken for an answer
    from giveback.reading import entries, parsing  # noqa: F401  # while the first body is on its way
    from giveback.reading.parsers import strict  # noqa: F401

    while len(lengths := source.read(_LENGTHS.size)) == _LENGTHS.size:
        head, size = _LENGTHS.unpack(lengths)
        base, content_type, feed_url, now = json.loads(source.read(head))
        if hasattr(signal, "alarm"):
            signal.alarm(SECONDS)  # unhandled, so that it ends the process whatever that is doing
        answer = _encoded(read(Body(source.read(size), base, content_type, feed_url, datetime.fromisoformat(now))))
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        answers.write(_LENGTHS.pack(0, len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    main()
