"""One line about an article, taken from the article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST, LONGEST = 40, 240
"""Characters of a sentence that says something, and of one that is still a line."""
FIRST = 12
"""Sentences that are looked at: what an article is about is said early."""
_END = re.compile(r"[.!?…][\"\u201d\u2019')\]]*(?=\s+|$)|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"\u201c])(?:[A-Z]|[A-Za-z]\.[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Lt|Col|Jr|Sr|Inc|Corp|Co|Ltd|vs|No|"
    r"approx|ca|cf|e\.g|i\.e|etc|Fig|fig|Vol|pp?|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_CHATTER = re.compile(
    r"\b(?:appeared first on|read more|continue reading|click here|sign up|subscribe|newsletter|cookies?|"
    r"all rights reserved|photo(?:graph)? (?:by|courtesy)|image credit|getty images|advertisement|"
    r"share this|follow us|listen to this|watch (?:the|this) video|comments? url|points?:)\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"\u201d\u2019')\]]*$")


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end; abbreviations and initials end none.

    Args:
        text: cleaned text; a line break ends a sentence, too.
    """
    found, start = [], 0
    for match in _END.finditer(text):
        stop = match.end()
        part = text[start:stop].strip()
        follows = text[stop:].lstrip()[:1]
        if match.group().startswith(".") and (_ABBREVIATION.search(part) or follows.islower()):
            continue
        if part:
            found.append(" ".join(part.split()))
        start = stop
    if text[start:].strip():
        found.append(" ".join(text[start:].split()))
    return found


def telling(title: str, summary: str, text: str, topic: str = "") -> str:
    """The sentence that says best what an article is about.

    Args:
        title: of the article; a sentence that only repeats it says nothing more.
        summary: what its feed says of it.
        text: its main text; the beginning is enough.
        topic: what the readers look for.

    Returns:
        A whole sentence as it stands in summary or text, of 40 to 240 characters; "" when there is none.
    """
    early = [*sentences(summary)[:FIRST], *sentences(text)[:FIRST]]
    fit = [(place, each) for place, each in enumerate(early) if _is_fit(each, title)]
    if not fit:
        return ""
    wanted = {word for word in words(f"{title} {topic}") if len(word) > 3}  # noqa: PLR2004 - "with", "from" say little, shorter ones less
    return max(fit, key=lambda each: _score(each[0], each[1], wanted))[1]


def _is_fit(sentence: str, title: str) -> bool:
    if not SHORTEST <= len(sentence) <= LONGEST or _CHATTER.search(sentence) or _CUT.search(sentence):
        return False
    if sentence[-1] not in ".!\"\u201d\u2019')]" or (
        not sentence[0].isalnum() and sentence[0] not in "\"\u201c\u2018'(¿¡"
    ):
        return False
    return fold(sentence).rstrip(".!") != fold(title).rstrip(".!")


def _score(place: int, sentence: str, wanted: set[str]) -> float:
    """Early sentences that speak of what the title speaks of; a question or a quotation needs its surroundings."""
    said = set(words(sentence))
    shared = len(said & wanted) / max(len(wanted), 1)
    needy = 0.3 if sentence[0] in "\"\u201c\u2018'" or sentence.split(maxsplit=1)[0].lower() in _BACKWARDS else 0.0
    return 0.5 * shared + 1 / (2 + place) - needy


_BACKWARDS = frozenset(
    [
        "he",
        "she",
        "it",
        "they",
        "this",
        "that",
        "these",
        "those",
        "but",
        "and",
        "so",
        "then",
        "his",
        "her",
        "their",
        "such",
    ]
)


def holds(sentence: str, sources: Sequence[str]) -> bool:
    """Whether a sentence stands in one of some texts, white space aside."""
    return any(sentence in " ".join(source.split()) for source in sources)
