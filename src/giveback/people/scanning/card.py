"""A photo of a card becomes what it says: by its QR code if it has one, else by its letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.people.scanning.codes import facts_of, payloads
from giveback.people.scanning.facts import CardFacts, facts_of_lines
from giveback.people.scanning.letters import lines
from giveback.people.scanning.pictures import photo

if TYPE_CHECKING:
    from PIL.Image import Image

TURNS = (0, 180, 90, 270)
"""Degrees by which a photo may lie on its side without saying so, the likeliest first."""


def read_card(path: str) -> CardFacts:
    """What a photo of a card says.

    Args:
        path: a picture.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it is no picture or no card, or its letters cannot be read without Tesseract.
    """
    picture = photo(path)
    found = [facts for payload in payloads(picture) if (facts := facts_of(payload)) is not None]
    whole = next((facts for facts in found if facts.name), None)
    if whole is not None:
        return whole
    for turn in TURNS:
        by_letters = _by_letters(picture.rotate(turn, expand=True), path, found)
        if by_letters.convincing:
            return by_letters
    raise UsageError(f"nothing on {path} reads like a card", "take it closer and flat, or type the name")


def _by_letters(picture: Image, path: str, codes: list[CardFacts]) -> CardFacts:
    """The letters, with the address of a page that a code holds."""
    facts = facts_of_lines(lines(picture, path))
    urls = tuple(dict.fromkeys((*facts.urls, *(url for code in codes for url in code.urls))))
    return facts._replace(urls=urls)
