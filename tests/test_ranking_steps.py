"""Ranking what is new gives what ranking everything gives, over articles enough to be sampled and expanded on."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from giveback.ranking import competing
from giveback.ranking.competing import Offers, Standing, bars, best, contenders, raised
from giveback.ranking.refresh import refresh
from giveback.ranking.terms import among, everywhere, remembering
from giveback.store import connect
from giveback.store.indexing import indexed_together

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from giveback.matching.lexical import Postings

TOPICS = ("bass fishing", "orchids", "natural gas", "jazz piano", "rook endings", "sourdough bread")
FILLERS = ("market", "season", "report", "river", "garden", "winter", "teacher", "engine", "story", "price")


def add_articles(path: str, numbers: range) -> None:
    chance = random.Random(numbers.start)  # noqa: S311 -- sample data
    with closing(connect.write(path)) as connection, connect.transaction(connection), indexed_together(connection):
        for number in numbers:
            words = " ".join(chance.choices(FILLERS, k=4))
            title = f"{chance.choice(TOPICS).capitalize()} and {words} {number}"
            day = f"2026-{chance.randint(1, 11):02}-{chance.randint(1, 28):02} 09:00:00"
            connection.execute(
                "INSERT INTO article (url, title, summary, published_at, first_seen_at) VALUES (?, ?, ?, ?, ?)",
                (f"https://example.com/{number}", title, f"More on {chance.choice(TOPICS)}.", day, day),
            )


def add_people(path: str) -> None:
    with closing(connect.write(path)) as connection, connect.transaction(connection):
        for number in (1, 2, 3):
            connection.execute(
                "INSERT INTO contact (id, uuid, name, name_key, added_on, created_at, updated_at)"
                " VALUES (?1, ?1, ?1, ?1, '2026-11-01', '2026-11-01', '2026-11-01')",
                (number,),
            )
            for place in range(3):
                phrase = TOPICS[(number + place) % len(TOPICS)]
                connection.execute(
                    "INSERT INTO interest (contact_id, phrase, key, avoid, created_at) VALUES (?, ?, ?, ?, '2026')",
                    (number, phrase, phrase, place == 2 and number == 1),
                )


def rows(path: str) -> dict[tuple[int, int, int], tuple[float | None, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT * FROM ranking ORDER BY 1, 2, 3").fetchall()
    return {row[:3]: row[3:] for row in found}


def test_step_by_step_is_the_same_as_anew(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(competing, "SAMPLE", 50)
    add_people(store)
    add_articles(store, range(400))
    refresh(store)
    for number in (400, 440, 470):  # below a quarter, which would take the snapshot anew
        add_articles(store, range(number, number + 30))
        refresh(store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("INSERT INTO dismissal VALUES (1, 1, 5, '2026-11-02', '2026-11-02')")
        connection.execute("DELETE FROM dismissal")
        connection.execute("DELETE FROM ranking_stale")
        connection.commit()
    step_by_step = rows(store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("INSERT INTO ranking_stale SELECT id FROM contact")
        connection.commit()
    refresh(store)
    anew = rows(store)
    assert step_by_step.keys() == anew.keys()
    assert len(anew) > 200
    assert {key[2] for key in anew} & set(range(401, 501))
    for key, row in anew.items():
        assert row == pytest.approx(step_by_step[key], abs=1e-5)


def test_chunks_do_not_matter(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add_people(store)
    add_articles(store, range(300))
    refresh(store)
    whole = rows(store)
    monkeypatch.setattr("giveback.ranking.scoring.CHUNK", 37)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("INSERT INTO ranking_stale SELECT id FROM contact")
        connection.commit()
    refresh(store)
    parts = rows(store)
    assert parts.keys() == whole.keys()
    for key, row in parts.items():
        assert row == pytest.approx(whole[key], abs=1e-5)


def equal(one: dict[str, Postings], other: dict[str, Postings]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(mine, theirs) for term in one for mine, theirs in zip(one[term], other[term], strict=True)
    )


def test_terms_are_found_alike_in_three_ways(store: str) -> None:
    add_articles(store, range(60))
    with closing(connect.write(store)) as connection:
        connection.execute("DELETE FROM article WHERE id % 7 = 0")
        ids = np.array([row[0] for row in connection.execute("SELECT id FROM article ORDER BY id")])
        terms = ["orchid", "market", "and", "absent", "bass"]
        look_up = remembering(ids)
        for some in (ids, ids[:20], ids):
            expected = everywhere(connection, terms, some)
            assert equal(among(connection, terms, some), expected)
            assert equal(look_up(connection, terms, some), expected)
        assert len(expected["and"].article) == len(ids)
        assert sorted(set(expected["orchid"].column.tolist())) == [0, 1]


NUMBERS = st.lists(st.tuples(st.integers(-20, 60), st.integers(0, 400)), max_size=60)


def standing(pairs: list[tuple[int, int]], first: int) -> Standing:
    score = np.array([pair[0] for pair in pairs], dtype=np.float64).reshape(-1) / 50
    days = np.array([pair[1] for pair in pairs], dtype=np.float64).reshape(-1)
    lasting = np.log2(np.maximum(score, competing.FLOOR)) + days / 120
    return Standing(np.zeros(len(pairs), dtype=np.int64), np.arange(first, first + len(pairs)), score, lasting)


@settings(max_examples=60, deadline=None, phases=[Phase.generate, Phase.shrink])
@given(kept=NUMBERS, offered=NUMBERS, count=st.integers(1, 8), sample=st.sampled_from([3, 10, 4_000]), data=st.data())
def test_contenders_leave_out_nobody_who_would_stay(
    kept: list[tuple[int, int]], offered: list[tuple[int, int]], count: int, sample: int, data: st.DataObject
) -> None:
    kept = [pair for pair in kept if pair[0] / 50 >= competing.FLOOR]
    shut = data.draw(st.sets(st.integers(0, 60)))
    there, new = standing(kept, 1_000), standing(offered, 0)

    def is_open(places: NDArray[np.int64]) -> NDArray[np.bool_]:
        return ~np.isin(places, list(shut))

    everybody = (new.score.astype(np.float32) >= np.float32(competing.FLOOR)) & is_open(new.ids)
    counts = np.array([count])
    joined = there.joined(new.part(everybody))
    stay = joined.ids[best(joined, counts)]
    newest = 400 / 120
    days = np.array([pair[1] for pair in offered], dtype=np.float64).reshape(-1)
    score = new.score.astype(np.float32)
    offers = Offers(score, score, np.exp2(days / 120 - newest).astype(np.float32), newest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(competing, "SAMPLE", sample)
        (over,) = bars(there, counts, newest)
        if over.open:
            over = raised(over, there, offers, count, is_open)
    found = contenders(offers, over)
    assert {number for number in stay.tolist() if number < 1_000} <= set(found.tolist())


@settings(max_examples=40, deadline=None, phases=[Phase.generate, Phase.shrink])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8), st.integers(0, 8)), max_size=60), st.data())
def test_the_best_of_many_interests_are_the_best_of_each(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(1, 6), min_size=4, max_size=4))
    there = Standing(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array(data.draw(st.permutations(range(len(rows)))), dtype=np.int64),
        np.array([row[1] / 4 for row in rows]),
        np.array([row[2] / 4 for row in rows]),
    )
    expected = set()
    for want, count in enumerate(counts):
        own = [place for place, row in enumerate(rows) if row[0] == want]
        for values, few in ((there.score, count), (there.lasting, max(1, count // 2))):
            expected |= set(sorted(own, key=lambda place: (-values[place], there.ids[place]))[:few])
    assert set(np.flatnonzero(best(there, np.array(counts))).tolist()) == expected


def test_a_snapshot_outlives_a_kill(tmp_path: Path) -> None:
    """What was ranked is written with what was taken off the list: nothing in between can be seen."""
    path = str(tmp_path / "giveback.db")
    add_people(path)
    add_articles(path, range(40))

    def stop(what: str, _count: int) -> None:
        if what == "ranking":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(path, stop)
    refresh(path)
    again = rows(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO ranking_stale SELECT id FROM contact")
        connection.commit()
    refresh(path)
    assert rows(path).keys() == again.keys()
