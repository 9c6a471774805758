"""What is written when something is asked: specific (who, what, by when), short, and easy to say no to."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from giveback.giving.composing.compose import freshest
from giveback.giving.composing.sources import Source, own, variants
from giveback.giving.composing.wording import first_name
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from jinja2.sandbox import SandboxedEnvironment

    from giveback.asking.grounds import Ground
    from giveback.giving.composing.notes import Note
    from giveback.giving.composing.sources import Variant
    from giveback.store.questions.contacts import ContactRow

SHORT = ("message", "social", "call", "in-person")
"""Channels whose notes are one paragraph without a subject."""
_QUESTION = re.compile(r"(who|what|when|where|which|why|how|whether|if|to)\b", re.IGNORECASE)
_THEY = {"works": "you work", "worked": "you worked"}


class AskFacts(NamedTuple):
    """What the templates `ask.txt` and `ask-short.txt` may say.

    Attributes:
        first_name: how the contact is addressed.
        topic: a subject: "A question about Shell".
        request: the ask as a sentence: "May I ask you for 15 minutes about the subsurface team?"
        target: what it is about, or "".
        why: why them: "you worked at Shell", or "".
        by: until when: "Friday, 4 December", or "".
        gift_title: what goes along, or "".
        gift_url: its address, or "".
        my_name: who signs, or "".
    """

    first_name: str
    topic: str
    request: str
    target: str = ""
    why: str = ""
    by: str = ""
    gift_title: str = ""
    gift_url: str = ""
    my_name: str = ""


class IntroductionFacts(NamedTuple):
    """What the templates of introductions may say; of each person the name, and what they do where.

    Attributes:
        first_name: how the one who is written to is addressed, or the first of both.
        name: that person's full name.
        self_about: what they do: "reservoir engineer at BP", or "".
        other: the other's full name.
        other_first: how the other is addressed.
        about: what the other does, or "".
        because: why: "because you both build training simulators".
        my_name: who signs, or "".
    """

    first_name: str
    name: str
    self_about: str
    other: str
    other_first: str
    about: str
    because: str
    my_name: str = ""


def ask_facts(
    contact: ContactRow, text: str, *, target: str = "", grounds: list[Ground] | None = None, by: date | None = None,
    gift: tuple[str, str] = ("", ""), my_name: str = "",
) -> AskFacts:  # fmt: skip
    """What a note that asks may say.

    Args:
        contact: who is asked.
        text: what for, as it was typed.
        target: what it is about, or "".
        grounds: why them, as `who` found out.
        by: until when it is wanted.
        gift: title and address of what goes along.
        my_name: who signs.
    """
    topic = f"A question about {target}" if target else "A question for you"
    return AskFacts(
        first_name(contact.name, contact.nickname), topic, request(text), target, _why(grounds or []),
        say_date(by) if by else "", *gift, my_name,
    )  # fmt: skip


def request(text: str) -> str:
    """An ask as a sentence: "who hires engineers" as "May I ask you who hires engineers?"."""
    said = clean_line(text).rstrip(" .")
    if said.endswith("?"):
        return said
    return f"May I ask you {said}?" if _QUESTION.match(said) else f"May I ask you for {said}?"


def _why(grounds: list[Ground]) -> str:
    """Why they are the one to ask, said to them; only what they know themselves."""
    for ground in grounds:
        verb = _THEY.get(ground.kind)
        if verb and not ground.unsure:
            return re.sub(r" until \d+$", "", re.sub(r"^(works|worked)", verb, ground.text))
    return ""


def say_date(day: date) -> str:
    """A day as a letter names it: "Friday, 4 December"."""
    return f"{day:%A}, {day.day} {day:%B}"


def because_said(because: str) -> str:
    """Why two people should meet, said to both: "both build simulators" as "because you both build simulators"."""
    said = clean_line(because).rstrip(" .").removeprefix("because ")
    said = re.sub(r"^(?:they )?both\b", "you both", said)
    return f"because {re.sub(r'^they are', 'you are', said)}"


def about(contact: ContactRow) -> str:
    """What somebody does where: "reservoir engineer at BP"; "" when it is not known."""
    if contact.title and contact.company:
        return f"{contact.title} at {contact.company}"
    return contact.title or (f"at {contact.company}" if contact.company else "")


def introduction_facts(one: ContactRow, other: ContactRow, because: str, my_name: str = "") -> IntroductionFacts:
    """What a note about an introduction may say to `one`; contact points and notes of neither."""
    return IntroductionFacts(
        first_name(one.name, one.nickname), one.name, about(one), other.name,
        first_name(other.name, other.nickname), about(other), because_said(because), my_name,
    )  # fmt: skip


def compose(
    template: str, facts: AskFacts | IntroductionFacts, *, folder: str = "", earlier: Sequence[str] = ()
) -> Note:
    """Compose a note.

    Args:
        template: ask, consent or introduction, with "-short" for channels without a subject.
        facts: what it may say.
        folder: where a user's own `TEMPLATE.txt` replaces the built-in one.
        earlier: notes already sent to the same person, latest first, so that it opens otherwise.

    Raises:
        UsageError: a user's template cannot be used.
    """
    from giveback.giving.composing.rendering import sandbox

    environment = sandbox(trimmed=False)
    channel = "message" if template.endswith("-short") else "email"
    source = own(template, folder) or _built_in(template)
    notes = [_rendered(environment, variant, facts, channel) for variant in variants(source)]
    return freshest(notes, earlier)


def _built_in(template: str) -> Source:
    text = (resources.files("giveback.asking") / "templates" / f"{template}.txt").read_text("utf-8")
    return Source(template, "", text)


def _rendered(
    environment: SandboxedEnvironment, variant: Variant, facts: AskFacts | IntroductionFacts, channel: str
) -> Note:
    from giveback.giving.composing.rendering import blaming, compiled, parsed

    with blaming(variant.source):
        text = compiled(environment, variant.source, variant.text).render(facts._asdict())
    note = parsed(text, channel)
    return note._replace(body=re.sub(r"\n{3,}", "\n\n", note.body))


def template_for(occasion: str, channel: str) -> str:
    """The template of an occasion for a channel: "ask-short" for a message, "ask" for an e-mail."""
    return f"{occasion}-short" if channel in SHORT else occasion
