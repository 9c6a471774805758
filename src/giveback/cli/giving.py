"""Giving: find the gift, raise concerns, compose the note, edit it, place it, log it."""

from __future__ import annotations

from typing import Annotated

import typer

from giveback.cli.common import DryRun, Json, Name, Via, family, here
from giveback.cli.concerning import UNSAID, Anyway, Cost, Kind, Minutes, facts
from giveback.cli.panels import grouped

app = family()


GROUPS = grouped(
    The_gift=("--kind", "--cost", "--minutes", "--on", "--again", "--anyway"),
    The_note=("--interest", "--occasion", "--service", "--edit", "--note"),
    How_it_goes_out=("--via", "--draft", "--mailto", "--open", "--send", "--yes", "--copy", "--output"),
)


@app.command("give", cls=GROUPS)
def give(
    name: Name,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A number of the last list, id:ID, an address, or a few words.")
    ],
    via: Via = "",
    occasion: Annotated[
        str, typer.Option(metavar="OCCASION", help="What the note is for; else it follows from what is known.")
    ] = "",
    service: Annotated[
        str, typer.Option(metavar="SERVICE", help="Keep to its length: x, mastodon, bluesky, linkedin, sms …")
    ] = "",
    edit: Annotated[bool, typer.Option("--edit", help="Edit the note in $VISUAL or $EDITOR first.")] = False,
    note_file: Annotated[
        str, typer.Option("--note", metavar="FILE", help="Take the note from a file; - is standard input.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Write an e-mail draft that a mail program opens.")] = False,
    mailto: Annotated[
        bool, typer.Option("--mailto", help="Print a mailto: link instead of the note, for a mail program.")
    ] = False,
    opens: Annotated[bool, typer.Option("--open", help="Open the note in your mail program ($MAILER).")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it by your mail server; asks once.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it without asking.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the note on the clipboard.")] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Print it: a card (letter) or a handout (in-person).")
    ] = "",
    interest: Annotated[str, typer.Option(metavar="PHRASE", help="The interest that the note names.")] = "",
    kind: Kind = "",
    cost: Cost = "",
    minutes: Minutes = UNSAID,
    again: Annotated[bool, typer.Option("--again", help="Give what this contact was given before.")] = False,
    anyway: Anyway = False,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 3 Mar.")] = "today",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Give something: write a casual note and log the exchange.

    The note is shown, and with --draft, --mailto, --open or --copy goes where you can send it, and is logged. Nothing
    is sent but with --send, and that is logged only once the mail server has it. Occasions are first-contact,
    thank-you, after-event, staying-in-touch, their-post and dormant.

    Example: giveback give ana 1 --via email
    """
    from giveback.cli.gift import Giving, Ways, give_it
    from giveback.cli.sending import MailWays
    from giveback.dates import parse_day
    from giveback.keeping.exchanges import checked_channel

    at = here()
    mail = MailWays(draft=draft, mailto=mailto, opens=opens, send=send, yes=yes)
    ways = Ways(checked_channel(via), mail, copy, output)
    day = parse_day(on, at.now.today, past=True)
    told = facts(cost=cost, minutes=minutes, kind=kind)
    giving = Giving(name, what, interest, told, day, occasion, service, note_file, edit, again, anyway)
    give_it(at, giving, ways, json=json, dry_run=dry_run)
