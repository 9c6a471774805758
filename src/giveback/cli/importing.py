"""People: import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli import archives, subscribing
from giveback.cli.common import DryRun, Json, family, here, refresh
from giveback.cli.import_doubts import decision
from giveback.cli.import_reading import loaded_from
from giveback.cli.import_storing import bring_all_in, fill_in, rejects_kept
from giveback.cli.imported import Added, as_brought, refuse, show_json, tell, tell_filled, tell_pages, tell_rejects
from giveback.cli.panels import grouped
from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.cli.import_reading import Loaded
    from giveback.cli.import_storing import Done
    from giveback.people.importing import Brought

app = family()

MAIL = "mail"
"""The word before mailboxes, which are read in another way than files; a file of that name is ./mail."""


GROUPS = grouped(
    People=("--map", "--same", "--new", "--every"),
    Feeds_and_pages=("--fetch", "--allow-private"),
    Mail=("--me", "--bodies", "--add"),
)


@app.command("import", cls=GROUPS)
def import_files(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="vCard, CSV, LDIF, OPML …, a folder of vCards, or - for standard input."
        ),
    ],
    columns: Annotated[
        str, typer.Option("--map", metavar="PAIRS", help='What columns are: "Who=name,Mail=email"; remembered.')
    ] = "",
    same: Annotated[bool, typer.Option("--same", help="Who may be somebody in the store is that person.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Who may be somebody in the store is somebody new.")] = False,
    every: Annotated[
        str, typer.Option(metavar="SPAN", help="How often to be in touch with new contacts: 3w, warm, never …")
    ] = "",
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch the saved pages for their texts.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Of feeds and --fetch: permit addresses on this network.")
    ] = False,
    me: Annotated[
        list[str] | None,
        typer.Option("--me", metavar="TEXT", help="Of mail: an address of yours; repeat it. It is remembered."),
    ] = None,
    bodies: Annotated[
        bool, typer.Option("--bodies", help="Of mail: keep the beginning of each text, not only the subject.")
    ] = False,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="TEXT", help='Of mail: add whom you wrote to, by address; repeat it; "all".'),
    ] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Import people, exchanges, feeds, saved pages and mail.

    What a file holds is told by its content. People: vCard of any version, jCard, folders of vCards,
    CSV of LinkedIn, Google, Outlook and Thunderbird, LDIF, abook, khard's YAML, Monica's JSON,
    friends.md, and any table with a column `name` (or --map); "abook" and "khard" alone mean what these
    programs keep. Exchanges: tables with date, name or
    email, and kind or text. Feeds: OPML, or newsboat's urls file. Saved pages: exports of Pocket,
    Raindrop, Instapaper and Readwise Reader, browsers' bookmarks; other tables by
    --map "url=Link,title=Name". docs/people.md and docs/formats.md say more.

    Mail: "mail" and then mbox files, Maildirs, .eml files or folders of these. Messages to and from
    contacts become exchanges, by day and subject: those that you wrote, and those of a conversation;
    nothing from lists and machines, nothing to five people or more.

    Import a file again as often as you like: only what changed in it changes here, and nothing that
    you changed yourself. Who may or may not be somebody in the store is asked on a terminal, and
    otherwise left until you say --same or --new. Rejected entries are told with their reason and kept
    in a file beside the store, to be mended and imported; one undo takes all of it back.

    Example: giveback import contacts.vcf Connections.csv ~/.contacts
    """
    if files[0] == MAIL:
        from giveback.cli.importing_mail import Options, import_mail

        import_mail(files[1:], Options(me or (), bodies, add or ()), json=json, dry_run=dry_run)
        return
    from giveback.people.importing.programs import expanded

    at = here()
    if same and new:
        raise UsageError("--same and --new exclude each other", "leave both out to be asked, on a terminal")
    files = archives.taken_out(at, expanded(files), json=json, dry_run=dry_run)
    if not files:
        return
    cards = {} if dry_run else archives.cards_in(files)
    loaded = loaded_from(at, files, columns, allow_private=allow_private)
    decide = decision(at, loaded.sheets, same=same, new=new)
    done = bring_all_in(at, loaded, every, decide, dry_run=dry_run)
    pages = [as_brought(found) for found in loaded.pages]
    everything = [*done.brought, *pages]
    kept = {} if dry_run else rejects_kept(at, everything)
    if not dry_run:
        subscribing.keep_passwords([found for found, _ in loaded.lists])
    filled = fill_in(at, done.collected, allow_private=allow_private) if fetch and not dry_run else None
    if json:
        show_json(loaded, done, pages, kept)
    else:
        _tell(loaded, done, pages, dry_run=dry_run)
    if filled is not None:
        tell_filled(filled)
    tell_rejects(everything)
    if (loaded.sheets or loaded.pages) and not dry_run:
        archives.note_imported(at, cards, done.brought)
        refresh(at)
    refuse(everything, kept)
    subscribing.refuse([found for found, _ in loaded.lists])


def _tell(loaded: Loaded, done: Done, pages: Sequence[Brought], *, dry_run: bool) -> None:
    tell(done.brought, dry_run=dry_run)
    for (found, _), counts in zip(loaded.lists, done.subscribed, strict=True):
        subscribing.tell(found, counts, dry_run=dry_run)
    tell_pages(pages, [Added(len(one.added), one.known) for one in done.collected], dry_run=dry_run)
