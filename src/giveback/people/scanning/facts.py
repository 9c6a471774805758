"""What the lines of a business card mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence


class CardFacts(NamedTuple):
    """What a card says; "" and () for what it does not."""

    name: str = ""
    title: str = ""
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    address: str = ""

    @property
    def convincing(self) -> bool:
        """Whether this is a card: it has a way to reach somebody, or name, title and company; leaves have neither."""
        return bool(self.emails or self.phones or self.urls or (self.name and self.title and self.company))


_EMAIL = re.compile(r"[\w.+-]+ ?@ ?[\w-]+(?: ?\. ?[\w-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?:\+|\(|\b)\d[\d ()./\u2013-]{6,}\d")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s,;|]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|io|co|de|uk|fr|pl|eu)(?:/\S*)?\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:tel|phone|mobile|cell|fax|office|direct|main|e-?mail|web|www|[tmfpew])\b[.:]? *)+$", re.IGNORECASE
)
_SUFFIX = re.compile(
    r"\b(?:inc|llc|ltd|plc|corp|corporation|company|gmbh|ag|kg|s\.?a|s\.?r\.?l|b\.?v|n\.?v|oy|ab|a/s|sp\. z o\.? ?o|"
    r"group|partners|associates|university|institute|laborator(?:y|ies)|bank|energy|consulting|solutions|holdings)\b\.?",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:engineer|manager|director|president|officer|partner|consultant|analyst|developer|designer|architect|professor|"
    r"scientist|geologist|geophysicist|attorney|lawyer|counsel|editor|writer|head|lead|chief|vice|founder|owner|ceo|cto|cfo|coo|vp|"
    r"recruiter|coach|nurse|doctor|physician|teacher|researcher|specialist|coordinator|assistant|associate|executive|"
    r"representative|sales|marketing|accountant|advisor|adviser|planner|technician|supervisor|principal)s?\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|drive|dr|lane|ln|blvd|boulevard|suite|floor|way|square|p\.? ?o\.? box|"
    r"str|stra\u00dfe|strasse|ul|rue|via|platz)\b\.?|\b[A-Z]{2} \d{5}\b|\b\d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b",
    re.IGNORECASE,
)
_NOISE = re.compile(r"^[^\w+@]+|[^\w.)]+$")
NAME_WORDS = range(2, 6)
SHORT = 3
"""Letters up to which a word of a name may be small (van, de), and from which it tells something."""
DIGITS = range(7, 16)
"""How many a telephone number has (ITU-T E.164)."""


def facts_of_lines(lines: Sequence[str]) -> CardFacts:
    """Sort the lines of a card into what they are.

    What has a form of its own (addresses, numbers) is found by it. Of the rest, the line that shares most with the
    e-mail address is the name, or else the first that looks like one; words of trades make a title; legal forms, or the
    host of the e-mail address, make the company; house numbers and postal codes an address.

    Args:
        lines: from top to bottom, as they were read, with the mistakes of a machine.
    """
    emails = _found(_EMAIL, lines)
    rest = _without(_EMAIL, lines)
    urls = tuple(url for url in _found(_URL, rest))
    rest = _without(_URL, rest)
    phones = tuple(number for number in _found(_PHONE, rest) if _is_number(number))
    rest = [line for line in _without_numbers(rest) if not _LABEL.match(line)]
    name = _name(rest, emails)
    rest = [line for line in rest if line != name]
    titles = [line for line in rest if _TITLE.search(line) and not _PLACE.search(line)]
    title = next((line for line in titles if not _SUFFIX.search(line)), next(iter(titles), ""))
    rest = [line for line in rest if line != title]
    company = _company(rest, (*emails, *urls))
    address = ", ".join(line for line in rest if line != company and _PLACE.search(line) and re.search(r"\d", line))
    emails = tuple(email.replace(" ", "").lower() for email in emails)
    return CardFacts(_cased(name), title, company, emails, phones, urls, address)


def _found(pattern: re.Pattern[str], lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group().strip() for line in lines for match in pattern.finditer(line)))


def _without(pattern: re.Pattern[str], lines: Sequence[str]) -> list[str]:
    found = (_NOISE.sub("", pattern.sub(" ", line)).strip() for line in lines)
    return [line for line in found if len(line) > 1]


def _without_numbers(lines: Sequence[str]) -> list[str]:
    found = (_PHONE.sub(lambda match: " " if _is_number(match.group()) else match.group(), line) for line in lines)
    return [line for line in (_NOISE.sub("", line).strip() for line in found) if len(line) > 1]


def _is_number(said: str) -> bool:
    return sum(character.isdigit() for character in said) in DIGITS


def _name(lines: Sequence[str], emails: Sequence[str]) -> str:
    """The line that is most of a name; "" for none."""
    local = fold(emails[0].partition("@")[0]) if emails else ""

    def worth(place: int) -> float:
        line = lines[place]
        words = [word for word in re.split(r"[\s,.]+", line) if word]
        if len(words) not in NAME_WORDS or any(character.isdigit() for character in line):
            return 0.0
        if not all(word[0].isupper() or len(word) <= SHORT or not word[0].isascii() for word in words):
            return 0.0
        shared = sum(1 for word in words if len(word) >= SHORT and fold(word) in local)
        other = bool(_TITLE.search(line)) + bool(_SUFFIX.search(line)) + bool(_PLACE.search(line))
        return max(0.0, 1.0 + 2 * shared - 2 * other - 0.05 * place)

    best = max(range(len(lines)), key=worth, default=None)
    return lines[best] if best is not None and worth(best) > 0 else ""


def _company(lines: Sequence[str], addresses: Sequence[str]) -> str:
    hosts = " ".join(re.split(r"[@/]", address.lower())[-1] for address in addresses)
    for line in lines:
        if _SUFFIX.search(line) and not (_PLACE.search(line) and re.search(r"\d", line)):
            return line
    for line in lines:
        words = [word for word in fold(line).split() if len(word) >= SHORT]
        if words and any(word in hosts for word in words):
            return line
    return ""


def _cased(name: str) -> str:
    """A name in capitals as people write it."""
    return name.title() if name.isupper() else name
