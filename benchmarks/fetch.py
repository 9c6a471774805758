"""Time a fetch of many feeds from this machine, in turn with newsboat, as whole processes.

    python benchmarks/fetch.py [--giveback COMMAND] [--newsboat COMMAND] [--feeds 500] [--runs 3] [--latency 0.2]

A server of its own answers on addresses 127.1.x.y, one host for each feed, after a fixed time, with an ETag and
"Connection: close" as from as many real hosts. Feeds are RSS and Atom in turn, 30 entries and about 40 kB each,
seeded. The first fetch starts from a store that knows the addresses alone; the second finds everything
unchanged (304). Figures are medians; ratios are taken within a round. CPU is that of the process and its children,
memory the peak of the largest process and, sampled in a round of its own, of all together.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stores import WORDS

from giveback.dates import Now
from giveback.reading.feeds import Found, add
from giveback.store.changes import change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

ENTRIES = 30
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


class Figures(NamedTuple):
    """What one process took: seconds, seconds of CPU, MB of its largest process and of all (0: not sampled)."""

    wall: float
    cpu: float
    peak: float
    together: float


class Contender(NamedTuple):
    """A command, its environment, and the folder that holds its state."""

    words: list[str]
    env: dict[str, str]
    home: Path


# What is served


def sentence(chance: random.Random, least: int, most: int) -> str:
    """Some words with a full stop."""
    return " ".join(chance.choices(WORDS, k=chance.randint(least, most))).capitalize() + "."


def body_of(chance: random.Random) -> str:
    """HTML as blogs have it, about 600 characters."""
    parts: list[str] = []
    while sum(map(len, parts)) < 600:
        linked = f'<a href="/posts/{chance.randint(1, 999)}">{sentence(chance, 2, 5)}</a>'
        parts.append(f"<p>{sentence(chance, 8, 16)} {linked} <em>{chance.choice(WORDS)}</em> &amp; more.</p>")
        if chance.random() < 0.3:
            parts.append("<ul>" + "".join(f"<li>{sentence(chance, 4, 9)}</li>" for _ in range(3)) + "</ul>")
    return "\n".join(parts)


def feed(number: int) -> bytes:
    """One feed, RSS for even numbers and Atom for odd ones."""
    chance = random.Random(number)  # noqa: S311 - made-up feeds
    write = _atom_entry if number % 2 else _rss_item
    entries = "\n".join(write(chance, number, place) for place in range(ENTRIES))
    if number % 2:
        head = f"<title>Blog {number}</title><id>tag:blog{number},2026:</id><updated>{NOW.isoformat()}</updated>"
        whole = f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'
    else:
        head = f"<title>Blog {number}</title><link>https://blog{number}.example.com/</link><description>Notes</description>"
        names = "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        whole = f'<rss version="2.0" {names}><channel>{head}{entries}</channel></rss>'
    return f'<?xml version="1.0" encoding="utf-8"?>{whole}'.encode()


def _parts(chance: random.Random, number: int, place: int) -> tuple[str, str, datetime, str, str, str]:
    link = f"https://blog{number}.example.com/posts/{place}-{chance.getrandbits(24):x}"
    when = NOW - timedelta(hours=20 * place + number % 17)
    return sentence(chance, 4, 9), link, when, sentence(chance, 1, 2)[:-1], sentence(chance, 15, 25), body_of(chance)


def _rss_item(chance: random.Random, number: int, place: int) -> str:
    title, link, when, author, summary, body = _parts(chance, number, place)
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{number}-{place}</guid>"
        f"<pubDate>{format_datetime(when)}</pubDate><dc:creator>{author}</dc:creator>"
        f"<description><![CDATA[<p>{summary}</p>]]></description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )


def _atom_entry(chance: random.Random, number: int, place: int) -> str:
    title, link, when, author, summary, body = _parts(chance, number, place)
    return (
        f"<entry><title>{title}</title><link href='{link}'/><id>tag:blog{number},2026:{place}</id>"
        f"<published>{when.isoformat()}</published><updated>{when.isoformat()}</updated>"
        f"<author><name>{author}</name></author><summary>{summary}</summary>"
        f"<content type='html'>{escape(body)}</content></entry>"
    )


def serve(count: int, latency: float, ready: Connection) -> None:
    """Answer until the process is ended; tells its port when it is ready."""
    bodies = [feed(number) for number in range(count)]
    tags = [hashlib.sha256(body).hexdigest()[:16] for body in bodies]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        number = int(head.split()[1].removeprefix("/feed/"))
        await asyncio.sleep(latency)
        tag = f'ETag: "{tags[number]}"\r\nConnection: close\r\n'
        if tags[number] in head:
            writer.write(f"HTTP/1.1 304 Not Modified\r\n{tag}\r\n".encode())
        else:
            kind = "application/atom+xml" if number % 2 else "application/rss+xml"
            length = len(bodies[number])
            writer.write(f"HTTP/1.1 200 OK\r\n{tag}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode())
            writer.write(bodies[number])
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1024)  # noqa: S104 - asked at 127.1.x.y
        ready.send((server.sockets[0].getsockname()[1], sum(map(len, bodies)) // count))
        await server.serve_forever()

    asyncio.run(run())


# Who fetches


def contenders(wanted: argparse.Namespace, scratch: Path, urls: Sequence[str]) -> dict[str, Contender]:
    """The commands, each with a folder that knows the addresses."""
    giveback = [*shlex.split(wanted.giveback), "fetch"]
    found = {}
    for name, settings in {
        "giveback": {},
        "giveback, 20 connections": {"GIVEBACK_FETCH_CONNECTIONS": "20"},
    }.items():
        home = scratch / name.replace(" ", "-")
        home.mkdir()
        with change(str(home / "giveback.db"), Now(NOW, date(2026, 11, 20)), "feeds") as session:
            for url in urls:
                add(session, Found(url, "", "", 0), Now(NOW, date(2026, 11, 20)), allow_private=True)
        found[name] = Contender(giveback, {"GIVEBACK_HOME": str(home), **settings}, home)
    if wanted.newsboat:
        home = scratch / "newsboat"
        home.mkdir()
        (home / "urls").write_text("\n".join(urls) + "\n")
        (home / "config").write_text("reload-threads 20\nmax-items 0\n")
        words = ["-u", str(home / "urls"), "-c", str(home / "cache.db"), "-C", str(home / "config"), "-x", "reload"]
        found["newsboat, 20 threads"] = Contender([*shlex.split(wanted.newsboat), *words], {"HOME": str(home)}, home)
    return found


def once(contender: Contender, clock: str, *, sample: bool = False) -> Figures:
    """Run a command; what it says is dropped."""
    env = {**os.environ, **contender.env, "GIVEBACK_NOW": clock}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(contender.words, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        over = threading.Event()
        peaks = [0.0]
        watcher = threading.Thread(target=_watch, args=(child.pid, over, peaks))
        if sample:
            watcher.start()
        _, status, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        if sample:
            watcher.join()
        said.seek(0)
        if child.returncode:
            sys.exit(f"{shlex.join(contender.words)} ended with {child.returncode}: {said.read().decode()}")
    return Figures(took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, max(peaks))


def _watch(process: int, over: threading.Event, peaks: list[float]) -> None:
    """Sample the memory of a process and its children (proportional set size), MB."""
    while not over.wait(0.02):
        numbers, total = [str(process)], 0.0
        for number in numbers:
            try:
                lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
                for task in Path(f"/proc/{number}/task").iterdir():
                    numbers += (task / "children").read_text().split()
            except OSError:
                continue
        peaks.append(total)


def main() -> None:
    """Print a table and the ratios."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--giveback", default=shutil.which("giveback") or f"{sys.executable} -m giveback")
    ask.add_argument("--newsboat", default=shutil.which("newsboat") or "", help="'' leaves it out")
    ask.add_argument("--feeds", type=int, default=500)
    ask.add_argument("--runs", type=int, default=3)
    ask.add_argument("--latency", type=float, default=0.2)
    wanted = ask.parse_args()
    ready, told = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=serve, args=(wanted.feeds, wanted.latency, told), daemon=True)
    server.start()
    port, size = ready.recv()
    urls = [f"http://127.1.{number // 250}.{number % 250 + 1}:{port}/feed/{number}" for number in range(wanted.feeds)]
    print(
        f"{wanted.feeds} feeds of {ENTRIES} entries, {size:,} bytes on average, {wanted.latency * 1000:.0f} ms latency"
    )
    with tempfile.TemporaryDirectory() as folder:
        _compare(contenders(wanted, Path(folder), urls), wanted.runs)
    server.terminate()


def _compare(found: dict[str, Contender], runs: int) -> None:
    for contender in found.values():
        shutil.copytree(contender.home, f"{contender.home}.fresh")
    first: dict[str, list[Figures]] = {name: [] for name in found}
    second: dict[str, list[Figures]] = {name: [] for name in found}
    for number in range(runs + 1):
        for name, contender in found.items():
            shutil.rmtree(contender.home)
            shutil.copytree(f"{contender.home}.fresh", contender.home)
            sample = number == 0  # the first round warms the caches, and sampling takes time
            first[name].append(once(contender, "2026-11-20T09:00:00", sample=sample))
            second[name].append(once(contender, "2026-11-25T09:00:00", sample=sample))
    _print("first fetch", first)
    _print("second fetch, everything unchanged", second)


def _print(title: str, times: dict[str, list[Figures]]) -> None:
    print(f"\n| {title} | wall s | CPU s | largest process MB | together MB |\n| --- | --- | --- | --- | --- |")
    for name, (sampled, *own) in times.items():
        wall, cpu, peak = (statistics.median(one[column] for one in own) for column in range(3))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {sampled.together:.0f} |")
    peer = next((name for name in times if name.startswith("newsboat")), None)
    for name in times if peer else ():
        if name != peer:
            pairs = list(zip(times[name][1:], times[peer or ""][1:], strict=True))
            wall, cpu = (statistics.median(a[column] / b[column] for a, b in pairs) for column in range(2))
            print(f"{name} / {peer}: wall {wall:.2f}, CPU {cpu:.2f}")


if __name__ == "__main__":
    main()
