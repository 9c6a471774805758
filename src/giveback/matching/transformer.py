"""Sentence vectors of a transformer on ONNX Runtime, such as all-MiniLM-L6-v2: dearer, from a folder of the user's.

Reimers and Gurevych, Sentence-BERT (2019): the mean of the token vectors of the last layer, scaled to length one.
Nothing is downloaded: the folder holds model.onnx and tokenizer.json, as exports of such models have them.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from giveback.errors import StoreError, UsageError
from giveback.matching.embedding import LONGEST, unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

BATCH = 32
TOKENS = 256
"""Tokens of a text that are read; all-MiniLM-L6-v2 was trained on no more."""
FILES = ("model.onnx", "tokenizer.json")
_WIDEST = 4_096
_INSTALL = "pip install 'giveback[transformer]', or: giveback config set matching.model static"
_FOLDER = "giveback config set matching.model_path FOLDER, one with " + " and ".join(FILES)


class TransformerEmbedder:
    """The mean of the token vectors of a transformer's last layer, scaled to length one.

    Attributes:
        name: length of the vectors and a digest of the files, so that another model is known as another.
        dimensions: length of a vector.
    """

    def __init__(self, digest: str, session: Any, tokenizer: Any) -> None:  # noqa: ANN401 -- neither has types
        self._session, self._tokenizer = session, tokenizer
        self._inputs = {each.name for each in session.get_inputs()}
        self.dimensions = self._run(["giveback"])[0].shape[1]
        self.name = f"onnx-{self.dimensions}/{digest}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; see `Embedder.encode`."""
        return self.encode_counted(texts)[0]

    def encode_counted(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Embed texts and say on how many word pieces each vector rests; see `Embedder.encode_counted`."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        counts = np.zeros(len(texts), dtype=np.int64)
        # Texts of one length together: every text of a batch costs what the longest does.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            rows[part], counts[part] = self._run([texts[place][:LONGEST] for place in part])
        return rows, counts

    def _run(self, texts: list[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        import numpy as np

        found = self._tokenizer.encode_batch(texts)
        columns = {
            "input_ids": np.array([each.ids for each in found], dtype=np.int64),
            "attention_mask": np.array([each.attention_mask for each in found], dtype=np.int64),
            "token_type_ids": np.array([each.type_ids for each in found], dtype=np.int64),
        }
        given = {name: values for name, values in columns.items() if name in self._inputs}
        last = np.asarray(self._session.run(None, given)[0], dtype=np.float32)
        mask = columns["attention_mask"].astype(np.float32)
        vectors = last if last.ndim == 2 else np.einsum("btd,bt->bd", last, mask)  # noqa: PLR2004 -- pooled inside
        special = np.array([each.special_tokens_mask for each in found], dtype=np.int64)
        counts = ((special == 0) & (mask > 0)).sum(axis=1)
        return np.where(counts[:, None] > 0, unit(vectors), 0), counts


def load(folder: str) -> TransformerEmbedder:
    """Load a model from a folder.

    Args:
        folder: with model.onnx and tokenizer.json.

    Raises:
        UsageError: ONNX Runtime is not installed, or there is no such folder.
        StoreError: the files are damaged, or of no model that gives sentence vectors.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise UsageError("the transformer needs ONNX Runtime, which is not installed", _INSTALL) from error
    model, tokens = checked_folder(folder)
    try:
        session = onnxruntime.InferenceSession(str(model), _options(onnxruntime), ["CPUExecutionProvider"])
        embedder = TransformerEmbedder(_digest(model, tokens), session, _tokenizer(tokens))
    except Exception as error:
        line = str(error).partition("\n")[0]
        raise StoreError(f"the transformer in {folder} cannot be used: {line}", _FOLDER) from error
    if not 1 <= embedder.dimensions <= _WIDEST:
        raise StoreError(f"the model in {folder} gives no sentence vectors", _FOLDER)
    return embedder


def checked_folder(folder: str) -> tuple[Path, Path]:
    """Return the two files of a model.

    Args:
        folder: "~" is the home folder.

    Raises:
        UsageError: the setting is empty, or a file is not there.
    """
    if not folder:
        raise UsageError("it is not set where the transformer is", _FOLDER)
    place = Path(folder).expanduser()
    for name in FILES:
        if not (place / name).is_file():
            raise UsageError(f"there is no {name} in {folder}", _FOLDER)
    return place / FILES[0], place / FILES[1]


def _options(onnxruntime: Any) -> Any:  # noqa: ANN401 -- no types
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return options


def _tokenizer(file: Path) -> Any:  # noqa: ANN401 -- no types
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.enable_padding()
    return tokenizer


def _digest(*files: Path) -> str:
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()[:12]
