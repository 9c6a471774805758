"""Notes that ask, sent by giveback itself: kept first, sent once, and logged when the mail server has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.mailing import outbox
from giveback.mailing.errors import NotSendableError
from giveback.store.questions import deliveries
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.giving.composing.notes import Note
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.contacts import ContactRow

PURPOSE = "ask"


def keep(
    session: Session, contact: ContactRow, what: str, note: Note, *, sender: Mailbox, to: Mailbox, now: Now
) -> int:
    """Put a note that asks into the outbox; the same thing is asked of somebody once a day.

    Args:
        session: an open unit of work that is not journaled: `undo` takes back no mail.
        contact: who is asked.
        what: what for.
        note: the words.
        sender: who it is from.
        to: where it goes.
        now: the clock.

    Returns:
        Its number.

    Raises:
        NotSendableError: it was sent, or begun and its end is not known.
    """
    from giveback.mailing.message import build

    key = f"{contact.uuid} {now.today.isoformat()} {fold(what)}"
    message = build(sender, to, note.subject, note.body, at=now)
    row = outbox.queue(session, outbox.Purpose(PURPOSE, key, contact.id), message)
    assert row.id is not None
    if row.state not in outbox.SENDABLE:
        found = deliveries.one(outbox.raw(session), row.id)
        assert found is not None
        raise NotSendableError(*outbox.why_not(found))
    return row.id


def send(store: str, number: int, sender: Sender, now: Now, *, command: str, log: Callable[[Session], None]) -> None:
    """Send a note of the outbox, and log the ask in the transaction that notes that it was sent.

    Args:
        store: the SQLite file.
        number: of the message.
        sender: a connection to the mail server.
        now: the clock.
        command: one line for `undo`.
        log: logs the ask.

    Raises:
        NotSendableError, MailError: as for `outbox.deliver`; nothing is logged then.
    """
    from giveback.store.changes import change

    def sent() -> None:
        with change(store, now, command) as session:
            outbox.note_sent(session, number, now)
            log(session)

    with outbox.opened(store) as connection:
        outbox.deliver(connection, number, sender, now, sent=sent)
