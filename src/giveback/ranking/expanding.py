"""Interests expanded by what the collection says: where their nearest articles are, and the terms those use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.kindred import Kindred
    from giveback.matching.lexical import Statistics
    from giveback.ranking.collection import Shelf, Snapshot
    from giveback.ranking.terms import LookUp
    from giveback.ranking.wants import Moved, Want

ENOUGH = 100
"""Articles for each one that may speak for an interest: in a small collection the nearest are not near."""
PATTERN = 300
"""Articles from which half of what their terms seem to tell is believed: in few, anything looks uncommon."""


def moved(
    connection: sqlite3.Connection,
    asked: Sequence[Want],
    shelf: Shelf,
    snapshot: Snapshot,
    look_up: LookUp | None = None,
) -> dict[int, Moved]:
    """Move interests towards their nearest articles of the snapshot, and find their kindred terms.

    First by their own words; then again, from the articles nearest to where they went, by their terms too. What
    is avoided gets no kindred terms: it should take off what it names, not what merely stands beside it.

    Args:
        connection: the store; reading is enough.
        asked: interests as they are by their own words.
        shelf: all articles.
        snapshot: the one in force; of a small one nothing is near enough.
        look_up: finds terms among all articles; `terms.everywhere` without it.

    Returns:
        Number of an interest to where it went; empty for a small collection.
    """
    from giveback.matching.embedding import from_blobs, to_blob
    from giveback.matching.fusion import NEAREST, SPEAKERS
    from giveback.ranking.terms import everywhere
    from giveback.ranking.wants import Moved

    enough = snapshot.articles // ENOUGH
    if not enough or not asked:
        return {}
    nearby = _Nearby(connection, shelf, snapshot, look_up or everywhere)
    first = nearby.expand(asked, asked, min(NEAREST, enough))
    kindred = nearby.kindred([want for want in first if not want.avoid], min(SPEAKERS, enough))
    told = [want._replace(kindred=kindred.get(want.id, ())) for want in first]
    last = nearby.expand(asked, told, min(SPEAKERS, enough))
    # Through the store's bytes, so that it ranks now as it will when it is read again.
    vectors = from_blobs([to_blob(want.vector) for want in last], len(snapshot.mean))
    return {want.id: Moved(vector, want.kindred) for want, vector in zip(last, vectors, strict=True)}


class _Nearby:
    """The articles of a snapshot, to look for those nearest to interests."""

    def __init__(self, connection: sqlite3.Connection, shelf: Shelf, snapshot: Snapshot, look_up: LookUp) -> None:
        import numpy as np

        self._connection, self._snapshot, self._look_up = connection, snapshot, look_up
        self._shelf = shelf.part(0, int(np.searchsorted(shelf.ids, snapshot.last_article_id, side="right")))

    def expand(self, plain: Sequence[Want], wants: Sequence[Want], count: int) -> list[Want]:
        """Move interests from their own words (`plain`) to the articles nearest to where they are now (`wants`)."""
        from giveback.matching.fusion import expand

        found = self._nearest(wants, count)
        mean = self._snapshot.mean
        return [
            want._replace(vector=expand(own.vector, scores, self._vectors(places), mean, count))
            for own, want, (places, scores) in zip(plain, wants, found, strict=True)
        ]

    def kindred(self, wants: Sequence[Want], count: int) -> dict[int, Kindred]:
        """Number of an interest to its kindred terms, weighted so that at best they add what the collection allows."""
        import numpy as np

        from giveback.matching import kindred
        from giveback.matching.fusion import speakers
        from giveback.matching.lexical import Index
        from giveback.ranking.terms import spoken

        found = self._nearest(wants, count)
        near = np.unique(np.concatenate([places for places, _ in found])) if found else np.zeros(0, dtype=np.int64)
        postings = spoken(self._connection, self._shelf.ids[near])
        figures = self._figures(set(postings))
        said = kindred.usage(postings, Index(postings, self._shelf.pieces[near], figures), figures)
        terms: dict[int, Kindred] = {}
        for want, (places, scores) in zip(wants, found, strict=True):
            top, lead = speakers(scores, count)
            terms[want.id] = kindred.find(said, np.searchsorted(near, places[top]), lead.astype(np.float64))
        used = {term for each in terms.values() for term, _ in each}
        index = Index(self._look_up(self._connection, used, self._shelf.ids), self._shelf.pieces, figures)
        trust = self._snapshot.articles / (self._snapshot.articles + PATTERN)
        return {number: kindred.scaled(each, index, trust) for number, each in terms.items()}

    def _nearest(self, wants: Sequence[Want], count: int) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """For each interest the places and scores of its best articles; more than `count` when there are many."""
        import numpy as np

        from giveback.ranking.scoring import Scorer
        from giveback.ranking.wants import terms_of

        words = terms_of(wants)
        postings = self._look_up(self._connection, words, self._shelf.ids)
        scorer = Scorer(self._shelf, postings, self._figures(words), self._snapshot.mean)
        found: dict[int, list[tuple[NDArray[np.int64], NDArray[np.float32]]]] = {want.id: [] for want in wants}
        for block in scorer.blocks([[want] for want in wants]):
            start = int(np.searchsorted(self._shelf.ids, block.shelf.ids[0]))
            for want, row in zip(block.wants, block.rows, strict=True):
                scores = block.scores.total(row)
                top = _nearest(scores, count)
                found[want.id].append((start + top, scores[top]))
        return [
            (
                np.concatenate([places for places, _ in found[want.id]] or [np.zeros(0, dtype=np.int64)]),
                np.concatenate([scores for _, scores in found[want.id]] or [np.zeros(0, dtype=np.float32)]),
            )
            for want in wants
        ]

    def _vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        from giveback.matching.embedding import unit

        return unit(self._shelf.codes[places].astype(np.float32))

    def _figures(self, terms: set[str]) -> Statistics:
        from giveback.ranking.collection import statistics

        return statistics(self._connection, self._snapshot, terms)


def _nearest(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Places of the highest scores; sorted is only what can be among them."""
    import numpy as np

    places = np.arange(len(scores))
    if len(scores) > 100 * count:
        # As many hundreds have something that good: their best set a bar.
        bests = scores[: len(scores) // 100 * 100].reshape(-1, 100).max(axis=1)
        places = np.flatnonzero(scores >= np.partition(bests, -count)[-count])
    return places[np.argsort(-scores[places], kind="stable")[:count]]
