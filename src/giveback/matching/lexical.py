"""Words in common: BM25 over postings that the caller looked up, on a scale of 0 to 1.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with the weighted
fields of its section 3.6: occurrences are summed over title, summary and text before they saturate. The
terms are whatever the index made of the words (stems), so this module needs no stemmer of its own.

Frequencies come from a snapshot, not from the articles being ranked: new articles ranked alone get the
scores that they would get among all the others.
"""

from __future__ import annotations

from functools import reduce
from math import log
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    _Hit = tuple[NDArray[np.int64], NDArray[np.float32]]

SATURATION = 1.2
"""k1: how soon more occurrences stop counting."""
LENGTH = 0.5
"""b: how much a long text must say a word oftener."""
FIELDS = (2.0, 1.0, 0.5)
"""Weight of an occurrence in title, summary and text."""
AS_PHRASE = 0.4
"""Share of the score that only the words in their order earn, for a phrase of several words."""


class Statistics(NamedTuple):
    """A snapshot of the collection.

    Attributes:
        articles: how many there are.
        mean_words: mean length, in words.
        frequency: term -> number of articles that have it; a term that is absent is in none.
    """

    articles: int
    mean_words: float
    frequency: Mapping[str, int]


class Postings(NamedTuple):
    """Where one term stands; three arrays of one length, sorted by article, column, offset.

    Attributes:
        article: index of the article among those being ranked.
        column: 0 title, 1 summary, 2 text.
        offset: number of the word within its column.
    """

    article: NDArray[np.integer]
    column: NDArray[np.integer]
    offset: NDArray[np.integer]


class Phrase(NamedTuple):
    """An interest as the index sees it.

    Attributes:
        terms: its words in order, as the index writes them.
    """

    terms: tuple[str, ...]


class _Hits(dict[str, "_Hit"]):
    """How much articles use each term; found when it is first asked for."""

    def __init__(self, postings: Mapping[str, Postings], slack: NDArray[np.float32]) -> None:
        super().__init__()
        self._postings, self._slack = postings, slack

    def __missing__(self, term: str) -> _Hit:
        posting = self._postings.get(term)
        hit = self[term] = _nothing() if posting is None else self.saturate(posting.article, posting.column)
        return hit

    def saturate(self, article: NDArray[np.integer], column: NDArray[np.integer]) -> _Hit:
        """Articles, and frequencies from the columns of their places."""
        import numpy as np

        if not len(article):
            return _nothing()
        starts = np.flatnonzero(np.concatenate([[True], article[1:] != article[:-1]]))
        counts = np.add.reduceat(np.asarray(FIELDS, dtype=np.float32)[column], starts)
        articles = article[starts].astype(np.int64)
        return articles, (counts / (counts + self._slack[articles])).astype(np.float32, copy=False)


def _nothing() -> _Hit:
    import numpy as np

    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)


class Index:
    """The articles being ranked, as far as the terms asked for go; remembers what several phrases share."""

    def __init__(self, postings: Mapping[str, Postings], words: NDArray[np.int64], snapshot: Statistics) -> None:
        """Take postings of every term that phrases will ask for (others count as absent).

        Args:
            postings: term -> where it stands.
            words: (n,), length of each article in words.
            snapshot: frequencies of the collection.
        """
        import numpy as np

        self._postings, self._snapshot, self.size = postings, snapshot, len(words)
        mean = max(snapshot.mean_words, 1.0)
        slack = SATURATION * (1 - LENGTH + LENGTH * words / mean)
        self._hits = _Hits(postings, slack.astype(np.float32))
        self._places: dict[str, NDArray[np.int64]] = {}
        self._bits: dict[str, NDArray[np.uint8]] = {}
        self._rare: dict[str, float] = {}

    def score(self, phrase: Phrase) -> NDArray[np.float32]:
        """Score every article.

        Args:
            phrase: terms as the index writes them; repeated and unknown ones are fine.

        Returns:
            (n,), from 0 (no word in common) to 1 (every word, in order, over and over).
        """
        import numpy as np

        total = np.zeros(self.size, dtype=np.float32)
        self.add(phrase, total)
        return total

    def add(self, phrase: Phrase, row: NDArray[np.float32], share: float = 1.0) -> None:
        """Write the scores of the articles that have anything in common with the phrase into a row of zeros.

        Args:
            phrase: as for `score`.
            row: (n,), zeros.
            share: what the best score, 1, counts.
        """
        import numpy as np

        for articles, part in self._parts(phrase, share):
            np.add.at(row, articles, part)

    def overlap(self, weights: Sequence[tuple[str, float]]) -> NDArray[np.float32]:
        """Score what articles share with weighted terms, those of another article.

        Args:
            weights: terms with weights; weights that add up to 1 give scores of 0 to 1.

        Returns:
            (n,), new.
        """
        import numpy as np

        row = np.zeros(self.size, dtype=np.float32)
        if weights:
            terms, counts = zip(*weights, strict=True)
            hits, parts = zip(*map(self._hits.__getitem__, terms), strict=True)
            # Summed up at once: the terms are many, and stand in few articles each.
            share = np.repeat(np.array(counts, dtype=np.float32), list(map(len, hits)))
            share *= np.concatenate(parts)
            np.add.at(row, np.concatenate(hits), share)
        return row

    def _parts(self, phrase: Phrase, share: float) -> Iterator[_Hit]:
        terms = tuple(dict.fromkeys(phrase.terms))
        rare = {term: self._rarity(term) for term in terms}
        best = sum(rare.values()) / share
        if best <= 0:
            return
        alone = 1.0 if len(terms) < 2 else 1.0 - AS_PHRASE  # noqa: PLR2004 -- one word is no phrase
        for term in terms:
            yield self._of_term(term, alone * rare[term] / best)
        if len(terms) > 1:
            yield self._of_sequence(phrase.terms, share)

    def saturation(self, term: str) -> _Hit:
        """How much each article uses a term.

        Returns:
            Indices of the articles that hold it, ascending, and saturated frequencies above 0, below 1.
        """
        return self._hits[term]

    def _of_term(self, term: str, weight: float) -> _Hit:
        articles, saturated = self.saturation(term)
        return articles, weight * saturated

    def _of_sequence(self, terms: Sequence[str], share: float) -> _Hit:
        import numpy as np

        # Only where all of them stand can they stand in a row, and often that is nowhere.
        together = reduce(np.bitwise_and, map(self._holders, terms))
        if not together.any():
            return _nothing()
        places = [self._place(term) for term in terms]
        rarest = _rarest(places)
        there = np.unpackbits(together).view(np.bool_)[self._postings[terms[rarest]].article]
        keep = _in_a_row(places, rarest, places[rarest][there])
        first = self._postings[terms[0]]
        articles, saturated = self._hits.saturate(first.article[keep], first.column[keep])
        return articles, AS_PHRASE * share * saturated

    def _holders(self, term: str) -> NDArray[np.uint8]:
        """Which articles hold a term: a bit for each."""
        import numpy as np

        if term not in self._bits:
            there = np.zeros(self.size, dtype=np.bool_)
            there[self._hits[term][0]] = True
            self._bits[term] = np.packbits(there)
        return self._bits[term]

    def _rarity(self, term: str) -> float:
        if term not in self._rare:
            self._rare[term] = rarity(term, self._snapshot)
        return self._rare[term]

    def _place(self, term: str) -> NDArray[np.int64]:
        if term not in self._places:
            self._places[term] = _place(self._postings[term])
        return self._places[term]


def rarity(term: str, snapshot: Statistics) -> float:
    """Inverse document frequency, never negative: log(1 + (N - n + 1/2) / (n + 1/2)).

    Args:
        term: as the index writes it.
        snapshot: frequencies; a count above the size of the collection is taken as the size.

    Returns:
        Nats.
    """
    count = min(snapshot.frequency.get(term, 0), snapshot.articles)
    return log(1 + (snapshot.articles - count + 0.5) / (count + 0.5))


def sequence(postings: Sequence[Postings | None]) -> Postings | None:
    """Find where terms stand one behind the other in one column.

    Args:
        postings: one per term, in order; None for a term that stands nowhere.

    Returns:
        The places of the first term, or None when a term stands nowhere.
    """
    known = [each for each in postings if each is not None and len(each.article)]
    if len(known) < len(postings) or not known:
        return None
    places = [_place(each) for each in known]
    first, keep = known[0], _in_a_row(places, 0, places[0])
    return Postings(first.article[keep], first.column[keep], first.offset[keep])


def _rarest(places: Sequence[NDArray[np.int64]]) -> int:
    lengths = [len(there) for there in places]
    return lengths.index(min(lengths))


def _in_a_row(places: Sequence[NDArray[np.int64]], known: int, there: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which places of the first term are followed by the others, one by one; all sorted.

    Args:
        places: of each term.
        known: number of the term to begin with.
        there: some places of that one.
    """
    first = there - known
    for step, those in enumerate(places):
        if step != known:
            # The next word is looked up only where those before were found. One that would begin the next
            # column is sought at the far end of this one, where nothing stands.
            wanted = first + step
            found = those.searchsorted(wanted)
            found[found == len(those)] = 0  # beyond the last, and so not the first either
            first = first[those[found] == wanted]
    return places[0].searchsorted(first)


def _place(posting: Postings) -> NDArray[np.int64]:
    """One number per word of the collection: 2^31 words a column, 4 columns an article."""
    import numpy as np

    column: NDArray[np.int64] = posting.article.astype(np.int64) * 4 + posting.column
    return (column << 31) + posting.offset
