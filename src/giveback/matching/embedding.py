"""Texts as vectors: a mean of static word vectors, and the small blobs in which vectors are kept.

The vectors are WordLlama's, 256 dimensions (https://github.com/dleemiller/WordLlama). Its files are
read straight from the installed package, because its own loader looks for the tokenizer in a folder
that the wheel does not have and then asks the network. Reading them here is also faster: the table is
mapped into memory and only the rows in use are converted.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from giveback.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 256
BLOB_BYTES = DIMENSIONS
LONGEST = 4_000
"""Characters of a text that are read: what an article is about is said early."""
CHUNK = 512
SCALE = 320.0
"""Codes per unit: coordinates beyond 127 / 320 = 0.397 are clipped; unit vectors of texts stay below."""

_TABLE = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "l2_supercat_tokenizer_config.json"
_HINT = "install it again: pip install --force-reinstall wordllama"


class Embedder(Protocol):
    """Turns texts into vectors; two vectors may be compared only when the same embedder made both."""

    @property
    def name(self) -> str:
        """Names model and pooling; stored beside every vector."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text, or a zero row for a text that says nothing to the model."""
        ...

    def encode_counted(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the rows of `encode` and how many pieces of words each rests on."""
        ...


class StaticEmbedder:
    """The mean of a text's token vectors, scaled to length one.

    Attributes:
        name: model and pooling.
        dimensions: length of a vector.
    """

    def __init__(self, name: str, table: NDArray[Any], tokenizer: Any, weights: NDArray[np.float32]) -> None:  # noqa: ANN401 -- tokenizers has no types
        self.name = name
        self.dimensions = int(table.shape[1])
        self._table, self._tokenizer, self._weights = table, tokenizer, weights

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, as written and in lower case: half of all feeds and most people do without capitals.

        Args:
            texts: any strings; only the first 4,000 characters of each are read.

        Returns:
            (len(texts), dimensions), rows of length 1, or 0 where no token is known.
        """
        return self.encode_counted(texts)[0]

    def encode_counted(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Embed texts and say on how many known word pieces each vector rests.

        Args:
            texts: as for `encode`.

        Returns:
            The vectors, and (len(texts),) counts.
        """
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        counts = np.zeros(len(texts), dtype=np.int64)
        for start in range(0, len(texts), CHUNK):
            part = [text[:LONGEST] for text in texts[start : start + CHUNK]]
            here = slice(start, start + len(part))
            written, counts[here] = self._pool(self._tokens(part))
            lowered, _ = self._pool(self._tokens([text.lower() for text in part]))
            rows[here] = unit(unit(written) + unit(lowered))
        return rows, counts

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        if len(texts) == 1:
            return [self._tokenizer.encode(texts[0], add_special_tokens=False).ids]
        return [found.ids for found in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def _pool(self, tokens: list[list[int]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        import numpy as np

        lengths = np.array([len(ids) for ids in tokens], dtype=np.int64)
        pooled = np.zeros((len(tokens), self.dimensions), dtype=np.float32)
        known = np.zeros(len(tokens), dtype=np.int64)
        flat = np.array([each for ids in tokens for each in ids], dtype=np.int64)
        if not len(flat):
            return pooled, known
        used, places = np.unique(flat, return_inverse=True)
        vectors = self._table[used].astype(np.float32) * self._weights[used, None]
        filled = np.flatnonzero(lengths)
        starts = np.cumsum(lengths)[filled] - lengths[filled]
        pooled[filled] = np.add.reduceat(vectors[places], starts, axis=0)
        known[filled] = np.add.reduceat(self._weights[flat] > 0, starts, dtype=np.int64)
        return pooled, known


def article_text(title: str, summary: str, text: str) -> str:
    """Join what the vector of an article is made of.

    Args:
        title: of the article.
        summary: of the article; may be empty.
        text: of the article; may be empty.

    Returns:
        One string for `Embedder.encode`.
    """
    return " ".join(part for part in (f"{title}." if title else "", summary, text[:LONGEST]) if part)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length one; zero rows stay zero.

    Args:
        rows: (n, d).

    Returns:
        (n, d), new.
    """
    import numpy as np

    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    scaled: NDArray[np.float32] = np.divide(rows, length, out=np.zeros_like(rows), where=length > 1e-9)  # noqa: PLR2004 -- rounding noise, not a threshold to tune
    return scaled


def load_default() -> StaticEmbedder:
    """Load the embedder that needs no network and no model of its own.

    Returns:
        WordLlama's 256-dimensional table with its tokenizer.

    Raises:
        StoreError: the files are missing or damaged.
    """
    from tokenizers import Tokenizer

    folder = _folder()
    tokenizer = Tokenizer.from_file(str(_tokenizer_file(folder)))
    table = _map_table(folder / _TABLE)
    return StaticEmbedder("wordllama-256/1", table, tokenizer, _weights(tokenizer, len(table)))


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


def _weights(tokenizer: Any, count: int) -> NDArray[np.float32]:  # noqa: ANN401 -- tokenizers has no types
    """Weight per token: 0 for what the English vectors know nothing about, else 1."""
    import numpy as np

    weights = np.zeros(count, dtype=np.float32)
    for token, number in tokenizer.get_vocab(with_added_tokens=False).items():
        if number < count:
            weights[number] = _knows(token)
    return weights


def _knows(token: str) -> bool:
    """Latin letters or digits; not the bytes (<0x9F>) that stand for emoji and unknown scripts."""
    if token.startswith("<") and token.endswith(">"):
        return False
    return any(sign.isalnum() and sign < "ɐ" for sign in token)


def to_blob(vector: NDArray[np.float32]) -> bytes:
    """Pack a vector for the store.

    Args:
        vector: 256 numbers of a unit vector (or zeros).

    Returns:
        256 signed bytes, all at one scale shared by every vector, so that products of codes compare.
    """
    import numpy as np

    return bytes(np.clip(np.rint(vector * SCALE), -127, 127).astype(np.int8).tobytes())


def from_blobs(blobs: Iterable[bytes | None]) -> NDArray[np.float32]:
    """Unpack vectors from the store.

    Args:
        blobs: as `to_blob` made them; None and blobs of another length give a zero row, because one
            damaged article must not hide the others.

    Returns:
        (n, 256), unit rows or zero rows.
    """
    import numpy as np

    sound = [blob if blob is not None and len(blob) == BLOB_BYTES else bytes(BLOB_BYTES) for blob in blobs]
    codes = np.frombuffer(b"".join(sound), dtype=np.int8).reshape(len(sound), DIMENSIONS)
    return unit(codes.astype(np.float32))
