"""Targets: the companies and people that a user wants to reach, and what is needed of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.matching.companies import Names, company_key
from giveback.store.questions import targets as questions
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import date

    from sqlmodel import Session

    from giveback.store.questions.targets import AliasRow, NeedRow, TargetRow
    from giveback.store.tables import Need, Target

STATES = ("researching", "asked", "talking", "helped", "closed")
"""From the first look to the end; asks, answers and help move a target forward, never back."""
KINDS = ("company", "person")
NEED_LIMIT = 300
SHOWN = 80
"""Characters of what was typed that a message repeats."""


class TargetForm(NamedTuple):
    """What a user says of a target; "" where nothing is said.

    Attributes:
        name: of the company or the person.
        kind: one of `KINDS`.
        company: where a person works.
        industry: the field it is in: "oil and gas".
        town: where it is.
        school: where a person studied.
        needs: what is needed, a few words each.
        contact_id: the contact that a person is.
    """

    name: str
    kind: str = "company"
    company: str = ""
    industry: str = ""
    town: str = ""
    school: str = ""
    needs: tuple[str, ...] = ()
    contact_id: int | None = None


def add(session: Session, form: TargetForm, today: date) -> Target:
    """Add a target with what is needed of it.

    Args:
        session: an open unit of work.
        form: what was said.
        today: the local day.

    Raises:
        UsageError: the name or a need is empty.
        AmbiguousError: there is a target of that name.
    """
    from sqlmodel import select

    from giveback.store.tables import Target

    name = clean_line(form.name, 200)
    key = key_of(form.kind, name)
    if not key:
        raise UsageError("the name of the target is empty", "giveback target add NAME --need TEXT")
    same = session.exec(select(Target).where(Target.kind == form.kind, Target.key == key)).first()
    if same is not None:
        raise AmbiguousError(
            f"{same.name} is a target already ({same.state})",
            f'`giveback target need "{same.name}" TEXT` adds to it; `giveback target edit` changes it',
        )
    target = Target(
        kind=form.kind, name=name, key=key, contact_id=form.contact_id, company=clean_line(form.company),
        industry=clean_line(form.industry), town=clean_line(form.town), school=clean_line(form.school), added_on=today,
    )  # fmt: skip
    session.add(target)
    session.flush()
    note(session, number_of(target), today, "added")
    for said in form.needs:
        add_need(session, target, said, today)
    return target


def key_of(kind: str, name: str) -> str:
    """What the name of a target is compared by: `company_key`, or the folded name of a person."""
    return company_key(name) if kind == "company" else fold(name)


def number_of(target: Target) -> int:
    """The number of a target that is in the store."""
    if target.id is None:
        raise ValueError("the target was not flushed")
    return target.id


def get(session: Session, target_id: int) -> Target:
    """The target of that number, which must exist."""
    from giveback.store.tables import Target

    return session.get_one(Target, target_id)


def note(
    session: Session, target_id: int, on: date, kind: str, text: str = "", *, contact_id: int | None = None
) -> None:
    """Put a line into a target's timeline.

    Args:
        session: an open unit of work.
        target_id: the target.
        on: the day.
        kind: added, need, met, asked, answered, helped, state or told.
        text: what, without the name of a contact.
        contact_id: through whom.
    """
    from giveback.store.tables import TargetEvent

    session.add(TargetEvent(target_id=target_id, contact_id=contact_id, on_day=on, kind=kind, text=text))
    session.flush()


def add_need(session: Session, target: Target, said: str, today: date) -> Need:
    """Say what is needed of a target; saying it again, ignoring case, gives the one that is there.

    Raises:
        UsageError: it is empty.
    """
    from sqlmodel import select

    from giveback.store.tables import Need

    text = clean_line(said, NEED_LIMIT)
    if not text:
        raise UsageError("a need is empty", 'say what you need to know or get: "who hires reservoir engineers"')
    known = session.exec(select(Need).where(Need.target_id == target.id)).all()
    same = next((need for need in known if fold(need.text) == fold(text)), None)
    if same is not None:
        return same
    need = Need(target_id=number_of(target), text=text)
    session.add(need)
    session.flush()
    note(session, number_of(target), today, "need", text)
    return need


def meet(session: Session, need_id: int, today: date, contact_id: int | None = None) -> Need:
    """Tick a need off.

    Args:
        session: an open unit of work.
        need_id: the need.
        today: the local day.
        contact_id: who met it; None for nobody in particular.
    """
    from giveback.store.tables import Need

    need = session.get_one(Need, need_id)
    if need.met_on is None:
        need.met_on, need.met_by_id = today, contact_id
        session.add(need)
        session.flush()
        note(session, need.target_id, today, "met", need.text, contact_id=contact_id)
    return need


def move_on(session: Session, target: Target, state: str, today: date) -> bool:
    """Move a target forward to a state; what is there already, or closed, stays.

    Returns:
        Whether it moved.
    """
    if target.state == "closed" or STATES.index(state) <= STATES.index(target.state):
        return False
    set_state(session, target, state, today)
    return True


def set_state(session: Session, target: Target, state: str, today: date) -> None:
    """Put a target into a state by hand, back too.

    Raises:
        UsageError: there is no such state.
    """
    if state not in STATES:
        raise UsageError(f"{clean_line(state, SHOWN)!r} is no state of a target", "use one of " + ", ".join(STATES))
    if target.state != state:
        note(session, number_of(target), today, "state", f"{target.state} -> {state}")
        target.state = state
        session.add(target)
        session.flush()


def close(session: Session, target: Target, outcome: str, today: date) -> list[int]:
    """Close a target, and make it due to tell everybody who helped how it turned out.

    Args:
        session: an open unit of work.
        target: the target.
        outcome: how it turned out, or "".
        today: the local day.

    Returns:
        The contacts who are to be told.
    """
    target.outcome = clean_line(outcome, NEED_LIMIT)
    set_state(session, target, "closed", today)
    session.add(target)
    return _outcome_known(session, target, today)


def _outcome_known(session: Session, target: Target, today: date) -> list[int]:
    """The outcome is known now: what was to be told some day is due today."""
    from sqlmodel import select

    from giveback.store.tables import FollowUp, Help

    helped = select(FollowUp).join(Help, Help.outcome_id == FollowUp.id).where(Help.target_id == target.id)  # type: ignore[arg-type]  # a condition of SQL
    told = []
    for row in session.exec(helped).all():
        if row.done_on is None:
            row.due_on = today
            row.text = f"{row.text} ({target.name}: {target.outcome or 'it is closed'})"
            session.add(row)
            told.append(row.contact_id)
    session.flush()
    return list(dict.fromkeys(told))


def link(session: Session, target: Target, said: str, *, same: bool) -> str:
    """Remember that a company name means a target, or that it does not.

    Returns:
        The name as it is kept.

    Raises:
        UsageError: the name is empty, or the target is a person.
    """
    from sqlmodel import select

    from giveback.store.tables import TargetAlias

    name, key = clean_line(said, 200), company_key(clean_line(said, 200))
    if not key:
        raise UsageError("the company name is empty", 'giveback target link shell "Royal Dutch Shell"')
    if target.kind != "company":
        raise UsageError(f"{target.name} is a person", f'giveback target edit "{target.name}" --company NAME')
    if key == target.key and not same:
        raise UsageError(f"{name!r} is the name of the target itself", "giveback target edit changes it")
    known = session.exec(
        select(TargetAlias).where(TargetAlias.target_id == target.id, TargetAlias.key == key)
    ).first() or TargetAlias(target_id=number_of(target), name=name, key=key, same=same)
    known.same = same
    session.add(known)
    session.flush()
    return name


def names_of(row: TargetRow, aliases: Sequence[AliasRow]) -> Names:
    """What a target is called: its name, or that of a person's company, with what was confirmed and denied."""
    own = row.key if row.kind == "company" else company_key(row.company)
    mine = [alias for alias in aliases if alias.target_id == row.id]
    keys = dict.fromkeys([own, *(alias.key for alias in mine if alias.same)])
    return Names(tuple(key for key in keys if key), frozenset(alias.key for alias in mine if not alias.same))


def resolve(
    connection: sqlite3.Connection | None,
    said: str,
    choose: Callable[[str, Sequence[TargetRow]], TargetRow] | None = None,
) -> TargetRow:
    """Find the one target that is meant.

    A whole name or a confirmed other name wins, legal forms aside; then words of the name; then what is spelled
    nearly so. Closed targets answer when no open one does.

    Args:
        connection: the store, or None when there is none yet.
        said: what the user typed.
        choose: asks which of several is meant; without it several are an error.

    Raises:
        UsageError: nothing was typed.
        NotFoundError: no target answers to it.
        AmbiguousError: several do, and there is nobody to ask.
    """
    shown = repr(clean_line(said, SHOWN))
    if not fold(clean_line(said)):
        raise UsageError("the name of a target is missing", "`giveback target list` shows them")
    rows = questions.listed(connection, closed=True) if connection is not None else []
    if not rows:
        raise NotFoundError(f"there is no target {shown}: there are none yet", "giveback target add NAME --need TEXT")
    found = _named(rows, questions.aliases(connection), said) if connection is not None else []
    found = [row for row in found if row.state != "closed"] or found
    if not found:
        raise NotFoundError(f"there is no target {shown}", _near(rows, said))
    if len(found) == 1:
        return found[0]
    if choose is not None:
        return choose(said, found)
    raise AmbiguousError(
        f"{shown} could be {len(found)} targets", "say more of the name", tuple(row.name for row in found)
    )


def _named(rows: Sequence[TargetRow], aliases: Sequence[AliasRow], said: str) -> list[TargetRow]:
    whole, parts = {fold(clean_line(said)), company_key(said)}, fold(said).split()
    also = {(alias.target_id, alias.key) for alias in aliases if alias.same}
    exact = [
        row
        for row in rows
        if row.key in whole or fold(row.name) in whole or any((row.id, key) in also for key in whole)
    ]
    if exact:
        return exact
    words = {row.id: fold(f"{row.name} {row.key}").replace("-", " ").split() for row in rows}
    return [row for row in rows if all(any(word.startswith(part) for word in words[row.id]) for part in parts)]


def _near(rows: Sequence[TargetRow], said: str) -> str:
    from rapidfuzz import process

    close = process.extract(company_key(said), [row.key for row in rows], score_cutoff=70, limit=2)
    near = " or ".join(rows[place].name for _, _, place in close)
    return f"did you mean {near}?" if near else f'giveback target add "{clean_line(said, SHOWN)}" --need TEXT'


def find_need(needs: Sequence[NeedRow], said: str, target: str) -> NeedRow:
    """The need of a target that is meant: its place in the list, or some of its words.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: several are meant.
    """
    text = fold(clean_line(said))
    if text.isdigit() and 0 < int(text) <= len(needs):
        return needs[int(text) - 1]
    found = [need for need in needs if text and text in fold(need.text)]
    found = [need for need in found if need.met_on is None] or found
    if not found:
        raise NotFoundError(
            f"{target} has no need {clean_line(said, SHOWN)!r}", f'giveback target show "{target}" lists them'
        )
    if len(found) > 1:
        lines = tuple(f"{needs.index(need) + 1}  {need.text}" for need in found)
        raise AmbiguousError(f"{clean_line(said, SHOWN)!r} could be {len(found)} needs", "give its number", lines)
    return found[0]


def edit(session: Session, target: Target, fields: dict[str, str]) -> list[str]:
    """Change what is known of a target.

    Args:
        session: an open unit of work.
        target: the target.
        fields: new values by the names of `TargetForm`.

    Returns:
        What changed, one line each.

    Raises:
        UsageError: the name is empty.
    """
    lines = []
    for field, said in fields.items():
        old, new = getattr(target, field), clean_line(said, 200)
        if field == "name" and not key_of(target.kind, new):
            raise UsageError("the name of the target is empty", "giveback target edit NAME --name TEXT")
        if old != new:
            setattr(target, field, new)
            lines.append(f"{field}: {old or '(nothing)'} -> {new or '(nothing)'}")
    target.key = key_of(target.kind, target.name)
    session.add(target)
    session.flush()
    return lines
