"""Introductions: two contacts whose interests or needs meet."""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.offers.suiting import Matcher, same_company
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.matching.embedding import Embedder
    from giveback.store.questions.offers import PersonRow, WishRow

MEETS = 0.5
"""A nearness from which two interests meet: an introduction takes the time of two people."""
SHOWN = 0.3
"""A fit from which an introduction is worth proposing."""
FOR_A_TITLE = 0.7
"""What it counts that an interest meets somebody's title instead of an interest of theirs."""
_NEED = re.compile(
    r"^(?:looking for|searching for|seeking|in need of|needs?|wants?|would like)\s+(?:an?\s+|the\s+)?", re.IGNORECASE
)


class Meeting(NamedTuple):
    """Somebody to introduce a contact to, and why.

    Attributes:
        other: whom.
        fit: from 0 to 1.
        reason: what meets, in a few words.
        interest: what the contact cares about or needs.
    """

    other: PersonRow
    fit: float
    reason: str
    interest: str


def need(phrase: str) -> str:
    """What a phrase says that somebody needs: "looking for a welder" says "welder"; "" when it says none."""
    match = _NEED.match(phrase)
    return phrase[match.end() :].strip() if match else ""


def meetings(
    contact: PersonRow,
    everybody: Mapping[int, PersonRow],
    wishes: Sequence[WishRow],
    known: set[int],
    embedder: Embedder | None,
) -> list[Meeting]:
    """Whom a contact could be introduced to, best first.

    An interest that many share is a weaker reason than a rare one. Who works for the same company, was introduced
    before or knows the other is left out.

    Args:
        contact: the contact.
        everybody: who is not archived, by number.
        wishes: what everybody likes, also by their titles.
        known: contacts whom they know already.
        embedder: measures closeness in meaning; None for words alone.
    """
    mine = [wish for wish in wishes if wish.contact_id == contact.id and wish.source != "title"]
    others = [
        wish
        for wish in wishes
        if wish.contact_id != contact.id
        and wish.contact_id not in known
        and (person := everybody.get(wish.contact_id)) is not None
        and not (person.company and same_company(person.company, contact.company))
    ]
    if not mine or not others:
        return []
    asked = {wish.phrase: need(wish.phrase) or wish.phrase for wish in mine}
    offered = [wish._replace(phrase=need(wish.phrase) or wish.phrase) for wish in others]
    matcher = Matcher(asked.values(), offered, embedder)
    sharing = _counts(wishes)
    found: dict[int, Meeting] = {}
    for phrase, wanted in asked.items():
        near = matcher.near(wanted)
        for theirs, said in zip(offered, others, strict=True):
            if theirs.phrase not in near:
                continue
            fit = _fit(matcher, wanted, theirs, needed=bool(need(phrase))) * _rarity(
                said.phrase, sharing, len(everybody)
            )
            old = found.get(theirs.contact_id)
            if fit >= SHOWN and (old is None or fit > old.fit):
                reason = _reason(phrase, said, everybody[theirs.contact_id])
                found[theirs.contact_id] = Meeting(everybody[theirs.contact_id], fit, reason, phrase)
    return sorted(found.values(), key=lambda each: (-round(each.fit, 6), each.other.name_key, each.other.id))


def _fit(matcher: Matcher, wanted: str, theirs: WishRow, *, needed: bool) -> float:
    """How well they meet; a title answers a need, and says little of an interest."""
    suit = matcher.suit(wanted, theirs._replace(weight=1.0, source="user"))
    if suit.fit < MEETS:
        return 0.0
    return suit.fit if needed or theirs.source != "title" else FOR_A_TITLE * suit.fit


def _counts(wishes: Sequence[WishRow]) -> Counter[str]:
    """How many share each phrase."""
    return Counter(key for _, key in {(wish.contact_id, fold(wish.phrase)) for wish in wishes})


def _rarity(phrase: str, sharing: Mapping[str, int], people: int) -> float:
    """From 1, for what few share, towards 0.5 for what everybody likes."""
    count = max(sharing.get(fold(phrase), 1), 1)
    share = log(count) / log(people) if people > 1 else 0.0
    return 1.0 - 0.5 * min(max(share, 0.0), 1.0)


def _reason(phrase: str, theirs: WishRow, other: PersonRow) -> str:
    first = other.name.split()[0]
    if need(phrase):
        what = f"is {theirs.phrase}" if theirs.source == "title" else f"cares about {theirs.phrase}"
        return f"they say {phrase!r}; {first} {what}"
    if need(theirs.phrase):
        return f"{first} says {theirs.phrase!r}; they care about {phrase}"
    if theirs.source == "title":
        return f"they care about {phrase}; {first} is {theirs.phrase}"
    if fold(phrase) == fold(theirs.phrase):
        return f"both care about {phrase}"
    return f"they care about {phrase}, {first} about {theirs.phrase}"
