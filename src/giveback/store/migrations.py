"""Ordered steps from any older schema to the present one.

`PRAGMA user_version` says which steps a store has seen (https://www.sqlite.org/pragma.html#pragma_user_version).
Each step ends with a foreign-key check, all of them are one transaction; a backup is made before the first.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from giveback.errors import StoreError
from giveback.store.backup import copy_into
from giveback.store.connect import APPLICATION_ID, VERSION, transaction
from giveback.store.journaling import journal_triggers
from giveback.store.schema import DERIVED, JOURNALED, TABLES, TRIGGERS, VIEWS
from giveback.store.steps.asking import keep_asks
from giveback.store.steps.bulletins import keep_bulletins
from giveback.store.steps.delivery import keep_deliveries
from giveback.store.steps.dismissing import keep_dismissed_assets
from giveback.store.steps.events import keep_events
from giveback.store.steps.giving import keep_giving
from giveback.store.steps.importing import keep_sources
from giveback.store.steps.indexing import index_in_bulk
from giveback.store.steps.interests import widen_interests
from giveback.store.steps.journaling import journal_on_demand
from giveback.store.steps.kindred import keep_kindred
from giveback.store.steps.lessons import keep_lessons
from giveback.store.steps.mail import keep_mail
from giveback.store.steps.mail_ways import tell_ways
from giveback.store.steps.merging import merging
from giveback.store.steps.reading import reading
from giveback.store.steps.schedule import schedule
from giveback.store.steps.skipping import keep_skips
from giveback.store.steps.tact import keep_kinds
from giveback.store.steps.thanks import count_turned_asks, keep_thanks_due

if TYPE_CHECKING:
    from collections.abc import Callable


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring a store up to date; a new file gets the whole schema.

    Two processes may arrive here at once: the second waits for the lock and finds nothing to do.

    Args:
        connection: a writable connection in autocommit mode.
        path: its file, for the backup and for messages.

    Raises:
        StoreError: a step would leave dangling references; the store is as it was.
    """
    with transaction(connection):
        before = _version(connection)
        if 0 < before < VERSION:
            # A copy cannot be made from within the transaction; others may read the store as it was.
            with closing(sqlite3.connect(path)) as reader:
                copy_into(reader, f"{path}.v{before}.backup")
        for step, function in enumerate(STEPS[before:], start=before + 1):
            _run(connection, step, function, path)


def store_of(path: str, schema: int) -> sqlite3.Connection:
    """Make an empty store as an earlier version would have: for what was written by it.

    Args:
        path: a file that is not there yet.
        schema: the number of its schema, at least 1.

    Returns:
        A connection in autocommit mode, which `migrate` brings up to date.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")
    with transaction(connection):
        for step, function in enumerate(STEPS[:schema], start=1):
            _run(connection, step, function, path)
    return connection


def _run(connection: sqlite3.Connection, step: int, function: Callable[[sqlite3.Connection], None], path: str) -> None:
    function(connection)
    dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    if dangling:
        raise StoreError(f"{path} has {len(dangling)} dangling references", "run `giveback doctor`")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {step}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """Split a script at the semicolons that end statements (triggers hold some of their own)."""
    found, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            found.append(current.strip())
            current = ""
    return [statement for statement in found if statement != ";"]


def _first(connection: sqlite3.Connection) -> None:
    for script in (TABLES, DERIVED, TRIGGERS, VIEWS):
        for statement in _statements(script):
            connection.execute(statement)
    for table in JOURNALED:
        for statement in journal_triggers(connection, table):
            connection.execute(statement)


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _first,
    schedule,
    reading,
    index_in_bulk,
    widen_interests,
    keep_kinds,
    keep_lessons,
    keep_kindred,
    keep_sources,
    keep_giving,
    keep_mail,
    merging,
    keep_asks,
    keep_deliveries,
    keep_bulletins,
    tell_ways,
    keep_events,
    keep_thanks_due,
    keep_dismissed_assets,
    keep_skips,
    count_turned_asks,
    journal_on_demand,
)
