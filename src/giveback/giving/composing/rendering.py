"""Templates to notes, in a sandbox that lets a template do nothing but speak."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.giving.composing.notes import SPOKEN_END, Note
from giveback.giving.composing.sources import phrases
from giveback.giving.composing.wording import addressed
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

    from giveback.giving.composing.notes import NoteFacts
    from giveback.giving.composing.sources import Source, Variant

SUBJECT_LIMIT = 150


class TemplateError(UsageError):
    """A template that cannot be used.

    Attributes:
        place: the file.
        line: the line in it, 0 where that is not known.
        reason: why.
    """

    def __init__(self, place: str, line: int, reason: str) -> None:
        where = f"{place}, line {line}" if line else place
        super().__init__(
            f"the template {where} cannot be used: {reason}",
            "mend it, or move it away; `giveback templates check` looks at all of them",
        )
        self.place, self.line, self.reason = place, line, reason


class Renderer(NamedTuple):
    """Renders templates with the phrases of one folder.

    Attributes:
        environment: the sandbox.
        source: where the phrases are.
        words: the phrases, compiled.
        compiled: variants by place and text, once they are compiled.
    """

    environment: SandboxedEnvironment
    source: Source
    words: Template
    compiled: dict[tuple[str, str], Template]

    def note(self, variant: Variant, channel: str, facts: NoteFacts) -> Note:
        """Render one variant.

        Args:
            variant: which.
            channel: how it is given; an e-mail begins with its subject, a call ends with an e-mail.
            facts: what it may say.

        Raises:
            TemplateError: the template cannot be used.
        """
        values = {**facts._asdict(), "interest": addressed(facts.interest).rstrip(" .,;:!?")}
        with blaming(self.source, variant.source):
            words = self.words.make_module(values)
        with blaming(variant.source, self.source):
            return parsed(self._template(variant).render({**values, "words": words}), channel)

    def _template(self, variant: Variant) -> Template:
        key = (variant.source.place, variant.text)
        if key not in self.compiled:
            self.compiled[key] = compiled(self.environment, variant.source, variant.text)
        return self.compiled[key]


def renderer(folder: str) -> Renderer:
    """A renderer that takes the phrases from a folder, where they are.

    Raises:
        TemplateError: the user's phrases cannot be used.
        UsageError: they cannot be read.
    """
    environment = sandbox(trimmed=True)
    source = phrases(folder)
    with blaming(source):
        return Renderer(environment, source, compiled(environment, source, source.text), {})


def sandbox(*, trimmed: bool) -> SandboxedEnvironment:
    """Where templates of users run: they can do nothing but speak, and an unknown variable is an error.

    Args:
        trimmed: a line that holds a statement alone leaves no empty line.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # Notes are plain text; what goes into HTML is escaped where the HTML is made.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=trimmed, lstrip_blocks=trimmed
    )


def compiled(environment: SandboxedEnvironment, source: Source, text: str) -> Template:
    """A template that knows its file, so that tracebacks do."""
    code = environment.compile(text, source.name, source.place)
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


@contextmanager
def blaming(*sources: Source) -> Iterator[None]:
    """Whatever goes wrong inside is the fault of a template, by default of the first.

    A template is a small program of the user's: beside Jinja's own errors it can divide by zero, or call
    something with the wrong arguments.
    """
    try:
        yield
    except Exception as error:
        place, line = _where(error, [source.place for source in sources])
        raise TemplateError(place, line, clean_line(str(error) or type(error).__name__, 200)) from error


def _where(error: Exception, places: Sequence[str]) -> tuple[str, int]:
    """File and line of a template in which an error arose; Jinja puts its own lines into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in places]
    if frames:
        return frames[-1].filename, frames[-1].lineno or 0
    return places[0], int(getattr(error, "lineno", 0) or 0)


def parsed(text: str, channel: str) -> Note:
    """Read a note from a text.

    Args:
        text: an e-mail begins with its subject; on a call, what is said ends at a line of three plus signs, and
            the e-mail to send afterwards follows.
        channel: how it is given.
    """
    lines = text.strip().splitlines()
    if channel == "email":
        return Note(*_mail(lines))
    at = next((number for number, line in enumerate(lines) if line.strip() == SPOKEN_END), len(lines))
    after = _mail(lines[at + 1 :]) if channel == "call" else ("", "")
    return Note("", clean_text("\n".join(lines[:at])).strip(), after)


def _mail(lines: Sequence[str]) -> tuple[str, str]:
    """Subject and body: the first line that is not empty, and what comes after it."""
    subject, newline, body = "\n".join(lines).strip().partition("\n")
    if not newline:
        return "", clean_text(subject).strip()
    return clean_line(subject, SUBJECT_LIMIT), clean_text(body).strip()
