"""Score the ranking on the match benchmark, through the functions that `giveback suggest` uses.

    python benchmarks/match.py                    # the table over the three collections of dev
    python ../shared/bench/match/evaluate.py --sets dev --ranker match:make   # the benchmark's own runner

The benchmark lies beside the checkout, or where GIVEBACK_BENCH says. Nothing of it is copied here.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from giveback.matching import embedding, feedback, fusion, lexical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from numpy.typing import NDArray

BENCH = Path(os.environ.get("GIVEBACK_BENCH") or Path(__file__).resolve().parents[2] / "shared/bench/match")
SETS = ("dev/huffpost", "dev/newsgroups", "dev/ted")
COLUMNS = ("nDCG@10", "alt@10", "MAP", "P@5", "aC@10", "fb0", "fb3", "fb10")
TOKENIZE = "porter unicode61 remove_diacritics 2"
DEEP = 200
"""Places that taking turns fills; the rest follows by its best score."""


class Query(TypedDict):
    """What the benchmark asks: phrases of one person, and the articles judged so far."""

    phrases: list[str]
    accepted: list[str]
    dismissed: list[str]


class Terms:
    """FTS5's own tokens of articles and phrases, in memory."""

    def __init__(self, documents: list[dict[str, str]]) -> None:
        self._db = sqlite3.connect(":memory:")
        for table in ("article", "asked"):
            self._db.execute(f"CREATE VIRTUAL TABLE {table} USING fts5 (title, summary, text, tokenize='{TOKENIZE}')")
            self._db.execute(f"CREATE VIRTUAL TABLE {table}_posting USING fts5vocab ({table}, 'instance')")
        rows = ((n, d["title"], d["summary"], d.get("text", "")) for n, d in enumerate(documents))
        self._db.executemany("INSERT INTO article (rowid, title, summary, text) VALUES (?, ?, ?, ?)", rows)
        self._db.execute("CREATE VIRTUAL TABLE term USING fts5vocab (article, 'row')")
        frequency = dict(self._db.execute("SELECT term, doc FROM term"))
        self.words = np.zeros(len(documents), dtype=np.int64)
        self.snapshot = lexical.Statistics(len(documents), 1.0, frequency)

    def measure(self, lengths: NDArray[np.int64]) -> None:
        """Take the lengths of the articles, as the store keeps them."""
        self.words = lengths
        self.snapshot = self.snapshot._replace(mean_words=float(lengths.mean()) if len(lengths) else 0.0)

    def phrase(self, text: str) -> lexical.Phrase:
        """Tokenise a phrase as the index does."""
        self._db.execute("DELETE FROM asked")
        self._db.execute("INSERT INTO asked (title) VALUES (?)", (text,))
        found = self._db.execute("SELECT term FROM asked_posting ORDER BY offset")
        return lexical.Phrase(tuple(term for (term,) in found))

    def telling(self, document: dict[str, str]) -> dict[str, float]:
        """The terms that tell a document from others, as ranking keeps them of a judged article."""
        self._db.execute("DELETE FROM asked")
        fields = (document["title"], document["summary"], document.get("text", ""))
        self._db.execute("INSERT INTO asked (title, summary, text) VALUES (?, ?, ?)", fields)
        counts: dict[str, float] = {}
        for term, column in self._db.execute("SELECT term, col FROM asked_posting"):
            counts[term] = counts.get(term, 0.0) + lexical.FIELDS[("title", "summary", "text").index(column)]
        return feedback.telling(counts, self.snapshot)

    def index(self, terms: Iterable[str]) -> lexical.Index:
        """Look the postings of terms up."""
        return lexical.Index({term: self._posting(term) for term in terms}, self.words, self.snapshot)

    def _posting(self, term: str) -> lexical.Postings:
        found = self._db.execute(
            "SELECT doc, CASE col WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END, offset "
            "FROM article_posting WHERE term = ? ORDER BY 1, 2, 3",
            (term,),
        ).fetchall()
        table = np.array(found, dtype=np.int64).reshape(len(found), 3)
        return lexical.Postings(table[:, 0], table[:, 1], table[:, 2])


class Ranker:
    """A collection, ranked for one query after another."""

    def __init__(self, documents: list[dict[str, str]]) -> None:
        self._embedder = embedding.load_default()
        texts = [embedding.article_text(d["title"], d["summary"], d.get("text", "")) for d in documents]
        self._terms = Terms(documents)
        # Through the store's bytes, so that what is measured is what is kept.
        vectors, pieces = self._embedder.encode_counted(texts)
        blobs = [embedding.to_blob(vector) for vector in vectors]
        self._articles = fusion.Articles(embedding.from_blobs(blobs), pieces)
        self._terms.measure(pieces)
        self._mean = self._articles.vectors.mean(axis=0)
        self._precision = feedback.precision(self._articles.vectors)
        self._place = {d["id"]: place for place, d in enumerate(documents)}
        self._documents = documents
        self._known: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}

    def interest(self, phrase: str) -> NDArray[np.float32]:
        """Score every article for one phrase."""
        return self._interest(phrase)[1]

    def _interest(self, phrase: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where a phrase went, and the scores of every article for it."""
        if phrase not in self._known:
            vector = self._embedder.encode([phrase])[0]
            words = self._terms.phrase(phrase)
            index = self._terms.index(words.terms)
            first = fusion.score_one(vector, words, self._articles, index).total[0]
            vector = fusion.expand(vector, first, self._articles.vectors, self._mean)
            self._known[phrase] = vector, fusion.score_one(vector, words, self._articles, index).total[0]
        return self._known[phrase]

    def rank(self, query: Query) -> NDArray[np.float64]:
        """Answer a query of the benchmark: a score per article, higher is better."""
        scores = np.stack([self.interest(phrase) for phrase in query["phrases"]])
        weights = [1.0] * len(scores)
        seen = [self._place[each] for each in (*query["accepted"], *query["dismissed"])]
        if seen:
            lessons = self._lessons(query["phrases"], seen, len(query["accepted"]))
            scores = scores + self._learned(lessons, scores)
            weights = [1.0 if lesson is None else lesson.reliability for lesson in lessons]
            scores[:, seen] = 0  # what was given or dismissed is not suggested again and takes no turn
        final: NDArray[np.float64] = scores.max(axis=0).astype(np.float64)
        if len(scores) > 1:
            some = np.unique(np.argpartition(-scores, min(DEEP, scores.shape[1] - 1), axis=1)[:, :DEEP])
            turns = fusion.take_in_turn(scores[:, some], weights, DEEP)
            for place, (article, _) in enumerate(turns):
                final[some[article]] = 10.0 + DEEP - place
        return final

    def _lessons(self, phrases: list[str], seen: list[int], accepted: int) -> list[feedback.Lesson | None]:
        articles = fusion.Articles(self._articles.vectors[seen], self._articles.pieces[seen])
        terms = [self._terms.telling(self._documents[place]) for place in seen]
        judged = feedback.Judged(articles, np.arange(len(seen)) < accepted, terms)
        vectors = np.stack([self._interest(phrase)[0] for phrase in phrases])
        return feedback.learn(vectors, judged, self._mean, self._precision)

    def _learned(self, lessons: list[feedback.Lesson | None], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        learned = np.zeros_like(scores)
        for row, lesson in enumerate(lessons):
            if lesson is not None:
                index = self._terms.index({term for terms in lesson.telling for term in terms})
                learned[row] = feedback.score([lesson], scores[row : row + 1], self._articles, index, self._mean)[0]
        return learned


def make(documents: list[dict[str, str]]) -> Callable[[Query], NDArray[np.float64]]:
    """Build a ranker over a collection, as the benchmark's runner wants it."""
    return Ranker(documents).rank


def main() -> int:
    """Print the table; the process's exit code."""
    if not (BENCH / "evaluate.py").is_file():
        print(f"the match benchmark is not at {BENCH}; set GIVEBACK_BENCH to its folder", file=sys.stderr)
        return 0
    runner = _runner()
    print("| collection | P@1 | " + " | ".join(COLUMNS) + " | CPU µs/article |")
    print("| --- |" + " --- |" * (len(COLUMNS) + 2))
    results = []
    for name in SETS:
        collection = runner.load_set(str(BENCH / name))
        start = time.process_time()
        ranker = Ranker(collection["docs"])
        cost = (time.process_time() - start) / len(collection["docs"]) * 1e6
        figures = runner.evaluate(collection, ranker.rank)
        results.append([_first(collection, ranker)] + [figures[column] for column in COLUMNS] + [cost])
        _row(name, results[-1])
    _row("mean", [sum(column) / len(results) for column in zip(*results, strict=True)])
    return 0


def _first(collection: dict[str, Any], ranker: Ranker) -> float:
    """Share of interests whose first article is relevant (P@1)."""
    firsts = ((int(ranker.interest(each["phrase"]).argmax()), each["id"]) for each in collection["interests"])
    hits = [article in collection["rel"][interest] for article, interest in firsts]
    return sum(hits) / len(hits)


def _row(name: str, figures: list[float]) -> None:
    print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in figures[:-1]) + f" | {figures[-1]:.0f} |", flush=True)


def _runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate", BENCH / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module  # type: ignore[no-any-return]


if __name__ == "__main__":
    raise SystemExit(main())
