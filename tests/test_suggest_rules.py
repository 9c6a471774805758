"""What `suggest` holds to: senses, weights, weak interests, variety, memory, the floor, and true reasons."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.giving.candidates import SHOWN_OFTEN, Parts
from giveback.giving.choices import Choice
from giveback.giving.everyone import suggest_to_everyone
from giveback.giving.named import names
from giveback.giving.readers import readers
from giveback.giving.suggestions import REPEATED, Suggestion, Suggestions, suggest
from giveback.giving.topics import suggest_on_topic
from giveback.keeping.exchanges import Gift, log
from giveback.matching.assignment import STEP, assign
from giveback.matching.fusion import FURTHER, GOOD_ENOUGH, good_enough
from giveback.people.contacts import ContactForm, get
from giveback.people.interests import add_interests, parse_weight, remove_interests
from giveback.people.quiet import broader
from giveback.ranking.refresh import refresh
from giveback.store import connect, migrations
from giveback.store.changes import change, undo
from giveback.store.shown import remember
from giveback.store.tables import Dismissal
from suggest_helpers import STORIES, people, save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Giveback

pytestmark = pytest.mark.usefixtures("loaded_once")

NOW = Now(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23))
TITLES = {title: name for name, (title, _) in STORIES.items()}
CHOICE = Choice(sensitive=True)


def asked(path: str, contact: int, choice: Choice = CHOICE) -> Suggestions:
    with closing(connect.read(path)) as connection:  # type: ignore[type-var]  # the store is there
        return suggest(connection, contact, NOW.today, choice)  # type: ignore[arg-type]


def listed(path: str, contact: int, choice: Choice = CHOICE) -> list[Suggestion]:
    return asked(path, contact, choice).items


def story_names(items: list[Suggestion]) -> list[str]:
    return [TITLES.get(item.article.title, item.article.title) for item in items]


def give(path: str, contact: int, number: int) -> None:
    with change(path, NOW, "give") as session:
        log(session, contact, "x", on=NOW.today, today=NOW.today, direction="given", gift=Gift("x", "", number))
    refresh(path)


# Senses


@pytest.mark.parametrize(
    ("phrases", "first", "second"),
    [
        (("bass", "jazz"), "double", "bass"),
        (("bass", "lakes and rivers"), "bass", "double"),
        (("python", "zoos"), "snake", "loops"),
        (("python", "software"), "loops", "snake"),
    ],
)
def test_other_interests_tell_the_sense_of_a_word(
    store: str, phrases: tuple[str, ...], first: str, second: str
) -> None:
    numbers = save(store, NOW, {name: STORIES[name] for name in (first, second, "bread", "orchid")})
    ana = people(store, NOW, {"Ana": phrases})["Ana"]
    with closing(sqlite3.connect(store)) as connection:
        score = dict(
            connection.execute(
                "SELECT r.article_id, r.score FROM ranking r JOIN interest i ON i.id = r.interest_id"
                " WHERE i.contact_id = ? AND i.phrase = ?",
                (ana, phrases[0]),
            )
        )
    assert score[numbers[first]] > score[numbers[second]]


# Weights and weak interests


@pytest.mark.parametrize(
    ("said", "parsed"),
    [
        ("+orchids=2", ("+orchids", 2.0)),
        ("orchids = 0.5", ("orchids", 0.5)),
        ("orchids", ("orchids", None)),
        ("C++", ("C++", None)),
        ("E=mc2", ("E=mc2", None)),
        ("=2", ("=2", None)),
    ],
)
def test_a_weight_stands_behind_the_phrase(said: str, parsed: tuple[str, float | None]) -> None:
    assert parse_weight(said) == parsed


def test_weights_are_set_listed_and_taken_back(giveback: Giveback) -> None:
    assert giveback.run_here("add-contact", "Ana", "--interest", "chess", "--title", "Potter").code == 0
    done = giveback.run_here("interests", "ana", "+orchids=2", "chess=0.5")
    assert done.out == "Ana: +orchids (weight 2), +chess (weight 0.5)\n"

    def weights() -> dict[str, float]:
        rows = json.loads(giveback.run_here("interests", "ana", "--json").out)
        return {row["phrase"]: row["weight"] for row in rows}

    assert weights() == {"chess": 0.5, "orchids": 2.0, "Potter": 0.3}
    assert giveback.run_here("interests", "ana", "+orchids").code == 0
    assert weights()["orchids"] == 2.0, "said again, it weighs what it did"
    assert giveback.run_here("undo").code == 0
    assert weights() == {"chess": 1.0, "Potter": 0.3}
    refused = giveback.run_here("interests", "ana", "+orchids=11")
    assert (refused.code, "0.1 to 10" in refused.err) == (2, True)
    refused = giveback.run_here("interests", "ana", "-potter")
    assert (refused.code, "title of Ana" in refused.err) == (2, True)


def test_a_heavier_interest_comes_first(store: str) -> None:
    save(store, NOW, STORIES)
    ana = people(store, NOW, {"Ana": ("sourdough bread", "orchids")})["Ana"]
    for heavy, light in (("orchids", "sourdough bread"), ("sourdough bread", "orchids")):
        with change(store, NOW, "weigh") as session:
            add_interests(session, get(session, ana), [heavy], weight=4)
            add_interests(session, get(session, ana), [light], weight=1)
        refresh(store)
        assert listed(store, ana)[0].interest == heavy


def test_what_is_known_of_a_person_counts_a_little_and_says_so(store: str) -> None:
    stories = STORIES | {"houston": ("Houston opens a cycle path", "It runs along the water."), "shells": (
        "Sea shells of the north", "What the tide leaves.")}  # fmt: skip
    save(store, NOW, stories)
    facts = ContactForm("", company="Shell", title="Pastry chef for sourdough bread", town="Houston")
    ana = people(store, NOW, {"Ana": ("orchids",)}, facts)["Ana"]
    found = {(item.source, item.interest): item.article.title for item in listed(store, ana)}
    assert found == {
        ("user", "orchids"): STORIES["orchid"][0],
        ("title", facts.title): STORIES["bread"][0],
        ("town", "Houston"): "Houston opens a cycle path",
    }
    assert listed(store, ana)[0].source == "user"
    assert [item.source for item in listed(store, ana, CHOICE._replace(weak=frozenset()))] == ["user"]
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT phrase, source FROM interest").fetchall() == [("orchids", "user")]


def test_a_job_title_follows_its_contact(store: str) -> None:
    save(store, NOW, STORIES)
    ana = people(store, NOW, {"Ana": ()}, ContactForm("", title="Sourdough bread baker"))["Ana"]
    assert story_names(listed(store, ana)) == ["bread"]
    with change(store, NOW, "edit") as session:
        get(session, ana).title = "Moth orchids grower"
    refresh(store)
    assert story_names(listed(store, ana)) == ["orchid"]
    undo(store, NOW)
    refresh(store)
    assert story_names(listed(store, ana)) == ["bread"]
    with change(store, NOW, "edit") as session:
        get(session, ana).title = ""
    refresh(store)
    assert listed(store, ana) == []
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT count(*) FROM interest_vector").fetchone() == (0,)


def test_the_setting_switches_weak_interests_off(giveback: Giveback) -> None:
    save(giveback.store, NOW, STORIES)
    people(giveback.store, NOW, {"Ana": ()}, ContactForm("", title="Sourdough bread baker"))
    shown = giveback.run_here("suggest", "ana").out
    assert "their title: Sourdough bread baker" in shown
    assert giveback.run_here("config", "set", "interests.weak", "none").code == 0
    assert giveback.run_here("suggest", "ana").out == ""
    assert "Sourdough" not in giveback.run_here("interests", "ana").out
    assert giveback.run_here("config", "set", "interests.weak", "hobby").code == 2


@pytest.mark.parametrize(
    ("title", "name", "is_named"),
    [
        ("Shell sells a field", "Shell", True),
        ("Sea shells of the north", "Shell", False),
        ("Reading opens a library", "Reading", True),
        ("On reading aloud", "Reading", False),
        ("Why C++ lasts", "C++", True),
        ("Shellac for beginners", "Shell", False),
    ],
)
def test_a_name_stands_as_it_is_written(title: str, name: str, is_named: bool) -> None:  # noqa: FBT001 - a row of values
    assert names(title, name) == is_named


def test_an_interest_that_nothing_serves_for_long_proposes_feeds_or_a_broader_phrase(giveback: Giveback) -> None:
    save(giveback.store, NOW, STORIES, days=100)
    long_ago = Now(NOW.at - timedelta(120), NOW.today - timedelta(120))
    people(giveback.store, long_ago, {"Ana": ("bass fishing", "harpsichord tuning")})
    with closing(sqlite3.connect(giveback.store)) as connection:
        connection.execute("UPDATE interest SET created_at = '2026-07-01 12:00:00'")
        connection.commit()
    people(giveback.store, NOW, {"Ben": ("harpsichord tuning",)})
    said = giveback.run_here("suggest", "ana").err
    assert "no new article for 'bass fishing' for 100 days: add feeds (giveback feed starters), or a broader" in said
    assert "such as 'fishing'" in said
    assert "no article for 'harpsichord tuning' yet" in said
    assert "harpsichord" not in giveback.run_here("suggest", "ben").err.replace("nothing good enough", "")
    rows = json.loads(giveback.run_here("interests", "ana", "--json").out)
    assert [(row["quiet"], row["last_article_on"]) for row in rows] == [(True, "2026-08-15"), (True, None)]
    assert giveback.run_here("config", "set", "interests.quiet", "1y").code == 0
    assert "no article" not in giveback.run_here("suggest", "ana").err


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("orchids on the windowsill", ["orchids"]),
        ("bass fishing", ["fishing"]),
        ("growing vegetables", ["vegetables"]),
        ("shooting and developing film", ["film"]),
        ("black-and-white photography", ["photography"]),
        ("bread made with wild yeast", ["bread"]),
        ("getting more out of old gas fields", ["gas fields", "fields"]),
        ("New Orleans jazz", ["jazz"]),
        ("pottery", []),
        ("singing", []),
        ("the", []),
        ("🎣", []),
        ("", []),
    ],
)
def test_a_broader_phrase_is_what_the_phrase_is_about(phrase: str, parts: list[str]) -> None:
    assert broader(phrase) == parts


# Variety, memory, floor


ANGLES = ("docks", "kayaks", "rain", "night", "ponds", "spinners", "worms", "beginners")


def bass_stories(count: int) -> dict[str, tuple[str, str]]:
    return {
        f"bass{n}": (f"Bass fishing and {ANGLES[n]}", f"Bass fishing from {ANGLES[n]}, a guide to {ANGLES[n]}.")
        for n in range(count)
    }


def test_five_are_not_all_from_one_source_or_for_one_interest(store: str) -> None:
    save(store, NOW, bass_stories(8), source="Bass Weekly")
    save(store, NOW, {"one": ("On bass fishing, elsewhere", "A page on bass fishing.")}, days=300, source="Elsewhere")
    save(store, NOW, {"orchid": STORIES["orchid"]}, days=300, source="Bass Weekly")
    ana = people(store, NOW, {"Ana": ("bass fishing",)})["Ana"]
    items = listed(store, ana)
    assert len(items) == 5
    assert {item.article.source for item in items} == {"Bass Weekly", "Elsewhere"}
    assert [REPEATED in item.reason.lowered for item in items] == [False, True, True, True, False]
    with change(store, NOW, "add") as session:
        add_interests(session, get(session, ana), ["orchids"], weight=0.1)
    refresh(store)
    assert {item.interest for item in listed(store, ana)} == {"bass fishing", "orchids"}


def test_one_source_is_better_than_nothing(store: str) -> None:
    save(store, NOW, bass_stories(6), source="Bass Weekly")
    ana = people(store, NOW, {"Ana": ("bass fishing",)})["Ana"]
    assert len(listed(store, ana)) == 5


@pytest.mark.parametrize("way", ["given", "given by its address", "dismissed"])
def test_no_other_telling_of_what_is_over_comes(store: str, way: str) -> None:
    title, summary = STORIES["bass"]
    numbers = save(store, NOW, {"bass": STORIES["bass"], "again": (title, summary + " Again.")})
    ana = people(store, NOW, {"Ana": ("bass fishing",)})["Ana"]
    assert len(listed(store, ana)) == 1
    if way == "given":
        give(store, ana, numbers["bass"])
    else:
        with change(store, NOW, way) as session:
            if way == "dismissed":
                session.add(Dismissal(contact_id=ana, article_id=numbers["bass"], on_day=NOW.today))
            else:
                gift = Gift("x", "https://example.com/bass", None)
                log(session, ana, "x", on=NOW.today, today=NOW.today, direction="given", gift=gift)
        refresh(store)
    assert listed(store, ana) == []


def test_what_was_shown_on_five_days_sinks(store: str) -> None:
    save(store, NOW, bass_stories(3))
    ana = people(store, NOW, {"Ana": ("bass fishing",)})["Ana"]
    first = listed(store, ana)[0]
    for day in range(SHOWN_OFTEN):
        assert listed(store, ana)[0].article == first.article
        remember(store, {ana: [(first.row.article_id, first.row.interest_id)]}, NOW.today - timedelta(9 - day))
    items = listed(store, ana)
    assert items[-1].article == first.article
    assert f"shown {SHOWN_OFTEN} times" in items[-1].reason.lowered
    assert items[-1].parts.shown == pytest.approx(-(first.score / 2), abs=0.01)


def test_the_first_suggestion_is_the_surest_whichever_came_first(store: str) -> None:
    faint = "An evening out"
    save(store, NOW, {"faint": (faint, "Some jazz, some dinner, and the last train."), "bass": STORIES["bass"]})
    ana = people(store, NOW, {"Ana": ("jazz", "bass fishing")})["Ana"]
    items = listed(store, ana)
    assert story_names(items) == ["bass", faint]
    assert items[0].row.plain > items[1].row.plain
    with closing(connect.read(store)) as connection:  # type: ignore[type-var]  # the store is there
        found = suggest_to_everyone(connection, [ana], NOW.today, CHOICE)  # type: ignore[arg-type]
    assert story_names(found[ana].items) == ["bass"]
    for day in range(SHOWN_OFTEN):
        remember(store, {ana: [(items[0].row.article_id, items[0].row.interest_id)]}, NOW.today - timedelta(9 - day))
    assert story_names(listed(store, ana)) == [faint, "bass"], "the only one for its interest sinks as well"


def test_rather_nothing_than_the_least_bad(giveback: Giveback) -> None:
    save(giveback.store, NOW, {name: STORIES[name] for name in ("orchid", "bread", "chess")})
    people(giveback.store, NOW, {"Ana": ("motor racing",)})
    done = giveback.run_here("suggest", "ana")
    assert (done.code, done.out) == (0, "")
    assert "nothing good enough for Ana now" in done.err
    assert good_enough(GOOD_ENOUGH)
    assert not good_enough(GOOD_ENOUGH, first=False)
    assert not good_enough(GOOD_ENOUGH + FURTHER, first=False, weak=True)


def test_one_weak_word_does_not_fill_the_list(store: str) -> None:
    save(store, NOW, STORIES)
    ana = people(store, NOW, {"Ana": ("trout fishing in cold mountain streams",)})["Ana"]
    assert story_names(listed(store, ana)) in (["trout"], ["trout", "bass"])


# Everybody, readers, topics


@given(
    st.dictionaries(
        st.integers(1, 6), st.dictionaries(st.integers(1, 6), st.integers(1, 20).map(lambda n: n / 20), max_size=4)
    )
)
def test_the_auction_is_as_good_as_trying_everything(wishes: dict[int, dict[int, float]]) -> None:
    given_out = assign(wishes)
    assert len(set(given_out.values())) == len(given_out)
    assert all(article in wishes[person] for person, article in given_out.items())

    def best(people_left: tuple[int, ...], taken: frozenset[int]) -> float:
        if not people_left:
            return 0.0
        person, rest = people_left[0], people_left[1:]
        options = [1 + worth + best(rest, taken | {a}) for a, worth in wishes[person].items() if a not in taken]
        return max([best(rest, taken), *options])

    total = sum(1 + wishes[person][article] for person, article in given_out.items())
    assert total >= best(tuple(wishes), frozenset()) - STEP * len(wishes) - 1e-9


def test_everybody_gets_one_article_and_none_goes_to_two(store: str) -> None:
    save(store, NOW, STORIES)
    numbers = people(
        store, NOW, {"Ana": ("bass fishing", "orchids"), "Ben": ("bass fishing",), "Cy": ("motor racing",)}
    )
    with closing(connect.read(store)) as connection:  # type: ignore[type-var]  # the store is there
        found = suggest_to_everyone(connection, list(numbers.values()), NOW.today, CHOICE)  # type: ignore[arg-type]
    given_out = {name: story_names(found[number].items) for name, number in numbers.items()}
    assert given_out == {"Ana": ["orchid"], "Ben": ["bass"], "Cy": []}


def test_all_is_for_those_who_are_due(giveback: Giveback) -> None:
    save(giveback.store, NOW, STORIES)
    long_ago = Now(NOW.at - timedelta(60), NOW.today - timedelta(60))
    people(giveback.store, long_ago, {"Ana": ("orchids",), "Cy": ("motor racing",)})
    people(giveback.store, NOW, {"Ben": ("chess endings",)})
    found = json.loads(giveback.run_here("suggest", "--all", "--json").out)
    due = [each["contact"]["name"] for each in json.loads(giveback.run_here("followups", "--json").out)]
    assert [each["contact"]["name"] for each in found] == due == ["Ana", "Cy"]
    done = giveback.run_here("suggest", "--all")
    assert STORIES["orchid"][0] in done.out
    assert "no article for Cy" in done.err
    assert giveback.run_here("give", "ana", "1").code == 0, "its number is 1"
    assert json.loads(giveback.run_here("history", "ana", "--json").out)[0]["gift"]["title"] == STORIES["orchid"][0]


def test_readers_are_ranked_and_leave_out_who_had_it(store: str) -> None:
    numbers = save(store, NOW, STORIES | bass_stories(6))
    who = people(
        store, NOW, {"Ana": ("bass fishing",), "Ben": ("fishing",), "Cy": ("orchids",), "Di": ("bass fishing",)}
    )
    give(store, who["Di"], numbers["bass"])

    def found() -> list[str]:
        with closing(connect.read(store)) as connection:  # type: ignore[type-var]  # the store is there
            return [each.contact.name for each in readers(connection, numbers["bass"], NOW.today, CHOICE).items]  # type: ignore[arg-type]

    assert found() == ["Ana", "Ben"]
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DELETE FROM ranking")
        connection.commit()
    assert found() == ["Ana", "Ben"], "also when it is not among what is kept"


def test_a_topic_is_for_this_talk_only(store: str) -> None:
    numbers = save(store, NOW, STORIES)
    ana = people(store, NOW, {"Ana": ("bass fishing",)})["Ana"]

    def found(topic: str) -> list[Suggestion]:
        with closing(connect.read(store)) as connection:  # type: ignore[type-var]  # the store is there
            return suggest_on_topic(connection, ana, topic, NOW.today, CHOICE).items  # type: ignore[arg-type]

    before = sqlite3.connect(store).execute("SELECT count(*), max(id) FROM interest").fetchone()
    assert [(each.source, TITLES[each.article.title]) for each in found("chess endings")] == [("topic", "chess")]
    assert sqlite3.connect(store).execute("SELECT count(*), max(id) FROM interest").fetchone() == before
    give(store, ana, numbers["chess"])
    assert found("chess endings") == []


# Reasons and parts


def test_without_the_interest_of_its_reason_an_article_sinks(store: str) -> None:
    save(store, NOW, STORIES)
    phrases = ("bass fishing", "fishing", "python")
    ana = people(store, NOW, {"Ana": phrases})["Ana"]
    choice = CHOICE._replace(limit=20)

    def worth(items: list[Suggestion]) -> dict[str, float]:
        return {item.article.title: item.score for item in items}

    def standing() -> dict[int, float]:
        with closing(sqlite3.connect(store)) as connection:
            sql = "SELECT article_id, sum(score) FROM ranking WHERE contact_id = ? GROUP BY 1"
            return dict(connection.execute(sql, (ana,)))

    for item in listed(store, ana, choice):
        before = standing()
        with change(store, NOW, "remove") as session:
            remove_interests(session, get(session, ana), [item.interest])
        refresh(store)
        assert standing().get(item.row.article_id, 0.0) < before[item.row.article_id] - 0.05
        assert worth(listed(store, ana, choice)).get(item.article.title, 0.0) <= item.score
        undo(store, NOW)
        refresh(store)


def test_parts_add_up_in_json_and_in_words(giveback: Giveback) -> None:
    save(giveback.store, NOW, STORIES, days=50)
    people(giveback.store, NOW, {"Ana": ("bass fishing", "orchids")})
    items: list[dict[str, Any]] = json.loads(giveback.run_here("suggest", "ana", "--explain", "--json").out)[0][
        "suggestions"
    ]
    for item in items:
        parts = {name: part for name, part in item["parts"].items() if name != "freshness"}
        assert sum(parts.values()) == pytest.approx(item["score"], abs=1e-9)
        assert item["parts"]["age"] < 0
        assert any("days old" in each for each in item["lowered_by"])
        article = " ".join(STORIES[TITLES[item["title"]]])
        assert item["passage"] in article
        assert all(word in article for word in item["words"])
    shown = giveback.run_here("suggest", "ana", "--explain").out
    (line, *_) = [line for line in shown.split("\n") if line.startswith("score")]
    total, _, terms = line.removeprefix("score").strip().partition(" = ")
    said = terms.replace("- ", "-").replace("+ ", "").split()
    assert sum(float(term) for term in said[::2]) == pytest.approx(float(total), abs=1e-9)
    assert set(said[1::2]) <= set(Parts._fields)


OPERATIONS = ("save", "interest", "weigh", "remove", "avoid", "give", "dismiss", "title", "undo")


@settings(max_examples=3, deadline=None, phases=[Phase.generate], derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 99)), min_size=3, max_size=5))
def test_step_by_step_is_the_same_as_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = str(tmp_path_factory.mktemp("steps") / "giveback.db")
    order = sorted(STORIES)
    numbers = list(save(path, NOW, {name: STORIES[name] for name in order[:8]}).values())
    with closing(sqlite3.connect(path)) as connection:
        # Hold the snapshot: both ways must be measured by the same one.
        connection.execute("UPDATE collection SET articles = 11")
        connection.commit()
    ana = people(path, NOW, {"Ana": ("bass", "orchids", "fishing")})["Ana"]
    fresh = iter(order[8:])
    for step in steps:
        _do(path, ana, step, numbers, fresh)
        refresh(path)
    kept = _kept(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM ranking")
        connection.execute("INSERT OR IGNORE INTO ranking_stale SELECT id FROM contact")
        connection.commit()
    refresh(path)
    anew = _kept(path)
    assert anew.keys() == kept.keys()
    assert list(anew.values()) == pytest.approx(list(kept.values()), abs=1e-5)


def _do(path: str, ana: int, step: tuple[str, int], numbers: list[int], fresh: Iterator[str]) -> None:
    operation, n = step
    phrases = ("bass", "orchids", "fishing", "jazz", "python", "chess endings")
    phrase = phrases[n % len(phrases)]
    if operation == "save" and (name := next(fresh, "")):
        numbers += save(path, NOW, {name: STORIES[name]}).values()
    if operation == "undo":
        undo(path, NOW)
    with change(path, NOW, operation) as session:
        contact = get(session, ana)
        if operation in ("interest", "weigh", "avoid"):
            weight = 2.0 if operation == "weigh" else None
            add_interests(session, contact, [phrase], avoid=operation == "avoid", weight=weight)
        elif operation == "remove" and "fishing" in {row[0] for row in _phrases(path, ana)}:
            remove_interests(session, contact, ["fishing"])
        elif operation == "give":
            gift = Gift("x", "", numbers[n % len(numbers)])
            log(session, ana, "x", on=NOW.today, today=NOW.today, direction="given", gift=gift)
        elif operation == "dismiss":
            session.merge(Dismissal(id=n + 1, contact_id=ana, article_id=numbers[n % len(numbers)], on_day=NOW.today))
        elif operation == "title":
            contact.title = ("", "Baker of sourdough bread", "Moth orchids grower")[n % 3]


def _phrases(path: str, contact: int) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT phrase FROM interest WHERE contact_id = ?", (contact,)).fetchall()


def _kept(path: str) -> dict[tuple[int, int, int], float]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT contact_id, interest_id, article_id, score FROM ranking ORDER BY 1, 2, 3")
        return {row[:3]: row[3] for row in rows}


def test_a_store_of_the_first_version_learns_of_job_titles(store: str) -> None:
    Path(store).parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        migrations._run(connection, 1, migrations._first, store)
        connection.execute(
            "INSERT INTO contact (uuid, name, name_key, title, added_on, created_at, updated_at) VALUES"
            " ('u', 'Ana', 'ana', 'Sourdough bread baker', '2026-11-01', '2026-11-01 12:00:00', '2026-11-01 12:00:00')"
        )
        connection.execute(
            "INSERT INTO interest (contact_id, phrase, key, created_at) VALUES (1, 'orchids', 'orchids', '2026-11-01')"
        )
        connection.execute("INSERT INTO interest_vector VALUES (1, 'old', x'00', NULL)")
    save(store, NOW, STORIES)
    assert story_names(listed(store, 1)) == ["orchid", "bread"]
    assert Path(f"{store}.v1.backup").exists()
