"""Rows for every table of the store, whatever tables there are, made from what the schema says of its columns."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from giveback.store import connect
from giveback.store.kept import KEPT, NOTED, columns, insertable, links
from giveback.text import clean_line, fold

WORDS = (
    "Ana",
    "Łódź",
    "山田",
    "bass fishing",
    "=1+1",
    "O'Brien",
    "naïve",
    "x; y, z",
    "a\\b",
    "Ωmega",
    '"quoted"',
    "🎣",
)
Dump = dict[str, list[tuple[Any, ...]]]


def dump(path: str, tables: tuple[str, ...] = (*KEPT, *NOTED)) -> Dump:
    """Every row of some tables, in one order."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # noqa: S608 - names of our own
            for table in tables
        }


def fill(path: str, seed: int, rows: int = 3) -> dict[str, int]:
    """Put some rows into every kept table; how many there are of each."""
    with closing(connect.write(path)) as connection, connect.transaction(connection):
        filler = _Filler(connection, Random(seed))  # noqa: S311 - no secret
        return {table: sum(filler.row(table) for _ in range(rows)) for table in insertable(connection)}


class _Filler:
    def __init__(self, connection: sqlite3.Connection, random: Random) -> None:
        self.connection, self.random = connection, random
        self.choices = {table: _choices(connection, table) for table in insertable(connection)}

    def row(self, table: str) -> bool:
        """Insert one row; a few tries, since a table may want columns that agree."""
        info = self.connection.execute(
            'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)
        ).fetchall()
        parents = {link.column: link for link in links(self.connection, table)}
        names = columns(self.connection, table)
        for _ in range(12):
            values = [self._value(table, row, parents) for row in info]
            marks = ", ".join("?" * len(values))
            listed = ", ".join(f'"{name}"' for name in names)
            try:
                self.connection.execute(f"INSERT INTO {table} ({listed}) VALUES ({marks})", values)  # noqa: S608 - as above
            except sqlite3.IntegrityError:
                continue
            return True
        return False

    def _value(self, table: str, row: tuple[Any, ...], parents: dict[str, Any]) -> Any:
        name, kind, needed, key = row
        if name == "id":
            return None
        if name in parents:
            return self._parent(parents[name], needed=bool(needed or key))
        if not needed and not key and self.random.random() < 0.4:
            return None
        if name in self.choices[table]:
            return self.random.choice(self.choices[table][name])
        return self._plain(name, kind)

    def _parent(self, link: Any, *, needed: bool) -> Any:
        found = self.connection.execute(f"SELECT {link.key} FROM {link.parent}").fetchall()  # noqa: S608 - as above
        return self.random.choice(found)[0] if found and (needed or self.random.random() < 0.7) else None

    def _plain(self, name: str, kind: str) -> Any:
        random = self.random
        digits = random.randint(0, 9)
        kinds: dict[str, Any] = {
            "DATE": (date(2026, 1, 1) + timedelta(random.randint(0, 300))).isoformat(),
            "BOOLEAN": random.randint(0, 1),
            "INTEGER": random.randint(1, 500),
            "FLOAT": random.random(),
            "REAL": random.random(),
        }
        names = {
            "uuid": str(UUID(int=random.getrandbits(128), version=4)),
            "birthday": random.choice(("", "1980-02-29", "--03-14")),
            "anniversary": random.choice(("", "2001-12-31")),
            "was": "{}",
            "said": "{}",
            "noted": "{}",
            "tact_allow": random.choice(("", "illness, religion")),
        }
        text = clean_line(f"{random.choice(WORDS)} {random.choice(WORDS)} {random.randint(0, 10**6)}")
        names["met_at"] = text
        if kind in kinds:
            return kinds[kind]
        if name in names:
            return names[name]
        if name.endswith("_at"):
            return f"2026-0{random.randint(1, 9)}-1{digits}T0{digits}:30:00Z"
        return fold(text) if name.endswith("key") else text


def _choices(connection: sqlite3.Connection, table: str) -> dict[str, list[str]]:
    """What a CHECK of one column allows."""
    found = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    pairs = re.findall(r"CHECK \(\"?(\w+)\"? IN \(([^)]*'[^)]*)\)\)", found[0])
    return {name: re.findall(r"'([^']*)'", values) for name, values in pairs}
