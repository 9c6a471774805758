"""What `give` tells: the note, and what was given to whom and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.cli.common import note, say

if TYPE_CHECKING:
    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.keeping.exchanges import Gift
    from giveback.store.questions.contacts import ContactRow

BY = {
    "email": "by e-mail",
    "letter": "by letter",
    "call": "on a call",
    "in-person": "in person",
    "message": "by message",
    "social": "on social media",
}

SHEETS = {"letter": ("a card", "-o card.pdf"), "in-person": ("one page", "--handout -o handout.pdf")}
"""What is printed for a channel, and how."""


class Given(NamedTuple):
    """What was given to whom, with which words, on which occasion, how, where the words were put, and a link if any."""

    contact: ContactRow
    gift: Gift
    text: Note
    occasion: str
    channel: str
    placed: str
    link: str = ""


def report(given: Given, uuid: str, *, dry_run: bool, json: bool, is_shown: bool = False) -> None:
    """Show the note, unless it was shown, and the resolved line on stderr; with `json` one record."""
    if json:
        _as_json(given, uuid, dry_run=dry_run)
        return
    if not is_shown:
        show_note(given.text)
    way = BY[given.channel] if given.channel else ""
    parts = [f"gave {given.contact.name}", given.gift.title, way, given.placed]
    note(("dry run: " if dry_run else "") + " · ".join(part for part in parts if part))
    if given.gift.introduced_id is not None:
        from giveback.cli.concerning import ask_both

        note(ask_both(given.contact.name, given.gift.title))


def missing(contact: ContactRow, found: Found, channel: str) -> None:
    """Say what the words alone do not give: a sheet to hand over, or a link that an article does not have."""
    article, gift = found.article, found.gift
    if channel in SHEETS:
        what = f"id:{article.id}" if article else f"asset:{gift.asset_id}" if gift.kind == "research" else ""
        if what:
            note(f'to print it as {SHEETS[channel][0]}: giveback card "{contact.name}" {what} {SHEETS[channel][1]}')
    elif article is not None and not gift.url:
        note(f"{gift.title!r} has no link: send its text along, or print it: --via letter -o card.pdf")


def show_note(text: Note) -> None:
    """Print a note."""
    if not text.body:
        return
    _show_part(text.subject, text.body)
    subject, body = text.after
    if body:
        note("afterwards, by e-mail:")
        _show_part(subject, body)


def _show_part(subject: str, body: str) -> None:
    if subject:
        say(f"Subject: {subject}")
        print()
    for line in body.splitlines():
        say(line)
    print()


def _as_json(given: Given, uuid: str, *, dry_run: bool) -> None:
    from giveback.output import records

    records.show(
        {
            "uuid": uuid,
            "contact": records.person(given.contact),
            "gift": given.gift.title,
            "url": given.gift.url or None,
            "channel": given.channel or None,
            "interest": given.gift.interest or None,
            "kind": given.gift.kind or ("article" if given.gift.article_id is not None else None),
            "minutes": given.gift.minutes,
            "cost_cents": given.gift.cost_cents,
            "asset_id": given.gift.asset_id,
            "occasion": given.occasion or None,
            "subject": given.text.subject or None,
            "note": given.text.body or None,
            "after": {"subject": given.text.after[0], "note": given.text.after[1]} if given.text.after[1] else None,
            "placed": given.placed or None,
            "mailto": given.link or None,
            "dry_run": dry_run,
        }
    )
