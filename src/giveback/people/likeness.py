"""How likely two contacts are one person: pure rules over plain values, each with its reason.

Points are added: an e-mail address in common says most, then a phone number, a page or a handle, then the name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from giveback.people.nicknames import alike
from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LIKELY = 45
"""Points from which two contacts are offered as duplicates; a name in common alone is enough."""
CERTAIN = 100
"""Points are cut here."""
MANY = 3
"""An address or a number that more contacts than this have is an office's."""

_EMAIL, _PHONE, _LINK = 60, 45, 45
_SHARED = 10
_SAME_NAME, _CALLED, _LONGER, _INITIAL, _TYPO, _SAME_FAMILY = 50, 45, 45, 30, 30, 5
_COMPANY, _TOWN, _BIRTHDAY = 15, 5, 25
_OTHER_COMPANY, _OTHER_BIRTHDAY, _OTHER_NAME = -5, -40, -25
_TYPING = 88  # rapidfuzz's ratio, 0 to 100
_TAIL = 7  # digits by which phone numbers are compared before they are read


def _words_of(said: str) -> frozenset[str]:
    return frozenset(said.split())


_TITLES = _words_of(
    "dr drs prof professor mr mrs ms miss mx sir dame herr frau dipl ing mag med phil phd mba md jr sr ii iii iv"
    " dna don dona lic mme mlle rev fr hon"
)
_PARTICLES = _words_of("de da do dos das di del della der den van von vom zu zum la le el al bin ibn of y e")
_ROLES = _words_of(
    "info office contact kontakt mail hello hallo admin team support sales service post sekretariat reception"
    " enquiries inquiries jobs hr press presse webmaster noreply no-reply buero help billing accounts"
)


class Person(NamedTuple):
    """What is compared of a contact.

    Attributes:
        id: its number.
        name: as it is shown.
        words: of its name, folded, without titles.
        called: of its nickname, folded.
        emails: folded.
        phones: as they were typed.
        links: pages and handles, without scheme and "www.".
        company: folded.
        town: folded.
        birthday: "YYYY-MM-DD", "--MM-DD" or "".
    """

    id: int
    name: str
    words: tuple[str, ...]
    called: tuple[str, ...] = ()
    emails: frozenset[str] = frozenset()
    phones: tuple[str, ...] = ()
    links: frozenset[str] = frozenset()
    company: str = ""
    town: str = ""
    birthday: str = ""


class Evidence(NamedTuple):
    """One reason for or against: points, and words that a person understands."""

    points: int
    says: str


class Likeness(NamedTuple):
    """Two contacts, how likely they are one (0 to 100), and why."""

    one: Person
    other: Person
    score: int
    evidence: tuple[Evidence, ...]


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name that tell people apart; all of them when nothing else is left.

    Args:
        name: "Ruiz, Dr. Ana" or "Ana Ruiz"; a comma turns the order.
    """
    family, comma, given = name.partition(",")
    found = words(f"{given} {family}" if comma and not set(words(given)) <= _TITLES else name)
    return tuple(word for word in found if word not in _TITLES) or tuple(found)


def link_key(value: str) -> str:
    """A page or handle as it is compared: "https://www.linkedin.com/in/Ana/" as "linkedin.com/in/ana"."""
    key = re.sub(r"^[a-z][a-z0-9+.-]*://(www\.|m\.)?", "", value.strip().lower())
    return key.partition("?")[0].rstrip("/").removeprefix("@")


@lru_cache(maxsize=200_000)
def e164(said: str, region: str) -> str:
    """A phone number in ITU-T E.164, "" when it cannot be read.

    Args:
        said: as it was typed.
        region: two letters of the country in which numbers without + are dialled.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(said, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_tail(said: str) -> str:
    """The last seven digits of a phone number, "" when it has fewer."""
    digits = "".join(character for character in said if character.isdigit())
    return digits[-_TAIL:] if len(digits) >= _TAIL else ""


def compare(one: Person, other: Person, region: str, held: Callable[[str], int] = lambda _: 2) -> Likeness:
    """How likely two contacts are one person.

    Args:
        one: a contact.
        other: another.
        region: see `e164`.
        held: how many contacts have an e-mail address, phone number tail or link.
    """
    evidence = [*_reached(one, other, region, held), *_named(one, other), *_around(one, other)]
    score = sum(each.points for each in evidence)
    return Likeness(one, other, max(0, min(CERTAIN, score)), tuple(evidence))


def _reached(one: Person, other: Person, region: str, held: Callable[[str], int]) -> list[Evidence]:
    """The strongest way in which both are reached; several ways say little more than one."""
    found = []
    for email in sorted(one.emails & other.emails):
        shared = held(email) > MANY or email.partition("@")[0] in _ROLES
        found.append(Evidence(_SHARED if shared else _EMAIL, f"same e-mail {email}"))
    for number in _same_phones(one, other, region):
        shared = held(phone_tail(number)) > MANY
        found.append(Evidence(_SHARED if shared else _PHONE, f"same phone {number}"))
    found += [
        Evidence(_SHARED if held(link) > MANY else _LINK, f"same page or handle {link}")
        for link in sorted(one.links & other.links)
    ]
    found.sort(key=lambda each: -each.points)
    return found[:1] + [each._replace(points=5) for each in found[1:]]


def _same_phones(one: Person, other: Person, region: str) -> list[str]:
    tails = {phone_tail(said) for said in other.phones} - {""}
    mine = {e164(said, region) for said in one.phones if phone_tail(said) in tails}
    return sorted((mine & {e164(said, region) for said in other.phones}) - {""}) if mine else []


def _named(one: Person, other: Person) -> list[Evidence]:
    mine, theirs = one.words, other.words
    if sorted(mine) == sorted(theirs):
        return [Evidence(_SAME_NAME, "same name" if mine == theirs else "same name in another order")]
    best = max(_pairs(one, other), default=Evidence(0, ""))
    if best.points:
        return [best]
    from rapidfuzz import fuzz

    if min(len(" ".join(mine)), len(" ".join(theirs))) > 5 and fuzz.ratio(" ".join(mine), " ".join(theirs)) >= _TYPING:  # noqa: PLR2004 - shorter ones are too close to each other
        return [Evidence(_TYPO, "names that differ by a typing mistake")]
    if mine and theirs and mine[-1] == theirs[-1] and len(mine) > 1 and len(theirs) > 1:
        return [Evidence(_SAME_FAMILY + _OTHER_NAME, f"same last name, but {mine[0]} and {theirs[0]}")]
    return [Evidence(_OTHER_NAME, "other names")]


def _pairs(one: Person, other: Person) -> Iterable[Evidence]:
    """What given names say once a last name agrees, in either order of the words."""
    mine, theirs = one.words, other.words
    if len(mine) < 2 or len(theirs) < 2:  # noqa: PLR2004 - a given name and a last name
        return
    for left in (mine, (mine[-1], *mine[:-1]), (*mine[1:], mine[0])):
        if left[-1] != theirs[-1]:
            continue
        yield from _given(left[:-1], theirs[:-1], (one.called, other.called))


def _given(mine: tuple[str, ...], theirs: tuple[str, ...], called: tuple[tuple[str, ...], ...]) -> Iterable[Evidence]:
    first, second = mine[0], theirs[0]
    middle = (set(mine) - _PARTICLES, set(theirs) - _PARTICLES)
    if first == second and (middle[0] <= middle[1] or middle[1] <= middle[0]):
        yield Evidence(_LONGER, "same name, one of them in full")
    elif first == second and all(_fits(word, middle[1]) for word in middle[0]):
        yield Evidence(_LONGER, "same name, a middle name shortened")
    elif alike(first, second) or second in called[0] or first in called[1]:
        yield Evidence(_CALLED, f"same last name, and {first} is called {second} or the other way round")
    elif (len(first) == 1 or len(second) == 1) and first[0] == second[0]:
        yield Evidence(_INITIAL, "same last name and initial")


def _fits(word: str, others: set[str]) -> bool:
    return any(word.startswith(other) or other.startswith(word) for other in others)


def _around(one: Person, other: Person) -> Iterable[Evidence]:
    if one.company and other.company:
        same = one.company == other.company
        yield Evidence(_COMPANY, "same company") if same else Evidence(_OTHER_COMPANY, "other company")
    if one.town and one.town == other.town:
        yield Evidence(_TOWN, "same town")
    if one.birthday and other.birthday:
        known = one.birthday[-5:] == other.birthday[-5:] and (
            "--" in (one.birthday[:2], other.birthday[:2]) or one.birthday == other.birthday
        )
        yield Evidence(_BIRTHDAY, "same birthday") if known else Evidence(_OTHER_BIRTHDAY, "other birthday")


def candidates(people: Mapping[int, Person], most: int = 60) -> set[tuple[int, int]]:
    """Pairs worth comparing: those that have something telling in common, never all with all.

    Args:
        people: by number.
        most: of larger groups each is compared only with its neighbours by name.

    Returns:
        Pairs of numbers, the lower first.
    """
    blocks: dict[tuple[object, ...], list[int]] = {}
    for person in people.values():
        for key in _keys(person):
            blocks.setdefault(key, []).append(person.id)
    found: set[tuple[int, int]] = set()
    for numbers in blocks.values():
        if 1 < len(numbers) <= most:
            found |= {(low, high) for low in numbers for high in numbers if low < high}
        elif len(numbers) > most:
            ordered = sorted(numbers, key=lambda number: (people[number].words, number))
            for place, number in enumerate(ordered):
                found |= {(min(number, near), max(number, near)) for near in ordered[place + 1 : place + 6]}
    return found


def _keys(person: Person) -> set[tuple[object, ...]]:
    from giveback.people.nicknames import groups

    keys: set[tuple[object, ...]] = {("email", email) for email in person.emails}
    keys |= {("phone", tail) for tail in map(phone_tail, person.phones) if tail}
    keys |= {("link", link) for link in person.links}
    named = person.words
    keys.add(("name", tuple(sorted(named))))
    keys.add(("sound", _skeleton(named)))
    if len(named) > 1:
        for given, family in ((named[0], named[-1]), (named[-1], named[0])):
            keys.add(("initial", family, given[0]))
            keys |= {("group", family, number) for number in groups(given)}
            keys |= {("called", family, word) for word in (*person.called[:1], given)}
    return keys


def _skeleton(named: tuple[str, ...]) -> str:
    """A name without vowels and doubled letters, so that most typing mistakes meet."""
    plain = re.sub(r"[aeiouyh]", "", "".join(sorted(named)))
    return re.sub(r"(.)\1+", r"\1", plain) or "".join(named)
