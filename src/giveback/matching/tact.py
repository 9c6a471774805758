"""Tact: whether an article is about a subject that can hurt, and which.

A linear model (multinomial logistic regression) over the vector of an article and its words. It was
trained by tools/tact/train.py on examples written for it; docs/matching.md has the figures.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import StoreError
from giveback.matching.suspicion import THRESHOLD, packed
from giveback.text import words as words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import IO

    import numpy as np
    from numpy.typing import NDArray

KINDS = ("politics", "religion", "crime", "war", "death", "sex", "illness", "other")
"""What an article can be held back for; the model's classes are "benign" and these, in this order."""
READ = 1_000
"""Characters of a text whose words count: later ones no longer say what the article is about."""
SHOWN = 4
_COMMON = (
    "a about after all an and are as at be been but by can did do for from had has have he her him his how i if in "
    "into is it its me more my no not of off on one or our out over she so than that the their them they this to up "
    "us was we were what when where which who why will with would you your"
)
SILENT = frozenset(words_of(_COMMON))
"""Words that carry weight in the sum, but would explain nothing to a reader."""
STEM = 5
"""Letters by which longer words count once more, so that "bombings" is known from "bomber"."""
REMEMBERED = 50_000
"""Words whose places are remembered; then all are forgotten."""
MODEL_FILE = "tact_model.npz"
_HINT = "install it again: pip install --force-reinstall giveback"
FORMAT = 2


class Verdict(NamedTuple):
    """What the model thinks of one article.

    Attributes:
        probability: 0 to 1, that it is about any of the kinds that are not allowed.
        kind: the likeliest such kind, or "" below the threshold of `matching.suspicion`.
        words: folded words of the text that spoke for the kind, strongest first.
    """

    probability: float
    kind: str
    words: tuple[str, ...]


class TactModel:
    """The weights and what they say."""

    def __init__(
        self,
        dense: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        vocabulary: Sequence[str],
        lexical: NDArray[np.float32],
        shown: NDArray[np.float32],
    ) -> None:
        """Take what training found.

        Args:
            dense: (256, 9), weights of the vector.
            bias: (9,).
            vocabulary: what texts can count as (see `counted`), that with weights of its own first.
            lexical: (m, 9), weights of the first m words.
            shown: (len(vocabulary), 9), what each adds in all, for the reasons.
        """
        self._dense, self._bias, self._lexical, self._shown = dense, bias, lexical, shown
        self._reader = _Reader(vocabulary)
        self._gains: list[dict[str, float]] = [{} for _ in range(len(KINDS) + 1)]

    def judge(self, vectors: NDArray[np.float32], texts: Sequence[str], allow: Collection[str] = ()) -> list[Verdict]:
        """Judge articles.

        Args:
            vectors: (n, 256), unit rows of the default embedder, or zero rows.
            texts: n strings, title and summary; long ones are read in part.
            allow: kinds that do not count, because this reader likes them.

        Returns:
            One verdict per article. A text of which neither vector nor word is known gets 0: nothing
            can be said about it.
        """
        import numpy as np

        barred = [place for place, kind in enumerate(KINDS, start=1) if kind not in allow]
        found = [words_of(text[:READ]) for text in texts]
        odds = self._told(vectors, found)
        sums = np.minimum(odds[:, barred].sum(axis=1), 1.0)
        verdicts = [Verdict(probability, "", ()) for probability in sums.tolist()]
        for row in np.flatnonzero(sums >= THRESHOLD).tolist() if barred else ():
            best = max(barred, key=lambda place: odds[row, place])
            words = self._reasons(found[row], best)
            verdicts[row] = Verdict(verdicts[row].probability, KINDS[best - 1], words)
        return verdicts

    def kinds(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> list[str]:
        """Find what articles are about, in the form that is kept: see `matching.suspicion`.

        Args:
            vectors: (n, 256), as for `judge`.
            texts: n strings.

        Returns:
            Per article its kinds with their probabilities, "" when nothing is known of it.
        """
        odds = self._told(vectors, [words_of(text[:READ]) for text in texts])
        return [packed(dict(zip(KINDS, row, strict=True))) for row in odds[:, 1:].tolist()]

    def words(self, text: str, kind: str) -> tuple[str, ...]:
        """Return the folded words of a text that speak for a kind, strongest first, at most four."""
        return self._reasons(words_of(text[:READ]), KINDS.index(kind) + 1)

    def _told(self, vectors: NDArray[np.float32], texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """The probabilities, all 0 where neither vector nor word is known."""
        import numpy as np

        told = np.any(vectors, axis=1) | np.array([self._reader.knows(words) for words in texts], dtype=bool)
        return np.where(told[:, None], self._odds(vectors, texts), 0.0)

    def probabilities(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the probability of each class.

        Args:
            vectors: (n, 256), as for `judge`.
            texts: n strings.

        Returns:
            (n, 9), rows sum to 1: benign first, then `KINDS`.
        """
        return self._odds(vectors, [words_of(text[:READ]) for text in texts])

    def _odds(self, vectors: NDArray[np.float32], texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        import numpy as np

        scores = np.asarray(vectors, dtype=np.float64) @ self._dense + self._bias
        places = [list(self._reader.counted(words)) for words in texts]
        owners = np.repeat(np.arange(len(texts)), [len(own) for own in places])
        flat = np.fromiter(chain.from_iterable(places), dtype=np.int64)
        weighty = flat < len(self._lexical)
        adds, owners = self._lexical[flat[weighty]], owners[weighty]
        for kind in range(scores.shape[1]):
            scores[:, kind] += np.bincount(owners, adds[:, kind], minlength=len(texts))
        odds = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
        result: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return result

    def _reasons(self, words: Sequence[str], kind: int) -> tuple[str, ...]:
        gains = {word: self._gain(word, kind) for word in words}
        strongest = sorted(
            (word for word in gains if gains[word] > 0 and word not in SILENT), key=lambda word: (-gains[word], word)
        )
        return tuple(strongest[:SHOWN])

    def _gain(self, word: str, kind: int) -> float:
        """How much a word speaks for a kind."""
        known = self._gains[kind]
        if word not in known:
            adds = self._shown[list(self._reader.places(word))]
            known[word] = float((adds[:, kind] - adds[:, 0]).sum())
        return known[word]


class _Reader:
    """What words are in the vocabulary as; remembers words, because most come again."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        places = {word: place for place, word in enumerate(vocabulary)}
        self._words = _Words(places)
        self._seconds: dict[str, dict[str, int]] = {}
        for pair, place in places.items():
            first, space, second = pair.partition(" ")
            if space:
                self._seconds.setdefault(first, {})[second] = place

    def counted(self, words: Sequence[str]) -> set[int]:
        """Return the places of all that the words of a text count as, as `counted` says."""
        if len(self._words) > REMEMBERED:
            self._words.clear()
        seconds = self._seconds
        found = set(chain.from_iterable(map(self._words.__getitem__, words)))
        found.update([seconds[one][two] for one, two in pairwise(words) if one in seconds and two in seconds[one]])
        return found

    def knows(self, words: Sequence[str]) -> bool:
        """Whether any of the words is in the vocabulary, whole or by its first letters."""
        return any(map(self._words.__getitem__, words))

    def places(self, word: str) -> tuple[int, ...]:
        """Return the places of what a word counts as."""
        return self._words[word]


class _Words(dict[str, tuple[int, ...]]):
    """The places of words, whole and by their first letters; found when first asked for."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = tuple(self._vocabulary[each] for each in (word, *_stem(word)) if each in self._vocabulary)
        self[word] = found
        return found


def counted(text: str) -> list[str]:
    """Return what the words of a text count as, each once, sorted.

    Args:
        text: title and summary; only the first 1,000 characters are read.

    Returns:
        Its folded words, the first letters of longer ones marked with "^", and its pairs of
        neighbouring words: "sudden death" is not a death.
    """
    found = words_of(text[:READ])
    pairs = [f"{left} {right}" for left, right in pairwise(found)]
    return sorted({*found, *pairs, *(stem for word in found for stem in _stem(word))})


def _stem(word: str) -> tuple[str, ...]:
    return (f"^{word[:STEM]}",) if len(word) > STEM else ()


def model_name() -> str:
    """Name the model of the package by what its file holds: what another one found has to be judged anew.

    Raises:
        StoreError: the file is missing.
    """
    import zlib
    from importlib.resources import files

    try:
        return f"tact-{zlib.crc32(files('giveback.matching').joinpath(MODEL_FILE).read_bytes()):08x}"
    except OSError as error:
        raise StoreError("the tact model cannot be read", _HINT) from error


def load(source: IO[bytes] | None = None) -> TactModel:
    """Load the model.

    Args:
        source: an open file as tools/tact/train.py writes it; without it the one in the package.

    Returns:
        The model, ready to judge.

    Raises:
        StoreError: the file is missing or damaged.
    """
    from importlib.resources import files
    from zipfile import BadZipFile

    try:
        if source is not None:
            return _read(source)
        with files("giveback.matching").joinpath(MODEL_FILE).open("rb") as packaged:
            return _read(packaged)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise StoreError("the tact model cannot be read", _HINT) from error


def _read(source: IO[bytes]) -> TactModel:
    import numpy as np

    with np.load(source, allow_pickle=False) as saved:
        if int(saved["format"]) != FORMAT:
            raise ValueError("another format")
        vocabulary = bytes(saved["vocabulary"]).decode("utf-8").split("\n")
        lexical = saved["lexical"].astype(np.float32) * np.float32(saved["lexical_scale"])
        shown = saved["shown"].astype(np.float32) / 127
        if len(shown) != len(vocabulary) or len(lexical) > len(vocabulary):
            raise ValueError("words and weights differ in number")
        dense, bias = saved["dense"].astype(np.float32), saved["bias"].astype(np.float32)
        return TactModel(dense, bias, vocabulary=vocabulary, lexical=lexical, shown=shown)
