"""Bulletins as a site: sound pages that load nothing, feeds that others read, addresses that stay."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import feedparser
import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletin_helpers import compiled, furnish
from conftest import Giveback
from giveback.bulletins.document import read
from giveback.bulletins.site import EARLIER, HEAVY, Issue, Site, pages
from giveback.dates import Now

if TYPE_CHECKING:
    from pathlib import Path

SITE = Site("Energy & me", "Sam Żółw", "https://example.org/energy/", "11111111-aaaa-4aaa-8aaa-111111111111")
TEXT = """\
---
language: {language}
---
# {title}

A <b>word</b> & *more*.

## Part one

### [Gas & <i>ropes</i>](https://a.example/?a=1&b=2)

*The Ledger, 3 November 2026*

> A sentence.

#### Deep

### Mine
"""


def issue(number: int, title: str = "Issue", language: str = "en", text: str = TEXT) -> Issue:
    day = date(2026, 11, 23) - timedelta(7 * number)
    return Issue(
        uuid=f"{number:08d}-aaaa-4aaa-8aaa-111111111111",
        slug=f"{day.isoformat()}-issue",
        bulletin="Energy & me",
        topic="energy",
        day=day,
        published_at=f"{day.isoformat()}T10:00:00Z",
        updated_at=f"{day.isoformat()}T11:00:00Z",
        document=read(text.replace("{title}", title).replace("{language}", language)),
    )


class Outline(HTMLParser):
    """Tags with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def html_of(made: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in made.items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages(SITE, [issue(number) for number in range(EARLIER + 5)])


def test_every_page_is_valid(made: dict[str, str]) -> None:
    for text in html_of(made).values():
        html5lib.HTMLParser(strict=True).parse(text)


def test_every_page_is_usable_by_everybody(made: dict[str, str]) -> None:
    for path, text in html_of(made).items():
        page = Outline(text)
        names = [name for name, _ in page.tags]
        assert page.all("html")[0]["lang"] == "en"
        assert [names.count(tag) for tag in ("header", "main", "footer", "h1", "title")] == [1] * 5, path
        assert all(attributes.get("aria-label") for attributes in page.all("nav"))
        assert page.all("a")[0] == {"class": "skip", "href": "#content"}
        levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_no_page_loads_anything_and_a_policy_says_so(made: dict[str, str]) -> None:
    for text in html_of(made).values():
        page = Outline(text)
        assert not {"script", "img", "iframe", "object", "form", "base"} & {name for name, _ in page.tags}
        assert not any(key.startswith("on") or key == "style" for _, attributes in page.tags for key in attributes)
        assert all(link["rel"] in ("canonical", "alternate") for link in page.all("link"))
        assert "url(" not in text
        assert "@import" not in text
        said = next(each["content"] for each in page.all("meta") if each.get("http-equiv"))
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert said == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_are_told_apart(made: dict[str, str]) -> None:
    schemes = re.findall(r":root\{([^}]*)\}", made["index.html"])
    assert len(schemes) == 3, "light, dark, print"
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+):(#\w+)", scheme))
        for ink in ("text", "quiet", "link"):
            for paper in ("page", "shade"):
                pale, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
                assert (pale + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_pages_are_light() -> None:
    item = (
        "### [A title of a usual length, as articles have them]({})\n\n*The Energy Ledger, 3 November 2026*\n\n> {}\n\n"
    )
    text = "# Energy\n\n" + "".join(item.format(f"https://a.example/{n}", "A sentence. " * 18) for n in range(30))
    made = html_of(pages(SITE, [issue(0, text=text), *(issue(number, text="# Energy") for number in range(1, 120))]))
    assert {path for path in made if path.startswith("archive-")} == {
        "archive-2026.html",
        "archive-2025.html",
        "archive-2024.html",
    }
    assert max(len(page.encode()) for page in made.values()) < HEAVY


def test_every_link_within_the_site_leads_somewhere(made: dict[str, str]) -> None:
    for path, text in html_of(made).items():
        for link in Outline(text).all("a"):
            target = str(link["href"])
            if target.startswith(("http", "#")):
                continue
            folder = "issues/" if path.startswith("issues/") and not target.startswith("../") else ""
            assert folder + target.removeprefix("../") in made, (path, target)


def test_right_to_left() -> None:
    made = pages(SITE, [issue(1, language="he")])
    assert '<html lang="he" dir="rtl">' in made["issues/2026-11-16-issue.html"]


# Feeds


def test_atom_is_read_back(made: dict[str, str]) -> None:
    found = feedparser.parse(made["atom.xml"].encode())
    assert not found.bozo
    assert (found.version, found.feed.title, found.feed.id) == ("atom10", "Energy & me", f"urn:uuid:{SITE.uuid}")
    assert (found.feed.author, found.feed.updated) == ("Sam Żółw", "2026-11-23T11:00:00Z")
    assert {link.rel: link.href for link in found.feed.links} == {
        "self": "https://example.org/energy/atom.xml",
        "alternate": "https://example.org/energy/",
    }
    entry = found.entries[0]
    assert (entry.title, entry.link) == ("Issue", "https://example.org/energy/issues/2026-11-23-issue.html")
    assert (entry.id, entry.published) == ("urn:uuid:00000000-aaaa-4aaa-8aaa-111111111111", "2026-11-23T10:00:00Z")
    assert "&lt;b&gt;word&lt;/b&gt; &amp; <em>more</em>" in entry.content[0].value


def test_json_feed_says_the_same(made: dict[str, str]) -> None:
    feed = json.loads(made["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://example.org/energy/feed.json"
    assert feed["authors"] == [{"name": "Sam Żółw"}]
    atom = feedparser.parse(made["atom.xml"].encode())
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in atom.entries]
    assert feed["items"][0]["url"] == atom.entries[0].link


def test_without_an_address_feeds_are_still_sound() -> None:
    made = pages(SITE._replace(address="", author=""), [issue(1)])
    found = feedparser.parse(made["atom.xml"].encode())
    assert not found.bozo
    assert found.entries[0].link == "issues/2026-11-16-issue.html"
    assert "url" not in json.loads(made["feed.json"])["items"][0]
    assert "canonical" not in made["index.html"]


@settings(max_examples=8)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text("<>&'\"\\/]=-![CDATA{}%", max_size=30))
def test_whatever_a_title_says_stays_text(said: str) -> None:
    from giveback.bulletins.document import examine
    from giveback.bulletins.writing import escaped
    from giveback.text import clean_line

    document, problems = examine(f"# {escaped(said)}\n")
    if document is None or problems:
        return
    made = pages(SITE._replace(title=document.title, author=clean_line(said)), [issue(1)._replace(document=document)])
    for text in html_of(made).values():
        html5lib.HTMLParser(strict=True).parse(text)
        assert Outline(text).all("script") == []
    assert feedparser.parse(made["atom.xml"].encode()).entries[0].title.split() == document.title.split()
    json.loads(made["feed.json"])


@pytest.mark.skipif(not shutil.which("newsboat"), reason="newsboat is not installed")
def test_newsboat_reads_the_feed(made: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "atom.xml").write_text(made["atom.xml"], "utf-8")
    (tmp_path / "urls").write_text(f"file://{tmp_path}/atom.xml\n", "utf-8")
    command = ["newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "/dev/null", "-x", "reload"]
    subprocess.run(command, cwd=tmp_path, env={"HOME": str(tmp_path), "TERM": "dumb"}, timeout=30, check=True)
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "cache.db")) as cache:
        titles = cache.execute("SELECT title, url FROM rss_item ORDER BY pubDate DESC").fetchall()
    assert titles[0] == ("Issue", "https://example.org/energy/issues/2026-11-23-issue.html")
    assert len(titles) == EARLIER + 5


# Publishing


@pytest.fixture(scope="module")
def with_issue(loaded_once: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with issue 1 of "Gas weekly"."""
    del loaded_once
    home = tmp_path_factory.mktemp("with-issue")
    furnish(str(home / "giveback.db"), Now(datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 23)))
    compiled(Giveback(home))
    return home


@pytest.fixture
def at_home(giveback: Giveback, with_issue: Path) -> Giveback:
    shutil.copytree(with_issue, giveback.home, dirs_exist_ok=True)
    return giveback


def test_only_what_changed_is_written_and_no_address_moves(at_home: Giveback) -> None:
    site = at_home.home / "site"
    assert at_home.run_here("bulletin", "publish", "--to", "site").code == 3, "a draft is not published by itself"
    dry = at_home.run_here("bulletin", "publish", "1", "--to", "site", "--dry-run")
    assert (dry.out, site.exists()) == ("dry run: site · 1 issue · 5 files written\n", False)
    assert at_home.run_here("bulletin", "publish", "1", "--to", "site").out == "site · 1 issue · 5 files written\n"
    again = at_home.run_here("bulletin", "publish", "--to", "site")
    assert again.out == "site · 1 issue · 0 files written, 5 unchanged\n"
    (page,) = (site / "issues").iterdir()
    assert page.name == "2026-11-23-gas-weekly.html"
    (path,) = (at_home.home / "bulletins").glob("1-*.md")
    path.write_text(path.read_text("utf-8").replace("# Gas weekly", "# Another title"), "utf-8")
    later = {"GIVEBACK_NOW": "2026-11-24T12:00:00+00:00"}
    assert at_home.run_here("bulletin", "publish", "--to", "site", env=later).code == 0
    assert [each.name for each in (site / "issues").iterdir()] == [page.name]
    assert "<h1>Another title</h1>" in page.read_text("utf-8")
    entry = feedparser.parse((site / "atom.xml").read_bytes()).entries[0]
    assert (entry.published, entry.updated) == ("2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z")


def test_a_folder_of_somebody_else_is_left_alone(at_home: Giveback) -> None:
    (at_home.home / "site").mkdir()
    (at_home.home / "site" / "index.html").write_text("mine", "utf-8")
    done = at_home.run_here("bulletin", "publish", "1", "--to", "site")
    assert (done.code, "pages that are not from here" in done.err) == (2, True)
    (at_home.home / "file").write_text("")
    assert at_home.run_here("bulletin", "publish", "1", "--to", "file").code == 2


def test_settings_are_checked(at_home: Giveback) -> None:
    for key, wrong, right in (
        ("bulletins.url", "ftp://x", "https://example.org/e"),
        ("bulletins.unsubscribe", "http://x.example/{reader}", "https://x.example/{reader}"),
        ("bulletins.unsubscribe", "https://x.example/stop", "https://x.example/?{reader}"),
        ("bulletins.language", "no language", "pt-BR"),
        ("bulletins.limit", "0", "9"),
    ):
        assert at_home.run_here("config", "set", key, wrong).code == 2
        assert at_home.run_here("config", "set", key, right).code == 0
    shown = at_home.run_here("bulletin", "publish", "1", "--to", "site")
    assert shown.err == ""
    assert 'href="https://example.org/e/"' in (at_home.home / "site" / "index.html").read_text("utf-8")
