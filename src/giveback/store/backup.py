"""Copies of the whole store: making one, and putting one back."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from urllib.parse import quote

from giveback.errors import NotFoundError, StoreError, UsageError
from giveback.store import connect

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database (https://www.sqlite.org/tempfiles.html)."""


def back_up(path: str, target: str) -> None:
    """Copy the store into one file, consistent even while others write.

    Args:
        path: the store.
        target: the file to write, mode 0600; an older copy of a store there is replaced when the new one is whole.

    Raises:
        NotFoundError: there is no store yet.
        UsageError: the target is the store itself, or something that is no copy of a store.
        StoreError: the store cannot be read, or the copy cannot be written.
    """
    connection = connect.read(path)
    if connection is None:
        raise NotFoundError(f"there is no store at {path} yet", "there is nothing to back up")
    with closing(connection):
        _check_target(path, target)
        try:
            copy_into(connection, target)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot write {target}: {error}", "nothing was changed; name another file") from error


def _check_target(path: str, target: str) -> None:
    if not os.path.lexists(target):
        return
    if os.path.exists(target) and os.path.samefile(path, target):
        raise UsageError(f"{target} is the store itself", "name another file")
    if not _is_store(target):
        raise UsageError(f"{target} is there, and no copy of a store", "name another file")


def copies_beside(path: str) -> list[str]:
    """The copies of stores in a store's folder, whoever made them; stores of other profiles are none.

    Args:
        path: the store.
    """
    folder = os.path.dirname(os.path.abspath(path))
    names = (name for name in sorted(os.listdir(folder)) if not _STORE.fullmatch(name))
    return [copy for name in names if _is_store(copy := os.path.join(folder, name))]


_STORE = re.compile(r"giveback(-[A-Za-z0-9][A-Za-z0-9_-]*)?\.db")


def _is_store(path: str) -> bool:
    """Whether a file's header says that it is a store of ours (https://www.sqlite.org/fileformat2.html#the_database_header)."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        header = file.read(72)
    return header.startswith(b"SQLite format 3\0") and header[68:72] == connect.APPLICATION_ID.to_bytes(4, "big")


def copy_into(connection: sqlite3.Connection, target: str) -> None:
    """Copy a whole store into a fresh file.

    Args:
        connection: any connection to the store, outside a transaction.
        target: the file to write, mode 0600; what has that name is replaced when the copy is whole.

    Raises:
        sqlite3.Error: the store is damaged, or the disk is full; the target is as it was.
        OSError: the folder cannot be written.
    """
    # Of its own: two processes may find an old store at the same moment, and copy it both.
    partial = f"{target}.{os.getpid()}.partial"
    _remove(partial)
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection.execute("VACUUM INTO ?", (partial,))
        _to_disk(partial)
        os.replace(partial, target)
    except BaseException:
        _remove(partial)
        raise


def restore(path: str, source: str) -> str:
    """Put a copy in the place of the store.

    A store that SQLite can open is overwritten inside one transaction of its own: a process
    that writes is waited for, one that comes meanwhile waits, and a crash leaves the store as
    it was. Replacing the file under them instead would lose what they write
    (https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use);
    that is done only with a file that nobody can open.

    Args:
        path: the store.
        source: the copy; it is checked before anything is changed.

    Returns:
        The file in which the replaced store is kept, "" when there was none.

    Raises:
        NotFoundError: there is no such file.
        UsageError: the file is the store itself.
        StoreError: the copy is not ours, newer than this program or damaged, or the store cannot be written.
    """
    kept = f"{path}.before-restore"
    with closing(_source(path, source)) as copy:
        try:
            if _opens(path):
                _overwrite(copy, path, kept)
            else:
                kept = _replace(copy, path, kept)
        except (sqlite3.Error, OSError) as error:
            raise connect.explain(path, error) from error
    # The usual opener checks what it finds, and brings an older copy up to date.
    connect.write(path).close()
    return kept


def check(path: str, source: str) -> None:
    """Do nothing but look whether `restore` could put this copy in the place of the store.

    Raises:
        GivebackError: as `restore` does.
    """
    _source(path, source).close()


def _source(path: str, source: str) -> sqlite3.Connection:
    if not os.path.exists(source):
        raise NotFoundError(f"there is no file {source}", "`giveback backup FILE` makes one")
    if os.path.exists(path) and os.path.samefile(path, source):
        raise UsageError(f"{source} is the store itself", "name a copy of it")
    connection = connect.read_copy(source)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        connection.close()
        raise StoreError(f"the copy {source} is damaged: {found}", "nothing was changed; try an older copy")
    return connection


def _opens(path: str) -> bool:
    """Whether SQLite can read the header; only then can other processes be at work in the file."""
    if not os.path.exists(path):
        return False
    if not os.path.isfile(path):
        raise StoreError(f"{path} is no file", "move it away, or set GIVEBACK_HOME to another folder")
    # Only looking: a connection that may write would tidy away the log of a damaged store.
    name = f"file:{quote(os.path.abspath(path))}?mode=ro"
    try:
        with closing(sqlite3.connect(name, uri=True, timeout=connect.BUSY_MS / 1000)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    return True


def _overwrite(copy: sqlite3.Connection, path: str, kept: str) -> None:
    first = True

    def keep(status: int, remaining: int, total: int) -> None:
        del remaining, total
        nonlocal first
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise sqlite3.OperationalError("database is locked")
        # From the first page on the store is locked for writing: nothing can come between what
        # is kept and what is overwritten.
        if first:
            first = False
            _keep(path, kept)

    with closing(sqlite3.connect(path, timeout=connect.BUSY_MS / 1000, isolation_level=None)) as store:
        copy.backup(store, pages=1, progress=keep, sleep=0)


def _keep(path: str, kept: str) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=connect.BUSY_MS / 1000, isolation_level=None)) as store:
            copy_into(store, kept)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        _copy_files(path, kept)


def _copy_files(path: str, kept: str) -> None:
    """Keep a damaged store byte for byte, with the changes that wait in its side files."""
    import shutil

    for suffix in ("", *SIDE_FILES):
        _remove(kept + suffix)
        if os.path.exists(path + suffix) and suffix != "-shm":
            os.close(os.open(kept + suffix, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            shutil.copyfile(path + suffix, kept + suffix)


def _replace(copy: sqlite3.Connection, path: str, kept: str) -> str:
    fresh = f"{path}.restored"
    connect.make_private_folder(path)
    copy_into(copy, fresh)
    existed = os.path.exists(path)
    if existed:
        _copy_files(path, kept)
    for suffix in SIDE_FILES:
        _remove(path + suffix)
    os.replace(fresh, path)
    return kept if existed else ""


def _to_disk(path: str) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.remove(path)
