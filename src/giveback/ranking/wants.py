"""What contacts want: their interests as the collection speaks of them, and what feedback taught."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.kindred import Kindred
    from giveback.matching.lexical import Phrase
    from giveback.ranking.collection import Shelf, Snapshot


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
        learned: (256,), the direction that gifts and dismissals taught; zeros without any.
        kindred: terms that the articles nearest to it use.
    """

    id: int
    contact_id: int
    avoid: bool
    phrase: Phrase
    plain: NDArray[np.float32]
    vector: NDArray[np.float32]
    learned: NDArray[np.float32]
    kindred: Kindred = ()


class Moved(NamedTuple):
    """Where an interest went: (256,) towards its nearest articles, and the kindred terms that they use."""

    vector: NDArray[np.float32]
    kindred: Kindred


def terms_of(wants: Iterable[Want]) -> set[str]:
    """All terms by which articles are ranked for some interests."""
    return {term for want in wants for term in (*want.phrase.terms, *(term for term, _ in want.kindred))}


def load_wants(
    connection: sqlite3.Connection,
    shelf: Shelf,
    snapshot: Snapshot,
    contacts: Iterable[int] | None = None,
    *,
    expand: bool = True,
) -> list[Want]:
    """Read interests, of some contacts or of all, with what feedback taught; expand those that are not yet.

    Args:
        connection: writable, in a transaction; for reading it is enough without `expand`.
        shelf: all articles; may be empty when every interest was expanded before.
        snapshot: the one in force.
        contacts: numbers, or None for everybody.
        expand: expand interests that are not yet, and keep where they went.
    """
    import numpy as np

    from giveback.matching.embedding import from_blobs, to_blob
    from giveback.ranking.expanding import moved
    from giveback.ranking.terms import phrases

    where = ""
    if contacts is not None:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS asking (id INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM temp.asking")
        connection.executemany("INSERT INTO temp.asking VALUES (?)", ((number,) for number in contacts))
        where = "AND i.contact_id IN (SELECT id FROM temp.asking)"
    rows = connection.execute(
        "SELECT i.id, i.contact_id, i.avoid, i.phrase, v.vector, v.expanded, v.kindred FROM any_interest i"
        f" JOIN interest_vector v ON v.interest_id = i.id WHERE v.model = ? {where} ORDER BY i.contact_id, i.id",
        (snapshot.model,),
    ).fetchall()
    terms = phrases(connection, [row[3] for row in rows])
    plain = from_blobs([row[4] for row in rows])
    expanded = from_blobs([row[5] for row in rows])
    wants = [
        Want(
            row[0], row[1], bool(row[2]), phrase, vector,
            vector if _is_fresh(row[5], row[6]) else went, np.zeros_like(vector), _kindred(row[6]),
        )
        for row, phrase, vector, went in zip(rows, terms, plain, expanded, strict=True)
    ]  # fmt: skip
    fresh = [want for want, row in zip(wants, rows, strict=True) if _is_fresh(row[5], row[6])]
    if expand and fresh and len(shelf.ids):
        went_to = moved(connection, fresh, shelf, snapshot)
        connection.executemany(
            "UPDATE interest_vector SET expanded = ?2, kindred = ?3 WHERE interest_id = ?1",
            [(number, to_blob(went.vector), json.dumps(went.kindred)) for number, went in went_to.items()],
        )
        wants = [want._replace(**went_to[want.id]._asdict()) if want.id in went_to else want for want in wants]
    return _learn(connection, wants, snapshot)


def _is_fresh(expanded: bytes | None, kindred: str | None) -> bool:
    """Whether an interest was not expanded yet, or what was kept of it is damaged."""
    from giveback.matching.embedding import BLOB_BYTES

    return expanded is None or len(expanded) != BLOB_BYTES or kindred is None


def _kindred(kept: str | None) -> Kindred:
    """Kindred terms as they are kept: JSON, pairs of term and weight."""
    return tuple((str(term), float(weight)) for term, weight in json.loads(kept)) if kept else ()


def _learn(connection: sqlite3.Connection, wants: list[Want], snapshot: Snapshot) -> list[Want]:
    """Add what each contact's gifts and dismissals taught about the interests they served."""
    import numpy as np

    from giveback.matching import feedback

    judged = _judged(connection, snapshot.model)
    liked: dict[int, list[Want]] = {}
    for want in wants:
        # What was given serves what people said; a job title learns nothing from it.
        if not want.avoid and want.id > 0 and want.contact_id in judged:
            liked.setdefault(want.contact_id, []).append(want)
    taught: dict[int, NDArray[np.float32]] = {}
    trust = snapshot.articles / (snapshot.articles + PATTERN)
    for contact, interests in liked.items():
        vectors, accepted = judged[contact]
        serves = (np.stack([want.vector for want in interests]) @ vectors.T).argmax(axis=0)
        rows = feedback.learn(
            len(interests), feedback.Judged(vectors, accepted, serves), snapshot.mean, snapshot.precision
        )
        taught |= {want.id: trust * row for want, row in zip(interests, rows, strict=True)}
    return [want._replace(learned=taught.get(want.id, want.learned)) for want in wants]


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


def _judged(connection: sqlite3.Connection, model: str) -> dict[int, tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """Per contact the vectors of articles given or dismissed, and which of them were given."""
    import numpy as np

    from giveback.matching.embedding import from_blobs

    rows = connection.execute(
        "SELECT e.contact_id, v.vector, 1 FROM exchange e JOIN article_vector v ON v.article_id = e.article_id"
        " WHERE e.direction = 'given' AND v.model = ?1 UNION ALL"
        " SELECT d.contact_id, v.vector, 0 FROM dismissal d JOIN article_vector v ON v.article_id = d.article_id"
        " WHERE v.model = ?1",
        (model,),
    ).fetchall()
    grouped: dict[int, list[tuple[bytes, int]]] = {}
    for contact, vector, accepted in rows:
        grouped.setdefault(contact, []).append((vector, accepted))
    return {
        contact: (from_blobs([vector for vector, _ in own]), np.array([bool(given) for _, given in own]))
        for contact, own in grouped.items()
    }
