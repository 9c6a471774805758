"""Cards and handouts on paper."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import DryRun, Here, Name, family, here, note, questions, say, whom
from giveback.config import setting

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.giving.printed import Job, Printer
    from giveback.printing.making import Made
    from giveback.store.questions.contacts import ContactRow

app = family()


@app.command("card")
def card(
    name: Name,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A number of the last list, id:ID, an address, or a few words.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A .pdf or .html file.")] = "card.pdf",
    paper: Annotated[str, typer.Option(metavar="PAPER", help="a4 or letter.")] = "",
    fold: Annotated[str, typer.Option(metavar="FOLD", help="half, printed on both sides, or quarter, on one.")] = "",
    handwritten: Annotated[
        bool, typer.Option("--handwritten", help="Leave the note out: you write it by hand.")
    ] = False,
    handout: Annotated[bool, typer.Option("--handout", help="A page to hand over instead of a card.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Print a card to fold, with an article as a clipping inside.

    Nothing is logged: `giveback give NAME WHAT --via letter -o card.pdf` prints the card and logs the exchange.

    Example: giveback card ana 1 -o card.pdf --fold quarter
    """
    from giveback.giving.gifts import find_gift
    from giveback.giving.printed import Job
    from giveback.store.questions.contacts import one

    at = here()
    connection = questions(at)
    number = whom(connection, name).id
    assert connection is not None
    contact = one(connection, number)
    found = find_gift(connection, number, what)
    channel = "in-person" if handout else "letter"
    text = _note(at, connection, contact, found, channel)
    if dry_run:
        say(f"dry run: {channel_sheet(channel)} for {contact.name} · {found.gift.title} · {output}")
        return
    printer = _printer(at, paper, fold)._replace(write=not handwritten)
    made = printed(at, connection, Job(contact, found, text.body, output), channel, printer)
    say(f"{channel_sheet(channel)} for {contact.name} · {found.gift.title} · {made.path}")


def channel_sheet(channel: str) -> str:
    """What is printed for a channel."""
    return "card" if channel == "letter" else "handout"


def printed(at: Here, connection: sqlite3.Connection, job: Job, channel: str, printer: Printer | None = None) -> Made:
    """Print what goes with a gift: a card for a letter, else a handout; what is to be known of it goes to stderr.

    Raises:
        UsageError, StoreError: as for `print_card` and `print_handout`.
    """
    from giveback.giving.printed import print_card, print_handout

    chosen = printer or _printer(at)
    make = print_card if channel == "letter" else print_handout
    made = make(connection, job, chosen, at.now)
    for remark in made.remarks:
        note(remark)
    return made


def _note(at: Here, connection: sqlite3.Connection, contact: ContactRow, found: Found, channel: str) -> Note:
    from giveback.giving.composing.facts import Wish, composed

    my_name = setting(at.places, "me.name")
    wish = Wish(channel, at.now.today, my_name=my_name, templates=at.places.templates)
    return composed(connection, contact, found, wish).note


def _printer(at: Here, paper: str = "", fold: str = "") -> Printer:
    from giveback.giving.printed import Printer

    return Printer(
        (paper or setting(at.places, "print.paper") or usual_paper(os.environ)).lower(),
        (fold or setting(at.places, "print.fold")).lower(),
        setting(at.places, "me.name"),
        setting(at.places, "me.address"),
    )


def usual_paper(env: Mapping[str, str]) -> str:
    """The paper of a locale: Letter in North America and where it is usual besides (CLDR, paperSize), else A4."""
    said = env.get("LC_ALL") or env.get("LC_PAPER") or env.get("LANG") or ""
    return "letter" if said.split(".")[0].partition("_")[2] in _LETTER else "a4"


_LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])
