"""Making one contact of two: every value and every exchange stays, and one `undo` takes it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.dates import say_span, utc_text
from giveback.errors import UsageError
from giveback.people.names import name_keys
from giveback.people.nicknames import alike
from giveback.people.strictness import keep_stricter
from giveback.store.changes import connection_of
from giveback.store.joining import Joiner, Row, Yielded, noted
from giveback.text import clean_text, fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from giveback.dates import Now

_KEYS = ("id", "uuid", "name_key", "nickname_key", "initials", "created_at", "updated_at")
_RULED = (
    *("name", "nickname", "notes", "cadence_days", "birthday"),
    *("tact_allow", "added_on", "snoozed_until", "archived_at"),
)
_TEXT_LIMIT = 200_000


class Merged(NamedTuple):
    """What a merge did.

    Attributes:
        kept: the name of the contact that stays.
        gone: the name of the one that became part of it.
        differs: what they say differently, one line each: field, what stays, where the other went.
        moved: how many rows of which table now belong to the one that stays.
    """

    kept: str
    gone: str
    differs: list[str]
    moved: dict[str, int]


class Joined(NamedTuple):
    """A contact made of two: the columns to set, and what differs."""

    values: Row
    differs: list[str]


def merge(session: Session, kept: int, gone: int, now: Now) -> Merged:
    """Make one contact of two.

    Args:
        session: an open unit of work.
        kept: the number of the contact that stays.
        gone: the number of the one that becomes part of it.
        now: the clock.

    Raises:
        UsageError: both are the same.
    """
    if kept == gone:
        raise UsageError("that is one contact already", "name two: giveback merge NAME OTHER")
    session.flush()
    raw = connection_of(session)
    joiner = Joiner(raw)
    mine, theirs = joiner.row("contact", kept), joiner.row("contact", gone)
    # First, so that undo comes to it last, when both contacts are there again.
    record = _record(raw, kept, theirs, noted(raw, "contact", (kept, gone)), now)
    before = joiner.counts("contact", gone)
    yielded = keep_stricter(raw, joiner.move("contact", gone, kept), kept)
    joined = join(mine, theirs)
    joiner.delete("contact", gone)
    joiner.fill("contact", kept, {**joined.values, "updated_at": utc_text(now.at)})
    was = {"contact": [theirs]}
    for each in yielded:
        was.setdefault(each.table, []).append(each.row)
    raw.execute("UPDATE merged_contact SET was = ? WHERE id = ?", (json.dumps(was, ensure_ascii=False), record))
    session.expire_all()
    return Merged(str(mine["name"]), str(theirs["name"]), [*joined.differs, *_said(yielded)], before)


def _record(raw: sqlite3.Connection, kept: int, theirs: Row, rows: Mapping[str, list[Row]], now: Now) -> int:
    done = raw.execute(
        "INSERT INTO merged_contact (contact_id, uuid, name, name_key, merged_on, was, noted, created_at)"
        " VALUES (?, ?, ?, ?, ?, '{}', ?, ?)",
        (
            kept,
            theirs["uuid"],
            theirs["name"],
            theirs["name_key"],
            now.today.isoformat(),
            json.dumps(rows),
            utc_text(now.at),
        ),
    )
    return int(done.lastrowid or 0)


def _said(yielded: Iterable[Yielded]) -> list[str]:
    """Differences of rows that were folded into others, as lines."""
    lines = []
    for table, row, differs in yielded:
        name = row.get("phrase") or row.get("value") or row.get("title") or ""
        lines += [
            f"{table} {name} {column}: {mine} stays, {theirs} is kept in the record of the merge".replace("  ", " ")
            for column, (mine, theirs) in differs.items()
            if not column.endswith(("_at", "_id"))
        ]
    return lines


def join(mine: Row, theirs: Row) -> Joined:
    """The columns of one contact out of two rows.

    What is empty is filled. What differs stays as it is in the first, and the other value goes into the notes, so
    that nothing is lost. The name of the second becomes the nickname when it is one. The closer cadence, the fuller
    birthday and the earlier day of being added win; somebody who is archived in one of the two only is not archived.

    Args:
        mine: the row of the contact that stays.
        theirs: the row of the other.
    """
    values: Row = {}
    differs: list[str] = []
    also: list[str] = []

    def settle(column: str, chosen: Any, left: Any) -> None:  # noqa: ANN401 - a column of any type
        values[column] = chosen
        if left not in (None, "") and left != chosen and fold(str(left)) != fold(str(chosen)):
            field = column.replace("_days", "").replace("_", "-")
            differs.append(f"{field}: {chosen} stays, {left} is in the notes")
            also.append(f"{left} ({field})")

    settle("name", mine["name"], theirs["name"])
    nickname = _nickname(mine, theirs)
    settle("nickname", nickname, theirs["nickname"])
    for column in mine:
        if column not in (*_KEYS, *_RULED):
            filled = theirs[column] if mine[column] in (None, "") else mine[column]
            settle(column, filled, theirs[column])
    birthday = _birthday(str(mine["birthday"]), str(theirs["birthday"]))
    dropped = str(theirs["birthday"])
    settle("birthday", birthday, "" if dropped == f"--{birthday[-5:]}" else dropped)
    values |= _plain(mine, theirs)
    if None not in (mine["cadence_days"], theirs["cadence_days"]) and mine["cadence_days"] != theirs["cadence_days"]:
        differs.append(f"every: {say_span(values['cadence_days'])}, the closer of the two")
    values["notes"] = _notes(str(mine["notes"]), str(theirs["notes"]), also)
    keys = name_keys(str(mine["name"]), nickname)
    values |= {"name_key": keys.name, "nickname_key": keys.nickname, "initials": keys.initials}
    return Joined(values, differs)


def _plain(mine: Row, theirs: Row) -> Row:
    cadences = [days for row in (mine, theirs) if (days := row["cadence_days"])]
    allowed = [kind for row in (mine, theirs) for kind in str(row["tact_allow"]).split(", ") if kind]
    archived = [row["archived_at"] for row in (mine, theirs)]
    snoozed = [row["snoozed_until"] for row in (mine, theirs)]
    return {
        "cadence_days": min(cadences, default=None),
        "tact_allow": ", ".join(dict.fromkeys(allowed)),
        "added_on": min(str(mine["added_on"]), str(theirs["added_on"])),
        "snoozed_until": max(snoozed) if all(snoozed) else None,
        "archived_at": max(archived) if all(archived) else None,
        "created_at": min(str(mine["created_at"]), str(theirs["created_at"])),
    }


def _nickname(mine: Row, theirs: Row) -> str:
    """The one there is, else the short form that the second name uses."""
    for nickname in (mine["nickname"], theirs["nickname"]):
        if nickname:
            return str(nickname)
    one, other = words(str(mine["name"])), words(str(theirs["name"]))
    if one and other and one[0] != other[0] and len(other[0]) > 1 and alike(one[0], other[0]):
        return str(theirs["name"]).split()[0].strip(",.")
    return ""


def _birthday(mine: str, theirs: str) -> str:
    if mine and theirs and mine[-5:] == theirs[-5:]:
        return max(mine, theirs, key=len)
    return mine or theirs


def _notes(mine: str, theirs: str, also: list[str]) -> str:
    parts = [mine]
    if theirs and theirs not in mine:
        parts.append(theirs)
    if also:
        parts.append("Also: " + "; ".join(also))
    return clean_text("\n\n".join(part for part in parts if part), _TEXT_LIMIT)
