"""Notes that ask, sent by giveback itself: kept first, sent once, and logged when the mail server has them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.asking.asks import Asked, AskForm, ask
from giveback.giving.composing.notes import Note
from giveback.giving.recording import record
from giveback.giving.sending import gift_of
from giveback.mailing import outbox
from giveback.mailing.errors import NotSendableError
from giveback.store.changes import connection_of
from giveback.store.questions import deliveries
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.keeping.exchanges import Gift
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.deliveries import DeliveryRow

PURPOSE = "ask"


class Asking(NamedTuple):
    """What is logged of a note that asks: the ask, and what goes along."""

    form: AskForm
    gift: Gift | None


def log(session: Session, asking: Asking, today: date, country: str) -> Asked:
    """Log an ask, and what went along.

    Args:
        session: an open unit of work.
        asking: what to log.
        today: the local day.
        country: whose holidays are no business days.
    """
    form, gift = asking
    if gift is not None:
        # The note is kept with the ask, which it is for.
        record(session, form.contact_id, gift, Note("", ""), channel=form.channel, on=today, today=today)
    return ask(session, form, on=today, today=today, country=country)


class Letter(NamedTuple):
    """A note that asks: to whom, what is logged once it is sent, and the words."""

    contact: ContactRow
    asking: Asking
    note: Note


def keep(session: Session, letter: Letter, *, sender: Mailbox, to: Mailbox, now: Now) -> int:
    """Put a note that asks into the outbox; the same thing is asked of somebody once a day.

    Args:
        session: an open unit of work that is not journaled: `undo` takes back no mail.
        letter: what is sent.
        sender: who it is from.
        to: where it goes.
        now: the clock.

    Returns:
        Its number.

    Raises:
        NotSendableError: it was sent, or begun and its end is not known.
    """
    from giveback.mailing.message import build

    contact, asking, note = letter
    key = f"{contact.uuid} {now.today.isoformat()} {fold(asking.form.text)}"
    message = build(sender, to, note.subject, note.body, at=now)
    kept = {"form": asking.form._asdict(), "gift": asking.gift._asdict() if asking.gift else None}
    text = json.dumps(kept, default=date.isoformat)
    row = outbox.queue(session, outbox.Purpose(PURPOSE, key, contact.id, text), message)
    assert row.id is not None
    if row.state not in outbox.SENDABLE:
        found = deliveries.one(connection_of(session), row.id)
        assert found is not None
        raise NotSendableError(*outbox.why_not(found))
    return row.id


def log_kept(session: Session, row: DeliveryRow, now: Now, country: str) -> Asked | None:
    """Log the ask that a message of the outbox was; it waits for its answer from today on.

    Args:
        session: an open unit of work.
        row: the message.
        now: the clock.
        country: whose holidays are no business days.

    Returns:
        The ask; None where an earlier version did not keep what it was.
    """
    kept = deliveries.text_of(connection_of(session), row.id)
    values: dict[str, Any] = json.loads(kept[1]) if kept else {}
    if "form" not in values:
        return None
    form = _form(session, row.contact_id, values["form"], now.today)
    gift = gift_of(session, values["gift"]) if values["gift"] else None
    return log(session, Asking(form, gift), now.today, country)


def _form(session: Session, contact_id: int, values: dict[str, Any], today: date) -> AskForm:
    """An ask as it was kept, without a target that is gone since, and a day that has passed."""
    by_on = date.fromisoformat(values["by_on"]) if values["by_on"] else None
    return AskForm(
        contact_id,
        values["text"],
        values["channel"],
        _present(session, "target", values["target_id"]),
        _present(session, "need", values["need_id"]),
        by_on if by_on and by_on >= today else None,
        note=values["note"],
    )


def _present(session: Session, table: str, number: int | None) -> int | None:
    sql = f"SELECT id FROM {table} WHERE id = ?"  # noqa: S608 - the names are constants
    return number if connection_of(session).execute(sql, (number,)).fetchone() else None


def send(
    store: str, number: int, sender: Sender, now: Now, *, command: str, log: Callable[[Session], object],
    again: bool = False,
) -> None:  # fmt: skip
    """Send a note of the outbox, and log the ask in the transaction that notes that it was sent.

    Args:
        store: the SQLite file.
        number: of the message.
        sender: a connection to the mail server.
        now: the clock.
        command: one line for `undo`.
        log: logs the ask.
        again: send it although it is not known whether an earlier attempt arrived.

    Raises:
        NotSendableError, MailError: as for `outbox.deliver`; nothing is logged then.
    """
    from giveback.store.changes import change

    def sent() -> None:
        with change(store, now, command) as session:
            log(session)
            outbox.note_sent(session, number, now)

    with outbox.opened(store) as connection:
        outbox.deliver(connection, number, sender, now, again=again, sent=sent)
