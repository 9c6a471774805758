"""Sections of an issue: items that are near one another, under a name that stands in them."""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.reasons import is_empty_word
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.embedding import Embedder

PER_SECTION = 3.5
"""Items that a section has, about."""
FEW = 4
"""With fewer items an issue has no sections."""
MOST = 6
LONGEST_NAME = 3
SHORTLIST = 12
"""Names that are looked at for their meaning."""
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*")
_CLAUSE = re.compile(r"[^.,;:!?()\[\]\"“”‘’«»…—–|/\n]+")


class Text(NamedTuple):
    """What a name may be taken from: an item's title, and what follows it."""

    title: str
    body: str


def group(vectors: NDArray[np.float32]) -> list[list[int]]:
    """Group items by closeness (average linkage on the cosine of what sets them apart from the rest).

    Args:
        vectors: (n, d), unit rows or zero rows, best item first.

    Returns:
        Places by section, each in order, the section of the best item first; of five items or more none is alone.
    """
    import numpy as np

    from giveback.matching.embedding import unit

    total = len(vectors)
    if total < FEW:
        return [list(range(total))] if total else []
    own = unit((vectors - vectors.mean(axis=0)).astype(np.float32))
    near = own @ own.T
    groups = [[place] for place in range(total)]
    wanted = min(MOST, max(1, round(total / PER_SECTION)))
    while len(groups) > wanted or (len(groups) > 1 and min(map(len, groups)) < 2):  # noqa: PLR2004 - one is no section
        # Once there are few enough, only what is alone still looks for company.
        alone = len(groups) <= wanted
        one, other = max(
            (
                (one, other)
                for one in range(len(groups))
                for other in range(one + 1, len(groups))
                if not alone or min(len(groups[one]), len(groups[other])) == 1
            ),
            key=lambda pair: float(near[np.ix_(groups[pair[0]], groups[pair[1]])].mean()),
        )
        groups[one] += groups.pop(other)
    return sorted(map(sorted, groups), key=lambda each: each[0])


def names(groups: Sequence[Sequence[int]], texts: Sequence[Text], topic: str, embedder: Embedder) -> list[str]:
    """Name sections by a phrase that their items use and the others do not.

    Args:
        groups: places of items by section.
        texts: of the items.
        topic: of the issue, which names nothing.
        embedder: tells which of the likely phrases is near the section's items.

    Returns:
        A name for each, as an item writes it, with a capital; "" for the only one.
    """
    if len(groups) < 2:  # noqa: PLR2004 - a single section needs no name
        return [""] * len(groups)
    said = [_phrases(text) for text in texts]
    spread = Counter(phrase for each in said for phrase in each)
    barred = {_stem(word) for word in fold(topic).split()}
    taken: set[str] = set()
    found = []
    for places in groups:
        likely = _likely([said[place] for place in places], spread, len(texts), barred | taken)
        best = _nearest(likely, [texts[place] for place in places], embedder)
        taken |= {_stem(word) for word in best.split()}
        found.append(_written(best, [texts[place] for place in places]))
    return found


def _phrases(text: Text) -> Counter[str]:
    """Phrases of one to three words, folded; what stands in the title counts double."""
    found = Counter(dict.fromkeys(_runs(text.body), 1))
    found.update(dict.fromkeys(_runs(text.title), 2))
    return found


def _runs(text: str) -> Iterator[str]:
    for clause in _CLAUSE.findall(text):
        words = [fold(word) for word in _WORD.findall(clause)]
        for start in range(len(words)):
            for length in range(1, LONGEST_NAME + 1):
                run = words[start : start + length]
                if len(run) == length and not any(map(_is_no_name, (run[0], run[-1]))):
                    yield " ".join(run)


def _is_no_name(word: str) -> bool:
    return len(word) < 3 or is_empty_word(word) or not word[0].isalpha()  # noqa: PLR2004 - "of", "it", "US"


def _likely(
    said: Sequence[Counter[str]], spread: Counter[str], total: int, barred: set[str]
) -> list[tuple[float, str]]:
    """Phrases that stand in several items of the section and in few others, best first."""
    inside: Counter[str] = Counter()
    weight: Counter[str] = Counter()
    for each in said:
        inside.update(each.keys())
        weight.update(each)
    most = max((inside[phrase] for phrase in inside if _names_something(phrase, barred)), default=1)
    least = min(2, most)
    scored = []
    for phrase, items in inside.items():
        if items >= least and _names_something(phrase, barred):
            rarity = log((total + 1) / (spread[phrase] - items + 1))
            length = 1 + 0.4 * phrase.count(" ")
            scored.append((weight[phrase] * rarity * length, phrase))
    return sorted(scored, key=lambda each: (-each[0], each[1]))[:SHORTLIST]


def _names_something(phrase: str, barred: set[str]) -> bool:
    return not {_stem(word) for word in phrase.split()} & barred


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word  # noqa: PLR2004 - "gas" is no plural


def _nearest(likely: Sequence[tuple[float, str]], texts: Sequence[Text], embedder: Embedder) -> str:
    """The likely phrase that is nearest to what the items say, its own score counted."""
    if not likely:
        return ""
    rows = embedder.encode([*(phrase for _, phrase in likely), *(f"{text.title}. {text.body}" for text in texts)])
    heart = rows[len(likely) :].mean(axis=0)
    closeness = (rows[: len(likely)] @ heart).tolist()
    best = likely[0][0] or 1.0
    return max(zip(likely, closeness, strict=True), key=lambda each: (each[0][0] / best + each[1], each[0][1]))[0][1]


def _written(phrase: str, texts: Sequence[Text]) -> str:
    """A phrase as the items write it oftenest, with a capital."""
    wanted = phrase.split()
    forms: Counter[str] = Counter()
    for text in texts:
        for part in (text.title, text.body):
            for clause in _CLAUSE.findall(part):
                found = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(clause)]
                for start in range(len(found) - len(wanted) + 1):
                    run = found[start : start + len(wanted)]
                    if [fold(word) for word, *_ in run] == wanted:
                        forms[" ".join(clause[run[0][1] : run[-1][2]].split())] += 1
    best = max(forms, key=lambda form: (forms[form], form.islower(), form), default=phrase)
    return best[:1].upper() + best[1:]
