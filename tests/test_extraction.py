"""Pages to articles."""

from __future__ import annotations

import collections
import gzip
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from giveback.reading.extraction import extract_page
from giveback.reading.values import NotAPageError
from giveback.text import words

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PARAGRAPH = "The reservoir had been quiet for weeks, and nobody on the bank expected the bass to bite before noon. "
PAGE = f"""<!doctype html><html lang="en-US"><head><title>Fishing holes | The Angler</title>
<meta property="og:title" content="Ten fishing holes"><meta property="og:site_name" content="The Angler">
<meta name="description" content="Where to go this spring.\x1b]0;x\x07">
<meta name="author" content="Ann Example"><meta property="article:published_time" content="2026-03-04T05:06:07+01:00">
<link rel="canonical" href="/holes"></head><body><nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<article><h1>Ten fishing holes</h1><p>{PARAGRAPH * 2}</p><p>Second: {PARAGRAPH * 3}</p></article>
<script>alert("no")</script><footer>Copyright, all rights reserved</footer></body></html>"""


def test_an_article() -> None:
    page = extract_page(PAGE.encode(), "https://www.angler.example/holes?utm_source=x", now=NOW)
    assert page.title == "Ten fishing holes"
    assert (page.author, page.site, page.language) == ("Ann Example", "The Angler", "en")
    assert page.summary.startswith("Where to go this spring.")
    assert page.summary.isprintable()
    assert page.url == "https://www.angler.example/holes"
    assert page.published == datetime(2026, 3, 4, 4, 6, 7, tzinfo=UTC)
    assert "Second: The reservoir" in page.text
    assert "alert" not in page.text
    assert "About us" not in page.text


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://m.angler.example/holes", "https://m.angler.example/holes"),
        ("https://elsewhere.example/holes", "https://www.angler.example/a"),
        ("https://www.angler.example/", "https://www.angler.example/a"),
        ("javascript:alert(1)", "https://www.angler.example/a"),
    ],
)
def test_only_a_believable_canonical_address_counts(canonical: str, url: str) -> None:
    page = PAGE.replace("/holes", canonical)
    assert extract_page(page.encode(), "https://www.angler.example/a", now=NOW).url == url


def test_a_saved_file_takes_the_address_it_names() -> None:
    page = PAGE.replace('href="/holes"', 'href="https://www.angler.example/holes"').encode()
    assert extract_page(page, "file:///home/ann/page.html", now=NOW).url == "https://www.angler.example/holes"
    assert extract_page(PAGE.encode(), "file:///home/ann/page.html", now=NOW).url == "file:///home/ann/page.html"


def test_without_main_text_title_and_description_remain() -> None:
    head = '<title>A film</title><meta property="og:description" content="About a river.">'
    page = extract_page(f"<html><head>{head}</head><body></body></html>".encode(), "https://e.example/", now=NOW)
    assert (page.title, page.summary, page.text) == ("A film", "About a river.", "")


def test_dates_in_the_future_are_not_believed() -> None:
    page = extract_page(PAGE.replace("2026-03-04", "2099-03-04").encode(), "https://e.example/", now=NOW)
    assert page.published is None


def test_plain_text_is_a_page() -> None:
    page = extract_page(b"A title\n\nFirst line.\nSecond <b>line</b>.", "https://e.example/a.txt", "text/plain")
    assert (page.title, page.text) == ("A title", "First line.\nSecond <b>line</b>.")


def test_encodings_and_gzip() -> None:
    page = PAGE.replace("reservoir", "réservoir").replace("<title>", '<meta charset="iso-8859-1"><title>')
    for body in (page.encode("latin-1"), page.encode(), gzip.compress(page.encode()), page.encode("utf-16")):
        assert "The réservoir had" in extract_page(body, "https://e.example/", now=NOW).text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x1f\x8bbroken", "compression"),
        (gzip.compress(bytes(11_000_000)), "larger than 10 MB"),
        (b"<html><body><div id=app></div></body></html>", "nothing to read"),
        (b"<html><head><title>Log in</title></head><body></body></html>", "nothing to read"),
        (b"<p>" * 100_001, "elements"),
        (b"<div>" * 5_000, "nothing to read"),
        (bytes(range(128, 256)) * 20, ""),
    ],
)
def test_what_is_no_page_is_told(body: bytes, reason: str) -> None:
    try:
        page = extract_page(body, "https://e.example/", now=NOW)
    except NotAPageError as error:
        assert reason in error.message  # noqa: PT017  # bytes that happen to be text may pass
    else:
        assert not reason
        assert page.title.isprintable()


@pytest.mark.corpus
def test_real_pages(corpora: Path) -> None:
    """Token F1 of main texts is .96 or more; phrases, titles and languages are as stated; walls are told, no more."""
    scores: list[float] = []
    phrases: list[bool] = []
    titles: list[bool] = []
    noted = []
    for line in (corpora / "articles" / "expected.jsonl").read_text().splitlines():
        expected = json.loads(line)
        (file,) = (corpora / "articles" / "html").glob(expected["id"] + "*")
        page = extract_page(file.read_bytes(), expected["url"], now=NOW)
        stated = expected["stated"]
        titles += [says_one_of(page.title, stated)] if stated else []
        assert page.language in {"", (stated.get("lang") or "")[:2].lower()} or not stated.get("lang")
        if page.note:
            noted.append(expected["url"].split("/")[2])
        if expected["gold"] == "full":
            scores.append(f1((corpora / "articles" / "gold" / f"{expected['id']}.txt").read_text(), page.text))
        else:
            said = " ".join(page.text.split())
            phrases += [" ".join(phrase.split()) in said for phrase in expected.get("must_have", ())]
            phrases += [" ".join(phrase.split()) not in said for phrase in expected.get("must_not_have", ())]
    assert sum(scores) / len(scores) >= 0.96
    assert sum(phrases) / len(phrases) >= 0.92
    assert sum(titles) / len(titles) >= 0.98
    assert noted == ["www.wsj.com", "www.wsj.com"]  # collected without a subscription


def says_one_of(title: str, stated: dict[str, str]) -> bool:
    """Whether a title has the words of one that the page states, but for a site's name before or behind it."""
    ours = set(words(title))
    theirs = [set(words(mended(stated.get(name) or ""))) for name in ("title_tag", "og_title", "h1", "jsonld_headline")]
    return any(other and (ours <= other or other <= ours) for other in theirs)


def mended(text: str) -> str:
    """Undo UTF-8 that the expected values read as windows-1252."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def f1(gold: str, text: str) -> float:
    ours, theirs = (collections.Counter(re.findall(r"\w+", t.lower())) for t in (text, gold))
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


@pytest.mark.parametrize("control", ["\x1b", "&#27;", "&#x1B;", "&#0;", "\x00", "&#8;", "&#X0b"])
def test_a_control_character_does_not_hide_the_article(control: str) -> None:
    words = "The orchid\u2019s second flower comes in March, if the nights are cool. " * 8
    article = f"<article><p>&#8217;{words}{control}</p></article>"
    page = f"<html><title>Orchids{control} twice</title><body>{article}</body></html>"
    found = extract_page(page.encode(), "https://example.com/orchid")
    assert found.text.startswith("\u2019The orchid\u2019s second flower")
    assert found.title == "Orchids twice"
