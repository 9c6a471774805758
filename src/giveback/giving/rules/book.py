"""The rules of gifts as plain values, and the TOML files that they come from: ours, and the user's on top."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.errors import UsageError
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OWN_FILE = "gift_rules.toml"
"""The name of a user's own rules, in the configuration folder."""
LONGEST = 1_000_000


class Rule(NamedTuple):
    """Something that speaks against a gift of a certain sort.

    Attributes:
        name: by which a user's file replaces it.
        words: what it looks for in the name of a gift.
        reason: why it is no good gift.
        better: what would be better, or "".
        unless: phrases inside of which the words do not count.
        home_made: "warns" or "passes", for what is home-made.
        only: "bought" where only what is said to be bought is meant, else "".
    """

    name: str
    words: tuple[str, ...]
    reason: str
    better: str = ""
    unless: tuple[str, ...] = ()
    home_made: str = "warns"
    only: str = ""


class Policy(NamedTuple):
    """What an employer allows.

    Attributes:
        name: as `edit --gift-policy` takes it.
        who: whom it binds.
        occasion_cents: the most for an occasion, in hundredths, or None.
        year_cents: the most in a calendar year from one giver, or None.
        forbidden: names of rules whose gifts are forbidden at any value.
        source: where that is written.
        url: its address, or "".
    """

    name: str
    who: str
    occasion_cents: int | None
    year_cents: int | None
    forbidden: tuple[str, ...]
    source: str
    url: str = ""


class Allergen(NamedTuple):
    """What somebody may be allergic to.

    Attributes:
        name: what it is.
        also: other words by which people name it.
        words: words that give it away.
        unless: phrases inside of which they do not count.
    """

    name: str
    also: tuple[str, ...]
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()


class Secrets(NamedTuple):
    """What marks research as confidential.

    Attributes:
        markers: words of confidential papers.
        innocent: phrases inside of which they do not count.
        hosts: labels of host names that only insiders reach.
        endings: endings of host names that are not public.
    """

    markers: tuple[str, ...]
    innocent: tuple[str, ...]
    hosts: tuple[str, ...]
    endings: tuple[str, ...]


class Book(NamedTuple):
    """All rules.

    Attributes:
        casual_cents: beyond this a gift is no longer casual.
        again_days: days after which the same may be given to the same person again.
        home_made: words that say that something is home-made.
        bought: words that say that it was bought.
        about: words after which comes what a gift is about.
        rules: in the order in which they are told.
        food: words for what is eaten or drunk.
        food_unless: phrases inside of which they do not count.
        allergens: what people are allergic to.
        policies: by name.
        secrets: what marks research as confidential.
    """

    casual_cents: int
    again_days: int
    home_made: tuple[str, ...]
    bought: tuple[str, ...]
    about: tuple[str, ...]
    rules: tuple[Rule, ...]
    food: tuple[str, ...]
    food_unless: tuple[str, ...]
    allergens: tuple[Allergen, ...]
    policies: Mapping[str, Policy]
    secrets: Secrets


@cache
def built_in() -> Book:
    """The rules that come with giveback."""
    text = (resources.files("giveback.giving") / "data" / OWN_FILE).read_text("utf-8")
    return read(text, OWN_FILE, _EMPTY)


def load(folder: str = "") -> Book:
    """The rules, with the user's own on top.

    Args:
        folder: the configuration folder; "" for our rules alone.

    Raises:
        UsageError: the user's file is no such file; the message names file and line.
    """
    path = os.path.join(folder, OWN_FILE)
    if not folder or not os.path.exists(path):
        return built_in()
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LONGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "mend it, or move it away") from error
    return read(text, path, built_in(), own=True)


def read(text: str, path: str, base: Book, *, own: bool = False) -> Book:
    """Read rules on top of others.

    Args:
        text: TOML; docs/formats.md has the form.
        path: its name, for messages.
        base: the rules that it adds to.
        own: it is a user's file, which may not excuse what smells confidential.

    Raises:
        UsageError: it is no TOML, or a field is not what it should be; names file and line.
    """
    return _Reader(text, path, own=own).onto(base)


_EMPTY = Book(0, 0, (), (), (), (), (), (), (), {}, Secrets((), (), (), ()))
_TABLES = ("amounts", "again", "words", "rule", "food", "allergen", "policy", "confidential")
_RULE = {"name", "words", "reason", "better", "unless", "home_made", "only", "off"}
_LISTED = {"rule": _RULE, "allergen": {"name", "also", "words", "unless"}}
_LISTED["policy"] = {"name", "who", "occasion", "year", "forbidden", "source", "url"}
_PLAIN = {
    "amounts": {"casual"},
    "again": {"days"},
    "words": {"home_made", "bought", "about"},
    "food": {"words", "unless"},
    "confidential": {"markers", "innocent", "hosts", "endings"},
}
_MOST = 10_000_000


class _Reader:
    """One file: where things stand in it, and whether they may be as they are."""

    def __init__(self, text: str, path: str, *, own: bool) -> None:
        self._lines, self._path, self._own = text.splitlines(), path, own
        try:
            self._said: dict[str, Any] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            found = re.search(r"line (\d+)", str(error))
            raise self._wrong(int(found[1]) if found else 1, f"no TOML: {error}") from error

    def onto(self, base: Book) -> Book:
        """The other rules with these on top."""
        self._check_names()
        rules = self._rules({rule.name: rule for rule in base.rules})
        words, food, secrets = self._table("words"), self._table("food"), base.secrets
        return Book(
            casual_cents=self._cents("amounts", "casual", base.casual_cents) or 0,
            again_days=self._days(base.again_days),
            home_made=base.home_made + self._texts(words, "words", "home_made"),
            bought=base.bought + self._texts(words, "words", "bought"),
            about=base.about + self._texts(words, "words", "about"),
            rules=tuple(rules.values()),
            food=base.food + self._texts(food, "food", "words"),
            food_unless=base.food_unless + self._texts(food, "food", "unless"),
            allergens=tuple(self._allergens({each.name: each for each in base.allergens}).values()),
            policies={**base.policies, **self._policies(set(rules))},
            secrets=Secrets(*(old + self._texts(self._table("confidential"), "confidential", field)
                              for field, old in zip(Secrets._fields, secrets, strict=True))),
        )  # fmt: skip

    def _check_names(self) -> None:
        for name, value in self._said.items():
            if name not in _TABLES:
                raise self._wrong(self._line(name), f"there is no table {name!r}: use {', '.join(_TABLES)}")
            listed = name in _LISTED
            tables = value if listed else [value]
            if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
                raise self._wrong(self._line(name), f"write [[{name}]]" if listed else f"write [{name}]")
            for number, table in enumerate(tables):
                self._check_fields(name, table, number)

    def _check_fields(self, name: str, table: Mapping[str, object], number: int) -> None:
        known = _LISTED.get(name) or _PLAIN[name]
        for field in table:
            if field not in known:
                said = f"{name} has no field {field!r}: use {', '.join(sorted(known))}"
                raise self._wrong(self._line(name, number, field), said)
            if self._own and name == "confidential" and field != "markers":
                said = "your own rules can add markers; nothing excuses what smells confidential"
                raise self._wrong(self._line(name, number, field), said)

    def _rules(self, found: dict[str, Rule]) -> dict[str, Rule]:
        for number, table in enumerate(self._said.get("rule", [])):
            name = self._name("rule", table, number)
            if table.get("off") is True:
                if name not in found:
                    raise self._wrong(self._line("rule", number, "name"), f"there is no rule {name!r} to turn off")
                del found[name]
                continue
            text = self._texter("rule", table, number)
            home_made, only = text("home_made") or "warns", text("only")
            if home_made not in ("warns", "passes"):
                raise self._wrong(self._line("rule", number, "home_made"), 'home_made is "warns" or "passes"')
            if only not in ("", "bought"):
                raise self._wrong(self._line("rule", number, "only"), 'only is "bought", or left out')
            found[name] = Rule(
                name,
                self._texts(table, "rule", "words", number, needed=True),
                text("reason", needed=True),
                text("better"),
                self._texts(table, "rule", "unless", number),
                home_made,
                only,
            )
        return found

    def _allergens(self, found: dict[str, Allergen]) -> dict[str, Allergen]:
        for number, table in enumerate(self._said.get("allergen", [])):
            name = self._name("allergen", table, number)
            also, words, unless = (self._texts(table, "allergen", each, number) for each in ("also", "words", "unless"))
            old = found.get(name, Allergen(name, (name,), ()))
            found[name] = Allergen(name, old.also + also, old.words + words, old.unless + unless)
        return found

    def _policies(self, rules: set[str]) -> dict[str, Policy]:
        found = {}
        for number, table in enumerate(self._said.get("policy", [])):
            name = self._name("policy", table, number)
            text = self._texter("policy", table, number)
            forbidden = self._texts(table, "policy", "forbidden", number)
            for rule in forbidden:
                if rule not in rules:
                    raise self._wrong(self._line("policy", number, "forbidden"), f"there is no rule {rule!r}")
            found[name] = Policy(
                name,
                text("who"),
                self._cents("policy", "occasion", None, number),
                self._cents("policy", "year", None, number),
                forbidden,
                text("source"),
                text("url"),
            )
        return found

    def _name(self, table: str, said: Mapping[str, object], number: int) -> str:
        return fold(self._texter(table, said, number)("name", needed=True))

    def _texter(self, table: str, said: Mapping[str, object], number: int) -> Callable[..., str]:
        """A function that reads a field of a table as a line of text, "" where it is left out."""

        def text(field: str, *, needed: bool = False) -> str:
            value = said.get(field, "")
            if not isinstance(value, str) or (needed and not fold(clean_line(value))):
                raise self._wrong(self._line(table, number, field), f'{table} needs a text: {field} = "…"')
            return clean_line(value)

        return text

    def _texts(
        self, said: Mapping[str, object], table: str, field: str, number: int = 0, *, needed: bool = False
    ) -> tuple[str, ...]:
        value = said.get(field, [])
        texts = value if isinstance(value, list) else [None]
        if not all(isinstance(each, str) and fold(each) for each in texts) or (needed and not texts):
            raise self._wrong(self._line(table, number, field), f'{table} needs a list of texts: {field} = ["…", "…"]')
        return tuple(clean_line(str(each)) for each in texts)

    def _table(self, name: str) -> Mapping[str, object]:
        found: Mapping[str, object] = self._said.get(name, {})
        return found

    def _cents(self, table: str, field: str, usual: int | None, number: int = 0) -> int | None:
        found = self._said.get(table, {})
        said = (found[number] if isinstance(found, list) else found).get(field)
        if said is None:
            return usual
        if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < _MOST:
            raise self._wrong(self._line(table, number, field), f"{field} is an amount: {field} = 20")
        return round(said * 100)

    def _days(self, usual: int) -> int:
        said = self._table("again").get("days", usual)
        if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said < _MOST:
            raise self._wrong(self._line("again", 0, "days"), "days is a whole number: days = 21")
        return said

    def _line(self, table: str, number: int = 0, field: str = "") -> int:
        """The line of a field of the n-th table of a name, or of the table; the first is 1."""
        heads = [at for at, line in enumerate(self._lines) if re.match(rf"\s*\[?\[?\s*{re.escape(table)}\b", line)]
        start = heads[number] if number < len(heads) else 0
        if field:
            for at in range(start + bool(heads), len(self._lines)):
                if re.match(rf"""\s*["']?{re.escape(field)}["']?\s*=""", self._lines[at]):
                    return at + 1
                if self._lines[at].lstrip().startswith("["):
                    break
        return start + 1

    def _wrong(self, line: int, what: str) -> UsageError:
        return UsageError(f"{self._path} line {line}: {what}", "mend it, or move the file away")
