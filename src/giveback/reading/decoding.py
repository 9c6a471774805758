"""From the bytes of a server or a file to text: inflated within a limit, in the encoding they really have."""

from __future__ import annotations

import codecs
import re

from giveback.reading.unpacking import stream
from giveback.reading.values import MAX_BODY

_GZIP_MAGIC = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENCODING = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z][\w.:-]{1,30})""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z][\w.:-]{1,30})""", re.IGNORECASE)
# Python's codecs also have ones that are no character sets of documents, some of them slow or harmful.
_CHARACTER_SETS = (
    *("iso8859", "cp", "koi8", "mac-", "gb", "big5", "euc_", "shift_jis", "johab", "tis", "ptcp"),
    *("iso2022", "hz", "hp-roman", "kz"),
)
_ASCII_ONLY = ("iso2022", "hz")  # seven-bit encodings, which are valid UTF-8 as well

_SIGNATURES = (
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
)


class TooLargeError(Exception):
    """More bytes than `MAX_BODY` after decompression."""


class BrokenCompressionError(Exception):
    """The bytes are not compressed as announced."""


class Inflater:
    """Decompress chunk by chunk, counting while it inflates, so that a bomb never fills memory.

    Args:
        encoding: a `Content-Encoding`: "", "identity", "gzip", "x-gzip", "deflate", "br" or "zstd".
        limit: bytes at most, after decompression.

    Raises:
        BrokenCompressionError: another encoding.
    """

    def __init__(self, encoding: str, limit: int = MAX_BODY) -> None:
        try:
            self._stream = stream(encoding)
        except ValueError:
            raise BrokenCompressionError from None
        self._limit = limit
        self._left = limit
        self._came = 0
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooLargeError: the limit is passed.
            BrokenCompressionError: the bytes are not compressed as announced.
        """
        self._came += len(chunk)
        if self._came > self._limit:
            raise TooLargeError
        if self._stream is None:
            self._keep(chunk)
            return
        try:
            self._keep(self._stream.inflate(chunk, self._left + 1))
            while self._stream.pending:
                self._keep(self._stream.inflate(b"", self._left + 1))
        except ValueError as error:
            raise BrokenCompressionError from error

    @property
    def body(self) -> bytes:
        """All bytes so far, decompressed."""
        return b"".join(self._parts)

    @property
    def complete(self) -> bool:
        """Whether the compressed stream has come to its end."""
        return self._stream is None or self._stream.ended or not self._came

    def _keep(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self._parts.clear()
            raise TooLargeError
        if data:
            self._parts.append(data)


def unpacked(body: bytes) -> tuple[bytes, bool]:
    """Unpack bytes that are gzip although nobody said so.

    Args:
        body: bytes of a file or of an answer.

    Returns:
        The bytes, and whether they are whole (a gzip file that breaks off is not).

    Raises:
        TooLargeError: more than `MAX_BODY` bytes, before or after.
        BrokenCompressionError: it begins like gzip and is not.
    """
    if len(body) > MAX_BODY:
        raise TooLargeError
    if not body.startswith(_GZIP_MAGIC):
        return body, True
    inflater = Inflater("gzip")
    inflater.feed(body)
    return inflater.body, inflater.complete


def file_kind(data: bytes) -> str:
    """Name well-known kinds of files that are no text ("an image"), "" for everything else."""
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), "")


def decoded(body: bytes, content_type: str = "") -> str:
    """Decode a document in the encoding it really has, which is not always the one it states.

    A byte order mark decides; then what is valid UTF-8 is UTF-8; then the document's own statement; then the
    `Content-Type`; and bytes that fit nothing are read as windows-1252, one by one, between the UTF-8 ones.

    Args:
        body: a feed or a page.
        content_type: the `Content-Type` header, or "".

    Returns:
        The text, without byte order mark and NULs; never fails.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _plain(body[len(mark) :].decode(encoding, "replace"))
    if body[:4:2] == b"\0\0" or body[1:4:2] == b"\0\0":
        return _plain(body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace"))
    stated = _stated(body, content_type)
    if stated.startswith(_ASCII_ONLY):
        return _plain(body.decode(stated, "replace"))
    try:
        return _plain(body.decode("utf-8"))
    except UnicodeDecodeError:
        return _plain(body.decode(stated, "replace") if stated else _patched(body))


def _plain(text: str) -> str:
    return text.replace("\0", "").removeprefix("\ufeff")


def _stated(body: bytes, content_type: str) -> str:
    """The character set that the document, else the header, names: Python's name for it, "" for UTF-8."""
    inside = _ENCODING.search(body[:2000])
    header = _CHARSET.search(content_type)
    names = ([inside[1].decode("ascii", "replace")] if inside else []) + ([header[1]] if header else [])
    for name in names:
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        if codec in {"ascii", "iso8859-1"}:  # read as browsers do (WHATWG Encoding, section 4.2)
            return "cp1252"
        if codec.startswith(_CHARACTER_SETS):
            return codec
    return ""


def _patched(body: bytes) -> str:
    """UTF-8 in which single wrong bytes stand for windows-1252."""

    def as_cp1252(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        return error.object[error.start : error.end].decode("cp1252", "replace"), error.end

    codecs.register_error("giveback-cp1252", as_cp1252)
    return body.decode("utf-8", "giveback-cp1252")
