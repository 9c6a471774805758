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
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from giveback.errors import NotFoundError, StoreError, UsageError
from giveback.store import connect
from giveback.store.kept import KEPT, NOTED, columns, insertable
from giveback.writing import replacing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from zipfile import ZipFile

    from giveback.dates import Now

FORMAT = "giveback-archive"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SIZE_LIMIT = 4 * 2**30
"""Bytes of all members together, inflated; a store of 100,000 articles with their texts has half a billion."""
BOMB_SIZE, BOMB_RATIO = 32 * 2**20, 200
"""A member of more bytes that shrank by more than this is no table; rows shrink to a twentieth."""
LINE_LIMIT = 16 * 2**20
"""Bytes of one row."""
MANIFEST_LIMIT = 2**20
AT_A_TIME = 1_000


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


class Contents(NamedTuple):
    """An archive whose manifest and members are in order.

    Attributes:
        name: the file's name, for messages.
        archive: the open file.
        schema: the schema of the store that it was made from.
        tables: the tables that it holds.
    """

    name: str
    archive: ZipFile
    schema: int
    tables: Sequence[str]


def opened(path: str) -> Contents:
    """Open an archive and look at its manifest and the sizes of its members.

    Raises:
        UsageError: it is damaged, of a later version, larger than any store, or holds what no archive does.
    """
    from zipfile import ZipFile

    name = os.path.basename(path)
    with _sound(name):
        archive = ZipFile(path)
        try:
            return Contents(name, archive, *_checked(archive, _read_manifest(archive, name), name))
        except BaseException:
            archive.close()
            raise


def _damaged(name: str, why: str) -> UsageError:
    return UsageError(
        f"{name} is no sound archive: {why}", "nothing was changed; `giveback export --all FILE` makes one"
    )


def _read_manifest(archive: ZipFile, name: str) -> dict[str, Any]:
    if archive.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise _damaged(name, "its manifest is too large")
    with archive.open(MANIFEST) as member:
        found = _parsed(member.read(MANIFEST_LIMIT + 1), name, MANIFEST)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _damaged(name, "its manifest is not that of giveback")
    return found


def _checked(archive: ZipFile, manifest: Mapping[str, Any], name: str) -> tuple[int, list[str]]:
    version, schema, named = manifest.get("version"), manifest.get("schema"), manifest.get("tables")
    if type(version) is not int or type(schema) is not int or schema < 1 or not isinstance(named, dict):
        raise _damaged(name, "its manifest lacks version, schema or tables")
    if version > FORMAT_VERSION or schema > connect.VERSION:
        message = f"{name} was written by a newer giveback (schema {schema}, this one knows {connect.VERSION})"
        raise UsageError(message, "update giveback; nothing was changed")
    expected = {MANIFEST, *(f"tables/{table}.json" for table in named)}
    members = archive.namelist()
    strange = sorted(set(members) - expected)
    if strange or len(members) != len(set(members)):
        raise _damaged(
            name,
            f"it holds {strange[0]!r}, which the manifest does not name" if strange else "a member stands in it twice",
        )
    if expected - set(members):
        raise _damaged(name, f"it lacks {min(expected - set(members))}")
    if sum(info.file_size for info in archive.infolist()) > SIZE_LIMIT:
        raise _damaged(name, f"it would take more than {SIZE_LIMIT // 2**30} GB")
    swollen = next((info for info in archive.infolist() if _is_bomb(info.file_size, info.compress_size)), None)
    if swollen is not None:
        raise _damaged(name, f"{swollen.filename} unpacks to more than {BOMB_RATIO} times its size")
    return schema, list(named)


def _is_bomb(size: int, packed: int) -> bool:
    return size > BOMB_SIZE and size > BOMB_RATIO * packed


def _parsed(data: bytes, name: str, member: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _damaged(name, f"{member} is no JSON: {error}") from error


def _no_number(said: str) -> None:
    raise ValueError(f"{said} is no number")


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing is kept in a store."""
    return not any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in KEPT)


def rows(contents: Contents, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one table, one after the other.

    Raises:
        UsageError: it is no list of rows, or the file is damaged.
    """
    with _sound(contents.name):
        yield from _rows(contents, f"tables/{table}.json")


def _rows(contents: Contents, member: str) -> Iterator[dict[str, Any]]:
    with contents.archive.open(member) as file:
        if file.readline(LINE_LIMIT).strip() != b"[":
            yield from _whole(contents, member)
            return
        place, ended = 0, False
        while line := file.readline(LINE_LIMIT):
            text = line.strip()
            if len(line) >= LINE_LIMIT or (ended and text):
                why = "goes on after its end" if ended else f"row {place + 1} is too long"
                raise _damaged(contents.name, f"{member}, {why}")
            ended = ended or text == b"]"
            if text and not ended:
                place += 1
                found = _parsed(text.removesuffix(b","), contents.name, f"{member}, row {place},")
                yield _as_row(found, contents, member)
        if not ended:
            raise _damaged(contents.name, f"{member} ends in the middle")


@contextmanager
def _sound(name: str) -> Iterator[None]:
    """Say in one line what the libraries say of a damaged file in many ways."""
    import zlib
    from zipfile import BadZipFile

    try:
        yield
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _damaged(name, str(error) or type(error).__name__) from error


def _whole(contents: Contents, member: str) -> Iterator[dict[str, Any]]:
    """Other programs may have written the list in other lines."""
    with contents.archive.open(member) as file:
        data = file.read(LINE_LIMIT * 4 + 1)
    if len(data) > LINE_LIMIT * 4:
        raise _damaged(contents.name, f"{member} is too large for one line; write each row on a line of its own")
    found = _parsed(data, contents.name, member)
    if not isinstance(found, list):
        raise _damaged(contents.name, f"{member} is no list")
    for row in found:
        yield _as_row(row, contents, member)


def _as_row(found: object, contents: Contents, member: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _damaged(contents.name, f"{member} holds something that is no row")
    return found


def load(
    connection: sqlite3.Connection, contents: Contents, on_rows: Callable[[str, int], None] = lambda *_: None
) -> dict[str, int]:
    """Put the rows of an archive into an empty store, inside the caller's transaction.

    An archive of an older schema is first loaded into a store of that schema beside it, and goes through the same
    steps as that store would.

    Args:
        connection: a store in which nothing is kept.
        contents: the archive.
        on_rows: called with a table and how many rows of it just came.

    Returns:
        How many rows of each table came.

    Raises:
        UsageError: a row cannot be; the message says which.
    """
    there = {table: rows(contents, table) for table in contents.tables}
    if contents.schema == connect.VERSION:
        return _insert_together(connection, contents, there, on_rows)
    import tempfile

    from giveback.store.migrations import store_of

    with (
        tempfile.TemporaryDirectory() as folder,
        closing(store_of(os.path.join(folder, "old.db"), contents.schema)) as old,
    ):
        old.execute("PRAGMA foreign_keys = OFF")
        with connect.transaction(old):
            _insert(old, contents, there, on_rows)
        old.execute("PRAGMA foreign_keys = ON")
        _move_on(old, folder, contents)
        wanted = insertable(old)
        moved = {table: _rows_of(old, table) for table in wanted}
        return _insert_together(connection, contents, moved, lambda *_: None)


def _insert_together(
    connection: sqlite3.Connection,
    contents: Contents,
    there: Mapping[str, Iterator[dict[str, Any]]],
    on_rows: Callable[[str, int], None],
) -> dict[str, int]:
    """Into the store itself: what is counted and indexed by trigger is so once, at the end."""
    from giveback.store.indexing import indexed_together
    from giveback.store.tallies import counted_together

    with indexed_together(connection), counted_together(connection):
        return _insert(connection, contents, there, on_rows)


def _move_on(old: sqlite3.Connection, folder: str, contents: Contents) -> None:
    from giveback.store.migrations import migrate

    try:
        migrate(old, os.path.join(folder, "old.db"))
    except StoreError as error:
        raise _damaged(contents.name, "its rows refer to rows that are not there") from error


def _rows_of(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    names = columns(connection, table)
    listed = ", ".join(f'"{name}"' for name in names)
    for row in connection.execute(f"SELECT {listed} FROM {table}"):
        yield dict(zip(names, row, strict=True))


def _insert(
    connection: sqlite3.Connection,
    contents: Contents,
    tables: Mapping[str, Iterator[dict[str, Any]]],
    on_rows: Callable[[str, int], None],
) -> dict[str, int]:
    from giveback.store.archived import checker

    connection.execute("PRAGMA defer_foreign_keys = ON")  # rows may refer to each other in a circle
    counts = {}
    for table in insertable(connection, [*KEPT, *NOTED, *tables]):
        if table not in tables:
            continue
        if table not in (*KEPT, *NOTED):
            raise _damaged(contents.name, f"it holds a table {table!r} that giveback does not keep")
        checked = map(checker(connection, table), tables[table])
        counts[table] = _insert_table(connection, table, checked, contents.name, on_rows)
    unknown = sorted(set(tables) - set(counts))
    if unknown:
        raise _damaged(contents.name, f"it holds a table {unknown[0]!r} that giveback does not know")
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    if dangling:
        raise _damaged(contents.name, f"{dangling[0]} refers to a row of {dangling[2]} that is not there")
    return counts


def _insert_table(
    connection: sqlite3.Connection,
    table: str,
    checked: Iterator[dict[str, Any]],
    name: str,
    on_rows: Callable[[str, int], None],
) -> int:
    import sqlite3

    done = 0
    try:
        for values in checked:
            names = ", ".join(f'"{column}"' for column in values)
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
            done += 1
            if done % AT_A_TIME == 0:
                on_rows(table, AT_A_TIME)
    except (sqlite3.IntegrityError, ValueError, OverflowError) as error:
        raise _damaged(name, f"tables/{table}.json, row {done + 1}: {error}") from error
    return done
