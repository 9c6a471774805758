"""One message: who wrote to whom, when, about what, and whether a machine did."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from giveback.people.mail.addresses import Address, addresses
from giveback.people.mail.headers import fields
from giveback.people.mail.times import sent_at
from giveback.people.mail.words import decode
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from datetime import datetime

    from giveback.people.mail.headers import Fields
    from giveback.people.mail.mailboxes import Raw

_ID = re.compile(r"<\s*([^<>\s]+(?:\s[^<>\s]+)*)\s*>")
_PLAIN_ID = re.compile(r"<([!-;=?-~]+)>")
_MACHINE = re.compile(
    r"(?:.*[._+-])?(?:no[._-]?reply|do[._-]?not[._-]?reply|mailer-daemon|postmaster|bounces?|notifications?|"
    r"newsletters?|listserv|majordomo|unsubscribe|automailer|auto-?reply)(?:[._+=-].*)?",
    re.IGNORECASE,
)
# Gmail's labels as Takeout writes them, in the language of the account.
_DRAFTS = ("draft", "drafts", "entwurfe", "brouillons", "borradores", "rascunhos", "bozze", "concepten", "utkast")
_SPAM = ("spam", "junk", "correo no deseado", "indesirables")
_TRASH = ("trash", "papierkorb", "corbeille", "papelera", "lixeira", "cestino", "prullenbak", "papperskorg", "bin")
_LABELS = (dict.fromkeys(_DRAFTS, "a draft") | dict.fromkeys(_SPAM, "spam") | dict.fromkeys(_TRASH, "deleted")) | {
    "chat": "a chat"
}
# https://www-archive.mozilla.org/mailnews/arch/x-mozilla-status.html
_MOZILLA_REPLIED, _MOZILLA_EXPUNGED = 0x0002, 0x0008


class Message(NamedTuple):
    """What its headers say of a message.

    Attributes:
        message_id: its Message-ID without brackets, or a digest of its headers where it has none.
        sender: who wrote it; a message without is nobody's.
        recipients: everybody in To, Cc and Bcc, each address once.
        answers: Message-IDs that it replies to, the nearest first.
        replied: whether the mail program noted an answer.
        machine: why it is no letter from a person ("a mailing list", "automatic"), or "".
        unsent: why it is not to be counted at all ("a draft", "spam", "deleted"), or "".
        fields: the fields that are read when they are wanted.
        envelope: the line before it in an mbox.
    """

    message_id: str
    sender: Address
    recipients: tuple[Address, ...]
    answers: tuple[str, ...]
    replied: bool
    machine: str
    unsent: str
    fields: Fields
    envelope: bytes

    @property
    def subject(self) -> str:
        """The subject, cleaned; "" where there is none."""
        return clean_line(decode(self.fields.get("subject", "")))

    def sent_at(self, now: datetime) -> datetime | None:
        """When it was sent; see `times.sent_at`."""
        said = self.fields
        return sent_at(said.get("date", ""), said.get("received", ""), self.envelope, now)


def read(raw: Raw) -> Message:
    """Read the headers of a message."""
    said = fields(raw.head)
    senders = addresses(said.get("from", ""))
    sender = senders[0] if senders else Address("", "")
    recipients = _each_once(
        [one for name in ("to", "cc", "bcc") if name in said for one in addresses(said[name]) if one.address]
    )
    return Message(
        message_id=message_id(said),
        sender=sender,
        recipients=recipients,
        answers=_answers(said),
        replied=_replied(raw, said),
        machine=_machine(said, sender),
        unsent=_unsent(raw, said),
        fields=said,
        envelope=raw.envelope,
    )


def _each_once(found: list[Address]) -> tuple[Address, ...]:
    if len(found) < 2:  # noqa: PLR2004 - nothing can be there twice
        return tuple(found)
    first: dict[str, Address] = {}
    for one in found:
        first.setdefault(one.key, one)
    return tuple(first.values())


def message_id(said: Fields) -> str:
    """The Message-ID without brackets and white space (RFC 5322, 3.6.4).

    A message without one is known by its headers: the same message in two files has the same.
    """
    value = said.get("message-id", "")
    if value:
        found = _PLAIN_ID.fullmatch(value)
        if found:
            return found[1]
        found = _ID.search(value)
        name = "".join((found[1] if found else value.strip("<>")).split())
        if name:
            return clean_line(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    parts = [said.get(name, "") for name in ("from", "to", "cc", "date", "subject", "received")]
    return "digest:" + sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:40]


def _answers(said: Fields) -> tuple[str, ...]:
    if "in-reply-to" not in said and "references" not in said:
        return ()
    nearest = _ID.findall(said.get("in-reply-to", "")) + _ID.findall(said.get("references", ""))[::-1]
    return tuple(dict.fromkeys("".join(name.split()) for name in nearest))


def _replied(raw: Raw, said: Fields) -> bool:
    return "R" in raw.flags or "A" in said.get("x-status", "") or bool(_mozilla(said) & _MOZILLA_REPLIED)


def _mozilla(said: Fields) -> int:
    status = said.get("x-mozilla-status")
    return int(status, 16) if status and re.fullmatch(r"[0-9A-Fa-f]{1,8}", status) else 0


def _unsent(raw: Raw, said: Fields) -> str:
    if "D" in raw.flags:
        return "a draft"
    if "T" in raw.flags or "D" in said.get("x-status", "") or _mozilla(said) & _MOZILLA_EXPUNGED:
        return "deleted"
    if "T" in said.get("x-status", ""):
        return "a draft"
    labels = said.get("x-gmail-labels")
    if labels:
        named = (fold(decode(label).strip().strip('"')) for label in labels.split(","))
        return next((_LABELS[label] for label in named if label in _LABELS), "")
    return ""


def _machine(said: Fields, sender: Address) -> str:
    """Why a message is no letter from a person, or ""."""
    if "list-id" in said or "list-post" in said or "list-unsubscribe" in said:
        return "a mailing list"
    if "precedence" in said and said["precedence"].strip().lower() in ("bulk", "list", "junk"):
        return "a mailing list"
    if "x-auto-response-suppress" in said:
        return "automatic"
    # RFC 3834, 5: everything but "no" was sent by a machine.
    if "auto-submitted" in said and said["auto-submitted"].partition(";")[0].strip().lower() not in ("", "no"):
        return "automatic"
    return "automatic" if is_machine(sender) else ""


@lru_cache(maxsize=16_384)
def is_machine(one: Address) -> bool:
    """Whether nobody reads what is sent to an address."""
    return not one.address or bool(_MACHINE.fullmatch(one.address.partition("@")[0]))
