"""What a contact may be given: caps, no food, allergies, an employer's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError
from giveback.keeping.money import parse_money, say_money
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from giveback.giving.rules.book import Book
    from giveback.store.questions.gifts import LimitRow
    from giveback.store.tables import GiftLimit

NONE = ("none", "off", "")


class LimitEdits(NamedTuple):
    """What is to change of somebody's limits; None leaves a thing as it is.

    Attributes:
        cap: an amount for an occasion, or "none".
        year_cap: an amount for a year, or "none".
        no_food: whether they take no food.
        allergies: to add.
        gone_allergies: to take away.
        policy: the name of an employer's policy, or "none".
    """

    cap: str | None = None
    year_cap: str | None = None
    no_food: bool | None = None
    allergies: Sequence[str] = ()
    gone_allergies: Sequence[str] = ()
    policy: str | None = None


def apply(session: Session, contact_id: int, edits: LimitEdits, book: Book) -> list[str]:
    """Change the limits of gifts to a contact.

    Args:
        session: an open unit of work.
        contact_id: the contact.
        edits: what is to change.
        book: the rules, which know the policies.

    Returns:
        What changed, one line each.

    Raises:
        UsageError: no amount, no such policy, or an allergy that is not there.
    """
    row = _row(session, contact_id)
    before = _said(row)
    if edits.cap is not None:
        row.cap_cents = _amount(edits.cap)
    if edits.year_cap is not None:
        row.year_cap_cents = _amount(edits.year_cap)
    if edits.no_food is not None:
        row.no_food = edits.no_food
    if edits.policy is not None:
        row.policy = checked_policy(edits.policy, book)
    row.allergies = ", ".join(_allergies(row.allergies, edits))
    session.add(row)
    session.flush()
    after = _said(row)
    lines = [f"{name}: {before[name]} -> {after[name]}" for name in after if before[name] != after[name]]
    if not any((row.cap_cents is not None, row.year_cap_cents is not None, row.no_food, row.allergies, row.policy)):
        session.delete(row)
        session.flush()
    return lines


def _row(session: Session, contact_id: int) -> GiftLimit:
    from sqlmodel import select

    from giveback.store.tables import GiftLimit

    found = session.exec(select(GiftLimit).where(GiftLimit.contact_id == contact_id)).first()
    return found or GiftLimit(contact_id=contact_id)


def _amount(said: str) -> int | None:
    return None if said.strip().lower() in NONE else parse_money(said)


def checked_policy(said: str, book: Book) -> str:
    """The name of a policy, "" for none.

    Raises:
        UsageError: there is no such policy.
    """
    name = fold(clean_line(said))
    if name in NONE:
        return ""
    if name not in book.policies:
        known = ", ".join(sorted(book.policies))
        raise UsageError(f"there is no gift policy {name!r}", f"use {known}, or add yours to gift_rules.toml")
    return name


def _allergies(kept: str, edits: LimitEdits) -> list[str]:
    found = {fold(part): part.strip() for part in kept.split(",") if part.strip()}
    for said in edits.gone_allergies:
        if found.pop(fold(clean_line(said)), None) is None:
            raise UsageError(f"no allergy {clean_line(said)!r} is noted", "giveback show NAME lists them")
    for said in edits.allergies:
        for part in clean_line(said).split(","):
            if not fold(part):
                raise UsageError("an allergy is empty", "say what it is: --allergy nuts")
            found.setdefault(fold(part), part.strip())
    return list(found.values())


def _said(row: GiftLimit | LimitRow) -> dict[str, str]:
    return {
        "gift-cap": "none" if row.cap_cents is None else say_money(row.cap_cents),
        "gift-cap-year": "none" if row.year_cap_cents is None else say_money(row.year_cap_cents),
        "food": "none" if row.no_food else "welcome",
        "allergies": row.allergies or "none",
        "gift-policy": row.policy or "none",
    }


def summary(row: LimitRow) -> str:
    """Limits in a line, "" for none: "at most 20 an occasion and 50 a year; no food; allergic to nuts"."""
    caps = [
        f"{say_money(cents)} {span}"
        for cents, span in ((row.cap_cents, "an occasion"), (row.year_cap_cents, "a year"))
        if cents is not None
    ]
    parts = [
        f"at most {' and '.join(caps)}" if caps else "",
        f"policy {row.policy}" if row.policy else "",
        "no food" if row.no_food else "",
        f"allergic to {row.allergies}" if row.allergies else "",
    ]
    return "; ".join(part for part in parts if part)
