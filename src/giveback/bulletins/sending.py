"""An issue goes to its readers: one message each, never two, whatever happens in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from giveback.bulletins import letters
from giveback.giving.composing.wording import first_name
from giveback.mailing.errors import MailError, NotSendableError, UncertainError
from giveback.store.questions import bulletins as ask
from giveback.store.questions import deliveries

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import date
    from email.message import EmailMessage

    from sqlmodel import Session

    from giveback.bulletins.document import Document
    from giveback.bulletins.letters import Writer
    from giveback.bulletins.readers import Reader
    from giveback.dates import Now
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.bulletins import IssueRow

PURPOSE = "bulletin"
READY, SENT, UNSURE, NO_ADDRESS, BAD_ADDRESS, BOUNCED = (
    "ready", "sent", "unsure", "no address", "no such address", "bounced",
)  # fmt: skip
"""What may be said of a recipient; only those that are READY get a message."""


class Recipient(NamedTuple):
    """A reader and how it stands with their copy.

    Attributes:
        reader: who.
        state: one of the constants above.
        why: more about it, or "".
        mailbox: where to; None when it goes nowhere.
        delivery: the number of their message in the outbox, or None.
    """

    reader: Reader
    state: str
    why: str
    mailbox: Mailbox | None
    delivery: int | None


class Mailing(NamedTuple):
    """What is sent.

    Attributes:
        row: the issue.
        document: what it says.
        day: of the issue.
        sender: From.
        writer: who signs, and how readers stop it.
        asset_id: what the bulletin is among the assets, or None.
    """

    row: IssueRow
    document: Document
    day: date
    sender: Mailbox
    writer: Writer
    asset_id: int | None

    @property
    def command(self) -> str:
        """As `undo` shows it."""
        return f"bulletin send {self.row.id}: {self.row.title}"

    def message(self, recipient: Recipient, now: Now) -> EmailMessage:
        """The message to one recipient."""
        from giveback.mailing.message import build

        reader = recipient.reader.row
        letter = letters.write(
            self.document, self.day, self.writer, first_name(reader.name, reader.nickname), reader.uuid
        )
        return build(
            self.sender, recipient.mailbox, letter.subject, letter.text, letter.html, headers=letter.headers, at=now
        )


def recipients(
    connection: sqlite3.Connection, row: IssueRow, readers: Sequence[Reader], *, again: bool
) -> list[Recipient]:
    """How it stands with each reader's copy.

    Args:
        connection: the store.
        row: the issue.
        readers: who reads it.
        again: those whose message may have arrived or not are to get it again.
    """
    from giveback.errors import UsageError
    from giveback.mailing.mailboxes import mailbox

    have = ask.has_issue(connection, row.id)
    begun = {each.contact_id: each for each in deliveries.of_purpose(connection, PURPOSE, f"{row.uuid}:")}
    found = []
    for reader in readers:
        past = begun.get(reader.row.id)
        number = past.id if past else None
        if reader.row.id in have or (past and past.state == "sent"):
            found.append(Recipient(reader, SENT, "", None, number))
        elif past and past.state == "bounced":
            found.append(Recipient(reader, BOUNCED, past.error, None, number))
        elif past and past.state == "sending" and not again:
            found.append(Recipient(reader, UNSURE, f"begun at {past.began_at}", None, number))
        elif not reader.row.address:
            found.append(Recipient(reader, NO_ADDRESS, "", None, number))
        elif reader.row.bounced:
            found.append(Recipient(reader, BOUNCED, reader.row.bounced, None, number))
        else:
            try:
                to = mailbox(reader.row.address, reader.row.name)
            except UsageError as error:
                found.append(Recipient(reader, BAD_ADDRESS, error.message, None, number))
            else:
                found.append(Recipient(reader, READY, past.error if past else "", to, number))
    return found


class Outcome(NamedTuple):
    """What came of a run.

    Attributes:
        sent: contacts whose message the server took.
        refused: contact to the reason why it did not take theirs.
        unsure: contacts whose message may have arrived or not.
        stopped: what ended the run before its time, or None.
    """

    sent: set[int]
    refused: dict[int, str]
    unsure: set[int]
    stopped: MailError | None


def nothing() -> Outcome:
    """What came of a run in which nothing was done yet."""
    return Outcome(set(), {}, set(), None)


def queue(session: Session, mailing: Mailing, to: Sequence[Recipient], now: Now) -> dict[int, int]:
    """Put the messages that are to go out into the outbox, without their texts.

    Returns:
        Contact to the number of their message.
    """
    from giveback.mailing.outbox import Purpose
    from giveback.mailing.outbox import queue as put

    numbers = {}
    record = json.dumps({"issue": mailing.row.id, "edition": mailing.row.edition})
    for recipient in to:
        reader = recipient.reader.row
        purpose = Purpose(PURPOSE, f"{mailing.row.uuid}:{reader.uuid}", reader.id, record)
        row = put(session, purpose, mailing.message(recipient, now), keep=False)
        assert row.id is not None
        numbers[reader.id] = row.id
    return numbers


def run(
    path: str,
    mailing: Mailing,
    to: Sequence[Recipient],
    numbers: dict[int, int],
    sender: Sender,
    *,
    clock: Callable[[], Now],
    on_step: Callable[[str], None],
    again: bool = False,
) -> Outcome:
    """Send the messages one by one, and log each as soon as the server has it.

    Args:
        path: the store.
        mailing: what is sent.
        to: who gets it.
        numbers: as `queue` gave them.
        sender: entered.
        clock: tells the time, for the date of each message.
        on_step: called after each message with the reader's name.
        again: send those, too, whose message may have arrived or not.

    Raises:
        StoreError: the store cannot be written.
    """
    from giveback.mailing.outbox import deliver, opened

    done = nothing()
    with opened(path) as connection:
        for recipient in to:
            reader = recipient.reader.row
            now = clock()
            try:
                deliver(
                    connection,
                    numbers[reader.id],
                    sender,
                    now,
                    message=mailing.message(recipient, now),
                    again=again,
                )
            except NotSendableError as error:
                done.refused[reader.id] = error.message
            except UncertainError as error:
                done.unsure.add(reader.id)
                return done._replace(stopped=error)
            except MailError as error:
                if error.whole:
                    return done._replace(stopped=error)
                done.refused[reader.id] = error.message
            else:
                settle(path, mailing, now)
                done.sent.add(reader.id)
            on_step(reader.name)
    return done


def settle(path: str, mailing: Mailing, now: Now) -> int:
    """Log what was sent and is not logged yet, also by a run that was killed.

    Args:
        path: the store.
        mailing: the issue.
        now: the clock.

    Returns:
        How many were logged.
    """
    from giveback.store.changes import change

    with change(path, now, mailing.command) as session:
        return log_sent(session, mailing, now)


_UNLOGGED = """
SELECT d.contact_id, coalesce(json_extract(d.record, '$.edition'), 1), coalesce(d.sent_at, ?3)
FROM delivery_row r JOIN delivery d ON d.id = r.id
WHERE r.purpose = ?1 AND r.state = 'sent' AND substr(r."key", 1, length(?2)) = ?2 AND r.contact_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM bulletin_copy c WHERE c.contact_id = r.contact_id AND c.issue_id = ?4)
"""


def log_sent(session: Session, mailing: Mailing, now: Now) -> int:
    """As `settle`, in an open unit of work."""
    from giveback.dates import from_utc_text, utc_text
    from giveback.keeping.exchanges import Gift, log
    from giveback.store.changes import connection_of
    from giveback.store.tables import BulletinCopy

    row = mailing.row
    values = (PURPOSE, f"{row.uuid}:", utc_text(now.at), row.id)
    found = connection_of(session).execute(_UNLOGGED, values).fetchall()
    for contact, edition, sent_at in found:
        at = from_utc_text(sent_at)
        on = min(at.astimezone().date(), now.today)
        session.add(BulletinCopy(issue_id=row.id, edition=edition, contact_id=contact, sent_at=at))
        gift = Gift(mailing.document.title, mailing.writer.page, kind="bulletin", asset_id=mailing.asset_id)
        log(
            session, contact, mailing.document.title,
            on=on, today=now.today, direction="given", channel="email", gift=gift,
        )  # fmt: skip
    return len(found)
