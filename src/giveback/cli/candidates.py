"""What could stand on a command line, and what of it comes from the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from giveback.cli.words import ARGUMENTS
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

LIMIT = 50
RECENT = 20


class Candidate(NamedTuple):
    """A word that could stand under the cursor, and what it means."""

    value: str
    about: str = ""


class Place(NamedTuple):
    """Where on a command line the cursor stands.

    Attributes:
        command: "", "log", "feed add".
        given: the command's arguments before the cursor.
        used: the options before the cursor.
        option: the option whose value is being typed, or "".
        profile: what --profile named, or "".
        only_arguments: whether `--` was passed.
    """

    command: str = ""
    given: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    option: str = ""
    profile: str = ""
    only_arguments: bool = False


def beginning(candidates: Iterable[Candidate], current: str) -> list[Candidate]:
    """The candidates that begin with what was typed, ignoring case."""
    start = current.casefold()
    return [each for each in candidates if each.value.casefold().startswith(start)]


def from_store(metavar: str, place: Place, current: str) -> list[Candidate]:
    """What the store knows for an argument, such as names of contacts for NAME; nothing where it knows none."""
    ask = {
        "NAME": _names,
        "OTHER": _names,
        "WHAT": _articles,
        "ARTICLE": _articles,
        "FEED": _feeds,
        "PHRASE": _phrases,
        "TOPIC": _topics,
        "TARGET": _targets,
        "CIRCLE": _circles,
        "ASSET": _assets,
        "ISSUE": _issues,
        "TITLE": _bulletins,
        "READER": _readers,
    }.get(metavar)
    if ask is None:
        return []
    from giveback.config import places
    from giveback.store import connect

    profile = {"GIVEBACK_PROFILE": place.profile} if place.profile else {}
    connection = connect.read(places({**os.environ, **profile}).store, migrate=False)
    if connection is None:
        return []
    try:
        return ask(connection, place, current)
    finally:
        connection.close()


def _names(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import names_beginning

    del place
    rows = names_beginning(connection, fold(current), LIMIT)
    return [
        Candidate(name, " · ".join(part for part in (nickname, company) if part)) for _, name, nickname, company in rows
    ]


def _contact(connection: sqlite3.Connection, place: Place) -> int | None:
    """The contact named earlier on the line, if it can be but one."""
    from giveback.store.questions.completion import names_beginning
    from giveback.store.questions.contacts import names_exactly

    metavars = [metavar for metavar, _ in ARGUMENTS.get(place.command, ())]
    if "NAME" not in metavars[: len(place.given)]:
        return None
    key = fold(place.given[metavars.index("NAME")])
    found = [row.id for row in names_exactly(connection, key) if not row.archived]
    found = found or [row[0] for row in names_beginning(connection, key, 2)]
    return found[0] if key and len(found) == 1 else None


def _articles(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import offers_shown, recent_articles, shown_articles

    contact = _contact(connection, place)
    if contact is not None and current.startswith("id:"):
        recent = recent_articles(connection, current.removeprefix("id:"), RECENT)
        return [Candidate(f"id:{number}", title) for number, title in recent]
    rows = [] if contact is None else shown_articles(connection, contact)
    if place.command == "give":
        rows = sorted([*rows, *(offers_shown(connection, contact) if contact is not None else ())])
    if not rows and (not current or current.isdigit()):
        rows = recent_articles(connection, current, RECENT)
    found = beginning([Candidate(str(number), title) for number, title in rows], current)
    return found + (_assets(connection, place, current) if place.command == "give" and current else [])


def _feeds(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    """Numbers, until an address is begun, with or without its scheme."""
    from giveback.store.questions.completion import feeds

    del place
    rows = feeds(connection)
    if not current or current.isdigit():
        return beginning([Candidate(str(number), title or url) for number, url, title in rows], current)
    start = current.casefold()
    ways = ("", "http://", "https://", "http://www.", "https://www.")
    return [Candidate(url, title) for _, url, title in rows if url.startswith(tuple(way + start for way in ways))]


def _phrases(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import phrases

    contact = _contact(connection, place)
    dash = "-" if place.command == "interests" and not place.option else ""
    if contact is None or not current.startswith(dash) or not (dash or place.command == "give"):
        return []
    start = fold(current.removeprefix(dash))
    rows = [row for row in phrases(connection, contact) if fold(row[0]).startswith(start)]
    return [Candidate(f"{dash}{phrase}", "avoided" if avoid else "") for phrase, avoid in rows]


def _topics(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import topics

    del place
    return beginning([Candidate(name, words) for name, words in topics(connection)], current)


def _targets(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import targets

    del place
    start = fold(current)
    rows = [
        row
        for row in targets(connection)
        if any(word.startswith(start) for word in (fold(row[0]), *fold(row[0]).split()))
    ]
    return [Candidate(name, state) for name, state in rows]


def _circles(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.circles import circles

    del place
    return beginning([Candidate(row.name, row.gift) for row in circles(connection)], current)


def _assets(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import assets

    del place
    return beginning([Candidate(title, kind) for title, kind in assets(connection)], current)


def _issues(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import issues

    del place
    return beginning([Candidate(str(number), title) for number, title in issues(connection)], current)


def _bulletins(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    from giveback.store.questions.completion import bulletins

    if not place.command.startswith("bulletin "):
        return []
    return beginning([Candidate(title, topic) for title, topic in bulletins(connection)], current)


def _readers(connection: sqlite3.Connection, place: Place, current: str) -> list[Candidate]:
    """+NAME, -NAME, +@CIRCLE."""
    from giveback.store.questions.circles import circles

    sign, said = current[:1], current[1:]
    if sign not in ("+", "-"):
        return []
    if said.startswith("@"):
        known = dict.fromkeys([*(row.key for row in circles(connection)), "helped", "helpers", "interested"])
        return beginning([Candidate(f"{sign}@{name}") for name in known], current)
    return [each._replace(value=f"{sign}{each.value}") for each in _names(connection, place, said)]
