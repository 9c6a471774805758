"""When to come back to an ask that nobody answered: the 3B7 rule, on plain values.

Steve Dalton, The 2-Hour Job Search, "3B7": no answer after 3 business days, turn to the next person; after 7,
follow up once with the first; then let it be. Day n counts from the ask. Nobody is nudged after that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from giveback.dates import business_days_after

if TYPE_CHECKING:
    from datetime import date

WAITING_BUSINESS_DAYS = (3, 7)

StepKind = Literal["turn", "nudge", "stop"]


class Tried(NamedTuple):
    """What was done about an ask since it was made.

    Attributes:
        nudges: days with something that went out to the same person, each exchange counted.
        nudged_on: the latest of them; None for none.
        turned: whether somebody else was asked about the same target on a later day.
        alone: nobody else can be asked, as for a consent.
    """

    nudges: int = 0
    nudged_on: date | None = None
    turned: bool = False
    alone: bool = False


class Step(NamedTuple):
    """The next step.

    Attributes:
        kind: "turn" to somebody else, "nudge" the one who was asked, or "stop".
        due: the day it falls due; None for "stop".
    """

    kind: StepKind
    due: date | None


STOP = Step("stop", None)


def next_step(asked_on: date, tried: Tried, today: date, holidays: frozenset[date] = frozenset()) -> Step:
    """The next step for an ask without an answer.

    Args:
        asked_on: the day of the ask.
        tried: what was done since.
        today: the local day: who did nothing for 7 business days is told to follow up, not to turn elsewhere.
        holidays: days that are no business days.

    Returns:
        After 3 business days turn to somebody else, or nudge where there is nobody else. Once that or a nudge has
        happened, nudge after 7. After a second nudge, or one on the seventh business day or later, stop.
    """
    turn, nudge = (business_days_after(asked_on, count, holidays) for count in WAITING_BUSINESS_DAYS)
    if tried.nudges >= len(WAITING_BUSINESS_DAYS) or (tried.nudged_on is not None and tried.nudged_on >= nudge):
        return STOP
    if tried.nudges or tried.turned:
        return Step("nudge", nudge)
    return Step("nudge" if tried.alone or today >= nudge else "turn", turn)
