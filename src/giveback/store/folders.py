"""Folders with a file for each thing, which other programs write into as well.

What was written is remembered in the store, so that only what changed is written again, what is gone here goes there,
and what others changed or made is left alone. Files appear whole: written aside, then renamed
(https://vdirsyncer.pimutils.org/en/stable/vdir.html).
"""

from __future__ import annotations

import os
import re
from contextlib import closing, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import StoreError, UsageError
from giveback.store import connect
from giveback.writing import mode_of, put

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

_NAME = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._@-]{0,180}")


class Wanted(NamedTuple):
    """A file that there should be.

    Attributes:
        uid: by what its thing is known.
        name: its name when it is new.
        data: what it should say.
    """

    uid: str
    name: str
    data: bytes


class Known(NamedTuple):
    """A file that was written before: its name, and the digest of what it said."""

    name: str
    digest: str


class Outcome(NamedTuple):
    """What became of a folder; names of files.

    Attributes:
        written: new or changed.
        unchanged: how many were as they should be.
        removed: whose things are gone.
        changed: changed by others, and left alone.
        deleted: deleted by others, and left away.
    """

    written: Sequence[str]
    unchanged: int
    removed: Sequence[str]
    changed: Sequence[str]
    deleted: Sequence[str]


class Found(NamedTuple):
    """A file of a folder: name, what it says, when it was changed (seconds since 1970)."""

    name: str
    data: bytes
    changed_at: float


def files(folder: str, ending: str) -> Iterator[Found]:
    """The files of a folder with that ending, by name; hidden ones and those that vanish meanwhile are passed over.

    Raises:
        UsageError: it is there, and no folder.
    """
    if not os.path.exists(folder):
        return
    if not os.path.isdir(folder):
        raise UsageError(f"{folder} is no folder", "name a folder, or a file with its ending")
    for name in sorted(os.listdir(folder)):
        if name.endswith(ending) and not name.startswith("."):
            with suppress(FileNotFoundError, IsADirectoryError):
                yield found(folder, name)


def found(folder: str, name: str) -> Found:
    """One file."""
    with open(os.path.join(folder, name), "rb") as file:
        return Found(name, file.read(), os.fstat(file.fileno()).st_mtime)


def file_name(uid: str, ending: str) -> str:
    """A name for a file by its UID, which may hold anything."""
    stem = uid if _NAME.fullmatch(uid) else sha256(uid.encode("utf-8", "replace")).hexdigest()[:32]
    return stem + ending


def digest(data: bytes) -> str:
    """By what it is known whether a file still says the same."""
    return sha256(data).hexdigest()


def known(store: str, folder: str) -> dict[str, Known]:
    """The files that were written into a folder before, by UID."""
    connection = connect.read(store)
    if connection is None:
        return {}
    with closing(connection):
        rows = connection.execute(
            "SELECT uid, name, digest FROM exported_file WHERE folder = ?", (os.path.realpath(folder),)
        )
        return {uid: Known(name, said) for uid, name, said in rows}


def accept(store: str, folder: str, seen: Mapping[str, Found]) -> None:
    """Take what others wrote into files as known: by UID, the files as they were read."""
    where = os.path.realpath(folder)
    before = known(store, folder)
    fresh = {uid: file for uid, file in seen.items() if before.get(uid) != Known(file.name, digest(file.data))}
    if not fresh:
        return
    with closing(connect.write(store)) as connection, connect.transaction(connection):
        old = [(where, before[uid].name) for uid in fresh if uid in before]
        connection.executemany("DELETE FROM exported_file WHERE folder = ? AND name = ?", old)
        connection.executemany(_REMEMBER, [(where, one.name, uid, digest(one.data)) for uid, one in fresh.items()])


_REMEMBER = "INSERT OR REPLACE INTO exported_file (folder, name, uid, digest) VALUES (?, ?, ?, ?)"


class Folder:
    """A folder that is brought up to date.

    Args:
        store: the SQLite file, which remembers what was written.
        folder: made when it is not there, for its owner alone.
        ending: of the files.
        there: files by UID that others made, or that were made before; see `files`.
        may_overwrite: whether a file that others changed or made may be written over.
        revive: write a file that others deleted again once it should say something else.
    """

    def __init__(
        self,
        store: str,
        folder: str,
        ending: str,
        there: Mapping[str, Found],
        may_overwrite: Callable[[Wanted, Found], bool],
        *,
        revive: bool = False,
    ) -> None:
        self._revive = revive
        self._store, self._folder, self._ending = store, folder, ending
        self._there, self._may_overwrite = there, may_overwrite
        # An empty folder was not emptied thing by thing.
        self._known = known(store, folder) if there else {}
        self._taken = {one.name.casefold() for one in there.values()} | {
            name.casefold() for name in (os.listdir(folder) if os.path.isdir(folder) else ())
        }

    def write(
        self,
        wanted: Iterable[Wanted],
        *,
        whole: bool,
        spared: Collection[str] = (),
        dry_run: bool = False,
        force: bool = False,
    ) -> Outcome:
        """Write what is new or changed, and remove what is gone.

        Args:
            wanted: the files that there should be.
            whole: these are all; files of others that were written before go.
            spared: UIDs of what is not wanted, but not gone either: their files stay as they are.
            dry_run: only say what would be done.
            force: write over, or remove, what others changed, and write again what they deleted.

        Raises:
            StoreError: the folder cannot be written.
        """
        out = Outcome([], 0, [], [], [])
        remember: dict[str, Known] = {}
        try:
            if not dry_run:
                os.makedirs(self._folder, mode=0o700, exist_ok=True)
            for one in wanted:
                out = self._one(one, out, remember, dry_run=dry_run, force=force)
            gone = [uid for uid in self._known if uid not in remember and uid not in spared] if whole else []
            for uid in gone:
                out = self._remove(uid, out, dry_run=dry_run, force=force)
        except OSError as error:
            raise StoreError(
                f"cannot write {error.filename or self._folder}: {error.strerror}", "name another folder"
            ) from error
        if not dry_run:
            # What others changed stays known, so that the next time says so as well.
            stays = {uid for uid in gone if uid in self._there and self._there[uid].name in out.changed}
            self._remember(remember, [uid for uid in gone if uid not in stays])
        return out

    def _one(self, one: Wanted, out: Outcome, remember: dict[str, Known], *, dry_run: bool, force: bool) -> Outcome:
        before, there = self._known.get(one.uid), self._there.get(one.uid)
        said = digest(one.data)
        name = there.name if there else before.name if before else self._free(one)
        remember[one.uid] = Known(name, said)
        if there is None and before is not None and not force and not (self._revive and before.digest != said):
            remember[one.uid] = before
            return out._replace(deleted=[*out.deleted, name])
        if there is not None and there.data == one.data:
            return out._replace(unchanged=out.unchanged + 1)
        touched = there is not None and (before is None or digest(there.data) != before.digest)
        if touched and not force and there is not None and not self._may_overwrite(one, there):
            remember[one.uid] = before or Known(name, "")
            return out._replace(changed=[*out.changed, name])
        if not dry_run:
            self._put(name, one.data)
        return out._replace(written=[*out.written, name])

    def _free(self, one: Wanted) -> str:
        """The wanted name, or one with the UID in it where another thing has that name."""
        name = one.name
        if name.casefold() in self._taken:
            name = f"{one.name.removesuffix(self._ending)}-{digest(one.uid.encode())[:8]}{self._ending}"
        self._taken.add(name.casefold())
        return name

    def _put(self, name: str, data: bytes) -> None:
        path = os.path.join(self._folder, name)
        put(path, data, mode=mode_of(path), synced=False)  # a folder of thousands can be written again

    def _remove(self, uid: str, out: Outcome, *, dry_run: bool, force: bool) -> Outcome:
        before, there = self._known[uid], self._there.get(uid)
        if there is None:
            return out
        touched = digest(there.data) != before.digest
        if touched and not force and not self._may_overwrite(Wanted(uid, there.name, b""), there):
            return out._replace(changed=[*out.changed, there.name])
        if not dry_run:
            with suppress(FileNotFoundError):
                os.remove(os.path.join(self._folder, there.name))
        return out._replace(removed=[*out.removed, there.name])

    def _remember(self, remember: Mapping[str, Known], gone: Iterable[str]) -> None:
        folder = os.path.realpath(self._folder)
        same = {uid: one for uid, one in remember.items() if one.digest and self._known.get(uid) != one}
        gone = list(gone)
        if not same and not gone:
            return
        with closing(connect.write(self._store)) as connection, connect.transaction(connection):
            names = [(folder, self._known[uid].name) for uid in (*gone, *same) if uid in self._known]
            connection.executemany("DELETE FROM exported_file WHERE folder = ? AND name = ?", names)
            rows = [(folder, one.name, uid, one.digest) for uid, one in same.items()]
            connection.executemany(_REMEMBER, rows)
