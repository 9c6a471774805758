"""Bringing people and exchanges in from files: good entries are kept, bad ones told with their reason."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.people.contacts import PHRASE_LIMIT
from giveback.people.formats import Reject, Sheet, read
from giveback.people.importing import storing
from giveback.people.importing.checking import Ready, last_said, ready, together
from giveback.people.importing.exchanges import AT_A_TIME, TEXT_LIMIT, Counts, bring_in_exchanges, chunks, meaning
from giveback.people.importing.identity import Directory, Doubt, names_agree
from giveback.people.importing.provenance import JobChange, changes, job_change
from giveback.people.importing.rejects import keep_rejects
from giveback.text import clean_line

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.people.formats import Row
    from giveback.people.formats.person import Person

__all__ = [
    "AT_A_TIME", "TEXT_LIMIT", "Brought", "Counts", "Doubt", "JobChange", "bring_in", "doubts", "keep_rejects", "load",
    "meaning", "read_file", "steps",
]  # fmt: skip

FILE_LIMIT = 256 * 2**20
"""Bytes; ten thousand contacts with a hundred thousand exchanges are 14 million."""
NAMED = 20
"""Names of each kind that are told at most."""


class PeopleCounts(NamedTuple):
    """How many people of a file were new, how many were there already, and how many of these changed."""

    added: int = 0
    known: int = 0
    changed: int = 0


class Brought(NamedTuple):
    """What became of one file.

    Attributes:
        sheet: the file.
        contacts: how many of its people.
        exchanges: how many of its exchanges.
        rejects: what could not be used, in the order of the file.
        namesakes: names of new contacts that somebody else has too.
        new, changed: names, the first few.
        doubts: people who may be in the store already, and are left for a decision.
        problems: values that were left out, with their lines.
        yours: what the source changed and you had changed, too: it stays as it is.
        job_changes: new jobs and titles since the last import of the same source.
    """

    sheet: Sheet
    contacts: PeopleCounts
    exchanges: Counts
    rejects: Sequence[Reject]
    namesakes: Sequence[str]
    new: Sequence[str] = ()
    changed: Sequence[str] = ()
    doubts: Sequence[Doubt] = ()
    problems: Sequence[tuple[str, str]] = ()
    yours: Sequence[str] = ()
    job_changes: Sequence[JobChange] = ()


def load(path: str) -> Sheet:
    """Read one file.

    Raises:
        UsageError: no reader knows it, or it is too large.
        OSError: it cannot be read.
    """
    return read(*read_file(path))


def read_file(path: str) -> tuple[bytes, str]:
    """Give what one file holds, and its name without the folder; "-" is standard input.

    Raises:
        UsageError: it is too large.
        OSError: it cannot be read.
    """
    if path == "-":
        data, name = sys.stdin.buffer.read(FILE_LIMIT + 1), "standard input"
    else:
        with open(path, "rb") as file:
            data = file.read(FILE_LIMIT + 1)
        name = os.path.basename(path)
    if len(data) > FILE_LIMIT:
        raise UsageError(f"{name} is larger than {FILE_LIMIT // 2**20} MB", "split it into several files")
    return data, name


def hold_back(_doubt: Doubt) -> int | None:
    """Leave a doubt for later."""
    return None


def bring_in(
    unit: Session | sqlite3.Connection,
    sheets: Iterable[Sheet],
    now: Now,
    usual_cadence: int | None,
    on_rows: Callable[[str], None] = lambda _: None,
    *,
    decide: Callable[[Doubt], int | None] = hold_back,
) -> list[Brought]:
    """Bring in what some files say; people first, so that exchanges find them.

    Args:
        unit: an open unit of work; all files are one.
        sheets: the files.
        now: the clock.
        usual_cadence: days, for new contacts that name no cadence.
        on_rows: called with the file's name after each `AT_A_TIME` rows, and at its end.
        decide: who somebody is of whom it is not certain: the number of a contact, 0 for somebody new, or None
            to leave it.
    """
    raw = storing.driver(unit)
    people = storing.directory(raw)
    work = [_Work(sheet, now, people, decide) for sheet in sheets]
    counts = [one.bring_in(raw, usual_cadence, on_rows) for one in work]
    said = [bring_in_exchanges(raw, one.sheet, one.rejects, now, on_rows) for one in work]
    return [one.brought(found, exchanges) for one, found, exchanges in zip(work, counts, said, strict=True)]


def doubts(raw: sqlite3.Connection, sheets: Iterable[Sheet], now: Now) -> list[Doubt]:
    """Who in some files may be somebody in the store, without changing anything."""
    people = storing.directory(raw)
    found: list[Doubt] = []
    for sheet in sheets:
        work = _Work(sheet, now, people, hold_back)
        work.arrange()
        found += work.doubts
    return found


def steps(sheet: Sheet) -> int:
    """How often `bring_in` will call `on_rows` for a file."""
    return sum(-(-len(rows) // AT_A_TIME) for rows in (sheet.contacts, sheet.exchanges))


class _Entry(NamedTuple):
    """An entry of a file, and whom it is of: the number of a contact."""

    person: Ready
    number: int


class _Work:
    """A file, and what gathers while its entries are gone through."""

    def __init__(self, sheet: Sheet, now: Now, people: Directory, decide: Callable[[Doubt], int | None]) -> None:
        self.sheet, self.now, self.people, self.decide = sheet, now, people, decide
        self.rejects: list[Reject] = list(sheet.rejects)
        self.problems: list[tuple[str, str]] = []
        self.namesakes: list[str] = []
        self.doubts: list[Doubt] = []
        self.yours: list[str] = []
        self.jobs: list[JobChange] = []
        self.repeated = 0
        self.changed: list[str] = []
        self.fresh: list[tuple[int, str, Ready]] = []

    def bring_in(
        self, raw: sqlite3.Connection, usual_cadence: int | None, on_rows: Callable[[str], None]
    ) -> PeopleCounts:
        """Store the people of the file."""
        if not self.sheet.contacts and not self.sheet.groups:
            return PeopleCounts()
        same = self.arrange()
        storing.add(raw, self.fresh, self.sheet.source, self.now, usual_cadence)
        last = storing.last_imports(raw, self.sheet.source)
        for entry in same:
            self._follow(raw, entry, last)
        for group in self.sheet.groups:
            members = [found for said in group.members if (found := self.people.member(self.sheet.source, said))]
            if group.name and members:
                storing.join_circle(raw, clean_line(group.name, PHRASE_LIMIT), members, self.now)
        for _ in chunks(self.sheet.contacts):
            on_rows(self.sheet.name)
        return PeopleCounts(len(self.fresh), len(same) + self.repeated, len(self.changed))

    def arrange(self) -> list[_Entry]:
        """Tell who is who; gives those who are known, and gathers those who are new."""
        entries = self._entries()
        source = self.sheet.source
        anybody = bool(self.people.people)
        numbers = [self.people.certain(person, source) if anybody else None for person in entries]
        passed = {number for number in numbers if number is not None}
        same = []
        for person, certain in zip(entries, numbers, strict=True):
            number = certain if certain is not None else self.people.certain(person, source)
            if number is None:
                number = self._decided(person, passed)
            if number is None:
                continue
            passed.add(number or self._take_in(person))
            if number:
                self.people.learn(number, person)
                same.append(_Entry(person, number))
        return same

    def _decided(self, person: Ready, passed: set[int]) -> int | None:
        """Who somebody is of whom nothing is certain: a number, 0 for somebody new, None for one who is left."""
        if person.is_bare and len(namesakes := self.people.same_name(person)) == 1:
            return namesakes[0]
        candidates, reason = self.people.possible(person, passed)
        if not candidates:
            return 0
        said = (person.fields.get("title", ""), person.fields.get("company", ""), *person.emails[:1])
        doubt = Doubt(person.fields["name"], ", ".join(filter(None, said)), candidates, reason)
        found = self.decide(doubt)
        if found is None:
            self.doubts.append(doubt)
        return found

    def _take_in(self, person: Ready) -> int:
        number, self.people.next_id = self.people.next_id, self.people.next_id + 1
        if self.people.is_known(person.key):
            self.namesakes.append(person.fields["name"])
        uuid = storing.new_uuid(person, self.people.uuids)
        self.people.add(storing.known_as(number, uuid, person))
        self.people.remember(self.sheet.source, person.uid, number)
        self.fresh.append((number, uuid, person))
        return number

    def _entries(self) -> list[Ready]:
        """What the rows say; rows by one UID are one person, unless their names say that they are not."""
        found: dict[str, Ready] = {}
        for row in self.sheet.contacts:
            person = self._ready(row)
            if person is None:
                continue
            first = found.get(person.uid)
            if first is not None and not _are_one(first, person):
                company = person.fields.get("company", "")
                person = person._replace(uid=f"~{person.key}|{'|'.join(person.emails)}|{company}")
                first = found.get(person.uid)
            if first is None:
                found[person.uid] = person
            else:
                found[person.uid] = together(first, person)
                self.repeated += 1
        return list(found.values())

    def _ready(self, row: Row[Person]) -> Ready | None:
        try:
            person = ready(row.form, self.now.today, strict=self.sheet.strict)
        except UsageError as error:
            self.rejects.append(Reject(row.line, error.message, row.cells, row.file))
            return None
        file = row.file or self.sheet.name
        for problem in person.problems:
            line, _, text = problem.partition(":") if problem[:1].isdigit() else (str(row.line), "", problem)
            self.problems.append((f"{file}:{line}", text))
        return person

    def _follow(self, raw: sqlite3.Connection, entry: _Entry, last: Mapping[tuple[int, str], str]) -> None:
        """Change what the source changed since its last import."""
        person, number = entry
        source, uid = self.sheet.source, person.uid
        before = last.get((number, uid), "")
        if before == person.said():
            return
        told = last_said(before) if before else {}
        found = changes(storing.present(raw, number, source, uid), told, person)
        storing.apply(raw, number, person, found, self.now)
        storing.remember(raw, number, person, source, self.now)
        name = person.fields["name"]
        if found:
            self.changed.append(name)
        self.yours += [f"{name}: {field.replace('_', ' ')}" for field in found.yours]
        if job := job_change(number, source, told, person):
            self.jobs.append(job)
            storing.tell_of_job(raw, job, self.now)

    def brought(self, contacts: PeopleCounts, exchanges: Counts) -> Brought:
        """What became of the file."""
        rejects = sorted(self.rejects, key=lambda reject: (reject.file, reject.line))
        return Brought(
            self.sheet, contacts, exchanges, rejects, self.namesakes,
            [person.fields["name"] for _, _, person in self.fresh[:NAMED]], self.changed[:NAMED],
            self.doubts, self.problems, self.yours, self.jobs,
        )  # fmt: skip


def _are_one(first: Ready, other: Ready) -> bool:
    if not names_agree(first.key, other.key):
        return False
    made_up = first.uid.startswith("~") and not first.emails and not first.linkedin
    companies = [person.fields.get("company", "") for person in (first, other)]
    return not (made_up and all(companies) and companies[0] != companies[1])
