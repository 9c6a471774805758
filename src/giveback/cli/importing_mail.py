"""`giveback import mail`: exchanges out of mailboxes, and people who might be contacts."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from giveback.cli.common import Here, here, note, refresh, would
from giveback.config import setting
from giveback.errors import NotFoundError, RejectedError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from giveback.people.mail.keeping import Article, Kept
    from giveback.people.mail.mailboxes import Found
    from giveback.people.mail.scanning import Correspondent, Person, Scan

OFTEN = 3
"""How often somebody was written to who is proposed as a contact."""
SHOWN = 20
SLOW_BYTES = 20 * 2**20
"""From here on it may take a second."""
ALL = "all"
_MEGABYTE = 1 << 20


class Options(NamedTuple):
    """What `import mail` was asked for.

    Attributes:
        me: addresses of mine, beside those that are known.
        bodies: keep the beginning of each text.
        add: addresses of people to add, or "all" for everybody who is proposed.
    """

    me: Sequence[str] = ()
    bodies: bool = False
    add: Sequence[str] = ()


class _Done(NamedTuple):
    """What became of it."""

    scan: Scan
    kept: Kept
    proposals: list[Correspondent]
    added: list[Correspondent]
    names: set[str]


def import_mail(paths: Sequence[str], options: Options, *, json: bool, dry_run: bool) -> None:
    """Bring mail in.

    Args:
        paths: mbox files, Maildirs, .eml files, folders of these.
        options: what was asked for.
        json: print JSON.
        dry_run: change nothing.

    Raises:
        UsageError: nobody said which addresses are mine, or there is no path.
        RejectedError: some of the files are no mail; what could be read is kept.
    """
    from giveback.people.mail.mailboxes import find

    if not paths:
        raise UsageError(
            "it is not said where the mail is", "giveback import mail ~/Mail/archive.mbox --me me@example.com"
        )
    at = here()
    mine = _mine(at, options.me)
    found = [mailbox for path in paths for mailbox in find(os.path.expanduser(path))]
    done = _bring_in(at, found, mine, options, dry_run=dry_run)
    if not dry_run:
        _remember_me(at, options.me)
    if json:
        _show_json(done, len(found), dry_run=dry_run)
    else:
        _tell(done, len(found), dry_run=dry_run)
    if done.kept.gifts and not dry_run:
        refresh(at)
    unreadable = done.scan.tally.unreadable
    for path, reason in unreadable[:SHOWN]:
        note(f"{path}: {reason}")
    done.scan.close()
    if unreadable:
        raise RejectedError(f"{len(unreadable)} of {len(found)} could not be read as mail", "all else is kept")


def _mine(at: Here, said: Sequence[str]) -> frozenset[str]:
    from giveback.people.contacts import checked_email
    from giveback.people.mail.addresses import addresses

    known = ",".join(setting(at.places, key) for key in ("me.email", "me.addresses", "mail.from"))
    mine = [*(checked_email(one) for one in said), *(one.address for one in addresses(known) if one.address)]
    if not mine:
        raise UsageError(
            "it is not said which addresses are yours",
            "add --me me@example.com, one for each of them; they are remembered",
        )
    return frozenset(one.casefold() for one in mine)


def _remember_me(at: Here, said: Sequence[str]) -> None:
    """Keep new addresses of mine; the first is that of drafts, where none was set."""
    from giveback.cli.configuring import remember

    email = setting(at.places, "me.email", {})
    known = [one.strip() for one in setting(at.places, "me.addresses", {}).split(",") if one.strip()]
    there = {one.casefold() for one in [email, *known]}
    new = [one.strip() for one in dict.fromkeys(said) if one.strip().casefold() not in there]
    if new and not email:
        remember(at, "me.email", new.pop(0))
    if new:
        remember(at, "me.addresses", ", ".join([*known, *new]))


def _bring_in(at: Here, found: Sequence[Found], mine: frozenset[str], options: Options, *, dry_run: bool) -> _Done:
    from giveback.config import usual_cadence
    from giveback.people.contacts import ContactForm, add, number_of
    from giveback.people.mail.keeping import keep
    from giveback.store.changes import change

    people, names, remembered = _known(at)
    with _progress(found, passes=2 if options.add else 1) as step:
        scan = _scanned(at, found, mine, people, remembered, step)
        proposals = scan.proposals(OFTEN)
        chosen = _chosen(scan, proposals, options.add, names)
        if chosen:
            # Their messages are set aside only now that they count: under numbers that nobody has.
            for place, them in enumerate(chosen, start=1):
                people[them.address.casefold()] = [_stand_in(place, them)]
            scan.close()
            scan = _scanned(at, found, mine, people, remembered, step)
        with change(at.store, at.now, "import mail " + " ".join(_names(found)), dry_run=dry_run) as session:
            numbers = {}
            for place, them in enumerate(chosen, start=1):
                form = ContactForm(them.name or them.address, points=(("email", them.address),))
                numbers[-place] = number_of(add(session, form, at.now.today, usual_cadence(at.places)))
            kept = keep(session, scan, at.now, _find, bodies=options.bodies, numbers=numbers)
    left = [them for them in proposals if them.address not in {one.address for one in chosen}]
    return _Done(scan, kept, left, chosen, names)


def _names(found: Sequence[Found]) -> list[str]:
    names = [os.path.basename(one.path.rstrip("/")) for one in found]
    return names if len(names) <= OFTEN else [*names[:OFTEN], f"and {len(names) - OFTEN} more"]


def _stand_in(place: int, them: Correspondent) -> Person:
    from giveback.people.mail.scanning import Person
    from giveback.text import fold

    return Person(-place, fold(them.name))


Remembered = tuple[list[tuple[str]], list[tuple[str]]]


def _known(at: Here) -> tuple[dict[str, list[Person]], set[str], Remembered]:
    """Contacts by address, their folded names, and what earlier imports brought."""
    from giveback.people.mail.keeping import by_address, people, remembered
    from giveback.store import connect
    from giveback.store.questions.contacts import all_names

    connection = connect.read(at.store)
    if connection is None:
        return {}, set(), ([], [])
    with closing(connection):
        names = {row.name_key for row in all_names(connection)}
        mine, answered = remembered(connection)
        return by_address(people(connection)), names, (list(mine), list(answered))


def _scanned(
    at: Here,
    found: Sequence[Found],
    mine: frozenset[str],
    people: dict[str, list[Person]],
    remembered: Remembered,
    step: Callable[[int], None],
) -> Scan:  # fmt: skip
    from giveback.people.mail.scanning import Scan

    scan = Scan(mine, people, at.now)
    scan.remember(*remembered)
    for mailbox in found:
        scan.go_through(mailbox, step)
    return scan


def _chosen(scan: Scan, proposals: Sequence[Correspondent], add: Sequence[str], names: set[str]) -> list[Correspondent]:
    """Whom to add: everybody who is proposed, or those who were named.

    Raises:
        NotFoundError: somebody was named to whom nothing was written.
    """
    from giveback.text import fold

    chosen = list(proposals) if ALL in add else []
    for said in add:
        if said != ALL and said.casefold() not in scan.correspondents:
            raise NotFoundError(f"nothing was written to {said!r}", "or they are a contact already")
        chosen += [scan.correspondents[said.casefold()]] if said != ALL else []
    several = {them.address: them for them in chosen}
    twins = [them for them in several.values() if fold(them.name) in names]
    for them in twins:
        note(f"{them.name} is a contact already, with another address: {_command(them, names)}")
    return [them for them in several.values() if them not in twins]


def _command(them: Correspondent, names: set[str]) -> str:
    """What adds somebody, or an address to somebody of that name."""
    from giveback.text import fold

    address = shlex.quote(them.address)
    if fold(them.name) in names:
        return f"giveback edit {shlex.quote(them.name)} --email {address}"
    return f"giveback add-contact {shlex.quote(them.name or them.address)} --email {address}"


def _find(connection: sqlite3.Connection, links: Sequence[str]) -> list[Article]:
    """Saved articles at some addresses, in their order, each once."""
    from giveback.people.mail.keeping import Article
    from giveback.reading.addresses import canonical_url
    from giveback.reading.identities import at_address, complete

    complete(connection)
    numbers = [at_address(connection, canonical_url(link)) for link in links]
    found = dict.fromkeys(number for number in numbers if number is not None)
    sql = "SELECT id, title, url FROM article WHERE id = ?"
    return [Article(*connection.execute(sql, (number,)).fetchone()) for number in found]


@contextmanager
def _progress(found: Sequence[Found], passes: int) -> Iterator[Callable[[int], None]]:
    """A bar of megabytes, where there are many and somebody looks."""
    total = passes * sum(one.size for one in found)
    if total < SLOW_BYTES or not sys.stderr.isatty():
        yield lambda _: None
        return
    from giveback.output.rich import progress

    read = 0
    with progress("reading mail", total // _MEGABYTE) as step:

        def on_bytes(more: int) -> None:
            nonlocal read
            before, read = read // _MEGABYTE, read + more
            for _ in range(read // _MEGABYTE - before):
                step("reading mail")

        yield on_bytes


def _counted(count: int, things: str) -> str:
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def _tell(done: _Done, mailboxes: int, *, dry_run: bool) -> None:
    tally, kept = done.scan.tally, done.kept
    boxes = "1 mailbox" if mailboxes == 1 else f"{mailboxes:,} mailboxes"
    parts = [f"{_counted(kept.added, 'exchanges')} added"]
    parts += [f"{_counted(kept.gifts, 'articles')} given among them"] if kept.gifts else []
    parts += [f"{kept.linked:,} noted before"] if kept.linked else []
    parts += [f"{kept.known:,} known already"] if kept.known else []
    would(dry_run, f"{boxes}, {_counted(tally.messages, 'messages')}: {', '.join(parts)}")
    for them in done.added:
        would(dry_run, f"added {them.name or them.address} · {them.address}")
    passed = [f"{count:,} {reason}" for reason, count in _passed_over(done).items()]
    if passed:
        note("passed over: " + ", ".join(passed))
    _propose(done)


def _passed_over(done: _Done) -> dict[str, int]:
    unanswered, tally = done.scan.unanswered(), done.scan.tally
    more = {"that nobody answered": unanswered, "without a day that can be": tally.undated}
    return dict(tally.passed_over.most_common()) | {reason: count for reason, count in more.items() if count}


def _propose(done: _Done) -> None:
    if not done.proposals:
        return
    from giveback.output.table import Column, Table, show

    columns = (Column("Written to", "name", grows=True), Column("Times", "number"), Column("They", "number"),
               Column("Last", "day"), Column("To add them", wraps=True))  # fmt: skip
    body = [
        (them.name or them.address, str(them.sent), str(them.received), them.last_on, _command(them, done.names))
        for them in done.proposals[:SHOWN]
    ]
    show(Table(columns, body))
    if len(done.proposals) > SHOWN:
        note(f"and {len(done.proposals) - SHOWN:,} more; --json lists them, --add all adds them")


def _show_json(done: _Done, mailboxes: int, *, dry_run: bool) -> None:
    from giveback.output import records

    tally, kept = done.scan.tally, done.kept
    records.show(
        {
            "mailboxes": mailboxes,
            "messages": tally.messages,
            "exchanges": {"added": kept.added, "known": kept.known},
            "gifts": kept.gifts,
            "linked": kept.linked,
            "passed_over": _passed_over(done),
            "unreadable": [{"path": path, "reason": reason} for path, reason in tally.unreadable],
            "people": [_person(them, done, added=True) for them in done.added]
            + [_person(them, done, added=False) for them in done.proposals],
            "dry_run": dry_run,
        }
    )


def _person(them: Correspondent, done: _Done, *, added: bool) -> dict[str, object]:
    return {
        "name": them.name or None,
        "email": them.address,
        "sent": them.sent,
        "received": them.received,
        "last_on": them.last_on or None,
        "added": added,
        "command": None if added else _command(them, done.names),
    }
