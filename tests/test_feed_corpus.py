"""Every feed of the corpora, served over the loopback, comes into the store as it should."""

from __future__ import annotations

import json
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from corpus_exceptions import NOT_FEEDS, OTHER_TITLES, REFUSED
from giveback.reading.addresses import canonical_url
from giveback.reading.feeds import look_at
from giveback.reading.identity import address_key
from loopback import answer
from reading_helpers import add_feeds, bring, check_sound, rows, serving, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from giveback.dates import Now
    from giveback.reading.fetching import Outcome
    from loopback import Server

pytestmark = pytest.mark.corpus

TYPES = {
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".json": "application/feed+json",
    ".html": "text/html",
    ".gz": "application/gzip",
}
OTHER_LINKS = {
    "scriptingnews.rss": "a day's entries are on one page: all but the first keep their fragment",
    "daringfireball.json": "what it says first, daringfireball.atom says too: one article, at the address that came first",
    "daringfireball.atom": "the same",
}


@pytest.fixture(autouse=True)
def one_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients load one certificate instead of 140, 20 ms each time; the feeds come by plain HTTP."""
    import certifi

    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----\n")
    (tmp_path / "one.pem").write_text(first + end, "utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "one.pem"))


@contextmanager
def served(files: Iterable[Path]) -> Iterator[Server]:
    with serving() as server:
        for file in files:
            kind = TYPES.get(file.suffix, "application/xml")
            name = file.as_posix().partition("/corpora/feeds/")[2]
            server.answers[f"/{name}"] = answer("200 OK", file.read_bytes(), f"Content-Type: {kind}")
        yield server


def expected(corpora: Path, *folders: str) -> dict[str, dict[str, Any]]:
    lines = (corpora / "feeds" / "expected.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return {row["file"].partition("/")[2]: row for row in found if row["file"].split("/")[1] in folders}


def path_of(url: str) -> str:
    return "/".join(url.split("/")[3:])


def is_feed(name: str) -> bool:
    return name.rpartition("/")[2] not in NOT_FEEDS


def fetched(server: Server, store: str, now: Now) -> dict[str, Outcome]:
    """Fetch everything that is served, all in one; outcomes by path."""
    add_feeds(store, now, *(server.url + path for path in server.answers if path != "/feed"))
    outcomes = bring(store, now, timeout=60.0)
    return {path_of(outcome.feed.url): outcome for outcome in outcomes}


def check_clean(store: str) -> None:
    """No text in the store holds a character that a terminal obeys."""
    lines = "SELECT title || author || source || url FROM article UNION SELECT title || site || url || error FROM feed"
    for text in [*values(store, lines), *values(store, "SELECT guid FROM feed_entry")]:
        assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in "\u202e\u2066\ufeff"]
    for text in values(store, "SELECT summary || text FROM article"):
        assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c != "\n"]


def test_real_feeds(corpora: Path, store: str, now: Now) -> None:
    wanted = expected(corpora, "real", "gov")
    with served(corpora / "feeds" / name for name in wanted) as server:
        looked = [look_at(f"{server.url}/{name}", allow_private=True) for name in wanted if is_feed(name)]
        outcomes = fetched(server, store, now)
    assert [path_of(found.url) for found in looked] == list(filter(is_feed, wanted))
    assert {name.partition("/")[2] for name, outcome in outcomes.items() if outcome.failure} == set(NOT_FEEDS)
    sql = (
        "SELECT f.url, a.title, a.url FROM feed_entry e JOIN feed f ON f.id = e.feed_id"
        " JOIN article a ON a.id = e.article_id ORDER BY e.id DESC"
    )
    stored: dict[str, list[tuple[str, str]]] = {}
    for url, title, link in rows(store, sql):
        stored.setdefault(path_of(url), []).append((title, link))
    wrong = {name: stored.get(name, [])[:1] for name, row in wanted.items() if not is_right(row, stored.get(name, []))}
    assert wrong == {}
    check_clean(store)
    check_sound(store)


def is_right(row: dict[str, Any], articles: list[tuple[str, str]]) -> bool:
    """Whether the first article of a feed is what lxml finds first."""
    name = row["file"].rpartition("/")[2]
    if name in NOT_FEEDS or not (row["first_title"] or row["first_link"]):
        return True
    (title, link), *_ = articles
    linked = str(row["first_link"] or "")
    return (name in OTHER_TITLES or title == (row["first_title"] or title)) and (
        name in OTHER_LINKS or not linked.startswith("http") or address_key(link) == address_key(canonical_url(linked))
    )


def test_conformance_feeds(corpora: Path, store: str, now: Now) -> None:
    wanted = expected(corpora, "conformance")
    with served(corpora / "feeds" / name for name in wanted) as server:
        outcomes = fetched(server, store, now)
        again = bring(store, now, timeout=60.0)
    read = {name for name, row in wanted.items() if row.get("entries")}
    lost = {name: outcome.failure for name, outcome in outcomes.items() if outcome.failure and name in read}
    assert lost == {}
    assert sum(bool(outcome.failure) for outcome in outcomes.values()) < 12
    assert all(outcome.unchanged or outcome.failure for outcome in again)
    check_clean(store)
    check_sound(store)


FEWER = {"missing-everything.rss": 4, "duplicate-guids.rss": 2}  # empty items; items that are the same one


def test_hostile_feeds_among_good_ones(corpora: Path, store: str, now: Now) -> None:
    folder = corpora / "feeds" / "hostile"
    notes = {note["file"]: note for note in json.loads((folder / "NOTES.json").read_text())}
    good = sorted((corpora / "feeds" / "gov").iterdir())
    with served([*(folder / name for name in notes), *good]) as server:
        outcomes = fetched(server, store, now)
        asked = {path for path, _ in server.requests}
    failures = {name.partition("/")[2]: outcome.failure for name, outcome in outcomes.items() if outcome.failure}
    assert failures == REFUSED
    assert asked == set(server.answers) - {"/feed"}  # nothing that a file names was loaded
    sql = "SELECT f.url, count(*) FROM feed_entry e JOIN feed f ON f.id = e.feed_id GROUP BY f.id"
    stored = {path_of(url).rpartition("/")[2]: count for url, count in rows(store, sql)}
    for name, note in notes.items():
        least = (note["expected_items"] or 1) - FEWER.get(name, 0)
        assert name in REFUSED or stored[name] >= least, name
    links = ["https://feeds.example/a", "https://feeds.example/b"]  # one with a slash is the first, by http
    assert values(store, "SELECT url FROM article WHERE title IN ('A', 'B', 'A again') ORDER BY url") == links
    assert not values(store, "SELECT id FROM article WHERE title || summary || text LIKE '%root:%'")
    check_clean(store)
    check_sound(store)
