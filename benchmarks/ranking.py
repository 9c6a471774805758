"""CPU time of ranking: new articles for everybody, in a large collection and in one that they double.

    python benchmarks/ranking.py [--scratch FOLDER] [--contacts 2000] [--interests 4] [--new 10000] [--runs 3]

Embedding and judging the new articles and ranking them are told apart. Stores are made once by stores.py
and kept in the scratch folder; each run works on a copy. The least of the runs is printed: CPU time
only ever grows by what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

from stores import add_articles, make

from giveback.config import places
from giveback.ranking.refresh import refresh


class Cost(NamedTuple):
    """Seconds of CPU."""

    embedding: float
    ranking: float


def main() -> None:
    """Print a table."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--scratch", type=Path, default=Path("/tmp/giveback-speed"))  # noqa: S108 - a benchmark's scratch
    ask.add_argument("--contacts", type=int, default=2_000)
    ask.add_argument("--interests", type=int, default=4)
    ask.add_argument("--new", type=int, default=10_000)
    ask.add_argument("--there", type=int, nargs="*", default=[100_000, 10_000])
    ask.add_argument("--runs", type=int, default=3)
    wanted = ask.parse_args()
    people = f"{wanted.contacts:,} contacts, {wanted.contacts * wanted.interests:,} interests"
    print(f"| {wanted.new:,} new articles, {people} | embedding and judging | ranking |")
    print("| --- | --- | --- |")
    for there in wanted.there:
        home = wanted.scratch / f"{wanted.contacts}-{wanted.interests}-{there}"
        if not home.exists():
            make(home, wanted.contacts, 0, there, wanted.interests)
        costs = [_measure(home, there, wanted.new) for _ in range(wanted.runs)]
        embedding, ranking = min(each.embedding for each in costs), min(each.ranking for each in costs)
        print(f"| in a collection of {there:,} | {embedding:.2f} s | {ranking:.2f} s |", flush=True)


def _measure(home: Path, there: int, new: int) -> Cost:
    copy = home.with_name(f"{home.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    store = places({"GIVEBACK_HOME": str(copy)}).store
    add_articles(store, range(there + 1, there + new + 1))
    start = embedded = time.process_time()

    def on_step(what: str, _count: int) -> None:
        nonlocal embedded
        if what == "embedding":
            embedded = time.process_time()

    refresh(store, on_step)
    end = time.process_time()
    shutil.rmtree(copy)
    return Cost(embedded - start, end - embedded)


if __name__ == "__main__":
    main()
