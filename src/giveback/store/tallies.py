"""The kept counts of exchanges: all again, or once for many exchanges that come in together."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from giveback.store.steps.thanks import TALLY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator


def count(connection: sqlite3.Connection, contacts: Iterable[int]) -> None:
    """Count the exchanges of some contacts again."""
    connection.executemany(TALLY.format(contact="?1"), ((number,) for number in contacts))


def count_again(connection: sqlite3.Connection) -> None:
    """Count everybody's exchanges again."""
    connection.execute("DELETE FROM contact_tally")
    count(connection, [number for (number,) in connection.execute("SELECT DISTINCT contact_id FROM exchange")])


@contextmanager
def counted_together(connection: sqlite3.Connection) -> Iterator[None]:
    """Count everybody's exchanges when the block ends instead of at each change.

    By trigger, each exchange counts those of its contact anew: with thousands of one contact that is quadratic.

    Args:
        connection: writable, in a transaction that ends no sooner than the block.
    """
    connection.execute("INSERT INTO tally_bulk VALUES (1)")
    yield
    connection.execute("DELETE FROM tally_bulk")
    count_again(connection)
