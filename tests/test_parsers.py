"""The quick parser of feeds finds what feedparser finds, or declines; the quick reader of HTML likewise."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from giveback import text
from giveback.reading.bounds import bounded, root_offset
from giveback.reading.decoding import decoded, unpacked
from giveback.reading.parsers import meanings
from giveback.reading.parsers.strict import parse_strictly
from giveback.reading.parsers.tolerant import parse_tolerantly
from giveback.reading.parsing import parse_feed
from giveback.reading.values import MAX_ENTRIES, NotAFeedError
from giveback.text import clean_text, html_to_text

if TYPE_CHECKING:
    from pathlib import Path

    from giveback.reading.parsers.found import FoundFeed


def tolerantly(markup: str) -> FoundFeed:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser's own
        return parse_tolerantly(markup)


def check(markup: str) -> bool:
    """Whether the quick parser takes a document; what it finds is what feedparser finds."""
    found = parse_strictly(markup)
    assert found is None or found == tolerantly(markup)
    return found is not None


def documents(corpora: Path, *folders: str) -> list[tuple[str, str]]:
    """The feeds in XML of some folders, from their root elements on."""
    found = []
    for folder in folders:
        for file in sorted((corpora / "feeds" / folder).rglob("*")):
            if not file.is_file() or file.stat().st_size > 400_000 or file.suffix == ".gz":
                continue
            whole = decoded(unpacked(file.read_bytes())[0])
            start = root_offset(whole)
            if start >= 0 and whole.lstrip()[:1] not in "{[":
                found.append((file.name, whole[start:]))
    return found


@pytest.mark.corpus
def test_every_feed_of_the_corpora(corpora: Path) -> None:
    taken = {}
    for folder in ("real", "gov", "conformance", "hostile"):
        taken[folder] = [check(markup) for _, markup in documents(corpora, folder)]
    # Five of six real feeds are well-formed and of the usual kind.
    assert sum(taken["real"]) > 0.8 * len(taken["real"])
    for _, markup in documents(corpora, "real"):
        if parse_strictly(markup):
            assert bounded(markup).markup.rstrip() == markup.rstrip() or "&" in markup


def test_what_feedparser_knows_is_known() -> None:
    """A new version may read more elements: none of them may be taken for harmless."""
    from feedparser.api import StrictFeedParser

    handled = {name.partition("_")[2] for name in dir(StrictFeedParser) if name.startswith(("_start_", "_end_"))}
    handled = {name.removeprefix("start_").removeprefix("end_").lower() for name in handled}
    assert handled - set(meanings.READ) - meanings.HARMLESS - meanings.KNOWN == {"geom"}  # `_end_geom` has no start


TITLES = (
    "Bass",
    "R&amp;D",
    "caf\u00e9",
    "caf\u00c3\u00a9",
    "&#150;",
    "a &lt;b&gt;bold&lt;/b&gt; claim",
    "&amp;#8217;",
    "",
)
DATES = ("Mon, 02 Mar 2026 10:00:00 +0100", "2026-03-02T10:00:00Z", "02 Mar 2026 10:00 EST", "2026-03-02", "soon", "")
ELEMENTS = st.one_of(
    st.builds("<title>{}</title>".format, st.sampled_from(TITLES)),
    st.builds("<title type='{}'>{}</title>".format, st.sampled_from(["html", "text", "xhtml"]), st.sampled_from(TITLES)),
    st.builds("<link>{}</link>".format, st.sampled_from(["https://e.example/1", "/1", "http:///e.example?a&amp;b;", ""])),
    st.builds(
        "<{0}link rel='{1}' type='{2}' href='https://e.example/{1}'/>".format,
        st.sampled_from(["", "atom:"]), st.sampled_from(["alternate", "self", "replies"]),
        st.sampled_from(["text/html", "html", "application/pdf"]),
    ),
    st.builds("<guid{}>{}</guid>".format, st.sampled_from(["", " isPermaLink='false'", " isPermaLink='True'"]), st.text("g/:")),
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["pubDate", "dc:date", "atom:updated"]), st.sampled_from(DATES)),
    st.builds(
        "<{0}>{1}</{0}>".format,
        st.sampled_from(["description", "itunes:summary", "content:encoded", "media:description", "media:title"]),
        st.sampled_from(["words", "&lt;p&gt;words&lt;/p&gt;", "<b>x</b>", ""]),
    ),
    st.sampled_from(
        [
            "<author>Ann (ann@e.example)</author>",
            "<dc:creator>Ben</dc:creator>",
            "<atom:author><atom:name>Cy</atom:name><atom:email>cy@e.example</atom:email></atom:author>",
            "<media:content url='x'><media:title>Else</media:title></media:content>",
            "<media:group><media:description>deep</media:description></media:group>",
            "<source url='x'>y</source>", "<enclosure url='x' type='y'/>", "<category>c</category>",
            "<new:title xmlns:new='urn:new'>no title</new:title>", "<title xmlns='urn:new'>a title</title>",
            "<x/>", "<date>1</date>", "<!-- no --> ",
        ]
    ),
)  # fmt: skip
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
}
ITEMS = st.lists(st.lists(ELEMENTS, max_size=6).map("".join), max_size=3)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(ELEMENTS, max_size=3).map("".join),
    ITEMS,
    st.booleans(),
    st.sampled_from(["", " xml:base='https://b.example/x/'"]),
)
def test_feeds_of_all_kinds_of_elements(head: str, items: list[str], atom: bool, base: str) -> None:  # noqa: FBT001
    spaces = "".join(f" xmlns:{name}='{uri}'" for name, uri in NAMES.items())
    if atom:
        entries = "".join(f"<entry{base}>{item}</entry>" for item in items)
        check(f"<feed xmlns='{NAMES['atom']}'{spaces}>{head}{entries}</feed>")
    else:
        entries = "".join(f"<item>{item}</item>" for item in items)
        check(f"<rss version='2.0'{spaces}><channel>{head}{entries}</channel></rss>")


CUTS = st.tuples(
    st.floats(0, 1), st.integers(0, 30), st.sampled_from(["", "<", "&", "]]>", "</item>", "\x00", "\ufffe", "a"])
)


@pytest.mark.corpus
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data(), cuts=st.lists(CUTS, min_size=1, max_size=3))
def test_real_feeds_with_faults_in_them(corpora: Path, data: st.DataObject, cuts: list[tuple[float, int, str]]) -> None:
    files = sorted(file for file in (corpora / "feeds" / "real").iterdir() if file.stat().st_size < 30_000)
    whole = data.draw(st.sampled_from(files)).read_bytes().decode("utf-8", "replace")
    for place, length, put in cuts:
        start = int(place * len(whole))
        whole = whole[:start] + put + whole[start + length :]
    body = whole.encode("utf-8", "replace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            feed = parse_feed(body, "https://e.example/feed")
        except NotAFeedError as error:
            assert error.message.isprintable()
        else:
            assert len(feed.entries) <= MAX_ENTRIES
            assert all(entry.title and entry.title.isprintable() for entry in feed.entries)
    start = root_offset(decoded(body))
    if start >= 0:
        check(decoded(body)[start:])


# HTML


TAGS = ("p", "div", "b", "a", "ul", "li", "br", "img", "h2", "blockquote", "span", "table", "td", "script", "pre")
MARKUP = st.lists(
    st.one_of(
        st.builds("<{}>".format, st.sampled_from(TAGS)),
        st.builds("</{}>".format, st.sampled_from(TAGS)),
        st.sampled_from(["word ", " ", "\n", "two words", "&amp;", "&nbsp;", "&#8217;", "&bogus;", "<!-- x -->", "a<b", "&"]),
        st.sampled_from(["<p>one</p>", "<li>two</li>", '<a href="x">three</a>', "<br/>", '<img src="x" alt="\'">', "\x85"]),
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=300)
@given(MARKUP)
def test_simple_html_is_read_as_a_parser_reads_it(markup: str) -> None:
    simple = text._simple_text(markup)
    assume(simple is not None)
    assert simple is not None
    assert clean_text(simple) == clean_text(text._parsed_text(markup))


@pytest.mark.corpus
def test_bodies_of_real_feeds_are_read_as_a_parser_reads_them(corpora: Path) -> None:
    bodies = {
        body
        for _, markup in documents(corpora, "real", "gov")
        for raw in (parse_strictly(markup) or tolerantly(bounded(markup).markup)).raws
        for body, is_html in raw.bodies
        if is_html and ("<" in body or "&" in body)
    }
    simple = {body: text._simple_text(body) for body in sorted(bodies)}
    wrong = [body[:80] for body, words in simple.items() if words is not None and html_to_text(body) != by_parser(body)]
    assert wrong == []
    assert sum(words is not None for words in simple.values()) > 0.6 * len(bodies)


def by_parser(body: str) -> str:
    return clean_text(text._parsed_text(body))
