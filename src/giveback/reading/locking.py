"""One fetch at a time, one mailing at a time: a lock of the system, which ends with the process that holds it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from giveback.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def only_one(path: str, what: str = "fetch") -> Iterator[bool]:
    """Be the only one who fetches into a store, or does something else that nobody should do twice at once.

    Args:
        path: the store; a file beside it carries the lock, and stays, empty.
        what: is done; the end of that file's name.

    Yields:
        True; False when another process is at it.

    Raises:
        StoreError: the folder cannot be written.
    """
    from giveback.store.connect import make_private_folder

    make_private_folder(path)
    try:
        file = os.open(f"{path}.{what}", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path}.{what} cannot be written: {error.strerror}",
            "make the file and its folder writable, or set GIVEBACK_HOME to another folder",
        ) from error
    try:
        yield _locked(file)
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
