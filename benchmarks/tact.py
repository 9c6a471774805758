"""How well tact tells sensitive headlines from others: python benchmarks/tact.py FILE.jsonl.gz [--threshold .5].

Each line of the file is {"title", "summary", "controversial": 0 or 1, "kind"}; nothing may have been trained on it.
Prints the area under the curve, what is lost where 95 of 100 are caught, and both at the threshold, by kind too.
"""

from __future__ import annotations

import argparse
import gzip
import json
from typing import TYPE_CHECKING

import numpy as np

from giveback.matching import tact
from giveback.matching.embedding import load_default
from giveback.matching.static import article_parts
from giveback.matching.suspicion import THRESHOLD

if TYPE_CHECKING:
    from numpy.typing import NDArray

CAUGHT = 0.95


def area_under_curve(score: NDArray[np.float64], sensitive: NDArray[np.bool_]) -> float:
    """Return the chance that a sensitive text scores above a benign one, ties half (Mann and Whitney 1947)."""
    benign = np.sort(score[~sensitive])
    below = np.searchsorted(benign, score[sensitive], "left") + np.searchsorted(benign, score[sensitive], "right")
    return float(below.mean() / 2 / len(benign))


def main() -> None:
    """Judge the file and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file")
    asked.add_argument("--threshold", type=float, default=THRESHOLD)
    options = asked.parse_args()
    with gzip.open(options.file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    heads = [article_parts(row["title"], row["summary"], "")[0] for row in rows]
    score = 1 - tact.load().probabilities(load_default().encode(heads), heads)[:, 0]
    sensitive = np.array([bool(row["controversial"]) for row in rows])
    bar = float(np.quantile(score[sensitive], 1 - CAUGHT))
    print(f"{len(rows)} texts, area under the curve {area_under_curve(score, sensitive):.3f}")
    print(f"where {CAUGHT:.0%} are caught, {(score[~sensitive] >= bar).mean():.1%} are lost (threshold {bar:.2f})")
    held = score >= options.threshold
    print(f"at {options.threshold}: {held[sensitive].mean():.1%} caught, {held[~sensitive].mean():.1%} lost")
    kinds = np.array([row["kind"] for row in rows])
    for kind in sorted(set(kinds)):
        print(f"  {kind}: {held[kinds == kind].mean():.1%} held back")


if __name__ == "__main__":
    main()
