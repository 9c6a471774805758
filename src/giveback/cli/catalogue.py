"""Every command in one light table: what it is for, and which module holds it.

`giveback --help` and completion read this without importing Typer; a test holds it to the
commands themselves.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command.

    Attributes:
        family: the heading it stands under.
        module: the module in `giveback.cli` that holds it.
        summary: the first line of its help.
        group: whether it has subcommands.
    """

    family: str
    module: str
    summary: str
    group: bool = False


CATALOGUE: dict[str, Entry] = {
    "today": Entry("Routine", "routine", "The morning page: follow-ups, occasions, suggestions, news."),
    "followups": Entry("Routine", "routine", "Who is due, why, how late, and the best thing to give."),
    "occasions": Entry("Routine", "occasions", "Birthdays, days of having met, new jobs, posts on contacts' blogs."),
    "suggest": Entry("Routine", "suggesting", "Articles that a contact would like, and why."),
    "fetch": Entry("Routine", "fetching", "Bring in what is new from the feeds that are due."),
    "give": Entry("Giving", "giving", "Give something: write a casual note and log the exchange."),
    "templates": Entry("Giving", "templates", "Templates of notes: list, check, copy.", group=True),
    "dismiss": Entry("Giving", "dismissing", "Not for this contact: the article or asset does not come back."),
    "card": Entry("Giving", "cards", "Print a card to fold, with an article as a clipping inside."),
    "mail": Entry(
        "Giving", "mailing", "Mail that giveback sends: login, check, outbox, show, send, sent, drop.", group=True
    ),
    "assets": Entry("Giving", "assets", "What you have to offer, whom it would suit, and when it was last given."),
    "brainstorm": Entry(
        "Giving", "brainstorm", "The coach's questions, one at a time: each answer becomes something you can give."
    ),
    "research": Entry("Giving", "assets", "What you found out from public sources, and whom it would help."),
    "circle": Entry(
        "Giving",
        "circles",
        "A group with a gift of its own: who is in, who has had it and when, whose turn it is.",
    ),
    "bulletin": Entry(
        "Giving", "bulletins", "Bulletins: new, for, edit, preview, list, readers, send, publish, bounces.", group=True
    ),
    "log": Entry("Exchanges", "exchanges", "Log what was given, received or shared."),
    "met": Entry(
        "Exchanges", "meeting", "Capture somebody you met: the person, what interests them, what you promised."
    ),
    "promise": Entry("Exchanges", "exchanges", "Note something that you promised."),
    "remind": Entry("Exchanges", "exchanges", "Note a day on which to be in touch."),
    "done": Entry("Exchanges", "exchanges", "Tick off what was due for a contact."),
    "snooze": Entry("Exchanges", "exchanges", "Hide a contact from the follow-ups until a day."),
    "history": Entry("Exchanges", "exchanges", "What was given, received and shared with a contact."),
    "balance": Entry(
        "Exchanges", "balance", "Whom you neglect, whom you have not thanked, and whom you are about to overwhelm."
    ),
    "target": Entry(
        "Asking", "targets", "Companies and people to reach: add, list, show, edit, need, close, link.", group=True
    ),
    "who": Entry("Asking", "finding", "Who can help with a target, by which path, and what to give them first."),
    "ask": Entry("Asking", "asking", "Ask somebody for something: a specific note, logged and followed up."),
    "asks": Entry("Asking", "asks", "What you asked for: open, next step, answered, told."),
    "helped": Entry("Asking", "asks", "Somebody helped: log it, and make thanks and news due."),
    "knows": Entry("Asking", "introducing", "Whom a contact knows: list, add, remove."),
    "introduce": Entry("Asking", "introducing", "Introduce two contacts to each other, once both agree."),
    "worksheet": Entry(
        "Asking", "worksheet", "The Monday huddle: per target, who, what I need, what I can offer, the next step."
    ),
    "event": Entry("Asking", "events", "Events: who will be there, what to bring up, what to give."),
    "add-contact": Entry("People", "people", "Add a contact with what they care about."),
    "contacts": Entry("People", "people", "List contacts."),
    "show": Entry("People", "people", "Everything about one contact."),
    "edit": Entry("People", "editing", "Change a contact, by options or in $EDITOR."),
    "interests": Entry("People", "interests", "What a contact cares about: list, +add, -remove, avoid."),
    "archive": Entry("People", "people", "Put a contact away without losing anything."),
    "forget": Entry("People", "forgetting", "Erase a person for good, and say what is left of them elsewhere."),
    "duplicates": Entry("People", "merging", "Contacts that are likely one person, and why."),
    "merge": Entry("People", "merging", "Make one contact of two, without losing anything."),
    "import": Entry("People", "importing", "Import people, exchanges, feeds, saved pages and mail."),
    "export": Entry("People", "exporting", "Write contacts, or everything, for other programs."),
    "feed": Entry(
        "Reading", "feeds", "Feeds to read: add, list, edit, login, remove, import, export, starters.", group=True
    ),
    "save": Entry(
        "Reading", "saving", "Save a page as an article, from an address, a file, standard input or the clipboard."
    ),
    "articles": Entry("Reading", "reading", "Search the saved articles, or list the latest."),
    "read": Entry("Reading", "reading", "Read an article: its text in your pager ($PAGER), and mark it as read."),
    "topic": Entry("Reading", "reading", "What a topic means: list, show, say by words, remove."),
    "tact": Entry("Reading", "tact", "Why an article is held back as sensitive, or is not."),
    "undo": Entry("Keeping", "keeping", "Take back the last change, and the one before it."),
    "backup": Entry("Keeping", "keeping", "Copy the store into one file."),
    "restore": Entry("Keeping", "keeping", "Put a backup in the place of the store."),
    "doctor": Entry("Keeping", "keeping", "Check the store, and bring its ranking up to date."),
    "config": Entry("Keeping", "configuring", "Settings: list, set, unset.", group=True),
    "completion": Entry("Keeping", "completion", "Completion for bash, zsh and fish: install, show.", group=True),
    "demo": Entry("Keeping", "demo", "The morning routine on sample data, in a temporary store."),
}

USAGE = "Usage: giveback [--profile NAME] COMMAND [ARGUMENTS]"
EPILOGUE = """\
giveback COMMAND --help says more, with an example. giveback alone shows today.

Options:
  --profile NAME   a separate store of that name (also GIVEBACK_PROFILE)
  --version        the version
  --help           this page

Example: giveback suggest anna
"""


def overview() -> str:
    """The page that `giveback --help` prints: every command under its family, within 80 columns."""
    lines = [USAGE, "", "Networking as a give-and-take: who is due, what to give them, and why.", ""]
    for family in dict.fromkeys(entry.family for entry in CATALOGUE.values()):
        lines.append(f"{family}:")
        for name, entry in CATALOGUE.items():
            if entry.family == family:
                lines += _wrapped(name, entry.summary)
        lines.append("")
    return "\n".join(lines) + "\n" + EPILOGUE


def _wrapped(name: str, summary: str, width: int = 80, indent: int = 15) -> list[str]:
    lines, current = [], f"  {name}".ljust(indent)
    for word in summary.split():
        if len(current) + len(word) + 1 > width:
            lines.append(current.rstrip())
            current = " " * indent
        current += word + " "
    return [*lines, current.rstrip()]


def version_line() -> str:
    """What `giveback --version` prints."""
    from giveback.__about__ import __version__

    return f"giveback {__version__}"
