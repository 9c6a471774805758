"""Texts as vectors: what makes them, and the small blobs in which they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.static import StaticEmbedder

DIMENSIONS = 256
BLOB_BYTES = DIMENSIONS
STATIC, TRANSFORMER = "static", "transformer"
LONGEST = 4_000
"""Characters of a text that are read: what an article is about is said early."""
SCALE = 320.0
"""Codes per unit: coordinates beyond 127 / 320 = 0.397 are clipped; unit vectors of texts stay below."""


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


class Model(NamedTuple):
    """Which embedder is wanted: one of the settings `matching.model` and `matching.model_path`.

    Attributes:
        kind: `STATIC` or `TRANSFORMER`.
        path: the folder of a transformer.
    """

    kind: str = STATIC
    path: str = ""

    def made(self, name: str) -> bool:
        """Whether vectors of an embedder of this name may be of this model; told without loading it."""
        return name.startswith("onnx-") == (self.kind == TRANSFORMER)


def load(model: Model) -> Embedder:
    """Load an embedder.

    Raises:
        UsageError: the transformer is not installed, or not where the settings say.
        StoreError: the files are missing or damaged.
    """
    if model.kind != TRANSFORMER:
        return load_default()
    from giveback.matching.transformer import load as load_transformer

    return load_transformer(model.path)


def width(name: str) -> int:
    """Length of the vectors of an embedder, which its name tells: "wordllama-256/1", "onnx-384/0123456789ab".

    Args:
        name: as stored beside vectors; one that tells nothing counts as the default embedder's.
    """
    number = name.partition("/")[0].rpartition("-")[2]
    return int(number) if number.isascii() and number.isdigit() and int(number) else DIMENSIONS


def load_default() -> StaticEmbedder:
    """Load the embedder that needs no network and no model of its own; see `wordllama.load`."""
    from giveback.matching.wordllama import load

    return load()


def to_blob(vector: NDArray[np.float32]) -> bytes:
    """Pack a vector for the store; see `to_blobs`."""
    return to_blobs(vector[None, :])[0]


def to_blobs(vectors: NDArray[np.float32]) -> list[bytes]:
    """Pack vectors for the store.

    Args:
        vectors: (n, 256), unit vectors or zeros.

    Returns:
        256 signed bytes each, all at one scale shared by every vector, so that products of codes compare.
    """
    import numpy as np

    codes = np.clip(np.rint(vectors * SCALE), -127, 127).astype(np.int8)
    width = codes.shape[1]
    packed = codes.tobytes()
    return [packed[start : start + width] for start in range(0, len(packed), width)]


def from_blobs(blobs: Iterable[bytes | None], dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Unpack vectors from the store.

    Args:
        blobs: as `to_blob` made them; None and blobs of another length give a zero row, because one
            damaged article must not hide the others.
        dimensions: length of the vectors; see `width`.

    Returns:
        (n, dimensions), unit rows or zero rows.
    """
    import numpy as np

    sound = [blob if blob is not None and len(blob) == dimensions else bytes(dimensions) for blob in blobs]
    codes = np.frombuffer(b"".join(sound), dtype=np.int8).reshape(len(sound), dimensions)
    return unit(codes.astype(np.float32))
