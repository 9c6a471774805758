"""Whether words stand in the name of a gift: whole words, whatever their case, accents and regular plural."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    if listed.endswith("y"):
        return said == listed[:-1] + "ies"
    return said in (listed + "s", listed + "es")


def places(phrase: str, said: Sequence[str]) -> list[range]:
    """Where a listed phrase stands among words; only its last word may be in the plural."""
    wanted = sequence(phrase)
    count = len(wanted)
    if not count:
        return []
    return [
        range(start, start + count)
        for start in range(len(said) - count + 1)
        if tuple(said[start : start + count - 1]) == wanted[:-1] and same_word(wanted[-1], said[start + count - 1])
    ]


def first_of(phrases: Iterable[str], said: Sequence[str], unless: Iterable[str] = ()) -> str:
    """The first listed phrase that stands among words, outside of every phrase that excuses it; "" for none.

    Args:
        phrases: what is looked for.
        said: folded words, as `giveback.text.words` gives them.
        unless: phrases such as "wine vinegar"; what stands inside of one does not count.
    """
    excused = {place for phrase in unless for found in places(phrase, said) for place in found}
    return next(
        (phrase for phrase in phrases for found in places(phrase, said) if excused.isdisjoint(found)),
        "",
    )


def before(phrases: Iterable[str], said: Sequence[str]) -> list[str]:
    """The words before any of the phrases: of "wine and a book about cheese" the words "wine and a"."""
    starts = [found.start for phrase in phrases for found in places(phrase, said)]
    return list(said[: min(starts, default=len(said))])
