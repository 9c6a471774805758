"""A small store that completion is tested on, and the environment that its shells run in."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import giveback
from giveback.dates import now
from giveback.people.contacts import ContactForm, add
from giveback.store.changes import change

BIN = Path(sys.executable).parent
COLUMNS = "INSERT INTO article (id, url, title, first_seen_at) VALUES (?, ?, ?, ?)"


def fill(folder: Path) -> None:
    """Make a store with a few people, three articles, a feed and a list that was shown."""
    store = str(folder / "giveback.db")
    people = [
        ContactForm("Łukasz Żak", company="PGE", interests=("bass fishing", "orchids"), avoid=("politics",)),
        ContactForm("Anna Kowalska", nickname="Ania"),
        ContactForm("Jan Kowalski"),
        ContactForm("Sinéad O'Brien"),
        ContactForm("山田 太郎"),
        ContactForm("Old Friend"),
        ContactForm("Dollar $HOME `id` \\ \"quoted\" (x) & 'y'; *"),
    ]
    with change(store, now(), "test") as session:
        for form in people:
            add(session, form, now().today, None)
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("UPDATE contact SET archived_at = '2026-01-01T00:00:00Z' WHERE name = 'Old Friend'")
        for number in (1, 2, 30):
            row = (number, f"https://example.com/{number}", f"Title {number}", f"2026-01-{number:02}T00:00:00Z")
            connection.execute(COLUMNS, row)
        connection.execute(
            "INSERT INTO feed (url, title, added_at) VALUES ('https://www.example.com/rss?a=1', 'News', '2026-01-01')"
        )
        jan = connection.execute("SELECT id FROM contact WHERE name = 'Jan Kowalski'").fetchone()[0]
        for position, article in enumerate((30, 1), start=1):
            connection.execute(
                "INSERT INTO shown (contact_id, article_id, position, times, first_on, last_on)"
                " VALUES (?, ?, ?, 1, '2026-01-01', '2026-01-01')",
                (jan, article, position),
            )


def environment(home: Path) -> dict[str, str]:
    """What a shell needs, and nothing that the machine has set."""
    return {
        "HOME": str(home),
        "GIVEBACK_HOME": str(home),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(giveback.__file__).parents[1]),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }
