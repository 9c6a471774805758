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

    from giveback.ranking.competing import Bars, Standing
    from giveback.ranking.scoring import Block, Scorer
    from giveback.ranking.wants import Want

KEEP = 40
"""Articles kept for an interest at the most; half as many more by how long they will last."""
LEAST = 5
SHARE = 16
"""One in so many articles of the collection may be kept for an interest."""
KEEP_CONTACT = 400
"""Articles kept for a contact, shared out over many interests."""


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
            counts = [contest.count for contest in contests]
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
        row: of the block's scores.
        count: how many are kept by score.
        avoided: number and row of each interest that the same contact avoids.
        lost: (n,), what articles lose for those; None where nothing is avoided.
        over: numbers of articles that were given to the contact or dismissed; None where none was.
    """

    want: Want
    row: int
    count: int
    avoided: list[tuple[int, int]]
    lost: NDArray[np.float32] | None
    over: NDArray[np.int64] | None


def _contests(block: Block, bounds: Bounds) -> Iterator[_Contest]:
    """The liked interests of a block."""
    import numpy as np

    from giveback.matching.fusion import penalty

    pairs = zip(block.wants, block.rows, strict=True)
    for contact, own in groupby(pairs, key=lambda pair: pair[0].contact_id):
        group = list(own)
        liked = [(want, row) for want, row in group if not want.avoid]
        avoided = [(want.id, row) for want, row in group if want.avoid]
        _tell_senses(liked, block)
        lost = penalty(np.stack([block.scores.own(row) for _, row in avoided])) if avoided else None
        count, over = quota(len(liked), bounds.articles), bounds.over.get(contact)
        for want, row in liked:
            yield _Contest(want, row, count, avoided, lost, over)


def _tell_senses(liked: Sequence[tuple[Want, int]], block: Block) -> None:
    """Let a word of several senses be read in that of the person's other interests; adds to the semantic scores."""
    import numpy as np

    from giveback.matching.fusion import LEXICAL, evidence
    from giveback.matching.senses import context

    for want, row in liked:
        if len(want.phrase.terms) != 1:
            continue
        others = [other.plain for other, _ in liked if other is not want]
        hits = np.flatnonzero(block.scores.lexical[row] > 0)
        if others and len(hits):
            own = plain_of_one(want, block.scores.lexical[row, hits], block, hits)
            trust = (1 - LEXICAL) * evidence(block.shelf.pieces[hits])
            block.scores.semantic[row, hits] += context(own, trust * (np.stack(others) @ block.vectors[hits].T))


def _entries(contests: Sequence[_Contest], block: Block, board: Board) -> Rows:
    """The articles of a block that may come to be kept."""
    import numpy as np

    standing, bars = board.standing, board.bars(block.newest)
    plains = np.stack([contest.want.plain for contest in contests])
    rows = np.array([contest.row for contest in contests])
    found = []
    for number, contest in enumerate(contests):
        offers = _offers(contest, block)
        over = bars[number]
        if over.open:
            is_open = partial(_is_open, contest, block)
            over = raised(over, standing.part(standing.want == number), offers, contest.count, is_open)
        places = contenders(offers, over)
        found.append(places if contest.over is None else places[~_is_over(contest.over, block, places)])
    want, place = np.repeat(np.arange(len(contests)), [len(each) for each in found]), np.concatenate(found)
    own = plain(plains[want], block.scores.lexical[rows[want], place], block, place)
    good = own >= FLOOR
    want, place, own = want[good], place[good], own[good]
    return _rows(contests, block, _Places(want, rows[want], place), own)


def _offers(contest: _Contest, block: Block) -> Offers:
    own = score = block.scores.own(contest.row)
    if block.scores.feedback is not None:
        score = own + block.scores.feedback[contest.row]
    return Offers(score if contest.lost is None else score + contest.lost, own, block.fresh, block.newest)


def _is_open(contest: _Contest, block: Block, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which articles may be kept: what avoided interests and dismissals take off lowers them, but hides none."""
    own = plain_of_one(contest.want, block.scores.lexical[contest.row, places], block, places)
    good: NDArray[np.bool_] = own >= FLOOR
    return good if contest.over is None else good & ~_is_over(contest.over, block, places)


def _is_over(over: NDArray[np.int64], block: Block, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    import numpy as np

    return np.isin(block.shelf.ids[places], over)


class _Places(NamedTuple):
    """Pairs of interest and article: the interest, its row of the scores, the article's place in the chunk."""

    want: NDArray[np.int64]
    row: NDArray[np.int64]
    place: NDArray[np.int64]


def _rows(contests: Sequence[_Contest], block: Block, pairs: _Places, own: NDArray[np.float32]) -> Rows:
    import numpy as np

    from giveback.matching.fusion import HALF_LIFE

    scores, at, nothing = block.scores, (pairs.row, pairs.place), np.zeros(len(own))
    lexical, semantic = scores.lexical[at].astype(np.float64), scores.semantic[at].astype(np.float64)
    feedback = nothing if scores.feedback is None else scores.feedback[at].astype(np.float64)
    lost, avoided = _lost(contests, block, pairs)
    score = lexical + semantic + feedback + lost
    days = block.shelf.days[pairs.place]
    return Rows(
        pairs.want, block.shelf.ids[pairs.place], score, lexical, semantic, feedback, lost, own.astype(np.float64),
        avoided, days, np.log2(np.maximum(score, FLOOR)) + days / HALF_LIFE,
    )  # fmt: skip


def _lost(
    contests: Sequence[_Contest], block: Block, pairs: _Places
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """What articles lose for what is avoided, and the number of the interest that each fits best; of two the later."""
    import numpy as np

    lost, avoided = np.zeros(len(pairs.want)), np.zeros(len(pairs.want), dtype=np.int64)
    bounds = np.searchsorted(pairs.want, np.arange(len(contests) + 1))
    for contest, first, last in zip(contests, bounds, bounds[1:], strict=False):
        if contest.lost is not None:
            places = pairs.place[first:last]
            lost[first:last] = contest.lost[places]
            later = contest.avoided[::-1]
            fits = np.stack([block.scores.own(row)[places] for _, row in later]).argmax(axis=0)
            avoided[first:last] = np.array([number for number, _ in later])[fits]
    return lost, avoided
