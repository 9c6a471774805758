"""What contacts want: their interests as the collection speaks of them, and what feedback taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.feedback import Judged, Lesson
    from giveback.matching.lexical import Phrase
    from giveback.ranking.collection import Shelf, Snapshot
    from giveback.ranking.terms import LookUp


PATTERN = 300
"""Articles from which half of what feedback seems to teach is believed: in few, any likeness stands out."""
ENOUGH = 100
"""Articles for each one that may speak for an interest: in a small collection the nearest are not near."""


class Want(NamedTuple):
    """An interest to rank for.

    Attributes:
        id: its number.
        contact_id: whose it is.
        avoid: something to keep away from.
        phrase: its terms.
        plain: (256,), by the phrase alone.
        vector: (256,), moved towards what the collection calls it.
        learned: what gifts and dismissals taught; None without any.
    """

    id: int
    contact_id: int
    avoid: bool
    phrase: Phrase
    plain: NDArray[np.float32]
    vector: NDArray[np.float32]
    learned: Lesson | None

    @property
    def terms(self) -> set[str]:
        """Every term that ranking looks up for it."""
        told = () if self.learned is None else self.learned.telling
        return {*self.phrase.terms, *(term for terms in told for term in terms)}


def load_wants(
    connection: sqlite3.Connection,
    shelf: Shelf,
    snapshot: Snapshot,
    contacts: Iterable[int] | None = None,
    *,
    expand: bool = True,
    look_up: LookUp | None = None,
) -> list[Want]:
    """Read interests, of some contacts or of all, with what feedback taught; expand those that are not yet.

    Args:
        connection: writable, in a transaction; for reading it is enough without `expand`.
        shelf: all articles; may be empty when every interest was expanded before.
        snapshot: the one in force.
        contacts: numbers, or None for everybody.
        expand: expand interests that are not yet, and keep where they went.
        look_up: finds terms among all articles; `terms.everywhere` without it.
    """
    from giveback.matching.embedding import from_blobs, to_blob
    from giveback.ranking.terms import phrases

    where = ""
    if contacts is not None:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS asking (id INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM temp.asking")
        connection.executemany("INSERT INTO temp.asking VALUES (?)", ((number,) for number in contacts))
        where = "AND i.contact_id IN (SELECT id FROM temp.asking)"
    rows = connection.execute(
        "SELECT i.id, i.contact_id, i.avoid, i.phrase, v.vector, v.expanded FROM any_interest i"
        f" JOIN interest_vector v ON v.interest_id = i.id WHERE v.model = ? {where} ORDER BY i.contact_id, i.id",
        (snapshot.model,),
    ).fetchall()
    terms = phrases(connection, [row[3] for row in rows])
    plain = from_blobs([row[4] for row in rows])
    expanded = from_blobs([row[5] for row in rows])
    wants = [
        Want(row[0], row[1], bool(row[2]), phrase, vector, went if _is_sound(row[5]) else vector, None)
        for row, phrase, vector, went in zip(rows, terms, plain, expanded, strict=True)
    ]
    fresh = [want for want, row in zip(wants, rows, strict=True) if not _is_sound(row[5])]
    if expand and fresh and len(shelf.ids):
        went = moved(connection, fresh, shelf, snapshot, look_up)
        blobs = {number: to_blob(vector) for number, vector in went.items()}
        connection.executemany("UPDATE interest_vector SET expanded = ?2 WHERE interest_id = ?1", list(blobs.items()))
        # As it will be read from now on, so that nothing ranks otherwise the first time.
        kept = dict(zip(blobs, from_blobs(blobs.values()), strict=True))
        wants = [want._replace(vector=kept.get(want.id, want.vector)) for want in wants]
    return _learn(connection, wants, snapshot, keep=expand)


def _is_sound(blob: bytes | None) -> bool:
    from giveback.matching.embedding import BLOB_BYTES

    return blob is not None and len(blob) == BLOB_BYTES


def moved(
    connection: sqlite3.Connection,
    asked: list[Want],
    shelf: Shelf,
    snapshot: Snapshot,
    look_up: LookUp | None = None,
) -> dict[int, NDArray[np.float32]]:
    """Move interests towards their nearest articles of the snapshot.

    Args:
        connection: the store.
        asked: interests as they are by their own words.
        shelf: all articles.
        snapshot: the one in force; of a small one nothing is near enough.
        look_up: as for `load_wants`.

    Returns:
        Number of an interest to (256,) where it went; empty for a small collection.
    """
    import numpy as np

    from giveback.matching.fusion import NEAREST, expand
    from giveback.ranking.collection import statistics
    from giveback.ranking.rank import Scorer
    from giveback.ranking.terms import everywhere

    count = min(NEAREST, snapshot.articles // ENOUGH)
    if not count:
        return {}
    then = shelf.part(0, int(np.searchsorted(shelf.ids, snapshot.last_article_id, side="right")))
    words = {term for want in asked for term in want.phrase.terms}
    places = (look_up or everywhere)(connection, words, then.ids)
    scorer = Scorer(then, places, statistics(connection, snapshot, words), snapshot.mean)
    found: dict[int, list[tuple[NDArray[np.float32], NDArray[np.float32]]]] = {want.id: [] for want in asked}
    for block in scorer.blocks([[want] for want in asked]):
        for want, row in zip(block.wants, block.scores.total, strict=True):
            top = _nearest(row, count)
            found[want.id].append((row[top], block.vectors[top]))
    return {
        want.id: expand(
            want.vector,
            np.concatenate([scores for scores, _ in found[want.id]]),
            np.concatenate([near for _, near in found[want.id]]),
            snapshot.mean,
        )
        for want in asked
        if found[want.id]
    }


def _nearest(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Places of the highest scores; sorted is only what can be among them."""
    import numpy as np

    places = np.arange(len(scores))
    if len(scores) > 100 * count:
        # As many hundreds have something that good: their best set a bar.
        bests = scores[: len(scores) // 100 * 100].reshape(-1, 100).max(axis=1)
        places = np.flatnonzero(scores >= np.partition(bests, -count)[-count])
    return places[np.argsort(-scores[places], kind="stable")[:count]]


def _learn(connection: sqlite3.Connection, wants: list[Want], snapshot: Snapshot, *, keep: bool) -> list[Want]:
    """Add what each contact's gifts and dismissals taught about the interests they served."""
    import numpy as np

    from giveback.matching import feedback

    liked: dict[int, list[Want]] = {}
    for want in wants:
        # What was given serves what people said; a job title learns nothing from it.
        if not want.avoid and want.id > 0:
            liked.setdefault(want.contact_id, []).append(want)
    taught: dict[int, Lesson | None] = {}
    trust = snapshot.articles / (snapshot.articles + PATTERN)
    for contact, judged in _judged(connection, snapshot, liked, keep=keep).items():
        vectors = np.stack([want.vector for want in liked[contact]])
        lessons = feedback.learn(vectors, judged, snapshot.mean, snapshot.precision, trust)
        taught |= {want.id: lesson for want, lesson in zip(liked[contact], lessons, strict=True)}
    return [want._replace(learned=taught.get(want.id)) for want in wants]


def keep_reliability(connection: sqlite3.Connection, contacts: Iterable[int], wants: Iterable[Want]) -> None:
    """Write down how reliable the interests of contacts are, for whoever reads the ranking.

    Args:
        connection: writable, in a transaction.
        contacts: who is ranked anew.
        wants: their interests.
    """
    connection.executemany(
        "DELETE FROM interest_reliability WHERE interest_id IN (SELECT id FROM interest WHERE contact_id = ?)",
        ((contact,) for contact in contacts),
    )
    connection.executemany(
        "INSERT INTO interest_reliability VALUES (?, ?)",
        [(want.id, want.learned.reliability) for want in wants if want.learned is not None],
    )


def given_or_dismissed(connection: sqlite3.Connection) -> dict[int, NDArray[np.int64]]:
    """Per contact the numbers of articles that are over for them."""
    import numpy as np

    found: dict[int, list[int]] = {}
    sql = (
        "SELECT contact_id, article_id FROM exchange WHERE direction = 'given' AND article_id IS NOT NULL"
        " UNION SELECT contact_id, article_id FROM dismissal"
    )
    for contact, article in connection.execute(sql):
        found.setdefault(contact, []).append(article)
    return {contact: np.array(articles, dtype=np.int64) for contact, articles in found.items()}


def _judged(
    connection: sqlite3.Connection, snapshot: Snapshot, contacts: Collection[int], *, keep: bool
) -> dict[int, Judged]:
    """Per contact the articles given or dismissed, oldest first; those with a sound vector."""
    import numpy as np

    from giveback.matching.embedding import BLOB_BYTES, from_blobs
    from giveback.matching.feedback import Judged
    from giveback.matching.fusion import Articles
    from giveback.ranking.terms import telling

    connection.execute("CREATE TEMP TABLE IF NOT EXISTS judging (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.judging")
    connection.executemany("INSERT INTO temp.judging VALUES (?)", ((number,) for number in contacts))
    rows = connection.execute(
        "SELECT j.contact_id, j.article_id, v.vector, v.pieces, max(j.given) FROM"
        " (SELECT contact_id, article_id, on_day, 1 AS given FROM exchange"
        "   WHERE direction = 'given' AND article_id IS NOT NULL"
        "  UNION ALL SELECT contact_id, article_id, on_day, 0 FROM dismissal) j"
        " JOIN article_vector v ON v.article_id = j.article_id"
        " WHERE v.model = ?1 AND length(v.vector) = ?2 AND j.contact_id IN (SELECT id FROM temp.judging)"
        " GROUP BY j.contact_id, j.article_id ORDER BY j.contact_id, max(j.on_day), j.article_id",
        (snapshot.model, BLOB_BYTES),
    ).fetchall()
    told = telling(connection, {row[1] for row in rows}, snapshot, keep=keep)
    grouped: dict[int, list[tuple[int, bytes, int, int]]] = {}
    for contact, *rest in rows:
        grouped.setdefault(contact, []).append(tuple(rest))
    return {
        contact: Judged(
            Articles(from_blobs([vector for _, vector, _, _ in own]), np.array([pieces for _, _, pieces, _ in own])),
            np.array([bool(given) for *_, given in own]),
            [told[number] for number, *_ in own],
        )
        for contact, own in grouped.items()
    }
