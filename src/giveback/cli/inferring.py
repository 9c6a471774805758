"""`giveback interests NAME --infer`: proposals with their evidence, and what of them is accepted."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from giveback.cli.common import Here, note, questions, refresh, would
from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.people.inferring import Proposal

_EVIDENCE_SHOWN = 3


def propose(at: Here, number: int, accept: str, *, json: bool, dry_run: bool) -> None:
    """Show proposals, and add those that are accepted: by number, or when asked on a terminal.

    Args:
        at: the store.
        number: the contact.
        accept: numbers of proposals, such as "1,3"; "" for none said.
        json: print JSON and ask nothing.
        dry_run: change nothing.

    Raises:
        UsageError: there is no proposal of such a number.
    """
    from giveback.giving.inferring import proposals

    connection = questions(at)
    assert connection is not None
    found = proposals(connection, number, at.now.today)
    connection.close()
    chosen = _chosen(found, accept)
    if json:
        from giveback.output import records

        records.show([_record(place, one, accepted=one in chosen) for place, one in enumerate(found, start=1)])
    elif not accept:
        _show(found)
        chosen = _asked(found)
    if chosen:
        _add(at, number, chosen, quiet=json, dry_run=dry_run)


def _chosen(found: Sequence[Proposal], said: str) -> list[Proposal]:
    numbers = re.findall(r"\d+", said)
    if said and not (numbers and re.fullmatch(r"[\d\s,;]+", said)):
        raise UsageError(f"{said!r} names no proposals", "give their numbers: --accept 1,3")
    missing = next((number for number in numbers if not 1 <= int(number) <= len(found)), None)
    if missing is not None:
        raise UsageError(f"there is no proposal {missing}", "`giveback interests NAME --infer` numbers them")
    return [found[int(number) - 1] for number in dict.fromkeys(numbers)]


def _show(found: Sequence[Proposal]) -> None:
    from giveback.output.table import Column, Table, show

    if not found:
        note("nothing to propose: there is no title, blog, note or mail that says anything twice")
        return
    columns = (Column("", "number"), Column("Interest", "name"), Column("Because of", wraps=True))
    show(Table(columns, [(str(place), one.phrase, _because(one)) for place, one in enumerate(found, start=1)]))


def _because(one: Proposal) -> str:
    more = len(one.evidence) - _EVIDENCE_SHOWN
    return "; ".join(one.evidence[:_EVIDENCE_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _asked(found: Sequence[Proposal]) -> list[Proposal]:
    """What a person on a terminal accepts; in a pipe nothing."""
    if not found:
        return []
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        note("nothing was added: --accept 1,3 adds some of them")
        return []
    import typer

    return _chosen(found, typer.prompt("Which to add (1,3; Enter for none)", default="", show_default=False, err=True))


def _add(at: Here, number: int, chosen: Sequence[Proposal], *, quiet: bool, dry_run: bool) -> None:
    from giveback.people.contacts import get
    from giveback.people.interests import add_interests
    from giveback.store.changes import change

    phrases = [one.phrase for one in chosen]
    with change(at.store, at.now, "interests --accept " + ", ".join(phrases), dry_run=dry_run) as session:
        contact = get(session, number)
        added = add_interests(session, contact, phrases)
        person = contact.name
    if not quiet:
        would(dry_run, f"{person}: " + ", ".join(f"+{phrase}" for phrase in added))
    if not dry_run:
        refresh(at)


def _record(place: int, one: Proposal, *, accepted: bool) -> dict[str, object]:
    return {
        "number": place,
        "phrase": one.phrase,
        "score": round(one.score, 3),
        "evidence": list(one.evidence),
        "accepted": accepted,
    }
