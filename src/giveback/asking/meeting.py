"""Somebody was met: the person, what interests them and what was promised, in one step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from giveback.asking import events
from giveback.keeping.exchanges import follow_up, log
from giveback.people import contacts
from giveback.people.interests import add_interests
from giveback.store.questions import events as ask_events
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from sqlmodel import Session

    from giveback.people.contacts import ContactForm
    from giveback.people.scanning.facts import CardFacts
    from giveback.store.questions.contacts import NameRow
    from giveback.store.tables import Contact

PROMISE_DAYS = 2
"""What was promised at a meeting is due so soon, while it is remembered."""


class Meeting(NamedTuple):
    """What is known of a meeting.

    Attributes:
        form: the person; of one who is known already, what is new is added.
        on: the day.
        promises: what was promised, a few words each.
        event_id: the event it was at, when that is noted.
    """

    form: ContactForm
    on: date
    promises: tuple[str, ...] = ()
    event_id: int | None = None


def known(connection: sqlite3.Connection | None, name: str) -> NameRow | None:
    """The contact of exactly that name, nickname or e-mail address; a part of a name may be somebody new.

    Returns:
        The one; None where there is none, or several.
    """
    from giveback.store.questions.contacts import names_exactly

    key = fold(name)
    rows = names_exactly(connection, key) if connection is not None and key else []
    present = [row for row in rows if not row.archived] or rows
    return present[0] if len(present) == 1 else None


def with_card(form: ContactForm, card: CardFacts) -> ContactForm:
    """Fill in what a card says; what the user said stays."""
    points = [("email", email) for email in card.emails] + [("phone", phone) for phone in card.phones]
    points += [("url", url) for url in card.urls] + ([("address", card.address)] if card.address else [])
    return form._replace(
        name=form.name or card.name,
        company=form.company or card.company,
        title=form.title or card.title,
        points=(*form.points, *(point for point in points if point not in form.points)),
    )


def met(session: Session, meeting: Meeting, contact_id: int | None, today: date, usual_cadence: int | None) -> Contact:
    """Note a meeting.

    Args:
        session: an open unit of work.
        meeting: what is known of it.
        contact_id: who it was, or None for somebody new.
        today: the local day.
        usual_cadence: days, for somebody new.

    Returns:
        The contact.

    Raises:
        UsageError: something that was said cannot be; nothing is kept.
    """
    form = meeting.form
    if contact_id is None:
        contact = contacts.add(session, form, today, usual_cadence)
    else:
        contact = contacts.get(session, contact_id)
        _fill_in(session, contact, form, today)
    number = contacts.number_of(contact)
    text = f"met at {form.met_at}" if form.met_at else "met"
    log(session, number, text, on=meeting.on, today=today, direction="shared", channel="in-person")
    for promise in meeting.promises:
        follow_up(session, number, promise, kind="promise", since=today, due=today + timedelta(PROMISE_DAYS))
    if meeting.event_id is not None:
        events.attend(session, meeting.event_id, [number])
    return contact


def _fill_in(session: Session, contact: Contact, form: ContactForm, today: date) -> None:
    """Add to a known contact what was not known; a company or title that was, changes only when it was said."""
    said = {"company": form.company, "title": form.title, "town": form.town, "nickname": form.nickname}
    contacts.change(contact, {field: value for field, value in said.items() if value}, today)
    if form.met_at and not contact.met_at:
        contacts.change(contact, {"met_at": form.met_at}, today)
    for kind, value in form.points:
        contacts.add_point(session, contact, kind, value)
    add_interests(session, contact, form.interests)
    add_interests(session, contact, form.avoid, avoid=True)


def event_of(connection: sqlite3.Connection | None, name: str, on: date) -> int | None:
    """The noted event of a name within a day of a meeting, whose list of guests it joins."""
    row = ask_events.keyed(connection, fold(name), on.isoformat()) if connection is not None and name else None
    if row is None:
        return None
    from datetime import date as day

    return row.id if abs((day.fromisoformat(row.on_day) - on).days) <= 1 else None
