"""A command line as it was typed, with its quotes: taken apart, and continued in the same quotes.

Quoting is POSIX's (Shell Command Language, 2.2), which bash and zsh share.
"""

from __future__ import annotations

from typing import NamedTuple

_SPECIAL = frozenset(" \t!\"#$&'()*;<>?[\\]^`{|}~")


class Typed(NamedTuple):
    """A command line up to the cursor.

    Attributes:
        words: what stands before the word under the cursor, without quotes.
        current: what the word under the cursor says so far, without quotes; "" for a new word.
        kept: the part of `current` that a shell which breaks words at `breaks` leaves as it is;
            it replaces what comes behind.
        quote: the quote that is still open, or "".
    """

    words: tuple[str, ...]
    current: str
    kept: str
    quote: str


def split(line: str, breaks: str = "") -> Typed:
    """Take a command line apart.

    Args:
        line: raw, up to the cursor.
        breaks: characters behind which bash begins another word for completion, its COMP_WORDBREAKS.
    """
    words: list[str] = []
    value: str | None = None
    quote, kept = "", 0
    characters = iter(line)
    for character in characters:
        if not quote and character.isspace():
            words += [] if value is None else [value]
            value, kept = None, 0
            continue
        value = value or ""
        if character == quote:
            quote = ""
        elif character == "\\" and quote != "'":
            value += _escaped(next(characters, ""), quote)
        elif not quote and character in "'\"":
            quote, kept = character, len(value)
        else:
            value += character
            if not quote and character in breaks:
                kept = len(value)
    current = value or ""
    return Typed(tuple(words), current, current[:kept], quote)


def _escaped(character: str, quote: str) -> str:
    """Within double quotes a backslash is only special before a few characters."""
    return "\\" + character if quote and character not in '"\\$`' else character


def quoted(text: str, quote: str = "") -> str:
    """Write text so that the shell reads it literally, behind an open quote or behind none.

    Args:
        text: one printable line.
        quote: the quote that is open; it is not closed here.
    """
    if quote == "'":
        return text.replace("'", "'\\''")
    special = '"\\$`' if quote else _SPECIAL
    return "".join(["\\" + character if character in special else character for character in text])
