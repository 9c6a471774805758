"""What may be wrong with a store, and what of it can be mended from the rest."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import StoreError
from giveback.store import connect
from giveback.store.backup import SIDE_FILES
from giveback.store.schema import SOUND_SNAPSHOT
from giveback.store.tallies import count_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_OURS = ("giveback", "config.toml", "templates", "drafts", "bulletins")


class Finding(NamedTuple):
    """Something that is not as it should be.

    Attributes:
        kind: "store" (cannot be opened), "damage", "index", "references", "search", "tallies",
            "journal", "vectors", "ranking", "mode" or "folder"; a stable word.
        text: what it is, one line.
        mendable: whether it can be made again from what is sound.
        hint: what to do when it cannot.
    """

    kind: str
    text: str
    mendable: bool = True
    hint: str = ""


def examine(path: str) -> list[Finding]:
    """Look for everything that could be wrong with a store.

    Args:
        path: the store; one that is not there has nothing wrong.
    """
    if not os.path.exists(path):
        return []
    found = list(_modes(path))
    try:
        connection = connect.write(path)
    except StoreError as error:
        return [*found, Finding("store", error.message, mendable=False, hint=error.hint)]
    with closing(connection):
        for check in _CHECKS:
            try:
                found += check(connection)
            except sqlite3.Error as error:
                explained = connect.explain(path, error)
                return [*found, Finding("damage", explained.message, mendable=False, hint=explained.hint)]
    return found


def repair(path: str) -> list[Finding]:
    """Make again what can be made from the rest: indexes, search, tallies, file modes.

    Args:
        path: the store.

    Returns:
        What is still not as it should be.

    Raises:
        StoreError: the store cannot be written.
    """
    kinds = {finding.kind for finding in examine(path) if finding.mendable}
    if "mode" in kinds:
        for name in _files(path):
            os.chmod(name, _PRIVATE_FILE)
    if "folder" in kinds:
        os.chmod(_folder(path), _PRIVATE_FOLDER)
    steps = [step for kind, step in _REPAIRS.items() if kind in kinds]
    if steps:
        _run(path, steps)
    return examine(path)


def _run(path: str, steps: list[Callable[[sqlite3.Connection], None]]) -> None:
    with closing(connect.write(path)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for step in steps:
                step(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise connect.explain(path, error) from error


def _folder(path: str) -> str:
    return os.path.dirname(os.path.abspath(path))


def _files(path: str) -> list[str]:
    return [path + suffix for suffix in ("", *SIDE_FILES) if os.path.isfile(path + suffix)]


def _modes(path: str) -> Iterator[Finding]:
    if os.name != "posix":
        return
    for name in _files(path):
        mode = stat.S_IMODE(os.stat(name).st_mode)
        if mode & ~_PRIVATE_FILE:
            yield Finding("mode", f"{name} has mode {mode:04o}: others may read it", hint=f"chmod 600 {name}")
    folder = _folder(path)
    mode = stat.S_IMODE(os.stat(folder).st_mode)
    if mode & ~_PRIVATE_FOLDER:
        # A folder that holds other things too, as a home does, is not ours to close.
        alone = all(name.startswith(_OURS) for name in os.listdir(folder))
        text = f"{folder} has mode {mode:04o}: others may look into it"
        yield Finding("folder", text, mendable=alone, hint=f"chmod 700 {folder}, if nothing else needs it open")


def _damage(connection: sqlite3.Connection) -> Iterator[Finding]:
    rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
    for line in (line for row in rows for line in str(row[0]).splitlines()):
        # Newer SQLite looks into the search index here too; `_search` does so with every version.
        if line != "ok" and not line.startswith("***") and "fts5" not in line.lower():
            # Indexes are made from their tables; the tables are the only copy.
            index = "index" in line
            hint = "" if index else "restore a copy: giveback restore FILE"
            yield Finding("index" if index else "damage", line, mendable=index, hint=hint)


def _references(connection: sqlite3.Connection) -> Iterator[Finding]:
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        text = f"{table} {row} names a row of {parent} that is not there"
        yield Finding("references", text, mendable=False, hint="restore a copy: giveback restore FILE")


def _search(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        # 1: compare with the articles too (https://www.sqlite.org/fts5.html#the_integrity_check_command).
        connection.execute("INSERT INTO article_fts (article_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        yield Finding("search", f"the search index differs from the articles: {error}")


def _tallies(connection: sqlite3.Connection) -> Iterator[Finding]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        before = _counted(connection)
        count_again(connection)
        after = _counted(connection)
    finally:
        connection.execute("ROLLBACK")
    wrong = sum(before.get(number) != after.get(number) for number in before.keys() | after.keys())
    if wrong:
        yield Finding("tallies", f"tallies that differ from the exchanges: {wrong}")


def _counted(connection: sqlite3.Connection) -> dict[int, tuple[object, ...]]:
    """Every contact's tally; a contact without exchanges may have one of zeros, or none."""
    return {row[0]: row[1:] for row in connection.execute("SELECT * FROM contact_tally WHERE exchanges > 0")}


def _journal(connection: sqlite3.Connection) -> Iterator[Finding]:
    if connection.execute("SELECT 1 FROM journal_open").fetchone():
        yield Finding("journal", "a unit of work was left open in the journal: no change can be made")


def _ranking(connection: sqlite3.Connection) -> Iterator[Finding]:
    articles, contacts = connection.execute(
        "SELECT (SELECT count(*) FROM ranking_new), (SELECT count(*) FROM ranking_stale)"
    ).fetchone()
    if articles or contacts:
        text = f"{articles} articles and {contacts} contacts wait to be ranked"
        yield Finding("ranking", text, hint="giveback doctor")
        return
    if connection.execute(f"SELECT 1 FROM collection WHERE NOT {SOUND_SNAPSHOT}").fetchone():
        yield Finding("ranking", "the snapshot of the collection is damaged", hint="giveback doctor")


_ODD = "length(vector) <> (SELECT length(mean_vector) / 4 FROM collection)"
"""Holds of a vector that has not the length of the collection's mean, in numbers of one byte against four."""


def _vectors(connection: sqlite3.Connection) -> Iterator[Finding]:
    count = connection.execute(f"SELECT count(*) FROM article_vector WHERE {_ODD}").fetchone()[0]
    if count:
        yield Finding("vectors", f"damaged vectors of articles: {count}")


_CHECKS = (_damage, _references, _search, _tallies, _journal, _vectors, _ranking)


def _reindex(connection: sqlite3.Connection) -> None:
    connection.execute("REINDEX")


def _rebuild_search(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO article_fts (article_fts) VALUES ('rebuild')")


def _close_journal(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM journal_open")


def _make_vectors_again(connection: sqlite3.Connection) -> None:
    connection.execute(f"INSERT OR IGNORE INTO ranking_new SELECT article_id FROM article_vector WHERE {_ODD}")
    connection.execute(f"DELETE FROM article_vector WHERE {_ODD}")


_REPAIRS: dict[str, Callable[[sqlite3.Connection], None]] = {
    "journal": _close_journal,
    "index": _reindex,
    "search": _rebuild_search,
    "tallies": count_again,
    "vectors": _make_vectors_again,
}
