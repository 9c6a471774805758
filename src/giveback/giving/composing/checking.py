"""Checking templates: every note of every one, on sample facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.giving.composing.compose import opening
from giveback.giving.composing.notes import Note, NoteFacts
from giveback.giving.composing.occasions import OCCASIONS
from giveback.giving.composing.rendering import Renderer, TemplateError, renderer
from giveback.giving.composing.sources import Source, stray, used, variants
from giveback.keeping.exchanges import CHANNELS, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from giveback.giving.composing.sources import Variant

WEARY = "just checking in"
"""What no note says."""


class Fault(NamedTuple):
    """Something that is wrong with a template.

    Attributes:
        place: the file.
        line: the line in it, 0 where that is not known.
        reason: what is wrong.
    """

    place: str
    line: int
    reason: str


class Checked(NamedTuple):
    """What a check found.

    Attributes:
        templates: how many files were looked at.
        notes: how many notes there are in them.
        faults: what must be mended.
        remarks: what is worth a thought.
    """

    templates: int
    notes: int
    faults: list[Fault]
    remarks: list[Fault]


def sample_facts(occasion: str) -> list[NoteFacts]:
    """Facts for each kind of gift: all that can be known, and as little as can be."""
    thanks = "sending me your bread recipe" if occasion == "thank-you" else ""
    met = "meet you at the harbour fair" if occasion == "after-event" else ""
    found = []
    for kind in ("article", "link", *KINDS[1:], ""):
        bare = NoteFacts("Ana", "", "A sample", kind=kind, occasion=occasion, thanks=thanks, met=met)
        if kind == "link":
            bare = bare._replace(title="example.org/sample", url="https://example.org/sample")
        found += [
            bare,
            bare._replace(
                interest="orchids", source="The Sample Post", url="https://example.org/sample", my_name="Kim Berg"
            ),
        ]
    return found


def check(folder: str) -> Checked:
    """Render every note of every template that is in use.

    Args:
        folder: where the user's own templates are.
    """
    faults: list[Fault] = []
    remarks = [Fault(name, 0, "no channel or occasion is called so: it is never used") for name in stray(folder)]
    try:
        render = renderer(folder)
    except UsageError as error:
        return Checked(1, 0, [_fault(error, "words.txt")], remarks)
    seen: dict[tuple[str, str], int] = {}
    for channel in CHANNELS:
        for occasion in OCCASIONS:
            try:
                source = used(channel, occasion, folder)
            except UsageError as error:
                faults.append(_fault(error, f"{channel}.txt"))
                continue
            found = variants(source)
            seen[source.place, source.name] = len(found)
            faults += _faults(render, found, channel, occasion)
            remarks += _remarks(render, found, channel, occasion) if source.path else []
    return Checked(len(seen) + 1, sum(seen.values()), _once(faults), _once(remarks))


def _once(found: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(found))


def _fault(error: UsageError, place: str) -> Fault:
    if isinstance(error, TemplateError):
        return Fault(error.place, error.line, error.reason)
    return Fault(place, 0, error.message)


def _faults(render: Renderer, found: list[Variant], channel: str, occasion: str) -> Iterator[Fault]:
    """The first fault of each variant."""
    for variant in found:
        for facts in sample_facts(occasion):
            fault = _fault_of(render, variant, channel, facts)
            if fault:
                yield fault
                break


def _fault_of(render: Renderer, variant: Variant, channel: str, facts: NoteFacts) -> Fault | None:
    place, line = variant.source.place, first_line(variant)
    try:
        note = render.note(variant, channel, facts)
    except TemplateError as error:
        return _fault(error, place)
    reason = _wrong(note, channel)
    return Fault(place, line, reason) if reason else None


def _wrong(note: Note, channel: str) -> str:
    text = f"{note.subject}\n{note.kept}"
    if not note.body:
        return "the note is empty"
    if channel == "email" and not note.subject:
        return "there is no subject: it is the first line, and the note follows"
    if any(mark in text for mark in ("{{", "}}", "{%", "%}")):
        return "a placeholder is left in the note"
    return f'it says "{WEARY}"' if WEARY in text.lower() else ""


def first_line(variant: Variant) -> int:
    """The line of the file with which a variant begins."""
    lines = variant.text.splitlines()
    return next((number for number, line in enumerate(lines, start=1) if line.strip()), 1)


def _remarks(render: Renderer, found: list[Variant], channel: str, occasion: str) -> Iterator[Fault]:
    try:
        facts = sample_facts(occasion)[1]
        openings = {opening(render.note(variant, channel, facts).body) for variant in found}
    except TemplateError:
        return
    if len(openings) == 1:
        source: Source = found[0].source
        yield Fault(source.place, 0, "all its notes begin alike, so somebody may read the same opening twice in a row")
