"""Train the tact model: python tools/tact/train.py [--dry-run].

Everything it learns from lies beside it: examples.tsv (written by hand, one style after another),
words.tsv (words and phrases per kind), patterns.txt (expanded by generate.py). It needs numpy and the
package's own embedder; two runs write the same file.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from generate import generate

from giveback.matching.embedding import article_text, load_default
from giveback.matching.tact import FORMAT, KINDS, MODEL_FILE, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from giveback.matching.static import StaticEmbedder

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src" / "giveback" / "matching" / MODEL_FILE
CLASSES = ("benign", *KINDS)
GENERATED = 8_000
WEIGHTS = {"words": 1.0, "generated": 0.2}
"""Of one example, where one written by hand weighs 1: patterns repeat themselves."""
WORD_SCALE = 0.7
"""Size of a word's feature beside a vector of length 1; larger trusts single words more."""
L2 = 1e-3
STEPS = 200
CAUGHT = 0.95
LOST = 0.10
FOLDS = 5


class Example(NamedTuple):
    """One line to learn from."""

    kind: str
    style: str
    text: str


class Features(NamedTuple):
    """Vectors, and the words of all texts in one row: `words[starts[i]:starts[i + 1]]` are text i's."""

    vectors: NDArray[np.float32]
    words: NDArray[np.int64]
    starts: NDArray[np.int64]


class Weights(NamedTuple):
    """What training finds."""

    dense: NDArray[np.float64]
    lexical: NDArray[np.float64]
    bias: NDArray[np.float64]


def read_examples() -> list[Example]:
    """Return the lines of examples.tsv; "# style: NAME" holds for the lines below it."""
    found, style = [], ""
    for line in (HERE / "examples.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# style: "):
            style = line.removeprefix("# style: ")
        elif line and not line.startswith("#"):
            kind, title, summary = line.split("\t")
            found.append(Example(kind, style, article_text(title, summary, "")))
    return found


def read_words() -> list[Example]:
    """Return the entries of words.tsv."""
    lines = [line.split("\t") for line in (HERE / "words.tsv").read_text(encoding="utf-8").splitlines()]
    return [Example(kind, "words", entry.strip()) for kind, entries in lines for entry in entries.split(",")]


def read_generated() -> list[Example]:
    """Return the expanded patterns."""
    return [
        Example(kind, "generated", article_text(title, summary, "")) for kind, title, summary in generate(GENERATED)
    ]


def vocabulary_of(examples: list[Example]) -> list[str]:
    """Return what at least two examples count as, sorted; pairs of words only from what a hand wrote."""
    counts = Counter(
        each
        for example in examples
        for each in counted(example.text)
        if " " not in each or example.style != "generated"
    )
    return sorted(each for each, count in counts.items() if count > 1)


def features(examples: list[Example], vocabulary: list[str], embedder: StaticEmbedder) -> Features:
    """Turn texts into what the model sees."""
    places = {word: place for place, word in enumerate(vocabulary)}
    rows = [[places[word] for word in counted(each.text) if word in places] for each in examples]
    starts = np.cumsum([0, *map(len, rows)])
    flat = np.array([place for row in rows for place in row], dtype=np.int64)
    return Features(embedder.encode([each.text for each in examples]), flat, starts)


def subset(all_of: Features, chosen: NDArray[np.int64]) -> Features:
    """Return the features of some examples."""
    spans = [all_of.words[all_of.starts[each] : all_of.starts[each + 1]] for each in chosen]
    starts = np.cumsum([0, *map(len, spans)])
    return Features(all_of.vectors[chosen], np.concatenate(spans), starts)


def scores(seen: Features, model: Weights) -> NDArray[np.float64]:
    """Return (n, classes) scores before the softmax."""
    owners = np.repeat(np.arange(len(seen.vectors)), np.diff(seen.starts))
    result = seen.vectors @ model.dense + model.bias
    for column in range(len(CLASSES)):
        share = WORD_SCALE * model.lexical[seen.words, column]
        result[:, column] += np.bincount(owners, share, minlength=len(result))
    return np.asarray(result)


def softmax(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows that sum to 1."""
    odds = np.exp(raw - raw.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def gradient(seen: Features, model: Weights, pull: NDArray[np.float64]) -> Weights:
    """Return the gradient of the penalised loss; `pull` is (n, classes), weighted prediction less truth."""
    owners = np.repeat(np.arange(len(pull)), np.diff(seen.starts))
    size = len(model.lexical)
    lexical = [WORD_SCALE * np.bincount(seen.words, pull[owners, each], minlength=size) for each in range(len(CLASSES))]
    return Weights(
        seen.vectors.T @ pull + L2 * model.dense,
        np.stack(lexical, axis=1) + L2 * model.lexical,
        pull.sum(axis=0),
    )


def fit(seen: Features, truth: NDArray[np.int64], weight: NDArray[np.float64], size: int) -> Weights:
    """Fit multinomial logistic regression with an L2 penalty by Adam (Kingma and Ba 2015) over all examples.

    Args:
        seen: features of n examples.
        truth: (n,), class numbers.
        weight: (n,), of each example; scaled to sum to 1.
        size: of the vocabulary.

    Returns:
        The weights after `STEPS` steps whose length falls to zero.
    """
    many = len(CLASSES)
    model = Weights(np.zeros((seen.vectors.shape[1], many)), np.zeros((size, many)), np.zeros(many))
    first, second = [[np.zeros_like(part) for part in model] for _ in range(2)]
    share = (weight / weight.sum())[:, None]
    target = np.eye(many)[truth]
    for step in range(1, STEPS + 1):
        slope = gradient(seen, model, (softmax(scores(seen, model)) - target) * share)
        pace = 0.3 * (1 - step / STEPS)
        for part, down, mean, spread in zip(model, slope, first, second, strict=True):
            mean[:] = 0.9 * mean + 0.1 * down
            spread[:] = 0.99 * spread + 0.01 * down * down
            part[:] -= pace * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return model


def area_under_curve(score: NDArray[np.float64], sensitive: NDArray[np.bool_]) -> float:
    """Return the chance that a sensitive example scores above a benign one (Mann and Whitney 1947)."""
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    many = int(sensitive.sum())
    return float((ranks[sensitive].sum() - many * (many + 1) / 2) / (many * (len(score) - many)))


def figures(score: NDArray[np.float64], sensitive: NDArray[np.bool_]) -> str:
    """Return area under the curve, and the share of benign kept where 95 of 100 sensitive are caught."""
    bar = np.quantile(score[sensitive], 1 - CAUGHT)
    kept = float((score[~sensitive] < bar).mean())
    return f"AUC {area_under_curve(score, sensitive):.3f}, benign kept at 95 caught {kept:.3f}"


class Lesson:
    """All examples with their features, and fits that leave some written ones out."""

    def __init__(self) -> None:
        self.written = read_examples()
        self.examples = [*self.written, *read_words(), *read_generated()]
        self.vocabulary = vocabulary_of(self.examples)
        self.embedder = load_default()
        self.seen = features(self.examples, self.vocabulary, self.embedder)
        self.truth = np.array([CLASSES.index(each.kind) for each in self.examples])
        self.weight = np.array([WEIGHTS.get(each.style, 1.0) for each in self.examples])

    def fit_without(self, left_out: NDArray[np.int64]) -> Weights:
        """Fit on everything else."""
        rest = np.setdiff1d(np.arange(len(self.examples)), left_out)
        return fit(subset(self.seen, rest), self.truth[rest], self.weight[rest], len(self.vocabulary))

    def predict_left_out(self, groups: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (written, classes) probabilities, each by a model that has not seen the example's group."""
        result = np.zeros((len(self.written), len(CLASSES)))
        for group in np.unique(groups):
            chosen = np.flatnonzero(groups == group)
            result[chosen] = softmax(scores(subset(self.seen, chosen), self.fit_without(chosen)))
        return result


def report(lesson: Lesson) -> float:
    """Print cross-validated figures and return the threshold.

    Returns:
        The probability that 10 of 100 benign examples reach when they are left out of training: a filter
        that hides half of what people like is switched off, and then it hides nothing.
    """
    count = len(lesson.written)
    truth = lesson.truth[:count]
    sensitive = truth > 0
    # Groups by checksum, not by order: neighbouring lines are often alike.
    folds = np.array([zlib.crc32(each.text.encode()) % FOLDS for each in lesson.written])
    predicted = lesson.predict_left_out(folds)
    right = (predicted[sensitive, 1:].argmax(axis=1) + 1 == truth[sensitive]).mean()
    others, size = len(lesson.examples) - count, len(lesson.vocabulary)
    print(f"{count} written, {others} words and expanded patterns, {size} features of words")
    print(f"{FOLDS} folds: {figures(1 - predicted[:, 0], sensitive)}, right kind {right:.3f}")
    styles = sorted({each.style for each in lesson.written})
    by_style = np.array([styles.index(each.style) for each in lesson.written])
    unseen = 1 - lesson.predict_left_out(by_style)[:, 0]
    for number, style in enumerate(styles):
        chosen = by_style == number
        print(f"  without {style} ({chosen.sum()}): {figures(unseen[chosen], sensitive[chosen])}")
    threshold = float(np.quantile(1 - predicted[~sensitive, 0], 1 - LOST))
    caught = (1 - predicted[sensitive, 0] >= threshold).mean()
    print(f"threshold {threshold:.3f}: {caught:.3f} caught, {LOST:.2f} of benign lost")
    return threshold


def shown_words(lesson: Lesson, model: Weights) -> tuple[list[str], NDArray[np.float64]]:
    """Return the vocabulary, lengthened by whole words of the embedder, and what each adds per class.

    A word outside the vocabulary counts through the vector only; knowing how much lets a reason name it.
    """
    tokens = lesson.embedder.vocabulary()
    whole = {token[1:] for token in tokens if token.startswith("▁") and token[1:].isascii()}
    more = sorted(
        word for word in whole - set(lesson.vocabulary) if word.isalpha() and word.islower() and len(word) > 3
    )
    everything = [*lesson.vocabulary, *more]
    adds = lesson.embedder.encode(everything) @ model.dense / 4
    adds[: len(lesson.vocabulary)] += WORD_SCALE * model.lexical
    strong = adds[:, 1:].max(axis=1) - adds[:, 0] > 0
    strong[: len(lesson.vocabulary)] = True
    return [word for word, keep in zip(everything, strong, strict=True) if keep], adds[strong]


def save(lesson: Lesson, model: Weights, threshold: float) -> None:
    """Write the model: words' weights as signed bytes of one scale, the rest as small floats."""
    everything, adds = shown_words(lesson, model)
    lexical = WORD_SCALE * model.lexical
    scale = float(np.abs(lexical).max()) / 127
    np.savez_compressed(
        MODEL,
        format=np.int64(FORMAT),
        vocabulary=np.frombuffer("\n".join(everything).encode("utf-8"), dtype=np.uint8),
        lexical=np.rint(lexical / scale).astype(np.int8),
        lexical_scale=np.float64(scale),
        shown=np.clip(np.rint(adds / np.abs(adds).max() * 127), -127, 127).astype(np.int8),
        dense=model.dense.astype(np.float16),
        bias=model.bias.astype(np.float32),
        threshold=np.float64(threshold),
    )
    print(f"{MODEL.name}: {MODEL.stat().st_size // 1024} kB")


def main() -> None:
    """Train, print figures, write the model."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    options = asked.parse_args()
    lesson = Lesson()
    threshold = report(lesson)
    if not options.dry_run:
        save(lesson, lesson.fit_without(np.array([], dtype=np.int64)), threshold)


if __name__ == "__main__":
    main()
