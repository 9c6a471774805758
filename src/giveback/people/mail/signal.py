"""Whether a message counts as an exchange: a pure rule.

A message is a sign of a relationship when I wrote it, or when it is part of a conversation: it answers me, or I
answered it. Letters to many, lists and machines are none. The rule is that of pagen, an assistant that keeps contacts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.people.mail.messages import is_machine

if TYPE_CHECKING:
    from collections.abc import Container

    from giveback.people.mail.addresses import Address
    from giveback.people.mail.messages import Message

FEW = 5
"""Recipients from which on a message is one to many."""


class Verdict(NamedTuple):
    """What a message is to me.

    Attributes:
        mine: whether I wrote it.
        people: with whom it is an exchange if it counts: its recipients, or its sender.
        against: why it does not count, one of a few words; "" where nothing speaks against it. A received message
            counts only as part of a conversation, which is known when all messages have been seen.
    """

    mine: bool
    people: tuple[Address, ...]
    against: str = ""


def judge(message: Message, me: Container[str]) -> Verdict:
    """Apply the rule, as far as one message alone can tell.

    Args:
        message: the message.
        me: my addresses, in the spelling of `Address.key`.
    """
    mine = message.sender.key in me
    others = tuple(one for one in message.recipients if one.key not in me)
    if message.unsent:
        return Verdict(mine, (), message.unsent)
    if not message.sender.address:
        return Verdict(mine, (), "without a sender")
    if len(message.recipients) >= FEW:
        return Verdict(mine, (), "to many")
    if mine:
        people = tuple(one for one in others if not is_machine(one))
        return Verdict(mine, people, "" if people else "to nobody else")
    return Verdict(mine, () if message.machine else (message.sender,), message.machine)
