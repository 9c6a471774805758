"""How things are said to somebody: names, phrases, days, thanks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.text import fold

if TYPE_CHECKING:
    from datetime import date

# What stands before a first name and is not one.
_HONORIFICS = frozenset(
    ["dr", "prof", "professor", "mr", "mrs", "ms", "mx", "sir", "dame", "herr", "frau", "pan", "pani"]
)
_TO_YOU = {
    "my": "your", "mine": "yours", "our": "your", "ours": "yours", "me": "you", "us": "you", "we": "you",
    "i": "you", "myself": "yourself", "ourselves": "yourselves", "am": "are", "i'm": "you're",
}  # fmt: skip
KINDNESS = "your kindness"
"""What is thanked for when the words of the log cannot be said to the person."""

_IRREGULAR = {
    "bought": "buying", "brought": "bringing", "came": "coming", "drove": "driving", "dug": "digging", "fed": "feeding",
    "found": "finding", "gave": "giving", "got": "getting", "held": "holding", "kept": "keeping", "knit": "knitting",
    "led": "leading", "lent": "lending", "let": "letting", "made": "making", "paid": "paying", "proofread":
    "proofreading", "put": "putting", "ran": "running", "read": "reading", "said": "saying", "sang": "singing",
    "sat": "sitting", "sent": "sending", "set": "setting", "sewed": "sewing", "spent": "spending", "spoke": "speaking",
    "stood": "standing", "taught": "teaching", "thought": "thinking", "told": "telling", "took": "taking",
    "went": "going", "wrote": "writing",
}  # fmt: skip
_PAST = "|".join(_IRREGULAR) + r"|[a-z]{3,}ed"
_DEED = re.compile(rf"(?:(she|he|they) (?:also |kindly |just )?)?({_PAST})(?: (.+))?", re.IGNORECASE)
_THING = re.compile(r"(a|an|the|two|three|some|her|his|their) (.+)", re.IGNORECASE)
_ENDS = re.compile("[,;:.!?()\u2013\u2014]| - | (?:and|but|then|because|while|which|who|that|if|when) ")
_THEIRS = re.compile(r"\b(?:her|his|their)\b(?= \w)", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:she|he|they|her|him|his|them|their|hers|theirs)\b", re.IGNORECASE)
_LONGEST = 80


def addressed(phrase: str) -> str:
    """A phrase in the contact's own words, said to them: "orchids on my sill" becomes "orchids on your sill"."""
    return " ".join(_TO_YOU.get(word.lower(), word) for word in phrase.split())


def first_name(name: str, nickname: str = "") -> str:
    """How to address somebody: the nickname, else the first word of the name that is no title."""
    if nickname:
        return nickname
    words = name.split()
    return next((word for word in words if fold(word).rstrip(".") not in _HONORIFICS), name)


def thanks_for(logged: str) -> str:
    """What there is to thank for, to stand after "thank you for".

    Args:
        logged: what was received, as it stands in the log: "she sent me her bread recipe", "a jar of honey".

    Returns:
        "sending me your bread recipe", "the jar of honey"; `KINDNESS` where the words cannot be turned round
        safely, as it holds for whatever was received.
    """
    said = logged.strip()
    first = _ENDS.split(said, maxsplit=1)[0].strip()
    if not first or len(first) > _LONGEST:
        return KINDNESS
    found = _deed(first) or _thing(first)
    # "she told me which survey …" would end at "telling me".
    is_cut = said[len(first) : len(first) + 2].strip().isalpha()
    return KINDNESS if not found or (is_cut and found.endswith((" me", " us"))) else found


def _deed(said: str) -> str:
    found = _DEED.fullmatch(said)
    if not found:
        return ""
    subject, verb, rest = found[1], found[2].lower(), _to_them(found[3] or "")
    # "baked beans" is no deed: somebody did it, or did it for me.
    if rest is None or not (subject or re.match(r"(?:me|us|my|our)\b", rest)):
        return ""
    return f"{_gerund(verb)} {rest}".strip()


def _gerund(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ied"):
        return verb[:-3] + "ying"
    return (verb[:-1] if verb.endswith("eed") else verb[:-2]) + "ing"


def _thing(said: str) -> str:
    found = _THING.fullmatch(said)
    rest = _to_them(found[2]) if found else None
    if not found or not rest:
        return ""
    determiner = {"a": "the", "an": "the", "her": "your", "his": "your", "their": "your", "some": "the"}
    return f"{determiner.get(found[1].lower(), found[1].lower())} {rest}"


def _to_them(said: str) -> str | None:
    """Her and his become your; None where somebody else may be meant."""
    turned = _THEIRS.sub("your", said)
    return None if _OTHERS.search(turned) else turned


def when(day: date, today: date) -> str:
    """A past day as one says it to somebody: "today", "on Friday", "last week", "in March", "in March 2024"."""
    ago = (today - day).days
    if ago <= 1:
        return "yesterday" if ago == 1 else "today"
    if ago < 7:  # noqa: PLR2004 - a weekday's name says enough for a week
        return f"on {day:%A}"
    if ago < 14:  # noqa: PLR2004 - two weeks
        return "last week"
    if (day.year, day.month) == (today.year, today.month):
        return "earlier this month"
    return f"in {day:%B}" if ago < 300 else f"in {day:%B %Y}"  # noqa: PLR2004 - "in March" means the last one
