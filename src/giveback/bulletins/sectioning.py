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
SHORTEST_WORD = 3
TITLE = 2
"""What standing in a title counts, against standing in the text."""
SHORTLIST = 12
"""Names that are looked at for their meaning."""
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*")
_CLAUSE = re.compile(r"[^.,;:!?()\[\]\"\u201c\u201d\u2018\u2019\u00ab\u00bb\u2026\u2014\u2013|/\n]+")


class Text(NamedTuple):
    """What a name may be taken from.

    Attributes:
        title: of an item.
        summary: what stands below it.
        body: what it goes on to say, by which it is told whether a word is a noun, and how it is written.
        topic: the topic of its feed, as the user calls it, or "".
    """

    title: str
    summary: str
    body: str = ""
    topic: str = ""


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
    """Name sections by what their items say and the others do not.

    A name is a noun or a phrase that stands in titles or summaries of two items and of half of them, and in a title;
    or the topic of the feeds that two and half of them come from, where no other section's do. A word of one title
    alone, or out of the middle of a text, may be far from what the others tell, so it names nothing.

    Args:
        groups: places of items by section.
        texts: of the items.
        topic: of the issue, which names nothing.
        embedder: tells which of the likely phrases is near the section's items.

    Returns:
        A name for each, as the items write it, with a capital; "" for one that has none, or is the only one.
    """
    if len(groups) < 2:  # noqa: PLR2004 - a single section needs no name
        return [""] * len(groups)
    nouns = _nouns(texts)
    said = [Counter({phrase: n for phrase, n in _phrases(text).items() if phrase in nouns}) for text in texts]
    spread = Counter(phrase for each in said for phrase in each)
    topics = [_topic([texts[place].topic for place in places]) for places in groups]
    barred = set(map(_stem, fold(topic).split()))
    found = []
    for places, shared in zip(groups, topics, strict=True):
        own = [texts[place] for place in places]
        likely = _likely([said[place] for place in places], spread, len(texts), barred)
        phrase = _nearest(likely, own, embedder) if likely else ""
        if not phrase and topics.count(shared) == 1 and _names_something(_stemmed(fold(shared)), barred):
            phrase = shared
        barred |= set(_stemmed(fold(phrase)).split())
        name = _written(phrase, own) if phrase in nouns else phrase
        found.append(name[:1].upper() + name[1:])
    return found


def _topic(topics: Sequence[str]) -> str:
    """The topic of two items or more, and of half of them; "" for none."""
    (topic, count), *_ = Counter(filter(None, topics)).most_common(1) or [("", 0)]
    return topic if count >= _least(len(topics)) else ""


def _least(items: int) -> int:
    """How many items of a section must speak of what names it."""
    return max(2, (items + 1) // 2)


def _phrases(text: Text) -> Counter[str]:
    """Stemmed phrases of title and summary, one to three words; what stands in the title counts double."""
    found = Counter(dict.fromkeys((phrase for phrase, _ in _runs(text.summary)), 1))
    found.update(dict.fromkeys((phrase for phrase, _ in _runs(text.title)), TITLE))
    return found


def _nouns(texts: Sequence[Text]) -> set[str]:
    """Phrases that follow an article or a preposition somewhere and end there, as nouns do and adjectives do not."""
    return {phrase for text in texts for part in text[:3] for phrase, is_noun in _runs(part) if is_noun}


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Stemmed runs of words within clauses, each with whether a word before it says that it is a noun."""
    for clause in _CLAUSE.findall(text):
        words = [_plain(word) for word in _WORD.findall(clause)]
        barred = [_is_no_name(word) for word in words]
        for start in range(len(words)):
            begins = start > 0 and words[start - 1] in _BEFORE_NOUNS
            for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
                if barred[end - 1]:
                    break
                ends = end == len(words) or barred[end]
                yield " ".join(map(_stem, words[start:end])), begins and ends


_BEFORE_NOUNS_TEXT = (
    "a an the this these its their his her our your some many few more no each every of for in on with by "
    "from at about into over under through between"
)
_BEFORE_NOUNS = frozenset(_BEFORE_NOUNS_TEXT.split())
_NUMBERS_TEXT = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty "
    "seventy eighty ninety hundred thousand million billion once twice first second third last half dozen"
)
_NUMBERS = frozenset(_NUMBERS_TEXT.split())
# Nouns that name nothing by themselves.
_GENERAL_TEXT = (
    "time times day days week weeks month months year years hour hours minute minutes people person thing "
    "things way ways part parts rest end lot kind sort bit place side side case point fact number man men "
    "woman women world life today morning evening night something anything everything nothing someone "
    "everyone much rough question questions answer answers problem problems reason reasons story stories example "
    "examples idea ideas word words name names change changes list lists advice tip tips guide news update updates"
)
_GENERAL = frozenset(_GENERAL_TEXT.split())


def _is_no_name(word: str) -> bool:
    """Whether a word can be no part of a name: empty, a number, general, an adverb."""
    first = re.split("[-'\u2019]", word)[0]
    barred = is_empty_word(word) or first in _NUMBERS or word in _GENERAL or word.endswith("ly")
    return barred or len(word) < SHORTEST_WORD or not word[0].isalpha()


def _likely(
    said: Sequence[Counter[str]], spread: Counter[str], total: int, barred: set[str]
) -> list[tuple[float, str]]:
    """Phrases of a title that enough items of the section have and few others, best first."""
    inside: Counter[str] = Counter()
    weight: Counter[str] = Counter()
    for each in said:
        inside.update(each.keys())
        weight.update(each)
    least = _least(len(said))
    scored = []
    for phrase, items in inside.items():
        if items >= least and weight[phrase] >= items + TITLE - 1 and _names_something(phrase, barred):
            rarity = log((total + 1) / (spread[phrase] - items + 1))
            length = 1 + 0.4 * phrase.count(" ")
            scored.append((weight[phrase] * rarity * length, phrase))
    return sorted(scored, key=lambda each: (-each[0], each[1]))[:SHORTLIST]


def _names_something(phrase: str, barred: set[str]) -> bool:
    return bool(phrase) and barred.isdisjoint(phrase.split())


def _plain(word: str) -> str:
    """A word folded, and without the ending of who has something."""
    return fold(word).removesuffix("'s")


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word  # noqa: PLR2004 - "gas" is no plural


def _stemmed(phrase: str) -> str:
    return " ".join(map(_stem, phrase.split()))


def _nearest(likely: Sequence[tuple[float, str]], texts: Sequence[Text], embedder: Embedder) -> str:
    """The likely phrase that is nearest to what the items say, its own score counted."""
    rows = embedder.encode(
        [*(phrase for _, phrase in likely), *(f"{text.title}. {text.summary} {text.body}" for text in texts)]
    )
    closeness = (rows[: len(likely)] @ rows[len(likely) :].mean(axis=0)).tolist()
    best = likely[0][0] or 1.0
    worth = {phrase: score / best + near for (score, phrase), near in zip(likely, closeness, strict=True)}
    return max(worth, key=lambda phrase: (worth[phrase], phrase))


def _written(phrase: str, texts: Sequence[Text]) -> str:
    """A stemmed phrase as the items write it oftenest, in the plural where they do."""
    wanted = phrase.split()
    forms: Counter[str] = Counter()
    for clause in (clause for text in texts for part in text[:3] for clause in _CLAUSE.findall(part)):
        found = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(clause)]
        for start in range(len(found) - len(wanted) + 1):
            run = found[start : start + len(wanted)]
            if [_stem(_plain(word)) for word, *_ in run] == wanted:
                form = " ".join(clause[run[0][1] : run[-1][2]].split())
                forms[form.removesuffix("'s")] += 1
    return max(forms, key=lambda form: (form.endswith("s"), forms[form], form.islower(), form), default=phrase)
