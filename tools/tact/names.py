"""Names of people, found by how they are written, so that nothing is learned from them.

Who holds an office changes; a model that knows today's names is a list of names, and wrong tomorrow. So such words
are kept out of the vocabulary, and in half of the texts they are replaced by other names, those of singers and
sportsmen among them, so that the vector of a text says nothing about whose name stands in it.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TITLES = (
    "president minister senator congressman congresswoman representative governor mayor chancellor premier "
    "secretary chairman speaker leader candidate general colonel captain judge justice mr mrs ms dr sir lord "
    "lady prince princess pope cardinal bishop archbishop rabbi imam actor actress singer rapper musician "
    "guitarist director author writer novelist poet artist painter photographer architect designer comedian "
    "chef coach manager quarterback pitcher striker midfielder goalkeeper golfer boxer cyclist swimmer driver "
    "player champion legend star host professor scientist astronaut founder ceo billionaire lawyer activist "
    "journalist commissioner"
)
TITLES = frozenset(_TITLES.split())
"""After which a capitalised word is likely somebody's name."""
CAPITAL = 0.95
"""Share of a word's occurrences inside of sentences that are capitalised if it is a name."""
AFTER = 0.04
"""Share of them that come after a title or another name."""
FEWEST = 3
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019-](?![sS]\b)[^\W\d_]+)*|[^\w\s]")


def find_names(texts: Iterable[str], never: Iterable[str]) -> frozenset[str]:
    """Find what is somebody's name.

    Args:
        texts: as written, with capitals where names have them.
        never: words that are no person's name however they are written: places, peoples, faiths.

    Returns:
        Folded words.
    """
    sequences = [_TOKEN.findall(text) for text in texts]
    capital, plain = _cases(sequences)
    proper = {
        word for word, count in capital.items() if count >= FEWEST and count / (count + plain[word]) >= CAPITAL
    } - {fold(word) for phrase in never for word in phrase.split()}
    names: set[str] = set()
    for _ in range(3):
        after = Counter(
            fold(word)
            for tokens in sequences
            for before, word in pairwise(tokens)
            if word[0].isupper() and fold(word) in proper and (fold(before) in TITLES or fold(before) in names)
        )
        names = {word for word, count in after.items() if count >= 2 and count / capital[word] >= AFTER}
    return frozenset(names)


def _cases(sequences: Iterable[Sequence[str]]) -> tuple[Counter[str], Counter[str]]:
    """Count capitalised and other occurrences inside of sentences, except in headlines that capitalise everything."""
    capital: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for tokens in sequences:
        words = [token for token in tokens if token[0].isalpha()]
        if sum(word[0].isupper() for word in words) > 0.6 * len(words):
            continue
        for word in words[1:]:
            (capital if word[0].isupper() else plain)[fold(word)] += 1
    return capital, plain


def exchanged(text: str, names: frozenset[str], pool: Sequence[str]) -> str:
    """Put other names in the place of names.

    Args:
        text: any.
        names: as `find_names` returns them.
        pool: names to take instead; which, depends on the text alone.
    """
    draw = zlib.crc32(text.encode())

    def other(found: re.Match[str]) -> str:
        nonlocal draw
        word = found.group()
        if not word[0].isupper() or fold(word) not in names:
            return word
        draw = (draw * 1_103_515_245 + 12_345) % 2**31
        return pool[draw // 7 % len(pool)].capitalize()

    return _TOKEN.sub(other, text)
