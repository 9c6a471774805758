"""Cards and handouts of what is given, from what the store knows."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.dates import full_day
from giveback.giving.clippings import clipping
from giveback.giving.composing.wording import addressed, first_name
from giveback.printing.cards import Card, card_data, card_pages
from giveback.printing.handouts import Handout, handout_data, handout_text
from giveback.printing.making import Made, checked_path, make
from giveback.printing.sheets import sheet
from giveback.printing.typesetting import UnfitError
from giveback.store.questions.contacts import points
from giveback.writing import put

if TYPE_CHECKING:
    import sqlite3

    from giveback.dates import Now
    from giveback.giving.gifts import Found
    from giveback.store.questions.contacts import ContactRow


class Printer(NamedTuple):
    """How the user's cards and handouts are made.

    Attributes:
        paper: a4 or letter.
        fold: half or quarter.
        name: of the user, or "".
        address: of the user: lines separated by ";" or line breaks, or "".
        write: whether the note is printed, or its place is left for handwriting.
    """

    paper: str
    fold: str
    name: str = ""
    address: str = ""
    write: bool = True


class Job(NamedTuple):
    """What is to be printed.

    Attributes:
        contact: whom it is for.
        found: what is given.
        note: the words that go with it; a handout has none.
        path: a .pdf or .html file; a handout may be a .txt file.
    """

    contact: ContactRow
    found: Found
    note: str
    path: str


def print_card(connection: sqlite3.Connection, job: Job, printer: Printer, now: Now) -> Made:
    """Make a card with what is given as a clipping.

    An address that does not fit is left out, and that is said: the card is worth more than its back.

    Args:
        connection: the store.
        job: what is given, to whom, with which words.
        printer: how cards are made.
        now: the clock.

    Raises:
        UnfitError, UsageError, StoreError: the note is too long; as for `making.make`.
    """
    contact, found, note, path = job
    card = Card(
        sheet(printer.paper, printer.fold),
        f"For {first_name(contact.name, contact.nickname)}",
        f"about {addressed(found.gift.interest)}" if found.gift.interest else "",
        clipping(connection, found, now),
        tuple(line for line in note.splitlines() if line.strip()) if printer.write else (),
        _recipient(connection, contact),
        _lines(f"{printer.name};{printer.address}"),
        printer.name,
    )
    try:
        return make("card", card_data(card), path, now, card_pages(card))
    except UnfitError as error:
        if error.part != "the address":
            raise
    smaller = card._replace(address=())
    made = make("card", card_data(smaller), path, now, card_pages(smaller))
    remark = f"the address of {contact.name} does not fit and is left out: write it by hand, or shorten it"
    return Made(made.path, (*made.remarks, remark))


def print_handout(connection: sqlite3.Connection, job: Job, printer: Printer, now: Now) -> Made:
    """Make a page to hand over.

    Args:
        connection: the store.
        job: what is given, and to whom.
        printer: how pages are made.
        now: the clock.

    Raises:
        UsageError, StoreError: as for `making.make`.
    """
    contact, found, _, path = job
    checked_path(path, (".pdf", ".html", ".htm", ".txt"))
    whom = first_name(contact.name, contact.nickname)
    foot = f"For {whom}, from {printer.name}" if printer.name else f"For {whom}"
    handout = Handout(printer.paper, clipping(connection, found, now), foot, full_day(now.today), printer.name)
    if os.path.splitext(path)[1].lower() == ".txt":
        put(path, handout_text(handout).encode())
        return Made(path)
    data = handout_data(handout)
    return make("handout", data, path, now, {})


def _recipient(connection: sqlite3.Connection, contact: ContactRow) -> tuple[str, ...]:
    address = next((point.value for point in points(connection, contact.id) if point.kind == "address"), "")
    return (contact.name, *_lines(address)) if address else ()


def _lines(address: str) -> tuple[str, ...]:
    """The lines of an address: as it is broken, else at its commas, but for the one before "TX 77002"."""
    parts = re.split(r"[\n;]", address)
    if len([part for part in parts if part.strip()]) == 1:
        parts = re.split(r",(?!\s*[A-Z]{2} \d{5}\b)", address)
    return tuple(part.strip(" ,") for part in parts if part.strip(" ,"))
