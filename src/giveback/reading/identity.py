"""When are two articles one? By address, else by what they say: near-identical title and beginning.

Candidates come from keys that are equal, so that a store of any size is asked through one index: an address in
its plainest spelling, and MinHash of the words (Broder: On the resemblance and containment of documents, 1997)
in one permutation (Li, Owen, Zhang: One Permutation Hashing, 2012). Whether a candidate is the same article is
then decided by the words themselves.

The libraries that do this (datasketch, simhash) take 0.2 to 1 ms a text, because they are made for other sizes;
a first fetch brings 15,000 articles, and may take a second of CPU for all it does.
"""

from __future__ import annotations

import re
from bisect import bisect
from datetime import datetime, timedelta
from hashlib import blake2b
from operator import xor
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from zlib import crc32

from giveback.reading.addresses import canonical_url
from giveback.text import words

LEAD = 40
"""Words of the text that are looked at: feeds cut their summaries at different lengths."""

_BANDS = 4
_ROWS = 2  # minima a band: two texts that share 8 of 10 pairs of words meet in 98 of 100 cases
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: neighbours land far apart
_MASK = 0x7FFFFFFFFFFFFFFF
_POINTS = [place * (_MASK // (_BANDS * _ROWS)) for place in range(_BANDS * _ROWS)]
_LEAD_CHARACTERS = 6 * LEAD
_KEYED_CHARACTERS = 150
_KNOWN_WORDS = 200_000
_FEWEST = 5  # words of a title that is taken for the same without any text
APART = timedelta(days=3)
_SAME_TITLE = 0.7
_SAME_TEXT = 0.75
_LOOSE_END = 3  # words before the cut, where two feeds may differ

_WORD = re.compile(r"[^\W_]+")
_HOST_LABELS = frozenset({"www", "m", "mobile", "amp", "wap"})
_AMP_QUERY = frozenset({"amp", "amp=", "amp=1", "amp=true", "outputtype=amp", "output=amp", "view=amp"})
_AMP_CACHE = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[cv])/(s/)?(.+)", re.IGNORECASE
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"https?://([a-z0-9.-]+)(/[A-Za-z0-9._~/-]*)")
_SHOWN_OTHERWISE = re.compile("amp|index|default", re.IGNORECASE)
"""Without these in its path, what is in a plain address is all needed."""
_AMP_PATH = re.compile(r"^/amp(?=/)|/amp/?$|[./]amp(?=\.html?$)", re.IGNORECASE)
# Whoever corrects something says so; a correction must never vanish in what it corrects.
_MARKS = frozenset(
    {
        *("correction", "corrections", "corrected", "corrects", "clarification", "retraction", "retracted"),
        *("erratum", "update", "updated", "updates", "revised", "withdrawn", "part", "live"),
        *("korrektur", "korrigiert", "berichtigung", "rectificatif", "correctif", "correccion"),
    }
)


class Said(NamedTuple):
    """What an article says, as far as it tells whether another is the same.

    Attributes:
        title: one line.
        body: the text, or the summary where there is none.
        published: when (UTC), None when unknown.
        feed_id: the feed it came from, None when it was saved by hand.
    """

    title: str
    body: str
    published: datetime | None = None
    feed_id: int | None = None


def address_key(url: str) -> str:
    """Give the part of an address that tells which page is meant, not how it is shown.

    Scheme, "www.", "m." and "amp." in front of the host, AMP paths, AMP caches, a slash at the end, "index.html"
    and tracking parameters do not count; the order of parameters does not either.

    Args:
        url: an address as `canonical_url` gives it; one that is not of http or https is its own key.

    Returns:
        A text to compare, which is no address: "example.org/news/1?id=3".
    """
    plain = _PLAIN_ADDRESS.fullmatch(url)
    if plain and not _SHOWN_OTHERWISE.search(plain[2]) and "ampproject" not in plain[1]:
        return plain_host(plain[1]) + plain[2].rstrip("/")
    cached = _AMP_CACHE.match(url) if "amp" in url else None
    if cached:
        url = canonical_url(f"http{'s' if cached[1] else ''}://{cached[2]}")
    scheme, host, path, query, fragment = urlsplit(url)
    if scheme not in {"http", "https"}:
        return url
    path = _INDEX.sub("", _AMP_PATH.sub("", unquote(path))).rstrip("/")
    query = "&".join(sorted(pair for pair in query.split("&") if pair.lower() not in _AMP_QUERY))
    return f"{plain_host(host)}{path}{query and '?' + query}{fragment and '#' + fragment}"


def plain_host(netloc: str) -> str:
    """Give a host without the labels that choose a presentation: "en.m.wikipedia.org" is "en.wikipedia.org"."""
    labels = netloc.split(".")
    while len(labels) > 2 and labels[0] in _HOST_LABELS:  # noqa: PLR2004 - a name and its ending stay
        del labels[0]
    if len(labels) > 3 and labels[1] in {"m", "mobile"}:  # noqa: PLR2004 - a language stands before
        del labels[1]
    return ".".join(labels)


def keys(url: str, title: str, body: str) -> tuple[int, ...]:
    """Give the keys under which an article is looked up.

    Args:
        url: its canonical address.
        title: one line.
        body: its text, or its summary.

    Returns:
        The key of the address, then at most four of the words, each from 0 to 2^63 - 1.
    """
    return (address_number(url), *word_keys(title, body))


def address_number(url: str) -> int:
    """Give the address key as a number from 0 to 2^63 - 1."""
    return int.from_bytes(blake2b(address_key(url).encode("utf-8", "surrogatepass"), digest_size=8).digest()) & _MASK


def word_keys(title: str, body: str) -> tuple[int, ...]:
    """Give the MinHash keys of a title and the beginning of a text; () for what is too short to be told apart."""
    numbers = list(map(_NUMBERS.__getitem__, _words(f"{title} {body[:_KEYED_CHARACTERS]}")))
    if len(numbers) < _FEWEST:
        return ()
    pairs = sorted(set(map(xor, numbers, numbers[1:])))
    # The first pair after each of a few fixed points, the first of all behind the last: each is a minimum of its own.
    pairs.append(pairs[0])
    minima = [pairs[bisect(pairs, point, 0, len(pairs) - 1)] for point in _POINTS]
    return tuple({(one * 31 + other * 17) & _MASK: None for one, other in zip(minima[::2], minima[1::2], strict=True)})


class _Numbers(dict[str, int]):
    """Words as numbers that lie anywhere below 2^63; most words come again and again."""

    def __missing__(self, word: str) -> int:
        if len(self) > _KNOWN_WORDS:
            self.clear()
        number = self[word] = crc32(word.encode("utf-8", "surrogatepass")) * _SPREAD & _MASK
        return number


_NUMBERS = _Numbers()


def _words(text: str) -> list[str]:
    if text.isascii():
        return words(text)
    return _WORD.findall(text.lower())


def is_same(mine: Said, other: Said) -> bool:
    """Tell whether two articles of different feeds are one that appeared twice.

    They are when titles and beginnings have nearly the same words and exactly the same numbers, when neither
    says of itself that it corrects something unless both do, and when they were published within three days.
    So two issues of "Daily briefing" stay two, and so does a correction.

    Args:
        mine: one.
        other: another that shares a key with it.
    """
    if mine.feed_id is not None and mine.feed_id == other.feed_id:
        return False  # a feed knows what it tells twice
    if mine.published and other.published and abs(mine.published - other.published) > APART:
        return False
    if not are_alike(mine.title, other.title):
        return False
    return _same_beginning(
        _words(mine.body[:_LEAD_CHARACTERS]),
        _words(other.body[:_LEAD_CHARACTERS]),
        _words(mine.title) == _words(other.title),
    )


def are_alike(title: str, other: str) -> bool:
    """Tell whether two titles may be those of one article that appeared twice."""
    mine, theirs = _words(title), _words(other)
    if _likeness(mine, theirs) < _SAME_TITLE and not _is_part(mine, theirs):
        return False
    return _figures(mine) == _figures(theirs) and _marks(mine) == _marks(theirs)


def _same_beginning(mine: list[str], other: list[str], same_title: bool) -> bool:  # noqa: FBT001 - a third value
    length = min(len(mine), len(other), LEAD)
    if length < _FEWEST:
        return False  # a title alone is no proof: "Photos of the day"
    mine, other = mine[:length], other[:length]
    sure = slice(0, max(_FEWEST, length - _LOOSE_END))
    if _figures(mine[sure]) != _figures(other[sure]) or _marks(mine) != _marks(other):
        return False
    return _likeness(mine, other) >= (_SAME_TEXT if same_title else _SAME_TEXT + 0.1)


def _likeness(mine: list[str], other: list[str]) -> float:
    """Jaccard's index of two sets of words, 0 to 1."""
    left, right = set(mine), set(other)
    return len(left & right) / len(left | right) if left or right else 1.0


def _is_part(mine: list[str], other: list[str]) -> bool:
    """Whether one title is the other with a site's name behind it: "Oil falls | Energy Post"."""
    short, long = sorted((mine, other), key=len)
    return _FEWEST <= len(short) < len(long) and long[: len(short)] == short


def _figures(found: list[str]) -> list[str]:
    return sorted(word for word in found if any(map(str.isdigit, word)))


def _marks(found: list[str]) -> frozenset[str]:
    return _MARKS.intersection(found)
