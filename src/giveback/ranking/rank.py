"""Scores of contacts' interests against articles, and which of them are kept."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.lexical import Phrase, Postings, Statistics
    from giveback.ranking.collection import Shelf, Snapshot

CHUNK = 20_000
"""Articles scored at a time, which bounds memory."""
FLOOR = 0.12
"""Below this nothing is kept: it would be no gift, only the least bad."""
KEEP = 60
"""Articles kept for an interest at the most; half as many more by how long they will last."""
KEEP_CONTACT = 400
"""Articles kept for a contact, shared out over many interests."""


class Want(NamedTuple):
    """An interest to rank for.

    Attributes:
        id: its number.
        contact_id: whose it is.
        avoid: something to keep away from.
        phrase: its terms.
        vector: (256,), moved towards what the collection calls it.
    """

    id: int
    contact_id: int
    avoid: bool
    phrase: Phrase
    vector: NDArray[np.float32]


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
    avoided_id: int | None
    lasting: float


def quota(interests: int) -> int:
    """How many articles are kept for each of a contact's interests."""
    return max(5, min(KEEP, KEEP_CONTACT // max(interests, 1)))


def load_wants(
    connection: sqlite3.Connection, shelf: Shelf, snapshot: Snapshot, contacts: Iterable[int] | None = None
) -> list[Want]:
    """Read interests, of some contacts or of all; expand those that are not yet.

    Args:
        connection: writable, in a transaction.
        shelf: all articles; may be empty when every interest was expanded before.
        snapshot: the one in force.
        contacts: numbers, or None for everybody.
    """
    from giveback.matching.embedding import from_blobs
    from giveback.ranking.terms import phrases

    where = ""
    if contacts is not None:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS asking (id INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM temp.asking")
        connection.executemany("INSERT INTO temp.asking VALUES (?)", ((number,) for number in contacts))
        where = "AND i.contact_id IN (SELECT id FROM temp.asking)"
    rows = connection.execute(
        "SELECT i.id, i.contact_id, i.avoid, i.phrase, v.vector, v.expanded FROM interest i"
        f" JOIN interest_vector v ON v.interest_id = i.id WHERE v.model = ? {where} ORDER BY i.contact_id, i.id",
        (snapshot.model,),
    ).fetchall()
    terms = phrases(connection, [row[3] for row in rows])
    plain = from_blobs([row[4] for row in rows])
    expanded = from_blobs([row[5] for row in rows])
    wants = [
        Want(row[0], row[1], bool(row[2]), phrase, vector if row[5] is None else moved)
        for row, phrase, vector, moved in zip(rows, terms, plain, expanded, strict=True)
    ]
    fresh = {row[0] for row in rows if row[5] is None}
    if not fresh or not len(shelf.ids):
        return wants
    return _expand(connection, wants, fresh, shelf, snapshot)


def _expand(
    connection: sqlite3.Connection, wants: list[Want], fresh: set[int], shelf: Shelf, snapshot: Snapshot
) -> list[Want]:
    """Move fresh interests towards their nearest articles of the snapshot, and keep where they went."""
    import numpy as np

    from giveback.matching.embedding import to_blob
    from giveback.matching.fusion import NEAREST, expand
    from giveback.ranking.terms import everywhere

    then = shelf.part(0, int(np.searchsorted(shelf.ids, snapshot.last_article_id, side="right")))
    asked = [want for want in wants if want.id in fresh]
    words = {term for want in asked for term in want.phrase.terms}
    scorer = Scorer(then, everywhere(connection, words, then.ids), _statistics(connection, snapshot, words))
    found: dict[int, list[tuple[NDArray[np.float32], NDArray[np.float32]]]] = {want.id: [] for want in asked}
    for wanted, total, _, vectors, _ in scorer.blocks([[want] for want in asked]):
        for want, row in zip(wanted, total, strict=True):
            count = min(NEAREST, len(row))
            top = np.argpartition(-row, count - 1)[:count]
            found[want.id].append((row[top], vectors[top]))
    moved = {
        want.id: expand(
            want.vector,
            np.concatenate([scores for scores, _ in found[want.id]]),
            np.concatenate([near for _, near in found[want.id]]),
            snapshot.mean,
        )
        for want in asked
    }
    connection.executemany(
        "UPDATE interest_vector SET expanded = ?2 WHERE interest_id = ?1",
        [(number, to_blob(vector)) for number, vector in moved.items()],
    )
    return [want._replace(vector=moved.get(want.id, want.vector)) for want in wants]


def _statistics(connection: sqlite3.Connection, snapshot: Snapshot, terms: Iterable[str]) -> Statistics:
    from giveback.ranking.collection import statistics

    return statistics(connection, snapshot, terms)


class Scorer:
    """Scores interests against a shelf of articles, a chunk of articles at a time."""

    def __init__(self, shelf: Shelf, postings: dict[str, Postings], statistics: Statistics) -> None:
        """Take the articles, where the interests' terms stand in them, and the snapshot's frequencies."""
        self._shelf, self._postings, self._statistics = shelf, postings, statistics

    def blocks(
        self, groups: Sequence[Sequence[Want]]
    ) -> Iterator[tuple[list[Want], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], Shelf]]:
        """Score groups of interests that belong together, as those of one contact do.

        Yields:
            The interests of some groups; (block, n) scores and their lexical part; the (n, 256)
            vectors and the shelf of the chunk of articles.
        """
        import numpy as np

        from giveback.matching.embedding import unit
        from giveback.matching.fusion import Articles, score_batch
        from giveback.matching.lexical import Index

        for start in range(0, len(self._shelf.ids), CHUNK):
            part = self._shelf.part(start, start + CHUNK)
            vectors = unit(part.codes.astype(np.float32))
            index = Index(_slice(self._postings, start, start + CHUNK), part.words, self._statistics)
            articles = Articles(vectors, part.words)
            for block in _blocks(groups):
                queries = np.stack([want.vector for want in block])
                scores = list(score_batch(queries, [want.phrase for want in block], articles, index))
                total = np.concatenate([each.total for each in scores])
                lexical = np.concatenate([each.lexical for each in scores])
                yield block, total, lexical, vectors, part


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


def candidates(wants: Sequence[Want], scorer: Scorer, floors: Callable[[Want], tuple[float, float]]) -> Iterator[Kept]:
    """The articles that may be kept for the liked among some interests.

    Args:
        wants: interests, those of one contact side by side.
        scorer: the articles.
        floors: for an interest, score and lasting key that an article must pass in one of the two.
    """
    groups: dict[int, list[Want]] = {}
    for want in wants:
        groups.setdefault(want.contact_id, []).append(want)
    for block, total, lexical, _, part in scorer.blocks(list(groups.values())):
        place = 0
        while place < len(block):
            contact = block[place].contact_id
            size = sum(1 for want in block[place:] if want.contact_id == contact)
            rows = slice(place, place + size)
            yield from _of_contact(block[rows], total[rows], lexical[rows], part, floors)
            place += size


def _of_contact(
    wants: Sequence[Want],
    total: NDArray[np.float32],
    lexical: NDArray[np.float32],
    part: Shelf,
    floors: Callable[[Want], tuple[float, float]],
) -> Iterator[Kept]:
    """One contact's candidates in one chunk: the best, and the best of those that will last."""
    import numpy as np

    from giveback.matching.fusion import HALF_LIFE, penalty

    avoided = [place for place, want in enumerate(wants) if want.avoid]
    liked = [place for place, want in enumerate(wants) if not want.avoid]
    lost = penalty(total[avoided]) if avoided else np.zeros(len(part.ids), dtype=np.float32)
    count = quota(len(liked))
    for place in liked:
        score = total[place] + lost
        least, least_lasting = floors(wants[place])
        good = np.flatnonzero(score >= FLOOR)
        lasting = np.log2(np.maximum(score[good], FLOOR)) + part.days[good] / HALF_LIFE
        good = good[(score[good] >= least) | (lasting >= least_lasting)]
        for which in best(score[good], part.days[good] / HALF_LIFE, part.ids[good], count):
            article = int(good[which])
            yield _kept(wants, place, article, part, _Parts(total, lexical, lost))


def best(score: NDArray[np.float32], age: NDArray[np.float64], ids: NDArray[np.int64], count: int) -> list[int]:
    """Places of the `count` highest scores and of the half as many that will last longest; ties by number."""
    import numpy as np

    if len(score) <= count:
        return list(range(len(score)))
    by_score = np.lexsort((ids, -score))[:count]
    lasting = np.log2(np.maximum(score, FLOOR)) + age
    by_lasting = np.lexsort((ids, -lasting))[: max(1, count // 2)]
    return sorted({int(place) for place in (*by_score, *by_lasting)})


class _Parts(NamedTuple):
    """Scores of one contact: (interests, n), their lexical part, and (n,) what avoided interests take off."""

    total: NDArray[np.float32]
    lexical: NDArray[np.float32]
    lost: NDArray[np.float32]


def _kept(wants: Sequence[Want], place: int, article: int, part: Shelf, scores: _Parts) -> Kept:
    from giveback.matching.fusion import HALF_LIFE

    want, lost = wants[place], float(scores.lost[article])
    plain = float(scores.total[place, article])
    words = float(scores.lexical[place, article])
    avoided = [each for each, other in enumerate(wants) if other.avoid] if lost < 0 else []
    guilty = max(avoided, key=lambda each: float(scores.total[each, article]), default=None)
    return Kept(
        want.contact_id,
        want.id,
        int(part.ids[article]),
        plain + lost,
        words,
        plain - words,
        0.0,
        lost,
        None if guilty is None else wants[guilty].id,
        log2(max(plain + lost, FLOOR)) + int(part.days[article]) / HALF_LIFE,
    )
