"""What speaks against a gift, said before it is given; and the facts of a gift as options."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from giveback.cli.common import Here, note
from giveback.errors import AmbiguousError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date

    from giveback.giving.gift_rules import Concern
    from giveback.giving.gifts import Found
    from giveback.keeping.exchanges import Gift
    from giveback.store.questions.contacts import ContactRow

Cost = Annotated[str, typer.Option("--cost", metavar="AMOUNT", help="What it cost: 4, 4.50.")]
Minutes = Annotated[
    int, typer.Option("--minutes", metavar="COUNT", help="Minutes that it took you.", show_default=False)
]
Kind = Annotated[
    str,
    typer.Option("--kind", metavar="KIND", help="article, research, home-made, skill, time, connection, bought …"),
]
Anyway = Annotated[bool, typer.Option("--anyway", help="Give it though something speaks against it.")]
UNSAID = -1
"""Minutes that were not said."""


def facts(*, cost: str, minutes: int, kind: str) -> dict[str, Any]:
    """What options say of a gift: fields of `keeping.exchanges.Gift`.

    Raises:
        UsageError: no amount, absurdly many minutes, or no such kind.
    """
    from giveback.giving.assets import checked_minutes
    from giveback.keeping.exchanges import checked_gift_kind
    from giveback.keeping.money import parse_money

    found: dict[str, Any] = {}
    if cost:
        found["cost_cents"] = parse_money(cost)
    if minutes != UNSAID:
        found["minutes"] = checked_minutes(minutes)
    if kind:
        found["kind"] = checked_gift_kind(kind)
    return found


def raise_concerns(
    at: Here,
    connection: sqlite3.Connection,
    contact: ContactRow,
    found: Found,
    day: date,
    *,
    again: bool = False,
    anyway: bool = False,
) -> None:
    """Say what speaks against a gift, and stop unless that is overridden.

    On a terminal the user is asked; in a pipe --anyway says so beforehand. Nothing overrides a refusal.

    Args:
        at: the store.
        connection: it, for reading.
        contact: to whom.
        found: what.
        day: when.
        again: that it was given before is known.
        anyway: that something speaks against it is known.

    Raises:
        AmbiguousError: something speaks against it.
        UsageError: it may not be given at all.
    """
    if found.repeated and not again:
        raise AmbiguousError(f"{contact.name} was given {found.gift.title!r} before", "--again gives it once more")
    said = [
        concern
        for concern in _concerns(at, connection, contact, found.gift, day)
        if not (again and concern.rule == "repeat")
    ]
    refused = next((concern for concern in said if concern.level == "refuse"), None)
    if refused is not None:
        raise UsageError(f"{found.gift.title!r} is not given: {refused.reason}", refused.better)
    if not said:
        return
    for concern in said if anyway or _can_ask() else said[1:]:
        note(line(concern))
    if anyway:
        return
    if not _can_ask():
        better = f"{said[0].better}; " if said[0].better else ""
        raise AmbiguousError(f"{found.gift.title!r} for {contact.name}: {said[0].reason}", f"{better}--anyway gives it")
    if not typer.confirm("Give it anyway?", err=True):
        raise AmbiguousError("nothing was given", _betters(said))


def _concerns(at: Here, connection: sqlite3.Connection, contact: ContactRow, gift: Gift, day: date) -> list[Concern]:
    from giveback.giving.gift_rules import concerns

    return concerns(connection, contact, gift, day, os.path.dirname(at.places.config))


def ask_both(name: str, title: str) -> str:
    """What comes before two people are connected: both agree."""
    from giveback.cli.catalogue import CATALOGUE

    other = title.removeprefix("an introduction to ")
    how = f': giveback introduce "{name}" "{other}" asks them' if "introduce" in CATALOGUE else ""
    return f"before you connect them, both have to agree{how}"


def line(concern: Concern) -> str:
    """A concern in a line, with what would be better."""
    return f"{concern.reason} (better: {concern.better})" if concern.better else concern.reason


def _betters(said: Sequence[Concern]) -> str:
    return next((concern.better for concern in said if concern.better), "")


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
