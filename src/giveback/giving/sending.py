"""Notes that giveback sends itself: kept first, sent once, and logged when the mail server has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.giving.composing.notes import Note
from giveback.keeping.exchanges import Gift
from giveback.keeping.promises import Promised, promised
from giveback.mailing import outbox
from giveback.mailing.errors import NotSendableError
from giveback.store.changes import connection_of
from giveback.store.questions import deliveries
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.deliveries import DeliveryRow

PURPOSE = "gift"


class Letter(NamedTuple):
    """A note that is to be sent, and what is logged once it is.

    Attributes:
        contact: to whom.
        gift: what goes with it.
        note: the words.
        channel: "email", or "call" for the e-mail after one.
        on: the day that is logged.
    """

    contact: ContactRow
    gift: Gift
    note: Note
    channel: str
    on: date

    @property
    def mail(self) -> Note:
        """The part that is sent."""
        return getattr(self.note, "mail", self.note) if any(getattr(self.note, "after", ())) else self.note


def address_of(connection: sqlite3.Connection, contact: ContactRow, *, strict: bool = True) -> Mailbox | None:
    """Where mail to a contact goes: the first of their e-mail addresses that is one; None when there is none.

    Args:
        connection: the store.
        contact: to whom.
        strict: refuse when what is kept as addresses is none.

    Raises:
        UsageError: what is kept there is no address.
    """
    from giveback.errors import UsageError
    from giveback.mailing.mailboxes import mailbox
    from giveback.store.questions.contacts import points

    last: UsageError | None = None
    for point in points(connection, contact.id):
        if point.kind == "email":
            try:
                return mailbox(point.value, contact.name)
            except UsageError as error:
                last = error
    if last and strict:
        raise last
    return None


def key_of(connection: sqlite3.Connection, letter: Letter, *, again: bool) -> str:
    """What tells this gift to this person from all others.

    Args:
        connection: the store.
        letter: what is sent.
        again: it was sent, and is to be sent once more.
    """
    gift = letter.gift.url or fold(letter.gift.title)
    first = key = f"{letter.contact.uuid} {gift}"
    number = 1
    while again and (row := deliveries.keyed(connection, PURPOSE, key)) and row.state in ("sent", "bounced"):
        number += 1
        key = f"{first} #{number}"
    return key


def keep(session: Session, letter: Letter, sender: Mailbox, to: Mailbox | None, now: Now, *, again: bool) -> int:
    """Put a note into the outbox.

    Args:
        session: an open unit of work that is not journaled: `undo` takes back no mail.
        letter: what is sent.
        sender: who it is from.
        to: where it goes; None when that is not known yet.
        now: the clock.
        again: it was sent, and is to be sent once more.

    Returns:
        Its number.

    Raises:
        NotSendableError: it was sent, or begun and its end is not known.
    """
    from giveback.mailing.message import build

    contact, gift, note, channel, on = letter
    inside = connection_of(session)
    key = key_of(inside, letter, again=again)
    kept = {"gift": gift._asdict(), "note": note._asdict(), "channel": channel, "on": on.isoformat()}
    message = build(sender, to, letter.mail.subject, letter.mail.body, at=now)
    row = outbox.queue(session, outbox.Purpose(PURPOSE, key, contact.id, json.dumps(kept)), message)
    assert row.id is not None
    if row.state not in outbox.SENDABLE:
        found = deliveries.one(inside, row.id)
        assert found is not None
        why, what = outbox.why_not(found)
        raise NotSendableError(why, "--again sends it once more" if found.state == "sent" else what)
    return row.id


def send(store: str, number: int, sender: Sender, now: Now, *, again: bool = False) -> str:
    """Send a note of the outbox, and log it as given.

    Args:
        store: the SQLite file.
        number: of the message.
        sender: a connection to the mail server.
        now: the clock.
        again: send it although it is not known whether an earlier attempt arrived.

    Returns:
        The UUID of the exchange, "" for a message that is no gift.

    Raises:
        NotSendableError, MailError: as for `outbox.deliver`; nothing is logged then.
    """
    found: list[str] = []
    with outbox.opened(store) as connection:
        row = deliveries.one(connection, number)
        kept = deliveries.text_of(connection, number)
        sent = _logging(store, row, kept[1], now, found) if row and kept else None
        outbox.deliver(connection, number, sender, now, again=again, sent=sent)
    return "".join(found)


def _logging(store: str, row: DeliveryRow, record: str, now: Now, found: list[str]) -> Callable[[], None]:
    """What is done once the server has a message: both facts in one transaction."""
    from giveback.store.changes import change

    def sent() -> None:
        with change(store, now, f"give {row.contact}: {_title(record) or row.subject}") as session:
            outbox.note_sent(session, row.id, now)
            found.append(log_gift(session, row, record, now))

    return sent


def settle(
    store: str, row: DeliveryRow, now: Now, *, dry_run: bool = False, log: Callable[[Session], object] | None = None
) -> None:
    """Take a message for sent because the user says so, and log it; `undo` takes both back.

    Args:
        store: the SQLite file.
        row: the message.
        now: the clock.
        dry_run: do everything and then take it back.
        log: logs what it was; without, it is logged as a gift if it is one.
    """
    from giveback.store.changes import change

    command = f"mail sent {row.id}: {row.subject}"
    with change(store, now, command, dry_run=dry_run) as session:
        kept = deliveries.text_of(connection_of(session), row.id)
        outbox.mark(session, row.id, "sent")
        if log is not None:
            log(session)
        elif kept:
            log_gift(session, row, kept[1], now)


def _title(record: str) -> str:
    return str(json.loads(record).get("gift", {}).get("title", ""))


def log_gift(session: Session, row: DeliveryRow, record: str, now: Now) -> str:
    """Log the gift that a message was.

    Args:
        session: an open unit of work.
        row: the message.
        record: what was kept beside it.
        now: the clock.

    Returns:
        The UUID of the exchange, "" for a message that is no gift.
    """
    from datetime import date

    from giveback.giving.recording import record as record_gift

    if row.purpose != PURPOSE:
        return ""
    kept: dict[str, Any] = json.loads(record)
    gift, note = gift_of(session, kept["gift"]), _of(Note, kept["note"])
    on = min(date.fromisoformat(kept["on"]), now.today)
    exchange = record_gift(session, row.contact_id, gift, note, channel=kept["channel"], on=on, today=now.today)
    return exchange.uuid


def promised_with(connection: sqlite3.Connection, row: DeliveryRow, today: date) -> Promised:
    """What had been promised to whom a message of the outbox goes, and what of it the gift in it keeps.

    Args:
        connection: the store.
        row: the message, a gift or an ask with which one goes.
        today: the local day.
    """
    from datetime import date as day

    kept = deliveries.text_of(connection, row.id)
    values: dict[str, Any] = json.loads(kept[1] or "{}") if kept else {}
    if not values.get("gift"):
        return Promised((), ())
    on = min(day.fromisoformat(values.get("on", today.isoformat())), today)
    return promised(connection, row.contact_id, _of(Gift, values["gift"]), on)


def gift_of(session: Session, values: dict[str, Any]) -> Gift:
    """A gift as it was kept beside a message.

    Args:
        session: an open unit of work.
        values: its fields.
    """
    return _still_there(session, _of(Gift, values))


def _still_there(session: Session, gift: Gift) -> Gift:
    """A gift without what has been deleted since; its title and address stay."""
    ids = {f"{table}_id": table for table in ("article", "asset")}
    for name, table in ids.items():
        number = getattr(gift, name, None)
        if (
            number is not None
            and not connection_of(session)
            .execute(
                f"SELECT 1 FROM {table} WHERE id = ?",  # noqa: S608 - the names are constants
                (number,),
            )
            .fetchone()
        ):
            gift = gift._replace(**{name: None})  # type: ignore[arg-type]  # both fields are numbers or None
    return gift


def _of(kind: Any, values: dict[str, Any]) -> Any:  # noqa: ANN401 - any NamedTuple
    """A NamedTuple from what a version of it held: fields that are new have their defaults."""
    known = {name: values[name] for name in kind._fields if name in values}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})
