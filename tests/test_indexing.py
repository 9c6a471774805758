"""Articles that come in bulk are found by the search as if each had been indexed at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.store import connect
from giveback.store.indexing import indexed_together

WORDS = st.lists(st.sampled_from(["perch", "pike", "trout"]), min_size=1, max_size=3).map(" ".join)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), WORDS),
        st.tuples(st.just("change"), st.integers(1, 9), WORDS),
        st.tuples(st.just("drop"), st.integers(1, 9)),
    ),
    max_size=8,
)


def play(connection: sqlite3.Connection, steps: list[tuple[object, ...]], start: int) -> None:
    for place, (what, *rest) in enumerate(steps, start):
        if what == "add":
            connection.execute(
                "INSERT INTO article (url, title, first_seen_at) VALUES (?, ?, '2026-11-20')", (place, rest[0])
            )
        elif what == "change":
            connection.execute("UPDATE article SET title = ?2 WHERE id = ?1", rest)
        else:
            connection.execute("DELETE FROM article WHERE id = ?", rest)


def found(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    connection.execute("INSERT INTO article_fts (article_fts, rank) VALUES ('integrity-check', 1)")
    return connection.execute(
        "SELECT a.id, a.title, (SELECT count(*) FROM article_fts f WHERE f.rowid = a.id AND article_fts MATCH 'perch')"
        " FROM article a ORDER BY a.id"
    ).fetchall()


@settings(max_examples=25, deadline=None)
@given(before=STEPS, within=STEPS, after=STEPS)
def test_whatever_happens_in_the_block(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[object, ...]],
    within: list[tuple[object, ...]],
    after: list[tuple[object, ...]],
) -> None:
    path = tmp_path_factory.mktemp("bulk") / "giveback.db"
    with closing(connect.write(str(path))) as connection:
        play(connection, before, 0)
        with connect.transaction(connection), indexed_together(connection):
            play(connection, within, 100)
        play(connection, after, 200)
        titles = found(connection)
        assert all(bool(hit) == ("perch" in str(title)) for _, title, hit in titles)
        assert connection.execute("SELECT count(*) FROM article_bulk").fetchone() == (0,)


def test_an_error_in_the_block_leaves_nothing(store: str) -> None:
    with closing(connect.write(store)) as connection:
        with pytest.raises(sqlite3.IntegrityError), connect.transaction(connection), indexed_together(connection):
            play(connection, [("add", "perch"), ("add", None)], 0)
        assert found(connection) == []
        assert connection.execute("SELECT count(*) FROM article_bulk").fetchone() == (0,)
        play(connection, [("add", "perch")], 0)
        assert [title for _, title, _ in found(connection)] == ["perch"]
