"""Whether words stand in the name of a gift: whole words, whatever their case, accents and regular plural."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_SHORTEST = 3


@lru_cache(maxsize=8_000)
def sequence(phrase: str) -> tuple[str, ...]:
    """The folded words of a phrase."""
    return tuple(words(phrase))


def same_word(listed: str, said: str) -> bool:
    """Whether a word is the listed one or its regular plural: "truffle" stands for "truffles", not the reverse."""
    if listed == said:
        return True
    if len(listed) < _SHORTEST or not said.startswith(listed[:-1]):
        return False
    return said in (listed + "s", listed + "es") or (listed.endswith("y") and said == listed[:-1] + "ies")


def places(phrase: str, said: Sequence[str]) -> list[range]:
    """Where a listed phrase stands among words; only its last word may be in the plural."""
    wanted = sequence(phrase)
    count = len(wanted)
    if not count or count > len(said) or (count > 1 and wanted[0] not in said):
        return []
    return [
        range(start, start + count)
        for start in range(len(said) - count + 1)
        if tuple(said[start : start + count - 1]) == wanted[:-1] and same_word(wanted[-1], said[start + count - 1])
    ]


def first_of(
    phrases: Iterable[str], said: Sequence[str], unless: Collection[str] = (), until: int | None = None
) -> str:
    """The first listed phrase that stands among words, outside of every phrase that excuses it; "" for none.

    Args:
        phrases: what is looked for.
        said: folded words, as `giveback.text.words` gives them.
        unless: phrases such as "wine vinegar"; what stands inside of one does not count. Gone through more than once.
        until: only what begins before this word counts; None for all.
    """
    end = len(said) if until is None else until
    hits = ((phrase, found) for phrase in phrases for found in places(phrase, said) if found.start < end)
    return next((phrase for phrase, found in hits if not _excused(found, said, unless)), "")


def _excused(hit: range, said: Sequence[str], unless: Collection[str]) -> bool:
    return any(each.start <= hit.start and hit.stop <= each.stop for phrase in unless for each in places(phrase, said))


def subject(phrases: Iterable[str], said: Sequence[str]) -> int:
    """Where the words begin that say what a gift is about: in "wine and a book about cheese" at "cheese"."""
    ends = [found.stop for phrase in phrases for found in places(phrase, said)]
    return min(ends, default=len(said))
