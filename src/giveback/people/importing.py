"""Bringing contacts and exchanges in from files: good rows are kept, bad ones told with their reason."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from giveback.dates import parse_day
from giveback.errors import StoreError, UsageError
from giveback.people.contacts import checked
from giveback.people.formats import ExchangeForm, Reject, Row, Sheet, read
from giveback.text import clean_line, clean_text, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from sqlmodel import Session, SQLModel

    from giveback.dates import Now
    from giveback.people.contacts import Checked, ContactForm

FILE_LIMIT = 256 * 2**20
"""Bytes; ten thousand contacts with a hundred thousand exchanges are 14 million."""
TEXT_LIMIT = 2_000
AT_A_TIME = 2_000
"""Rows between two steps of the progress."""

# Words of a `kind` column. Those of `_SAYING` say more than direction and channel, and stay in the text.
_DIRECTIONS = dict.fromkeys(("gave", "given", "give", "sent", "send", "gift"), "given") | dict.fromkeys(
    ("received", "receive", "got", "get", "helped"), "received"
)
_SHARED = ("shared", "share", "met", "note", "talked", "spoke", "")
_CHANNELS = (
    dict.fromkeys(("email", "e-mail", "mail"), "email")
    | dict.fromkeys(("letter", "card", "postcard", "post"), "letter")
    | dict.fromkeys(("call", "phone", "phone call", "telephone", "video call"), "call")
    | dict.fromkeys(("met", "in-person", "in person", "meeting", "visit"), "in-person")
    | dict.fromkeys(("coffee", "tea", "lunch", "dinner", "breakfast", "drinks", "event", "conference"), "in-person")
    | dict.fromkeys(("message", "text", "sms", "chat", "whatsapp", "signal"), "message")
    | dict.fromkeys(("social", "linkedin", "mastodon", "comment"), "social")
)
_SAYING = {"gift", "visit", "coffee", "tea", "lunch", "dinner", "breakfast", "drinks", "event", "conference"}


class Counts(NamedTuple):
    """How many entries of one kind were new, and how many were there already."""

    added: int = 0
    known: int = 0


class Brought(NamedTuple):
    """What became of one file.

    Attributes:
        sheet: the file.
        contacts: how many of its people.
        exchanges: how many of its exchanges.
        rejects: what could not be used, in the order of the file.
        namesakes: names of new contacts that somebody with another address has too.
    """

    sheet: Sheet
    contacts: Counts
    exchanges: Counts
    rejects: Sequence[Reject]
    namesakes: Sequence[str]


def load(path: str) -> Sheet:
    """Read one file.

    Raises:
        UsageError: no reader knows it, or it is too large.
        OSError: it cannot be read.
    """
    return read(*read_file(path))


def read_file(path: str) -> tuple[bytes, str]:
    """Give what one file holds, and its name without the folder.

    Raises:
        UsageError: it is too large.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(FILE_LIMIT + 1)
    name = os.path.basename(path)
    if len(data) > FILE_LIMIT:
        raise UsageError(f"{name} is larger than {FILE_LIMIT // 2**20} MB", "split it into several files")
    return data, name


def bring_in(
    session: Session,
    sheets: Iterable[Sheet],
    now: Now,
    usual_cadence: int | None,
    on_rows: Callable[[str], None] = lambda _: None,
) -> list[Brought]:
    """Add what is new in some files; people first, so that exchanges find them.

    A contact is known when somebody of that name (ignoring case and accents) has one of its e-mail
    addresses, or when the row names none; an exchange when contact, day, direction and text agree.

    Args:
        session: an open unit of work; all files are one.
        sheets: the files.
        now: the clock.
        usual_cadence: days, for contacts that name no cadence.
        on_rows: called with the file's name after each `AT_A_TIME` rows, and at its end.
    """
    people = _People(session)
    work = [_Work(sheet, list(sheet.rejects), []) for sheet in sheets]
    contacts = [_contacts(session, people, one, now, usual_cadence=usual_cadence, on_rows=on_rows) for one in work]
    exchanges = [_exchanges(session, people, one, now, on_rows) for one in work]
    return [
        Brought(one.sheet, found, said, sorted(one.rejects, key=lambda reject: reject.line), one.namesakes)
        for one, found, said in zip(work, contacts, exchanges, strict=True)
    ]


class _Work(NamedTuple):
    """A file, and what gathers while its rows are gone through."""

    sheet: Sheet
    rejects: list[Reject]
    namesakes: list[str]


class _People:
    """Who is in the store, by folded name and address."""

    def __init__(self, session: Session) -> None:
        self.by_name: dict[str, list[int]] = {}
        self.by_nickname: dict[str, list[int]] = {}
        self.by_email: dict[str, set[int]] = {}
        for number, name, nickname in _rows(session, "SELECT id, name_key, nickname_key FROM contact"):
            self.add(number, name, nickname, ())
        for number, key in _rows(session, "SELECT contact_id, key FROM contact_point WHERE kind = 'email'"):
            self.by_email.setdefault(key, set()).add(number)
        self.next_id = 1 + max((number for found in self.by_name.values() for number in found), default=0)

    def add(self, number: int, name: str, nickname: str, emails: Iterable[str]) -> None:
        self.by_name.setdefault(name, []).append(number)
        if nickname:
            self.by_nickname.setdefault(nickname, []).append(number)
        for key in emails:
            self.by_email.setdefault(key, set()).add(number)

    def knows(self, name: str, emails: Sequence[str]) -> bool:
        namesakes = self.by_name.get(name, ())
        if not emails:
            return bool(namesakes)
        return any(number in self.by_email.get(key, ()) for key in emails for number in namesakes)

    def find(self, said_name: str, said_email: str) -> int:
        """The one contact that is meant: by e-mail, by name where several share it, else by name alone.

        Raises:
            UsageError: nobody, or several.
        """
        name, email = fold(clean_line(said_name)), fold(clean_line(said_email))
        if not name and not email:
            raise UsageError("it names nobody")
        named = self.by_name.get(name) or self.by_nickname.get(name, [])
        found = sorted(self.by_email.get(email, ()) if email else ()) or named
        if len(found) > 1:
            found = [number for number in found if number in named] or found
        if len(found) == 1:
            return found[0]
        said = repr(clean_line(said_name or said_email, 60))
        raise UsageError(f"{said} could be {len(found)} contacts" if found else f"no contact answers to {said}")


def _rows(session: Session, sql: str) -> Iterator[tuple[Any, ...]]:
    from sqlalchemy import text

    for row in session.connection().execute(text(sql)):
        yield tuple(row)


def _contacts(
    session: Session,
    people: _People,
    work: _Work,
    now: Now,
    *,
    usual_cadence: int | None,
    on_rows: Callable[[str], None],
) -> Counts:
    added = known = 0
    for rows in _chunks(work.sheet.contacts):
        good = [form for row in rows if (form := _checked_contact(row, now.today, usual_cadence, work.rejects))]
        fresh = [(number, form) for form in good if (number := _take_in(people, form, work.namesakes))]
        _insert_contacts(session, fresh, now)
        added += len(fresh)
        known += len(good) - len(fresh)
        on_rows(work.sheet.name)
    return Counts(added, known)


def _checked_contact(
    row: Row[ContactForm], today: date, usual_cadence: int | None, rejects: list[Reject]
) -> Checked | None:
    try:
        return checked(row.form, today, usual_cadence)
    except UsageError as error:
        rejects.append(Reject(row.line, error.message, row.cells))
        return None


def _take_in(people: _People, form: Checked, namesakes: list[str]) -> int | None:
    """Number somebody who is new; None for who is known."""
    name = form.columns["name_key"]
    emails = [point["key"] for point in form.points if point["kind"] == "email"]
    if people.knows(name, emails):
        return None
    if name in people.by_name:
        namesakes.append(form.columns["name"])
    number, people.next_id = people.next_id, people.next_id + 1
    people.add(number, name, form.columns["nickname_key"], emails)
    return number


def _insert_contacts(session: Session, fresh: Sequence[tuple[int, Checked]], now: Now) -> None:
    from giveback.store.tables import Contact, ContactPoint, Interest

    at = now.at
    contacts = [
        {"id": number, "uuid": str(uuid4()), "created_at": at, "updated_at": at, **form.columns}
        for number, form in fresh
    ]
    points = [{"contact_id": number, **point} for number, form in fresh for point in form.points]
    extra = {"source": "import", "created_at": at}
    interests = [{"contact_id": number, **extra, **each} for number, form in fresh for each in form.interests]
    for table, rows in ((Contact, contacts), (ContactPoint, points), (Interest, interests)):
        _insert(session, table, rows)


def _insert(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    from sqlalchemy import insert

    if rows:
        session.execute(insert(table), rows)


def _exchanges(session: Session, people: _People, work: _Work, now: Now, on_rows: Callable[[str], None]) -> Counts:
    from giveback.store.tables import Exchange

    if not work.sheet.exchanges:
        return Counts()
    there = set(_rows(session, "SELECT contact_id, on_day, direction, text FROM exchange"))
    added = known = 0
    for rows in _chunks(work.sheet.exchanges):
        good = [columns for row in rows if (columns := _checked_exchange(row, people, now.today, work.rejects))]
        fresh = []
        for columns in good:
            key = (columns["contact_id"], columns["on_day"].isoformat(), columns["direction"], columns["text"])
            if key not in there:
                there.add(key)
                fresh.append({"uuid": str(uuid4()), "created_at": now.at, **columns})
        _insert(session, Exchange, fresh)
        added += len(fresh)
        known += len(good) - len(fresh)
        on_rows(work.sheet.name)
    return Counts(added, known)


def _checked_exchange(
    row: Row[ExchangeForm], people: _People, today: date, rejects: list[Reject]
) -> dict[str, Any] | None:
    try:
        return _exchange_columns(row.form, people, today)
    except UsageError as error:
        rejects.append(Reject(row.line, error.message, row.cells))
        return None


def _exchange_columns(form: ExchangeForm, people: _People, today: date) -> dict[str, Any]:
    """What the store keeps of an exchange.

    Raises:
        UsageError: it has no day that has been, nothing to say, or names nobody who is known.
    """
    day = _day(form.day, today)
    if day > today:
        raise UsageError(f"{day.isoformat()} lies in the future")
    direction, channel, saying = meaning(form.kind)
    _, told_channel, told_saying = meaning(form.channel)
    said = form.text or form.note
    line = clean_line(": ".join(part for part in (saying, told_saying, said) if part) or form.kind, TEXT_LIMIT)
    if not line:
        raise UsageError("it says neither kind nor text")
    return {
        "contact_id": people.find(form.name, form.email),
        "direction": direction,
        "channel": told_channel or channel,
        "on_day": day,
        "text": line,
        # What does not fit into the line is not lost.
        "note": clean_text(form.note) if form.text or len(form.note) > TEXT_LIMIT else "",
    }


@lru_cache(maxsize=4096)
def _day(said: str, today: date) -> date:
    if not said:
        raise UsageError("it has no date")
    return parse_day(said, today, past=True)


@lru_cache(maxsize=1024)
def meaning(word: str) -> tuple[str, str, str]:
    """What the word of a `kind` or `channel` column means.

    Args:
        word: gave, met, coffee, email …

    Returns:
        Direction, channel or "", and what the text should say: the word itself where it says more
        than the other two.
    """
    plain = " ".join(fold(clean_line(word)).replace("_", " ").split())
    direction, channel = _DIRECTIONS.get(plain, "shared"), _CHANNELS.get(plain, "")
    is_plain = plain in _DIRECTIONS or plain in _CHANNELS or plain in _SHARED
    return direction, channel, "" if is_plain and plain not in _SAYING else clean_line(word, 60)


def _chunks(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    for start in range(0, len(rows), AT_A_TIME):
        yield rows[start : start + AT_A_TIME]


def steps(sheet: Sheet) -> int:
    """How often `bring_in` will call `on_rows` for a file."""
    return sum(-(-len(rows) // AT_A_TIME) for rows in (sheet.contacts, sheet.exchanges))


def keep_rejects(folder: str, brought: Brought) -> str:
    """Write what was rejected into a file of the same format, to be mended and imported again.

    Args:
        folder: made when it is not there; private, as the store is.
        brought: a file with rejects.

    Returns:
        The path of the new file; an older one of that name stays.

    Raises:
        StoreError: it cannot be written.
    """
    text = brought.sheet.write(brought.rejects)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = _free_name(folder, brought.sheet.name, text)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        hint = "the good rows are kept; the reasons above name the lines of the others"
        raise StoreError(f"{folder}: the rejects cannot be written: {error.strerror}", hint) from error
    return path


def _free_name(folder: str, name: str, text: str) -> str:
    """contacts.rejects.csv, or the first of contacts.rejects-2.csv … that is free or says the same."""
    from itertools import count

    stem, ending = os.path.splitext(name)
    stem = re.sub(r"\.rejects(-\d+)?$", "", stem)
    for number in count(1):
        path = os.path.join(folder, f"{stem}.rejects{f'-{number}' if number > 1 else ''}{ending}")
        if not os.path.exists(path):
            break
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            if file.read() == text:
                break
    return path
