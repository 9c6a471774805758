"""The compressions of HTTP: what they hold, in whatever pieces it comes, and never more than the limit."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.reading.decoding import BrokenCompressionError, Inflater, TooLargeError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable


def bare(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


def twice(compress: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Two members or frames, one after the other."""
    return lambda data: compress(data[: len(data) // 2]) + compress(data[len(data) // 2 :])


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip members": ("X-GZip", twice(gzip.compress)),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "zstd frames": (" ZSTD ", twice(zstd.compress)),
    "nothing": ("identity", bytes),
}


def inflated(encoding: str, data: bytes, size: int, limit: int = 10_000_000) -> Inflater:
    inflater = Inflater(encoding, limit)
    for start in range(0, len(data), size):
        inflater.feed(data[start : start + size])
    return inflater


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=30)
@given(data=st.binary(max_size=600), size=st.integers(1, 200))
def test_what_was_packed_comes_out(name: str, data: bytes, size: int) -> None:
    encoding, pack = PACKED[name]
    inflater = inflated(encoding, pack(data), size)
    assert inflater.body == data
    assert inflater.complete


@pytest.mark.parametrize("name", [name for name in PACKED if name != "nothing"])
def test_what_breaks_off_is_not_complete(name: str) -> None:
    encoding, pack = PACKED[name]
    packed = pack(b"<rss>" * 500)
    assert not inflated(encoding, packed[:-5], 100).complete


@pytest.mark.parametrize("name", [name for name in PACKED if name != "nothing"])
def test_a_bomb_does_not_fill_memory(name: str) -> None:
    encoding, pack = PACKED[name]
    packed = brotli.compress(bytes(30_000_000), quality=1) if name == "br" else pack(bytes(30_000_000))
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        inflated(encoding, packed, 65_536, limit=1_000_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "compress", "gzip, br", "\x1b[31m"])
def test_bytes_that_are_something_else(encoding: str) -> None:
    with pytest.raises(BrokenCompressionError):
        inflated(encoding, b"<rss version='2.0'><channel>" * 20, 1_000)


@pytest.mark.parametrize(("encoding", "empty"), [("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstd.compress(b""))])
def test_endless_empty_parts_are_no_feed(encoding: str, empty: bytes) -> None:
    with pytest.raises(BrokenCompressionError):
        inflated(encoding, empty * 5_000, 65_536)


@given(st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.binary(max_size=200), st.integers(1, 50))
def test_whatever_comes(encoding: str, data: bytes, size: int) -> None:
    try:
        inflater = inflated(encoding, data, size, limit=100_000)
    except (BrokenCompressionError, TooLargeError):
        return
    assert len(inflater.body) <= 100_000
