"""What the tact model found in an article, as it is kept, and whether that is enough to hold it back.

What is kept are probabilities, not a verdict: thresholds and welcome kinds can change afterwards, and differ from
person to person. Nothing here needs numpy, because lists are read without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

THRESHOLD = 0.5
"""The probability from which an article is held back unless the setting `tact.threshold` says otherwise. The model is
calibrated to it: tools/tact/train.py says how much it catches and loses."""
_ANYTHING = {"other": 1.0}
"""Of an article whose kept verdict is damaged: nobody knows that it is harmless."""
LEAST = 0.005
"""A probability below which a kind is not worth keeping."""


class Suspicion(NamedTuple):
    """What stands against an article.

    Attributes:
        probability: 0 to 1, that it is about any of the kinds that are not welcome.
        kind: the likeliest of them, or "" when the article need not be held back.
    """

    probability: float
    kind: str


def packed(probabilities: Mapping[str, float]) -> str:
    """Write down the probabilities of kinds, the likeliest first: "crime 0.62, death 0.21"."""
    strong = sorted([(-value, kind) for kind, value in probabilities.items() if value >= LEAST])
    return ", ".join([f"{kind} {-value:.2f}" for value, kind in strong])


def unpacked(kept: str | None) -> dict[str, float]:
    """Read what `packed` wrote; nothing kept is nothing found, and what cannot be read may be anything."""
    found = {}
    for part in kept.split(", ") if kept else ():
        kind, _, value = part.partition(" ")
        try:
            found[kind] = float(value)
        except ValueError:
            return dict(_ANYTHING)
    return found if all(0 <= value <= 1 for value in found.values()) else dict(_ANYTHING)


def suspicion(kept: str | None, allow: Collection[str] = (), threshold: float = THRESHOLD) -> Suspicion:
    """Judge an article for somebody.

    Args:
        kept: as `packed` wrote it.
        allow: kinds that are welcome.
        threshold: the probability from which it is held back; at 1 nothing is.

    Returns:
        How likely it is about the other kinds together, and the likeliest of these from the threshold on.
    """
    if not kept:
        return Suspicion(0.0, "")
    barred = {kind: value for kind, value in unpacked(kept).items() if kind not in allow}
    probability = min(1.0, sum(barred.values()))
    held = bool(barred) and threshold <= probability and threshold < 1
    return Suspicion(probability, max(barred, key=lambda kind: barred[kind]) if held else "")
