"""What reading passes around: requests, answers, feeds, entries and pages, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import Exit, GivebackError

if TYPE_CHECKING:
    from datetime import datetime

MAX_BODY = 10_000_000
"""Bytes of one feed or page, after decompression."""

MAX_ENTRIES = 2_000
"""Entries taken from one feed at a time."""


class NotAFeedError(GivebackError):
    """The bytes hold no feed; the message says what they are instead."""

    code = Exit.REJECTED_IN_PART


class NotAPageError(GivebackError):
    """The bytes hold no article; the message says why."""

    code = Exit.REJECTED_IN_PART


class WallError(NotAPageError):
    """Something else stands in the place of the article.

    Attributes:
        kind: consent, login, robots, error, list or paywall.
    """

    def __init__(self, message: str, hint: str, kind: str) -> None:
        super().__init__(message, hint)
        self.kind = kind


class Entry(NamedTuple):
    """One entry of a feed, cleaned: every string is safe to print.

    Attributes:
        guid: the feed's identifier of the entry, else its link, else a hash of its title; never "".
        link: an http or https address, or "".
        title: one line; never "".
        summary: a paragraph or two.
        text: the full text where the feed has more than the summary, or "".
        author: names, or "".
        published: when it was published, else updated; UTC, None when unknown or not believable.
    """

    guid: str
    link: str
    title: str
    summary: str
    text: str
    author: str
    published: datetime | None


class ParsedFeed(NamedTuple):
    """A feed as it was read.

    Attributes:
        title: one line, or "".
        site: the http or https address of the page that the feed belongs to, or "".
        entries: in the order of the feed, at most `MAX_ENTRIES`.
        warning: what was repaired or left out, for a person, or "".
    """

    title: str
    site: str
    entries: tuple[Entry, ...]
    warning: str


class Request(NamedTuple):
    """One address to fetch.

    Attributes:
        url: an http or https address.
        etag: the `ETag` of the copy that is known already.
        last_modified: the `Last-Modified` of that copy.
        allow_private: loopback and private addresses may be connected to.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private: bool = False


class Fetched(NamedTuple):
    """An answer with a body, or "not modified".

    Attributes:
        url: the address that answered, after redirects.
        requested: the address that was asked for.
        status: the HTTP status, 200 or 304 and the like.
        body: decompressed, at most `MAX_BODY` bytes; b"" when not modified.
        etag: to be sent with the next request.
        last_modified: to be sent with the next request.
        content_type: the `Content-Type` header, or "".
        moved_to: where permanent redirects lead, to be asked from now on.
        not_modified: the copy that is known already is current.
    """

    url: str
    requested: str
    status: int
    body: bytes
    etag: str | None
    last_modified: str | None
    content_type: str
    moved_to: str | None
    not_modified: bool


class FetchFailure(NamedTuple):
    """Why an address could not be fetched.

    Attributes:
        url: the address that failed, after redirects.
        requested: the address that was asked for.
        reason: a few words to stand behind the address: "no such host", "answered 404 (not found)".
        status: the HTTP status, 0 when there was no answer; 410 means gone for good.
        retry_after: seconds that the server asks to be left alone, at most a day; None when it did not say.
    """

    url: str
    requested: str
    reason: str
    status: int = 0
    retry_after: int | None = None


class Page(NamedTuple):
    """The article that a web page holds, cleaned like an `Entry`.

    Attributes:
        url: the page's canonical address when it names a believable one, else the address it was read from.
        title: one line; never "".
        author: names, or "".
        site: the site's name, or "".
        summary: a paragraph.
        text: the main text, or "" when the page holds only a title and a description.
        published: UTC, None when unknown.
        language: an ISO 639 code such as "en", or "".
        note: what keeps it from being whole, for a person, or "": "only its beginning can be read, …".
    """

    url: str
    title: str
    author: str
    site: str
    summary: str
    text: str
    published: datetime | None
    language: str
    note: str = ""
