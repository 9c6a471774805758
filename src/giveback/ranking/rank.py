"""Which articles are kept for contacts' interests."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from giveback.ranking.board import Board, Rows
from giveback.ranking.competing import FLOOR, Offers, contenders, raised
from giveback.ranking.scoring import plain, plain_of_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.ranking.competing import Standing
    from giveback.ranking.scoring import Block, Scorer
    from giveback.ranking.wants import Want

KEEP = 40
"""Articles kept for an interest at the most; half as many more by how long they will last."""
LEAST = 5
SHARE = 16
"""One in so many articles of the collection may be kept for an interest."""
KEEP_CONTACT = 400
"""Articles kept for a contact, shared out over many interests."""

PAIRS = 2_000
"""Pairs of interest and article compared at a time, since each takes two vectors of memory."""


def quota(interests: int, articles: int) -> int:
    """How many articles are kept for each of a contact's interests.

    Args:
        interests: how many the contact has.
        articles: size of the collection; of a small one only the nearest are near at all.
    """
    return max(LEAST, min(KEEP, KEEP_CONTACT // max(interests, 1), articles // SHARE))


class Bounds(NamedTuple):
    """What may be kept.

    Attributes:
        articles: size of the collection.
        standing: what is kept for some interests now; see `board.stored`.
        over: contact to numbers of the articles that were given or dismissed.
    """

    articles: int
    standing: Callable[[Sequence[Want]], Standing]
    over: Mapping[int, NDArray[np.int64]]


def compete(wants: Sequence[Want], scorer: Scorer, bounds: Bounds) -> Iterator[Board]:
    """Let articles compete with those that are kept for interests, by score and by how long they will last.

    Args:
        wants: interests, those of one contact side by side.
        scorer: the articles.
        bounds: what may be kept, and what is.

    Yields:
        The outcome for the liked among the interests, those of some contacts at a time.
    """
    groups: dict[int, list[Want]] = {}
    for want in wants:
        groups.setdefault(want.contact_id, []).append(want)
    boards: dict[int, Board] = {}
    for block in scorer.blocks(list(groups.values())):
        contests = list(_contests(block, bounds))
        if block.number not in boards:
            liked = [contest.want for contest in contests]
            counts = [contest.most for contest in contests]
            boards[block.number] = Board(liked, counts, bounds.standing(liked))
        board = boards[block.number]
        if contests:
            board.offer(_entries(contests, block, board))
        if block.last:
            yield boards.pop(block.number)


class _Contest(NamedTuple):
    """One interest, one chunk of articles.

    Attributes:
        want: the interest.
        most: how many are kept by score.
        lexical: (n,), part of the score from words in common.
        semantic: (n,), from closeness in meaning.
        own: (n,), the sum of both.
        feedback: (n,), from what was given and dismissed; None where nothing was.
        avoided: what the same contact avoids; None where that is nothing.
        over: numbers of articles that were given to the contact or dismissed; None where none was.
    """

    want: Want
    most: int
    lexical: NDArray[np.float32]
    semantic: NDArray[np.float32]
    own: NDArray[np.float32]
    feedback: NDArray[np.float32] | None
    avoided: _Avoided | None
    over: NDArray[np.int64] | None

    @property
    def score(self) -> NDArray[np.float32]:
        """(n,), with everything that is added and taken off."""
        score = self.own if self.feedback is None else self.own + self.feedback
        return score if self.avoided is None else score + self.avoided.lost


class _Avoided(NamedTuple):
    """Interests that a contact avoids.

    Attributes:
        numbers: theirs.
        scores: (a, n), what articles score for them.
        lost: (n,), what articles lose for that.
    """

    numbers: NDArray[np.int64]
    scores: NDArray[np.float32]
    lost: NDArray[np.float32]


def _contests(block: Block, bounds: Bounds) -> Iterator[_Contest]:
    """The liked interests of a block."""
    pairs = zip(block.wants, block.rows, strict=True)
    for contact, own in groupby(pairs, key=lambda pair: pair[0].contact_id):
        group = list(own)
        liked = [(want, row) for want, row in group if not want.avoid]
        avoided = _avoided([(want, row) for want, row in group if want.avoid], block)
        most, over = quota(len(liked), bounds.articles), bounds.over.get(contact)
        for want, row in liked:
            lexical, semantic, total = (part[row] for part in block.scores[:3])
            if len(want.phrase.terms) == 1 and len(liked) > 1:
                others = [other.plain for other, _ in liked if other is not want]
                semantic = _in_context(want, row, others, block)
                total = lexical + semantic
            yield _Contest(want, most, lexical, semantic, total, block.scores.feedback.get(row), avoided, over)


def _avoided(pairs: Sequence[tuple[Want, int]], block: Block) -> _Avoided | None:
    import numpy as np

    from giveback.matching.fusion import penalty

    if not pairs:
        return None
    # Of two that an article fits alike the later is named.
    scores = block.scores.own[[row for _, row in reversed(pairs)]]
    return _Avoided(np.array([want.id for want, _ in reversed(pairs)]), scores, penalty(scores))


def _in_context(want: Want, row: int, others: Sequence[NDArray[np.float32]], block: Block) -> NDArray[np.float32]:
    """Let a word of several senses be read in that of the person's other interests; semantic scores with that added."""
    import numpy as np

    from giveback.matching.fusion import LEXICAL, evidence
    from giveback.matching.senses import context

    lexical: NDArray[np.float32] = block.scores.lexical[row]
    semantic: NDArray[np.float32] = block.scores.semantic[row].copy()
    hits = np.flatnonzero(lexical > 0)
    if len(hits):
        own = plain_of_one(want, lexical[hits], block, hits)
        trust = (1 - LEXICAL) * evidence(block.shelf.pieces[hits])
        semantic[hits] += context(own, trust * (np.stack(others) @ block.vectors[hits].T))
    return semantic


def _entries(contests: Sequence[_Contest], block: Block, board: Board) -> Rows:
    """The articles of a block that may come to be kept."""
    import numpy as np

    standing, bars = board.standing, board.bars(block.newest)
    found = []
    for number, contest in enumerate(contests):
        offers = Offers(contest.score, contest.own, block.fresh, block.newest)
        over = bars[number]
        if over.open:
            is_open = partial(_is_open, contest, block)
            over = raised(over, standing.part(standing.want == number), offers, contest.most, is_open)
        places = contenders(offers, over)
        if contest.over is not None:
            places = places[~np.isin(block.shelf.ids[places], contest.over)]
        found.append(_parts(contest, places))
    want = np.repeat(np.arange(len(contests)), [len(each.place) for each in found])
    parts = _Parts._make(np.concatenate(columns) for columns in zip(*found, strict=True))
    plains, own = np.stack([contest.want.plain for contest in contests]), np.empty_like(parts.lexical)
    for start in range(0, len(own), PAIRS):
        some = slice(start, start + PAIRS)
        own[some] = plain(plains[want[some]], parts.lexical[some], block, parts.place[some])
    good = own >= FLOOR
    return _rows(want[good], _Parts._make(column[good] for column in parts), own[good], block)


def _is_open(contest: _Contest, block: Block, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which articles may be kept: what avoided interests and dismissals take off lowers them, but hides none."""
    import numpy as np

    good: NDArray[np.bool_] = plain_of_one(contest.want, contest.lexical[places], block, places) >= FLOOR
    return good if contest.over is None else good & ~np.isin(block.shelf.ids[places], contest.over)


class _Parts(NamedTuple):
    """Some articles' places in the chunk, and their scores for an interest; arrays of one length."""

    place: NDArray[np.int64]
    lexical: NDArray[np.float32]
    semantic: NDArray[np.float32]
    feedback: NDArray[np.float32]
    penalty: NDArray[np.float32]
    avoided: NDArray[np.int64]


def _parts(contest: _Contest, places: NDArray[np.int64]) -> _Parts:
    import numpy as np

    nothing = np.zeros(len(places), dtype=np.float32)
    feedback = nothing if contest.feedback is None else contest.feedback[places]
    lost, guilty = nothing, places
    if (avoided := contest.avoided) is not None:
        lost, guilty = avoided.lost[places], avoided.numbers[avoided.scores[:, places].argmax(axis=0)]
    return _Parts(places, contest.lexical[places], contest.semantic[places], feedback, lost, guilty)


def _rows(want: NDArray[np.int64], parts: _Parts, own: NDArray[np.float32], block: Block) -> Rows:
    import numpy as np

    from giveback.matching.fusion import HALF_LIFE

    lexical, semantic, feedback, lost = (part.astype(np.float64) for part in parts[1:5])
    score = lexical + semantic + feedback + lost
    days = block.shelf.days[parts.place]
    return Rows(
        want, block.shelf.ids[parts.place], score, lexical, semantic, feedback, lost, own.astype(np.float64),
        parts.avoided, days, np.log2(np.maximum(score, FLOOR)) + days / HALF_LIFE,
    )  # fmt: skip
