"""The ranking that is kept: right after every change, the same as from scratch, safe when interrupted."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.giving.choices import Choice
from giveback.giving.suggestions import Suggestion, suggest
from giveback.keeping.exchanges import Gift, log
from giveback.people.contacts import ContactForm, add, get
from giveback.people.interests import add_interests, remove_interests
from giveback.ranking import refresh as ranking
from giveback.ranking import wants
from giveback.ranking.refresh import refresh
from giveback.store import connect
from giveback.store.changes import change, undo
from giveback.store.tables import Article, Dismissal

STORIES = {
    "gas": ("LNG carriers wait off the terminal", "Natural gas prices fell as tankers queued to unload."),
    "bass": ("Where largemouth bass hide at noon", "Bass fishing under docks when the water is warm."),
    "trout": ("Trout streams after the rain", "Fly fishing for trout in cold mountain water."),
    "orchid": ("An orchid that flowers twice", "Moth orchids bloom again when kept cool."),
    "jazz": ("A brass band turns a hundred", "Jazz in the old hall, every Thursday."),
    "bread": ("Sourdough without fuss", "Flour, water, salt and a patient oven."),
    "chess": ("One rook ending to know", "Chess players lose half of the endings they could win."),
    "tyres": ("Tyres for gravel roads", "Bicycle tyres, wide and soft, for long rides."),
}


def save(path: str, now: Now, *names: str, days: int = 0, source: str = "") -> dict[str, int]:
    numbers = {}
    with change(path, now) as session:
        for name in names:
            title, summary = STORIES[name]
            article = Article(
                url=f"https://example.com/{name}",
                title=title,
                summary=summary,
                source=source,
                published_at=now.at - timedelta(days),
                first_seen_at=now.at,
            )
            session.add(article)
            session.flush()
            assert article.id is not None
            numbers[name] = article.id
    refresh(path)
    return numbers


def person(path: str, now: Now, *interests: str, avoid: tuple[str, ...] = (), name: str = "Ana") -> int:
    with change(path, now, f"add {name}") as session:
        contact = add(session, ContactForm(name, interests=interests, avoid=avoid), now.today, None)
        number = contact.id
    refresh(path)
    assert number is not None
    return number


def listed(path: str, contact: int, now: Now, **choice: object) -> list[Suggestion]:
    connection = connect.read(path)
    assert connection is not None
    try:
        return suggest(connection, contact, now.today, Choice(sensitive=True, **choice)).items  # type: ignore[arg-type]
    finally:
        connection.close()


def titles(path: str, contact: int, now: Now, **choice: object) -> list[str]:
    by_title = {title: name for name, (title, _) in STORIES.items()}
    return [by_title.get(item.article.title, item.article.title) for item in listed(path, contact, now, **choice)]


def judge(path: str, now: Now, contact: int, *, liked: int, disliked: int) -> None:
    with change(path, now, "give") as session:
        log(session, contact, "x", on=now.today, today=now.today, direction="given", gift=Gift("x", "", liked))
        session.add(Dismissal(contact_id=contact, article_id=disliked, on_day=now.today))
    refresh(path)


def kept_rows(path: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT contact_id, interest_id, article_id, avoided_id, score FROM ranking ORDER BY 1, 2, 3"
    ).fetchall()
    connection.close()
    return rows


def test_each_interest_gets_its_article_first(store: str, now: Now) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, "natural gas", "bass fishing", "orchids")
    assert set(titles(store, ana, now, limit=3)) == {"gas", "bass", "orchid"}
    found = {item.interest: item for item in listed(store, ana, now, limit=3)}
    assert [word.lower() for word in found["bass fishing"].reason.words] in (["bass fishing"], ["bass", "fishing"])


def test_what_was_given_or_dismissed_never_returns(store: str, now: Now) -> None:
    numbers = save(store, now, *STORIES)
    ana = person(store, now, "bass fishing", "orchids")
    with change(store, now, "give") as session:
        log(session, ana, "x", on=now.today, today=now.today, direction="given", gift=Gift("x", "", numbers["bass"]))
    with change(store, now, "dismiss") as session:
        session.add(Dismissal(contact_id=ana, article_id=numbers["orchid"], on_day=now.today))
    refresh(store)
    found = titles(store, ana, now, limit=8)
    assert "bass" not in found
    assert "orchid" not in found
    undo(store, now)
    refresh(store)
    assert "orchid" in titles(store, ana, now, limit=8)


def test_a_dismissal_lowers_what_is_like_it(store: str, now: Now) -> None:
    numbers = save(store, now, *STORIES)
    ana = person(store, now, "fishing")
    before = {item.article.title: item.row.score for item in listed(store, ana, now, limit=8)}
    with change(store, now, "dismiss") as session:
        session.add(Dismissal(contact_id=ana, article_id=numbers["bass"], on_day=now.today))
    refresh(store)
    after = {item.article.title: item.row.score for item in listed(store, ana, now, limit=8)}
    assert after[STORIES["trout"][0]] < before[STORIES["trout"][0]]


def reliabilities(path: str) -> dict[str, float]:
    connection = sqlite3.connect(path)
    sql = "SELECT i.phrase, r.reliability FROM interest_reliability r JOIN interest i ON i.id = r.interest_id"
    found = dict(connection.execute(sql))
    connection.close()
    return found


def test_an_interest_whose_articles_are_dismissed_comes_later(store: str, now: Now) -> None:
    numbers = save(store, now, *STORIES)
    ana = person(store, now, "fishing", "orchids")
    assert reliabilities(store) == {}
    judge(store, now, ana, liked=numbers["orchid"], disliked=numbers["bass"])
    found = reliabilities(store)
    assert found["fishing"] < 1 < found["orchids"]
    assert titles(store, ana, now, limit=8)[0] == "trout", "nothing else is left, and it is still good"
    undo(store, now)
    refresh(store)
    assert reliabilities(store) == {}


def test_telling_terms_follow_the_text_of_a_judged_article(store: str, now: Now) -> None:
    numbers = save(store, now, *STORIES)
    judge(store, now, person(store, now, "fishing"), liked=numbers["trout"], disliked=numbers["bass"])
    connection = sqlite3.connect(store)
    sql = "SELECT terms FROM article_telling WHERE article_id = ?"
    assert "mountain" in json.loads(connection.execute(sql, (numbers["trout"],)).fetchone()[0])
    connection.execute("UPDATE article SET summary = 'Nothing.' WHERE id = ?", (numbers["trout"],))
    assert connection.execute(sql, (numbers["trout"],)).fetchone() is None
    connection.close()


def test_a_damaged_vector_of_a_judged_article_teaches_nothing(store: str, now: Now) -> None:
    numbers = save(store, now, *STORIES)
    ana = person(store, now, "fishing")
    before = titles(store, ana, now, limit=8)
    connection = sqlite3.connect(store)
    connection.execute("UPDATE article_vector SET vector = x'00' WHERE article_id = ?", (numbers["jazz"],))
    connection.commit()
    connection.close()
    judge(store, now, ana, liked=numbers["jazz"], disliked=numbers["jazz"])
    assert titles(store, ana, now, limit=8) == [each for each in before if each != "jazz"]


def test_an_avoided_interest_pushes_down_and_says_so(store: str, now: Now) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, "fishing")
    free = {item.article.title: item.row.score for item in listed(store, ana, now)}
    with change(store, now, "avoid") as session:
        add_interests(session, get(session, ana), ["trout and fly fishing"], avoid=True)
    refresh(store)
    trout = next(item for item in listed(store, ana, now, limit=8) if item.article.title == STORIES["trout"][0])
    assert trout.row.score < free[STORIES["trout"][0]]
    assert trout.row.avoided_id is not None
    assert "near trout and fly fishing, which they avoid" in trout.reason.lowered


def test_without_the_interest_the_article_goes(store: str, now: Now) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, "bass fishing", "orchids")
    with change(store, now, "remove") as session:
        remove_interests(session, get(session, ana), ["bass fishing"])
    refresh(store)
    assert all(item.interest == "orchids" for item in listed(store, ana, now, limit=8))


def test_two_tellings_of_one_story_are_one_suggestion(store: str, now: Now) -> None:
    save(store, now, "bass", "bread", "jazz")
    with change(store, now) as session:
        title, summary = STORIES["bass"]
        session.add(
            Article(url="https://elsewhere.example/1", title=title, summary=summary + " Again.", first_seen_at=now.at)
        )
    refresh(store)
    ana = person(store, now, "bass fishing")
    assert titles(store, ana, now, limit=5).count("bass") == 1


def test_an_old_article_counts_less_than_the_same_one_fresh(store: str, now: Now) -> None:
    save(store, now, "bass", days=400)
    ana = person(store, now, "bass fishing")
    old = listed(store, ana, now)[0]
    assert old.score < old.row.score / 2
    assert any("days old" in word for word in old.reason.lowered)


@pytest.mark.parametrize("phrases", [(), ("q",), ("🎣",), ("рыбалка на окуня",), ("zzzz qqqq",)])
def test_interests_that_nothing_matches_give_an_answer(store: str, now: Now, phrases: tuple[str, ...]) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, *phrases)
    assert len(listed(store, ana, now)) <= 5


def test_five_hundred_interests(store: str, now: Now) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, *[f"subject number {n} fishing" for n in range(500)])
    assert listed(store, ana, now)
    connection = sqlite3.connect(store)
    assert connection.execute("SELECT count(*) FROM ranking").fetchone()[0] <= 500 * 8
    connection.close()


def test_a_damaged_vector_hides_nothing_else(store: str, now: Now) -> None:
    numbers = save(store, now, *STORIES)
    connection = sqlite3.connect(store)
    connection.execute("UPDATE article_vector SET vector = x'00ff' WHERE article_id = ?", (numbers["jazz"],))
    connection.commit()
    connection.close()
    ana = person(store, now, "bass fishing")
    assert titles(store, ana, now)[0] == "bass"


def test_articles_of_another_model_are_embedded_again(store: str, now: Now) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, "bass fishing")
    connection = sqlite3.connect(store)
    connection.execute("UPDATE article_vector SET model = 'another'")
    connection.execute("INSERT OR IGNORE INTO ranking_stale VALUES (?)", (ana,))
    connection.commit()
    connection.close()
    refresh(store)
    connection = sqlite3.connect(store)
    assert connection.execute("SELECT count(*) FROM article_vector WHERE model = 'another'").fetchone()[0] == 0
    connection.close()
    assert titles(store, ana, now)[0] == "bass"


def test_nothing_to_do_loads_no_model(store: str, now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store, now, "bass")
    person(store, now, "bass fishing")
    monkeypatch.setattr(ranking, "_refresh", lambda *_: pytest.fail("it went to work"))
    refresh(store)


def test_an_interruption_leaves_the_rest_for_the_next_time(
    store: str, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, now, *STORIES)
    ana = person(store, now, "orchids")
    with change(store, now, "add") as session:
        add_interests(session, get(session, ana), ["bass fishing"])
    with monkeypatch.context() as patch:
        patch.setattr("giveback.ranking.board.Board.write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            refresh(store)
    assert "orchid" in titles(store, ana, now)
    refresh(store)
    assert {"orchid", "bass"} <= set(titles(store, ana, now))


ORDERS = st.permutations(sorted(STORIES))


def test_an_article_that_goes_while_contacts_are_ranked_is_not_kept(
    store: str, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = save(store, now, "bass", "trout", "gas")
    ana = person(store, now, "fishing")
    write(store, "INSERT INTO ranking_stale SELECT id FROM contact")
    rank = ranking._rank_stale

    def meanwhile(*given: object) -> int:
        with closing(connect.write(store)) as another:
            another.execute("DELETE FROM article WHERE id = ?", (numbers["bass"],))
        return rank(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(ranking, "_rank_stale", meanwhile)
    assert refresh(store).contacts == 1
    assert titles(store, ana, now) == ["trout"]
    assert query(store, "PRAGMA foreign_key_check") == []


@settings(max_examples=6, deadline=None, phases=[Phase.generate], derandomize=True)
@given(order=ORDERS, cut=st.integers(min_value=4, max_value=7))
def test_articles_that_come_later_rank_as_if_all_had_been_there(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], cut: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wants, "PATTERN", 0)  # believe what few articles teach, so that it shows
        rank_in_two_ways(str(tmp_path_factory.mktemp("ranking") / "giveback.db"), order, cut)


def rank_in_two_ways(path: str, order: list[str], cut: int) -> None:
    now = Now(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23))
    save(path, now, *order[:cut])
    connection = sqlite3.connect(path)
    # Hold the snapshot: both ways must be measured by the same one.
    connection.execute("UPDATE collection SET articles = ?", (len(order),))
    connection.commit()
    connection.close()
    person(path, now, "natural gas", "bass fishing", avoid=("jazz",))
    ben = person(path, now, "orchids", "chess endings", name="Ben")
    judge(path, now, ben, liked=1, disliked=2)
    save(path, now, *order[cut:])
    step_by_step = kept_rows(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("DELETE FROM ranking")
    connection.execute("INSERT OR IGNORE INTO ranking_stale SELECT id FROM contact")
    connection.commit()
    connection.close()
    refresh(path)
    anew = kept_rows(path)
    assert [row[:4] for row in anew] == [row[:4] for row in step_by_step]
    assert [row[4] for row in anew] == pytest.approx([row[4] for row in step_by_step], abs=1e-5)


def test_kindred_terms_are_kept_and_rank_new_articles_as_from_scratch(
    store: str, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("giveback.ranking.expanding.ENOUGH", 2)
    save(store, now, *[name for name in STORIES if name != "tyres"])
    person(store, now, "trout fishing", "rivers")
    kept = query(store, "SELECT kindred FROM interest_vector ORDER BY interest_id")
    assert len(kept) == 2
    assert "water" in str(kept[0][0])  # as both articles on fishing say
    save(store, now, "tyres")
    alone = kept_rows(store)
    assert query(store, "SELECT kindred FROM interest_vector ORDER BY interest_id") == kept
    write(store, "INSERT OR IGNORE INTO ranking_stale SELECT id FROM contact")
    refresh(store)
    _same(kept_rows(store), alone)
    write(store, "UPDATE interest_vector SET kindred = 'damaged'", "INSERT INTO ranking_stale SELECT id FROM contact")
    refresh(store)
    _same(kept_rows(store), alone)


def _same(rows: list[tuple[object, ...]], others: list[tuple[object, ...]]) -> None:
    """Equal but for the rounding of a 32-bit product."""
    assert [row[:-1] for row in rows] == [row[:-1] for row in others]
    assert [row[-1] for row in rows] == pytest.approx([row[-1] for row in others], abs=1e-6)


def query(path: str, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def write(path: str, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
