"""Addresses in From, To and Cc: RFC 5322, 3.4, with comments and groups, and what is written instead of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from giveback.people.mail.words import decode

_LONGEST = 100_000
"""Characters of a field that are read; nobody writes by hand to more people."""
_PLAIN = re.compile(r'\s*(?:"([^"\\]*)"|([^"<>(),:;@\\\[\]]*?))\s*<\s*([^\s<>"(),:;\\\[\]]+)\s*>\s*')
_BARE = re.compile(r'\s*([^\s<>"(),:;\\\[\]]+@[^\s<>"(),:;\\\[\]]+)\s*')


class Address(NamedTuple):
    """Somebody in a header: the name as it is shown, not yet cleaned, and the address; either may be ""."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address as it is compared: nobody tells people apart by case (RFC 5321, 2.4 lets hosts do so)."""
        return self.address.casefold()


@lru_cache(maxsize=16_384)
def addresses(value: str) -> tuple[Address, ...]:
    """The addresses of a field, in their order; the names of groups are passed over.

    Args:
        value: as `headers.fields` gives it.
    """
    plain = _BARE.fullmatch(value)
    if plain:
        return (Address("", plain[1]),)
    plain = _PLAIN.fullmatch(value)
    if plain:
        return (Address(_shown(plain[1] if plain[1] is not None else plain[2]), plain[3]),)
    found = [_address(part) for part in _parts(value[:_LONGEST])]
    return tuple(one for one in found if one.name or one.address)


class _Part:
    """One address while it is read: words before an angle, what stands in it, comments."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.quoted = False
        self.angle: str | None = None
        self.comments: list[str] = []

    def __bool__(self) -> bool:
        return bool("".join(self.words).strip() or self.angle is not None or self.comments)


def _parts(value: str) -> list[_Part]:
    parts: list[_Part] = []
    current, place = _Part(), 0
    while place < len(value):
        character = value[place]
        if character == '"':
            text, place = _quoted(value, place)
            current.words.append(text)
            current.quoted = True
        elif character == "(":
            text, place = _comment(value, place)
            current.comments.append(text)
        elif character == "<":
            end = value.find(">", place)
            end = len(value) if end < 0 else end
            current.angle, place = value[place + 1 : end], end + 1
        elif character in ",;":
            parts.append(current)
            current, place = _Part(), place + 1
        elif character == ":" and _names_a_group(current, value, place):
            current, place = _Part(), place + 1
        else:
            current.words.append(character)
            place += 1
    return [part for part in [*parts, current] if part]


def _names_a_group(part: _Part, value: str, place: int) -> bool:
    """Whether a colon ends the name of a group rather than stands in a name that should have been quoted."""
    if part.angle is not None or "@" in "".join(part.words):
        return False
    comma, angle, end = (value.find(mark, place) for mark in ",<;")
    return end >= 0 or angle < 0 or 0 <= comma < angle


def _quoted(value: str, place: int) -> tuple[str, int]:
    """A quoted string, and where it ends; one that never does ends with the field."""
    text = []
    place += 1
    while place < len(value) and value[place] != '"':
        place += value[place] == "\\" and place + 1 < len(value)
        text.append(value[place])
        place += 1
    return "".join(text), place + 1


def _comment(value: str, place: int) -> tuple[str, int]:
    """A comment with those within it, and where it ends."""
    depth, text = 0, []
    while place < len(value):
        character = value[place]
        if character == "\\" and place + 1 < len(value):
            text.append(value[place + 1])
            place += 2
            continue
        if character == "(":
            depth += 1
        depth -= character == ")"
        if not depth:
            return "".join(text)[1:], place + 1
        text.append(character)
        place += 1
    return "".join(text)[1:], place


def _address(part: _Part) -> Address:
    words, comment = "".join(part.words).strip(), " ".join(part.comments)
    if part.angle is not None:
        return Address(_shown(words or comment), _bare(part.angle))
    if "@" in words:
        # Words beside a bare address: the one with the @ is it, the others name somebody.
        bare = next((word for word in words.split() if "@" in word), "")
        rest = " ".join(word for word in words.split() if word != bare)
        return Address(_shown(rest or comment), _bare(bare))
    return Address(_shown(words or comment), "")


def _bare(address: str) -> str:
    """An address without its route ("@a,@b:c@d"), comments, blanks and a mailto: before it."""
    text = re.sub(r"\([^()]*\)", "", address)
    text = "".join(text.split()).removeprefix("mailto:")
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    return decode(text.strip("\"'")) if "@" in text else ""


def _shown(name: str) -> str:
    """A name as people read it."""
    return " ".join(decode(name).strip().strip("'").split())
