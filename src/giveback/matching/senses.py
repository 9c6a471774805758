"""Which sense of a word a person means: their other interests tell.

"Bass" is a fish and an instrument, and its vector lies between the two. Somebody who also cares about jazz means
the one, somebody who also cares about lakes the other. So an interest is moved a little towards those of the
same person's interests that are near it already; what is far from it says nothing about its sense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

NEIGHBOUR = 0.2
"""Cosine above which another interest is a neighbour: unrelated phrases lie below it."""
LEAN = 1.0
"""How far an interest of one word leans towards a neighbour, times how near that is."""


def lean(vectors: NDArray[np.float32], words: Sequence[int]) -> NDArray[np.float32]:
    """Move one person's interests towards their neighbours.

    Args:
        vectors: (m, d), what the person cares about; unit rows or zero rows.
        words: m, how many words each phrase has: the more, the clearer it is by itself.

    Returns:
        (m, d), unit rows or zero rows; an interest without neighbours stays where it was.
    """
    import numpy as np

    from giveback.matching.embedding import unit

    near = vectors @ vectors.T
    np.fill_diagonal(near, 0)
    # Above .95 it is the same interest in other words, which tells nothing more.
    pull = np.where(near < 0.95, np.maximum(near - NEIGHBOUR, 0), 0)  # noqa: PLR2004 -- see the line above
    if not pull.any():
        return vectors
    clear = np.sqrt(np.maximum(np.asarray(words, dtype=np.float32), 1))[:, None]
    moved: NDArray[np.float32] = unit((vectors + LEAN * (pull @ vectors) / clear).astype(np.float32))
    return np.where(pull.any(axis=1)[:, None], moved, vectors)
