"""Ranking that is not kept: a topic for one talk or for many readers, or one article for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from giveback.matching.embedding import Model
    from giveback.matching.lexical import Postings
    from giveback.ranking.board import Kept
    from giveback.ranking.collection import Shelf, Snapshot
    from giveback.ranking.scoring import Scorer
    from giveback.ranking.wants import Want

TOPIC = 2**40
"""The number of a topic among the interests of a contact."""


def rank_topic(connection: sqlite3.Connection, contact_id: int, phrase: str, model: Model) -> list[Kept]:
    """Rank all articles for a topic, as if it were an interest of a contact; nothing is stored.

    What the contact avoids lowers articles as ever; what was given or dismissed is left out.

    Args:
        connection: the store; reading is enough.
        contact_id: the contact.
        phrase: the topic.
        model: makes the vector of the topic.

    Raises:
        UsageError: the model is not installed.
        StoreError: the articles' vectors are of another model.
    """
    from giveback.ranking.collection import load_shelf, read_snapshot
    from giveback.ranking.terms import everywhere
    from giveback.ranking.wants import given_or_dismissed, load_wants

    snapshot = read_snapshot(connection)
    if snapshot is None:
        if connection.execute("SELECT 1 FROM article LIMIT 1").fetchone():
            raise StoreError("the articles are not ranked yet", "giveback doctor brings the ranking up to date")
        return []
    shelf = load_shelf(connection, snapshot.model)
    wants = load_wants(connection, shelf, snapshot, [contact_id], expand=False)
    group = [_topic(connection, contact_id, phrase, (shelf, snapshot), model), *(want for want in wants if want.avoid)]
    scorer = _scorer(connection, group, shelf, snapshot, everywhere)
    return _ranked(group, scorer, snapshot, given_or_dismissed(connection))


class OnTopic(NamedTuple):
    """An article scored for a topic: its number, score, score by the topic's own words, and the ordinal of its day."""

    article_id: int
    score: float
    plain: float
    day: int


def score_topic(connection: sqlite3.Connection, phrase: str, model: Model, since: int) -> list[OnTopic]:
    """Score the newer articles for a topic that is nobody's in particular; nothing is stored, nobody's gifts count.

    Args:
        connection: the store; reading is enough.
        phrase: the topic.
        model: makes the vector of the topic.
        since: proleptic ordinal; only articles of that day or later.

    Returns:
        All of them, best first.

    Raises:
        UsageError: the model is not installed.
        StoreError: the articles are not ranked yet, or their vectors are of another model.
    """
    from giveback.ranking.collection import Shelf, load_shelf, read_snapshot
    from giveback.ranking.scoring import scores_of_one
    from giveback.ranking.terms import everywhere

    snapshot = read_snapshot(connection)
    if snapshot is None:
        if connection.execute("SELECT 1 FROM article LIMIT 1").fetchone():
            raise StoreError("the articles are not ranked yet", "giveback doctor brings the ranking up to date")
        return []
    whole = load_shelf(connection, snapshot.model)
    topic = _topic(connection, 0, phrase, (whole, snapshot), model)
    newer = whole.days >= since
    shelf = Shelf(whole.ids[newer], whole.pieces[newer], whole.days[newer], whole.codes[newer])
    scorer = _scorer(connection, [topic], shelf, snapshot, everywhere)
    found = [OnTopic(*row) for row in scores_of_one(topic, scorer)]
    return sorted(found, key=lambda row: (-row.score, row.article_id))


def served_by(
    connection: sqlite3.Connection, article_ids: Iterable[int], good: float
) -> tuple[dict[int, int], dict[int, int]]:
    """Count for everybody how many of some articles serve an interest of theirs, whether they know them or not.

    Args:
        connection: the store; reading is enough.
        article_ids: a few dozen articles.
        good: the score by an interest's own words from which an article serves it.

    Returns:
        Contact to how many serve what they like, and contact to how many are what they avoid.
    """
    from giveback.ranking.collection import load_shelf, read_snapshot
    from giveback.ranking.scoring import plain_scores
    from giveback.ranking.terms import among
    from giveback.ranking.wants import load_wants

    snapshot = read_snapshot(connection)
    shelf = load_shelf(connection, snapshot.model, article_ids) if snapshot else None
    if snapshot is None or shelf is None or not len(shelf.ids):
        return {}, {}
    wants = [want for want in load_wants(connection, shelf, snapshot, expand=False) if want.id > 0]
    scorer = _scorer(connection, wants, shelf, snapshot, among)
    liked: dict[int, set[int]] = {}
    avoided: dict[int, set[int]] = {}
    for want, scores in plain_scores(wants, scorer):
        kept = avoided if want.avoid else liked
        kept.setdefault(want.contact_id, set()).update(shelf.ids[scores >= good].tolist())
    return _counted(liked), _counted(avoided)


def _counted(found: Mapping[int, set[int]]) -> dict[int, int]:
    return {number: len(articles) for number, articles in found.items()}


def rank_article(
    connection: sqlite3.Connection, article_id: int, on_step: Callable[[], None] = lambda: None
) -> list[Kept]:
    """Score one article for all interests of everybody who was not given it and for whom it was not dismissed.

    Args:
        connection: the store; reading is enough.
        article_id: the article.
        on_step: called for each contact.

    Raises:
        NotFoundError: there is no such article, or it is not ranked yet.
    """
    from giveback.ranking.collection import load_shelf, read_snapshot
    from giveback.ranking.terms import among
    from giveback.ranking.wants import given_or_dismissed, load_wants

    snapshot = read_snapshot(connection)
    shelf = load_shelf(connection, snapshot.model, [article_id]) if snapshot else None
    if snapshot is None or shelf is None or not len(shelf.ids):
        raise NotFoundError(f"article {article_id} is not ranked", "giveback doctor brings the ranking up to date")
    wants = load_wants(connection, shelf, snapshot, expand=False)
    scorer = _scorer(connection, wants, shelf, snapshot, among)
    return _ranked(wants, scorer, snapshot, given_or_dismissed(connection), on_step)


def _topic(
    connection: sqlite3.Connection, contact_id: int, phrase: str, collection: tuple[Shelf, Snapshot], model: Model
) -> Want:
    from giveback.matching.embedding import from_blobs, load, to_blob
    from giveback.ranking.expanding import moved
    from giveback.ranking.terms import phrases
    from giveback.ranking.wants import Want

    shelf, snapshot = collection
    embedder = load(model)
    if embedder.name != snapshot.model:
        raise StoreError(f"the vectors of the articles are of {snapshot.model}", "giveback fetch makes them again")
    # Through the store's bytes, so that a topic ranks as the same interest would.
    vector = from_blobs([to_blob(embedder.encode([phrase])[0])], embedder.dimensions)[0]
    terms = phrases(connection, [phrase])[0]
    topic = Want(
        id=TOPIC, contact_id=contact_id, avoid=False, phrase=terms,
        plain=vector, vector=vector, learned=None,
    )  # fmt: skip
    went = moved(connection, [topic], shelf, snapshot).get(TOPIC)
    return topic if went is None else topic._replace(**went._asdict())


def _scorer(
    connection: sqlite3.Connection,
    wants: Sequence[Want],
    shelf: Shelf,
    snapshot: Snapshot,
    look_up: Callable[[sqlite3.Connection, Iterable[str], NDArray[np.int64]], dict[str, Postings]],
) -> Scorer:
    from giveback.ranking.collection import statistics
    from giveback.ranking.scoring import Scorer
    from giveback.ranking.wants import terms_of

    terms = terms_of(wants)
    figures = statistics(connection, snapshot, terms)
    return Scorer(shelf, look_up(connection, terms, shelf.ids), figures, snapshot.mean)


def _ranked(
    wants: Sequence[Want],
    scorer: Scorer,
    snapshot: Snapshot,
    over: Mapping[int, NDArray[np.int64]],
    on_step: Callable[[], None] = lambda: None,
) -> list[Kept]:
    """Let articles compete as in the kept ranking, in memory."""
    from giveback.ranking.board import nothing
    from giveback.ranking.rank import Bounds, compete

    rows: list[Kept] = []
    for board in compete(wants, scorer, Bounds(snapshot.articles, nothing, over)):
        rows += board.rows()
        for _ in {want.contact_id for want in board.wants}:
            on_step()
    return rows
