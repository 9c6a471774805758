"""Going through mailboxes once: what may be an exchange is set aside, in a file that is gone afterwards.

Whether a received message counts is only known when all have been seen, for the answer to it may lie in another
mailbox. So candidates wait in a temporary database of SQLite's own, which keeps to
its cache and writes the rest to disk: memory does not grow with the mail.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import utc_text
from giveback.people.mail import mailboxes, messages
from giveback.people.mail.signal import judge
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from giveback.dates import Now
    from giveback.people.mail.addresses import Address
    from giveback.people.mail.mailboxes import Found, Raw
    from giveback.people.mail.messages import Message
    from giveback.people.mail.signal import Verdict

AT_A_TIME = 1_000
"""Messages between two writes, and two steps of the progress."""
MOST_ANSWERED = 30
"""Message-IDs that one message can answer: threads grow longer, but the nearest tell."""
_TABLES = """
CREATE TABLE candidate (
    id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL, message_id TEXT NOT NULL, incoming INTEGER NOT NULL,
    at TEXT NOT NULL, day TEXT NOT NULL, subject TEXT NOT NULL, answers TEXT NOT NULL, replied INTEGER NOT NULL,
    path TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, head BLOB, UNIQUE (contact_id, message_id)
);
CREATE TABLE mine (message_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE answered (message_id TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA cache_size = -16000;
PRAGMA synchronous = OFF;
PRAGMA journal_mode = OFF;
"""
_COUNTED = """
FROM candidate c WHERE NOT c.incoming OR c.replied
    OR EXISTS (SELECT 1 FROM answered a WHERE a.message_id = c.message_id)
    OR EXISTS (SELECT 1 FROM json_each(c.answers) j JOIN mine m ON m.message_id = j.value)
"""
_SET_ASIDE = (
    "INSERT OR IGNORE INTO candidate (contact_id, message_id, incoming, at, day, subject, answers, replied, path,"
    " start, stop, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Candidate(NamedTuple):
    """A message to or from a contact that counts, as it was set aside.

    Attributes:
        contact_id: with whom.
        message_id: see `messages.Message`.
        incoming: whether they wrote it.
        at: when, UTC text.
        day: the local day, ISO.
        subject: cleaned; "" for none.
        answers: the Message-ID that it replies to, or "".
        raw: where it lies; its headers are kept only of what I sent.
    """

    contact_id: int
    message_id: str
    incoming: bool
    at: str
    day: str
    subject: str
    answers: str
    raw: Raw


class Person(NamedTuple):
    """A contact who has some address: number and folded name."""

    contact_id: int
    name_key: str


@dataclass
class Correspondent:
    """Somebody who is no contact, and was written to."""

    address: str
    name: str = ""
    sent: int = 0
    received: int = 0
    last_on: str = ""


@dataclass
class Tally:
    """What was seen.

    Attributes:
        messages: all messages.
        passed_over: how many do not count, by reason.
        undated: how many nobody can say the day of.
        unreadable: files that are no mail, with the reason.
    """

    messages: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


class Scan:
    """One pass over mailboxes.

    Attributes:
        tally: what was seen.
        correspondents: people who were written to and are no contacts, by folded address.
    """

    def __init__(self, me: frozenset[str], people: Mapping[str, list[Person]], now: Now) -> None:
        """Begin.

        Args:
            me: my addresses, folded.
            people: contacts by folded address.
            now: the clock.
        """
        self._me, self._people, self._now = me, people, now
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLES)
        self._candidates: list[tuple[object, ...]] = []
        self._mine: list[tuple[str]] = []
        self._answered: list[tuple[str]] = []
        self._received: Counter[str] = Counter()
        self.tally = Tally()
        self.correspondents: dict[str, Correspondent] = {}

    def close(self) -> None:
        """Let go of what was set aside."""
        self._db.close()

    def remember(self, mine: Iterable[tuple[str]], answered: Iterable[tuple[str]]) -> None:
        """Take in what earlier imports brought: Message-IDs of what I sent, and of what I answered."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO mine VALUES (?)", mine)
        self._db.executemany("INSERT OR IGNORE INTO answered VALUES (?)", answered)
        self._db.execute("COMMIT")

    def go_through(self, found: Found, on_bytes: Callable[[int], None] = lambda _: None) -> None:
        """Read one mailbox.

        Args:
            found: the mailbox.
            on_bytes: called now and then with how many bytes were read since the last call.
        """
        before, told = self.tally.messages, 0
        try:
            for raw in found.messages():
                self._take(raw)
                if not self.tally.messages % AT_A_TIME:
                    self._write()
                    read = min(raw.end, found.size) if raw.path == found.path else told + found.size // 100
                    on_bytes(max(0, read - told))
                    told = max(told, read)
        except OSError as error:
            self.tally.unreadable.append((found.path, error.strerror or "cannot be read"))
        self._write()
        on_bytes(max(0, found.size - told))
        if found.size and self.tally.messages == before and not self.tally.unreadable:
            self.tally.unreadable.append((found.path, "no message in it: neither mbox, Maildir nor .eml"))

    def _take(self, raw: Raw) -> None:
        self.tally.messages += 1
        message = messages.read(raw)
        verdict = judge(message, self._me)
        if verdict.mine and not message.unsent:
            self._mine.append((message.message_id,))
            self._answered += [(name,) for name in message.answers[:1]]
        if verdict.against:
            self.tally.passed_over[verdict.against] += 1
            return
        known = [(one, person) for one in verdict.people if (person := self._who(one)) is not None]
        strangers = [one for one in verdict.people if one.key not in self._people]
        at = message.sent_at(self._now.at) if known or (verdict.mine and strangers) else None
        for one in strangers:
            self._note(one, at, mine=verdict.mine)
        if not known:
            self.tally.passed_over["with nobody who is a contact"] += 1
        elif at is None:
            self.tally.undated += 1
        else:
            self._set_aside(raw, message, verdict, [person for _, person in known], at)

    def _who(self, one: Address) -> int | None:
        """The contact with an address; where several share it, the one of that name, or else the first."""
        sharing = self._people.get(one.key)
        if not sharing:
            return None
        if len(sharing) > 1:
            name = fold(clean_line(one.name))
            return next((person.contact_id for person in sharing if person.name_key == name), sharing[0].contact_id)
        return sharing[0].contact_id

    def _note(self, one: Address, at: datetime | None, *, mine: bool) -> None:
        if not mine:
            self._received[one.key] += 1
            return
        them = self.correspondents.setdefault(one.key, Correspondent(one.address))
        them.sent += 1
        day = _day(at) if at else ""
        if one.name and (day >= them.last_on or not them.name) and "@" not in one.name:
            them.name = clean_line(one.name, 200)
        them.last_on = max(them.last_on, day)

    def _set_aside(self, raw: Raw, message: Message, verdict: Verdict, people: Iterable[int], at: datetime) -> None:
        day = _day(at)
        if day > self._now.today.isoformat():
            self.tally.undated += 1
            return
        answers = message.answers[:MOST_ANSWERED]
        for contact_id in dict.fromkeys(people):
            self._candidates.append(
                (
                    contact_id, message.message_id, not verdict.mine, utc_text(at), day, message.subject,
                    json.dumps(answers), message.replied, raw.path, raw.start, raw.end,
                    raw.head if verdict.mine else None,
                )
            )  # fmt: skip

    def _write(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO mine VALUES (?)", self._mine)
        self._db.executemany("INSERT OR IGNORE INTO answered VALUES (?)", self._answered)
        self._db.executemany(_SET_ASIDE, self._candidates)
        self._db.execute("COMMIT")
        for rows in (self._mine, self._answered, self._candidates):
            rows.clear()

    def counted(self) -> Iterator[list[Candidate]]:
        """What counts, in the order in which it was read, some hundred at a time."""
        columns = (
            "c.contact_id, c.message_id, c.incoming, c.at, c.day, c.subject, c.answers, c.path, c.start, c.stop, c.head"
        )
        rows = self._db.execute(f"SELECT {columns} {_COUNTED} ORDER BY c.id")
        while batch := rows.fetchmany(500):
            yield [_candidate(row) for row in batch]

    def unanswered(self) -> int:
        """Received messages that are part of no conversation."""
        every = self._db.execute("SELECT count(*) FROM candidate").fetchone()[0]
        return int(every - self._db.execute(f"SELECT count(*) {_COUNTED}").fetchone()[0])

    def proposals(self, least: int) -> list[Correspondent]:
        """People who were written to at least so often and are no contacts, the most often first."""
        often = [them for them in self.correspondents.values() if them.sent >= least]
        for them in often:
            them.received = self._received[them.address.casefold()]
        return sorted(often, key=lambda them: (-them.sent, -them.received, them.address))


def _day(at: datetime) -> str:
    return at.astimezone().date().isoformat()


def _candidate(row: tuple[object, ...]) -> Candidate:
    contact_id, message_id, incoming, at, day, subject, answers, path, start, stop, head = row
    first = next(iter(json.loads(str(answers))), "")
    raw = mailboxes.Raw(str(path), int(str(start)), int(str(stop)), head if isinstance(head, bytes) else b"")
    return Candidate(int(str(contact_id)), str(message_id), bool(incoming), str(at), str(day), str(subject), first, raw)
