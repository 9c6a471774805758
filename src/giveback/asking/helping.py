"""Help that was received, and the three things that it makes due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from giveback.asking import asks, targets
from giveback.keeping.exchanges import follow_up, log
from giveback.keeping.rules import THANKS_AFTER_DAYS
from giveback.text import clean_line

if TYPE_CHECKING:
    from sqlmodel import Session

    from giveback.store.questions.asks import AskRow
    from giveback.store.tables import Exchange

OUTCOME_DAYS = 14
"""So long after the help it is looked whether there is an outcome to tell; sooner when the target is closed."""
STAY_DAYS = 30
"""So long after the help is the day to be in touch without wanting anything."""


class Help(NamedTuple):
    """What somebody did.

    Attributes:
        contact_id: who helped.
        text: with what.
        channel: how, or "".
        target_id: for which target.
        need_id: which need it met.
        ask: the ask that it answers.
    """

    contact_id: int
    text: str
    channel: str = ""
    target_id: int | None = None
    need_id: int | None = None
    ask: AskRow | None = None


class Due(NamedTuple):
    """What help makes due: thanks, telling the outcome, being in touch afterwards."""

    thank: date
    tell: date
    stay: date


class Helped(NamedTuple):
    """What came of it: the exchange's UUID, and what is due when."""

    uuid: str
    due: Due


def due_after(on: date) -> Due:
    """When the three things are due after help on a day: the next day, two weeks later, a month later."""
    return Due(on + timedelta(THANKS_AFTER_DAYS), on + timedelta(OUTCOME_DAYS), on + timedelta(STAY_DAYS))


def helped(session: Session, given: Help, *, on: date, today: date) -> Helped:
    """Log help that was received, make three things due, and move the target on.

    The thanks need no row: they are due until something goes back (`keeping.rules`).

    Args:
        session: an open unit of work.
        given: who did what.
        on: the day.
        today: the local day.

    Raises:
        UsageError: the text is empty, or the day lies ahead.
    """
    exchange = log(
        session, given.contact_id, given.text, on=on, today=today, direction="received", channel=given.channel
    )
    ask_id = _answered(session, given.ask, on) if given.ask is not None else None
    follow(session, given, exchange, on, ask_id)
    _move_on(session, given, on)
    return Helped(exchange.uuid, due_after(on))


def _answered(session: Session, row: AskRow, on: date) -> int | None:
    """The ask is answered by the help; its number of its own."""
    kept = asks.extension(session, row)
    kept.answer, kept.answered_on = "yes", on
    session.add(kept)
    session.flush()
    asks.close(session, row.id, on)
    return kept.id


def _move_on(session: Session, given: Help, on: date) -> None:
    if given.target_id is None:
        return
    target = targets.get(session, given.target_id)
    targets.note(session, given.target_id, on, "helped", clean_line(given.text), contact_id=given.contact_id)
    if given.need_id is not None:
        targets.meet(session, given.need_id, on, given.contact_id)
    targets.move_on(session, target, "helped", on)


def follow(session: Session, given: Help, exchange: Exchange, on: date, ask_id: int | None = None) -> None:
    """Make the telling and the staying in touch due; `giveback log --outcome` does the same."""
    from giveback.store.tables import Help as Kept

    due = due_after(on)
    tell, stay = (
        follow_up(session, given.contact_id, given.text, kind=kind, since=on, due=day, exchange_id=exchange.id)
        for kind, day in (("outcome", due.tell), ("reminder", due.stay))
    )
    assert exchange.id is not None
    session.add(
        Kept(
            contact_id=given.contact_id, exchange_id=exchange.id, target_id=given.target_id, need_id=given.need_id,
            ask_id=ask_id, outcome_id=tell.id, stay_id=stay.id,
        )
    )  # fmt: skip
    session.flush()
