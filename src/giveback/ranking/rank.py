"""Scores of contacts' interests against articles, and which of them are kept."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.fusion import Articles
    from giveback.matching.lexical import Index, Postings, Statistics
    from giveback.ranking.collection import Shelf
    from giveback.ranking.wants import Want

CHUNK = 20_000
"""Articles scored at a time, which bounds memory."""
FLOOR = 0.12
"""Nothing is kept that scores less by the interest's own words: it would be no gift, only the least bad."""
ALONE = 0.7
"""What the best match of words counts for an interest that closeness in meaning knows nothing about."""
KEEP = 40
"""Articles kept for an interest at the most; half as many more by how long they will last."""
LEAST = 5
SHARE = 16
"""One in so many articles of the collection may be kept for an interest."""
KEEP_CONTACT = 400
"""Articles kept for a contact, shared out over many interests."""


class Kept(NamedTuple):
    """A row of the ranking."""

    contact_id: int
    interest_id: int
    article_id: int
    score: float
    lexical: float
    semantic: float
    feedback: float
    penalty: float
    plain: float
    avoided_id: int | None
    day: int
    lasting: float


def quota(interests: int, articles: int) -> int:
    """How many articles are kept for each of a contact's interests.

    Args:
        interests: how many the contact has.
        articles: size of the collection; of a small one only the nearest are near at all.
    """
    return max(LEAST, min(KEEP, KEEP_CONTACT // max(interests, 1), articles // SHARE))


class Scores(NamedTuple):
    """Parts of the scores of a block, (interests, articles) each; they add up to `total`."""

    lexical: NDArray[np.float32]
    semantic: NDArray[np.float32]
    feedback: NDArray[np.float32]

    @property
    def total(self) -> NDArray[np.float32]:
        """The sum of the parts."""
        total: NDArray[np.float32] = self.lexical + self.semantic + self.feedback
        return total

    def part(self, rows: slice) -> Scores:
        """Some of the interests."""
        return Scores(self.lexical[rows], self.semantic[rows], self.feedback[rows])


class Block(NamedTuple):
    """Some interests scored against a chunk of articles.

    Attributes:
        wants: the interests.
        scores: theirs.
        vectors: (n, 256), of the chunk.
        shelf: the chunk.
    """

    wants: list[Want]
    scores: Scores
    vectors: NDArray[np.float32]
    shelf: Shelf


class Scorer:
    """Scores interests against a shelf of articles, a chunk of articles at a time."""

    def __init__(
        self, shelf: Shelf, postings: dict[str, Postings], statistics: Statistics, mean: NDArray[np.float32]
    ) -> None:
        """Take the articles, where the interests' terms stand in them, and the snapshot's frequencies and mean."""
        self._shelf, self._postings, self._statistics, self._mean = shelf, postings, statistics, mean

    def blocks(self, groups: Sequence[Sequence[Want]]) -> Iterator[Block]:
        """Score groups of interests that belong together, as those of one contact do."""
        import numpy as np

        from giveback.matching.embedding import unit
        from giveback.matching.fusion import Articles
        from giveback.matching.lexical import Index

        for start in range(0, len(self._shelf.ids), CHUNK):
            part = self._shelf.part(start, start + CHUNK)
            vectors = unit(part.codes.astype(np.float32))
            index = Index(_slice(self._postings, start, start + CHUNK), part.pieces, self._statistics)
            articles = Articles(vectors, part.pieces)
            for wants in _blocks(groups):
                yield Block(wants, self._scores(wants, articles, index), vectors, part)

    def _scores(self, wants: list[Want], articles: Articles, index: Index) -> Scores:
        import numpy as np

        from giveback.matching.feedback import score
        from giveback.matching.fusion import LEXICAL, score_batch

        queries, phrases = np.stack([want.vector for want in wants]), [want.phrase for want in wants]
        parts = list(score_batch(queries, phrases, articles, index, [want.kindred for want in wants]))
        lexical = np.concatenate([each.lexical for each in parts])
        semantic = np.concatenate([each.semantic for each in parts])
        # Another script, an emoji with a word: what has no vector is carried by its words alone.
        lexical[[not want.plain.any() for want in wants]] *= ALONE / LEXICAL
        feedback = np.zeros_like(semantic)
        taught = {place: want.learned for place, want in enumerate(wants) if want.learned is not None}
        if taught:
            rows = list(taught)
            own = lexical[rows] + semantic[rows]
            feedback[rows] = score(list(taught.values()), own, articles, index, self._mean)
        return Scores(lexical, semantic, feedback)


def _blocks(groups: Sequence[Sequence[Want]], size: int = 256) -> Iterator[list[Want]]:
    block: list[Want] = []
    for group in groups:
        if block and len(block) + len(group) > size:
            yield block
            block = []
        block += group
    if block:
        yield block


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


class Standing(NamedTuple):
    """What is kept for an interest now: arrays of one length, by article."""

    ids: NDArray[np.int64]
    score: NDArray[np.float64]
    lasting: NDArray[np.float64]


class Bounds(NamedTuple):
    """What may be kept.

    Attributes:
        articles: size of the collection.
        standing: what is kept for an interest now.
        over: contact to numbers of the articles that were given or dismissed.
    """

    articles: int
    standing: Callable[[Want], Standing]
    over: Mapping[int, NDArray[np.int64]]


class Turnover(NamedTuple):
    """What changes for one contact: rows that come, and (contact, interest, article) of rows that go."""

    come: list[Kept]
    go: list[tuple[int, int, int]]


def turnovers(wants: Sequence[Want], scorer: Scorer, bounds: Bounds) -> Iterator[Turnover]:
    """Offer articles to the liked among some interests; each is to be applied before the next is asked for.

    Args:
        wants: interests, those of one contact side by side.
        scorer: the articles.
        bounds: what may be kept, and what is.
    """
    groups: dict[int, list[Want]] = {}
    for want in wants:
        groups.setdefault(want.contact_id, []).append(want)
    for block in scorer.blocks(list(groups.values())):
        place = 0
        while place < len(block.wants):
            rows = slice(place, place + len(groups[block.wants[place].contact_id]))
            yield _of_contact(block.wants[rows], block.scores.part(rows), block, bounds)
            place = rows.stop


def _of_contact(wants: Sequence[Want], scores: Scores, block: Block, bounds: Bounds) -> Turnover:
    """Offer one chunk of articles to one contact."""
    import numpy as np

    from giveback.matching.fusion import HALF_LIFE, penalty

    avoided = [place for place, want in enumerate(wants) if want.avoid]
    liked = [place for place, want in enumerate(wants) if not want.avoid]
    _tell_senses(wants, liked, scores, block)
    total, part = scores.total, block.shelf
    lost = penalty(total[avoided]) if avoided else np.zeros(len(part.ids), dtype=np.float32)
    count = quota(len(liked), bounds.articles)
    over = bounds.over.get(wants[0].contact_id)
    open_ones = np.ones(len(part.ids), dtype=bool) if over is None else ~np.isin(part.ids, over)
    found = Turnover([], [])
    for place in liked:
        # What avoided interests and dismissals take off lowers an article; it does not hide it.
        good = np.flatnonzero((total[place] - scores.feedback[place] >= FLOOR) & open_ones)
        score = (total[place] + lost)[good].astype(np.float64)
        lasting = np.log2(np.maximum(score, FLOOR)) + part.days[good] / HALF_LIFE
        offer = _Offer(good, Standing(part.ids[good], score, lasting))
        cells = _compete(wants[place], offer, bounds.standing(wants[place]), count)
        found.go.extend(cells.go)
        plain = _plain(wants[place], scores.lexical[place, cells.come], block, cells.come)
        for article, own in zip(cells.come, plain, strict=True):
            if own >= FLOOR:
                cell = _Cell(place, int(article), float(lost[article]), float(own))
                found.come.append(_kept(wants, scores, part, cell))
    return found


def _tell_senses(wants: Sequence[Want], liked: Sequence[int], scores: Scores, block: Block) -> None:
    """Let a word of several senses be read in that of the person's other interests; adds to `scores.semantic`."""
    import numpy as np

    from giveback.matching.fusion import LEXICAL, evidence
    from giveback.matching.senses import context

    for place in liked:
        others = [wants[other].plain for other in liked if other != place]
        hits = np.flatnonzero(scores.lexical[place] > 0)
        if others and len(hits) and len(wants[place].phrase.terms) == 1:
            own = _plain(wants[place], scores.lexical[place, hits], block, hits)
            trust = (1 - LEXICAL) * evidence(block.shelf.pieces[hits])
            scores.semantic[place, hits] += context(own, trust * (np.stack(others) @ block.vectors[hits].T))


class _Offered(NamedTuple):
    """Places of the articles that come, and rows that go."""

    come: NDArray[np.int64]
    go: list[tuple[int, int, int]]


class _Offer(NamedTuple):
    """Articles offered for an interest: their places in the chunk, and arrays as in `Standing`."""

    places: NDArray[np.int64]
    articles: Standing


def _compete(want: Want, offer: _Offer, standing: Standing, count: int) -> _Offered:
    """Let articles compete with those that are kept, by score and by how long they will last."""
    import numpy as np

    new = offer.articles
    few = best(new.score, new.lasting, new.ids, count)
    ids = np.concatenate([standing.ids, new.ids[few]])
    score = np.concatenate([standing.score, new.score[few]])
    lasting = np.concatenate([standing.lasting, new.lasting[few]])
    stay = set(best(score, lasting, ids, count))
    kept = len(standing.ids)
    gone = [int(ids[place]) for place in range(kept) if place not in stay]
    return _Offered(
        offer.places[few][[place - kept for place in sorted(stay) if place >= kept]],
        [(want.contact_id, want.id, article) for article in gone],
    )


def _plain(want: Want, lexical: NDArray[np.float32], block: Block, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Scores of some articles by the interest's own words, before it was moved towards them."""
    from giveback.matching.fusion import LEXICAL, evidence

    trust = (1 - LEXICAL) * evidence(block.shelf.pieces[chosen])
    plain: NDArray[np.float32] = lexical + trust * (block.vectors[chosen] @ want.plain)
    return plain


def best(score: NDArray[np.float64], lasting: NDArray[np.float64], ids: NDArray[np.int64], count: int) -> list[int]:
    """Places of the `count` highest scores and of the half as many that will last longest; ties by number."""
    return sorted({*_highest(score, ids, count), *_highest(lasting, ids, max(1, count // 2))})


def _highest(values: NDArray[np.float64], ids: NDArray[np.int64], count: int) -> list[int]:
    """Places of the `count` highest values, ties by number; only what can be among them is sorted."""
    import numpy as np

    if len(values) <= count:
        return list(range(len(values)))
    pool = np.flatnonzero(values >= np.partition(values, -count)[-count])
    return [int(place) for place in pool[np.lexsort((ids[pool], -values[pool]))[:count]]]


class _Cell(NamedTuple):
    """One article for one interest: their places in the arrays, what is lost, the score by its own words."""

    want: int
    article: int
    lost: float
    plain: float


def _kept(wants: Sequence[Want], scores: Scores, part: Shelf, cell: _Cell) -> Kept:
    from giveback.matching.fusion import HALF_LIFE

    want, article = wants[cell.want], cell.article
    lexical, semantic, feedback = (float(each[cell.want, article]) for each in scores)
    score = lexical + semantic + feedback + cell.lost
    day = int(part.days[article])
    return Kept(
        want.contact_id,
        want.id,
        int(part.ids[article]),
        score,
        lexical,
        semantic,
        feedback,
        cell.lost,
        cell.plain,
        _guilty(wants, scores, article) if cell.lost < 0 else None,
        day,
        log2(max(score, FLOOR)) + day / HALF_LIFE,
    )


def _guilty(wants: Sequence[Want], scores: Scores, article: int) -> int | None:
    """The avoided interest that an article fits best."""
    total = scores.lexical[:, article] + scores.semantic[:, article]
    avoided = [(float(total[place]), want.id) for place, want in enumerate(wants) if want.avoid]
    return max(avoided, default=(0.0, None))[1]
