"""Whether a gift is food, and whether it meets an allergy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.rules.wording import first_of, places, subject
from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.giving.rules.book import Allergen, Book

_EMPTY_WORDS = frozenset(
    ["allergy", "allergies", "allergic", "to", "intolerance", "intolerant", "severe", "mild", "no", "the", "and", "any"]
)
_FREE = ("without {}", "no {}", "free from {}", "free of {}", "{} free")
_LONG_ENOUGH = 4


def is_food(name: str, book: Book) -> bool:
    """Whether the name of a gift says that it is eaten or drunk."""
    said = words(name)
    return bool(first_of(book.food, said, book.food_unless, subject(book.about, said)))


class Met(NamedTuple):
    """How a gift meets an allergy, and what would be better."""

    how: str
    better: str = "something without it"


def allergies_met(name: str, details: str, allergies: Sequence[str], book: Book) -> list[Met]:
    """How a gift meets allergies; none when it does not.

    A word in the name or the details gives an allergen away. Food of which nothing is said is met with a question,
    unless it says that it is free of the allergen.

    Args:
        name: what the gift is called.
        details: what else is said of it, such as what is in it.
        allergies: as they were said: "nuts", "nut allergy", "lactose intolerance".
        book: what allergens hide in.
    """
    title = words(name)
    said = title[: subject(book.about, title)] + words(details)
    found: list[Met] = []
    for allergy in allergies:
        known = allergens(allergy, book)
        hits = [(each.name, hit) for each in known if (hit := _hit(each, said))]
        if hits:
            found += [Met(f"{hit} ({allergen})" if hit != allergen else hit) for allergen, hit in hits]
        elif not known:
            if hit := _resembling(allergy, said):
                found.append(Met(hit))
        elif (
            is_food(name, book) and any(_is_eaten(each) and not _is_free(each, said) for each in known) and not details
        ):
            allergen = known[0].name
            found.append(Met(f"{allergen} may be in it", f"say what is in it, or that it is free of {allergen}"))
    return found


def allergens(allergy: str, book: Book) -> list[Allergen]:
    """The known allergens that somebody means."""
    said = words(allergy)
    return [each for each in book.allergens if first_of((each.name, *each.also), said)]


def _is_eaten(allergen: Allergen) -> bool:
    return allergen.name not in ("pollen", "latex")


def _hit(allergen: Allergen, said: Sequence[str]) -> str:
    """The word that gives an allergen away, "" where all of them are said to be absent."""
    absent = [form.format(name) for name in (allergen.name, *allergen.also, *allergen.words) for form in _FREE]
    if _is_free(allergen, said) and not _named_outside(allergen, said, absent):
        return ""
    return first_of((*allergen.also, *allergen.words), said, (*allergen.unless, *absent))


def _named_outside(allergen: Allergen, said: Sequence[str], absent: Sequence[str]) -> bool:
    """Whether an allergen's own names stand beside its being absent: "nut-free cake with walnuts"."""
    return bool(first_of((allergen.name, *allergen.also), said, (*allergen.unless, *absent)))


def _is_free(allergen: Allergen, said: Sequence[str]) -> bool:
    names = (allergen.name, *allergen.also)
    return any(places(form.format(name), said) for name in names for form in _FREE)


def _resembling(allergy: str, said: Sequence[str]) -> str:
    """A word of the gift that begins or ends with a word of an allergy that is not known."""
    for wanted in words(allergy):
        if wanted in _EMPTY_WORDS:
            continue
        stem = _singular(wanted)
        for word in said:
            if word in (wanted, stem) or (len(stem) >= _LONG_ENOUGH and (word.startswith(stem) or word.endswith(stem))):
                return word
    return ""


def _singular(word: str) -> str:
    if len(word) <= _LONG_ENOUGH:
        return word
    return word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")
