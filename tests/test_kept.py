"""Every table of the store is named in one list, so that undo, archives and merging cannot forget one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from giveback.store.kept import DERIVED, KEPT, NEITHER, NOTED, columns, insertable, links, referring, tables


def test_every_table_is_in_exactly_one_list(empty_store: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        made = tables(connection)
    named = [*KEPT, *NOTED, *DERIVED, *NEITHER]
    assert sorted(named) == sorted(set(named)), "a table is named twice in store/kept.py"
    assert made - set(named) == set(), "name these tables in store/kept.py"
    assert set(named) - made == set(), "store/kept.py names tables that no step makes"
    assert all(NEITHER.values()), "say why"


@pytest.mark.parametrize("table", KEPT)
def test_a_kept_table_has_a_number_and_the_triggers_of_the_journal(empty_store: str, table: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        key = [
            name for name, place in connection.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)) if place
        ]
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
        names = columns(connection, table)
    assert key == ["id"], "undo finds rows by id"
    journaling = {name: sql for name, sql in triggers if name.endswith("_journal")}
    assert set(journaling) == {f"{table}_{operation}_journal" for operation in ("insert", "update", "delete")}
    missing = [name for name in names if f'old."{name}"' not in journaling[f"{table}_delete_journal"]]
    assert missing == [], "make the journal's triggers again after altering the table"


def test_tables_come_after_those_they_refer_to(empty_store: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        order = insertable(connection)
        assert sorted(order) == sorted((*KEPT, *NOTED))
        for place, table in enumerate(order):
            parents = {link.parent for link in links(connection, table)} - {table}
            assert parents <= set(order[:place]), f"{table} before {parents}"


def test_nothing_kept_hangs_on_what_is_derived(empty_store: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        for table in (*KEPT, *NOTED):
            assert {link.parent for link in links(connection, table)} <= {*KEPT, *NOTED}


def test_what_refers_to_a_contact_is_found(empty_store: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        found = {(table, link.column) for table, link in referring(connection, "contact")}
    assert {("contact_point", "contact_id"), ("exchange", "contact_id"), ("shown", "contact_id")} <= found
