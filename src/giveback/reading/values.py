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
        interval: seconds between updates that the feed states (RSS `ttl`, `sy:updatePeriod` and
            `sy:updateFrequency`), None when it says nothing.
        skips: hours and days in which it asks to be left alone, bits as `schedule.stated_skips` has them.
    """

    title: str
    site: str
    entries: tuple[Entry, ...]
    warning: str
    interval: int | None = None
    skips: int = 0


class Request(NamedTuple):
    """One address to fetch.

    Attributes:
        url: an http or https address.
        etag: the `ETag` of the copy that is known already.
        last_modified: the `Last-Modified` of that copy.
        allow_private: loopback and private addresses may be connected to.
        username: sent to the host of `url` alone, by basic authentication (RFC 7617); "" for none.
        password: goes with it.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private: bool = False
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Keep the password out of messages."""
        return f"Request({self.url!r})"


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
        moved_to: where redirects that are all permanent lead, to be asked from now on.
        not_modified: the copy that is known already is current.
        fresh_for: seconds for which the server says it need not be asked again; None when it says nothing.
        note: what a person should know of how it came, or "".
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
    fresh_for: int | None = None
    note: str = ""


class FetchFailure(NamedTuple):
    """Why an address could not be fetched.

    Attributes:
        url: the address that failed, after redirects.
        requested: the address that was asked for.
        reason: a few words to stand behind the address: "no such host", "answered 404 (not found)".
        status: the HTTP status, 0 when there was no answer.
        retry_after: seconds that the server asks to be left alone, at most a day; None when it did not say.
        gone: it was taken away for good (410), and not by a host that it is redirected to for now.
    """

    url: str
    requested: str
    reason: str
    status: int = 0
    retry_after: int | None = None
    gone: bool = False


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
