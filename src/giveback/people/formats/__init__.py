"""Files that people come with: a reader turns bytes into rows and rejects, whatever the format.

What a row says is checked in `people.importing`, so that every format is held to the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from giveback.people.formats.person import Group, Person

T = TypeVar("T")


class ExchangeForm(NamedTuple):
    """What a file says of an exchange, as it is written there; "" where nothing is said.

    Attributes:
        name: whom it concerns.
        email: the same, unmistakably.
        day: an ISO date, or "3 Mar 2026".
        kind: gave, received, met, call, coffee …
        channel: how, where the file tells that apart from the kind.
        text: what it was.
        note: more of it.
    """

    name: str = ""
    email: str = ""
    day: str = ""
    kind: str = ""
    channel: str = ""
    text: str = ""
    note: str = ""


class Row(NamedTuple, Generic[T]):
    """One entry of a file: the line it begins at, what it says, and its cells for the file of rejects.

    In a folder, `file` is the name of the file inside of it.
    """

    line: int
    form: T
    cells: Sequence[str]
    file: str = ""


class Reject(NamedTuple):
    """An entry that cannot be used: where, why, and what it was.

    Attributes:
        line: the line it begins at, the first is 1.
        reason: one line.
        cells: its cells, or its text when it could not be taken apart; what `Sheet.write` needs of it.
        file: in a folder, the name of the file inside of it.
    """

    line: int
    reason: str
    cells: Sequence[str]
    file: str = ""


class Sheet(NamedTuple):
    """What a reader found in one file.

    Attributes:
        name: the file's name without its folder.
        contacts: entries that are people.
        exchanges: entries that are exchanges.
        rejects: what could not be taken apart.
        passed_over: columns or fields that say nothing to giveback.
        write: makes a file of the same format out of rejects.
        source: where it comes from, as the store names it: vcard, linkedin, csv …
        groups: entries that are groups of people.
        strict: whether a value that cannot be costs the whole entry, as in tables that somebody keeps by hand.
        remarks: what is worth saying of the file as a whole, one line each.
        header: by what the table is known again, where its columns were named by `--map`.
    """

    name: str
    contacts: Sequence[Row[Person]]
    exchanges: Sequence[Row[ExchangeForm]]
    rejects: Sequence[Reject]
    passed_over: Sequence[str]
    write: Callable[[Sequence[Reject]], str]
    source: str = "csv"
    groups: Sequence[Group] = ()
    strict: bool = False
    remarks: Sequence[str] = ()
    header: str = ""


UNPACKED_LIMIT = 512 * 2**20
"""Bytes that a compressed file may unpack to."""


def read(
    data: bytes,
    name: str,
    mapped: Mapping[str, str] | None = None,
    remembered: Mapping[str, Mapping[str, str]] | None = None,
) -> Sheet:
    """Read a file by the first reader that knows its format; what it holds decides, not its name.

    Args:
        data: the whole file; gzip is unpacked.
        name: its name without the folder, for messages.
        mapped: fields by the plain names of columns, from `--map`.
        remembered: what the columns of other tables were said to be, by `delimited.header_key`.

    Raises:
        UsageError: no reader knows it; the message says what was found.
    """
    from giveback.people.formats import delimited
    from giveback.people.formats.contentline import as_utf8

    if not mapped and (found := recognise(data, name)):
        return found
    return delimited.read(as_utf8(_unpacked(data, name)), name, mapped or {}, remembered or {})


def recognise(data: bytes, name: str) -> Sheet | None:
    """Read a file of a format that tells itself; None for tables, which have to be looked at more closely.

    Raises:
        UsageError: it is compressed, and damaged.
    """
    from giveback.people.formats.contentline import as_utf8

    return _recognised(as_utf8(_unpacked(data, name)), name)


def _recognised(data: bytes, name: str) -> Sheet | None:
    from giveback.people.formats import abook, friends, khard, ldif, vcard

    start = data[:200].lstrip()
    if start[:1] in (b"{", b"["):
        return _json(data, name) or abook.read(data, name)
    readers = (vcard.read, ldif.read, abook.read, friends.read, khard.read)
    return next((sheet for reader in readers if (sheet := reader(data, name)) is not None), None)


def _json(data: bytes, name: str) -> Sheet | None:
    import json

    from giveback.people.formats import jcard, monica

    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return jcard.read(found, name) or monica.read(found, name)


def _unpacked(data: bytes, name: str) -> bytes:
    """A file as it was before gzip.

    Raises:
        UsageError: it is damaged, or unpacks to more than `UNPACKED_LIMIT`.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    import zlib

    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(data, UNPACKED_LIMIT)
    except zlib.error as error:
        raise UsageError(f"{name} is damaged: {error}", "unpack it by hand, and import what comes out") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        reason = "unpacks to too much" if unpacker.unconsumed_tail else "is cut off"
        raise UsageError(f"{name} {reason}", "unpack it by hand, and import what comes out")
    return plain
