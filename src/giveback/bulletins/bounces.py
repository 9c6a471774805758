"""Mail that came back: delivery status notifications (RFC 3464) in files, mbox files and Maildirs."""

from __future__ import annotations

import os
import re
from contextlib import closing
from email.message import Message
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError, UsageError
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date

    from sqlmodel import Session

    from giveback.store.tables import Bounce

LARGEST = 10_000_000
"""Bytes of one message; a notification has a few thousand."""
LASTING, PASSING = "failed", "later"
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_WORDS = 200


class Report(NamedTuple):
    """What a notification says of one recipient.

    Attributes:
        address: to whom the message went.
        action: LASTING when mail to it cannot be delivered, else PASSING.
        status: an enhanced status code (RFC 3463), such as 5.1.1.
        reason: what the server said, or "".
        message_id: of the message that came back, or "".
    """

    address: str
    action: str
    status: str
    reason: str
    message_id: str


class Marked(NamedTuple):
    """What became of a report.

    Attributes:
        report: what was said.
        contacts: names of those whose address it is.
        is_new: whether the address was not marked before.
    """

    report: Report
    contacts: tuple[str, ...]
    is_new: bool


def read(path: str) -> tuple[list[Report], int]:
    """Read notifications.

    Args:
        path: a message, an mbox file, or a Maildir.

    Returns:
        The reports, and how many messages were none.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it cannot be read as any of these.
    """
    if not os.path.exists(path):
        raise NotFoundError(f"there is no file {path}", "save the messages that came back as a file, or as an mbox")
    found: list[Report] = []
    others = 0
    for message in _messages(path):
        reports = list(_reports(message))
        found += reports
        others += not reports
    return found, others


def _messages(path: str) -> Iterator[Message]:
    import mailbox
    from email import message_from_bytes
    from email.policy import default

    if os.path.isdir(path):
        if not os.path.isdir(os.path.join(path, "cur")):
            raise UsageError(f"{path} is a folder, and no Maildir", "give a message, an mbox file or a Maildir")
        box: mailbox.Maildir | mailbox.mbox = mailbox.Maildir(path, create=False)
    else:
        with open(path, "rb") as file:
            start = file.read(5)
        if start != b"From ":
            with open(path, "rb") as file:
                yield message_from_bytes(file.read(LARGEST), policy=default)
            return
        box = mailbox.mbox(path, create=False)
    with closing(box):
        for key in box.iterkeys():
            data = box.get_bytes(key)
            if len(data) <= LARGEST:
                yield message_from_bytes(data, policy=default)


def _reports(message: Message) -> Iterator[Report]:
    """What one message reports; nothing when it is no notification."""
    parts = list(message.walk())
    original = _original_id(parts)
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        # The first block is about the message, each other one about a recipient (RFC 3464 2.1).
        for block in blocks[1:] if isinstance(blocks, list) else ():
            if isinstance(block, Message) and (report := _report(block, original)) is not None:
                yield report


def _report(block: Message, original: str) -> Report | None:
    action = clean_line(str(block.get("Action", ""))).lower()
    address = _address(str(block.get("Original-Recipient", ""))) or _address(str(block.get("Final-Recipient", "")))
    if not address or action not in ("failed", "delayed"):
        return None
    code = _STATUS.search(str(block.get("Status", "")))
    status = code[0] if code else ("5.0.0" if action == "failed" else "4.0.0")
    lasting = action == "failed" and status.startswith("5")
    reason = clean_line(str(block.get("Diagnostic-Code", "")).partition(";")[2], _WORDS)
    return Report(address, LASTING if lasting else PASSING, status, reason, original)


def _address(field: str) -> str:
    """The address of a field such as "rfc822; ana@example.com" (RFC 3464 2.3.1)."""
    said = clean_line(field.partition(";")[2] or field).strip("<> ")
    return said if "@" in said else ""


def _original_id(parts: list[Message]) -> str:
    """The Message-ID of the message that came back, as far as it was sent along."""
    for part in parts[1:]:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and not isinstance(inner[0], str):
                return clean_line(str(inner[0].get("Message-ID", "")))
        if kind == "text/rfc822-headers":
            found = re.search(r"^Message-ID:\s*(<[^>\s]+>)", str(part.get_payload()), re.IGNORECASE | re.MULTILINE)
            if found:
                return clean_line(found[1])
    return ""


def mark(session: Session, reports: list[Report], today: date) -> list[Marked]:
    """Mark the addresses to which mail cannot be delivered, and the messages that came back.

    Args:
        session: an open unit of work.
        reports: as `read` gives them.
        today: the local day.
    """
    from giveback.store.changes import connection_of

    connection = connection_of(session)
    found: list[Marked] = []
    for report in reports:
        points = _points(connection, report.address)
        is_new = False
        if report.action == LASTING:
            is_new = sum(_mark_point(session, number, report, today) for number, _ in points) > 0
            _mark_message(session, connection, report)
        found.append(Marked(report, tuple(name for _, name in points), is_new))
    return found


def _points(connection: sqlite3.Connection, address: str) -> list[tuple[int, str]]:
    sql = (
        "SELECT p.id, c.name FROM contact_point p JOIN contact c ON c.id = p.contact_id"
        " WHERE p.kind = 'email' AND p.\"key\" = ? ORDER BY c.name_key"
    )
    return [(int(number), str(name)) for number, name in connection.execute(sql, (fold(address),))]


def _mark_point(session: Session, number: int, report: Report, today: date) -> bool:
    from sqlmodel import select

    from giveback.store.tables import Bounce

    row = session.exec(select(Bounce).where(Bounce.contact_point_id == number)).first()
    if row is not None:
        return False
    session.add(Bounce(contact_point_id=number, status=report.status, reason=report.reason, on_day=today))
    session.flush()
    return True


def _mark_message(session: Session, connection: sqlite3.Connection, report: Report) -> None:
    """The message itself, where it was one of ours."""
    from giveback.mailing.outbox import mark_bounced

    row = connection.execute("SELECT id FROM delivery WHERE message_id = ?", (report.message_id,)).fetchone()
    if row is not None and report.message_id:
        mark_bounced(session, int(row[0]), f"{report.status} {report.reason}".strip())


def clear(session: Session, address: str) -> int:
    """Take the mark off an address that works again.

    Raises:
        NotFoundError: it has none.
    """
    from sqlmodel import select

    from giveback.store.changes import connection_of
    from giveback.store.tables import Bounce

    numbers = [number for number, _ in _points(connection_of(session), address)]
    rows: list[Bounce] = [
        row for number in numbers for row in session.exec(select(Bounce).where(Bounce.contact_point_id == number))
    ]
    if not rows:
        raise NotFoundError(f"{clean_line(address)!r} is not marked", "`giveback bulletin bounces` lists what is")
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


class BounceRow(NamedTuple):
    """A marked address: the contact's name, the address, the status code, what was said, the ISO day."""

    name: str
    address: str
    status: str
    reason: str
    on_day: str


def listed(connection: sqlite3.Connection) -> list[BounceRow]:
    """The marked addresses, by name."""
    sql = (
        "SELECT c.name, p.value, b.status, b.reason, b.on_day FROM bounce b"
        " JOIN contact_point p ON p.id = b.contact_point_id JOIN contact c ON c.id = p.contact_id"
        " ORDER BY c.name_key, p.id"
    )
    return [BounceRow(*row) for row in connection.execute(sql)]
