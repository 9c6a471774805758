"""The casual note that goes with a gift, composed from templates that users may replace."""

from __future__ import annotations

import os
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.text import clean_line, clean_text, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

# What stands before a first name and is not one.
_HONORIFICS = frozenset(
    ["dr", "prof", "professor", "mr", "mrs", "ms", "mx", "sir", "dame", "herr", "frau", "pan", "pani"]
)
SEPARATOR = "---"


_TO_YOU = {
    "my": "your", "mine": "yours", "our": "your", "ours": "yours", "me": "you", "us": "you", "we": "you",
    "i": "you", "myself": "yourself", "ourselves": "yourselves", "am": "are", "i'm": "you're",
}  # fmt: skip


def addressed(phrase: str) -> str:
    """A phrase in the contact's own words, said to them: "orchids on my sill" becomes "orchids on your sill"."""
    return " ".join(_TO_YOU.get(word.lower(), word) for word in phrase.split())


class NoteFacts(NamedTuple):
    """What a note may say; nothing else is known, so nothing else can be claimed.

    Attributes:
        first_name: how the contact is addressed.
        interest: the phrase in the contact's own words, or "".
        title: of the article, or the name of the gift.
        source: where it appeared, or "".
        url: its address, or "".
        my_name: who signs, or "".
    """

    first_name: str
    interest: str
    title: str
    source: str = ""
    url: str = ""
    my_name: str = ""


class Note(NamedTuple):
    """A composed note; `subject` is "" for channels that have none."""

    subject: str
    body: str


def first_name(name: str, nickname: str = "") -> str:
    """How to address somebody: the nickname, else the first word of the name that is no title."""
    if nickname:
        return nickname
    words = name.split()
    return next((word for word in words if fold(word).rstrip(".") not in _HONORIFICS), name)


def compose(channel: str, facts: NoteFacts, earlier: Sequence[str] = (), folder: str = "") -> Note:
    """Compose a note for a channel.

    Args:
        channel: email, letter, call, in-person, message or social.
        facts: what it may say.
        earlier: notes already sent to this contact, latest first; the opening of the latest is not repeated.
        folder: where a user's own `CHANNEL.txt` replaces the built-in one.

    Raises:
        UsageError: a user's template cannot be read.
    """
    notes = [_rendered(variant, channel, facts, folder) for variant in _variants(channel, folder)]
    last = _opening(earlier[0]) if earlier else ""
    fresh = [note for note in notes if _opening(note.body) != last] or notes
    return fresh[len(earlier) % len(fresh)]


def _variants(channel: str, folder: str) -> list[str]:
    own = os.path.join(folder, f"{channel}.txt")
    if folder and os.path.exists(own):
        with open(own, encoding="utf-8") as file:
            text = file.read()
    else:
        text = (resources.files("giveback.giving") / "templates" / f"{channel}.txt").read_text("utf-8")
    variants: list[str] = []
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() == SEPARATOR:
            variants.append("\n".join(lines))
            lines = []
        else:
            lines.append(line)
    return [*variants, "\n".join(lines)]


def _rendered(variant: str, channel: str, facts: NoteFacts, folder: str) -> Note:
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        text = (
            environment.from_string(variant).render({**facts._asdict(), "interest": addressed(facts.interest)}).strip()
        )
    except TemplateError as error:
        place = os.path.join(folder, f"{channel}.txt")
        raise UsageError(f"the template {place} cannot be used: {error}", "mend it, or move it away") from error
    subject, body = text.split("\n", 1) if channel == "email" and "\n" in text else ("", text)
    return Note(clean_line(subject, 150), clean_text(body).strip())


def _opening(body: str) -> str:
    """The first words after the greeting, by which a reader would notice a repetition."""
    lines = [line for line in body.splitlines() if line.strip() and not line.rstrip().endswith(",")]
    return fold(lines[0])[:24] if lines else ""
