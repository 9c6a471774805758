"""The files that issues are written in: whole or not at all, and never over what somebody typed."""

from __future__ import annotations

import hashlib
import os

from giveback.errors import UsageError
from giveback.writing import put

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
    """Write a file of the user's alone, and the folder that it is in.

    Raises:
        StoreError: it cannot be written.
    """
    put(path, text.encode("utf-8"), folder_mode=0o700)


def set_aside(path: str) -> str:
    """Give a file that is in the way another name, and return that; "" when there is none."""
    if not os.path.lexists(path):
        return ""
    number = 1
    while os.path.lexists(f"{path}.{number}~"):
        number += 1
    os.rename(path, f"{path}.{number}~")
    return f"{path}.{number}~"
