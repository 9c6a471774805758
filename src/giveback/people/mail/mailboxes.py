"""Where messages begin and end: mbox in all its dialects, Maildir, single files, folders of these.

mbox has no standard that its writers keep (RFC 4155 names the format and leaves it open). A message begins at a line
that begins with "From "; bodies that hold such lines quote them (mboxo, mboxrd), state their length (mboxcl, mboxcl2),
or do nothing about it. So a separator has to look like one: after an empty line, with a date in it, before a header.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 1 << 20
HEAD_LIMIT = 1 << 18
"""Bytes of headers that are read; what follows is passed over."""
BODY_LIMIT = 1 << 20
"""Bytes of a body that are read, where it is read at all."""
_LOOKAHEAD = 1 << 12
_SNIFFED = 1 << 14

_DAY, _MONTH = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# asctime ("Tue May  6 09:15:00 2025"), Takeout's with an offset before the year, RFC 5322's, Thunderbird's with "-"
# for the sender or with nothing at all.
_SEPARATOR = re.compile(
    rb"From (?:"
    rb"[^\r\n]*\b" + _DAY + rb",?[ \t]+(?:" + _MONTH + rb"[ \t]+\d{1,2}|\d{1,2}[ \t]+" + _MONTH + rb")\b"
    rb"(?=[^\r\n]*\d:\d\d)(?=[^\r\n]*\b\d{4}\b)[^\r\n]*"
    rb"|[^\s@]+@\S+[ \t]+[^\r\n]*\d:\d\d[^\r\n]*"
    rb"|-?[ \t]*"
    rb")\r?(?:\n|$)"
)
# The commonest by far, so that it is found at once.
_ASCTIME = re.compile(rb"From \S+ +" + _DAY + rb" " + _MONTH + rb" [ \d]\d \d\d:\d\d:\d\d \d{4}\r?(?:\n|$)")
_STRICT = re.compile(
    rb"From \S+[ \t]+" + _DAY + rb"[ \t]+" + _MONTH + rb"[ \t]+\d{1,2}[ \t]+\d\d:\d\d[^\r\n]*\b\d{4}\s"
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>?From ")
_HEAD_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,15})[ \t]*\r?$", re.MULTILINE)
_STATED_END = re.compile(rb"(?:\r?\n){0,2}(?=From )")
_BOM = b"\xef\xbb\xbf"
# Fields by which a message is told from other things that have colons in their lines.
_TELLING = re.compile(rb"(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version):", re.IGNORECASE)
_ONE_MESSAGE = (".eml", ".emlx")
# What lies beside mail in the folders of mail programs.
_NOT_MAIL = (".msf", ".dat", ".sqlite", ".db", ".json", ".html", ".txt", ".ini", ".js", ".log", ".zip", ".gz", ".lock")
_BOX_PARTS = ("cur", "new", "tmp")


class Raw(NamedTuple):
    """One message as it lies on the disk.

    Attributes:
        path: its file.
        start: where its body begins, in bytes.
        end: where it ends.
        head: its headers, without the empty line after them.
        envelope: the "From " line before it, or b"".
        flags: letters of Maildir's file names (https://cr.yp.to/proto/maildir.html), such as "RS".
    """

    path: str
    start: int
    end: int
    head: bytes
    envelope: bytes = b""
    flags: str = ""


class Found(NamedTuple):
    """A mailbox: its file or folder, how many bytes it holds, and its messages, read as they are asked for."""

    path: str
    size: int
    messages: Callable[[], Iterator[Raw]]


def find(path: str) -> Iterator[Found]:
    """Every mailbox at a place, in the order of their names.

    Args:
        path: an mbox file, an .eml file, a Maildir, or a folder that holds such things at any depth.

    Yields:
        What looks like mail; other files of a folder are passed over. A file that is named itself is
        always yielded: a reader of it finds no message where there is none.

    Raises:
        OSError: it is not there.
    """
    if not os.path.isdir(path):
        os.stat(path)
        yield _file(path)
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        if "cur" in folders and "new" in folders:
            yield _maildir(folder)
            folders[:] = [name for name in folders if name not in _BOX_PARTS]
        for name in sorted(names):
            file = os.path.join(folder, name)
            if (
                not name.startswith(".")
                and not name.lower().endswith(_NOT_MAIL)
                and os.path.isfile(file)
                and kind(file)
            ):
                yield _file(file)


def kind(path: str) -> str:
    """What a file holds, by its beginning: "mbox", "eml" or ""."""
    with open(path, "rb") as file:
        start = file.read(_SNIFFED).removeprefix(_BOM)
    if not start:
        return ""
    if start.startswith(b"From "):
        # One message saved with its envelope is a mailbox of one.
        return "mbox"
    if path.lower().endswith(_ONE_MESSAGE):
        return "eml"
    head = _HEAD_END.split(start, maxsplit=1)[0]
    fields = [line for line in head.splitlines() if line[:1] not in (b" ", b"\t")]
    is_mail = all(map(_FIELD.match, fields)) and any(map(_TELLING.match, fields))
    return "eml" if is_mail else ""


def _file(path: str) -> Found:
    readers = {"mbox": _mbox, "eml": _eml, "": _nothing}
    reader = readers[kind(path)]
    return Found(path, os.path.getsize(path), lambda: reader(path))


def _nothing(path: str) -> Iterator[Raw]:
    del path
    return iter(())


def _eml(path: str) -> Iterator[Raw]:
    """One message in a file; Apple's .emlx has its length in a line of its own before it."""
    with open(path, "rb") as file:
        data = file.read(HEAD_LIMIT)
        size = os.fstat(file.fileno()).st_size
    skipped = len(_BOM) if data.startswith(_BOM) else 0
    if path.lower().endswith(".emlx") and (length := re.match(rb"\d+[ \t]*\r?\n", data)):
        skipped = length.end()
    head, start = _head(data, skipped)
    if head.strip():
        yield Raw(path, start, size, head)


def _head(data: bytes, at: int) -> tuple[bytes, int]:
    """The headers that begin at a place, and where the body does."""
    if data.startswith((b"\n", b"\r\n"), at):
        return b"", at + (1 if data.startswith(b"\n", at) else 2)
    line = data.find(b"\n", at)
    # Looking for the ending that the first line has is several times quicker than for either.
    usual, other = (b"\n\r\n", b"\n\n") if data[line - 1 : line] == b"\r" else (b"\n\n", b"\n\r\n")
    end = data.find(usual, at, at + HEAD_LIMIT)
    mixed = data.find(other, at, end if end >= 0 else at + HEAD_LIMIT)
    if mixed >= 0:
        end, usual = mixed, other
    return (data[at : end + 1], end + len(usual)) if end >= 0 else (data[at:], len(data))


def _maildir(path: str) -> Found:
    names = [(part, name) for part in ("cur", "new") for name in sorted(os.listdir(os.path.join(path, part)))]
    files = [os.path.join(path, part, name) for part, name in names if not name.startswith(".")]
    return Found(path, sum(map(_size, files)), lambda: _of_maildir(files))


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _of_maildir(files: list[str]) -> Iterator[Raw]:
    for path in files:
        flags = path.rpartition(":2,")[2] if ":2," in path else ""
        try:
            for raw in _eml(path):
                yield raw._replace(flags=flags)
        except FileNotFoundError:
            # A mail program moved it while we read: it is read next time, under its new name.
            continue


def _mbox(path: str) -> Iterator[Raw]:
    with open(path, "rb", buffering=0) as file:
        window = _Window(file)
        at: int | None = len(_BOM) if window.data.startswith(_BOM) else 0
        while at is not None:
            yield from _plain_ones(path, window, at)
            at = window.reached
            envelope_end = window.find(b"\n", at)
            if envelope_end < 0:
                return
            envelope = window.slice(at, envelope_end)
            head, start = window.head(envelope_end + 1)
            at = window.next_message(head, start)
            yield Raw(path, start, window.end if at is None else at, head, envelope.rstrip(b"\r"))


def _plain_ones(path: str, window: _Window, at: int) -> Iterator[Raw]:
    """Messages that lie in the window as a whole, as most do: found without asking twice about anything.

    Where it stops is `window.reached`: at a message that needs a closer look.
    """
    data, base = window.data, window.base
    find, separator = data.find, _ASCTIME.match
    place, size = at - base, len(data)
    while True:
        window.reached = place + base
        line = find(b"\n", place)
        blank = find(b"\n\n", line, line + HEAD_LIMIT)
        end = find(b"\n\nFrom ", blank)
        if end < 0 or end + _LOOKAHEAD > size or line < 0 or blank < 0:
            return
        head = data[line + 1 : blank + 1]
        line_after = separator(data, end + 2)
        if not line_after or not _FIELD.match(data, line_after.end()) or find(b"\nFrom ", blank + 1, end + 1) >= 0:
            return
        if b"\r" in head or b"ontent-Length:" in head:
            return
        yield Raw(path, blank + 2 + base, end + 2 + base, head, data[place:line])
        place = end + 2


class _Window:
    """A part of a file in memory, which moves forward. Places are counted from the file's beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.base = self.reached = 0
        self.data = file.read(CHUNK)
        self.finished = not self.data

    @property
    def end(self) -> int:
        """Where what was read so far ends."""
        return self.base + len(self.data)

    def slice(self, first: int, last: int) -> bytes:
        return self.data[first - self.base : last - self.base]

    def more(self, keep_from: int) -> bool:
        """Read on, and let go of what lies before a place.

        Returns:
            Whether there was more.
        """
        if self.finished:
            return False
        read = self._file.read(CHUNK)
        if not read:
            self.finished = True
            return False
        self.data = self.data[max(0, keep_from - self.base) :] + read
        self.base = max(self.base, keep_from)
        return True

    def find(self, what: bytes, at: int) -> int:
        """The next place of some bytes that lie within the limit of a head; -1 when there is none."""
        while (found := self.data.find(what, at - self.base)) < 0:
            if len(self.data) - (at - self.base) > HEAD_LIMIT or not self.more(at):
                return -1
        return found + self.base

    def head(self, at: int) -> tuple[bytes, int]:
        """The headers that begin at a place, and where the body does."""
        while True:
            head, start = _head(self.data, at - self.base)
            complete = start < len(self.data) or len(head) >= HEAD_LIMIT
            if complete or not self.more(at):
                return head[:HEAD_LIMIT], at + min(start - (at - self.base), HEAD_LIMIT)

    def next_message(self, head: bytes, start: int) -> int | None:
        """Where the next message begins: where this one says that it ends, if one begins there, or at a separator."""
        length = _stated_length(head)
        if length is not None:
            found = self._at_stated_end(start + length) if start + length <= self.end + CHUNK else None
            if found is not None:
                return found
        return self._next_separator(start)

    def _at_stated_end(self, place: int) -> int | None:
        while place + _LOOKAHEAD > self.end and self.more(self.base):
            pass
        begin = _STATED_END.match(self.data, place - self.base)
        if begin and _is_separator(self.data, begin.end(), after_blank=True):
            return begin.end() + self.base
        return None

    def _next_separator(self, start: int) -> int | None:
        at = start - 1  # the line before an empty body is empty
        while True:
            found = self.data.find(b"\nFrom ", max(0, at - self.base))
            if found < 0:
                # A separator may lie across the edge, and needs the line before it.
                at = max(at, self.end - 8)
                if not self.more(max(start - 1, at - 3)):
                    return None
                continue
            if len(self.data) - found < _LOOKAHEAD and self.more(found + self.base - 3):
                continue
            if _is_separator(self.data, found + 1, after_blank=_is_blank_before(self.data, found)):
                return found + 1 + self.base
            at = found + 1 + self.base


def _stated_length(head: bytes) -> int | None:
    """What Content-Length says; only writers of mboxcl and mboxcl2 write it, and so."""
    if b"ontent-Length:" not in head:
        return None
    stated = _LENGTH.search(head)
    return int(stated[1]) if stated else None


def _is_blank_before(data: bytes, newline: int) -> bool:
    """Whether the line that ends at this line feed is empty."""
    before = data[max(0, newline - 2) : newline]
    return before.endswith(b"\n") or before == b"\n\r"


def _is_separator(data: bytes, at: int, *, after_blank: bool) -> bool:
    line = _ASCTIME.match(data, at) or _SEPARATOR.match(data, at)
    if line is None:
        return False
    follows = data[line.end() : line.end() + 1]
    if after_blank:
        return bool(_FIELD.match(data, line.end())) or follows in (b"", b"\n", b"\r")
    return bool(_STRICT.match(data, at)) and bool(_FIELD.match(data, line.end()))


def body(raw: Raw, limit: int = BODY_LIMIT) -> bytes:
    """The beginning of a message's body, as it lies on the disk; b"" when its file is gone."""
    try:
        with open(raw.path, "rb") as file:
            file.seek(raw.start)
            return file.read(min(limit, max(0, raw.end - raw.start)))
    except OSError:
        return b""
