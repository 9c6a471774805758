"""Asking: look at what lies between, compose a specific note, place it, log the ask."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.cli.aims import ForTarget, choice_of, put, rules_of_gifts, show_note, target_of, ways_of
from giveback.cli.common import (
    DryRun,
    Here,
    Json,
    Name,
    Via,
    ahead,
    can_ask,
    choose,
    country,
    editor,
    family,
    here,
    note,
    questions,
    refresh,
    whom,
)
from giveback.cli.panels import grouped
from giveback.config import setting

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from sqlmodel import Session

    from giveback.asking.asks import Asked, AskForm
    from giveback.asking.grounds import Ground
    from giveback.asking.hat import Concern
    from giveback.asking.sending import Asking
    from giveback.asking.who import Candidate
    from giveback.cli.aims import Ways
    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.giving.offers.values import Ranked
    from giveback.keeping.promises import Promised
    from giveback.mailing.mailboxes import Mailbox
    from giveback.mailing.smtp import Sender
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.targets import NeedRow, TargetRow

app = family()


class Look(NamedTuple):
    """What the hat-in-hand check found.

    Attributes:
        concerns: what to put right, the first thing first.
        offers: the best things to give along, where nothing was given yet.
        instead: who could be asked instead, where a person was asked too often.
        people: the same as contacts.
    """

    concerns: list[Concern]
    offers: list[Ranked]
    instead: list[Candidate]
    people: list[ContactRow]


class Made(NamedTuple):
    """An ask as it was made."""

    contact: ContactRow
    target: TargetRow | None
    form: AskForm
    look: Look
    gift: Found | None
    text: Note
    placed: str
    link: str


GROUPS = grouped(
    What_for=("--target", "--need", "--by", "--give"),
    How_it_goes_out=("--via", "--edit", "--draft", "--mailto", "--open", "--send", "--yes", "--copy"),
)


@app.command("ask", cls=GROUPS)
def ask(
    name: Name,
    what: Annotated[str, typer.Argument(metavar="TEXT", help='What for: "15 minutes about the subsurface team".')],
    target: ForTarget = "",
    need: Annotated[str, typer.Option(metavar="NEED", help="Which need of the target it would meet.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="Until when you want it: friday, 3 Mar.")] = "",
    give: Annotated[str, typer.Option(metavar="WHAT", help="Give this along: id:ID, an address, a few words.")] = "",
    via: Via = "",
    edit: Annotated[bool, typer.Option("--edit", help="Edit the note in $EDITOR first.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Write an e-mail draft that a mail program opens.")] = False,
    mailto: Annotated[
        bool, typer.Option("--mailto", help="Print a mailto: link instead of the note, for a mail program.")
    ] = False,
    opens: Annotated[bool, typer.Option("--open", help="Open the note in your mail program ($MAILER).")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it by your mail server; asks once.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it without asking.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the note on the clipboard.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Ask somebody for something: a specific note, logged and followed up.

    Before that it looks at what was given and received. Where nothing was given yet it offers the best
    things to give along; help that was not thanked for comes first; who was asked too often is spared.
    It only says so, and never forbids. The ask waits for an answer by 3B7 (giveback asks).

    Example: giveback ask ana "15 minutes about the subsurface team" --target shell --by friday
    """
    from giveback.asking.asks import require_sound
    from giveback.cli.sending import MailWays
    from giveback.dates import parse_day
    from giveback.keeping.exchanges import checked_channel

    at = here()
    channel = checked_channel(via)
    mail = MailWays(draft=draft, mailto=mailto, opens=opens, send=send, yes=yes)
    ways = ways_of(at, channel, mail, copy=copy)
    day = parse_day(by, at.now.today) if by else None
    require_sound(what, day, at.now.today)
    said = _Said(name, what, target, need, day, give, channel, edit, json)
    ready = _made_ready(at, said, ways)
    made = _placed(at, ready, ways, dry_run=dry_run)
    asked = _sent(at, made, ready.to, ways) if send and not dry_run else _log(at, made, dry_run=dry_run)
    _report(at, made, asked, json=json, dry_run=dry_run)
    if ready.promised is not None:
        from giveback.cli.promised import tell

        tell(made.contact.name, ready.promised, at.now.today, dry_run=dry_run)
    if not dry_run and made.gift is not None and made.gift.article is not None:
        refresh(at)


class _Said(NamedTuple):
    """What is asked of whom, as it was said."""

    name: str
    what: str
    target: str
    need: str
    by: date | None
    give: str
    channel: str
    edit: bool
    json: bool


class _Ready(NamedTuple):
    """An ask that is ready: its parts, where it goes, and what had been promised where something goes along."""

    made: Made
    to: Mailbox | None
    promised: Promised | None


def _made_ready(at: Here, said: _Said, ways: Ways) -> _Ready:
    """Everything that is asked of the store and of the user before anything leaves."""
    from giveback.asking.asks import AskForm
    from giveback.giving.editing import edited_note
    from giveback.giving.sending import address_of
    from giveback.keeping.promises import promised
    from giveback.store.questions.contacts import one

    connection = questions(at)
    number = whom(connection, said.name).id
    assert connection is not None
    with closing(connection):
        contact, row = one(connection, number), target_of(connection, said.target) if said.target else None
        wanted = _need(connection, row, said.need) if row is not None and said.need else None
        look = _look(at, connection, contact, row, empty_handed=not said.give)
        if not said.json:
            _tell(contact, look)
        gift = _gift(connection, number, said.give, look, json=said.json)
        text = _composed(at, connection, contact, row, Words(said.what, said.channel, said.by, gift))
        to = address_of(connection, contact) if ways.mail.any else None
        had_promised = promised(connection, number, gift.gift, at.now.today) if gift else None
    if said.edit:
        text = edited_note(text, said.channel, editor())
    channel = said.channel or ("email" if ways.mail.any else "")
    aim, of_need = row.id if row else None, wanted.id if wanted else None
    form = AskForm(number, said.what, channel, aim, of_need, said.by, note=text.body)
    return _Ready(Made(contact, row, form, look, gift, text, "", ""), to, had_promised)


def _placed(at: Here, ready: _Ready, ways: Ways, *, dry_run: bool) -> Made:
    """Put the note where it can be sent from, and say where that is."""
    made, to, _ = ready
    placed, link = put(at, made.contact, made.text, to, ways, dry_run=dry_run)
    sent = f"sent to {to}" if ways.mail.send and not dry_run else ""
    return made._replace(placed=", ".join(filter(None, (placed, sent))), link=link)


class Words(NamedTuple):
    """What is to be written: what for, how, until when, and what goes along."""

    what: str
    channel: str
    by: date | None
    gift: Found | None


def _need(connection: sqlite3.Connection, row: TargetRow, said: str) -> NeedRow:
    from giveback.asking.targets import find_need
    from giveback.store.questions.targets import needs

    return find_need(needs(connection, row.id), said, row.name)


def _look(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, row: TargetRow | None, *, empty_handed: bool
) -> Look:
    """The hat-in-hand check; who gives something along is not empty-handed."""
    from giveback.asking.asks import concerns
    from giveback.asking.hat import protects
    from giveback.asking.protecting import instead
    from giveback.store.questions.contacts import some

    today = at.now.today
    found = concerns(connection, contact, row.id if row else None, today)
    found = [concern for concern in found if empty_handed or concern.kind != "empty-handed"]
    empty_handed = any(concern.kind == "empty-handed" for concern in found)
    offers = _offers(at, connection, contact.id) if empty_handed else []
    spared = row is not None and protects(found)
    others = instead(connection, row, contact.id, today) if spared and row else []
    people = some(connection, (each.person.id for each in others))
    return Look(found, offers, others, [people[each.person.id] for each in others])


def _offers(at: Here, connection: sqlite3.Connection, contact_id: int) -> list[Ranked]:
    """The best things to give along; their numbers are remembered, as those of `giveback suggest` are."""
    from giveback.asking.offering import BEST, best
    from giveback.cli.offering import remember_offers

    found = best(connection, contact_id, at.now.today, choice_of(at, BEST), rules_of_gifts(at))
    remember_offers(at, contact_id, found.items, found.articles)
    return found.items


def _tell(contact: ContactRow, look: Look) -> None:
    for concern in look.concerns:
        note(concern.text)
        if concern.kind == "thanks":
            note(f'- giveback log "{contact.name}" "thanked for it", or give something back')
        if concern.kind == "empty-handed":
            for place, each in enumerate(look.offers, start=1):
                note(f"- {each.offer.title}, {each.offer.reason}: --give {place}")
            if not look.offers:
                note(f'- nothing fits yet: giveback interests "{contact.name}" +PHRASE; --give takes a few words, too')
    for other in look.instead:
        note(f"- somebody else: {other.person.name}, {other.grounds[0].text}")


def _gift(connection: sqlite3.Connection, contact_id: int, said: str, look: Look, *, json: bool) -> Found | None:
    """What goes along: what was named, or on a terminal what is chosen from the offers."""
    from giveback.giving.gifts import find_gift

    if not said and look.offers and can_ask() and not json:
        lines = [*(each.offer.title for each in look.offers), "nothing now"]
        place = choose("Give one along?", lines)
        said = str(place + 1) if place < len(look.offers) else ""
    return find_gift(connection, contact_id, said) if said else None


def _composed(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, row: TargetRow | None, said: Words
) -> Note:
    from giveback.asking.composing import ask_facts, compose, template_for
    from giveback.store.questions.exchanges import notes

    gift = (said.gift.gift.title, said.gift.gift.url) if said.gift else ("", "")
    facts = ask_facts(
        contact, said.what, target=row.name if row else "", grounds=_grounds(at, connection, contact, row), by=said.by,
        gift=gift, my_name=setting(at.places, "me.name"),
    )  # fmt: skip
    earlier = notes(connection, contact.id)
    return compose(template_for("ask", said.channel), facts, folder=at.places.templates, earlier=earlier)


def _grounds(at: Here, connection: sqlite3.Connection, contact: ContactRow, row: TargetRow | None) -> list[Ground]:
    from giveback.asking.who import who

    if row is None:
        return []
    found = who(connection, row, at.now.today).candidates
    return next((each.grounds for each in found if each.person.id == contact.id), [])


def _log(at: Here, made: Made, *, dry_run: bool) -> Asked:
    """The ask, and what went along, in one unit of work."""
    from giveback.asking.sending import log
    from giveback.store.changes import change

    with change(at.store, at.now, _command(made), dry_run=dry_run) as session:
        return log(session, _asking(made), at.now.today, country(at))


def _command(made: Made) -> str:
    return f"ask {made.contact.name}: {made.form.text}"


def _asking(made: Made) -> Asking:
    from giveback.asking.sending import Asking

    return Asking(made.form, made.gift.gift if made.gift else None)


def _sent(at: Here, made: Made, to: Mailbox | None, ways: Ways) -> Asked:
    """Send the note by the mail server, after asking once; the ask is logged when the server has it."""
    from giveback.asking.sending import Letter, keep, log, send
    from giveback.cli.sending import deliver
    from giveback.mailing.settings import required_sender
    from giveback.store.changes import change

    assert to is not None
    own = required_sender(at.places)
    with change(at.store, at.now) as session:
        letter = Letter(made.contact, _asking(made), made.text)
        number = keep(session, letter, sender=own, to=to, now=at.now)
    found: list[Asked] = []

    def logged(session: Session) -> None:
        found.append(log(session, _asking(made), at.now.today, country(at)))

    def by(sender: Sender) -> str:
        send(at.store, number, sender, at.now, command=_command(made), log=logged)
        return found[0].uuid

    if not ways.mail.yes:
        show_note(made.text)
    deliver(at, number, ask=not ways.mail.yes, by=by)
    return found[0]


def _report(at: Here, made: Made, asked: Asked, *, json: bool, dry_run: bool) -> None:
    if json:
        _as_json(made, asked, dry_run=dry_run)
        return
    if made.link:
        print(made.link)
    else:
        show_note(made.text)
    given = f"gave {made.gift.gift.title}" if made.gift else ""
    until = f"by {made.form.by_on.day} {made.form.by_on:%b}" if made.form.by_on else ""
    step = f"next step {ahead(asked.next_on, at.now.today)}" if asked.next_on else ""
    target = made.target.name if made.target else ""
    parts = [f"asked {made.contact.name}", made.form.text, target, until, given, made.placed, step]
    note(("dry run: " if dry_run else "") + " · ".join(part for part in parts if part))


def _as_json(made: Made, asked: Asked, *, dry_run: bool) -> None:
    from giveback.output import records

    form = made.form
    records.show(
        {
            "id": None if dry_run else asked.number,
            "uuid": asked.uuid,
            "contact": records.person(made.contact),
            "text": form.text,
            "target": made.target.name if made.target else None,
            "by": form.by_on.isoformat() if form.by_on else None,
            "channel": form.channel or None,
            "put_right": [concern._asdict() for concern in made.look.concerns],
            "offers": [_offer_record(place, each) for place, each in enumerate(made.look.offers, start=1)],
            "instead": [records.person(each) for each in made.look.people],
            "gave": made.gift.gift.title if made.gift else None,
            "subject": made.text.subject or None,
            "note": made.text.body,
            "placed": made.placed or None,
            "mailto": made.link or None,
            "next_on": asked.next_on.isoformat() if asked.next_on else None,
            "dry_run": dry_run,
        }
    )


def _offer_record(place: int, each: Ranked) -> dict[str, object]:
    offer = each.offer
    return {
        "number": place,
        "kind": offer.kind,
        "title": offer.title,
        "reason": offer.reason,
        "url": offer.url or None,
        "interest": offer.interest or None,
    }
