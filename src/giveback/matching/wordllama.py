"""WordLlama's word vectors, 256 dimensions (https://github.com/dleemiller/WordLlama).

Its files are read straight from the installed package, because its own loader looks for the tokenizer in a folder
that the wheel does not have and then asks the network. Reading them here is also faster: the table is mapped into
memory and only the rows in use are converted, and the tokenizer is loaded when there is something to tokenise.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from giveback.errors import StoreError
from giveback.matching.static import StaticEmbedder

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

_TABLE = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "l2_supercat_tokenizer_config.json"
_HINT = "install it again: pip install --force-reinstall wordllama"


def load() -> StaticEmbedder:
    """Load the embedder that needs no network and no model of its own.

    Returns:
        WordLlama's 256-dimensional table with its tokenizer.

    Raises:
        StoreError: the files are missing or damaged.
    """
    folder = _folder()
    file = _tokenizer_file(folder)
    return StaticEmbedder("wordllama-256/1", _map_table(folder / _TABLE), lambda: _tokenizer(file))


def _tokenizer(file: Path) -> Any:  # noqa: ANN401 -- tokenizers has no types
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(file))


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
