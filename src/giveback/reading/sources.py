"""What a user names, an address or a file, to bytes within the limits."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.reading.addresses import file_path, file_url
from giveback.reading.values import MAX_BODY

if TYPE_CHECKING:
    from typing import BinaryIO


class Source(NamedTuple):
    """What was read.

    Attributes:
        url: the address to remember: the one that was asked for, after permanent moves only.
        base: the address that answered, for relative links.
        body: the bytes, at most one more than `MAX_BODY`.
        content_type: the `Content-Type` header, or "".
    """

    url: str
    base: str
    body: bytes
    content_type: str


def open_source(said: str, *, allow_private: bool, timeout: float) -> Source:
    """Read what a user named.

    Args:
        said: a web or file: address, or the path of a file.
        allow_private: loopback and private addresses may be connected to.
        timeout: seconds that an address may take.

    Raises:
        UsageError: it is neither an address nor a file that is there.
        NetworkError: it cannot be fetched.
        OSError: the file cannot be read.
    """
    path = file_path(said) or os.path.expanduser(said)
    if os.path.exists(path):
        url = file_url(os.path.abspath(path))
        return Source(url, url, read_file(path), "")
    if _is_path(said):
        raise UsageError(f"there is no file {said}", "give an address or an existing file")
    from giveback.reading.http import fetch_one

    answer = fetch_one(said, allow_private=allow_private, timeout=timeout)
    return Source(answer.moved_to or answer.requested, answer.url, answer.body, answer.content_type)


def _is_path(said: str) -> bool:
    bare = "/" not in said and said.lower().endswith((".html", ".htm", ".xml", ".rss", ".txt"))
    return bare or said.startswith(("file:", "/", "./", "../", "~"))


def read_file(path: str) -> bytes:
    """Read a file as far as it can matter.

    Raises:
        OSError: it cannot be read, or is no regular file (a pipe would wait for ever).
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(errno.EINVAL, "it is not a regular file", path)
    with open(path, "rb") as file:
        return read_some(file)


def read_some(stream: BinaryIO) -> bytes:
    """Read a stream as far as it can matter: what is longer than the limit is refused by whoever parses it."""
    return stream.read(MAX_BODY + 1)
