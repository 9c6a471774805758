"""People: edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Name, editor, family, here, questions, refresh, say, who, would
from giveback.cli.limiting import Allergy, Cap, Food, NoAllergy, Policy, YearCap, apply_limits, edits_of
from giveback.cli.panels import grouped
from giveback.errors import GivebackError, UsageError

if TYPE_CHECKING:
    from giveback.cli.common import Here
    from giveback.giving.limits import LimitEdits
    from giveback.people.editing import Edits
    from giveback.people.forms import Form
    from giveback.store.questions.contacts import NameRow

app = family()

Field = Annotated[str | None, typer.Option(metavar="TEXT", help='Set it; "" empties it.')]
More = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Add one; repeat it.")]
Less = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Take one away; repeat it.")]


GROUPS = grouped(
    Who_they_are=("--name", "--nickname", "--company", "--title", "--town", "--former", "--birthday", "--notes"),
    How_you_know_them=("--every", "--met-at", "--met-on"),
    How_they_are_reached=(
        *("--email", "--phone", "--address", "--url", "--blog", "--handle"),
        *("--remove-email", "--remove-phone", "--remove-point"),
    ),
    What_they_may_be_given=(
        *("--allow", "--gift-cap", "--gift-cap-year", "--no-food", "--allergy", "--remove-allergy", "--gift-policy"),
    ),
)


@app.command("edit", cls=GROUPS)
def edit(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="The full name.")] = None,
    nickname: Field = None,
    company: Field = None,
    title: Field = None,
    town: Field = None,
    every: Annotated[
        str | None, typer.Option(metavar="SPAN", help="3w, 2m, close, warm, weak, dormant, never.")
    ] = None,
    met_at: Field = None,
    met_on: Annotated[str | None, typer.Option(metavar="DATE", help="When you met: 2024-11-27, yesterday.")] = None,
    birthday: Annotated[str | None, typer.Option(metavar="DATE", help="1980-03-14, or 14 Mar.")] = None,
    notes: Field = None,
    allow: Annotated[
        str | None, typer.Option(metavar="KINDS", help='Sensitive kinds that are welcome: "illness, religion".')
    ] = None,
    email: More = None,
    phone: More = None,
    address: More = None,
    url: More = None,
    blog: More = None,
    handle: More = None,
    former: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="A company where they worked before; repeat it.")
    ] = None,
    remove_email: Less = None,
    remove_phone: Less = None,
    remove_point: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Take an address, url, blog, handle … away; repeat it.")
    ] = None,
    gift_cap: Cap = None,
    gift_cap_year: YearCap = None,
    no_food: Food = None,
    allergy: Allergy = None,
    remove_allergy: NoAllergy = None,
    gift_policy: Policy = None,
    form: Annotated[str, typer.Option(metavar="FILE", help="Apply a form that was kept, instead of editing.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Change a contact, by options or in $EDITOR.

    Without options the contact opens as a form in your editor ($VISUAL, $EDITOR or vi); what you
    change there is applied when you save and close it. Interests change by `giveback interests`, too.

    Example: giveback edit ana --company Equinor --title "Chief engineer" --every 2m
    """
    fields = {
        "name": new_name, "nickname": nickname, "company": company, "title": title, "town": town,
        "every": every, "met_at": met_at, "birthday": birthday, "notes": notes, "tact_allow": allow,
    }  # fmt: skip
    more = {"email": email, "phone": phone, "address": address, "url": url, "blog": blog, "handle": handle}
    less = {"email": remove_email, "phone": remove_phone, "": remove_point}
    edits = _from_options(fields, more, less)._replace(former=tuple(former or ()), met_on=met_on)
    limits = edits_of(gift_cap, gift_cap_year, no_food, allergy, remove_allergy, gift_policy)
    at = here()
    row = who(at, name)
    if not any(edits) and met_on is None and limits is None:
        _by_form(at, row, form, dry_run=dry_run)
    elif form:
        raise UsageError("--form excludes the other options", "change the form, or use the options alone")
    else:
        _apply(at, row, edits, limits, dry_run=dry_run)


def _from_options(
    fields: dict[str, str | None], more: dict[str, list[str] | None], less: dict[str, list[str] | None]
) -> Edits:
    from giveback.people.editing import Edits

    return Edits(
        fields={field: value for field, value in fields.items() if value is not None},
        points=[(kind, value) for kind, values in more.items() for value in values or ()],
        gone_points=[(kind, value) for kind, values in less.items() for value in values or ()],
    )


def _apply(at: Here, row: NameRow, edits: Edits, limits: LimitEdits | None = None, *, dry_run: bool) -> None:
    from giveback.people.contacts import get
    from giveback.people.editing import apply
    from giveback.store.changes import change

    with change(at.store, at.now, f"edit {row.name}", dry_run=dry_run) as session:
        contact = get(session, row.id)
        lines = apply(session, contact, edits, at.now)
        lines += apply_limits(at, session, row.id, limits)
        name = contact.name
    if not lines:
        say(f"{name}: nothing changed")
    for line in lines:
        would(dry_run, f"{name} · {line}")
    if edits.touches_interests and not dry_run:
        refresh(at)


def _by_form(at: Here, row: NameRow, path: str, *, dry_run: bool) -> None:
    from giveback.people.forms import difference, read, write

    old = _form(at, row)
    before = write(old)
    typed = _read_form(path) if path else _edited(before)
    if typed == before or not typed.strip():
        say(f"{row.name}: nothing changed")
        return
    try:
        _apply(at, row, difference(old, read(typed, old, at.now.today)), dry_run=dry_run)
    except GivebackError as error:
        kept = path or _keep(at, typed)
        hint = f'your text is kept: mend it, then giveback edit "{row.name}" --form {kept}'
        error.hint = f"{error.hint}; {hint}" if error.hint else hint
        raise


def _form(at: Here, row: NameRow) -> Form:
    from giveback.people.forms import form_of
    from giveback.store.questions import contacts as ask

    connection = questions(at)
    assert connection is not None
    form = form_of(ask.one(connection, row.id), ask.points(connection, row.id), ask.interests(connection, row.id))
    connection.close()
    return form


def _edited(text: str) -> str:
    import os
    import sys

    from giveback.giving.editing import edited

    if not sys.stdin.isatty() and not os.environ.get("VISUAL") and not os.environ.get("EDITOR"):
        raise UsageError("there is no terminal for an editor", "say what to change by options: giveback edit --help")
    return edited(text, editor(), ".toml")


def _read_form(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(1_000_000)


def _keep(at: Here, typed: str) -> str:
    """Keep what was typed beside the store, under a name that nothing has yet."""
    import os
    import tempfile

    folder = at.places.drafts
    os.makedirs(folder, mode=0o700, exist_ok=True)
    number, path = tempfile.mkstemp(suffix=".toml", prefix=f"edit-{at.now.at:%Y%m%d-%H%M%S}-", dir=folder)
    with open(number, "w", encoding="utf-8") as file:
        file.write(typed)
    return path
