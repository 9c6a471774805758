"""Who is due, why, and how late: pure rules over plain values, the clock among them.

Eight reasons to be in touch, each with a day on which it falls due. Nothing here is stored: a reason follows
from what was exchanged, asked and promised, and goes when that changes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from giveback.keeping.occasions import Occasion, is_dealt_with, is_near
from giveback.keeping.waiting import StepKind, Tried, next_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Strongest first: my word, then thanks, then what is open between us and may still be answered or told, then
# notes to myself, then dates that come by themselves, then those who helped, then mere time passing.
Kind = Literal["promise", "thank-you", "waiting", "outcome", "reminder", "occasion", "stay-in-touch", "cadence"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_STRENGTH: dict[str, int] = {kind: place for place, kind in enumerate(KINDS)}

# Overdue days are weighed against this where a contact has no cadence of its own: the "warm" one.
USUAL_CADENCE_DAYS = 60
THANKS_AFTER_DAYS = 1


class Facts(NamedTuple):
    """What the rules need to know about one contact.

    Attributes:
        contact_id: the contact.
        added_on: the day the contact was added.
        cadence_days: how often to be in touch, at least 1; None for no cadence.
        last_on: the last exchange in any direction; None for none.
        thanks_since: the earliest gift or help received that nothing given or shared has followed.
        snoozed_until: hidden before this day.
        occasions: what there is to wish well for, or to react to.
    """

    contact_id: int
    added_on: date
    cadence_days: int | None = None
    last_on: date | None = None
    thanks_since: date | None = None
    snoozed_until: date | None = None
    occasions: tuple[Occasion, ...] = ()


class Dated(NamedTuple):
    """A promise, a reminder, an open ask, an outcome still to be told, or a helper to stay in touch with.

    Attributes:
        id: its number in the store.
        contact_id: whom it concerns.
        kind: promise, reminder, waiting, outcome or stay-in-touch.
        due: its day; None for a waiting ask, whose days follow from `since`, and for what has no date.
        since: the day it was promised, noted or asked.
        text: what, in a few words.
        nudges: outgoing exchanges after `since` (waiting).
        answered: whether it was answered, kept or told.
        nudged_on: the latest of the nudges; None for none.
        turned: whether somebody else was asked about the same target since (waiting).
        alone: nobody else can be asked (waiting for a consent).
    """

    id: int
    contact_id: int
    kind: Kind
    due: date | None
    since: date
    text: str
    nudges: int = 0
    answered: bool = False
    nudged_on: date | None = None
    turned: bool = False
    alone: bool = False

    @property
    def tried(self) -> Tried:
        """What was done about an ask."""
        return Tried(self.nudges, self.nudged_on, self.turned, self.alone)


class Reason(NamedTuple):
    """One reason to be in touch.

    Attributes:
        kind: which rule gave it.
        due: the day it fell, or falls, due.
        text: what, in a few words; "" where the kind says it all.
        dated_id: the `Dated` behind it, for `done`; None for reasons that follow from exchanges.
        step: what 3B7 says to do now (waiting); "" for other kinds.
        occasion: the occasion behind it, for `done`; None for other kinds.
    """

    kind: Kind
    due: date
    text: str
    dated_id: int | None = None
    step: StepKind | Literal[""] = ""
    occasion: Occasion | None = None

    def overdue_days(self, today: date) -> int:
        """Days since it fell due; negative while it is ahead."""
        return (today - self.due).days


class FollowUp(NamedTuple):
    """One contact's line: the strongest reason, the others counted.

    Attributes:
        contact_id: the contact.
        reason: the strongest one.
        others: how many more there are.
        priority: days overdue / cadence, of the reason that is most overdue; below 0 when all lie ahead.
    """

    contact_id: int
    reason: Reason
    others: int
    priority: float


def cadence_priority(anchor: int, cadence_days: int, today: int) -> float | None:
    """How far a cadence has run over; the one rule, on integers, for scans of every contact.

    Args:
        anchor: proleptic ordinal of the last exchange, or of the day the contact was added if there was none.
        cadence_days: at least 1.
        today: proleptic ordinal of the local day, plus the days to look ahead.

    Returns:
        Days overdue / cadence, 0.0 on the day it runs out; None before.
    """
    overdue = today - anchor - cadence_days
    return overdue / cadence_days if overdue >= 0 else None


def plain_priority(
    anchor: int, cadence_days: int | None, thanks: int | None, today: int, within_days: int
) -> float | None:
    """The priority of a contact that has no occasion, promise, reminder, ask or outcome.

    It says what `follow_up` says of such a contact, on integers alone, for scans of every contact.

    Args:
        anchor: proleptic ordinal of the last exchange, or of the day the contact was added.
        cadence_days: at least 1; None for no cadence.
        thanks: ordinal of the day since which thanks are owed; None for none.
        today: ordinal of the local day.
        within_days: how far to look ahead.

    Returns:
        Days overdue / cadence, of the reason that is most overdue; None when nothing is due.
    """
    overdue = [today - thanks - THANKS_AFTER_DAYS] if thanks is not None else []
    if cadence_days is not None:
        overdue.append(today - anchor - cadence_days)
    most = max(overdue, default=-within_days - 1)
    return priority(most, cadence_days) if most >= -within_days else None


def is_snoozed(snoozed_until: date | None, today: date) -> bool:
    """Whether a contact is hidden; on the day itself it shows again."""
    return snoozed_until is not None and today < snoozed_until


def reasons(
    facts: Facts,
    dated: Iterable[Dated],
    today: date,
    within_days: int = 0,
    holidays: frozenset[date] = frozenset(),
) -> list[Reason]:
    """Every reason to be in touch with one contact.

    Args:
        facts: the contact.
        dated: its promises, reminders, asks and outcomes; those of others are passed over.
        today: the local day.
        within_days: how far to look ahead; occasions always show a week ahead.
        holidays: days that are no business days.

    Returns:
        Reasons due by `today` + `within_days`, strongest first; none while the contact is snoozed.
    """
    if is_snoozed(facts.snoozed_until, today):
        return []
    horizon = today + timedelta(within_days)
    found = [
        reason
        for item in dated
        if item.contact_id == facts.contact_id
        and (reason := _dated_reason(item, today, holidays))
        and reason.due <= horizon
    ]
    found += [
        reason
        for reason in (_thanks(facts, horizon), *_occasions(facts, today, within_days), _cadence(facts, horizon))
        if reason
    ]
    return sorted(found, key=_by_strength)


def _by_strength(reason: Reason) -> tuple[int, date, str, int]:
    """Among equals the longest overdue first; text and number make the order total."""
    return _STRENGTH[reason.kind], reason.due, reason.text, reason.dated_id or 0


def _dated_reason(item: Dated, today: date, holidays: frozenset[date]) -> Reason | None:
    if item.answered:
        return None
    if item.kind == "waiting":
        step = next_step(item.since, item.tried, today, holidays)
        return Reason(item.kind, step.due, item.text, item.id, step.kind) if step.due else None
    return Reason(item.kind, item.due, item.text, item.id) if item.due else None


def _thanks(facts: Facts, horizon: date) -> Reason | None:
    if facts.thanks_since is None:
        return None
    due = facts.thanks_since + timedelta(THANKS_AFTER_DAYS)
    return Reason("thank-you", due, "") if due <= horizon else None


def _occasions(facts: Facts, today: date, within_days: int) -> list[Reason]:
    """Occasions near their day that no exchange has dealt with."""
    return [
        Reason("occasion", one.day, one.text, occasion=one)
        for one in facts.occasions
        if is_near(one, today, within_days) and not is_dealt_with(one, facts.last_on)
    ]


def _cadence(facts: Facts, horizon: date) -> Reason | None:
    if facts.cadence_days is None:
        return None
    anchor = facts.last_on or facts.added_on
    if cadence_priority(anchor.toordinal(), facts.cadence_days, horizon.toordinal()) is None:
        return None
    return Reason("cadence", anchor + timedelta(facts.cadence_days), "")


def follow_up(
    facts: Facts,
    dated: Iterable[Dated],
    today: date,
    within_days: int = 0,
    holidays: frozenset[date] = frozenset(),
) -> FollowUp | None:
    """One contact's line.

    Args:
        facts: the contact.
        dated: its promises, reminders, asks and outcomes.
        today: the local day.
        within_days: how far to look ahead.
        holidays: days that are no business days.

    Returns:
        The strongest reason with the others counted; None when there is no reason.
    """
    found = reasons(facts, dated, today, within_days, holidays)
    if not found:
        return None
    overdue = max(reason.overdue_days(today) for reason in found)
    return FollowUp(facts.contact_id, found[0], len(found) - 1, priority(overdue, facts.cadence_days))


def priority(overdue_days: int, cadence_days: int | None) -> float:
    """Days overdue / cadence; a contact without a cadence is weighed as a warm one, 60 days."""
    return overdue_days / (cadence_days or USUAL_CADENCE_DAYS)


def follow_ups(
    contacts: Iterable[Facts],
    dated: Iterable[Dated],
    today: date,
    within_days: int = 0,
    *,
    names: Mapping[int, str] | None = None,
    holidays: frozenset[date] = frozenset(),
) -> list[FollowUp]:
    """Everybody who is due, one line each, in the order of `rank`.

    Args:
        contacts: the contacts, each once.
        dated: the promises, reminders, asks and outcomes of all of them, in any order.
        today: the local day.
        within_days: how far to look ahead.
        names: contact to name as it sorts.
        holidays: days that are no business days.

    Returns:
        The lines, most pressing first.
    """
    of_contact: dict[int, list[Dated]] = {}
    for item in dated:
        of_contact.setdefault(item.contact_id, []).append(item)
    lines = (follow_up(facts, of_contact.get(facts.contact_id, ()), today, within_days, holidays) for facts in contacts)
    return rank([line for line in lines if line], names)


def rank(followups: Sequence[FollowUp], names: Mapping[int, str] | None = None) -> list[FollowUp]:
    """The order in which contacts are shown.

    Args:
        followups: one a contact.
        names: contact to name as it sorts; settles ties. Contacts missing here sort by number.

    Returns:
        By priority, highest first; ties by name, then by number.
    """
    known = names or {}
    return sorted(followups, key=lambda line: (-line.priority, known.get(line.contact_id, ""), line.contact_id))
