"""Bring the ranking up to date with whatever changed.

Triggers of the store note which articles are new and which contacts' interests or feedback
changed; what they noted is taken off the list in the same transaction that ranks it. So a process
that is killed leaves the rest for the next one, and whoever only asks reads a table.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from giveback.store import connect
from giveback.store.connect import transaction
from giveback.store.schema import SOUND_SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from giveback.matching.embedding import Model
    from giveback.ranking.collection import Shelf, Snapshot
    from giveback.ranking.terms import LookUp

LOCKED = 5_000_000
"""Contacts times articles ranked in one transaction: others who write wait for about a second, not for minutes."""
AT_ONCE = 100
"""Articles that a transformer embeds while somebody waits for a small change."""
CACHE = 32_000
"""Kilobytes of pages in memory: with the usual two thousand, rows all over the ranking cost twice as much."""
FEW = 0.2
"""Up to this share of all articles, new ones are indexed once more in memory to find terms in them."""


class Refreshed(NamedTuple):
    """What was done: articles embedded, contacts ranked anew, articles ranked for the others.

    Attributes:
        waiting: articles that wait for a transformer; nothing was done meanwhile.
    """

    embedded: int
    contacts: int
    articles: int
    waiting: int = 0


def needs_refresh(connection: sqlite3.Connection) -> bool:
    """Whether anything waits to be ranked, or the snapshot that ranks it is gone or damaged."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM ranking_new) OR EXISTS (SELECT 1 FROM ranking_stale)"
        f" OR (EXISTS (SELECT 1 FROM article) AND NOT EXISTS (SELECT 1 FROM collection WHERE {SOUND_SNAPSHOT}))"
    )
    return bool(connection.execute(sql).fetchone()[0])


def refresh(
    store: str,
    on_step: Callable[[str, int], None] = lambda _what, _count: None,
    model: Model | None = None,
    *,
    patient: bool = True,
) -> Refreshed:
    """Embed and rank what waits for it.

    When another model is wanted than the one that made the vectors, every article is embedded again,
    batch by batch; until that is done questions are answered from the ranking as it is.

    Args:
        store: the SQLite file.
        on_step: called with what was just done and how many of it.
        model: makes the vectors; the default one without it.
        patient: whether to begin what takes minutes with a transformer.

    Raises:
        UsageError: the model is not installed, or not where the settings say.
        StoreError: the store or the model cannot be used.
    """
    from giveback.matching.embedding import Model

    wanted = model or Model()
    connection = connect.write(store)
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
    connection.execute(f"PRAGMA temp.cache_size = -{CACHE // 2}")
    try:
        if not needs_refresh(connection) and _is_of(connection, wanted):
            return Refreshed(0, 0, 0)
        return _refresh(connection, on_step, wanted, patient=patient)
    except sqlite3.DatabaseError as error:
        raise connect.explain(store, error, "what was done before is kept, and ranked later") from error
    finally:
        connection.close()


def _is_of(connection: sqlite3.Connection, model: Model) -> bool:
    """Whether the ranking rests on vectors that may be of this model."""
    row = connection.execute("SELECT model FROM collection").fetchone()
    return row is None or model.made(row[0])


def _is_empty(connection: sqlite3.Connection) -> bool:
    """Whether there is nothing to rank and never was: then no model has to be loaded for a new interest."""
    sql = "SELECT EXISTS (SELECT 1 FROM article) OR EXISTS (SELECT 1 FROM collection)"
    return not connection.execute(sql).fetchone()[0]


def _refresh(
    connection: sqlite3.Connection, on_step: Callable[[str, int], None], model: Model, *, patient: bool
) -> Refreshed:
    from giveback.matching.embedding import TRANSFORMER, load
    from giveback.matching.tact import load as load_tact
    from giveback.ranking.collection import is_outgrown, load_shelf, read_snapshot, take_snapshot
    from giveback.ranking.embed import embed_articles, embed_interests, judge_articles, static_of, waiting_articles

    if _is_empty(connection):
        with transaction(connection):
            connection.execute("DELETE FROM ranking_stale")
        return Refreshed(0, 0, 0)
    embedder = load(model)
    waiting = waiting_articles(connection, embedder.name)
    if model.kind == TRANSFORMER and waiting > AT_ONCE and not patient:
        return Refreshed(0, 0, 0, waiting)
    if waiting:
        embed_articles(connection, embedder, load_tact(), lambda count: on_step("embedding", count))
    judge_articles(connection, lambda: (static_of(embedder), load_tact()))
    embed_interests(connection, embedder)
    total = int(connection.execute("SELECT count(*) FROM article").fetchone()[0])
    snapshot = read_snapshot(connection)
    outgrown = is_outgrown(snapshot, embedder.name, total)
    stale = outgrown or connection.execute("SELECT 1 FROM ranking_stale").fetchone() is not None
    shelf = load_shelf(connection, embedder.name) if stale else None
    if shelf is not None and (outgrown or snapshot is None):
        with transaction(connection):
            snapshot = take_snapshot(connection, shelf, embedder.name)
    if snapshot is None:  # the last article went meanwhile
        return Refreshed(waiting, 0, 0)
    contacts = _rank_stale(connection, shelf, snapshot, on_step) if shelf is not None else 0
    if shelf is not None and outgrown:
        _forget_new(connection, shelf, embedder.name)
    return Refreshed(waiting, contacts, _rank_new(connection, snapshot, total, on_step))


def _rank_stale(
    connection: sqlite3.Connection, shelf: Shelf, snapshot: Snapshot, on_step: Callable[[str, int], None]
) -> int:
    """Rank contacts whose interests or feedback changed, against every article."""
    from giveback.ranking.terms import remembering

    done = 0
    look_up = remembering(shelf.ids)
    some = max(10, min(500, LOCKED // max(len(shelf.ids), 1)))
    while True:
        with _unchecked(connection):
            rows = connection.execute(
                "SELECT contact_id FROM ranking_stale ORDER BY contact_id LIMIT ?", (some,)
            ).fetchall()
            contacts = [int(row[0]) for row in rows]
            if not contacts:
                return done
            _rank_contacts(connection, contacts, (shelf, snapshot), look_up)
            connection.executemany("DELETE FROM ranking_stale WHERE contact_id = ?", rows)
        done += len(contacts)
        on_step("ranking", len(contacts))


def _forget_new(connection: sqlite3.Connection, shelf: Shelf, model: str) -> None:
    """Take articles off the list that everybody was just ranked against, unless they changed meanwhile."""
    with transaction(connection):
        connection.execute(
            "DELETE FROM ranking_new WHERE article_id <= ? AND EXISTS"
            " (SELECT 1 FROM article_vector v WHERE v.article_id = ranking_new.article_id AND v.model = ?)",
            (int(shelf.ids[-1]) if len(shelf.ids) else 0, model),
        )


def _rank_contacts(
    connection: sqlite3.Connection, contacts: Sequence[int], collection: tuple[Shelf, Snapshot], look_up: LookUp
) -> None:
    from giveback.ranking.board import nothing
    from giveback.ranking.collection import statistics
    from giveback.ranking.rank import Bounds, compete
    from giveback.ranking.scoring import Scorer
    from giveback.ranking.wants import given_or_dismissed, keep_reliability, load_wants, terms_of

    shelf, snapshot = collection
    connection.executemany("DELETE FROM ranking WHERE contact_id = ?", ((number,) for number in contacts))
    wants = load_wants(connection, shelf, snapshot, contacts, look_up=look_up)
    keep_reliability(connection, contacts, wants)
    terms = terms_of(wants)
    figures = statistics(connection, snapshot, terms)
    scorer = Scorer(shelf, look_up(connection, terms, shelf.ids), figures, snapshot.mean)
    bounds = Bounds(snapshot.articles, nothing, given_or_dismissed(connection))
    for board in compete(wants, scorer, bounds):
        board.write(connection)
    # The shelf was read before this transaction, and somebody may have thrown an article away since.
    connection.executemany(
        "DELETE FROM ranking WHERE contact_id = ? AND NOT EXISTS (SELECT 1 FROM article a WHERE a.id = article_id)",
        ((number,) for number in contacts),
    )


@contextmanager
def _unchecked(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that sees to it itself that its rows are of what is there: to look that up for each takes long."""
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        with transaction(connection):
            yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _rank_new(
    connection: sqlite3.Connection, snapshot: Snapshot, total: int, on_step: Callable[[str, int], None]
) -> int:
    """Rank new articles for everybody; contacts ranked a moment ago get them a second time, to no effect."""
    from giveback.ranking.board import stored
    from giveback.ranking.collection import load_shelf, statistics
    from giveback.ranking.rank import Bounds, compete
    from giveback.ranking.scoring import Scorer
    from giveback.ranking.terms import among, everywhere
    from giveback.ranking.wants import given_or_dismissed, load_wants, terms_of

    with _unchecked(connection):
        rows = connection.execute("SELECT article_id FROM ranking_new").fetchall()
        if not rows:
            return 0
        shelf = load_shelf(connection, snapshot.model, (int(row[0]) for row in rows))
        # What such an article said before, when it was only changed, counts no more.
        connection.execute("DELETE FROM ranking WHERE article_id IN (SELECT article_id FROM ranking_new)")
        wants = load_wants(connection, shelf, snapshot)
        terms = terms_of(wants)
        look_up = among if len(rows) <= FEW * total else everywhere
        figures = statistics(connection, snapshot, terms)
        scorer = Scorer(shelf, look_up(connection, terms, shelf.ids), figures, snapshot.mean)
        bounds = Bounds(snapshot.articles, partial(stored, connection), given_or_dismissed(connection))
        for board in compete(wants, scorer, bounds):
            board.write(connection)
        connection.executemany("DELETE FROM ranking_new WHERE article_id = ?", rows)
    on_step("ranking", len(rows))
    return len(rows)
