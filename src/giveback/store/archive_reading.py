"""Archives as they come from anywhere: opened, checked, and read row by row; nothing in them is believed."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.errors import UsageError
from giveback.store import connect
from giveback.store.archive import FORMAT, FORMAT_VERSION, MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zipfile import ZipFile

SIZE_LIMIT = 4 * 2**30
"""Bytes of all members together, inflated; a store of 100,000 articles with their texts has half a billion."""
BOMB_SIZE, BOMB_RATIO = 32 * 2**20, 200
"""A member of more bytes that shrank by more than this is no table; rows shrink to a twentieth."""
LINE_LIMIT = 16 * 2**20
"""Bytes of one row."""
MANIFEST_LIMIT = 2**20


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


def damaged(name: str, why: str) -> UsageError:
    """The error that says what is wrong with an archive."""
    return UsageError(
        f"{name} is no sound archive: {why}", "nothing was changed; `giveback export --all FILE` makes one"
    )


def _read_manifest(archive: ZipFile, name: str) -> dict[str, Any]:
    if archive.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise damaged(name, "its manifest is too large")
    with archive.open(MANIFEST) as member:
        found = _parsed(member.read(MANIFEST_LIMIT + 1), name, MANIFEST)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise damaged(name, "its manifest is not that of giveback")
    return found


def _checked(archive: ZipFile, manifest: Mapping[str, Any], name: str) -> tuple[int, list[str]]:
    version, schema, named = manifest.get("version"), manifest.get("schema"), manifest.get("tables")
    if type(version) is not int or type(schema) is not int or schema < 1 or not isinstance(named, dict):
        raise damaged(name, "its manifest lacks version, schema or tables")
    if version > FORMAT_VERSION or schema > connect.VERSION:
        message = f"{name} was written by a newer giveback (schema {schema}, this one knows {connect.VERSION})"
        raise UsageError(message, "update giveback; nothing was changed")
    expected = {MANIFEST, *(f"tables/{table}.json" for table in named)}
    members = archive.namelist()
    strange = sorted(set(members) - expected)
    if strange or len(members) != len(set(members)):
        raise damaged(
            name,
            f"it holds {strange[0]!r}, which the manifest does not name" if strange else "a member stands in it twice",
        )
    if expected - set(members):
        raise damaged(name, f"it lacks {min(expected - set(members))}")
    if sum(info.file_size for info in archive.infolist()) > SIZE_LIMIT:
        raise damaged(name, f"it would take more than {SIZE_LIMIT // 2**30} GB")
    swollen = next((info for info in archive.infolist() if _is_bomb(info.file_size, info.compress_size)), None)
    if swollen is not None:
        raise damaged(name, f"{swollen.filename} unpacks to more than {BOMB_RATIO} times its size")
    return schema, list(named)


def _is_bomb(size: int, packed: int) -> bool:
    return size > BOMB_SIZE and size > BOMB_RATIO * packed


def _parsed(data: bytes, name: str, member: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise damaged(name, f"{member} is no JSON: {error}") from error


def _no_number(said: str) -> None:
    raise ValueError(f"{said} is no number")


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
                raise damaged(contents.name, f"{member}, {why}")
            ended = ended or text == b"]"
            if text and not ended:
                place += 1
                found = _parsed(text.removesuffix(b","), contents.name, f"{member}, row {place},")
                yield _as_row(found, contents, member)
        if not ended:
            raise damaged(contents.name, f"{member} ends in the middle")


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
        raise damaged(name, str(error) or type(error).__name__) from error


def _whole(contents: Contents, member: str) -> Iterator[dict[str, Any]]:
    """Other programs may have written the list in other lines."""
    with contents.archive.open(member) as file:
        data = file.read(LINE_LIMIT * 4 + 1)
    if len(data) > LINE_LIMIT * 4:
        raise damaged(contents.name, f"{member} is too large for one line; write each row on a line of its own")
    found = _parsed(data, contents.name, member)
    if not isinstance(found, list):
        raise damaged(contents.name, f"{member} is no list")
    for row in found:
        yield _as_row(row, contents, member)


def _as_row(found: object, contents: Contents, member: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise damaged(contents.name, f"{member} holds something that is no row")
    return found
