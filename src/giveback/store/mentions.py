"""Texts of the store that name somebody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.store.kept import KEPT, NOTED, columns, tables
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_PUBLISHED = frozenset({"article", "article_tag", "feed", "feed_entry", "pruned_entry"})
"""What others published is no text about the person."""
_LONGEST = 70


class Mention(NamedTuple):
    """A text that names somebody: table, number of the row, to which contact it belongs, how it begins."""

    table: str
    number: int
    whose: str
    text: str


def naming(names: Iterable[str]) -> re.Pattern[str]:
    """What finds one of some names or addresses as whole words in a folded text."""
    sought = sorted({folded for name in names if (folded := fold(name))}, key=len, reverse=True)
    # Without any it finds nothing.
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sought)) or '(?!)'})(?![^\W_])")


def mentions(connection: sqlite3.Connection, names: Iterable[str]) -> list[Mention]:
    """The rows in whose texts one of some names stands, what others published left out.

    Args:
        connection: the store, or a copy of any version.
        names: full names and addresses.
    """
    pattern, there = naming(names), tables(connection)
    found: list[Mention] = []
    for table in (table for table in (*KEPT, *NOTED) if table in there and table not in _PUBLISHED):
        if texts := _texts(connection, table):
            found += _of_table(connection, table, texts, pattern)
    return found


def _of_table(
    connection: sqlite3.Connection, table: str, texts: list[str], pattern: re.Pattern[str]
) -> Iterable[Mention]:
    owner = "(SELECT name FROM contact WHERE id = t.contact_id)" if "contact_id" in columns(connection, table) else "''"
    listed = ", ".join(f't."{name}"' for name in texts)
    for number, whose, *values in connection.execute(f"SELECT t.id, {owner}, {listed} FROM {table} AS t"):
        said = next((value for value in values if value and pattern.search(fold(value))), None)
        if said is not None:
            yield Mention(table, number, whose or "", said[:_LONGEST])


def _texts(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns that hold words, of a table whose rows have numbers."""
    rows = connection.execute("SELECT name, upper(type) FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
    if "id" not in {name for name, _ in rows}:
        return []
    return [
        name
        for name, kind in rows
        if kind == "TEXT" and name not in ("uuid", "key", "name_key") and not name.endswith("_at")
    ]
