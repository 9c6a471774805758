"""Asks, what came of them, and introductions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3


class AskRow(NamedTuple):
    """An ask; days are ISO text.

    Attributes:
        id: its number, that of the follow-up that waits.
        contact_id: who was asked.
        contact: their name.
        text: what for.
        asked_on: the day.
        by_on: until when it was wanted.
        target_id: for which target.
        target: its name.
        introduction_id: the introduction whose consent was asked for.
        nudges: outgoing exchanges on later days.
        nudged_on: the latest of these days.
        turned: whether somebody else was asked about the target later.
        closed_on: the day it was let be or answered.
        answer: "yes", "no" or "".
        answer_text: what was said.
        answered_on: the day of the answer.
        heard_on: the first exchange received since.
        helped: what was received in answer.
        outcome_id: the follow-up that waits for the outcome to be told.
        outcome_told_on: the day it was told.
    """

    id: int
    contact_id: int
    contact: str
    text: str
    asked_on: str
    by_on: str | None
    target_id: int | None
    target: str | None
    introduction_id: int | None
    nudges: int
    nudged_on: str | None
    turned: bool
    closed_on: str | None
    answer: str
    answer_text: str
    answered_on: str | None
    heard_on: str | None
    helped: str | None
    outcome_id: int | None
    outcome_told_on: str | None


_ASKS = """
SELECT f.id, f.contact_id, c.name, f.text, f.since_on, a.by_on, a.target_id, t.name, a.introduction_id,
    (SELECT count(*) FROM exchange_way e WHERE e.contact_id = f.contact_id AND e.on_day > f.since_on
        AND NOT e.from_them),
    (SELECT max(e.on_day) FROM exchange_way e WHERE e.contact_id = f.contact_id AND e.on_day > f.since_on
        AND NOT e.from_them),
    EXISTS (SELECT 1 FROM ask b JOIN follow_up g ON g.id = b.follow_up_id WHERE b.target_id = a.target_id
        AND b.contact_id <> a.contact_id AND g.since_on > f.since_on),
    f.done_on, coalesce(a.answer, ''), coalesce(a.answer_text, ''), a.answered_on,
    (SELECT min(e.on_day) FROM exchange_way e WHERE e.contact_id = f.contact_id AND e.from_them
        AND (e.on_day > f.since_on OR (e.on_day = f.since_on
            AND (e.created_at > f.created_at OR e.id > f.exchange_id)))),
    x.text, h.outcome_id, o.done_on
FROM follow_up f JOIN contact c ON c.id = f.contact_id
LEFT JOIN ask a ON a.follow_up_id = f.id LEFT JOIN target t ON t.id = a.target_id
LEFT JOIN help h ON h.id = (SELECT max(id) FROM help WHERE ask_id = a.id)
LEFT JOIN exchange x ON x.id = h.exchange_id LEFT JOIN follow_up o ON o.id = h.outcome_id
WHERE f.kind = 'waiting'
"""


def listed(connection: sqlite3.Connection) -> list[AskRow]:
    """Every ask, those of `log --asked` too, in the order in which they were made."""
    return [AskRow(*row) for row in connection.execute(_ASKS + " ORDER BY f.since_on, f.id")]


def of_contact(connection: sqlite3.Connection, contact_id: int) -> list[AskRow]:
    """What one contact was asked, in order."""
    sql = _ASKS + " AND f.contact_id = ? ORDER BY f.since_on, f.id"
    return [AskRow(*row) for row in connection.execute(sql, (contact_id,))]


def one(connection: sqlite3.Connection, number: int) -> AskRow | None:
    """The ask of that number."""
    row = connection.execute(_ASKS + " AND f.id = ?", (number,)).fetchone()
    return AskRow(*row) if row else None


def asked_since(connection: sqlite3.Connection, day: str) -> dict[int, int]:
    """How often contacts were asked since a day; consents to introductions do not count."""
    sql = (
        "SELECT f.contact_id, count(*) FROM follow_up f LEFT JOIN ask a ON a.follow_up_id = f.id"
        " WHERE f.kind = 'waiting' AND f.since_on >= ? AND a.introduction_id IS NULL GROUP BY f.contact_id"
    )
    return {int(contact): int(count) for contact, count in connection.execute(sql, (day,))}


class ThanksRow(NamedTuple):
    """Help that nothing given or shared has followed: the day, and what it was."""

    on_day: str
    text: str


def unthanked(connection: sqlite3.Connection, contact_id: int) -> ThanksRow | None:
    """The earliest gift or help received that was not thanked for."""
    sql = (
        "SELECT e.on_day, e.text FROM exchange e JOIN contact_tally t ON t.contact_id = e.contact_id"
        " WHERE e.contact_id = ? AND e.direction = 'received' AND e.on_day = t.thanks_since ORDER BY e.id LIMIT 1"
    )
    row = connection.execute(sql, (contact_id,)).fetchone()
    return ThanksRow(*row) if row else None


class IntroductionRow(NamedTuple):
    """Two contacts to be introduced to each other; days are ISO text."""

    id: int
    uuid: str
    first_id: int
    first: str
    second_id: int
    second: str
    because: str
    state: str
    first_consent: str
    second_consent: str
    proposed_on: str
    made_on: str | None
    outcome: str


_INTRODUCTIONS = """
SELECT i.id, i.uuid, i.first_id, a.name, i.second_id, b.name, i.because, i.state, i.first_consent, i.second_consent,
    i.proposed_on, i.made_on, i.outcome
FROM introduction i JOIN contact a ON a.id = i.first_id JOIN contact b ON b.id = i.second_id
"""


def introductions(connection: sqlite3.Connection) -> list[IntroductionRow]:
    """Every introduction, in the order in which they were proposed."""
    return [IntroductionRow(*row) for row in connection.execute(_INTRODUCTIONS + " ORDER BY i.id")]


def introductions_of(connection: sqlite3.Connection, contact_id: int) -> list[IntroductionRow]:
    """The introductions that one contact has part in."""
    sql = _INTRODUCTIONS + " WHERE ?1 IN (i.first_id, i.second_id) ORDER BY i.id"
    return [IntroductionRow(*row) for row in connection.execute(sql, (contact_id,))]


def need_of(connection: sqlite3.Connection, number: int) -> int | None:
    """The need that an ask is for."""
    row = connection.execute("SELECT need_id FROM ask WHERE follow_up_id = ?", (number,)).fetchone()
    return row[0] if row else None
