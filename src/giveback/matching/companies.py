"""Whether two names mean the same company: legal forms, accents and near misses, on plain strings."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable

SAME = 92
"""From this score on two names are taken for one company without asking: a typing mistake, a plural."""
PERHAPS = 70
"""From this score on somebody is asked, and until then it is only shown as a possibility."""
_PART = 0.9
"""A name that is a part of the other ("Shell", "Royal Dutch Shell") scores this share of the whole at most."""
_FILLERS = frozenset(
    {"the", "and", "group", "holding", "holdings", "company", "companies", "gruppe", "groupe", "grupo"}
)
# What cleanco does not list, or lists only with dots.
_MORE_FORMS = (
    *("se", "sce", "se & co kgaa", "ag & co kgaa", "gmbh & co kgaa", "ug haftungsbeschrankt", "ug", "ggmbh", "eg"),
    *(
        "pjsc",
        "pao",
        "qpsc",
        "psc",
        "dac",
        "clg",
        "nyrt",
        "bvi",
        "pvt ltd",
        "private limited",
        "public limited company",
    ),
    *("spolka akcyjna", "spolka z oo", "spolka z ograniczona odpowiedzialnoscia", "aktieselskab", "osakeyhtio"),
    *("aktiengesellschaft", "aktiebolag", "societe anonyme", "sociedad anonima", "kabushiki kaisha", "tbk", "bhd"),
)


class Likeness(NamedTuple):
    """How much alike two company names are.

    Attributes:
        verdict: "same", "perhaps" or "other".
        score: 0 to 100, which stands for the same name, or one that was confirmed; compare with `SAME` and `PERHAPS`.
    """

    verdict: Literal["same", "perhaps", "other"]
    score: int


class Names(NamedTuple):
    """What a target is called.

    Attributes:
        keys: `company_key` of its name and of confirmed other names.
        others: keys of names that were said not to be it.
    """

    keys: tuple[str, ...]
    others: frozenset[str] = frozenset()


@lru_cache(maxsize=5_000)
def company_key(name: str) -> str:
    """The form in which company names are compared.

    Args:
        name: as it is written.

    Returns:
        Folded words without legal forms at either end, articles and words such as "group":
        "Société Générale S.A." as "societe generale", "Royal Dutch Shell plc" as "royal dutch shell". A name
        of which nothing else is left stays whole.
    """
    said = words(_spaced(name).replace("&", " and ").translate(_JOINED))
    rest = _without_forms(said)
    kept = [word for word in rest if word not in _FILLERS]
    return " ".join(kept or rest or said)


_JOINED = str.maketrans(dict.fromkeys("./'\u2019"))
_UNSPACED = ("株式会社", "有限会社", "合同会社", "股份有限公司", "有限公司", "주식회사")


def _spaced(name: str) -> str:
    """Set off legal forms that are written without a space."""
    if name.isascii():
        return name
    for form in _UNSPACED:
        name = name.replace(form, " ")
    return name


def _without_forms(said: list[str]) -> list[str]:
    """Take legal forms off the end, then off the beginning (PT, OOO), while something is left."""
    rest, before = said, None
    while rest != before:
        before = rest
        for length in range(min(_longest(), len(rest) - 1), 0, -1):
            if tuple(rest[-length:]) in _forms():
                rest = rest[:-length]
                break
    if len(rest) > 1 and (rest[0] in _LEADING or (not rest[0].isascii() and (rest[0],) in _forms())):
        rest = rest[1:]
    return rest


_LEADING = frozenset({"pt", "ooo", "oao", "zao", "pao", "tov", "uab", "sia", "oy", "ab"})


@cache
def _forms() -> frozenset[tuple[str, ...]]:
    """Legal forms as folded words, from cleanco's tables of some seventy countries."""
    from cleanco.termdata import terms_by_country, terms_by_type

    listed = [form for table in (terms_by_country, terms_by_type) for forms in table.values() for form in forms]
    # Letters that also end ordinary names ("Nordea Bank", "Chevron UK") are no legal form by themselves.
    bare = {("uk",), ("private",), ("nl",), ("at",), ("sp",), ("pp",), ("sm",), ("ba",), ("et",)}
    found = {tuple(words(form.replace("&", " and ").translate(_JOINED))) for form in (*listed, *_MORE_FORMS)}
    return frozenset(found - bare - {()})


@cache
def _longest() -> int:
    return max(map(len, _forms()))


def likeness(names: Names, key: str) -> Likeness:
    """Whether a company may be the one that is meant.

    Args:
        names: of the target.
        key: `company_key` of the other name.
    """
    if not key or key in names.others:
        return Likeness("other", 0)
    if key in names.keys:
        return Likeness("same", 100)
    score = max((_score(known, key) for known in names.keys if known), default=0)
    verdict: Literal["same", "perhaps", "other"] = "other"
    if score >= PERHAPS:
        verdict = "same" if score >= SAME else "perhaps"
    return Likeness(verdict, score)


def _score(one: str, other: str) -> int:
    """RapidFuzz's ratio of the letters, or of the words where one name is a part of the other.

    A short name one letter off is another company more often than a mistake (BP, BT), so it is never "same".
    """
    from rapidfuzz import fuzz

    whole = fuzz.ratio(one, other, score_cutoff=PERHAPS)
    part = _PART * 100 if set(one.split()) <= set(other.split()) or set(other.split()) <= set(one.split()) else 0
    shortest = min(len(one), len(other))
    best = max(whole if shortest > _SHORT else min(whole, SAME - 1), part)
    return round(best)


_SHORT = 6


def alike(names: Names, companies: Iterable[str]) -> dict[str, Likeness]:
    """Which of many company names may mean the target.

    Args:
        names: of the target.
        companies: names as they are written, repeats allowed.

    Returns:
        Each name that is the same or perhaps so, with how much alike it is.
    """
    judged: dict[str, Likeness] = {}
    found = {}
    for company in dict.fromkeys(companies):
        key = company_key(company)
        if key not in judged:
            judged[key] = likeness(names, key)
        if judged[key].verdict != "other":
            found[company] = judged[key]
    return found
