"""The hat-in-hand check: what to put right before, or together with, an ask. It never forbids. Pure.

Who asks with empty hands begs; who gives first, thanks for what was given, and does not lean on one person alone
asks as an equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.dates import say_day

if TYPE_CHECKING:
    from datetime import date

OFTEN = 2
"""Asks within `OFTEN_DAYS` after which a person is left in peace for a while."""
OFTEN_DAYS = 60

Kind = Literal["thanks", "often", "waiting", "no", "empty-handed"]


class Between(NamedTuple):
    """What lies between a user and the one who is to be asked.

    Attributes:
        name: the contact, as they are addressed.
        given: how often something was given to them.
        unthanked: help that was not thanked for, and its day; None for none.
        asked: how often they were asked within `OFTEN_DAYS`.
        waiting: the ask that still waits for an answer, and its day; None for none.
        said_no: the ask about the same target that they declined, and the day; None for none.
    """

    name: str
    given: int
    unthanked: tuple[date, str] | None = None
    asked: int = 0
    waiting: tuple[date, str] | None = None
    said_no: tuple[date, str] | None = None


class Concern(NamedTuple):
    """Something to put right.

    Attributes:
        kind: which; "thanks" comes first, "empty-handed" last.
        text: kindly, in one line.
    """

    kind: Kind
    text: str


def check(between: Between, today: date) -> list[Concern]:
    """What to put right before an ask, the first thing first; nothing when the ask is fine as it is.

    Args:
        between: what was given, received and asked before.
        today: the local day.
    """
    name, found = between.name, list[Concern]()
    if between.unthanked:
        day, what = between.unthanked
        found.append(Concern("thanks", f"{name} helped you {say_day(day, today)} ({what}): thank them first"))
    if between.asked >= OFTEN:
        found.append(
            Concern("often", f"{name} was asked {between.asked} times within {OFTEN_DAYS} days: let somebody else help")
        )
    if between.waiting:
        day, what = between.waiting
        found.append(Concern("waiting", f"{name} has not answered yet what you asked {say_day(day, today)} ({what})"))
    if between.said_no:
        day, what = between.said_no
        found.append(Concern("no", f"{name} said no {say_day(day, today)} ({what})"))
    if not between.given:
        found.append(Concern("empty-handed", f"you have not given {name} anything yet: something small could go along"))
    return found


def protects(concerns: list[Concern]) -> bool:
    """Whether somebody else should be proposed."""
    return any(concern.kind in ("often", "waiting", "no") for concern in concerns)
