"""Files that are there whole, or as they were: written beside the place they go to, then renamed."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from giveback.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE = 0o600
"""The mode of files that are their owner's alone."""


def put(
    path: str, data: bytes, *, mode: int = PRIVATE, folder_mode: int | None = None, synced: bool = True
) -> None:  # fmt: skip
    """Write a file.

    Args:
        path: where; what has that name is replaced.
        data: all of it.
        mode: the permissions of the file.
        folder_mode: the permissions of folders that are missing; None makes none.
        synced: be on the disk before the old file goes; without it a power cut may leave an empty file.

    Raises:
        StoreError: it cannot be written; what was there is as it was.
    """
    try:
        if folder_mode is not None:
            os.makedirs(os.path.dirname(os.path.abspath(path)), mode=folder_mode, exist_ok=True)
        with replacing(path, mode=mode, synced=synced) as file:
            file.write(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            f"{path} cannot be written: {reason}", "check the folder and the disk; nothing was changed"
        ) from error


@contextmanager
def replacing(path: str, *, mode: int = PRIVATE, synced: bool = True) -> Iterator[IO[bytes]]:
    """Open a file that takes its place when the block ends; an exception leaves what was there.

    Args:
        path: where.
        mode: the permissions of the file.
        synced: as for `put`.

    Raises:
        OSError: it cannot be written.
    """
    import tempfile

    number, aside = tempfile.mkstemp(prefix=".giveback-", suffix=".tmp", dir=os.path.dirname(os.path.abspath(path)))
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            if synced:
                file.flush()
                os.fsync(file.fileno())
        if mode != PRIVATE:
            os.chmod(aside, mode)
        os.replace(aside, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(aside)
        raise


def mode_of(path: str) -> int:
    """The permissions of a file that is there, else `PRIVATE`."""
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        return PRIVATE


def usual_mode() -> int:
    """The permissions that files get which are for everybody."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
