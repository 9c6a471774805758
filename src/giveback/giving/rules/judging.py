"""What speaks against a gift: pure rules over plain values, the day among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.giving.rules.confidential import marker, why_not_public
from giveback.giving.rules.food import allergies_met, is_food
from giveback.giving.rules.wording import first_of, subject
from giveback.keeping.money import say_money
from giveback.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from giveback.giving.rules.book import Book, Policy

THINGS = frozenset({"", "home-made", "bought", "other"})
"""Kinds of gifts that are things: what their names say is what they are."""
TOLD = frozenset({"", "research", "bulletin", "connection", "other"})
"""Kinds of gifts that may pass on what somebody wrote or said."""
ONCE = frozenset({"research", "connection", "introduction"})
"""Kinds of which nobody needs the same thing twice."""
OFTEN = frozenset({"bulletin", "time", "skill"})
"""Kinds that are given again and again."""


class Concern(NamedTuple):
    """Something that speaks against a gift.

    Attributes:
        level: "warn" can be overridden, "refuse" cannot.
        reason: why, in a few words.
        better: what would be better, or "".
        rule: its name: that of a rule of the data file, or confidential, source, food, allergy, value, policy,
            casual, repeat.
    """

    level: Literal["warn", "refuse"]
    reason: str
    better: str = ""
    rule: str = ""


class Thing(NamedTuple):
    """A gift, as far as rules look at it.

    Attributes:
        name: what it is called.
        kind: one of `keeping.exchanges.KINDS`, or "".
        cost_cents: its value, in hundredths, or None where it is not known.
        url: its address, or "".
        details: what else is said of it, such as what is in it.
        article_id: the article that it is, or None.
        asset_id: the asset that it is, or None.
    """

    name: str
    kind: str = ""
    cost_cents: int | None = None
    url: str = ""
    details: str = ""
    article_id: int | None = None
    asset_id: int | None = None


class Person(NamedTuple):
    """The recipient, as far as rules look at them.

    Attributes:
        name: how they are called in a reason.
        cap_cents: the most for an occasion, in hundredths, or None.
        year_cap_cents: the most in a calendar year, or None.
        no_food: nothing to eat or drink.
        allergies: as they were said.
        policy: their employer's, or None.
    """

    name: str
    cap_cents: int | None = None
    year_cap_cents: int | None = None
    no_food: bool = False
    allergies: tuple[str, ...] = ()
    policy: Policy | None = None


class Past(NamedTuple):
    """Something that they were given before."""

    on: date
    name: str
    kind: str = ""
    cost_cents: int | None = None
    article_id: int | None = None
    asset_id: int | None = None


def judge(thing: Thing, person: Person, past: Sequence[Past], book: Book, today: date) -> list[Concern]:
    """What speaks against giving something to somebody on a day.

    Args:
        thing: what.
        person: to whom.
        past: what they were given before, in any order.
        book: the rules.
        today: the local day.

    Returns:
        Concerns, refusals first, then allergies and what else holds of the person; none when it is fine.
    """
    found = [
        *confidential(thing, book),
        *limits(thing, person, book),
        *sort_of_gift(thing, book),
        *value(thing, person, past, book, today),
        *repeated(thing, person, past, book, today),
    ]
    return sorted(found, key=lambda concern: concern.level != "refuse")


def confidential(thing: Thing, book: Book) -> list[Concern]:
    """Refuse what smells confidential, and research without a public source."""
    if thing.kind not in TOLD or thing.article_id is not None:
        return []
    better = "pass on what anybody can read, with its public source"
    if word := marker(f"{thing.name}\n{thing.details}", book.secrets):
        return [Concern("refuse", f"it smells confidential ({word!r})", better, "confidential")]
    if thing.kind != "research":
        return []
    if not thing.url:
        return [Concern("refuse", "research without a public source may be confidential", better, "source")]
    if why := why_not_public(thing.url, book.secrets):
        return [Concern("refuse", f"its source is not public: {why}", better, "source")]
    return []


def is_home_made(thing: Thing, book: Book) -> bool:
    """Whether a thing is home-made: it is said to be, by its kind or in its name."""
    return thing.kind == "home-made" or (thing.kind != "bought" and bool(first_of(book.home_made, words(thing.name))))


def is_bought(thing: Thing, book: Book) -> bool:
    """Whether a thing is said to be bought."""
    return thing.kind == "bought" or (thing.kind != "home-made" and bool(first_of(book.bought, words(thing.name))))


def named_rules(thing: Thing, book: Book) -> list[str]:
    """The names of the rules that the name of a thing meets."""
    if thing.kind not in THINGS or thing.article_id is not None or thing.url:
        return []
    said = words(thing.name)
    about = subject(book.about, said)
    home_made, bought = is_home_made(thing, book), is_bought(thing, book)
    return [
        rule.name
        for rule in book.rules
        if first_of(rule.words, said, rule.unless, about)
        and not (home_made and rule.home_made == "passes")
        and not (rule.only == "bought" and (home_made or not bought))
    ]


def sort_of_gift(thing: Thing, book: Book) -> list[Concern]:
    """Warn of flowers, bought sweets and the like, each with what would be better."""
    met = set(named_rules(thing, book))
    return [Concern("warn", rule.reason, rule.better, rule.name) for rule in book.rules if rule.name in met]


def limits(thing: Thing, person: Person, book: Book) -> list[Concern]:
    """Warn of food for who takes none, of allergies, and of what the employer forbids."""
    found = []
    if thing.kind in THINGS:
        found += [
            Concern("warn", f"{person.name} is allergic: {met.how}", met.better, "allergy")
            for met in allergies_met(thing.name, thing.details, person.allergies, book)
        ]
        if person.no_food and is_food(thing.name, book):
            found.append(Concern("warn", f"{person.name} takes no food", "an article, or your time", "food"))
    if person.policy is not None:
        found += [
            Concern("warn", f"{person.policy.who} may not take {name}", person.policy.source, "policy")
            for name in named_rules(thing, book)
            if name in person.policy.forbidden
        ]
    return found


def value(thing: Thing, person: Person, past: Iterable[Past], book: Book, today: date) -> list[Concern]:
    """Warn of what costs more than the recipient may take, or than is casual."""
    occasion, year = caps(person)
    if thing.cost_cents is None:
        if occasion is not None and thing.kind in THINGS - {"home-made"} and _is_thing(thing, book):
            most = say_money(occasion)
            reason = f"what it is worth is not said, and {person.name} may take {most} at most"
            return [Concern("warn", reason, "add --cost AMOUNT", "value")]
        return []
    cost = say_money(thing.cost_cents)
    source = person.policy.source if person.policy else "something home-made, or an article"
    if occasion is not None and thing.cost_cents > occasion:
        reason = f"{cost} is more than the {say_money(occasion)} that {person.name} may take"
        return [Concern("warn", reason, source, "value")]
    before_it = sum(each.cost_cents or 0 for each in past if each.on.year == today.year)
    if year is not None and thing.cost_cents and before_it + thing.cost_cents > year:
        so_far = f"with the {say_money(before_it)} of this year" if before_it else "alone"
        reason = f"{cost}, {so_far}, is more than the {say_money(year)} a year that {person.name} may take"
        return [Concern("warn", reason, source, "value")]
    if occasion is None and thing.cost_cents > book.casual_cents:
        reason = f"{cost} is no longer casual: a gift above {say_money(book.casual_cents)} asks for one in return"
        return [Concern("warn", reason, "something home-made, or an article", "casual")]
    return []


def _is_thing(thing: Thing, book: Book) -> bool:
    return thing.article_id is None and not thing.url and not is_home_made(thing, book)


def caps(person: Person) -> tuple[int | None, int | None]:
    """The most for an occasion and for a year: the lower of what was set and of what the employer allows."""
    policy = person.policy
    occasion = [person.cap_cents, policy.occasion_cents if policy else None]
    year = [person.year_cap_cents, policy.year_cents if policy else None]
    return _lowest(occasion), _lowest(year)


def _lowest(amounts: Iterable[int | None]) -> int | None:
    return min((amount for amount in amounts if amount is not None), default=None)


def repeated(thing: Thing, person: Person, past: Iterable[Past], book: Book, today: date) -> list[Concern]:
    """Warn of the same article again, and of the same thing too soon."""
    same = sorted((each for each in past if _is_same(thing, each)), key=lambda each: each.on)
    if not same or thing.kind in OFTEN:
        return []
    last = same[-1].on
    days = (today - last).days
    if thing.article_id is not None or thing.kind in ONCE:
        return [Concern("warn", f"{person.name} was given it before ({last.isoformat()})", "", "repeat")]
    if days >= book.again_days:
        return []
    again = (last + timedelta(book.again_days)).isoformat()
    reason = f"{person.name} was given it {_ago(days)}"
    return [Concern("warn", reason, f"something else until {again}", "repeat")]


def _is_same(thing: Thing, past: Past) -> bool:
    if thing.article_id is not None or past.article_id is not None:
        return thing.article_id == past.article_id
    if thing.asset_id is not None and past.asset_id is not None:
        return thing.asset_id == past.asset_id
    return fold(thing.name) == fold(past.name)


def _ago(days: int) -> str:
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
