"""The names a contact answers to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.store.questions import contacts as questions
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from giveback.store.questions.contacts import NameRow

CLOSE_ENOUGH = 70
"""RapidFuzz's WRatio, 0 to 100, from which on a name is offered as "did you mean"."""


SHOWN = 80
"""Characters of what was typed that a message repeats."""

CHOICES = 20
"""From so many people nobody picks one by its number; so many are listed."""


class NameKeys(NamedTuple):
    """The folded forms of a name that the store looks it up by."""

    name: str
    nickname: str
    initials: str


def name_keys(name: str, nickname: str = "") -> NameKeys:
    """Fold a name: case and accents do not matter when somebody is looked up.

    Args:
        name: the full name.
        nickname: what friends say, or "".
    """
    key = fold(name)
    initials = "".join(word[0] for word in key.replace("-", " ").split() if word[0].isalnum())
    return NameKeys(key, fold(nickname), initials if len(initials) > 1 else "")


def resolve(
    connection: sqlite3.Connection | None,
    said: str,
    choose: Callable[[str, Sequence[NameRow]], NameRow] | None = None,
) -> NameRow:
    """Find the one contact that is meant.

    A full name, nickname or e-mail address wins; then initials and beginnings of words count
    alike, then text anywhere in the name. Archived contacts answer when nobody else does.

    Args:
        connection: the store, or None when there is none yet.
        said: what the user typed.
        choose: asks the user which of several is meant; without it several are an error.

    Raises:
        UsageError: nothing was typed.
        NotFoundError: nobody answers to it; the hint names who comes close.
        AmbiguousError: several do, and there is nobody to ask.
    """
    key = fold(clean_line(said))
    if not key:
        raise UsageError("a name is missing", "give a name, part of one, a nickname, initials or an e-mail address")
    shown = repr(clean_line(said, SHOWN))
    if connection is None:
        raise NotFoundError(f"no contact answers to {shown}: there are none yet", "giveback add-contact NAME")
    found = _candidates(connection, key)
    present = [row for row in found if not row.archived] or found
    if not present:
        raise NotFoundError(f"no contact answers to {shown}", _near_misses(connection, key))
    if len(present) == 1:
        return present[0]
    if choose is not None and len(present) <= CHOICES:
        return choose(said, present)
    lines = tuple(line(row) for row in present)
    raise AmbiguousError(f"{shown} could be {len(present)} contacts", "say more of the name", lines)


def line(row: NameRow) -> str:
    """A candidate as a list shows it."""
    nickname = f' "{row.nickname}"' if row.nickname else ""
    company = f", {row.company}" if row.company else ""
    return f"{row.name}{nickname}{company}" + (" (archived)" if row.archived else "")


def _candidates(connection: sqlite3.Connection, key: str) -> list[NameRow]:
    exact = questions.names_exactly(connection, key)
    if any(not row.archived for row in exact):
        return exact
    parts = key.split()
    holding = [
        row
        for row in questions.names_holding(connection, max(parts, key=len))
        if all(part in f"{row.name_key} {row.nickname_key}" for part in parts) or "@" in key
    ]
    beginning = [row for row in holding if _begins(row, parts)]
    initials = questions.names_by_initials(connection, key.replace(".", "").replace(" ", ""))
    strong = {row.id: row for row in (*exact, *initials, *beginning)}
    if any(not row.archived for row in strong.values()):
        return list(strong.values())
    return list({row.id: row for row in (*strong.values(), *holding)}.values())


def _begins(row: NameRow, parts: list[str]) -> bool:
    """Whether each part begins another word of the name."""
    left = f"{row.name_key} {row.nickname_key}".replace("-", " ").split()
    for part in parts:
        word = next((word for word in left if word.startswith(part)), None)
        if word is None:
            return False
        left.remove(word)
    return True


def _near_misses(connection: sqlite3.Connection, key: str) -> str:
    """Who comes close: the whole name, or one of its words, with a typing mistake."""
    from rapidfuzz import fuzz, process

    rows = questions.all_names(connection)
    if not rows:
        return "there are none yet: giveback add-contact NAME"
    names = [row.name_key for row in rows]
    whole = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=3)
    words = [(word, place) for place, name in enumerate(names) for word in name.split()]
    partly = process.extract(key, [word for word, _ in words], scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=3)
    places = [place for _, _, place in whole] + [words[place][1] for _, _, place in partly]
    close = [rows[place].name for place in dict.fromkeys(places)][:3]
    return "did you mean " + " or ".join(close) + "?" if close else "`giveback contacts` lists them"


def guessed_parts(name: str) -> tuple[str, str]:
    """Given and family name when nobody said: the last word is the family name."""
    given, _, family = name.rpartition(" ")
    return (given, family) if given else (name, "")
