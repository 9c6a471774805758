"""People: add-contact, contacts, show, archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Avoids, DryRun, Json, Name, family, here, note, questions, refresh, who, whom, would
from giveback.cli.panels import grouped

if TYPE_CHECKING:
    from giveback.cli.common import Here
    from giveback.people.contacts import ContactForm

app = family()

Phrases = Annotated[list[str] | None, typer.Option(metavar="PHRASE", help="Something they care about; repeat it.")]
Every = Annotated[
    str, typer.Option(metavar="SPAN", help="How often to be in touch: 3w, 2m, close, warm, weak, dormant, never.")
]


GROUPS = grouped(
    Who_they_are=("--company", "--title", "--town", "--nickname", "--birthday", "--notes"),
    What_they_care_about=("--interest", "--avoid"),
    How_you_know_them=("--every", "--met-at", "--met-on"),
    How_they_are_reached=("--email", "--phone", "--address", "--blog", "--url", "--handle"),
)


@app.command("add-contact", cls=GROUPS)
def add_contact(
    name: Annotated[str, typer.Argument(metavar="TEXT", help="The full name.")],
    email: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="An e-mail address; repeat it.")] = None,
    phone: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="A phone number; repeat it.")] = None,
    company: Annotated[str, typer.Option(metavar="TEXT", help="Where they work.")] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="What they do there.")] = "",
    town: Annotated[str, typer.Option(metavar="TEXT", help="Where they live.")] = "",
    interest: Phrases = None,
    avoid: Avoids = None,
    every: Every = "",
    nickname: Annotated[str, typer.Option(metavar="TEXT", help="What friends say; names resolve by it too.")] = "",
    met_at: Annotated[str, typer.Option(metavar="TEXT", help="Where or how you met.")] = "",
    met_on: Annotated[str, typer.Option(metavar="DATE", help="When you met: 2024-11-27, yesterday.")] = "",
    birthday: Annotated[str, typer.Option(metavar="DATE", help="1980-03-14, or 14 Mar.")] = "",
    address: Annotated[str, typer.Option(metavar="TEXT", help="Where letters go.")] = "",
    blog: Annotated[str, typer.Option(metavar="TEXT", help="The address of their blog.")] = "",
    url: Annotated[str, typer.Option(metavar="TEXT", help="Another page of theirs.")] = "",
    handle: Annotated[str, typer.Option(metavar="TEXT", help="A name on a network or messenger.")] = "",
    notes: Annotated[str, typer.Option(metavar="TEXT", help="Anything else.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Add even when somebody of that name is there.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Add a contact with what they care about.

    Example: giveback add-contact "Ana Ruiz" --email ana@example.com --interest "bass fishing" --every 3w
    """
    from giveback.people.contacts import ContactForm

    several = {"email": email, "phone": phone}
    single = {"address": address, "blog": blog, "url": url, "handle": handle}
    points = [(kind, value) for kind, values in several.items() for value in values or ()]
    points += [(kind, value) for kind, value in single.items() if value]
    form = ContactForm(
        name, nickname, company, title, town, every, met_at, birthday, notes,
        tuple(points), tuple(interest or ()), tuple(avoid or ()),
    )  # fmt: skip
    _add(here(), form, met_on, force=force, dry_run=dry_run)


def _add(at: Here, form: ContactForm, met_on: str, *, force: bool, dry_run: bool) -> None:
    from giveback.config import usual_cadence
    from giveback.dates import say_span
    from giveback.people.contacts import add, number_of
    from giveback.people.meeting import note_met_on
    from giveback.store.changes import change

    if not force:
        _refuse_twin(at, form)
    with change(at.store, at.now, f"add-contact {form.name}", dry_run=dry_run) as session:
        contact = add(session, form, at.now.today, usual_cadence(at.places))
        if met_on:
            note_met_on(session, number_of(contact), met_on, at.now.today)
        rhythm = f"every {say_span(contact.cadence_days)}" if contact.cadence_days else "no cadence"
        parts = [contact.name, contact.company, ", ".join(form.interests), rhythm]
    would(dry_run, "added " + " · ".join(part for part in parts if part))
    if not dry_run:
        refresh(at)


def _refuse_twin(at: Here, form: ContactForm) -> None:
    """Somebody with the same full name is more often the same person than not."""
    from giveback.errors import AmbiguousError
    from giveback.store.questions.contacts import names_exactly
    from giveback.text import fold

    connection = questions(at)
    if connection is None:
        return
    key = fold(form.name)
    same = [row for row in names_exactly(connection, key) if row.name_key == key]
    connection.close()
    if same:
        raise AmbiguousError(
            f"there is a contact named {same[0].name} already",
            f'`giveback edit "{same[0].name}"` changes it; --force adds another',
        )


@app.command("contacts")
def contacts(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Text in name, company, title, town, interest.")] = "",
    archived: Annotated[bool, typer.Option("--archived", help="Those who were put away.")] = False,
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many; 0 for all.")] = 0,
    json: Json = False,
) -> None:
    """List contacts.

    Example: giveback contacts shell
    """
    from giveback.store.questions.contacts import listed
    from giveback.text import fold

    at = here()
    connection = questions(at)
    rows = listed(connection, fold(query), archived=archived, limit=limit or -1) if connection else []
    if json:
        from giveback.output import records
        from giveback.store.questions.contacts import interests, points

        assert connection is not None or not rows
        records.show(
            [
                records.contact(row, interests(connection, row.id), points(connection, row.id))  # type: ignore[arg-type]  # rows need a store
                for row in rows
            ]
        )
        return
    if not rows:
        note("no contact matches" if query else "no contacts yet: giveback add-contact NAME")
        return
    from giveback.cli.views import contacts_table
    from giveback.output.table import show as show_table

    show_table(contacts_table(rows, at.now.today))


@app.command("show")
def show(name: Name, json: Json = False) -> None:
    """Everything about one contact.

    Example: giveback show ana
    """
    from giveback.cli.limiting import limits_facts, limits_record
    from giveback.keeping.followups import reasons_for
    from giveback.output import records
    from giveback.store.questions import contacts as ask
    from giveback.store.questions.exchanges import history

    at = here()
    connection = questions(at)
    number = whom(connection, name).id
    assert connection is not None
    row, interests, points = (
        ask.one(connection, number),
        ask.interests(connection, number),
        ask.points(connection, number),
    )
    reasons = reasons_for(connection, number, at.now.today)
    if json:
        due = [{"kind": reason.kind, "text": reason.text or None, "due": reason.due.isoformat()} for reason in reasons]
        were = [{"uuid": was.uuid, "name": was.name, "on": was.merged_on} for was in ask.merged(connection, number)]
        more_said = {"reasons": due, "merged": were, **limits_record(connection, number)}
        records.show({**records.contact(row, interests, points), **more_said})
        return
    from giveback.cli.views import contact_tables
    from giveback.output.table import show as show_table

    more = limits_facts(connection, number)
    show_table(*contact_tables(row, interests, points, reasons, history(connection, number, 5), at.now.today, more))


@app.command("archive")
def archive(
    name: Name,
    back: Annotated[bool, typer.Option("--back", help="Bring an archived contact back.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Put a contact away without losing anything.

    Example: giveback archive ana
    """
    from giveback.people.contacts import get
    from giveback.store.changes import change

    at = here()
    row = who(at, name)
    with change(at.store, at.now, f"archive {row.name}", dry_run=dry_run) as session:
        get(session, row.id).archived_at = None if back else at.now.at
    would(dry_run, f"{row.name} is back" if back else f"archived {row.name}")
