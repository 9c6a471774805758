"""What is said of promises when something was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.cli.common import note

if TYPE_CHECKING:
    from datetime import date

    from giveback.keeping.promises import Promised

SHOWN = 3
"""So many open promises are told of, the one that is due first before the others."""


def tell(name: str, promised: Promised, today: date, *, dry_run: bool = False) -> None:
    """Say on stderr which promises a gift kept, and which it may have kept.

    Args:
        name: of the contact.
        promised: what had been promised.
        today: the local day.
        dry_run: nothing was ticked off.
    """
    from datetime import date

    from giveback.dates import say_day

    for row in promised.kept:
        note(("dry run: " if dry_run else "") + f"kept what you promised · {name} · {row.text} · ticked off")
    left = sorted(promised.left, key=lambda row: (row.due_on or "", row.id))
    for row in left[:SHOWN]:
        since = say_day(date.fromisoformat(row.since_on), today)
        tick = f"giveback done {_said(name)} {_said(row.text)} --logged"
        note(f"you promised {name} {row.text!r} ({since}); done? {tick}")
    if len(left) > SHOWN:
        note(f"and {len(left) - SHOWN} promises more: giveback show {_said(name)}")


def _said(words: str) -> str:
    """Words as a shell takes them for one."""
    from shlex import quote

    return f'"{words}"' if set(words).isdisjoint('"\\$`!') else quote(words)
