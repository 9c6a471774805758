"""Feeds to entries: every kind, every trick, within the limits."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.reading import bounds
from giveback.reading.decoding import BrokenCompressionError, Inflater, TooLargeError, decoded
from giveback.reading.parsers import cleaning, strict, tolerant
from giveback.reading.parsing import parse_feed
from giveback.reading.values import MAX_ENTRIES, Entry, NotAFeedError, ParsedFeed
from giveback.text import clean_line, clean_text

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://feeds.example/blog/feed.xml"


def parse(text: str | bytes, content_type: str = "") -> ParsedFeed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), URL, content_type, now=NOW)


def rss(*items: str, head: str = "") -> str:
    channel = "<title>News &amp; more</title><link>/blog</link>" + "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel>{channel}</channel></rss>'


def atom(*entries: str) -> str:
    inside = "<title>News</title>" + "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{inside}</feed>'


def only(text: str | bytes) -> Entry:
    (entry,) = parse(text).entries
    return entry


# What is in a feed


def test_rss() -> None:
    feed = parse(
        rss(
            "<title>LNG prices</title><link>https://e.example/1</link><guid>g1</guid><author>Ann</author>"
            "<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate>"
            "<description>&lt;p&gt;Up &lt;b&gt;again&lt;/b&gt;.</description>"
        )
    )
    published = datetime(2026, 3, 2, 9, tzinfo=UTC)
    entry = Entry("g1", "https://e.example/1", "LNG prices", "Up again.", "", "Ann", published)
    assert feed == ParsedFeed("News & more", "https://feeds.example/blog", (entry,), "")


def test_atom() -> None:
    entry = only(
        atom(
            '<id>tag:1</id><title type="html">&lt;i&gt;Oil&lt;/i&gt; &amp;amp; gas</title><link href="../x"/>'
            "<author><name>Ann</name></author><updated>2026-03-02T10:00:00Z</updated>"
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></content>'
        )
    )
    assert entry.title == "Oil & gas"
    assert entry.link == "https://feeds.example/x"
    assert entry.summary == "One Two"
    assert entry.published == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_of_many_links_the_page_counts() -> None:
    links = (
        '<link rel="self" href="/self"/><link rel="enclosure" href="/e.mp3"/><link rel="replies" href="/r"/>'
        '<link rel="alternate" type="text/html" href="/right"/><link rel="alternate" hreflang="de" href="/de"/>'
    )
    assert only(atom(f"<title>t</title>{links}")).link == "https://feeds.example/right"


def test_rdf() -> None:
    feed = parse(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel>'
        '<item rdf:about="https://e.example/1"><title>T</title><link>https://e.example/1</link>'
        "<dc:creator>Ann</dc:creator><dc:date>2026-03-02</dc:date></item></rdf:RDF>"
    )
    (entry,) = feed.entries
    assert (feed.title, entry.guid, entry.author) == ("R", "https://e.example/1", "Ann")
    assert entry.published == datetime(2026, 3, 2, tzinfo=UTC)


def test_json_feed() -> None:
    items: list[Any] = [
        {"id": 7, "url": "/7", "title": "Seven", "content_html": "<p>Long</p><p>text", "summary": "Short"},
        {"id": "8", "external_url": "https://x.example/8", "content_text": "Only text", "authors": [{"name": "Ann"}]},
        {"id": {}, "title": "No id", "author": {"name": "Bo"}, "date_published": "2026-03-02T10:00:00-05:00"},
        None,
        {"id": [], "title": 5},
    ]
    feed = parse(json.dumps({"title": "J", "home_page_url": "https://e.example", "items": items}))
    seven, eight, other = feed.entries
    assert (seven.guid, seven.link, seven.summary) == ("7", "https://feeds.example/7", "Short")
    assert seven.text == "Long\n\ntext"
    assert (eight.title, eight.author, eight.link) == ("Only text", "Ann", "https://x.example/8")
    assert (other.author, other.published) == ("Bo", datetime(2026, 3, 2, 15, tzinfo=UTC))
    assert feed.warning == "2 without title, link and text left out"


def test_text_is_kept_where_it_says_more_than_the_summary() -> None:
    long = "A sentence about shale. " * 100
    entry = only(rss(f"<title>t</title><description>{long}</description>"))
    assert len(entry.summary) <= cleaning.SUMMARY_LENGTH
    assert entry.summary.endswith("…")
    assert entry.text == long.strip()
    encoded = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">All of it</content:encoded>'
    entry = only(rss(f"<title>t</title><description>Some</description>{encoded}"))
    assert (entry.summary, entry.text) == ("Some", "All of it")


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("Cut &amp; &lt;b&gt;", "Cut & <b>"),
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; more", "Bold & more"),
        ("<![CDATA[R&D]]>", "R&D"),
        ("R&D &eacute;&nbsp;&mdash; &x; 100 %", "R&D é — &x; 100 %"),
        ("a < b > c", "a < b > c"),
        ("[red]{0} %s[/red]", "[red]{0} %s[/red]"),
        ("two\n lines\ttab", "two lines tab"),
        ("&#x202e;exe.gnp", "exe.gnp"),
    ],
)
def test_titles(markup: str, title: str) -> None:
    (entry, *_) = parse(rss(f"<title>{markup}</title><link>https://e.example/</link>")).entries
    assert entry.title == title


def test_entries_without_title_take_the_first_words() -> None:
    entry = only(rss(f"<description>{'bass fishing ' * 20}</description>"))
    assert entry.title.startswith("bass fishing bass")
    assert len(entry.title) <= cleaning.TITLE_LENGTH
    assert only(rss("<link>https://e.example/a-story</link>")).title == "e.example/a-story"


def test_identifiers() -> None:
    assert only(rss("<title>t</title><link>https://e.example/1</link>")).guid == "https://e.example/1"
    first, second, again = parse(rss("<title>a</title>", "<title>b</title>", "<title>a</title>")).entries
    assert first.guid == again.guid != second.guid
    long = only(rss(f"<title>t</title><guid isPermaLink='false'>{'g' * 5000}</guid>")).guid
    assert long.startswith("sha256:")


@pytest.mark.parametrize(
    "link", ["mailto:a@e.example", "javascript:alert(1)", "file:///etc/passwd", "ftp://e.example/", "data:text/html,x"]
)
def test_other_links_are_dropped(link: str) -> None:
    assert only(rss(f"<title>t</title><link>{link}</link>")).link == ""


def test_relative_links_follow_the_base() -> None:
    feed = atom('<title>t</title><link href="a"/>').replace("<feed ", '<feed xml:base="https://b.example/x/" ')
    assert only(feed).link == "https://b.example/x/a"
    assert (
        parse_feed(rss("<title>t</title><link>a</link>").encode(), "file:///tmp/f.xml", now=NOW).entries[0].link == ""
    )


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Mon, 02 Mar 2026 10:00:00 GMT", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 11:00:00 GMT", datetime(2026, 11, 24, 11, tzinfo=UTC)),
        ("Wed, 25 Nov 2026 11:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("Mon, 32 Jan 2025 10:00:00 GMT", None),
        ("Mon, 05 May 2025 10:00:00 +9999", None),
        ("2025-13-45", None),
        ("2025-W19-1", datetime(2025, 5, 5, tzinfo=UTC)),
        ("2025-06-30T23:59:60Z", datetime(2025, 7, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_that_lie_are_unknown(written: str, published: datetime | None) -> None:
    assert only(rss(f"<title>t</title><pubDate>{written}</pubDate>")).published == published


# What is broken


def test_what_surrounds_the_root_is_left_alone() -> None:
    feed = rss("<title>a</title>")
    for broken in (
        f"\n\n{feed}",
        f"<br />\n<b>Warning</b>: x\n{feed}",
        f"{feed}<p>advertisement<br>",
        f"<!-- <rss > -->{feed}",
    ):
        assert parse(broken)[2:] == parse(feed)[2:]


def test_a_feed_that_breaks_off_keeps_what_is_whole() -> None:
    feed = rss("<title>a</title><link>https://e.example/a</link>", "<title>b</title><description><![CDATA[text")
    cut = parse(feed[: feed.index("[text") + 3])
    assert [entry.title for entry in cut.entries] == ["a", "b"]
    assert cut.warning == "it breaks off in the middle"
    packed = gzip.compress(rss("<title>a</title>").encode())
    assert "breaks off" in parse(packed[:-6]).warning


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("stated", ["", "utf-8", "ISO-8859-1", "utf-16", "x-nonsense", "zip"])
def test_encodings_as_they_are(encoding: str, stated: str) -> None:
    feed = rss("<title>Café “smart” - naïve €5</title>").replace("?>", f' encoding="{stated}"?>' if stated else "?>", 1)
    assert only(feed.encode(encoding)).title == "Café “smart” - naïve €5"


def test_encodings_as_stated() -> None:
    feed = rss("<title>日本語の見出し</title>")
    for encoding in ("shift_jis", "euc-jp", "iso-2022-jp"):
        inside = feed.replace("?>", f' encoding="{encoding}"?>', 1).encode(encoding)
        assert only(inside).title == "日本語の見出し"
        (entry,) = parse(feed.encode(encoding), f"text/xml; charset={encoding}").entries
        assert entry.title == "日本語の見出し"


def test_one_wrong_byte_spoils_nothing_else() -> None:
    assert decoded("é".encode() + b"\xe9" + "é".encode()) == "ééé"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is empty"),
        (b" \n\t ", "it is empty"),
        (b"<!doctype html><html><body>Hello</body></html>", "it is a web page, not a feed"),
        (b'<html><form><input type="password"></form></html>', "it is a login page, not a feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "it is an image, not a feed"),
        (b"%PDF-1.7", "it is a PDF document, not a feed"),
        (b"PK\x03\x04", "it is a ZIP archive, not a feed"),
        (b'<?xml version="1.0"?><opml/>', "it is XML, but not a feed"),
        (b"{}", "it is JSON, but not a JSON Feed"),
        (b"[1, 2]", "it is JSON, but not a JSON Feed"),
        (b'{"items": [1,]}', "it is JSON, but broken"),
        (b"[" * 100_000, "it is JSON nested too deep for a feed"),
        (b"hello", "it is neither XML nor JSON"),
        (b"\x1f\x8bhello", "its gzip compression is broken"),
        (bytes(10_000_001), "it is larger than 10 MB"),
        (gzip.compress(bytes(10_000_001)), "it is larger than 10 MB"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeedError) as caught:
        parse(body)
    assert caught.value.message == reason


# What means harm


def test_a_prefix_that_nobody_declared() -> None:
    tags = "<rss:item><rss:title>One</rss:title>\n<rss:link>https://creek.example/1</rss:link></rss:item>"
    feed = parse(f"<rss rss:version=2.0>\n<rss:channel><rss:title>The Creek</rss:title>{tags * 2}</rss:channel></rss>")
    assert feed.title == "The Creek"
    assert [(entry.title, entry.link) for entry in feed.entries] == [("One", "https://creek.example/1")] * 2


def test_entities_are_never_expanded(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    doctypes = [
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x "&b;&b;">]>',
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{secret.as_uri()}">%p;]>',
    ]
    for doctype in doctypes:
        entry = only(rss("<title>title &x;</title>", head=doctype))
        assert entry.title == "title &x;"


def test_many_entries_are_cut_before_they_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = tolerant._feedparser

    def noted(markup: str) -> Any:
        seen.append(markup)
        return real(markup)

    monkeypatch.setattr(tolerant, "_feedparser", noted)
    for module in (bounds, strict):
        monkeypatch.setattr(module, "MAX_ENTRIES", 20)
    items = [f"<title>{n}</title><pubDate>{n % 28 + 1} Mar 20{n // 28:02} 10:00:00 GMT</pubDate>" for n in range(50)]
    feed = parse(rss(*reversed(items)))
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(49, 29, -1)]
    assert feed.warning == "only 20 of 50 entries were read"
    assert seen.pop().count("<item>") == 20
    oldest_first = parse(rss(*items))
    assert [entry.title for entry in oldest_first.entries] == [str(n) for n in range(30, 50)]
    assert oldest_first.title == "News & more"


def test_entries_hidden_from_the_count_are_hidden_from_the_parser() -> None:
    items = "<item><title>x</title></item>" * (MAX_ENTRIES + 5)
    opened = rss("<title>a</title>").replace("</channel></rss>", "<!-- " + items)
    assert len(parse(opened).entries) == 1


def test_too_many_entries_in_json() -> None:
    feed = parse(json.dumps({"items": [{"id": n, "title": str(n)} for n in range(MAX_ENTRIES + 1)]}))
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.warning == "only 2,000 of 2,001 entries were read"


def test_depth_tags_and_references_are_bounded() -> None:
    with pytest.raises(NotAFeedError, match="nested more than 256 deep"):
        parse(rss("<title>a</title>" + "<b>" * 300 + "</b>" * 300))
    unclosed = parse(rss(*["<title>a</title><br><br>"] * 300))
    assert len(unclosed.entries) == 300
    assert "100,000 tags" in bounds.bounded(rss("<x/>" * 100_001)).notes[0]
    cut = bounds.bounded(rss("<title>" + "&lt;" * 500_001))
    assert cut.markup.endswith("&lt;</title></item></channel></rss>")


def test_a_bomb_is_stopped_while_it_inflates() -> None:
    bomb = gzip.compress(bytes(5_000_000))
    inflater = Inflater("gzip", limit=10_000)
    with pytest.raises(TooLargeError):
        inflater.feed(bomb)
    assert not inflater.body


def test_compression_in_pieces_and_members() -> None:
    data = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0)
    inflater = Inflater("gzip")
    for n in range(0, len(data), 7):
        inflater.feed(data[n : n + 7])
    assert inflater.complete
    assert inflater.body == b"one two"
    with pytest.raises(BrokenCompressionError):
        Inflater("compress")


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_a_feed_or_not(data: bytes) -> None:
    read_or_refuse(data)


PIECES = (
    *("<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "<!--", "-->", "<?x"),
    *("&amp;", "&#x1b;", "&#155;", "&", "<", ">", '"', "\x1b[31m", "<a b='", "\0", "]>", "<!DOCTYPE x [", "<entry/>"),
    *("<link href='http://e.example/'/>", "<pubDate>", "2026-03-02", "<feed xmlns='http://www.w3.org/2005/Atom'>"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_pieces_of_feeds_are_a_feed_or_not(text: str) -> None:
    read_or_refuse(b"<rss version='2.0'><channel><item>" + text.encode())


def read_or_refuse(data: bytes) -> None:
    try:
        feed = parse(data)
    except NotAFeedError as error:
        assert error.message.isprintable()  # noqa: PT017  # both outcomes are right
        return
    for entry in feed.entries:
        assert entry.title
        assert entry.guid
        assert entry.text == clean_text(entry.text, len(entry.text) + 1)
        for line in (entry.guid, entry.link, entry.title, entry.summary, entry.author):
            assert line == clean_line(line, len(line) + 1)


def test_rss_written_as_json() -> None:
    items = [
        {"title": "R&D", "link": "/1", "guid": {"#value": "g"}, "description": "<p>Up.</p>", "author": "Ann"},
        {"description": "No title", "guid": "h", "pubDate": "Mon, 02 Mar 2026 10:00:00 GMT"},
        {"description": [], "pubDate": "soon"},
        7,
    ]
    feed = parse(json.dumps({"rss": {"channel": {"title": "News", "link": "/blog", "item": items}}}))
    published = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert feed.entries == (
        Entry("g", "https://feeds.example/1", "R&D", "Up.", "", "Ann", None),
        Entry("h", "", "No title", "No title", "", "", published),
    )
    assert (feed.title, feed.site) == ("News", "https://feeds.example/blog")
    assert feed.warning == "2 without title, link and text left out"
    with pytest.raises(NotAFeedError, match="not a JSON Feed"):
        parse('{"rss": {"channel": []}}')
