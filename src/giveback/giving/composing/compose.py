"""Which variant of a note is taken, so that nobody reads the same opening twice in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.giving.composing.rendering import renderer
from giveback.giving.composing.sources import used, variants
from giveback.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.giving.composing.notes import Note, NoteFacts

OPENING_WORDS = 4
"""By so many words at the beginning a reader notices that a note begins like the last one."""


def compose(channel: str, facts: NoteFacts, earlier: Sequence[str] = (), folder: str = "", turn: int = 0) -> Note:
    """Compose a note for a channel.

    Of the variants, the one whose opening this contact has not read for the longest time is taken.

    Args:
        channel: email, letter, call, in-person, message or social.
        facts: what it may say.
        earlier: notes already sent to this contact, latest first, as they were sent.
        folder: where a user's own templates replace the built-in ones.
        turn: with which variant to begin among those that were never used; any number.

    Raises:
        UsageError: a user's template cannot be used.
    """
    render = renderer(folder)
    notes = [render.note(each, channel, facts) for each in variants(used(channel, facts.occasion, folder))]
    return freshest([each for each in notes if each.body] or notes, earlier, turn)


def freshest(notes: Sequence[Note], earlier: Sequence[str], turn: int = 0) -> Note:
    """The note whose opening was not read for the longest time.

    Args:
        notes: the variants, at least one.
        earlier: notes already sent to this contact, latest first.
        turn: with which to begin among those that were never used.
    """
    openings = [opening(text) for text in earlier]

    def age(place: int) -> tuple[int, int]:
        begins = opening(notes[place].body)
        ago = openings.index(begins) if begins in openings else len(openings)
        return -ago, (place - turn) % len(notes)

    return notes[min(range(len(notes)), key=age)]


def opening(body: str) -> tuple[str, ...]:
    """The first words of a note after its greeting."""
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].rstrip().endswith(","):
        lines = lines[1:]
    return tuple(words(fold(lines[0]))[:OPENING_WORDS]) if lines else ()
