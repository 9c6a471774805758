"""Which sense of a word a person means: their other interests tell.

"Bass" is a fish and an instrument, and its vector lies between the two. Somebody who also cares about jazz means
the one, somebody who also cares about lakes the other. So of the articles that hold the word, those gain a little
that are near another interest of the same person.

What is near two interests is not always the sense of one: somebody who cares about hockey and baseball wants no article
on baseball that mentions hockey. So the gain grows with the cube of how well an article fits the word itself: it
decides between articles that fit equally well, and does little for those that hardly fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GAIN = 1.0
"""What closeness to another interest adds for an article that fits the word perfectly."""


def context(own: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """What articles gain from the person's other interests.

    Args:
        own: (n,), scores by the interest's own words.
        others: (m, n), closeness to the person's other interests.

    Returns:
        (n,), 0 or above.
    """
    import numpy as np

    near = np.maximum(others.max(axis=0), 0) if len(others) else np.zeros_like(own)
    gain: NDArray[np.float32] = (GAIN * near * np.maximum(own, 0) ** 3).astype(np.float32)
    return gain
