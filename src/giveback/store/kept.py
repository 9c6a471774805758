"""Which table holds what: the one list that undo, archives, merging and tests go by.

Whoever adds a table names it here, in one of the four lists; a test fails until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

KEPT: tuple[str, ...] = (
    "contact",
    "contact_point",
    "interest",
    "feed",
    "article",
    "asset",
    "exchange",
    "follow_up",
    "dismissal",
    "topic",
    "article_tag",
    "contact_detail",
    "contact_source",
    "contact_property",
    "import_mapping",
    "circle",
    "circle_member",
    "gift_limit",
    "brainstorm_question",
    "exchange_message",
    "occasion",
    "merged_contact",
    "distinct_contact",
    "target",
    "need",
    "target_alias",
    "target_event",
    "introduction",
    "ask",
    "help",
    "knows",
    "former_position",
    "delivery_mark",
    "bulletin",
    "bulletin_issue",
    "bulletin_item",
    "bulletin_reader",
    "bounce",
    "event",
    "event_guest",
    "asset_dismissal",
)
"""What people said and did. Each has an `id` and the journal's triggers, so that `undo` takes its changes back;
each is in an archive. A table comes after those that its foreign keys name."""

NOTED: tuple[str, ...] = (
    "feed_entry",
    "pruned_entry",
    "article_read",
    "page_fetch",
    "shown",
    "offer_shown",
    "delivery",
    "bulletin_copy",
)
"""What came about by fetching, reading, showing and sending. It cannot be made again, so it is in an archive; nobody
would take it back, or can, so it is in no journal."""

DERIVED: tuple[str, ...] = (
    "contact_tally",
    "article_fts",
    "article_term",
    "article_posting",
    "article_vector",
    "article_tact",
    "article_telling",
    "article_identity",
    "identity_new",
    "interest_vector",
    "interest_reliability",
    "ranking",
    "ranking_stale",
    "ranking_new",
    "collection",
    "collection_term",
    "holiday",
)
"""What is made again from the tables above, by triggers or by `giveback doctor`."""

NEITHER: dict[str, str] = {
    "bulletin_file": "tells how the files of issues on this computer stood when they were read last",
    "journal": "tells what can be taken back in this store, by the numbers of its rows",
    "journal_entry": "as the journal",
    "journal_open": "holds a row only while a change is made",
    "tally_bulk": "holds a row only while exchanges come in",
    "article_bulk": "holds a row only while articles come in",
    "exported_file": "remembers which files on this machine an export wrote",
}
"""Tables of the workshop, each with the reason why it is in none of the other lists."""


class Link(NamedTuple):
    """A foreign key.

    Attributes:
        column: the column that refers.
        parent: the table referred to.
        key: the column of that table.
        on_delete: what SQLite does when the parent goes: CASCADE, SET NULL, NO ACTION …
    """

    column: str
    parent: str
    key: str
    on_delete: str


def links(connection: sqlite3.Connection, table: str) -> list[Link]:
    """The foreign keys of a table (https://www.sqlite.org/pragma.html#pragma_foreign_key_list)."""
    rows = connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,)).fetchall()
    return [Link(row[3], row[2], row[4] or "id", row[6]) for row in rows]


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns, in their order."""
    return [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))]


def tables(connection: sqlite3.Connection) -> set[str]:
    """Every table of a store but SQLite's own and those that an FTS5 index keeps its parts in."""
    rows = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
    )
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def insertable(connection: sqlite3.Connection, wanted: Iterable[str] = (*KEPT, *NOTED)) -> list[str]:
    """Tables in an order in which their rows can be inserted: parents first.

    A table that refers to itself, or two that refer to each other, need deferred foreign keys.

    Args:
        connection: the store.
        wanted: the tables; those that the store has not are left out.
    """
    there = tables(connection)
    left = {table: {link.parent for link in links(connection, table)} for table in wanted if table in there}
    order: list[str] = []
    while left:
        free = [table for table, parents in left.items() if not (parents & left.keys()) - {table}]
        for table in free or list(left):
            order.append(table)
            del left[table]
    return order


def referring(connection: sqlite3.Connection, parent: str) -> list[tuple[str, Link]]:
    """Kept and noted tables that refer to a table, each with the key by which it does."""
    return [
        (table, link) for table in insertable(connection) for link in links(connection, table) if link.parent == parent
    ]
