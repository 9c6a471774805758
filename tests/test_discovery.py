"""Which feeds a page names, and what looks like one."""

from __future__ import annotations

import gzip

import pytest

from giveback.reading.discovery import find_feeds, looks_like_feed

PAGE = b"""<!doctype html><html><head><base href="/blog/"><title>T</title>
<link rel="alternate" type="application/rss+xml" href="feed.xml" title="News\x1b[31m &amp; more">
<link REL="ALTERNATE home" TYPE="application/atom+xml; charset=utf-8" href="https://other.example/atom">
<link rel="alternate" type="application/rss+xml" href="feed.xml#again">
<link rel="alternate" type="application/feed+json" href="../feed.json">
<link rel="alternate" type="text/html" hreflang="de" href="/de">
<link rel="stylesheet" type="application/rss+xml" href="/style">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml">
</head><body>text</body></html>"""


def test_feeds_of_a_page() -> None:
    assert find_feeds(PAGE, "https://e.example/home") == [
        ("https://e.example/blog/feed.xml", "News & more"),
        ("https://other.example/atom", ""),
        ("https://e.example/feed.json", ""),
    ]


def test_a_dangerous_base_is_ignored() -> None:
    page = b'<base href="javascript:x"><link rel=alternate type=application/rss+xml href=feed>'
    assert find_feeds(page, "https://e.example/a/") == [("https://e.example/a/feed", "")]


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n", b"{}", b"\x1f\x8bbroken", b"<", b"\0" * 100, b"<?xml?>"])
def test_pages_that_are_none_name_no_feeds(body: bytes) -> None:
    assert find_feeds(body, "https://e.example/") == []


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!-- c --><rss version="2.0"><channel/></rss>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
        b'<rdf:RDF xmlns:rdf="x"></rdf:RDF>',
        b"<b>Warning</b>: x on line 3\n<rss><channel></channel></rss>",
        b'<html><body><feed xmlns="http://www.w3.org/2005/Atom"></feed></body></html>',
        b'\xef\xbb\xbf {"version": "https://jsonfeed.org/version/1.1", "items": []}',
        '<rss version="2.0">'.encode("utf-16"),
        gzip.compress(b"<rss version='2.0'></rss>", mtime=0),
    ],
)
def test_feeds_are_known_by_their_content(body: bytes) -> None:
    assert looks_like_feed(body, "text/html")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>write &lt;rss> or <rss > in it</body></html>", b"[1]", b'{"a": 1}', b"plain", b"\x1f\x8bx"],
)
def test_other_things_are_no_feeds(body: bytes) -> None:
    assert not looks_like_feed(body, "application/rss+xml")
