"""Why somebody may help with a target: grounds as values, and the order in which candidates are shown."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.asking.ties import WORTH
from giveback.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from giveback.asking.ties import Tie

Kind = Literal["is", "works", "knows", "worked", "knows-of", "circle", "school", "industry", "town", "interest"]
ORDER: dict[Kind, int] = {
    "is": 0,
    "works": 1,
    "knows": 2,
    "worked": 3,
    "knows-of": 4,
    "circle": 5,
    "school": 6,
    "industry": 7,
    "town": 8,
    "interest": 9,
}
"""From who is there to who merely shares something with somebody who is."""

_STOP = frozenset(
    {
        *("about", "after", "also", "company", "does", "from", "have", "hire", "hires", "into", "introduction", "know"),
        *("name", "need", "people", "person", "some", "team", "than", "that", "their", "them", "there", "they", "this"),
        *("those", "what", "when", "where", "which", "whom", "with", "work", "works", "would", "your", "culture"),
    }
)
_SHORTEST = 4


class Ground(NamedTuple):
    """One reason why a contact may help.

    Attributes:
        kind: which one.
        text: in words, without the contact's own name.
        path: the people between the contact and the target, the contact left out.
        unsure: the company is only perhaps the same.
    """

    kind: Kind
    text: str
    path: tuple[str, ...] = ()
    unsure: bool = False


def rank(grounds: Sequence[Ground], tie: Tie, name_key: str) -> tuple[int, bool, int, int, str]:
    """What candidates are sorted by.

    The strongest ground first; among equals a weak or dormant tie before a warm one, and before somebody with whom
    nothing was exchanged; then who has more grounds.
    """
    best = grounds[0]
    return ORDER[best.kind], best.unsure, -WORTH[tie.warmth], -len(grounds), name_key


def in_order(grounds: Iterable[Ground]) -> list[Ground]:
    """Grounds, strongest first, each kind once."""
    found: dict[Kind, Ground] = {}
    for ground in sorted(grounds, key=lambda each: (ORDER[each.kind], each.unsure)):
        found.setdefault(ground.kind, ground)
    return list(found.values())


def field_words(texts: Iterable[str]) -> frozenset[str]:
    """The words of needs and industries by which somebody of the same field is known, plurals aside."""
    return frozenset(
        stem(word) for text in texts for word in words(text) if word not in _STOP and len(word) >= _SHORTEST
    )


@cache
def stem(word: str) -> str:
    """A word without the ending of a plural or of who does it: "engineers", "engineering" as "engineer"."""
    for ending in ("ings", "ing", "ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def shared_words(wanted: frozenset[str], text: str) -> list[str]:
    """The words of a text that stand for the field, as they are written."""
    if not wanted or not text:
        return []
    return [word for word in words(text) if stem(word) in wanted]


def holds(text: str, folded: str) -> bool:
    """Whether a text holds a folded phrase as whole words."""
    return bool(folded) and re.search(rf"(?<!\w){re.escape(folded)}(?!\w)", fold(text)) is not None


def introducer(met_at: str) -> str:
    """Who introduced a contact, from "introduced by Ana Ruiz": the folded name, or ""."""
    found = re.search(r"\b(?:introduced by|intro(?:duction)? (?:by|from|through)|through)\s+(.+)", fold(met_at))
    return re.split(r",|\(|;| at | in | on ", found[1])[0].strip() if found else ""
