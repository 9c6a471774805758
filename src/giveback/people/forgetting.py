"""Forgetting a person: out of the store for good, out of the drafts, and a list of what is left elsewhere."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import GivebackError
from giveback.store import connect
from giveback.store.backup import copies_beside
from giveback.store.changes import change_in_bulk
from giveback.store.erasing import copy_for_erasing, erase, numbers_of, scrub
from giveback.store.mentions import naming
from giveback.text import fold

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from giveback.config import Places
    from giveback.dates import Now
    from giveback.store.erasing import Erased, Known
    from giveback.store.mentions import Mention

_LARGEST = 20_000_000


class Left(NamedTuple):
    """Something that still tells of the person: what it is, where, and what to do about it."""

    kind: str
    where: str
    hint: str


class Forgotten(NamedTuple):
    """What `forget` did.

    Attributes:
        rows: how many rows of which table went.
        journal: how many entries of the journal went.
        drafts: files of drafts that went.
        backups: copies of the store beside it from which the person went.
        left: what still tells of them.
    """

    rows: Mapping[str, int]
    journal: int
    drafts: Sequence[str]
    backups: Sequence[str]
    left: Sequence[Left]


def forget(where: Places, number: int, now: Now, *, backups: bool = False, dry_run: bool = False) -> Forgotten:
    """Erase a contact; nothing takes it back.

    Args:
        where: the files of the profile.
        number: of the contact.
        now: the clock.
        backups: erase them from the copies beside the store, too.
        dry_run: only say what would go.

    Raises:
        StoreError: the store cannot be written; nothing was changed.
    """
    with change_in_bulk(where.store, now, "", dry_run=dry_run) as raw:
        raw.execute("PRAGMA secure_delete = ON")
        erased = erase(raw, number)
    drafts = list(_drafts(where.drafts, erased.known))
    left = [*_files(erased), *_texts(where, erased.known, drafts), *map(_mentioned, erased.mentions)]
    if not dry_run:
        for path in drafts:
            with suppress(FileNotFoundError):
                os.remove(path)
        left += _scrubbed(where.store)
    done, kept = _copies(where.store, erased.known, wanted=backups, dry_run=dry_run)
    return Forgotten(erased.rows, erased.journal, drafts, done, [*kept, *left])


def _scrubbed(path: str) -> Iterator[Left]:
    """Rewrite the store; what hinders that takes nothing back."""
    hint = "traces of earlier states go when the store is rewritten: giveback backup FILE, giveback restore FILE"
    try:
        with closing(connect.write(path)) as connection:
            clean = scrub(connection)
    except (sqlite3.Error, GivebackError):
        clean = False
    if not clean:
        yield Left("freed pages", path, f"the store was in use; {hint}")


def _files(erased: Erased) -> Iterator[Left]:
    for path in erased.files:
        if os.path.exists(path):
            returns = ", or the next import of its folder brings them back" if path.endswith(".vcf") else ""
            yield Left("file", path, f"delete it{returns}")
    uids = [uid.encode() for uid in erased.known.uids]
    for path in erased.calendars:
        if os.path.isfile(path) and any(uid in _start_of(path) for uid in uids):
            yield Left("task", path, "the next giveback followups --vdir into its folder takes it away")


def _start_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(_LARGEST)


def _mentioned(one: Mention) -> Left:
    what = one.table.replace("_", " ")
    whose = f" of {one.whose}" if one.whose else ""
    return Left("text", f"{what} {one.number}{whose}: {one.text}", "it belongs to somebody else; change it yourself")


def _drafts(folder: str, known: Known) -> Iterator[str]:
    """Drafts to the person."""
    for path in _below(folder):
        if path.endswith(".eml") and set(known.addresses) & set(_recipients(path)):
            yield path


def _recipients(path: str) -> list[str]:
    message = message_from_bytes(_start_of(path), policy=policy.default)
    return [one.addr_spec.lower() for field in message.get_all("To", []) for one in field.addresses]


def _texts(where: Places, known: Known, gone: Sequence[str]) -> Iterator[Left]:
    """Files beside the store that name the person."""
    pattern = naming((*known.names, *known.addresses))
    rejects = os.path.join(os.path.dirname(where.drafts), "rejects")
    for kind, folder in (("draft", where.drafts), ("rejected entries", rejects), ("bulletin", where.bulletins)):
        for path in _below(folder):
            if path not in gone and _names(path, pattern):
                yield Left(kind, path, "look through it; delete it when it is not wanted any more")


def _names(path: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(fold(_start_of(path).decode("utf-8", "replace"))))


def _below(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (path for name in sorted(names) if os.path.isfile(path := os.path.join(parent, name)))


def _copies(path: str, known: Known, *, wanted: bool, dry_run: bool) -> tuple[list[str], list[Left]]:
    """The copies beside the store that the person was erased from, and those in which they still are."""
    done: list[str] = []
    left: list[Left] = []
    for copy in copies_beside(path):
        try:
            if not _is_in(copy, known):
                continue
            if not wanted:
                left.append(Left("backup", copy, "delete it; --backups erases them there as well"))
                continue
            if not dry_run:
                _erase_from(copy, known)
            done.append(copy)
        except (GivebackError, sqlite3.Error) as error:
            left.append(Left("backup", copy, f"it cannot be changed ({error}); delete it"))
    left.append(Left("backup", "copies, archives and exports that you put elsewhere", "not known here; delete them"))
    return done, left


def _is_in(copy: str, known: Known) -> bool:
    with closing(connect.read_copy(copy)) as connection:
        return bool(numbers_of(connection, known.uids))


def _erase_from(copy: str, known: Known) -> None:
    with copy_for_erasing(copy) as connection:
        with connect.transaction(connection):
            for number in numbers_of(connection, known.uids):
                erase(connection, number)
        scrub(connection)
