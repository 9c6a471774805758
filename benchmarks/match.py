"""Score the ranking on the match benchmark, through the functions that `giveback suggest` uses.

    python benchmarks/match.py                    # our rows; benchmarks/compare.py has the baselines too
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
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np

from giveback.matching import embedding, feedback, fusion, lexical
from giveback.ranking import expanding, terms
from giveback.ranking.collection import FEW, Shelf, Snapshot
from giveback.ranking.wants import Want

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

BENCH = Path(os.environ.get("GIVEBACK_BENCH") or Path(__file__).resolve().parents[2] / "shared/bench/match")
SETS = ("dev/huffpost", "dev/newsgroups", "dev/ted")
COLUMNS = ("nDCG@10", "alt@10", "MAP", "P@5", "aC@10", "fb0", "fb3", "fb10")
DEEP = 200
"""Places that taking turns fills; the rest follows by its best score."""


class Query(TypedDict):
    """What the benchmark asks: phrases of one person, and the articles judged so far."""

    phrases: list[str]
    accepted: list[str]
    dismissed: list[str]


class Found(NamedTuple):
    """Where a phrase went; scores of every article for it, and those by its own words."""

    vector: NDArray[np.float32]
    scores: NDArray[np.float32]
    plain: NDArray[np.float32]


class Terms:
    """FTS5's own tokens of articles and phrases, in tables as the store has them."""

    def __init__(self, documents: list[dict[str, str]]) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT, summary TEXT, text TEXT)")
        self.db.execute(
            "CREATE VIRTUAL TABLE article_fts USING fts5 (title, summary, text, content = 'article',"
            f" content_rowid = 'id', tokenize = '{terms.TOKENIZE}')"
        )
        self.db.execute("CREATE VIRTUAL TABLE article_posting USING fts5vocab (article_fts, 'instance')")
        self.db.execute("CREATE VIRTUAL TABLE article_term USING fts5vocab (article_fts, 'row')")
        rows = ((n, d["title"], d["summary"], d.get("text", "")) for n, d in enumerate(documents))
        self.db.executemany("INSERT INTO article VALUES (?, ?, ?, ?)", rows)
        self.db.execute("INSERT INTO article_fts (article_fts) VALUES ('rebuild')")
        self.db.execute("CREATE TABLE collection_term (term TEXT PRIMARY KEY, articles INTEGER) WITHOUT ROWID")
        self.db.execute("INSERT INTO collection_term SELECT term, doc FROM article_term")
        self.db.execute("CREATE TABLE article_telling (article_id INTEGER PRIMARY KEY, terms TEXT)")
        self.ids = np.arange(len(documents), dtype=np.int64)
        self.words = np.zeros(len(documents), dtype=np.int64)
        frequency = dict(self.db.execute("SELECT term, articles FROM collection_term"))
        self.snapshot = lexical.Statistics(len(documents), 1.0, frequency)

    def measure(self, lengths: NDArray[np.int64]) -> None:
        """Take the lengths of the articles, as the store keeps them."""
        self.words = lengths
        self.snapshot = self.snapshot._replace(mean_words=float(lengths.mean()) if len(lengths) else 0.0)

    def phrase(self, text: str) -> lexical.Phrase:
        """Tokenise a phrase as the index does."""
        return terms.phrases(self.db, [text])[0]

    def telling(self, places: list[int], snapshot: Snapshot) -> list[dict[str, float]]:
        """The terms that tell articles from others, as ranking has them of judged articles."""
        found = terms.telling(self.db, places, snapshot)
        return [found[place] for place in places]

    def index(self, asked: Iterable[str]) -> lexical.Index:
        """Look the postings of terms up."""
        return lexical.Index(terms.everywhere(self.db, asked, self.ids), self.words, self.snapshot)


class Ranker:
    """A collection, ranked for one query after another."""

    def __init__(self, documents: list[dict[str, str]]) -> None:
        self._embedder = embedding.load_default()
        texts = [embedding.article_text(d["title"], d["summary"], d.get("text", "")) for d in documents]
        self._terms = Terms(documents)
        vectors, pieces = self._embedder.encode_counted(texts)
        # Through the store's bytes, so that what is measured is what is kept.
        blobs = b"".join(embedding.to_blob(vector) for vector in vectors)
        codes = np.frombuffer(blobs, dtype=np.int8).reshape(len(documents), -1)
        self._articles = fusion.Articles(embedding.unit(codes.astype(np.float32)), pieces)
        self._terms.measure(pieces)
        self._shelf = Shelf(self._terms.ids, pieces, np.zeros(len(documents), dtype=np.int64), codes)
        self._snapshot = Snapshot(
            self._embedder.name, len(documents), self._terms.snapshot.mean_words, len(documents),
            self._articles.vectors.sum(axis=0) / (len(documents) + FEW), feedback.precision(self._articles.vectors),
        )  # fmt: skip
        self._place = {d["id"]: place for place, d in enumerate(documents)}
        self._known: dict[str, Found] = {}

    def interest(self, phrase: str) -> NDArray[np.float32]:
        """Score every article for one phrase."""
        return self.find(phrase).scores

    def find(self, phrase: str) -> Found:
        """Where a phrase went, and the scores of every article for it."""
        if phrase not in self._known:
            self.prepare([phrase])
        return self._known[phrase]

    def prepare(self, phrases: Sequence[str]) -> None:
        """Expand phrases as ranking expands interests, and score every article for each."""
        vectors = embedding.from_blobs(embedding.to_blobs(self._embedder.encode(phrases)))
        words = terms.phrases(self._terms.db, phrases)
        wants = [
            Want(id=number, contact_id=1, avoid=False, phrase=said, plain=vector, vector=vector, learned=None)
            for number, (said, vector) in enumerate(zip(words, vectors, strict=True))
        ]
        went = expanding.moved(self._terms.db, wants, self._shelf, self._snapshot)
        moved = [want._replace(**went[want.id]._asdict()) if want.id in went else want for want in wants]
        index = self._terms.index({term for want in moved for term in want.terms})
        for phrase, want in zip(phrases, moved, strict=True):
            scored = fusion.score_one(want.vector, want.phrase, self._articles, index, want.kindred)
            plain = fusion.score_one(want.plain, want.phrase, self._articles, index)
            self._known[phrase] = Found(want.vector, scored.total[0], plain.total[0])

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
        telling = self._terms.telling(seen, self._snapshot)
        judged = feedback.Judged(articles, np.arange(len(seen)) < accepted, telling)
        vectors = np.stack([self.find(phrase).vector for phrase in phrases])
        return feedback.learn(vectors, judged, self._snapshot.mean, self._snapshot.precision)

    def _learned(self, lessons: list[feedback.Lesson | None], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        learned = np.zeros_like(scores)
        for row, lesson in enumerate(lessons):
            if lesson is not None:
                index = self._terms.index({term for terms in lesson.telling for term in terms})
                learned[row] = feedback.score(
                    [lesson], scores[row : row + 1], self._articles, index, self._snapshot.mean
                )[0]
        return learned


def make(documents: list[dict[str, str]]) -> Callable[[Query], NDArray[np.float64]]:
    """Build a ranker over a collection, as the benchmark's runner wants it."""
    return Ranker(documents).rank


def main() -> int:
    """Print the table; the process's exit code."""
    if not (BENCH / "evaluate.py").is_file():
        print(f"the match benchmark is not at {BENCH}; set GIVEBACK_BENCH to its folder", file=sys.stderr)
        return 0
    runner = load_runner()
    print("| collection | P@1 | " + " | ".join(COLUMNS) + " | CPU µs/article |")
    print("| --- |" + " --- |" * (len(COLUMNS) + 2))
    results = []
    for name in SETS:
        collection = runner.load_set(str(BENCH / name))
        start = time.process_time()
        ranker = Ranker(collection["docs"])
        cost = (time.process_time() - start) / len(collection["docs"]) * 1e6
        ranker.prepare([phrase for each in collection["interests"] for phrase in (each["phrase"], *each["also"])])
        figures = runner.evaluate(collection, ranker.rank)
        results.append([_first(collection, ranker)] + [figures[column] for column in COLUMNS] + [cost])
        _row(name, results[-1])
    _row("mean", [sum(column) / len(results) for column in zip(*results, strict=True)])
    return 0


def chosen(folders: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read the collections that a command names, or those of dev; none, saying so, where the benchmark is absent."""
    if not (BENCH / "evaluate.py").is_file():
        print(f"the match benchmark is not at {BENCH}; set GIVEBACK_BENCH to its folder", file=sys.stderr)
        return
    runner = load_runner()
    for folder in [Path(word) for word in folders] or [BENCH / name for name in SETS]:
        yield folder.name, runner.load_set(str(folder))


def _first(collection: dict[str, Any], ranker: Ranker) -> float:
    """Share of interests whose first article is relevant (P@1)."""
    firsts = ((int(ranker.interest(each["phrase"]).argmax()), each["id"]) for each in collection["interests"])
    hits = [article in collection["rel"][interest] for article, interest in firsts]
    return sum(hits) / len(hits)


def _row(name: str, figures: list[float]) -> None:
    print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in figures[:-1]) + f" | {figures[-1]:.0f} |", flush=True)


def load_runner() -> ModuleType:
    """The benchmark's own runner."""
    spec = importlib.util.spec_from_file_location("evaluate", BENCH / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module  # type: ignore[no-any-return]


if __name__ == "__main__":
    raise SystemExit(main())
