"""Static word vectors: texts as sums of token vectors, each word tokenised once.

The vectors are WordLlama's, 256 dimensions (https://github.com/dleemiller/WordLlama). Its files are
read straight from the installed package, because its own loader looks for the tokenizer in a folder
that the wheel does not have and then asks the network. Reading them here is also faster: the table is
mapped into memory and only the rows in use are converted.

The tokenizer's merges (Kudo and Richardson, SentencePiece, 2018) never reach over a space: a space only
begins a token. So a text's tokens are those of its words, and a word's tokens are found once and
remembered. What is left for each text are a look-up per word and a sum of rows.
"""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import StoreError
from giveback.matching.embedding import LONGEST, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

CHUNK = 512
MANY = 32
"""Texts from which it pays to see whether they may be taken apart at spaces."""
HELD = 1_000_000
"""Characters of words that are remembered; then all are forgotten (about 20 MB)."""

_TABLE = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "l2_supercat_tokenizer_config.json"
_HINT = "install it again: pip install --force-reinstall wordllama"
_PROBE = "Of mice  and men, 12 in a (well-worn) box"
_WORDS = re.compile(" *[^ ]+")


class Sums(NamedTuple):
    """Sums of token vectors, before they are scaled; those of two parts of a text add up to those of the text.

    Attributes:
        written: (n, d), of the tokens of texts as written.
        lowered: (n, d), of the tokens in lower case.
        pieces: (n,), known tokens as written.
    """

    written: NDArray[np.float32]
    lowered: NDArray[np.float32]
    pieces: NDArray[np.int64]

    def plus(self, other: Sums) -> Sums:
        """Add those of what follows, or comes before, behind a space."""
        return Sums(self.written + other.written, self.lowered + other.lowered, self.pieces + other.pieces)

    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors, both cases counting the same: half of all feeds and most people write without capitals."""
        return unit(unit(self.written) + unit(self.lowered))


class StaticEmbedder:
    """The mean of a text's token vectors, scaled to length one.

    Attributes:
        name: model and pooling.
        dimensions: length of a vector.
    """

    def __init__(self, name: str, table: NDArray[Any], tokenizer: Any) -> None:  # noqa: ANN401 -- tokenizers has no types
        self.name = name
        self.dimensions = int(table.shape[1])
        self._table, self._words = table, _Words(tokenizer, len(table))
        self._made: NDArray[np.float32] | None = None
        self._is_made: NDArray[np.bool_] | None = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts.

        Args:
            texts: any strings; only the first 4,000 characters of each are read.

        Returns:
            (len(texts), dimensions), rows of length 1, or 0 where no token is known.
        """
        return self.sums(texts).vectors()

    def encode_counted(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Embed texts and say on how many known word pieces each vector rests.

        Args:
            texts: as for `encode`.

        Returns:
            The vectors, and (len(texts),) counts.
        """
        found = self.sums(texts)
        return found.vectors(), found.pieces

    def sums(self, texts: Sequence[str]) -> Sums:
        """Sum up the token vectors of texts; see `Sums`."""
        import numpy as np

        found = Sums(
            np.zeros((len(texts), self.dimensions), dtype=np.float32),
            np.zeros((len(texts), self.dimensions), dtype=np.float32),
            np.zeros(len(texts), dtype=np.int64),
        )
        for start in range(0, len(texts), CHUNK):
            part = [text[:LONGEST] for text in texts[start : start + CHUNK]]
            here = slice(start, start + len(part))
            self._sum(part, Sums(found.written[here], found.lowered[here], found.pieces[here]))
        return found

    def _sum(self, texts: list[str], into: Sums) -> None:
        import numpy as np

        words, owners = self._words.of(texts)
        lowered = self._words.lowered(words)
        changed = lowered != words
        same = self._add(words[~changed], owners[~changed], into.lowered)
        into.written[:] = into.lowered
        into.pieces[:] = same + self._add(words[changed], owners[changed], into.written)
        self._add(lowered[changed], owners[changed], into.lowered)

    def _add(
        self, words: NDArray[np.int64], owners: NDArray[np.int64], into: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        """Add the vectors of words to the rows of their owners, ascending; return how many tokens that were."""
        import numpy as np

        tokens, lengths = self._words.tokens(words)
        counts = np.zeros(len(into), dtype=np.int64)
        np.add.at(counts, owners, lengths)
        rows = self._rows(tokens)
        most = int(counts.max(initial=0))
        buffer, ones = np.empty((most, self.dimensions), dtype=np.float32), np.ones(most, dtype=np.float32)
        ends = np.cumsum(counts).tolist()
        for row, (end, count) in enumerate(zip(ends, counts.tolist(), strict=True)):
            if count:
                # Many times faster than reduceat, which adds column by column; `clip` spares a second buffer.
                taken = rows.take(tokens[end - count : end], axis=0, out=buffer[:count], mode="clip")
                into[row] += ones[:count] @ taken
        return counts

    def _rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the table, in which the rows of these tokens are made."""
        import numpy as np

        if self._made is None or self._is_made is None:
            self._made = np.empty(self._table.shape, dtype=np.float32)
            self._is_made = np.zeros(len(self._table), dtype=bool)
        fresh = np.unique(tokens[~self._is_made[tokens]])
        self._made[fresh] = self._row(fresh)
        self._is_made[fresh] = True
        return self._made

    def _row(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what known tokens add to a text: (k, d), made once for each."""
        import numpy as np

        rows: NDArray[np.float32] = self._table[tokens].astype(np.float32)
        return rows


class _Words:
    """Numbers of words, and the known tokens of each; filled as words come."""

    def __init__(self, tokenizer: Any, size: int) -> None:  # noqa: ANN401 -- tokenizers has no types
        import numpy as np

        self._tokenizer = tokenizer
        self._is_apart: bool | None = None
        self._knows = np.zeros(size, dtype=np.int8)  # 0 not looked at, 1 known, -1 not
        self._forget()

    def _forget(self) -> None:
        import numpy as np

        self._numbers: dict[str, int] = {}
        self._held = 0
        self._lowered = np.zeros(0, dtype=np.int64)
        self._starts = np.zeros(1, dtype=np.int64)
        self._tokens = np.zeros(0, dtype=np.int64)

    def of(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Take texts apart.

        Returns:
            Numbers of words, text after text, and the place of the text that each is in.
        """
        import numpy as np

        split = self._splitter(len(texts))
        parts = [split(text) for text in texts]
        words = list(chain.from_iterable(parts))
        if self._held > HELD:
            self._forget()
        self._learn(set(words).difference(self._numbers))
        numbers = np.fromiter(map(self._numbers.__getitem__, words), dtype=np.int64, count=len(words))
        return numbers, np.repeat(np.arange(len(texts)), [len(part) for part in parts])

    def lowered(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of words in lower case."""
        return self._lowered[words]

    def tokens(self, words: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the known tokens of words, one after the other, and how many each has."""
        import numpy as np

        lengths = self._starts[words + 1] - self._starts[words]
        shift = self._starts[words] - (np.cumsum(lengths) - lengths)
        return self._tokens[np.arange(int(lengths.sum())) + np.repeat(shift, lengths)], lengths

    def _splitter(self, count: int) -> Callable[[str], list[str]]:
        if self._is_apart is None and count >= MANY:
            self._is_apart = _is_apart(self._tokenizer)
        return _split if self._is_apart else _whole

    def _learn(self, words: set[str]) -> None:
        """Give numbers to new words and to their lower cases, and find their tokens."""
        import numpy as np

        fresh = list(words)
        fresh += {word.lower() for word in fresh}.difference(words, self._numbers)
        if not fresh:
            return
        first = len(self._numbers)
        self._numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
        lowered = np.array([self._numbers[word.lower()] if word in words else -1 for word in fresh], dtype=np.int64)
        tokens = [found.ids for found in self._encoded(fresh)]
        flat = np.fromiter(chain.from_iterable(tokens), dtype=np.int64)
        owners = np.repeat(np.arange(len(fresh)), [len(each) for each in tokens])
        known = self._known(flat)
        ends = self._starts[-1] + np.cumsum(np.bincount(owners[known], minlength=len(fresh)))
        self._lowered = np.concatenate([self._lowered, np.where(lowered < 0, first + np.arange(len(fresh)), lowered)])
        self._starts = np.concatenate([self._starts, ends])
        self._tokens = np.concatenate([self._tokens, flat[known]])
        self._held += sum(map(len, fresh))

    def _encoded(self, words: list[str]) -> list[Any]:
        if len(words) == 1:  # without waking the threads
            return [self._tokenizer.encode(words[0], add_special_tokens=False)]
        found: list[Any] = self._tokenizer.encode_batch_fast(words, add_special_tokens=False)
        return found

    def _known(self, tokens: NDArray[np.int64]) -> NDArray[np.bool_]:
        import numpy as np

        inside = tokens < len(self._knows)
        some = np.unique(tokens[inside])
        for token in some[self._knows[some] == 0].tolist():
            self._knows[token] = 1 if knows(self._tokenizer.id_to_token(token) or "") else -1
        return inside & (self._knows[np.where(inside, tokens, 0)] > 0)


def _split(text: str) -> list[str]:
    """Take a text apart so that each part can be tokenised by itself; the tokenizer puts a space before each."""
    if "<" in text and any(special in text for special in ("<s>", "</s>", "<unk>")):
        return [text]  # these are tokens of their own, after which another space is put
    if "  " in text:
        return [part[1:] for part in _WORDS.findall(" " + text)]
    return text.split(" ")


def _whole(text: str) -> list[str]:
    return [text]


def _is_apart(tokenizer: Any) -> bool:  # noqa: ANN401 -- tokenizers has no types
    """Whether texts may be taken apart at spaces: no token reaches over one, and each word gets its own."""
    if any("\u2581" in token.lstrip("\u2581") for token in tokenizer.get_vocab(with_added_tokens=False)):
        return False
    parts = [tokenizer.encode(part, add_special_tokens=False).ids for part in _split(_PROBE)]
    return bool(list(chain.from_iterable(parts)) == tokenizer.encode(_PROBE, add_special_tokens=False).ids)


def knows(token: str) -> bool:
    """Latin letters or digits; not the bytes (<0x9F>) that stand for emoji and unknown scripts."""
    if token.startswith("<") and token.endswith(">"):
        return False
    return any(sign.isalnum() and sign < "ɐ" for sign in token)


def load() -> StaticEmbedder:
    """Load the embedder that needs no network and no model of its own.

    Returns:
        WordLlama's 256-dimensional table with its tokenizer.

    Raises:
        StoreError: the files are missing or damaged.
    """
    from tokenizers import Tokenizer

    folder = _folder()
    tokenizer = Tokenizer.from_file(str(_tokenizer_file(folder)))
    return StaticEmbedder("wordllama-256/1", _map_table(folder / _TABLE), tokenizer)


def _folder() -> Path:
    # find_spec on a top-level name does not import it: wordllama's __init__ costs a second.
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise StoreError("the word vectors are not installed", "pip install wordllama")
    return Path(spec.origin).parent


def _tokenizer_file(folder: Path) -> Path:
    for place in ("tokenizers", "tokenizer"):
        if (found := folder / place / _TOKENIZER).is_file():
            return found
    raise StoreError(f"no tokenizer file in {folder}", _HINT)


def _map_table(file: Path) -> NDArray[Any]:
    """Map the one table of a safetensors file: 8 bytes length, a JSON header, then the numbers."""
    import numpy as np

    try:
        with file.open("rb") as source:
            size = int.from_bytes(source.read(8), "little")
            about = json.loads(source.read(min(size, 1 << 20)))["embedding.weight"]
        kind = {"F16": "<f2", "F32": "<f4"}[about["dtype"]]
        start = 8 + size + about["data_offsets"][0]
        shape = (int(about["shape"][0]), int(about["shape"][1]))
        table: NDArray[Any] = np.memmap(file, dtype=kind, mode="r", offset=start, shape=shape)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"the word vectors cannot be read: {file}", _HINT) from error
    return table
