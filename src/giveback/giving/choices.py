"""How suggestions are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.embedding import Model
from giveback.matching.suspicion import THRESHOLD
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from giveback.matching.embedding import Embedder

WEAK = ("company", "title", "town")
"""What is known of a person that may count as a weak interest."""


class Choice(NamedTuple):
    """How a list is asked for.

    Attributes:
        limit: at most so many articles.
        since: only articles dated on or after this ISO day; "" for all.
        sensitive: suggest sensitive articles too.
        allow: kinds of sensitive articles that are welcome.
        threshold: the probability of being sensitive from which an article is left out.
        without: numbers of articles to leave out.
        reasons: say by which words; who shows only titles need not read the articles for it.
        weak: what is known of a person that counts as a weak interest: "company", "title", "town".
        model: which embedder makes the vectors that are ranked.
        embedder: names the nearest passages in the reasons; None for no passages, which is much quicker.
    """

    limit: int = 5
    since: str = ""
    sensitive: bool = False
    allow: frozenset[str] = frozenset()
    without: Collection[int] = ()
    reasons: bool = True
    weak: frozenset[str] = frozenset(WEAK)
    embedder: Embedder | None = None
    threshold: float = THRESHOLD
    model: Model = Model()


def kinds(said: str) -> frozenset[str]:
    """Kinds of sensitive matter, or of weak interests, as a setting lists them: "illness, religion"."""
    return frozenset(fold(part) for part in said.replace(";", ",").split(",") if part.strip())
