"""Meeting people: met."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Avoids, DryRun, Here, ahead, family, here, note, questions, refresh, would
from giveback.cli.panels import grouped
from giveback.cli.people import Every, Phrases
from giveback.errors import UsageError

if TYPE_CHECKING:
    from giveback.asking.meeting import Meeting
    from giveback.people.contacts import ContactForm
    from giveback.store.questions.contacts import NameRow

app = family()


GROUPS = grouped(
    The_meeting=("--at", "--on", "--promise", "--card"),
    Who_they_are=("--company", "--title", "--town", "--email", "--phone", "--every", "--new"),
    What_they_care_about=("--interest", "--avoid"),
)


@app.command("met", cls=GROUPS)
def met(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Whom; may be left out with --card.")] = "",
    at_event: Annotated[str, typer.Option("--at", metavar="EVENT", help="Where.")] = "",
    interest: Phrases = None,
    avoid: Avoids = None,
    promise: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="What you promised, due in two days; repeat it.")
    ] = None,
    card: Annotated[str, typer.Option(metavar="FILE", help="A photo of their card, or of a QR code.")] = "",
    email: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="An e-mail address; repeat it.")] = None,
    phone: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="A phone number; repeat it.")] = None,
    company: Annotated[str, typer.Option(metavar="TEXT", help="Where they work.")] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="What they do there.")] = "",
    town: Annotated[str, typer.Option(metavar="TEXT", help="Where they live.")] = "",
    every: Every = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 3 Mar.")] = "today",
    new: Annotated[bool, typer.Option("--new", help="Somebody new, though the name is known.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Capture somebody you met: the person, what interests them, what you promised.

    Of somebody who is a contact already, the meeting is logged and what is new is added. On a terminal
    it asks for what is missing; Enter leaves it out.

    Example: giveback met "Ana Ruiz" --at "Rice Alumni mixer" --interest jazz --promise "the jazz article"
    """
    from giveback.asking.meeting import Meeting, event_of, known
    from giveback.dates import parse_day
    from giveback.people.contacts import ContactForm
    from giveback.text import clean_line

    at = here()
    points = [("email", value) for value in email or ()] + [("phone", value) for value in phone or ()]
    form = ContactForm(
        clean_line(name), "", company, title, town, every, clean_line(at_event), points=tuple(points),
        interests=tuple(interest or ()), avoid=tuple(avoid or ()),
    )  # fmt: skip
    form = _with_card(form, card) if card else form
    promises = tuple(promise or ())
    if sys.stdin.isatty() and sys.stderr.isatty():
        form, promises = _asked(form, promises)
    _require_name(form)
    day = parse_day(on, at.now.today, past=True)
    connection = questions(at)
    row = None if new else known(connection, form.name)
    meeting = Meeting(form, day, promises, event_of(connection, form.met_at, day))
    _tell_of_likeness(at, form.name, row)
    _keep(at, meeting, row, dry_run=dry_run)


def _with_card(form: ContactForm, path: str) -> ContactForm:
    from giveback.asking.meeting import with_card
    from giveback.people.scanning.card import read_card

    facts = read_card(path)
    said = (facts.name, facts.title, facts.company, *facts.emails, *facts.phones, *facts.urls, facts.address)
    note("the card says: " + " · ".join(part for part in said if part))
    return with_card(form, facts)


def _asked(form: ContactForm, promises: tuple[str, ...]) -> tuple[ContactForm, tuple[str, ...]]:
    """Ask for what is missing, on a terminal."""
    if not form.name:
        form = form._replace(name=_answer("Name"))
        _require_name(form)
    if not form.met_at:
        form = form._replace(met_at=_answer("Where did you meet"))
    if not form.interests:
        said = _answer("What do they care about (several with ;)")
        form = form._replace(interests=tuple(part.strip() for part in said.split(";") if part.strip()))
    if not any(kind == "email" for kind, _ in form.points) and (said := _answer("E-mail address")):
        form = form._replace(points=(*form.points, ("email", said)))
    if not promises and (said := _answer("What did you promise")):
        promises = (said,)
    return form, promises


def _require_name(form: ContactForm) -> None:
    if not form.name:
        raise UsageError("it is not said whom you met", "giveback met NAME --at EVENT, or --card FILE")


def _answer(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip()


def _tell_of_likeness(at: Here, name: str, row: NameRow | None) -> None:
    """A new name that is much like a known one may be the same person, and the user should know."""
    from giveback.store.questions.contacts import names_holding
    from giveback.text import fold

    connection = questions(at)
    if row is not None or connection is None or not fold(name):
        return
    like = [other.name for other in names_holding(connection, fold(name), 3)]
    if like:
        note(
            f"{name} is added beside {' and '.join(like)}: `giveback undo`, and the full name, if it is the same person"
        )


def _keep(at: Here, meeting: Meeting, row: NameRow | None, *, dry_run: bool) -> None:
    from datetime import timedelta

    from giveback.asking.meeting import PROMISE_DAYS
    from giveback.asking.meeting import met as keep
    from giveback.cli.common import close_questions
    from giveback.config import usual_cadence
    from giveback.store.changes import change

    close_questions()
    form, today = meeting.form, at.now.today
    with change(at.store, at.now, f"met {form.name}", dry_run=dry_run) as session:
        contact = keep(session, meeting, row.id if row else None, today, usual_cadence(at.places))
        parts = [
            f"met {contact.name} again" if row else f"met {contact.name}",
            contact.company,
            f"at {form.met_at}" if form.met_at else "",
            ", ".join(form.interests),
        ]
    due = ahead(today + timedelta(PROMISE_DAYS), today)
    parts += [f"promised {promise}, due {due}" for promise in meeting.promises]
    would(dry_run, " · ".join(part for part in parts if part))
    if not dry_run:
        refresh(at)
