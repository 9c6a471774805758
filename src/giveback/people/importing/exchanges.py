"""Exchanges that a file tells of: whom they concern, which words mean what, and which are there already."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from giveback.dates import parse_day, utc_text
from giveback.errors import UsageError
from giveback.people.formats import Reject
from giveback.text import clean_line, clean_text, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from giveback.dates import Now
    from giveback.people.formats import ExchangeForm, Row, Sheet

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


class _People:
    """Who is in the store, by folded name and address."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.by_name: dict[str, list[int]] = {}
        self.by_nickname: dict[str, list[int]] = {}
        self.by_email: dict[str, set[int]] = {}
        for number, name, nickname in raw.execute("SELECT id, name_key, nickname_key FROM contact"):
            self.by_name.setdefault(name, []).append(number)
            if nickname:
                self.by_nickname.setdefault(nickname, []).append(number)
        for number, key in raw.execute("SELECT contact_id, key FROM contact_point WHERE kind = 'email'"):
            self.by_email.setdefault(key, set()).add(number)

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


_EXCHANGE = (
    "INSERT INTO exchange (uuid, contact_id, direction, channel, on_day, text, note, created_at)"
    " VALUES (:uuid, :contact_id, :direction, :channel, :on_day, :text, :note, :created_at)"
)


def bring_in_exchanges(
    raw: sqlite3.Connection, sheet: Sheet, rejects: list[Reject], now: Now, on_rows: Callable[[str], None]
) -> Counts:
    """Add the exchanges of one file that are not there yet.

    Args:
        raw: the connection below a unit of work, in which the people of all files are already.
        sheet: the file.
        rejects: what cannot be used is added here.
        now: the clock.
        on_rows: called with the file's name after each `AT_A_TIME` rows, and at its end.
    """
    if not sheet.exchanges:
        return Counts()
    people = _People(raw)
    there = set(raw.execute("SELECT contact_id, on_day, direction, text FROM exchange"))
    added = known = 0
    for rows in chunks(sheet.exchanges):
        good = [columns for row in rows if (columns := _checked_exchange(row, people, now.today, rejects))]
        fresh = []
        for columns in good:
            key = (columns["contact_id"], columns["on_day"], columns["direction"], columns["text"])
            if key not in there:
                there.add(key)
                fresh.append({"uuid": str(uuid4()), "created_at": utc_text(now.at), **columns})
        raw.executemany(_EXCHANGE, fresh)
        added += len(fresh)
        known += len(good) - len(fresh)
        on_rows(sheet.name)
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
        "on_day": day.isoformat(),
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


def chunks(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    """Rows, `AT_A_TIME` of them together."""
    for start in range(0, len(rows), AT_A_TIME):
        yield rows[start : start + AT_A_TIME]
