"""Changes: one unit of work over the store's own opener, with the journal that `undo` reads."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError
from giveback.store import connect, journaling
from giveback.store.tallies import counted_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine
    from sqlmodel import Session

    from giveback.dates import Now


MANY = 50
"""Exchanges from which on it is quicker to count everybody's at the end than one contact's at each."""


class Undone(NamedTuple):
    """What `undo` took back: the command as it was logged, when, and how many rows it had touched."""

    command: str
    at: str
    rows: int


@contextmanager
def change(path: str, now: Now, command: str = "", *, dry_run: bool = False) -> Iterator[Session]:
    """Open a unit of work; all of it happens or none.

    Args:
        path: the store; it is created when there is none.
        now: the clock, for the journal.
        command: one line that says what is done, shown by `undo`. Empty: nothing is journaled
            (fetched articles can be fetched again).
        dry_run: do everything and then take it back.

    Yields:
        A SQLModel session inside one `BEGIN IMMEDIATE` transaction.

    Raises:
        StoreError: the store cannot be opened or written; nothing was changed.
    """
    from sqlmodel import Session

    with _unit(path, dry_run=dry_run) as raw:
        engine = _engine(raw)
        with Session(engine) as session:
            # The block ends the unit, nothing before: a commit inside would leave the journal open.
            session.commit = session.flush  # type: ignore[method-assign]
            unit = _begin(raw, now, command)
            yield session
            session.flush()
            _finish(raw, unit)


@contextmanager
def change_in_bulk(path: str, now: Now, command: str, *, dry_run: bool = False) -> Iterator[sqlite3.Connection]:
    """A unit of work over the driver alone, for changes of many thousand rows.

    It is journaled, waits and is taken back as one by `change` is; what it saves is a third of a second of imports,
    and objects where rows are enough.

    Args:
        path: the store; it is created when there is none.
        now: the clock, for the journal.
        command: one line that says what is done, shown by `undo`.
        dry_run: do everything and then take it back.

    Yields:
        A connection inside one `BEGIN IMMEDIATE` transaction.

    Raises:
        StoreError: the store cannot be opened or written; nothing was changed.
    """
    with _unit(path, dry_run=dry_run) as raw:
        unit = _begin(raw, now, command)
        yield raw
        _finish(raw, unit)


@contextmanager
def _unit(path: str, *, dry_run: bool) -> Iterator[sqlite3.Connection]:
    """One transaction that other writers wait for: all of it happens or none.

    SQLAlchemy's errors carry the driver's own as `orig`, and are told apart by that: its import
    is not paid where only the driver is used.
    """
    raw = connect.write(path)
    try:
        raw.execute("BEGIN IMMEDIATE")
        yield raw
        raw.execute("ROLLBACK" if dry_run else "COMMIT")
    except BaseException as error:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        if isinstance(getattr(error, "orig", error), sqlite3.DatabaseError):
            raise connect.explain(path, error, "nothing was changed") from error
        raise
    finally:
        raw.close()


def connection_of(session: Session) -> sqlite3.Connection:
    """The driver's connection of an open unit of work, for asking questions inside of it."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


def _engine(raw: sqlite3.Connection) -> Engine:
    """An engine over one connection whose transaction we drive ourselves."""
    from sqlalchemy.pool import StaticPool
    from sqlmodel import create_engine

    return create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, skip_autocommit_rollback=True)


def _begin(raw: sqlite3.Connection, now: Now, command: str) -> int | None:
    if not command:
        return None
    from giveback.dates import utc_text

    journaling.start(raw)
    unit = raw.execute("INSERT INTO journal (at, command) VALUES (?, ?)", (utc_text(now.at), command)).lastrowid
    raw.execute("INSERT INTO journal_open VALUES (1, ?)", (unit,))
    return unit


def _finish(raw: sqlite3.Connection, unit: int | None) -> None:
    if unit is None:
        return
    raw.execute("DELETE FROM journal_open")
    raw.execute(
        "DELETE FROM journal WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM journal_entry WHERE journal_id = ?1)",
        (unit,),
    )


@contextmanager
def journaled_at_once(raw: sqlite3.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Insert many rows inside of a unit of work, and journal them together when they are there.

    The triggers are away meanwhile: asked for each row, they cost as much as the rows. Nothing but insertions into
    these tables may happen inside.

    Args:
        raw: the connection below the unit of work.
        tables: journaled tables, in the order in which rows are inserted.
    """
    unit = raw.execute("SELECT journal_id FROM journal_open").fetchone()
    if unit is None:
        yield
        return
    last = {table: raw.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0] for table in tables}
    for table in tables:
        raw.execute(f"DROP TRIGGER temp.{table}_insert_journal")
    yield
    for table in tables:
        raw.execute(journaling.journal_triggers(raw, table, journaling.TEMPORARY)[0])
    for table, number in last.items():
        raw.execute(
            'INSERT INTO journal_entry (journal_id, "table", row_id, operation)'
            f" SELECT ?, '{table}', id, 'insert' FROM {table} WHERE id > ? ORDER BY id",
            (*unit, number),
        )


def undo(path: str, now: Now, *, dry_run: bool = False) -> Undone:
    """Take back the latest change that has not been taken back yet.

    The rows it touched get the values they had before, in reverse order.

    Raises:
        NotFoundError: there is nothing left to take back.
        StoreError: the store cannot be opened or written.
    """
    from giveback.dates import utc_text

    if not os.path.exists(path):
        raise NotFoundError("there is nothing to undo")
    with _unit(path, dry_run=dry_run) as raw:
        last = raw.execute(
            "SELECT id, command, at FROM journal WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if last is None:
            raise NotFoundError("there is nothing to undo")
        # Rows come back in an order that may name a parent before it is there again.
        raw.execute("PRAGMA defer_foreign_keys = ON")
        entries = raw.execute(
            'SELECT "table", row_id, operation, before FROM journal_entry WHERE journal_id = ? ORDER BY id DESC',
            (last[0],),
        ).fetchall()
        many = sum(table == "exchange" for table, *_ in entries) > MANY
        with counted_together(raw) if many else nullcontext():
            for table, row_id, operation, before in entries:
                _revert(raw, table, row_id, operation, before)
        raw.execute("UPDATE journal SET undone_at = ? WHERE id = ?", (utc_text(now.at), last[0]))
    return Undone(last[1], last[2], len(entries))


def _revert(raw: sqlite3.Connection, table: str, row_id: int, operation: str, before: str | None) -> None:
    if operation == "insert":
        if table == "merged_contact":
            _give_back_noted(raw, row_id)
        raw.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))
        return
    values = json.loads(before or "{}")
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    if operation == "update":
        raw.execute(f"UPDATE {table} SET ({names}) = ({marks}) WHERE id = ?", (*values.values(), row_id))
    else:
        raw.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


def _give_back_noted(raw: sqlite3.Connection, row_id: int) -> None:
    """Undo a merge where nothing is journaled; both contacts are there again by now."""
    from giveback.store.joining import give_back

    (rows,) = raw.execute("SELECT noted FROM merged_contact WHERE id = ?", (row_id,)).fetchone()
    give_back(raw, json.loads(rows))


def as_one(path: str, command: str, after: int) -> None:
    """Make one unit of several with one command line, so that `undo` takes them back together.

    Args:
        path: the store.
        command: their line.
        after: number of the last unit before them.
    """
    with _unit(path, dry_run=False) as raw:
        sql = "SELECT id FROM journal WHERE id > ? AND command = ? AND undone_at IS NULL ORDER BY id"
        numbers = [row[0] for row in raw.execute(sql, (after, command))]
        for number in numbers[1:]:
            raw.execute("UPDATE journal_entry SET journal_id = ? WHERE journal_id = ?", (numbers[0], number))
            raw.execute("DELETE FROM journal WHERE id = ?", (number,))
