"""The files that issues are written in: whole or not at all, and never over what somebody typed."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from giveback.errors import StoreError, UsageError

SAME, TAKE, WRITE, CONFLICT = "same", "take", "write", "conflict"


def path_of(folder: str, number: int, slug: str) -> str:
    """Where the file of an issue is."""
    return os.path.join(folder, f"{number}-{slug}.md")


def digest(text: str) -> str:
    """What tells whether a text has changed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def decide(file: str | None, known: str | None, kept: str) -> str:
    """What is to be done about a file and the text that the store has of it.

    Args:
        file: digest of the file, None when it is not there.
        known: digest of both when they were the same last, None when that is not known.
        kept: digest of the store's text.

    Returns:
        SAME; TAKE the file, which was edited; WRITE the file, since it is gone or the store's text was changed
        (by `undo`, by a restored copy); or CONFLICT, when both were.
    """
    if file == kept:
        return SAME
    if file is None or file == known:
        return WRITE
    return TAKE if kept == known else CONFLICT


def read(path: str) -> str | None:
    """The text of a file, None when it is not there.

    Raises:
        UsageError: it is no text in UTF-8; says the line.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {line}: this is no UTF-8", "save it as UTF-8; nothing was changed") from None


def write(path: str, text: str) -> None:
    """Write a file so that it is there whole or as it was, whatever happens.

    Raises:
        StoreError: it cannot be written.
    """
    write_bytes(path, text.encode("utf-8"), private=True)


def write_bytes(path: str, data: bytes, *, private: bool = False) -> None:
    """As `write`, for any bytes; `private` files are their owner's alone."""
    import tempfile

    folder = os.path.dirname(os.path.abspath(path))
    temporary = ""
    try:
        os.makedirs(folder, mode=0o700 if private else 0o777, exist_ok=True)
        number, temporary = tempfile.mkstemp(prefix=".giveback-", dir=folder)
        with open(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            os.chmod(temporary, 0o666 & ~_mask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}", "check the folder and the disk; it is as it was"
        ) from error


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def set_aside(path: str) -> str:
    """Give a file that is in the way another name, and return that; "" when there is none."""
    if not os.path.lexists(path):
        return ""
    number = 1
    while os.path.lexists(f"{path}.{number}~"):
        number += 1
    os.rename(path, f"{path}.{number}~")
    return f"{path}.{number}~"
