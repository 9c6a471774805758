"""Saving pages: from an address, a file, standard input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyperclip
import pytest

from reading_helpers import Inside, page, rows, serving, values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Giveback
    from loopback import Server

PARAGRAPHS = "".join(
    f"<p>{text}</p>"
    for text in (
        "The creek below the mill holds bass from May on, and hardly anybody fishes it before breakfast time.",
        "Cast upstream of the old bridge, let the lure sink, and retrieve it slowly along the weeds on the far bank.",
        "When the sun reaches the water the fish move under the willows, where a topwater lure still brings a few.",
    )
)
BODY = f"<article><h1>Fishing holes</h1>{PARAGRAPHS}</article>"
HEAD = '<title>Fishing holes</title><meta property="og:site_name" content="The Creek">'
SOURCE = f"<!doctype html><html lang='en'><head>{HEAD}</head><body>{BODY}</body></html>"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(tmp_path, monkeypatch, capsys)


def test_a_page_by_its_address(inside: Inside, server: Server) -> None:
    server.answers["/holes"] = page(HEAD, body=BODY)
    url = f"{server.url}/holes?utm_source=mail#top"
    saved = "1 · Fishing holes · The Creek\n"
    assert inside.run("save", url, "--allow-private", "--dry-run") == (
        0,
        "dry run: saved · Fishing holes · The Creek\n",
        "",
    )
    assert values(inside.store, "SELECT count(*) FROM article") == [0]
    assert inside.run("save", url, "--allow-private") == (0, f"saved {saved}", "")
    assert inside.run("save", url, "--allow-private") == (0, f"updated {saved}", "")
    assert rows(inside.store, "SELECT url, title, source, first_seen_at, saved_at FROM article") == [
        (f"{server.url}/holes", "Fishing holes", "The Creek", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z")
    ]
    assert values(inside.store, "SELECT count(*) FROM ranking_new") == [0]
    ran = inside.run("save", url, "--allow-private", "--title", "\x1b[2J Holes \u202e", "--json")
    assert json.loads(ran.out) == {"id": 1, "title": "Holes", "url": f"{server.url}/holes", "new": False, "note": None}
    inside.run("undo")
    assert values(inside.store, "SELECT title FROM article") == ["Fishing holes"]


def test_a_file_and_standard_input(inside: Inside) -> None:
    (inside.home / "a page.html").write_text(SOURCE)
    assert inside.run("save", "a page.html").out == "saved 1 · Fishing holes · The Creek\n"
    assert inside.run("save", (inside.home / "a page.html").as_uri()).out.startswith("updated 1")
    assert inside.run("save", "-", "--url", "https://creek.example/holes", stdin=SOURCE).out.startswith("saved 2")
    assert inside.run("save", stdin="Plain words\n\nabout a creek.").out == "saved 3 · Plain words\n"
    urls = values(inside.store, "SELECT url FROM article ORDER BY id")
    assert urls[1] == "https://creek.example/holes"
    assert urls[0].startswith("urn:giveback:")
    assert urls[2].startswith("urn:giveback:")
    assert urls[0] != urls[2]
    inside.run("undo")
    assert values(inside.store, "SELECT count(*) FROM article") == [2]


def test_what_cannot_be_saved(inside: Inside, server: Server) -> None:
    server.answers["/script"] = page(body="<script>app()</script>")
    (inside.home / "photo.html").write_bytes(b"\x89PNG\r\n")
    url = f"{server.url}/script"
    nothing = "there is nothing to read on it"
    said = {
        (url, "--allow-private"): (7, f"{url}: {nothing} (pages made by scripts alone cannot be read)"),
        (url,): (6, f"{url}: points to a private address (--allow-private permits it)"),
        ("photo.html",): (7, "photo.html: it is an image, not a web page"),
        ("-",): (7, "standard input: it is empty"),
        ("none.html",): (2, "there is no file none.html (give an address or an existing file)"),
        ("-", "--url", "javascript:1"): (
            2,
            "'javascript:1' is not a web address (an address starts with http:// or https://)",
        ),
    }  # fmt: skip
    for arguments, (code, message) in said.items():
        assert inside.run("save", *arguments) == (code, "", f"giveback: {message}\n")
    assert not list(inside.home.glob("*.db"))


@pytest.mark.parametrize(
    "source",
    [
        "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title></feed>",
        '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [{"content_html": "<p>Words</p>"}]}',
    ],
)
def test_a_feed_is_no_article(inside: Inside, source: str) -> None:
    said = "giveback: standard input: it is a feed, not an article (giveback feed add takes its address)\n"
    assert inside.run("save", "--anyway", stdin=source) == (7, "", said)
    quoting = SOURCE.replace("<article>", "<article><textarea><rss version='2.0'></textarea>")
    assert inside.run("save", stdin=quoting).code == 0  # a page about feeds is not one


def test_standard_input_is_bytes(giveback: Giveback) -> None:
    source = SOURCE.replace("<head>", "<head><meta charset='windows-1252'>").replace("The Creek", "Café")
    done = giveback.run("save", stdin=source)
    assert done == (0, "saved 1 · Fishing holes · Café\n", "")


def test_what_stands_in_the_place_of_an_article_is_told(inside: Inside) -> None:
    login = "<title>Sign in</title><form><input type=password></form>"
    ran = inside.run("save", stdin=f"<html><head>{login}</head></html>")
    assert (ran.code, ran.out) == (7, "")
    assert ran.err.startswith("giveback: standard input: it is a login page, not the article (open it in the browser")
    teaser = SOURCE.replace("</body>", "<p>Subscribe to continue reading</p></body>")
    ran = inside.run("save", stdin=teaser)
    said = "only its beginning can be read, the rest is for subscribers"
    assert ran == (0, "saved 1 · Fishing holes · The Creek\n", f"{said}\n")
    assert json.loads(inside.run("save", "--json", stdin=teaser).out)["note"] == said
    ran = inside.run("save", "--anyway", "--title", "Mine", stdin=f"<html><body>{login} Words</body></html>")
    assert ran.out == "saved 2 · Mine\n"


def test_one_article_however_its_address_is_written(inside: Inside, server: Server) -> None:
    canonical = '<link rel="canonical" href="/holes">'
    server.answers |= {"/holes": page(HEAD, body=BODY), "/holes/amp": page(HEAD, canonical, body=BODY)}
    server.answers["/teaser"] = page(HEAD, canonical, body=BODY.replace(PARAGRAPHS, PARAGRAPHS[:250] + "</p>"))
    server.answers["/holes/"] = server.answers["/holes"]
    assert inside.run("save", f"{server.url}/holes", "--allow-private").out.startswith("saved 1")
    for path in ("/holes/?utm_medium=x", "/holes/amp", "/holes?amp=1", "/teaser"):
        assert inside.run("save", server.url + path, "--allow-private").out.startswith("updated 1"), path
    assert values(inside.store, "SELECT url FROM article") == [f"{server.url}/holes"]


@pytest.mark.parametrize("copied", ["address", "text", "page", "", None])
def test_the_clipboard(inside: Inside, server: Server, copied: str | None) -> None:
    server.answers["/holes"] = page(HEAD, body=BODY)
    texts = {
        "address": f" {server.url}/holes\n",
        "text": "Bass\n\nlike https://creek.example very much.",
        "page": SOURCE,
        "": "",
    }

    def paste() -> str:
        if copied is None:
            raise pyperclip.PyperclipException
        return texts[copied]

    inside.patch.setattr(pyperclip, "paste", paste)  # there is no clipboard where tests run
    ran = inside.run("save", "--from-clipboard", "--allow-private")
    expected = {"address": "saved 1 · Fishing holes · The Creek\n", "text": "saved 1 · Bass\n"}
    assert ran.out == (expected | {"page": expected["address"]}).get(copied or "", "")
    assert ran.code == (0 if copied else 2)
    assert inside.run("save", "x.html", "--from-clipboard").code == 2


def test_a_page_that_holds_little(inside: Inside) -> None:
    head = "<title>Members only</title><meta name='description' content='A creek for members.'>"
    ran = inside.run("save", stdin=f"<html><head>{head}</head><body></body></html>")
    assert (ran.code, ran.out) == (0, "saved 1 · Members only\n")
    assert ran.err.startswith("only its title and description could be read")


def test_a_hostile_page(inside: Inside) -> None:
    nasty = "Holes\u202e\x9b2J &#x9b;1m&#x202e; [bold]x[/bold]\r\n"
    source = SOURCE.replace("Fishing holes", nasty).replace("The Creek", nasty)
    ran = inside.run("save", stdin=source)
    shown = [ran, inside.run("articles"), inside.run("articles", "--json"), inside.run("read", "1")]
    shown.append(inside.run("undo", "--list"))
    for code, out, err in shown:
        assert code == 0
        assert all(character.isprintable() or character == "\n" for character in out + err)
        assert "[bold]x[/bold]" in out
    text = "".join(str(row) for row in rows(inside.store, "SELECT title, source, author, summary, text FROM article"))
    assert "\\x" not in text
    assert "\\u" not in text
