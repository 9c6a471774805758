"""What a contact may care about, from her title, her blog, our notes and mails."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from giveback.dates import say_day
from giveback.keeping.occasions import feeds_of
from giveback.people.inferring import Evidence, Proposal, infer
from giveback.store.questions import contacts as ask_contacts
from giveback.store.questions import evidence as ask
from giveback.store.questions import occasions as ask_occasions
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


def proposals(connection: sqlite3.Connection, contact_id: int, today: date, limit: int = 10) -> list[Proposal]:
    """Interests to propose for a contact, the likeliest first; those that are known are left out.

    Args:
        connection: the store.
        contact_id: the contact.
        today: the local day, for how evidence is told of.
        limit: at most so many.
    """
    evidence = list(_evidence(connection, contact_id, today))
    return infer(evidence, _known(connection, contact_id), lambda words: ask.shares(connection, words), limit)


def _known(connection: sqlite3.Connection, contact_id: int) -> set[str]:
    """Interests, also avoided ones, and words that only name the person or where they are."""
    row = ask_contacts.one(connection, contact_id)
    named = f"{row.name} {row.nickname} {row.company} {row.town}"
    return {fold(one.phrase) for one in ask_contacts.interests(connection, contact_id)} | set(fold(named).split())


def _evidence(connection: sqlite3.Connection, contact_id: int, today: date) -> Iterator[Evidence]:
    row = ask_contacts.one(connection, contact_id)
    if row.title:
        yield Evidence("title", row.title, f"job title: {row.title}")
    if row.notes:
        yield Evidence("note", row.notes, "your notes")
    for said in ask.said(connection, contact_id):
        yield from _of_exchange(said, today)
    for day, text in ask.promised(connection, contact_id):
        yield Evidence("note", text, f"noted {_day(day, today)}: {text}", day)
    for day, title, summary in ask.posts(connection, _feeds(connection, contact_id)):
        yield Evidence("post", f"{title}. {summary}", f"post {_day(day, today)}: {title}", day)


def _of_exchange(said: ask.SaidRow, today: date) -> Iterator[Evidence]:
    day = _day(said.on_day, today)
    if said.is_mail:
        yield Evidence("mail", said.text, f"mail {day}: {said.text}", said.on_day)
        return
    if said.gift_title:
        # What I gave tells what I thought; what they gave tells of them.
        kind = "gift" if said.direction == "received" else "exchange"
        yield Evidence(kind, said.gift_title, f"{said.direction} {day}: {said.gift_title}", said.on_day)
        return
    yield Evidence("exchange", f"{said.text}. {said.note}", f"{said.direction} {day}: {said.text}", said.on_day)


def _feeds(connection: sqlite3.Connection, contact_id: int) -> list[int]:
    blogs = [(number, url) for number, url in ask_occasions.blogs(connection) if number == contact_id]
    return list(feeds_of(blogs, ask_occasions.feed_addresses(connection))) if blogs else []


def _day(text: str, today: date) -> str:
    return say_day(date.fromisoformat(text), today)
