"""Whatever stands in the store or is asked for, `suggest` gives a sensible answer or a clear line."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from conftest import Giveback
from giveback.dates import Now
from suggest_helpers import STORIES, people, save

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")

NOW = Now(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23))
WISHES = {
    "None": (),
    "Unmatched": ("zzzz qqqq",),
    "Letter": ("q",),
    "Emoji": ("🎣",),
    "Russian": ("рыбалка на окуня",),
    "Chinese": ("围棋",),
    "Initial": ("R",),
    "Many": tuple(f"subject number {n} of bass fishing" for n in range(500)),
    "Ana": ("bass fishing", "orchids"),
}
CHINESE = {
    "weiqi": ("围棋入门:三个基本定式", "这篇文章介绍三个基本定式。"),
    "news": ("老棋手的一天", "他每天下午在公园里下围棋。"),
    "tea": ("春天的茶山", "采茶的人清晨就上山了。"),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Giveback(tmp_path_factory.mktemp("bad"))
    save(home.store, NOW, STORIES)
    people(home.store, NOW, WISHES)
    return home.home


@pytest.fixture
def home(prepared: Path, giveback: Giveback) -> Giveback:
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def spoil(home: Giveback, *statements: str) -> None:
    with closing(sqlite3.connect(home.store)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def titles(home: Giveback, *words: str) -> list[str]:
    done = home.run_here("suggest", *words, "--json")
    assert done.code == 0, done
    return [each["title"] for found in json.loads(done.out) for each in found["suggestions"]]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "no interests yet"),
        ("unmatched", "nothing good enough for Unmatched now"),
        ("letter", "nothing good enough for Letter now"),
        ("emoji", "nothing good enough for Emoji now"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--explain",)])
def test_interests_that_lead_nowhere_are_said_in_a_line(
    home: Giveback, name: str, said: str, options: tuple[str, ...]
) -> None:
    done = home.run_here("suggest", name, *options)
    assert (done.code, done.out) == (0, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_language_without_vectors_is_matched_by_words_alone_and_says_so(home: Giveback) -> None:
    assert titles(home, "russian") == [STORIES["okun"][0]]
    done = home.run_here("suggest", "russian", "--explain")
    assert "matched by words alone" in done.err
    assert "рыбалка на окуня" in done.err
    assert "0.000 meaning" in done.out
    listed = json.loads(home.run_here("interests", "russian", "--json").out)
    assert [row["words_alone"] for row in listed] == [True]


def test_an_emoji_is_asked_for_in_words(home: Giveback) -> None:
    done = home.run_here("interests", "emoji")
    assert "holds no word to look for" in done.err
    assert "by words alone" not in done.out
    for words in (("emoji",), ("none", "--topic", "🎣")):
        said = home.run_here("suggest", *words).err
        assert "'🎣' holds no word to look for: say it in words" in said
        assert "matched by words alone" not in said


def test_one_letter_is_asked_for_with_a_word(home: Giveback) -> None:
    for command in ("interests", "suggest"):
        assert (
            "'R' is read as one letter, which may mean anything: add a word to it"
            in home.run_here(command, "initial").err
        )
    assert "one letter" not in home.run_here("interests", "chinese").err


def test_by_words_alone_is_said_beside_no_source(home: Giveback) -> None:
    lines = home.run_here("interests", "russian").out.splitlines()
    assert lines[1].split() == ["рыбалка", "на", "окуня", "1", "by", "words", "alone", "today"]


def test_what_is_written_without_spaces_is_found_within_a_run(home: Giveback) -> None:
    save(home.store, NOW, CHINESE)
    title, summary = CHINESE["weiqi"][0], CHINESE["news"][0]
    assert titles(home, "chinese") == [title, summary]
    page = home.run_here("suggest", "chinese")
    assert page.out.splitlines()[2].split()[2:6] == ["围棋", "the", "word", "围棋"]
    assert "matched by words alone" in page.err
    listed = json.loads(home.run_here("interests", "chinese", "--json").out)
    assert [row["last_article_on"] for row in listed] == ["2026-11-23"]
    assert titles(home, "none", "--topic", "围棋") == [title, summary]
    (who,) = json.loads(home.run_here("suggest", "--for-article", "14", "--json").out)["readers"]
    assert (who["contact"]["name"], who["interest"], who["words"]) == ("Chinese", "围棋", ["围棋"])
    assert home.run_here("suggest", "chinese").code == 0
    assert "围棋" in home.run_here("give", "chinese", "1", "--dry-run").out
    assert home.run_here("dismiss", "chinese", "1").code == 0
    assert titles(home, "chinese") == [summary]
    assert json.loads(home.run_here("suggest", "--for-article", "14", "--json").out)["readers"] == []


def test_five_hundred_interests(home: Giveback) -> None:
    assert STORIES["bass"][0] in titles(home, "many")
    assert len(titles(home, "many")) <= 5


@pytest.mark.parametrize("topic", ["q", "🎣", "zzzz qqqq", "рыбалка", "bass " * 2_000, '"; DROP TABLE article; --'])
def test_any_topic_has_an_answer(home: Giveback, topic: str) -> None:
    done = home.run_here("suggest", "none", "--topic", topic)
    assert done.code == 0, done


def test_an_empty_topic_and_unknown_articles_are_refused(home: Giveback) -> None:
    for nothing in ("", " "):
        assert home.run_here("suggest", "ana", "--topic", nothing).code == 2
        assert home.run_here("suggest", "--for-article", nothing).code == 3
    for said in ("0", "999", "99999999999999999999", "x", "-1", "²"):
        done = home.run_here("suggest", "--for-article", said)
        assert (done.code, done.out) == (3, ""), done
    for words in ((), ("ana", "--all"), ("--all", "--for-article", "1"), ("--topic", "x"), ("--all", "--topic", "x")):
        assert home.run_here("suggest", *words).code == 2


def test_an_empty_article_and_a_huge_one(home: Giveback) -> None:
    page = home.home / "huge.html"
    paragraph = "<p>" + "Bass fishing under the docks, again and again. " * 40 + "</p>\n"
    page.write_text(f"<title>Bass, at length</title><article>{paragraph * 2_700}</article>", "utf-8")
    assert page.stat().st_size > 5_000_000
    assert home.run_here("save", str(page), "--url", "https://example.com/huge").code == 0
    spoil(home, "INSERT INTO article (url, title, first_seen_at) VALUES ('urn:x', '', '2026-11-23 12:00:00')")
    assert "Bass, at length" in titles(home, "ana", "--explain")
    for number in ("14", "15"):
        done = home.run_here("suggest", "--for-article", number)
        assert done.code == 0, done


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE article_vector SET vector = x'00ff'",
        "UPDATE article_vector SET vector = zeroblob(1024), model = 'another/1'",
        "UPDATE interest_vector SET vector = x'00ff'",
        "UPDATE interest_vector SET expanded = x'00ff'",
        "UPDATE collection SET mean_vector = x'00ff'",
        "DELETE FROM collection",
    ],
)
def test_damaged_vectors_give_an_answer_and_are_made_again(home: Giveback, statement: str) -> None:
    spoil(home, statement)
    for words in ("ana", "ana --explain", "--all"):
        done = home.run_here("suggest", *words.split())
        assert (done.code, "bug" in done.err) == (0, False), done
    for words in ("ana --topic orchids", "--for-article 2"):
        done = home.run_here("suggest", *words.split())
        assert done.code in (0, 3, 5), done
        assert "bug" not in done.err
    assert home.run_here("doctor", "--repair").code == 0
    assert home.run_here("interests", "ana", "+chess").code == 0
    assert STORIES["bass"][0] in titles(home, "ana")
    assert home.run_here("suggest", "ana", "--topic", "chess").code == 0
