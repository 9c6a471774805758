"""Lists of feeds: OPML of many readers, newsboat's urls file, and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SHARED
from giveback.reading.addresses import canonical_url
from giveback.reading.bookmarks import recognise as saved_pages
from giveback.reading.decoding import decoded
from giveback.reading.newsboat import read_urls
from giveback.reading.opml import MAX_FOLDERS, outlines, read_opml, write_opml
from giveback.reading.subscriptions import recognise, title_line
from giveback.store.changes import undo
from giveback.store.questions.articles import FeedRow
from giveback.text import clean_line
from reading_helpers import Inside, rows, values

if TYPE_CHECKING:
    from pathlib import Path

    from giveback.dates import Now

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LISTS = sorted(path for path in (SHARED / "corpora/opml").glob("*") if not path.name.endswith(".expected.json"))


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


def opml(*outline: str) -> str:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{"".join(outline)}</body></opml>'


def feed(url: str, title: str = "", topic: str = "", number: int = 1) -> FeedRow:
    empty = dict.fromkeys(FeedRow._fields)
    return FeedRow(**empty | {"id": number, "url": url, "title": title, "site": "", "topic": topic, "articles": 0})  # type: ignore[arg-type]  # whatever fields it has


# Every list of the corpus


@pytest.mark.skipif(not LISTS, reason="the shared corpora are not beside this checkout")
@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_lists_of_real_readers(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_name(f"{path.name}.expected.json").read_text())
    found = recognise(path.read_bytes(), path.name)
    if found is None:
        assert expected["feeds"] == 0
        return
    refused = [
        one
        for one in found.refused
        if one.reason not in {"it has no address", "it is another list, which is not loaded"}
    ]
    assert len(found.feeds) + len(refused) == expected["feeds"]
    assert len({one.url for one in found.feeds} | {one.said for one in refused}) == expected["distinct_urls"]
    named = [
        one
        for one in outlines(decoded(path.read_bytes()))
        if "xmlurl" not in one.attributes or not one.attributes["xmlurl"]
    ]
    folders = [title_line(one.attributes.get("text") or one.attributes.get("title", "")) for one in named]
    assert folders[: len(expected["folder_names"])] == expected["folder_names"]
    assert len(folders) == expected["folders"]
    known = [url for url in expected["first"] if url.startswith("http") and "=1=2" not in url]  # lxml lost "&b"
    assert set(known) <= {one.url for one in found.feeds}


def test_every_list_of_the_corpus_is_imported_by_the_command(inside: Inside) -> None:
    if not LISTS:
        pytest.skip("the shared corpora are not beside this checkout")
    good = [path for path in LISTS if recognise(path.read_bytes(), "")]
    ran = inside.run("feed", "import", *map(str, good))
    assert ran.code == 7
    assert "refused" in ran.err
    urls = values(inside.store, "SELECT url FROM feed")
    assert len(urls) > 3_000
    assert not [url for url in urls if not url.startswith("http") or "169.254" in url]
    assert not values(inside.store, "SELECT title FROM feed WHERE title GLOB '*[\x01-\x1f]*'")


# What lists look like


def test_folders_become_topics_and_titles_are_what_people_read() -> None:
    text = opml(
        '<outline text="Tech"><outline title="Inner"><outline text="A &amp;amp; B &lt;b&gt;" xmlUrl="https://a.example/"/>'
        '</outline></outline><outline title="C" xmlUrl=" feed://c.example/x " htmlUrl="https://c.example"/>'
        "<outline xmlUrl='https://d.example/' category='/Boats/Small,/Other'/>",
    )
    assert [(one.url, one.title, one.site, one.topic) for one in read_opml(text, "x").feeds] == [
        ("https://a.example/", "A & B", "", "Tech/Inner"),
        ("http://c.example/x", "C", "https://c.example", ""),
        ("https://d.example/", "", "", "Boats/Small"),
    ]


def test_what_is_broken_loses_only_itself() -> None:
    text = (
        '<opml><body><!-- <outline xmlUrl="https://no.example/"/> -->\n'
        '<outline text="R&D" xmlUrl="https://a.example/?a=1&b=2&copy=3"/>\n'
        '<OUTLINE TEXT="less < more" XMLURL="https://b.example/"></OUTLINE>\n'
        '<outline text="open"><outline xmlUrl="https://c.example/"/>\n'
        '<outline text="again" xmlUrl="javascript:alert(1)"/>\n'
        '<outline text="cut" xmlUrl="https://d.example/" htm'
    )
    found = read_opml(text, "x")
    assert [(one.line, one.url, one.title, one.topic) for one in found.feeds] == [
        (2, "https://a.example/?a=1&b=2&copy=3", "R&D", ""),
        (3, "https://b.example/", "less < more", ""),
        (4, "https://c.example/", "", "open"),
    ]
    assert [(one.line, one.reason) for one in found.refused] == [
        (5, "it is no web address"),
        (6, "the file breaks off in it"),
    ]


def test_folders_a_thousand_deep() -> None:
    text = opml('<outline text="x">' * 1_000 + '<outline xmlUrl="https://a.example/"/>' + "</outline>" * 1_000)
    assert [one.topic for one in read_opml(text, "x").feeds] == ["/".join("x" * MAX_FOLDERS)]


def test_entities_that_a_list_defines_are_not_expanded() -> None:
    text = f'<!DOCTYPE opml [<!ENTITY a "{"ha" * 1000}"><!ENTITY x SYSTEM "file:///etc/passwd">]>' + opml(
        '<outline text="&a;b&x;&eacute;" xmlUrl="https://a.example/"/>'
    )
    assert [one.title for one in read_opml(text, "x").feeds] == ["bé"]


@pytest.mark.parametrize("piece", ["a", "a=", "a='", '<outline a="', "<outline ", "<!--", "&amp", '"', "<", "x "])
def test_time_stays_linear(piece: str) -> None:
    """A long file of anything is read; quadratic time would take minutes for each."""
    for start in ("<opml><outline ", "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF='x' ", "https://a.example "):
        recognise((start + piece * (200_000 // len(piece))).encode(), "x")
        saved_pages((start + piece * (200_000 // len(piece))).encode(), "x")


def test_newsboat_urls() -> None:
    text = (
        '# mine\n\nhttps://a.example/feed energy gas ~"The Energy Desk"\n'
        'http://b.example/ "long tag" !\n"query:Unread:unread = \\"yes\\""\nexec:~/bin/x.sh\nfile:///etc/passwd\n'
    )
    found = recognise(text.encode(), "urls")
    assert found is not None
    assert [(one.line, one.url, one.title, one.topic) for one in found.feeds] == [
        (3, "https://a.example/feed", "The Energy Desk", "energy"),
        (4, "http://b.example/", "", "long tag"),
    ]
    assert [one.line for one in found.refused] == [6, 7]
    assert found.passed_over == 1


@pytest.mark.parametrize(
    "text", ["", "name,email\nAna,a@b.example\n", '{"feeds": []}', "url,title\nhttps://a.example,x\n"]
)
def test_other_files_are_no_lists(text: str) -> None:
    assert recognise(text.encode(), "x") is None


@given(st.text())
def test_any_text_is_read_without_a_word_to_the_terminal(text: str) -> None:
    for found in (
        read_opml(text, "x"),
        read_urls(text, "x"),
        read_opml(opml(f'<outline text="{text}" xmlUrl="{text}"/>'), "x"),
    ):
        for one in found.feeds:
            assert [one.title, one.topic, one.url] == list(map(clean_line, (one.title, one.topic, one.url)))
            assert one.url.startswith(("http://", "https://"))
        assert all(one.said == clean_line(one.said) for one in found.refused)


# Out and in again


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(
    st.lists(st.tuples(TITLES, st.lists(TITLES.map(lambda text: text.replace("/", "") or "x"), max_size=4)), max_size=8)
)
def test_what_is_exported_comes_back(said: list[tuple[str, list[str]]]) -> None:
    feeds = [
        feed(
            f"https://a{place}.example/?x=1&y=<2>",
            title_line(title) or "t",
            "/".join(title_line(one) or "x" for one in topic),
        )
        for place, (title, topic) in enumerate(said)
    ]
    back = read_opml(write_opml(feeds, NOON), "x")
    assert not back.refused
    again = {(canonical_url(one.url), one.title, one.topic) for one in back.feeds}
    assert again == {(canonical_url(one.url), title_line(one.title), one.topic) for one in feeds}


def test_secrets_stay_here() -> None:
    text = write_opml([feed("https://ana:secret@a.example/feed"), feed("https://b.example/?u=x@y")], NOON)
    assert "secret" not in text
    assert "https://a.example/feed" in text
    assert "https://b.example/?u=x@y" in text


def test_a_real_newsboat_imports_what_is_exported(inside: Inside) -> None:
    newsboat = shutil.which("newsboat")
    if newsboat is None:
        pytest.skip("newsboat is not installed")
    text = opml(
        '<outline text="Énergie &amp; co"><outline text="A &quot;B&quot; &lt;c&gt;" xmlUrl="https://a.example/?x=1&amp;y=2"/>'
        '<outline text="Oil"><outline text="Deep" xmlUrl="https://b.example/"/></outline></outline>'
        '<outline text="Plain" xmlUrl="https://c.example/feed"/>'
    )
    (inside.home / "in.opml").write_text(text)
    assert inside.run("import", "in.opml").code == 0
    (inside.home / "out.opml").write_text(inside.run("feed", "export").out)
    urls = inside.home / "urls"
    urls.touch()
    subprocess.run(
        [
            newsboat,
            "-u",
            str(urls),
            "-c",
            str(inside.home / "cache.db"),
            "-C",
            os.devnull,
            "-i",
            str(inside.home / "out.opml"),
        ],
        env={"HOME": str(inside.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    found = recognise(urls.read_bytes(), "urls")
    assert found is not None
    assert {(one.url, one.topic) for one in found.feeds} == {
        ("https://a.example/?x=1&y=2", "Énergie & co"),
        ("https://b.example/", "Énergie & co/Oil"),
        ("https://c.example/feed", ""),
    }


# The commands


def test_one_import_of_feeds_and_one_undo(inside: Inside, now: Now) -> None:
    many = "".join(f'<outline text="Feed {n}" xmlUrl="https://f{n}.example/"/>' for n in range(500))
    (inside.home / "feeds.opml").write_text(opml(f'<outline text="All">{many}</outline>'))
    assert inside.run("import", "feeds.opml", "--dry-run").out == "dry run: feeds.opml: 500 feeds added\n"
    assert values(inside.store, "SELECT count(*) FROM feed") == [0]
    assert inside.run("import", "feeds.opml").out == "feeds.opml: 500 feeds added\n"
    assert inside.run("import", "feeds.opml").out == "feeds.opml: 0 feeds added, 500 known already\n"
    assert rows(inside.store, "SELECT title, topic FROM feed WHERE id = 1") == [("Feed 0", "All")]
    assert undo(inside.store, now).command == "import feeds.opml"
    assert values(inside.store, "SELECT count(*) FROM feed") == [0]


def test_a_removed_feed_comes_back_and_a_known_one_keeps_its_topic(inside: Inside) -> None:
    (inside.home / "urls").write_text('https://a.example/ one\nHTTPS://A.example:443 "two"\nhttps://b.example/\n')
    assert inside.run("feed", "import", "urls").out == "urls: 2 feeds added, 1 known already\n"
    inside.run("feed", "remove", "1")
    (inside.home / "urls").write_text("https://a.example/\nhttps://b.example/ new\n")
    assert inside.run("feed", "import", "urls").out == "urls: 1 feed added, 1 known already\n"
    assert rows(inside.store, "SELECT topic, removed_at FROM feed ORDER BY id") == [("one", None), ("", None)]


def test_addresses_on_this_network_need_a_word(inside: Inside) -> None:
    (inside.home / "x.opml").write_text(
        opml('<outline xmlUrl="http://127.0.0.1:8/feed"/><outline xmlUrl="http://a.example/"/>')
    )
    ran = inside.run("import", "x.opml")
    assert ran.code == 7
    assert ran.out == "x.opml: 1 feed added, 1 refused\n"
    assert ran.err == (
        "x.opml:1: it is an address on this network (http://127.0.0.1:8/feed)\n"
        "giveback: 1 entry refused (--allow-private takes those on this network)\n"
    )
    assert inside.run("import", "x.opml", "--allow-private").code == 0
    assert rows(inside.store, "SELECT url, allow_private FROM feed ORDER BY id") == [
        ("http://a.example/", 0),
        ("http://127.0.0.1:8/feed", 1),
    ]


def test_json_and_files_that_are_no_lists(inside: Inside) -> None:
    (inside.home / "x.opml").write_text(
        opml('<outline xmlUrl="file:///x"/><outline type="link" url="https://a.example/"/>')
    )
    ran = inside.run("feed", "import", "x.opml", "--json")
    assert json.loads(ran.out) == [
        {
            "file": "x.opml",
            "feeds": {"added": 0, "known": 0},
            "rejected": [{"line": 1, "reason": "it is a file: giveback feed add FILE"}],
            "passed_over": 1,
        }
    ]
    (inside.home / "empty").touch()
    ran = inside.run("feed", "import", "empty")
    assert (ran.code, ran.err) == (2, "giveback: empty is empty (give an OPML file, or newsboat's urls file)\n")
    assert inside.run("feed", "import", "none").code == 2


def test_export_of_an_empty_store_is_opml(inside: Inside) -> None:
    found = recognise(inside.run("feed", "export").out.encode(), "x")
    assert found is not None
    assert not found.feeds
