"""A home with articles on gas and on fishing, readers, and an issue, for tests of bulletins."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from giveback.keeping.exchanges import log
from giveback.people.contacts import ContactForm, add
from giveback.ranking.refresh import refresh
from giveback.store.changes import change
from giveback.store.tables import Circle, CircleMember
from suggest_helpers import save

if TYPE_CHECKING:
    from conftest import Giveback
    from giveback.dates import Now

STORIES = {
    "carriers": ("LNG carriers wait off the gas terminal", "Natural gas prices fell as the tankers queued to unload."),
    "storage": ("How to read a gas storage report", "The weekly gas storage figure moves prices within seconds."),
    "leaks": ("Gas leaks found on foot", "Walkers with sniffers find natural gas leaks that aircraft miss."),
    "bass": ("Where largemouth bass hide at noon", "Bass fishing is best under docks when the water is warm."),
    "trout": ("Trout streams after the rain", "Fly fishing for trout in cold mountain water needs patience."),
    "odd/ä(1)?a=1&copy;=2": (
        "A <script>alert(1)</script> & *gas* [story](x) of natural gas",
        "Gas, gas & nothing but natural gas, <i>said</i> he.",
    ),
}  # fmt: skip
TOPIC = "natural gas"
READERS = {
    "Ana Ruiz": ("ana@example.com", "natural gas"),
    "Ben Ode": ("ben@example.com", "bass fishing"),
    "Cy No": ("", ""),
}


def furnish(path: str, now: Now) -> None:
    """Save the stories, add the readers; Ana and Ben have helped."""
    save(path, now, STORIES, days=1, source="The Ledger")
    with change(path, now, "add") as session:
        for name, (email, interest) in READERS.items():
            points = (("email", email),) if email else ()
            form = ContactForm(name, points=points, interests=(interest,) if interest else ())
            contact = add(session, form, now.today, 21)
            if email:
                log(session, contact.id or 0, "helped", on=now.today, today=now.today, direction="received")
    refresh(path)


def crowd(path: str, now: Now, count: int) -> None:
    """Add so many readers, in the circle @all."""
    with change(path, now, "add") as session:
        circle = Circle(name="all", key="all")
        session.add(circle)
        session.flush()
        for number in range(count):
            points = (("email", f"reader{number}@example.org"),)
            contact = add(session, ContactForm(f"Reader {number:03d}", points=points), now.today, 21)
            session.add(CircleMember(circle_id=circle.id or 0, contact_id=contact.id or 0, since_on=now.today))


def compiled(giveback: Giveback) -> str:
    """Compile issue 1, "Gas weekly"; the path of its file."""
    done = giveback.run_here("bulletin", "new", "Gas weekly", "--topic", TOPIC)
    assert done.code == 0, done.err
    return done.out.strip().rpartition(" ")[2]


def rows(path: str, sql: str) -> list[tuple[object, ...]]:
    """Ask a store."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()
