"""Train the tact model: python tools/tact/train.py FOLDER [--unseen] [--dry-run].

FOLDER holds the public collections that sources.py names. `--unseen` first leaves out one collection after the other
and prints how well a model judges texts of a collection that it has never seen. Needs scipy beside what the package
needs (pip install giveback[train]); takes a few minutes; two runs write the same file.

What keeps errors in the labels small, and what is learned general:

- The model is linear, and its penalty was chosen by collections left out.
- A collection counts as a whole, half of it for its benign texts, however many it has of which.
- A label may name several kinds ("sensitive"): then the model decides among these, not more.
- After a first fit, texts of public collections whose label it contradicts clearly are left out.
- Names of people are no words to learn, and are exchanged in half of the texts (names.py).
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from generate import read_patterns
from names import exchanged, find_names
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sources import Example, generated, public, words, written

from giveback.matching.embedding import load_default
from giveback.matching.suspicion import THRESHOLD
from giveback.matching.tact import FORMAT, KINDS, MODEL_FILE, counted
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from giveback.matching.static import StaticEmbedder

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src" / "giveback" / "matching" / MODEL_FILE
CLASSES = ("benign", *KINDS)
MOST = {"benign": 8_000, "unknown": 0, "": 3_000}
"""Texts of one public collection and kind."""
SHARES = {
    "written": 1.0,
    "words": 0.3,
    "generated": 0.2,
    "reddit": 1.5,
    "events": 1.0,
    "links": 1.5,
    "trivia": 0.4,
    "clickbait": 1.0,
}
"""How much a collection counts; patterns repeat themselves, and questions are no headlines."""
JUDGED = 2.0
"""How much all the texts that were judged one by one count together."""
TALK = {"illness", "sex", "other", "death"}
"""Kinds of which subreddits hold people's talk about themselves rather than headlines: these count a tenth."""
OWN = ("written", "words", "generated")
CONTRADICTED = 0.7
SEEN_WORDS, SEEN_PAIRS = 4, 10
"""In so many texts a word, or a pair of words, must occur to get a weight."""
KEPT = 0.02
"""Weights of words smaller than this are not kept."""
WORD_SCALE = 0.5
"""Size of a word's feature beside a vector of length 1; larger trusts single words more."""
L2_WORDS, L2_VECTOR = 3e-5, 1e-6
STEPS = 60
CAUGHT = 0.95
LOST = 0.10
"""Of harmless headlines, at the threshold: a filter that hides much of what people like is switched off, and then it
hides nothing."""
NO_PERSON = ("country", "hot", "people", "town", "state", "faith", "relword")
"""Slots of patterns.txt whose words are no names of people."""


class Features(NamedTuple):
    """What the model sees of n texts: (n, 256) vectors and an (n, words) matrix of zeros and ones."""

    vectors: NDArray[np.float64]
    words: Any

    def of(self, rows: NDArray[np.int64]) -> Features:
        """Some of the texts."""
        return Features(self.vectors[rows], self.words[rows])


class Weights(NamedTuple):
    """What is learned: (256, classes), (words, classes), (classes,); the first class is the benign one."""

    dense: NDArray[np.float64]
    lexical: NDArray[np.float64]
    bias: NDArray[np.float64]


def scores(seen: Features, model: Weights) -> NDArray[np.float64]:
    """Return (n, classes) scores before the softmax."""
    return np.asarray(seen.vectors @ model.dense + WORD_SCALE * (seen.words @ model.lexical) + model.bias)


def softmax(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows that sum to 1."""
    odds = np.exp(raw - raw.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def odds_of_any(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,) log-odds of being about any of the kinds."""
    return np.asarray(np.log(np.exp(raw[:, 1:] - raw[:, :1]).sum(axis=1)))


def fit(seen: Features, allowed: NDArray[np.float64], weight: NDArray[np.float64]) -> Weights:
    """Fit multinomial logistic regression with an L2 penalty by L-BFGS (Liu and Nocedal 1989).

    Args:
        seen: features of n texts.
        allowed: (n, classes), 1 for each class that the label leaves open; the likelihood is that of their union.
        weight: (n,), scaled to sum to 1.
    """
    sizes = (seen.vectors.shape[1], seen.words.shape[1], 1)
    many, cuts = allowed.shape[1], np.cumsum(sizes)[:-1]
    share, turned = (weight / weight.sum())[:, None], seen.words.T.tocsr()

    def parts(flat: NDArray[np.float64]) -> Weights:
        dense, lexical, bias = np.split(flat.reshape(-1, many), cuts)
        return Weights(dense, lexical, bias[0])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        model = parts(flat)
        chance = softmax(scores(seen, model))
        open_ = chance * allowed
        sums = open_.sum(axis=1, keepdims=True) + 1e-12
        pull = share * (chance - open_ / sums)
        slope = np.concatenate(
            [
                seen.vectors.T @ pull + L2_VECTOR * model.dense,
                WORD_SCALE * (turned @ pull) + L2_WORDS * model.lexical,
                pull.sum(axis=0)[None],
            ]
        )
        penalty = L2_VECTOR * (model.dense**2).sum() + L2_WORDS * (model.lexical**2).sum()
        return float(-(share * np.log(sums)).sum() + penalty / 2), slope.ravel()

    found = minimize(loss, np.zeros(sum(sizes) * many), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return parts(found.x)


class Lesson:
    """All texts with their features, labels and weights."""

    def __init__(self, folder: Path) -> None:
        self.embedder: StaticEmbedder = load_default()
        self.examples = [*written(), *words(), *generated(), *public(folder, MOST)]
        self.names = self._names()
        texts = [self._neutral(example) for example in self.examples]
        self.vocabulary = self._vocabulary(texts)
        self.seen = features(texts, self.vocabulary, self.embedder)
        self.sources = np.array([example.source for example in self.examples])
        self.kinds = np.array([example.kind for example in self.examples])
        self.judged = np.array([example.judged != "" for example in self.examples])
        self.drawn = np.array([example.judged == "random" for example in self.examples])
        self.allowed = np.array([open_classes(example.kind) for example in self.examples])
        self.either = np.stack([self.allowed[:, 0], self.allowed[:, 1:].max(axis=1)], axis=1)

    def _names(self) -> frozenset[str]:
        slots, _ = read_patterns()
        never = [value for slot in NO_PERSON for value in slots[slot]]
        invented = {fold(word) for slot in ("name", "first") for value in slots[slot] for word in value.split()}
        invented -= {fold(word) for phrase in never for word in phrase.split()}
        return find_names((each.text for each in self.examples if each.source not in OWN), never) | invented

    def _neutral(self, example: Example) -> str:
        """The text, every second one with other names."""
        if example.source in OWN or zlib.crc32(example.text.encode()) // 3 % 2:
            return example.text
        return exchanged(example.text, self.names, sorted(self.names))

    def _vocabulary(self, texts: Sequence[str]) -> list[str]:
        counts = Counter(each for text in texts for each in counted(text))
        return sorted(
            each
            for each, count in counts.items()
            if count >= (SEEN_PAIRS if " " in each else SEEN_WORDS) and not self.names.intersection(each.split())
        )

    def weights(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (n,) weights of texts, 0 outside of `rows`."""
        chosen = np.zeros(len(self.examples), dtype=bool)
        chosen[rows] = True
        weight = np.zeros(len(self.examples))
        for source, share in SHARES.items():
            self._share_out(weight, chosen & (self.sources == source) & ~self.judged, share)
        weight[(self.sources == "reddit") & np.isin(self.kinds, sorted(TALK))] /= 10
        self._share_out(weight, chosen & self.judged, JUDGED)
        return weight

    def _share_out(self, weight: NDArray[np.float64], group: NDArray[np.bool_], share: float) -> None:
        """Give half of a share to the benign texts of a group, the rest to kinds by the root of their numbers."""
        benign = group & (self.kinds == "benign")
        if benign.any():
            weight[benign] = share / 2 / benign.sum()
        roots = {kind: float(np.sqrt((group & (self.kinds == kind)).sum())) for kind in sorted(set(self.kinds[group]))}
        roots.pop("benign", None)
        for kind, root in roots.items():
            members = group & (self.kinds == kind)
            weight[members] = share / 2 * root / sum(roots.values()) / members.sum()

    def learn(self, rows: NDArray[np.int64], *, kinds: bool = False) -> Weights:
        """Fit twice, the second time without what the first fit contradicts.

        Args:
            rows: what to learn from.
            kinds: tell the kinds apart; otherwise only benign texts and others, which takes a fifth of the time.
        """
        weight = self.weights(rows)
        first = self._fit(weight, self.either)
        doubt = 1 / (1 + np.exp(-odds_of_any(scores(self.seen, first))))
        wrong = np.where(self.kinds == "benign", doubt, 1 - doubt) > CONTRADICTED
        wrong &= ~self.judged & ~np.isin(self.sources, OWN)
        return self._fit(np.where(wrong, 0.0, weight), self.allowed if kinds else self.either)

    def _fit(self, weight: NDArray[np.float64], allowed: NDArray[np.float64]) -> Weights:
        rows = np.flatnonzero(weight)
        return fit(self.seen.of(rows), allowed[rows], weight[rows])

    def unseen(self) -> None:
        """Print how a model does on each collection that it was not trained on."""
        everything = np.arange(len(self.examples))
        groups = {name: (name,) for name in SHARES if name not in OWN} | {"own examples": OWN}
        for name, members in groups.items():
            out = np.isin(self.sources, members)
            model = self.learn(everything[~out])
            parts = {
                "by section": out & ~self.judged,
                "drawn and judged": out & self.drawn,
                "chosen and judged": out & self.judged & ~self.drawn,
            }
            for what, these in parts.items():
                rows = np.flatnonzero(these & (self.sources != "words") & (self.sources != "generated"))
                if len(set(self.kinds[rows] == "benign")) == 2:
                    print(
                        f"without {name}, {what} ({len(rows)}): {figures(self._odds(rows, model), self._hurts(rows))}"
                    )

    def judged_folds(self, folds: int = 3) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return log-odds of what was drawn and judged, each by a model that did not see it, and the truth."""
        rows = np.flatnonzero(self.drawn)
        fold = np.array([zlib.crc32(self.examples[row].text.encode()) // 5 % folds for row in rows])
        odds = np.zeros(len(rows))
        for number in range(folds):
            out = rows[fold == number]
            model = self.learn(np.setdiff1d(np.arange(len(self.examples)), out))
            odds[fold == number] = self._odds(out, model)
        return odds, self._hurts(rows)

    def _odds(self, rows: NDArray[np.int64], model: Weights) -> NDArray[np.float64]:
        return odds_of_any(scores(self.seen.of(rows), model))

    def _hurts(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(self.kinds[rows] != "benign")


def open_classes(kind: str) -> list[float]:
    """Return which classes a label leaves open."""
    if kind == "sensitive":
        return [0.0, *[1.0] * len(KINDS)]
    return [float(kind in (each, "unknown")) for each in CLASSES]


def features(texts: Sequence[str], vocabulary: Sequence[str], embedder: StaticEmbedder) -> Features:
    """Turn texts into what the model sees."""
    places = {word: place for place, word in enumerate(vocabulary)}
    rows = [[places[word] for word in counted(text) if word in places] for text in texts]
    starts = np.cumsum([0, *map(len, rows)])
    flat = np.array([place for row in rows for place in row], dtype=np.int32)
    matrix = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(rows), len(vocabulary)))
    return Features(embedder.encode(texts).astype(np.float64), matrix)


def area_under_curve(score: NDArray[np.float64], sensitive: NDArray[np.bool_]) -> float:
    """Return the chance that a sensitive text scores above a benign one (Mann and Whitney 1947)."""
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    many = int(sensitive.sum())
    return float((ranks[sensitive].sum() - many * (many + 1) / 2) / (many * (len(score) - many)))


def figures(score: NDArray[np.float64], sensitive: NDArray[np.bool_]) -> str:
    """Return area under the curve, and the share of benign texts lost where 95 of 100 sensitive ones are caught."""
    bar = np.quantile(score[sensitive], 1 - CAUGHT)
    lost = float((score[~sensitive] >= bar).mean())
    return f"AUC {area_under_curve(score, sensitive):.3f}, lost at 95 caught {lost:.3f}"


def shown_words(lesson: Lesson, model: Weights) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return the words that are kept, their weights, and what each adds per class in all.

    A word without a weight of its own counts through the vector; knowing how much lets a reason name it.
    """
    strong = np.abs(WORD_SCALE * (model.lexical - model.lexical.mean(axis=1, keepdims=True))).max(axis=1) >= KEPT
    own = [word for word, keep in zip(lesson.vocabulary, strong, strict=True) if keep]
    whole = {token[1:] for token in lesson.embedder.vocabulary() if token.startswith("▁") and token[1:].isascii()}
    more = sorted(
        word for word in whole - set(own) - lesson.names if word.isalpha() and word.islower() and len(word) > 3
    )
    adds = lesson.embedder.encode([*own, *more]) @ model.dense / 4
    adds[: len(own)] += WORD_SCALE * model.lexical[strong]
    telling = adds[:, 1:].max(axis=1) - adds[:, 0] > 0
    telling[: len(own)] = True
    everything = [word for word, keep in zip([*own, *more], telling, strict=True) if keep]
    return everything, WORD_SCALE * model.lexical[strong], adds[telling]


def save(lesson: Lesson, model: Weights, bar: float) -> None:
    """Write the model: words' weights as signed bytes of one scale, the rest as small floats.

    Args:
        lesson: what it was learned from.
        model: what was learned.
        bar: log-odds that become the probability `THRESHOLD`.
    """
    everything, lexical, adds = shown_words(lesson, model)
    lexical = lexical - lexical.mean(axis=1, keepdims=True)
    scale = float(np.abs(lexical).max()) / 127
    bias = model.bias.copy()
    bias[0] += bar - np.log(THRESHOLD / (1 - THRESHOLD))
    np.savez_compressed(
        MODEL,
        format=np.int64(FORMAT),
        vocabulary=np.frombuffer("\n".join(everything).encode("utf-8"), dtype=np.uint8),
        lexical=np.rint(lexical / scale).astype(np.int8),
        lexical_scale=np.float64(scale),
        shown=np.clip(np.rint(adds / np.abs(adds).max() * 127), -127, 127).astype(np.int8),
        dense=model.dense.astype(np.float16),
        bias=bias.astype(np.float32),
    )
    print(f"{MODEL.name}: {len(lexical)} words, {MODEL.stat().st_size // 1024} kB")


def main() -> None:
    """Train, print figures, write the model."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, help="holds the public collections")
    asked.add_argument("--unseen", action="store_true", help="leave out one collection after the other first")
    asked.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    options = asked.parse_args()
    lesson = Lesson(options.folder)
    print(f"{len(lesson.examples)} texts, {len(lesson.vocabulary)} words, {len(lesson.names)} names kept out")
    if options.unseen:
        lesson.unseen()
    odds, truth = lesson.judged_folds()
    bar = float(np.quantile(odds[~truth], 1 - LOST))
    print(f"drawn and judged, in folds ({len(odds)}): {figures(odds, truth)}")
    print(f"threshold: {(odds[truth] >= bar).mean():.3f} caught, {(odds[~truth] >= bar).mean():.3f} lost")
    model = lesson.learn(np.arange(len(lesson.examples)), kinds=True)
    if not options.dry_run:
        save(lesson, model, bar)


if __name__ == "__main__":
    main()
