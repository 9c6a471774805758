"""What contacts want: their interests as the collection speaks of them, and what feedback taught."""

from __future__ import annotations

import json
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.feedback import Judged, Lesson
    from giveback.matching.kindred import Kindred
    from giveback.matching.lexical import Phrase
    from giveback.ranking.collection import Shelf, Snapshot
    from giveback.ranking.terms import LookUp


_FIRST = itemgetter(0)
PATTERN = 300
"""Articles from which half of what feedback seems to teach is believed: in few, any likeness stands out."""


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
        kindred: terms that the articles nearest to it use.
    """

    id: int
    contact_id: int
    avoid: bool
    phrase: Phrase
    plain: NDArray[np.float32]
    vector: NDArray[np.float32]
    learned: Lesson | None
    kindred: Kindred = ()

    @property
    def terms(self) -> Iterator[str]:
        """Every term that ranking looks up for it; some several times."""
        told = () if self.learned is None else self.learned.telling
        return chain(self.phrase.terms, map(_FIRST, self.kindred), *told)


def terms_of(wants: Iterable[Want]) -> set[str]:
    """Every term that ranking looks up for some interests."""
    return set(chain.from_iterable(want.terms for want in wants))


class Moved(NamedTuple):
    """Where an interest went: (256,) towards its nearest articles, and the kindred terms that they use."""

    vector: NDArray[np.float32]
    kindred: Kindred


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
    from giveback.ranking.expanding import moved
    from giveback.ranking.terms import phrases

    rows = _rows(connection, snapshot.model, contacts)
    terms = phrases(connection, [row[3] for row in rows])
    size = len(snapshot.mean)
    plain = from_blobs([row[4] for row in rows], size)
    known: dict[str, Kindred | None] = {}
    kept = [_kept(row[5], row[6], size, known) for row in rows]
    expanded = from_blobs([None if each is None else row[5] for row, each in zip(rows, kept, strict=True)], size)
    wants = [
        Want(row[0], row[1], bool(row[2]), phrase, own, own if each is None else went, None, each or ())
        for row, phrase, own, went, each in zip(rows, terms, plain, expanded, kept, strict=True)
    ]
    fresh = [want for want, each in zip(wants, kept, strict=True) if each is None]
    if expand and fresh and len(shelf.ids):
        went_to = moved(connection, fresh, shelf, snapshot, look_up)
        connection.executemany(
            "UPDATE interest_vector SET expanded = ?2, kindred = ?3 WHERE interest_id = ?1",
            [(number, to_blob(went.vector), json.dumps(went.kindred)) for number, went in went_to.items()],
        )
        wants = [want._replace(**went_to[want.id]._asdict()) if want.id in went_to else want for want in wants]
    return _learn(connection, wants, snapshot, keep=expand)


def _rows(connection: sqlite3.Connection, model: str, contacts: Iterable[int] | None) -> list[tuple[Any, ...]]:
    """Number, contact, avoid, phrase, vector, expanded, kindred of interests, by contact."""
    where = ""
    if contacts is not None:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS asking (id INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM temp.asking")
        connection.executemany("INSERT INTO temp.asking VALUES (?)", ((number,) for number in contacts))
        where = "AND i.contact_id IN (SELECT id FROM temp.asking)"
    return connection.execute(
        "SELECT i.id, i.contact_id, i.avoid, i.phrase, v.vector, v.expanded, v.kindred FROM any_interest i"
        f" JOIN interest_vector v ON v.interest_id = i.id WHERE v.model = ? {where} ORDER BY i.contact_id, i.id",
        (model,),
    ).fetchall()


def _kept(expanded: bytes | None, kindred: str | None, size: int, known: dict[str, Kindred | None]) -> Kindred | None:
    """The kindred terms of an interest; None when it is to be expanded.

    That is when it was not yet, or when what was kept of it is damaged.
    """
    if expanded is None or len(expanded) != size or kindred is None:
        return None
    if kindred not in known:
        known[kindred] = _parsed(kindred)
    return known[kindred]


def _parsed(kindred: str) -> Kindred | None:
    """Read pairs of term and weight (JSON); None when they are damaged."""
    try:
        pairs = json.loads(kindred)
        terms, weights = zip(*pairs, strict=True) if pairs else ((), ())
        return tuple(zip(map(str, terms), map(float, weights), strict=True))
    except (ValueError, TypeError):
        return None


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
    return [want._replace(learned=taught[want.id]) if want.id in taught else want for want in wants]


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
    for contact, article in connection.execute("SELECT DISTINCT contact_id, article_id FROM article_over"):
        found.setdefault(contact, []).append(article)
    return {contact: np.array(articles, dtype=np.int64) for contact, articles in found.items()}


def _judged(
    connection: sqlite3.Connection, snapshot: Snapshot, contacts: Collection[int], *, keep: bool
) -> dict[int, Judged]:
    """Per contact the articles given or dismissed, oldest first; those with a sound vector."""
    import numpy as np

    from giveback.matching.embedding import from_blobs
    from giveback.matching.feedback import Judged
    from giveback.matching.fusion import Articles
    from giveback.ranking.terms import telling

    size = len(snapshot.mean)
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
        (snapshot.model, size),
    ).fetchall()
    told = telling(connection, {row[1] for row in rows}, snapshot, keep=keep)
    grouped: dict[int, list[tuple[int, bytes, int, int]]] = {}
    for contact, *rest in rows:
        grouped.setdefault(contact, []).append(tuple(rest))
    return {
        contact: Judged(
            Articles(
                from_blobs([vector for _, vector, _, _ in own], size), np.array([pieces for _, _, pieces, _ in own])
            ),
            np.array([bool(given) for *_, given in own]),
            [told[number] for number, *_ in own],
        )
        for contact, own in grouped.items()
    }
