"""Completion: what could come next on a command line that is not finished.

Shells call `giveback --complete SHELL INDEX WORD...` at a key press, with the words as they were
typed, quotes included, up to the one under the cursor (fish takes the quotes of all but that one
off before). So nothing heavy is imported here, the store is only read, never brought up to date,
and an error is no candidate.

The answer is a line that says what follows, then a candidate a line:
`words`; `menu`, where no beginning is common to the candidates and what was typed, so that nothing
may be inserted for all of them; `files`, where the shell completes a path itself.
"""

from __future__ import annotations

import os
import sys

from giveback.cli.candidates import Candidate, Place, beginning, from_store
from giveback.cli.catalogue import CATALOGUE
from giveback.cli.shellwords import Typed, quoted, split
from giveback.cli.words import ARGUMENTS, OPTIONS, SUBCOMMANDS
from giveback.text import clean_line, fold

WIDTH = 76
VALUE_WIDTH = 32
BASH_BREAKS = " \t\n\"'><=;|&(:"
"""COMP_WORDBREAKS as bash has it by default."""

FILES = frozenset({"FILE", "PATH", "PAGE", "FOLDER"})
FIXED = {
    "CHANNEL": ("email", "letter", "call", "in-person", "message", "social"),
    "SHELL": ("bash", "zsh", "fish"),
    "FORMAT": ("vcf", "csv", "json", "md", "ics", "opml"),
    "VERSION": ("3.0", "4.0"),
    "POLICY": ("us-federal", "de-federal", "none"),
}
CADENCES = ("close", "warm", "weak", "dormant", "never", "3w", "2m", "6m", "1y")
SPANS = ("1d", "7d", "2w", "30d", "3m", "1y")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD = ("today", "tomorrow", *WEEKDAYS, "next monday", "in 1 week", "in 2 weeks", "in 1 month")
PAST = ("today", "yesterday", *WEEKDAYS, "last friday", "3 days ago", "1 week ago")
NOT_NEAR_TODAY = frozenset({"--birthday"})


def main(arguments: list[str]) -> None:
    """Print what could come next; nothing when something is wrong.

    Args:
        arguments: the shell's name, the index of the word under the cursor, and the words.
    """
    try:
        shell, index, *words = arguments
        typed = _typed(shell, words[: int(index) + 1])
        answer = _answer(shell, typed)
        # Not print: it would stumble over what the terminal's encoding lacks.
        sys.stdout.buffer.write("".join(f"{line}\n" for line in answer).encode("utf-8", "replace"))
        sys.stdout.flush()
    except Exception:  # noqa: BLE001 - whatever goes wrong, the user is in the middle of a line
        return


def _typed(shell: str, words: list[str]) -> Typed:
    if shell == "fish":
        return split(words[-1])._replace(words=tuple(words[:-1]))
    return split(" ".join(words), os.environ.get("GIVEBACK_COMP_BREAKS") or BASH_BREAKS)


def _answer(shell: str, typed: Typed) -> list[str]:
    place = _place(typed.words[1:])
    found = _candidates(place, typed.current)
    if found is None:
        return ["files"]
    cleaned = [Candidate(clean_line(value), clean_line(about)) for value, about in found]
    cleaned = list({each.value: each for each in reversed(cleaned)}.values())[::-1]
    if shell == "bash":
        return _for_bash(cleaned, typed, os.environ.get("GIVEBACK_COMP_TYPE", ""))
    return _for_fish(cleaned, typed) if shell == "fish" else _for_zsh(cleaned, typed)


def _place(words: tuple[str, ...]) -> Place:
    """Read what stands before the cursor."""
    place = Place()
    for word in words:
        place = _after(place, word)
    return place


def _after(place: Place, word: str) -> Place:
    if place.option:
        chosen = word if place.option == "--profile" and not place.command else place.profile
        return place._replace(option="", profile=chosen)
    if word.startswith("-") and word != "-" and not place.only_arguments:
        name, equals, value = word.partition("=")
        option = _option(place.command, name)
        if word == "--":
            return place._replace(only_arguments=True)
        if option is not None:
            waiting = name if option[1] and not equals else ""
            profile = value if name == "--profile" and equals else place.profile
            return place._replace(used=(*place.used, name), option=waiting, profile=profile)
        if place.command != "interests":
            return place
    inner = not place.given and any(word == name for name, _ in SUBCOMMANDS.get(place.command, ()))
    if not place.command or _is_group(place.command) or inner:
        return place._replace(command=f"{place.command} {word}".strip(), used=())
    return place._replace(given=(*place.given, word))


def _is_group(command: str) -> bool:
    return command in CATALOGUE and CATALOGUE[command].group


def _option(command: str, name: str) -> tuple[str, str, bool, str] | None:
    return next((option for option in OPTIONS.get(command, ()) if name in option[0].split()), None)


def _candidates(place: Place, current: str) -> list[Candidate] | None:
    """What could stand under the cursor; None where it is a file."""
    if place.option:
        return _values(place, place.option, current)
    dashed = current.startswith("-") and not place.only_arguments
    name, equals, value = current.partition("=")
    if dashed and equals and _option(place.command, name):
        found = _values(place, name, value)
        return found and [Candidate(f"{name}={each.value}", each.about) for each in found]
    options = _options(place, current) if dashed else []
    if not place.command:
        return options or beginning([Candidate(name, entry.summary) for name, entry in CATALOGUE.items()], current)
    if _is_group(place.command):
        return options or _subcommands(place.command, current)
    metavar = _argument(place)
    if not dashed and not place.given and place.command in SUBCOMMANDS:
        options = _subcommands(place.command, current)
    if not dashed or metavar in ("PHRASE", "READER"):
        found = _meant(metavar, place, current)
        return None if found is None else found + options
    return options


def _argument(place: Place) -> str:
    """What stands for the argument under the cursor, "" when there is none."""
    arguments = ARGUMENTS.get(place.command, ())
    if len(place.given) < len(arguments):
        return arguments[len(place.given)][0]
    return arguments[-1][0] if arguments and arguments[-1][1] else ""


def _options(place: Place, current: str) -> list[Candidate]:
    found = []
    for names, _, repeats, about in OPTIONS.get(place.command, ()):
        if repeats or not set(names.split()) & set(place.used):
            found += [Candidate(name, about) for name in names.split()]
    return beginning(found, current)


def _subcommands(group: str, current: str) -> list[Candidate]:
    return beginning([Candidate(name, summary) for name, summary in SUBCOMMANDS.get(group, ())], current)


def _values(place: Place, option: str, current: str) -> list[Candidate] | None:
    """What could be the value of an option."""
    if option == "--profile":
        return _profiles(current)
    if option in NOT_NEAR_TODAY:
        return []
    known = _option(place.command, option)
    metavar = known[1] if known else ""
    if metavar == "SPAN":
        return beginning(map(Candidate, CADENCES if option == "--every" else SPANS), current)
    return _meant(metavar, place, current)


def _meant(metavar: str, place: Place, current: str) -> list[Candidate] | None:
    """What a metavar stands for."""
    if metavar in FILES or (metavar == "URL" and place.command == "feed add"):
        return None
    if metavar == "DATE":
        return beginning(map(Candidate, PAST if place.command == "log" else AHEAD), current)
    if metavar == "KEY":
        from giveback.config import SETTINGS

        return beginning([Candidate(key, setting.help) for key, setting in SETTINGS.items()], current)
    if "|" in metavar:
        return beginning(map(Candidate, metavar.strip("[]{}()").split("|")), current)
    fixed = _starters() if metavar == "TOPIC" and place.command == "feed starters" else FIXED.get(metavar)
    if fixed:
        return beginning(map(Candidate, fixed), current)
    return from_store(metavar, place, current)


def _profiles(current: str) -> list[Candidate]:
    from giveback.config import places

    files = os.listdir(os.path.dirname(places({**os.environ, "GIVEBACK_PROFILE": ""}).store))
    names = [file[len("giveback-") : -len(".db")] for file in files if file.startswith("giveback-")]
    return beginning([Candidate(name) for name in sorted(names) if f"giveback-{name}.db" in files], current)


def _starters() -> tuple[str, ...]:
    from giveback.reading.starters import topics

    return tuple(topics())


def _kind(candidates: list[Candidate], typed: Typed) -> str:
    """Whether shells may insert what the candidates have in common in the place of what was typed."""
    common = os.path.commonprefix([each.value for each in candidates])  # noqa: RUF071 - no paths: characters are meant
    return "words" if fold(common).startswith(fold(typed.current)) else "menu"


def _shortened(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _for_bash(candidates: list[Candidate], typed: Typed, kind: str) -> list[str]:
    """Bash inserts what it gets, in the place of what comes behind `typed.kept`.

    COMP_TYPE says what it is for: 63 lists only, 33 and 64 list and insert the common beginning,
    others list nothing. Titles go beside numbers where there is a list, and nothing that could be
    inserted with them.
    """
    fitting = [each for each in candidates if each.value.startswith(typed.kept)]
    if len(fitting) > 1 and kind == "63":
        return ["words", *[_titled(each, each.value) for each in fitting]]
    words = [quoted(each.value[len(typed.kept) :], typed.quote) for each in fitting]
    if len(fitting) > 1 and kind in {"33", "64"}:
        words = [_titled(each, word) for each, word in zip(fitting, words, strict=True)]
    # Readline leaves the line alone when the candidates have no common beginning: an empty one has none.
    lone = [""] if len(fitting) > 1 and _kind(fitting, typed) == "menu" else []
    return ["words", *words, *lone]


def _titled(candidate: Candidate, word: str) -> str:
    return _shortened(f"{word}  {candidate.about}") if candidate.value.isdigit() else word


def _for_zsh(candidates: list[Candidate], typed: Typed) -> list[str]:
    """A candidate, a tab, and how the list shows it; zsh quotes by itself."""
    width = max([len(each.value) for each in candidates if len(each.value) <= VALUE_WIDTH], default=0)
    lines = []
    for each in candidates:
        shown = _shortened(f"{each.value.ljust(width)}  {each.about}") if each.about else each.value
        lines.append(f"{each.value}\t{shown}")
    return [_kind(candidates, typed), *lines]


def _for_fish(candidates: list[Candidate], typed: Typed) -> list[str]:
    """A candidate, a tab, and its description; fish quotes by itself.

    It drops candidates that do not hold what was typed. A name typed without its accents gets a
    candidate without accents, which answers to the same contact.
    """
    lines = []
    for value, about in candidates:
        if typed.current.casefold() in value.casefold():
            lines.append(f"{value}\t{_shortened(about)}")
        else:
            lines.append(f"{fold(value)}\t{_shortened(value)}")
    return ["words", *lines]
