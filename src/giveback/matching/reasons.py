"""Why this article: which interest, by which words, and what lowered it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.scripts import is_unspaced
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from giveback.matching.embedding import Embedder

CLOSE = "close in meaning"
LONGEST = 20_000
"""Characters of an article that are searched for words to show."""
SHOWN = 160
"""Characters of a passage that are shown."""
OLD = 30.0
"""Days after which age is named as what lowered an article."""
# Not compiled here: this module is imported by commands that may never need them.
_WORD = r"[^\W_]+(?:['\u2019][^\W_]+)*"
_SENTENCE = r"[^.!?\n]+[.!?]*"
_ENDINGS = ("ations", "ation", "ingly", "ings", "ing", "edly", "ied", "ies", "ers", "er", "ed", "es", "s", "y", "e")
_STEM = 3
"""Letters that must be left when an ending is taken off."""
_EMPTY_TEXT = (
    "a an and are as at be by for from has have in into is it its of on or out over that the their "
    "them they this to up was we were what when which who will with you your my our his her not no "
    "about above after again all also any around before behind below between both but can could do does "
    "down during each few how if just least less like made make many more most much near next off old other over "
    "own really same should since so some such than then there these those through too under until very "
    "where while whom whose why without would"
)
_EMPTY = frozenset(_EMPTY_TEXT.split())


class Reason(NamedTuple):
    """Why an article is suggested.

    Attributes:
        interest: the phrase it serves.
        words: words of the phrase as the article has them, in the order of the phrase; the whole phrase as one
            where it stands as such. Empty when they have no word in common.
        lowered: what took something off, such as "near golf, which they avoid", "41 days old".
        passage: the sentence of the article that is nearest in meaning, or "" where it was not looked for.
    """

    interest: str
    words: tuple[str, ...]
    lowered: tuple[str, ...] = ()
    passage: str = ""

    @property
    def shared(self) -> str:
        """The common words with what they are, as "the words bass, fish"; "" for none."""
        listed = ", ".join(self.words)
        return f"the word{'s' if ' ' in listed else ''} {listed}" if listed else ""

    @property
    def how(self) -> str:
        """In words: the common ones, or "close in meaning" with the nearest passage, where it is known."""
        if self.words:
            return self.shared
        return f'{CLOSE}: "{shorten(self.passage)}"' if self.passage else CLOSE


def explain(interest: str, article: str, avoided: str = "", age: float = 0.0) -> Reason:
    """Say why an article serves an interest.

    Args:
        interest: the phrase it serves.
        article: its title, summary and text.
        avoided: the avoided phrase that lowered it, or "".
        age: days since it was published.

    Returns:
        The reason; its words occur in the article.
    """
    lowered = [f"near {avoided}, which they avoid"] if avoided else []
    if age > OLD:
        lowered.append(f"{int(age)} days old")
    return Reason(interest, common_words(interest, article), tuple(lowered))


def shorten(passage: str) -> str:
    """A passage on about one line, cut at a word."""
    line = " ".join(passage.split())
    return line if len(line) <= SHOWN else line[:SHOWN].rsplit(" ", 1)[0] + " …"


def common_words(phrase: str, article: str) -> tuple[str, ...]:
    """Find words of a phrase in an article, inflected or not.

    Args:
        phrase: an interest.
        article: any text; the first 20,000 characters are read.

    Returns:
        As the article writes them, each once, without words like "and" unless the phrase has no other.
    """
    asked = _words(phrase)
    if not asked:
        return ()
    if is_unspaced(phrase):
        said = " ".join(phrase.split())
        if said in " ".join(article[:LONGEST].split()):
            return (said,)
    written = _words(article[:LONGEST])
    if whole := _whole(asked, written, article):
        return (whole,)
    by_stem: dict[str, str] = {}
    for stem, _, start, end in written:
        by_stem.setdefault(stem, article[start:end])
    telling = [stem for stem, word, *_ in asked if word not in _EMPTY] or [stem for stem, *_ in asked]
    return tuple(by_stem[stem] for stem in dict.fromkeys(telling) if stem in by_stem)


def closest_passage(interest: str, article: str, embedder: Embedder) -> str:
    """Name the sentence that an article owes its closeness to.

    Args:
        interest: a phrase.
        article: its title, summary and text; the first 20,000 characters are read.
        embedder: what measured the closeness.

    Returns:
        The sentence nearest in meaning, trusted by its length as articles are; "" for an empty article or a phrase
        that says nothing to the embedder.
    """
    from giveback.matching.fusion import evidence

    sentences = passages(article)
    if not sentences:
        return ""
    vectors, pieces = embedder.encode_counted(sentences)
    closeness = vectors @ embedder.encode([interest])[0] * evidence(pieces)
    return sentences[int(closeness.argmax())] if closeness.any() else ""


def is_empty_word(word: str) -> bool:
    """Whether a folded word says nothing by itself: "and", "which", "over"."""
    return word in _EMPTY


def passages(article: str) -> list[str]:
    """The sentences of an article that hold a word; its first 20,000 characters are read."""
    sentences = [found.group().strip() for found in re.finditer(_SENTENCE, article[:LONGEST])]
    return [sentence for sentence in sentences if re.search(_WORD, sentence)]


def _words(text: str) -> list[tuple[str, str, int, int]]:
    return list(_each_word(text))


def _each_word(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Stem, folded word, start and end of each word."""
    for found in re.finditer(_WORD, text):
        word = fold(found.group()).replace("\u2019", "'").removesuffix("'s")
        yield _stem(word), word, found.start(), found.end()


def _stem(word: str) -> str:
    """Take one English ending off: enough to show "fishing" for "fish", too little to join strangers."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM and not word.endswith("ss"):
            return _undouble(word[: -len(ending)])
    return word


def _undouble(stem: str) -> str:
    return stem[:-1] if len(stem) > _STEM and stem[-1] == stem[-2] and stem[-1] not in "aeiouls" else stem


def _whole(
    asked: Sequence[tuple[str, str, int, int]], written: Sequence[tuple[str, str, int, int]], article: str
) -> str:
    """Return the phrase as the article writes it, where its words stand side by side."""
    stems = [stem for stem, *_ in asked]
    found = [stem for stem, *_ in written]
    for start in range(len(found) - len(stems) + 1):
        if found[start] == stems[0] and found[start : start + len(stems)] == stems:
            return " ".join(article[written[start][2] : written[start + len(stems) - 1][3]].split())
    return ""
