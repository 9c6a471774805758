"""The worksheet for the Monday huddle: per target, who, what is needed of them, what can be offered, the next step.

"Review your lists of desired contacts and target companies to determine the person who can give you the information you
need … Define what you might offer of value to each of these people." What is not known stays an honest blank.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from giveback.asking.asks import between, state_of, step_of
from giveback.asking.hat import OFTEN, Between
from giveback.asking.offering import first
from giveback.asking.ties import say_tie
from giveback.asking.who import who
from giveback.dates import say_day
from giveback.store.questions import asks as ask_asks
from giveback.store.questions import contacts as ask_contacts
from giveback.store.questions import followups as ask_followups
from giveback.store.questions import targets as questions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.asking.who import Candidate
    from giveback.giving.choices import Choice
    from giveback.giving.rules.book import Book
    from giveback.store.questions.asks import AskRow
    from giveback.store.questions.targets import NeedRow, TargetRow

PEOPLE = 5
"""People on a page: more are not asked in a week."""
WAYS = (
    "Nobody known yet. Two ways to find one:",
    "ask a contact in the same field or town whom they know there (giveback knows NAME PERSON --at COMPANY);",
    "look for who spoke or wrote for them, and give something useful to what they said (giveback met NAME).",
)


class Row(NamedTuple):
    """A person on a page, all as it is printed; "" is a blank.

    Attributes:
        name: who.
        reason: why them.
        tie: how the tie is.
        need: what is needed of them.
        offer: what can be offered.
        step: the next step.
    """

    name: str
    reason: str = ""
    tie: str = ""
    need: str = ""
    offer: str = ""
    step: str = ""


class Page(NamedTuple):
    """A page for a target.

    Attributes:
        name: of the target.
        state: how far it is.
        about: what else is known of it, or "".
        needs: what is needed, and whether it was met.
        people: who may help; empty when nobody is known.
        hints: what helps then.
        known: how many may help, also those who are not on the page.
    """

    name: str
    state: str
    about: str
    needs: list[tuple[str, bool]]
    people: list[Row]
    hints: tuple[str, ...] = WAYS
    known: int = 0


def pages(
    connection: sqlite3.Connection, targets: Sequence[TargetRow], today: date, choice: Choice, book: Book
) -> list[Page]:
    """A page for each target.

    Args:
        connection: the store.
        targets: which.
        today: the local day.
        choice: what may be suggested.
        book: the rules of gifts.
    """
    return [_page(connection, target, today, choice, book) for target in targets]


def _page(connection: sqlite3.Connection, target: TargetRow, today: date, choice: Choice, book: Book) -> Page:
    needs = questions.needs(connection, target.id)
    found = who(connection, target, today).candidates
    shown = found[:PEOPLE]
    gifts = [first(connection, each.person.id, today, choice, book) for each in shown]
    return Page(
        target.name,
        target.state,
        ", ".join(part for part in (target.company, target.industry, target.town, target.school) if part),
        [(need.text, need.met_on is not None) for need in needs],
        [
            _row(connection, each, target, needs, today)._replace(offer=gift.title if gift else "")
            for each, gift in zip(shown, gifts, strict=True)
        ],
        known=len(found),
    )


def _row(
    connection: sqlite3.Connection, candidate: Candidate, target: TargetRow, needs: Sequence[NeedRow], today: date
) -> Row:
    """A person on the page, but for what can be offered."""
    number = candidate.person.id
    contact = ask_contacts.one(connection, number)
    asked = [row for row in ask_asks.of_contact(connection, number) if row.target_id == target.id]
    last = asked[-1] if asked else None
    holidays = ask_followups.holidays(connection)
    return Row(
        contact.name,
        "; ".join(ground.text for ground in candidate.grounds[:2]),
        say_tie(candidate.tie, today),
        last.text if last else open_needs(needs),
        step=say_step(between(connection, contact, target.id, today), last, today, holidays),
    )


def open_needs(needs: Sequence[NeedRow]) -> str:
    """What is still needed: the text of one need, the numbers of several, as the page lists them."""
    still = [(place, need) for place, need in enumerate(needs, start=1) if need.met_on is None]
    if len(still) == 1:
        return still[0][1].text
    return " or ".join(str(place) for place, _ in still)


def say_step(known: Between, asked: AskRow | None, today: date, holidays: frozenset[date]) -> str:
    """The next step with a person: thanks first, then what waits, then a gift, then the ask.

    Args:
        known: what lies between.
        asked: what they were asked last about this target, or None.
        today: the local day.
        holidays: days that are no business days.
    """
    if known.unthanked:
        return f"thank them: {known.unthanked[1]}"
    if asked is not None and (said := _of_ask(asked, today, holidays)):
        return said
    if known.said_no:
        return "they said no: leave it at that"
    if known.asked >= OFTEN:
        return f"asked {known.asked} times lately: let somebody else help"
    return "ask" if known.given else "give first, then ask"


def _of_ask(asked: AskRow, today: date, holidays: frozenset[date]) -> str:
    step = step_of(asked, today, holidays)
    if step is not None and step.due is not None:
        what = "ask another too" if step.kind == "turn" else "follow up once"
        return f"asked {say_day(date.fromisoformat(asked.asked_on), today)}; {what} {say_day(step.due, today)}"
    if step is not None:
        return "no answer: leave it, ask somebody else"
    if asked.outcome_id is not None and asked.outcome_told_on is None:
        return "tell them how it turned out"
    return {
        "yes": "they said yes: do what was agreed",
        "answered": "they answered: `giveback helped` or a thank-you",
    }.get(state_of(asked), "")


def week_of(today: date) -> date:
    """The Monday of a day's week, by which a worksheet is named."""
    return today - timedelta(today.weekday())
