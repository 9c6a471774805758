"""Saved pages of other services."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.reading.bookmarks import BROKEN, Bookmarks, mapping, read_time, recognise
from giveback.text import clean_line, clean_text
from reading_helpers import Inside, page, rows, serving, values

if TYPE_CHECKING:
    from pathlib import Path

POCKET = (
    "title,url,time_added,tags,status\r\n"
    "Holes & reels,https://creek.example/holes?utm_source=pocket,1700000000,fishing|to give,unread\r\n"
    "https://b.example/x,https://b.example/x,1600000000,,archive\r\n"
    ",javascript:alert(1),1600000000,,archive\r\n"
)
RAINDROP = (
    "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"
    '1,"Gas, again",for Ana,A terminal is planned.,https://c.example/gas,Energy,"lng, oil",'
    "2024-05-06T07:08:09.123Z,,,false\n"
)
INSTAPAPER = (
    "URL,Title,Selection,Folder,Timestamp\n"
    "https://d.example/1,One,,Unread,1500000000\nhttps://d.example/2,Two,Some <b>words</b>,Starred,oops\n"
)
READWISE = (
    "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\n"
    "Long read,https://e.example/long,01h,\"['jazz', 'to give']\",2023-04-05 06:07:08+00:00,0.5,later,True\n"
)
NETSCAPE = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE><H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1">Fishing &amp; boats</H3>
    <DL><p>
        <DT><A HREF="https://f.example/a?x=1&amp;y=2" ADD_DATE="1650000000" TAGS="bass,lake">A &lt;b&gt; Z</A>
        <DD>A note about it.
        <DT><A HREF="place:sort=8">Recent</A>
    </DL><p>
    <DT><A HREF="javascript:void(0)">Marklet</A>
    <DT><A HREF="ftp://f.example/">Old</A>
    <DT><A HREF=https://g.example/ ADD_DATE=1650000000000000>Plain</A>
</DL>
"""


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


def read(text: str) -> Bookmarks:
    found = recognise(text.encode(), "x")
    assert found is not None
    return found


def test_services_are_told_by_their_columns() -> None:
    pocket = read(POCKET)
    assert [(one.title, one.url, one.tags) for one in pocket.rows] == [
        ("Holes & reels", "https://creek.example/holes?utm_source=pocket", ("fishing", "to give")),
        ("https://b.example/x", "https://b.example/x", ()),
    ]
    assert pocket.rows[0].saved == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert [(one.line, one.reason) for one in pocket.refused] == [(4, "it has no web address")]
    assert pocket.passed_over == ["status"]
    (gas,) = read(RAINDROP).rows
    assert (gas.title, gas.tags, gas.summary) == (
        "Gas, again",
        ("lng", "oil", "Energy"),
        "A terminal is planned.\n\nfor Ana",
    )
    assert gas.saved == datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)
    instapaper = read(INSTAPAPER)
    assert [one.tags for one in instapaper.rows] == [("Unread",)]
    assert [one.reason for one in instapaper.refused] == ["its date cannot be read: oops"]
    (long,) = read(READWISE).rows
    assert (long.tags, long.saved) == (("jazz", "to give"), datetime(2023, 4, 5, 6, 7, 8, tzinfo=UTC))


def test_bookmarks_of_browsers() -> None:
    found = read(NETSCAPE)
    assert [(one.line, one.url, one.title, one.tags, one.summary) for one in found.rows] == [
        (7, "https://f.example/a?x=1&y=2", "A <b> Z", ("bass", "lake", "Fishing & boats"), "A note about it."),
        (13, "https://g.example/", "Plain", (), ""),
    ]
    assert found.rows[0].saved == found.rows[1].saved == datetime(2022, 4, 15, 5, 20, tzinfo=UTC)
    assert [(one.line, one.reason) for one in found.refused] == [(12, "it has no web address")]
    assert read(found.write(found.refused)).refused[0].cells == found.refused[0].cells


@pytest.mark.parametrize(
    "text",
    ["", "name,url,title\nAna,https://a.example,Boss\n", "date,name,kind,text\n2026-01-01,Ana,gave,x\n", "a,b\n1,2\n",
     "<html><body><a href='https://a.example'>x</a></body></html>", "url,author\nhttps://a.example,x\n"],
)  # fmt: skip
def test_other_files_are_no_bookmarks(text: str) -> None:
    assert recognise(text.encode(), "x") is None


def test_columns_may_be_named() -> None:
    text = "Web;Bezeichnung;Wann;Schlagwort\nhttps://a.example/;Ein Titel;2024-01-02;Angeln\n"
    assert recognise(text.encode(), "x") is None
    found = recognise(text.encode(), "x", mapping("url=web, title=Bezeichnung,saved=Wann,tags=Schlagwort"))
    assert found is not None
    assert [(one.title, one.tags, str(one.saved)) for one in found.rows] == [
        ("Ein Titel", ("Angeln",), "2024-01-02 00:00:00+00:00")
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    {
        "1700000000": 1_700_000_000, "1700000000000": 1_700_000_000, "1700000000000000": 1_700_000_000,
        "1700000000.0": 1_700_000_000, "2023-11-14T22:13:20Z": 1_700_000_000, "2023-11-14 22:13:20": 1_700_000_000,
        "0": None, "yesterday": None, "1066-10-14": None, "9" * 16: None,
    }.items(),
)  # fmt: skip
def test_times(said: str, expected: int | None) -> None:
    found = read_time(said)
    assert (None if found is None else found.timestamp()) == expected


@given(st.text(), st.text("<>AaHhRrEeFf='\" /dtlpTDL&;:", max_size=80))
def test_any_file_is_read_without_harm(text: str, more: str) -> None:
    for source in (f"url,title\n{text}", f"<!DOCTYPE NETSCAPE-Bookmark-file-1><DL>{more}{text}", text):
        found = recognise(source.encode("utf-8", "ignore"), "x")
        for one in found.rows if found else ():
            assert one.url.startswith(("http://", "https://"))
            assert one.title == clean_line(one.title)
            assert one.summary == clean_text(one.summary)


# The command


def test_pages_become_articles_saved_when_they_were(inside: Inside) -> None:
    (inside.home / "pocket.csv").write_text(POCKET)
    ran = inside.run("import", "pocket.csv")
    assert ran.code == 7
    assert ran.out == "pocket.csv: 2 articles added, 1 row rejected\n"
    assert "pocket.csv:4: it has no web address" in ran.err
    assert rows(inside.store, "SELECT url, title, source, saved_at, first_seen_at FROM article ORDER BY id") == [
        ("https://creek.example/holes", "Holes & reels", "creek.example", *["2023-11-14T22:13:20Z"] * 2),
        ("https://b.example/x", "https://b.example/x", "b.example", *["2020-09-13T12:26:40Z"] * 2),
    ]
    assert values(inside.store, "SELECT tag FROM article_tag ORDER BY id") == ["fishing", "to give"]
    (rejects,) = inside.home.glob("**/pocket.rejects.csv")
    assert rejects.read_text() == (
        "reason,title,url,time_added,tags,status\nit has no web address,,javascript:alert(1),1600000000,,archive\n"
    )
    mended = rejects.read_text().replace("javascript:alert(1)", "https://c.example/")
    rejects.write_text(mended)
    assert inside.run("import", str(rejects)).out == "pocket.rejects.csv: 1 article added\n"


def test_what_is_known_is_kept_once_and_one_undo_takes_all_back(inside: Inside) -> None:
    (inside.home / "p.csv").write_text(POCKET.replace(",javascript:alert(1),1600000000,,archive\r\n", ""))
    (inside.home / "b.html").write_text(NETSCAPE.replace("ftp:", "https:"))
    (inside.home / "again.csv").write_text("url,title,tags\nhttp://www.creek.example/holes/,Other title,bass|FISHING\n")
    assert inside.run("import", "p.csv", "b.html", "--dry-run").out.startswith("dry run: p.csv: 2 articles added\n")
    assert values(inside.store, "SELECT count(*) FROM article") == [0]
    assert inside.run("import", "p.csv", "b.html").out == "p.csv: 2 articles added\nb.html: 3 articles added\n"
    before = rows(inside.store, "SELECT * FROM article ORDER BY id")
    ran = inside.run("import", "again.csv", "--json")
    assert json.loads(ran.out)[0]["articles"] == {"added": 0, "known": 1}
    assert rows(inside.store, "SELECT * FROM article ORDER BY id") == before
    assert values(inside.store, "SELECT tag FROM article_tag WHERE article_id = 1 ORDER BY id") == [
        "fishing",
        "to give",
        "bass",
    ]
    assert [one["title"] for one in json.loads(inside.run("articles", "--topic", "fishing", "--json").out)] == [
        "Holes & reels"
    ]
    inside.run("undo")
    assert values(inside.store, "SELECT tag FROM article_tag WHERE article_id = 1 ORDER BY id") == [
        "fishing",
        "to give",
    ]
    inside.run("undo")
    assert values(inside.store, "SELECT count(*) FROM article") == [0]


def test_unknown_tables_say_how_to_map_their_columns(inside: Inside) -> None:
    (inside.home / "x.csv").write_text("Link,Name of it\nhttps://a.example/,One\nhttps://b.example/,Two\n")
    ran = inside.run("import", "x.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "'Link', 'Name of it'" in ran.err
    assert '--map "url=…,title=…"' in ran.err
    assert inside.run("import", "x.csv", "--map", "url=Link,title=Name of it").out == "x.csv: 2 articles added\n"
    assert values(inside.store, "SELECT title FROM article ORDER BY id") == ["One", "Two"]
    for wrong in ("url=None", "link=Link", "title=Link", "url"):
        ran = inside.run("import", "x.csv", "--map", wrong)
        assert (ran.code, ran.out) == (2, ""), wrong


def test_texts_are_fetched_on_request(inside: Inside) -> None:
    paragraph = "<p>The creek below the mill holds bass from May on, and hardly anybody fishes it before breakfast.</p>"
    with serving() as server:
        server.answers["/a"] = page("<title>Holes</title><html lang=en>", body=f"<article>{paragraph * 3}</article>")
        server.answers["/login"] = page("<title>Sign in</title>", body="<form><input type=password></form>")
        table = "url,title\n" + "".join(f"{server.url}/{name},Saved title\n" for name in ("a", "login", "none"))
        (inside.home / "x.csv").write_text(table)
        inside.patch.setenv("GIVEBACK_FETCH_PAUSE", "0")
        ran = inside.run("import", "x.csv", "--fetch", "--allow-private")
        assert (ran.code, ran.out) == (0, "x.csv: 3 articles added\n")
        assert server.requests[0][0] == "/robots.txt"
        assert "1 text fetched, 2 not" in ran.err
        assert f"{server.url}/login: it is a login page, not the article" in ran.err
        assert f"{server.url}/none: answered 404" in ran.err
    assert values(inside.store, "SELECT title FROM article ORDER BY id") == ["Holes", "Saved title", "Saved title"]
    assert "bass from May on" in values(inside.store, "SELECT text FROM article WHERE id = 1")[0]
    assert values(inside.store, "SELECT count(*) FROM identity_new") == [1]


def test_a_hostile_export(inside: Inside) -> None:
    nasty = "Holes\u202e\x1b[2J [bold]x[/bold]"
    (inside.home / "x.csv").write_text(
        f'url,title,tags,note\nhttps://a.example/,"{nasty}","{nasty}","{nasty}"\n,{nasty},,\n'
    )
    ran = inside.run("import", "x.csv")
    shown = [ran, inside.run("articles"), inside.run("read", "1"), inside.run("undo", "--list")]
    for _, out, err in shown:
        assert all(character.isprintable() or character == "\n" for character in out + err)
    assert values(inside.store, "SELECT title FROM article") == ["Holes [bold]x[/bold]"]


@pytest.mark.parametrize("cell", ["x" * 140_000, '"' + "never closed\n" * 12_000])
def test_a_row_that_cannot_be_taken_apart_is_told(cell: str) -> None:
    table = f"title,url,time_added,tags,status\n{cell},https://e.example/1,,,\nTwo,https://e.example/2,,,\n"
    found = recognise(table.encode(), "pocket.csv")
    assert found is not None
    assert (found.refused[0].line, found.refused[0].reason) == (2, BROKEN)
    assert found.rows[-1].title == "Two"
    assert BROKEN in found.write(found.refused)
