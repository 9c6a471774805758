"""Feeds to begin with: well-known public ones by topic. Only a list; nothing is fetched."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from giveback.text import fold, words


class Starter(NamedTuple):
    """A feed that anybody may read.

    Attributes:
        topic: what it is about, in a word.
        name: who publishes it, and what.
        url: its address.
        language: an ISO 639 code.
    """

    topic: str
    name: str
    url: str
    language: str


def topics() -> list[str]:
    """The topics that there are feeds for, in alphabetical order."""
    return sorted(_words_of_topics())


def starters() -> list[Starter]:
    """Every feed, by topic, the institutions first."""
    return [Starter(*line.split("\t")) for line in _lines() if not line.startswith("= ")]


def for_topic(said: str) -> list[Starter]:
    """Feeds for a topic or an interest.

    Args:
        said: a topic ("energy"), a word that belongs to one ("lng"), or a phrase that holds some
            ("bass fishing in Texas").

    Returns:
        The feeds of the topics that are meant, those with the most words in common first; [] when none is.
    """
    wanted = _forms(said)
    if not wanted:
        return []
    common = {topic: len(wanted & meant) + (topic in wanted) for topic, meant in _words_of_topics().items()}
    found = sorted((topic for topic, count in common.items() if count), key=lambda topic: -common[topic])
    best = [topic for topic in found if common[topic] == common[found[0]]]
    return [starter for topic in best for starter in starters() if starter.topic == topic]


@cache
def _words_of_topics() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _lines():
        if line.startswith("= "):
            topic, _, meant = line[2:].partition("\t")
            found[topic] = frozenset(form for phrase in (topic, *meant.split(", ")) for form in _forms(phrase))
    return found


def _forms(said: str) -> set[str]:
    """The words of a phrase, without the s of a plural, and the phrase itself."""
    singular = [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words(said)]  # noqa: PLR2004 - "gas" is no plural
    return {*singular, fold(said)} - _SMALL


_SMALL = frozenset({"", "and", "or", "the", "of", "in", "for", "a", "on", "to", "with", "new", "public", "personal"})


@cache
def _lines() -> list[str]:
    from importlib.resources import files

    text = (files("giveback.reading.data") / "starters.tsv").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
