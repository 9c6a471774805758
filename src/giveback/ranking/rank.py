"""Scores of contacts' interests against articles, and which of them are kept."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from giveback.ranking.competing import FLOOR, Offers, Standing, best, contenders

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
    """Parts of the scores of a block, (interests, articles) each; they add up to `total`.

    Attributes:
        lexical: from words in common.
        semantic: from closeness in meaning.
        feedback: from what was given and dismissed; None where nothing was.
    """

    lexical: NDArray[np.float32]
    semantic: NDArray[np.float32]
    feedback: NDArray[np.float32] | None

    @property
    def own(self) -> NDArray[np.float32]:
        """The sum of the parts without feedback."""
        own: NDArray[np.float32] = self.lexical + self.semantic
        return own

    @property
    def total(self) -> NDArray[np.float32]:
        """The sum of the parts."""
        return self.own if self.feedback is None else self.own + self.feedback

    def part(self, rows: slice) -> Scores:
        """Some of the interests."""
        feedback = None if self.feedback is None else self.feedback[rows]
        return Scores(self.lexical[rows], self.semantic[rows], feedback)


class Block(NamedTuple):
    """Some interests scored against a chunk of articles.

    Attributes:
        wants: the interests.
        scores: theirs.
        vectors: (n, 256), of the chunk.
        shelf: the chunk.
        fresh: (n,), share of its score that an article keeps when the newest of them is new.
        newest: the day of that one, divided by the half-life.
    """

    wants: list[Want]
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

    def blocks(self, groups: Sequence[Sequence[Want]]) -> Iterator[Block]:
        """Score groups of interests that belong together, as those of one contact do."""
        import numpy as np

        from giveback.matching.embedding import unit
        from giveback.matching.fusion import HALF_LIFE, Articles
        from giveback.matching.lexical import Index

        for start in range(0, len(self._shelf.ids), CHUNK):
            part = self._shelf.part(start, start + CHUNK)
            vectors = unit(part.codes.astype(np.float32))
            index = Index(_slice(self._postings, start, start + CHUNK), part.pieces, self._statistics)
            articles = Articles(vectors, part.pieces)
            newest = float(part.days.max() / HALF_LIFE)
            fresh = np.exp2(part.days / HALF_LIFE - newest).astype(np.float32)
            for wants in _blocks(groups):
                yield Block(wants, self._scores(wants, articles, index), vectors, part, fresh, newest)

    def _scores(self, wants: list[Want], articles: Articles, index: Index) -> Scores:
        import numpy as np

        from giveback.matching.feedback import score
        from giveback.matching.fusion import LEXICAL, score_batch

        queries, phrases = np.stack([want.vector for want in wants]), [want.phrase for want in wants]
        parts = list(score_batch(queries, phrases, articles, index, [want.kindred for want in wants]))
        lexical = _joined([each.lexical for each in parts])
        semantic = _joined([each.semantic for each in parts])
        # Another script, an emoji with a word: what has no vector is carried by its words alone.
        unknown = [place for place, want in enumerate(wants) if not want.plain.any()]
        lexical[unknown] *= ALONE / LEXICAL
        taught = {place: want.learned for place, want in enumerate(wants) if want.learned is not None}
        if not taught:
            return Scores(lexical, semantic, None)
        feedback, rows = np.zeros_like(semantic), list(taught)
        own = lexical[rows] + semantic[rows]
        feedback[rows] = score(list(taught.values()), own, articles, index, self._mean)
        return Scores(lexical, semantic, feedback)


def _joined(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    import numpy as np

    return parts[0] if len(parts) == 1 else np.concatenate(parts)


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
        plain = _plain(want, block.scores.lexical[0], block, np.arange(len(block.shelf.ids)))
        columns = (block.shelf.ids, block.scores.own[0], plain, block.shelf.days)
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
        for row, want in enumerate(block.wants):
            yield want, _plain(want, block.scores.lexical[row], block, places)


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
    """What changes for one interest: rows that come, and numbers of articles that go."""

    want: Want
    come: list[Kept]
    go: list[int]


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
            yield from _of_contact(block.wants[rows], block.scores.part(rows), block, bounds)
            place = rows.stop


def _of_contact(wants: Sequence[Want], scores: Scores, block: Block, bounds: Bounds) -> Iterator[Turnover]:
    """Offer one chunk of articles to one contact."""
    from giveback.matching.fusion import penalty

    avoided = [place for place, want in enumerate(wants) if want.avoid]
    liked = [place for place, want in enumerate(wants) if not want.avoid]
    _tell_senses(wants, liked, scores, block)
    own = scores.own
    contest = _Contest(
        wants, scores, block, own,
        lost=penalty(own[avoided]) if avoided else None,
        avoided=avoided,
        over=bounds.over.get(wants[0].contact_id),
        most=quota(len(liked), bounds.articles),
    )  # fmt: skip
    for place in liked:
        yield _compete(contest, place, bounds.standing(wants[place]))


def _tell_senses(wants: Sequence[Want], liked: Sequence[int], scores: Scores, block: Block) -> None:
    """Let a word of several senses be read in that of the person's other interests; adds to `scores.semantic`."""
    import numpy as np

    from giveback.matching.fusion import LEXICAL, evidence
    from giveback.matching.senses import context

    for place in liked:
        if len(wants[place].phrase.terms) != 1:
            continue
        others = [wants[other].plain for other in liked if other != place]
        hits = np.flatnonzero(scores.lexical[place] > 0)
        if others and len(hits):
            own = _plain(wants[place], scores.lexical[place, hits], block, hits)
            trust = (1 - LEXICAL) * evidence(block.shelf.pieces[hits])
            scores.semantic[place, hits] += context(own, trust * (np.stack(others) @ block.vectors[hits].T))


class _Contest(NamedTuple):
    """One contact, one chunk of articles.

    Attributes:
        wants: the interests.
        scores: theirs.
        block: of which they are a part.
        own: (interests, n), scores without feedback.
        lost: (n,), what articles lose for what is avoided; None when nothing is.
        avoided: places of the avoided interests.
        over: numbers of articles that were given or dismissed.
        most: how many are kept for an interest.
    """

    wants: Sequence[Want]
    scores: Scores
    block: Block
    own: NDArray[np.float32]
    lost: NDArray[np.float32] | None
    avoided: list[int]
    over: NDArray[np.int64] | None
    most: int


def _compete(contest: _Contest, place: int, standing: Standing) -> Turnover:
    """Let articles compete with those that are kept for an interest, by score and by how long they will last."""
    import numpy as np

    want, block = contest.wants[place], contest.block

    def plain_scores(places: NDArray[np.int64]) -> NDArray[np.float32]:
        return _plain(want, contest.scores.lexical[place, places], block, places)

    def is_open(places: NDArray[np.int64]) -> NDArray[np.bool_]:
        return _is_open(contest, places, plain_scores(places))

    offers = Offers(_score(contest, place), contest.own[place], block.fresh, block.newest)
    places = contenders(offers, standing, contest.most, is_open)
    plain = plain_scores(places)
    there = _is_open(contest, places, plain)
    if not there.any():
        return Turnover(want, [], [])
    rows = _rows(contest, place, places[there], plain[there])
    stay = best(standing.joined(Standing(rows.article, rows.score, rows.lasting)), contest.most)
    kept, chosen = stay[: len(standing.ids)], stay[len(standing.ids) :]
    come = list(_kept(want, rows, np.flatnonzero(chosen)))
    return Turnover(want, come, standing.ids[~kept].tolist())


def _is_open(contest: _Contest, places: NDArray[np.int64], plain: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which articles may be kept: what avoided interests and dismissals take off lowers them, but hides none."""
    import numpy as np

    good: NDArray[np.bool_] = plain >= FLOOR
    return good if contest.over is None else good & ~np.isin(contest.block.shelf.ids[places], contest.over)


def _score(contest: _Contest, place: int) -> NDArray[np.float32]:
    score: NDArray[np.float32] = contest.own[place]
    if contest.scores.feedback is not None:
        score = score + contest.scores.feedback[place]
    return score if contest.lost is None else score + contest.lost


class _Rows(NamedTuple):
    """Columns of what may be kept for an interest; arrays of one length."""

    article: NDArray[np.int64]
    score: NDArray[np.float64]
    lexical: NDArray[np.float64]
    semantic: NDArray[np.float64]
    feedback: NDArray[np.float64]
    penalty: NDArray[np.float64]
    plain: NDArray[np.float64]
    avoided: NDArray[np.int64]
    day: NDArray[np.int64]
    lasting: NDArray[np.float64]


def _rows(contest: _Contest, place: int, places: NDArray[np.int64], plain: NDArray[np.float32]) -> _Rows:
    import numpy as np

    from giveback.matching.fusion import HALF_LIFE

    scores, shelf = contest.scores, contest.block.shelf
    nothing = np.zeros(len(places))
    lexical, semantic = (part[place, places].astype(np.float64) for part in (scores.lexical, scores.semantic))
    feedback = nothing if scores.feedback is None else scores.feedback[place, places].astype(np.float64)
    lost = nothing if contest.lost is None else contest.lost[places].astype(np.float64)
    score = lexical + semantic + feedback + lost
    days = shelf.days[places]
    return _Rows(
        shelf.ids[places], score, lexical, semantic, feedback, lost, plain.astype(np.float64),
        _guilty(contest, places), days, np.log2(np.maximum(score, FLOOR)) + days / HALF_LIFE,
    )  # fmt: skip


def _guilty(contest: _Contest, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the avoided interest that each article fits best; of two alike the later."""
    import numpy as np

    if contest.lost is None:
        return np.zeros(len(places), dtype=np.int64)
    numbers = np.array([contest.wants[each].id for each in reversed(contest.avoided)])
    fits: NDArray[np.int64] = contest.own[contest.avoided[::-1]][:, places].argmax(axis=0)
    return numbers[fits]


def _kept(want: Want, rows: _Rows, chosen: NDArray[np.int64]) -> Iterator[Kept]:
    columns = [column[chosen].tolist() for column in rows]
    article, score, lexical, semantic, feedback, lost, plain, avoided, day, lasting = columns
    guilty = [number if taken < 0 else None for number, taken in zip(avoided, lost, strict=True)]
    values = (article, score, lexical, semantic, feedback, lost, plain, guilty, day, lasting)
    return map(Kept, repeat(want.contact_id), repeat(want.id), *values)


def _plain(want: Want, lexical: NDArray[np.float32], block: Block, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Scores of some articles by the interest's own words, before it was moved towards them."""
    from giveback.matching.fusion import LEXICAL, evidence

    trust = (1 - LEXICAL) * evidence(block.shelf.pieces[chosen])
    plain: NDArray[np.float32] = lexical + trust * (block.vectors[chosen] @ want.plain)
    return plain
