"""Every feed of the corpora goes through, and says what it should."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus_exceptions import NOT_FEEDS, OTHER_TITLES, REFUSED
from giveback.reading.discovery import find_feeds, looks_like_feed
from giveback.reading.parsing import parse_feed
from giveback.reading.values import NotAFeedError, ParsedFeed
from giveback.text import clean_line, clean_text

pytestmark = pytest.mark.corpus

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://feeds.example/feed"

FEWER = {"miniflux-no_encoding_iso-8859-1.rss": "one item is empty"}
FIRST_TITLES = {
    "html-entities.rss": "Café — R&D & fish … 100% © 2025",
    "shift-jis.rss": "日本語の見出し",
    "mixed-encodings.rss": "utf8 é ok",
    "atom-many-links.atom": "Bold & more",
} | dict.fromkeys(
    (
        *("declared-utf8-is-cp1252.rss", "declared-latin1-is-utf8.rss", "declared-latin1-is-cp1252.rss"),
        *("utf16le-bom.rss", "utf16be-no-bom.rss", "utf8-bom-says-utf16.rss", "bogus-encoding-name.rss"),
    ),
    "Café “smart” \N{EN DASH} naïve €5",
)
EMPTY_ITEMS = {"missing-everything.rss": 4}


def expected(corpora: Path, *folders: str) -> list[tuple[Path, dict[str, Any]]]:
    lines = (corpora / "feeds" / "expected.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [(corpora / row["file"], row) for row in rows if row["file"].split("/")[1] in folders]


def parse(file: Path) -> ParsedFeed:
    return parse_feed(file.read_bytes(), URL, now=NOW)


def check_clean(feed: ParsedFeed) -> None:
    assert feed.title.isprintable()
    assert feed.warning.isprintable()
    for entry in feed.entries:
        assert entry.title
        assert entry.guid
        assert all(text == clean_line(text, len(text) + 1) for text in (entry.title, entry.summary, entry.author))
        assert entry.text == clean_text(entry.text, len(entry.text) + 1)
        assert not entry.link or entry.link.startswith(("http://", "https://"))
        assert entry.published is None or datetime(1990, 1, 1, tzinfo=UTC) < entry.published


def test_real_feeds(corpora: Path) -> None:
    wrong = []
    for file, row in expected(corpora, "real", "gov"):
        if file.name in NOT_FEEDS:
            with pytest.raises(NotAFeedError):
                parse(file)
            continue
        feed = parse(file)
        check_clean(feed)
        first = feed.entries[0] if feed.entries else None
        if row["first_title"] and file.name not in OTHER_TITLES:
            wrong += [file.name] if not first or first.title != row["first_title"] else []
        link = row["first_link"]
        if link and link.startswith("http"):
            wrong += [file.name] if not first or first.link != link else []
        elif link:
            assert first
            assert first.link == f"https://feeds.example/{link.lstrip('/')}"
        if len(feed.entries) < row["entries"] and file.name not in FEWER:
            wrong.append(file.name)
    assert wrong == []


def test_conformance_feeds(corpora: Path) -> None:
    refused = []
    for file, row in expected(corpora, "conformance"):
        assert looks_like_feed(file.read_bytes()) or not row.get("entries") or row["format"] == "json"
        try:
            feed = parse(file)
        except NotAFeedError:
            refused.append((file.name, row.get("entries")))
            continue
        check_clean(feed)
        assert len(feed.entries) >= max(row.get("with_title") or 0, row.get("with_link") or 0) - 2
    assert not [name for name, entries in refused if entries]
    assert len(refused) < 12


def test_hostile_feeds(corpora: Path) -> None:
    folder = corpora / "feeds" / "hostile"
    for note in json.loads((folder / "NOTES.json").read_text()):
        name = note["file"]
        if name in REFUSED:
            with pytest.raises(NotAFeedError) as caught:
                parse(folder / name)
            assert caught.value.message == REFUSED[name]
            continue
        feed = parse(folder / name)
        check_clean(feed)
        assert len(feed.entries) >= (note["expected_items"] or 1) - EMPTY_ITEMS.get(name, 0), name
        if name in FIRST_TITLES:
            assert feed.entries[0].title == FIRST_TITLES[name]


def test_hostile_feeds_show_nothing_of_this_machine(corpora: Path) -> None:
    folder = corpora / "feeds" / "hostile"
    for name in ("xxe-file.rss", "xxe-parameter.rss", "xxe-http.rss", "xinclude.rss", "external-dtd.rss"):
        assert "root:" not in repr(parse(folder / name))
    bombs = [parse(folder / name) for name in ("billion-laughs.rss", "quadratic-blowup.rss")]
    assert max(len(repr(bomb)) for bomb in bombs) < 10_000  # the names of the entities, not what they stand for
    (active,) = parse(folder / "html-active-content.rss").entries
    assert "alert" not in active.summary
    assert "display" not in active.summary
    many, *_ = parse(folder / "atom-many-links.atom").entries
    assert many.link == "https://feeds.example/right"
    unsafe = [entry.link for entry in parse(folder / "xml-base-javascript.atom").entries]
    assert unsafe == ["https://feeds.example/a", ""]  # what names no usable base is relative to the feed
    page = (folder / "html-with-autodiscovery.html").read_bytes()
    assert len(find_feeds(page, URL)) == 2


MEASURE = """
import resource, sys
from pathlib import Path
from giveback.reading.parsing import parse_feed
from giveback.reading.values import NotAFeedError
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
for file in Path(sys.argv[1]).iterdir():
    try:
        parse_feed(file.read_bytes(), "https://feeds.example/")
    except NotAFeedError:
        pass
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's own peak")
def test_hostile_feeds_take_little_memory(corpora: Path) -> None:
    """All of them in one process: below 300 MB, and it is not killed for its CPU time."""
    # Not ru_maxrss: that counts what the parent held when it forked.
    folder = corpora / "feeds" / "hostile"
    run = subprocess.run([sys.executable, "-c", MEASURE, folder], capture_output=True, text=True, check=True)
    assert int(run.stdout) * 1024 < 300_000_000
