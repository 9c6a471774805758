"""The compressions of HTTP, each a stream that gives no more bytes at a time than it is asked for."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from backports.zstd import ZstdDecompressor

ACCEPTED = "gzip, deflate, br, zstd"
"""The `Accept-Encoding` of our requests."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15  # zlib's window bits
_ZLIB_HEADER = 2  # bytes, by which zlib and bare deflate are told apart
_MOST_PARTS = 1_000  # gzip members or zstd frames in one body: somebody plays with us
_ZSTD_WINDOW = 23  # 8 MB, the most that zstd may use in HTTP (RFC 9659)


class Stream(Protocol):
    """A compressed stream that is being read.

    Attributes:
        pending: there may be more to come without further input.
        ended: the compressed data has come to its end.
    """

    pending: bool
    ended: bool

    def inflate(self, chunk: bytes, most: int) -> bytes:
        """Take the next bytes, none to go on with the last ones, and give at most `most` bytes.

        Raises:
            ValueError: the bytes are not compressed in this way.
        """


def stream(encoding: str) -> Stream | None:
    """Give a stream that reads a `Content-Encoding`; None where nothing is to be done.

    Raises:
        ValueError: nobody here knows such an encoding.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name not in _STREAMS:
        raise ValueError(name)
    return _STREAMS[name]()


class _Zlib:
    """gzip (several members too) and deflate, with and without the header of zlib."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._rest = self._head = b""
        self._parts = 1
        self.pending = self.ended = False

    def inflate(self, chunk: bytes, most: int) -> bytes:
        given = self._rest + chunk
        try:
            data = self._stream.decompress(given, most)
        except zlib.error as error:
            # Some servers call a bare deflate stream "deflate" (RFC 9110 section 8.4.1.2 notes it).
            if len(self._head) >= _ZLIB_HEADER or self._window != _ZLIB:
                raise ValueError("zlib") from error
            self._window = _RAW_DEFLATE
            self._stream = zlib.decompressobj(_RAW_DEFLATE)
            self._rest, self.pending = self._head + given, True
            return b""
        self._head = self._head or given[:_ZLIB_HEADER]
        self._go_on()
        return data

    def _go_on(self) -> None:
        self._rest, self.ended = self._stream.unconsumed_tail, self._stream.eof
        if self.ended and self._stream.unused_data.startswith(_GZIP_MAGIC):
            self._rest, self.ended = self._stream.unused_data, False
            self._parts = _counted(self._parts)
            self._stream = zlib.decompressobj(_GZIP)
        self.pending = bool(self._rest)


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        import brotli

        self._error: type[Exception] = brotli.error
        self._stream = brotli.Decompressor()
        self.pending = self.ended = False

    def inflate(self, chunk: bytes, most: int) -> bytes:
        if self.ended:
            return b""
        try:
            data = bytes(self._stream.process(chunk, output_buffer_limit=most))
        except self._error as error:
            raise ValueError("br") from error
        self.ended = self._stream.is_finished()
        self.pending = not self.ended and not self._stream.can_accept_more_data()
        return data


class _Zstd:
    """zstd (RFC 8878), several frames too."""

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        self._zstd = zstd
        self._stream = self._frame()
        self._rest = b""
        self._parts = 1
        self.pending = self.ended = False

    def _frame(self) -> ZstdDecompressor:
        return self._zstd.ZstdDecompressor(options={self._zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})

    def inflate(self, chunk: bytes, most: int) -> bytes:
        given = self._rest + chunk
        self._rest, self.pending = b"", False
        if self.ended:
            if not given.startswith(_ZSTD_MAGIC):
                self._rest = given if _ZSTD_MAGIC.startswith(given) else b""
                return b""
            self._stream, self.ended = self._frame(), False
        try:
            data = self._stream.decompress(given, most)
        except self._zstd.ZstdError as error:
            raise ValueError("zstd") from error
        if self._stream.eof:
            self._parts, self.ended = _counted(self._parts), True
            self._rest = self._stream.unused_data
            self.pending = self._rest.startswith(_ZSTD_MAGIC)
        else:
            self.pending = not self._stream.needs_input
        return data


def _counted(parts: int) -> int:
    if parts >= _MOST_PARTS:
        raise ValueError("parts")
    return parts + 1


_STREAMS: dict[str, Callable[[], Stream]] = {
    "gzip": lambda: _Zlib(_GZIP),
    "x-gzip": lambda: _Zlib(_GZIP),
    "deflate": lambda: _Zlib(_ZLIB),
    "br": _Brotli,
    "zstd": _Zstd,
}
