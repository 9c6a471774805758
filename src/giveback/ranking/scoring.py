"""Scores of interests against a shelf of articles, in blocks that bound memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.fusion import Articles
    from giveback.matching.lexical import Index, Postings, Statistics
    from giveback.ranking.collection import Shelf
    from giveback.ranking.wants import Want

CHUNK = 20_000
"""Articles scored at a time, which bounds memory."""
BLOCK = 256
"""Interests scored at a time; more only when one contact has more."""
ALONE = 0.7
"""What the best match of words counts for an interest that closeness in meaning knows nothing about."""


class Scores(NamedTuple):
    """Parts of the scores of a block, (rows, articles) each; they add up.

    Attributes:
        lexical: from words in common.
        semantic: from closeness in meaning.
        own: the sum of both.
        feedback: of some rows, (articles,), from what was given and dismissed.
    """

    lexical: NDArray[np.float32]
    semantic: NDArray[np.float32]
    own: NDArray[np.float32]
    feedback: Mapping[int, NDArray[np.float32]]

    def total(self, row: int) -> NDArray[np.float32]:
        """All parts of one row."""
        own: NDArray[np.float32] = self.own[row]
        return own + self.feedback[row] if row in self.feedback else own


class Block(NamedTuple):
    """Some interests scored against a chunk of articles; the arrays of scores hold until the next block.

    Attributes:
        number: which interests these are; the same for every chunk.
        last: no more chunks follow.
        wants: the interests, those of one contact side by side.
        rows: for each its row of the scores, which others may share who want the same.
        scores: theirs.
        vectors: (n, 256), of the chunk.
        shelf: the chunk.
        fresh: (n,), share of its score that an article keeps when the newest of them is new.
        newest: the day of that one, divided by the half-life.
    """

    number: int
    last: bool
    wants: list[Want]
    rows: list[int]
    scores: Scores
    vectors: NDArray[np.float32]
    shelf: Shelf
    fresh: NDArray[np.float32]
    newest: float


class Scorer:
    """Scores interests against a shelf of articles, a chunk of articles at a time."""

    def __init__(
        self, shelf: Shelf, postings: dict[str, Postings], statistics: Statistics, mean: NDArray[np.float32]
    ) -> None:
        """Take the articles, where the interests' terms stand in them, and the snapshot's frequencies and mean."""
        self._shelf, self._postings, self._statistics, self._mean = shelf, postings, statistics, mean
        self._memory = mean[:0]

    def blocks(self, groups: Sequence[Sequence[Want]]) -> Iterator[Block]:
        """Score groups of interests that belong together, as those of one contact do; groups come in an order of ours.

        For each chunk of articles every block comes once.
        """
        import numpy as np

        from giveback.matching.embedding import unit
        from giveback.matching.fusion import HALF_LIFE, Articles
        from giveback.matching.lexical import Index

        blocks = list(_blocks(groups))
        for start in range(0, len(self._shelf.ids), CHUNK):
            part = self._shelf.part(start, start + CHUNK)
            last = start + CHUNK >= len(self._shelf.ids)
            vectors = unit(part.codes.astype(np.float32))
            index = Index(_slice(self._postings, start, start + CHUNK), part.pieces, self._statistics)
            articles = Articles(vectors, part.pieces)
            newest = float(part.days.max() / HALF_LIFE)
            fresh = np.exp2(part.days / HALF_LIFE - newest).astype(np.float32)
            for number, (wants, rows, scored) in enumerate(blocks):
                scores = self._scores(scored, articles, index)
                yield Block(number, last, wants, rows, scores, vectors, part, fresh, newest)

    def _scores(self, wants: list[Want], articles: Articles, index: Index) -> Scores:
        import numpy as np

        from giveback.matching import fusion
        from giveback.matching.feedback import score

        lexical, semantic, own = self._room(len(wants), len(articles.pieces))
        queries, phrases = np.stack([want.vector for want in wants]), [want.phrase for want in wants]
        scores = fusion.Scores(slice(0, len(wants)), semantic, lexical)
        fusion.score_into(scores, queries, phrases, (articles, index), [want.kindred for want in wants])
        # Another script, an emoji with a word: what has no vector is carried by its words alone.
        unknown = [place for place, want in enumerate(wants) if not want.plain.any()]
        lexical[unknown] *= ALONE / fusion.LEXICAL
        np.add(lexical, semantic, out=own)
        taught = {place: want.learned for place, want in enumerate(wants) if want.learned is not None}
        if not taught:
            return Scores(lexical, semantic, own, {})
        feedback = score(list(taught.values()), own[list(taught)], articles, index, self._mean)
        return Scores(lexical, semantic, own, dict(zip(taught, feedback, strict=True)))

    def _room(self, rows: int, articles: int) -> Iterator[NDArray[np.float32]]:
        """Three arrays, the same for every block: to have the system clear new ones takes as long as to fill them."""
        import numpy as np

        if len(self._memory) < 3 * rows * articles:
            self._memory = np.empty(3 * rows * articles, dtype=np.float32)
        return iter(self._memory[: 3 * rows * articles].reshape(3, rows, articles))


def _blocks(groups: Sequence[Sequence[Want]]) -> Iterator[tuple[list[Want], list[int], list[Want]]]:
    """Interests block by block, the row of each, and whom the rows are computed for."""
    block: list[Want] = []
    keys: list[object] = []
    for group in _alike_together(groups):
        if block and len(block) + len(group) > BLOCK:
            yield block, *_shared(block, keys)
            block, keys = [], []
        block += group
        keys += map(_key, group)
    if block:
        yield block, *_shared(block, keys)


def _alike_together(groups: Sequence[Sequence[Want]]) -> list[Sequence[Want]]:
    """Order groups by their most popular phrase, so that what many want is scored once for many of them."""
    popular = Counter(want.phrase.terms for group in groups for want in group)
    return sorted(groups, key=lambda group: min((-popular[want.phrase.terms], want.phrase.terms) for want in group))


def _key(want: Want) -> object:
    """What two interests have in common that get the same scores; what was taught is the person's own."""
    taught = want.learned is not None
    return want.id if taught else (want.phrase, want.kindred, want.vector.tobytes(), bool(want.plain.any()))


def _shared(block: Sequence[Want], keys: Sequence[object]) -> tuple[list[int], list[Want]]:
    rows: dict[object, int] = {}
    place = [rows.setdefault(key, len(rows)) for key in keys]
    first = dict(zip(reversed(place), reversed(block), strict=True))
    return place, [first[row] for row in range(len(rows))]


def _slice(postings: dict[str, Postings], start: int, stop: int) -> dict[str, Postings]:
    import numpy as np

    from giveback.matching.lexical import Postings

    found = {}
    for term, posting in postings.items():
        first, last = np.searchsorted(posting.article, (start, stop))
        if last > first:
            kept = slice(first, last)
            found[term] = Postings(posting.article[kept] - start, posting.column[kept], posting.offset[kept])
    return found


def scores_of_one(want: Want, scorer: Scorer) -> Iterator[tuple[int, float, float, int]]:
    """Score every article for one interest that nobody has, without keeping any.

    Args:
        want: the interest.
        scorer: the articles.

    Yields:
        Article, score, score by the interest's own words, ordinal of its day.
    """
    import numpy as np

    for block in scorer.blocks([[want]]):
        own = plain_of_one(want, block.scores.lexical[0], block, np.arange(len(block.shelf.ids)))
        columns = (block.shelf.ids, block.scores.own[0], own, block.shelf.days)
        yield from zip(*(column.tolist() for column in columns), strict=True)


def plain_scores(wants: Sequence[Want], scorer: Scorer) -> Iterator[tuple[Want, NDArray[np.float32]]]:
    """Score a few articles by interests' own words.

    Args:
        wants: interests.
        scorer: the articles, no more than a chunk of them.

    Yields:
        Each interest, and (n,) scores.
    """
    import numpy as np

    for block in scorer.blocks([[want] for want in wants]):
        places = np.arange(len(block.shelf.ids))
        for row, want in zip(block.rows, block.wants, strict=True):
            yield want, plain_of_one(want, block.scores.lexical[row], block, places)


def plain(
    plains: NDArray[np.float32], lexical: NDArray[np.float32], block: Block, chosen: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Score articles by interests' own words, before these were moved towards them.

    Args:
        plains: (k, 256), of the interest in each pair.
        lexical: (k,), what the article scores for words in common.
        block: of which the articles are a part.
        chosen: (k,), their places in the chunk.

    Returns:
        (k,); a pair scores the same whatever others are asked about.
    """
    import numpy as np

    from giveback.matching.fusion import LEXICAL, evidence

    trust = (1 - LEXICAL) * evidence(block.shelf.pieces[chosen])
    scores: NDArray[np.float32] = lexical + trust * np.einsum("ij,ij->i", block.vectors[chosen], plains)
    return scores


def plain_of_one(
    want: Want, lexical: NDArray[np.float32], block: Block, chosen: NDArray[np.int64]
) -> NDArray[np.float32]:
    """As `plain`, for one interest."""
    import numpy as np

    return plain(np.broadcast_to(want.plain, (len(chosen), len(want.plain))), lexical, block, chosen)
