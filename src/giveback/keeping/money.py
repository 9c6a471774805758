"""Small amounts of money: read as people write them, kept in hundredths."""

from __future__ import annotations

import re

from giveback.errors import UsageError

_AMOUNT = re.compile(
    r"[€$£]?\s*([0-9]{1,7})(?:[.,]([0-9]{1,2}))?\s*(?:[€$£]|eur|euros?|usd|dollars?|gbp|pounds?|zł|pln)?"
)


def parse_money(said: str) -> int:
    """Read an amount.

    Args:
        said: "4", "4.50", "4,50", "$4", "4 EUR"; the currency is not kept: one is enough for one person's gifts.

    Returns:
        Hundredths: cents.

    Raises:
        UsageError: negative, not a number, finer than hundredths, or ten million and more.
    """
    match = _AMOUNT.fullmatch(said.strip().lower())
    if match is None:
        from giveback.text import clean_line

        raise UsageError(f"not an amount: {clean_line(said, 40)!r}", "use 4, 4.50 or 0")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def say_money(cents: int) -> str:
    """An amount as `parse_money` reads it back: 400 as "4", 450 as "4.50"."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)
