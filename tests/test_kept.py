"""Every table of the store is named in one list, so that undo, archives and merging cannot forget one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from giveback.store import connect, journaling
from giveback.store.kept import DERIVED, KEPT, NEITHER, NOTED, columns, insertable, links, referring, tables

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_every_table_is_in_exactly_one_list(empty_store: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        made = tables(connection)
    named = [*KEPT, *NOTED, *DERIVED, *NEITHER]
    assert sorted(named) == sorted(set(named)), "a table is named twice in store/kept.py"
    assert made - set(named) == set(), "name these tables in store/kept.py"
    assert set(named) - made == set(), "store/kept.py names tables that no step makes"
    assert all(NEITHER.values()), "say why"


@pytest.fixture(scope="module")
def journaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A store in which the triggers of a change are made."""
    with closing(connect.write(str(tmp_path_factory.mktemp("kept") / "giveback.db"))) as connection:
        journaling.start(connection)
        yield connection


@pytest.mark.parametrize("table", KEPT)
def test_a_kept_table_has_a_number_and_the_triggers_of_the_journal(journaled: sqlite3.Connection, table: str) -> None:
    key = [name for name, place in journaled.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)) if place]
    triggers = dict(journaled.execute("SELECT name, sql FROM sqlite_temp_schema WHERE tbl_name = ?", (table,)))
    assert key == ["id"], "undo finds rows by id"
    assert set(triggers) == {f"{table}_{operation}_journal" for operation in ("insert", "update", "delete")}
    assert [
        name for name in columns(journaled, table) if f'old."{name}"' not in triggers[f"{table}_delete_journal"]
    ] == []


def test_the_journals_triggers_are_not_in_the_store(empty_store: str) -> None:
    with closing(sqlite3.connect(empty_store)) as connection:
        sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%journal%'"
        assert connection.execute(sql).fetchall() == []


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
