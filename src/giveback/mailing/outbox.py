"""Messages that are kept until a server has them, so that none is lost and none goes out twice.

A message is `draft` until somebody begins to send it, and `sending` while that goes on. Where a process ends
in between, it stays `sending`: whether it arrived is not known, so nobody sends it again but the user, who is
told. `failed` may be tried again as it is, `refused` only after a change, `bounced` came back later.

Each step is a transaction of its own, on the disk before the next begins.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from giveback.mailing.errors import MailError, NotSendableError, UncertainError
from giveback.store import connect
from giveback.store.questions import deliveries as ask

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.deliveries import DeliveryRow
    from giveback.store.tables import Delivery, DeliveryMark

SENDABLE = ("draft", "failed", "refused", "dropped")


class Purpose(NamedTuple):
    """What a message is for; the same thing is sent once.

    Attributes:
        name: gift, bulletin, introduction.
        key: what tells it from others of that name, such as an issue's and a contact's UUID.
        contact_id: to whom.
        record: JSON that whoever sends it later needs, such as what is to be logged then.
    """

    name: str
    key: str
    contact_id: int
    record: str = "{}"


def queue(session: Session, purpose: Purpose, message: EmailMessage, *, keep: bool = True) -> Delivery:
    """Put a message into the outbox, or find it there.

    One that has not been sent takes the new text and keeps its Message-ID; to the one that is sent, bounced or
    begun nothing is done: look at `state`.

    Args:
        session: an open unit of work. Nothing of this is journaled: `undo` takes back no mail.
        purpose: what for.
        message: from `message.build`; its Message-ID becomes the one that is kept.
        keep: keep the text, so that it can be sent later; without, whoever sends it builds it again.

    Returns:
        The row.
    """
    from sqlmodel import select

    from giveback.mailing.message import envelope, new_id, wire, with_id
    from giveback.store.tables import Delivery

    same = select(Delivery).where(Delivery.purpose == purpose.name, Delivery.key == purpose.key)
    row = session.exec(same).first()
    if row is None:
        row = Delivery(
            purpose=purpose.name,
            key=purpose.key,
            contact_id=purpose.contact_id,
            recipient="",
            subject="",
            message_id=str(message["Message-ID"] or new_id("localhost")),
        )
    elif _state(session, row) not in SENDABLE:
        return row
    else:
        _unmark(session, row)
    data = wire(with_id(message, row.message_id))
    row.record = purpose.record
    row.recipient, row.subject = envelope(data)[1], str(message["Subject"])
    row.message = data.decode() if keep else None
    session.add(row)
    session.flush()
    return row


def _marks(session: Session, row: Delivery) -> list[DeliveryMark]:
    from sqlmodel import select

    from giveback.store.tables import DeliveryMark

    marks = select(DeliveryMark).where(DeliveryMark.delivery_id == row.id).order_by(DeliveryMark.id)  # type: ignore[arg-type]  # SQLModel types columns as their values
    return list(session.exec(marks))


def _state(session: Session, row: Delivery) -> str:
    marks = _marks(session, row)
    return marks[-1].state if marks else row.state


def _unmark(session: Session, row: Delivery) -> None:
    for mark in _marks(session, row):
        session.delete(mark)


def mark(session: Session, number: int, state: str) -> None:
    """Note what the user says of a message; `undo` takes that back, where the unit of work is journaled.

    Args:
        session: an open unit of work.
        number: of the message.
        state: "sent" (it went another way, or has arrived) or "dropped" (it is not wanted any more).
    """
    from giveback.store.tables import DeliveryMark

    session.add(DeliveryMark(delivery_id=number, state=state))
    session.flush()


def mark_bounced(session: Session, number: int, reason: str) -> None:
    """Note that a message came back."""
    from giveback.store.tables import Delivery

    row = session.get_one(Delivery, number)
    row.state, row.error = "bounced", reason
    session.flush()


def note_sent(session: Session, number: int, now: Now) -> None:
    """Note that a server has a message, or that the user says so; its text is not needed any more.

    Args:
        session: an open unit of work.
        number: of the message.
        now: the clock.
    """
    from giveback.store.tables import Delivery

    row = session.get_one(Delivery, number)
    row.state, row.error, row.sent_at, row.message = "sent", "", now.at, None
    session.flush()


def readdress(session: Session, number: int, to: Mailbox) -> None:
    """Send a message that waits to another address.

    Args:
        session: an open unit of work.
        number: of a message whose text was kept.
        to: where it goes instead.
    """
    from giveback.mailing.message import addressed_to
    from giveback.store.tables import Delivery

    row = session.get_one(Delivery, number)
    row.recipient = to.address
    row.message = addressed_to((row.message or "").encode(), to).decode()
    session.flush()


@contextmanager
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """The store for sending, on a connection whose changes are on the disk when they are done.

    Args:
        path: the store.

    Yields:
        A connection; nothing is locked while a message is on its way.
    """
    with closing(connect.write(path)) as connection:
        # NORMAL could forget in a power cut that a message was sent.
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


def deliver(
    connection: sqlite3.Connection,
    number: int,
    sender: Sender,
    now: Now,
    *,
    message: EmailMessage | None = None,
    again: bool = False,
    sent: Callable[[], None] | None = None,
) -> None:
    """Send a message of the outbox, once, and keep what became of it.

    Args:
        connection: from `opened`.
        number: of the message.
        sender: entered.
        now: the clock.
        message: its text, where that was not kept; it gets the Message-ID that was.
        again: send it although an earlier attempt has an end that is not known.
        sent: called once the server has it; opens a unit of work of its own, calls `note_sent` in it, and notes
            what else follows from that, so that either all of it is known or nothing. Without, `sent` is noted alone.

    Raises:
        NotSendableError: it was sent, or begun by whoever was quicker, or a process that ended.
        MailError: it was not sent, or (UncertainError) that is not known; the row says so, too.
    """
    sender.make_ready()
    letter = _begun(connection, number, now, message, again=again)
    try:
        sender.send_bytes(*letter)
    except UncertainError as error:
        _settle(connection, number, "sending", error.message)
        raise
    except MailError as error:
        _settle(connection, number, "refused" if error.lasting and not error.whole else "failed", error.message)
        raise
    except BaseException:
        if not sender.handed_over:
            _settle(connection, number, "draft", "interrupted")
        raise
    if sent is None:
        _sent(connection, number, now)
    else:
        sent()


def _begun(
    connection: sqlite3.Connection, number: int, now: Now, message: EmailMessage | None, *, again: bool
) -> tuple[bytes, str, str]:
    """Claim a message, which of several processes one gets; its bytes and both addresses."""
    from giveback.dates import utc_text

    with connect.transaction(connection):
        row = ask.one(connection, number)
        if row is None:
            raise NotSendableError(f"there is no message {number}", "`giveback mail outbox` lists them")
        if row.state not in (*SENDABLE, *(("sending",) if again else ())):
            raise NotSendableError(*why_not(row))
        letter = _letter(connection, row, message)
        connection.execute("DELETE FROM delivery_mark WHERE delivery_id = ?", (number,))
        connection.execute(
            "UPDATE delivery SET state = 'sending', error = '', attempts = attempts + 1, began_at = ? WHERE id = ?",
            (utc_text(now.at), number),
        )
    return letter


def _letter(connection: sqlite3.Connection, row: DeliveryRow, message: EmailMessage | None) -> tuple[bytes, str, str]:
    from giveback.mailing.message import envelope, wire, with_id

    kept = ask.text_of(connection, row.id)
    if message is None and kept is None:
        raise NotSendableError(f"the text of message {row.id} was not kept", f"send the {row.purpose} again")
    data = wire(with_id(message, row.message_id)) if message is not None else kept[0] if kept else b""
    author, recipient = envelope(data)
    if not author or not recipient:
        raise NotSendableError(f"message {row.id} has no {'recipient' if author else 'sender'}", "give an address")
    return data, author, recipient


def why_not(row: DeliveryRow) -> tuple[str, str]:
    """Why a message is not to be sent (again), and what to do."""
    from giveback.dates import from_utc_text

    to = row.contact
    if row.state == "sending":
        begun = from_utc_text(row.began_at or row.created_at).astimezone()
        there, not_there = f"`giveback mail sent {row.id}`", f"`giveback mail send {row.id} --again`"
        return (
            f"message {row.id} to {to} was begun on {begun:%Y-%m-%d at %H:%M}, and it is not known whether it arrived",
            f"look in your sent folder: {there} if it is there, {not_there} if not",
        )
    if row.state == "bounced":
        return f"message {row.id} to {to} came back ({row.error})", "check the address"
    return f"message {row.id} to {to} was sent already", "nothing goes out twice"


def _settle(connection: sqlite3.Connection, number: int, state: str, error: str) -> None:
    with connect.transaction(connection):
        connection.execute("UPDATE delivery SET state = ?, error = ? WHERE id = ?", (state, error, number))


def _sent(connection: sqlite3.Connection, number: int, now: Now) -> None:
    """The server has it: its text is not needed any more."""
    from giveback.dates import utc_text

    with connect.transaction(connection):
        connection.execute(
            "UPDATE delivery SET state = 'sent', error = '', sent_at = ?, message = NULL WHERE id = ?",
            (utc_text(now.at), number),
        )
