"""Everything in one file that others can read: a ZIP with a JSON list for each table, and a manifest.

    manifest.json        format, version, schema, when, by what, how many rows of which table
    tables/contact.json  [
                         {"id": 1, "uuid": "…", "name": "Ana Ruiz", …},
                         …
                         ]

One row stands on each line, so that large tables can be read as they come. Rows refer to each other by number, as
they do in the store. What is derived (vectors, rankings, indexes) is not in it, and is made again.
"""

from __future__ import annotations

import base64
import json
import os
from contextlib import closing
from typing import IO, TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError, StoreError
from giveback.store import connect
from giveback.store.kept import columns, insertable
from giveback.writing import replacing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from giveback.dates import Now

FORMAT = "giveback-archive"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"


class Written(NamedTuple):
    """What an archive holds: how many rows of each table."""

    path: str
    rows: Mapping[str, int]


def write(path: str, target: str, now: Now) -> Written:
    """Write everything that is kept into one file.

    Args:
        path: the store.
        target: the file, mode 0600; it appears when it is whole.
        now: the clock, for the manifest.

    Raises:
        NotFoundError: there is no store yet.
        StoreError: the store cannot be read, or the file cannot be written.
    """
    connection = connect.read(path)
    if connection is None:
        raise NotFoundError(f"there is no store at {path} yet", "there is nothing to export")
    with closing(connection):
        try:
            with replacing(target) as file:
                rows = _write_all(connection, file, now)
        except OSError as error:
            raise StoreError(f"cannot write {target}: {error.strerror or error}", "name another file") from error
    return Written(target, rows)


def _write_all(connection: sqlite3.Connection, file: IO[bytes], now: Now) -> dict[str, int]:
    from zipfile import ZIP_DEFLATED, ZipFile

    rows: dict[str, int] = {}
    connection.execute("BEGIN")  # one moment of the store, whoever writes meanwhile
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for table in insertable(connection):
            with archive.open(f"tables/{table}.json", "w", force_zip64=True) as member:
                rows[table] = _write_table(connection, table, member)
        manifest = _manifest(connection, rows, now)
        archive.writestr(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    connection.execute("COMMIT")
    return rows


def _manifest(connection: sqlite3.Connection, rows: Mapping[str, int], now: Now) -> dict[str, object]:
    from giveback.__about__ import __version__
    from giveback.dates import utc_text

    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "schema": int(connection.execute("PRAGMA user_version").fetchone()[0]),
        "giveback": __version__,
        "made_at": utc_text(now.at),
        "tables": dict(rows),
    }


def _write_table(connection: sqlite3.Connection, table: str, member: IO[bytes]) -> int:
    names = columns(connection, table)
    listed = ", ".join(f'"{name}"' for name in names)
    count = 0
    member.write(b"[")
    for row in connection.execute(f"SELECT {listed} FROM {table} ORDER BY {_key(connection, table)}"):
        values = {name: _outgoing(value) for name, value in zip(names, row, strict=True)}
        member.write(b",\n" if count else b"\n")
        member.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
        count += 1
    member.write(b"\n]\n")
    return count


def _key(connection: sqlite3.Connection, table: str) -> str:
    rows = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,)).fetchall()
    return ", ".join(f'"{name}"' for (name,) in rows)


def _outgoing(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def is_archive(path: str) -> bool:
    """Whether a file is a ZIP with a manifest in it; what the manifest says is another question."""
    from zipfile import BadZipFile, ZipFile, is_zipfile

    if not os.path.isfile(path) or not is_zipfile(path):
        return False
    try:
        with ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return False
