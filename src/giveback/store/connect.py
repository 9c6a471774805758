"""The only place that opens the store: pragmas, identity, version, permissions."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from giveback.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION_ID = 0x67_69_76_65
"""The four bytes "give" in the file's header (https://www.sqlite.org/fileformat2.html#application_id)."""

VERSION = 22
"""The schema that this program writes, kept in `PRAGMA user_version`."""

BUSY_MS = 15_000


def read(path: str, *, migrate: bool = True) -> sqlite3.Connection | None:
    """Open the store for questions.

    Args:
        path: the SQLite file.
        migrate: bring an older store up to date first; completion passes False, since a key
            press must not change anything.

    Returns:
        A connection that cannot write, or None when there is no store yet (or, without
        `migrate`, when it is older than this program).

    Raises:
        StoreError: the file is not ours, newer than this program, damaged or unreadable.
    """
    if not os.path.exists(path):
        return None
    with_errors = _open_read_only(path)
    version = _checked_version(with_errors, path)
    if version == VERSION:
        return with_errors
    with_errors.close()
    if not migrate:
        return None
    write(path).close()
    return _open_read_only(path)


def read_copy(path: str) -> sqlite3.Connection:
    """Open a copy of a store, of this version or an older one, without changing it.

    Raises:
        StoreError: the file is empty, not ours, newer than this program, damaged or unreadable.
    """
    connection = _open_read_only(path)
    if not _checked_version(connection, path):
        connection.close()
        raise StoreError(f"{path} is empty, not a copy of a store", "nothing was changed")
    return connection


def write(path: str) -> sqlite3.Connection:
    """Open the store for changes; create it, or bring it up to date, when needed.

    The connection is in autocommit mode: who changes something begins with `BEGIN IMMEDIATE`,
    so that of two processes one waits and none fails half-way.

    Raises:
        StoreError: as for `read`, or the folder or file cannot be written.
    """
    make_private_folder(path)
    fresh = not os.path.exists(path)
    try:
        if fresh:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    version = _checked_version(connection, path)
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Triggers write the journal; a REPLACE must fire the ones for deletion too.
    connection.execute("PRAGMA recursive_triggers = ON")
    if version != VERSION:
        from giveback.store.migrations import migrate

        migrate(connection, path)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write over an open connection, which others wait for: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def expect_much(connection: sqlite3.Connection) -> None:
    """Prepare for thousands of rows: keep more pages in memory, and copy them out of the log less often."""
    connection.execute("PRAGMA cache_size = -16000")  # kilobytes
    connection.execute("PRAGMA wal_autocheckpoint = 8000")  # pages: the log may reach 32 MB


def copy_out_of_log(connection: sqlite3.Connection) -> None:
    """Copy what was written into the file itself, as far as others let it; the rest follows when all have closed."""
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch a fresh store to write-ahead mode; of several processes at once each gets there.

    SQLite does not wait for the lock that this one switch needs: it fails at once where waiting
    could be in vain (https://www.sqlite.org/c3ref/busy_handler.html).
    """
    from time import monotonic, sleep

    deadline = monotonic() + BUSY_MS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > deadline:
                raise
            sleep(0.01)


def _open_read_only(path: str) -> sqlite3.Connection:
    from urllib.parse import quote

    name = f"file:{quote(os.path.abspath(path))}"
    last: sqlite3.Error | None = None
    # A store in write-ahead mode needs its side files even for reading; in a folder that
    # cannot be written `immutable` reads the main file alone.
    for mode in ("?mode=ro", "?mode=ro&immutable=1"):
        if "immutable" in mode and os.access(os.path.dirname(os.path.abspath(path)), os.W_OK):
            break
        try:
            connection = sqlite3.connect(name + mode, uri=True, timeout=BUSY_MS / 1000, isolation_level=None)
        except sqlite3.Error as error:
            last = error
            continue
        try:
            connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            last = error
            connection.close()
        else:
            return connection
    raise _unusable(path, last or sqlite3.OperationalError("cannot be opened"))


def _checked_version(connection: sqlite3.Connection, path: str) -> int:
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        empty = not application and not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    if application != APPLICATION_ID and not empty:
        connection.close()
        raise StoreError(f"{path} is not a giveback store", "move it away, or set GIVEBACK_HOME to another folder")
    if version > VERSION:
        connection.close()
        raise StoreError(
            f"{path} was written by a newer giveback (schema {version}, this one knows {VERSION})",
            "update giveback, or set GIVEBACK_HOME to another folder",
        )
    return version


def make_private_folder(path: str) -> None:
    """Make the folder of a store, for its owner alone; one that is there stays as it is.

    Raises:
        StoreError: it cannot be made.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.isdir(folder):
        return
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # another process may have just made it
    except OSError as error:
        raise StoreError(
            f"cannot create {folder}: {error.strerror or error}",
            "set GIVEBACK_HOME to a folder you can write",
        ) from error


_HINTS = {
    "readonly": "make the file and its folder writable, or set GIVEBACK_HOME to another folder",
    "unable to open": "make the file and its folder writable, or set GIVEBACK_HOME to another folder",
    "locked": "another giveback is writing; try again when it has finished",
    "full": "free some space on the disk",
    "disk i/o": "free some space on the disk, and check it",
    "malformed": "restore a copy: `giveback backup` and every update leave one beside the store",
    "not a database": "move it away, or set GIVEBACK_HOME to another folder",
}


def _unusable(path: str, error: Exception) -> StoreError:
    return explain(path, error)


def explain(path: str, error: BaseException, kept: str = "") -> StoreError:
    """Turn an error of SQLite or of the file system into one line and a next step.

    Args:
        path: the store.
        error: what was raised; its text is kept.
        kept: what became of the data, told where the disk is at fault.
    """
    text = str(getattr(error, "orig", None) or error)
    if os.path.isdir(path):
        # SQLite says "disk I/O error" of some of these.
        text = "it is a folder, not a database"
    low = text.lower()
    part, hint = next((one for one in _HINTS.items() if one[0] in low), ("", "run `giveback doctor`"))
    if kept and part in {"full", "disk i/o"}:
        hint = f"{hint}; {kept}"
    return StoreError(f"the store {path} cannot be used: {text}", hint)
